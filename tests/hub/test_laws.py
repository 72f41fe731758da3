"""Laws that no import contract can see: who touches what people gave, and by which limits."""

import socket
from pathlib import Path

import pytest
from tests.hub.conftest import Person, Served

from firsthand import app
from firsthand.hub.doors import bodies, facts
from firsthand.hub.terms.relationships import StateGraph
from firsthand.protocol import wire

HUB = Path(app.__file__).parents[1] / "hub"


def test_what_outlives_an_erasing_names_no_relationship_as_its_own(served: Served) -> None:
    person = Person(served)
    person.agree()
    person.give("Dark")
    served.settle()
    kept = {table.name for table in app.TABLES if not table.erased}
    assert not {table.name for table in app.TABLES if table.erased} & kept
    with served.hub.snapshot() as reader:
        for table in kept:
            rows = reader.scan_all(table, rows_max=1000)
            assert {row.relationship for row in rows} <= {""}, table
            assert not any(b"Dark" in row.value for row in rows), table


def test_what_is_being_erased_becomes_nothing_else() -> None:
    assert StateGraph.follows[StateGraph.erasing] == ()
    assert all(StateGraph.erasing in after for state, after in StateGraph.follows.items()
               if state != StateGraph.erasing)  # fmt: skip


def test_what_is_too_large_is_refused_before_it_is_sent(served: Served) -> None:
    """413 comes for the head alone: nothing of the body has to be sent."""
    for path, most in (
        (wire.PATH_SIGNALS, wire.BATCH_BYTES_MAX),
        (wire.PATH_AGREEMENTS, wire.STATEMENT_BYTES_MAX),
    ):
        head = f"POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: {most + 1}\r\n\r\n"
        assert _said(served, head.encode()).startswith(b"HTTP/1.1 413"), path


def test_a_body_that_does_not_come_is_not_waited_for(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    defaults = bodies.read_body.__kwdefaults__
    assert defaults is not None
    assert defaults["wait_s_max"] == bodies.WAIT_S_MAX
    monkeypatch.setitem(defaults, "wait_s_max", 0.3)
    head = f"POST {wire.PATH_SIGNALS} HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc"
    assert _said(served, head.encode()).startswith(b"HTTP/1.1 408")
    person = Person(served)
    person.agree()
    assert person.give("Dark").status_code == 200


def test_the_address_that_was_signed_is_the_configured_one(served: Served) -> None:
    person = Person(served)
    person.agree()
    request = person.batch([person.signal("Dark")])
    request.headers["host"] = "evil.example"
    assert person.send(request).status_code == 200, "Host changes nothing"


def test_no_cell_can_start_a_formula() -> None:
    for text in ("=1", "+1", "-1", "@x", "\t=1", " =1", "\u3000=1", "\uff1d1", "\0", "\n=1"):
        assert facts.guarded(text).startswith("'"), repr(text)
    for harmless in ("Dark", "1899", "a=1", "", None):
        assert not facts.guarded(harmless).startswith("'")


def _said(served: Served, sent: bytes) -> bytes:
    port = int(served.url.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(sent)
        return line.recv(4096)
