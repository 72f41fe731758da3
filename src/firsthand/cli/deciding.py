"""`firsthand hub end|pause|resume|register`: what an organisation decides of deals, and shows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from firsthand.cli import show
from firsthand.cli.reaching import do

if TYPE_CHECKING:
    import argparse

    from firsthand.cli.adding import Commands, Make
    from firsthand.foundation.settings import Settings

_SAID = {
    "accepted": "It is in force.",
    "paused": "It rests: nothing comes in and nothing is read.",
    "terminated": "It has ended: nothing comes in and nothing is read.",
    "expired": "It had run out already.",
}


def add_commands(below: Commands[argparse.ArgumentParser], make: Make) -> None:
    """Add the commands; `make` makes one with its place for a folder, its help and an example."""
    for name, run, short, long in (
        (
            "end",
            run_end,
            "end a deal",
            (
                "End a deal at once: nothing more comes in and nothing is read. The customer finds "
                "your signed statement of it among their messages."
            ),
        ),
        (
            "pause",
            run_pause,
            "let a deal rest",
            "Let a deal rest: nothing comes in and nothing is read until it goes on.",
        ),
        (
            "resume",
            run_resume,
            "go on with a deal that you let rest",
            (
                "Go on with a deal that you let rest. If the customer paused it too, it rests "
                "until they go on as well."
            ),
        ),
    ):
        parser = make(below, name, run, short, long, f"firsthand hub {name} 3f9a1c22")
        parser.add_argument(
            "id", metavar="ID", help="the deal's id, or its beginning: firsthand hub agreements"
        )

    register = make(
        below,
        "register",
        run_register,
        "show what people's data is used for",
        "Show every purpose: the deals that allow it, for how many people, which fields, who read "
        "for it in the last 30 days, how long it is kept and how it ends. Nobody is named.",
        "firsthand hub register --csv purposes.csv",
    )
    register.add_argument("--csv", metavar="FILE", help="write it as a table to a new file")


def run_register(args: argparse.Namespace, settings: Settings) -> int:
    """Show the purpose register, or write it to a file."""
    from firsthand.hub.acts.register import register_csv

    found: dict[str, Any] = do(args, settings, "register", {})
    if args.csv:
        with Path(args.csv).open("x", encoding="utf-8", newline="") as file:
            file.write(register_csv(found))
    if args.json:
        show.as_json(found)
        return 0
    rows = [
        (
            one["purpose"],
            one["people"],
            ", ".join(one["agreements"]) or "none yet",
            sum(each["reads"] for each in one["reads"]),
            one["retention_days"],
        )
        for one in found["purposes"]
    ]
    names = ("purpose", "people", "agreements", f"reads in {found['days']} days", "kept days")
    show.table(names, rows, right=(names[1], names[3], names[4]))
    if args.csv:
        show.note(f"Written to {args.csv}.")
    return 0


def run_end(args: argparse.Namespace, settings: Settings) -> int:
    """End a deal."""
    return _decide(args, settings, "end")


def run_pause(args: argparse.Namespace, settings: Settings) -> int:
    """Let a deal rest."""
    return _decide(args, settings, "pause")


def run_resume(args: argparse.Namespace, settings: Settings) -> int:
    """Go on with a deal."""
    return _decide(args, settings, "resume")


def _decide(args: argparse.Namespace, settings: Settings, act: str) -> int:
    found = do(args, settings, act, {"agreement": args.id})
    if args.json:
        show.as_json(found)
        return 0
    show.pairs((key, found[key]) for key in ("agreement", "terms", "state"))
    show.words(_SAID[found["state"]])
    return 0
