"""Which organisation a command of `firsthand hub` means, and how it reaches its hub."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from firsthand.cli.opening import WrongUsage

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from firsthand.foundation.settings import Settings

HTTPS, HTTP = 443, 80
TEXT_BYTES_MAX = 8 << 20  # more than any table that is taken


class UnableToTell(Exception):
    """There is no such organisation, or a file cannot be read."""


def do(
    args: argparse.Namespace, settings: Settings, act: str, arguments: Mapping[str, object]
) -> dict[str, Any]:
    """Have one act done by the hub that serves the folder, or in this process if none does."""
    from firsthand import app
    from firsthand.hub.acts import console

    folder = folder_of(args, settings)
    if not folder.is_dir():
        raise UnableToTell(f"There is no folder {folder}. Make one: firsthand hub init")
    answer = console.ask(folder, act, arguments)
    if answer is not None:
        return answer
    hub = app.open_hub(folder, settings)
    try:
        return console.run(hub, act, arguments)
    finally:
        hub.close()


def folder_of(args: argparse.Namespace, settings: Settings) -> Path:
    """The organisation's folder: `--hub`, or the setting. Raises `WrongUsage`."""
    named: str | None = getattr(args, "hub", None)
    if named:
        return Path(named)
    if named is None and settings.hub is not None:
        return settings.hub
    raise WrongUsage("Which organisation? Say --hub FOLDER, or set FIRSTHAND_HUB.")


def place(url: str, host: str | None, port: int | None) -> tuple[str, int]:
    """Where to listen: this machine alone for a loopback address, everywhere for others."""
    parts = urlsplit(url)
    named = parts.hostname or "127.0.0.1"
    from firsthand.hub.terms.organisation import is_loopback

    near = "127.0.0.1" if named == "localhost" else named
    chosen = host or (near if is_loopback(named) else "0.0.0.0")  # noqa: S104 - it is published
    default = HTTPS if parts.scheme == "https" else HTTP
    return chosen, port if port is not None else parts.port or default


def text_of(name: str) -> str:
    """The text of a file in UTF-8, of at most 8 MiB. Raises `UnableToTell`."""
    try:
        with Path(name).open("rb") as file:
            raw = file.read(TEXT_BYTES_MAX + 1)
    except FileNotFoundError as error:
        raise UnableToTell(f"There is no file {name}.") from error
    except IsADirectoryError as error:
        raise UnableToTell(f"{name} is a folder. Name one file in it.") from error
    except (OSError, ValueError) as error:  # ValueError: a name with a zero in it
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise UnableToTell(f"{name} cannot be read: {why}.") from error
    if len(raw) > TEXT_BYTES_MAX:
        raise UnableToTell(f"{name} is larger than {TEXT_BYTES_MAX >> 20} MiB.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnableToTell(
            f"{name} is no text in UTF-8 (byte {error.start + 1}). Save the table as CSV in UTF-8."
        ) from error
