"""What was measured: steps, sleep, weight and the like, and who has a list with you on it."""

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from firsthand.vault.sense.finding import Finding
from firsthand.vault.sense.kinds.moving import sleep, steps
from firsthand.vault.sense.kinds.plainly import humps, plainly
from firsthand.vault.sense.kinds.rows import NO_FIGURE, NO_TIME, Clock, Row, Rows
from firsthand.vault.sense.kinds.telling import (
    TOP_MAX,
    YEAR_DAYS,
    listed,
    many,
    mean,
    over_time,
    span,
    top,
)

if TYPE_CHECKING:
    import datetime

STEPS, SLEEP = "StepCount", "SleepAnalysis"
NAMED = {
    "advertiser": ("{many} had a list with you on it", "advertiser", "advertisers"),
    "interest": ("{many} that a service says are yours, for adverts", "interest", "interests"),
    "told to Facebook": ("{many} told Facebook what you did", "company", "companies"),
}  # fmt: skip
"""What is no measure but a name: how it is told, and what one and many of them are called."""
SERIES_MAX = 6
WORDS = {"ActivitySummary": "active energy of a day", "BodyMass": "weight"}
SERIES_DAYS_MIN = 3
MARK = "\x1f"
"""Between what was measured and its unit, in the first name of a row."""
SUMMED = frozenset({
    "ActiveEnergyBurned", "AppleExerciseTime", "AppleStandTime", "BasalEnergyBurned",
    "DietaryEnergyConsumed", "DietaryWater", "DistanceCycling", "DistanceSwimming",
    "DistanceWalkingRunning", "FlightsClimbed", "SwimmingStrokeCount", "TimeInDaylight",
})  # fmt: skip
"""What is measured in pieces, which a day is the sum of; all else is the mean of a day."""


def measuring(rows: Rows, clock: Clock) -> list[Finding]:
    """All findings about what was measured: of rows with what it is and the device."""
    parts: dict[str, list[Row]] = defaultdict(list)
    for row in rows.each():
        parts[row.who].append(row)
    found: list[Finding] = []
    others: list[tuple[int, str]] = []
    for who, kept in parts.items():
        what, timed = who.partition(MARK)[0], [row for row in kept if row.at != NO_TIME]
        told: list[Finding] = []
        if what in NAMED:
            told = [_named(rows, what, kept)]
        elif timed and what == STEPS:
            told = steps(rows, [row for row in timed if row.figure > 0], clock)
        elif timed and what == SLEEP:
            told = sleep(rows, [row for row in timed if row.other > 0], clock)
        found += told
        if not told:
            others.append((-len(kept), who))
    for _, who in sorted(others)[:SERIES_MAX]:
        told = _series(rows, who, parts[who], clock)
        found += told or plainly("Observation", rows, clock, who.partition(MARK)[0], parts[who])
    order = {"steps": 0, "sleep": 1, "named": 2, "measured": 3}
    return sorted(found, key=lambda each: order.get(each.kind, len(order)))


def _named(rows: Rows, what: str, kept: list[Row]) -> Finding:
    order = top(Counter(row.what for row in kept))
    says, one, more = NAMED[what]
    times = [f"{who} ({count:,})" if count > 1 else who for who, count in order[:5]]
    return Finding(
        kind="named", title=says.format(many=many(len(order), one, more)),
        detail=f"{'Among them' if len(order) > 1 else 'That is'} {listed(times)}.",
        facts={"key": what, "count": len(order), "rows": len(kept), "names": dict(order[:60])},
        things=[rows.id_of(row) for row in kept],
        chart=[(who, float(count)) for who, count in order[:TOP_MAX]] if order[0][1] > 1 else [],
    )  # fmt: skip


def _series(rows: Rows, who: str, kept: list[Row], clock: Clock) -> list[Finding]:
    """What one figure comes to: the mean of the last year's days against that of all before."""
    mine = [row for row in kept if row.at != NO_TIME and row.figure != NO_FIGURE]
    per: dict[datetime.date, list[int]] = defaultdict(list)
    for row in mine:
        per[clock.day(row.at)].append(row.figure)
    if len(per) < SERIES_DAYS_MIN:
        return []
    what, _, unit = who.partition(MARK)
    whole = what in SUMMED
    days = {date: (sum if whole else mean)(held) / 1000 for date, held in per.items()}
    first, last = min(days), max(days)
    now = [each for date, each in days.items() if (last - date).days < YEAR_DAYS]
    before = [each for date, each in days.items() if (last - date).days >= YEAR_DAYS]
    usual, words = sum(now) / len(now), WORDS.get(what) or humps(what)
    a_day = " a day" if whole else ""
    title = f"Your {words}: {_said(usual, unit)}{a_day} on average"
    detail = f"{many(len(mine), 'measurement')} on {many(len(days), 'day')} {span(first, last)}"
    if before and _said(usual) == _said(sum(before) / len(before)):
        title = f"Your {words}: {_said(usual, unit)}{a_day} in the last year, as before"
    elif before:
        title = f"Your {words}: {_said(usual, unit)}{a_day} in the last year, "
        title += f"{_said(sum(before) / len(before))} before"
    detail += f"; between {_said(min(days.values()))} and {_said(max(days.values()), unit)}."
    counts = dict(over_time(dict.fromkeys(days, 1.0)))
    bars = [(label, round(much / max(1.0, counts[label]), 1)) for label, much in over_time(days)]
    return [
        Finding(
            kind="measured", title=title, detail=detail,
            facts={
                "key": f"{what}:{unit}" if unit else what, "measured": what, "unit": unit,
                "mean": round(usual, 2),
                "before": round(sum(before) / len(before), 2) if before else None,
                "count": len(mine), "first": first.isoformat(), "last": last.isoformat(),
            },
            things=[rows.id_of(row) for row in mine], chart=bars,
        )
    ]  # fmt: skip


def _said(value: float, unit: str = "") -> str:
    unit = {"count/min": "a minute", "count": "", "%": "%"}.get(unit, unit)
    figure = f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.1f}".removesuffix(".0")  # noqa: PLR2004
    return f"{figure} {unit}".strip()
