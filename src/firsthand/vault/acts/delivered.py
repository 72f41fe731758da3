"""What was delivered by right beside what my own log says I gave: left out, altered, never mine.

Each thing that comes back has to be one that I gave, as I gave it or as it was put right at my
request; the order, and how a price is written, do not count.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from hashlib import blake2b
from typing import Final

import msgspec

from firsthand.protocol.putting_right import Corrections, added, corrections, put_right
from firsthand.protocol.rights import WAITING, read_request
from firsthand.protocol.roles.profile import thing_given
from firsthand.protocol.signals import signals_taken
from firsthand.protocol.things import Thing
from firsthand.vault.store import Store
from firsthand.vault.terms.relationships import Relationship
from firsthand.vault.terms.rights import Compared, put_right_there

NAMED_MAX: Final = 3
_PRICE = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,10})?", re.ASCII)


def beside_my_log(store: Store, relationship: Relationship, delivered: Sequence[Thing]) -> Compared:
    """Compare what was delivered, by the ids that it was given under, with what I gave."""
    named: dict[str, str] = {}
    forms: dict[str, set[bytes]] = {}
    known = _put_right(store, relationship)
    for thing in _given(store, relationship):
        named[thing.id] = thing.name
        found = forms.setdefault(thing.id, set())
        found.add(form(thing))
        found.update(form(put_right(thing, each)) for each in known if thing.id in each)
    rows = store.rows("disclosures.still_given", relationship=relationship.name)
    given = {str(each["event_id"]) for each in rows}
    rows = store.rows("disclosures.things_behind", relationship=relationship.name)
    mine = {str(each["event_id"]) for each in rows}
    came = {thing.id: thing.name for thing in delivered}
    missing = [one for one in named if one in given and one not in came]
    changed = {
        thing.id: thing.name
        for thing in delivered
        if thing.id in forms and form(thing) not in forms[thing.id]
    }
    elsewhere = {one: name for one, name in came.items() if one not in mine}
    return Compared(
        given=len(given),
        delivered=len(came),
        missing=len(given - came.keys()),
        changed=len(changed),
        elsewhere=len(elsewhere),
        which={
            "missing": [named[one] for one in missing[:NAMED_MAX]],
            "changed": [*changed.values()][:NAMED_MAX],
            "elsewhere": [*elsewhere.values()][:NAMED_MAX],
        },
    )


def _given(store: Store, relationship: Relationship) -> Iterator[Thing]:
    """Everything that ever left for them, as it left: a thing as often as it did."""
    for row in store.rows("disclosures.signed_of_relationship", relationship=relationship.name):
        if row["body"] is not None:
            for signal in signals_taken(bytes(row["body"])):
                yield thing_given(signal.id, signal.data)


def _put_right(store: Store, relationship: Relationship) -> list[Corrections]:
    """What they have put right, after each of my requests; those that wait may be done there."""
    found = put_right_there(store, relationship)
    asked = [
        row
        for row in store.rows("rights.all")
        if row["relationship"] == relationship.name
        and row["asked"] == "rectification"
        and row["state"] in WAITING
    ]
    for row in asked:
        if named := corrections(read_request(bytes(row["body"]))):
            found.append(added(found[-1], named))
    return found


def form(thing: Thing) -> bytes:
    """The same few bytes for what says the same, however it is written: there may be many."""
    said = (thing.type, thing.name, thing.time, _plain(thing.data))
    return blake2b(msgspec.json.encode(said, order="sorted"), digest_size=16).digest()


def _plain(data: Mapping[str, object]) -> dict[str, object]:
    price = data.get("price")
    return dict(data) if price is None else {**data, "price": _number(price)}


def _number(value: object) -> str:
    """A price in one way of writing it; what is written as none stays as it came."""
    text = str(value)
    if _PRICE.fullmatch(text) is None:
        return text
    return format(Decimal(text).normalize(), "f")
