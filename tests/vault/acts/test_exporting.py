"""An export holds every column of every table, and a new vault made of it is equal."""

import csv
import io
import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.vault.acts.bringing import import_paths
from firsthand.vault.acts.exporting import UnableToExport, export
from firsthand.vault.acts.keeping import things
from firsthand.vault.acts.opened import Vault
from firsthand.vault.acts.spreadsheets import guarded, unguarded, write_things
from firsthand.vault.store.portable import NOT_EXPORTED, NOT_RESTORED, from_portable

Make = Callable[[str], Vault]
Rows = dict[str, list[dict[str, Any]]]

# What a column takes where the schema allows a few words only, or where one row names another.
GIVEN: dict[tuple[str, str], object] = {
    ("things", "import_id"): 7,
    ("things", "time"): "2024-01-03",
    ("imports", "id"): 7,
    ("relationships", "state"): "active",
    ("relationships", "name"): "reel",
    ("disclosures", "position"): 41,
    ("given", "position"): 41,
    ("endings", "kind"): "erasure",
    ("endings", "state"): "confirmed",
    ("inbox", "verdict"): "fits",
    ("checkpoints", "seen_in"): "reel",
    ("conflicts", "kind"): "fork",
    ("rights", "id"): "a-right",
    ("brought", "import_id"): 7,
    ("brought", "state"): "done",
    ("knew", "import_id"): 7,
    ("redactions", "rule"): '{"words":"canary rule"}',
    ("rights_told", "request"): "a-right",
    ("cases", "id"): "a-case",
    ("case_events", "case_id"): "a-case",
    ("things", "data"): '{"@type":"WatchAction","name":"Canary film","startTime":"2024-01-03"}',
    ("disclosures", "receipt"): '{"index": 3}',  # with a space: kept as the text it is
    ("catalogues", "items"): '[{"id":"1","name":"Canary item","price":"9.99"}]',
}


def fill(vault: Vault) -> None:
    """One row in every table, and a second disclosure that still waits."""
    with vault.store.transaction() as tx:
        tx.check_references()
        columns = {
            name: tx._connection.execute(f"PRAGMA table_info({name})").fetchall()  # noqa: SLF001
            for name in tx.tables()
        }
        for table, described in columns.items():
            if table == "meta":
                continue
            state = "given" if table == "disclosures" else None
            row = {
                column["name"]: GIVEN.get((table, column["name"]), value_for(table, column))
                for column in described
            }
            if state:
                row["state"] = state
            if "relationship" in row:
                row["relationship"] = "reel"
            tx.insert(table, [row])
            if table == "disclosures":
                tx.insert(table, [{**row, "position": 42, "state": "waiting", "not_before": None}])


def value_for(table: str, column: dict[str, Any]) -> object:
    mark = f"canary {table} {column['name']}"
    if column["type"] == "INTEGER":
        return 1000 + len(mark)
    return (mark.encode() + b"\xff\x00") if column["type"] == "BLOB" else mark


def dump(vault: Vault) -> Rows:
    with vault.store.moment() as moment:
        return {name: list(moment.whole(name)) for name in moment.tables()}


def read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text())
    return document


def comparable(rows: Rows) -> Rows:
    """Without what stays behind, each exception as `NOT_RESTORED` gives its reason."""
    kept: Rows = {}
    for table, found in rows.items():
        kept[table] = []
        for row in found:
            if table == "meta" and ("meta", row["key"]) in NOT_RESTORED:
                continue
            kept[table].append(
                {name: value for name, value in row.items() if (table, name) not in NOT_RESTORED}
            )
    return kept


def test_every_column_of_every_table_is_exported(vault: Vault, tmp_path: Path) -> None:
    fill(vault)
    held = dump(vault)
    export(vault, tmp_path / "all.json")
    document = read(tmp_path / "all.json")
    for table, rows in held.items():
        assert rows, f"{table} is empty: give it a row, so that this test sees it"
        assert [from_portable(table, row) for row in document[table]] == rows, table
    with vault.store.moment() as moment:
        others = {
            row["name"]
            for row in moment._connection.execute("SELECT name FROM pragma_table_list")  # noqa: SLF001
            if row["name"] not in held and not row["name"].startswith(("words_", "sqlite_schema"))
        }
    assert others - {"sqlite_temp_schema"} == set(NOT_EXPORTED), "export it, or say why not"


