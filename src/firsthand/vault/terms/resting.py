"""Deals that rest: who paused them and who goes on, what was asked, and what was confirmed.

What the person asks for holds here at once. The organisation is told before anything else that
waits, but for endings; until its signed receipt is there, that is unconfirmed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from firsthand.protocol.agreement_life import PARTIES, Turn, paused_by, state_of, with_change
from firsthand.protocol.changes import Change, ChangeReceipt, read_change_receipt
from firsthand.vault.terms.relationships import Relationship, agreement_of, all_relationships

if TYPE_CHECKING:
    from firsthand.protocol.agreements import Agreement
    from firsthand.vault.store import Store, Tx

PERSON, ORGANISATION = PARTIES
_KEY = "rests of {agreement}"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A pause or a resumption that the person signed; ``state`` is as that of an ending."""

    change: Change
    body: str
    headers: dict[str, str]
    state: str = "waiting"
    reason: str | None = None
    receipt: str | None = None


class Rests(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one agreement's rests: what holds, and what was asked for, in order.

    ``told`` are the organisation's own statements, as they were signed, by their message's number.
    """

    turns: tuple[Turn, ...] = ()
    asked: tuple[Asked, ...] = ()
    told: dict[int, str] = {}

    @property
    def paused_by(self) -> tuple[str, ...]:
        """Who has paused and not gone on: none, one or both of ``PARTIES``."""
        return tuple(sorted(paused_by(self.turns)))

    @property
    def unconfirmed(self) -> Asked | None:
        """What was asked for last and is not confirmed."""
        last = self.asked[-1] if self.asked else None
        return last if last is not None and last.state == "waiting" else None


def rests_of(store: Store | Tx, agreement: str | None) -> Rests:
    """What is known of an agreement's rests; nothing is no rest."""
    row = store.row("meta.get", key=_KEY.format(agreement=agreement))
    return Rests() if row is None else msgspec.json.decode(row["value"], type=Rests)


def put_rests(tx: Tx, agreement: str, rests: Rests) -> None:
    """Keep what is known of an agreement's rests."""
    tx.run("meta.put", key=_KEY.format(agreement=agreement), value=msgspec.json.encode(rests))


def put_asked(tx: Tx, asked: Asked, now: int) -> None:
    """Let a change of the person hold here from now on. Raises ``Refused`` as ``with_change``."""
    rests = rests_of(tx, asked.change.agreement)
    turns = with_change(rests.turns, asked.change, by=PERSON, now=now)
    kept = msgspec.structs.replace(rests, turns=turns, asked=(*rests.asked, asked))
    put_rests(tx, asked.change.agreement, kept)


def put_answered(tx: Tx, asked: Asked) -> None:
    """Keep what became of a change that was asked for."""
    rests = rests_of(tx, asked.change.agreement)
    jti = asked.change.jti
    kept = tuple(asked if each.change.jti == jti else each for each in rests.asked)
    put_rests(tx, asked.change.agreement, msgspec.structs.replace(rests, asked=kept))


def life_of(store: Store, relationship: Relationship, agreement: Agreement, now: int) -> str:
    """The state of the agreement in force, or of the last one, at ``now``: one of ``LIFE``."""
    if relationship.state in {"ended", "erased"}:
        return "terminated"
    return state_of(
        decision=agreement.answer.decision,
        exp=agreement.proffer.exp,
        now=now,
        turns=tuple(
            msgspec.structs.replace(turn, since=min(turn.since, now))
            for turn in rests_of(store, agreement.id).turns
        ),
    )


def waiting(store: Store) -> list[tuple[Relationship, Asked]]:
    """Every change that has yet to be confirmed, in order, with its relationship."""
    return [
        (each, asked)
        for each in all_relationships(store)
        if each.state == "active"
        for asked in rests_of(store, each.agreement).asked
        if asked.state == "waiting"
    ]


def take_told(
    store: Store, relationship: Relationship, n: int, token: str, now: int
) -> ChangeReceipt:
    """Take in what the organisation says it did to a deal: paused it, went on, or ended it.

    The same message again changes nothing: ``n`` is its number. Raises ``Refused`` where it
    does not hold.
    """
    agreement = agreement_of(store, relationship)
    key = relationship.key_log.key_for(token)
    receipt = read_change_receipt(token, key=key, agreement=agreement)
    with store.transaction() as tx:
        rests = rests_of(tx, agreement.id)
        if n in rests.told:
            return receipt
        turns = rests.turns
        if receipt.state != "terminated" and receipt.by == ORGANISATION:
            change = Change(
                agreement=agreement.id, change=_meant(rests, receipt), at=receipt.since,
                jti=f"message {n}",
            )  # fmt: skip
            turns = with_change(turns, change, by=ORGANISATION, now=max(now, receipt.since))
        put_rests(
            tx,
            agreement.id,
            msgspec.structs.replace(rests, turns=turns, told={**rests.told, n: token}),
        )
    return receipt


def _meant(rests: Rests, receipt: ChangeReceipt) -> str:
    """Which of the two a statement is about: the state alone is that of both sides together."""
    if receipt.state == "accepted":
        return "resumed"
    both = PERSON in rests.paused_by and ORGANISATION in rests.paused_by
    return "resumed" if both else "paused"
