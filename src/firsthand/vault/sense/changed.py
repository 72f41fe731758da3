"""What changed lately: a month against what is usual.

Usual is the middle of the six months before (the median). Something changed where it is half as
much again as usual, or half of it and less, and counts enough to be felt. New is what the six
months before do not know.
"""

from collections.abc import Mapping, Sequence
from statistics import median

import msgspec

BEFORE_MONTHS = 6
KNOWN_MONTHS_MIN = 3
MORE, LESS = 1.5, 0.5
# What a change must come to, to be told: thousandths of a currency, seconds, times.
LEAST = {
    ("categories", "out"): 20_000, ("money", "out"): 20_000, ("money", "in"): 50_000,
    ("taste", "watch"): 7200, ("taste", "listen"): 7200, ("places", "visit"): 3,
    ("people", "message"): 5, ("people", "event"): 2, ("moves", "sport"): 3,
}  # fmt: skip
AMOUNTS = frozenset({"categories", "money", "taste"})


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One series that changed: `now` against `usual`; `way` is more, less, new or gone."""

    key: tuple[str, ...]
    way: str
    now: int
    usual: int

    @property
    def weight(self) -> int:
        """How much it changed, to put changes of one kind in order."""
        return abs(self.now - self.usual)


def changes(
    series: Mapping[tuple[str, ...], Mapping[str, int]],
    month: str,
    earlier: Sequence[str],
    least: int,
) -> list[Change]:
    """Every series that changed in `month`, the largest change first.

    series: amounts by month. earlier: the six months before, of which those count that anything is
    known of. least: what a change must come to, to be told.
    """
    if len(earlier) < KNOWN_MONTHS_MIN:
        return []
    found = []
    for key, amounts in series.items():
        now = amounts.get(month, 0)
        usual = round(median(amounts.get(each, 0) for each in earlier))
        before = any(amounts.get(each, 0) for each in earlier)
        way = _way(now, usual, before=before)
        if way and abs(now - usual) >= least:
            found.append(Change(key=key, way=way, now=now, usual=usual))
    return sorted(found, key=lambda change: (-change.weight, change.key))


def _way(now: int, usual: int, *, before: bool) -> str:
    if not before:
        return "new" if now else ""
    if not usual:
        return ""  # it comes now and then: nothing is usual about it
    if not now:
        return "gone"
    if now >= MORE * usual:
        return "more"
    return "less" if now <= LESS * usual else ""
