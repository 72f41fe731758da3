"""`firsthand hub ...` as staff run it, while nothing serves the folder."""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.harness.quick import running

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def reel(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setenv("FIRSTHAND_HUB", str(tmp_path / "reel"))
    code, out, err = run(
        "hub", "init", "--name", "Reel", "--url", "http://127.0.0.1:8703", "--json"
    )
    assert (code, err) == (0, "")
    made: dict[str, Any] = json.loads(out)
    return made


def test_init_says_everything_once(reel: dict[str, Any], run: Run, tmp_path: Path) -> None:
    assert set(reel) == {"hub", "name", "url", "subject", "staff", "tokens"}
    assert (reel["hub"], reel["name"], reel["url"]) == (
        str(tmp_path / "reel"), "Reel", "http://127.0.0.1:8703",
    )  # fmt: skip
    assert set(reel["staff"]) == {"name", "password"}
    assert "personalisation" in reel["tokens"]
    code, _, err = run("hub", "init", "--name", "Other", "--url", "http://127.0.0.1:8703")
    assert code == 1
    assert "not empty" in err


@pytest.mark.parametrize(
    "url", ["http://reel.example", "https://reel.example/path", "ftp://reel.example", "reel"]
)
def test_an_address_that_nobody_could_trust_is_refused(run: Run, tmp_path: Path, url: str) -> None:
    code, out, err = run("hub", "init", "--hub", str(tmp_path / "x"), "--name", "R", "--url", url)
    assert (code, out) == (1, "")
    assert url in err
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("hub", "customers", "--hub", ""), 2, "Which organisation?"),
        (("hub", "facts", "--after", "-1"), 2, "not a number of the list"),
        (("hub", "facts", "--after", "9" * 40), 2, "not a number of the list"),
        (("hub", "facts"), 0, "Nothing came in yet."),
        (("hub", "agreements"), 0, "None yet."),
        (("hub", "invite", "--account", ""), 1, "An account reference has 1 to 100"),
    ],
)
def test_bad_words_and_nothing_to_show_are_told(
    reel: dict[str, Any], run: Run, words: tuple[str, ...], code: int, said: str
) -> None:
    assert reel
    found, out, err = run(*words)
    assert (found, out) == (code, "")
    assert said in err


def test_a_folder_that_cannot_be_made_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in ("file", "file/below"):
        code, _, err = run(
            "hub", "init", "--hub", place, "--name", "Reel", "--url", "http://127.0.0.1:1"
        )
        assert code == 1
        assert f"{place} cannot be made: " in err
        assert "Errno" not in err


def test_the_folder_may_be_named_before_or_after(reel: dict[str, Any], run: Run) -> None:
    for words in (
        ("hub", "--hub", reel["hub"], "customers", "--json"),
        ("hub", "customers", "--hub", reel["hub"], "--json"),
    ):
        assert run(*words) == (0, '{\n  "customers": []\n}\n', "")


def test_a_name_holds_what_people_can_see(run: Run, tmp_path: Path) -> None:
    words = ("hub", "init", "--hub", str(tmp_path / "x"), "--url", "http://127.0.0.1:8703")
    for name, said in (("Re\u202eel", "U+202E"), ("Re\x1b[2Jel", "U+001B"), (" ", "1 to 100")):
        code, out, err = run(*words, "--name", name)
        assert (code, out) == (1, "")
        assert said in err
        assert name == " " or name not in err
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_whoever_stops_serving_leaves_nothing_open(
    reel: dict[str, Any], told: signal.Signals
) -> None:
    # As from a terminal: a worker of the tests may have SIGINT blocked or ignored, and hand it on.
    code = (
        "import signal, sys; from firsthand.cli import main;"
        "signal.pthread_sigmask(signal.SIG_SETMASK, ());"
        "signal.signal(signal.SIGINT, signal.default_int_handler); sys.exit(main(sys.argv[1:]))"
    )
    words = ["hub", "serve", "--hub", reel["hub"], "--port", "0"]
    with running(sys.executable, "-c", code, *words) as serving:
        assert serving.stdout is not None
        assert "answers at" in serving.stdout.readline()
        serving.send_signal(told)
        assert serving.wait(timeout=30) == {signal.SIGTERM: 0, signal.SIGINT: 130}[told]
    left = {path.name for path in Path(reel["hub"]).iterdir()}
    assert not left & {"console.sock", "journal.db-wal", "journal.db-shm"}


