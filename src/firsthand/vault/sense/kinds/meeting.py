"""Whom and what a person meets: appointments that return, the fullest day, who writes most."""

import datetime
from collections import Counter, defaultdict

from firsthand.vault.sense.finding import Finding
from firsthand.vault.sense.kinds.rows import NO_TIME, Clock, Row, Rows, date_of
from firsthand.vault.sense.kinds.telling import TOP_MAX, many, over_time, percent, span, top
from firsthand.vault.sense.recurring_findings import day
from firsthand.vault.sense.routines import WEEKDAYS

RETURNS_MIN = 3
WEEK_EVENTS_MIN = 14
ME_SHARE, ME_MESSAGES_MIN, ME_NAMES_MIN = 0.9, 10, 3
MOSTLY = 0.6
PAIR = 2
FULLEST_PERCENT_MIN = 18
LEAP_YEAR = 2000


def meeting(rows: Rows, clock: Clock) -> list[Finding]:
    """All findings about a calendar: of rows with the event and whom it names first."""
    events = [row for row in rows.each() if row.at != NO_TIME]
    found = [_again(rows, events, clock), _fullest(rows, events, clock)]
    return [each for each in found if each is not None]


def _again(rows: Rows, events: list[Row], clock: Clock) -> Finding | None:
    often = top(Counter(row.who for row in events if row.who))
    if not often or often[0][1] < RETURNS_MIN:
        return None
    event, times = often[0]
    mine = [row for row in events if row.who == event]
    days = [clock.day(row.at) for row in mine]
    weekday, most = min(
        Counter(date.weekday() for date in days).items(), key=lambda held: (-held[1], held[0])
    )
    title = f"{event} is {many(times, 'time')} in your calendar"
    if most >= MOSTLY * times:
        title += f", {'always' if most == times else 'mostly'} on a {WEEKDAYS[weekday]}"
    detail = f"That is {span(days[0], days[-1])}."
    people = top(Counter(row.what for row in mine if row.what))
    if people:
        whom, count = people[0]
        detail += f" {whom} is named in {'all' if count == times else f'{count:,}'} of them."
    others = [(each, count) for each, count in often[1:] if count >= RETURNS_MIN]
    if others:
        come = "comes" if len(others) == 1 else "come"
        detail += f" {many(len(others), 'other')} {come} back too."
    return Finding(
        kind="event-most", title=title, detail=detail,
        facts={
            "event": event, "times": times, "weekday": weekday, "on_weekday": most,
            "person": people[0][0] if people else "", "first": days[0].isoformat(),
            "last": days[-1].isoformat(),
        },
        things=[rows.id_of(row) for row in mine],
        chart=over_time({date: float(count) for date, count in Counter(days).items()}),
    )  # fmt: skip


def _fullest(rows: Rows, events: list[Row], clock: Clock) -> Finding | None:
    if len(events) < WEEK_EVENTS_MIN:
        return None
    dates = [clock.day(row.at) for row in events]
    days = Counter(date.weekday() for date in dates)
    weekday, most = min(days.items(), key=lambda held: (-held[1], held[0]))
    if len(days) == 1 or percent(most, len(events)) < FULLEST_PERCENT_MIN:
        return None
    full, count = min(Counter(dates).items(), key=lambda held: (-held[1], held[0]))
    by = f" Days are those of {clock.zone}." if any(r.at & 1 for r in events) else ""
    alone = f" Most on one day: {count:,}, on {day(full)}." if count >= RETURNS_MIN else ""
    return Finding(
        kind="weekday-fullest",
        title=f"{WEEKDAYS[weekday]} is your fullest day: {percent(most, len(events))} % of what is "
        "in your calendar",
        detail=f"{most:,} of {many(len(events), 'event')} {span(min(dates), max(dates))}."
        f"{alone}{by}",
        facts={
            "weekday": weekday, "count": most, "events": len(events), "zone": clock.zone,
            "days": [days[each] for each in range(len(WEEKDAYS))],
        },
        things=[rows.id_of(row) for row in events],
        chart=[(name, float(days[each])) for each, name in enumerate(WEEKDAYS)],
    )  # fmt: skip


