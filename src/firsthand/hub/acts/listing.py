"""Lists who is known and which agreements are kept, a page at a time, for staff.

Rows are in the order of their keys, which is nobody's order. Some thousands are read and sorted,
the newest first; beyond that a page is what one scan gives, and search finds.
"""

from collections.abc import Iterator, Sequence

import msgspec

from firsthand.foundation.tables import Entry, Reader
from firsthand.hub.acts.opened import Hub
from firsthand.hub.intake import tallies
from firsthand.hub.intake.tallies import Tally
from firsthand.hub.terms import agreements, relationships
from firsthand.hub.terms.agreements import Brief, Held, Standing
from firsthand.hub.terms.relationships import StateGraph
from firsthand.protocol.terms import ROSTER, Terms

PAGE_ROWS = 25
SCAN_ROWS = 1_000
SORTED_MAX = 5_000
DEALS_SORTED_MAX = 1_000  # their rows hold both statements
SEARCHED_MAX = 100_000
FOUND_MAX = 50


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """One person in a list, with nothing that was given but how much. Seconds since 1970."""

    id: str
    account: str | None
    since: int
    state: str
    ended_at: int | None = None


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One person in a list, with the newest deal's terms and how much was given."""

    known: Known
    terms: Terms | None
    tally: Tally


class People(msgspec.Struct, frozen=True, kw_only=True):
    """A page of persons. ``sorted`` says that the newest come first.

    ``before`` and ``after`` are what to ask for next, or None; ``total`` is all there are, or None
    where they are too many to count here.
    """

    rows: list[Row]
    before: str | None
    after: str | None
    total: int | None
    sorted: bool


class Deal(msgspec.Struct, frozen=True, kw_only=True):
    """One agreement or refusal in a list, without its statements. Seconds since 1970."""

    relationship: str
    account: str | None
    id: str
    terms: str
    state: str
    at: int
    expires: int
    ended_at: int | None


class Deals(msgspec.Struct, frozen=True, kw_only=True):
    """A page of agreements; the fields are those of ``People``."""

    rows: list[Deal]
    before: str | None
    after: str | None
    total: int | None
    sorted: bool


_KNOWN = msgspec.json.Decoder(Known)
_BRIEF = msgspec.json.Decoder(Brief)
_STANDING = msgspec.json.Decoder(Standing)


def people(hub: Hub, *, at: str = "") -> People:
    """A page of all persons; ``at`` is a place from an earlier page."""
    with hub.snapshot() as reader:
        found = _all(reader, relationships.TABLE, SORTED_MAX)
        if found is None:
            entries = reader.scan_all(relationships.TABLE, after=_place(at), rows_max=PAGE_ROWS + 1)
            rows = [_row(reader, _KNOWN.decode(one.value)) for one in entries[:PAGE_ROWS]]
            after = _named(entries[PAGE_ROWS - 1]) if len(entries) > PAGE_ROWS else None
            return People(rows=rows, before=None, after=after, total=None, sorted=False)
        known = sorted(
            (_KNOWN.decode(one.value) for one in found), key=lambda one: (-one.since, one.id)
        )
        start = _start(at, len(known))
        rows = [_row(reader, one) for one in known[start : start + PAGE_ROWS]]
    before, after = _around(start, len(known))
    return People(rows=rows, before=before, after=after, total=len(known), sorted=True)


def search(hub: Hub, text: str) -> tuple[list[Row], bool]:
    """Persons whose account holds ``text`` or whose id begins with it; whether all were seen."""
    wanted = text.strip().casefold()
    found: list[Known] = []
    with hub.snapshot() as reader:
        for seen, entry in enumerate(_walk(reader, relationships.TABLE), 1):
            one = _KNOWN.decode(entry.value)
            hit = one.account is not None and wanted in one.account.casefold()
            if hit or one.id.casefold().startswith(wanted):
                found.append(one)
            if seen >= SEARCHED_MAX or len(found) >= FOUND_MAX:
                return [_row(reader, each) for each in _exact_first(found, wanted)], False
        return [_row(reader, each) for each in _exact_first(found, wanted)], True


def headcount(hub: Hub) -> dict[str, int]:
    """How many persons there are by state. It walks over all of them: keep the answer a while."""
    counts = dict.fromkeys(StateGraph.follows, 0)
    with hub.snapshot() as reader:
        for entry in _walk(reader, relationships.TABLE):
            counts[_KNOWN.decode(entry.value).state] += 1
    return counts


