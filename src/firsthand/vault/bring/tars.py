"""The members of a tar, plain or in a gzip, in the order in which they stand: it has no list."""

import io
import tarfile
from collections.abc import Iterator
from typing import BinaryIO, cast

from firsthand.vault.bring.inflating import Inflated
from firsthand.vault.bring.members import (
    FILES_MAX,
    MEMBER_BYTES_MAX,
    TOTAL_BYTES_MAX,
    ArchiveRefused,
    Each,
    Member,
    bad_name,
    refused,
)

MAGIC, MAGIC_AT = b"ustar", 257
_AHEAD_BYTES = 256 * 1024


def members(stream: BinaryIO | Inflated) -> Iterator[Each]:
    """Every member of a tar. Each is read, if at all, before the next one is asked for.

    Raises `ArchiveRefused`.
    """
    stream.seek(0)
    count = total = 0
    try:
        with tarfile.open(fileobj=cast("BinaryIO", stream), mode="r:") as archive:
            while (info := archive.next()) is not None:
                archive.members = []  # type: ignore[attr-defined] # it would keep them all
                count, total = count + 1, total + info.size
                if count > FILES_MAX:
                    raise ArchiveRefused(f"This archive has more than {FILES_MAX:,} files in it.")
                if total > TOTAL_BYTES_MAX:
                    raise ArchiveRefused("This archive holds more than 512 GiB.")
                if info.isdir():
                    continue
                why = _why_not(info)
                yield refused(info.name, why) if why else _member(archive, stream, info)
    except tarfile.TarError as error:
        raise ArchiveRefused(f"This archive is damaged or not whole: {error}.") from error


def _why_not(info: tarfile.TarInfo) -> str | None:
    if why := bad_name(info.name):
        return why
    if not info.isreg() or info.issparse():
        return "it is no file but a link or a device"
    if info.size > MEMBER_BYTES_MAX:
        return "it is larger than 16 GiB"
    return None


def _member(archive: tarfile.TarFile, stream: BinaryIO | Inflated, info: tarfile.TarInfo) -> Member:
    def opened() -> BinaryIO:
        if isinstance(stream, Inflated):
            stream.seek(info.offset_data)
            stream.mark()
        inner = archive.extractfile(info)
        assert inner is not None, "it is a file"
        return io.BufferedReader(cast("io.RawIOBase", inner), _AHEAD_BYTES)

    at_bytes = stream.taken_bytes if isinstance(stream, Inflated) else info.offset_data
    return Member(name=info.name, size_bytes=info.size, at_bytes=at_bytes, open=opened)
