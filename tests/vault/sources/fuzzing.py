"""One process that feeds sources what no service ever wrote, until something breaks.

Run as `python -m tests.vault.sources.fuzzing CORPUS --runs N [--target NAME] [--planted FAULT]`.
A target is a source by the name of its module, "columns" for a bank's statement that no source
claims, "any" for `open_export`, which chooses itself, "archives" for what files come packed in,
"own_export" for what a vault gave, or one of those in `wires.py` and `passkey_bytes.py`. Without
one all get their turn: the first byte of an input says which gets the rest. Nothing but a refusal
may be raised, no input may take more than ten seconds, and the process may not grow beyond its
bound: each of them ends it with a figure that is not 0.
"""

import argparse
import contextlib
import itertools
import json
import re
import resource
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, NamedTuple

import atheris
import msgspec
from tests.vault.sources.led import led_by

with led_by("firsthand.vault.sources"):
    from firsthand.vault import sources
    from firsthand.vault.sources import every
    from firsthand.vault.sources.bank_csv import open_bank_csv
    from firsthand.vault.sources.bank_header import is_data
    from firsthand.vault.sources.bank_words import header_score
    from firsthand.vault.sources.csvs import head_lines, sniff
    from firsthand.vault.sources.source import HEAD_BYTES, Head
    from firsthand.vault.sources.text import open_text

from tests.protocol import wires
from tests.vault.acts import passkey_bytes
from tests.vault.sources import packed
from tests.vault.sources.seeds import seeds, stream

SECONDS_MAX = 10
GROWTH_BYTES_MAX = 512 * 1024 * 1024
INPUT_BYTES_MAX = 4096  # more than twice the longest seed of text
WIDE_BYTES_MAX = 8192
WIDE = ("any", "archives", "browsers", "fit")  # of all kinds, or in pages
ROWS_MAX = 100_000
REPORT_EVERY = 5000
PUSHED = (b"[", b'{"a":', b'{"x":[', b"<a>", b"\x81", b'"', b"\n", b"9")
PUSHED_BYTES, PUSHED_AT, PUSHED_TOGETHER = 3500, 6, 60
_WORDS = re.compile(rb"[\w:/<>?=.+-]{2,24}")


class Planted(sources.Export):
    """A source that is broken on purpose, to see whether that is found."""

    source, format = "planted", "planted"

    def __init__(self, fault: str, content: bytes) -> None:
        """`fault` is what it does when the content has two certain bytes."""
        self.questions, self.guesses = [], []
        self._fault, self._content = fault, content

    def rows(self) -> Iterator[sources.Each]:
        """Do what was planted."""
        if b"~" in self._content and b"^" in self._content:
            if self._fault == "crash":
                raise KeyError("planted")
            held = []
            while self._fault == "growth":
                held.append(bytearray(16 * 1024 * 1024))
            while self._fault == "hang":
                pass
        yield from ()


class Target(NamedTuple):
    """What is fed, and the whole files to begin with."""

    feed: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]


def planted(fault: str) -> Target:
    """The broken source."""
    return Target(lambda content: read_all(lambda _: Planted(fault, content)), seeds)


def read_all(opened: Callable[[Mapping[str, str]], sources.Export]) -> None:
    """Read an export to its end as an import does, and once more with its questions answered.

    `opened` opens it with answers. Raises whatever it raises but UnableToRead.
    """
    with contextlib.suppress(sources.UnableToRead):
        export = opened({})
        _read_rows(export)
        if export.questions:
            _read_rows(opened({each.id: each.choices[-1] for each in export.questions}))


def _read_rows(export: sources.Export) -> None:
    for count, row in enumerate(export.rows()):
        assert isinstance(row, sources.Row | sources.Unreadable | sources.Skipped), row
        assert row.line >= 0, row
        if isinstance(row, sources.Row):
            thing = row.thing
            assert thing.type == thing.data["@type"], thing
            assert thing.time == thing.data.get("startTime"), thing
            assert len(thing.id) == 32, thing
        msgspec.json.encode(row)
        if count > ROWS_MAX:
            return


def _open_columns(name: str, file: BinaryIO, answers: Mapping[str, str]) -> sources.Export:
    """What `open_export` does with a file that no source claims."""
    text = open_text(name, file)
    delimiter = sniff(head_lines(text.lines()), header_score, is_data)
    return open_bank_csv(name, text, delimiter, answers)


def _opener(
    open_it: Callable[[str, BinaryIO, Mapping[str, str]], sources.Export],
) -> Callable[[bytes], None]:
    return lambda content: read_all(lambda answers: open_it("any", stream(content), answers))


def _target(source: sources.Source) -> Target:
    """One source: it looks at the beginning of an input, and reads it whatever it saw."""
    read = _opener(source.open)

    def feed(content: bytes) -> None:
        source.claims(Head("any", content[:HEAD_BYTES]))
        read(content)

    return Target(feed, lambda: [seed for seed, head in _heads() if source.claims(head)])


def _heads() -> list[tuple[bytes, Head]]:
    return [(seed, Head("any", seed[:HEAD_BYTES])) for seed in seeds()]


def _unclaimed() -> list[bytes]:
    return [
        seed
        for seed, head in _heads()
        if not any(source.claims(head) for source in sources.SOURCES)
    ]


