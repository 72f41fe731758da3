"""The purpose register: what is done with people's data, under what, for whom to read (Art. 30).

Counts and words alone: nobody is named, and nothing that was given is looked at.
"""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import msgspec

from firsthand.foundation.tables import Entry, Reader
from firsthand.hub import noting
from firsthand.hub.acts.opened import Hub
from firsthand.hub.seen import Noted
from firsthand.hub.terms import agreements, rights
from firsthand.hub.terms.agreements import Held
from firsthand.protocol.terms import PURPOSES, ROSTER

DAYS = 30
DAY_MS = 86_400_000
PAGE_ROWS = 1_000
READS_MAX = 200_000
LEGAL_BASIS = "consent, in a signed agreement (Art. 6(1)(a) GDPR)"
RECIPIENTS = "none: nothing is passed on"
ONWARD = "others get numbers about many people, and nothing about one"
ENDED = (
    "By the person with one click, by us at any time, or on the agreement's last day: from then on "
    "nothing comes in and nothing is read."
)


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """Who read for a purpose in the last days: staff, a rule, a token or a command; how often."""

    kind: str
    name: str
    reads: int
    people: int


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One purpose, and how many ``people`` have an agreement in force that allows it.

    Of these, ``resting`` paused theirs, and ``stopped`` asked by right that nothing of theirs be
    read for it. ``fields`` are those that these agreements let be given, as ``kind/field``.
    ``retention_days`` is the longest after the end of any of them.
    """

    purpose: str
    accepted: list[str]
    agreements: dict[str, int]
    people: int
    resting: int
    stopped: int
    fields: list[str]
    precisions: list[str]
    retention_days: int
    legal_basis: str
    recipients: str
    ended_by: str
    reads: list[Reading]


class _Seen:
    """What is known of a purpose while the walk goes on."""

    def __init__(self) -> None:
        self.agreements: Counter[str] = Counter()
        self.people: set[str] = set()
        self.resting: set[str] = set()
        self.stopped: set[str] = set()
        self.fields: set[str] = set()
        self.precisions: set[str] = set()
        self.reads: Counter[tuple[str, str]] = Counter()
        self.readers: dict[tuple[str, str], set[str]] = defaultdict(set)


def register(hub: Hub) -> dict[str, object]:
    """The register as it stands: every purpose that is accepted or was agreed on.

    ``complete`` says that all reads of the last days were counted.
    """
    now = hub.now_s()
    seen: dict[str, _Seen] = defaultdict(_Seen)
    with hub.snapshot() as reader:
        for person, held in _in_force(reader, now):
            _count(seen, person, held, now)
        _count_stopped(reader, seen)
        complete = _count_reads(reader, seen, since_ms=now * 1000 - DAYS * DAY_MS)
    accepts = hub.policy().accepts
    lines = [
        _line(purpose, seen[purpose], accepts)
        for purpose in PURPOSES
        if purpose in seen or any(purpose in ROSTER[one].purposes for one in accepts)
    ]
    return {
        "organisation": hub.organisation.name,
        "days": DAYS,
        "complete": complete,
        "purposes": [msgspec.to_builtins(line) for line in lines],
    }


def register_csv(found: dict[str, object]) -> str:
    """The register as a table, one purpose a line (RFC 4180)."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        [
            "purpose", "accepted terms", "agreements in force", "people", "paused",
            "stopped by right", "fields", "finest time", "kept days after the end",
            "legal basis", "recipients", "how it is ended", f"reads in {DAYS} days",
        ]
    )  # fmt: skip
    for line in msgspec.convert(found["purposes"], list[Line]):
        reads = [f"{one.kind} {one.name}: {one.reads}" for one in line.reads]
        made = [f"{terms}: {count}" for terms, count in line.agreements.items()]
        writer.writerow(
            [
                line.purpose, "; ".join(line.accepted), "; ".join(made), line.people, line.resting,
                line.stopped, "; ".join(line.fields), "; ".join(line.precisions),
                line.retention_days, line.legal_basis, line.recipients, line.ended_by,
                "; ".join(reads),
            ]
        )  # fmt: skip
    return out.getvalue()


def _in_force(reader: Reader, now: int) -> Iterator[tuple[str, Held]]:
    for entry in _walk(partial(reader.scan_all, agreements.STANDING)):
        held = agreements.get(reader, entry.relationship, entry.key)
        if held is not None and held.state(now) in {"accepted", "paused"}:
            yield entry.relationship, held


def _count(seen: dict[str, _Seen], person: str, held: Held, now: int) -> None:
    for purpose in held.roster.purposes:
        one = seen[purpose]
        one.agreements[held.terms] += 1
        one.people.add(person)
        if held.state(now) == "paused":
            one.resting.add(person)
        one.fields |= {f"{kind}/{name}" for kind, names in held.fields.items() for name in names}
        one.precisions.add(held.precision)


def _count_stopped(reader: Reader, seen: dict[str, _Seen]) -> None:
    for entry in _walk(partial(reader.scan_all, rights.LIMITS)):
        for purpose, one in seen.items():
            if entry.key in {purpose, rights.RESTRICTED} and entry.relationship in one.people:
                one.stopped.add(entry.relationship)


def _count_reads(reader: Reader, seen: dict[str, _Seen], *, since_ms: int) -> bool:
    for number, entry in enumerate(_walk(partial(reader.scan_all, noting.TABLE))):
        if number >= READS_MAX:
            return False
        noted = msgspec.json.decode(entry.value, type=Noted)
        if noted.at_ms >= since_ms:
            one = seen[noted.purpose]
            one.reads[noted.kind, noted.reader] += 1
            one.readers[noted.kind, noted.reader].add(entry.relationship)
    return True


def _line(purpose: str, seen: _Seen, accepts: tuple[str, ...]) -> Line:
    accepted = [one for one in accepts if purpose in ROSTER[one].purposes]
    terms = [ROSTER[one] for one in {*accepted, *seen.agreements}]
    return Line(
        purpose=purpose,
        accepted=accepted,
        agreements=dict(sorted(seen.agreements.items())),
        people=len(seen.people),
        resting=len(seen.resting),
        stopped=len(seen.stopped),
        fields=sorted(seen.fields),
        precisions=sorted(seen.precisions),
        retention_days=max((one.retention_days for one in terms), default=0),
        legal_basis=LEGAL_BASIS,
        recipients=ONWARD if any(one.onward for one in terms) else RECIPIENTS,
        ended_by=ENDED,
        reads=[
            Reading(kind=kind, name=name, reads=count, people=len(seen.readers[kind, name]))
            for (kind, name), count in sorted(seen.reads.items())
        ],
    )


def _walk(scan: Callable[..., Sequence[Entry]]) -> Iterator[Entry]:
    after = ("", "")
    while page := scan(after=after, rows_max=PAGE_ROWS):
        yield from page
        after = (page[-1].relationship, page[-1].key)
