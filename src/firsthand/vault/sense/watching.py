"""What a person watched: hours by year and profile, what they saw again, what they left.

The same view may come from both of Netflix's exports. Where the full one has it (the same title on
the same day, or the day before or after: the short one has the day of the person's zone, the full
one UTC), the short one's row is left out.
"""

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec

from firsthand.protocol.things import Thing
from firsthand.vault.sense.facets import day_of, is_unknown, seconds_of
from firsthand.vault.sense.finding import Finding

VIEW_SECONDS_MIN = 120
GOES_ON_HOURS_MAX = 8
FILM_BEGUN_SECONDS_MAX = 15 * 60
FILM_LEFT_DAYS_MIN = 7
SERIES_LEFT_DAYS_MIN = 60
SERIES_LEFT_EPISODES_MAX = 3
ITEMS_MAX = 50
TAIL_CHARS = 60

Same = TypeVar("Same")
_NUMBERED = re.compile(r"\s*\([^()]*\d[^()]*\)\s*$")


class View(msgspec.Struct, frozen=True, gc=False):
    """One view: whose, what, when, how long (None if the export does not say).

    `begun` is the moment of the start in UTC, None if the export has days only.
    """

    id: str
    name: str
    series: str | None
    date: datetime.date
    seconds: int | None
    profile: str
    begun: datetime.datetime | None = None

    @property
    def counts(self) -> bool:
        """Whether it was long enough to be called watching."""
        return self.seconds is None or self.seconds >= VIEW_SECONDS_MIN


def watching_findings(views: list[View]) -> list[Finding]:
    """All findings about watching, in a fixed order; those with nothing in them are left out."""
    if not views:
        return []
    found = (_by_year(views), _by_profile(views), _rewatched(views), _abandoned(views))
    return [finding for finding in found if finding is not None]


class ViewsSeen:
    """The views among things that are taken one by one. Equal names and days are held once."""

    def __init__(self) -> None:
        """Nothing is seen yet."""
        self._full: list[View] = []
        self._short: list[View] = []
        self._same: dict[Any, Any] = {}

    def take(self, thing: Thing) -> None:
        """Keep the view that a thing is, if it is one."""
        if thing.type != "WatchAction":
            return
        time, data = thing.time or "", thing.data
        if is_unknown(data.get("object")):
            return
        date = day_of(time)
        if date is None:
            return
        view = View(
            id=thing.id,
            name=self._once(thing.name),
            series=self._once(_series(data.get("object"))),
            date=date,
            seconds=seconds_of(data.get("duration")),
            profile=self._once(_profile(data.get("agent"))),
            begun=_begun(time),
        )
        (self._short if len(time) == len("2024-01-03") else self._full).append(view)

    def views(self) -> list[View]:
        """The views, oldest first, each once even if two exports have it."""
        kept = self._short
        if self._full and self._short:
            titles = {plain_title(view.name) for view in self._short}
            known = {
                (title, view.date + datetime.timedelta(days=days))
                for view in self._full
                if (title := plain_title(view.name)) in titles
                for days in (-1, 0, 1)
            }
            kept = [v for v in self._short if (plain_title(v.name), v.date) not in known]
        return sorted(self._full + kept, key=lambda view: (view.date, view.name, view.id))

    def _once(self, value: Same) -> Same:
        held: Same = self._same.setdefault(value, value)
        return held


def plain_title(title: str) -> str:
    """A title as both exports have it: the full one adds "(Episode 3)"."""
    title = " ".join(title.split())
    # Only the end is looked at, so that a title of any length costs little.
    head, tail = title[:-TAIL_CHARS], title[-TAIL_CHARS:]
    if ")" in tail:
        title = head + _NUMBERED.sub("", tail)
    return title.casefold()


def _series(what: object) -> str | None:
    if not isinstance(what, dict) or what.get("@type") != "TVEpisode":
        return None
    series = what.get("partOfSeries")
    name = series.get("name") if isinstance(series, dict) else None
    return name if isinstance(name, str) else None


