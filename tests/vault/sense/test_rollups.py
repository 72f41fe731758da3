"""Sums of sums are the sums, hours are as the clock tells them, and what was counted is let go."""

import datetime
import gc
import weakref
from collections import Counter
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from tests.vault.sense.lives import life, seen, thing

from firsthand.vault.sense import Noticing
from firsthand.vault.sense.changed import AMOUNTS, LEAST
from firsthand.vault.sense.counting import Counting
from firsthand.vault.sense.rollups import JUDGED_MAX, NAMES, TOP_MAX, TOPS, judged, rolled
from firsthand.vault.sense.sums import Cell, Sums
from firsthand.vault.sense.taste import verdict

TODAY = datetime.date(2026, 6, 1)
CELLS = st.dictionaries(
    st.tuples(
        st.sampled_from([*TOPS, ("money", "out"), ("places", "fix")]),
        st.sampled_from(["", "2024-01", "2024-12", "2025-03"]),
        st.sampled_from([f"who {n}" for n in range(9)]),
        st.sampled_from(["", "EUR"]),
    ).map(lambda each: (*each[0], *each[1:])),
    st.builds(Cell, st.integers(1, 50), st.integers(0, 200_000)),
    max_size=60,
)


@given(CELLS)
def test_a_whole_is_the_sum_of_its_parts(cells: dict[tuple[str, str, str, str, str], Cell]) -> None:
    kept = rolled(cells)
    assert all(kept[key] == cell for key, cell in cells.items())
    things, names = Counter[tuple[str, ...]](), dict[tuple[str, ...], set[str]]()
    for (sense, part, month, who, unit), cell in cells.items():
        things["all:" + sense, part, month, "", unit] += cell.things
        least = LEAST.get((sense, part), 2**62)
        large = (cell.amount if sense in AMOUNTS else cell.things) >= least
        assert ((f"large:{sense}", part, month, who, unit) in kept) is large
        if month and (sense, part) in TOPS:
            things["year:" + sense, part, month[:4], "", ""] += cell.things
            names.setdefault(("year:" + sense, part, month[:4], NAMES, ""), set()).add(who)
    told = {k: c.things for k, c in kept.items() if k[0][:4] in {"all:", "year"} and k[3] != NAMES}
    assert told == things
    assert {k: kept[k].things for k in kept if k[3] == NAMES} == {
        k: len(v) for k, v in names.items()
    }
    for sense, part, year in {(k[0][5:], k[1], k[2]) for k in names}:
        whole = Counter[tuple[str, str]]()
        for (a, b, month, who, unit), cell in cells.items():
            if (a, b, month[:4]) == (sense, part, year):
                whole[who, unit] += cell.amount if sense in AMOUNTS else cell.things
        top = [k for k in kept if k[:3] == (f"top:{sense}", part, year)]
        assert len(top) == min(TOP_MAX, len(whole))
        told_of = [kept[k].amount if sense in AMOUNTS else kept[k].things for k in top]
        assert sorted(told_of, reverse=True) == [most for _, most in whole.most_common(TOP_MAX)]


def test_days_and_hours_are_kept_as_their_sums_alone() -> None:
    counting = Counting()
    for each in life(days=30):
        counting.take(each)
    kept, cells = rolled(counting.sums.cells), counting.sums.cells
    assert not [key for key in kept if key[0] in {"days", "hours"}]
    for whole, part in (("day", "days"), ("all:days", "days"), ("all:hours", "hours")):
        assert sum(c.things for k, c in kept.items() if k[0] == whole) == sum(
            c.things for k, c in cells.items() if k[0] == part
        )


def test_of_each_verdict_the_names_that_weigh_most_are_kept() -> None:
    counting = Counting()
    for number in range(JUDGED_MAX + 5):
        for piece in range(6):
            counting.take(seen(f"2024-01-{piece + 1:02}T20:00:00Z", f"Show {number}", f"{piece}"))
        counting.take(seen("2024-02-01T20:00:00Z", f"Left {number}", "1"))
    every = counting.sums.every()
    found = judged(every, TODAY)
    by_who = {name.who: name for name in every if name.sense == "taste"}
    sizes = Counter(key[4] for key in found)
    assert sizes == {"like": JUDGED_MAX, "dislike": JUDGED_MAX}
    assert all(verdict(by_who[key[3]], {}, TODAY).taste == key[4] for key in found)


@given(
    st.datetimes(),
    st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Kiritimati"]),
)
def test_a_moment_is_told_as_the_clock_of_a_zone_tells_it(at: datetime.datetime, zone: str) -> None:
    at = at.replace(minute=0, second=0, microsecond=0)
    when = Sums(zone).when(f"{at.isoformat()}Z")
    try:
        local = at.replace(tzinfo=datetime.UTC).astimezone(ZoneInfo(zone))
    except OverflowError:
        return  # before the first day there is, or after the last
    assert when is not None
    assert (when.day, when.hour, when.weekday) == (
        local.date().isoformat(), local.hour, local.weekday()
    )  # fmt: skip
    assert when.cell == f"{local.weekday()}-{local.hour:02}"


def test_what_is_no_time_is_none() -> None:
    for text in ("2024-13-01", "2024-01-03T25:00:00Z", "2024-01-03T+5:00", "soon", "", None):
        assert Sums().when(text) is None


def test_a_video_that_is_gone_is_no_title() -> None:
    name = "a video that has been removed"
    shown = {"@type": "VideoObject", "name": name}
    gone = thing("WatchAction", "2024-01-03T20:15:00Z", name, "google", object=shown)
    noticing = Noticing(today=TODAY)
    for each in (gone, gone, gone):
        noticing.take(each)
    assert [each.kind for each in noticing.findings()] == ["things"], "how many, and no more"
    sums = noticing.counted().sums
    assert not sums.names("taste")
    assert sum(cell.things for key, cell in sums.cells.items() if key[0] == "days") == 3


def test_what_was_counted_is_let_go_of_at_once() -> None:
    noticing = Noticing(today=TODAY)
    for each in life(days=10):
        noticing.take(each)
    held = weakref.ref(noticing.counted().sums)
    gc.disable()
    try:
        del noticing
        assert held() is None, "something in it points back at it"
    finally:
        gc.enable()
