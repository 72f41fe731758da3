"""Looks at one person for a purpose, as staff do: what they showed, what they were told."""

from collections.abc import Callable, Sequence

import msgspec

from firsthand.foundation.tables import Reader
from firsthand.hub import erasing
from firsthand.hub.acts.glances import Glance
from firsthand.hub.acts.opened import Hub
from firsthand.hub.intake import tallies
from firsthand.hub.intake.tallies import Tally
from firsthand.hub.outbox import Message, Outbox
from firsthand.hub.packing import Holding
from firsthand.hub.reads import Kept, Noted, PurposeRefused, UnknownCustomer, Who
from firsthand.hub.roles.profile import view
from firsthand.hub.roles.profile.projection import THINGS
from firsthand.hub.terms import agreements, relationships
from firsthand.hub.terms.agreements import Held
from firsthand.hub.terms.relationships import Relationship, StateGraph
from firsthand.protocol.jws import JwsRefused, read_jws
from firsthand.protocol.roles.profile import PURPOSE
from firsthand.protocol.roles.profile_rules import Answered
from firsthand.protocol.terms import PURPOSES

ANSWERS_MAX = 5
NOTED_MAX = 200
GONE = "gone"


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """One person before a purpose is named: who, under which deals, how much; nothing given.

    ``state`` is the relationship's, or ``gone`` where it was erased. ``purposes`` are those that
    stand now, ``given_for`` those of them for which something was given.
    """

    id: str
    state: str
    account: str | None = None
    since: int = 0
    ended_at: int | None = None
    held: list[Held] = []
    purposes: list[str] = []
    given_for: list[str] = []
    tally: Tally = Tally()


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that was sent, and when its message was numbered."""

    n: int
    answered: Answered


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """What a person showed: counted, and some of it whole.

    ``page`` are the things that were asked for, the newest first, of ``count``; ``told`` the
    answers that stand on them, the newest first, and ``behind`` what these name, by its id. The
    ``view`` is there where no page was asked for.
    """

    view: view.View | None
    count: int
    page: list[Kept]
    told: list[Told]
    behind: dict[str, Kept]


def person(hub: Hub, relationship: str) -> Person | None:
    """One person by their whole id; None where nobody ever had it."""
    with hub.snapshot() as reader:
        known = relationships.get(reader, relationship[:100])
        if known is None:
            gone = erasing.find(reader, relationship)
            return None if gone is None else Person(id=relationship, state=GONE)
        if known.state in {StateGraph.ended, StateGraph.erasing}:
            return Person(id=known.id, state=known.state, ended_at=known.ended_at)
        return _person(reader, known, hub.now_s())


def look(
    hub: Hub, relationship: str, *, purpose: str, staff: str, start: int = 0, stop: int = 0
) -> Looked:
    """Read what a person gave, for a purpose; it is noted under the name of the member of staff.

    The things from ``start`` to ``stop`` come whole; beyond the last page, those of the last one.
    Without ``stop`` they are counted.
    Raises ``PurposeRefused`` and ``UnknownCustomer``.
    """
    messages: list[Message] = []
    if purpose == PURPOSE:  # answers were made for it, so they are shown for it alone
        with hub.snapshot() as reader:
            messages = Outbox.newest(reader, relationship, ANSWERS_MAX)
    told = [Told(n=one.n, answered=found) for one in messages if (found := _read(one.jws))]
    named = {each for one in told for pick in one.answered.picks for each in pick.because}
    sizes: list[int] = []

    def choose(held: Holding) -> Sequence[int]:
        rows = max(1, stop - start)
        first = min(start, max(0, (len(held) - 1) // rows * rows))
        page = held.newest(first, min(first + rows, len(held))) if stop else []
        sizes.append(len(page))
        return [*page, *held.places(named)]

    who = Who(name=staff, kind="staff")
    glance, kept = _glance(hub, relationship, purpose, who, choose)
    if not stop and glance.view is None:
        glance.view = view.view_of(glance.held)
    return Looked(
        view=None if stop else glance.view,
        count=len(glance.held),
        page=kept[: sizes[-1]],
        told=told,
        behind={one.thing.id: one for one in kept[sizes[-1] :]},
    )


def _glance(
    hub: Hub,
    relationship: str,
    purpose: str,
    who: Who,
    choose: Callable[[Holding], Sequence[int]],
) -> tuple[Glance, list[Kept]]:
    """What is in memory and still as it was, or read anew; noted as a read either way."""
    with hub.snapshot() as reader:
        tally = tallies.of_person(reader, relationship)  # written with the things, in one commit
    mark = (tally, hub.reads.standing(relationship, purpose))
    glance = hub.glances.get(relationship, purpose, mark)
    held, kept = hub.reads.holding(
        relationship, table=THINGS, purpose=purpose, reader=who, choose=choose,
        held=glance.held if glance else None,
    )  # fmt: skip
    if glance is not None:
        return glance, kept
    glance = Glance(mark=mark, held=held)
    hub.glances.put(relationship, purpose, glance)
    try:
        hub.reads.standing(relationship, purpose)
    except (PurposeRefused, UnknownCustomer):
        hub.glances.forget(relationship)  # it ended meanwhile, perhaps after all was forgotten
        raise
    return glance, kept


def noted(hub: Hub, relationship: str) -> list[Noted]:
    """Who looked at what this person gave, the newest first."""
    return hub.reads.noted(relationship, rows_max=NOTED_MAX)


def deal(hub: Hub, relationship: str, agreement: str) -> tuple[Relationship, Held] | None:
    """One agreement or refusal of one person, or None."""
    with hub.snapshot() as reader:
        known = relationships.get(reader, relationship[:100])
        held = agreements.get(reader, relationship[:100], agreement[:100]) if known else None
    return None if known is None or held is None else (known, held)


def _person(reader: Reader, known: Relationship, now: int) -> Person:
    held = agreements.held(reader, known.id)
    allowed = {
        purpose for purpose in PURPOSES if agreements.allowing(reader, known.id, purpose, now)
    }
    tally = tallies.of_person(reader, known.id)
    purposes = [purpose for purpose in PURPOSES if purpose in allowed]
    return Person(
        id=known.id,
        state=known.state,
        account=known.account,
        since=known.since,
        ended_at=known.ended_at,
        held=held,
        purposes=purposes,
        given_for=[purpose for purpose in purposes if purpose in tally.purposes],
        tally=tally,
    )


def _read(jws: str) -> Answered | None:
    try:
        event = read_jws(jws)[1]
        return msgspec.convert(event["data"], Answered)
    except (JwsRefused, KeyError, msgspec.ValidationError):
        return None
