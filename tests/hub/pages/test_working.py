"""Deals, the catalogue, invitations, systems, the live page: what staff do, and what is refused."""

import csv
import hashlib
import io
import re

import httpx
import pytest
from tests.hub.conftest import Person, Served
from tests.hub.pages.conftest import Said, Staff

from firsthand.hub.terms.catalogue import get_named


def test_the_live_page_counts_what_comes_and_what_does_not(
    staff: Staff, offered: Served, person: Person, said: Said
) -> None:
    person.give("Dark", "Fog")
    too_fine = person.signal("Sun", data={"startTime": "2024-01-03"})
    assert person.send(person.batch([too_fine])).status_code == 403
    offered.settle()
    words = said(staff.get("/staff"))
    assert "customer connected 1" in words
    assert "things given today 2" in words
    assert "answer sent 1" in words
    assert "showed 2 things" in words
    assert "Times too fine" in words
    assert "Dark" not in words
    assert "The deal allows it" in words
    assert "2 things" in said(staff.get("/staff", span="days"))


def test_an_empty_organisation_says_what_to_do_first(staff: Staff, said: Said) -> None:
    words = said(staff.get("/staff"))
    assert "firsthand hub invite" in words
    assert "firsthand hub catalogue" in words


def test_the_figures_are_there_again_after_a_stop(
    served: Served, person: Person, anybody: Staff, said: Said
) -> None:
    person.give("Dark", "Fog")
    served.settle()
    served.stop()
    served.start()
    anybody.sign_in("owner", served.made["staff"]["password"])
    words = said(anybody.get("/staff"))
    assert "things given today 2" in words
    assert "showed 2 things" in words


def test_a_deal_is_refused_and_accepted_from_now_on(
    staff: Staff, person: Person, said: Said
) -> None:
    assert staff.post("/staff/deals", refuse="SD-BASE").status_code == 303
    part = staff.http.get("/staff/deals", headers={"x-firsthand-swap": "live"})
    assert "From now on" not in said(part)  # that waits for the page
    assert "From now on you say no to" in said(staff.get("/staff/deals"))
    later = Person(person.served)
    later.propose(later.proffer("SD-BASE"))
    assert "you said no" in said(staff.get("/staff/deals"))
    staff.post("/staff/deals", accept="SD-BASE")
    later.agree("SD-BASE")


def test_what_is_proposed_instead_of_a_no_is_taken_back(
    staff: Staff, served: Served, said: Said
) -> None:
    staff.post("/staff/deals", counter="SD-BASE")
    assert "you propose" in said(staff.get("/staff/deals"))
    assert served.hub.policy().counter == "SD-BASE"
    staff.post("/staff/deals", counter="none")
    assert "it is a plain no" in said(staff.get("/staff/deals"))
    assert served.hub.policy().counter is None


@pytest.mark.parametrize(
    "form", [{}, {"accept": "NONE"}, {"refuse": "x" * 999}, {"counter": "PDC-AI"}]
)
def test_a_policy_that_cannot_be_is_refused_in_words(
    staff: Staff, said: Said, form: dict[str, str]
) -> None:
    answer = staff.post("/staff/deals", files=None, **form)
    assert answer.status_code == 422
    assert "That cannot be" in said(answer)


def test_the_last_deal_cannot_be_refused(staff: Staff, served: Served) -> None:
    staff.post("/staff/deals", refuse="SD-BASE")
    staff.post("/staff/deals", refuse="SD-BASE-DP")
    assert staff.post("/staff/deals", refuse="FH-GIVEN").status_code == 422
    assert served.hub.policy().accepts == ("FH-GIVEN",)


def test_what_both_signed_is_named_by_its_hash(staff: Staff, person: Person, said: Said) -> None:
    path = f"/staff/customers/{person.id}/deals/{person.agreement.id}"
    words = said(staff.get(path))
    assert "Both signatures were checked just now, and hold." in words
    assert person.agreement.id in words
    signed = staff.get(f"{path}/signed")
    assert hashlib.sha256(signed.content).hexdigest() == person.agreement.id
    assert "attachment" in signed.headers["content-disposition"]


