"""`firsthand sources`: what could be brought, and how to get it."""

import argparse
from typing import Any

from firsthand.cli import show
from firsthand.foundation.settings import Settings


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `sources`."""
    parser = commands.add_parser(
        "sources",
        help="say what could be brought, and how to get it",
        description="Say which services' files can be read, how to get them step by step, what is "
        "in them, and what that is good for.",
        epilog="Example: firsthand sources netflix",
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="only this one, with its steps")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, _settings: Settings) -> int:
    """Print what could be brought; 1 where nothing has the name that was given."""
    from firsthand.vault.acts.bringable import every_source

    found = every_source()
    if args.name:
        wanted = args.name.casefold()
        found = [s for s in found if wanted in (s["key"], str(s["name"]).casefold())]
        if not found:
            show.note(f'firsthand: there is no source "{args.name}". See: firsthand sources')
            return 1
    if args.json:
        show.as_json({"sources": found})
    elif args.name:
        _show_one(found[0])
    else:
        show.table(
            ["source", "what is in it", "how long it takes"],
            [[each["key"], each["holds"], each["wait"]] for each in found],
        )
    return 0


def _show_one(source: dict[str, Any]) -> None:
    print(source["name"])
    show.words(source["holds"])
    show.words(source["finds"])
    print()
    for number, step in enumerate(source["how"], 1):
        show.words(f"{number}. {step}", "  ")
    print()
    show.pairs(
        [
            ("files", ", ".join(source["files"])),
            ("how long it takes", source["wait"]),
            ("worth asking again after", show.many(source["days_max"], "day")),
        ]
    )
