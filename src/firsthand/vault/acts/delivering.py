"""What an organisation delivers upon a request: it comes back into the vault as things of mine.

What I gave is known by the id that it was given under, so that it is not there twice; everything
else is new, and its source is the organisation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from firsthand.foundation.clock import stamp
from firsthand.protocol.canonical import UnableToReadJson, read_json, sha256_hex
from firsthand.protocol.refusals import refuse
from firsthand.protocol.things import Thing
from firsthand.vault.acts.delivered import beside_my_log
from firsthand.vault.store.faults import RowRefused
from firsthand.vault.store.portable import check_thing
from firsthand.vault.store.things import row_for
from firsthand.vault.terms import rights
from firsthand.vault.terms.relationships import find, short_name

if TYPE_CHECKING:
    from firsthand.vault.acts.opened import Vault

PARTS_MAX: Final = 2_000
TEXT_CHARS_MAX: Final = 1_000
FORMAT: Final = "delivered by right"


def fetch(vault: Vault, request: str) -> dict[str, object]:
    """Fetch what was delivered, and keep what is not there yet. It can be done again.

    Returns organisation, read, added, known, ``compared`` (as ``rights.Compared``) and
    ``document``: all of it as it came. Raises ``Refused``, and then nothing was kept, and
    ``Offline``.
    """
    row = rights.find(vault.store, request)
    if row["relationship"] is None:
        raise refuse("not_allowed", "It was asked by letter: bring what they sent you as a file.")
    relationship = find(vault.store, row["relationship"])
    parts = _parts(vault, relationship.name, row["id"])
    source = short_name(relationship.organisation_name)
    rows = vault.store.rows("disclosures.things_behind", relationship=relationship.name)
    mine = {each["event_id"]: each["thing_id"] for each in rows}
    delivered = [_thing(value, source) for part in parts for value in part["things"]]
    compared = beside_my_log(vault.store, relationship, delivered)
    things = [msgspec.structs.replace(one, id=mine.get(one.id, one.id)) for one in delivered]
    at = stamp(vault.clock.now())
    with vault.store.transaction() as tx:
        begun = tx.row(
            "imports.begin", path_name=relationship.organisation_name, source=source,
            format=FORMAT, at=at, sha256=sha256_hex(msgspec.json.encode(parts)),
        )  # fmt: skip
        assert begun is not None, "RETURNING gives the row"
        added = tx.run_many("things.add", [row_for(each, begun["id"]) for each in things])
        known = len(things) - added
        tx.run(
            "imports.finish", id=begun["id"], read=len(things), added=added, known=known,
            unreadable=0,
        )  # fmt: skip
        tx.run("rights.fetched", id=row["id"], at=at)
        rights.put_compared(tx, row["id"], compared)
    return {
        "organisation": relationship.organisation_name,
        "read": len(things),
        "added": added,
        "known": known,
        "compared": msgspec.to_builtins(compared),
        "document": {"request": row["id"], "right": row["asked"], "parts": parts},
    }


def _parts(vault: Vault, name: str, request: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = 0
    for _ in range(PARTS_MAX):
        relationship = find(vault.store, name)
        part = _read(vault.gate.evidence.right_data(relationship, request, after), request)
        found.append(part)
        following = part["next"]
        if not part["more"] or following <= after:
            return found
        after = following
    raise refuse("too_large", "They deliver without end.")


def _read(body: bytes, request: str) -> dict[str, Any]:
    try:
        part = read_json(body)
    except UnableToReadJson as error:
        raise refuse("shape_invalid", f"What they delivered cannot be read: {error}") from error
    if not isinstance(part, dict) or not isinstance(part.get("things"), list):
        raise refuse("shape_invalid", "What they delivered holds no list of things.")
    if part.get("request") != request:
        raise refuse("not_yours", "They delivered what was asked by another request.")
    if type(part.get("next")) is not int or not isinstance(part.get("more"), bool):
        raise refuse("shape_invalid", "What they delivered does not say how it goes on.")
    return part


def _thing(value: object, source: str) -> Thing:
    """One thing as it was delivered, by the id that it was given under."""
    try:
        told = msgspec.convert(value, _Told)
        row = {**msgspec.structs.asdict(told), "data": msgspec.json.encode(told.data).decode()}
        check_thing(row)
    except (msgspec.ValidationError, RowRefused, ValueError) as error:
        raise refuse("shape_invalid", f"A thing that they delivered: {error}") from error
    texts = (told.id, told.type, told.name, told.time or "")
    if not told.id or not told.type or any(len(text) > TEXT_CHARS_MAX for text in texts):
        raise refuse("shape_invalid", "A thing that they delivered has no name, or no end.")
    return Thing(
        id=told.id, type=told.type, name=told.name, time=told.time, source=source, data=told.data
    )


class _Told(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a delivered thing that is the thing itself."""

    id: str
    type: str
    name: str
    time: str | None = None
    data: dict[str, object]
