"""One process that feeds every source what no service ever wrote, until something breaks.

Run as `python -m tests.vault.sources.fuzzing CORPUS --runs N [--source KEY] [--planted FAULT]`.
The first byte of an input says which source gets the rest; 0 is for `open_export`, which chooses
itself. Nothing but `UnableToRead` may be raised, no input may take more than ten seconds, and the
process may not grow beyond its bound: each of them ends it with a figure that is not 0.
"""

import argparse
import resource
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

import atheris
import msgspec

with atheris.instrument_imports(include=["firsthand.vault.sources"]):
    from firsthand.vault import sources
    from firsthand.vault.sources.source import HEAD_BYTES, Head

from tests.vault.sources.seeds import seeds, stream

SECONDS_MAX = 10
GROWTH_BYTES_MAX = 512 * 1024 * 1024
ROWS_MAX = 100_000


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


def planted(fault: str) -> sources.Source:
    """The broken source."""

    def open_it(_name: str, file: BinaryIO, _answers: Mapping[str, str]) -> sources.Export:
        return Planted(fault, file.read())

    facts = sources.SOURCES[0].facts
    return sources.Source(key="planted", facts=facts, claims=lambda _: False, open=open_it)


def read_all(opened: Callable[[], sources.Export]) -> None:
    """Read an export to its end, as an import does. Raises whatever it raises but UnableToRead."""
    try:
        export = opened()
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
    except sources.UnableToRead:
        return


def one(content: bytes, every: tuple[sources.Source, ...]) -> None:
    """Feed one input to the source that its first byte chooses."""
    if not content:
        return
    which, rest = content[0] % (len(every) + 1), content[1:]
    if every[0].key == "planted":
        which = 1
    if which == 0:
        for source in every:
            source.claims(Head("any", rest[:HEAD_BYTES]))
        read_all(lambda: sources.open_export("any", stream(rest), {}))
    else:
        read_all(lambda: every[which - 1].open("any", stream(rest), {}))


def sow(corpus: Path, every: tuple[sources.Source, ...]) -> None:
    """Write each seed for `open_export` and for the sources that claim it."""
    corpus.mkdir(exist_ok=True)
    for number, seed in enumerate(seeds()):
        head = Head("any", seed[:HEAD_BYTES])
        chosen = [at for at, source in enumerate(every, 1) if source.claims(head)]
        for which in [0, *chosen]:
            (corpus / f"{number:03}-{which}").write_bytes(bytes([which]) + seed)
    for at, source in enumerate(every, 1):
        (corpus / f"any-{at}-{source.key}").write_bytes(bytes([at]) + b"a")


def main() -> None:
    """Fuzz. Ends the process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--runs", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--source", type=int, help="only this one of SOURCES, by its place")
    parser.add_argument("--planted", choices=["crash", "growth", "hang"])
    parser.add_argument("--seconds", type=int, default=SECONDS_MAX)
    given = parser.parse_args()
    every = sources.SOURCES
    if given.source is not None:
        every = (every[given.source],)
    if given.planted:
        every = (planted(given.planted),)
    sow(given.corpus, every)
    resource.setrlimit(resource.RLIMIT_AS, (GROWTH_BYTES_MAX * 2, GROWTH_BYTES_MAX * 2))
    # A process is born with the peak of whoever started it: growth is counted from there.
    born_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    most_mb = born_mb + GROWTH_BYTES_MAX // 1024 // 1024
    atheris.Setup(
        [
            sys.argv[0], str(given.corpus), f"-runs={given.runs}", f"-seed={given.seed}",
            f"-timeout={given.seconds}", f"-rss_limit_mb={most_mb}",
            "-max_len=8192", "-print_final_stats=1", f"-artifact_prefix={given.corpus}/found-",
        ],
        lambda content: one(content, every),
    )  # fmt: skip
    atheris.Fuzz()


if __name__ == "__main__":
    main()
