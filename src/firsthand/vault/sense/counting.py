"""From things to sums: what each kind of thing counts into."""

# ruff: noqa: PLR2004 - what is short, far or long is said in figures where it is decided

import datetime
from collections.abc import Callable
from typing import ClassVar

import msgspec

from firsthand.protocol.things import Thing
from firsthand.vault.sense import facets
from firsthand.vault.sense.sums import TITLES_MAX, Sums, Tally, When, key_of

HEARD_SECONDS_MIN, SEEN_SECONDS_MIN = 30, 120
NIGHT_HOURS = range(6)
WORK_HOURS = range(7, 15)
WORK_SECONDS_MIN = 3 * 3600
STAY_DAYS_MAX = 60
SERIES_MAX = 8  # of one title
ME_MESSAGES_MIN = 10
OF_WORKS = {
    "Movie": "watch", "TVEpisode": "watch", "TVSeries": "watch", "VideoObject": "watch",
    "MusicRecording": "listen", "MusicGroup": "listen", "PodcastEpisode": "listen",
    "AudioObject": "listen", "Book": "read",
}  # fmt: skip
FEELINGS = {"LikeAction": 1, "DislikeAction": -1}
LEFT_OUT = frozenset({"Observation", "Person"})
Visit = tuple[str, str, str]
"""The day it began, the day it ended, the key of the place."""


