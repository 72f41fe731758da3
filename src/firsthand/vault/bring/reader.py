"""The process that reads files: it gets a way to ask for their content and to tell their rows.

It opens nothing, dials nobody and starts nothing, as its limits leave no room for a further
descriptor; what it may take of memory and of time is bounded. It ends when nobody listens.
"""

import codecs
import contextlib
import encodings
import errno
import importlib
import io
import os
import pkgutil
import resource
import signal
import sys
from collections.abc import Iterator, Mapping
from typing import BinaryIO

import msgspec

from firsthand.vault.bring.batches import in_batches
from firsthand.vault.bring.kinds import HEAD_BYTES, is_packed
from firsthand.vault.bring.members import ArchiveRefused, Member, held
from firsthand.vault.bring.reading import opened, sha256_of
from firsthand.vault.bring.speaking import (
    ASKED,
    READ_BYTES_MAX,
    Asked,
    Begun,
    Content,
    Done,
    End,
    Go,
    OfFile,
    OfKind,
    Open,
    Read,
    Refused,
    Said,
    Told,
    Unread,
    next_body,
    opened_of,
    send,
)
from firsthand.vault.bring.unpacking import each_of
from firsthand.vault.bring.wording import without_name
from firsthand.vault.bring.zips import FAULTS
from firsthand.vault.sources import UnableToRead

MEMORY_BYTES_MAX = 512 * 1024 * 1024
CPU_SECONDS_MAX = 6 * 3600
# So long may one record take to be read, in time of the processor.
RECORD_SECONDS_MAX = 10
_STREAMS = 3
_BUFFER_BYTES = 16 * 1024
# Python loads these when they are first used, and nothing can be opened by then.
_MODULES = ("heapq", "bisect", "_strptime", "calendar", "locale", "html.entities", "quopri")
_NOT_LOADED = frozenset({"encodings.mbcs", "encodings.oem", "encodings.cp65001"})
_TOO_MUCH = "Reading it took too much memory."
_TOO_LONG = f"One record in it took longer than {RECORD_SECONDS_MAX} seconds to read."


class TookTooLong(BaseException):
    """One record took too long. Nothing on the way may take it for a fault of the file."""


class Line:
    """The way to the vault: what it asks, what it is told, and what it gives of a file."""

    def __init__(self, asked: BinaryIO, told: BinaryIO) -> None:
        """Read what is asked from one stream, and tell on the other."""
        self._asked, self._told = asked, told

    def next(self) -> Asked:
        """What the vault asks next. Ends the process where it has gone."""
        body = next_body(self._asked)
        if body is None:
            raise SystemExit(0)
        asked: Asked = ASKED.decode(body)
        return asked

    def tell(self, told: Told) -> None:
        """Say something, and be given time for the next record."""
        beat()
        send(self._told, told)

    def content(self, at: int, size_bytes: int) -> bytes:
        """A part of the file that is open."""
        self.tell(Read(at, size_bytes))
        answer = self.next()
        return answer.bytes if isinstance(answer, Content) else b""

    def said(self, about: OfFile | OfKind) -> Mapping[str, str]:
        """What was said earlier."""
        self.tell(about)
        answer = self.next()
        return answer.answers if isinstance(answer, Said) else {}