def test_a_new_vault_made_of_it_is_equal(
    make_vault: Make, vault: Vault, viewed: Path, tmp_path: Path
) -> None:
    fill(vault)
    import_paths(vault, [viewed])
    export(vault, tmp_path / "all.json")
    fresh = make_vault("fresh")
    done: Any = import_paths(fresh, [tmp_path / "all.json"])
    assert done["files"][0]["added"] == 3
    assert "restored" in done["files"][0]["note"]
    assert comparable(dump(fresh)) == comparable(dump(vault))
    assert fresh.store.seed == vault.store.seed
    assert things(fresh, search="secrets") == things(vault, search="secrets") != []
    again = fresh.store.rows("disclosures.next_waiting", relationship="reel")
    assert [row["position"] for row in again] == [42]


@pytest.mark.parametrize(
    "damage",
    [
        lambda it: it["things"][0].update(data=5),
        lambda it: it["things"][0].update(data="[]"),
        lambda it: it["things"][0].update(time="yesterday"),
        lambda it: it.update(meta=[row for row in it["meta"] if row["key"] != "seed"]),
        lambda it: it.update(meta=[{"key": "seed", "value": "words"}]),
    ],
    ids=["number", "list", "no day", "no seed", "no bytes"],
)
@pytest.mark.parametrize("used", [False, True])
def test_an_export_that_was_damaged_changes_nothing(
    make_vault: Make,
    vault: Vault,
    viewed: Path,
    tmp_path: Path,
    damage: Callable[[dict[str, Any]], None],
    used: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    fill(vault)
    export(vault, tmp_path / "all.json")
    document = read(tmp_path / "all.json")
    damage(document)
    (tmp_path / "damaged.json").write_text(json.dumps(document))
    other = make_vault("other")
    if used:
        import_paths(other, [viewed])
    before = dump(other)
    done: Any = import_paths(other, [tmp_path / "damaged.json"])
    if used and document["things"] == read(tmp_path / "all.json")["things"]:
        assert done["files"][0]["added"] == 1, "a vault in use takes the things alone"
        return
    assert "does not fit together" in done["files"][0]["error"]
    assert dump(other) == before


def test_the_copy_gives_in_a_row_of_its_own(make_vault: Make, vault: Vault, tmp_path: Path) -> None:
    fill(vault)
    export(vault, tmp_path / "all.json")
    lanes = {vault.store.rows("relationships.all")[0]["lane"]}
    for name in ("one", "two"):
        copy = make_vault(name)
        import_paths(copy, [tmp_path / "all.json"])
        (relationship,) = copy.store.rows("relationships.all")
        assert relationship["acked_n"] == 0
        lanes.add(relationship["lane"])
        waiting = copy.store.row("disclosures.by_position", position=42)
        given_one = copy.store.row("disclosures.by_position", position=41)
        assert waiting is not None
        assert given_one is not None
        assert waiting["lane"] != relationship["lane"], "what had left keeps its number"
        assert waiting["salt"] == given_one["salt"], "and goes again as it was signed"
        assert given_one["salt"] is not None, "what was given can still be proven"
    assert len(lanes) == 3


def test_into_a_vault_in_use_only_things_are_taken(
    make_vault: Make, vault: Vault, viewed: Path, tmp_path: Path
) -> None:
    fill(vault)
    export(vault, tmp_path / "all.json")
    other = make_vault("other")
    import_paths(other, [viewed])
    seed = other.store.seed
    done: Any = import_paths(other, [tmp_path / "all.json"])
    (file,) = done["files"]
    assert (file["read"], file["added"], file["known"]) == (1, 1, 0)
    assert "only the things" in file["note"]
    assert other.store.seed == seed
    assert other.store.rows("relationships.all") == []
    assert len(things(other)) == 3
    repeated: Any = import_paths(other, [tmp_path / "all.json"])
    assert (repeated["files"][0]["added"], repeated["files"][0]["known"]) == (0, 1)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"import_id":7', '"import_id":8'),
        ('"type":', '"colour":'),
        ('"position":41', '"position":"x"'),
        ('"state":"active"', '"state":"friends"'),
        ('"seed"', '"id"'),
        ('"Canary film","startTime"', '"\\ud800","startTime"'),
        ("\n}\n", ""),
    ],
)
def test_a_changed_export_is_refused_whole_or_harmless(
    make_vault: Make, vault: Vault, tmp_path: Path, old: str, new: str
) -> None:
    fill(vault)
    export(vault, tmp_path / "all.json")
    text = (tmp_path / "all.json").read_text()
    assert old in text
    (tmp_path / "all.json").write_text(text.replace(old, new))
    fresh = make_vault("fresh")
    before = dump(fresh)
    done: Any = import_paths(fresh, [tmp_path / "all.json"])
    if old != '"seed"':  # without its seed it is a vault with other keys, but a whole one
        assert done["files"][0].get("error"), done
        assert dump(fresh) == before


