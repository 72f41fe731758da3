"""The pages of sense and the ways between them."""

from typing import Final

WAYS: Final = (
    ("things", "Everything", "/things"),
    ("money", "Money", "/money"),
)


def ways(here: str) -> list[dict[str, object]]:
    """The pages of sense, for `ui.tabs`."""
    return [{"label": label, "href": href, "current": key == here} for key, label, href in WAYS]
