"""A vault that moved is equal to the one that it came from, and both know of each other."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.vault.acts.test_exporting import comparable, dump, fill

from firsthand.foundation.clock import SetClock
from firsthand.foundation.ids import SystemChance
from firsthand.vault.acts import backing, moving
from firsthand.vault.acts.opened import Vault
from firsthand.vault.gate.handing import UnableToHand
from firsthand.vault.store import Store
from firsthand.vault.store.slots import FLOOR
from firsthand.vault.terms import copies

CLOCK = SetClock(datetime(2026, 6, 1, tzinfo=UTC))


def test_moved_and_equal(vault: Vault, tmp_path: Path) -> None:
    fill(vault)
    assert not copies.may_be_others(vault.store)
    line, told = moving.listen(vault, "127.0.0.1")
    done: list[object] = []
    with line:
        giving = threading.Thread(
            target=lambda: done.append(moving.hand_over(vault, line, str(told["code"])))
        )
        giving.start()
        whole = moving.fetch(str(told["address"]), str(told["code"]), SystemChance())
        giving.join()
    assert done
    made = backing.restore(
        tmp_path / "new", "some words", whole, name="x", chance=SystemChance(), clock=CLOCK,
        cost=FLOOR,
    )  # fmt: skip
    store = Store.open(tmp_path / "new", str(made["recovery_code"]))
    try:
        with store.moment() as moment:
            found = {name: list(moment.whole(name)) for name in moment.tables()}
        assert comparable(found) == comparable(dump(vault))
        assert copies.may_be_others(store)
        assert copies.may_be_others(vault.store)
    finally:
        store.close()


@pytest.mark.parametrize("address", ["", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:x", ":80", "a:80"])
def test_an_address_that_nobody_shows(address: str) -> None:
    with pytest.raises(UnableToHand):
        moving.fetch(address, "00000-00000-00000-00000", SystemChance())
