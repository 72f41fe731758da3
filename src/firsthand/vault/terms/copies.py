"""Whether there may be other copies of this vault: what only they gave cannot be known here.

A folder that was copied is told from the one it was copied from by its number on the disk; an
export may have been taken into another vault; what was restored is a copy by itself. None of it
says that another copy is in use, only that nobody here can rule it out.
"""

from typing import TYPE_CHECKING

from firsthand.foundation.clock import Clock, stamp

if TYPE_CHECKING:
    from firsthand.vault.store import Store

PLACE, COPIED, EXPORTED = "place", "copied_at", "exported_at"
_FILE = "vault.db"


def notice(store: "Store", clock: Clock) -> None:
    """Note if this folder is a copy of the one that was used last."""
    here = _place(store)
    kept = store.row("meta.get", key=PLACE)
    if kept is not None and kept["value"] == here:
        return
    with store.transaction() as tx:
        tx.run("meta.put", key=PLACE, value=here)
        if kept is not None and tx.row("meta.get", key=COPIED) is None:
            tx.run("meta.put", key=COPIED, value=stamp(clock.now()))


def put_exported(store: "Store", clock: Clock) -> None:
    """Note that everything was taken along, so that it may go on somewhere else."""
    with store.transaction() as tx:
        tx.run("meta.put", key=EXPORTED, value=stamp(clock.now()))


def may_be_others(store: "Store") -> bool:
    """Whether another copy may have given things under the same deals."""
    return any(store.row("meta.get", key=key) is not None for key in (COPIED, EXPORTED))


def _place(store: "Store") -> str:
    """The numbers of file and folder on their disk: they stay when a folder is only renamed."""
    file, folder = (store.folder / _FILE).stat(), store.folder.stat()
    return f"{file.st_ino}:{folder.st_ino}"
