"""The commands about archives, past imports, taking one back and leaving things out."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from firsthand.cli.bringing import line_of
from firsthand.vault.bring.going import Progress

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def packed(viewed: Path, tmp_path: Path) -> Path:
    path = tmp_path / "takeout.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(viewed, "a/viewed.csv")
        archive.writestr("photo.jpg", b"\xff\xd8\xff" + bytes(40))
        archive.writestr("../up.csv", "x")
    return path


def test_an_archive_its_report_and_taking_it_back(run: Run, viewed: Path, packed: Path) -> None:
    run("vault", "init")
    assert "Nothing was brought yet" in run("vault", "imports")[1]
    code, out, _ = run("vault", "import", str(packed))
    said = " ".join(out.split())
    assert code == 0
    for words in ("a/viewed.csv", "Pictures, videos and sound", "leads out", "line 4"):
        assert words in said
    (file,) = json.loads(run("vault", "import", str(packed), "--json")[1])["files"]
    assert [file[name] for name in ("read", "added", "known", "unreadable_rows")] == [3, 0, 2, 1]
    assert [each["name"] for each in file["members"]] == ["a/viewed.csv"]
    assert sum(each["files"] for each in file["left"]) == 2
    assert run("vault", "import", str(viewed))[0] == 0
    imports = json.loads(run("vault", "imports", "--json")[1])
    assert [each["state"] for each in imports] == ["done"] * 3
    told = json.loads(run("vault", "imports", "1", "--json")[1])
    assert (told["here"], told["report"]["added"]) == (2, 2)
    assert "takeout.zip" in run("vault", "imports", "1")[1]
    assert run("vault", "imports", "9")[0] == 1
    code, out, _ = run("vault", "undo", "1")
    assert "0 things would go, 2 stay" in " ".join(out.split())
    told = json.loads(run("vault", "undo", "1", "--yes", "--json")[1])
    assert (told["gone"], told["stay"], told["done"]) == (0, 2, True)
    assert run("vault", "undo", "1", "--yes")[0] == 1
    for number in ("2", "3"):
        assert run("vault", "undo", number, "--yes")[0] == 0
    assert json.loads(run("vault", "things", "--json")[1]) == []
    assert "taken back" in run("vault", "imports")[1]


def test_leaving_out(run: Run, viewed: Path) -> None:
    run("vault", "init")
    run("vault", "import", str(viewed))
    assert "Nothing is left out" in run("vault", "redact")[1]
    code, out, _ = run("vault", "redact", "--words", "heimat")
    assert code == 0
    assert "1 thing would go" in out
    assert len(json.loads(run("vault", "things", "--json")[1])) == 2
    told = json.loads(run("vault", "redact", "--words", "heimat", "--yes", "--json")[1])
    assert (told["things"], told["done"]) == (1, True)
    assert len(json.loads(run("vault", "things", "--json")[1])) == 1
    (rule,) = json.loads(run("vault", "redact", "--json")[1])
    assert rule["rule"] == {"words": "heimat"}
    assert 'with the words "heimat"' in " ".join(run("vault", "redact")[1].split())
    (file,) = json.loads(run("vault", "import", str(viewed), "--json")[1])["files"]
    assert (file["redacted"], file["known"]) == (1, 1)
    assert "No longer left out" in run("vault", "redact", "--remove", str(rule["id"]))[1]
    run("vault", "import", str(viewed))
    assert len(json.loads(run("vault", "things", "--json")[1])) == 2
    for wrong in (["--field", "name"], ["--since", "soon"], ["--remove", "7"]):
        code, _, said = run("vault", "redact", *wrong)
        assert code == 1, wrong
        assert said.startswith("firsthand: "), wrong
    assert run("vault", "redact", "--near", "here")[0] == 2
    assert run("vault", "redact", "--near", "52.5,13.4", "--metres", "50")[0] == 0


def test_how_far_it_is_in_a_line() -> None:
    told = Progress(
        path="t.zip", file=2, files=3, rows=1200, members=7, at_bytes=2**20, size_bytes=50 * 2**30
    )
    assert line_of(told) == (
        "file 2 of 3: t.zip: 1,200 rows, 7 files in it, 1 of 51,200 MB"
    )  # fmt: skip
