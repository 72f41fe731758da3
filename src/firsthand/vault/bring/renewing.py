"""What a newer export says anew of things that are there: an appointment that was moved since.

Only sources that give each record an id of its own have such things. Where both say when they were
changed, the one that was changed last stays; where one does not, what is brought last.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from firsthand.vault.bring.batches import Held
from firsthand.vault.bring.rules import row_of
from firsthand.vault.store import Tx

SOURCES = frozenset(["calendar", "contacts"])


def renew(tx: Tx, held: Sequence[Held]) -> int:
    """Put those of these rows that are newer in the place of what is there; returns how many.

    They stay things of the import that brought them first, with the same id.
    """
    told = [each for each in held if each[5] in SOURCES]
    if not told:
        return 0
    ids = msgspec.json.encode([each[1] for each in told]).decode()
    there = {row["id"]: row for row in tx.rows("things.by_ids", ids=ids)}
    renewed = 0
    for each in told:
        old = there.get(each[1])
        if old is None or not _is_newer(old["data"], each[6]):
            continue
        tx.run("redactions.take", position=old["position"])
        tx.run_many("things.add", [row_of(each, old["import_id"])])
        renewed += 1
    return renewed


def _is_newer(old: str, new: str) -> bool:
    if old == new:
        return False
    was, says = (msgspec.json.decode(text, type=dict[str, Any]) for text in (old, new))
    if was == says:
        return False
    before, after = was.get("dateModified"), says.get("dateModified")
    return not before or not after or str(before) < str(after)