def targets() -> dict[str, Target]:
    """Everything that opens a file, by name."""
    own = {name: module.SOURCE for name, module in vars(every).items() if hasattr(module, "SOURCE")}
    return {
        "any": Target(_opener(sources.open_export), seeds),
        "columns": Target(_opener(_open_columns), _unclaimed),
        **{name: _target(source) for name, source in own.items()},
        "archives": Target(packed.unpack, packed.archives),
        "own_export": Target(packed.take_own, packed.own_exports),
        **{
            name: Target(feed, whole)
            for name, (feed, whole) in (wires.SEEDS | passkey_bytes.SEEDS).items()
        },
    }


def pushed(whole: list[bytes]) -> Iterator[bytes]:
    """Whole files with far too much of something pushed in, deeper than chance would get."""
    for content in whole:
        for sign in PUSHED:
            much = (sign * PUSHED_BYTES)[:PUSHED_BYTES]
            for at in range(0, len(content) + 1, max(1, len(content) // PUSHED_AT)):
                yield content[:at] + much + content[at:]


def feed_one_of(content: bytes, every_target: list[Target]) -> None:
    """Feed one input to the target that its first byte chooses."""
    if content:
        every_target[content[0] % len(every_target)].feed(content[1:])


def sow(corpus: Path, chosen: list[Target]) -> None:
    """Write each seed for those that claim it, and their words beside the corpus."""
    corpus.mkdir(exist_ok=True, parents=True)
    words = set()
    for at, target in enumerate(chosen):
        which = bytes([at]) if len(chosen) > 1 else b""
        for number, seed in enumerate(target.seeds()):
            (corpus / f"{at:02}-{number:03}").write_bytes(which + seed)
            words.update(_WORDS.findall(seed[:INPUT_BYTES_MAX]))
        (corpus / f"{at:02}-any").write_bytes(which + b"a")
    escaped = ["".join(f"\\x{byte:02x}" for byte in word) for word in sorted(words)]
    lines = [f'"{word}"\n' for word in escaped]
    dictionary(corpus).write_text("".join(lines))


def dictionary(corpus: Path) -> Path:
    """Where the words are that inputs are made of besides bytes."""
    return corpus.with_suffix(".words")


class Watched:
    """Counts inputs, writes down the slowest and the growth now and then and at the end."""

    def __init__(self, runs: int, report: Path | None, feed: Callable[[bytes], None]) -> None:
        """`feed` is given each input."""
        self._left, self._report, self._feed = runs, report, feed
        self._slowest, self._size_bytes = 0.0, 0
        # A process is born with the peak of whoever started it: growth is counted from there.
        self.born_mb = self._peak_mb()

    @staticmethod
    def _peak_mb() -> int:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

    def __call__(self, content: bytes) -> None:
        """One input."""
        began = time.perf_counter()
        self._feed(content)
        took = time.perf_counter() - began
        if took > self._slowest:
            self._slowest, self._size_bytes = took, len(content)
        self._left -= 1
        if self._report is not None and self._left % REPORT_EVERY == 0:
            found = {
                "slowest_ms": round(self._slowest * 1000, 1),
                "slowest_bytes": self._size_bytes,
                "growth_mb": self._peak_mb() - self.born_mb,
            }
            self._report.write_text(json.dumps(found))


def asked() -> argparse.Namespace:
    """What the command asks for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--runs", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--target", choices=list(targets()), help="only this one")
    parser.add_argument("--planted", choices=["crash", "growth", "hang"])
    parser.add_argument("--seconds", type=int, default=SECONDS_MAX)
    parser.add_argument("--ends-after", type=int, default=0, help="seconds, if not by the runs")
    parser.add_argument("--found", type=Path, help="a folder for inputs that break something")
    parser.add_argument("--report", type=Path, help="a file for the slowest and the growth")
    return parser.parse_args()


def main() -> None:
    """Fuzz. Ends the process."""
    if sys.argv[1:] == ["--names"]:
        sys.stdout.write("\n".join(targets()) + "\n")
        return
    given = asked()
    chosen = list(targets().values())
    if given.target:
        chosen = [targets()[given.target]]
    if given.planted:
        chosen = [planted(given.planted)]
    sow(given.corpus, chosen)
    resource.setrlimit(resource.RLIMIT_AS, (GROWTH_BYTES_MAX * 2, GROWTH_BYTES_MAX * 2))
    alone = len(chosen) == 1
    all_of_them: Callable[[bytes], None] = lambda content: feed_one_of(content, chosen)  # noqa: E731
    feed = Watched(given.runs, given.report, chosen[0].feed if alone else all_of_them)
    most_mb = feed.born_mb + GROWTH_BYTES_MAX // 1024 // 1024
    wide = not alone or given.target in WIDE
    for target in chosen if not given.planted else []:
        # All of them take their time, so that together each gets a few.
        most, step = (None, 1) if alone else (PUSHED_TOGETHER, 10)
        for content in itertools.islice(pushed(target.seeds()), 0, most, step):
            target.feed(content)
    atheris.Setup(
        [
            sys.argv[0], str(given.corpus), f"-runs={given.runs}", f"-seed={given.seed}",
            f"-timeout={given.seconds}", f"-max_total_time={given.ends_after}",
            f"-rss_limit_mb={most_mb}",
            f"-max_len={WIDE_BYTES_MAX if wide else INPUT_BYTES_MAX}", "-print_final_stats=1",
            f"-dict={dictionary(given.corpus)}",
            f"-artifact_prefix={given.found or given.corpus}/found-",
        ],
        feed,
    )  # fmt: skip
    atheris.Fuzz()


if __name__ == "__main__":
    main()
