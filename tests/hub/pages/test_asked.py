"""The page of requests by right: a clock, one request, and what can be done."""

import re

import msgspec
import pytest
from tests.hub.conftest import Person, Served, new_id
from tests.hub.pages.conftest import Said, Staff

from firsthand.hub.pages.asked import NOT_AGREED
from firsthand.protocol import wire
from firsthand.protocol.rights import Request

FIX = '{"corrections": [{"thing": "a-thing", "fields": {"name": "Twilight <b>"}}]}'


def ask(person: Person, served: Served, right: str, details: str = "") -> str:
    request = Request(
        right=right, regime="gdpr", jti=new_id(), at=served.hub.now_s(), details=details
    )
    answer = person.post(wire.PATH_RIGHTS, msgspec.json.encode(request), wire.TYPE_JSON)
    assert answer.status_code == 200, answer.text
    return request.jti


def address(staff: Staff) -> str:
    found = re.search(r"/staff/requests/[0-9a-f]{16}", staff.get("/staff/requests").text)
    assert found is not None
    return found[0]


def test_before_anybody_asked_the_page_says_what_to_expect(staff: Staff, said: Said) -> None:
    words = said(staff.get("/staff/requests"))
    assert "Nobody has asked yet" in words
    assert "45 days" in words


def test_a_request_stands_with_its_clock_and_is_put_right(
    staff: Staff, said: Said, person: Person, served: Served
) -> None:
    ask(person, served, "access")
    ask(person, served, "rectification", FIX)
    words = said(staff.get("/staff/requests"))
    assert "Waiting for you" in words
    assert re.search(r"\d\d days left", words)
    assert (
        words.index("Put something right")
        < words.index("Answered")
        < words.index("See what you have of them", words.index("Answered"))
    )
    page = staff.get(address(staff))
    assert "Twilight &lt;b&gt;" in page.text
    done = staff.post(address(staff), decide="fulfil", why="")
    assert done.status_code == 303
    after = said(staff.get(address(staff)))
    assert "done" in after
    assert "Say no" not in after
    assert "Waiting for you" not in said(staff.get("/staff/requests"))


def test_more_time_and_a_no_need_their_words(
    staff: Staff, said: Said, person: Person, served: Served
) -> None:
    ask(person, served, "rectification", "My name is Inês.")
    place = address(staff)
    assert "My name is Inês." in said(staff.get(place))
    assert staff.post(place, decide="extend", why=" ").status_code == 422
    assert staff.post(place, decide="extend", why="It is on paper.").status_code == 303
    once = said(staff.get(place))
    assert "It is on paper." in once
    assert "Take more time" not in once
    assert staff.post(place, decide="fulfil", why="").status_code == 422
    wrong = staff.post(place, decide="deny", reason="other", why="")
    assert (wrong.status_code, "in words" in said(wrong)) == (422, True)
    assert staff.post(place, decide="deny", reason="no_match", why="").status_code == 303
    assert "We found nothing of theirs" in said(staff.get(place))
    assert staff.post(place, decide="deny", reason="no_match", why="").status_code == 422


@pytest.mark.parametrize("id_", ["0" * 16, "x", "%20", "a" * 300])
def test_what_is_not_there_is_said_so(staff: Staff, id_: str) -> None:
    assert staff.get(f"/staff/requests/{id_}").status_code == 404
    assert staff.post(f"/staff/requests/{id_}", decide="fulfil").status_code == 404
    assert staff.post(f"/staff/requests/{id_}").status_code == 404


def test_a_member_sees_it_and_decides_nothing(
    member: Staff, said: Said, person: Person, served: Served
) -> None:
    ask(person, served, "rectification", "x")
    place = address(member)
    words = said(member.get(place))
    assert "An owner answers it" in words
    assert "Say no" not in words
    assert member.post(place, decide="fulfil", why="y").status_code == 403


def test_free_words_of_an_objection_wait_for_a_choice(
    staff: Staff, said: Said, person: Person, served: Served
) -> None:
    ask(person, served, "objection", "No more letters.")
    place = address(staff)
    shown = said(staff.get(place))
    assert "What they want you to stop" in shown
    assert shown.count(NOT_AGREED) == len({"improvement", "research", "training"})
    assert staff.post(place, decide="deny", reason="", why="x").status_code == 422
    unchosen = staff.post(place, decide="fulfil", why="We did.")
    assert (unchosen.status_code, "choose what you stop" in said(unchosen)) == (422, True)
    assert "We did." in unchosen.text
    own = {"origin": staff.url, "sec-fetch-site": "same-origin"}
    chosen = {"decide": "fulfil", "why": "", "purpose-offers": "yes"}
    too_much = staff.http.post(place, data={**chosen, "why": "x" * 5_000}, headers=own)
    assert too_much.status_code == 422
    ticked = [line for line in too_much.text.splitlines() if 'type="checkbox"' in line]
    assert ["purpose-offers" in line for line in ticked if " checked" in line] == [True]
    no = staff.post(place, decide="deny", reason="other", why="")
    assert '<option value="other" selected>' in no.text
    done = staff.http.post(place, data=chosen, headers=own)
    assert done.status_code == 303
    assert "Not used any more for: offers." in said(staff.get(place))
