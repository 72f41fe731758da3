"""`firsthand vault hand-over` and `fetch`: everything to another device on the same network."""

from typing import TYPE_CHECKING, Any

from firsthand.cli import show
from firsthand.cli.adding import add_json
from firsthand.cli.keys import show_code
from firsthand.cli.opening import (
    asked_code,
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
    give = make(
        below,
        "hand-over",
        run_hand_over,
        "move everything to another device",
        "Show a code, wait five minutes for another device on the same network, and hand "
        "everything in the vault to the one that knows the code, once.",
        "firsthand vault hand-over",
    )
    give.add_argument("--at", metavar="ADDRESS", default="", help="listen on this address")
    take = make(
        below,
        "fetch",
        run_fetch,
        "take over a vault from another device",
        "Make a new vault with everything that another device on the same network hands over: it "
        "shows the address and the code.",
        "firsthand vault fetch 192.168.1.20:40123 --vault my-new-vault",
    )
    take.add_argument("address", metavar="ADDRESS", help="what the other device shows")
    take.add_argument("--code", default=None, help="the code; it is asked for otherwise")
    add_json(give, take)


def run_hand_over(args: "argparse.Namespace", settings: "Settings") -> int:
    """Hand everything over, once."""
    from firsthand.vault.acts import moving

    with opened(args, settings) as vault:
        line, told = moving.listen(vault, args.at)
        with line:
            show.note(f"On the other device: firsthand vault fetch {told['address']}")
            show.note(f"The code: {told['code']}")
            done: dict[str, Any] = moving.hand_over(vault, line, str(told["code"]))
    if args.json:
        show.as_json({**told, "code": None, **done})
        return 0
    print(f"Everything was handed over ({done['bytes']:,} bytes). This vault is still yours too.")
    return 0


def run_fetch(args: "argparse.Namespace", settings: "Settings") -> int:
    """Make a vault of what another device hands over."""
    from firsthand.foundation.clock import SystemClock
    from firsthand.foundation.ids import SystemChance
    from firsthand.vault.acts import backing, moving
    from firsthand.vault.store.store import check_place

    keep_memory_off_disk()
    folder = folder_of(args, settings)
    check_place(folder)
    secret = new_passphrase(settings)
    code = args.code if args.code is not None else asked_code()
    whole = moving.fetch(args.address, code, SystemChance())
    made: dict[str, Any] = backing.restore(
        folder, secret, whole, name=args.address, chance=SystemChance(), clock=SystemClock()
    )
    if args.json:
        show.as_json(made)
        return 0
    print(f"Your vault is at {made['vault']}, with {made['things']:,} things.")
    show.words(made["note"])
    print()
    show_code(made["recovery_code"])
    return 0
