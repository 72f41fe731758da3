"""What the things in a vault say, on a terminal."""

import json
from collections.abc import Callable
from pathlib import Path

Run = Callable[..., tuple[int, str, str]]
WORDS = ("money", "taste", "places", "people", "routines", "year", "changed", "ready")


def test_every_command_tells_in_words_and_in_json(run: Run, viewed: Path, tmp_path: Path) -> None:
    assert run("vault", "init")[0] == 0
    for word in WORDS:
        code, out, _ = run("vault", word)
        assert code == 0
        assert ("Bring some" in out) == (word != "ready"), word
    paid = tmp_path / "paid.csv"
    rows = "".join(f"2024-{month:02}-15,REWE Markt,-{month}.50,EUR\n" for month in range(1, 9))
    paid.write_text("Date,Payee,Amount,Currency\n" + rows)
    assert run("vault", "import", str(paid), str(viewed))[0] == 0
    for word in WORDS:
        assert run("vault", word)[0] == 0
        code, out, _ = run("vault", word, "--json")
        assert code == 0
        assert json.loads(out)["rule"]
    told = json.loads(run("vault", "money", "--span", "2024", "--json")[1])
    assert (told["out"], told["categories"][0]["key"]) == ("40.00", "groceries")
    assert "REWE Markt" in run("vault", "money", "--span", "2024")[1]
    assert "Out          40.00 EUR" in run("vault", "year", "2024")[1]
    grown = tmp_path / "grown.csv"
    grown.write_text("Date,Payee,Amount,Currency\n2024-08-20,REWE Markt,-60.25,EUR\n")
    assert run("vault", "import", str(grown))[0] == 0
    assert run("vault", "corrections", "--correct", "category:REWE Markt=home")[0] == 0
    told = json.loads(run("vault", "money", "--span", "2024", "--json")[1])
    assert [each["key"] for each in told["categories"]] == ["home"]
    assert run("vault", "corrections", "--undo", "category:Rewe-Markt")[0] == 0
    code, out, _ = run("vault", "changed", "--month", "2024-08")
    assert (code, "€68.75" in out, "68750" in out) == (0, True, False)


def test_a_correction_is_said_listed_and_undone(run: Run) -> None:
    run("vault", "init")
    assert "nothing yet" in run("vault", "corrections")[1]
    assert run("vault", "corrections", "--correct", "category:rewe=home")[0] == 0
    assert json.loads(run("vault", "corrections", "--json")[1])[0]["said"] == "home"
    code, _, error = run("vault", "corrections", "--correct", "category:rewe=nowhere")
    assert code == 1
    assert "groceries" in error
    assert "nothing yet" in run("vault", "corrections", "--undo", "category:rewe")[1]
    assert run("vault", "corrections", "--undo", "category:rewe")[0] == 1


def test_things_are_found_by_time_and_name(run: Run, viewed: Path) -> None:
    run("vault", "init")
    run("vault", "import", str(viewed))
    for words, names in (
        (("--since", "2024-02"), ["Heimat"]),
        (("--until", "2024-01-13"), ["Dark: Season 1: Secrets"]),
        (("--person", "Dark"), ["Dark: Season 1: Secrets"]),
        (("--place", "nowhere"), []),
    ):
        found = json.loads(run("vault", "things", *words, "--json")[1])
        assert [each["name"] for each in found] == names
        assert ("Nothing fits" in run("vault", "things", *words)[1]) == (not names)
    assert run("vault", "things", "--since", "soon")[0] == 2
