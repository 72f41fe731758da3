"""Staff let a deal rest, go on with it and end it, on its own page."""

from tests.hub.conftest import Person, Served, reason
from tests.hub.pages.conftest import Said, Staff


def test_an_owner_pauses_goes_on_and_ends(
    served: Served, person: Person, staff: Staff, said: Said
) -> None:
    page = f"/staff/customers/{person.id}/deals/{person.agreement.id}"
    assert "Let it rest" in said(staff.get(page))
    assert staff.post(page, decide="pause").status_code == 303
    rests = said(staff.get(page))
    assert "resting" in rests
    assert "Go on with it" in rests
    who = said(staff.get(f"/staff/customers/{person.id}"))
    assert "Their deal rests, so what they gave may not be used until it goes on." in who
    assert "run out" not in who
    assert "in force" not in who
    assert reason(person.give("Dark")) == "agreement_paused"
    assert staff.post(page, decide="resume").status_code == 303
    assert person.give("Dark").status_code == 200
    assert staff.post(page, decide="end").status_code == 303
    over = said(staff.get(page))
    assert "End it" not in over
    assert reason(person.give("1899")) == "agreement_ended"
    assert served.hub.policy().accepts


def test_a_member_decides_nothing(person: Person, member: Staff, said: Said) -> None:
    page = f"/staff/customers/{person.id}/deals/{person.agreement.id}"
    assert "Let it rest" not in said(member.get(page))
    assert member.post(page, decide="end").status_code == 403
    assert person.give("Dark").status_code == 200


def test_nothing_chosen_changes_nothing(person: Person, staff: Staff) -> None:
    page = f"/staff/customers/{person.id}/deals/{person.agreement.id}"
    assert staff.post(page, decide="burn").status_code == 404
    assert person.give("Dark").status_code == 200
