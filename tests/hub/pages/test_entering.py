"""No page of staff opens without signing in, and wrong tries learn nothing."""

from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher, extract_parameters
from starlette.routing import Route
from tests.hub.conftest import Served
from tests.hub.pages.conftest import Said, Staff

from firsthand.hub.pages.site import Site, staff_routes
from firsthand.hub.staff import accounts

if TYPE_CHECKING:
    import httpx

PAGES = (
    "/staff", "/staff/customers", "/staff/customers/x", "/staff/customers/x/deals/y",
    "/staff/customers/x/deals/y/signed", "/staff/deals", "/staff/catalogue",
    "/staff/invitations", "/staff/invitations/links.csv", "/staff/systems",
    "/staff/systems/given.csv?purpose=service", "/staff/team", "/staff/requests",
    "/staff/register", "/staff/register.csv",
    "/staff/requests/x",
)  # fmt: skip
CHANGES = (
    "/staff/customers", "/staff/deals", "/staff/catalogue", "/staff/invitations",
    "/staff/systems/tokens", "/staff/team", "/staff/team/remove", "/staff/team/password",
    "/staff/team/own-password", "/staff/requests/x", "/staff/customers/x/deals/y",
)  # fmt: skip


def test_the_lists_of_routes_are_whole(served: Served) -> None:
    found = [one for one in staff_routes(Site(served.hub).parts) if isinstance(one, Route)]
    routes = [one for one in found if not one.path.startswith("/staff/log")]
    reads = {one.path for one in routes if "GET" in (one.methods or ())}
    changes = {one.path for one in routes if "POST" in (one.methods or ())}
    assert reads == {_named(path) for path in PAGES}
    assert changes == {_named(path) for path in CHANGES}


def _named(path: str) -> str:
    return path.split("?", maxsplit=1)[0].replace("/x", "/{id}").replace("/y", "/{deal}")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_who_is_there_first(anybody: Staff, path: str) -> None:
    answer = anybody.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/staff/login?next=%2Fstaff")


@pytest.mark.parametrize("path", CHANGES)
def test_a_change_by_nobody_is_refused(anybody: Staff, path: str) -> None:
    assert anybody.post(path, account="A-1").status_code == 401


@pytest.mark.parametrize("path", CHANGES)
def test_a_change_from_elsewhere_is_refused(staff: Staff, path: str) -> None:
    for headers in (
        {},
        {"origin": "https://evil.example"},
        {"origin": staff.url, "sec-fetch-site": "cross-site"},
        {"origin": "null"},
    ):
        assert staff.http.post(path, data={"x": "y"}, headers=headers).status_code == 403


def test_events_are_for_staff_alone(anybody: Staff) -> None:
    answer = anybody.get("/staff/events")
    assert (answer.status_code, answer.content) == (204, b"")


def test_the_host_must_be_ours(staff: Staff) -> None:
    assert staff.http.get("/staff", headers={"host": "evil.example"}).status_code == 421


def test_an_unknown_name_and_a_wrong_password_hear_the_same(anybody: Staff, said: Said) -> None:
    wrong = anybody.sign_in("owner", "not the password")
    unknown = anybody.sign_in("nobody", "not the password")
    assert wrong.status_code == unknown.status_code == 403
    assert said(wrong) == said(unknown)
    assert "set-cookie" not in wrong.headers


def test_a_guess_costs_the_same_whether_there_is_such_a_name(costly: PasswordHasher) -> None:
    guess = extract_parameters(costly.hash("a long password"))
    assert (guess.memory_cost, guess.time_cost, guess.parallelism) == (64 * 1024, 3, 4)
    assert extract_parameters(accounts._NOBODY) == guess  # noqa: SLF001 - nobody sees it


def test_tries_are_slowed_down(served: Served, anybody: Staff) -> None:
    # On a slow machine a try takes longer than the first waits, which double.
    tries = [anybody.sign_in("owner", "wrong password").status_code for _ in range(12)]
    assert tries[:5] == [403] * 5
    assert set(tries[5:]) <= {403, 429}
    right = served.made["staff"]["password"]
    answer = anybody.sign_in("owner", right)
    assert answer.status_code == 429
    assert right not in answer.text


def test_the_cookie_is_strict_and_hidden_from_script(served: Served, anybody: Staff) -> None:
    answer = anybody.sign_in("owner", served.made["staff"]["password"])
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert anybody.get("/staff").status_code == 200


def test_signing_out_ends_it(staff: Staff) -> None:
    kept = dict(staff.http.cookies)
    assert staff.post("/staff/logout").status_code == 303
    staff.http.cookies.update(kept)  # a copy of the cookie opens nothing any more
    assert staff.get("/staff").status_code == 303


def test_a_name_in_the_address_stands_in_the_form(anybody: Staff) -> None:
    assert 'value="owner"' in anybody.get("/staff/login", name="owner").text


@pytest.mark.parametrize(
    "asked", ["//evil.example", "https://evil.example", "/staff/../x\\y", "/staff/logout", "/"]
)
def test_nobody_is_sent_elsewhere_afterwards(served: Served, anybody: Staff, asked: str) -> None:
    password = served.made["staff"]["password"]
    answer = anybody.post("/staff/login", name="owner", password=password, next=asked)
    assert answer.headers["location"] == "/staff"


def test_every_answer_carries_the_rules(staff: Staff, anybody: Staff) -> None:
    answers: list[httpx.Response] = [anybody.get(path) for path in ("/", "/terms", "/staff", "/no")]
    answers += [staff.get(path) for path in PAGES]
    for answer in answers:
        assert "trusted-types 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-frame-options"] == "DENY"
