"""Deals that rest: who paused them and who goes on, what was asked, and what was confirmed.

What the person asks for holds here at once. The organisation is told before anything else that
waits, but for endings; until its signed receipt is there, that is unconfirmed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from firsthand.protocol.agreement_life import PARTIES, Turn, paused_by, state_of, with_change
from firsthand.protocol.changes import CHANGES, Change, ChangeReceipt, read_change_receipt
from firsthand.protocol.jws import JwsRefused, read_jws
from firsthand.vault.terms.relationships import Relationship, agreement_of, all_relationships

if TYPE_CHECKING:
    from firsthand.protocol.agreements import Agreement
    from firsthand.vault.store import Store, Tx

PERSON, ORGANISATION = PARTIES
_KEY = "rests of {agreement}"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A pause or a resumption that the person signed; ``state`` is as that of an ending.

    ``earlier`` are the receipts of before, where they had lost it and confirmed it anew.
    """

    change: Change
    body: str
    headers: dict[str, str]
    state: str = "waiting"
    reason: str | None = None
    receipt: str | None = None
    earlier: tuple[str, ...] = ()


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


def put_dated(tx: Tx, asked: Asked) -> None:
    """Keep a change that was dated anew in the place of what it was, here too."""
    rests, jti = rests_of(tx, asked.change.agreement), asked.change.jti
    turns = tuple(
        msgspec.structs.replace(each, at=asked.change.at, since=min(each.since, asked.change.at))
        if each.jti == jti
        else each
        for each in rests.turns
    )
    put_rests(tx, asked.change.agreement, msgspec.structs.replace(rests, turns=turns))
    put_answered(tx, asked)


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


def word_of(store: Store, relationship: Relationship, now: int) -> str:
    """The one word for how it stands with an organisation, in every list: of ``LIFE``, or of ours.

    Ours are those without a deal: ``erased``, ``refused``, and what the relationship itself says
    where nothing was agreed yet.
    """
    if relationship.state in {"erased", "refused"} or relationship.agreement is None:
        return relationship.state
    return life_of(store, relationship, agreement_of(store, relationship), now)


def ended_by_them(store: Store, relationship: Relationship) -> bool:
    """Whether the organisation's own signed statement says that it ended this deal."""
    if relationship.agreement is None:
        return False
    said = [read_jws(token)[1] for token in rests_of(store, relationship.agreement).told.values()]
    return any(one.get("state") == "terminated" and one.get("by") == ORGANISATION for one in said)


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
    store: Store, relationship: Relationship, n: int, token: str, now: int, said: object = None
) -> ChangeReceipt:
    """Take in what the organisation says it did to a deal: paused it, went on, or ended it.

    ``said`` is the change in its own words, where it names it: the state in the statement is that
    of both sides together, and mine may have been another one then. The same message again changes
    nothing: ``n`` is its number. Raises ``Refused`` where it does not hold.
    """
    agreement = _meant_by(store, relationship, token)
    key = relationship.key_log.key_for(token)
    receipt = read_change_receipt(token, key=key, agreement=agreement)
    with store.transaction() as tx:
        rests = rests_of(tx, agreement.id)
        if n in rests.told:
            return receipt
        turns = rests.turns
        if receipt.state != "terminated" and receipt.by == ORGANISATION:
            change = Change(
                agreement=agreement.id, change=_meant(rests, receipt, said), at=receipt.since,
                jti=f"message {n}",
            )  # fmt: skip
            turns = with_change(turns, change, by=ORGANISATION, now=max(now, receipt.since))
        put_rests(
            tx,
            agreement.id,
            msgspec.structs.replace(rests, turns=turns, told={**rests.told, n: token}),
        )
    return receipt


def _meant_by(store: Store, relationship: Relationship, token: str) -> Agreement:
    """The deal that a statement names: one that was replaced since, or else the one in force."""
    try:
        named = str(read_jws(token)[1].get("agreement"))
    except JwsRefused:
        named = ""
    row = store.row("agreements.by_id", id=named)
    own = row is not None and row["relationship"] == relationship.name
    if not own or row is None or row["decision"] != "accepted":
        return agreement_of(store, relationship)
    return agreement_of(store, msgspec.structs.replace(relationship, agreement=named))


def _meant(rests: Rests, receipt: ChangeReceipt, said: object) -> str:
    """Which of the two a statement is about: the state alone is that of both sides together."""
    if receipt.state == "accepted":
        return "resumed"
    if isinstance(said, str) and said in CHANGES:
        return said
    both = PERSON in rests.paused_by and ORGANISATION in rests.paused_by
    return "resumed" if both else "paused"
