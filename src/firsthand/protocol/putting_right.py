"""What a rectification names for machines, and how a thing is read once it was put right.

Both sides read it alike: the organisation answers by what was put right, and the vault checks the
answer by the same.
"""

import contextlib
import re
from collections.abc import Iterable, Mapping
from datetime import date

import msgspec

from firsthand.protocol.canonical import UnableToReadJson, read_json
from firsthand.protocol.refusals import refuse
from firsthand.protocol.rights import Request
from firsthand.protocol.things import Thing

# What can be put right, and how many characters it may have then.
FIELDS = {"name": 4_096, "startTime": 100, "duration": 100, "price": 100, "priceCurrency": 100}
SOURCE = "corrected on request"
THING_CHARS_MAX = 100
_NAMED = ("object", "recipient", "sender")
# As what is given: a rule reckons with a price, and a page shows a time.
_PRICE = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,4})?", re.ASCII)
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)(T([01]\d|2[0-3]):00:00Z)?", re.ASCII)

Corrections = Mapping[str, Mapping[str, str]]
"""By the thing's id: the fields that were put right, and what they are."""


class Correction(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which fields of a thing are how."""

    thing: str
    fields: dict[str, str]


class _Corrections(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    corrections: list[Correction]


def corrections(request: Request) -> list[Correction]:
    """What a rectification names for machines; none where it is said in words."""
    if request.right != "rectification":
        return []
    try:
        details = read_json(request.details.encode())
        return msgspec.convert(details, _Corrections).corrections
    except (UnableToReadJson, UnicodeEncodeError, msgspec.ValidationError):
        return []


def check_corrections(request: Request) -> list[Correction]:
    """What ``corrections`` says, if every thing may be put right like that.

    Raises ``Refused`` (``shape_invalid``): for a field that no thing has, for a value that could
    not have been given, and for JSON that two readers could take differently.
    """
    named = corrections(request)
    if not named and request.right == "rectification":
        with contextlib.suppress(ValueError):
            msgspec.json.decode(request.details, type=_Corrections)
            raise refuse("shape_invalid", "Corrections name things, and each member once.")
    for one in named:
        _check(one)
    return named


def _check(one: Correction) -> None:
    if not 1 <= len(one.thing) <= THING_CHARS_MAX or not one.thing.isascii() or "\0" in one.thing:
        raise refuse("shape_invalid", "A correction names the id of a thing.")
    if not one.fields or not one.fields.keys() <= FIELDS.keys():
        raise refuse("shape_invalid", f"Fields that can be put right: {', '.join(FIELDS)}.")
    for field, value in one.fields.items():
        if not 1 <= len(value) <= FIELDS[field] or "\0" in value:
            raise refuse("shape_invalid", f"{field} has 1 to {FIELDS[field]} characters.")
        if field == "price" and _PRICE.fullmatch(value) is None:
            raise refuse("shape_invalid", f"{value!r} is no price: write it like 9.99.")
        if field == "startTime" and not _is_time(value):
            raise refuse("shape_invalid", f"{value!r} is no day as YYYY-MM-DD, and no hour of one.")


def _is_time(text: str) -> bool:
    found = _TIME.fullmatch(text)
    if found is None:
        return False
    with contextlib.suppress(ValueError):
        return bool(date.fromisoformat(found[1]))
    return False


def added(before: Corrections, named: list[Correction]) -> Corrections:
    """What holds once ``named`` is done too; other fields that were put right stay so."""
    after = dict(before)
    for one in named:
        after[one.thing] = {**after.get(one.thing, {}), **one.fields}
    return after


def put_together(requests: Iterable[Request]) -> Corrections:
    """What holds once all of these are done: of two that name one field, what was asked last.

    In which order they were done does not count, so both sides come to the same, also where an
    organisation that put back a backup does them again.
    """
    known: Corrections = {}
    for request in sorted(requests, key=lambda one: (one.at, one.jti)):
        known = added(known, corrections(request))
    return known


def put_right(thing: Thing, known: Corrections) -> Thing:
    """The thing as it is read: with what was put right, and with a source that says so.

    Where its name was put right, what it names again (the film, who was paid) has the new one too;
    where that said something else, such as a series, it is left out, since it may be as wrong.
    """
    fields = known.get(thing.id)
    if fields is None:
        return thing
    data: dict[str, object] = {**thing.data, **fields, "isBasedOn": SOURCE}
    for part in _NAMED if "name" in fields else ():
        node = data.pop(part, None)
        if isinstance(node, dict) and node.get("name") == thing.name:
            data[part] = {**node, "name": fields["name"]}
    return msgspec.structs.replace(
        thing,
        name=fields.get("name", thing.name),
        time=fields.get("startTime", thing.time),
        source=SOURCE,
        data=data,
    )
