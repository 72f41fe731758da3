"""Which vault a command means, and what unlocks it."""

from __future__ import annotations

import contextlib
import ctypes
import getpass
import resource
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from firsthand.foundation.settings import Settings
    from firsthand.vault.acts.opened import Vault

SHORT = 12
_PR_SET_DUMPABLE = 4


class UnableToTell(Exception):
    """A command does not know what unlocks the vault."""


class WrongUsage(Exception):
    """A command was called without what it needs, or with what cannot be: the message says what."""


def folder_of(args: argparse.Namespace, settings: Settings) -> Path:
    """The vault's folder: `--vault`, or the setting. Raises `WrongUsage`."""
    named: str | None = getattr(args, "vault", None)
    folder = Path(named) if named is not None else settings.vault
    if folder is None:
        raise WrongUsage("Which vault? Say --vault FOLDER, or set FIRSTHAND_VAULT.")
    try:
        str(folder).encode()
    except UnicodeEncodeError as error:
        raise WrongUsage("The name of the vault's folder is not UTF-8. Choose another.") from error
    return folder


def opened(args: argparse.Namespace, settings: Settings) -> Vault:
    """Open the vault that a command means. Close it, or use it in a `with` block."""
    from firsthand import app

    keep_memory_off_disk()
    folder = folder_of(args, settings)
    return app.open_vault(folder, secret_for(folder, settings), settings, commands=True)


def secret_for(folder: Path, settings: Settings) -> str:
    """The passphrase, or the recovery code, of an existing vault. Raises `UnableToOpen`."""
    from firsthand.vault.store.store import read_slots

    read_slots(folder)  # nobody is asked for the passphrase of what is not there
    return settings.passphrase or _asked(f"Passphrase or recovery code of {folder}: ")


def new_passphrase(settings: Settings) -> str:
    """A passphrase for a new vault, typed twice. Raises `UnableToTell`."""
    return _chosen(settings.passphrase, "A passphrase for your vault: ", "No vault was made.")


def changed_passphrase(settings: Settings) -> str:
    """Another passphrase for a vault, typed twice. Raises `UnableToTell`."""
    return _chosen(settings.new_passphrase, "The new passphrase: ", "Nothing was changed.")


def backup_passphrase(settings: Settings, *, new: bool) -> str:
    """What a backup is encrypted with, typed twice where it is new. Raises `UnableToTell`."""
    prompt = "A passphrase for the backup: " if new else "The passphrase of the backup: "
    if new:
        return _chosen(settings.backup_passphrase, prompt, "Nothing was written.")
    return settings.backup_passphrase or _asked(prompt)


def asked_code() -> str:
    """The code that the other device shows. Raises `UnableToTell`."""
    return _asked("The code that the other device shows: ")


def _chosen(chosen: str | None, prompt: str, otherwise: str) -> str:
    if chosen is None:
        chosen = _asked(prompt)
        if chosen != _asked("The same again: "):
            raise UnableToTell(f"The two were not the same. {otherwise}")
    if not chosen:
        raise UnableToTell(f"A passphrase has at least one character. {otherwise}")
    if len(chosen) < SHORT:
        print(
            f"This passphrase has {len(chosen)} characters. Several words are safer and easier to "
            "remember.",
            file=sys.stderr,
        )
    return chosen


def keep_memory_off_disk() -> None:
    """Let nothing write keys and things to a disk, should the process crash, and nobody look in.

    There is no core dump, and where the system is Linux no other process of the same person reads
    the memory (prctl, PR_SET_DUMPABLE). What the system swaps out is not in our hands.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def _asked(prompt: str) -> str:
    try:
        with warnings.catch_warnings():
            # Without a terminal it is read from standard input, which is what a script wants.
            warnings.simplefilter("ignore", getpass.GetPassWarning)
            return getpass.getpass(prompt)
    except EOFError as error:
        raise UnableToTell("There is nobody to ask. Set FIRSTHAND_PASSPHRASE.") from error
