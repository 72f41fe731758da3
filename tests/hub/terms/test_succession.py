"""What follows what: a counter-offer once, one deal in place of another, a finer time."""

from typing import Any

import msgspec
import pytest
from tests.hub.conftest import Person, Served, reason

from firsthand.hub.acts.offering import policy
from firsthand.hub.reads import PurposeRefused, Who
from firsthand.hub.terms import agreements
from firsthand.hub.terms.agreements import Standing
from firsthand.protocol import wire
from firsthand.protocol.agreements import Agreement, Delivery, read_agreement
from firsthand.protocol.roles.profile import PURPOSE

WHO = Who(name="a test", kind="staff")
NO_SUCH = "0" * 64


def propose(person: Person, terms: str, **said: Any) -> Agreement:  # noqa: ANN401 - whatever a proposal holds
    """What a proposal came to, whatever it came to."""
    proffer = person.proffer(terms, **said)
    answer = person.propose(proffer)
    assert answer.status_code == 200, answer.text
    key = person.organisation.key
    return read_agreement(proffer, answer.json()["answer"], organisation_key=key)


def names(served: Served, person: Person, purpose: str = PURPOSE) -> list[str]:
    served.settle()
    kept = served.hub.reads.things(person.id, table="profile_things", purpose=purpose, reader=WHO)
    return sorted(one.thing.name for one in kept)


def stands(served: Served, person: Person, agreement: str) -> Standing:
    with served.hub.snapshot() as reader:
        found = agreements.standing(reader, person.id, agreement)
    assert found is not None
    return found


def test_a_proposal_is_countered_once(served: Served) -> None:
    policy(served.hub, counter="SD-BASE")
    person = Person(served)
    first = propose(person, "PDC-AI")
    assert (first.answer.decision, first.answer.counter) == ("countered", "SD-BASE")
    again = propose(person, "PDC-GOOD", jti="again", prev=first.id)
    assert (again.answer.decision, again.answer.counter) == ("refused", None)
    taken_up = propose(person, "SD-BASE", jti="taken up", prev=first.id)
    assert taken_up.accepted
    other_chain = propose(person, "PDC-AI", jti="another", prev=taken_up.id)
    assert other_chain.answer.decision == "countered"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"prev": NO_SUCH}, "proffer_invalid"),
        ({"supersedes": NO_SUCH}, "no_agreement"),
    ],
    ids=["prev", "supersedes"],
)
def test_what_is_named_must_be_here(person: Person, said: dict[str, Any], why: str) -> None:
    assert reason(person.propose(person.proffer(jti="b", **said))) == why
    assert person.give("Dark").status_code == 200


def test_nobody_supersedes_what_is_anothers_or_has_ended(served: Served, person: Person) -> None:
    other = Person(served)
    other.agree()
    mine = person.agreement.id
    assert reason(other.propose(other.proffer(jti="b", supersedes=mine))) == "no_agreement"
    person.end(wire.PATH_REVOCATIONS)
    assert reason(person.propose(person.proffer(jti="b", supersedes=mine))) == "agreement_ended"


def test_a_refused_successor_leaves_the_old_one_as_it_is(person: Person) -> None:
    old = person.agreement
    found = propose(person, "PDC-AI", supersedes=old.id, prev=old.id)
    assert found.answer.decision == "refused"
    assert person.give("Dark").status_code == 200


def test_a_successor_ends_the_old_one_and_only_narrows(served: Served, person: Person) -> None:
    old = person.agreement
    person.give("Dark")
    assert names(served, person) == ["Dark"]
    new = person.agree("SD-BASE", supersedes=old.id, prev=old.id)
    with served.hub.snapshot() as reader:
        kept = agreements.get(reader, person.id, old.id)
    assert kept is not None
    assert (kept.state(served.hub.now_s()), kept.superseded_by) == ("terminated", new.id)
    with pytest.raises(PurposeRefused):
        names(served, person)
    assert stands(served, person, old.id).purposes == ("service", "support")
    person.agreement = old
    assert reason(person.give("1899")) == "agreement_ended"
    person.agreement = wider = person.agree(supersedes=new.id, prev=new.id)
    person.give("Lost")
    assert names(served, person) == ["Lost"], "what was given before is not widened again"
    assert stands(served, person, old.id).via == wider.id


