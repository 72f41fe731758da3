"""How well made-up exports of banks and services are read, row by row.

A row is right if what came of it has the type, the name and the time, or the day and the amount,
that it was made with. Every row is accounted for: as a thing, as skipped or as unreadable.

    python benchmarks/heldout_sources.py [--seed N] [--only WORD]
"""

import argparse
import io
import sys
from collections import Counter
from decimal import Decimal

import heldout_google
import heldout_services
import heldout_statements

from firsthand.protocol.things import Thing
from firsthand.vault.sources import Each, Row, Skipped, UnableToRead, open_export


def read(name: str, content: bytes) -> list[Each]:
    """Every row of a file; none if it is refused."""
    try:
        return list(open_export(name, io.BytesIO(content), {}).rows())
    except UnableToRead as error:
        print("   ", name, error)
        return []


def _money(thing: Thing) -> tuple[str, str]:
    price = Decimal(str(thing.data["price"]))
    return thing.time or "", str(price if thing.type == "ReceiveAction" else -price)


def statements(seed: int, only: str) -> Counter[str]:
    """Read statements; what counts is the day, the amount and the name of each payment."""
    tally: Counter[str] = Counter()
    for written, _ in heldout_statements.files(seed):
        if only not in written.name:
            continue
        things = [row.thing for row in read(written.name, written.content) if isinstance(row, Row)]
        truth = Counter(
            (row.date, str(row.value.quantize(Decimal("0.01")))) for row in written.rows
        )
        found = Counter(_money(thing) for thing in things)
        tally["files"] += 1
        tally["rows"] += truth.total()
        tally["rows right"] += (truth & found).total()
        tally["rows wrong"] += (found - truth).total()
        tally["currencies wrong"] += sum(
            thing.data.get("priceCurrency") != written.currency for thing in things
        )
        if truth != found:
            print("   ", written.name, list((truth - found).items())[:3],
                  list((found - truth).items())[:3])  # fmt: skip
    return tally


def services(seed: int, only: str) -> Counter[str]:
    """Read the exports of services; what counts is the type, the name and the time.

    `only` are parts of the names of files, with a comma between them.
    """
    tally: Counter[str] = Counter()
    for file in (*heldout_services.files(seed), *heldout_google.files(seed)):
        if not any(word in file.name for word in only.split(",")):
            continue
        rows = read(file.name, file.content)
        things = [row.thing for row in rows if isinstance(row, Row)]
        truth = Counter(file.rows)
        found = Counter((thing.type, thing.name, thing.time) for thing in things)
        tally["files"] += 1
        tally["rows"] += truth.total()
        tally["rows right"] += (truth & found).total()
        tally["rows wrong"] += (found - truth).total()
        tally["ids that come twice"] += len(things) - len({thing.id for thing in things})
        skipped = sum(isinstance(row, Skipped) for row in rows)
        tally["files all accounted for"] += skipped == file.others and truth == found
        if truth != found:
            print("   ", file.name, list((truth - found).items())[:3],
                  list((found - truth).items())[:3])  # fmt: skip
    return tally


def main() -> int:
    """Read everything; 1 if anything was read wrongly or missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    args = parser.parse_args()
    bad = 0
    for kind, how in (("statements", statements), ("services", services)):
        tally = how(args.seed, args.only)
        bad += tally["rows"] - tally["rows right"] + tally["rows wrong"]
        print(f"{kind}: " + ", ".join(f"{count} {what}" for what, count in tally.items()))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
