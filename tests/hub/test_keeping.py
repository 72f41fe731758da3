"""What has ended is kept as long as its terms say, and then erased, with a receipt."""

from datetime import timedelta
from typing import Any

import pytest
from tests.hub.conftest import Person, Served, reason

from firsthand.hub import erasing
from firsthand.hub.acts import checking
from firsthand.hub.acts.offering import catalogue, policy
from firsthand.hub.reads import PurposeRefused, Who
from firsthand.hub.roles.profile.projection import THINGS
from firsthand.hub.terms import relationships
from firsthand.protocol import wire
from firsthand.protocol.jws import read_jws
from firsthand.protocol.receipts import ErasureReceipt, read_erasure
from firsthand.protocol.roles.profile import PURPOSE, thing_given
from firsthand.protocol.roles.profile_rules import basis_of
from firsthand.protocol.things import Thing

WHO = Who(name="a test", kind="staff")
MONTH = timedelta(days=30)
FILMS = "Title,Genres\nDark,Mystery\n1899,Mystery|Drama\nFog,Drama\nTides,Drama|Mystery\n"


def names(served: Served, person: Person) -> list[str]:
    kept = served.hub.reads.things(person.id, table=THINGS, purpose=PURPOSE, reader=WHO)
    return sorted(one.thing.name for one in kept)


def later(served: Served, by: timedelta) -> None:
    served.clock.by += by
    served.hub.keeping.work_off()


def erased(person: Person, after: int = 0) -> list[tuple[int, ErasureReceipt]]:
    """The receipts of erasing among a person's messages, with their numbers."""
    found = []
    for one in person.inbox(after):
        event: dict[str, Any] = read_jws(one["jws"])[1]
        assert event["sequence"] == one["n"]
        if event["type"] == wire.TYPE_AGREEMENT_CHANGED and "erasure" in event["data"]:
            receipt = read_erasure(event["data"]["erasure"], key=person.organisation.key)
            found.append((one["n"], receipt))
    return found


def state(served: Served, person: Person) -> list[str]:
    return [
        one.state
        for one in served.hub.reads.customers(table=THINGS)
        if one.relationship == person.id
    ]


def test_what_ran_out_ends_by_itself(served: Served) -> None:
    person = Person(served)
    person.agree(exp=served.now_s() + 1000)
    person.give("Dark")
    served.settle()
    served.clock.by += timedelta(seconds=1001)
    assert reason(person.give("1899")) == "agreement_ended"
    with pytest.raises(PurposeRefused, match="run out"):
        names(served, person)
    served.hub.keeping.work_off()
    assert state(served, person) == ["ended"]
    assert checking.look(served.hub).holds, "what ended by itself was changed by nobody"
    with served.hub.snapshot() as reader:
        assert reader.count(THINGS) == 0
    person.agree(jti="again")
    assert person.give("1899").status_code == 200


def test_after_its_retention_everything_is_erased_and_the_person_told(served: Served) -> None:
    person, other = Person(served), Person(served)
    person.agree()
    other.agree()
    person.give("Dark")
    other.give("Fog")
    served.settle()
    person.end(wire.PATH_REVOCATIONS)
    later(served, MONTH - timedelta(days=1))
    assert state(served, person) == ["ended"]
    later(served, timedelta(days=1))
    assert state(served, person) == []
    assert names(served, other) == ["Fog"]
    ((n, receipt),) = erased(person, after=7)
    assert (n, receipt.agreement, receipt.leaves) == (8, person.agreement.id, [0])
    assert erased(person, after=7) == [(n, receipt)], "until it was read"
    assert person.inbox(after=8) == []
    assert reason(person.give("1899")) == "unknown_relationship"
    again = person.end(wire.PATH_ERASURES).json()["receipt"]
    assert read_erasure(again, key=person.organisation.key) == receipt


def test_what_came_under_one_deal_goes_and_the_other_goes_on(served: Served) -> None:
    person = Person(served)
    first = person.agree()
    person.give("Dark")
    person.give("Fog")
    person.agreement = second = person.agree(jti="second")
    person.give("1899")
    served.settle()
    person.end(wire.PATH_REVOCATIONS, first.id)
    later(served, MONTH)
    ((_, receipt),) = erased(person)
    assert (receipt.agreement, receipt.leaves, receipt.batches) == (first.id, [0, 1], 2)
    served.hub.keeping.work_off()
    assert len(erased(person)) == 1, "it is told once"
    assert names(served, person) == ["1899"]
    person.agreement = second
    assert person.give("Lost").status_code == 200, "the numbers of its lane go on"
    served.settle()
    assert names(served, person) == ["1899", "Lost"]
    person.end(wire.PATH_REVOCATIONS, second.id)
    later(served, MONTH)
    assert state(served, person) == []


def test_a_lane_whose_newest_batch_is_erased_goes_on(served: Served) -> None:
    person = Person(served)
    kept = person.agree()
    person.give("Dark")
    person.agree(jti="second")
    person.give("1899")
    served.settle()
    person.end(wire.PATH_REVOCATIONS)
    later(served, MONTH)
    person.agreement = kept
    assert person.give("Lost").status_code == 200
    served.stop()
    served.start()
    assert person.give("Found").status_code == 200
    served.settle()
    assert names(served, person) == ["Dark", "Found", "Lost"]


def test_a_superseded_deal_is_kept_as_long_as_it_is_read(served: Served) -> None:
    person = Person(served)
    old = person.agree()
    person.give("Dark")
    served.settle()
    person.agree(supersedes=old.id, prev=old.id)
    later(served, MONTH * 3)
    assert names(served, person) == ["Dark"]
    person.end(wire.PATH_REVOCATIONS)
    later(served, MONTH)
    assert state(served, person) == []


