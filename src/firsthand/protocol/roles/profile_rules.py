"""The published rules of the role `profile`: pure functions over a catalogue and given things.

A rule is named and has parameters; both are published with their hash, so that a vault can run
it before anything is given and check the answer afterwards. Arithmetic is on integers alone, so
that both sides come to the same answer on any machine.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

import msgspec

from firsthand.protocol.canonical import canonical, sha256_hex
from firsthand.protocol.things import Thing


class Item(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One row of a catalogue. ``price`` is a decimal per month in ``currency``."""

    id: str
    name: str
    genres: list[str] = []
    price: str | None = None
    currency: str | None = None
    detail: str = ""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule as it is published: which function, which version, with which parameters."""

    name: str
    version: int
    parameters: dict[str, int]

    @property
    def sha256(self) -> str:
        """SHA-256, in hex, of the rule in canonical JSON."""
        return sha256_hex(canonical(msgspec.to_builtins(self)))


class Pick(msgspec.Struct, frozen=True, kw_only=True):
    """One recommendation and the given things (their ids) that it stands on.

    ``because`` is empty for what everybody would be shown. ``saves_yearly`` is a decimal.
    """

    item: str
    name: str
    score: int
    because: list[str] = []
    why: str = ""
    saves_yearly: str | None = None
    currency: str | None = None


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule concludes.

    ``basis`` are the ids of all given things that it looked at, hashed as one (``basis_of``).
    """

    rule: str
    catalogue: str
    basis: str
    picks: list[Pick]
    note: str = ""


RunRule = Callable[[Sequence[Item], Sequence[Thing], Mapping[str, int]], tuple[list[Pick], str]]


def catalogue_sha256(items: Sequence[Item]) -> str:
    """SHA-256, in hex, of a catalogue in canonical JSON."""
    return sha256_hex(canonical(msgspec.to_builtins(list(items))))


def basis_of(things: Sequence[Thing]) -> str:
    """One hash that names exactly the set of given things an answer stands on."""
    return sha256_hex("\n".join(sorted({thing.id for thing in things})).encode())


def run_rule(rule: Rule, items: Sequence[Item], things: Sequence[Thing]) -> Answered:
    """Run a published rule. Raises ``KeyError`` for a rule that this version does not know."""
    function = RULES[rule.name, rule.version]
    picks, note = function(items, things, rule.parameters)
    return Answered(
        rule=rule.sha256,
        catalogue=catalogue_sha256(items),
        basis=basis_of(things),
        picks=picks,
        note=note,
    )


def titles_by_taste(
    items: Sequence[Item], things: Sequence[Thing], parameters: Mapping[str, int]
) -> tuple[list[Pick], str]:
    """Recommend titles that share genres with those that were watched, most shared first.

    Each watched title that the catalogue knows gives its genres one point a viewing, at most
    ``viewings_max``. An unwatched title scores the mean of its genres' points, in hundredths. It
    stands on the watched titles that share most genres with it, then on those watched most.
    """
    by_name = {_plain(item.name): item for item in items}
    viewings: dict[str, list[str]] = defaultdict(list)
    for thing in things:
        if thing.type == "WatchAction":
            for name in _titles(thing):
                if (item := by_name.get(_plain(name))) is not None:
                    viewings[item.id].append(thing.id)
                    break
    liked: Counter[str] = Counter()
    watched = []
    for item in items:
        if seen := viewings.get(item.id):
            points = min(len(seen), parameters["viewings_max"])
            genres = {_plain(genre) for genre in item.genres}
            watched.append(_Watched(item.name, points, genres, min(seen)))
            liked.update(dict.fromkeys(genres, points))
    picks = [
        _taste_pick(item, liked, watched, parameters["because_max"])
        for item in items
        if item.id not in viewings and item.genres
    ]
    picks.sort(key=lambda pick: -pick.score)
    note = "" if liked else "No title given is in the catalogue: this is what everybody is shown."
    return picks[: parameters["picks_max"]], note


class _Watched(NamedTuple):
    name: str
    points: int
    genres: set[str]
    thing: str


