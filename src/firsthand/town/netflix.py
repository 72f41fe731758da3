"""Netflix's two exports as they come out of its account pages, in several languages."""

import csv
import datetime
import io
from collections.abc import Callable, Sequence

import msgspec

from firsthand.town.viewing import View


class Locale(msgspec.Struct, frozen=True, kw_only=True):
    """How the short history is written: its two columns, its word for a season, its dates."""

    title: str
    date: str
    season: str
    day: Callable[[datetime.date], str]


def _month_first(day: datetime.date) -> str:
    return f"{day.month}/{day.day}/{day:%y}"


def _dotted(day: datetime.date) -> str:
    return f"{day.day}.{day.month}.{day:%y}"


def _day_first(day: datetime.date) -> str:
    return f"{day:%d/%m/%Y}"


LOCALES = {
    "en": Locale(title="Title", date="Date", season="Season", day=_month_first),
    "de": Locale(title="Titel", date="Datum", season="Staffel", day=_dotted),  # codespell:ignore
    "pt": Locale(title="Título", date="Data", season="Temporada", day=_day_first),
    "pl": Locale(title="Tytuł", date="Data", season="Sezon", day=_dotted),
    "nl": Locale(title="Titel", date="Datum", season="Seizoen", day=_day_first),  # codespell:ignore
}
HISTORY_NAME = "NetflixViewingHistory.csv"
ACTIVITY_NAME = "ViewingActivity.csv"
_ACTIVITY_COLUMNS = (
    "Profile Name", "Start Time", "Duration", "Attributes", "Title", "Supplemental Video Type",
    "Device Type", "Bookmark", "Latest Bookmark", "Country",
)  # fmt: skip


def history(views: Sequence[View], language: str) -> bytes:
    """The short history (UTF-8): title and day of each view, the newest first; no trailers."""
    locale = LOCALES[language]
    rows = [
        (_title(view, locale.season), locale.day(view.started.date()))
        for view in reversed(views)
        if not view.trailer
    ]
    return _csv([(locale.title, locale.date), *rows])


def activity(views: Sequence[View], language: str, country: str) -> bytes:
    """The viewing activity of the full export (UTF-8), the newest first, with trailers."""
    season = LOCALES[language].season
    rows = [
        (
            view.profile,
            f"{view.started:%Y-%m-%d %H:%M:%S}",
            _clock(view.seconds),
            "" if view.trailer else "Autoplayed: user action: None; ",
            f"Trailer: {view.title}" if view.trailer else _title(view, season),
            "TRAILER" if view.trailer else "",
            view.device,
            _clock(view.seconds),
            _clock(view.seconds),
            country,
        )
        for view in reversed(views)
    ]
    return _csv([_ACTIVITY_COLUMNS, *rows])


def _title(view: View, season: str) -> str:
    if view.season:
        return f"{view.title}: {season} {view.season}: {view.episode}"
    return view.title


def _clock(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{rest:02d}"


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()
