"""What I have seen of an organisation's log, and whether another vault has seen the same.

An organisation that keeps two logs, or rewrites one, shows different checkpoints to different
people or at different times. Here they are laid side by side; what does not fit is kept.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import msgspec

from firsthand.foundation.clock import stamp
from firsthand.protocol.canonical import UnableToReadJson, read_json
from firsthand.protocol.checkpoints import Checkpoint
from firsthand.protocol.refusals import refuse
from firsthand.vault.terms import checkpoints
from firsthand.vault.terms.relationships import Relationship, all_relationships, find
from firsthand.vault.terms.seen import publish, published, withdraw

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from firsthand.vault.acts.opened import Vault
    from firsthand.vault.store import Row

THEIRS_MAX: Final = 1_000
TEXT_CHARS_MAX: Final = 4 * 1024 * 1024
SAME, DIFFERENT = "same", "different"


def seen(vault: Vault, name: str) -> dict[str, object]:
    """Every checkpoint of an organisation's log that this vault saw, and what does not fit.

    Returns organisation, subject, url, checkpoints (size, root, checkpoint, seen_at, proven), the
    same of logs that were let go (``aside``), conflicts, doubt and ``published``.
    """
    relationship = find(vault.store, name)
    rows = vault.store.rows("checkpoints.all_of_subject", subject=relationship.subject)
    told = [
        {
            "size": row["size"],
            "root": row["root"],
            "checkpoint": row["text"],
            "seen_at": row["seen_at"],
            "proven": row["proof"] is not None,
            "aside": bool(row["aside"]),
        }
        for row in sorted(rows, key=lambda row: (row["aside"], row["size"], row["id"]))
    ]
    return {
        "organisation": relationship.organisation_name,
        "subject": relationship.subject,
        "url": relationship.url,
        "checkpoints": [each for each in told if not each["aside"]],
        "aside": [each for each in told if each["aside"]],
        "conflicts": _conflicts(vault, relationship),
        "doubt": checkpoints.doubted(vault.store, relationship.subject),
        "published": relationship.subject in published(vault.folder),
    }


def follow(vault: Vault, name: str) -> dict[str, object]:
    """Take the newest checkpoint, prove what is not proven yet, and return what ``seen`` does.

    Raises ``Refused`` and ``Offline`` where nothing could be learnt.
    """
    vault.gate.follow_log(name)
    relationship = find(vault.store, name)
    if relationship.subject in published(vault.folder):
        _publish(vault, relationship)
    return seen(vault, name)


def go_on(vault: Vault, name: str) -> dict[str, object]:
    """Go on with an organisation whose log does not fit: I have decided so. The evidence stays."""
    if not vault.gate.go_on(name):
        raise refuse("not_found", "There is nothing to decide: everything that was seen fits.")
    return seen(vault, name)


def allow(vault: Vault, name: str, *, yes: bool) -> dict[str, object]:
    """Let anybody ask what this vault saw of an organisation's log, also while it is locked.

    It is a plain file beside the encrypted one: it holds a checkpoint and nothing else.
    """
    relationship = find(vault.store, name)
    if yes:
        _publish(vault, relationship)
    else:
        withdraw(vault.folder, relationship.subject, vault.chance)
    return seen(vault, name)


def doubts(vault: Vault) -> list[dict[str, object]]:
    """Every organisation whose log does not fit: name, subject, organisation and why; each once.

    It waits for my decision: to go on, or to end the deal.
    """
    found: dict[str, dict[str, object]] = {}
    for each in all_relationships(vault.store):
        why = checkpoints.doubted(vault.store, each.subject)
        if why is not None:
            told: dict[str, object] = {
                "name": each.name,
                "subject": each.subject,
                "organisation": each.organisation_name,
                "why": why,
            }
            if each.subject not in found or each.state == "active":
                found[each.subject] = told
    return list(found.values())


def published_in(folders: Iterable[Path], subject: str) -> list[str]:
    """The newest checkpoints of an organisation that vaults in these folders let anybody ask for.

    They need not be open. Each is there once, in an order that says nothing of who has seen it.
    """
    texts = {published(folder).get(subject, "") for folder in folders}
    return sorted(texts - {""})[:THEIRS_MAX]


def compare(vault: Vault, name: str, source: str) -> dict[str, object]:
    """Lay what another vault saw beside what this one saw; ``source`` is a text or an address.

    The text is what ``seen`` returns as JSON, what an address ``/seen/SUBJECT`` answers, or one
    checkpoint alone. Returns organisation, verdict (``same`` or ``different``), mine, theirs (both
    sizes) and why. Raises ``Refused`` where it cannot be told, ``Offline`` while they are away.
    """
    relationship = find(vault.store, name)
    text = source.strip()
    if urlsplit(text).scheme in {"http", "https"}:
        text = vault.gate.evidence.seen_at(text).decode("utf-8", "replace")
    theirs = _theirs(relationship, text)
    rows = vault.store.rows("checkpoints.of_subject", subject=relationship.subject)
    if not rows:
        raise refuse(
            "not_found", "You have seen nothing of this log yet: there is none to compare."
        )
    verdict, mine, other, why = SAME, rows[-1], theirs[-1][1], ""
    by_size = {row["size"]: row for row in rows}
    for their_text, each in theirs:
        at_hand = by_size.get(each.size)
        if at_hand is not None and at_hand["root"] != each.root.hex():
            verdict, mine, other = DIFFERENT, at_hand, each
            why = _keep(vault, relationship, at_hand["text"], their_text, "")
            break
    else:
        answer = _between(vault, relationship, mine, other)
        if answer is not None:
            verdict = DIFFERENT
            why = _keep(vault, relationship, mine["text"], theirs[-1][0], answer)
    return {
        "organisation": relationship.organisation_name,
        "verdict": verdict,
        "mine": mine["size"],
        "theirs": other.size,
        "why": why or None,
    }


def _between(vault: Vault, relationship: Relationship, mine: Row, other: Checkpoint) -> str | None:
    """None if the organisation shows that one grew out of the other; else what it answered."""
    ours = Checkpoint(origin=other.origin, size=mine["size"], root=bytes.fromhex(mine["root"]))
    small, large = sorted((ours, other), key=lambda each: each.size)
    if small.size == large.size:
        return None  # the roots were compared already
    proof, answer = vault.gate.consistency(relationship.name, small.size, large.size)
    return None if checkpoints.adds(small, large, proof) else answer


def _keep(vault: Vault, relationship: Relationship, mine: str, theirs: str, answer: str) -> str:
    at = stamp(vault.clock.now())
    with vault.store.transaction() as tx:
        checkpoints.put_conflict(tx, relationship, "compared", mine, theirs, at=at, answer=answer)
    return checkpoints.WORDS["compared"].format(name=relationship.organisation_name)


def _theirs(relationship: Relationship, text: str) -> list[tuple[str, Checkpoint]]:
    """What another one saw, verified by the organisation's keys, the smallest first."""
    if not text or len(text) > TEXT_CHARS_MAX:
        raise refuse("shape_invalid", "There is nothing to compare in it, or far too much.")
    texts = _texts_in(text, relationship)[:THEIRS_MAX]
    if not texts:
        raise refuse("shape_invalid", "There is no checkpoint in it.")
    found = [(each, checkpoints.read(relationship, each)) for each in texts]
    return sorted(found, key=lambda pair: pair[1].size)


