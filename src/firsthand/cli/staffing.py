"""`firsthand hub staff ...`: who of an organisation's staff may sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from firsthand.cli import show
from firsthand.cli.reaching import do

if TYPE_CHECKING:
    import argparse

    from firsthand.cli.adding import Commands, Make
    from firsthand.foundation.settings import Settings


def add_commands(below: Commands[argparse.ArgumentParser], make: Make) -> None:
    """Add the commands; `make` makes one with its place for a folder, its help and an example."""
    add = make(
        below,
        "add",
        run_add,
        "let somebody in",
        "Make an account for one of the staff and print its password, once. What they look at is "
        "noted under this name.",
        "firsthand hub staff add greta --owner",
    )
    add.add_argument("name", metavar="NAME", help="a-z, 0-9, dot, dash, underscore")
    add.add_argument(
        "--owner",
        action="store_true",
        help="may also change deals, catalogue, tokens and staff",
    )
    make(
        below,
        "list",
        run_list,
        "list who may sign in",
        "List the accounts of the staff and what each may do.",
        "firsthand hub staff list",
    )
    remove = make(
        below,
        "remove",
        run_remove,
        "take somebody out",
        "Delete an account. Whoever is signed in with it is signed out at once. What they looked "
        "at stays noted under their name.",
        "firsthand hub staff remove greta",
    )
    again = make(
        below,
        "passphrase",
        run_passphrase,
        "give somebody a new password",
        "Make a new password for an account and print it, once. The one before opens nothing any "
        "more, and whoever is signed in with it is signed out.",
        "firsthand hub staff passphrase greta",
    )
    for parser in (remove, again):
        parser.add_argument("name", metavar="NAME", help="as `list` has it")


def run_add(args: argparse.Namespace, settings: Settings) -> int:
    """Make an account; print its password, once."""
    arguments = {"name": args.name, "role": "owner" if args.owner else "member"}
    return _show_password(args, do(args, settings, "staff add", arguments))


def run_list(args: argparse.Namespace, settings: Settings) -> int:
    """List the accounts."""
    found = do(args, settings, "staff", {})
    if args.json:
        show.as_json(found)
        return 0
    show.table(("name", "role"), [(one["name"], one["role"]) for one in found["staff"]])
    return 0


def run_remove(args: argparse.Namespace, settings: Settings) -> int:
    """Delete an account."""
    done = do(args, settings, "staff remove", {"name": args.name})
    if args.json:
        show.as_json(done)
        return 0
    show.words(f"{done['removed']} cannot sign in any more.")
    return 0


def run_passphrase(args: argparse.Namespace, settings: Settings) -> int:
    """Give an account a new password; print it, once."""
    return _show_password(args, do(args, settings, "staff passphrase", {"name": args.name}))


def _show_password(args: argparse.Namespace, made: dict[str, Any]) -> int:
    if args.json:
        show.as_json(made)
        return 0
    show.words("Hand this over: it is shown this once.")
    show.pairs([("name", made["name"]), ("role", made["role"]), ("password", made["password"])])
    return 0
