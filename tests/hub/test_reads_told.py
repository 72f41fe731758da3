"""Every read is numbered for the person it is about, and told to them alone, signed."""

import msgspec
import pytest
from tests.hub.conftest import Person, Served, reason

from firsthand.hub import noting
from firsthand.hub.acts import checking, telling
from firsthand.hub.acts.people import customer
from firsthand.hub.reads import PurposeRefused, Reads, Who
from firsthand.hub.seen import Noted
from firsthand.hub.terms import agreements
from firsthand.protocol import wire
from firsthand.protocol.reads_told import ReadsTold, read_reads_told

STAFF = Who(name="Greta", kind="staff")
PURPOSE = "personalisation"


def told(person: Person, after: int = 0) -> ReadsTold:
    answer = person.get(f"{wire.PATH_READS}?after={after}")
    assert answer.status_code == 200, answer.text
    return read_reads_told(
        answer.json()["signed"], key=person.organisation.key,
        organisation=person.organisation.subject, person=person.subject, after=after,
    )  # fmt: skip


def read(served: Served, person: Person) -> None:
    served.hub.reads.things(person.id, table="profile_things", purpose=PURPOSE, reader=STAFF)


def test_each_way_of_reading_is_told_with_its_agreement_and_number(
    person: Person, served: Served
) -> None:
    assert told(person).reads == []
    person.give("Dark", "1899")
    served.settle()
    read(served, person)
    served.hub.reads.facts(after=0, purpose=PURPOSE, reader=Who(name="mailing", kind="token"))
    customer(served.hub, reference=person.id, purpose=PURPOSE)
    found = told(person)
    assert [one.n for one in found.reads] == [1, 2, 3]
    kinds = [(one.kind, one.name, one.count) for one in found.reads]
    assert kinds == [("staff", "Greta", 2), ("token", "mailing", 2), ("command", "hub customer", 2)]
    assert {one.agreement for one in found.reads} == {person.agreement.id}
    assert all("WatchAction/name" in one.fields for one in found.reads)
    assert (found.next, found.more) == (3, False)
    assert [one.n for one in told(person, 2).reads] == [3]
    assert told(person, 3).reads == []


def test_a_read_under_two_agreements_is_told_for_each(served: Served) -> None:
    person = Person(served)
    first = person.agree()
    person.give("Dark")
    second = person.agree(jti="second")
    person.give("1899", "Lost")
    served.settle()
    read(served, person)
    counts = {one.agreement: one.count for one in told(person).reads}
    assert counts == {first.id: 1, second.id: 2}


def test_who_looked_and_found_nothing_has_looked(person: Person, served: Served) -> None:
    read(served, person)
    (one,) = told(person).reads
    assert (one.count, one.fields, one.agreement) == (0, [], person.agreement.id)


def test_it_is_told_after_the_end_and_until_all_is_erased(person: Person, served: Served) -> None:
    person.give("Dark")
    served.settle()
    read(served, person)
    person.end(wire.PATH_REVOCATIONS)
    with pytest.raises(PurposeRefused):
        read(served, person)
    assert [one.n for one in told(person).reads] == [1], "a read that was refused was none"
    person.end(wire.PATH_ERASURES)
    assert reason(person.get(wire.PATH_READS)) == "unknown_relationship"


def test_nobody_is_told_of_reads_about_another(person: Person, served: Served) -> None:
    person.give("Dark")
    served.settle()
    read(served, person)
    other = Person(served)
    other.agree()
    assert told(other).reads == []
    assert reason(Person(served).get(wire.PATH_READS)) == "unknown_relationship"
    assert served.http.get(wire.PATH_READS).status_code == 401
    for after in ("-1", "x", "9" * 13, f"{2**63}"):
        assert reason(person.get(f"{wire.PATH_READS}?after={after}")) == "shape_invalid"


def test_it_is_told_in_parts_that_follow_each_other(
    person: Person, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "READS_TOLD_MAX", 2)
    monkeypatch.setattr(telling, "FIELDS_MAX", 8)
    person.give("Dark")
    served.settle()
    for _ in range(5):
        read(served, person)
    seen, after, more = [], 0, True
    while more:
        part = told(person, after)
        seen += [one.n for one in part.reads]
        after, more = part.next, part.more
    assert seen == [1, 2, 3, 4, 5]


def test_a_read_that_an_ending_overtakes_gives_nothing_back(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of two agreements ends after the snapshot: what was given under it stays unread."""
    person = Person(served)
    first = person.agree()
    person.give("Dark")
    person.agree(jti="second")
    person.give("1899")
    served.settle()
    noted = Reads._note  # noqa: SLF001 - the moment between the two looks is here

    def ending(*args: object, **kwargs: object) -> object:
        person.end(wire.PATH_REVOCATIONS, first.id)
        return noted(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(Reads, "_note", ending)
    with pytest.raises(PurposeRefused, match="Read again"):
        read(served, person)
    monkeypatch.undo()
    assert told(person).reads == []
    with served.hub.snapshot() as reader:
        assert len(agreements.allowing(reader, person.id, PURPOSE, served.hub.now_s())) == 1


def test_reads_noted_before_there_were_numbers_come_first_and_are_not_told(
    person: Person, served: Served
) -> None:
    early = Noted(reader="June", kind="staff", purpose=PURPOSE, fields=[], count=1, at_ms=5)
    value = msgspec.json.encode(early)
    key = "000001763821234567.000000000001"
    served.hub.write(lambda tx: tx.put(noting.TABLE, person.id, key, value))
    read(served, person)
    assert [one.reader for one in served.hub.reads.noted(person.id)] == ["Greta", "June"]
    assert [one.name for one in told(person).reads] == ["Greta"]
    assert checking.look(served.hub).holds
