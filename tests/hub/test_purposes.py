"""What was given comes back for what it was given for, by every way to it, and for nothing else."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from tests.harness import sides
from tests.hub.conftest import Person, Served

from firsthand.hub.acts.exporting import pages_csv
from firsthand.hub.acts.people import customer
from firsthand.hub.reads import Who
from firsthand.hub.roles.profile.projection import THINGS
from firsthand.protocol import wire
from firsthand.protocol.roles.profile import PURPOSE
from firsthand.protocol.terms import ROSTER
from firsthand.vault.acts import giving
from firsthand.vault.terms.relationships import find, signer_of

WHO = Who(name="a test", kind="staff")
PURPOSES = ROSTER["FH-GIVEN"].purposes


@pytest.fixture
def generous(served: Served) -> Person:
    """Gave one thing for each purpose, and one for two of them."""
    person = Person(served)
    person.agree()
    for purpose in PURPOSES:
        give(person, f"For {purpose}", purpose)
    give(person, "For both", "service", startTime="2024-01-01")
    give(person, "For both", "support", startTime="2024-01-08")
    served.settle()
    return person


def give(person: Person, name: str, purpose: str, **data: str) -> None:
    answer = person.send(person.batch([person.signal(name, purpose=purpose, data=data)]))
    assert answer.status_code == 200, answer.text
    person.n += 1


def expected(purpose: str) -> list[str]:
    return sorted([f"For {purpose}", *(["For both"] if purpose in {"service", "support"} else [])])


@pytest.mark.parametrize("purpose", PURPOSES)
def test_every_way_gives_what_was_given_for_its_purpose(generous: Person, purpose: str) -> None:
    served = generous.served
    found: Any = customer(served.hub, reference=generous.id, purpose=purpose)["things"]
    assert sorted(thing["name"] for thing in found) == expected(purpose)
    many = served.hub.reads.things_of_many([generous.id], table=THINGS, purpose=purpose, reader=WHO)
    assert sorted(one.thing.name for one in many[generous.id]) == expected(purpose)
    held, kept = served.hub.reads.holding(
        generous.id, table=THINGS, purpose=purpose, reader=WHO, choose=lambda all_: range(len(all_))
    )
    assert sorted(one.thing.name for one in kept) == sorted(held.column("names"))
    assert sorted(held.column("names")) == expected(purpose)
    token = {"authorization": f"Bearer {served.made['tokens'][purpose]}"}
    facts = served.http.get(f"{wire.PATH_FACTS}?after=0", headers=token).json()["facts"]
    assert sorted(fact["thing"]["name"] for fact in facts) == expected(purpose)
    assert {fact["purpose"] for fact in facts} == {purpose}
    table = b"".join(pages_csv(served.hub, purpose=purpose, who=WHO)).decode()
    rows = list(csv.DictReader(io.StringIO(table)))
    assert sorted(row["name"] for row in rows) == expected(purpose)


def test_a_thing_given_for_two_purposes_is_read_as_it_was_given_for_each(generous: Person) -> None:
    def time_for(purpose: str) -> list[str | None]:
        kept = generous.served.hub.reads.things(
            generous.id, table=THINGS, purpose=purpose, reader=WHO
        )
        return [one.thing.time for one in kept if one.thing.name == "For both"]

    assert (time_for("service"), time_for("support")) == (["2024-01-01"], ["2024-01-08"])
    assert time_for(PURPOSE) == []


def test_an_answer_stands_on_what_was_given_for_it(generous: Person) -> None:
    with generous.served.hub.snapshot() as reader:
        newest = reader.get("profile_marks", generous.id, "newest")
    facts = generous.served.hub.reads.facts(after=0, purpose=PURPOSE, reader=WHO).facts
    assert newest is not None
    assert int(newest.split()[1]) == max(fact.position for fact in facts)


def test_who_reads_gets_exactly_what_the_preview_showed(tmp_path: Path) -> None:
    served = sides.Served(tmp_path / "organisation", "Reel")
    try:
        with sides.new_vault(tmp_path / "mine") as vault:
            name = sides.connected(vault, served)
            sides.bring(vault, ["Harbour", "Fog", "Dark: Season 1: Secrets"])
            shown: Any = giving.preview(vault, name, giving.Choice())
            sides.share(vault, name)
            served.settle()
            person = signer_of(vault.store, find(vault.store, name)).thumbprint
            assert served.things_of(person) == shown["things"]
            assert served.things_of(person, "support") == []
    finally:
        served.stop()
