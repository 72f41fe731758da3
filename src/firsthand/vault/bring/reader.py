"""The process that reads one file: it gets the opened file and a way to tell its rows, no more.

It opens nothing, dials nobody and starts nothing, as its limits leave no room for a further
descriptor; what it may take of memory and of time is bounded. It ends when nobody listens.
"""

import codecs
import contextlib
import importlib
import os
import resource
import sys
from collections.abc import Mapping
from typing import BinaryIO

import msgspec

from firsthand.vault.bring.batches import in_batches
from firsthand.vault.bring.reading import opened
from firsthand.vault.bring.speaking import (
    ASKED,
    End,
    Go,
    Kind,
    Open,
    Refused,
    Said,
    next_body,
    opened_of,
    send,
)
from firsthand.vault.sources import UnableToRead

MEMORY_BYTES_MAX = 1024 * 1024 * 1024
CPU_SECONDS_MAX = 900
_HANDLE = 3  # after standard input, output and error
# Python loads these when they are first used, and nothing can be opened by then: `heapq` is for
# counting the most common of something.
_MODULES = ("heapq",)
_CODECS = (
    "utf-8", "utf-8-sig", "latin-1", "cp1250", "cp1251", "cp1252", "cp932", "cp949", "gb18030",
    "big5", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "ascii",
)  # fmt: skip


class Line:
    """The way to the vault, and what it knows of answers that were given earlier."""

    def __init__(self, asked: BinaryIO, told: BinaryIO) -> None:
        """Read what is asked from one stream, and tell on the other."""
        self._asked, self.told = asked, told
        self.file: Mapping[str, str] = {}

    def next(self) -> Open | Said | Go | None:
        """What the vault asks next; None where it has gone."""
        body = next_body(self._asked)
        return None if body is None else ASKED.decode(body)

    def of_file(self) -> Mapping[str, str]:
        """What was said of the same file."""
        return self.file

    def of_kind(self, signature: str) -> Mapping[str, str]:
        """What was said of files of the kind. Ends the process where nobody answers."""
        send(self.told, Kind(signature))
        answer = self.next()
        if not isinstance(answer, Said):
            raise SystemExit(0)
        return answer.of_kind


def confine(handle: int) -> int:
    """Leave this process `handle` and its three streams, and bounded memory and time.

    Returns the number that `handle` has now: the first after those of the streams, as the bound
    is on numbers, and a gap below it could be filled.
    """
    for name in _MODULES:
        importlib.import_module(name)
    for name in _CODECS:
        codecs.lookup(name)
    if handle != _HANDLE:
        os.dup2(handle, _HANDLE)
        os.close(handle)
    bounds = (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CPU, CPU_SECONDS_MAX),
        (resource.RLIMIT_AS, MEMORY_BYTES_MAX),
        (resource.RLIMIT_NOFILE, _HANDLE + 1),
    )
    for what, most in bounds:
        # Not every system knows every bound; each that it knows holds.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(what, (most, most))
    return _HANDLE


def main() -> int:
    """Open the file that is asked for and send its rows as often as they are asked for."""
    line = Line(sys.stdin.buffer, sys.stdout.buffer)
    first = line.next()
    if not isinstance(first, Open):
        return 1
    handle = confine(first.handle)
    line.file = first.of_file
    stream = os.fdopen(handle, "rb")
    try:
        export = opened(first.name, stream, first.answers, line)
        send(line.told, opened_of(export))
        while isinstance(line.next(), Go):
            for batch in in_batches(export):
                send(line.told, batch)
            send(line.told, End())
    except BrokenPipeError:
        os._exit(0)  # nobody listens any more, and what is left to say has no reader
    except (OSError, UnableToRead) as error:
        said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        send(line.told, Refused(said))
    except msgspec.ValidationError:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
