"""A customer is looked at for a purpose of their deal, by name, and not when it is over."""

from collections.abc import Callable

import httpx
import pytest
from tests.hub.conftest import Person, Served
from tests.hub.pages.conftest import Said, Staff
from tests.hub.test_rights import ask
from tests.hub.test_rights import asked as by_right

from firsthand.hub.terms import invites
from firsthand.protocol.agreements import Invited

PURPOSE = "personalisation"


@pytest.fixture
def customer(offered: Served, person: Person) -> Person:
    """A person who showed three titles of the catalogue's kind."""
    assert person.give("Dark", "Dark 2", "Fog").status_code == 200
    offered.settle()
    return person


def page(staff: Staff, person: Person, **asked: str) -> httpx.Response:
    answer: httpx.Response = staff.get(f"/staff/customers/{person.id}", **asked)
    return answer


def test_nothing_is_shown_before_a_purpose_is_named(
    staff: Staff, customer: Person, said: Said
) -> None:
    words = said(page(staff, customer))
    assert "What do you want to look for?" in words
    assert "3 things that they gave" in words
    assert "Dark" not in words
    assert customer.served.hub.reads.noted(customer.id)[0].kind == "rule"


def test_a_look_shows_what_was_given_and_is_noted(
    staff: Staff, customer: Person, said: Said
) -> None:
    words = said(page(staff, customer, purpose=PURPOSE))
    assert "3 titles watched" in words
    assert "Moon" in words  # what was recommended
    assert "Stands on Dark" in words
    noted = customer.served.hub.reads.noted(customer.id)[0]
    assert (noted.reader, noted.kind, noted.purpose, noted.count) == ("owner", "staff", PURPOSE, 3)
    assert "owner (staff)" in said(page(staff, customer, tab="looks"))


def test_what_was_given_is_shown_for_what_it_was_given_for(
    staff: Staff, customer: Person, said: Said
) -> None:
    customer.send(customer.batch([customer.signal("The player stops", purpose="support")]))
    customer.served.settle()
    choice = said(page(staff, customer))
    assert "4 things that they gave" in choice
    words = said(page(staff, customer, purpose="support"))
    assert "1 title watched" in words
    assert "Moon" not in words, "answers were made for another purpose"
    everything = said(page(staff, customer, purpose="support", tab="things"))
    assert "The player stops" in everything
    assert "Dark" not in everything
    assert "The player stops" not in said(page(staff, customer, purpose=PURPOSE, tab="things"))
    assert "Nothing was given for this purpose yet" in said(
        page(staff, customer, purpose="service")
    )


def test_only_purposes_something_was_given_for_are_offered(staff: Staff, customer: Person) -> None:
    assert 'value="personalisation"' in page(staff, customer).text
    assert 'value="support"' not in page(staff, customer).text


@pytest.mark.parametrize("purpose", ["training", "research", "nonsense", "<script>"])
def test_what_the_deal_does_not_allow_is_not_shown(
    staff: Staff, customer: Person, said: Said, purpose: str
) -> None:
    answer = page(staff, customer, purpose=purpose)
    assert answer.status_code == 403
    assert "does not allow" in said(answer)
    assert "Dark" not in said(answer)
    assert all(one.kind == "rule" for one in customer.served.hub.reads.noted(customer.id))


@pytest.mark.parametrize(
    ("right", "why"),
    [("restriction", "asked that it be kept"), ("objection", "objected to the purpose")],
)
def test_a_right_that_holds_it_back_is_named(
    staff: Staff, customer: Person, said: Said, right: str, why: str
) -> None:
    ask(customer, by_right(right))
    answer = page(staff, customer, purpose=PURPOSE)
    assert answer.status_code == 403
    assert why in said(answer)
    assert "does not allow" not in said(answer)


def test_everything_is_listed_a_page_at_a_time(staff: Staff, customer: Person, said: Said) -> None:
    for n in range(2):
        assert customer.give(*(f"Film {n}-{m:02d}" for m in range(40))).status_code == 200
    customer.served.settle()
    first = said(page(staff, customer, purpose=PURPOSE, tab="things"))
    second = said(page(staff, customer, purpose=PURPOSE, tab="things", page="2"))
    assert "1 to 50 of 83" in first
    assert "51 to 83 of 83" in second
    shown = {f"Film {n}-{m:02d}" for n in range(2) for m in range(40)}
    assert all((film in first) != (film in second) for film in shown)
    assert "51 to 83" in said(page(staff, customer, purpose=PURPOSE, tab="things", page="99"))


