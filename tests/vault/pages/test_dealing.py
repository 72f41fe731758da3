"""From an invitation to an erasing, with organisations that are really there."""

import time
from urllib.parse import quote

import httpx
from tests.vault.pages.conftest import PASSPHRASE, Organisation, Pages, Visitor, text

WAIT_SECONDS_MAX = 20


def until(visitor: Visitor, path: str, words: str) -> str:
    """Read a page until it says something; what goes on in the background needs a moment."""
    end = time.monotonic() + WAIT_SECONDS_MAX
    while words not in (said := text(visitor.get(path))):
        assert time.monotonic() < end, f"{path} never said {words!r}: {said[:2000]}"
        time.sleep(0.05)
    return said


def agreed(visitor: Visitor, pages: Pages, reel: Organisation) -> httpx.Response:
    visitor.keep("Greta", *pages.host.parts.samples)
    to = reel.invitation("A-1042")
    return visitor.post("/connect", to=to, terms="FH-GIVEN", tie="yes")


def test_before_agreeing_it_is_seen_who_it_is_and_what_they_want(
    visitor: Visitor, reel: Organisation
) -> None:
    visitor.keep("Greta")
    seen = text(visitor.get(f"/connect?to={quote(reel.invitation('A-1042'))}"))
    assert "Reel will know you as customer A-1042" in seen
    assert "Titles watched" in seen
    assert "You do not pass anything on to anyone else." in seen
    assert "FH-GIVEN" not in seen, "terms are called by their words"
    assert "Nobody has anything of yours" in text(visitor.get("/deals")), (
        "looking agrees to nothing"
    )


def test_terms_that_let_nothing_be_given_say_so_before_and_after(
    visitor: Visitor, reel: Organisation
) -> None:
    visitor.keep("Greta")
    seen = text(visitor.get(f"/connect?to={quote(reel.url, safe='')}"))
    assert "under these you could give them none of it" in seen
    visitor.post("/connect", to=reel.url, terms="SD-BASE")
    shown = text(visitor.get("/with/reel/give"))
    assert "Under this deal you can give them nothing yet" in shown
    assert "“Use what I give you, for what I gave it for”" in shown
    assert "See first" not in shown


def test_a_refusal_is_shown_with_its_reason_and_another_choice_goes_through(
    visitor: Visitor, reel: Organisation
) -> None:
    visitor.keep("Greta")
    to = reel.invitation("A-1042")
    refused = visitor.post("/connect", to=to, terms="PDC-AI", tie="yes")
    assert "Reel said no to these terms" in text(refused)
    assert "Reel does not accept “You may train models on it”" in text(refused)
    done = visitor.post("/connect", to=to, terms="FH-GIVEN", tie="no")
    assert done.url.path == "/with/reel"
    assert "does not know who you are" in text(done)


def test_what_is_previewed_is_what_is_given_and_what_comes_back(
    pages: Pages, visitor: Visitor, reel: Organisation
) -> None:
    made = agreed(visitor, pages, reel)
    assert "knows you as customer A-1042" in text(made)
    choice = {"by": "kind", "kind": "WatchAction|netflix", "since": "2026-04-01"}
    before = visitor.post("/with/reel/preview", **choice)
    assert "Nothing has left yet" in text(before)
    assert "the week of" in text(before)
    assert '"timePrecision": "P1W"' in before.text.replace("&#34;", '"')
    assert "Because you watched" in text(before)
    assert "They have nothing from you" in text(visitor.get("/with/reel/given"))
    fields: dict[str, list[str]] = {}
    form = before.text.split('action="/with/reel/give"')[1].split("</form>")[0]
    for part in form.split('<input type="hidden" name="')[1:]:
        fields.setdefault(part.split('"')[0], []).append(part.split('value="')[1].split('"')[0])
    given = visitor.post("/with/reel/give", **fields)
    assert "signed for it" in text(given)
    came = until(visitor, "/with/reel/got", "Their answer to what you gave")
    assert "We ran their published rule ourselves: same answer." in came
    picked = before.text.split("With it</h3>")[1].split('<div class="title">')[1].split("<")[0]
    assert picked.strip() in came, "the answer is the one that was worked out before"
    log = text(visitor.get("/with/reel/log"))
    assert "Their receipt was proven again just now" in log


