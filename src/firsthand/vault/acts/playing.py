"""Play: a card of my year to pass on. It shows what I chose, and nothing else is in it.

Each line says what a reader could infer from it; two lines together can tell more than each alone.
"""

from typing import Any, Final

import msgspec

from firsthand.vault.acts import settling, years
from firsthand.vault.acts.opened import Vault

LINES_MAX: Final = 6
_HOUR: Final = 3600


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line that a card can show: a large figure or name, what it is, what it gives away."""

    key: str
    value: str
    label: str
    tells: str


_TASTE: Final = "What you like, and with that perhaps your age, your mood and your views."
_TIME: Final = "How much of your free time goes there."
_PLACE: Final = "Where you go. With a day beside it, when nobody was at your home."
_DAY: Final = "On which day something happened to you."
_MONEY: Final = "What you can afford."
_COUNT: Final = "How much of your life is in data."
_SPORT: Final = "How fit you are, but not where you move."
TOGETHER: Final = {
    frozenset({"place", "busiest"}): "A place and a day together can say where you were, and when.",
    frozenset({"place", "moved"}): "A place and how you move can narrow down where you live.",
    frozenset({"paid", "saved"}): "What you pay and what you saved together say how you live.",
}


def lines(vault: Vault, year: str | None = None) -> dict[str, Any]:
    """What a card of a year could show: `{"year", "years", "lines": [{key, value, label, tells}]}`.

    `year` is None where there is nothing yet; without a name it is the newest.
    """
    told = years.year(vault, year)
    if told["year"] is None:
        return {"year": None, "years": [], "lines": []}
    found = [
        Line(key="things", value=f"{told['things']:,}", label="things happened", tells=_COUNT),
        *_of_tops(told["tops"]),
        *_of_moves(told["moves"]),
    ]
    if told["trips"]:
        count = len(told["trips"])
        label = "trip away from home" if count == 1 else "trips away from home"
        found.append(Line(key="trips", value=str(count), label=label, tells=_PLACE))
    if told["busiest"]:
        found.append(Line(key="busiest", value=told["busiest"], label="my fullest day", tells=_DAY))
    if told["money"]:
        out = f"{float(told['money']['out']):,.0f} {told['money']['currency']}"
        found.append(Line(key="paid", value=out, label="paid", tells=_MONEY))
    saved: Any = settling.saved(vault)["yearly"]
    for currency, amount in list(saved.items())[:1]:
        value = f"{float(amount):,.0f} {currency}"
        found.append(
            Line(key="saved", value=value, label="saved a year by settling things", tells=_MONEY)
        )
    return {
        "year": told["year"],
        "years": told["years"],
        "lines": [msgspec.to_builtins(line) for line in found],
    }


def chosen(told: dict[str, Any], keys: list[str]) -> list[dict[str, str]]:
    """The lines of these keys, in the order of the card; at most `LINES_MAX`."""
    return [line for line in told["lines"] if line["key"] in keys][:LINES_MAX]


def together(keys: list[str]) -> list[str]:
    """What the lines of these keys tell beside each other."""
    kinds = {"place" if key.startswith("visit") else key for key in keys}
    return [tells for both, tells in TOGETHER.items() if both <= kinds]


_SAID: Final = {
    "watch": ("watching", "watched most", "titles watched"),
    "listen": ("listening", "heard most", "pieces heard"),
    "read": ("reading", "read most", "books read"),
}


def _of_tops(tops: list[dict[str, Any]]) -> list[Line]:
    found = list[Line]()
    for top in tops:
        part, first = top["part"], top["top"][0]["name"]
        if top["sense"] == "taste":
            time, most, count = _SAID[part]
            if top["amount"] >= _HOUR:
                hours = f"{top['amount'] // _HOUR:,} hours"
                found.append(Line(key=f"{part}-hours", value=hours, label=time, tells=_TIME))
            found.append(
                Line(key=f"{part}-count", value=f"{top['total']:,}", label=count, tells=_TIME)
            )
            found.append(Line(key=f"{part}-top", value=first, label=most, tells=_TASTE))
        elif top["sense"] == "places":
            found.append(
                Line(
                    key="visit-count",
                    value=f"{top['names']:,}",
                    label="places",
                    tells="How much you get about, but not where.",
                )
            )
            found.append(Line(key="visit-top", value=first, label="where I was most", tells=_PLACE))
    return found


def _of_moves(moves: list[dict[str, Any]]) -> list[Line]:
    metres = sum(each["metres"] for each in moves)
    if metres < 1000:  # noqa: PLR2004 - a kilometre
        return []
    return [Line(key="moved", value=f"{metres // 1000:,} km", label="moved", tells=_SPORT)]