def test_an_ended_customer_has_ended_and_nothing_else(
    staff: Staff, customer: Person, said: Said
) -> None:
    assert customer.end("/v1/revocations").status_code == 200
    for asked in ({}, {"purpose": PURPOSE}, {"tab": "looks"}, {"purpose": "training"}):
        words = said(page(staff, customer, **asked))
        assert "This has ended" in words
        assert not any(part in words for part in ("Dark", "3 ", "titles", "personalisation"))
    assert "0" in said(staff.get("/staff/customers"))


def test_an_erased_customer_is_gone_from_every_page(
    staff: Staff, customer: Person, said: Said
) -> None:
    assert customer.end("/v1/erasures").status_code == 200
    assert "This has ended" in said(page(staff, customer, purpose=PURPOSE))
    for path in ("/staff", "/staff/customers", "/staff/deals", "/staff/invitations"):
        assert customer.id not in staff.get(path).text
    assert page_of_deal(staff, customer).status_code == 404


def test_nobody_is_found_under_a_strange_address(staff: Staff, customer: Person) -> None:
    for strange in (customer.id[:-1], customer.id + "x", "%00", "..%2f", "é", "x" * 3000):
        for path in ("", "?purpose=personalisation", "/deals/x", "/deals/x/signed"):
            answer = staff.get(f"/staff/customers/{strange}{path}")
            assert answer.status_code == 404, (strange, path)


def test_a_deal_opens_under_its_own_customer_alone(
    serve: Callable[[str], Served], staff: Staff, customer: Person
) -> None:
    other = Person(customer.served)
    other.agree("SD-BASE")
    elsewhere = Person(serve("Chorus"))
    elsewhere.agree()
    assert page_of_deal(staff, customer).status_code == 200
    for deal in (other.agreement.id, elsewhere.agreement.id):
        path = f"/staff/customers/{customer.id}/deals/{deal}"
        assert staff.get(path).status_code == 404
        assert staff.get(f"{path}/signed").status_code == 404


def page_of_deal(staff: Staff, person: Person) -> httpx.Response:
    answer: httpx.Response = staff.get(f"/staff/customers/{person.id}/deals/{person.agreement.id}")
    return answer


def test_an_account_is_shown_found_and_never_in_an_address(
    served: Served, staff: Staff, person: Person, said: Said
) -> None:
    (made,) = invites.make(served.hub.chance, ["A-1042"], days=3, now=served.hub.now_s())
    served.hub.write(lambda tx: invites.put_all(tx, [made]))
    tied = Person(served)
    tied.agree(invite=Invited(token=made[0], tie=True))
    assert "Customer A-1042" in said(page(staff, tied))
    found = staff.post("/staff/customers", q="a-10")
    assert "A-1042" in said(found)
    assert "A-1042" not in str(found.url)
    assert person.id not in found.text
    assert tied.id in staff.post("/staff/customers", q=tied.id[:12]).text
    assert "Nobody is known by that" in said(staff.post("/staff/customers", q="zzz"))


def test_a_customer_whose_proposal_was_refused(staff: Staff, person: Person, said: Said) -> None:
    refused = Person(person.served)
    refused.propose(refused.proffer("PDC-AI"))
    words = said(page(staff, refused))
    assert "No deal was made with them" in words
    assert page(staff, refused, purpose="training").status_code == 403


def test_hostile_names_stay_text(staff: Staff, offered: Served, person: Person) -> None:
    hostile = "<img src=x onerror=\"document.title='pwn'\">"
    assert person.give(hostile).status_code == 200
    offered.settle()
    for tab in ("overview", "things"):
        text = page(staff, person, purpose=PURPOSE, tab=tab).text
        assert "<img" not in text
        assert "&lt;img" in text


def test_what_was_looked_at_is_kept_until_it_changes_or_ends(
    staff: Staff, customer: Person
) -> None:
    hub = customer.served.hub
    for _ in range(3):
        page(staff, customer, purpose=PURPOSE)
    assert hub.glances.count() == 1
    looks = [one for one in hub.reads.noted(customer.id) if one.kind == "staff"]
    assert [one.count for one in looks] == [3, 3, 3]
    customer.give("Sun")
    customer.served.settle()
    assert "Sun" in page(staff, customer, purpose=PURPOSE, tab="things").text
    assert hub.glances.count() == 1
    customer.end("/v1/erasures")
    assert hub.glances.count() == 0
