"""`firsthand vault backup` and `restore`: everything in one encrypted file, and the way back."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from firsthand.cli import show
from firsthand.cli.adding import add_json
from firsthand.cli.keys import show_code
from firsthand.cli.opening import (
    WrongUsage,
    backup_passphrase,
    folder_of,
    keep_memory_off_disk,
    new_passphrase,
    opened,
)

if TYPE_CHECKING:
    import argparse

    from firsthand.cli.adding import Commands, Make
    from firsthand.foundation.settings import Settings


def add_commands(below: "Commands[argparse.ArgumentParser]", make: "Make") -> None:
    """Add the commands; `make` makes one with its place for a vault, its help and an example."""
    backup = make(
        below,
        "backup",
        run_backup,
        "write everything to one encrypted file",
        "Write everything in the vault to one file, encrypted with age: with a passphrase that is "
        "asked for, or to the public keys that --to names.",
        "firsthand vault backup everything.age",
    )
    backup.add_argument("file", metavar="FILE", help="a new file")
    backup.add_argument(
        "--to", action="append", default=[], metavar="KEY", help="a public key of age (age1...)"
    )
    restore = make(
        below,
        "restore",
        run_restore,
        "make a vault of a backup",
        "Make a new vault with everything that a backup holds. It gets a passphrase and a recovery "
        "code of its own.",
        "firsthand vault restore everything.age --vault my-new-vault",
    )
    restore.add_argument("file", metavar="FILE", help="a backup")
    restore.add_argument(
        "--identity", metavar="FILE", help="a file with the secret key of age that opens it"
    )
    add_json(backup, restore)


def run_backup(args: "argparse.Namespace", settings: "Settings") -> int:
    """Write everything to one encrypted file."""
    from firsthand.vault.acts.backing import backup

    with opened(args, settings) as vault:
        secret = "" if args.to else backup_passphrase(settings, new=True)
        done: dict[str, Any] = backup(vault, args.file, passphrase=secret, recipients=args.to)
    if args.json:
        show.as_json(done)
        return 0
    print(f"Written: {done['file']} ({done['bytes']:,} bytes, encrypted).")
    show.pairs((name, f"{rows:,}") for name, rows in done["tables"].items() if rows)
    return 0


def run_restore(args: "argparse.Namespace", settings: "Settings") -> int:
    """Make a new vault of a backup."""
    from firsthand.foundation.clock import SystemClock
    from firsthand.foundation.ids import SystemChance
    from firsthand.vault.acts import backing
    from firsthand.vault.store.store import check_place

    keep_memory_off_disk()
    folder = folder_of(args, settings)
    check_place(folder)
    keys = _identity(args.identity) if args.identity else ""
    secret = "" if keys else backup_passphrase(settings, new=False)
    whole = backing.opened_backup(Path(args.file), passphrase=secret, identities=keys)
    made: dict[str, Any] = backing.restore(
        folder,
        new_passphrase(settings),
        whole,
        name=args.file,
        chance=SystemChance(),
        clock=SystemClock(),
    )
    if args.json:
        show.as_json(made)
        return 0
    print(f"Your vault is at {made['vault']}, with {made['things']:,} things.")
    show.words(made["note"])
    print()
    show_code(made["recovery_code"])
    return 0


def _identity(file: str) -> str:
    from firsthand.vault.acts.backing import IDENTITIES_BYTES_MAX

    with Path(file).open("rb") as stream:
        text = stream.read(IDENTITIES_BYTES_MAX).decode("utf-8", "replace")
    if "AGE-SECRET-KEY-" not in text:
        raise WrongUsage(f"{file} holds no secret key of age (AGE-SECRET-KEY-...).")
    return text
