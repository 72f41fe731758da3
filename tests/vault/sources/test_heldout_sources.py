"""A slice of `benchmarks/heldout_sources.py`: each row is read as meant, or has its reason."""

import importlib
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"


@pytest.fixture
def heldout(monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401 - a script, not a package
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("heldout_sources")


@pytest.mark.parametrize("only", ["mt940-0", "camt-0"])
def test_statements_are_read_whole(heldout: Any, only: str) -> None:  # noqa: ANN401
    tally = heldout.statements(7, only)
    assert tally["rows right"] == tally["rows"] > 1000
    assert (tally["rows wrong"], tally["currencies wrong"]) == (0, 0)


def test_what_phones_and_programs_keep_is_read_whole(heldout: Any) -> None:  # noqa: ANN401
    tally = heldout.services(7, "google,timeline,calendar,contacts,email")
    assert tally["rows right"] == tally["rows"] > 2500
    assert tally["files all accounted for"] == tally["files"] == 21
    assert tally["ids that come twice"] == 0


@pytest.mark.parametrize("only", ["spotify", "apple-health", "amazon"])
def test_services_are_read_whole(heldout: Any, only: str) -> None:  # noqa: ANN401
    tally = heldout.services(7, only)
    assert tally["rows right"] == tally["rows"] > 500
    assert tally["files all accounted for"] == tally["files"]
    assert tally["ids that come twice"] == 0
