"""CloudEvents 1.0 in JSON, one event or a batch: what the standard allows, and nothing else.

Sources: CloudEvents 1.0.2, JSON event format 1.0.2 (sections 2, 3 and 4). Optional attributes may
be null, which is the same as absent. All texts are read strictly (see `canonical.read_json`).
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence

import msgspec

from firsthand.protocol.canonical import (
    UnableToCanonicalise,
    UnableToReadJson,
    canonical,
    read_json,
)
from firsthand.protocol.wire import BATCH_EVENTS_MAX

ATTRIBUTE_CHARS_MAX = 4_096
EXTENSIONS_MAX = 32

# CloudEvents integers have 32 bits (section "Type System").
_INTEGER_MIN, _INTEGER_MAX = -(2**31), 2**31 - 1
_REQUIRED = ("specversion", "id", "source", "type")
_OPTIONAL = ("datacontenttype", "dataschema", "subject", "time")
_MEMBERS = frozenset({*_REQUIRED, *_OPTIONAL, "data", "data_base64"})

_EXTENSION_NAME = re.compile(r"[a-z0-9]{1,64}", re.ASCII)
# Control characters and the code points that are no characters have no place in an attribute.
_NO_CHARACTER = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(
        f"{chr(plane | 0xFFFE)}{chr(plane | 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
    )
    + "]"
)
_URI_REFERENCE = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+", re.ASCII)
_ABSOLUTE_URI = re.compile(r"[A-Za-z][A-Za-z0-9+\-.]*:.+", re.ASCII)
_WORD = r"[A-Za-z0-9!#$%&'*+\-.^_`|~]+"
_MEDIA_TYPE = re.compile(
    rf'{_WORD}/{_WORD}(?:[ \t]*;[ \t]*{_WORD}=(?:{_WORD}|"(?:[^"\\]|\\.)*"))*', re.ASCII
)
_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]{1,18})?"
    r"(?:[Zz]|[+-]([0-9]{2}):([0-9]{2}))",
    re.ASCII,
)
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?", re.ASCII)
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_FEBRUARY = 2
# A leap second is a minute's sixtieth.
_HOUR_MAX, _MINUTE_MAX, _SECOND_MAX = 23, 59, 60


class CloudEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One event. `data` is any JSON value, UNSET if absent; `data_base64` is for bytes instead."""

    specversion: str = "1.0"
    id: str
    source: str
    type: str
    datacontenttype: str | None = None
    dataschema: str | None = None
    subject: str | None = None
    time: str | None = None
    extensions: dict[str, str | int | bool] = {}
    data: object = msgspec.UNSET
    data_base64: bytes | None = None


class EventRefused(ValueError):
    """This is no CloudEvent of version 1.0 in JSON.

    specversion ("1.0"), id, source and type must be there and not empty; names of attributes are
    lower-case letters and digits; time is a full RFC 3339 time with an offset; data and data_base64
    exclude each other.
    """


def decode_event(raw: object) -> CloudEvent:
    """Return the event in `raw`: bytes of JSON, or a JSON value that was read already.

    Raises EventRefused, which names the attribute.
    """
    value = _read(raw) if isinstance(raw, bytes) else raw
    if not isinstance(value, Mapping):
        raise EventRefused("an event is a JSON object")
    attributes = {name: item for name, item in value.items() if item is not None}
    for name in _REQUIRED:
        if name not in attributes:
            raise EventRefused(f"{name}: it must be there")
    has_data, has_bytes = "data" in value, "data_base64" in attributes
    if has_data and has_bytes:
        raise EventRefused("data and data_base64 exclude each other")
    extensions = {name: item for name, item in attributes.items() if name not in _MEMBERS}
    event = CloudEvent(
        **{name: attributes[name] for name in (*_REQUIRED, *_OPTIONAL) if name in attributes},
        extensions=extensions,
        data=value["data"] if has_data else msgspec.UNSET,
        data_base64=_bytes_of(attributes["data_base64"]) if has_bytes else None,
    )
    _check(event)
    return event


def decode_batch(raw: bytes) -> list[CloudEvent]:
    """Return the events of a batch (JSON event format, section 4), at most 1,000; it may be empty.

    One event that is refused refuses all. Raises EventRefused.
    """
    value = _read(raw)
    if not isinstance(value, list) or len(value) > BATCH_EVENTS_MAX:
        raise EventRefused(f"a batch is a JSON array of at most {BATCH_EVENTS_MAX} events")
    events = []
    for place, item in enumerate(value):
        try:
            events.append(decode_event(item))
        except EventRefused as refused:
            raise EventRefused(f"event {place}: {refused}") from refused
    return events


def encode_event(event: CloudEvent) -> bytes:
    """Return the event as canonical JSON; raises EventRefused for what `decode_event` refuses."""
    return _write(_object_of(event))