def test_what_was_chosen_stays_chosen_when_choosing_again(
    pages: Pages, visitor: Visitor, reel: Organisation
) -> None:
    agreed(visitor, pages, reel)
    page = visitor.get("/with/reel/give?by=items").text
    ids = [part.split('"')[0] for part in page.split('name="thing" value="')[1:4]]
    before = visitor.post("/with/reel/preview", by="items", thing=ids)
    assert 'formaction="/with/reel/choose"' in before.text
    for looked_for in ("", "nothing is called like this"):
        again = visitor.post("/with/reel/choose", by="items", thing=ids, q=looked_for)
        ticked = [part for part in again.text.split("<input")[1:] if " checked" in part]
        assert [part.split('value="')[1].split('"')[0] for part in ticked] == ids
        assert "3 chosen" in text(again)
    kind = {"by": "kind", "kind": "WatchAction|netflix", "since": "2026-04-01"}
    again = visitor.post("/with/reel/choose", **kind)
    assert 'value="2026-04-01"' in again.text
    for path in ("/with/reel/preview", "/with/reel/choose"):
        assert visitor.get(path).url.path == "/with/reel/give"
    assert "They have nothing from you" in text(visitor.get("/with/reel/given"))


def test_only_who_comes_to_the_page_has_read_it(
    pages: Pages, visitor: Visitor, reel: Organisation
) -> None:
    agreed(visitor, pages, reel)
    visitor.post("/with/reel/give", by="kind", kind="WatchAction|netflix")
    until(visitor, "/inbox", "Mark all as read")
    ahead = [
        {"sec-fetch-mode": "navigate", "sec-purpose": "prefetch;prerender"},
        {"sec-fetch-mode": "navigate", "purpose": "prefetch"},
        {"sec-fetch-mode": "cors", "x-firsthand-swap": "1"},
        {},
    ]
    for headers in ahead:
        seen = visitor.http.get("/with/reel/got", headers=headers)
        assert "Mark as read" in text(seen)
        visitor.http.head("/with/reel/got", headers={**headers, "sec-fetch-mode": "navigate"})
    assert "Mark all as read" in text(visitor.get("/inbox"))
    visitor.http.get("/with/reel/got", headers={"sec-fetch-mode": "navigate"})
    assert "Mark all as read" not in text(visitor.get("/inbox"))


def test_the_reasons_lead_to_my_own_things(
    pages: Pages, visitor: Visitor, reel: Organisation
) -> None:
    agreed(visitor, pages, reel)
    visitor.post("/with/reel/give", by="kind", kind="WatchAction|netflix")
    until(visitor, "/inbox", "Because you watched")
    inbox = visitor.get("/inbox").text
    why = inbox.split("Because you watched")[1].split("</p>")[0]
    href = why.split('href="')[1].split('"')[0]
    name = why.split(f'{href}">')[1].split("</a>")[0]
    thing = visitor.get(href)
    assert name in thing.text
    assert "Reel" in text(thing).split("Who has it")[1]