def _profile(agent: object) -> str:
    name = agent.get("name") if isinstance(agent, dict) else None
    return name if isinstance(name, str) else ""


def _begun(time: str) -> datetime.datetime | None:
    if "T" not in time:
        return None
    try:
        begun = datetime.datetime.fromisoformat(time)
    except ValueError:
        return None
    return begun if begun.tzinfo else begun.replace(tzinfo=datetime.UTC)


def _hours(seconds: int) -> float:
    return round(seconds / 3600, 1)


def _most(years: dict[str, int]) -> str:
    """How much of it the year with the most has: a single year has all."""
    return "most" if sum(1 for watched in years.values() if watched) > 1 else "all"


def _titles(count: int) -> str:
    return f"{count} title" if count == 1 else f"{count:,} titles"


def _by_year(views: list[View]) -> Finding:
    timed = [view for view in views if view.seconds is not None]
    years: dict[str, int] = {}
    for year in range(views[0].date.year, views[-1].date.year + 1):
        years[str(year)] = 0
    if not timed:
        for view in views:
            years[str(view.date.year)] += 1
        top = max(years, key=lambda year: years[year])
        return Finding(
            kind="hours-by-year",
            title=f"You watched {_titles(len(views))}, {_most(years)} of them in {top}",
            detail="This file holds no durations, so these are titles, not hours.",
            facts={"unit": "titles", "total": len(views), "years": dict(years)},
            things=[view.id for view in views],
            chart=[(year, float(count)) for year, count in years.items()],
        )
    for view in timed:
        years[str(view.date.year)] += view.seconds or 0
    total = sum(years.values())
    top = max(years, key=lambda year: years[year])
    untimed = len(views) - len(timed)
    detail = f"Most of them in {top}: {_hours(years[top]):,.0f} hours."
    if _most(years) == "all":
        detail = f"All of them in {top}."
    if untimed:
        detail += f" Not in it: {_titles(untimed)} without a duration."
    return Finding(
        kind="hours-by-year",
        title=f"You watched {_hours(total):,.0f} hours",
        detail=detail,
        facts={
            "unit": "hours",
            "total": _hours(total),
            "years": {year: _hours(seconds) for year, seconds in years.items()},
            "without_duration": untimed,
        },
        things=[view.id for view in timed],
        chart=[(year, _hours(seconds)) for year, seconds in years.items()],
    )


def _by_profile(views: list[View]) -> Finding | None:
    profiles: dict[str, int] = defaultdict(int)
    for view in views:
        if view.profile and view.seconds is not None:
            profiles[view.profile] += view.seconds
    if len(profiles) <= 1:
        return None
    ordered = sorted(profiles, key=lambda profile: (-profiles[profile], profile))
    return Finding(
        kind="hours-by-profile",
        title=f"{ordered[0]} watched most: {_hours(profiles[ordered[0]]):,.0f} hours",
        detail=f"{len(ordered)} profiles watched.",
        facts={"profiles": {profile: _hours(profiles[profile]) for profile in ordered}},
        things=[view.id for view in views if view.profile and view.seconds is not None],
        chart=[(profile, _hours(profiles[profile])) for profile in ordered],
    )


def _rewatched(views: list[View]) -> Finding | None:
    days: dict[tuple[str, str], list[View]] = defaultdict(list)
    for view in views:
        if view.counts:
            days[view.profile, plain_title(view.name)].append(view)
    again = [
        (len(dates), dates, same)
        for same in days.values()
        if len(same) > 1 and len(dates := _times(same)) > 1
    ]
    if not again:
        return None
    again.sort(key=lambda item: (-item[0], item[2][0].name))
    items: list[dict[str, object]] = [
        {
            "name": same[0].name,
            "times": times,
            "dates": [date.isoformat() for date in dates],
            "last": same[-1].date.isoformat(),
            "things": [view.id for view in same],
        }
        for times, dates, same in again[:ITEMS_MAX]
    ]
    times, _, most = again[0]
    others = len(again) - 1
    detail = f"{others:,} more were seen again." if others else "Nothing else was seen again."
    return Finding(
        kind="rewatched",
        title=f"You watched {most[0].name} {times} times",
        detail=f"Counted by days; views under two minutes don't count. {detail}",
        facts={"items": items, "count": len(again)},
        things=[view.id for _, _, same in again[:ITEMS_MAX] for view in same],
        chart=[(same[0].name, float(times)) for times, _, same in again[:10]],
    )