def erased_by(hub: Hub, relationship: str, held: Held) -> int | None:
    """When what came under an agreement that is over is to be erased (seconds since 1970)."""
    if held.state(hub.now_s()) not in {"terminated", "expired"}:
        return None
    with hub.snapshot() as reader:
        by_id = {one.id: one for one in agreements.held(reader, relationship)}
    return agreements.erased_by(held, by_id)


def deals(hub: Hub, *, at: str = "", state: str = "") -> Deals:
    """A page of all agreements and refusals, or those in a ``state`` of ``LIFE``.

    ``at`` is a place from an earlier page. Where they are too many to sort, a page may hold fewer.
    """
    now = hub.now_s()
    with hub.snapshot() as reader:
        found = _all(reader, agreements.TABLE, DEALS_SORTED_MAX)
        if found is None:
            entries: Sequence[Entry] = reader.scan_all(
                agreements.TABLE, after=_place(at), rows_max=PAGE_ROWS + 1
            )
            after = _named(entries[PAGE_ROWS - 1]) if len(entries) > PAGE_ROWS else None
            rows = [_deal(reader, one, now) for one in entries[:PAGE_ROWS]]
            rows = [one for one in rows if state in {"", one.state}]
            return Deals(rows=rows, before=None, after=after, total=None, sorted=False)
        if state:
            found = [one for one in found if _BRIEF.decode(one.value).state(now) == state]
        newest = sorted(found, key=lambda one: (-_BRIEF.decode(one.value).at, one.key))
        start = _start(at, len(newest))
        rows = [_deal(reader, one, now) for one in newest[start : start + PAGE_ROWS]]
    before, after = _around(start, len(newest))
    return Deals(rows=rows, before=before, after=after, total=len(newest), sorted=True)


def _all(reader: Reader, table: str, rows_max: int) -> list[Entry] | None:
    """All rows of a table, or None where there are more than are sorted."""
    found: list[Entry] = []
    for entry in _walk(reader, table):
        found.append(entry)
        if len(found) > rows_max:
            return None
    return found


def _walk(reader: Reader, table: str) -> Iterator[Entry]:
    after = ("", "")
    while True:
        page = reader.scan_all(table, after=after, rows_max=SCAN_ROWS)
        yield from page
        if len(page) < SCAN_ROWS:
            return
        after = (page[-1].relationship, page[-1].key)


def _row(reader: Reader, known: Known) -> Row:
    standing = reader.scan(agreements.STANDING, known.id, rows_max=agreements.HELD_MAX)
    found = [_STANDING.decode(one.value) for one in standing]
    newest = max(found, key=lambda one: (one.taking, one.expires), default=None)
    return Row(
        known=known,
        terms=None if newest is None else ROSTER[newest.terms],
        tally=tallies.of_person(reader, known.id),
    )


def _deal(reader: Reader, entry: Entry, now: int) -> Deal:
    brief = _BRIEF.decode(entry.value)
    known = relationships.get(reader, entry.relationship)
    return Deal(
        relationship=entry.relationship,
        account=known.account if known else None,
        id=brief.id,
        terms=brief.terms,
        state=brief.state(now),
        at=brief.at,
        expires=brief.expires,
        ended_at=brief.ended_at,
    )


def _exact_first(found: Sequence[Known], wanted: str) -> list[Known]:
    return sorted(found, key=lambda one: ((one.account or "").casefold() != wanted, -one.since))


def _start(at: str, count: int) -> int:
    """The row that a page begins with; what cannot be is the first page."""
    start = int(at) if at.isascii() and at.isdecimal() and len(at) < 7 else 0  # noqa: PLR2004
    return start if start < count else 0


def _around(start: int, count: int) -> tuple[str | None, str | None]:
    before = str(max(0, start - PAGE_ROWS)) if start else None
    after = str(start + PAGE_ROWS) if start + PAGE_ROWS < count else None
    return before, after


def _named(entry: Entry) -> str:
    return f"{entry.relationship}.{entry.key}"


def _place(at: str) -> tuple[str, str]:
    relationship, dot, key = at[:200].partition(".")
    return (relationship, key) if dot else ("", "")
