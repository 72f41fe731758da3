"""Receive: send what waits, then fetch, check and show what organisations answered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec

from firsthand.foundation.clock import stamp
from firsthand.protocol.refusals import Refused
from firsthand.vault.acts import changing, restating
from firsthand.vault.acts.rights import StatusTold
from firsthand.vault.acts.told import ChangeTold, TakenBackTold
from firsthand.vault.gate import Offline
from firsthand.vault.inbox import Check, fetch
from firsthand.vault.roles.profile import AnswerCheck
from firsthand.vault.terms import copies
from firsthand.vault.terms.awaited import may_bring
from firsthand.vault.terms.relationships import all_relationships, find

if TYPE_CHECKING:
    from firsthand.vault.acts.opened import Vault

MESSAGES_MAX = 200


def refresh(vault: Vault, name: str | None = None) -> dict[str, object]:
    """Send what waits and fetch what is new; an organisation that is away is only reported.

    With a name only that one is dialled: who dials all of them at once shows whoever looks on that
    they know the same person.
    """
    copies.notice(vault.store, vault.clock)
    problems = _go_on(vault, name)
    outcomes = vault.gate.flush(name)
    check = AnswerCheck(vault.store, vault.gate)
    told = ChangeTold(vault)
    status = StatusTold(vault)
    gone = TakenBackTold()
    checks: dict[str, Check] = {
        check.type: check, told.type: told, status.type: status, gone.type: gone
    }  # fmt: skip
    fetched = fetch(vault.store, vault.gate, vault.clock, checks, only=name)
    # Only now, since what they did themselves is known. What these find is kept as a warning.
    restating.restate(vault, name)
    vault.gate.remind(name)
    return {
        "sent": [msgspec.to_builtins(outcome) for outcome in outcomes],
        "new": fetched.new,
        "problems": {**problems, **fetched.problems},
    }


def _go_on(vault: Vault, name: str | None) -> dict[str, str]:
    """Ask again for the answer to a change of a deal that was cut off; returns what went wrong."""
    problems: dict[str, str] = {}
    for each in all_relationships(vault.store):
        if each.state in {"active", "ended"} and name in {None, each.name}:
            try:
                changing.go_on(vault, each.name)
            except (Offline, Refused) as error:
                problems[each.name] = str(error)
    return problems


def to_ask(vault: Vault) -> list[str]:
    """The relationships in which something may come, or an ending has yet to be confirmed."""
    waiting = {row["relationship"] for row in vault.store.rows("endings.waiting")}
    now = vault.clock.now()
    waiting |= vault.gate.to_remind()
    return [
        each.name
        for each in all_relationships(vault.store)
        if each.name in waiting
        or (each.state == "ended" and changing.is_open(vault, each.name))
        or may_bring(vault.store, each, now)
    ]


def inbox(vault: Vault, name: str | None = None, *, ask: bool = True) -> dict[str, object]:
    """The messages, the newest first, each with its verdict and the things that it names.

    With ``ask`` it sends what waits and fetches what is new first. Returns ``messages`` and, by
    relationship, ``problems``.
    """
    problems = refresh(vault)["problems"] if ask else {}
    if name is None:
        rows = vault.store.rows("inbox.all", limit=MESSAGES_MAX)
    else:
        name = find(vault.store, name).name
        rows = vault.store.rows("inbox.of_relationship", relationship=name, limit=MESSAGES_MAX)
    names = {each.name: each.organisation_name for each in all_relationships(vault.store)}
    messages = [
        {
            "relationship": row["relationship"],
            "organisation": names[row["relationship"]],
            "n": row["n"],
            "type": row["type"],
            "at": row["at"],
            "data": json.loads(row["data"]),
            "verdict": row["verdict"],
            "verdict_detail": row["verdict_detail"],
            "unread": row["read_at"] is None,
        }
        for row in rows
    ]
    return {"messages": messages, "problems": problems}


def mark_read(vault: Vault, name: str) -> None:
    """Note that the messages of one organisation have been seen."""
    found = find(vault.store, name)
    with vault.store.transaction() as tx:
        tx.run("inbox.mark_read", relationship=found.name, at=stamp(vault.clock.now()))


def named_things(vault: Vault, name: str) -> dict[str, str]:
    """The vault's own id of each thing given in a relationship, by the id that was given."""
    found = find(vault.store, name)
    rows = vault.store.rows("disclosures.things_behind", relationship=found.name)
    return {row["event_id"]: row["thing_id"] for row in rows}
