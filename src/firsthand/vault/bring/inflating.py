"""A gzip as a stream that can go back a little way, or to a mark, without beginning anew.

The state of the decompressor is copied at the mark (zlib keeps 32 KiB of what it made), so going
back to the start of a member costs that member alone, not all that lies before it.
Source: RFC 1952.
"""

import io
import zlib
from typing import BinaryIO, NamedTuple

from firsthand.vault.bring.members import RATIO_FROM_BYTES, RATIO_MAX, ArchiveRefused

_TAKEN_BYTES = 64 * 1024
_MADE_BYTES = 256 * 1024
_GZIP = 16 + zlib.MAX_WBITS


class _State(NamedTuple):
    """Where reading stands: what is taken of the packed, and what was made of it."""

    taken: int
    left: bytes
    packed: "zlib._Decompress"
    start: int  # where `made` begins, in what comes out
    made: bytes


class Inflated(io.RawIOBase):
    """What comes out of a gzip of any number of parts. Raises `ArchiveRefused` as it is read."""

    def __init__(self, stream: BinaryIO) -> None:
        """`stream` is seekable and stands wherever it does."""
        self._stream = stream
        self._state = self._first()
        self._marked = self._state
        self._at = 0
        self._ended = False

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """Where the next byte comes from, in what comes out."""
        return self._at

    @property
    def taken_bytes(self) -> int:
        """How much of the packed bytes was taken."""
        return self._state.taken

    def mark(self) -> None:
        """Going back to here, or behind it, is cheap from now on."""
        self._reach(self._at)
        state = self._state
        self._marked = state._replace(packed=state.packed.copy())

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go somewhere. To the end: all is read once, as nothing says where the end is."""
        if whence == io.SEEK_END:
            while self._more():
                pass
            offset += self._state.start + len(self._state.made)
        elif whence == io.SEEK_CUR:
            offset += self._at
        self._at = max(0, offset)
        return self._at

    def readinto(self, into: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill `into` as far as there is something."""
        done = 0
        while done < len(into) and self._reach(self._at):
            begin = self._at - self._state.start
            part = self._state.made[begin : begin + len(into) - done]
            into[done : done + len(part)] = part
            done += len(part)
            self._at += len(part)
        return done

    def _first(self) -> _State:
        return _State(0, b"", zlib.decompressobj(_GZIP), 0, b"")

    def _reach(self, place: int) -> bool:
        """Have `made` hold what stands at `place`; whether there is anything."""
        if place < self._state.start:
            back = self._marked if self._marked.start <= place else self._first()
            self._state = back._replace(packed=back.packed.copy())
            self._ended = False
        while place >= self._state.start + len(self._state.made):
            if not self._more():
                return False
        return True

    def _more(self) -> bool:
        """Make the next piece; False at the end."""
        if self._ended:
            return False
        taken, left, packed, start, made = self._state
        start, made = start + len(made), b""
        while not made:
            if packed.eof:
                left = (packed.unused_data + left).lstrip(b"\x00")
                packed = zlib.decompressobj(_GZIP)
                if not left and not (left := self._take(taken).lstrip(b"\x00")):
                    self._ended = True
                    break
                taken = max(taken, self._stream.tell())
            if not left:
                left = self._take(taken)
                taken = self._stream.tell()
                if not left:
                    raise ArchiveRefused("This archive is cut off: its end is missing.")
            made, left, packed = _made(packed, left)
        self._state = _State(taken, left, packed, start, made)
        total = start + len(made)
        if total > RATIO_FROM_BYTES and total > RATIO_MAX * max(1, taken):
            raise ArchiveRefused(
                f"This archive would become more than {RATIO_MAX} times as large as it is packed. "
                "No export does."
            )
        return bool(made)

    def _take(self, taken: int) -> bytes:
        self._stream.seek(taken)
        return self._stream.read(_TAKEN_BYTES)


def _made(packed: "zlib._Decompress", left: bytes) -> tuple[bytes, bytes, "zlib._Decompress"]:
    try:
        made = packed.decompress(left, _MADE_BYTES)
    except zlib.error as error:
        raise ArchiveRefused(f"This archive is damaged: {error}.") from error
    return made, packed.unconsumed_tail, packed
