"""What is delivered by right is compared with what the vault's own log says."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.harness.sides import Served, bring, connected, new_vault, share

from firsthand.foundation.clock import SetClock
from firsthand.hub.acts import requests
from firsthand.protocol.things import Thing
from firsthand.vault.acts import delivered, delivering, keeping, receiving, rectifying, rights
from firsthand.vault.terms.relationships import Relationship


def test_what_they_left_out_and_what_was_never_given_is_counted(
    tmp_path: Path, serve: Callable[..., Served], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SetClock(datetime.now(UTC))
    served = serve(clock=clock)
    with new_vault(tmp_path / "mine", clock) as vault:
        name = connected(vault, served)
        bring(vault, ["Harbour", "Moon", "Fog"])
        share(vault, name)
        served.settle()
        receiving.refresh(vault)
        request = str(rights.ask(vault, name, "portability")["id"])
        assert rights.shown(vault, request)["compared"] is None
        delivering.fetch(vault, request)
        told: Any = rights.shown(vault, request)["compared"]
        assert _counts(told) == {
            "given": 3, "delivered": 3, "missing": 0, "elsewhere": 0, "changed": 0,
        }  # fmt: skip
        kind = type(vault.gate.evidence)
        honest = kind.right_data

        def bent(own: Any, relationship: Relationship, jti: str, after: int) -> bytes:  # noqa: ANN401 - the gate's own
            part: Any = json.loads(honest(own, relationship, jti, after))
            if part["things"]:
                _, second, third = part["things"]
                third["data"]["startTime"] = "1999-01-04"
                part["things"] = [third, {**second, "id": "bought", "name": "Not mine"}, second]
            return json.dumps(part).encode()

        monkeypatch.setattr(kind, "right_data", bent)
        done: Any = delivering.fetch(vault, request)["compared"]
        assert _counts(done) == {
            "given": 3, "delivered": 3, "missing": 1, "elsewhere": 1, "changed": 1,
        }  # fmt: skip
        named = done["which"]
        assert [len(named[key]) for key in ("missing", "changed", "elsewhere")] == [1, 1, 1]
        assert named["elsewhere"] == ["Not mine"]
        assert {*named["missing"], *named["changed"]} < {"Harbour", "Moon", "Fog"}
        assert rights.shown(vault, request)["compared"] == done


def test_what_was_put_right_there_is_not_altered(
    tmp_path: Path, serve: Callable[..., Served]
) -> None:
    clock = SetClock(datetime.now(UTC))
    served = serve(clock=clock)
    with new_vault(tmp_path / "mine", clock) as vault:
        name = connected(vault, served)
        bring(vault, ["Harbour", "Moon"])
        share(vault, name)
        served.settle()
        thing = keeping.things(vault)[0]
        asked = rectifying.ask(vault, name, str(thing["id"]), {"name": "Night"})
        waiting: Any = requests.listed(served.hub)["rights"]
        requests.fulfil(served.hub, reference=waiting[0]["id"])
        for heard in (False, True):
            if heard:
                rights.check(vault, name)
                assert rights.shown(vault, str(asked["id"]))["state"] == "fulfilled"
            request = str(rights.ask(vault, name, "portability")["id"])
            done: Any = delivering.fetch(vault, request)
            assert _counts(done["compared"])["changed"] == 0
            names = {each["name"] for part in done["document"]["parts"] for each in part["things"]}
            assert "Night" in names


def _counts(told: dict[str, Any]) -> dict[str, int]:
    return {key: value for key, value in told.items() if key != "which"}


@pytest.mark.parametrize(
    ("given", "came", "same"),
    [
        ("9.90", "9.9", True), ("9.90", 9.9, True), ("-3", "-3.00", True), ("100", "100.0", True),
        ("9.90", "9.91", False), ("9.90", "1e9", False), ("9.90", "9" * 400, False),
        ("9.90", "1e999999999", False), ("9.90", None, False), ("9.90", "", False),
    ],
)  # fmt: skip
def test_how_a_price_is_written_does_not_count(given: str, came: object, *, same: bool) -> None:
    forms = {delivered.form(_paid(price)) for price in (given, came)}
    assert (len(forms) == 1) is same


def _paid(price: object) -> Thing:
    data = {"@type": "PayAction", "price": price}
    return Thing(id="a", type="PayAction", name="Rent", time=None, source="bank", data=data)
