"""Calendars as iCalendar files (RFC 5545): each event a thing, a series one with its rule."""

import datetime
import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO, NamedTuple

from firsthand.protocol.things import Thing
from firsthand.vault.sources.content_lines import Content, content_lines, unescaped
from firsthand.vault.sources.export import Each, Export, Row, Skipped, Unreadable
from firsthand.vault.sources.identity import Identity
from firsthand.vault.sources.instants import of_moment
from firsthand.vault.sources.places import geo
from firsthand.vault.sources.source import Facts, Head, Source
from firsthand.vault.sources.streamed import Streamed, kept
from firsthand.vault.sources.zones import Zones

KEY = "calendar"
LINES_MAX = 20_000
PEOPLE_MAX = 200
_STAMP = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:T(\d{2}):?(\d{2}):?(\d{2})?(Z)?)?")
_DURATION = re.compile(
    r"([+-])?P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?"
)
_SKIPPED = {
    "VTODO": "a task, which is not an event",
    "VJOURNAL": "a note of a calendar, which is not an event",
    "VFREEBUSY": "times that are free or taken, without saying by what",
}

CALENDARS = Facts(
    name="Calendar",
    files=("calendar.ics", "….ics", "….ical.zip"),
    how=(
        "Google: calendar.google.com, Settings, Import and export, Export.",
        "Apple: Calendar on a Mac, File, Export, Export.",
        "Outlook: the calendar, File, Save calendar, with the whole calendar and full details.",
    ),
    holds="Appointments, where and with whom they were, series with their rule, birthdays.",
    finds="With whom and where your time goes, and what comes back every year.",
    wait="at once",
    days_max=60,
)


def claims(head: Head) -> bool:
    """Whether a file is a calendar."""
    return head.upper.startswith("BEGIN:VCALENDAR")


def open_calendar(name: str, stream: BinaryIO, _: Mapping[str, str]) -> Export:
    """Open a calendar, or several after each other in one file."""
    del name  # nothing is refused as a whole
    return Streamed(KEY, "Calendar (iCalendar)", lambda: _rows(stream))


def _rows(stream: BinaryIO) -> Iterator[Each]:
    identity, zones = Identity(KEY), Zones()
    for kind, line, contents in _components(stream):
        if kind == "VTIMEZONE":
            zones.describe(contents or [])
        elif contents is None:
            yield Unreadable(line, "It is cut off, or has far too many lines.")
        elif kind == "VEVENT":
            found = _event(contents, zones, identity)
            yield Unreadable(line, found) if isinstance(found, str) else Row(line, found)
        elif kind == "":
            yield Unreadable(line, "It is no line of a calendar.")
        else:
            yield Skipped(line, _SKIPPED.get(kind, "something beside the events"))


class _Component(NamedTuple):
    """An outermost component of a calendar. `contents` is None where it is cut or too long."""

    kind: str
    line: int
    contents: list[Content] | None


class _Reading:
    """Components as their lines come."""

    def __init__(self) -> None:
        self._kind, self._line, self._depth = "", 0, 0
        self._contents: list[Content] = []

    def take(self, content: Content | int) -> _Component | None:
        """What has ended with this line, if anything has."""
        if isinstance(content, int):
            return None if self._kind else _Component("", content, [])
        if content.name == "BEGIN":
            return self._begin(content)
        if content.name == "END" and self._kind:
            if self._depth == 0:
                contents = self._contents if len(self._contents) < LINES_MAX else None
                return self._ended(contents)
            self._depth -= 1
        self._keep(content)
        return None

    def last(self) -> _Component | None:
        """What the file ends in the middle of."""
        return self._ended(None) if self._kind else None

    def _begin(self, content: Content) -> _Component | None:
        value = content.value.strip().upper()
        cut = self._kind and value in ("VEVENT", "VCALENDAR")
        ended = self._ended(None) if cut else None
        if self._kind:
            self._depth += 1
            self._keep(content)
        elif value != "VCALENDAR":
            self._kind, self._line, self._depth, self._contents = value, content.line, 0, []
        return ended

    def _ended(self, contents: list[Content] | None) -> _Component:
        kind, self._kind = self._kind, ""
        return _Component(kind, self._line, contents)

    def _keep(self, content: Content) -> None:
        # An alarm within an event is no part of what it is; the parts of a zone are.
        wanted = self._kind and (self._depth == 0 or self._kind == "VTIMEZONE")
        if wanted and len(self._contents) < LINES_MAX:
            self._contents.append(content)


def _components(stream: BinaryIO) -> Iterator[_Component]:
    reading = _Reading()
    for content in content_lines(stream):
        if (found := reading.take(content)) is not None:
            yield found
    if (found := reading.last()) is not None:
        yield found


def _event(contents: list[Content], zones: Zones, identity: Identity) -> Thing | str:
    one: dict[str, Content] = {}
    for content in contents:
        one.setdefault(content.name, content)
    begin = one.get("DTSTART")
    if begin is None:
        return "It has no beginning."
    start = _moment(begin, zones)
    if start is None:
        return f'"{begin.value[:40]}" is no time.'
    name = kept(unescaped(_value(one, "SUMMARY"))) or "Event"
    time = _written(start)
    data: dict[str, object] = {"@type": "Event", "name": name}
    if time:
        data["startTime"] = time
    end = _end(start, one, zones)
    if end:
        data["endTime"] = end
    data.update(_more(one, contents, zones))
    uid, again = kept(_value(one, "UID"), 500), _value(one, "RECURRENCE-ID")
    key = identity.of(["uid", uid, again] if uid else [time, end, name])
    return Thing(id=key, type="Event", name=name, time=time, source=KEY, data=data)


