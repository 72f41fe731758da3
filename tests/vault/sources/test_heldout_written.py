"""A slice of `benchmarks/heldout.py`: files made up by chance, read as they were meant."""

import importlib
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"
# One of each kind of layout: pairs, signs, states, cards, without names, odd encodings, by chance.
SLICE = ["sparkasse", "barclaycard-nohead", "fineco", "capital-one-360", "revolut-de", "abn-nohead",
         "mbank", "amex-us", "td-ca-nohead", "danske", "credit-agricole", "chance-0"]  # fmt: skip


@pytest.fixture
def heldout(monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401 - a script, not a package
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("heldout")


@pytest.mark.parametrize("only", SLICE)
def test_statements_are_read_whole_and_what_comes_again_is_found(heldout: Any, only: str) -> None:  # noqa: ANN401
    tally = heldout.Tally()
    heldout.banks(7, only, tally)
    counts = tally.counts
    assert counts["files"] >= 1
    assert counts["rows right"] == counts["rows"], tally.remarks
    assert (counts["rows wrong"], counts["files wrong without a question"]) == (0, 0)
    assert counts["found"] >= 0.9 * counts["planted"], tally.remarks
    assert counts["said and not planted"] <= 0.1 * counts["planted"], tally.remarks


@pytest.mark.parametrize(
    ("kind", "only"), [("ofx", "ofx-0"), ("netflix", "full"), ("netflix", "k")]
)
def test_other_exports_are_read_whole(heldout: Any, kind: str, only: str) -> None:  # noqa: ANN401
    tally = heldout.Tally()
    getattr(heldout, kind)(7, only, tally)
    assert tally.counts["rows right"] == tally.counts["rows"] > 0, tally.remarks
    assert tally.counts["rows wrong"] == 0


def test_of_bad_files_only_what_is_good_is_taken(heldout: Any) -> None:  # noqa: ANN401
    tally = heldout.Tally()
    heldout.bad(7, "", tally)
    assert tally.counts["files"] > 50
    assert tally.counts["rows right"] == tally.counts["rows"], tally.remarks
    assert tally.counts["files taken for what they are not"] == 0, tally.remarks
