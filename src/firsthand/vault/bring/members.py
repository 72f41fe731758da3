"""What an archive holds, one member at a time, and the bounds that hold for every kind of archive.

Nothing is ever written to disk: a member is a stream that can be gone through again.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

MIB = 1024 * 1024
FILES_MAX = 250_000
NAME_BYTES_MAX = 4096
MEMBER_BYTES_MAX = 16 * 1024 * MIB
TOTAL_BYTES_MAX = 512 * 1024 * MIB
# Records of the same form pack to a thirtieth or so; only what is made to harm packs to less.
RATIO_MAX = 300
RATIO_FROM_BYTES = 8 * MIB
# A member of up to this size is held in memory, as sources go through a file two or three times. A
# larger one is unpacked again each time: slower, but neither memory nor disk grows with it.
IN_MEMORY_BYTES_MAX = 8 * MIB
_SKIP_BYTES = 256 * 1024


class ArchiveRefused(Exception):
    """An archive is damaged, or made so that reading it could harm; nothing of it was read.

    Get it again from where it came. If it is refused again, unpack it and give the files inside.
    """


@dataclass(frozen=True, kw_only=True)
class Member:
    """One file in an archive. `open` gives it from its start, for as long as the archive is open.

    `at_bytes` is how much of the archive lies before its end, for showing how far one is.
    """

    name: str
    size_bytes: int | None
    at_bytes: int
    open: Callable[[], BinaryIO]


@dataclass(frozen=True, kw_only=True)
class Left:
    """One file in an archive that is not read, and why, in the same words for its like."""

    name: str
    why: str


Each = Member | Left


def bad_name(name: str) -> str | None:
    """Why a name in an archive is not one that an export has, or None.

    Nothing is written under it, but who makes such a name means harm.
    """
    plain = name.replace("\\", "/")
    if "\x00" in name:
        return "its name has a NUL character"
    if plain.startswith("/") or plain[1:3] == ":/":
        return "its name begins at the root of a disk"
    if ".." in plain.split("/"):
        return "its name leads out of the archive"
    if len(name.encode("utf-8", "replace")) > NAME_BYTES_MAX:
        return "its name is too long"
    return None


def refused(name: str, why: str) -> Left:
    """A member that is refused for what it is."""
    return Left(name=name, why=f"Refused: {why}.")


def held(member: Member) -> BinaryIO:
    """The member as a stream that can be gone through again: in memory where it is small."""
    stream = member.open()
    if member.size_bytes is not None and member.size_bytes > IN_MEMORY_BYTES_MAX:
        return stream
    content = stream.read(IN_MEMORY_BYTES_MAX + 1)
    if len(content) <= IN_MEMORY_BYTES_MAX:
        stream.close()
        return io.BytesIO(content)
    stream.seek(0)
    return stream


class Again(io.RawIOBase):
    """A stream that can go back, over one that cannot: going back opens it anew and reads on."""

    def __init__(self, anew: Callable[[], BinaryIO], size_bytes: int) -> None:
        """`anew` opens it from its start."""
        self._anew, self._size_bytes = anew, size_bytes
        self._inner = anew()
        self._stands = self._wanted = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """Where the next byte comes from."""
        return self._wanted

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go somewhere; nothing is read until something is asked for."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._wanted, io.SEEK_END: self._size_bytes}[whence]
        self._wanted = max(0, base + offset)
        return self._wanted

    def readinto(self, into: bytearray | memoryview) -> int:  # type: ignore[override]
        """Read on from where it stands. Raises what the archive raises."""
        if self._wanted < self._stands:
            self._inner.close()
            self._inner = self._anew()
            self._stands = 0
        while self._stands < self._wanted:
            passed = self._inner.read(min(_SKIP_BYTES, self._wanted - self._stands))
            if not passed:
                return 0
            self._stands += len(passed)
        content = self._inner.read(len(into))
        into[: len(content)] = content
        self._stands += len(content)
        self._wanted = self._stands
        return len(content)

    def close(self) -> None:
        """Close what is open below."""
        if not self.closed:
            self._inner.close()
        super().close()