def _more(one: dict[str, Content], contents: list[Content], zones: Zones) -> dict[str, object]:
    """What an event says beside its name and its times."""
    found: dict[str, object] = {}
    where = kept(unescaped(_value(one, "LOCATION")))
    latitude, _, longitude = _value(one, "GEO").partition(";")
    at = _geo(latitude, longitude)
    if where or at:
        found["location"] = {
            "@type": "Place", **({"name": where} if where else {}), **({"geo": at} if at else {}),
        }  # fmt: skip
    if organizer := one.get("ORGANIZER"):
        found["organizer"] = _person(organizer)
    people = [_person(each) for each in contents if each.name == "ATTENDEE"][:PEOPLE_MAX]
    if people:
        found["attendee"] = people
    if text := kept(unescaped(_value(one, "DESCRIPTION"))):
        found["description"] = text
    if url := kept(_value(one, "URL")):
        found["url"] = url
    if rule := kept(_value(one, "RRULE"), 500):
        schedule: dict[str, object] = {"@type": "Schedule", "repeatFrequency": rule}
        if left_out := _left_out(contents, zones):
            schedule["exceptDate"] = left_out
        found["eventSchedule"] = schedule
    if (again := one.get("RECURRENCE-ID")) and (moved := _moment(again, zones)):
        found["previousStartDate"] = _written(moved)
    found.update(_changed(one, zones))
    if _value(one, "STATUS").strip().upper() == "CANCELLED":
        found["eventStatus"] = "EventCancelled"
    return found


def _changed(one: dict[str, Content], zones: Zones) -> dict[str, object]:
    """When an event was changed last: a newer export that has it later takes its place."""
    said = one.get("LAST-MODIFIED")
    moment = _moment(said, zones) if said else None
    return {"dateModified": _written(moment)} if moment else {}


def _value(one: dict[str, Content], name: str) -> str:
    return one[name].value if name in one else ""


def _moment(content: Content, zones: Zones) -> datetime.datetime | datetime.date | None:
    match = _STAMP.fullmatch(content.value.strip())
    if match is None:
        return None
    try:
        date = datetime.date(int(match[1]), int(match[2]), int(match[3]))
        if match[4] is None:
            return date
        clock = datetime.time(int(match[4]), int(match[5]), min(int(match[6] or 0), 59))
        moment = datetime.datetime.combine(date, clock)
        if match[7]:
            return moment.replace(tzinfo=datetime.UTC)
        return zones.instant(moment, content.parameters.get("TZID", ""))
    except (ValueError, OverflowError):
        return None


def _written(moment: datetime.datetime | datetime.date) -> str | None:
    """A time as things have it; None before 1900, which stands for a year that is not known."""
    if isinstance(moment, datetime.datetime):
        return of_moment(moment)
    return moment.isoformat() if 1900 <= moment.year < 2100 else None


def _end(
    start: datetime.datetime | datetime.date, one: dict[str, Content], zones: Zones
) -> str | None:
    """The end, for whole days the last of them; None if it is the beginning or is not said."""
    try:
        if "DTEND" in one:
            end = _moment(one["DTEND"], zones)
        else:
            length = _length(_value(one, "DURATION"))
            end = start + length if length is not None else None
        if end is None:
            return None
        if not isinstance(end, datetime.datetime):
            end -= datetime.timedelta(days=1)
            if isinstance(start, datetime.datetime) or end <= start:
                return None
    except OverflowError:
        return None
    return _written(end)


def _length(text: str) -> datetime.timedelta | None:
    match = _DURATION.fullmatch(text.strip())
    if match is None or match[1] == "-" or not any(match.groups()[1:]):
        return None
    weeks, days, hours, minutes, seconds = (int(figure or 0) for figure in match.groups()[1:])
    return datetime.timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def _left_out(contents: list[Content], zones: Zones) -> list[str]:
    found = []
    for content in contents:
        if content.name == "EXDATE":
            for value in content.value.split(",")[:500]:
                moment = _moment(content._replace(value=value), zones)
                if moment is not None and (time := _written(moment)):
                    found.append(time)
    return found[:500]


def _person(content: Content) -> dict[str, object]:
    address = content.value.strip()
    address = address[7:] if address.lower().startswith("mailto:") else address
    name = kept(content.parameters.get("CN", "")) or kept(address, 300)
    person: dict[str, object] = {"@type": "Person", "name": name}
    if "@" in address:
        person["email"] = kept(address, 300)
    return person


def _geo(latitude: str, longitude: str) -> dict[str, object] | None:
    try:
        return geo(float(latitude), float(longitude)) if longitude else None
    except ValueError:
        return None


SOURCE = Source(key=KEY, facts=CALENDARS, claims=claims, open=open_calendar)
