"""An organisation that has lost what it was given: since when, and if it was sent again.

It is noticed when they ask for a number that they have signed for already. What comes back then
begins anew at a smaller number too, so it is numbered here on from what came before the loss.
"""

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from firsthand.vault.store import Store, Tx

_KEY = "lost by {name}"


class Loss(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a loss.

    ``before`` is the position in the log of the first entry that they have taken since; ``open``
    says that what was given before it was not sent again. ``shift`` is what our numbers of their
    messages are ahead of theirs, known once it was ``counted``.
    """

    at: str
    before: int
    open: bool = True
    shift: int = 0
    counted: bool = False


def loss_of(store: "Store | Tx", name: str) -> Loss | None:
    """The newest loss of the organisation in relationship ``name``, if it ever had one."""
    row = store.row("meta.get", key=_KEY.format(name=name))
    return None if row is None else msgspec.json.decode(row["value"], type=Loss)


def put_lost(tx: "Tx", name: str, *, at: str, before: int) -> None:
    """Note that what was given before this position is not there any more, or not all of it."""
    was = loss_of(tx, name)
    shift = was.shift if was is not None else 0
    _put(tx, name, Loss(at=at, before=before, shift=shift))


def put_counted(tx: "Tx", name: str, shift: int) -> None:
    """Note how far our numbers of their messages are ahead of theirs since the loss."""
    was = loss_of(tx, name)
    if was is not None:
        _put(tx, name, msgspec.structs.replace(was, shift=shift, counted=True))


def put_sent_again(tx: "Tx", name: str, *, from_: int) -> None:
    """Note that everything before ``from_`` stands in the log once more from there on."""
    was = loss_of(tx, name)
    if was is not None and was.before <= from_:
        _put(tx, name, msgspec.structs.replace(was, open=False))


def _put(tx: "Tx", name: str, loss: Loss) -> None:
    tx.run("meta.put", key=_KEY.format(name=name), value=msgspec.json.encode(loss))