class Counting:
    """Takes things one by one and counts them; `finish` what can only be known at the end."""

    def __init__(self, zone: str = "UTC") -> None:
        """Moments are told by the clock of `zone`."""
        self.sums = Sums(zone)
        self.visits: list[Visit] = []
        self._later: list[tuple[str, facets.Work, When, int, int | None]] = []
        self._written = [0, 0]

    def take(self, thing: Thing) -> None:
        """Count one thing; their order does not matter."""
        when = self.sums.when(thing.time)
        take = self._takes.get(thing.type)
        if take is not None:
            take(self, thing, when)
        if when is not None and thing.type not in LEFT_OUT:
            self.sums.count(("days", thing.type, when.month, when.day, ""))
            if when.cell:
                self.sums.count(("hours", thing.type, when.month[:4], when.cell, ""))

    def finish(self, kept: Callable[[str], bool]) -> None:
        """Count views whose rows have days only, where `kept` says of an id that it counts.

        The other file of the same service may have told of them already. Payments to people who
        are known otherwise count for them; whoever is in most messages is the vault's own person.
        """
        for id, work, when, seconds, rating in self._later:
            if kept(id):
                self._worked("watch", work, when, seconds, rating)
        self._later.clear()
        self._leave_me_out()
        known = {who for sense, who, _ in self.sums.tallies if sense == "people"}
        for key in [k for k in self.sums.cells if k[0] == "money" and k[3] in known]:
            cell, (_, part, month, who, unit) = self.sums.cells[key], key
            self.sums.count(("people", "transfer", month, who, unit), cell.things, cell.amount)
            self._given(who, part)

    def _given(self, who: str, part: str) -> None:
        key = ("people", who, "transfer")
        paid = self.sums.tallies[("money", who, part)]
        if key not in self.sums.tallies:
            self.sums.tallies[key] = Tally(
                names=dict(paid.names), things=paid.things, amount=paid.amount, first=paid.first,
                last=paid.last, days=list(paid.days),
            )  # fmt: skip

    def _leave_me_out(self) -> None:
        written = self._written[0]
        if written < ME_MESSAGES_MIN:
            return
        names = {
            k: t for k, t in self.sums.tallies.items() if k[0] == "people" and k[2] == "message"
        }
        mine = [k for k, tally in names.items() if 10 * tally.things > 9 * written]
        if len(mine) != 1 or len(names) < 3:
            return
        self.sums.tallies.pop(mine[0])
        for cell in [
            c for c in self.sums.cells if c[:2] == ("people", "message") and c[3] == mine[0][1]
        ]:
            self.sums.cells.pop(cell)

    def _paid(self, thing: Thing, when: When | None) -> None:
        amount = facets.milli_of(thing.data.get("price"))
        if amount is None or when is None:
            return
        who = facets.merchant_of(thing.name)
        part = "out" if thing.type == "PayAction" else "in"
        unit = str(thing.data.get("priceCurrency") or "")
        self.sums.add("money", part, when, who, unit=unit, amount=amount)
        self.sums.tell("money", part, who, thing.name, when, amount)

    def _bought(self, thing: Thing, when: When | None) -> None:
        amount = facets.milli_of(thing.data.get("price")) or 0
        name = facets.seller_of(thing.data)
        who = facets.merchant_of(name or thing.source)
        unit = str(thing.data.get("priceCurrency") or "")
        self.sums.add("bought", "order", when, who, unit=unit, amount=amount)
        self.sums.tell("bought", "order", who, name or thing.source, when, amount)

    def _seen(self, thing: Thing, when: When | None) -> None:
        data = thing.data
        shown, seconds = data.get("object"), facets.seconds_of(data.get("duration"))
        work = facets.work_of(shown, thing.name)
        rating = facets.rating_of(data.get("result"))
        if when is not None and (country := facets.country_of(data.get("location"))):
            self.sums.add("places", "country", when, key_of(country))
            self.sums.tell("places", "country", key_of(country), country, when)
        if facets.is_unknown(shown):
            return
        if when is not None and when.hour < 0:
            self._later.append((thing.id, work, when, seconds or 0, rating))
        elif seconds is None or seconds >= SEEN_SECONDS_MIN:
            self._worked("watch", work, when, seconds or 0, rating)

    def _heard(self, thing: Thing, when: When | None) -> None:
        data = thing.data
        seconds = facets.seconds_of(data.get("duration"))
        work = facets.work_of(data.get("object"), thing.name)
        rating = facets.rating_of(data.get("result"))
        tally = self._worked("listen", work, when, seconds or 0, rating)
        if seconds is not None and seconds < HEARD_SECONDS_MIN:
            tally.short += 1

    def _read(self, thing: Thing, when: When | None) -> None:
        data = thing.data
        work = facets.work_of(data.get("object"), thing.name)
        self._worked("read", work, when, 0, facets.rating_of(data.get("result")))

    def _worked(
        self, part: str, work: facets.Work, when: When | None, seconds: int, rating: int | None
    ) -> Tally:
        self.sums.add("taste", part, when, work.who, amount=seconds)
        tally = self.sums.tell("taste", part, work.who, work.name, when, seconds)
        if work.series:
            tally.extra["series"] = True
        mark = hash_of(work.piece)
        if mark in tally.titles:
            tally.again += 1
        elif len(tally.titles) < TITLES_MAX:
            tally.titles.add(mark)
        if rating is not None:
            tally.rated = (tally.rated[0] + rating, tally.rated[1] + 1)
        return tally

    def _felt(self, thing: Thing, when: When | None) -> None:
        shown = thing.data.get("object")
        part = OF_WORKS.get(str(shown.get("@type")), "") if isinstance(shown, dict) else ""
        if not part:
            return
        work = facets.work_of(shown, thing.name)
        tally = self.sums.tell("taste", part, work.who, work.name, when)
        tally.things -= 1
        if thing.type == "WantAction":
            tally.wanted += 1
        elif thing.type == "ReviewAction":
            if (rating := facets.rating_of(thing.data.get("result"))) is not None:
                tally.rated = (tally.rated[0] + rating, tally.rated[1] + 1)
        else:
            tally.liked += FEELINGS[thing.type]

    def _visited(self, thing: Thing, when: When | None) -> None:
        spot = facets.spot_of(thing.data.get("location"))
        if spot is None or when is None:
            return
        end = thing.data.get("endTime")
        left = self.sums.when(end) if isinstance(end, str) else None
        seconds = _between(thing.time, end)
        tally = self._stayed("visit", spot, when, seconds)
        nights = _nights(when, left)
        tally.extra["nights"] = _int(tally.extra.get("nights")) + nights
        if when.weekday < 5 and when.hour in WORK_HOURS and seconds >= WORK_SECONDS_MIN:
            tally.extra["workdays"] = _int(tally.extra.get("workdays")) + 1
        self.visits.append((when.day, left.day if left else when.day, spot.who))

    def _stayed(self, part: str, spot: facets.Spot, when: When, seconds: int = 0) -> Tally:
        self.sums.add("places", part, when, spot.who, amount=seconds)
        tally = self.sums.tell("places", part, spot.who, spot.name, when, seconds)
        if spot.latitude is not None:
            tally.extra["at"] = [spot.latitude, spot.longitude]
        return tally

    def _reserved(self, thing: Thing, when: When | None) -> None:
        if when is not None:
            for spot in facets.booked_at(thing.data):
                self._stayed("booked", spot, when)

    def _met(self, thing: Thing, when: When | None) -> None:
        spot = facets.spot_of(thing.data.get("location"))
        if spot is not None and when is not None:
            self._stayed("event", spot, when)
        if thing.name and when is not None:
            tally = self.sums.tell("events", "event", key_of(thing.name), thing.name, when)
            if weekly := facets.series_of(thing.data, when.day):
                held = tally.extra.setdefault("weekly", [])
                if isinstance(held, list) and len(held) < SERIES_MAX:
                    held.append(msgspec.to_builtins(weekly))
        for who, name in facets.people_of(thing.data):
            self.sums.add("people", "event", when, who)
            self.sums.tell("people", "event", who, name, when)

    def _wrote(self, thing: Thing, when: When | None) -> None:
        self._written[0] += 1
        for who, name in facets.people_of(thing.data):
            self.sums.add("people", "message", when, who)
            self.sums.tell("people", "message", who, name, when)

    def _known(self, thing: Thing, when: When | None) -> None:
        if not thing.name:
            return
        tally = self.sums.tell("people", "contact", key_of(thing.name), thing.name, when)
        for part in ("email", "telephone", "birthDate"):
            if isinstance(thing.data.get(part), str):
                tally.extra[part] = thing.data[part]

    def _moved(self, thing: Thing, when: When | None) -> None:
        data = thing.data
        part = "sport" if thing.type == "ExerciseAction" else "way"
        name = facets.mode_of(data, part)
        metres = facets.metres_of(data.get("distance"))
        seconds = facets.seconds_of(data.get("duration")) or _between(
            thing.time, data.get("endTime")
        )
        self.sums.add("moves", part, when, key_of(name), unit="m", amount=metres)
        self.sums.add("moves", part, when, key_of(name), unit="s", amount=seconds, things=0)
        self.sums.tell("moves", part, key_of(name), name, when, metres)

    def _fixed(self, thing: Thing, when: When | None) -> None:
        if thing.data.get("measuredProperty") != "location" or when is None:
            return
        spot = facets.spot_of(thing.data.get("location"))
        if spot is not None:
            self._stayed("fix", spot, when)

    # Functions, not methods of one counting: nothing in it points back at it, so that a million
    # figures are let go of at once, and not when somebody waits for a page.
    _takes: ClassVar[dict[str, Callable[["Counting", Thing, When | None], None]]] = {
        "PayAction": _paid, "ReceiveAction": _paid, "BuyAction": _bought, "WatchAction": _seen,
        "ListenAction": _heard, "ReadAction": _read, "WantAction": _felt, "LikeAction": _felt,
        "DislikeAction": _felt, "ReviewAction": _felt, "ArriveAction": _visited,
        "ReserveAction": _reserved, "Event": _met, "CommunicateAction": _wrote, "Person": _known,
        "ExerciseAction": _moved, "TravelAction": _moved, "Observation": _fixed,
    }  # fmt: skip


def hash_of(text: str) -> int:
    """A mark of a title: the same for the same title, in this run."""
    return hash(key_of(text))


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0


def _between(begun: str | None, end: object) -> int:
    """The seconds from one moment to another; 0 where one of them is not known."""
    if not begun or not isinstance(end, str) or "T" not in begun or "T" not in end:
        return 0
    try:
        first, last = datetime.datetime.fromisoformat(begun), datetime.datetime.fromisoformat(end)
        return max(0, int((last - first).total_seconds()))
    except (ValueError, TypeError):
        return 0


def _nights(begun: When, left: When | None) -> int:
    """How many nights were spent: the days between, one more if it began in the night."""
    if left is None:
        return 0
    days = (datetime.date.fromisoformat(left.day) - datetime.date.fromisoformat(begun.day)).days
    began = 1 if begun.hour in NIGHT_HOURS and left.hour >= 5 else 0
    short = 1 if days and left.hour in range(3) else 0
    return max(0, min(days + began - short, STAY_DAYS_MAX))
