"""The page of who has what, ending it all, and one relationship as a story."""

from tests.vault.pages.conftest import Organisation, Pages, Visitor, text

from firsthand.vault.acts import receiving


def test_who_has_what_is_one_page_and_it_all_ends_in_two_presses(
    pages: Pages, visitor: Visitor, reel: Organisation
) -> None:
    visitor.keep("Greta", *pages.host.parts.samples)
    assert "Nothing of yours has left" in text(visitor.get("/who"))
    visitor.post("/connect", to=reel.url, terms="FH-GIVEN")
    visitor.post("/with/reel/give", by="kind", kind="WatchAction|netflix")
    assert 'href="/who"' in visitor.get("/").text
    reel.leave()
    page = visitor.get("/who")
    said = text(page)
    assert "Has" in said
    assert "watched" in said
    assert "they may serve you" in said
    assert 'href="/who/end"' in page.text
    sure = visitor.get("/who/end")
    assert "Every deal ends now" in text(sure)
    assert "Reel" in text(sure)
    done = text(visitor.post("/who/end"))
    assert "One deal has ended. Who could not be reached is told" in done
    assert "Waiting to be confirmed" in done
    assert 'href="/who/end"' not in visitor.get("/who").text
    assert "There is nothing to end" in text(visitor.get("/who/end"))


def test_from_home_it_ends_in_two_presses(
    pages: Pages, visitor: Visitor, reel: Organisation
) -> None:
    visitor.keep("Greta", *pages.host.parts.samples)
    visitor.post("/connect", to=reel.url, terms="FH-GIVEN")
    for path in ("/", "/deals", "/who", "/with/reel"):
        page = visitor.get(path).text
        forms = page.split('action="/with/reel/end"')
        assert len(forms) > 1, f"{path} has no way to end it"
        assert '<details class="confirm">' in forms[0], "the first press asks, the second does"


def test_what_they_say_of_requests_is_no_answer_to_what_was_given(
    pages: Pages, visitor: Visitor, reel: Organisation
) -> None:
    visitor.keep("Greta", *pages.host.parts.samples)
    visitor.post("/connect", to=reel.url, terms="FH-GIVEN")
    visitor.post("/rights/new", whom="reel", right="objection", use="offers")
    with pages.host.parts.cabinet.lend("greta") as vault:
        assert receiving.inbox(vault)["messages"]
    said = text(visitor.get("/with/reel/story?part=got"))
    assert "Reel told you how your request stands “Have them stop a use”: done" in said
    assert "Reel answered" not in said
    assert "published rule" not in said, "nothing was given, so no rule was run"
    deal = text(visitor.get("/with/reel"))
    assert "No longer make you offers when you ask for them: you asked them to stop" in deal
    assert "suit what they show you to you, make you offers" not in deal


def test_a_story_is_told_and_narrowed(pages: Pages, visitor: Visitor, reel: Organisation) -> None:
    visitor.keep("Greta", *pages.host.parts.samples)
    visitor.post("/connect", to=reel.url, terms="FH-GIVEN")
    visitor.post("/with/reel/give", by="kind", kind="WatchAction|netflix")
    visitor.post("/with/reel/pause")
    visitor.post("/with/reel/resume")
    said = text(visitor.get("/with/reel/story"))
    for words in (
        "You and Reel made a deal",
        "You gave Reel",
        "You paused the deal",
        "You went on with the deal",
        "Still to come",
        "The deal ends by itself",
    ):
        assert words in said
    narrowed = text(visitor.get("/with/reel/story?part=gave"))
    assert "You gave Reel" in narrowed
    assert "You paused the deal" not in narrowed
    for path, kind in (("record", "ConsentRecord"), ("record?receipt=yes", "ConsentReceipt")):
        got = visitor.get(f"/with/reel/{path}")
        assert got.headers["content-type"] == "application/ld+json"
        assert got.json()["@type"] == f"dpv:{kind}"
        assert "attachment" in got.headers["content-disposition"]
