"""What a person watches, evening after evening: a stream that the same chance repeats.

It is made day by day, so a later end only adds to it: exports of the same person overlap as real
ones do.
"""

import datetime
from collections.abc import Iterator

import msgspec

from firsthand.foundation.ids import Chance
from firsthand.town.catalogue import Show, show_called, shows
from firsthand.town.dice import Dice

SATURDAY = 5


class Taste(msgspec.Struct, frozen=True, kw_only=True):
    """How a person watches.

    `genres` draw them in. `again` is a series that they come back to. `gives_up` are series that
    they leave after a few episodes. `evenings_percent` is how many evenings they watch at all,
    `films_percent` how many of those are for a film. `profiles` share the account, the first is
    the person's own; each has a device.
    """

    genres: tuple[str, ...]
    evenings_percent: int
    films_percent: int
    again: str | None = None
    gives_up: tuple[str, ...] = ()
    profiles: tuple[tuple[str, str, tuple[str, ...]], ...] = ()


class View(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that ran: `season` 0 is a film, `episode` its name. `started` is naive, in UTC."""

    started: datetime.datetime
    title: str
    season: int
    episode: str
    seconds: int
    profile: str
    device: str
    trailer: bool = False


class _Seat:
    """Whoever sits before one profile: what they are in the middle of, and what comes next."""

    def __init__(self, dice: Dice, taste: Taste, genres: tuple[str, ...], *, own: bool) -> None:
        self._dice = dice
        self._taste = taste
        self._genres = genres
        self._again = taste.again if own else None
        self._gives_up = taste.gives_up if own else ()
        self._films: list[Show] = []
        self._queue: list[Show] = []
        self._show: Show | None = None
        self._next = self._end = 0
        self._begun = 0

    def film(self) -> Show:
        """The next film; each once before the first comes again."""
        if not self._films:
            self._films = self._ranked([show for show in shows() if show.is_film])
        return self._films.pop(0)

    def episode(self) -> tuple[Show, int]:
        """The next episode of what is being watched; when that is over or left, of the next."""
        if self._show is None or self._next >= self._end:
            self._begin()
        assert self._show is not None
        self._next += 1
        return self._show, self._next - 1

    def _begin(self) -> None:
        self._begun += 1
        if self._again is not None and self._begun % 2 == 1:
            self._show = show_called(self._again)
        else:
            if not self._queue:
                series = [show for show in shows() if not show.is_film]
                self._queue = self._ranked([s for s in series if s.title not in self._gives_up])
                for place, title in enumerate(self._gives_up):
                    self._queue.insert(2 * place, show_called(title))
            self._show = self._queue.pop(0)
        left = self._show.title in self._gives_up
        self._next = 0
        self._end = self._dice.between(2, 3) if left else self._show.episodes

    def _ranked(self, found: list[Show]) -> list[Show]:
        mixed = self._dice.shuffled(found)
        liked = [show for show in mixed if set(show.genres) & set(self._genres)]
        rest = [show for show in mixed if show not in liked]
        return liked + rest


def viewing(taste: Taste, chance: Chance, first: datetime.date, last: datetime.date) -> list[View]:
    """Everything watched from `first` to `last`, both included, the oldest first."""
    dice = Dice(chance)
    profiles = taste.profiles or (("", "", taste.genres),)
    seats = [
        (_Seat(dice, taste, genres, own=number == 0), name, device)
        for number, (name, device, genres) in enumerate(profiles)
    ]
    seen: list[View] = []
    for offset in range((last - first).days + 1):
        day = first + datetime.timedelta(days=offset)
        for seat, name, device in seats:
            seen.extend(_evening(day, seat, name, device, dice, taste))
    return sorted(seen, key=lambda view: view.started)


def _evening(
    day: datetime.date, seat: _Seat, name: str, device: str, dice: Dice, taste: Taste
) -> Iterator[View]:
    weekend = day.weekday() >= SATURDAY
    if not dice.hits(min(95, taste.evenings_percent + 20 * weekend)):
        return
    began = datetime.datetime.combine(day, datetime.time(18, dice.below(60)))
    began += datetime.timedelta(minutes=dice.below(90), seconds=dice.below(60))
    if dice.hits(taste.films_percent + 15 * weekend):
        film = seat.film()
        if device and dice.hits(40):
            yield _view(began, film, 0, dice.between(35, 110), name, device, trailer=True)
            began += datetime.timedelta(minutes=3)
        yield _view(began, film, 0, 60 * film.minutes - dice.below(240), name, device)
        return
    for _ in range(dice.between(1, 2 + weekend)):
        show, index = seat.episode()
        seconds = 60 * show.minutes - dice.below(150)
        yield _view(began, show, index, seconds, name, device)
        began += datetime.timedelta(seconds=seconds + dice.between(8, 400))


def _view(
    began: datetime.datetime,
    show: Show,
    index: int,
    seconds: int,
    profile: str,
    device: str,
    *,
    trailer: bool = False,
) -> View:
    season, episode = (0, "") if show.is_film else show.episode(index)
    return View(
        started=began,
        title=show.title,
        season=season,
        episode=episode,
        seconds=seconds,
        profile=profile,
        device=device,
        trailer=trailer,
    )
