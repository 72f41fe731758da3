"""The purpose register and the deals by their state, as staff and an auditor read them."""

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.hub.conftest import Person, Served
from tests.hub.pages.conftest import Said, Staff
from tests.hub.test_rights import ask, asked

from firsthand.cli import main
from firsthand.hub.acts import console
from firsthand.hub.acts.people import agreed, customer
from firsthand.hub.acts.register import Line, register
from firsthand.protocol import wire


def lines(served: Served) -> dict[str, Line]:
    found = msgspec.convert(register(served.hub)["purposes"], list[Line])
    return {one.purpose: one for one in found}


def test_the_register_counts_people_and_reads(served: Served) -> None:
    first, second, gone = Person(served), Person(served), Person(served)
    for person in (first, second, gone):
        person.agree()
    first.give("Dark")
    served.settle()
    customer(served.hub, reference=first.id, purpose="personalisation", reader="greta")
    gone.end(wire.PATH_REVOCATIONS)
    found = lines(served)
    line = found["personalisation"]
    assert (line.people, line.agreements) == (2, {"FH-GIVEN": 2})
    assert (line.precisions, line.retention_days) == (["week"], 30)
    assert "WatchAction/name" in line.fields
    assert ("command", "greta", 1, 1) in [
        (one.kind, one.name, one.reads, one.people) for one in line.reads
    ]
    assert "training" not in found, "no deal that is accepted allows it"


def test_the_register_counts_who_had_a_purpose_stopped(
    served: Served, person: Person, staff: Staff, said: Said
) -> None:
    other = Person(served)
    other.agree()
    ask(person, asked("objection", "offers"))
    found = lines(served)
    assert (found["offers"].people, found["offers"].stopped) == (2, 1)
    assert found["service"].stopped == 0
    ask(other, asked("restriction"))
    assert [lines(served)[one].stopped for one in ("service", "offers")] == [1, 2]
    assert "Of them stopped by right 2" in said(staff.get("/staff/register"))
    rows = list(csv.DictReader(io.StringIO(staff.get("/staff/register.csv").text)))
    assert [row["stopped by right"] for row in rows if row["purpose"] == "offers"] == ["2"]


def test_a_read_of_long_ago_is_not_counted(served: Served, person: Person) -> None:
    person.give("Dark")
    served.settle()
    customer(served.hub, reference=person.id, purpose="personalisation")
    served.clock.by += timedelta(days=31)
    assert lines(served)["personalisation"].reads == []


def test_the_page_and_the_table_say_it(
    served: Served, person: Person, staff: Staff, said: Said
) -> None:
    person.give("Dark")
    page = said(staff.get("/staff/register"))
    assert "Choosing what fits them" in page
    assert "Legal basis" in page
    table = staff.get("/staff/register.csv")
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert {row["purpose"] for row in rows} == set(lines(served))
    assert rows[0]["people"] == "1"


def test_the_command_writes_a_table(
    served: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    served.stop()
    file = tmp_path / "purposes.csv"
    assert main(["hub", "register", "--hub", str(served.folder), "--csv", str(file)]) == 0
    assert "personalisation" in capsys.readouterr().out
    assert file.read_text().startswith("purpose,")
    assert main(["hub", "register", "--hub", str(served.folder), "--json"]) == 0
    assert '"purposes"' in capsys.readouterr().out
    served.start()


def test_deals_are_listed_by_their_state(
    served: Served, person: Person, staff: Staff, said: Said
) -> None:
    ended = Person(served)
    ended.agree()
    ended.end(wire.PATH_REVOCATIONS)
    assert staff.get("/staff/deals").text.count("/deals/") == 2
    over = staff.get("/staff/deals", state="terminated").text
    assert ended.agreement.id in over
    assert person.agreement.id not in over
    page = f"/staff/customers/{ended.id}/deals/{ended.agreement.id}"
    assert "Erased by" in said(staff.get(page))
    assert "One of the two has ended it" in said(staff.get(page))


def test_agreements_say_what_they_allow_and_when_they_are_erased(
    served: Served, person: Person
) -> None:
    person.end(wire.PATH_REVOCATIONS)
    found = console.run(served.hub, "agreements", {"reference": None})
    assert found == agreed(served.hub)
    (one,) = msgspec.convert(found["agreements"], list[dict[str, Any]])
    assert (one["state"], one["retention_days"], one["erased"]) == ("terminated", 30, False)
    assert one["erased_by"] > one["ended_at"]
