"""What files come packed in, as targets of the fuzzer: archives, and the vault's own export."""

import contextlib
import gzip
import io
import json
import tarfile
import zipfile

from tests.vault.sources.led import led_by

with led_by("firsthand.vault.bring"):
    from firsthand.vault.bring.own_export import UnableToReadExport, is_own_export, rows_of
    from firsthand.vault.bring.unpacking import each_of

from tests.vault.sources.seeds import stream

from firsthand.vault.bring.members import ArchiveRefused, Left, held
from firsthand.vault.bring.zips import FAULTS

READ_BYTES_MAX = 1024 * 1024
_EXPORT = {
    "@context": "https://schema.org/",
    "format": "firsthand-export",
    "version": 1,
    "things": [{"id": "1", "type": "PayAction", "data": {"@type": "PayAction", "price": "9.99"}}],
    "relationships": [],
}


def unpack(content: bytes) -> None:
    """Go through an archive as an import does, each member to its end."""
    with contextlib.suppress(ArchiveRefused):
        for each in each_of("any", stream(content)):
            if isinstance(each, Left):
                assert each.why, each
                continue
            # What breaks here is told of the one member, and the next one is read.
            with (
                contextlib.suppress(ArchiveRefused, OSError, *FAULTS),
                contextlib.closing(held(each)) as member,
            ):
                member.read(READ_BYTES_MAX)


def take_own(content: bytes) -> None:
    """Read an export of a vault, as it is when one is put back or merged."""
    is_own_export(stream(content))
    with contextlib.suppress(UnableToReadExport):
        for name, value in rows_of(stream(content)):
            json.dumps([name, value])


def archives() -> list[bytes]:
    """One of each kind, and one in another."""
    files = {"a/b.csv": b"Title,Date\nA,1/13/24\n", "c.json": b"[]"}
    plain, packed = _zip(files, zipfile.ZIP_STORED), _zip(files, zipfile.ZIP_DEFLATED)
    tar = _tar(files)
    inner = _zip({"in.zip": plain, "in.gz": gzip.compress(b"a", mtime=0)}, zipfile.ZIP_STORED)
    zipped_tar, alone = gzip.compress(tar, mtime=0), gzip.compress(b"a,b\n1,2\n", mtime=0)
    return [plain, packed, tar, inner, zipped_tar, alone]


def own_exports() -> list[bytes]:
    """As text, and in a zip."""
    text = json.dumps(_EXPORT).encode()
    return [
        text,
        _zip({"firsthand.json": text}, zipfile.ZIP_STORED),
        _zip({"firsthand.json": text}, zipfile.ZIP_DEFLATED),
    ]


def _zip(files: dict[str, bytes], how: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", how) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, how)
    return made.getvalue()


def _tar(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return made.getvalue()[: 512 * 6]
