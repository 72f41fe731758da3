"""Feed every source a million files that nobody wrote, one source after the other, over hours.

Run as `python benchmarks/fuzzing.py FOLDER`. Each chunk is a process of its own, and growth is
counted from its birth; what came of it stands in FOLDER, and the next run goes on from there. Two
may run beside each other on the same FOLDER: they never take the same source. A source in which
something was found rests until its folder `found` is empty: mend the source, make a test of the
input, delete it. Its runs are then counted anew, as what was read before was read by other code.
"""

import argparse
import contextlib
import fcntl
import json
import math
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from fuzzing_page import page, table

ROOT = Path(__file__).resolve().parents[1]
RUNS = CHUNK = 1_000_000
CHUNK_SECONDS = 900
AFTER_NOTHING_S = 20
TO_MEASURE = 50_000  # of a source of which nothing is known yet
FIRST = ("columns", "camt", "mt940", "ofx")
CLEAN = "clean"
_FAULT = re.compile(
    r"=== Uncaught Python exception: ===\n(?P<what>.{0,200})|ERROR: libFuzzer: (?P<how>[^(\n]+)"
)


def chunks_of(folder: Path, name: str) -> list[dict[str, object]]:
    """What came of each chunk of a source, in order."""
    path = folder / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def summary(folder: Path, name: str) -> dict[str, object]:
    """One source: what was run since the last fault, and the worst of it."""
    every = chunks_of(folder, name)
    faults = [chunk for chunk in every if chunk["outcome"] != CLEAN]
    last = max((at for at, chunk in enumerate(every, 1) if chunk["outcome"] != CLEAN), default=0)
    counted = every[last:]
    runs = sum(int(str(chunk["runs"])) for chunk in counted)
    cpu = sum(float(str(chunk["cpu_s"])) for chunk in counted)
    slowest = max(counted, key=lambda chunk: float(str(chunk["slowest_ms"])), default={})
    resting = any((folder / name / "found").glob("*"))
    return {
        "source": name,
        "runs": runs,
        "runs_a_cpu_second": round(runs / cpu) if cpu else 0,
        "slowest_ms": slowest.get("slowest_ms", 0),
        "slowest_bytes": slowest.get("slowest_bytes", 0),
        "growth_mb": max((int(str(chunk["growth_mb"])) for chunk in counted), default=0),
        "edges": max((int(str(chunk["edges"])) for chunk in counted), default=0),
        "faults": [str(chunk["outcome"]) for chunk in faults],
        "outcome": str(every[-1]["outcome"]) if resting else CLEAN,
        "last": str(every[-1]["ended"]) if every else "",
    }


