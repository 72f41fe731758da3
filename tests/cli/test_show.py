"""What is printed is aligned, fits the terminal, and cannot steer it."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand import cli
from firsthand.cli import show


@given(st.text())
def test_no_text_steers_the_terminal(text: str) -> None:
    shown = show.plain(text)
    kinds = {unicodedata.category(sign) for sign in shown if sign not in "\u200c\u200d"}
    assert not kinds & {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_columns_are_aligned_and_cut_to_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    rows: list[list[object]] = [
        ["日本語の長い題名" * 5, "1"],
        ["\x1b[31mred\x07", "1,000"],
        ["Café", None],
    ]
    show.table(["NAME", "N"], rows, right=["N"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("NAME ")
    assert lines[0].endswith("     N")
    assert "…" in lines[1]
    assert "\x1b" not in lines[2]
    assert lines[2].endswith(" 1,000")
    assert lines[3] == "Café"
    show.table(["NAME", "KEY"], [["a" * 60, "k" * 30]], whole=["KEY"])
    assert capsys.readouterr().out.splitlines()[1].endswith("… " + " " + "k" * 30)
    show.table(["NAME"], [])
    assert capsys.readouterr().out == ""


def test_json_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    show.as_json({"a": ["\u2028é\x1b", 1, None]})
    assert json.loads(capsys.readouterr().out) == {"a": ["\u2028é\x1b", 1, None]}


def test_a_name_that_is_no_utf8_stays_exact_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    show.as_json({"path": "\udcff.csv", "é": None})
    assert json.loads(capsys.readouterr().out) == {"path": "\udcff.csv", "é": None}


def test_words_of_numbers_and_times() -> None:
    assert show.many(1, "row") == "1 row"
    assert show.many(12_000, "row") == "12,000 rows"
    assert show.moment("2024-01-03T20:15:00Z") == "2024-01-03 20:15"
    assert show.moment("2024-01-03") == "2024-01-03"
    assert show.moment(None) == ""
    assert show.amount("9.99", None) == "9.99"


@pytest.mark.parametrize("id", ["-hsmHT", "-xy", "-30", "-_a-"])
def test_an_id_may_begin_with_a_dash(id: str) -> None:
    asked = cli.build_parser().parse_args(["vault", "rights", id, "--fetch", "--on", "2026-01-02"])
    assert (asked.request, asked.on.isoformat()) == (id, "2026-01-02")


def test_help_is_asked_for_by_a_letter_as_well(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["vault", "rights", "-h"])
    assert (stopped.value.code, capsys.readouterr().err) == (0, "")
