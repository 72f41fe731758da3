"""What a person listened to: how long, whom most, what again and again, what no more, what new."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable

import msgspec

from firsthand.vault.sense.counting import HEARD_SECONDS_MIN
from firsthand.vault.sense.finding import Finding
from firsthand.vault.sense.kinds.rows import NO_TIME, Clock, Row, Rows
from firsthand.vault.sense.kinds.telling import (
    HOUR,
    TOP_MAX,
    hours,
    listed,
    long,
    many,
    most_of,
    over_time,
    percent,
    span,
    top,
)  # fmt: skip
from firsthand.vault.sense.recurring_findings import day

ARTIST_PLAYS_MIN = 5
TRACK_TIMES_MIN = 3
LEFT_SECONDS_MIN, LEFT_DAYS_MIN = 2 * HOUR, 180
NEW_SECONDS_MIN, NEW_DAYS_MAX = HOUR, 365
NIGHTS_MIN = 2
DAY_TIMES_MIN = 4
DAY_HOURS = 24


class Heard(msgspec.Struct, frozen=True):
    """A row of what was heard, with its day. Its seconds are 0 where the file has none."""

    row: Row
    date: datetime.date
    seconds: int

    @property
    def counts(self) -> bool:
        """Whether it was long enough to be called a play."""
        return self.row.figure < 0 or self.row.figure >= HEARD_SECONDS_MIN


def hearing(rows: Rows, clock: Clock) -> list[Finding]:
    """All findings about listening; those with nothing in them are left out."""
    heard = [
        Heard(row, clock.day(row.at), max(0, row.figure))
        for row in rows.each()
        if row.at != NO_TIME
    ]
    if not heard:
        return []
    by: dict[str, list[Heard]] = defaultdict(list)
    for each in heard:
        if each.row.who:
            by[each.row.who].append(each)
    timed = any(each.seconds for each in heard)
    found = [_all(rows, heard), _most(rows, heard, by, timed=timed), _again(rows, heard)]
    if timed:
        found += [_left(rows, heard, by), _new(rows, heard, by)]
    return [each for each in found if each is not None]


def _ids(rows: Rows, heard: Iterable[Heard]) -> list[str]:
    return [rows.id_of(each.row) for each in heard]


def _seconds(heard: Iterable[Heard]) -> int:
    return sum(each.seconds for each in heard)


def _all(rows: Rows, heard: list[Heard]) -> Finding:
    first, last, total = heard[0].date, heard[-1].date, _seconds(heard)
    per: dict[datetime.date, float] = defaultdict(float)
    for each in heard:
        per[each.date] += each.seconds / HOUR if total else 1
    when, much = most_of(per)
    title = f"You heard {many(len(heard), 'piece')}"
    days = (last - first).days + 1
    detail = f"That is {span(first, last)}; this file does not say for how long."
    if total:
        title = f"You listened for {long(total)}"
        if total >= NIGHTS_MIN * DAY_HOURS * HOUR:
            title += f": {total // (DAY_HOURS * HOUR):,} days and nights"
        detail = f"That is {long(total // days)} a day {span(first, last)}."
        if days == 1:
            detail = f"All of it {span(first, last)}."
        if len(over_time(per)) > 1:
            detail += f" Most of it was in {when}: {long(round(much * HOUR))}."
    return Finding(
        kind="listening", title=title, detail=detail,
        facts={
            "unit": "hours" if total else "pieces", "seconds": total, "total": hours(total),
            "plays": len(heard), "first": first.isoformat(), "last": last.isoformat(),
        },
        things=_ids(rows, heard), chart=over_time(per),
    )  # fmt: skip


def _most(
    rows: Rows, heard: list[Heard], by: dict[str, list[Heard]], *, timed: bool
) -> Finding | None:
    if len(by) <= 1:
        return None
    sums = {who: _seconds(each) if timed else len(each) for who, each in by.items()}
    order = top(sums)
    artist, much = order[0]
    mine, total = by[artist], _seconds(heard) if timed else len(heard)
    if len(mine) < ARTIST_PLAYS_MIN:
        return None
    others = [f"{who} ({long(each) if timed else many(each, 'time')})" for who, each in order[1:3]]
    said = f"{long(much)}, {many(len(mine), 'time')}" if timed else many(len(mine), "time")
    return Finding(
        kind="artist-most",
        title=f"{artist} is {percent(much, total)} % of all that you heard",
        detail=f"{said} since {day(mine[0].date)}. After that come {listed(others)}.",
        facts={
            "unit": "hours" if timed else "times", "artist": artist,
            "seconds": _seconds(mine), "plays": len(mine), "percent": percent(much, total),
            "first": mine[0].date.isoformat(), "last": mine[-1].date.isoformat(),
        },
        things=_ids(rows, mine),
        chart=[(who, hours(each) if timed else float(each)) for who, each in order[:TOP_MAX]],
    )  # fmt: skip


def _again(rows: Rows, heard: list[Heard]) -> Finding | None:
    plays = Counter((each.row.what, each.row.who) for each in heard if each.counts)
    plays.pop(("", ""), None)
    order = sorted(plays.items(), key=lambda item: (-item[1], item[0]))[:TOP_MAX]
    if not order or order[0][1] < TRACK_TIMES_MIN:
        return None
    (track, artist), times = order[0]
    mine = [each for each in heard if each.counts and (each.row.what, each.row.who) == order[0][0]]
    whose = f" by {artist}" if artist and artist != track else ""
    days = Counter(each.date for each in mine)
    on, most = min(days.items(), key=lambda item: (-item[1], item[0]))
    detail = f"First on {day(mine[0].date)}, last on {day(mine[-1].date)}."
    if most >= DAY_TIMES_MIN:
        detail += f" On {day(on)} alone {many(most, 'time')}."
    if any(each.row.figure >= 0 for each in heard):
        detail += " Less than 30 seconds of it do not count."
    return Finding(
        kind="track-most", title=f"You played {track}{whose} {many(times, 'time')}", detail=detail,
        facts={
            "track": track, "artist": artist, "times": times,
            "first": mine[0].date.isoformat(), "last": mine[-1].date.isoformat(),
        },
        things=_ids(rows, mine),
        chart=[(f"{what}, {who}" if who else what, float(each)) for (what, who), each in order],
    )  # fmt: skip


def _left(rows: Rows, heard: list[Heard], by: dict[str, list[Heard]]) -> Finding | None:
    end = heard[-1].date
    gone = {
        who: _seconds(each)
        for who, each in by.items()
        if (end - each[-1].date).days >= LEFT_DAYS_MIN and _seconds(each) >= LEFT_SECONDS_MIN
    }
    if not gone:
        return None
    artist, much = top(gone)[0]
    mine, others = by[artist], len(gone) - 1
    detail = f"Your file goes on to {day(end)}."
    if others:
        detail += f" {many(others, 'other artist or show', 'other artists and shows')} you left so."
    return Finding(
        kind="artist-left",
        title=f"After {long(much)} of {artist} you heard nothing since {day(mine[-1].date)}",
        detail=detail,
        facts={
            "unit": "hours", "artist": artist, "seconds": much, "count": len(gone),
            "first": mine[0].date.isoformat(), "last": mine[-1].date.isoformat(),
        },
        things=_ids(rows, mine), chart=_hours_of(mine, end),
    )  # fmt: skip


def _new(rows: Rows, heard: list[Heard], by: dict[str, list[Heard]]) -> Finding | None:
    first, end = heard[0].date, heard[-1].date
    since = end - datetime.timedelta(days=NEW_DAYS_MAX)
    new = {
        who: much
        for who, each in by.items()
        if each[0].date > since and (much := _seconds(each)) >= NEW_SECONDS_MIN
    }
    if (since - first).days < LEFT_DAYS_MIN or not new:
        return None
    artist, much = top(new)[0]
    mine, others = by[artist], len(new) - 1
    detail = f"Nothing of it is in your file before, from {day(first)} on."
    if others:
        detail += f" New in that year too: {listed([who for who, _ in top(new)[1:4]])}."
    return Finding(
        kind="artist-new",
        title=f"You found {artist} on {day(mine[0].date)}, and have heard {long(much)} since",
        detail=detail,
        facts={
            "unit": "hours", "artist": artist, "seconds": much, "count": len(new),
            "first": mine[0].date.isoformat(), "last": mine[-1].date.isoformat(),
        },
        things=_ids(rows, mine), chart=_hours_of(mine, end),
    )  # fmt: skip


def _hours_of(heard: list[Heard], end: datetime.date) -> list[tuple[str, float]]:
    per: dict[datetime.date, float] = defaultdict(float, {end: 0.0})
    for each in heard:
        per[each.date] += each.seconds / HOUR
    return over_time(per)