def names() -> list[str]:
    """Every target of the fuzzer."""
    said = subprocess.run(
        [sys.executable, "-m", "tests.vault.sources.fuzzing", "--names"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return said.stdout.split()


def one_chunk(folder: Path, name: str, runs: int, seconds: int) -> dict[str, object]:
    """Run a chunk of a source in a process of its own, and write down what came of it."""
    own = folder / name
    found = own / "found"
    found.mkdir(parents=True, exist_ok=True)
    report = own / "report.json"
    report.unlink(missing_ok=True)
    seed = len(chunks_of(folder, name)) + 1
    command = [
        sys.executable, "-m", "tests.vault.sources.fuzzing", str(own / "corpus"), "--target", name,
        "--runs", str(runs), "--ends-after", str(seconds), "--seed", str(seed),
        "--found", str(found), "--report", str(report),
    ]  # fmt: skip
    began = time.monotonic()
    with (own / "said").open("wb") as said:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=said, stderr=said, env={**os.environ, "PYTHONHASHSEED": "0"}
        )
        try:
            _, status, used = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            raise
    text = (own / "said").read_text("utf-8", "replace")
    measured = json.loads(report.read_text()) if report.exists() else {}
    chunk = {
        "runs": _last(r"stat::number_of_executed_units: (\d+)", text) or _last(r"#(\d+)\t", text),
        "wall_s": round(time.monotonic() - began, 1),
        "cpu_s": round(used.ru_utime + used.ru_stime, 1),
        "slowest_ms": measured.get("slowest_ms", 0),
        "slowest_bytes": measured.get("slowest_bytes", 0),
        "growth_mb": measured.get("growth_mb", 0),
        "edges": _last(r"cov: (\d+)", text),
        "outcome": outcome(status, text),
        "ended": time.strftime("%Y-%m-%d %H:%M"),
    }
    # A process that was ended from outside, or never began, says nothing about the source.
    if status == 0 or any(found.iterdir()):
        with (folder / f"{name}.jsonl").open("a") as written:
            written.write(json.dumps(chunk) + "\n")
    else:
        time.sleep(AFTER_NOTHING_S)
    return chunk


def _last(pattern: str, text: str) -> int:
    found = re.findall(pattern, text)
    return int(found[-1]) if found else 0


def outcome(status: int, said: str) -> str:
    """How a process ended, in words: clean, or what was found."""
    if status == 0:
        return CLEAN
    match = _FAULT.search(said)
    return ((match["what"] or match["how"]) if match else f"ended with {status}").strip()


@contextlib.contextmanager
def taken(folder: Path, name: str) -> Iterator[bool]:
    """Hold a source for this process. False: another one has it."""
    with (folder / f"{name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def in_order(folder: Path, every: list[str], runs: int) -> list[str]:
    """What is left to do: the banks and the most used first, then what is soonest done."""

    def left(name: str) -> tuple[int, float]:
        so_far = summary(folder, name)
        rate = int(str(so_far["runs_a_cpu_second"])) or 1_000_000
        place = FIRST.index(name) if name in FIRST else len(FIRST)
        return place, (runs - int(str(so_far["runs"]))) / rate

    undone = [
        name
        for name in every
        if int(str(summary(folder, name)["runs"])) < runs
        and not any((folder / name / "found").glob("*"))
    ]
    return sorted(undone, key=left)


def go_on(folder: Path, every: list[str], runs: int, chunk: int, ends: float) -> None:
    """Run chunk after chunk until every source has its runs or rests with a fault, or it is time.

    `ends` is in seconds of the monotonic clock.
    """
    while (left := ends - time.monotonic()) > 1:
        seconds = int(min(left, CHUNK_SECONDS))
        for name in in_order(folder, every, runs):
            with taken(folder, name) as mine:
                if not mine:
                    continue
                so_far = int(str(summary(folder, name)["runs"]))
                most = chunk if so_far or len(every) == 1 else TO_MEASURE
                done = one_chunk(folder, name, min(most, runs - so_far), seconds)
                sys.stderr.write(f"{name}: {json.dumps(done)}\n")
                sys.stderr.flush()
                break
        else:
            return


def main() -> int:
    """Go on from where it stands, then print the table; 1 if something was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=RUNS, help="for each source")
    parser.add_argument("--chunk", type=int, default=CHUNK, help="runs of one process")
    parser.add_argument("--minutes", type=float, default=math.inf, help="stop after so many")
    parser.add_argument("--sources", help="only these, by comma")
    parser.add_argument("--show", action="store_true", help="run nothing, print what there is")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="the figures for programs")
    shape.add_argument("--page", action="store_true", help="the page of the docs")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    every = given.sources.split(",") if given.sources else names()
    if not given.show:
        # So that the process of the chunk is ended too.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        ends = time.monotonic() + given.minutes * 60
        with contextlib.suppress(KeyboardInterrupt):
            go_on(given.folder.resolve(), every, given.runs, given.chunk, ends)
    found = [summary(given.folder, name) for name in every]
    if given.json:
        sys.stdout.write(json.dumps(found, indent=1) + "\n")
    else:
        sys.stdout.write(page(found, given.runs) if given.page else table(found, given.runs))
    return int(any(each["outcome"] != CLEAN for each in found))


if __name__ == "__main__":
    sys.exit(main())
