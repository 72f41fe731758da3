"""The log proves itself: every receipt anew from its bytes, and any change in it is seen."""

from typing import Any

import pytest
from tests.harness.sides import Served, bring, connected, share

from firsthand.vault.acts import ending, logging
from firsthand.vault.acts.opened import Vault


@pytest.fixture
def given(reel: Served, mine: Vault) -> Vault:
    name = connected(mine, reel)
    bring(mine, ["Harbour", "Fog"])
    share(mine, name)
    share(mine, name)
    ending.revoke(mine, name)
    return mine


def test_an_entry_says_what_left(given: Vault) -> None:
    told: Any = logging.log(given, verify=True)
    assert told["problems"] == 0
    newest, oldest = told["disclosures"]
    assert newest["position"] > oldest["position"]
    assert (newest["things"], newest["role"], newest["purpose"]) == (
        2, "profile", "personalisation",
    )  # fmt: skip
    assert "startTime" in newest["fields"]
    assert newest["verified"] is True
    assert [end["kind"] for end in told["endings"]] == ["revocation"]
    whole: Any = logging.disclosed(given, newest["position"])
    assert sorted(thing["name"] for thing in whole["things"]) == ["Fog", "Harbour"]
    assert whole["receipt"] == newest["receipt"]


def test_without_asking_nothing_is_said_to_be_proven(given: Vault) -> None:
    told: Any = logging.log(given)
    assert told["problems"] is None
    assert {entry["verified"] for entry in told["disclosures"]} == {None}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE disclosures SET body = CAST(replace(CAST(body AS TEXT), 'Fog', 'Fig') AS BLOB)",
        "UPDATE disclosures SET n = n + 1",
        "UPDATE disclosures SET salt = zeroblob(16)",
        "UPDATE disclosures SET lane = 'another'",
        "UPDATE disclosures SET receipt = NULL",
        "UPDATE disclosures SET receipt = '{}'",
        "UPDATE disclosures SET receipt = replace(receipt, '\"index\":', '\"index\":1')",
        "UPDATE endings SET receipt = substr(receipt, 1, length(receipt) - 4) || 'AAAA'",
        "UPDATE endings SET agreement = 'another'",
    ],
)
def test_a_change_is_seen(given: Vault, change: str) -> None:
    with given.store.transaction() as tx:
        tx._connection.execute(change)  # noqa: SLF001 - as somebody would who holds the key
    told: Any = logging.log(given, verify=True)
    assert told["problems"] >= 1
    problems = [each["problem"] for each in told["disclosures"] + told["endings"]]
    assert any(problems)


def test_an_entry_that_is_not_there(given: Vault) -> None:
    with pytest.raises(LookupError):
        logging.disclosed(given, 99)