class Remote(io.RawIOBase):
    """A file that the vault has open. Read on, it asks for more at a time; elsewhere for little."""

    def __init__(self, line: Line, size_bytes: int) -> None:
        """`size_bytes` is where it ends."""
        self._line, self._size_bytes = line, size_bytes
        self._at = self._start = 0
        self._held = b""
        self._asks = _BUFFER_BYTES

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """Where the next byte comes from."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go somewhere."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size_bytes}[whence]
        if base + offset < 0:
            raise OSError(errno.EINVAL, "That is before the start of the file")
        self._at = base + offset
        return self._at

    def readinto(self, into: bytearray | memoryview) -> int:  # type: ignore[override]
        """Take from what is held, or ask for more."""
        end = self._start + len(self._held)
        if not self._start <= self._at < end:
            on = self._at == end and end > 0
            self._asks = min(READ_BYTES_MAX, self._asks * 2) if on else _BUFFER_BYTES
            wanted = min(max(self._asks, len(into)), READ_BYTES_MAX)
            self._start = self._at
            self._held = (
                self._line.content(self._at, wanted) if self._at < self._size_bytes else b""
            )
        begin = self._at - self._start
        part = self._held[begin : begin + len(into)]
        into[: len(part)] = part
        self._at += len(part)
        return len(part)


class Earlier:
    """What was said earlier of one file or member; its digest is only taken if that is asked."""

    def __init__(self, line: Line, stream: BinaryIO, digest: str) -> None:
        """`digest` is "" where nobody has taken it yet."""
        self._line, self._stream, self.digest = line, stream, digest

    def of_file(self) -> Mapping[str, str]:
        """What was said of the same content."""
        self.digest = self.digest or sha256_of(self._stream)
        return self._line.said(OfFile(self.digest))

    def of_kind(self, signature: str) -> Mapping[str, str]:
        """What was said of files of the kind."""
        return self._line.said(OfKind(signature)) if signature else {}


def beat() -> None:
    """Give the next record its time."""
    signal.setitimer(signal.ITIMER_PROF, RECORD_SECONDS_MAX)


def confine() -> None:
    """Leave this process its three streams, and bounded memory and time."""
    for name in _MODULES:
        importlib.import_module(name)
    for module in pkgutil.iter_modules(encodings.__path__, "encodings."):
        if module.name not in _NOT_LOADED:
            with contextlib.suppress(ImportError):
                importlib.import_module(module.name)
    codecs.lookup("utf-8")
    bounds = (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CPU, CPU_SECONDS_MAX),
        (resource.RLIMIT_AS, MEMORY_BYTES_MAX),
        (resource.RLIMIT_NOFILE, _STREAMS),
    )
    for what, most in bounds:
        # Not every system knows every bound; each that it knows holds.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(what, (most, most))


def read_file(line: Line, asked: Open) -> None:
    """Tell every row of a file, or of every member of an archive."""
    stream = io.BufferedReader(Remote(line, asked.size_bytes), _BUFFER_BYTES)
    head = stream.read(HEAD_BYTES)
    try:
        if is_packed(head):
            _read_archive(line, asked, stream)
        else:
            _read(line, asked, asked.name, stream, asked.digest)
    except (UnableToRead, ArchiveRefused) as error:
        line.tell(Refused(str(error)))
    except (*_ANY, TookTooLong) as error:
        line.tell(Refused(f'"{asked.name}" was not read. {_why(error)}'))


def _read_archive(line: Line, asked: Open, stream: BinaryIO) -> None:
    number = 0
    for number, each in enumerate(each_of(asked.name, stream), 1):
        if number <= asked.after:
            beat()
            continue
        if not isinstance(each, Member):
            line.tell(Unread(number, each.name, each.why))
            continue
        line.tell(Begun(number, each.name, each.at_bytes))
        try:
            with contextlib.closing(held(each)) as content:
                _read(line, asked, each.name, content, "")
        except UnableToRead as error:
            line.tell(Unread(number, each.name, without_name(str(error), each.name)))
        except (ArchiveRefused, *_ANY, TookTooLong) as error:
            line.tell(Unread(number, each.name, _why(error)))
    if number == 0:
        raise UnableToRead(f'"{asked.name}" has no file in it.')
    line.tell(Done())


def _read(line: Line, asked: Open, name: str, stream: BinaryIO, digest: str) -> None:
    """Tell one file: what it is, and then its rows if they are wanted."""
    earlier = Earlier(line, stream, digest)
    export = opened(name, stream, asked.answers, earlier)
    line.tell(opened_of(export, earlier.digest))
    answer = line.next()
    if isinstance(answer, Go):
        for count, batch in enumerate(in_batches(export, beat)):
            if count >= answer.skip:
                line.tell(batch)
            else:
                beat()
    line.tell(End())


_ANY = (Exception,)  # whatever a source stumbles over is a fault of the one file


def _why(error: BaseException) -> str:
    if isinstance(error, BrokenPipeError):
        os._exit(0)  # nobody listens any more, and what is left to say has no reader
    if isinstance(error, ArchiveRefused):
        return str(error)
    if isinstance(error, MemoryError):
        return _TOO_MUCH
    if isinstance(error, TookTooLong):
        return _TOO_LONG
    if isinstance(error, FAULTS) and not isinstance(error, ValueError | RuntimeError):
        return "It is damaged in this archive."
    return f"It is not of a form that is known ({type(error).__name__})."


def _alarm(_number: int, _frame: object) -> None:
    raise TookTooLong


def asked_in(line: Line) -> Iterator[Open]:
    """Every file that is asked for, one after the other."""
    while isinstance(asked := line.next(), Open):
        yield asked


def main() -> int:
    """Read what is asked for until nobody asks any more."""
    line = Line(sys.stdin.buffer, sys.stdout.buffer)
    confine()
    signal.signal(signal.SIGPROF, _alarm)
    with contextlib.suppress(msgspec.ValidationError, BrokenPipeError):
        for asked in asked_in(line):
            read_file(line, asked)
    os._exit(0)  # what is left to say has no reader


if __name__ == "__main__":
    sys.exit(main())
