"""The members of a zip: looked at whole before one of them is read (spans, names, sizes, ratio)."""

import io
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, cast

from firsthand.vault.bring.members import (
    FILES_MAX,
    MEMBER_BYTES_MAX,
    RATIO_FROM_BYTES,
    RATIO_MAX,
    TOTAL_BYTES_MAX,
    Again,
    ArchiveRefused,
    Each,
    Member,
    bad_name,
    refused,
)

_UTF_8 = 0x800  # the flag that a name is in UTF-8 (APPNOTE 4.4.4)
_HEAD_BYTES = 30  # of a member, before its name (APPNOTE 4.3.7)
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_AHEAD_BYTES = 256 * 1024
FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    tarfile.TarError,
    struct.error,
    EOFError,
    NotImplementedError,
    ValueError,
    OverflowError,
    UnicodeDecodeError,
    RuntimeError,
)


def members(stream: BinaryIO) -> Iterator[Each]:
    """Every member of a zip that is seekable, in its order. Raises `ArchiveRefused`."""
    try:
        archive = zipfile.ZipFile(stream)
    except FAULTS as error:
        raise ArchiveRefused(
            "This zip is damaged, or was not downloaded to its end. Get it once more."
        ) from error
    with archive:
        found = archive.infolist()
        _check(found)
        for info in found:
            if not info.filename.endswith("/"):
                why = _why_not(info)
                yield refused(_name(info), why) if why else _member(archive, info)


def _check(found: list[zipfile.ZipInfo]) -> None:
    if len(found) > FILES_MAX:
        raise ArchiveRefused(f"This zip has more than {FILES_MAX:,} files in it.")
    if sum(info.file_size for info in found) > TOTAL_BYTES_MAX:
        raise ArchiveRefused("This zip says that it holds more than 512 GiB.")
    end = 0
    for info in sorted(found, key=lambda each: each.header_offset):
        if info.header_offset < end:
            raise ArchiveRefused(
                "Files in this zip lie over each other, so that a little of it would become much. "
                "No service packs like that."
            )
        end = info.header_offset + _HEAD_BYTES + len(info.orig_filename) + info.compress_size


def _why_not(info: zipfile.ZipInfo) -> str | None:
    if why := bad_name(info.orig_filename):
        return why
    if not info.filename:
        return "it has no name"
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind and not stat.S_ISREG(kind):
        return "it is no file but a link or a device"
    if info.flag_bits & _ENCRYPTED:
        return "it is locked with a password. Unlock it, or ask for the export without one"
    if info.compress_type not in _PACKED:
        return "it is packed in a way that is not read here"
    if info.file_size > MEMBER_BYTES_MAX:
        return "it is larger than 16 GiB"
    large = info.file_size > RATIO_FROM_BYTES
    if large and info.file_size > RATIO_MAX * max(1, info.compress_size):
        return f"it would become more than {RATIO_MAX} times as large as it is packed"
    return None


def _name(info: zipfile.ZipInfo) -> str:
    """What a member is called: in UTF-8 too where whoever packed it did not say so."""
    if info.flag_bits & _UTF_8:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Member:
    def anew() -> BinaryIO:
        return cast("BinaryIO", archive.open(info))

    def opened() -> BinaryIO:
        return io.BufferedReader(Again(anew, info.file_size), _AHEAD_BYTES)

    return Member(
        name=_name(info),
        size_bytes=info.file_size,
        at_bytes=info.header_offset + info.compress_size,
        open=opened,
    )
