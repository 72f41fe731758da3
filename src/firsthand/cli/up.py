"""`firsthand up`: your own pages in a browser, and with `--town` a town to try everything with."""

from __future__ import annotations

import argparse
import re
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from firsthand.cli import show

if TYPE_CHECKING:
    from types import FrameType

    from firsthand.foundation.settings import Settings
    from firsthand.town.standing import Standing
    from firsthand.vault.pages.host import VaultHost

Subparsers = argparse._SubParsersAction  # noqa: SLF001 - argparse has no other name for it
PORT = 8700
PORTS = 3
HOST = "127.0.0.1"
DATA = ".local/share/firsthand"
EXAMPLE = "firsthand up --town"
PORT_MAX = 65_535
MEND = "Choose another one: firsthand up --port 8800."


class UnableToStart(Exception):
    """Nothing was started: a port is taken. Choose another one: firsthand up --port 8800."""


def add_commands(commands: Subparsers[argparse.ArgumentParser]) -> None:
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
    signal.signal(signal.SIGTERM, _end)
    data = Path(args.data) if args.data else settings.data or Path.home() / DATA
    check_ports(args.port, PORTS if args.town else 1)
    folder = data / f"town-{args.port}" if args.town else data
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Made for trying things out with both sides on one machine: what is dialled may be here.
    settings = msgspec.structs.replace(settings, egress="loopback")
    return (_town if args.town else _alone)(folder, settings, args.port)


def check_ports(port: int, count: int) -> None:
    """Raise `UnableToStart` unless `count` ports from `port` on are free on this machine."""
    for each in range(port, port + count):
        if each > PORT_MAX:
            raise UnableToStart(f"There is no port {each}: the last is {PORT_MAX}. {MEND}")
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((HOST, each))
            except OSError as error:
                raise UnableToStart(f"Port {each}: {error.strerror}. {MEND}") from error


def _alone(folder: Path, settings: Settings, port: int) -> int:
    host = _host(folder / "vaults", settings, port)
    return _serve(host, port, f"Your pages: http://{HOST}:{port} (kept in {folder}; Ctrl-C ends).")


def _town(folder: Path, settings: Settings, port: int) -> int:
    from firsthand.foundation.clock import SystemClock
    from firsthand.foundation.ids import SystemChance
    from firsthand.town.organisations import Commands
    from firsthand.town.standing import Standing

    show.note(f"The town begins. Everything is kept in {folder}.")
    standing = Standing(
        folder,
        port + 1,
        Commands(
            short=(sys.executable, "-m", "firsthand.cli"),
            lasting=(sys.executable, "-m", "firsthand.cli.attended"),
        ),
        settings,
        clock=SystemClock(),
        chance=SystemChance(),
        note=show.note,
    )
    try:
        standing.found()
        host = _host(standing.vaults, settings, port, standing)
        standing.start()
        threading.Thread(target=_tell, args=(standing, port), daemon=True).start()
        return _serve(host, port, f"The first page: http://{HOST}:{port}")
    finally:
        standing.close()


def _host(
    folder: Path, settings: Settings, port: int, standing: Standing | None = None
) -> VaultHost:
    """The pages of everybody below `folder`, with samples, and the doors of the town if any."""
    from firsthand import app
    from firsthand.foundation.clock import SystemClock
    from firsthand.town.samples import samples
    from firsthand.vault.pages.host import Door, Sample

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    doors = [
        Door(
            kind="staff" if each.url else "person",
            name=each.name,
            line=each.words,
            login=each.login,
            passphrase=each.secret,
            url=each.url,
        )
        for each in (standing.entrances() if standing else [])
    ]
    found = [
        Sample(name=each.name, content=each.content, label=each.label, words=each.words)
        for each in samples(SystemClock())
    ]
    return app.vault_host(folder, settings, port=port, samples=found, doors=doors)


def _serve(host: VaultHost, port: int, line: str) -> int:
    from firsthand.cli.serving import serve

    host.start()
    try:
        return serve(host, host=HOST, port=port, line=line, ending=host.parts.streams.close)
    finally:
        host.close()


def _tell(standing: Standing, port: int) -> None:
    """Show the doors, once everybody is there."""
    standing.town.settled.wait()
    print()
    print("Everybody is there. Three doors:")
    print()
    people = standing.people()
    print(f"  {'People':<8} http://{HOST}:{port}")
    print(f"  {'':<8} {', '.join(each.login for each in people)}: {people[0].secret}")
    for each in standing.organisations():
        print(f"  {each.name:<8} {each.url}")
        print(f"  {'':<8} {each.login}: {each.secret}")
    print()
    print("All of it is invented. Ctrl-C ends it; the same command goes on from here.", flush=True)


def _end(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def _port(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 0 < int(text) <= PORT_MAX:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: 1 to {PORT_MAX}")
    return int(text)