def _taste_pick(
    item: Item, liked: Mapping[str, int], watched: Sequence[_Watched], because_max: int
) -> Pick:
    genres = {_plain(genre) for genre in item.genres}
    score = 100 * sum(liked.get(genre, 0) for genre in genres) // len(genres)
    alike = [title for title in watched if title.genres & genres]
    alike.sort(key=lambda title: (-len(title.genres & genres), -title.points, title.name))
    alike = alike[:because_max]
    names = ", ".join(title.name for title in alike)
    return Pick(
        item=item.id,
        name=item.name,
        score=score,
        because=[title.thing for title in alike],
        why=f"Because you watched {names}" if names else "",
    )


def plan_that_fits(
    items: Sequence[Item], things: Sequence[Thing], parameters: Mapping[str, int]
) -> tuple[list[Pick], str]:
    """Compare plans with what is paid now: the best that saves enough, or stay where you are.

    Paid now is the newest payment given. A plan must cost at least ``saving_percent_min`` less a
    month; of those the dearest is taken, as it holds the most for the saving.
    """
    paid = [thing for thing in things if thing.type == "PayAction" and _price(thing) is not None]
    plans = [(price, item) for item in items if (price := _decimal(item.price)) is not None]
    if not paid:
        picks = [_plan_pick(item, None, []) for _, item in plans]
        return picks[: parameters["picks_max"]], "Nothing to compare with was given."
    newest = max(paid, key=lambda thing: (thing.time or "", thing.id))
    now, currency = _price(newest), newest.data.get("priceCurrency")
    assert now is not None
    limit = now * (100 - parameters["saving_percent_min"]) / 100
    fitting = [
        (price, item)
        for price, item in plans
        if price <= limit and (currency is None or item.currency in {None, currency})
    ]
    because = sorted(thing.id for thing in paid if thing.name == newest.name)
    because = because[: parameters["because_max"]]
    if not fitting:
        return [], f"Stay where you are: nothing here costs less than {newest.name}."
    price, item = max(fitting, key=lambda entry: entry[0])
    saves = (now - price) * 12
    return [_plan_pick(item, saves, because, paid_to=newest.name)], ""


def _plan_pick(item: Item, saves: Decimal | None, because: list[str], paid_to: str = "") -> Pick:
    return Pick(
        item=item.id,
        name=item.name,
        score=0 if saves is None else int(saves * 100),
        because=because,
        why=f"Because it costs less than what you pay {paid_to}" if paid_to else item.detail,
        saves_yearly=None if saves is None else f"{saves:.2f}",
        currency=item.currency,
    )


def _titles(thing: Thing) -> list[str]:
    """The names by which a catalogue may know what was watched, the series' first."""
    names = [thing.name]
    shown = thing.data.get("object")
    if isinstance(shown, dict):
        series = shown.get("partOfSeries")
        names = [str(shown.get("name", "")), *names]
        if isinstance(series, dict):
            names = [str(series.get("name", "")), *names]
    return names


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name).casefold()
    kept = "".join(char for char in folded if not unicodedata.combining(char))
    return re.sub(r"[\W_]+", " ", kept).strip()


def _price(thing: Thing) -> Decimal | None:
    return _decimal(thing.data.get("price"))


_DIGITS_MAX = 16


def _decimal(value: object) -> Decimal | None:
    try:
        amount = Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        return None
    if amount is None or not amount.is_finite() or amount.adjusted() >= _DIGITS_MAX:
        return None  # too long to reckon with: every other answer would wait for this one
    return amount


RULES: dict[tuple[str, int], RunRule] = {
    ("titles-by-taste", 1): titles_by_taste,
    ("plan-that-fits", 1): plan_that_fits,
}
DEFAULTS: dict[str, Rule] = {
    "titles-by-taste": Rule(
        name="titles-by-taste",
        version=1,
        parameters={"viewings_max": 5, "because_max": 3, "picks_max": 10},
    ),
    "plan-that-fits": Rule(
        name="plan-that-fits",
        version=1,
        parameters={"saving_percent_min": 5, "because_max": 3, "picks_max": 10},
    ),
}
# What each rule needs, and so what an organisation that uses it asks for.
ASKS: dict[str, dict[str, list[str]]] = {
    "titles-by-taste": {"WatchAction": ["name", "object", "startTime"]},
    "plan-that-fits": {"PayAction": ["name", "price", "priceCurrency", "startTime"]},
}
