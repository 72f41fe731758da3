"""The checkpoints of an organisation's log that were seen, and what does not fit among them.

They are kept by the organisation, not by the deal: one log serves all. Each is proven to add to
the one below it. Two that cannot both be true are kept as they were signed; then nothing more is
given to that organisation until its person has decided.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import msgspec

from firsthand.protocol.checkpoints import Checkpoint, CheckpointRefused, verify_checkpoint
from firsthand.protocol.merkle import verify_consistency
from firsthand.protocol.refusals import Refused, refuse

if TYPE_CHECKING:
    from firsthand.vault.store import Row, Store, Tx
    from firsthand.vault.terms.relationships import Relationship

WORDS: Final = {
    "fork": "{name} shows two different logs: it signed two of one length.",
    "rewrite": "{name} cannot show that its log only grew since you last saw it. Something in it "
    "was changed or taken out.",
    "older": "{name} shows an older log than one that it has signed before. Something was taken "
    "out, or they went back to an old copy.",
    "compared": "{name} showed somebody else another log than it showed you.",
    "looks": "{name} now says otherwise who looked at your data than it said before.",
}
_NEW_LOG: Final = {"fork", "rewrite", "older"}


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """Two statements that cannot both be true: ``kind`` is a key of ``WORDS``.

    ``answer`` is what came where a proof was asked for. ``decided_at`` says when the person chose
    to go on all the same.
    """

    relationship: str
    kind: str
    first: str
    second: str
    answer: str
    at: str
    decided_at: str | None


def read(relationship: Relationship, text: str) -> Checkpoint:
    """The checkpoint in ``text``, if the organisation's log signed it; raises ``Refused``."""
    try:
        return verify_checkpoint(text, relationship.key_log.log_key_for(text))
    except CheckpointRefused as error:
        raise refuse("signature_invalid", f"A checkpoint of its log: {error}") from error


def note(tx: Tx, relationship: Relationship, text: str, *, at: str) -> str | None:
    """Keep a checkpoint that was verified; returns why it cannot be true beside another one.

    The first that was ever seen has nothing to add to. What is there already is not kept twice.
    """
    seen, subject = read(relationship, text), relationship.subject
    same = tx.rows("checkpoints.of_size", subject=subject, size=seen.size)
    root = seen.root.hex()
    if any(row["root"] == root for row in same):
        return None
    if same:
        put_conflict(tx, relationship, "fork", same[0]["text"], text, at=at)
        return "fork"
    first = tx.row("checkpoints.any_of_subject", subject=subject) is None
    earlier = relationship.log_checkpoint
    if first and earlier is not None and read(relationship, earlier) != seen:
        # An older form of the vault kept the last one alone: what comes now adds to that.
        add(tx, relationship, read(relationship, earlier), earlier, at=at, first=True)
        return note(tx, relationship, text, at=at)
    add(tx, relationship, seen, text, at=at, first=first)
    return None


def add(
    tx: Tx, relationship: Relationship, seen: Checkpoint, text: str, *, at: str, first: bool
) -> None:
    """Write one down; the ``first`` of a log needs no proof."""
    tx.run(
        "checkpoints.add",
        subject=relationship.subject,
        size=seen.size,
        root=seen.root.hex(),
        text=text,
        seen_in=relationship.name,
        seen_at=at,
        proof="[]" if first else None,
    )


def put_conflict(
    tx: Tx,
    relationship: Relationship,
    kind: str,
    first: str,
    second: str,
    *,
    at: str,
    answer: str = "",
) -> None:
    """Keep two statements that cannot both be true, once, with a warning in plain words."""
    names = {"subject": relationship.subject, "kind": kind, "first": first, "second": second}
    if tx.row("checkpoints.same_conflict", **names) is not None:
        return
    tx.run("checkpoints.conflict", relationship=relationship.name, answer=answer, at=at, **names)
    what = WORDS[kind].format(name=relationship.organisation_name)
    tx.run("relationships.warn", relationship=relationship.name, at=at, what=what)


