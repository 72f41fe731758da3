"""What a person read and what waits: books a year, pages, by whom most, and what waits longest."""

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from firsthand.vault.sense.finding import Finding
from firsthand.vault.sense.kinds.rows import NO_TIME, Clock, Rows
from firsthand.vault.sense.kinds.telling import many, most_of, over_time, span, top
from firsthand.vault.sense.recurring_findings import day

if TYPE_CHECKING:
    import datetime

AUTHOR_BOOKS_MIN = 2


def shelving(rows: Rows, clock: Clock) -> list[Finding]:
    """How much somebody read: of rows with the author, the title and the pages.

    What is being read still is left out: its other figure is 1.
    """
    read = [row for row in rows.each() if not row.other]
    if not read:
        return []
    per: dict[datetime.date, float] = defaultdict(float)
    for row in read:
        if row.at != NO_TIME:
            per[clock.day(row.at)] += 1
    pages, authors = sum(row.figure for row in read), Counter(row.who for row in read if row.who)
    title = f"You read {many(len(read), 'book')}"
    if pages:
        title += f", {many(pages, 'page')}"
    said = []
    if len(over_time(per)) > 1:
        when, most = most_of(per)
        said.append(f"Most in {when}: {most:.0f}")
    dated = [clock.day(row.at) for row in read if row.at != NO_TIME]
    if dated:
        said.append(f"That is {span(dated[0], dated[-1])}")
    undated = len(read) - round(sum(per.values()))
    if undated:
        said.append(f"Of {undated:,} your file does not say when")
    often = top(authors)
    if often and often[0][1] >= AUTHOR_BOOKS_MIN:
        said.append(f"You came back to {often[0][0]} most: {many(often[0][1], 'book')}")
    return [
        Finding(
            kind="books", title=title, detail=f"{'. '.join(said)}." if said else "",
            facts={
                "count": len(read), "pages": pages, "undated": undated,
                "author": often[0][0] if often else "", "authors": len(authors),
            },
            things=[rows.id_of(row) for row in read], chart=over_time(per),
        )
    ]  # fmt: skip


def wanting(rows: Rows, clock: Clock) -> list[Finding]:
    """What somebody wants to read, to see or to hear, and what has waited longest."""
    wanted = list(rows.each())
    dated = [row for row in wanted if row.at != NO_TIME]
    per: dict[datetime.date, float] = defaultdict(float)
    for row in dated:
        per[clock.day(row.at)] += 1
    title = f"{many(len(wanted), 'wish', 'wishes')} {'waits' if len(wanted) == 1 else 'wait'}"
    facts: dict[str, object] = {"count": len(wanted)}
    detail = "Your file does not say since when."
    if dated:
        oldest, since = dated[0], clock.day(dated[0].at)
        title += f", the longest since {day(since)}: {oldest.what}"
        detail = f"The last one was added on {day(clock.day(dated[-1].at))}."
        facts |= {"oldest": oldest.what, "first": since.isoformat()}
    return [
        Finding(
            kind="wishes", title=title, detail=detail, facts=facts,
            things=[rows.id_of(row) for row in wanted], chart=over_time(per),
        )
    ]  # fmt: skip
