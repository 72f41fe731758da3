"""What a browser sends: fields and one file, read into memory with limits. Nothing goes to disk."""

from collections.abc import Mapping

import msgspec
from starlette.datastructures import UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import Request

FILE_BYTES_MAX = 4 * 1024 * 1024
FORM_BYTES_MAX = FILE_BYTES_MAX + 64 * 1024
FIELDS_MAX = 50
FIELD_BYTES_MAX = 16 * 1024


class FormRefused(ValueError):
    """What was sent is no form that we can read. Go back and send it again."""


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """The first value of each field, and the bytes of each file, by name."""

    fields: Mapping[str, str] = {}
    files: Mapping[str, bytes] = {}

    def one(self, name: str) -> str:
        """A field, or nothing."""
        return self.fields.get(name, "")


class _InMemory(MultiPartParser):
    spool_max_size = FORM_BYTES_MAX  # as large as a body may be: it never reaches a disk


async def read_form(request: Request) -> Form:
    """Read the body of a POST; its size was limited before. Raises ``FormRefused``."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind == "multipart/form-data":
            parsed = await _InMemory(
                request.headers,
                request.stream(),
                max_files=1,
                max_fields=FIELDS_MAX,
                max_part_size=FIELD_BYTES_MAX,
            ).parse()
        else:
            parsed = await FormParser(request.headers, request.stream()).parse()
    except (MultiPartException, UnicodeDecodeError, KeyError) as error:
        raise FormRefused("This form could not be read. Go back and try again.") from error
    fields: dict[str, str] = {}
    files: dict[str, bytes] = {}
    for name, value in parsed.multi_items():
        if isinstance(value, UploadFile):
            files.setdefault(name, await value.read())
            await value.close()
        else:
            fields.setdefault(name, value)
    return Form(fields=fields, files=files)
