"""Whoever was given something is asked by itself, and the pages hear of the answer."""

import httpx
from tests.vault.pages.conftest import Organisation, Pages, Visitor

SECONDS_MAX = 20


def test_the_page_hears_of_an_answer_by_its_stream(
    pages: Pages, visitor: Visitor, reel: Organisation, chorus: Organisation
) -> None:
    visitor.keep("June", *pages.host.parts.samples)
    for each in (reel, chorus):
        visitor.post("/connect", to=each.url, terms="FH-GIVEN", tie="no")
    cookies = {"cookie": "; ".join(f"{c.name}={c.value}" for c in visitor.http.cookies.jar)}
    origin = {"origin": pages.url, "sec-fetch-site": "same-origin"}
    with (
        httpx.Client(trust_env=False, timeout=SECONDS_MAX, headers={**cookies, **origin}) as other,
        other.stream("GET", f"{pages.url}/live") as live,
    ):
        lines = live.iter_lines()
        visitor.post("/with/reel/give", by="kind", kind="WatchAction|netflix")
        wanted = {"nav-inbox", "live-home", "live-inbox", "live-with"}
        for line in lines:  # all of it at once, or one after the other
            wanted = {part for part in wanted if part not in line}
            if not wanted:
                break
    assert not wanted
    assert "Their answer to what you gave" in visitor.get("/with/reel/got").text
