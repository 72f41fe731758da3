"""A byte that was changed in what is kept is found, wherever it is, and nothing else is."""

import re
from typing import Any

import msgspec
import pytest
from sqlcipher3 import dbapi2
from tests.hub.conftest import Person, Served
from tests.hub.test_rights import ask, asked

from firsthand.hub import sound
from firsthand.hub.acts import checking, console, requests, statements
from firsthand.hub.reads import Who
from firsthand.protocol.roles.profile import PURPOSE

TIMES = 4  # a row's bytes are changed one at a time, this many of them
COLUMNS = (
    "relationship", "lane", "n", "role", "purpose", "agreement", "events", "received_ms", "salt",
    "signature", "base", "body", "nodes",
)  # fmt: skip


def test_what_a_delivery_was_is_found_changed_and_said(served: Served, person: Person) -> None:
    for title in ("Dark", "Fog", "Moon"):
        person.give(title)
    served.settle()
    assert console.run(served.hub, "check", {})["holds"] is True
    with _opened(served) as db:
        for column in COLUMNS:
            row = "FROM batches WHERE position = 1"
            ((kept,),) = db.execute(f"SELECT {column} {row}").fetchall()
            _set(db, column, _changed(kept))
            told = console.run(served.hub, "check", {})
            shown = column == "received_ms"  # which nobody signed: it stands in what is shown too
            assert told["holds"] is False, column
            assert told["changed"] == ([] if shown else [1]), column
            _set(db, column, kept)
    assert console.run(served.hub, "check", {})["holds"] is True


@pytest.mark.parametrize("column", ["body", "nodes", "checkpoint"])
def test_serving_begins_with_a_look(served: Served, person: Person, column: str) -> None:
    for title in ("Dark", "Fog", "Moon"):
        person.give(title)
    served.settle()
    at = 2 if column == "checkpoint" else 1
    with _opened(served) as db:
        ((kept,),) = db.execute(
            f"SELECT {column} FROM batches WHERE position = {at}"  # noqa: S608 - of three names
        ).fetchall()
        other = kept.replace("3", "2", 1) if column == "checkpoint" else _changed(kept)
        db.execute(f"UPDATE batches SET {column} = ? WHERE position = {at}", (other,))  # noqa: S608 - as above
    found = checking.look(served.hub, signed=False)
    assert (found.holds, found.whole) == (False, True)
    assert found.changed == (() if column == "checkpoint" else (1,))
    said: list[str] = []
    checking.beside(served.hub, said.append)
    served.hub.closing[0]()
    assert said in ([], [checking.in_words(found)]), "unless it was closed before it had looked"


def test_what_was_signed_beside_the_log_is_found_changed(served: Served, person: Person) -> None:
    gone = Person(served)
    old = gone.agree()
    gone.agree(supersedes=old.id, prev=old.id)
    gone.give("Dark")
    person.give("Dark", "Fog")
    served.settle()
    for details in ("offers", "Stop it."):
        ask(person, asked("objection", details))
    requests.ask(served.hub, gone.id, msgspec.json.encode(asked("erasure")))
    statements.erase(served.hub, gone.id, old.id)  # by the deal of before, too
    requests.take_back(served.hub, person.id, requests.listed(served.hub)["rights"][0]["request"])  # type: ignore[index]
    who = Who(name="Greta", kind="staff")
    served.hub.reads.things(person.id, table="profile_things", purpose=PURPOSE, reader=who)
    served.settle()
    assert console.run(served.hub, "check", {})["holds"] is True
    looked: set[str] = set()
    with _opened(served) as db:
        for what, table, _ in sound.TABLES:
            room = f"room_{table}"
            for relationship, key, value in db.execute(f'SELECT * FROM "{room}"').fetchall():  # noqa: S608 - of its own tables
                place = (relationship, key)
                for at in _signed_places(table, value):
                    _put(db, room, place, bytes([*value[:at], value[at] ^ 1, *value[at + 1 :]]))
                    told: Any = console.run(served.hub, "check", {})
                    fault = {"what": what, "relationship": relationship, "key": key}
                    assert fault in told["others"], (what, value[:at][-20:])
                    assert what in told["says"]
                _put(db, room, place, value)
                looked.add(what)
    assert console.run(served.hub, "check", {})["holds"] is True
    assert {what for what, _, _ in sound.TABLES} - looked == {"correction"}


def _signed_places(table: str, value: bytes) -> list[int]:
    """Some places in a row, of what was signed in it."""
    first, last = 0, len(value)
    if table == "relationships":
        last = value.index(b'"since"')
    if table == "rights":
        first, last = value.index(b'"jws"'), value.index(b'"extended"')
    if table == "erasures":  # one token after the other
        signed = [found.span() for found in re.finditer(rb"eyJ[\w.-]+", value)]
        return [at for span in signed for at in range(*span, max(1, (span[1] - span[0]) // TIMES))]
    return [*range(first, last, max(1, (last - first) // TIMES))]


def _changed(kept: Any) -> Any:  # noqa: ANN401 - of a column
    if isinstance(kept, int):
        return kept + 1000
    if isinstance(kept, str):
        return ("x" if kept[0] != "x" else "y") + kept[1:]
    return bytes([kept[0] ^ 1]) + kept[1:]


def _opened(served: Served) -> Any:  # noqa: ANN401 - the driver carries no types
    (file,) = (path for path in served.folder.glob("*.db"))
    return dbapi2.connect(str(file), isolation_level=None)


def _set(db: Any, column: str, value: object) -> None:  # noqa: ANN401 - as above
    db.execute(f"UPDATE batches SET {column} = ? WHERE position = 1", (value,))  # noqa: S608 - of the names above


def _put(db: Any, room: str, place: tuple[str, str], value: bytes) -> None:  # noqa: ANN401 - as above
    db.execute(f'UPDATE "{room}" SET value = ? WHERE (relationship, key) = (?, ?)', (value, *place))  # noqa: S608 - as above
