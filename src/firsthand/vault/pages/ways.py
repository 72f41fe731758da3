"""The pages of sense and the ways between them."""

from typing import Final

WAYS: Final = (
    ("things", "Everything", "/things"),
    ("days", "Days", "/days"),
    ("money", "Money", "/money"),
    ("taste", "Taste", "/taste"),
    ("places", "Places", "/places"),
    ("people", "People", "/people"),
    ("routines", "Routines", "/routines"),
    ("year", "Year", "/year"),
    ("changed", "Changed", "/changed"),
    ("ready", "Ready to give", "/ready"),
)


def ways(here: str) -> list[dict[str, object]]:
    """The pages of sense, for `ui.tabs`."""
    return [{"label": label, "href": href, "current": key == here} for key, label, href in WAYS]
