"""What a browser sends: fields and files, read into memory with limits. Nothing touches the disk.

A body that is too large is read to its end and thrown away, so that the browser hears the answer
instead of a broken line.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import msgspec
from starlette.datastructures import UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from starlette.requests import Request

FORM_BYTES_MAX: Final = 1024 * 1024
FILES_BYTES_MAX: Final = 64 * 1024 * 1024
FILES_MAX: Final = 20
FIELDS_MAX: Final = 6000
FIELD_BYTES_MAX: Final = 64 * 1024
THROWN_AWAY_BYTES_MAX: Final = 1024 * 1024 * 1024


class FormRefused(Exception):
    """What was sent could not be read as a form, or is larger than a form may be."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Dropped(msgspec.Struct, frozen=True, kw_only=True):
    """A file as it was dropped: its name without a folder, and its bytes."""

    name: str
    content: bytes


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """The fields by name, each with all its values, and the files."""

    fields: Mapping[str, list[str]]
    files: list[Dropped] = []

    def one(self, name: str, otherwise: str = "") -> str:
        """The first value of a field."""
        return (self.fields.get(name) or [otherwise])[0]

    def many(self, name: str) -> list[str]:
        """Every value of a field."""
        return list(self.fields.get(name, []))


class _InMemory(MultiPartParser):
    spool_max_size = FILES_BYTES_MAX + FORM_BYTES_MAX  # past every limit: it never reaches a disk


async def read_form(request: Request, bytes_max: int = FORM_BYTES_MAX) -> Form:
    """Read the body of a POST. Raises `FormRefused`."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = _counted(request, bytes_max)
    try:
        if kind == "multipart/form-data":
            parsed = await _InMemory(
                request.headers,
                body,
                max_files=FILES_MAX,
                max_fields=FIELDS_MAX,
                max_part_size=FIELD_BYTES_MAX,
            ).parse()
        else:
            parsed = await FormParser(request.headers, body).parse()
    except (MultiPartException, UnicodeDecodeError) as error:
        raise FormRefused("This form could not be read. Go back and try again.", 400) from error
    fields: dict[str, list[str]] = {}
    files: list[Dropped] = []
    for name, value in parsed.multi_items():
        if isinstance(value, UploadFile):
            content = await value.read()
            await value.close()
            if value.filename or content:
                files.append(Dropped(name=_bare(value.filename or "file"), content=content))
        else:
            fields.setdefault(name, []).append(value)
    return Form(fields=fields, files=files)


async def _counted(request: Request, bytes_max: int) -> AsyncGenerator[bytes, None]:
    arrived, large = 0, False
    async for chunk in request.stream():
        arrived += len(chunk)
        large = large or arrived > bytes_max
        if not large:
            yield chunk
        elif arrived > THROWN_AWAY_BYTES_MAX:
            break
    if large:
        most = bytes_max // (1024 * 1024)
        raise FormRefused(f"That is more than {most} MB at once. Nothing of it was kept.", 413)


def _bare(name: str) -> str:
    """The name alone: browsers of old send a whole path, and a name is shown on pages."""
    bare = name.replace("\\", "/").rpartition("/")[2]
    return "".join(char for char in bare if char.isprintable())[:120] or "file"