def test_terms_without_retention_are_worked_off_at_once(served: Served) -> None:
    policy(served.hub, accept=["PDC-INTENT"])
    person = Person(served)
    person.agree("PDC-INTENT")
    person.end(wire.PATH_REVOCATIONS)
    served.hub.keeping.work_off()
    assert state(served, person) == []


@pytest.mark.parametrize("step", ["_truncate", "under_erased"])
@pytest.mark.parametrize("alone", [True, False], ids=["alone", "beside another"])
def test_a_crash_in_the_middle_goes_on_at_the_next_start(
    served: Served, monkeypatch: pytest.MonkeyPatch, step: str, *, alone: bool
) -> None:
    person = Person(served)
    first = person.agree()
    person.give("Dark")
    if not alone:
        person.agree(jti="second")
    served.settle()
    person.end(wire.PATH_REVOCATIONS, first.id)

    def crash(*_: object) -> None:
        raise RuntimeError("a crash")

    served.hub.keeping.close()
    served.clock.by += MONTH
    with monkeypatch.context() as patched:
        patched.setattr(served.hub.erasing, step, crash)
        if step == "_truncate" or not alone:
            with pytest.raises(RuntimeError):
                served.hub.keeping._see_to(person.id)  # noqa: SLF001 - its thread has stopped
    served.stop()
    served.start()
    served.hub.erasing.close()
    served.hub.keeping.work_off()
    ((_, receipt),) = erased(person)
    assert (receipt.agreement, receipt.leaves) == (first.id, [0])
    with served.hub.snapshot() as reader:
        assert reader.count(erasing.LEAVES) == 0
        assert reader.count(THINGS) == 0


def known(served: Served) -> set[str]:
    with served.hub.snapshot() as reader:
        return {one.id for one in relationships.page(reader)}


def test_of_whom_nothing_was_agreed_with_nothing_is_kept_for_long(served: Served) -> None:
    person, other = Person(served), Person(served)
    person.agree("PDC-AI")
    other.agree()
    assert person.agreement.answer.decision != "accepted"
    later(served, MONTH - timedelta(days=1))
    assert known(served) == {person.id, other.id}
    person.agree("PDC-AI", jti="again")
    later(served, timedelta(days=2))
    assert known(served) == {person.id, other.id}, "the last proposal counts"
    later(served, MONTH)
    assert known(served) == {other.id}
    with served.hub.snapshot() as reader:
        assert erasing.find(reader, person.id) is None, "not even that there was somebody"
    person.agree(jti="once more")
    assert person.give("Dark").status_code == 200


def said(person: Person) -> list[tuple[int, str]]:
    events = [(one["n"], read_jws(one["jws"])[1]) for one in person.inbox()]
    assert all(event["sequence"] == n for n, event in events)
    return [(n, str(event["type"])) for n, event in events]


def test_answers_that_stood_on_one_of_several_deals_go_with_it(served: Served) -> None:
    catalogue(served.hub, csv=FILMS)
    person = Person(served)
    first = person.agree()
    person.give("Fog")
    served.settle()
    served.clock.by += timedelta(seconds=5)
    second = person.agreement = person.agree(jti="second")
    person.give("Dark")
    served.settle()
    person.agreement = first
    person.give("1899")
    served.settle()
    assert [kind for _, kind in said(person)] == ["profile.answered"] * 3
    before = person.inbox()
    person.end(wire.PATH_REVOCATIONS, second.id)
    served.hub.keeping.work_off()
    served.settle()
    kinds = [kind for _, kind in said(person)]
    assert kinds == ["profile.answered", wire.TYPE_TAKEN_BACK, wire.TYPE_TAKEN_BACK, kinds[-1]]
    assert kinds[-1] == "profile.answered", "it is answered anew without what has gone"
    after = person.inbox()
    assert after[0] == before[0], "what was said before the second deal stays as it was"
    data: Any = read_jws(after[-1]["jws"])[1]["data"]
    assert data["basis"] == basis_of([given(person, name) for name in ("Fog", "1899")])
    assert all(read_jws(one["jws"])[1]["data"] == {} for one in after[1:3])


def given(person: Person, name: str) -> Thing:
    signal = person.signal(name)
    return thing_given(signal.id, signal.data)


def test_an_answer_that_was_ready_when_one_of_its_deals_ended_is_made_anew(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue(served.hub, csv=FILMS)
    person = Person(served)
    first = person.agree()
    person.give("Fog")
    served.settle()
    person.agreement = person.agree(jti="second")
    answering = served.hub.answering
    concluded = answering._concluded  # noqa: SLF001 - the moment between the two

    def ended_meanwhile(*args: object) -> object:
        ready = concluded(*args)  # type: ignore[arg-type]
        monkeypatch.setattr(answering, "_concluded", concluded)
        person.end(wire.PATH_REVOCATIONS, first.id)
        return ready

    monkeypatch.setattr(answering, "_concluded", ended_meanwhile)
    person.give("Dark")
    served.settle()
    served.hub.keeping.work_off()
    served.settle()
    data: Any = read_jws(person.inbox()[-1]["jws"])[1]["data"]
    assert data["basis"] == basis_of([given(person, "Dark")])
    kinds = [kind for _, kind in said(person)]
    assert kinds[0] == wire.TYPE_TAKEN_BACK
    both = basis_of([given(person, name) for name in ("Fog", "Dark")])
    assert both not in {
        str(read_jws(one["jws"])[1]["data"].get("basis"))  # type: ignore[attr-defined]
        for one in person.inbox()
    }
