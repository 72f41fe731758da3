"""How well those who compare what they were told can tell who is who: the curves of the docs.

`things`   two of five organisations that each get another kind of a half year (titles, and four
           kinds of bills); two that each see what somebody does from day to day; and two that get
           the same kind, half of it the same. By the precision of the times.
`same`     how many of the same titles given to two are enough.
`course`   how many things of a course of days are enough.
`arrival`  when things came, by the delay that chance draws, from people who sat down a few times in
           half a year and gave to two at once.
`ids`      five real organisations and everybody's vault: tokens in common (slow; `--people`).

    python benchmarks/linkage.py [things same course arrival ids] [--people N] [--seeds N]
                                 [--picture FILE] [--json]
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from itertools import combinations
from pathlib import Path
from typing import Final

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.harness import crowd as people_of  # noqa: E402 - the harness is the tests' own
from tests.harness import linking  # noqa: E402

from firsthand.foundation.ids import SeededChance  # noqa: E402
from firsthand.protocol.roster import PRECISIONS  # noqa: E402
from firsthand.town.dice import Dice  # noqa: E402

WEEKS: Final = 26
DAY_S: Final = 86_400
NEAR_S: Final = 600
SAME: Final = (1, 2, 3, 5, 10)
SAME_BY: Final = ("things", "names")
COUNTS: Final = (10, 20, 30, 40, 60)
DELAYS: Final = {
    "none": 0, "an hour": 3600, "a day": DAY_S, "a week": 7 * DAY_S, "a month": 30 * DAY_S,
}  # fmt: skip
GROUPS: Final = {
    "different kinds": tuple(combinations(people_of.ORGANISATIONS, 2)),
    "two see every day": tuple(combinations(people_of.DAILY, 2)),
    "two get the same": (("Reel", people_of.AGAIN),),
}
_TITLE: Final = "<title>How many times chance is guessed right, by the precision of times</title>"
_STYLE: Final = (
    "<style>text{font:14px sans-serif;fill:#333}.g{stroke:#bbb;stroke-width:1}.l{fill:none;"
    "stroke-width:3}@media(prefers-color-scheme:dark){text{fill:#ddd}.g{stroke:#555}}</style>"
)
Rows = list[dict[str, object]]


def things(people: int, seeds: int) -> Rows:
    """The rate of the best attack, by group and precision: of all pairs, and of the worst one."""
    rates: dict[tuple[str, str], dict[tuple[str, str], float]] = {}
    for seed in range(1, seeds + 1):
        lives = people_of.crowd(people, seed)
        told = {
            (name, span): people_of.held(lives, name, span)
            for name in people_of.EVERYBODY
            for span in PRECISIONS
        }
        for pair in (pair for pairs in GROUPS.values() for pair in pairs):
            sums = rates.setdefault(pair, {})
            for attack, span in _attacks():
                scores = linking.ATTACKS[attack](told[pair[0], span], told[pair[1], span], span)
                sums[attack, span] = sums.get((attack, span), 0.0) + linking.rate(scores) / seeds
    return [
        _row(group, precision, [rates[pair] for pair in pairs], people)
        for group, pairs in GROUPS.items()
        for precision in PRECISIONS
    ]


def _attacks() -> list[tuple[str, str]]:
    """Each attack with each span that makes a difference: no course is finer than by the day."""
    courses = linking.COURSES
    return [
        (attack, span)
        for attack in linking.ATTACKS
        for span in (PRECISIONS[1:] if attack in courses else PRECISIONS)
        if attack in (*courses, "things") or span == "year"
    ]


def _row(
    group: str, precision: str, rates: list[dict[tuple[str, str], float]], people: int
) -> dict[str, object]:
    """The best attack on a group: who knows the time finely can look at it coarsely, too."""
    coarser = PRECISIONS[PRECISIONS.index(precision) :]
    able = [one for one in rates[0] if one[1] in coarser]
    mean = {one: sum(rate[one] for rate in rates) / len(rates) for one in able}
    attack = max(mean, key=lambda one: mean[one])
    worst = max(max(rate[one] for one in able) for rate in rates)
    return {
        "group": group, "precision": precision, "rate": mean[attack],
        "times_chance": mean[attack] * people, "worst_pair": worst * people,
        "attack": f"{attack[0]} by the {attack[1]}",
    }  # fmt: skip


def same(people: int, seeds: int) -> Rows:
    """The rate by how many of the same titles two have, where one has them all."""
    rows: Rows = []
    for precision in PRECISIONS:
        for count in SAME:
            rate = 0.0
            for seed in range(1, seeds + 1):
                all_of = people_of.held(people_of.crowd(people, seed), "Reel", precision)
                some = [titles[-count:] for titles in all_of]
                rate += linking.best(all_of, some, precision, SAME_BY)[0] / seeds
            rows.append({"precision": precision, "things": count, "rate": rate})
    return rows


def course(people: int, seeds: int) -> Rows:
    """The rate by how many of their newest things two have that each see every day."""
    rows: Rows = []
    for precision in PRECISIONS[1:]:
        for count in COUNTS:
            rate = 0.0
            for seed in range(1, seeds + 1):
                lives = people_of.crowd(people, seed)
                left, right = (
                    [each[-count:] for each in people_of.held(lives, name, precision)]
                    for name in ("Reel", "Larder")
                )
                rate += linking.best(left, right, precision, linking.COURSES)[0] / seeds
            rows.append({"precision": precision, "things": count, "times_chance": rate * people})
    return rows


def arrival(people: int, seeds: int) -> Rows:
    """The rate by moments alone: two to six sittings in half a year, each with both or with one."""
    rows: Rows = []
    for delay, within_s in DELAYS.items():
        rate = 0.0
        for seed in range(1, seeds + 1):
            left, right = _sittings(people, seed, within_s)
            rate += linking.rate(linking.by_arrival(left, right, NEAR_S + within_s)) / seeds
        rows.append({"delay": delay, "rate": rate, "times_chance": rate * people})
    return rows


def _sittings(people: int, seed: int, within_s: int) -> tuple[list[list[float]], list[list[float]]]:
    dice = Dice(SeededChance(seed))
    left: list[list[float]] = []
    right: list[list[float]] = []
    for _ in range(people):
        sat = [dice.below(WEEKS * 7) * DAY_S + 68_000 + dice.below(18_000)
               for _ in range(dice.between(2, 6))]  # fmt: skip
        for came in (left, right):
            when = [float(at + dice.below(NEAR_S)) for at in sat if dice.hits(70)]
            came.append([at + dice.below(65_536) / 65_536 * within_s for at in when])
    return left, right


def ids(people: int, _seeds: int) -> Rows:
    """Tokens that two real organisations have of one person alone; some people are planted."""
    from tests.harness.many import PLANTS, Many  # noqa: PLC0415 - it opens both sides

    with tempfile.TemporaryDirectory() as place:
        many = Many(Path(place))
        try:
            planted = {people + place: plant for place, plant in enumerate(PLANTS)}
            many.deal(people_of.crowd(people + len(PLANTS)), planted)
            shared = many.shared()
        finally:
            many.close()
    clean = sum(len(shared[person]) for person in range(people))
    found = sum(bool(shared[people + place]) for place in range(len(PLANTS)))
    return [{"people": people, "tokens_in_common": clean, "planted": len(PLANTS), "found": found}]


RUNS: Final = {"things": things, "same": same, "course": course, "arrival": arrival, "ids": ids}


def table(rows: Rows) -> str:
    """Rows as a table in Markdown: rates in percent, times chance to one place."""
    names = list(rows[0])
    lines = [names, ["---"] * len(names), *([_said(row[n], n) for n in names] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines).replace("_", " ")


def _said(value: object, name: str) -> str:
    if isinstance(value, float):
        return f"{100 * value:.1f} %" if name == "rate" else f"{value:.1f}"
    return str(value)


def picture(rows: Rows, people: int) -> str:
    """The curves of `things` as SVG: precision from left to right, times chance upwards by log."""
    import math  # noqa: PLC0415 - for the picture alone

    left, top, wide, high = 70, 20, 520, 280
    step, up = wide / (len(PRECISIONS) - 1), high / math.log10(people)

    def y(times: float) -> float:
        return top + high - up * math.log10(max(1.0, times))

    box = f"0 0 760 {top + high + 50}"
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" role="img">', _TITLE, _STYLE]
    for times in (1, 2, 10, 100, people):
        line = ' stroke-dasharray="6 4"' if times == 2 else ""  # the promise
        at = f"{y(times):.1f}"
        parts.append(f'<line class="g" x1="{left}" x2="{left + wide}" y1="{at}" y2="{at}"{line}/>')
        parts.append(
            f'<text x="{left - 8}" y="{y(times) + 5:.1f}" text-anchor="end">{times}×</text>'
        )
    for place, precision in enumerate(PRECISIONS):
        parts.append(
            f'<text x="{left + place * step:.0f}" y="{top + high + 28}" text-anchor="middle">'
            f"{precision}</text>"
        )
    marks = ("#0b7a75", "#c96f12", "#a3225b")
    for group, colour in zip(GROUPS, marks, strict=True):
        own = [float(str(row["times_chance"])) for row in rows if row["group"] == group]
        points = " ".join(f"{left + n * step:.0f},{y(each):.1f}" for n, each in enumerate(own))
        parts.append(f'<polyline class="l" stroke="{colour}" points="{points}"/>')
        beside = y(own[-1]) + 5 - 18 * (group == "two see every day")
        where = f'x="{left + wide + 10}" y="{beside:.1f}"'
        parts.append(f'<text {where} style="fill:{colour}">{group}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def main() -> int:
    """Print what was asked for."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("what", nargs="*", default=["things", "same", "course", "arrival"])
    asked.add_argument("--people", type=int, default=people_of.PEOPLE)
    asked.add_argument("--seeds", type=int, default=5)
    asked.add_argument("--picture", type=Path, help="write the curves of `things` to this SVG")
    asked.add_argument("--json", action="store_true")
    args = asked.parse_args()
    done: dict[str, Rows] = {}
    for name in args.what:
        done[name] = RUNS[name](args.people, args.seeds)
        if args.picture and name == "things":
            args.picture.write_text(picture(done[name], args.people), encoding="utf-8")
        if not args.json:
            sys.stdout.write(f"\n{name}\n\n{table(done[name])}\n")
            sys.stdout.flush()
    if args.json:
        sys.stdout.write(json.dumps(done, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