def writing(rows: Rows, clock: Clock) -> list[Finding]:
    """With whom somebody writes most: of rows with who wrote, and to whom where it is one alone.

    Who is in nine of ten messages of at least three people is the person whose vault it is.
    """
    sent = list(rows.each())
    counts: Counter[str] = Counter()
    for row in sent:
        counts.update({row.who, row.what} - {""})
    me = {who for who, count in counts.items() if count > ME_SHARE * len(sent)}
    known = len(sent) >= ME_MESSAGES_MIN and len(counts) >= ME_NAMES_MIN and len(me) == 1
    mine = set(me if known else ()) | {"you", "You"}
    order = top({who: count for who, count in counts.items() if who not in mine})
    if not order:
        return []
    person, most = order[0]
    theirs = [row for row in sent if person in {row.who, row.what}]
    wrote = sum(1 for row in theirs if row.who == person)
    dated = [clock.day(row.at) for row in theirs if row.at != NO_TIME]
    detail = f"{many(wrote, 'of them is', 'of them are')} by {person}"
    if dated:
        detail += f", {span(dated[0], dated[-1])}"
    title = f"You write most with {person}: {many(most, 'message')}"
    if len(order) == PAIR and order[1][1] == most == len(sent):
        title = f"{person} and {order[1][0]} wrote each other {many(most, 'message')}"
    elif len(order) > 1:
        title += f" of {len(sent):,}"
    return [
        Finding(
            kind="people-most", title=title, detail=f"{detail}.",
            facts={
                "person": person, "messages": most, "theirs": wrote, "all": len(sent),
                "people": len(order),
            },
            things=[rows.id_of(row) for row in theirs],
            chart=[(who, float(count)) for who, count in order[:TOP_MAX]],
        )
    ]  # fmt: skip


def knowing(rows: Rows, clock: Clock) -> list[Finding]:
    """Of contacts how many have a birthday, and in which month most: of rows with name and day.

    A birthday is "1990-01-03" or "--01-03".
    """
    del clock
    known = list(rows.each())
    born: dict[str, tuple[int, int]] = {}
    held: list[Row] = []
    for row in known:
        month, _, date = row.what.removeprefix("--").rpartition("-")
        month = month.rpartition("-")[2]
        if month.isdecimal() and date.isdecimal() and 1 <= int(month) <= 12:  # noqa: PLR2004
            born[row.who] = (int(month), int(date))
            held.append(row)
    if not born:
        return [
            Finding(
                kind="birthdays", title=many(len(known), "contact"),
                detail="Your file has no birthday of any of them.",
                facts={"contacts": len(known), "count": 0},
                things=[rows.id_of(row) for row in known],
            )
        ]  # fmt: skip
    names = [f"{date_of(datetime.date(LEAP_YEAR, at, 1).toordinal()):%B}" for at in range(1, 13)]
    months: dict[int, list[str]] = defaultdict(list)
    for who, (month_of, _) in born.items():
        months[month_of].append(who)
    most = min(months, key=lambda each: (-len(months[each]), each))
    several = sum(1 for count in Counter(born.values()).values() if count > 1)
    shared = f" {many(several, 'day')} of the year {'is' if several == 1 else 'are'} shared."
    return [
        Finding(
            kind="birthdays",
            title=f"You know the birthday of {len(born):,} of your {many(len(known), 'contact')}",
            detail=f"Most of them are in {names[most - 1]}: {len(months[most]):,}."
            f"{shared if several else ''}",
            facts={"contacts": len(known), "count": len(held), "month": most},
            things=[rows.id_of(row) for row in held],
            chart=[(names[at - 1], float(len(months.get(at, [])))) for at in range(1, 13)],
        )
    ]  # fmt: skip
