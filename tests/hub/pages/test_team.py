"""Colleagues are let in and taken out, and whoever has gone is gone from every screen."""

import re
from collections.abc import Iterator

import httpx
import pytest
from tests.hub.conftest import Served
from tests.hub.pages.conftest import Said, Staff

from firsthand.hub.acts import staffing

ACTS = ("/staff/team", "/staff/team/remove", "/staff/team/password")


@pytest.fixture
def other(served: Served) -> Iterator[Staff]:
    """A second browser."""
    browser = Staff(served.url)
    yield browser
    browser.http.close()


def made_password(staff: Staff) -> str:
    found = re.search(r'id="made-password"[^>]*>([\w-]+)<', staff.get("/staff/team").text)
    assert found is not None
    return found[1]


def opens(answer: httpx.Response) -> bool:
    return answer.status_code == 303 and "set-cookie" in answer.headers


def test_a_colleague_is_let_in_with_a_password_shown_once(
    staff: Staff, other: Staff, said: Said
) -> None:
    assert staff.post("/staff/team", name="greta", role="member").status_code == 303
    password = made_password(staff)
    assert password not in staff.get("/staff/team").text
    assert opens(other.sign_in("greta", password))
    assert "greta (you)" in said(other.get("/staff/team"))
    assert "Let somebody in" not in said(other.get("/staff/team"))


@pytest.mark.parametrize(
    ("name", "role", "words"),
    [
        ("owner", "member", "Somebody is called owner already"),
        ("Greta K.", "member", "1 to 40"),
        ("g\u202eat", "member", "1 to 40"),
        ("", "member", "1 to 40"),
        ("x" * 41, "member", "1 to 40"),
        ("greta", "king", "A role is one of"),
    ],
)
def test_who_cannot_be_let_in_is_refused_in_words(
    staff: Staff, served: Served, said: Said, name: str, role: str, words: str
) -> None:
    answer = staff.post("/staff/team", name=name, role=role)
    assert answer.status_code == 422
    assert words in said(answer)
    assert staffing.staff(served.hub) == {"staff": [{"name": "owner", "role": "owner"}]}


@pytest.mark.parametrize("way", ["remove", "password"])
def test_whoever_is_taken_out_is_signed_out_at_once(
    staff: Staff, member: Staff, served: Served, way: str
) -> None:
    assert member.get("/staff").status_code == 200
    assert staff.post(f"/staff/team/{way}", name="mia").status_code == 303
    assert member.get("/staff").status_code == 303
    assert not opens(member.sign_in("mia", "a long password"))
    assert staff.get("/staff").status_code == 200
    assert ("mia" in str(staffing.staff(served.hub))) == (way == "password")


def test_the_last_owner_stays(staff: Staff, member: Staff, served: Served, said: Said) -> None:
    assert member is not None
    answer = staff.post("/staff/team/remove", name="owner")
    assert answer.status_code == 422
    assert "the only owner" in said(answer)
    staffing.add(served.hub, name="june", role="owner")
    assert staff.post("/staff/team/remove", name="owner").status_code == 303
    assert staff.get("/staff").status_code == 303
    assert {one["name"] for one in _staff(served)} == {"mia", "june"}


def test_members_let_nobody_in(member: Staff, served: Served) -> None:
    before = _staff(served)
    for path in ACTS:
        assert member.post(path, name="owner", role="owner").status_code == 403
    assert _staff(served) == before


def test_everybody_changes_their_own_password(member: Staff, other: Staff, said: Said) -> None:
    assert opens(other.sign_in("mia", "a long password"))
    wrong = member.post("/staff/team/own-password", now="not this", wanted="a longer password")
    assert (wrong.status_code, "not your password" in said(wrong)) == (422, True)
    short = member.post("/staff/team/own-password", now="a long password", wanted="short")
    assert (short.status_code, "10 to 256" in said(short)) == (422, True)
    wanted = "a longer password"
    assert opens(member.post("/staff/team/own-password", now="a long password", wanted=wanted))
    assert "Your password is another one now" in said(member.get("/staff/team"))
    assert other.get("/staff").status_code == 303
    assert not opens(other.sign_in("mia", "a long password"))
    assert opens(other.sign_in("mia", "a longer password"))


def test_tries_at_ones_own_password_are_slowed_down(member: Staff, said: Said) -> None:
    found = [
        member.post("/staff/team/own-password", now="not this", wanted="a longer password")
        for _ in range(7)
    ]
    assert found[-1].status_code == 429
    assert "That was often" in said(found[-1])


def _staff(served: Served) -> list[dict[str, str]]:
    found = staffing.staff(served.hub)["staff"]
    assert isinstance(found, list)
    return found
