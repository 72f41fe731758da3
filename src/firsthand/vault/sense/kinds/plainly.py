"""What is said of a kind of which nothing else is said: how many, from when to when."""

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from firsthand.foundation.web.words import KINDS, OTHER
from firsthand.vault.sense.finding import Finding
from firsthand.vault.sense.kinds.rows import NO_TIME, Clock, Row, Rows
from firsthand.vault.sense.kinds.telling import many, most_of, over_time, span

if TYPE_CHECKING:
    import datetime

_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


PARTS = {"location": ("place that your phone noted", "places that your phone noted")}


def plainly(kind: str, rows: Rows, clock: Clock, part: str = "", kept: list[Row] | None = None
            ) -> list[Finding]:  # fmt: skip
    """How many of a kind there are; of all its rows, or of `kept`, its part `part`.

    kind: a type of schema.org. Nothing is found where there is nothing.
    """
    mine = list(rows.each()) if kept is None else kept
    if not mine:
        return []
    said, words = KINDS.get(kind, OTHER), humps(part or ("" if kind in KINDS else kind))
    per: dict[datetime.date, float] = defaultdict(float)
    for row in mine:
        if row.at != NO_TIME:
            per[clock.day(row.at)] += 1
    title = many(len(mine), said.one, said.many) + (f" ({words})" if words else "")
    if part in PARTS:
        title = many(len(mine), *PARTS[part])
    detail = "Your file does not say of when."
    if per:
        first, last = min(per), max(per)
        title += f" {span(first, last)}"
        when, most = most_of(per)
        detail = f"Most of them are of {when}: {round(most):,}."
        if len(mine) == 1:
            detail = "It is the only one so far."
        elif len(per) == 1:
            detail = "All of them are of one day."
        elif len(over_time(per)) == 1:
            detail = f"All of them are of {when}."
    facts: dict[str, object] = {
        "key": f"{kind}:{part}" if part else kind, "type": kind, "count": len(mine),
        "unit": said.many,
    }  # fmt: skip
    if per:
        facts |= {"first": min(per).isoformat(), "last": max(per).isoformat()}
    return [
        Finding(
            kind="things", title=title, detail=detail, facts=facts,
            things=[rows.id_of(row) for row in mine], chart=over_time(per),
        )
    ]  # fmt: skip


def humps(word: str) -> str:
    """A name of schema.org or of a phone as words: "RestingHeartRate" is "resting heart rate"."""
    words = _HUMP.sub(" ", word.removesuffix("Action")).split()
    return " ".join(each if each.isupper() and len(each) > 1 else each.lower() for each in words)
