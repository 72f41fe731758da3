"""What waits goes out once and in order, whoever sends, however long it waited."""

import datetime
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.harness.sides import Served, bring, connected, inbox, new_vault, open_again, share

from firsthand.foundation.clock import SetClock
from firsthand.hub.acts import statements
from firsthand.protocol.wire import WAIT_S_MAX
from firsthand.vault.acts import connecting, logging
from firsthand.vault.acts.opened import Vault
from firsthand.vault.terms.relationships import find, signer_of


def states(vault: Vault) -> list[str]:
    told: Any = logging.log(vault)["disclosures"]
    return [entry["state"] for entry in reversed(told)]


def person_of(vault: Vault, name: str) -> str:
    return signer_of(vault.store, find(vault.store, name)).thumbprint


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))


def test_what_waited_too_long_is_signed_anew(
    serve: Callable[..., Served], clock: SetClock, tmp_path: Path
) -> None:
    served = serve(clock=clock)
    with new_vault(tmp_path / "clocked", clock) as vault:
        name = connected(vault, served)
        served.stop()
        bring(vault, ["Harbour"])
        share(vault, name)
        first = vault.store.row("disclosures.by_position", position=1)
        clock.advance(datetime.timedelta(seconds=WAIT_S_MAX + 1))
        served.start()
        inbox(vault)
        second = vault.store.row("disclosures.by_position", position=1)
        assert first is not None
        assert second is not None
        assert (second["state"], second["n"], second["salt"]) == ("given", 1, first["salt"])
        assert second["headers"] != first["headers"]
        assert logging.log(vault, verify=True)["problems"] == 0


def test_what_waited_until_the_deal_ran_out_stays(
    serve: Callable[..., Served], clock: SetClock, tmp_path: Path
) -> None:
    served = serve(clock=clock)
    with new_vault(tmp_path / "clocked", clock) as vault:
        name = connected(vault, served)
        bring(vault, ["Harbour"])
        served.stop()
        share(vault, name)
        share(vault, name)
        # The second one was never on its way: no number, no signature.
        waiting = vault.store.row("disclosures.by_position", position=2)
        assert waiting is not None
        assert waiting["headers"] is None
        clock.advance(datetime.timedelta(days=connecting.AGREEMENT_DAYS))
        served.start()
        inbox(vault)
        assert states(vault) == ["refused", "refused"]
        assert served.envelopes() == []


def test_what_is_refused_for_good_uses_no_number(reel: Served, mine: Vault) -> None:
    """The organisation has ended the deal on its own side, and says so."""
    name = connected(mine, reel)
    bring(mine, ["Harbour"])
    assert share(mine, name)["state"] == "given"
    agreement = find(mine.store, name).agreement
    assert agreement is not None
    statements.revoke(reel.hub, person_of(mine, name), agreement)
    told = share(mine, name)
    assert (told["state"], states(mine)) == ("refused", ["given", "refused"])
    assert "ended" in told["reason"]
    assert find(mine.store, name).acked_n == 1


def test_many_who_send_at_once_send_each_thing_once(reel: Served, mine: Vault) -> None:
    """Threads of one program, and a second program with the same vault."""
    name = connected(mine, reel)
    bring(mine, ["Harbour", "Fog"])
    other = open_again(mine.folder)
    outcomes: list[Any] = []
    trouble: list[Exception] = []

    def give(vault: Vault) -> None:
        try:
            for _ in range(5):
                share(vault, name)
                outcomes.extend(vault.gate.flush())
        except Exception as error:  # noqa: BLE001 - shown below
            trouble.append(error)

    threads = [threading.Thread(target=give, args=(vault,)) for vault in (mine, mine, other, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    inbox(mine)
    assert trouble == []
    assert states(mine) == ["given"] * 20
    person = person_of(mine, name)
    assert len([one for one in reel.envelopes() if one.relationship == person]) == 20
    assert find(mine.store, name).copied_at is None
    assert connecting.relationship(mine, name)["warnings"] == []
    assert find(mine.store, name).acked_n == 20
    assert {outcome.state for outcome in outcomes} <= {"given", "waiting"}
    assert logging.log(mine, verify=True)["problems"] == 0
