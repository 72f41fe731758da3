"""Show: things of mine that an organisation may know me by, and what it recommends in return.

The organisation's published rule runs here before anything is given, over its published
catalogue, with and without the things; and once more on what it answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from firsthand.protocol.putting_right import put_right
from firsthand.protocol.refusals import Refused, refuse
from firsthand.protocol.roles.profile import (
    PURPOSE,
    TYPE_ANSWERED,
    TYPE_GIVEN,
    in_order,
    thing_given,
)
from firsthand.protocol.roles.profile_rules import (
    RULES,
    Answered,
    Item,
    Rule,
    basis_of,
    run_rule,
)
from firsthand.protocol.signals import decode_signals
from firsthand.protocol.terms import ROSTER
from firsthand.protocol.things import Thing
from firsthand.vault.gate import Gate, Leaving, Outcome, Request
from firsthand.vault.inbox import Message, Verdict
from firsthand.vault.terms import copies
from firsthand.vault.terms.losses import loss_of
from firsthand.vault.terms.relationships import Relationship, find, replaced
from firsthand.vault.terms.rights import put_right_there

if TYPE_CHECKING:
    from firsthand.vault.store import Store

ROLE = "profile"
CORRECTIONS_TRIED_MAX = 20  # how many steps back an answer may be older than what was put right
UNGIVEN = "It stands on things that this copy of your data did not give."
VERDICT_COPIED = f"{UNGIVEN} Another copy may have given them, so it cannot be checked here."
VERDICT_LOST = "They have lost something of what you gave, so it cannot be checked here."
VERDICT_NO_RULE = "It publishes no rule, so there is nothing to check its answer by."


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """Exactly what would leave, and what would come back with it and without it.

    ``without`` is what the organisation answers to the things given so far. ``own`` are the vault's
    ids of the things; ``within_s`` how many seconds a giving at a random moment waits at most, and
    ``at_once`` whether the deal lets it leave at once.
    """

    things: list[Thing]
    own: tuple[str, ...]
    within_s: int
    at_once: bool
    left_out: dict[str, int]
    rule: Rule | None
    catalogue: str | None
    answer_with: Answered | None
    answer_without: Answered | None
    fields: dict[str, list[str]]
    precision: str


def request(things: list[Thing], *, later: bool = False) -> Request:
    """What the gate is asked to let out for these things, at once or at a random moment."""
    return Request(role=ROLE, type=TYPE_GIVEN, purpose=PURPOSE, things=things, later=later)


def preview(store: Store, gate: Gate, name: str, things: list[Thing]) -> Preview:
    """What would leave and what would come back. Raises ``Refused`` or ``Offline``."""
    relationship = gate.refresh(name)
    leaving = gate.compose(name, request(things))
    published = published_rule(gate, relationship)
    before = given_things(store, relationship)
    answer_with = answer_without = None
    if published is not None:
        rule, items = published
        answer_without = run_rule(rule, items, before)
        answer_with = run_rule(rule, items, _joined(before, leaving.things()))
    return Preview(
        things=in_order(leaving.things()),
        own=tuple(dict.fromkeys(thing_id for thing_id, _ in leaving.given)),
        within_s=leaving.agreement.delivery.jitter_s_max,
        at_once=leaving.agreement.proffer.delivery is None,
        left_out=leaving.left_out,
        rule=published[0] if published else None,
        catalogue=answer_with.catalogue if answer_with else None,
        answer_with=answer_with,
        answer_without=answer_without,
        fields=leaving.agreement.proffer.fields,
        precision=leaving.agreement.precision,
    )


def share(
    gate: Gate, name: str, things: list[Thing], *, later: bool = False
) -> tuple[Leaving, list[Outcome]]:
    """Give these things: logged, signed, sent; what cannot go now, or goes later, waits."""
    return gate.disclose(name, request(things, later=later))


def published_rule(gate: Gate, relationship: Relationship) -> tuple[Rule, list[Item]] | None:
    """The rule and the catalogue that an organisation publishes; None if it has none.

    Raises ``Refused`` for a rule that is unknown here: it cannot be run, so not be checked.
    """
    profile = relationship.organisation.profile
    if profile.rule is None or profile.catalogue is None:
        return None
    if (profile.rule.name, profile.rule.version) not in RULES:
        raise refuse("shape_invalid", f"The rule {profile.rule.name} is not known here.")
    return profile.rule, gate.catalogue(relationship, profile.catalogue)


def given_things(store: Store, relationship: Relationship) -> list[Thing]:
    """What the organisation holds by the receipts here: each thing once, as it was given last.

    What it put right upon a request is as it was put right.
    """
    held: dict[str, Thing] = {}
    under = msgspec.json.encode(_read_under(store, relationship)[0]).decode()
    for row in store.rows(
        "disclosures.bodies_held", relationship=relationship.name, agreements=under
    ):
        for signal in decode_signals(bytes(row["body"])):
            held[signal.id] = thing_given(signal.id, signal.data)
    known = put_right_there(store, relationship)[-1]
    return in_order([put_right(thing, known) for thing in held.values()])


def _read_under(store: Store, relationship: Relationship) -> list[list[str]]:
    """The deals whose things are read together, the newest first: now, and at some time before.

    Where a deal took the place of another, what came under that one is read on for what both allow.
    """
    runs: list[list[str]] = [[]]
    now = relationship.agreement or ""
    for each in (now, *replaced(store, now)):
        row = store.row("agreements.by_id", id=each)
        if row is not None and PURPOSE in ROSTER[row["terms"]].purposes:
            runs[-1].append(each)
        else:
            runs.append([])  # it allows no such use, nor does whatever took its place for these
    return runs


class AnswerCheck:
    """Judges an answer by running the organisation's rule on what was given to it."""

    type = TYPE_ANSWERED

    def __init__(self, store: Store, gate: Gate) -> None:
        self._store = store
        self._gate = gate

    def __call__(self, relationship: Relationship, message: Message) -> Verdict:
        """Fits, differs (the rule gives another answer) or unverifiable, and why.

        Raises ``Offline`` where the rule cannot be read now: the message is taken another time.
        """
        try:
            answered = msgspec.convert(message.data, Answered)
            fresh = self._gate.refresh(relationship.name)
            published = published_rule(self._gate, fresh)
        except (msgspec.ValidationError, Refused) as error:
            return Verdict(verdict="differs", detail=str(error))
        if published is None:
            return Verdict(verdict="unverifiable", detail=VERDICT_NO_RULE)
        kept = find(self._store, relationship.name)
        return judge(answered, *published, self._bases(kept), unknown=self._unknown(kept))

    def _unknown(self, relationship: Relationship) -> Verdict | None:
        """What an answer to things that were not given here means, where this copy cannot know."""
        if relationship.copied_at is not None or copies.may_be_others(self._store):
            return Verdict(verdict="unverifiable", detail=VERDICT_COPIED)
        if loss_of(self._store, relationship.name) is not None:
            return Verdict(verdict="unverifiable", detail=VERDICT_LOST)
        return None

    def _bases(self, relationship: Relationship) -> list[list[Thing]]:
        """What was held after each batch, the newest first: an answer may stand on an earlier.

        What was sent and has no receipt yet counts as well: it may have come, and its receipt not.
        What they put right is so in the first ones; an answer may be older than that, too.
        """
        bases: list[list[Thing]] = []
        for under in reversed(_read_under(self._store, relationship)):
            held: dict[str, Thing] = {}
            for row in self._store.rows(
                "disclosures.bodies_sent",
                relationship=relationship.name,
                agreements=msgspec.json.encode(under).decode(),
            ):
                for signal in decode_signals(bytes(row["body"])):
                    held[signal.id] = thing_given(signal.id, signal.data)
                bases.append(in_order(list(held.values())))
        corrections = put_right_there(self._store, relationship)[::-1]
        return [
            in_order([put_right(thing, known) for thing in things])
            for known in corrections[:CORRECTIONS_TRIED_MAX]
            for things in bases[::-1]
        ]


def judge(
    answered: Answered,
    rule: Rule,
    items: list[Item],
    bases: list[list[Thing]],
    *,
    unknown: Verdict | None = None,
) -> Verdict:
    """Compare an answer with the rule's own result over each set of things it may stand on.

    ``unknown`` is the verdict on one that stands on something else, where that may be true; what
    this copy does know, another rule or another answer to the same things, it says all the same.
    """
    if answered.rule != rule.sha256:
        return Verdict(verdict="differs", detail="It names another rule than is published.")
    # The same ids may have been given twice with other content: any of the two may be meant.
    other = unknown or Verdict(verdict="differs", detail=UNGIVEN)
    for things in bases:
        if basis_of(things) != answered.basis:
            continue
        own = run_rule(rule, items, things)
        if own.catalogue != answered.catalogue:
            return Verdict(
                verdict="unverifiable", detail="The catalogue has changed since it answered."
            )
        if own == answered:
            return Verdict(verdict="fits", detail="The published rule gives the same answer.")
        other = Verdict(verdict="differs", detail="The published rule gives another answer.")
    return other


def _joined(before: list[Thing], more: list[Thing]) -> list[Thing]:
    return in_order(list({thing.id: thing for thing in [*before, *more]}.values()))