def test_only_owners_change_what_is_agreed_offered_and_handed_out(
    member: Staff, said: Said
) -> None:
    for path in ("/staff/deals", "/staff/catalogue", "/staff/systems/tokens"):
        answer = member.post(path, accept="PDC-AI", purpose="service")
        assert answer.status_code == 403
        assert "owners" in said(answer)
    for path in ("/staff/deals", "/staff/systems"):
        assert "<form method" not in member.get(path).text.split("<main", 1)[1]


def upload(staff: Staff, path: str, content: bytes, **form: str) -> httpx.Response:
    return staff.post(path, files={"file": ("a.csv", content, "text/csv")}, **form)


def test_a_catalogue_is_published_from_a_file(staff: Staff, served: Served, said: Said) -> None:
    answer = upload(staff, "/staff/catalogue", b"title,genres\nDark,mystery\nSun,comedy\n")
    assert answer.status_code == 303, said(answer)
    words = said(staff.get("/staff/catalogue"))
    assert "Published: 2 rows" in words
    assert "Titles by taste" in words
    found = said(staff.get("/staff/catalogue", q="comedy"))
    assert "Sun" in found
    assert "Dark" not in found.split("2 rows", 1)[1]
    with served.hub.snapshot() as reader:
        named = get_named(reader)
        assert named is not None
        assert named.sha256 in words


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Choose a CSV file first"),
        (b"\xff\xfe", "Line 1 is not UTF-8"),
        (b"a,b\n1,2\n", "no column title"),
        (b"title,genres\nDark,mystery\n,comedy\n", "Line 3"),
        (b'title,genres\nDark,"mystery\n', "Line"),
        (b"title,price\nS,nine\n", "Line 2"),
    ],
)
def test_a_wrong_file_changes_nothing_and_says_where(
    staff: Staff, offered: Served, said: Said, content: bytes, words: str
) -> None:
    with offered.hub.snapshot() as reader:
        before = get_named(reader)
    answer = upload(staff, "/staff/catalogue", content)
    assert answer.status_code == 422
    assert words in said(answer)
    with offered.hub.snapshot() as reader:
        assert get_named(reader) == before


def test_a_file_that_is_too_large_is_a_page(staff: Staff) -> None:
    answer = upload(staff, "/staff/catalogue", b"x" * (5 * 1024 * 1024))
    assert answer.status_code == 413
    assert staff.post("/staff/deals", accept="x" * 1_200_000).status_code == 413


def test_a_link_is_shown_once_and_opens_its_page(staff: Staff, anybody: Staff, said: Said) -> None:
    assert staff.post("/staff/invitations", account="A-7", days="3").status_code == 303
    once = staff.get("/staff/invitations")
    (link,) = set(re.findall(r"http://[^\s<\"]+/invite/[\w-]+", once.text))
    assert "<svg" in once.text
    again = staff.get("/staff/invitations")
    assert "/invite/" not in again.text
    assert "A-7" in said(again)
    assert "An invitation from Reel" in said(anybody.get(link))
    assert anybody.get(link[:-2] + "zz").status_code == 404


def test_links_for_a_file_come_as_a_file(staff: Staff, said: Said) -> None:
    answer = upload(staff, "/staff/invitations", b"account\nA-1\n=cmd()\nA-3\n", days="30")
    assert answer.status_code == 303
    assert "3 invitations made" in said(staff.get("/staff/invitations"))
    rows = list(csv.reader(io.StringIO(staff.get("/staff/invitations/links.csv").text)))
    assert [row[0] for row in rows] == ["account", "A-1", "'=cmd()", "A-3"]
    assert len({row[1] for row in rows[1:]}) == 3
    assert "/invite/" not in staff.get("/staff/invitations").text


