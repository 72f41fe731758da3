"""Move to another device: two vaults on one network, and a code that is good once.

What goes over is what a backup holds. Both copies can go on, as after a restore: the new one gives
in a row of its own, and each says that the other may know more.
"""

from typing import TYPE_CHECKING

from firsthand.vault.acts.backing import packed
from firsthand.vault.gate import handing
from firsthand.vault.terms import copies

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from firsthand.foundation.ids import Chance
    from firsthand.vault.acts.opened import Vault

PORT_MAX = 65535


def listen(vault: "Vault", address: str = "") -> "tuple[socket.socket, dict[str, object]]":
    """Listen on the own network, and say what to type on the other side: `{"address", "code"}`.

    Close the line when it is over. Raises `UnableToHand`.
    """
    own = handing.check_address(address or handing.own_address())
    line = handing.listen(own)
    shown = f"[{own}]" if ":" in own else own
    port = line.getsockname()[1]
    return line, {"address": f"{shown}:{port}", "code": handing.new_code(vault.chance)}


def hand_over(vault: "Vault", line: "socket.socket", code: str) -> dict[str, object]:
    """Hand everything to who comes with the code, once. Returns `{"bytes", "tables"}`.

    Raises `UnableToHand` where nobody came in time, or with wrong codes only.
    """
    whole, counts = packed(vault)
    handing.give(line, code, whole, vault.chance)
    copies.put_exported(vault.store, vault.clock)
    return {"bytes": len(whole), "tables": counts}


def give(
    line: "socket.socket",
    code: str,
    whole: bytes,
    chance: "Chance",
    *,
    told: "Callable[[int], None]",
    withdrawn: "Callable[[], bool]",
) -> None:
    """Hand what was packed to who comes with the code, once, while the vault may be locked.

    told: hears how many bytes went. Who calls notes with `put_handed` that it went. Raises
    `UnableToHand`.
    """
    handing.give(line, code, whole, chance, told=told, withdrawn=withdrawn)


def put_handed(vault: "Vault") -> None:
    """Note that everything was handed to another device."""
    copies.put_exported(vault.store, vault.clock)


def fetch(
    address: str, code: str, chance: "Chance", *, told: "Callable[[int], None] | None" = None
) -> bytes:
    """What the vault at `address` (192.168.1.20:40123) hands over. Raises `UnableToHand`.

    told: hears how many bytes came.
    """
    host, _, port = address.strip().rpartition(":")
    host = host.strip("[]")
    if not host or not port.isascii() or not port.isdecimal() or not 0 < int(port) <= PORT_MAX:
        raise handing.UnableToHand(
            f"{address[:80]!r} is not of the form that the other side shows: 192.168.1.20:40123."
        )
    return handing.take(host, int(port), code, chance, room=told)
