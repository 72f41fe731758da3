"""Files that are read in a process of their own, while this one keeps what comes out of them.

A file can be made to harm whoever reads it, so all but small plain text is read where there is
nothing to harm: that process has pipes to us, no file, no network, and bounds on memory and time
(`reader`). One process reads all the files of an import; where it ends in the middle of an archive,
another goes on after the member that ended it.
"""

import io
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from types import TracebackType
from typing import BinaryIO, Protocol, Self

import msgspec

from firsthand.vault.bring.batches import Batch, in_batches
from firsthand.vault.bring.kinds import HEAD_BYTES, is_packed
from firsthand.vault.bring.reading import opened
from firsthand.vault.bring.speaking import (
    READ_BYTES_MAX,
    TOLD,
    Asked,
    Begun,
    Content,
    Done,
    End,
    Go,
    OfFile,
    OfKind,
    Open,
    Opened,
    Pass,
    Read,
    Refused,
    Said,
    Told,
    Unread,
    next_body,
    send,
)
from firsthand.vault.sources import Each, Export, UnableToRead

BESIDE_BYTES_MIN = 4 * 1024 * 1024
AHEAD_MAX = 32  # batches of a thousand rows that are read before they are kept
RESTARTS_MAX = 20
# Nothing told, and nothing more of the file asked for, for so long is a process that hangs where no
# clock of its own can end it. A member of many GB that nobody wants is told of only at its end.
SILENT_SECONDS_MAX = 60.0
BEAT_SECONDS = 0.5
_READER = "firsthand.vault.bring.reader"
_HARMFUL = (b"{", b"[", b"<")
_MAIL = (b"content-type:", b"received:", b"return-path:", b"from ")
_ENDED = "Reading it took too much memory or time, or was stopped."


class Earlier(Protocol):
    """What was said earlier: of the file with this content, and of files of a kind."""

    def of_content(self, digest: str) -> Mapping[str, str]:
        """By what it is about."""

    def of_kind(self, signature: str) -> Mapping[str, str]:
        """By what it is about."""


class Silence:
    """Nothing was said of anything."""

    def of_content(self, digest: str) -> Mapping[str, str]:
        """Nothing."""
        del digest
        return {}

    def of_kind(self, signature: str) -> Mapping[str, str]:
        """Nothing."""
        del signature
        return {}


class Part:
    """One export that is open: a file, or a member of an archive. Its batches are taken once.

    `number` is where it stands in the archive, from 1, and `at_bytes` how much of it lies before
    its end.
    """

    def __init__(self, number: int, name: str, at_bytes: int, digest: str, export: Export) -> None:
        """Made by `Reader.walk`."""
        self.number, self.name, self.at_bytes = number, name, at_bytes
        self.digest, self.export = digest, export
        self.taken = False

    def batches(self, skip: int = 0) -> Iterator[Batch]:
        """Every row, but those of the first `skip` batches.

        Raises `UnableToRead` where it cannot be read to its end.
        """
        self.taken = True
        for count, batch in enumerate(in_batches(self.export)):
            if count >= skip:
                yield batch


class Beside(Export):
    """What an export that another process reads says of itself."""

    def __init__(self, said: Opened) -> None:
        """Made by `Reader`."""
        self.source, self.format = said.source, said.format
        self.questions, self.guesses = said.questions, said.guesses
        self.signature, self.sure = said.signature, frozenset(said.sure)
        self.answered, self.said_anew = said.answered, said.said_anew
        self.taken_over = said.taken_over

    def rows(self) -> Iterator[Each]:
        """Not from here: its rows come as the batches of its `Part`."""
        raise NotImplementedError


class _Afar(Part):
    """A part that the other process reads."""

    def __init__(self, line: "_Line", begun: Begun, said: Opened) -> None:
        super().__init__(begun.number, begun.name, begun.at_bytes, said.digest, Beside(said))
        self._line = line

    def batches(self, skip: int = 0) -> Iterator[Batch]:
        """Every row. Raises `UnableToRead`."""
        self.taken = True
        self._line.ask(Go(skip))
        try:
            while isinstance(told := self._line.next(), Batch):
                yield told
        except _LineEnded:
            self._line.ended = True
            raise UnableToRead(_not_to_its_end(self.name)) from None
        if isinstance(told, Unread | Refused):
            raise UnableToRead(told.why)


