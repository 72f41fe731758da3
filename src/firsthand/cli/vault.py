"""`firsthand vault ...`: the parser, and the commands about what a person keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from firsthand.cli import (
    backing,
    bringing,
    dealing,
    keys,
    moving,
    overseeing,
    rights,
    sensing,
    settling,
    show,
    slots,
)
from firsthand.cli.adding import Commands, Place, add_json, add_place, adding, count, port
from firsthand.cli.opening import (
    WrongUsage,
    folder_of,
    keep_memory_off_disk,
    new_passphrase,
    opened,
)

if TYPE_CHECKING:
    import argparse

    from firsthand.foundation.settings import Settings

VAULT = Place("--vault", "the folder of the vault (or set FIRSTHAND_VAULT)")
_command = adding(VAULT)
HOST = "127.0.0.1"


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add `vault` and everything below it."""
    vault = commands.add_parser(
        "vault",
        help="keep your things, and give them under your terms",
        description="Your own data in one encrypted folder: bring it, look at it, give what you "
        "want to whom you want, see what they do, and end it.",
    )
    add_place(vault, VAULT)
    below = vault.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_bringing(below)
    bringing.add_commands(below, _command)
    _add_keeping(below)
    keys.add_commands(below, _command)
    slots.add_commands(below, _command)
    backing.add_commands(below, _command)
    moving.add_commands(below, _command)
    dealing.add_commands(below, _command)
    overseeing.add_commands(below, _command)
    rights.add_commands(below, _command)
    sensing.add_commands(below, _command)
    settling.add_commands(below, _command)


def _add_bringing(below: Commands[argparse.ArgumentParser]) -> None:
    init = _command(
        below,
        "init",
        run_init,
        "make a vault",
        "Make an encrypted vault and print its recovery code, once. Write the code down: it opens "
        "the vault if you forget the passphrase.",
        "firsthand vault init --vault my-vault",
    )
    add_json(init)


def _add_keeping(below: Commands[argparse.ArgumentParser]) -> None:
    things = _command(
        below,
        "things",
        run_things,
        "list what is in the vault",
        "List your things, the newest first.",
        "firsthand vault things --source netflix --search dark --limit 20",
    )
    things.add_argument("--type", help="only this type, such as WatchAction or PayAction")
    things.add_argument("--source", help="only from this source, such as netflix or bank")
    things.add_argument("--search", metavar="Q", help="only with these words")
    things.add_argument("--since", metavar="DAY", help="from this day, month or year on")
    things.add_argument("--until", metavar="DAY", help="up to this day, month or year")
    things.add_argument("--person", metavar="NAME", help="only with this name in them")
    things.add_argument("--place", metavar="NAME", help="only with this place in them")
    things.add_argument("--limit", type=count, default=100, metavar="N", help="0 for all")
    add_json(things)
    export = _command(
        below,
        "export",
        run_export,
        "write everything to one file",
        "Write everything in the vault to one readable JSON-LD file, or with a name that ends with "
        ".zip to a zip with tables beside it. Whoever holds this file can act as you.",
        "firsthand vault export everything.json",
    )
    export.add_argument("file", metavar="FILE", help="a new file")
    add_json(export)
    serve = _command(
        below,
        "serve",
        run_serve,
        "show the vault in a browser",
        "Show your vault in a browser on this machine.",
        "firsthand vault serve --port 8701",
    )
    serve.add_argument("--port", type=port, default=8701, metavar="N", help="8701 if not said")


def run_init(args: argparse.Namespace, settings: Settings) -> int:
    """Make a vault and print its recovery code."""
    from firsthand.foundation.clock import SystemClock
    from firsthand.foundation.ids import SystemChance
    from firsthand.vault.acts.keeping import init
    from firsthand.vault.store.store import check_place

    keep_memory_off_disk()
    folder = folder_of(args, settings)
    check_place(folder)
    made: dict[str, Any] = init(folder, new_passphrase(settings), SystemChance(), SystemClock())
    if args.json:
        show.as_json(made)
        return 0
    print(f"Your vault is at {made['vault']}.")
    print()
    keys.show_code(made["recovery_code"])
    return 0


def run_things(args: argparse.Namespace, settings: Settings) -> int:
    """List things."""
    from firsthand.vault.acts.browsing import Filter, checked_day, found

    for each in (args.since, args.until):
        if each is not None and checked_day(each) is None:
            raise WrongUsage(f"{each!r} is no day, month or year. Say 2024-01-03, 2024-01 or 2024.")
    chosen = Filter(
        type=args.type, source=args.source, search=args.search, since=args.since,
        until=args.until, person=args.person, place=args.place,
    )  # fmt: skip
    with opened(args, settings) as vault:
        things: list[dict[str, Any]] = found(vault, chosen, args.limit)
    if args.json:
        show.as_json(things)
    elif not things:
        narrowed = args.type or args.source or chosen.by_words
        print(
            "Nothing fits." if narrowed else "Nothing yet. Bring some: firsthand vault import FILE"
        )
    else:
        rows = [
            [
                show.moment(thing["time"]),
                thing["name"],
                show.amount(thing["data"].get("price"), thing["data"].get("priceCurrency")),
                thing["type"],
                thing["source"],
                thing["id"],
            ]
            for thing in things
        ]
        heads = ["WHEN", "WHAT", "AMOUNT", "TYPE", "FROM", "ID"]
        show.table(heads, rows, right=["AMOUNT"])
    return 0


def run_export(args: argparse.Namespace, settings: Settings) -> int:
    """Write everything to one file."""
    from firsthand.vault.acts.exporting import export

    with opened(args, settings) as vault:
        done: dict[str, Any] = export(vault, args.file)
    if args.json:
        show.as_json(done)
        return 0
    print(f"Written: {done['file']} ({done['bytes']:,} bytes).")
    show.pairs((name, f"{rows:,}") for name, rows in done["tables"].items() if rows)
    print()
    show.words(done["warning"])
    return 0


def run_serve(args: argparse.Namespace, settings: Settings) -> int:
    """Show the vault in a browser, until it is stopped."""
    from firsthand import app
    from firsthand.cli.serving import serve
    from firsthand.vault.store.store import read_slots

    keep_memory_off_disk()
    folder = folder_of(args, settings)
    read_slots(folder)  # where there is no vault, say so now and not on a page
    host = app.vault_host(folder, settings, port=args.port, single=True)
    host.start()
    try:
        line = f"Your pages: http://{HOST}:{args.port} (Ctrl-C ends)."
        streams = host.parts.streams
        return serve(host, host=HOST, port=args.port, line=line, ending=streams.close)
    finally:
        host.close()
