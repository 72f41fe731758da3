"""A thing is put right there field by field, within the deal; the answer that follows fits."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.harness.sides import Served, bring, connected, inbox, new_vault, share

from firsthand.protocol.refusals import Refused
from firsthand.vault.acts import rectifying, rights
from firsthand.vault.acts.keeping import things
from firsthand.vault.acts.opened import Vault
from firsthand.vault.roles.profile import given_things
from firsthand.vault.terms.relationships import find


@pytest.fixture
def given(tmp_path: Path, reel: Served) -> Iterator[tuple[Vault, str]]:
    """Somebody gave one film to Reel: the vault, and the film's id in it."""
    with new_vault(tmp_path / "mine") as vault:
        name = connected(vault, reel)
        bring(vault, ["Harbour"])
        share(vault, name)
        reel.settle()
        inbox(vault)
        (thing,) = things(vault)
        yield vault, str(thing["id"])


def test_it_is_asked_done_and_what_follows_fits(given: tuple[Vault, str], reel: Served) -> None:
    vault, thing = given
    fix = rectifying.fixable(vault, "reel", thing)
    assert (fix.organisation, fix.name, fix.now["name"]) == ("Reel", "Harbour", "Harbour")
    assert fix.now["startTime"] == "2024-01-08", "as coarse as they know it"
    assert "price" not in fix.now, "they know no price of a film"
    said = {"name": " Fog ", "startTime": "2024-02-14"}
    told: Any = rectifying.ask(vault, "reel", thing, said)
    assert told["state"] == "open"
    assert rectifying.in_words(vault, told) == [
        {"thing": "Harbour", "what": "Name", "is": "Fog"},
        {"thing": "Harbour", "what": "When", "is": "2024-02-12"},
    ]
    (waiting,) = [each for each in reel.act("rights")["rights"] if each["request"] == told["id"]]
    reel.act("rights fulfil", reference=waiting["id"], why="")
    reel.settle()
    found: Any = inbox(vault)["messages"]
    assert {each["verdict"] for each in found} == {"fits"}
    assert rights.shown(vault, told["id"])["state"] == "fulfilled"
    (there,) = given_things(vault.store, find(vault.store, "reel"))
    assert (there.name, there.time) == ("Fog", "2024-02-12")
    assert [each["name"] for each in things(vault)] == ["Harbour"], "my own stays as it is"


@pytest.mark.parametrize(
    ("thing", "fields", "wrong"),
    [
        ("nothing", {"name": "x"}, "was not given a thing"),
        ("", {}, "can put right: name"),
        ("", {"price": "1"}, "can put right: name"),
        ("", {"startTime": "soon"}, "no day"),
        ("", {"name": " "}, "1 to 4096 characters"),
    ],
)
def test_what_cannot_be_put_right(
    given: tuple[Vault, str], thing: str, fields: dict[str, str], wrong: str
) -> None:
    vault, own = given
    with pytest.raises(Refused, match=wrong):
        rectifying.ask(vault, "reel", thing or own, fields)
    assert rights.listed(vault) == []


def test_words_are_shown_as_they_are(given: tuple[Vault, str]) -> None:
    vault, _ = given
    told = rights.ask(vault, "reel", "rectification", details="It was another film.")
    assert rectifying.in_words(vault, told) == []


def test_a_time_too_fine_for_the_deal_does_not_leave(given: tuple[Vault, str]) -> None:
    vault, _ = given
    details = '{"corrections":[{"thing":"a","fields":{"startTime":"2024-02-14"}}]}'
    with pytest.raises(Refused, match=r"finer than your deal .* the week\. Say 2024-02-12"):
        rights.ask(vault, "reel", "rectification", details=details)
    assert rights.listed(vault) == []
