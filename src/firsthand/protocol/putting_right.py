"""What a rectification names for machines, and how a thing is read once it was put right.

Both sides read it alike: the organisation answers by what was put right, and the vault checks the
answer by the same.
"""

from collections.abc import Mapping

import msgspec

from firsthand.protocol.rights import Request
from firsthand.protocol.things import Thing

# What can be put right, and how many characters it may have then.
FIELDS = {"name": 4_096, "startTime": 100, "duration": 100, "price": 100, "priceCurrency": 100}
SOURCE = "corrected on request"
_NAMED = ("object", "recipient", "sender")

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
        return msgspec.json.decode(request.details, type=_Corrections).corrections
    except ValueError:
        return []


def added(before: Corrections, named: list[Correction]) -> Corrections:
    """What holds once ``named`` is done too; other fields that were put right stay so."""
    after = dict(before)
    for one in named:
        after[one.thing] = {**after.get(one.thing, {}), **one.fields}
    return after


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
