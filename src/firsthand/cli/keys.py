"""`firsthand vault passphrase` and `recovery-code`: what opens the vault from now on."""

from typing import TYPE_CHECKING, Any

from firsthand.cli import show
from firsthand.cli.adding import add_json
from firsthand.cli.opening import changed_passphrase, opened

if TYPE_CHECKING:
    import argparse

    from firsthand.cli.adding import Commands, Make
    from firsthand.foundation.settings import Settings

WRITE_IT_DOWN = (
    "Write it down and keep it away from this machine. It opens the vault if you forget the "
    "passphrase, and it is not shown again. Without both, nobody can open the vault."
)


def add_commands(below: "Commands[argparse.ArgumentParser]", make: "Make") -> None:
    """Add the commands; `make` makes one with its place for a vault, its help and an example."""
    passphrase = make(
        below,
        "passphrase",
        run_passphrase,
        "set another passphrase",
        "Set another passphrase: the vault is opened by the old one, or by the recovery code, and "
        "the old one opens nothing any more. The recovery code stays.",
        "firsthand vault passphrase",
    )
    code = make(
        below,
        "recovery-code",
        run_code,
        "make another recovery code",
        "Make another recovery code and print it, once: the old one opens nothing any more. Use it "
        "where somebody may have seen the old one.",
        "firsthand vault recovery-code",
    )
    add_json(passphrase, code)


def run_passphrase(args: "argparse.Namespace", settings: "Settings") -> int:
    """Set another passphrase."""
    from firsthand.vault.acts.unlocking import set_passphrase

    with opened(args, settings) as vault:
        done = set_passphrase(vault, changed_passphrase(settings))
    if args.json:
        show.as_json(done)
        return 0
    show.words(
        "The new passphrase opens the vault, and the old one does not. Copies of the folder that "
        "you made before still open by the old one."
    )
    return 0


def run_code(args: "argparse.Namespace", settings: "Settings") -> int:
    """Make another recovery code and print it."""
    from firsthand.vault.acts.unlocking import renew_code

    with opened(args, settings) as vault:
        done: dict[str, Any] = renew_code(vault)
    if args.json:
        show.as_json(done)
        return 0
    show_code(done["recovery_code"])
    return 0


def show_code(code: str) -> None:
    """Print a recovery code, and what to do with it."""
    print("Recovery code:")
    print(f"  {code}")
    print()
    show.words(WRITE_IT_DOWN)
