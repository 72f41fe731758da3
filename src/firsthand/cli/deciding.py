"""`firsthand hub end|pause|resume`: what an organisation decides of a deal by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
