"""`firsthand vault ...`: the parser, and the commands about what a person keeps."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from firsthand.cli import dealing, keys, overseeing, rights, show, slots
from firsthand.cli.adding import Commands, Place, add_json, add_place, adding, count, port
from firsthand.cli.look import failures, show_doubts, show_questions
from firsthand.cli.opening import folder_of, keep_memory_off_disk, new_passphrase, opened

if TYPE_CHECKING:
    from collections.abc import Callable

    from firsthand.foundation.settings import Settings

VAULT = Place("--vault", "the folder of the vault (or set FIRSTHAND_VAULT)")
_command = adding(VAULT)
HOST = "127.0.0.1"
_TOLD_EVERY_MS = 500
_TOLD_AFTER_MS = 1000


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
    _add_keeping(below)
    keys.add_commands(below, _command)
    slots.add_commands(below, _command)
    dealing.add_commands(below, _command)
    overseeing.add_commands(below, _command)
    rights.add_commands(below, _command)


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
    bring = _command(
        below,
        "import",
        run_import,
        "bring files into the vault",
        "Read exports and keep what is in them; a row that is there already is not kept twice. "
        "An export of a vault brings everything back into a new vault.",
        "firsthand vault import NetflixViewingHistory.csv statements/",
    )
    bring.add_argument("paths", nargs="+", metavar="PATH", help="a file, or a folder of files")
    bring.add_argument(
        "--answer",
        action="append",
        default=[],
        type=_answer,
        metavar="ID=CHOICE",
        help="answer a question about a file, or correct a guess",
    )
    add_json(bring)


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


def run_import(args: argparse.Namespace, settings: Settings) -> int:
    """Bring files; 1 where one of them could not be read."""
    from firsthand.vault.acts.bringing import import_paths

    with opened(args, settings) as vault:
        progress = _Progress(vault.clock.ticks_ms)
        done: dict[str, Any] = import_paths(
            vault, args.paths, dict(args.answer), progress=progress.tell
        )
        progress.clear()
    if args.json:
        show.as_json(done)
    else:
        _show_import(done)
    _tell_unasked(done, [id for id, _ in args.answer])
    return failures(done["files"])


def run_things(args: argparse.Namespace, settings: Settings) -> int:
    """List things."""
    from firsthand.vault.acts.keeping import things

    with opened(args, settings) as vault:
        found: list[dict[str, Any]] = things(
            vault, type=args.type, source=args.source, search=args.search, limit=args.limit
        )
    if args.json:
        show.as_json(found)
    elif not found:
        narrowed = args.type or args.source or args.search
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
            for thing in found
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


class _Progress:
    """How far an import is: on a terminal only, and only where it takes a while."""

    def __init__(self, ticks_ms: Callable[[], float]) -> None:
        self._ticks_ms = ticks_ms
        self._next_ms = ticks_ms() + _TOLD_AFTER_MS
        self._told = False

    def tell(self, path: str, rows: int) -> None:
        """Say where it is, at most twice a second."""
        if sys.stderr.isatty() and self._ticks_ms() >= self._next_ms:
            self._next_ms = self._ticks_ms() + _TOLD_EVERY_MS
            self._told = True
            print(f"\r\033[K{show.plain(path)}: {rows:,} rows", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Take the line away again."""
        if self._told:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def _tell_unasked(done: dict[str, Any], answered: list[str]) -> None:
    """Say which answers fit nothing that was asked or guessed, where every file was read."""
    if any(file.get("error") for file in done["files"]):
        return
    known = {asked["id"].casefold() for asked in done["questions"]}
    known |= {guess["id"].casefold() for file in done["files"] for guess in file["guesses"]}
    for id in answered:
        if id.casefold() not in known:
            show.note(f"firsthand: No question or guess is called {id}; it was not used.")


def _show_import(done: dict[str, Any]) -> None:
    if not done["files"]:
        print("There is no file to bring.")
    read = [file for file in done["files"] if not file.get("error")]
    heads = ["FILE", "WHAT IT IS", "READ", "ADDED", "KNOWN", "WAITING", "UNREADABLE"]
    show.table(
        heads,
        [
            [
                file["path"],
                file["format"] or file["source"],
                file["read"],
                file["added"],
                file["known"],
                file["waiting"],
                len(file["unreadable"]),
            ]
            for file in read
        ],
        right=heads[2:],
    )
    if done["questions"]:
        print()
        print("Nothing of a file is kept until what is asked about it is answered:")
        show_questions(done["questions"], "firsthand vault import FILE")
    show_doubts(read)


def _answer(text: str) -> tuple[str, str]:
    id, sign, choice = text.partition("=")
    if not sign or not id.strip() or not choice.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form ID=CHOICE")
    return id.strip(), choice.strip()