class Reader:
    """Reads files, one after the other; what could do harm in another process. Use it in `with`.

    `beat` is called twice a second while the other process says nothing; what it raises ends the
    file.
    """

    def __init__(self, beat: Callable[[], None] = lambda: None) -> None:
        """Nothing is started before it is needed."""
        self.beat = beat
        self._line: _Line | None = None
        self._here_bytes = 0

    @property
    def at_bytes(self) -> int:
        """How far into the file it has read."""
        return self._here_bytes if self._line is None else self._line.at_bytes

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the other process."""
        self._end()

    def walk(
        self,
        name: str,
        stream: BinaryIO,
        answers: Mapping[str, str],
        earlier: Earlier,
        *,
        digest: str = "",
        after: int = 0,
    ) -> Iterator[Part | Unread]:
        """Each part of a file: the file itself, or the members of an archive after `after`.

        Raises `UnableToRead` where the file as a whole cannot be read.
        """
        size_bytes = self._here_bytes = stream.seek(0, io.SEEK_END)
        stream.seek(0)
        head = stream.read(READ_BYTES_MAX if size_bytes < BESIDE_BYTES_MIN else HEAD_BYTES)
        stream.seek(0)
        if size_bytes < BESIDE_BYTES_MIN and is_plain(head):
            said = _Said(earlier, digest)
            export = opened(name, stream, answers, said)
            yield Part(1, name, size_bytes, digest, export)
            return
        packed = is_packed(head)
        asked = Open(
            name=name, size_bytes=size_bytes, digest=digest, answers=dict(answers), after=after
        )
        for _ in range(RESTARTS_MAX):
            line = self._line = self._line or _Line(name, self)
            line.stream, line.listed = stream, False
            line.at_bytes = line.furthest_bytes = 0
            line.ask(asked)
            try:
                yield from self._parts(line, asked, earlier, packed=packed)
            except _LineEnded:
                self._end()
                if not packed:
                    raise UnableToRead(_not_to_its_end(name)) from None
                if not line.ended:
                    yield Unread(line.begun.number, line.begun.name, _ENDED)
                asked = msgspec.structs.replace(
                    asked, after=max(line.begun.number, asked.after + 1)
                )
            else:
                return
        raise UnableToRead(_not_to_its_end(name))

    def _parts(
        self, line: "_Line", asked: Open, earlier: Earlier, *, packed: bool
    ) -> Iterator[Part | Unread]:
        whole = False
        line.begun = Begun(0 if packed else 1, asked.name, asked.size_bytes)
        try:
            while not isinstance(told := line.next(), Done):
                match told:
                    case Begun() | OfFile() | OfKind():
                        _answer(line, told, earlier)
                    case Unread():
                        yield told
                    case Refused():
                        whole = True
                        raise UnableToRead(told.why)
                    case Opened():
                        part = _Afar(line, line.begun, told)
                        yield part
                        if line.ended:
                            raise _LineEnded
                        if not part.taken:
                            line.ask(Pass())
                            line.next()
                        if not packed:
                            break
                    case _:
                        raise _LineEnded
            whole = True
        finally:
            if not whole:
                self._end()

    def _end(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None


def _answer(line: "_Line", told: Begun | OfFile | OfKind, earlier: Earlier) -> None:
    if isinstance(told, Begun):
        line.begun = told
    elif isinstance(told, OfFile):
        line.ask(Said(dict(earlier.of_content(told.digest))))
    else:
        line.ask(Said(dict(earlier.of_kind(told.signature))))


def is_plain(head: bytes) -> bool:
    """Whether a small file is text in lines, of which nothing is to be feared."""
    start = head[:HEAD_BYTES].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if not start or start.startswith(_HARMFUL) or b"\x00" in head or is_packed(head):
        return not start
    mail = start.startswith(_MAIL) or b"\nreceived:" in start or b"\ncontent-type:" in start
    controls = sum(head.count(byte) for byte in range(32) if byte not in b"\t\n\r\x0c\x1a\x1b")
    return not mail and controls == 0


def _not_to_its_end(name: str) -> str:
    return (
        f'"{name}" was not read to its end: reading it took too much memory or time, or was '
        "stopped. Give it again, or export a shorter time."
    )


class _Said:
    """What was said earlier of one file whose digest is known."""

    def __init__(self, earlier: Earlier, digest: str) -> None:
        self._earlier, self._digest = earlier, digest

    def of_file(self) -> Mapping[str, str]:
        return self._earlier.of_content(self._digest)

    def of_kind(self, signature: str) -> Mapping[str, str]:
        return self._earlier.of_kind(signature)


class _LineEnded(Exception):
    """The other process has ended, or said what it should not have said."""


class _Line:
    """The way to the process that reads, which ends with it."""

    def __init__(self, name: str, reader: Reader) -> None:
        self._reader = reader
        self.stream: BinaryIO | None = None
        self.begun = Begun(0, name, 0)
        self.at_bytes = self.furthest_bytes = 0
        self.listed = False  # what it asks for now are members, not the list of them
        self.ended = False  # and whoever read from it was told so
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-P", "-m", _READER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for us: it ends when we do
        )
        self._bodies: queue.Queue[Told | None] = queue.Queue(AHEAD_MAX)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._take, name="vault reader", daemon=True)
        self._thread.start()

    def ask(self, asked: Asked) -> None:
        """Send; that it has ended is seen when the answer is awaited."""
        assert self._process.stdin is not None
        with suppress(OSError):
            send(self._process.stdin, asked)  # type: ignore[arg-type]

    def next(self) -> Told:
        """What it tells next. Raises `_LineEnded` where it has ended, or says nothing any more."""
        silent, furthest = 0.0, self.furthest_bytes
        while silent < SILENT_SECONDS_MAX:
            try:
                told = self._bodies.get(timeout=BEAT_SECONDS)
            except queue.Empty:
                silent = silent + BEAT_SECONDS if furthest == self.furthest_bytes else 0.0
                furthest = self.furthest_bytes
                self._reader.beat()
            else:
                if told is None:
                    break
                return told
        raise _LineEnded

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
        told: Told | None = End()
        while told is not None and not self._closing.is_set():
            body = next_body(self._process.stdout)  # type: ignore[arg-type]
            try:
                told = None if body is None else TOLD.decode(body)
            except msgspec.DecodeError:
                told = None
            self.listed = self.listed or isinstance(told, Begun | Unread)
            if isinstance(told, Read):
                self._give(told)
            else:
                self._bodies.put(told)

    def _give(self, read: Read) -> None:
        """Give a part of the file: this thread alone touches it while it is read."""
        assert self.stream is not None
        try:
            self.stream.seek(max(0, read.at))
            content = self.stream.read(min(max(0, read.size_bytes), READ_BYTES_MAX))
        except (OSError, ValueError):
            content = b""
        self.furthest_bytes = max(self.furthest_bytes, read.at + len(content))
        if self.listed or self.begun.number:  # before that a zip is asked for the list at its end
            self.at_bytes = read.at + len(content)
        self.ask(Content(content))
