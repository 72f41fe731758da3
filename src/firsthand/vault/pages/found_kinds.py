"""How each kind of finding looks on a page: its picture, its icon, and what it is about."""

from collections.abc import Mapping, Sequence
from typing import Final

PICTURES: Final[Mapping[str, tuple[str, str, str]]] = {  # by kind: unit, title, columns or rows
    "hours-by-year": ("hours", "Hours by year", "columns"),
    "hours-by-profile": ("hours", "Hours by profile", "rows"),
    "rewatched": ("times", "Seen again and again", "rows"),
    "listening": ("hours", "Heard over time", "columns"),
    "artist-most": ("hours", "Heard most", "rows"),
    "track-most": ("times", "Played again and again", "rows"),
    "artist-left": ("hours", "Hours over time", "columns"),
    "artist-new": ("hours", "Hours over time", "columns"),
    "exercise": ("times", "Sport over time", "columns"),
    "exercise-longest": ("km", "The longest over time", "columns"),
    "steps": ("steps", "Steps a day on average", "columns"),
    "sleep": ("hours", "Sleep a night on average", "columns"),
    "measured": ("", "On average", "columns"),
    "named": ("times", "How often", "rows"),
    "event-most": ("times", "How often over time", "columns"),
    "weekday-fullest": ("events", "By day of the week", "columns"),
    "people-most": ("messages", "Messages with whom", "rows"),
    "birthdays": ("birthdays", "Birthdays by month", "columns"),
    "orders": ("", "Ordered over time", "columns"),
    "seller-most": ("things", "Ordered from whom", "rows"),
    "returns": ("orders", "Sent back over time", "columns"),
    "books": ("books", "Books over time", "columns"),
    "wishes": ("wishes", "When they were added", "columns"),
    "place-most": ("times", "Where you were most", "rows"),
    "travel": ("km", "How you went", "rows"),
    "site-most": ("pages", "Opened most", "rows"),
    "searches": ("searches", "Searches over time", "columns"),
    "things": ("", "How many over time", "columns"),
}
ICONS: Final[Mapping[str, str]] = {
    "hours-by-year": "chart",
    "hours-by-profile": "people",
    "rewatched": "heart",
    "abandoned": "film",
    "paid-twice": "warning",
    "two-alike": "warning",
    "unused": "warning",
    "artist-most": "heart",
    "track-most": "heart",
    "artist-left": "speech",
    "artist-new": "star",
    "exercise": "heart",
    "exercise-longest": "star",
    "steps": "right",
    "sleep": "theme",
    "named": "eye",
    "event-most": "diary",
    "weekday-fullest": "diary",
    "people-most": "inbox",
    "birthdays": "people",
    "orders": "tag",
    "seller-most": "tag",
    "returns": "warning",
    "books": "diary",
    "wishes": "star",
    "place-most": "home",
    "travel": "right",
    "site-most": "eye",
    "searches": "search",
}
# What a page begins with is of as many subjects as there are: the first of each, then the second.
_SUBJECTS: Final[Mapping[str, Sequence[str]]] = {
    "money": ("paid-twice", "two-alike", "unused"),
    "watching": ("hours-by-year", "hours-by-profile", "rewatched", "abandoned"),
    "listening": ("listening", "artist-most", "track-most", "artist-left", "artist-new"),
    "body": ("steps", "sleep", "exercise", "exercise-longest"),
    "calendar": ("event-most", "weekday-fullest"),
    "shops": ("orders", "seller-most", "returns"),
    "books": ("books", "wishes"),
    "web": ("site-most", "searches"),
    "places": ("place-most", "travel"),
}
SUBJECTS: Final = {kind: subject for subject, kinds in _SUBJECTS.items() for kind in kinds}
LATER: Final = {"measured": 2}
"""Of these the first comes with the third of other subjects."""
LAST: Final = "things"
