"""Once it is taken back, an organisation is as one that never had it, but for receipts and the log.

Two organisations live through the same. To one of them somebody gives as well who then ends the
deal or has all erased; to the other nobody of that kind ever comes. Afterwards all derived state
and every figure of staff say the same in both.
"""

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.harness.test_race import Person

from firsthand import app
from firsthand.foundation.journal import Receipt
from firsthand.foundation.settings import Settings
from firsthand.hub.acts import listing, statements
from firsthand.hub.acts.people import envelopes
from firsthand.hub.intake import tallies
from firsthand.hub.packing import ids_of, unpacked
from firsthand.hub.roles.profile.projection import DUE, MARKS, THINGS
from firsthand.hub.withdrawing import Withdrawing

if TYPE_CHECKING:
    from pathlib import Path

    from firsthand.foundation.tables import Reader
    from firsthand.hub.acts.opened import Hub

GIFTS = st.lists(st.sampled_from(["stays", "goes"]), min_size=1, max_size=6)


class Pair(NamedTuple):
    """The organisation that was given more, and the one that never was."""

    had: "Hub"
    never: "Hub"


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with contextlib.ExitStack() as opened:

        def hub(name: str) -> "Hub":
            folder: Path = tmp_path_factory.mktemp("hubs") / name
            app.found_hub(folder, name="Reel", url="http://127.0.0.1:9", settings=Settings())
            made = app.open_hub(folder, Settings())
            opened.callback(made.close)
            return made

        yield Pair(hub("had"), hub("never"))


def give(person: Person, n: int) -> None:
    verdict = person.hub.intake.take(person.batch("phone", n)).result(timeout=30)
    assert isinstance(verdict, Receipt), verdict


def settle(hub: "Hub") -> None:
    with hub.snapshot() as reader:
        size = hub.reads._journal.size(reader)  # noqa: SLF001 - how far there is to go
    assert hub.projector.wait_until(size)
    hub.keeping.work_off()


def derived(hub: "Hub") -> dict[str, Any]:
    """All that is derived from what was given, without names that differ by chance."""
    with hub.snapshot() as reader:
        rows = [unpacked(one.value) for one in reader.scan_all(THINGS, rows_max=1_000)]
        hours = tallies.of_hours(reader, 0, 10**7)
        people = [
            tally_of(reader, one.relationship)
            for one in reader.scan_all(tallies.PEOPLE, rows_max=1_000)
        ]
        marked = {
            table: len({one.relationship for one in reader.scan_all(table, rows_max=1_000)})
            for table in (MARKS,)
        }
        due = {one.relationship for one in reader.scan_all(DUE, rows_max=1_000)}
        known = {one.relationship for one in reader.scan_all(THINGS, rows_max=1_000)}
    listed = hub.reads.customers(table=THINGS)
    return {
        "things": sum(len(ids_of(row)) for row in rows),
        "hours": sum(one.times for one in hours.values()),
        "in hours": sum(one.things for one in hours.values()),
        "people": sorted(people),
        "marked": marked,
        "due to nobody else": due <= known,
        "active": listing.headcount(hub)["active"],
        "listed": sorted(one.things for one in listed if one.state == "active"),
        "of others": sum(one.things for one in listed if one.state != "active"),
        "live": len({one.relationship for one in hub.intake.recent()}),
        "facts": len(envelopes(hub)["facts"]),  # type: ignore[arg-type]
    }


def tally_of(reader: "Reader", relationship: str) -> tuple[int, int, tuple[str, ...]]:
    found = tallies.of_person(reader, relationship)
    return found.times, found.things, found.purposes


def live_through(pair: Pair, gifts: list[str], ending: str, *, late: bool) -> None:
    stays = [Person(hub) for hub in pair]
    goes = Person(pair.had)
    numbers = {"stays": 0, "goes": 0}
    for who in gifts:
        numbers[who] += 1
        if who == "goes":
            give(goes, numbers[who])
        else:
            for person in stays:
                give(person, numbers[who])
    if late:
        settle(pair.had)
    statements.revoke(pair.had, goes.id, goes.agreement)
    if ending == "erased":
        statements.erase(pair.had, goes.id, goes.agreement)
    for hub in pair:
        settle(hub)


@settings(max_examples=25)
@given(gifts=GIFTS, ending=st.sampled_from(["revoked", "erased"]), late=st.booleans())
def test_what_was_taken_back_is_as_if_it_had_never_come(
    pair: Pair, gifts: list[str], ending: str, *, late: bool
) -> None:
    live_through(pair, gifts, ending, late=late)
    assert derived(pair.had) == derived(pair.never)


def test_what_is_left_in_a_figure_is_found(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted fault: nothing is worked off after an ending."""
    with monkeypatch.context() as patched:
        patched.setattr(Withdrawing, "withdraw", lambda *_, **__: None)
        live_through(pair, ["stays", "goes"], "revoked", late=True)
        assert derived(pair.had) != derived(pair.never)
    for hub in pair:
        settle(hub)
    assert derived(pair.had) == derived(pair.never)
