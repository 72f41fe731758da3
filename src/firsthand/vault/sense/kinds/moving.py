"""How a person moved: sport and ways, how often, how far, the longest, and whether it is more."""

import datetime
from collections import Counter, defaultdict

from firsthand.vault.sense.finding import Finding
from firsthand.vault.sense.kinds.rows import DAY_S, NO_TIME, Clock, Row, Rows, date_of
from firsthand.vault.sense.kinds.telling import (
    TOP_MAX,
    YEAR_DAYS,
    bar_of,
    far,
    listed,
    long,
    many,
    months_of,
    over_time,
    percent,
    span,
    top,
)
from firsthand.vault.sense.kinds.telling import (
    clock as length,
)
from firsthand.vault.sense.recurring_findings import day

LONGEST_OF_MIN = 3
KM = 1000


def moving(rows: Rows, clock: Clock) -> list[Finding]:
    """All findings about sport: of rows with its kind, its metres and its seconds."""
    done = [row for row in rows.each() if row.at != NO_TIME]
    if not done:
        return []
    found = [_all(rows, done, clock), _longest(rows, done, clock)]
    return [each for each in found if each is not None]


def _all(rows: Rows, done: list[Row], clock: Clock) -> Finding:
    metres, seconds = sum(row.figure for row in done), sum(row.other for row in done)
    first, last = clock.day(done[0].at), clock.day(done[-1].at)
    per: dict[datetime.date, float] = defaultdict(float)
    for row in done:
        per[clock.day(row.at)] += 1
    title = f"You did sport {many(len(done), 'time')}"
    if metres >= KM:
        title += f" and covered {far(metres)}"
    elif seconds:
        title += f", {long(seconds)} in all"
    kinds = top(Counter(row.who for row in done if row.who))
    said = listed([f"{who} ({count:,})" for who, count in kinds[:3]]) if kinds else ""
    detail = f"That is {span(first, last)}" + (f": {said}." if said else ".")
    facts: dict[str, object] = {
        "times": len(done), "metres": metres, "seconds": seconds, "kinds": dict(kinds),
        "first": first.isoformat(), "last": last.isoformat(),
    }  # fmt: skip
    if (last - first).days >= 2 * YEAR_DAYS:
        ago = [(last - clock.day(row.at)).days for row in done]
        now = sum(1 for days in ago if days < YEAR_DAYS)
        before = sum(1 for days in ago if YEAR_DAYS <= days < 2 * YEAR_DAYS)
        detail += f" In its last twelve months {now:,} times, in the twelve before {before:,}."
        facts |= {"now": now, "before": before}
    return Finding(
        kind="exercise", title=title, detail=detail, facts=facts,
        things=[rows.id_of(row) for row in done], chart=over_time(per),
    )  # fmt: skip


def _longest(rows: Rows, done: list[Row], clock: Clock) -> Finding | None:
    """The longest of the sport that is done most often; the best of each month or year with it."""
    often = top(Counter(row.who for row in done if row.figure > 0 and row.who))
    if not often or often[0][1] < LONGEST_OF_MIN:
        return None
    sport = often[0][0]
    mine = [row for row in done if row.who == sport and row.figure > 0]
    best = max(mine, key=lambda row: row.figure)
    date, mean = clock.day(best.at), round(sum(row.figure for row in mine) / len(mine))
    if far(best.figure) == far(mean):
        return None  # all alike: none is a record
    took = f" It took {length(best.other)}." if best.other else ""
    bars = _best(mine, clock)
    return Finding(
        kind="exercise-longest",
        title=f"Your longest {sport.lower()}: {far(best.figure)}, on {day(date)}",
        detail=f"Usually it is {far(mean)}, the mean of {len(mine):,}.{took}",
        facts={
            "sport": sport, "metres": best.figure, "seconds": best.other, "on": date.isoformat(),
            "mean_metres": mean, "times": len(mine),
        },
        things=[rows.id_of(row) for row in sorted((row for _, row in bars), key=lambda r: r.at)],
        chart=[(bar, round(row.figure / KM, 1)) for bar, row in bars],
    )  # fmt: skip


def _best(done: list[Row], clock: Clock) -> list[tuple[str, Row]]:
    """The farthest row of each bar of `over_time`, of those that have one."""
    months = months_of(clock.day(done[0].at), clock.day(done[-1].at))
    best: dict[str, Row] = {}
    for row in done:
        date = clock.day(row.at)
        bar = bar_of(date.year, date.month, months)
        if bar not in best or row.figure > best[bar].figure:
            best[bar] = row
    return list(best.items())


def travelling(rows: Rows, clock: Clock) -> list[Finding]:
    """How far somebody went, and by what: of rows with the way, its metres and its seconds."""
    gone = [row for row in rows.each() if row.at != NO_TIME and row.figure > 0]
    metres = sum(row.figure for row in gone)
    if metres < KM:
        return []
    per: dict[str, int] = defaultdict(int)
    for row in gone:
        per[row.who or "Not said how"] += row.figure
    order, days = top(per), [clock.day(row.at) for row in (gone[0], gone[-1])]
    way, most = order[0]
    said = [f"{percent(held, metres)} % {each.lower()}" for each, held in order[:3]]
    count = (days[1] - days[0]).days + 1
    return [
        Finding(
            kind="travel",
            title=f"You went {far(metres)}: {listed(said)}",
            detail=f"That is {far(round(metres / count))} a day {span(*days)}, "
            f"in {many(len(gone), 'way')}.",
            facts={
                "metres": metres, "way": way, "percent": percent(most, metres), "ways": dict(order),
                "first": days[0].isoformat(), "last": days[1].isoformat(),
            },
            things=[rows.id_of(row) for row in gone],
            chart=[(each, round(held / KM, 1)) for each, held in order[:TOP_MAX]],
        )
    ]  # fmt: skip


