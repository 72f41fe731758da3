"""Attackers: two organisations put side by side what they hold, and say who is who.

Each attack scores every pair of one person here and one person there; who scores highest is the
guess. The rate is the share of right guesses, and a guess among equals counts as its odds. Chance
is one in the number of people.
"""

import datetime
import math
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from operator import mul

from tests.harness.crowd import DAYS, FIRST

from firsthand.protocol.roles.profile import Given
from firsthand.protocol.roster import PRECISIONS

Scores = list[list[float]]
Held = Sequence[Sequence[Given]]
Attack = Callable[[Held, Held, str], Scores]
COURSES = ("rhythm", "gaps")
_SPANS = {"hour": 1, "day": 1, "week": 7, "month": 30, "year": 365}


def rate(scores: Scores) -> float:
    """The share of people who are guessed right, either way round."""
    return (_right(scores) + _right([list(column) for column in zip(*scores, strict=True)])) / 2


def _right(scores: Scores) -> float:
    right = 0.0
    for own, row in enumerate(scores):
        best = max(row)
        if row[own] == best:
            right += 1 / row.count(best)
    return right / len(scores)


def by_things(left: Held, right: Held, _precision: str) -> Scores:
    """Things of one name, price and time in both: the rarer, the more they say."""
    ours, theirs = ([Counter(map(_token, one)) for one in held] for held in (left, right))
    return _overlap([set(one) for one in ours], [set(one) for one in theirs])


def by_names(left: Held, right: Held, _precision: str) -> Scores:
    """Things of one name in both, whenever it was: what times say nothing of."""
    ours, theirs = ([{each.name for each in one} for one in held] for held in (left, right))
    return _overlap(ours, theirs)


def by_rhythm(left: Held, right: Held, precision: str) -> Scores:
    """How much happened in each span: the correlation of the two courses."""
    ours, theirs = ([_normal(_course(one, precision)) for one in held] for held in (left, right))
    return [[sum(map(mul, one, other)) for other in theirs] for one in ours]


def by_gaps(left: Held, right: Held, precision: str) -> Scores:
    """Spans in which nothing happened in both: the rarer that is, the more it says."""
    ours, theirs = ([_gaps(_course(one, precision)) for one in held] for held in (left, right))
    return _overlap(ours, theirs)


def by_volume(left: Held, right: Held, _precision: str) -> Scores:
    """Who has much here has much there, as a guess: the ranks side by side."""
    ours, theirs = (_ranks([len(one) for one in held]) for held in (left, right))
    return [[-abs(one - other) for other in theirs] for one in ours]


ATTACKS: dict[str, Attack] = {
    "things": by_things,
    "names": by_names,
    "rhythm": by_rhythm,
    "gaps": by_gaps,
    "volume": by_volume,
}


def best(
    left: Held, right: Held, precision: str, attacks: Sequence[str] = tuple(ATTACKS)
) -> tuple[float, str]:
    """The rate of the best of some attacks, and its name. Who knows the day can look at weeks."""
    coarser = PRECISIONS[max(1, PRECISIONS.index(precision)) :]
    return max(
        (rate(ATTACKS[name](left, right, span)), f"{name} by the {span}")
        for name in attacks
        for span in (coarser if name in COURSES else coarser[:1])
    )


def by_arrival(left: Sequence[list[float]], right: Sequence[list[float]], width_s: float) -> Scores:
    """When things came: moments nearer to each other than the delays allow speak for one person."""
    return [
        [sum(max(0.0, 1 - abs(a - b) / width_s) for a in ours for b in theirs) for theirs in right]
        for ours in left
    ]


def _token(given: Given) -> Hashable:
    return given.name, given.price, given.start_time


def _overlap(ours: Sequence[set[str]] | Sequence[set[Hashable]], theirs: Sequence[set]) -> Scores:  # type: ignore[type-arg]
    """The sum of -log(how common) over what two sets share."""
    common: Counter[Hashable] = Counter()
    for one in [*ours, *theirs]:
        common.update(one)
    people = len(ours) + len(theirs)
    weight = {token: -math.log(count / (people + 1)) for token, count in common.items()}
    return [[sum(weight[token] for token in one & other) for other in theirs] for one in ours]


def _course(things: Sequence[Given], precision: str) -> list[float]:
    span = _SPANS[precision]
    counts = [0.0] * (DAYS // span + 8 // span + 1)
    for each in things:
        if each.start_time is not None:
            day = datetime.date.fromisoformat(each.start_time[:10])
            place = (day - FIRST).days // span
            if precision in {"month", "year"}:
                place = day.month if precision == "month" else 0
            counts[max(0, min(place, len(counts) - 1))] += 1
    return counts


def _normal(course: list[float]) -> list[float]:
    mean = sum(course) / len(course)
    apart = [count - mean for count in course]
    size = math.sqrt(sum(map(mul, apart, apart)))
    return [value / size for value in apart] if size else apart


def _gaps(course: list[float]) -> set[Hashable]:
    return {place for place, count in enumerate(course) if not count}


def _ranks(counts: Sequence[int]) -> list[float]:
    """The place of each in order, equals at the same place."""
    order = sorted(counts)
    return [(order.index(each) + len(order) - order[::-1].index(each)) / 2 for each in counts]
