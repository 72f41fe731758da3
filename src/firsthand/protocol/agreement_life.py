"""The life of an agreement: one graph of states, and what the statements held come to at a time.

A proposal is countered at most once: from ``countered`` no line leads back to ``pending``. Whoever
takes a counter-offer up sends a proposal whose ``prev`` names it, and that one is accepted or
refused. Pausing has two sides: it stays paused until each who paused it has resumed it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec

from firsthand.protocol.agreements import Agreement, Proffer
from firsthand.protocol.changes import CHANGES, Change
from firsthand.protocol.clocks import clock_apart
from firsthand.protocol.graphs import Graph
from firsthand.protocol.refusals import refuse
from firsthand.protocol.terms import P7012, PURPOSES
from firsthand.protocol.wire import SKEW_S_MAX

PARTIES = ("person", "organisation")
TURNS_MAX = 200

LIFE = Graph(
    name="The life of an agreement",
    states={
        "requested": "The organisation has said what it asks for; nothing is proposed yet.",
        "pending": "The person has proposed terms and waits for the answer.",
        "countered": "The organisation has named other terms instead; it can do so once.",
        "accepted": "Both have signed: it is in force, things may be given and read.",
        "paused": "It rests: nothing comes in and nothing is read until it goes on.",
        "refused": "One of the two has said no.",
        "expired": "Its time ran out.",
        "terminated": "One of the two has ended it, or a new agreement has taken its place.",
    },
    first=("requested", "pending"),
    follows={
        "requested": {"proposed": "pending", "declined": "refused", "lapsed": "expired"},
        "pending": {
            "accepted": "accepted",
            "countered": "countered",
            "refused": "refused",
            "withdrawn": "terminated",
            "lapsed": "expired",
        },
        "countered": {"taken up": "accepted", "refused": "refused", "lapsed": "expired"},
        "accepted": {
            "paused": "paused",
            "ended": "terminated",
            "superseded": "terminated",
            "lapsed": "expired",
        },
        "paused": {
            "resumed": "accepted",
            "ended": "terminated",
            "superseded": "terminated",
            "lapsed": "expired",
        },
        "refused": {},
        "expired": {},
        "terminated": {},
    },
    ends=("refused", "expired", "terminated"),
)

# The status words of DPV's P7012, one for each state and one state for each of these.
P7012_STATUS: dict[str, str] = {
    "requested": "AgreementNegotiationRequested",
    "pending": "AgreementNegotiationPendingResponse",
    "countered": "AgreementNegotiationCounterOfferMade",
    "accepted": "AgreementAccepted",
    "paused": "AgreementNegotiationPaused",
    "refused": "AgreementRefused",
    "expired": "AgreementNegotiationExpired",
    "terminated": "AgreementNegotiationTerminated",
}
assert set(P7012_STATUS) == set(LIFE.states), "a state has no word, or a word no state"
assert len(set(P7012_STATUS.values())) == len(P7012_STATUS), "two states share a word"


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """One pause or resumption that was taken: by whom, which, when it was said and when taken.

    ``by`` is one of ``PARTIES``, ``change`` one of ``CHANGES``. ``at`` is what its signer's clock
    said, ``since`` from when it holds. Both are seconds since 1970.
    """

    jti: str
    by: str
    change: str
    at: int
    since: int


def status_word(state: str) -> str:
    """The P7012 status of a state, as a whole URI; ``KeyError`` if there is no such state."""
    return P7012 + P7012_STATUS[state]


def state_for(word: str) -> str | None:
    """The state that a P7012 status names (with or without its prefix); None if it names none."""
    short = word.removeprefix(P7012).removeprefix("p7012:")
    return next((state for state, name in P7012_STATUS.items() if name == short), None)


def state_of(
    *,
    decision: str | None,
    exp: int,
    now: int,
    turns: Sequence[Turn] = (),
    ended_at: int | None = None,
    superseded_at: int | None = None,
) -> str:
    """The state at ``now`` of a proposal and of what was said about it afterwards.

    ``decision`` is the answer's, None while there is none. ``exp`` is the proposal's. All times are
    seconds since 1970; what lies after ``now`` has not happened yet, and the first end counts.
    Raises ``UnableToChangeState`` for what cannot have happened, as a pause of what was refused.
    """
    state = LIFE.first[-1]
    if decision is not None:
        state = LIFE.after(state, decision)
    for at, event in _events(turns, exp, ended_at, superseded_at):
        if at > now or state in LIFE.ends:
            break
        state = LIFE.after(state, event)
    return state


def _events(
    turns: Sequence[Turn], exp: int, ended_at: int | None, superseded_at: int | None
) -> list[tuple[int, str]]:
    """What happened when, in order; in the same second an end comes after all else."""
    events = [*_rests(turns), (exp, "lapsed")]
    events += [(ended_at, "ended")] if ended_at is not None else []
    events += [(superseded_at, "superseded")] if superseded_at is not None else []
    return sorted(events, key=lambda event: event[0])  # within one second the order stays


def _rests(turns: Sequence[Turn]) -> Iterator[tuple[int, str]]:
    """When it came to rest and when it went on, whoever said so."""
    resting: set[str] = set()
    for turn in turns:
        before = bool(resting)
        (resting.add if turn.change == "paused" else resting.discard)(turn.by)
        if before != bool(resting):
            yield turn.since, turn.change


def paused_by(turns: Sequence[Turn]) -> frozenset[str]:
    """Who has paused and not resumed: none, one or both of ``PARTIES``."""
    last = {turn.by: turn.change for turn in turns}
    return frozenset(by for by, change in last.items() if change == "paused")


def with_change(turns: Sequence[Turn], change: Change, *, by: str, now: int) -> tuple[Turn, ...]:
    """The turns after ``change`` of ``by`` is taken at ``now``; the same one again changes nothing.

    Says nothing of the signature or of whether the agreement holds. Raises ``Refused``:
    ``shape_invalid`` for what is no change or the name of another one, ``clock_differs`` for one
    from the future, ``expired`` for one that was overtaken, ``busy`` where there are too many.
    """
    assert by in PARTIES, by
    if change.change not in CHANGES:
        raise refuse("shape_invalid", f"A deal can be {' or '.join(CHANGES)}, nothing else.")
    mine = [turn for turn in turns if turn.by == by]
    same = next((turn for turn in mine if turn.jti == change.jti), None)
    if same is not None:
        if (same.change, same.at) != (change.change, change.at):
            raise refuse("shape_invalid", "Another change has this name (jti) already.")
        return tuple(turns)
    if change.at - now > SKEW_S_MAX:
        raise refuse("clock_differs", clock_apart(change.at, now))
    if mine and change.at < mine[-1].at:
        raise refuse("expired", "A later change of this deal has come in already.")
    if len(turns) >= TURNS_MAX:
        raise refuse("busy", f"A deal is paused and resumed at most {TURNS_MAX} times.")
    since = max([now, *(turn.since for turn in turns)])
    return (*turns, Turn(jti=change.jti, by=by, change=change.change, at=change.at, since=since))


def may_counter(previous: Agreement | None) -> bool:
    """Whether a proposal may still be countered; ``previous`` is what its ``prev`` names."""
    return previous is None or previous.answer.decision != "countered"


def check_succession(proffer: Proffer, *, replaced: Agreement | None, state: str | None) -> None:
    """Check the agreement that a proposal ``supersedes``, as the receiver holds it.

    ``replaced`` is that agreement of the same relationship, None if there is none, and ``state``
    what it is in. Raises ``Refused``: ``no_agreement``, ``not_yours`` or ``agreement_ended``.
    """
    if proffer.supersedes is None:
        return
    if replaced is None or replaced.id != proffer.supersedes or not replaced.accepted:
        raise refuse("no_agreement", "The deal that this one would replace is not known here.")
    if (replaced.proffer.iss, replaced.proffer.aud) != (proffer.iss, proffer.aud):
        raise refuse("not_yours", "The deal that this one would replace is between others.")
    if state not in {"accepted", "paused"}:
        raise refuse("agreement_ended", "The deal that this one would replace has ended.")


def is_renewal(proffer: Proffer, replaced: Agreement) -> bool:
    """Whether a proposal is the same deal for longer: only its dates differ from ``replaced``."""
    before = replaced.proffer
    return (
        proffer.supersedes == replaced.id
        and (proffer.p7012.agreement, proffer.p7012.sha256)
        == (before.p7012.agreement, before.p7012.sha256)
        and {kind: sorted(names) for kind, names in proffer.fields.items()}
        == {kind: sorted(names) for kind, names in before.fields.items()}
        and (proffer.precision, proffer.delivery) == (before.precision, before.delivery)
        and proffer.exp > before.exp
    )


def readable_purposes(given_under: Collection[str], *since: Collection[str]) -> tuple[str, ...]:
    """What things may be read for: what the deal they came under and every later one allow.

    ``since`` are the purposes of the agreements that took its place, if any. Never widened.
    """
    return tuple(
        purpose
        for purpose in PURPOSES
        if purpose in given_under and all(purpose in later for later in since)
    )


class Readable:
    """What the deals of one relationship allow to be read, and until when.

    What came under a deal that another one took the place of is read on for what both allow, until
    the last of them ends or runs out. ``ended`` says since when one has ended. All times are
    seconds since 1970.
    """

    def __init__(self, agreements: Mapping[str, Agreement], ended: Mapping[str, int]) -> None:
        """Of these accepted agreements, by their ids."""
        self._agreements, self._ended = agreements, ended
        self._after = {
            one.proffer.supersedes: one
            for one in agreements.values()
            if one.accepted and one.proffer.supersedes is not None
        }
        self._until: dict[tuple[str, str], tuple[int, str]] = {}

    def why_not(self, agreement: str, purpose: str, at: int) -> str | None:
        """Why what came under an agreement could not be read for this at a time, or None.

        ``no_agreement``, ``purpose_not_allowed``, ``replaced`` (the deal that took its place does
        not allow it), ``agreement_ended`` or ``expired``.
        """
        if (one := self._agreements.get(agreement)) is None:
            return "no_agreement"
        if not one.allows(purpose):
            return "purpose_not_allowed"
        key = (agreement, purpose)
        if key not in self._until:
            self._until[key] = min(self._bounds(one, purpose))
        until, why = self._until[key]
        return why if at > until else None

    def _bounds(self, one: Agreement, purpose: str) -> Iterator[tuple[int, str]]:
        passed: set[str] = set()
        while one.id not in passed:
            passed.add(one.id)
            if one.id in self._ended:
                yield self._ended[one.id], "agreement_ended"
            later = self._after.get(one.id, one)
            if not later.allows(purpose):
                # It was answered a moment before it was kept: a read in between was still allowed.
                yield later.answer.iat + SKEW_S_MAX, "replaced"
                break
            one = later
        yield one.proffer.exp, "expired"
