"""What the statements held come to at a time: one state, the same for both sides."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.protocol.conftest import Deal

from firsthand.protocol.agreement_life import (
    LIFE,
    P7012_STATUS,
    PARTIES,
    TURNS_MAX,
    Readable,
    Turn,
    check_succession,
    is_renewal,
    may_counter,
    paused_by,
    readable_purposes,
    state_for,
    state_of,
    status_word,
    with_change,
)
from firsthand.protocol.agreements import Agreement, Delivery
from firsthand.protocol.changes import Change
from firsthand.protocol.graphs import UnableToChangeState
from firsthand.protocol.refusals import Refused
from firsthand.protocol.terms import P7012, PURPOSES
from firsthand.protocol.wire import SKEW_S_MAX

pytestmark = pytest.mark.usefixtures("refused_in_words")

EXP = 1000
AGREEMENT = "a" * 64


def change(word: str, at: int, jti: str | None = None) -> Change:
    return Change(agreement=AGREEMENT, change=word, jti=jti or f"{word}-{at}", at=at)


def turns(*said: tuple[int, str, str]) -> tuple[Turn, ...]:
    made: tuple[Turn, ...] = ()
    for at, by, word in said:
        made = with_change(made, change(word, at, f"{by}-{word}-{at}"), by=by, now=at)
    return made


@pytest.mark.parametrize(
    ("decision", "now", "state"),
    [
        (None, 0, "pending"), (None, EXP - 1, "pending"), (None, EXP, "expired"),
        ("countered", 0, "countered"), ("countered", EXP, "expired"),
        ("refused", 0, "refused"), ("refused", EXP, "refused"),
        ("accepted", EXP - 1, "accepted"), ("accepted", EXP, "expired"),
    ],
)  # fmt: skip
def test_an_answer_and_a_time_come_to_a_state(decision: str | None, now: int, state: str) -> None:
    assert state_of(decision=decision, exp=EXP, now=now) == state


def test_whoever_paused_resumes() -> None:
    both = turns(
        (10, "person", "paused"), (20, "organisation", "paused"), (30, "person", "resumed"),
        (40, "organisation", "resumed"),
    )  # fmt: skip
    seen = [state_of(decision="accepted", exp=EXP, now=now, turns=both) for now in range(0, 50, 10)]
    assert seen == ["accepted", "paused", "paused", "paused", "accepted"]
    assert paused_by(both[:1]) == {"person"}
    assert paused_by(both[:2]) == {"person", "organisation"}
    assert paused_by(both[:3]) == {"organisation"}
    assert paused_by(both) == set()


def test_the_first_end_counts() -> None:
    rest = turns((10, "person", "paused"))

    def at(now: int, **ends: int) -> str:
        return state_of(decision="accepted", exp=EXP, now=now, turns=rest, **ends)

    assert at(19, ended_at=20) == "paused"
    assert at(20, ended_at=20) == "terminated"
    assert at(EXP, ended_at=20) == "terminated"
    assert at(EXP, ended_at=EXP + 1) == "expired"
    assert at(30, superseded_at=30) == "terminated"
    assert at(29, superseded_at=30) == "paused"
    assert at(10, ended_at=10) == "terminated"
    assert at(EXP) == "expired"


def test_what_happens_in_one_second_happens_in_its_order() -> None:
    """One goes on and the other pauses; an end in the second in which its time runs out."""
    rest = turns(
        (10, "person", "paused"), (20, "person", "resumed"), (20, "organisation", "paused")
    )  # fmt: skip
    assert state_of(decision="accepted", exp=EXP, now=20, turns=rest) == "paused"
    assert state_of(decision="accepted", exp=EXP, now=EXP, ended_at=EXP) == "expired"


@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.sampled_from(PARTIES), st.booleans()), max_size=12
    ),
    st.integers(0, 40),
    st.one_of(st.none(), st.integers(0, 40)),
)  # fmt: skip
def test_a_state_is_paused_exactly_while_somebody_has_paused(
    said: list[tuple[int, str, bool]], now: int, ended: int | None
) -> None:
    made: tuple[Turn, ...] = ()
    for number, (at, by, pauses) in enumerate(sorted(said)):
        word = "paused" if pauses else "resumed"
        made = with_change(made, change(word, at, str(number)), by=by, now=at)
    state = state_of(decision="accepted", exp=35, now=now, turns=made, ended_at=ended)
    if ended is not None and ended <= now and ended <= 35:
        assert state in {"terminated", "expired"} if ended == 35 else state == "terminated"
    elif now >= 35:
        assert state == "expired"
    else:
        resting = paused_by([turn for turn in made if turn.since <= now])
        assert state == ("paused" if resting else "accepted")


def test_what_was_refused_cannot_be_paused() -> None:
    with pytest.raises(UnableToChangeState):
        state_of(decision="countered", exp=EXP, now=20, turns=turns((10, "person", "paused")))
    with pytest.raises(UnableToChangeState):
        state_of(decision="perhaps", exp=EXP, now=0)


def test_the_same_change_again_changes_nothing() -> None:
    once = with_change((), change("paused", 5, "p"), by="person", now=9)
    assert once[0].since == 9
    assert with_change(once, change("paused", 5, "p"), by="person", now=50) == once
    other = with_change(once, change("paused", 5, "p"), by="organisation", now=50)
    assert paused_by(other) == {"person", "organisation"}


@pytest.mark.parametrize(
    ("said", "now", "reason"),
    [
        (change("ended", 20), 20, "shape_invalid"),
        (change("resumed", 10, "p"), 20, "shape_invalid"),
        (change("paused", 11, "p"), 20, "shape_invalid"),
        (change("resumed", 9, "old"), 20, "expired"),
        (change("resumed", 20 + SKEW_S_MAX + 1, "new"), 20, "clock_differs"),
    ],
)
def test_a_change_that_is_none_late_or_forged_is_refused(
    said: Change, now: int, reason: str
) -> None:
    before = with_change((), change("paused", 10, "p"), by="person", now=10)
    with pytest.raises(Refused) as caught:
        with_change(before, said, by="person", now=now)
    assert caught.value.refusal.reason == reason


def test_a_resumption_from_before_cannot_be_played_again() -> None:
    made = turns((10, "person", "paused"), (20, "person", "resumed"), (30, "person", "paused"))
    again = with_change(made, change("resumed", 20, "person-resumed-20"), by="person", now=40)
    assert paused_by(again) == {"person"}


def test_changes_wait_offline_and_clocks_may_differ_a_little() -> None:
    late = with_change((), change("paused", 10), by="person", now=10_000)
    assert late[0].since == 10_000
    assert with_change((), change("paused", SKEW_S_MAX), by="person", now=0)
    back = with_change(late, change("resumed", 11), by="person", now=9_990)
    assert [turn.since for turn in back] == [10_000, 10_000]


def test_there_is_a_last_change() -> None:
    made: tuple[Turn, ...] = ()
    for number in range(TURNS_MAX):
        word = "resumed" if number % 2 else "paused"
        made = with_change(made, change(word, number), by="person", now=number)
    with pytest.raises(Refused) as caught:
        with_change(made, change("paused", 999), by="person", now=999)
    assert caught.value.refusal.reason == "busy"


def test_status_words_are_one_to_one() -> None:
    assert {state_for(status_word(state)) for state in LIFE.states} == set(LIFE.states)
    for state, word in P7012_STATUS.items():
        assert (state_for(word), state_for(f"p7012:{word}")) == (state, state)
        assert status_word(state) == P7012 + word
    assert state_for("AgreementNegotiationUnknown") is None


def test_a_proposal_is_countered_at_most_once(deal: Deal) -> None:
    first = deal.agreed("SD-BASE-A", answer={"decision": "countered", "counter": "SD-BASE"})
    assert may_counter(None)
    assert not may_counter(first)
    assert may_counter(deal.agreed(answer={"decision": "refused"}))
    assert "pending" not in LIFE.next_states("countered")
    reached, left = set[str](), ["countered"]
    while left:
        for after in LIFE.next_states(left.pop()):
            if after not in reached:
                reached.add(after)
                left.append(after)
    assert "countered" not in reached


def test_what_replaces_an_agreement_is_checked(deal: Deal) -> None:
    old = deal.agreed()
    new = deal.proffer("SD-BASE", supersedes=old.id)
    check_succession(deal.proffer(), replaced=None, state=None)
    for state in ("accepted", "paused"):
        check_succession(new, replaced=old, state=state)

    def reason(**given: object) -> str:
        with pytest.raises(Refused) as caught:
            check_succession(new, **{"replaced": old, "state": "accepted", **given})  # type: ignore[arg-type]
        return caught.value.refusal.reason

    assert reason(replaced=None, state=None) == "no_agreement"
    assert reason(replaced=deal.agreed(jti="two")) == "no_agreement"
    for state in ("expired", "terminated", "refused", "pending"):
        assert reason(state=state) == "agreement_ended"
    refused = deal.agreed(answer={"decision": "refused"})
    with pytest.raises(Refused, match="not known"):
        check_succession(deal.proffer(supersedes=refused.id), replaced=refused, state="accepted")
    with pytest.raises(Refused, match="between others"):
        check_succession(
            deal.proffer(supersedes=old.id, iss=deal.other), replaced=old, state="accepted"
        )


def test_a_renewal_is_the_same_deal_for_longer(deal: Deal) -> None:
    old = deal.agreed()
    later = old.proffer.exp + 1

    def renews(terms: str = "FH-GIVEN", /, **changes: object) -> bool:
        changes = {"supersedes": old.id, "exp": later, **changes}
        return is_renewal(deal.proffer(terms, **changes), old)

    assert renews()
    assert renews(fields={"WatchAction": ["startTime", "name"]})
    assert not renews("SD-BASE")
    assert not renews(exp=old.proffer.exp)
    assert not renews(supersedes=None)
    assert not renews(fields={"WatchAction": ["name"]})
    assert not renews(precision="month")
    assert not renews(delivery=Delivery(batch_min=1, jitter_s_max=0))


@given(st.lists(st.sets(st.sampled_from(PURPOSES)), min_size=1, max_size=4))
def test_what_may_be_read_for_is_never_widened(each: list[set[str]]) -> None:
    allowed = readable_purposes(*each)
    assert set(allowed) == set.intersection(*each)
    assert list(allowed) == [purpose for purpose in PURPOSES if purpose in allowed]
    assert set(readable_purposes(*each, {"service"})) <= set(allowed)


def test_what_came_is_read_until_the_last_deal_ends_or_does_not_allow_it(deal: Deal) -> None:
    first = deal.agreed("FH-GIVEN")
    at, exp = first.answer.iat, first.proffer.exp
    renewed = deal.agreed("FH-GIVEN", supersedes=first.id, exp=exp + 500)
    narrower = deal.agreed("SD-BASE", supersedes=renewed.id, exp=exp + 900)
    service, offers = "service", "offers"
    assert narrower.allows(service)
    assert renewed.allows(offers)
    assert not narrower.allows(offers)

    def why(
        given: Agreement, purpose: str, when: int, *held: Agreement, **ended: int
    ) -> str | None:
        named = {"renewed": renewed.id, "first": first.id}
        known = {one.id: one for one in held}
        over = {named[name]: since for name, since in ended.items()}
        return Readable(known, over).why_not(given.id, purpose, when)

    assert why(renewed, offers, at, first) == "no_agreement"
    assert why(narrower, offers, at, narrower) == "purpose_not_allowed"
    assert [why(first, offers, when, first) for when in (exp, exp + 1)] == [None, "expired"]
    both = (first, renewed)
    assert why(first, offers, exp + 500, *both) is None
    assert why(first, offers, exp + 501, *both) == "expired"
    assert why(first, offers, exp, *both, renewed=exp - 1) == "agreement_ended"
    assert why(first, offers, exp - 1, *both, renewed=exp - 1) is None
    assert why(renewed, offers, exp, *both, first=exp - 1) is None
    for each in both:
        late = narrower.answer.iat + SKEW_S_MAX
        assert why(each, offers, late, *both, narrower) is None
        assert why(each, offers, late + 1, *both, narrower) == "replaced"
        assert why(each, service, exp + 900, *both, narrower) is None
        assert why(each, service, exp + 901, *both, narrower) == "expired"
    refused = deal.agreed("SD-BASE", supersedes=first.id, answer={"decision": "refused"})
    assert why(first, offers, exp, first, refused) is None
    last = deal.agreed("SD-BASE", supersedes=first.id, answer={"iat": exp - 1})
    assert why(first, offers, exp + 1, first, last) == "expired"


def test_each_purpose_of_each_deal_is_judged_by_itself(deal: Deal) -> None:
    wide, narrow = deal.agreed("FH-GIVEN"), deal.agreed("FH-GIVEN", jti="two")
    narrower = deal.agreed("SD-BASE", supersedes=narrow.id, exp=wide.proffer.exp + 900)
    held = Readable({one.id: one for one in (wide, narrow, narrower)}, {})
    for _ in range(2):
        assert [
            held.why_not(one.id, purpose, wide.proffer.exp + 1)
            for one in (wide, narrow)
            for purpose in ("service", "offers")
        ] == ["expired", "expired", None, "replaced"]


def test_deals_that_take_the_place_of_each_other_are_read_to_an_end(deal: Deal) -> None:
    one, other = deal.agreed("FH-GIVEN"), deal.agreed("FH-GIVEN", exp=deal.now + 2000)
    round_ = {
        each.id: msgspec.structs.replace(
            each, proffer=msgspec.structs.replace(each.proffer, supersedes=last.id)
        )
        for each, last in ((one, other), (other, one))
    }
    assert Readable(round_, {}).why_not(one.id, "support", deal.now) is None


def test_an_agreement_says_its_own_precision_and_delivery(deal: Deal) -> None:
    plain = deal.agreed()
    assert plain.precision == plain.terms.precision == "week"
    assert plain.delivery == Delivery(batch_min=10, jitter_s_max=604_800)
    own = deal.agreed(precision="day", delivery=Delivery(batch_min=2, jitter_s_max=5))
    assert (own.precision, own.delivery.batch_min, own.delivery.jitter_s_max) == ("day", 2, 5)
