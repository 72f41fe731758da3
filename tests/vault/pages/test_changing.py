"""A deal rests, goes on, lasts longer and changes on its page; an offer of theirs is one press."""

from typing import Any

import msgspec
from tests.vault.pages.conftest import Organisation, Pages, Visitor, text

from firsthand.hub.acts import console, offering
from firsthand.vault.acts import changing, connecting, receiving


def agreed(visitor: Visitor, pages: Pages, reel: Organisation) -> None:
    visitor.keep("Greta", *pages.host.parts.samples)
    assert visitor.post("/connect", to=reel.url, terms="FH-GIVEN").url.path == "/with/reel"


def agreed_there(reel: Organisation) -> list[dict[str, Any]]:
    """The deals as the organisation holds them."""
    found: Any = console.run(reel.hub, "agreements", {"reference": None})
    return msgspec.to_builtins(found["agreements"])  # type: ignore[no-any-return]


def fields(visitor: Visitor) -> list[str]:
    """What is ticked on the page for a change."""
    page = visitor.get("/with/reel/change").text
    ticked = [part for part in page.split("<input")[1:] if 'name="field"' in part.split(">")[0]]
    return [part.split('value="')[1].split('"')[0] for part in ticked if " checked" in part]


def test_it_rests_and_goes_on(pages: Pages, visitor: Visitor, reel: Organisation) -> None:
    agreed(visitor, pages, reel)
    rests = text(visitor.post("/with/reel/pause"))
    assert "Your deal with Reel rests" in rests
    assert "This deal rests You paused it." in rests
    for page in ("/deals", "/who", "/with/reel", "/with/reel/given", "/rights/new"):
        said = text(visitor.get(page))
        assert "paused" in said, page
        assert "in force" not in said, page
    assert "This deal rests. Nothing can be given until it goes on." in text(
        visitor.get("/with/reel/give")
    )
    assert "You have paused your deal" in text(
        visitor.post("/with/reel/give", by="kind", kind="WatchAction|netflix")
    )
    assert "Your deal with Reel goes on." in text(visitor.post("/with/reel/resume"))
    reel.leave()
    assert "They could not be told yet" in text(visitor.post("/with/reel/pause"))


def test_a_deal_that_they_ended_is_said_to_be_ended_by_them(
    pages: Pages, visitor: Visitor, reel: Organisation
) -> None:
    agreed(visitor, pages, reel)
    (deal,) = [each["id"] for each in agreed_there(reel)]
    console.run(reel.hub, "end", {"agreement": deal})
    with pages.host.parts.cabinet.lend("greta") as vault:
        receiving.inbox(vault)
    said = text(visitor.get("/with/reel"))
    assert "Reel ended this deal, noticed on" in said
    assert "another copy of your data" not in said
    assert "Reel ended the deal signed by them" in text(visitor.get("/with/reel/story?part=ends"))


def test_what_would_be_different_is_seen_before_it_is_proposed(
    pages: Pages, visitor: Visitor, reel: Organisation
) -> None:
    agreed(visitor, pages, reel)
    assert "WatchAction|startTime" in fields(visitor)
    chosen: dict[str, Any] = {
        "terms": "SD-BASE", "precision": "month", "field": ["WatchAction|startTime"],
    }  # fmt: skip
    seen = text(visitor.post("/with/reel/change", **chosen))
    assert "Times only by the week only by the month no more" in seen
    assert "What you gave before is read on to" in seen
    assert "lets them work out" not in seen, "nothing is finer"
    finer = text(visitor.post("/with/reel/change", **{**chosen, "precision": "hour"}))
    assert "What that lets them work out They can see when you sleep" in finer
    more = {"field": ["WatchAction|startTime", "WatchAction|duration"]}
    asked = text(visitor.post("/with/reel/change", **{**chosen, **more}))
    assert "For how long: How long you watched is not needed" in asked
    with pages.host.parts.cabinet.lend("greta") as vault:
        assert connecting.relationship(vault, "reel")["terms"] == "FH-GIVEN", "only looked at"
    done = visitor.post("/with/reel/change/now", **chosen)
    assert "Reel accepted." in text(done)
    assert "Only what the service needs" in text(done)
    refused = visitor.post("/with/reel/change", terms="SD-BASE", precision="month")
    assert "at least one kind of things" in text(refused)


def test_theirs_is_shown_beside_mine_and_taken_with_one_press(
    pages: Pages, visitor: Visitor, reel: Organisation
) -> None:
    agreed(visitor, pages, reel)
    offering.policy(reel.hub, counter="SD-BASE-DP")
    chosen: dict[str, Any] = {"terms": "PDC-AI", "field": fields(visitor)}
    page = visitor.post("/with/reel/change/now", **chosen)
    said = text(page)
    assert "Reel proposes something else" in said
    assert "You proposed “You may train models on it”." in said
    assert "May train models on it yes no no more" in said
    assert "PDC-AI" not in said
    gone = visitor.post("/with/reel/change/theirs", terms="SD-BASE")
    assert "not open any more" in text(gone), "only what was shown is taken"
    taken = visitor.post("/with/reel/change/theirs", terms="SD-BASE-DP")
    assert "Reel accepted." in text(taken)
    assert "proposes something else" not in text(taken)
    visitor.post("/with/reel/change/now", **chosen)
    assert "proposes something else" in text(visitor.get("/with/reel"))
    assert "proposes something else" not in text(visitor.post("/with/reel/change/keep"))


def test_home_says_that_a_deal_ends_soon_and_one_press_renews_it(
    pages: Pages, visitor: Visitor, reel: Organisation
) -> None:
    agreed(visitor, pages, reel)
    with pages.host.parts.cabinet.lend("greta") as vault:
        day = vault.clock.now().date()
        changing.renew(vault, "reel", until=day.replace(year=day.year + 1))
    assert "Your deal with Reel ends" not in text(visitor.get("/"))
    with pages.host.parts.cabinet.lend("greta") as vault:
        changing.renew(vault, "reel", until=day)
    assert "Your deal with Reel ends today" in text(visitor.get("/"))
    assert "This deal ends today" in text(visitor.get("/with/reel"))
    assert "Reel accepted." in text(visitor.post("/with/reel/renew"))
    assert "Your deal with Reel ends" not in text(visitor.get("/"))
