"""Who looked at what I gave: asked of each organisation, verified, kept, and judged by the deal."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import msgspec

from firsthand.foundation.clock import stamp
from firsthand.protocol.refusals import Refused
from firsthand.vault.gate import Offline, warn
from firsthand.vault.terms import looks
from firsthand.vault.terms.relationships import find

if TYPE_CHECKING:
    from firsthand.vault.acts.opened import Vault
    from firsthand.vault.terms.relationships import Relationship

PAGES_MAX: Final = 20  # how often one round asks for more
LOOKS_MAX: Final = 1_000


def ask(vault: Vault, name: str) -> int:
    """Ask who looked, keep what is new and check what is known; returns how many are new.

    Something that was told before is asked for once more, which of it chance decides: an
    organisation that tells it otherwise is found out. Raises ``Refused`` and ``Offline``.
    """
    relationship = find(vault.store, name)
    before = _count(vault, relationship)
    _check_again(vault, relationship)
    for _ in range(PAGES_MAX):
        last = vault.store.row("looks.last", relationship=relationship.name)
        after = int(last["n"]) if last is not None else 0
        relationship, token = _told(vault, relationship, after)
        try:
            told = looks.read(vault.store, relationship, token, after=after)
        except Refused as error:
            _warn(vault, relationship, f"What {_who(relationship)} tells of who looked: {error}")
            raise
        with vault.store.transaction() as tx:
            wrong = looks.note(tx, relationship, told, token, at=stamp(vault.clock.now()))
        for each in wrong:
            _warn(vault, relationship, each)
        if not told.more or not told.reads:
            break
    return _count(vault, relationship) - before


def looked(vault: Vault, name: str, *, fetch: bool = True) -> dict[str, object]:
    """Who looked, the newest first: n, at, kind, name, purpose, fields, count and problem each.

    With ``fetch`` the organisation is asked first; ``unasked`` says why that gave nothing. Returns
    name, organisation, looks, total and ``wrong``, how many of those shown were not allowed.
    """
    unasked = None
    if fetch:
        try:
            ask(vault, name)
        except (Offline, Refused) as error:
            unasked = str(error)
    relationship = find(vault.store, name)
    found = looks.looks(vault.store, relationship, limit=LOOKS_MAX)
    return {
        "name": relationship.name,
        "organisation": relationship.organisation_name,
        "looks": [
            {**msgspec.structs.asdict(each), "at": stamp(datetime.fromtimestamp(each.at, UTC))}
            for each in found
        ],
        "total": _count(vault, relationship),
        "wrong": sum(1 for each in found if each.problem is not None),
        "unasked": unasked,
    }


def _check_again(vault: Vault, relationship: Relationship) -> None:
    statements = vault.store.rows("looks.told", relationship=relationship.name)
    if not statements:
        return
    number = int.from_bytes(vault.chance.bytes(4), "big") % len(statements)
    after, until = int(statements[number]["after"]), int(statements[-1]["next"])
    relationship, token = _told(vault, relationship, after)
    told = looks.read(vault.store, relationship, token, after=after)
    with vault.store.transaction() as tx:
        at = stamp(vault.clock.now())
        looks.put_if_different(tx, relationship, told, token, until=until, at=at)


def _told(vault: Vault, relationship: Relationship, after: int) -> tuple[Relationship, str]:
    """What they tell, signed, and who they are by now: their key may be another one since."""
    token = vault.gate.evidence.looks(relationship, after)
    vault.gate.keep_up(relationship.name, token)
    return find(vault.store, relationship.name), token


def _count(vault: Vault, relationship: Relationship) -> int:
    row = vault.store.row("looks.counted", relationship=relationship.name)
    return int(row["looks"]) if row is not None else 0


def _warn(vault: Vault, relationship: Relationship, what: str) -> None:
    warn(vault.store, vault.clock, relationship, what)


def _who(relationship: Relationship) -> str:
    return relationship.organisation_name
