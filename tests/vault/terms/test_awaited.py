"""After an end: who was left is asked when it has to have erased, and its receipt is shown."""

from datetime import timedelta
from typing import Any

import pytest
from tests.harness.sides import Served

from firsthand.foundation.clock import SetClock
from firsthand.vault.acts import connecting, ending, logging, receiving
from firsthand.vault.acts.opened import Vault
from firsthand.vault.acts.story import story
from firsthand.vault.pages.telling import _ends

MONTH = timedelta(days=30)


@pytest.fixture
def left(giver: Vault) -> Vault:
    """The vault of somebody who gave something to Reel and ended it."""
    assert ending.revoke(giver, "reel")["state"] == "ended"
    return giver


def test_what_is_erased_after_its_time_is_known_and_shown(
    left: Vault, served: Served, clock: SetClock
) -> None:
    assert receiving.to_ask(left) == []
    assert receiving.refresh(left)["new"] == {}, "who was left does not hear of us"
    clock.advance(MONTH)
    assert receiving.to_ask(left) == ["reel"]
    served.hub.keeping.work_off()
    assert receiving.refresh(left) == {"sent": [], "new": {"reel": 1}, "problems": {}}
    deal: Any = connecting.relationship(left, "reel")
    assert deal["state"] == "erased"
    told: Any = logging.log(left, "reel", verify=True)
    assert {each["state"] for each in told["disclosures"]} == {"erased"}
    newest = told["endings"][0]
    assert (newest["kind"], newest["by_itself"], newest["verified"]) == ("erasure", True, True)
    assert told["problems"] == 0
    events: Any = story(left, "reel", parts=["ends"])["events"]
    assert [each["what"] for each in events] == ["erased", "revocation"]
    assert "the time to keep it was over" in _ends(events[0], "Reel")[0]
    assert receiving.to_ask(left) == [], "it is known now"


def test_one_that_never_says_so_is_not_asked_for_ever(
    left: Vault, served: Served, clock: SetClock
) -> None:
    served.stop()
    clock.advance(MONTH + timedelta(days=59))
    assert "reel" in receiving.refresh(left)["problems"]  # type: ignore[operator]
    clock.advance(timedelta(days=2))
    assert receiving.refresh(left)["problems"] == {}
