"""A request that was asked by a clock that ran ahead is dated anew before it is sent again."""

from datetime import timedelta

import msgspec
import pytest
from tests.vault.gate.heard import Heeded, refusing

from firsthand.foundation.clock import stamp
from firsthand.protocol import wire
from firsthand.protocol.rights import due, read_request
from firsthand.vault.acts import rights as asking
from firsthand.vault.terms import rights


@pytest.mark.parametrize(
    ("ahead_s", "anew"), [(wire.SKEW_S_MAX, False), (wire.SKEW_S_MAX + 1, True)]
)
def test_what_is_of_a_time_to_come_is_dated_anew(deal: Heeded, ahead_s: int, *, anew: bool) -> None:
    with deal.heard.answering(wire.PATH_RIGHTS, refusing("clock_differs")):
        told = asking.ask(deal.vault, "reel", "access", details="All of it.")
    before = rights.find(deal.vault.store, str(told["id"]))
    now = deal.clock.now() - timedelta(seconds=ahead_s)
    after = rights.dated_again(deal.vault.store, before, now)
    if not anew:
        assert after == before
        return
    first, again = read_request(bytes(before["body"])), read_request(bytes(after["body"]))
    assert again == msgspec.structs.replace(first, at=int(now.timestamp()))
    assert (after["at"], after["received_on"]) == (stamp(now), now.date().isoformat())
    assert after["expected_by"] == due("gdpr", now.date()).isoformat()
    assert asking.check(deal.vault, "reel") == 1
    sent = rights.find(deal.vault.store, str(told["id"]))
    much_earlier = now - timedelta(days=9)
    assert rights.dated_again(deal.vault.store, sent, much_earlier) == sent, "they have it"
