"""`firsthand vault checkpoints`, `compare`, `looked`: what organisations sign about themselves."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firsthand.cli import show
from firsthand.cli.adding import add_json
from firsthand.cli.opening import WrongUsage, opened

if TYPE_CHECKING:
    import argparse

    from firsthand.cli.adding import Commands, Make
    from firsthand.foundation.settings import Settings

TEXT_BYTES_MAX = 4 * 1024 * 1024


def add_commands(below: Commands[argparse.ArgumentParser], make: Make) -> None:
    """Add the commands; `make` makes one with its place for a vault, its help and an example."""
    checkpoints = make(
        below,
        "checkpoints",
        run_checkpoints,
        "see what you saw of an organisation's log",
        "Ask for the newest checkpoint of an organisation's log, prove that the log only grew, and "
        "list every checkpoint that this vault saw. Where something does not fit, nothing more is "
        "given until you go on (--go-on) or end the deal.",
        "firsthand vault checkpoints reel --json > seen.json",
    )
    checkpoints.add_argument("name", metavar="NAME", help="whose, as `relationships` lists it")
    what = checkpoints.add_mutually_exclusive_group()
    what.add_argument("--go-on", action="store_true", help="go on though it does not fit")
    what.add_argument(
        "--publish", choices=["yes", "no"],
        help="let anybody ask what you saw, also while the vault is locked",
    )  # fmt: skip
    compare = make(
        below,
        "compare",
        run_compare,
        "compare with what another vault saw",
        "Take what another vault saw of the same organisation's log, and find out whether both of "
        "you were shown the same one.",
        "firsthand vault compare reel seen.json",
    )
    compare.add_argument("name", metavar="NAME", help="whose log, as `relationships` lists it")
    compare.add_argument(
        "what", metavar="FILE|-|URL",
        help="what `checkpoints --json` printed there, or the other vault's address",
    )  # fmt: skip
    looked = make(
        below,
        "looked",
        run_looked,
        "see who looked at what you gave",
        "Ask an organisation who looked at what you gave: which fields, what for, when. What your "
        "deal does not allow is marked.",
        "firsthand vault looked reel",
    )
    looked.add_argument("name", metavar="NAME", help="whom, as `relationships` lists it")
    add_json(checkpoints, compare, looked)


def run_checkpoints(args: argparse.Namespace, settings: Settings) -> int:
    """List what was seen; 1 where something does not fit and is not decided."""
    from firsthand.protocol.refusals import Refused
    from firsthand.vault.acts import witnessing
    from firsthand.vault.gate import Offline

    with opened(args, settings) as vault:
        if args.go_on:
            witnessing.go_on(vault, args.name)
        elif args.publish is not None:
            witnessing.allow(vault, args.name, yes=args.publish == "yes")
        try:
            found: dict[str, Any] = witnessing.follow(vault, args.name)
        except (Offline, Refused) as error:
            show.note(f"firsthand: {error}")
            found = witnessing.seen(vault, args.name)
    if args.json:
        show.as_json(found)
    else:
        _show_checkpoints(found)
    if found["doubt"]:
        show.note(f"firsthand: {found['doubt']}")
    return 1 if found["doubt"] else 0


def run_compare(args: argparse.Namespace, settings: Settings) -> int:
    """Compare; 1 where the two saw different logs."""
    from firsthand.vault.acts.witnessing import compare

    source = args.what
    if "://" not in source:
        source = _text_of(source)
    with opened(args, settings) as vault:
        done: dict[str, Any] = compare(vault, args.name, source)
    same = done["verdict"] == "same"
    if args.json:
        show.as_json(done)
    elif same:
        print(f"The same log: {show.plain(done['organisation'])} showed both of you one history.")
        show.pairs([("you saw", done["mine"]), ("they saw", done["theirs"])])
    if not same:
        said = "Two different logs. The proof is kept: firsthand vault checkpoints"
        show.note(f"firsthand: {done['why']} {said} {args.name}")
    return 0 if same else 1


def run_looked(args: argparse.Namespace, settings: Settings) -> int:
    """List who looked; 1 where somebody looked who was not allowed to."""
    from firsthand.vault.acts.connecting import meant
    from firsthand.vault.acts.looked import looked

    with opened(args, settings) as vault:
        found: dict[str, Any] = looked(vault, meant(vault, args.name))
    if found["unasked"]:
        show.note(f"firsthand: {found['unasked']}")
    if args.json:
        show.as_json(found)
    elif not found["looks"]:
        print(f"{show.plain(found['organisation'])} tells of nobody who looked.")
    else:
        show.table(
            ["N", "WHEN", "WHO", "FOR", "THINGS", "FIELDS", "ALLOWED"],
            [
                [
                    each["n"],
                    show.moment(each["at"]),
                    f"{each['name']} ({each['kind']})",
                    each["purpose"],
                    each["count"],
                    ", ".join(each["fields"]),
                    "no" if each["problem"] else "yes",
                ]
                for each in found["looks"]
            ],
            right=["N", "THINGS"],
        )
        if found["total"] > len(found["looks"]):
            print(f"and {found['total'] - len(found['looks'])} earlier ones")
    for each in found["looks"]:
        if each["problem"]:
            show.note(f"firsthand: Look {each['n']}, by {each['name']}: {each['problem']}")
    return 1 if found["wrong"] else 0


def _show_checkpoints(found: dict[str, Any]) -> None:
    if not found["checkpoints"]:
        print(f"Nothing was seen of the log of {show.plain(found['organisation'])} yet.")
    show.table(
        ["ENTRIES", "SEEN", "PROVEN", "ROOT"],
        [
            [
                each["size"],
                show.moment(each["seen_at"]),
                "yes" if each["proven"] else "not yet",
                each["root"],
            ]
            for each in found["checkpoints"]
        ],
        right=["ENTRIES"],
    )
    for each in found["conflicts"]:
        decided = (
            f" You went on at {show.moment(each['decided_at'])}." if each["decided_at"] else ""
        )
        show.words(f"{show.moment(each['at'])}: {each['what']}{decided}")
    if found["published"]:
        print("Anybody may ask your vault's pages for the newest of these.")


def _text_of(name: str) -> str:
    try:
        if name == "-":
            raw = sys.stdin.buffer.read(TEXT_BYTES_MAX + 1)
        else:
            with Path(name).open("rb") as file:
                raw = file.read(TEXT_BYTES_MAX + 1)
        if len(raw) > TEXT_BYTES_MAX:
            raise WrongUsage(f"{name} is larger than {TEXT_BYTES_MAX >> 20} MiB.")
        return raw.decode("utf-8")
    except (OSError, ValueError) as error:
        raise WrongUsage(f"{name} cannot be read: {error}") from error