@pytest.mark.parametrize("days", ["0", "-1", "366", "x", "9" * 50, ""])
def test_days_that_cannot_be_are_refused_in_words(staff: Staff, said: Said, days: str) -> None:
    answer = staff.post("/staff/invitations", account="A-7", days=days)
    assert answer.status_code == 422
    assert "365 days" in said(answer)


def test_what_was_given_is_downloaded_for_a_purpose_and_noted(staff: Staff, person: Person) -> None:
    other = Person(person.served)
    other.agree("SD-BASE")
    other.send(other.batch([other.signal("Fog", purpose="service")]))
    person.give("=1+1", "Dark")
    person.served.settle()
    rows = list(
        csv.DictReader(
            io.StringIO(staff.get("/staff/systems/given.csv", purpose="personalisation").text)
        )
    )
    assert sorted(row["name"] for row in rows) == ["'=1+1", "Dark"]
    assert {row["relationship"] for row in rows} == {person.id}
    noted = person.served.hub.reads.noted(person.id)[0]
    assert (noted.reader, noted.kind, noted.count) == ("owner", "staff", 2)
    assert staff.get("/staff/systems/given.csv", purpose="none").status_code == 422
    person.end("/v1/revocations")
    after = staff.get("/staff/systems/given.csv", purpose="personalisation").text
    assert len(after.splitlines()) == 1


def test_a_token_made_anew_takes_the_place_of_the_one_before(staff: Staff, served: Served) -> None:
    old = served.made["tokens"]["service"]
    assert staff.post("/staff/systems/tokens", purpose="service").status_code == 303
    shown = staff.get("/staff/systems").text
    (new,) = re.findall(r'id="new-token"[^>]*>([\w-]+)<', shown)
    assert new not in staff.get("/staff/systems").text
    ask = {"Authorization": f"Bearer {new}"}
    assert served.http.get("/v1/facts", headers=ask).status_code == 200
    ask = {"Authorization": f"Bearer {old}"}
    assert served.http.get("/v1/facts", headers=ask).status_code == 403
    kept = {"Authorization": f"Bearer {served.made['tokens']['offers']}"}
    assert served.http.get("/v1/facts", headers=kept).status_code == 200
    assert staff.post("/staff/systems/tokens", purpose="x").status_code == 422


def test_everybody_sees_who_this_is_and_what_it_agrees_to(
    offered: Served, anybody: Staff, said: Said
) -> None:
    words = said(anybody.get("/"))
    assert "Reel asks. You decide." in words
    assert "catalogue of 4 rows" in words
    assert f"firsthand vault connect {offered.url}" in words
    assert "Only what the service needs" in said(anybody.get("/terms"))
    assert "does not agree to this one" in said(anybody.get("/terms/PDC-AI"))
    assert "This page is not here" in said(anybody.get("/nowhere"))
    assert "This page is not here" in said(anybody.get("/terms/NONE"))


def test_no_word_of_the_house_is_on_a_page(
    staff: Staff, anybody: Staff, offered: Served, person: Person, said: Said
) -> None:
    person.give("Dark")
    offered.settle()
    one = f"/staff/customers/{person.id}"
    paths = [
        "/staff", "/staff/customers", one, f"{one}?purpose=service", f"{one}?tab=looks",
        f"{one}/deals/{person.agreement.id}", "/staff/deals", "/staff/catalogue",
        "/staff/invitations", "/staff/systems",
    ]  # fmt: skip
    pages = [said(staff.get(path)) for path in paths]
    pages += [
        said(anybody.get(path)) for path in ("/", "/terms", "/terms/FH-GIVEN", "/staff/login")
    ]
    for words in pages:
        plain = re.sub(r"firsthand (hub|vault) \w+", "", words).lower()
        found = re.findall(r"\b(batch|lane|journal|gate|proffer|roster|hub|vault)\w*", plain)
        assert not found, words
