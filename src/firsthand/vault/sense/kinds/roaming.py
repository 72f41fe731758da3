"""Where a person was, on the web and in the world: pages, searches and places, the most frequent.

An hour of the day is told only where the person has named a clock.
"""

import datetime
from collections import Counter, defaultdict

from firsthand.vault.sense.finding import Finding
from firsthand.vault.sense.kinds.plainly import plainly
from firsthand.vault.sense.kinds.rows import DAY_S, NO_TIME, Clock, Row, Rows
from firsthand.vault.sense.kinds.telling import (
    TOP_MAX,
    listed,
    long,
    many,
    most_of,
    over_time,
    percent,
    span,
    top,
)
from firsthand.vault.sense.recurring_findings import day

SAME_MIN = 3
PLACES_MIN = 2
HOUR_S = 3600


def _span(kept: list[Row], clock: Clock) -> str:
    dated = [row.at for row in kept if row.at != NO_TIME]
    return f" {span(clock.day(dated[0]), clock.day(dated[-1]))}" if dated else ""


def _per(kept: list[Row], clock: Clock) -> dict[datetime.date, float]:
    per: dict[datetime.date, float] = defaultdict(float)
    for row in kept:
        if row.at != NO_TIME:
            per[clock.day(row.at)] += 1
    return per


def _hour(kept: list[Row], clock: Clock) -> str:
    """The fullest hour, where the clock is the person's own and the file has hours."""
    if clock.zone == "UTC":
        return ""
    hours = Counter(clock.seconds(row.at) % DAY_S // HOUR_S for row in kept if row.at & 1)
    if sum(hours.values()) < len(kept) // 2 or not hours:
        return ""
    hour, count = min(hours.items(), key=lambda held: (-held[1], held[0]))
    many_of = percent(count, len(kept))
    return f" The fullest hour is {hour} to {hour + 1} o'clock, by {clock.zone}: {many_of} %."


def browsing(rows: Rows, clock: Clock) -> list[Finding]:
    """Which site was opened most, of rows with the site; what is no page is counted alone."""
    every = list(rows.each())
    pages, others = [r for r in every if r.who], [r for r in every if not r.who]
    found: list[Finding] = []
    if pages:
        order = top(Counter(row.who for row in pages))
        site, most = order[0]
        mine = [row for row in pages if row.who == site]
        after = [f"{each} ({count:,})" for each, count in order[1:4]]
        then = f" After it come {listed(after)}." if after else ""
        found.append(
            Finding(
                kind="site-most",
                title=f"You opened {site} {many(most, 'time')}: {percent(most, len(pages))} % of "
                "all pages",
                detail=f"{many(len(pages), 'page')} of {many(len(order), 'site')}"
                f"{_span(pages, clock)}.{then}{_hour(pages, clock)}",
                facts={
                    "site": site, "times": most, "pages": len(pages), "sites": len(order),
                    "percent": percent(most, len(pages)),
                },
                things=[rows.id_of(row) for row in mine],
                chart=[(each, float(count)) for each, count in order[:TOP_MAX]],
            )
        )  # fmt: skip
    return found + plainly("ViewAction", rows, clock, kept=others)


def searching(rows: Rows, clock: Clock) -> list[Finding]:
    """How often somebody searched, and for what again and again: of rows with the words."""
    asked = list(rows.each())
    per = _per(asked, clock)
    order = top(Counter(row.who.casefold() for row in asked if row.who))
    title = f"You searched {many(len(asked), 'time')}"
    facts: dict[str, object] = {"times": len(asked), "different": len(order)}
    if order and order[0][1] >= SAME_MIN:
        title += f", {order[0][1]:,} times for “{order[0][0]}”"
        facts |= {"query": order[0][0], "of_query": order[0][1]}
    detail = f"That is{_span(asked, clock)}." if per else "Your file does not say when."
    if len(over_time(per)) > 1:
        when, most = most_of(per)
        detail += f" Most in {when}: {most:,.0f}."
    return [
        Finding(
            kind="searches", title=title, detail=detail + _hour(asked, clock), facts=facts,
            things=[rows.id_of(row) for row in asked], chart=over_time(per),
        )
    ]  # fmt: skip


def visiting(rows: Rows, clock: Clock) -> list[Finding]:
    """The places somebody was at most: of rows with the place and how long it was in seconds."""
    been = [row for row in rows.each() if row.who and row.at != NO_TIME]
    order = top(Counter(row.who for row in been))
    if len(order) < PLACES_MIN:
        return []
    place, most = order[0]
    mine = [row for row in been if row.who == place]
    seconds = sum(row.other for row in mine)
    stayed = f", {long(seconds)} in all" if seconds else ""
    after = [f"{each} ({count:,})" for each, count in order[1:4]]
    once = sum(1 for _, count in order if count == 1)
    return [
        Finding(
            kind="place-most",
            title=f"You were at {many(len(order), 'place')}, most often at {order[0][0]}: "
            f"{many(most, 'time')}",
            detail=f"{stayed.removeprefix(', ').capitalize() or 'The last time'}, last on "
            f"{day(clock.day(mine[-1].at))}. After it come {listed(after)}. "
            f"{many(once, 'place')} you saw only once.",
            facts={
                "place": place, "times": most, "seconds": seconds, "places": len(order),
                "once": once, "visits": len(been),
            },
            things=[rows.id_of(row) for row in mine],
            chart=[(each, float(count)) for each, count in order[:TOP_MAX]],
        )
    ]  # fmt: skip
