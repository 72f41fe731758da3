"""The disclosure log: what left, when, under which terms, its receipt and its end.

An entry stands here before its bytes leave. What has not left yet is the queue of the same rows.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec

from firsthand.protocol.canonical import sha256_hex
from firsthand.protocol.jws import read_jws
from firsthand.protocol.receipts import (
    BatchLabel,
    ErasureReceipt,
    ReceiptJson,
    RevocationReceipt,
    read_erasure,
    read_revocation,
    verify_receipt,
)
from firsthand.protocol.refusals import Refused, refuse
from firsthand.vault.terms.awaited import erased_by_itself
from firsthand.vault.terms.relationships import Relationship, find, signer_of

if TYPE_CHECKING:
    from firsthand.vault.store import Row, Store


EARLIER = (
    "They have put back a backup of before you changed this deal, and knew only an earlier one. "
    "They ended that, and signed it."
)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One disclosure as a person reads it. ``verified`` is None until it was asked for.

    ``not_before`` is from when on it may leave; None where that is at once.
    """

    position: int
    relationship: str
    organisation: str
    agreement: str
    role: str
    purpose: str
    things: int
    fields: list[str]
    bytes: int
    state: str
    at: str
    reason: str | None = None
    acknowledged_at: str | None = None
    not_before: str | None = None
    receipt: dict[str, object] | None = None
    verified: bool | None = None
    problem: str | None = None


class End(msgspec.Struct, frozen=True, kw_only=True):
    """A revocation or an erasure as a person reads it.

    ``by_itself``: nobody asked for it, the time to keep what was given was over.
    """

    relationship: str
    organisation: str
    agreement: str
    kind: str
    state: str
    at: str
    reason: str | None = None
    confirmed_at: str | None = None
    receipt: str | None = None
    verified: bool | None = None
    problem: str | None = None
    by_itself: bool = False


def entries(
    store: Store, relationship: Relationship | None = None, *, verify: bool = False
) -> list[Entry]:
    """The log, the newest first; with ``verify`` each receipt is proven again from its bytes."""
    if relationship is None:
        rows = store.rows("disclosures.all")
    else:
        rows = store.rows("disclosures.of_relationship", relationship=relationship.name)
    known: dict[str, Relationship] = {}
    found = []
    for row in rows:
        name = row["relationship"]
        if name not in known:
            known[name] = find(store, name)
        found.append(_entry(row, known[name], verify=verify))
    return found


def endings(store: Store, name: str) -> list[Row]:
    """What was asked to end or to be erased; where they ended an earlier deal instead, that."""
    rows = store.rows("endings.of_relationship", relationship=name)
    return [row for row in rows if row["reason"] != EARLIER]


def ends(store: Store, relationship: Relationship, *, verify: bool = False) -> list[End]:
    """The revocations and erasures of one relationship, the oldest first.

    What they erased by themselves, its time being over, is among them.
    """
    rows = endings(store, relationship.name)
    found = [_end(store, row, relationship, verify=verify) for row in rows]
    unasked = [
        _unasked(store, row, relationship, verify=verify)
        for row in erased_by_itself(store, relationship)
    ]
    return sorted([*found, *unasked], key=lambda end: end.at)


def _unasked(store: Store, row: Row, relationship: Relationship, *, verify: bool) -> End:
    _, said = read_jws(row["jws"])
    values = {
        "agreement": str(said.get("agreement")), "kind": "erasure", "state": "confirmed",
        "at": row["at"], "reason": None, "receipt": row["jws"], "confirmed_at": row["at"],
    }  # fmt: skip
    end = _end(store, values, relationship, verify=verify)
    return msgspec.structs.replace(end, by_itself=True)


def _entry(row: Row, relationship: Relationship, *, verify: bool) -> Entry:
    problem = _receipt_problem(row, relationship) if verify else None
    receipted = row["receipt"] is not None
    return Entry(
        position=row["position"],
        relationship=relationship.name,
        organisation=relationship.organisation_name,
        agreement=row["agreement"],
        role=row["role"],
        purpose=row["purpose"],
        things=row["things"],
        fields=json.loads(row["fields"]),
        bytes=row["bytes"],
        state=row["state"],
        at=row["at"],
        reason=row["reason"],
        acknowledged_at=row["acknowledged_at"],
        not_before=row["not_before"],
        receipt=json.loads(row["receipt"]) if receipted else None,
        verified=(problem is None) if verify and receipted else None,
        problem=problem,
    )


def _receipt_problem(row: Row, relationship: Relationship) -> str | None:
    """What is wrong with the receipt of a logged batch, or None if it proves the batch."""
    if row["receipt"] is None:
        return "There is no receipt." if row["state"] in {"given", "erased"} else None
    try:
        receipt = msgspec.json.decode(row["receipt"], type=ReceiptJson)
        label = BatchLabel(lane=row["lane"], n=row["n"], salt=bytes(row["salt"]))
        digest = bytes.fromhex(sha256_hex(bytes(row["body"])))
        log_key = relationship.key_log.log_key_for(receipt.checkpoint)
        verify_receipt(receipt, leaf=label.leaf(digest), log_key=log_key)
    except (Refused, ValueError) as error:
        return str(error)
    return None


def _end(store: Store, row: Row, relationship: Relationship, *, verify: bool) -> End:
    problem = None
    if verify and row["receipt"] is not None:
        problem = _end_problem(store, row, relationship)
    return End(
        relationship=relationship.name,
        organisation=relationship.organisation_name,
        agreement=row["agreement"],
        kind=row["kind"],
        state=row["state"],
        at=row["at"],
        reason=row["reason"],
        confirmed_at=row["confirmed_at"],
        receipt=row["receipt"],
        verified=(problem is None) if verify and row["receipt"] is not None else None,
        problem=problem,
    )


def _end_problem(store: Store, row: Row, relationship: Relationship) -> str | None:
    person = signer_of(store, relationship).subject
    try:
        check_end(
            row["receipt"],
            kind=row["kind"],
            agreement=row["agreement"],
            relationship=relationship,
            person=person,
        )
    except Refused as error:
        return str(error)
    return None


def check_end(
    receipt_jws: str, *, kind: str, agreement: str, relationship: Relationship, person: str
) -> RevocationReceipt | ErasureReceipt:
    """Verify a revocation or erasure receipt; raises ``Refused`` where it does not hold."""
    reader = read_erasure if kind == "erasure" else read_revocation
    receipt = reader(receipt_jws, key=relationship.key_log.key_for(receipt_jws))
    if receipt.agreement != agreement:
        raise refuse("signature_invalid", "The confirmation is for another agreement.")
    if receipt.iss != relationship.subject or receipt.aud != person:
        raise refuse("signature_invalid", "The confirmation names other parties.")
    return receipt