def test_one_regular_payment_is_given_and_nothing_else(
    pages: Pages, visitor: Visitor, chorus: Organisation
) -> None:
    visitor.keep("Greta", *pages.host.parts.samples)
    visitor.post("/connect", to=chorus.url, terms="FH-GIVEN", tie="no")
    page = visitor.get("/with/chorus/give")
    assert "Larkline Mobile, €30.00 a month" in text(page)
    label = next(p for p in page.text.split("<label") if "Larkline Mobile" in p)
    thing = label.split('value="')[1].split('"')[0]
    before = text(visitor.post("/with/chorus/preview", by="bills", thing=thing))
    assert "1 thing would go to Chorus" in before
    assert "saves" in before
    visitor.post("/with/chorus/give", by="bills", thing=thing)
    assert "1 thing" in text(visitor.get("/with/chorus/given"))
    none = visitor.post("/with/chorus/preview", by="items")
    assert none.status_code == 404
    assert "Nothing was chosen" in text(none)


def test_while_they_are_away_it_waits_and_then_goes_by_itself(
    pages: Pages, visitor: Visitor, reel: Organisation
) -> None:
    agreed(visitor, pages, reel)
    reel.leave()
    given = visitor.post("/with/reel/give", by="kind", kind="WatchAction|netflix")
    assert "cannot be reached right now" in text(given)
    assert "waiting to go" in text(visitor.get("/with/reel/given"))
    reel.back()
    until(visitor, "/with/reel/given", "given")
    until(visitor, "/with/reel/got", "Their answer to what you gave")


def test_ending_needs_nobody_and_is_shown_as_unconfirmed_until_it_is_confirmed(
    pages: Pages, visitor: Visitor, reel: Organisation
) -> None:
    agreed(visitor, pages, reel)
    visitor.post("/with/reel/give", by="kind", kind="WatchAction|netflix")
    reel.leave()
    ended = text(visitor.post("/with/reel/end", erase="yes"))
    assert "It has ended on your side" in ended
    assert "has not confirmed the erasing yet" in ended
    assert "one month to answer" in ended
    again = visitor.get("/with/reel/give")
    assert "not in force" in text(again)
    reel.back()
    done = until(visitor, "/with/reel", "Erased, and signed")
    assert "We checked their signature: it holds." in done
    assert "ended and erased" in text(visitor.get("/deals"))
    with reel.hub.snapshot() as reader:
        assert not reader.scan_all("relationships", rows_max=5)


def test_choosing_under_a_deal_that_is_over_leads_to_the_one_in_force(
    pages: Pages, visitor: Visitor, reel: Organisation
) -> None:
    agreed(visitor, pages, reel)
    visitor.post("/with/reel/end", erase="no")
    visitor.post("/connect", to=reel.url, terms="FH-GIVEN", tie="no")
    led = visitor.get("/with/reel/give")
    assert led.url.path == "/with/reel-2/give"
    assert "Your earlier deal with Reel has ended" in text(led)


def test_only_ended_can_be_erased_later(pages: Pages, visitor: Visitor, reel: Organisation) -> None:
    agreed(visitor, pages, reel)
    visitor.post("/with/reel/give", by="kind", kind="WatchAction|netflix")
    assert "Ended, and confirmed" in text(visitor.post("/with/reel/end", erase="no"))
    assert "Have it erased as well" in text(visitor.get("/with/reel"))
    assert "Erased, and signed" in text(visitor.post("/with/reel/end", erase="yes"))


def test_a_link_that_leads_to_connecting_asks_to_open_first(
    visitor: Visitor, reel: Organisation
) -> None:
    visitor.keep("Greta")
    visitor.post("/lock")
    to = f"/connect?to={quote(reel.invitation('A-7'), safe='')}"
    asked = visitor.get(to)
    assert asked.url.path == "/unlock"
    after = visitor.post("/unlock", name="greta", passphrase=PASSPHRASE, next=to)
    assert "customer A-7" in text(after)


def test_nobody_there_is_said(visitor: Visitor) -> None:
    visitor.keep("Greta")
    for wrong in ("http://127.0.0.1:9", "https://10.0.0.1", "file:///etc/passwd", "hello"):
        answer = visitor.get(f"/connect?to={quote(wrong, safe='')}")
        assert answer.status_code == 422, wrong
        assert "<h1>Connect</h1>" in answer.text
