"""`firsthand vault slots`: what opens the vault, and one of them less."""

from typing import TYPE_CHECKING, Any

from firsthand.cli import show
from firsthand.cli.adding import add_json
from firsthand.cli.opening import opened

if TYPE_CHECKING:
    import argparse

    from firsthand.cli.adding import Commands, Make
    from firsthand.foundation.settings import Settings


def add_commands(below: "Commands[argparse.ArgumentParser]", make: "Make") -> None:
    """Add the commands; `make` makes one with its place for a vault, its help and an example."""
    slots = make(
        below,
        "slots",
        run_slots,
        "list what opens the vault",
        "List what opens the vault: passphrase, recovery code, passkeys. Passkeys are made on the "
        "pages: firsthand vault serve, then More, What opens it.",
        "firsthand vault slots",
    )
    slots.add_argument("--remove", metavar="ID", help="take this one away")
    slots.add_argument(
        "--lock-after", type=int, metavar="MINUTES", help="have its pages lock after 1 to 60"
    )
    add_json(slots)


def run_slots(args: "argparse.Namespace", settings: "Settings") -> int:
    """List the ways to unlock, or take one away."""
    from firsthand.vault.acts import unlocking

    with opened(args, settings) as vault:
        if args.remove is not None:
            unlocking.remove(vault, args.remove)
        if args.lock_after is not None:
            unlocking.set_lock_after(vault, args.lock_after)
        told: dict[str, Any] = {
            "slots": unlocking.slots(vault),
            "lock_after_minutes": unlocking.lock_after(vault),
        }
    if args.json:
        show.as_json(told)
        return 0
    heads = ["ID", "WHAT", "SITE", "SINCE"]
    show.table(
        heads,
        [
            [slot["id"], slot["name"], slot["site"] or "", show.moment(slot["added_at"])]
            for slot in told["slots"]
        ],
    )
    print()
    print(f"Its pages lock after {told['lock_after_minutes']} minutes without you.")
    return 0
