"""Whether all that was taken is as it came: asked at any time, and when serving begins.

A failing disk or a hand in the file changes bytes that nobody reads for a long time. Each batch is
compared with its leaf in the log, of which people hold receipts, and the log with its checkpoint;
asked for, also with what was signed, and so is what is kept beside the log.
"""

import threading
from collections import Counter
from collections.abc import Callable
from itertools import islice

import msgspec

from firsthand.hub.acts.opened import Hub
from firsthand.hub.proofs import CHANGED_MAX, Checked
from firsthand.hub.sound import as_signed
from firsthand.protocol.checkpoints import Checkpoint, verify_checkpoint


def check(hub: Hub) -> dict[str, object]:
    """Look at every batch that is kept and at what is signed beside them; in words too."""
    return told(look(hub))


def look(hub: Hub, stop: Callable[[], bool] = bool, *, signed: bool = True) -> Checked:
    """Look until ``stop()``; with ``signed`` also at each signature. It is kept for staff to see.

    Signatures cost a second for some thousand of them.
    """

    def verify(text: str) -> Checkpoint:
        return verify_checkpoint(text, hub.organisation.key_log.log_key_for(text))

    judge = as_signed if signed else None
    found = hub.proofs.check(stop, verify=verify, judge=judge)
    if signed:
        others = tuple(islice(hub.sound.faults(stop), CHANGED_MAX))
        found = msgspec.structs.replace(found, others=others, whole=found.whole and not stop())
    hub.proofs.checked = found
    return found


def told(found: Checked) -> dict[str, object]:
    """What came of a check: ``holds``, ``deliveries``, ``changed`` (places), and the rest.

    ``log_holds``, ``others`` (each a ``Fault``), ``says``.
    """
    return {
        "holds": found.holds,
        "deliveries": found.looked_at,
        "changed": list(found.changed),
        "log_holds": found.log_holds,
        "others": [msgspec.to_builtins(each) for each in found.others],
        "says": in_words(found),
    }


def in_words(found: Checked) -> str:
    """A few sentences for staff."""
    if found.holds:
        return "Everything that people gave is as it came."
    said = []
    if count := len(found.changed):
        what = "One delivery is" if count == 1 else f"{_at_least(count)} deliveries are"
        said.append(f"{what} not as people gave it: bytes were changed here.")
    elif not found.log_holds:
        said.append("The log is not the one that you signed: bytes were changed here.")
    if found.others:
        counts = Counter(each.what for each in found.others)
        rows = ", ".join(f"{count} of “{what}”" for what, count in counts.items())
        said.append(f"Beside the log, rows are not as they were written: {rows}.")
    said.append("Look at the disk, put back a backup, and tell your customers where you cannot.")
    return " ".join(said)


def _at_least(count: int) -> str:
    return f"{count} or more" if count == CHANGED_MAX else str(count)


def beside(hub: Hub, tell: Callable[[str], None]) -> None:
    """Check in the background, in pieces; ``tell`` hears in words of what was changed."""
    closing = threading.Event()

    def run() -> None:
        found = look(hub, closing.is_set, signed=False)
        if not found.holds:
            tell(in_words(found))

    thread = threading.Thread(target=run, name="checking", daemon=True)
    thread.start()

    def close() -> None:
        closing.set()
        thread.join()

    hub.closing.insert(0, close)
