"""The figures of `fuzzing.py` as a table, and as the page of the docs."""

import os
import platform
from pathlib import Path

_COLUMNS = ("source", "runs", "runs/s", "slowest input", "growth", "edges", "outcome")
_HEAD = """# Fuzzed

<!-- made by benchmarks/fuzzing.py --page from what it wrote down: run that -->

"""


def _row(found: dict[str, object], runs: int) -> tuple[str, ...]:
    faults = found["faults"]
    assert isinstance(faults, list)
    done = int(str(found["runs"]))
    said = str(found["outcome"])
    if said == "clean" and not done:
        said = "nothing run yet"
    elif said == "clean" and faults:
        said = f"clean since {len(faults)} found and mended"
    return (
        str(found["source"]),
        f"{done:,}" if done >= runs else f"{done:,} so far",
        f"{found['runs_a_cpu_second']:,}",
        f"{found['slowest_ms']} ms, {found['slowest_bytes']:,} bytes",
        f"{found['growth_mb']} MB",
        f"{found['edges']:,}",
        said,
    )


def table(every: list[dict[str, object]], runs: int) -> str:
    """The table as a page or a terminal shows it: rows with bars between."""
    lines = [" | ".join(_COLUMNS), "|".join(["---"] * len(_COLUMNS))]
    lines += [" | ".join(_row(each, runs)) for each in every]
    return "".join(f"| {line} |\n" if "---" not in line else f"|{line}|\n" for line in lines)


def page(every: list[dict[str, object]], runs: int) -> str:
    """The page: how, on what, when, the table, and who did not get there."""
    whole = [each for each in every if int(str(each["runs"])) >= runs]
    total = sum(int(str(each["runs"])) for each in every)
    last = max(str(each["last"]) for each in every)[:10]
    return (
        _HEAD
        + f"Each source, and what else reads bytes of others, was fed files that no service ever "
        f"wrote, made by atheris from small whole ones (`tests/vault/sources/seeds.py`) and led by "
        f"what the code does with them. An input breaks it that raises anything but its refusal, "
        f"takes more than 10 s, or lets its process grow by more than 512 MB. `columns` is a "
        f"bank's statement that no source claims; `any` is `open_export`, which asks every source; "
        f"from `archives` on it is what files come packed in, a vault's own export, and what comes "
        f"over the wire.\n\n"
        f"{total:,} inputs, {len(whole)} of {len(every)} of them with {runs:,}; how far the others "
        f"have got is in the table. Written on {last}, on {_machine()}.\n\n"
        + table(every, runs)
        + _FOOT
    )


_FOOT = """
Runs a second are by the processor's time of one core, instrumentation and all. The slowest input is by the wall clock, on a machine that was shared, so it says no more than "not slower than". Growth is the most that a process grew from its birth, its modules and its corpus among it. Edges are places that an input came to, of all the code that is watched. Where something was found, it was mended, has a test, and the runs are counted from then on.

<!-- not run: it takes hours -->
```shell
python benchmarks/fuzzing.py figures/fuzzed
python benchmarks/fuzzing.py figures/fuzzed --show --page > docs/fuzzed.md
```

It may be stopped at any time and goes on from there. A short run of all together is in the tests.
"""  # noqa: E501 - a page has lines as long as they come


def _machine() -> str:
    cpu = platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            cpu = line.partition(":")[2].strip()
            break
    return (
        f"{os.cpu_count()} cores ({cpu}) that other work shared, Python {platform.python_version()}"
    )