def test_invitations_come_from_a_table(reel: dict[str, Any], run: Run, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("name,account\nGreta,A-1\nMalik,A-2\n")
    code, out, _ = run("hub", "invite", "--csv", "people.csv", "--days", "7", "--json")
    assert code == 0
    made = json.loads(out)["invites"]
    assert [one["account"] for one in made] == ["A-1", "A-2"]
    assert all(one["link"].startswith(f"{reel['url']}/invite/") for one in made)
    assert all(one["qr"].startswith("<svg") for one in made)
    assert run("hub", "invite", "--days", "0")[0] == 1
    assert run("hub", "invite", "--csv", "nowhere.csv")[0] == 1


def test_the_policy_is_shown_and_changed(reel: dict[str, Any], run: Run) -> None:
    assert reel
    code, out, _ = run("hub", "policy", "--accept", "SD-BASE-A", "--refuse", "SD-BASE", "--json")
    assert (code, json.loads(out)["accepts"]) == (0, ["FH-GIVEN", "SD-BASE-DP", "SD-BASE-A"])
    assert "SD-BASE-A" in run("hub", "policy")[1]
    code, out, err = run("hub", "policy", "--accept", "NONE")
    assert (code, out) == (1, "")
    assert "Not in the roster: NONE" in err


def test_what_is_offered_instead_of_a_no_is_taken_back(reel: dict[str, Any], run: Run) -> None:
    assert reel
    for words, counter in (
        (("--counter", "SD-BASE"), "SD-BASE"),
        ((), "SD-BASE"),
        (("--no-counter",), None),
    ):
        code, out, _ = run("hub", "policy", *words, "--json")
        assert (code, json.loads(out)["counter"]) == (0, counter)
    assert run("hub", "policy", "--counter", "SD-BASE", "--no-counter")[0] == 2


@pytest.mark.parametrize("words", [("catalogue", "FILE"), ("invite", "--csv", "FILE")])
@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("none.csv", None, "There is no file none.csv"),
        ("folder", None, "folder is a folder"),
        ("locked.csv", b"account\nA-1\n", "locked.csv cannot be read: Permission denied"),
        ("sheet.csv", b"PK\x03\x04\xff\xfe\0", "no text in UTF-8"),
        ("empty.csv", b"", "The file is empty"),
        ("other.csv", b"a,b\n1,2\n", "Line 1 names no column"),
        ("loop.csv", None, "loop.csv cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_words(
    reel: dict[str, Any],
    run: Run,
    tmp_path: Path,
    words: tuple[str, ...],
    name: str,
    content: bytes | None,
    said: str,
) -> None:
    assert reel
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    if content is not None:
        (tmp_path / name).write_bytes(content)
    if name == "locked.csv":
        (tmp_path / name).chmod(0)
        if os.access(tmp_path / name, os.R_OK):
            pytest.skip("whoever runs this may read everything")
    code, out, err = run("hub", *(name if word == "FILE" else word for word in words))
    assert (code, out) == (1, "")
    assert said in err
    assert "Errno" not in err


def test_a_catalogue_is_published_or_told_where_it_is_wrong(
    reel: dict[str, Any], run: Run, tmp_path: Path
) -> None:
    assert reel
    (tmp_path / "films.csv").write_text("Title,Genres\nDark,Mystery\n")
    code, out, _ = run("hub", "catalogue", "films.csv", "--json")
    assert (code, json.loads(out)["rule"], json.loads(out)["items"]) == (0, "titles-by-taste", 1)
    (tmp_path / "films.csv").write_text("Title,Genres\nDark,Mystery\n,Drama\n")
    code, out, err = run("hub", "catalogue", "films.csv")
    assert (code, out) == (1, "")
    assert "Line 3" in err


def test_who_is_unknown_is_refused_with_a_reason(reel: dict[str, Any], run: Run) -> None:
    assert reel
    code, out, err = run("hub", "customer", "A-1", "--purpose", "service")
    assert (code, out) == (1, "")
    assert "Nobody known by 'A-1'" in err
    assert run("hub", "facts", "--json")[1] == '{\n  "facts": [],\n  "next": 0\n}\n'
    assert run("hub", "agreements", "--json")[1] == '{\n  "agreements": []\n}\n'


def test_a_missing_organisation_says_how_to_make_one(run: Run, tmp_path: Path) -> None:
    code, out, err = run("hub", "customers", "--hub", str(tmp_path / "none"))
    assert (code, out) == (1, "")
    assert "firsthand hub init" in err
    code, out, err = run("hub", "customers")
    assert (code, out) == (2, "")
    assert "FIRSTHAND_HUB" in err