def _texts_in(text: str, relationship: Relationship) -> list[str]:
    if not text.startswith(("{", "[")):
        # A browser sends what was pasted with other line breaks.
        return [text.replace("\r\n", "\n").rstrip("\n") + "\n"]
    try:
        content = read_json(text.encode())
    except (UnableToReadJson, UnicodeEncodeError) as error:
        raise refuse("shape_invalid", f"It cannot be read: {error}") from error
    if isinstance(content, dict):
        subject = content.get("subject")
        if subject not in {None, relationship.subject}:
            raise refuse("not_yours", "It is about another organisation.")
        content = content.get("checkpoints", content.get("seen"))
    if not isinstance(content, list):
        raise refuse("shape_invalid", "There is no list of checkpoints in it.")
    found = [each.get("checkpoint") if isinstance(each, dict) else each for each in content]
    return [each for each in found if isinstance(each, str)]


def _publish(vault: Vault, relationship: Relationship) -> None:
    row = vault.store.row("checkpoints.largest", subject=relationship.subject)
    text = row["text"] if row is not None else ""
    publish(vault.folder, relationship.subject, text, vault.chance)


def _conflicts(vault: Vault, relationship: Relationship) -> list[dict[str, object]]:
    found = []
    for each in checkpoints.conflicts(vault.store, relationship.subject):
        told = msgspec.structs.asdict(each)
        words = checkpoints.WORDS[each.kind].format(name=relationship.organisation_name)
        found.append({**told, "what": words})
    return found


def evidence_of(vault: Vault, name: str) -> str:
    """What does not fit, as one text to hand to others: both statements as they were signed."""
    return json.dumps(_conflicts(vault, find(vault.store, name)), indent=2, ensure_ascii=False)
