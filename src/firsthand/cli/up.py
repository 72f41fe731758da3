"""`firsthand up`: your own pages in a browser, and with `--town` a town to try everything with."""

from __future__ import annotations

import argparse
import re
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from firsthand.cli import show

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from firsthand.foundation.settings import Settings
    from firsthand.town.standing import Standing

Commands = argparse._SubParsersAction  # noqa: SLF001 - argparse has no other name for it
PORT = 8700
PORTS = 3
HOST = "127.0.0.1"
DATA = ".local/share/firsthand"
EXAMPLE = "firsthand up --town"


class UnableToStart(Exception):
    """Nothing was started: a port is taken. Choose another one: firsthand up --port 8800."""


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add `up`."""
    up = commands.add_parser(
        "up",
        help="your own pages in a browser; with --town, a town to try everything with",
        description="Show your own pages in a browser on this machine. With --town also an "
        "invented town: six people, two organisations, and something happening every few seconds.",
        epilog=f"Example: {EXAMPLE}",
    )
    up.add_argument("--town", action="store_true", help="the sample town as well")
    up.add_argument(
        "--port",
        type=_port,
        default=PORT,
        metavar="N",
        help=f"{PORT} if not said; the town takes the two after it as well",
    )
    up.add_argument(
        "--data",
        metavar="DIR",
        help=f"where everything is kept (or set FIRSTHAND_DATA): ~/{DATA} if not said",
    )
    up.set_defaults(run=run_up)


def run_up(args: argparse.Namespace, settings: Settings) -> int:
    """Serve until Ctrl-C or SIGTERM."""
    from firsthand.cli.opening import keep_memory_off_disk

    keep_memory_off_disk()
    data = Path(args.data) if args.data else settings.data or Path.home() / DATA
    # Both sides are on this machine: what is dialled from here may be here.
    near = msgspec.structs.replace(settings, egress="loopback")
    signal.signal(signal.SIGTERM, _end)
    with _taken(args.port, PORTS if args.town else 1) as listening:
        if not args.town:
            data.mkdir(mode=0o700, parents=True, exist_ok=True)
            return _serve(data / "vaults", near, listening, None)
        return _town(data / f"town-{args.port}", near, listening)


def _town(folder: Path, settings: Settings, listening: socket.socket) -> int:
    from firsthand.town.standing import Standing

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    port = listening.getsockname()[1]
    command = [sys.executable, "-m", "firsthand.cli.attended"]
    show.note(f"The town begins. Everything is kept in {folder}.")
    standing = Standing(folder, port + 1, command, settings, note=show.note)
    try:
        standing.start()
        return _serve(standing.vaults, settings, listening, standing)
    finally:
        standing.close()
