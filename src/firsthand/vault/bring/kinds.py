"""What a file is by its first bytes: an archive, something to look at or to hear, or to be read."""

import io
from collections.abc import Iterator
from typing import BinaryIO

from firsthand.vault.bring import tars, zips
from firsthand.vault.bring.inflating import Inflated
from firsthand.vault.bring.members import ArchiveRefused, Each, Member

HEAD_BYTES = 512
NESTED_ZIP_BYTES_MAX = 64 * 1024 * 1024
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_GZIP = b"\x1f\x8b\x08"
# Documents that are zips inside, by the name of their first member.
_SHEETS = (b"xl/", b"word/", b"ppt/", b"mimetype", b"[Content_Types].xml", b"_rels/", b"docProps/")
_MEDIA = (
    b"\xff\xd8\xff", b"\x89PNG", b"GIF87a", b"GIF89a", b"II*\x00", b"MM\x00*", b"ID3", b"\xff\xfb",
    b"OggS", b"fLaC", b"\x1a\x45\xdf\xa3", b"\x00\x00\x01\xba", b"8BPS",
)  # fmt: skip
MEDIA = "Pictures, videos and sound are not read."
TOO_DEEP = "Refused: it is an archive in an archive in an archive. Unpack it and give the files."


def is_media(head: bytes) -> bool:
    """Whether a file that begins like this is a picture, a video or sound."""
    if head[:4] == b"RIFF" and head[8:12] in (b"WEBP", b"AVI ", b"WAVE"):
        return True
    return head.startswith(_MEDIA) or head[4:8] == b"ftyp"


def is_packed(head: bytes) -> bool:
    """Whether a file that begins like this is an archive that is gone through here."""
    if head.startswith(_ZIP):
        return not any(sign in head[30:60] for sign in _SHEETS)
    return head.startswith(_GZIP) or _is_tar(head)


def members(name: str, stream: BinaryIO) -> Iterator[Each]:
    """The members of an archive; of a gzip of one file that file. Raises `ArchiveRefused`."""
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    stream.seek(0)
    if head.startswith(_ZIP):
        yield from zips.members(stream)
    elif _is_tar(head):
        yield from tars.members(stream)
    else:
        inflated = Inflated(stream)
        start = inflated.read(HEAD_BYTES) or b""
        inflated.seek(0)
        if _is_tar(start):
            yield from tars.members(inflated)
        else:
            inner = name.removesuffix(".gz") if name.endswith(".gz") else f"{name} (unpacked)"
            yield Member(name=inner, size_bytes=None, at_bytes=0, open=lambda: _alone(stream))


def nested(name: str, stream: BinaryIO, head: bytes, size_bytes: int | None) -> Iterator[Each]:
    """The members of an archive in an archive, by names that begin with its own.

    A zip has its list at its end and is read here and there, so it must fit into memory.
    Raises `ArchiveRefused`.
    """
    inner = stream
    if head.startswith(_ZIP):
        if size_bytes is None or size_bytes > NESTED_ZIP_BYTES_MAX:
            raise ArchiveRefused(
                "A zip of more than 64 MiB inside an archive is not read. Unpack the outer one and "
                "give what is in it."
            )
        inner = io.BytesIO(stream.read(NESTED_ZIP_BYTES_MAX + 1))
    yield from members(name.rpartition("/")[2], inner)


def _is_tar(head: bytes) -> bool:
    return head[tars.MAGIC_AT : tars.MAGIC_AT + len(tars.MAGIC)] == tars.MAGIC


def _alone(stream: BinaryIO) -> BinaryIO:
    return io.BufferedReader(Inflated(stream))
