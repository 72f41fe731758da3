"""How a command is added: its help, its example, its folder. One place for all groups of commands.

Above: the modules of each group. Below: argparse alone.
"""

import argparse
import re
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from firsthand.foundation.settings import Settings

Commands = argparse._SubParsersAction  # noqa: SLF001 - argparse has no other name for it
PORT_MAX = 65535


class Place(NamedTuple):
    """The folder that a group of commands is about: its option, and what that says of itself."""

    option: str
    help: str


class Make(Protocol):
    """Adds one command of a group, which knows its place already."""

    def __call__(
        self,
        below: "Commands[argparse.ArgumentParser]",
        name: str,
        run: "Callable[[argparse.Namespace, Settings], int]",
        help: str,
        description: str,
        example: str,
    ) -> argparse.ArgumentParser:
        """Add the command and return its parser."""
        ...


def adding(place: Place, *, as_json: bool = False) -> Make:
    """What adds the commands of a group; with `as_json` each of them takes `--json`."""

    def make(
        below: "Commands[argparse.ArgumentParser]",
        name: str,
        run: "Callable[[argparse.Namespace, Settings], int]",
        help: str,
        description: str,
        example: str,
    ) -> argparse.ArgumentParser:
        parser = below.add_parser(
            name, help=help, description=description, epilog=f"Example: {example}"
        )
        add_place(parser, place)
        if as_json:
            add_json(parser)
        parser.set_defaults(run=run)
        return parser

    return make


def add_place(parser: argparse.ArgumentParser, place: Place) -> None:
    """Let a command, or a whole group, name its folder."""
    # SUPPRESS: what was said before the subcommand is not undone by its own default.
    parser.add_argument(place.option, default=argparse.SUPPRESS, metavar="FOLDER", help=place.help)


def add_json(*parsers: argparse.ArgumentParser) -> None:
    """Let commands print JSON."""
    for parser in parsers:
        parser.add_argument("--json", action="store_true", help="print JSON")


def port(text: str) -> int:
    """A port, as an argument of a command."""
    if not re.fullmatch(r"[0-9]{1,5}", text) or int(text) > PORT_MAX:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: 0 to {PORT_MAX}")
    return int(text)


def count(text: str) -> int:
    """A whole number from 0, as an argument of a command."""
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0")
    return int(text)
