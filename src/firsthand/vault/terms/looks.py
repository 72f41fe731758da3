"""Who looked at what I gave: as each organisation told it, signed, numbered without a gap.

A number that is missing, or a look that is told otherwise than before, is a warning; what was told
first stays. Whether a look was allowed is judged here by the deal it names, not by who looked.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec

from firsthand.protocol.agreement_life import Readable
from firsthand.protocol.agreements import Agreement, read_agreement
from firsthand.protocol.jws import JwsRefused, read_jws
from firsthand.protocol.reads_told import ReadsTold, ReadTold, read_reads_told
from firsthand.protocol.refusals import Refused
from firsthand.protocol.rights import day_of
from firsthand.vault.terms.checkpoints import put_conflict
from firsthand.vault.terms.relationships import Relationship, signer_of

if TYPE_CHECKING:
    from firsthand.vault.store import Store, Tx


PROBLEMS = {
    "no_agreement": "It stands under no deal that you made with them.",
    "purpose_not_allowed": "Your deal does not allow this purpose.",
    "replaced": "You had changed the deal, and it does not allow this purpose any more.",
    "agreement_ended": "Your deal had ended.",
    "expired": "Your deal had run out.",
}


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """One look as it was told; ``problem`` says why it was not allowed, or is None.

    ``at`` is in seconds since 1970.
    """

    n: int
    at: int
    kind: str
    name: str
    purpose: str
    agreement: str
    fields: list[str]
    count: int
    problem: str | None


def read(store: Store, relationship: Relationship, token: str, *, after: int) -> ReadsTold:
    """Verify what was told about looks after number ``after``; raises ``Refused``."""
    told = read_reads_told(
        token,
        key=relationship.key_log.key_for(token),
        organisation=relationship.subject,
        person=signer_of(store, relationship).subject,
        after=after,
    )
    for look in told.reads:
        day_of(look.at)
    return told


def note(tx: Tx, relationship: Relationship, told: ReadsTold, token: str, *, at: str) -> list[str]:
    """Keep what is new; returns what is wrong with it, in words."""
    if not told.reads:
        return []
    name = relationship.name
    last = tx.row("looks.last", relationship=name)
    if last is not None and last["n"] > told.after:
        return []  # another window was faster
    tx.run("looks.tell", relationship=name, after=told.after, next=told.next, jws=token, at=at)
    tx.run_many("looks.add", [_row(name, look) for look in told.reads])
    missing = (told.next - told.after) - len(told.reads)
    if not missing:
        return []
    who = relationship.organisation_name
    times = "one time" if missing == 1 else f"{missing} times"
    return [f"{who} left out {times} that somebody looked at your data: the numbers have a gap."]


def put_if_different(
    tx: Tx, relationship: Relationship, told: ReadsTold, token: str, *, until: int, at: str
) -> bool:
    """Keep both statements if something up to number ``until`` is told otherwise than before."""
    name = relationship.name
    if told.more:
        until = min(until, told.next)
    known = tx.rows("looks.between", relationship=name, after=told.after, until=until)
    held = [_row(name, look) for look in told.reads if look.n <= until]
    if [dict(row) for row in known] == held:
        return False
    statements = tx.rows("looks.told", relationship=name)
    first = next((row["jws"] for row in statements if row["next"] > told.after), "")
    put_conflict(tx, relationship, "looks", first, token, at=at)
    return True


def looks(store: Store, relationship: Relationship, *, limit: int) -> list[Look]:
    """Who looked, the newest first, each judged by the deal that it names."""
    rows = store.rows("looks.newest", relationship=relationship.name, limit=limit)
    readable = Readable(_agreements(store, relationship), _ended(store, relationship))
    found = []
    for row in rows:
        values = {field: row[field] for field in Look.__struct_fields__ if field != "problem"}
        values["fields"] = json.loads(row["fields"])
        why = readable.why_not(row["agreement"], row["purpose"], row["at"])
        found.append(Look(**values, problem=PROBLEMS[why] if why is not None else None))
    return found


def _agreements(store: Store, relationship: Relationship) -> dict[str, Agreement]:
    found = {}
    for row in store.rows("agreements.of_relationship", relationship=relationship.name):
        try:
            key = relationship.key_log.key_for(row["answer"])
            agreement = read_agreement(row["proffer"], row["answer"], organisation_key=key)
        except Refused:
            continue
        if agreement.accepted:
            found[row["id"]] = agreement
    return found


def _ended(store: Store, relationship: Relationship) -> dict[str, int]:
    """Since when each agreement has ended, as the organisation confirmed it."""
    found: dict[str, int] = {}
    for row in store.rows("endings.of_relationship", relationship=relationship.name):
        try:
            words = read_jws(row["receipt"] or "")[1]
        except JwsRefused:
            continue
        since = words.get("ended_at", words.get("erased_at"))
        if isinstance(since, int):
            found[row["agreement"]] = min(since, found.get(row["agreement"], since))
    return found


def _row(name: str, look: ReadTold) -> dict[str, object]:
    values = {**msgspec.structs.asdict(look), "fields": json.dumps(look.fields)}
    return {"relationship": name, **values}
