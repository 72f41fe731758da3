"""The commands about a vault, from making it to taking everything along."""

import argparse
import getpass
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from firsthand import cli
from firsthand.foundation.settings import SettingRefused

Run = Callable[..., tuple[int, str, str]]


def test_from_a_file_to_everything_and_back(
    run: Run, viewed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, _ = run("vault", "init", "--json")
    made = json.loads(out)
    assert code == 0
    assert set(made) == {"vault", "recovery_code"}
    code, out, _ = run("vault", "import", str(viewed), "--json")
    assert code == 0
    (file,) = json.loads(out)["files"]
    counts = [file[name] for name in ("read", "added", "known", "waiting")]
    assert counts == [3, 2, 0, 0]
    assert file["unreadable"][0]["line"] == 4
    assert json.loads(out)["questions"] == []
    monkeypatch.setenv("FIRSTHAND_PASSPHRASE", made["recovery_code"].lower())
    code, out, _ = run("vault", "things", "--json", "--search", "dark")
    assert [thing["name"] for thing in json.loads(out)] == ["Dark: Season 1: Secrets"]
    code, out, _ = run("vault", "export", "all.json")
    assert code == 0
    assert "act as you" in " ".join(out.split())
    monkeypatch.setenv("FIRSTHAND_PASSPHRASE", "other words")
    other = str(tmp_path / "other")
    assert run("vault", "--vault", other, "init")[0] == 0
    assert run("vault", "import", "all.json", "--vault", other)[0] == 0
    first = run("vault", "things", "--vault", other)
    assert first == run("vault", "--vault", other, "things")
    assert "Heimat" in first[1]
    assert first[1].index("Heimat") < first[1].index("Dark")


def test_a_question_is_answered_on_the_command(run: Run, tmp_path: Path) -> None:
    (tmp_path / "v.csv").write_text('Title,Date\n"Dark","1/3/24"\n')
    run("vault", "init")
    code, out, _ = run("vault", "import", "v.csv")
    assert code == 0
    assert "--answer '" in out
    asked = json.loads(run("vault", "import", "v.csv", "--json")[1])
    (question,) = asked["questions"]
    assert set(question) == {"id", "path", "ask", "choices"}
    assert asked["files"][0]["waiting"] == 1
    answer = f"{question['id']}={question['choices'][1].upper()}"
    code, out, _ = run("vault", "import", "v.csv", "--answer", answer, "--json")
    assert (code, json.loads(out)["files"][0]["added"]) == (0, 1)
    assert run("vault", "import", "v.csv", "--answer", f"{question['id']}=maybe")[0] == 1
    assert run("vault", "import", "v.csv", "--answer", "maybe")[0] == 2


def test_an_answer_to_nothing_is_told_of(run: Run, viewed: Path) -> None:
    run("vault", "init")
    code, out, err = run("vault", "import", str(viewed), "--answer", "abc.date=x", "--json")
    assert (code, json.loads(out)["files"][0]["added"]) == (0, 2)
    assert "abc.date" in err


def test_a_command_without_its_folder_is_called_wrongly(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("vault", "init", "--vault", "m\udcff")[0] == 2
    monkeypatch.delenv("FIRSTHAND_VAULT")
    monkeypatch.delenv("FIRSTHAND_HUB", raising=False)
    for words in (("vault", "things"), ("hub", "customers"), ("hub", "serve")):
        code, _, err = run(*words)
        assert (code, "Which" in err) == (2, True)
    (tmp_path / "empty").mkdir()
    assert "no file" in run("look", "empty")[1]


def test_a_file_that_cannot_be_read_fails_alone(run: Run, viewed: Path, tmp_path: Path) -> None:
    (tmp_path / "junk.bin").write_bytes(b"\x00\x01")
    run("vault", "init")
    code, out, err = run("vault", "import", "junk.bin", str(viewed), "none.csv", "--json")
    assert code == 1
    files = json.loads(out)["files"]
    assert [file["added"] for file in files] == [0, 2, 0]
    assert [bool(file.get("error")) for file in files] == [True, False, True]
    assert "junk.bin" in err
    assert "none.csv" in err


def test_looking_needs_no_vault(run: Run, viewed: Path, tmp_path: Path) -> None:
    code, out, _ = run("look", str(viewed))
    assert code == 0
    assert "viewed.csv:2" in out
    assert "line 4" in out
    code, out, _ = run("look", str(viewed), "--json")
    assert {"files", "questions", "findings"} == set(json.loads(out))
    assert run("look", "none.csv")[0] == 1
    assert not (tmp_path / "mine").exists()


def test_every_file_says_something(run: Run, tmp_path: Path) -> None:
    heard = {"artistName": "June", "trackName": "Tea", "msPlayed": 180_000}
    (tmp_path / "heard.json").write_text(
        json.dumps([heard | {"endTime": f"2024-01-{day:02} 20:15"} for day in range(1, 9)])
    )
    (tmp_path / "mine.ics").write_text(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Choir\r\n"
        "DTSTART:20240103T201500Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    step = '<Record type="HKQuantityTypeIdentifierStepCount" sourceName="W" unit="count" startDate='
    step += '"2024-01-03 20:15:30 +0100" endDate="2024-01-03 20:25:30 +0100" value="812"/>'
    (tmp_path / "export.xml").write_text(f"<?xml version='1.0'?><HealthData>{step}</HealthData>")
    (tmp_path / "none.ics").write_text("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n")
    files = [str(tmp_path / name) for name in ("heard.json", "mine.ics", "export.xml")]
    code, out, _ = run("look", *files)
    assert code == 0
    assert "You listened for 24 minutes" in out
    assert "You played Tea by June 8 times" in out
    assert "You take 812 steps a day" in out
    assert "1 event on 3 January 2024" in out
    assert "nothing of yours" not in out
    assert "There is nothing of yours in it." in run("look", str(tmp_path / "none.ics"))[1]


@pytest.mark.parametrize("words", [["things"], ["import", "x"], ["export", "x"], ["log"]])
def test_without_a_vault_one_is_told_how_to_make_it(run: Run, words: list[str]) -> None:
    code, _, err = run("vault", *words)
    assert code == 1
    assert "firsthand vault init" in err


def test_a_refusal_is_a_line_and_never_a_trace(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("vault", "init")[0] == 0
    code, _, err = run("vault", "init")
    assert code == 1
    assert "already" in err
    monkeypatch.setenv("FIRSTHAND_PASSPHRASE", "wrong")
    code, _, err = run("vault", "things")
    assert code == 1
    assert "neither the passphrase nor the recovery code" in err
    monkeypatch.setenv("FIRSTHAND_PASSPHRASE", "some words to open it")
    (tmp_path / "mine" / "vault.db").write_bytes(b"\x00" * 8192)
    code, _, err = run("vault", "things")
    assert (code, "damaged" in err) == (1, True)
    (tmp_path / "mine" / "slots.json").write_text("{}")
    code, _, err = run("vault", "things")
    assert (code, "damaged" in err) == (1, True)
    monkeypatch.delenv("FIRSTHAND_VAULT")
    code, _, err = run("vault", "things")
    assert (code, "--vault" in err) == (2, True)


def test_empty_lists_say_what_to_do_first(run: Run) -> None:
    run("vault", "init")
    assert "vault import" in run("vault", "things")[1]
    assert run("vault", "things", "--search", "x")[1] == "Nothing fits.\n"
    assert "vault connect" in run("vault", "relationships")[1]
    assert json.loads(run("vault", "relationships", "--json")[1]) == []
    assert run("vault", "log")[0] == 0
    assert json.loads(run("vault", "log", "--verify", "--json")[1])["disclosures"] == []
    assert run("vault", "inbox")[0] == 0
    assert run("vault", "revoke", "nobody")[0] == 1
    assert run("vault", "share", "nobody", "--role", "profile")[0] == 1


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["vault"],
        ["vault", "things", "--limit", "-1"],
        ["vault", "things", "--limit", "many"],
        ["vault", "share", "reel"],
        ["vault", "share", "reel", "--role", "advice"],
        ["vault", "share", "reel", "--role", "profile", "--again"],
        ["vault", "share", "reel", "--role", "profile", "--since", "yesterday"],
        ["vault", "serve", "--port", "70000"],
        ["look"],
        ["fly"],
    ],
)
def test_wrong_usage_is_2(run: Run, words: list[str]) -> None:
    code, _, err = run(*words)
    assert code == 2
    assert "usage:" in err


def test_a_passphrase_is_asked_for_twice_when_a_vault_is_made(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("FIRSTHAND_PASSPHRASE")

    def typed(*words: str) -> None:
        rest: Iterator[str] = iter(words)
        monkeypatch.setattr(getpass, "getpass", lambda _prompt: next(rest))

    typed("one thing and", "another thing")
    code, _, err = run("vault", "init")
    assert (code, "not the same" in err) == (1, True)
    assert not (tmp_path / "mine").exists()
    typed("", "")
    assert run("vault", "init")[0] == 1
    typed("the same words", "the same words")
    assert run("vault", "init")[0] == 0
    typed("the same words")
    assert run("vault", "things")[0] == 0

    def nobody(_prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr(getpass, "getpass", nobody)
    code, _, err = run("vault", "things")
    assert (code, "FIRSTHAND_PASSPHRASE" in err) == (1, True)


def test_another_passphrase_and_another_code(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    code = json.loads(run("vault", "init", "--json")[1])["recovery_code"]
    monkeypatch.setenv("FIRSTHAND_NEW_PASSPHRASE", "words that are new to it")
    assert run("vault", "passphrase")[0] == 0
    answer, _, err = run("vault", "things")
    assert (answer, "neither the passphrase nor the recovery code" in err) == (1, True)
    assert run("vault", "passphrase")[0] == 1
    monkeypatch.setenv("FIRSTHAND_PASSPHRASE", "words that are new to it")
    assert run("vault", "things")[0] == 0
    # The code stays until there is another one, and sets a passphrase as well.
    monkeypatch.setenv("FIRSTHAND_PASSPHRASE", code)
    monkeypatch.setenv("FIRSTHAND_NEW_PASSPHRASE", "the third one by the code")
    assert run("vault", "passphrase", "--json")[0] == 0
    renewed = json.loads(run("vault", "recovery-code", "--json")[1])["recovery_code"]
    assert run("vault", "things")[0] == 1
    for secret in (renewed, "the third one by the code"):
        monkeypatch.setenv("FIRSTHAND_PASSPHRASE", secret)
        assert run("vault", "things")[0] == 0
    slots = json.loads((tmp_path / "mine" / "slots.json").read_text())["slots"]
    assert sorted(slot["kind"] for slot in slots) == ["passphrase", "recovery"]
    assert [file.name for file in (tmp_path / "mine").glob(".slots*")] == []


def test_a_new_passphrase_is_asked_for_twice(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("vault", "init")
    words = iter(["one thing and", "another thing"])
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: next(words))
    answer, _, err = run("vault", "passphrase")
    assert (answer, "Nothing was changed" in err) == (1, True)
    assert run("vault", "things")[0] == 0


def test_a_setting_that_is_not_allowed_is_wrong_usage(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIRSTHAND_VALUT", "x")
    code, _, err = run("vault", "things")
    assert (code, "FIRSTHAND_VAULT" in err) == (2, True)
    assert issubclass(SettingRefused, ValueError)


def test_our_own_mistakes_are_not_hidden() -> None:
    for mistake in (KeyError("x"), AssertionError("x"), TypeError("x"), ValueError("x")):
        assert not cli.expected(mistake)
    for met in (OSError(2, "x"), LookupError("x"), SettingRefused("x")):
        assert cli.expected(met)


def test_output_that_nobody_reads_on_ends_quietly(viewed: Path) -> None:
    script = f"{sys.executable} -m firsthand.cli look {viewed} --json | head -c 1"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "{"
    assert "Traceback" not in done.stderr


def parsers(parser: argparse.ArgumentParser, name: str) -> Iterator[tuple[str, str]]:
    for action in parser._actions:  # noqa: SLF001 - argparse tells its commands in no other way
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            for word, child in action.choices.items():
                yield f"{name} {word}", child.format_help()
                yield from parsers(child, f"{name} {word}")


def test_every_command_says_what_it_does_with_an_example() -> None:
    told = dict(parsers(cli.build_parser(), "firsthand"))
    mine = {name: text for name, text in told.items() if name.startswith("firsthand vault ")}
    assert len(mine) >= 16
    mine["firsthand look"] = told["firsthand look"]
    for name, text in mine.items():
        assert f"Example: {name}" in " ".join(text.split())
