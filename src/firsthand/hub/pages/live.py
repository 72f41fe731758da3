"""What comes in, as it comes: figures, the newest arrivals, the steps, what is refused."""

from typing import Any

from markupsafe import Markup
from starlette.responses import Response

from firsthand.foundation.tables import Reader
from firsthand.foundation.web import charts
from firsthand.hub import cursors
from firsthand.hub.acts import checking
from firsthand.hub.intake import tallies
from firsthand.hub.intake.figures import Figures
from firsthand.hub.pages import saying
from firsthand.hub.pages.following import LIVE, topic_of
from firsthand.hub.pages.visits import Visit
from firsthand.hub.reads import Envelope
from firsthand.hub.roles.profile.projection import DUE
from firsthand.hub.terms import agreements, relationships
from firsthand.protocol.terms import ROSTER

FEED_ROWS = 12
WAITING_MAX = 500
UNREAD_MAX = 500
HOUR_S = 3600
SPANS = {"hours": 24, "days": 30}


def show(visit: Visit) -> Response:
    """The live page."""
    hub = visit.hub
    span = visit.asked("span", "hours")
    span = span if span in SPANS else "hours"
    figures = hub.intake.figures()
    counts = visit.parts.headcount.counts()
    offering = visit.parts.shelf.offering()
    with hub.snapshot() as reader:
        waiting = len(reader.scan_all(DUE, rows_max=WAITING_MAX)) if offering else 0
        answers = hub.outbox.sent(reader)
        unread = len(cursors.set_aside(reader, rows_max=UNREAD_MAX))
        today = _today(visit, reader)
        chart, ever = _chart(visit, reader, span)
        feed = [_arrival(reader, one) for one in _feed(visit, ever=ever)[:FEED_ROWS]]
    return visit.page(
        "live.html",
        title="Live",
        here="live",
        live="/staff/events",
        connected=counts["active"],
        known=sum(counts.values()),
        today=today,
        answers=answers,
        unread=unread,
        unread_max=UNREAD_MAX,
        damage=_damage(visit),
        waiting=f"{WAITING_MAX}+" if waiting == WAITING_MAX else str(waiting),
        feed=feed,
        chart=chart,
        span=span,
        ever=ever,
        steps=_steps(figures),
        refusals=_refusals(figures),
        taken=figures.taken,
        day=saying.day_of(saying.when(hub.now_s())),
        started=visit.parts.started,
        offering=offering is not None,
    )


def _damage(visit: Visit) -> str:
    """What the last look found changed in what is kept; nothing where all is as it came."""
    found = visit.hub.proofs.checked
    return "" if found is None or found.holds else checking.in_words(found)


def events(visit: Visit) -> list[str]:
    """The topics of the stream behind the live page, or behind one customer's."""
    about = visit.asked("customer")
    return [topic_of(about) if about else LIVE, f"sitting:{visit.staff.key}"]


def _feed(visit: Visit, *, ever: bool) -> list[Envelope]:
    """The newest arrivals; after a start, the journal's own last ones."""
    recent = visit.hub.intake.recent()
    if recent or not ever:
        return recent
    after = max(0, visit.hub.projector.position - FEED_ROWS)
    return visit.hub.reads.envelopes(after=after, rows_max=FEED_ROWS)[0][::-1]


def _arrival(reader: Reader, one: Envelope) -> dict[str, Any]:
    known = relationships.get(reader, one.relationship)
    stands = agreements.standing(reader, one.relationship, one.agreement)
    return {
        "customer": saying.customer(one.relationship, known.account if known else None),
        "verb": saying.VERBS.get(one.role, "gave"),
        "things": one.events,
        "purpose": saying.PURPOSES[one.purpose][0],
        "deal": ROSTER[stands.terms].title if stands else "",
        "at": saying.when(one.received_ms / 1000),
    }


def _today(visit: Visit, reader: Reader) -> int:
    this = visit.hub.now_s() // 3600
    found = tallies.of_hours(reader, this - this % 24, this)
    return sum(tally.things for tally in found.values())


def _chart(visit: Visit, reader: Reader, span: str) -> tuple[Markup, bool]:
    """The bars of the last hours or days, and whether anything ever came."""
    now, count = visit.hub.clock.now(), SPANS[span]
    ever = visit.hub.projector.position > 0
    if span == "hours":
        hours = saying.last_hours(now, count)
        found = tallies.of_hours(reader, hours[0][0], hours[-1][0])
        series = [(label, found[at].things if at in found else 0) for at, label in hours]
        since = saying.between(hours[0][0] * HOUR_S, hours[-1][0] * HOUR_S)
        return charts.bars(series, unit="things", title="By the hour", note=since), ever
    days = saying.last_days(now, count)
    last = visit.hub.now_s() // 3600
    found = tallies.of_hours(reader, last - 24 * count, last)
    sums: dict[int, int] = {}
    for hour, tally in found.items():
        sums[hour // 24] = sums.get(hour // 24, 0) + tally.things
    first = last // 24 - count + 1
    series = [(label, sums.get(first + at, 0)) for at, (_, label) in enumerate(days)]
    since = saying.between((last - 24 * (count - 1)) * HOUR_S, last * HOUR_S)
    return charts.bars(series, unit="things", title="By the day", note=since), ever


def _steps(figures: Figures) -> list[dict[str, Any]]:
    most = max((step.count for step in figures.steps), default=0)
    found = []
    for step in figures.steps:
        title, words = saying.STEPS[step.name]
        passed = step.count - step.refused
        found.append(
            {
                "title": title,
                "words": words,
                "passed": passed,
                "refused": step.refused,
                "median": saying.took(step.median_ms) if step.count else "",
                "share": round(100 * passed / most, 1) if most else 0,
            }
        )
    return found


def _refusals(figures: Figures) -> list[dict[str, Any]]:
    found = sorted(figures.refusals.items(), key=lambda each: (-each[1], each[0]))
    return [
        {"title": title, "words": words, "count": count}
        for (title, words), count in (
            (saying.REFUSALS.get(reason, (reason, "")), count) for reason, count in found
        )
    ]
