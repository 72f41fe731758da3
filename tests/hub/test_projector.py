"""What follows the journal stops for nobody, forgets nobody's batch, and can be made again."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.hub.conftest import Person, Served

from firsthand.foundation.journal import Stored, UnableToCommit
from firsthand.foundation.projection import Folding
from firsthand.foundation.tables import Entry, Tx
from firsthand.hub import cursors, packing, projector
from firsthand.hub.acts.people import customer, envelopes
from firsthand.hub.intake import tallies
from firsthand.hub.reads import Who
from firsthand.hub.roles.profile import projection
from firsthand.hub.roles.profile.projection import DUE, THINGS, ProfileProjection
from firsthand.protocol.roles.profile import PURPOSE

WHO = Who(name="a test", kind="staff")
SECRET = "Quokkenfeuer"


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries come close together."""
    monkeypatch.setattr(projector, "TRY_AGAIN_S", 0.001)
    monkeypatch.setattr(projector, "TROUBLE_WAIT_S", 0.001)


class Planted:
    """A fault: the projection chokes on each batch in which a word stands, at this place."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
        self.on = True
        self.tries = 0
        right_made, right_apply = ProfileProjection.made_of, ProfileProjection.apply

        def check(batch: Stored) -> None:
            if self.on and SECRET.encode() in batch.body:
                self.tries += 1
                raise ValueError(f"cannot read {SECRET}")

        def made_of(fold: ProfileProjection, batch: Stored) -> Any:  # noqa: ANN401
            if where == "made_of":
                check(batch)
            return right_made(fold, batch)

        def apply(
            fold: ProfileProjection, tx: Tx, folding: Sequence[Folding], *, again: bool
        ) -> None:
            right_apply(fold, tx, folding, again=again)
            for each in folding if where == "apply" else ():
                check(each.batch)

        monkeypatch.setattr(ProfileProjection, "made_of", made_of)
        monkeypatch.setattr(ProfileProjection, "apply", apply)


@pytest.fixture(params=["made_of", "apply"])
def planted(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Planted:
    return Planted(monkeypatch, request.param)


def names(served: Served, person: Person, purpose: str = PURPOSE) -> list[str]:
    found: Any = customer(served.hub, reference=person.id, purpose=purpose)["things"]
    return sorted(thing["name"] for thing in found)


def aside(served: Served) -> list[cursors.Aside]:
    with served.hub.snapshot() as reader:
        return cursors.set_aside(reader)


def agreed(served: Served) -> Person:
    person = Person(served)
    person.agree()
    return person


def test_what_cannot_be_read_stops_nobody_and_is_read_later(
    served: Served, planted: Planted, caplog: pytest.LogCaptureFixture
) -> None:
    one, other = agreed(served), agreed(served)
    for n in range(6):
        one.give(f"One {n}"), other.give(f"Other {n}")
    one.give(SECRET)
    for n in range(6, 12):
        one.give(f"One {n}"), other.give(f"Other {n}")
    served.settle()
    assert names(served, one) == sorted(f"One {n}" for n in range(12))
    assert names(served, other) == sorted(f"Other {n}" for n in range(12))
    (left,) = aside(served)
    assert (left.relationship, left.position, left.projection, left.error) == (
        one.id, 12, "profile", "ValueError",
    )  # fmt: skip
    with served.hub.snapshot() as reader:
        assert tallies.of_person(reader, one.id).things == 12
    told: Any = envelopes(served.hub)["facts"]
    assert [row["position"] for row in told if row["set_aside"]] == [12]
    assert SECRET not in caplog.text

    served.stop()
    served.start()  # the fault is still there
    served.settle()
    assert [each.position for each in aside(served)] == [12]

    served.stop()
    planted.on = False
    served.start()
    served.settle()
    until_none_is_aside(served)
    assert names(served, one) == sorted([SECRET, *(f"One {n}" for n in range(12))])
    with served.hub.snapshot() as reader:
        assert tallies.of_person(reader, one.id).things == 13


def test_a_thing_that_is_read_late_does_not_replace_a_later_one(
    served: Served, planted: Planted
) -> None:
    person = agreed(served)
    early = person.signal("Dark", data={"isBasedOn": SECRET})
    person.send(person.batch([early]))
    person.n += 1
    person.give("Dark")
    served.settle()
    served.stop()
    planted.on = False
    served.start()
    until_none_is_aside(served)
    served.settle()
    found: Any = customer(served.hub, reference=person.id, purpose=PURPOSE)["things"]
    assert [(thing["name"], thing["source"]) for thing in found] == [("Dark", "netflix")]


def test_who_erases_takes_along_what_was_set_aside(served: Served, planted: Planted) -> None:
    person, other = agreed(served), agreed(served)
    person.give(SECRET), other.give("Dark")
    served.settle()
    assert len(aside(served)) == 1
    assert person.end("/v1/erasures").status_code == 200
    assert aside(served) == []
    files = b"".join(path.read_bytes() for path in Path(served.folder).rglob("*.db*"))
    assert SECRET.encode() not in files
    served.stop()
    planted.on = False
    served.start()
    other.give("Fog")
    assert served.hub.projector.wait_until(3)
    assert names(served, other) == ["Dark", "Fog"]


def test_trouble_with_the_storage_sets_nothing_aside(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, right, failed = agreed(served), ProfileProjection.apply, threading.Event()

    def apply(fold: ProfileProjection, tx: Tx, folding: Sequence[Folding], *, again: bool) -> None:
        if not failed.is_set():
            failed.set()
            raise UnableToCommit("the disk is full")
        right(fold, tx, folding, again=again)

    monkeypatch.setattr(ProfileProjection, "apply", apply)
    person.give("Dark")
    served.settle()
    assert failed.is_set()
    assert aside(served) == []
    assert names(served, person) == ["Dark"]


def test_a_batch_that_fails_once_is_not_set_aside(served: Served, planted: Planted) -> None:
    person = agreed(served)
    person.give("Dark")
    served.settle()
    tries = projector.TRIES_MAX - 1
    check = threading.Event()

    def heal() -> None:
        while planted.tries < tries:
            check.wait(0.0005)
        planted.on = False

    healing = threading.Thread(target=heal)
    projector.TRY_AGAIN_S = 0.2
    healing.start()
    person.give(SECRET)
    healing.join(20)
    served.settle()
    assert aside(served) == []
    assert names(served, person) == ["Dark", SECRET]


def until_none_is_aside(served: Served) -> None:
    wait = threading.Event()
    for _ in range(2000):
        if not aside(served):
            return
        wait.wait(0.005)
    raise AssertionError("something is still set aside")


# --- another layout -------------------------------------------------------------------------------


def as_before(tx: Tx, people: Sequence[str], leaves: bytes) -> None:
    """Rows and the cursor as the first layout had them: a row a thing, a cursor without version."""
    for person in people:
        tx.forget(THINGS, person, 1000)
        tx.forget(tallies.PEOPLE, person, 1000)
        old = Entry(relationship=person, key="some id", value=b'["a",1,0,{"@type":"X"}]')
        tx.put_many(THINGS, [old])
    tx.put(cursors.TABLE, "", projection.ROLE, leaves)


def test_rows_of_an_older_layout_are_made_again_from_the_journal(served: Served) -> None:
    one, other = agreed(served), agreed(served)
    one.give("Dark"), one.give("Fog", "Dark"), other.give("Sun"), other.give("Moon")
    served.settle()
    before = everything(served, [one, other])
    hours = hours_of(served)
    served.hub.write(lambda tx: as_before(tx, [one.id, other.id], b"4"))
    served.stop()
    served.start()
    assert served.hub.projector.position == 4, "before anybody can read"
    served.settle()
    assert everything(served, [one, other]) == before
    assert hours_of(served) == hours, "they are not counted twice"
    assert [one.inbox(), other.inbox()] == [[], []]
    one.give("Rain")
    served.settle()
    assert names(served, one) == ["Dark", "Fog", "Rain"]
    assert sum(tally.things for tally in hours_of(served).values()) == 6


def test_making_again_goes_on_after_a_crash(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [agreed(served) for _ in range(3)]
    for person in people:
        person.give("Dark", "Fog")
    served.settle()
    before, hours = everything(served, people), hours_of(served)
    served.hub.write(lambda tx: as_before(tx, [person.id for person in people], b"3"))
    served.stop()
    right = projector.Projector._follow  # noqa: SLF001 - where it is made to crash

    def crash(*_: object) -> bool:
        raise UnableToCommit("power is gone")

    monkeypatch.setattr(projector.Projector, "_follow", crash)
    with pytest.raises(UnableToCommit):
        served.start()
    monkeypatch.setattr(projector.Projector, "_follow", right)
    served.start()
    served.settle()
    assert everything(served, people) == before
    assert hours_of(served) == hours


def everything(served: Served, people: Sequence[Person]) -> list[Any]:
    with served.hub.snapshot() as reader:
        counts = [tallies.of_person(reader, person.id) for person in people]
        rows = [packing.unpacked(row.value) for row in reader.scan_all(THINGS, rows_max=1000)]
        things = sorted(
            (row.agreement, row.purpose, one) for row in rows for one in packing.ids_of(row)
        )
        assert not reader.scan_all(DUE, rows_max=1)
    return [names(served, person) for person in people] + counts + things


def hours_of(served: Served) -> dict[int, tallies.Tally]:
    now = served.hub.now_s() // 3600
    with served.hub.snapshot() as reader:
        return tallies.of_hours(reader, now - 5, now)


# --- packed rows ----------------------------------------------------------------------------------


def test_what_came_last_stands_wherever_it_was_given_before(served: Served) -> None:
    person = agreed(served)
    first = person.signal("Dark", data={"startTime": "2024-01-01"})
    second = person.signal("Dark", data={"startTime": "2024-01-08"})
    third = person.signal("Dark", data={"startTime": "2024-01-15"})
    person.send(person.batch([first, person.signal("Fog"), second]))
    served.settle()
    assert times(served, person) == {"Dark": "2024-01-08", "Fog": "2024-01-01"}
    person.n = 1
    person.send(person.batch([third]))
    served.settle()
    assert times(served, person) == {"Dark": "2024-01-15", "Fog": "2024-01-01"}
    assert served.hub.reads.customers(table=THINGS)[0].things == 2


def times(served: Served, person: Person) -> dict[str, str | None]:
    kept = served.hub.reads.things(person.id, table=THINGS, purpose=PURPOSE, reader=WHO)
    return {one.thing.name: one.thing.time for one in kept}


def test_pages_of_things_are_the_whole_in_its_order(served: Served) -> None:
    person = agreed(served)
    for start in range(0, 60, 20):
        signals = [
            person.signal(f"Film {n}", data={"startTime": f"2024-0{1 + n % 3}-01"})
            for n in range(start, start + 20)
        ]
        person.send(person.batch(signals))
        person.n += 1
    served.settle()
    whole = served.hub.reads.things(person.id, table=THINGS, purpose=PURPOSE, reader=WHO)
    expected = sorted(
        ((one.thing.time or "", one.thing.name, one.thing.id) for one in whole), reverse=True
    )
    found: list[tuple[str, str, str]] = []
    for start in range(0, 60, 7):
        _, page = served.hub.reads.holding(
            person.id, table=THINGS, purpose=PURPOSE, reader=WHO, choose=newest(start)
        )
        found += [(one.thing.time or "", one.thing.name, one.thing.id) for one in page]
    assert found == expected


def newest(start: int) -> Callable[[packing.Holding], Sequence[int]]:
    return lambda held: held.newest(start, min(start + 7, len(held)))