def encode_batch(events: Sequence[CloudEvent]) -> bytes:
    """Return the events as one batch in canonical JSON; raises EventRefused."""
    if len(events) > BATCH_EVENTS_MAX:
        raise EventRefused(f"a batch has at most {BATCH_EVENTS_MAX} events")
    return _write([_object_of(event) for event in events])


def _read(raw: bytes) -> object:
    try:
        return read_json(raw)
    except UnableToReadJson as refused:
        raise EventRefused(str(refused)) from refused


def _write(value: object) -> bytes:
    try:
        return canonical(value)
    except UnableToCanonicalise as refused:
        raise EventRefused(f"data: {refused}") from refused


def _object_of(event: CloudEvent) -> dict[str, object]:
    _check(event)
    if event.data is not msgspec.UNSET and event.data_base64 is not None:
        raise EventRefused("data and data_base64 exclude each other")
    made: dict[str, object] = {**event.extensions}
    for name in (*_REQUIRED, *_OPTIONAL):
        value = getattr(event, name)
        if value is not None:
            made[name] = value
    if event.data is not msgspec.UNSET:
        made["data"] = event.data
    if event.data_base64 is not None:
        made["data_base64"] = b64encode(event.data_base64).decode("ascii")
    return made


def _check(event: CloudEvent) -> None:
    """Check every attribute on its own (CloudEvents 1.0.2, "Context Attributes")."""
    for name in (*_REQUIRED, *_OPTIONAL):
        value = getattr(event, name)
        if value is not None:
            _check_text(name, value)
            if not value:
                raise EventRefused(f"{name}: it must not be empty")
    _check_forms(event)
    if len(event.extensions) > EXTENSIONS_MAX:
        raise EventRefused(f"more than {EXTENSIONS_MAX} extensions")
    for name, item in event.extensions.items():
        _check_extension(name, item)


def _check_forms(event: CloudEvent) -> None:
    """Check the attributes that have a form of their own."""
    if event.specversion != "1.0":
        raise EventRefused(f"specversion: {event.specversion!r} where '1.0' belongs")
    if _URI_REFERENCE.fullmatch(event.source) is None:
        raise EventRefused("source: not a URI reference (RFC 3986)")
    schema = event.dataschema
    if schema is not None and not (
        _URI_REFERENCE.fullmatch(schema) and _ABSOLUTE_URI.match(schema)
    ):
        raise EventRefused("dataschema: not an absolute URI (RFC 3986)")
    if event.datacontenttype is not None and _MEDIA_TYPE.fullmatch(event.datacontenttype) is None:
        raise EventRefused("datacontenttype: not a media type such as application/json (RFC 2046)")
    if event.time is not None and not _is_time(event.time):
        raise EventRefused("time: not a full time such as 2024-01-03T20:15:00Z (RFC 3339)")


def _check_extension(name: object, value: object) -> None:
    if not isinstance(name, str) or name in _MEMBERS or _EXTENSION_NAME.fullmatch(name) is None:
        raise EventRefused(f"{name!a}: names are lower-case letters and digits only")
    if isinstance(value, bool):
        return
    if isinstance(value, int):
        if not _INTEGER_MIN <= value <= _INTEGER_MAX:
            raise EventRefused(f"{name}: more than 32 bits")
        return
    _check_text(name, value)


def _check_text(name: str, value: object) -> None:
    if not isinstance(value, str):
        raise EventRefused(f"{name}: it must be text")
    if len(value) > ATTRIBUTE_CHARS_MAX:
        raise EventRefused(f"{name}: longer than {ATTRIBUTE_CHARS_MAX} characters")
    if _NO_CHARACTER.search(value) is not None:
        raise EventRefused(f"{name}: control characters have no place here")


def _is_time(text: str) -> bool:
    """Say whether this is a time of RFC 3339 section 5.6, with a day and an offset that exist."""
    found = _TIME.fullmatch(text)
    if found is None:
        return False
    year, month, day, hour, minute, second, *offset = (int(part or 0) for part in found.groups())
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not 1 <= month <= len(_DAYS):
        return False
    return (
        1 <= day <= _DAYS[month - 1] + (leap and month == _FEBRUARY)
        and max(hour, offset[0]) <= _HOUR_MAX
        and max(minute, offset[1]) <= _MINUTE_MAX
        and second <= _SECOND_MAX
    )


def _bytes_of(text: object) -> bytes:
    if not isinstance(text, str) or _BASE64.fullmatch(text) is None:
        raise EventRefused("data_base64: not base64 with padding (RFC 4648)")
    data = b64decode(text)
    if b64encode(data).decode("ascii") != text:
        raise EventRefused("data_base64: bits left over that are not zero")
    return data
