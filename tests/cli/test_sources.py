"""`firsthand sources` at a terminal and for a script."""

import json

import pytest

from firsthand.cli import main


def test_all_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sources", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["sources"]
    assert {"bank", "netflix", "letterboxd"} <= {each["key"] for each in found}
    assert main(["sources"]) == 0
    assert "letterboxd" in capsys.readouterr().out


def test_one_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sources", "Letterboxd"]) == 0
    assert "  1. Sign in at letterboxd.com" in capsys.readouterr().out


def test_none_of_that_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sources", "nothing"]) == 1
    assert "firsthand sources" in capsys.readouterr().err