def test_the_file_is_for_its_owner_and_says_what_it_is(vault: Vault, tmp_path: Path) -> None:
    path = tmp_path / "all.json"
    done = export(vault, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "act as you" in str(done["warning"])
    assert read(path)["about"]["warning"] == done["warning"]
    assert read(path)["@context"][0] == "https://schema.org"
    assert {row["key"] for row in read(path)["meta"]} == {"id", "made_at", "seed"}
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".all")] == []
    with pytest.raises(UnableToExport, match="already"):
        export(vault, path)
    with pytest.raises(UnableToExport):
        export(vault, tmp_path / "nowhere" / "all.json")


def test_a_zip_holds_the_same_and_a_table_for_each_kind(
    make_vault: Make, vault: Vault, viewed: Path, paid: Path, tmp_path: Path
) -> None:
    import_paths(vault, [viewed, paid])
    with vault.store.transaction() as tx:
        row = {"id": "evil", "type": "PayAction", "name": "=cmd|' /C calc'!A0", "time": None,
               "source": "bank", "import_id": 1,
               "data": '{"@type":"PayAction","price":"-5.00","description":"＝1+1"}'}  # fmt: skip
        tx.run_many("things.add", [row])
    export(vault, tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert set(archive.namelist()) == {"firsthand.json", "PayAction.csv", "WatchAction.csv"}
        table = list(csv.DictReader(io.StringIO(archive.read("PayAction.csv").decode("utf-8-sig"))))
    evil = next(row for row in table if row["id"] == "evil")
    assert evil["name"].startswith("'=")
    assert evil["description"].startswith("'")
    assert evil["price"] == "-5.00"
    assert sum(row["name"] == "Spotify" for row in table) == 7
    fresh = make_vault("fresh")
    import_paths(fresh, [tmp_path / "all.zip"])
    assert comparable(dump(fresh)) == comparable(dump(vault))


@given(st.text() | st.from_regex(r"[\s']*[=+@\t\r\x00＝＋－＠-].*"))
def test_no_cell_is_run_as_a_formula_and_none_is_lost(cell: str) -> None:
    safe = guarded(cell)
    start = safe.lstrip()
    assert safe == cell or safe == "'" + cell
    assert not start or start[0] not in "=+@＝＋－＠\x00" or safe.startswith("'")
    assert not safe.startswith(("\t", "\r", "\x00"))
    assert unguarded(safe) == cell


def test_several_in_one_cell_are_read_by_people_and_umlauts_by_spreadsheets() -> None:
    people = [{"@type": "Person", "name": "Inês", "email": "i@example.org"}, {"name": "June"}]
    thing = {"id": "1", "time": None, "name": "Käse", "source": "x", "data": {"attendee": people}}
    raw = io.BytesIO()
    assert write_things(raw, ["attendee"], [thing]) == 1
    assert raw.getvalue().startswith("\ufeffid,".encode())
    assert "Käse,x,Inês (i@example.org); June\r\n" in raw.getvalue().decode()
