"""What an organisation owes to people beyond its answers: keys that can be trusted."""

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
    make(
        below,
        "rotate-key",
        run_rotate_key,
        "change the organisation's keys",
        "Make new keys, signed for by the old ones, and use them at once, also in a hub that is "
        "being served. The old ones are deleted. Nobody has to agree anew.",
        "firsthand hub rotate-key",
    )


def run_rotate_key(args: argparse.Namespace, settings: Settings) -> int:
    """Change the keys; print what they are now."""
    made: dict[str, Any] = do(args, settings, "rotate key", {})
    if args.json:
        show.as_json(made)
        return 0
    show.pairs([("key", made["key"]), ("before", made["before"]), ("log key", made["log_key"])])
    show.words(
        "The old keys are deleted. People's software finds the new ones in your public log of "
        "keys. Copies that you made of the folder hold the old ones: delete those too."
    )
    return 0
