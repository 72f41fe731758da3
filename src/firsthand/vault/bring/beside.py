"""A file that is read in a process of its own, while this one keeps what comes out of it.

A file can be made to harm whoever reads it, so large ones are read where there is nothing to harm:
that process has the file and a pipe to us, and bounds on memory and time (`reader`).
"""

import io
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import BinaryIO

import msgspec

from firsthand.vault.bring.batches import Batch, in_batches
from firsthand.vault.bring.reading import Said as SaidEarlier
from firsthand.vault.bring.reading import opened
from firsthand.vault.bring.speaking import (
    TOLD,
    Asked,
    End,
    Go,
    Kind,
    Open,
    Opened,
    Refused,
    Said,
    Told,
    next_body,
    send,
)
from firsthand.vault.sources import Each, Export, UnableToRead

BESIDE_BYTES_MIN = 4 * 1024 * 1024
AHEAD_MAX = 32  # batches of a thousand rows that are read before they are kept
_READER = "firsthand.vault.bring.reader"


class Beside(Export):
    """An export that another process reads: what it says of itself, and its rows."""

    def __init__(self, line: "_Line", said: Opened) -> None:
        """Made by `reading`."""
        self._line = line
        self.source, self.format = said.source, said.format
        self.questions, self.guesses = said.questions, said.guesses
        self.signature, self.sure = said.signature, frozenset(said.sure)
        self.answered, self.said_anew = said.answered, said.said_anew
        self.taken_over = said.taken_over

    def batches(self) -> Iterator[Batch]:
        """Every row, a thousand at a time. Raises `UnableToRead` where the reader has ended."""
        self._line.ask(Go())
        while isinstance(told := self._line.next(), Batch):
            yield told
        if not isinstance(told, End):
            raise self._line.ended()

    def rows(self) -> Iterator[Each]:
        """Every row, one at a time."""
        for batch in self.batches():
            yield from batch.each()


def batches_of(export: Export) -> Iterator[Batch]:
    """The rows of any export, a thousand at a time. Raises `UnableToRead`."""
    return export.batches() if isinstance(export, Beside) else in_batches(export)


@contextmanager
def reading(
    name: str, stream: BinaryIO, answers: Mapping[str, str], said: SaidEarlier
) -> Iterator[Export]:
    """The opened export for as long as the block lasts; large ones are read beside us.

    As `reading.opened`. Raises `UnableToRead`.
    """
    size_bytes = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    handle = _handle_of(stream) if size_bytes >= BESIDE_BYTES_MIN else None
    if handle is None:
        yield opened(name, stream, answers, said)
        return
    try:
        line = _Line(name, handle)
    finally:
        os.close(handle)
    try:
        line.ask(
            Open(
                name=name,
                handle=line.handle,
                answers=dict(answers),
                of_file=dict(said.of_file()),
            )
        )
        while isinstance(told := line.next(), Kind):
            line.ask(Said(dict(said.of_kind(told.signature))))
        if not isinstance(told, Opened):
            raise line.ended()
        yield Beside(line, told)
    finally:
        line.close()


def _handle_of(stream: BinaryIO) -> int | None:
    """A descriptor of our own for what `stream` holds, or None where that cannot be had."""
    try:
        return os.dup(stream.fileno())
    except OSError:
        pass
    if sys.platform != "linux":
        return None
    handle = os.memfd_create("export")
    with os.fdopen(os.dup(handle), "wb") as copy:
        while chunk := stream.read(io.DEFAULT_BUFFER_SIZE):
            copy.write(chunk)
    stream.seek(0)
    return handle


class _Line:
    """The way to the process that reads, which ends with it."""

    def __init__(self, name: str, handle: int) -> None:
        self._name, self.handle = name, handle
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-P", "-m", _READER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(handle,),
            start_new_session=True,  # Ctrl-C is for us: it ends when we do
        )
        self._bodies: queue.Queue[bytes | None] = queue.Queue(AHEAD_MAX)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._take, name="vault reader", daemon=True)
        self._thread.start()

    def ask(self, asked: Asked) -> None:
        """Send; that it has ended is seen when the answer is awaited."""
        assert self._process.stdin is not None
        with suppress(OSError):
            send(self._process.stdin, asked)  # type: ignore[arg-type]

    def next(self) -> Told:
        """What it tells next. Raises `UnableToRead` for what it refused, and where it has ended."""
        body = self._bodies.get()
        if body is None:
            self._bodies.put(None)
            raise self.ended()
        try:
            told: Told = TOLD.decode(body)
        except msgspec.DecodeError as error:
            raise self.ended() from error
        if isinstance(told, Refused):
            raise UnableToRead(told.why)
        return told

    def ended(self) -> UnableToRead:
        """What to raise where it did not tell what it should have told."""
        return UnableToRead(
            f'"{self._name}" was not read to its end: reading it took too much memory or time, or '
            "was stopped. Nothing of it was kept. Give it again, or export a shorter time."
        )

    def close(self) -> None:
        """End the process, wherever it is."""
        self._closing.set()
        self._process.kill()
        while self._thread.is_alive():
            with suppress(queue.Empty):
                self._bodies.get(timeout=0.01)
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                stream.close()  # type: ignore[union-attr]

    def _take(self) -> None:
        """Read ahead, so that the other goes on while this process is busy keeping."""
        assert self._process.stdout is not None
        body: bytes | None = b""
        while body is not None and not self._closing.is_set():
            body = next_body(self._process.stdout)  # type: ignore[arg-type]
            self._bodies.put(body)