def test_a_renewal_reads_on_until_the_new_one_ends(served: Served, person: Person) -> None:
    old = person.agreement
    person.give("Dark")
    later = old.proffer.exp + 1000
    new = person.agree(supersedes=old.id, prev=old.id, exp=later)
    assert names(served, person) == ["Dark"]
    assert stands(served, person, old.id).expires == later
    person.end(wire.PATH_REVOCATIONS, new.id)
    with pytest.raises(PurposeRefused):
        names(served, person)


@pytest.mark.parametrize("which", [0, 1])
def test_an_end_takes_along_what_came_before_and_what_took_its_place(
    served: Served, person: Person, which: int
) -> None:
    """An older copy of a vault may end a deal that another one has replaced since.

    So may one whose change of it was accepted, and that did not hear of it yet.
    """
    first = person.agreement
    person.give("Dark")
    second = person.agree(supersedes=first.id, prev=first.id)
    person.give("1899")
    third = person.agree(supersedes=second.id, prev=second.id, jti="third")
    person.give("Lost")
    assert names(served, person) == ["1899", "Dark", "Lost"]
    ended = person.end(wire.PATH_REVOCATIONS, (first.id, second.id)[which])
    assert ended.status_code == 200
    with pytest.raises(PurposeRefused):
        names(served, person)
    again = person.end(wire.PATH_REVOCATIONS, (first.id, second.id)[which])
    assert again.json() == ended.json()
    with served.hub.snapshot() as reader:
        kept = agreements.get(reader, person.id, third.id)
    assert kept is not None
    own = person.end(wire.PATH_REVOCATIONS, third.id)
    assert own.json() == {"receipt": kept.revocation}, "each has a receipt of its own"


def test_a_finer_time_and_another_way_are_kept_and_taken(served: Served) -> None:
    person = Person(served)
    way = Delivery(batch_min=3, jitter_s_max=7)
    made = person.agree(precision="day", delivery=way)
    daily = {"timePrecision": "P1D", "startTime": "2024-01-03"}
    answer = person.send(person.batch([person.signal("Dark", data=daily)]))
    assert answer.status_code == 200, answer.text
    with served.hub.snapshot() as reader:
        kept = agreements.get(reader, person.id, made.id)
    assert kept is not None
    assert (kept.precision, kept.delivery) == ("day", way)
    coarse = Person(served)
    coarse.agree()
    refused = coarse.send(coarse.batch([coarse.signal("Dark", data=daily)]))
    assert reason(refused) == "precision_too_fine"


@pytest.mark.parametrize("path", [wire.PATH_REVOCATIONS, wire.PATH_ERASURES])
@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw.replace(b'"jti"', b'"agreement":"x","jti"', 1),
        lambda raw: raw[:-1],
        lambda raw: raw.replace(b'"at"', b'"when"', 1),
        lambda raw: b"[" + raw + b"]",
    ],
    ids=["twice", "cut", "unknown", "list"],
)
def test_an_ending_that_is_not_well_formed_ends_nothing(
    person: Person, path: str, change: object
) -> None:
    raw = msgspec.json.encode({"agreement": person.agreement.id, "jti": "a", "at": 1})
    assert callable(change)
    answer = person.post(path, change(raw), wire.TYPE_JSON)
    assert reason(answer) == "shape_invalid"
    assert person.give("Dark").status_code == 200


def test_rows_of_an_earlier_release_are_read() -> None:
    row = msgspec.json.decode(b'[true,50,"FH-GIVEN"]', type=Standing)
    assert row.why_not(49) is None
    assert row.why_not(50) == "agreement_ended"
    assert row.allows("personalisation", 49)
    assert not row.allows("training", 49)
    assert not msgspec.json.decode(b'[false,50,"FH-GIVEN"]', type=Standing).purposes