def adds(below: Row | Checkpoint, above: Row | Checkpoint, proof: object) -> bool:
    """Whether ``proof`` (hex) shows that the log of ``above`` only adds to that of ``below``."""
    if not isinstance(proof, list) or not all(isinstance(step, str) for step in proof):
        return False
    try:
        steps = [bytes.fromhex(step) for step in proof]
    except ValueError:
        return False
    (small, small_root), (large, large_root) = _parts(below), _parts(above)
    exact = [step.hex() for step in steps] == proof
    return exact and verify_consistency(small, small_root, large, large_root, steps)


def doubted(store: Store | Tx, subject: str) -> str | None:
    """Why nothing is given to this organisation until its person has decided; None if all fits."""
    rows = store.rows("checkpoints.undecided_of_subject", subject=subject)
    kinds = [row["kind"] for row in rows if row["kind"] != "looks"]
    if not kinds:
        return None
    relationship = store.row("relationships.by_name", name=rows[0]["relationship"])
    name = relationship["organisation_name"] if relationship else "It"
    return f"{WORDS[kinds[0]].format(name=name)} Nothing more is given until you decide."


def conflicts(store: Store, subject: str) -> list[Conflict]:
    """What did not fit, the newest first."""
    rows = store.rows("checkpoints.conflicts_of_subject", subject=subject)
    return [Conflict(**{field: row[field] for field in Conflict.__struct_fields__}) for row in rows]


def decide(tx: Tx, relationship: Relationship, *, at: str) -> int:
    """Go on with an organisation whose log does not fit; the evidence stays.

    Where it has another log now, that one is followed from here on. Returns what was decided on.
    """
    subject = relationship.subject
    rows = tx.rows("checkpoints.undecided_of_subject", subject=subject)
    other = [row["second"] for row in rows if row["kind"] in _NEW_LOG]
    if other:
        tx.run("checkpoints.set_aside", subject=subject)
        add(tx, relationship, read(relationship, other[-1]), other[-1], at=at, first=True)
    tx.run("checkpoints.decide", subject=subject, at=at)
    return len(rows)


def problems(store: Store, relationship: Relationship) -> list[str]:
    """What does not hold of the checkpoints that are kept: signatures and proofs, checked anew.

    And what of them cannot both be true, as long as its person has not gone on all the same.
    """
    rows = store.rows("checkpoints.of_subject", subject=relationship.subject)
    found = []
    by_size = {row["size"]: row for row in rows}
    for row in rows:
        try:
            seen = read(relationship, row["text"])
        except Refused as error:
            found.append(f"The checkpoint at {row['size']}: {error}")
            continue
        if (seen.size, seen.root.hex()) != (row["size"], row["root"]):
            found.append(f"The checkpoint at {row['size']} is not what it is listed as.")
        basis = by_size.get(row["basis"])
        if row["basis"] is not None and (
            basis is None or not adds(basis, row, json.loads(row["proof"]))
        ):
            found.append(f"It is not proven that the log of {row['size']} adds to the one before.")
    return [*found, *_in_words(store, relationship, decided=False)]


def gone_on_with(store: Store, relationship: Relationship) -> list[str]:
    """What cannot both be true, and its person went on all the same: that stays so."""
    return _in_words(store, relationship, decided=True)


def _in_words(store: Store, relationship: Relationship, *, decided: bool) -> list[str]:
    kept = [
        each
        for each in conflicts(store, relationship.subject)
        if each.kind != "looks" and (each.decided_at is not None) == decided
    ]
    return list({each.kind: WORDS[each.kind].format(name="It") for each in kept}.values())


def _parts(seen: Row | Checkpoint) -> tuple[int, bytes]:
    if isinstance(seen, Checkpoint):
        return seen.size, seen.root
    return seen["size"], bytes.fromhex(seen["root"])
