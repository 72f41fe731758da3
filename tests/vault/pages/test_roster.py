"""The pages of terms: each agreement in the same rows, two side by side, what is over-asked."""

from pathlib import Path

import pytest
from tests.vault.pages.conftest import Organisation, Visitor, text

from firsthand import app
from firsthand.foundation.settings import Settings
from firsthand.protocol.terms import ROSTER
from firsthand.vault.pages import roster

ROWS = 10


def test_every_agreement_is_listed_in_words_and_none_by_its_id(visitor: Visitor) -> None:
    said = text(visitor.get("/terms"))
    for terms in ROSTER.values():
        assert terms.title.replace("'", "&#39;") in said
    assert "SD-BASE" not in said


@pytest.mark.parametrize("id", list(ROSTER))
def test_an_agreement_has_the_same_rows_as_all_others(visitor: Visitor, id: str) -> None:
    told = roster.in_rows(ROSTER[id])
    assert len(told["rows"]) == ROWS
    assert [row["title"] for row in told["rows"]] == [
        row["title"] for row in roster.in_rows(ROSTER["FH-GIVEN"])["rows"]
    ]
    said = text(visitor.get(f"/terms/{id}"))
    assert told["title"] in said
    assert "How I end it" in said


def test_two_are_compared_row_by_row(visitor: Visitor) -> None:
    said = text(visitor.get("/terms/compare?a=SD-BASE&b=PDC-AI"))
    assert "May train models on it no yes more" in said
    assert "The two allow the same" in text(visitor.get("/terms/compare?a=SD-BASE&b=SD-BASE"))
    assert visitor.get("/terms/compare?a=MINE").status_code == 404
    assert visitor.get("/terms/MINE").status_code == 404


def test_too_much_asked_is_marked_and_the_smaller_deal_is_chosen(
    visitor: Visitor, tmp_path: Path, reel: Organisation
) -> None:
    reel.leave()
    app.found_hub(tmp_path / "greedy", name="Greedy", url=reel.url, settings=Settings())
    reel.folder = tmp_path / "greedy"
    reel.back()
    visitor.keep("Greta")
    page = visitor.get(f"/connect?to={reel.url}")
    assert "Greedy asks for more than it needs" in text(page)
    assert "How long you watched is not needed" in text(page)
    inputs = [part.split(">")[0] for part in page.text.split("<input")[1:]]
    assert [" checked" in each for each in inputs if 'name="asked"' in each] == [True, False]
    assert visitor.post("/connect", to=reel.url, terms="FH-GIVEN", asked="needed").url.path
    said = text(visitor.get("/with/greedy"))
    assert "for how long" not in said
