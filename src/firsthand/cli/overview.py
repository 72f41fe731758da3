"""`firsthand vault who`, `story` and `record`: who has what, how it came about, and its record."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from firsthand.cli import show
from firsthand.cli.adding import add_json
from firsthand.cli.opening import WrongUsage, opened

if TYPE_CHECKING:
    import argparse

    from firsthand.cli.adding import Commands, Make
    from firsthand.foundation.settings import Settings


def add_commands(below: Commands[argparse.ArgumentParser], make: Make) -> None:
    """Add the commands; `make` makes one with its place for a vault, its help and an example."""
    who = make(
        below,
        "who",
        run_who,
        "see who has what of yours, right now",
        "List every organisation with what it has of yours, for what, since when and until when. "
        "It asks nobody, so it works offline. With --end-all every deal is ended, and all that "
        "they have is to be erased.",
        "firsthand vault who",
    )
    who.add_argument("--end-all", action="store_true", help="end every deal, and have all erased")
    story = make(
        below,
        "story",
        run_story,
        "see one relationship from its beginning",
        "List what you agreed with an organisation, what you gave, who looked, what you got and "
        "what ends when, the newest first.",
        "firsthand vault story reel --part gave looked",
    )
    story.add_argument("name", metavar="NAME", help="whom, as `relationships` lists it")
    story.add_argument(
        "--part", nargs="+", choices=["agreed", "gave", "looked", "got", "ends"], default=[],
        help="only these parts",
    )  # fmt: skip
    record = make(
        below,
        "record",
        run_record,
        "take along the record of a deal",
        "Print the record of a deal as JSON-LD (ISO/IEC TS 27560), or its receipt.",
        "firsthand vault record reel --receipt --out receipt.jsonld",
    )
    record.add_argument("name", metavar="NAME", help="whom, as `relationships` lists it")
    record.add_argument("--receipt", action="store_true", help="the receipt around it")
    record.add_argument("--out", metavar="FILE", help="write it to a new file")
    add_json(who, story, record)


def run_who(args: argparse.Namespace, settings: Settings) -> int:
    """List who has what; with `--end-all` end it all."""
    from firsthand.vault.acts.holding import end_all, who

    with opened(args, settings) as vault:
        done: dict[str, Any] | None = end_all(vault) if args.end_all else None
        found: dict[str, Any] = who(vault)
    if args.json:
        show.as_json(found if done is None else {**done, **found})
        return 0
    if done is not None:
        print(f"Ended {show.many(len(done['ended']), 'deal')}.")
        if not done["confirmed"]:
            show.words("Not all of it is confirmed yet. It is sent again with: "
                       "firsthand vault inbox")  # fmt: skip
        print()
    if not found["organisations"]:
        print("Nobody has anything of yours.")
        return 0
    holding = show.many(found["holding"], "organisation")
    if found["things"]:
        print(f"{show.many(found['things'], 'thing')} of yours: with {holding}.")
    else:
        print(f"{holding} may have something of yours." if found["holding"] else "Nobody has "
              "anything of yours now.")  # fmt: skip
    show.table(
        ["WHO", "STATE", "THINGS", "FOR", "SINCE", "UNTIL", "LOOKED LAST", "UNCONFIRMED SINCE"],
        [_row(each) for each in found["organisations"]],
        right=["THINGS"],
    )
    return 0


def _row(each: dict[str, Any]) -> list[object]:
    from firsthand.protocol.clocks import stamp_of

    until = show.moment(stamp_of(each["until"])) if each["until"] else ""
    things = f"{each['things']:,} + {each['perhaps']:,}?" if each["perhaps"] else each["things"]
    return [
        each["organisation"], each["state"], things, ", ".join(each["purposes"]),
        show.moment(each["since"]), until, show.moment(each["last_looked"]),
        show.moment(each["unconfirmed"]),
    ]  # fmt: skip


def run_story(args: argparse.Namespace, settings: Settings) -> int:
    """List what happened."""
    from firsthand.vault.acts.connecting import meant
    from firsthand.vault.acts.story import story

    with opened(args, settings) as vault:
        found: dict[str, Any] = story(vault, meant(vault, args.name), parts=args.part)
    if args.json:
        show.as_json(found)
        return 0
    show.table(
        ["WHEN", "PART", "WHAT", "BY", "COUNT", "STATE"],
        [
            [show.moment(e["at"]), e["part"], e["what"], e["by"], e["count"], e["state"]]
            for e in found["events"]
        ],
        right=["COUNT"],
    )
    return 0


def run_record(args: argparse.Namespace, settings: Settings) -> int:
    """Print a record, or write it."""
    from firsthand.vault.acts.connecting import meant
    from firsthand.vault.acts.recording import record, write_record

    if args.json and args.out is None:
        raise WrongUsage("A record is JSON by itself: --json goes with --out FILE.")
    with opened(args, settings) as vault:
        name = meant(vault, args.name)
        if args.out is None:
            sys.stdout.write(record(vault, name, receipt=args.receipt).decode())
            return 0
        done: dict[str, Any] = write_record(vault, name, args.out, receipt=args.receipt)
    if args.json:
        show.as_json(done)
    else:
        print(f"Written: {done['file']} ({done['bytes']:,} bytes).")
    return 0
