"""Write the log to a file that anybody can check without this vault (`firsthand verify`)."""

import json
from pathlib import Path

import msgspec

from firsthand.protocol.canonical import sha256_hex
from firsthand.protocol.exported_log import (
    Changed,
    Disclosed,
    Ended,
    Kept,
    Named,
    Part,
    Seen,
    sealed,
    write_log,
)
from firsthand.protocol.receipts import ReceiptJson
from firsthand.vault.acts.exporting import UnableToExport
from firsthand.vault.acts.opened import Vault
from firsthand.vault.store import Row, Store
from firsthand.vault.store.files import writing_whole
from firsthand.vault.terms.checkpoints import conflicts, read
from firsthand.vault.terms.relationships import (
    Relationship,
    all_relationships,
    find,
    signer_of,
)
from firsthand.vault.terms.resting import rests_of

WARNING = (
    "This file shows what you gave, to whom and under which terms. Whoever holds it can read it, "
    "but cannot act as you."
)


def export_log(vault: Vault, file: str | Path, name: str | None = None) -> dict[str, object]:
    """Write the log to a new file that only its owner may read; of one connection if ``name``.

    Returns ``{"file", "bytes", "relationships", "disclosures", "warning"}``. Raises
    ``UnableToExport`` and ``NoSuchRelationship``.
    """
    path = Path(file)
    if path.is_dir() or (path.exists() and path.stat().st_size > 0):
        raise UnableToExport(f"{path} is there already, and was not touched. Choose another name.")
    found = [find(vault.store, name)] if name is not None else all_relationships(vault.store)
    at = int(vault.clock.now().timestamp())
    parts = [part_of(vault.store, each, at=at) for each in found]
    if not parts:
        raise UnableToExport("You have no connection yet, so there is nothing to prove.")
    body = write_log(parts)
    try:
        with writing_whole(path, vault.chance.token(9)) as stream:
            stream.write(body)
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror or error}. Choose another place."
        raise UnableToExport(message) from error
    return {
        "file": str(path),
        "bytes": len(body),
        "relationships": len(parts),
        "disclosures": sum(len(part.disclosures) for part in parts),
        "warning": WARNING,
    }


def part_of(store: Store, relationship: Relationship, *, at: int) -> Part:
    """All that the vault can prove about one relationship, sealed at ``at`` (seconds)."""
    signer, name = signer_of(store, relationship), relationship.name
    document = relationship.organisation
    agreements = store.rows("agreements.of_relationship", relationship=name)
    given = store.rows("disclosures.signed_of_relationship", relationship=name)
    endings = store.rows("endings.signed_of_relationship", relationship=name)
    part = Part(
        organisation=Named(
            name=document.name,
            url=relationship.url,
            subject=relationship.subject,
            key_log=list(document.key_log),
        ),
        person=signer.subject,
        agreements=[
            Kept(id=row["id"], proffer=row["proffer"], answer=row["answer"]) for row in agreements
        ],
        disclosures=[_disclosed(row) for row in given],
        checkpoints=_seen(store, relationship),
        endings=[
            Ended(
                agreement=row["agreement"],
                kind=row["kind"],
                at=row["at"],
                body=bytes(row["body"]).decode(),
                headers=json.loads(row["headers"]),
                receipt=row["receipt"],
            )
            for row in endings
        ],
        changes=[change for row in agreements for change in _changes(store, row["id"])],
        reads=[row["jws"] for row in store.rows("looks.told", relationship=name)],
    )
    return sealed(part, signer.key, at=at)


def _seen(store: Store, relationship: Relationship) -> list[Seen]:
    """The checkpoints that were seen in this relationship, each with its proof from the one before.

    What was seen in another deal with the same organisation stays out: it would tie the two.
    Another one of the same length follows the one that it cannot be true beside.
    """
    found: list[Seen] = []
    before: int | None = None
    forks = [
        each
        for each in conflicts(store, relationship.subject)
        if each.kind in {"fork", "compared"} and each.relationship == relationship.name
    ]
    for row in store.rows("checkpoints.of_subject", subject=relationship.subject):
        if row["seen_in"] != relationship.name:
            continue
        fits = (
            row["proof"] is not None
            and row["basis"] in {None, before}
            and (row["basis"] is not None or before is None)
        )
        found.append(Seen(checkpoint=row["text"], proof=json.loads(row["proof"]) if fits else None))
        found += [
            Seen(checkpoint=each.second)
            for each in forks
            if each.first == row["text"] and read(relationship, each.second).size == row["size"]
        ]
        before = row["size"]
    return found


def _changes(store: Store, agreement: str) -> list[Changed]:
    """Each pause and each end of one that the organisation signed, as it came."""
    rests = rests_of(store, agreement)
    signed = [each.receipt for each in rests.asked if each.receipt is not None]
    signed += [token for _, token in sorted(rests.told.items())]
    return [Changed(agreement=agreement, receipt=token) for token in dict.fromkeys(signed)]


def _disclosed(row: Row) -> Disclosed:
    body = bytes(row["body"])
    receipt = row["receipt"]
    return Disclosed(
        position=row["position"],
        agreement=row["agreement"],
        role=row["role"],
        purpose=row["purpose"],
        fields=json.loads(row["fields"]),
        things=row["things"],
        at=row["at"],
        state=row["state"],
        sha256=sha256_hex(body),
        body=body.decode(),
        headers=json.loads(row["headers"]) if row["headers"] else None,
        receipt=msgspec.json.decode(receipt, type=ReceiptJson) if receipt else None,
    )
