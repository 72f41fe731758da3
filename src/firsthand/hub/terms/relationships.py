"""Whom the organisation knows: one relationship a person, under a key made for it alone.

States and what follows which are one graph, checked when it is imported.
"""

import msgspec

from firsthand.foundation.tables import Reader, Table, Tx
from firsthand.protocol.graphs import Graph

TABLE = "relationships"
TABLES = (Table(name=TABLE, erased=True, hot=True),)
_ROW = "relationship"


GRAPH = Graph(
    name="A relationship, as the organisation knows it",
    states={
        "refused": "Terms were proposed and none accepted.",
        "active": "An agreement holds.",
        "ended": "None holds any more.",
        "erasing": "It is closed and being deleted; what is erased has no row at all.",
    },
    first=("refused", "active"),
    follows={
        "refused": {"accepted": "active", "erasure asked": "erasing"},
        "active": {"ended": "ended", "erasure asked": "erasing"},
        "ended": {"accepted": "active", "erasure asked": "erasing"},
        "erasing": {},
    },
    ends=("erasing",),
)


class StateGraph:
    """The states of a relationship by name, and which of them follow which: see ``GRAPH``."""

    refused, active, ended, erasing = GRAPH.states

    first = GRAPH.first
    follows = {state: GRAPH.next_states(state) for state in GRAPH.states}  # noqa: RUF012 - read only


class UnableToChangeState(RuntimeError):
    """A relationship cannot go from its state to that one: the code that asked is wrong."""


class Relationship(msgspec.Struct, frozen=True, kw_only=True):
    """One person as the organisation knows them. Times in seconds since 1970.

    ``id`` is the thumbprint of the person's key, ``account`` the organisation's own reference
    where the person let it be tied.
    """

    id: str
    key: dict[str, str]
    state: str
    since: int
    account: str | None = None
    ended_at: int | None = None


def get(reader: Reader, relationship: str) -> Relationship | None:
    """A relationship by its id; None if it is unknown or erased."""
    raw = reader.get(TABLE, relationship, _ROW)
    return None if raw is None else msgspec.json.decode(raw, type=Relationship)


def put(tx: Tx, relationship: Relationship) -> None:
    """Keep a relationship whose state follows the one that is kept.

    Raises ``UnableToChangeState``.
    """
    before = get(tx, relationship.id)
    allowed = StateGraph.first if before is None else StateGraph.follows[before.state]
    stays = before is not None and before.state == relationship.state
    if relationship.state not in allowed and not stays:
        was = before.state if before else "nothing"
        raise UnableToChangeState(f"from {was} to {relationship.state}")
    tx.put(TABLE, relationship.id, _ROW, msgspec.json.encode(relationship))


def page(reader: Reader, *, after: str = "", rows_max: int = 1000) -> list[Relationship]:
    """Relationships in the order of their ids, those after ``after``."""
    entries = reader.scan_all(TABLE, after=(after, _ROW), rows_max=rows_max)
    return [msgspec.json.decode(entry.value, type=Relationship) for entry in entries]


def is_open(reader: Reader, relationship: str) -> bool:
    """Whether rows about this person may still be written: it is known and not being erased."""
    kept = get(reader, relationship)
    return kept is not None and kept.state != StateGraph.erasing
