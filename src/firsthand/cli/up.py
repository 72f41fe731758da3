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
    up.add_argument(
        "--address",
        type=_address,
        metavar="URL",
        help="where others reach these pages, such as https://vaults.example: for many people, "
        "behind a server on this machine that speaks https",
    )
    up.set_defaults(run=run_up)


def run_up(args: argparse.Namespace, settings: Settings) -> int:
    """Serve until Ctrl-C or SIGTERM."""
    from firsthand.cli.opening import keep_memory_off_disk

    keep_memory_off_disk()
    signal.signal(signal.SIGTERM, _end)
    if args.address and args.town:
        raise UnableToStart("The town is for this machine alone: leave --address or --town out.")
    data = Path(args.data) if args.data else settings.data or Path.home() / DATA
    check_ports(args.port, PORTS if args.town else 1)
    folder = data / f"town-{args.port}" if args.town else data
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if args.address:
        return _alone(folder, settings, args.port, args.address)
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


def _alone(folder: Path, settings: Settings, port: int, public: str = "") -> int:
    host = _host(folder / "vaults", settings, port, public=public)
    line = f"Your pages: http://{HOST}:{port} (kept in {folder}; Ctrl-C ends)."
    if public:
        line = (
            f"The pages of everybody: https://{public} (kept in {folder}; Ctrl-C ends). Your "
            f"server passes requests on to http://{HOST}:{port}, with Host and X-Forwarded-For."
        )
    return _serve(host, port, line, behind_proxy=bool(public))


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
    folder: Path,
    settings: Settings,
    port: int,
    standing: Standing | None = None,
    *,
    public: str = "",
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
    return app.vault_host(folder, settings, port=port, samples=found, doors=doors, public=public)


def _serve(host: VaultHost, port: int, line: str, *, behind_proxy: bool = False) -> int:
    from firsthand.cli.serving import serve

    host.start()
    try:
        return serve(
            host,
            host=HOST,
            port=port,
            line=line,
            ending=host.parts.streams.close,
            behind_proxy=behind_proxy,
        )
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


def _address(text: str) -> str:
    """The name, with its port if it says one, of an address by https."""
    match = re.fullmatch(r"https://((?!-)[a-z0-9.-]{1,253}(?::[0-9]{1,5})?)/?", text.lower())
    if match is None or "." not in match[1]:
        raise argparse.ArgumentTypeError(f"{text!r} is no address such as https://vaults.example")
    return match[1].removesuffix(":443")


def _port(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 0 < int(text) <= PORT_MAX:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: 1 to {PORT_MAX}")
    return int(text)
