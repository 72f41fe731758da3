"""What a browser sends of a large file: kept beside the vault until it was read, never in clear.

A file lies in blocks of 64 KiB, each sealed by AES-256-GCM under a key that was drawn for this file
alone; that key is in the vault's encrypted file and nowhere else. Bound into each block are the id
of the upload, the size of the whole and where the block stands, so blocks cannot be swapped or
taken from another upload. How much has come is how many whole blocks there are: a crash in the
middle of a slice leaves what came before it.
"""

import fcntl
import io
import os
from collections import OrderedDict
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from firsthand.foundation.ids import Chance

BLOCK_BYTES = 64 * 1024
KEY_BYTES = 32
_NONCE_BYTES, _TAG_BYTES = 12, 16
_MORE_BYTES = _NONCE_BYTES + _TAG_BYTES
_SEALED_BYTES = BLOCK_BYTES + _MORE_BYTES
_HELD_BLOCKS = 16
_AHEAD_BYTES = 4 * BLOCK_BYTES


class SliceRefused(Exception):
    """A slice that does not go on where the last one ended, or is not as long as it must be.

    `received_bytes` says from where to send. Nothing of the slice was kept.
    """

    def __init__(self, message: str, received_bytes: int) -> None:
        super().__init__(message)
        self.received_bytes = received_bytes


class UnableToSpool(Exception):
    """The disk took no more. What had come before this slice is still there."""


class Spool:
    """One file on its way: `id` and `size_bytes` as they were agreed at its beginning."""

    def __init__(self, path: Path, *, id: str, key: bytes, size_bytes: int) -> None:
        """Made anew for each use: everything there is to know is on the disk."""
        self._path, self._size_bytes = path, size_bytes
        self._about = f"firsthand upload\x00{id}\x00{size_bytes}\x00".encode()
        self._cipher = AESGCM(key)

    @property
    def received_bytes(self) -> int:
        """How much of the file has come; 0 where nothing of it is here."""
        try:
            return self._whole(self._path.stat().st_size)
        except FileNotFoundError:
            return 0

    def mend(self, within_bytes: int) -> int:
        """Cut off what a crash or a power cut left half written, and return what is here.

        within_bytes: how much at the end is looked at, as only acknowledged slices are sure to be
        on the disk. Raises `UnableToSpool`.
        """
        try:
            with self._held() as stream:
                received = self._whole(os.fstat(stream.fileno()).st_size)
                first = max(0, received - within_bytes) // BLOCK_BYTES
                for number in range(first, -(-received // BLOCK_BYTES)):
                    if self._block(stream, number) is None:
                        received = number * BLOCK_BYTES
                        break
                stream.truncate(_place(received))
        except OSError as error:
            raise UnableToSpool("What was sent cannot be kept.") from error
        return received

    def add(self, at: int, content: bytes, chance: Chance, *, slice_bytes: int) -> int:
        """Keep a slice; returns how much has come, once it is on the disk.

        Raises `SliceRefused` for one that begins elsewhere or has another length, `UnableToSpool`.
        """
        try:
            with self._held() as stream:
                size = os.fstat(stream.fileno()).st_size
                received = self._whole(size)
                self._check(at, len(content), received, slice_bytes)
                try:
                    stream.truncate(_place(received))
                    stream.seek(0, io.SEEK_END)
                    for start in range(0, len(content), BLOCK_BYTES):
                        number = (received + start) // BLOCK_BYTES
                        nonce = chance.bytes(_NONCE_BYTES)
                        block = content[start : start + BLOCK_BYTES]
                        sealed = self._cipher.encrypt(nonce, block, self._bound(number))
                        stream.write(nonce + sealed)
                    os.fdatasync(stream.fileno())
                except OSError:
                    stream.truncate(_place(received))
                    raise
        except OSError as error:
            raise UnableToSpool("The disk is full, or takes nothing any more.") from error
        return received + len(content)

    def open(self) -> BinaryIO:
        """What has come, as a stream that can be gone to anywhere. Raises `OSError`.

        Reading a block that was changed on the disk raises `OSError`.
        """
        return io.BufferedReader(_Clear(self, self._path.open("rb")), _AHEAD_BYTES)

    def _held(self) -> io.FileIO:
        """The file, for one writer at a time; made if there is none yet."""
        held = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        stream = _Whole(held, "r+")
        try:
            fcntl.flock(held, fcntl.LOCK_EX)
        except OSError:
            stream.close()
            raise
        return stream

    def _check(self, at: int, length: int, received: int, slice_bytes: int) -> None:
        if at != received:
            raise SliceRefused("This part is not the next one.", received)
        if not length or length != min(slice_bytes, self._size_bytes - received):
            raise SliceRefused("This part is not as long as it should be.", received)

    def _whole(self, sealed_bytes: int) -> int:
        blocks, rest = divmod(self._size_bytes, BLOCK_BYTES)
        if sealed_bytes >= blocks * _SEALED_BYTES + (rest + _MORE_BYTES if rest else 0):
            return self._size_bytes
        return min(sealed_bytes // _SEALED_BYTES, blocks) * BLOCK_BYTES

    def _bound(self, number: int) -> bytes:
        return self._about + b"%d" % number

    def _block(self, stream: io.FileIO | BinaryIO, number: int) -> bytes | None:
        """A block in clear, or None where it is not as it was written."""
        stream.seek(number * _SEALED_BYTES)
        sealed = stream.read(_SEALED_BYTES)
        if sealed is None or len(sealed) <= _MORE_BYTES:
            return None
        nonce, sealed = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, sealed, self._bound(number))
        except InvalidTag:
            return None


class _Whole(io.FileIO):
    """A file without a buffer whose `write` writes everything, or raises."""

    def write(self, content: bytes) -> int:  # type: ignore[override]
        view = memoryview(content)
        while view:
            view = view[super().write(view) :]
        return len(content)


class _Clear(io.RawIOBase):
    """A spool as the file that was sent: a few blocks are held, as archives are read in jumps."""

    def __init__(self, spool: Spool, stream: BinaryIO) -> None:
        self._spool, self._stream = spool, stream
        self._at = 0
        self._size_bytes = spool.received_bytes
        self._blocks = OrderedDict[int, bytes]()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size_bytes}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, into: bytearray | memoryview) -> int:  # type: ignore[override]
        if self._at >= self._size_bytes:
            return 0
        number, start = divmod(self._at, BLOCK_BYTES)
        content = memoryview(self._clear(number))[start : start + len(into)]
        into[: len(content)] = content
        self._at += len(content)
        return len(content)

    def close(self) -> None:
        self._stream.close()
        self._blocks.clear()
        super().close()

    def _clear(self, number: int) -> bytes:
        found = self._blocks.get(number)
        if found is None:
            found = self._spool._block(self._stream, number)  # noqa: SLF001 - its own stream
            if found is None:
                raise OSError("What was sent is damaged on the disk.")
            self._blocks[number] = found
            if len(self._blocks) > _HELD_BLOCKS:
                self._blocks.popitem(last=False)
        return found


def _place(received_bytes: int) -> int:
    """How large the file on the disk is once so much has come."""
    blocks, rest = divmod(received_bytes, BLOCK_BYTES)
    return blocks * _SEALED_BYTES + (rest + _MORE_BYTES if rest else 0)
