"""How well files that nobody here has seen are read: exports are made up with what is true of them.

Banks and cards in many layouts, OFX, Netflix in its languages, and files that are damaged or no
exports at all are read with the functions of `firsthand look`. A row is right if its day, amount
and sign are. What is wrong without a question is the one thing that must not happen.

    python benchmarks/heldout.py [--seed N] [--only WORD] [--verbose]
"""

import argparse
import datetime
import io
import random
import sys
from collections import Counter
from decimal import Decimal
from typing import Any

import heldout_bad
import heldout_chance
import heldout_layouts
import heldout_netflix
import heldout_ofx
from heldout_ledger import Ledger, Planted, ledger
from heldout_writing import Truth, Writer, Written

from firsthand.protocol.things import Thing
from firsthand.vault.acts.looking import Seen
from firsthand.vault.bring.beside import Reader


class Tally:
    """What is counted, and what is said of single files."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.remarks: list[str] = []

    def add(self, what: str, number: int = 1) -> None:
        self.counts[what] += number

    def remark(self, text: str) -> None:
        self.remarks.append(text)


def seen_in(
    name: str, content: bytes, answers: dict[str, str], today: datetime.date
) -> tuple[Seen, dict[str, Any], list[str]]:
    """Look at one file, and once more with the answers to what is asked; also what was asked."""
    asked: list[str] = []
    given: dict[str, str] = {}
    for _ in range(4):
        seen = Seen()
        with Reader() as reader:
            seen.look_at(name, name, io.BytesIO(content), given, reader)
        told: dict[str, Any] = seen.told(today)
        questions = told["questions"]
        if not questions:
            break
        for question in questions:
            what = question["id"].partition(".")[2]
            asked.append(what)
            given[question["id"]] = answers.get(what, question["choices"][0])
    return seen, told, asked


def signed(thing: Thing) -> Decimal:
    price = Decimal(str(thing.data["price"]))
    return price if thing.type == "ReceiveAction" else -price


def letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def check_rows(written: Written, seen: Seen, asked: list[str], told: dict[str, Any],
               tally: Tally) -> None:  # fmt: skip
    """Compare what was read with the truth, as often as each row is there."""
    name, report = written.name, told["files"][0]
    if report.get("error"):
        tally.add("files refused")
        tally.remark(f"{name}: refused: {report['error'][:160]}")
    things = [seen.things[id] for id in seen.things]
    truth = Counter((row.date, row.value) for row in written.rows)
    found = Counter((thing.time or "", signed(thing)) for thing in things)
    right, wrong = (truth & found).total(), (found - truth).total()
    tally.add("rows", len(written.rows))
    tally.add("rows right", right)
    tally.add("rows wrong", wrong)
    tally.add("rows missed", max(0, len(written.rows) - right - wrong))
    tally.add("questions", len(asked))
    tally.add("files with a question", bool(asked))
    tally.add("files all right", right == len(written.rows) and not wrong)
    counted = report["added"] + report["known"] + report["waiting"]
    counted += report["unreadable_rows"] + report["skipped_rows"]
    if counted != report["read"]:
        tally.remark(f"{name}: {report['read']} rows read, {counted} told of")
    if wrong:
        tally.add("files wrong without a question", not asked)
        tally.remark(f"{name}: {wrong} of {len(things)} wrong, asked {asked}: "
                     f"{list(found - truth)[:2]} for {list(truth - found)[:2]}")  # fmt: skip
    elif right < len(written.rows):
        whys = Counter(row["why"] for row in report["unreadable"])
        tally.remark(f"{name}: {len(written.rows) - right} missed {whys.most_common(3)}")
    for thing in things:
        if written.currency and thing.data.get("priceCurrency") != written.currency:
            tally.add("currencies wrong")
            if tally.counts["currencies wrong"] % 100 == 1:
                got = thing.data.get("priceCurrency")
                tally.remark(f"{name}: {got} for {written.currency}")
    _check_names(written.rows, things, tally)


def _check_names(rows: list[Truth], things: list[Thing], tally: Tally) -> None:
    payees: dict[tuple[str, Decimal], set[str]] = {}
    for row in rows:
        payees.setdefault((row.date, row.value), set()).add(row.payee)
    for thing in things:
        wanted = payees.get((thing.time or "", signed(thing)))
        if wanted:
            tally.add("names")
            good = any(_same(each, thing.name) for each in wanted)
            tally.add("names right", good)
            if not good and tally.counts["names"] % 20 == 0:
                tally.remark(f"name {thing.name!r} of {thing.data.get('description')!r}")


def check_findings(name: str, planted: list[Planted], told: dict[str, Any], tally: Tally) -> None:
    """Compare what stands out with what was planted; each finding counts for one of them."""
    found = [f["facts"] for f in told["findings"] if f["kind"] == "recurring"]
    for plant in planted:
        tally.add("planted")
        options = [f for f in found if _same(plant.key, f["name"])]
        good = [f for f in options if _fits(plant, f)]
        if good:
            tally.add("found")
            found.remove(good[0])
        else:
            seen = [
                (f["cadence"], f["amount"], f["next"], f["ended"], f["payments"]) for f in options
            ]
            tally.remark(f"{name}: not found: {plant} {seen}")
    for extra in found:
        tally.add("said and not planted")
        tally.remark(f"{name}: not planted: {extra['name']} {extra['cadence']} {extra['amount']} "
                     f"{extra['payments']}")  # fmt: skip


def _same(key: str, name: str) -> bool:
    """Whether one has the other, whatever stands beside it: "Netflix.com" is Netflix."""
    key = key.replace(".com", "")
    first, said = key.casefold().split()[0], name.casefold().split()
    return letters(key) in letters(name) or first in said


def _fits(plant: Planted, fact: dict[str, Any]) -> bool:
    if fact["cadence"] != plant.cadence or Decimal(fact["amount"]) != plant.amount:
        return False
    if plant.next is None or fact["next"] is None:
        return plant.next is None and fact["next"] is None
    off = datetime.date.fromisoformat(fact["next"]) - plant.next
    return abs(off.days) <= plant.slack


def _with_findings(written: Written, made: Ledger, tally: Tally, *, card: bool) -> None:
    seen, told, asked = seen_in(written.name, written.content, written.answers, made.today)
    check_rows(written, seen, asked, told, tally)
    if not told["files"][0].get("error"):
        check_findings(written.name, made.planted, told, tally)
    if card:
        tally.add("cards")


def banks(seed: int, only: str, tally: Tally) -> None:
    layouts = [*heldout_layouts.real(), *heldout_chance.layouts(random.Random(seed), 20)]
    for layout in layouts:
        if only in layout.name:
            rng = random.Random(f"{seed} {layout.name}")
            made = ledger(rng, layout.country)
            writer = Writer(layout, made, rng)
            tally.add("files")
            _with_findings(writer.written(), made, tally, card=writer.card)


def short_banks(seed: int, only: str, tally: Tally) -> None:
    """The same layouts with only the last few rows: there is little to see, and more to ask."""
    for layout in heldout_layouts.real():
        if only in layout.name:
            rng = random.Random(f"{seed} short {layout.name}")
            made = ledger(rng, layout.country)
            few = made._replace(entries=made.entries[-rng.randint(4, 12) :], planted=[])
            written = Writer(layout, few, rng).written()
            tally.add("files")
            seen, told, asked = seen_in(written.name, written.content, written.answers, made.today)
            check_rows(written, seen, asked, told, tally)


def ofx(seed: int, only: str, tally: Tally) -> None:
    for written, made in heldout_ofx.files(seed):
        if only in written.name:
            tally.add("files")
            _with_findings(written, made, tally, card=False)


def netflix(seed: int, only: str, tally: Tally) -> None:
    for file in heldout_netflix.files(seed):
        if only not in file.name:
            continue
        tally.add("files")
        seen, told, asked = seen_in(file.name, file.content, file.answers, file.today)
        found = Counter(heldout_netflix.said(thing) for thing in seen.things.values())
        truth = Counter(file.rows)
        right, wrong = (truth & found).total(), (found - truth).total()
        tally.add("rows", len(file.rows))
        tally.add("rows right", right)
        tally.add("rows wrong", wrong)
        tally.add("questions", len(asked))
        tally.add("files all right", right == len(file.rows) and not wrong)
        if wrong or right < len(file.rows):
            tally.add("files wrong without a question", bool(wrong) and not asked)
            error = told["files"][0].get("error", "")
            tally.remark(f"{file.name}: {wrong} wrong, {len(file.rows) - right} missed {error} "
                         f"{list(found - truth)[:3]} for {list(truth - found)[:3]}")  # fmt: skip


def bad(seed: int, only: str, tally: Tally) -> None:
    for name, content, good in heldout_bad.files(seed):
        if only not in name:
            continue
        tally.add("files")
        seen, told, asked = seen_in(name, content, {}, datetime.date(2025, 1, 1))
        names = [thing.name for thing in seen.things.values()][:3]
        report, things = told["files"][0], len(seen.things)
        tally.add("files refused", bool(report.get("error")))
        tally.add("files with a question", bool(asked))
        tally.add("rows told of as unreadable", report["unreadable_rows"])
        tally.add("rows right", min(things, good))
        tally.add("rows", good)
        if things > good:
            tally.add("files taken for what they are not", not asked)
            tally.remark(f"{name}: {things} things, {good} expected, asked {asked}: "
                         f"{report['format']} {names}")  # fmt: skip
        elif things < good:
            tally.remark(f"{name}: {things} things of {good}: {report.get('error')} "
                         f"{report['unreadable'][:3]}")  # fmt: skip


KINDS = {
    "banks and cards": banks,
    "a few rows of each": short_banks,
    "OFX": ofx,
    "Netflix": netflix,
    "bad files": bad,
}


def main() -> int:
    """Read everything; 1 if anything was read wrongly without a question."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    silent = 0
    for kind, read in KINDS.items():
        tally = Tally()
        read(args.seed, args.only, tally)
        silent += tally.counts["files wrong without a question"]
        silent += tally.counts["files taken for what they are not"]
        print(f"{kind}: " + ", ".join(f"{n} {what}" for what, n in tally.counts.items()))
        for remark in tally.remarks if args.verbose else ():
            print("   ", remark)
    return 1 if silent else 0


if __name__ == "__main__":
    sys.exit(main())