def steps(rows: Rows, kept: list[Row], clock: Clock) -> list[Finding]:
    """Steps a day: this year against the one before, and the day with most of them.

    kept: rows with a device and thousandths of steps. Where two devices counted on one day, the one
    that counted more holds.
    """
    per = _one_device(kept, clock, 0)
    days = {date: round(sum(row.figure for row in held) / 1000) for date, held in per.items()}
    days = {date: count for date, count in days.items() if count}
    if not days:
        return []
    first, last = min(days), max(days)
    best = min(days, key=lambda date: (-days[date], date))
    now, before = _two_years(days, last)
    mean = round(sum(now) / len(now))
    title = f"You take {mean:,} steps a day"
    if before:
        usual = round(sum(before) / len(before))
        title += f", {_than(mean, usual)}"
    detail = f"The most on one day: {days[best]:,}, on {day(best)}. Counted on "
    detail += f"{many(len(days), 'day')} {span(first, last)}; the year is the last of your file."
    return [
        Finding(
            kind="steps", title=title, detail=detail,
            facts={
                "total": sum(days.values()), "mean": mean,
                "before": round(sum(before) / len(before)) if before else None,
                "best": days[best], "on": best.isoformat(), "days": len(days),
                "first": first.isoformat(), "last": last.isoformat(),
            },
            things=[rows.id_of(row) for held in per.values() for row in held],
            chart=_means(days),
        )
    ]  # fmt: skip


def sleep(rows: Rows, kept: list[Row], clock: Clock) -> list[Finding]:
    """How long somebody slept a night: the last year of the file against the one before.

    kept: rows with a device and seconds. A night is from noon to noon and is that of its evening;
    where two devices watched, the one that saw more holds.
    """
    per = _one_device(kept, clock, DAY_S // 2)
    nights = {date: sum(row.other for row in held) for date, held in per.items()}
    nights = {date: seconds for date, seconds in nights.items() if seconds >= NIGHT_S_MIN}
    if not nights:
        return []
    first, last = min(nights), max(nights)
    now, before = _two_years(nights, last)
    mean = round(sum(now) / len(now))
    title = f"You sleep {length(mean)} a night"
    if before:
        less = mean - round(sum(before) / len(before))
        much = length(abs(less))
        title += f", {much} {'more' if less > 0 else 'less'} than the year before"
    short = sum(1 for seconds in now if seconds < SHORT_NIGHT_S)
    detail = f"Counted in {many(len(nights), 'night')} {span(first, last)}. "
    detail += f"Of the last {len(now):,} nights {short:,} were shorter than 6 hours."
    return [
        Finding(
            kind="sleep", title=title, detail=detail,
            facts={
                "mean_seconds": mean,
                "before_seconds": round(sum(before) / len(before)) if before else 0,
                "nights": len(nights), "short": short, "seconds": sum(nights.values()),
                "first": first.isoformat(), "last": last.isoformat(),
            },
            things=[rows.id_of(row) for date, held in per.items() if date in nights
                    for row in held],
            chart=[(label, round(seconds / 3600, 1)) for label, seconds in _means(nights)],
        )
    ]  # fmt: skip


NIGHT_S_MIN, SHORT_NIGHT_S = 3600, 6 * 3600


def _one_device(kept: list[Row], clock: Clock, late: int) -> dict[datetime.date, list[Row]]:
    """The rows of each day, of the device alone that counted most on it, the oldest day first."""
    days: dict[int, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in kept:
        days[(clock.seconds(row.at) - late) // DAY_S][row.what].append(row)
    found = {}
    for each in sorted(days):
        held = days[each]
        device = min(held, key=lambda of: (-sum(r.figure + r.other for r in held[of]), of))
        found[date_of(each)] = held[device]
    return found


def _two_years(days: dict[datetime.date, int], last: datetime.date) -> tuple[list[int], list[int]]:
    """The figures of the last twelve months, and of the twelve before where they are whole."""
    ago = {date: (last - date).days for date in days}
    now = [count for date, count in days.items() if ago[date] < YEAR_DAYS]
    before = [count for date, count in days.items() if YEAR_DAYS <= ago[date] < 2 * YEAR_DAYS]
    return now, before if max(ago.values()) >= YEAR_DAYS + YEAR_DAYS // 2 else []


def _than(now: int, before: int) -> str:
    by = percent(abs(now - before), before)
    if not by:
        return "as many as in the year before"
    return f"{by} % {'more' if now > before else 'fewer'} than in the year before"


def _means(days: dict[datetime.date, int]) -> list[tuple[str, float]]:
    """The mean of a day in each month or year."""
    sums = over_time({date: float(count) for date, count in days.items()})
    counts = dict(over_time(dict.fromkeys(days, 1.0)))
    return [(label, round(much / max(1.0, counts[label]))) for label, much in sums]
