"""When what was given leaves: at once by hand, or at a moment that chance draws.

Two organisations that compare when things came could tell that both know the same person. What a
person gives with their own hand leaves at once, unless they say otherwise, for this once or in
the deal. The moment stands in the log's row, and what waits for it can be sent at once any time.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Final

from firsthand.foundation.clock import stamp

if TYPE_CHECKING:
    from firsthand.foundation.clock import Clock
    from firsthand.foundation.ids import Chance
    from firsthand.protocol.agreements import Agreement
    from firsthand.vault.store import Tx

TOGETHER_WAIT: Final = datetime.timedelta(days=7)
_DRAW_BYTES: Final = 8


def drawn_s(agreement: Agreement, chance: Chance, *, later: bool) -> int | None:
    """The delay of one giving, 0 to the deal's limit in seconds; None where it leaves at once.

    ``later``: the person asked for it this once. A proposal with a delivery of its own asks for it
    always, also where that only says how many things leave together.
    """
    if not later and agreement.proffer.delivery is None:
        return None
    limit_s = within_s(agreement)
    return int.from_bytes(chance.bytes(_DRAW_BYTES), "big") * (limit_s + 1) >> 8 * _DRAW_BYTES


def within_s(agreement: Agreement) -> int:
    """How many seconds at most what does not leave at once waits for its moment."""
    return agreement.delivery.jitter_s_max


def together(agreement: Agreement) -> int:
    """How many things leave together at least: 1, unless the proposal itself says more."""
    delivery = agreement.proffer.delivery
    return 1 if delivery is None else delivery.batch_min


def put_due(tx: Tx, name: str, agreement: Agreement, clock: Clock) -> None:
    """Let go what waits for ``name`` and whose moment has come.

    Fewer than the deal wants together wait for more, but no longer than ``TOGETHER_WAIT``.
    """
    now = clock.now()
    come = tx.row("disclosures.moment_come", relationship=name, now=stamp(now))
    assert come is not None
    if not come["things"]:
        return
    if come["things"] >= together(agreement) or come["first"] <= stamp(now - TOGETHER_WAIT):
        tx.run("disclosures.let_go", relationship=name, now=stamp(now))