def _times(same: list[View]) -> list[datetime.date]:
    """The days on which one title was begun: going on with it within hours is not once more."""
    dates: set[datetime.date] = set()
    end: datetime.datetime | None = None
    for view in sorted(same, key=lambda v: (v.date, v.begun is not None, str(v.begun))):
        if view.begun is None:
            dates.add(view.date)
            continue
        if end is None or view.begun - end > datetime.timedelta(hours=GOES_ON_HOURS_MAX):
            dates.add(view.date)
        end = view.begun + datetime.timedelta(seconds=view.seconds or 0)
    return sorted(dates)


def _abandoned(views: list[View]) -> Finding | None:
    ends: dict[str, datetime.date] = {}
    for view in views:
        ends[view.profile] = max(view.date, ends.get(view.profile, view.date))
    left = [*_left_series(views, ends), *_left_films(views, ends)]
    if not left:
        return None
    left.sort(key=lambda item: (str(item[0]["last"]), str(item[0]["name"])), reverse=True)
    shown = left[:ITEMS_MAX]
    plural = "title" if len(left) == 1 else "titles"
    return Finding(
        kind="abandoned",
        title=f"You began {len(left):,} {plural} and left them"
        if len(left) > 1
        else f"You began {shown[0][0]['name']} and left it",
        detail=(
            "Series with at most three episodes seen and nothing more for 60 days, films with less "
            f"than 15 minutes seen. The latest is {shown[0][0]['name']}. {len(left):,} {plural}."
        ),
        facts={"items": [item for item, _ in shown], "count": len(left)},
        things=[view.id for _, seen in shown for view in seen],
        chart=_by_left_year(left),
    )


def _by_left_year(left: list[tuple[dict[str, object], list[View]]]) -> list[tuple[str, float]]:
    years: dict[str, int] = defaultdict(int)
    for item, _ in left:
        years[str(item["last"])[:4]] += 1
    return [(year, float(years[year])) for year in sorted(years)]


def _left_series(
    views: list[View], ends: dict[str, datetime.date]
) -> Iterable[tuple[dict[str, object], list[View]]]:
    series: dict[tuple[str, str], list[View]] = defaultdict(list)
    for view in views:
        if view.series is not None:
            series[view.profile, view.series].append(view)
    for (profile, name), seen in series.items():
        last = seen[-1].date
        episodes = {plain_title(view.name) for view in seen if view.counts}
        # The end is that of the profile's own views: it went on with other things.
        went_on = (ends[profile] - last).days >= SERIES_LEFT_DAYS_MIN
        if went_on and 1 <= len(episodes) <= SERIES_LEFT_EPISODES_MAX:
            item: dict[str, object] = {
                "name": name,
                "kind": "series",
                "episodes": len(episodes),
                "last": last.isoformat(),
                "things": [view.id for view in seen],
            }
            yield item, seen


def _left_films(
    views: list[View], ends: dict[str, datetime.date]
) -> Iterable[tuple[dict[str, object], list[View]]]:
    films: dict[tuple[str, str], list[View]] = defaultdict(list)
    for view in views:
        if view.series is None:
            films[view.profile, plain_title(view.name)].append(view)
    for (profile, _), seen in films.items():
        if any(view.seconds is None for view in seen):
            continue
        seconds = sum(view.seconds or 0 for view in seen)
        last = seen[-1].date
        begun = VIEW_SECONDS_MIN <= seconds < FILM_BEGUN_SECONDS_MAX
        if begun and (ends[profile] - last).days >= FILM_LEFT_DAYS_MIN:
            item: dict[str, object] = {
                "name": seen[0].name,
                "kind": "film",
                "minutes": seconds // 60,
                "last": last.isoformat(),
                "things": [view.id for view in seen],
            }
            yield item, seen
