"""A connection is found by the name a person would say; keys and ids are one relationship's own."""

import secrets
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.harness.sides import Served, bring, connected

from firsthand.protocol.refusals import Refused
from firsthand.vault.acts import connecting, ending, giving
from firsthand.vault.acts.bringing import import_paths
from firsthand.vault.acts.opened import Vault
from firsthand.vault.terms.relationships import (
    NoSuchRelationship,
    agreement_of,
    find,
    free_name,
    signer_for,
)

SEED = secrets.token_bytes(32)


@pytest.mark.parametrize("said", ["reel", "Reel", "REEL", " reel "])
def test_a_connection_is_found_by_its_name_or_the_organisations(
    reel: Served, mine: Vault, said: str
) -> None:
    connected(mine, reel)
    assert find(mine.store, said).name == "reel"
    assert connecting.relationship(mine, said)["name"] == "reel"


def test_an_active_one_comes_first(reel: Served, mine: Vault) -> None:
    connected(mine, reel)
    ending.revoke(mine, "Reel")
    connected(mine, reel)
    assert find(mine.store, "Reel").name == "reel-2"
    assert find(mine.store, "reel").name == "reel"
    ending.revoke(mine, "Reel")
    assert [each["state"] for each in connecting.relationships(mine)] == ["ended", "ended"]


def test_without_a_number_the_one_in_force_is_meant(reel: Served, mine: Vault) -> None:
    connected(mine, reel)
    ending.revoke(mine, "reel")
    connected(mine, reel)
    assert [connecting.meant(mine, name) for name in ("reel", "Reel", "reel-2", "reel-1")] == [
        "reel-2", "reel-2", "reel-2", "reel",
    ]  # fmt: skip
    listed = connecting.relationships(mine)
    assert [(each["name"], each["called"]) for each in listed] == [
        ("reel", "reel-1"), ("reel-2", "reel-2"),
    ]  # fmt: skip
    bring(mine, ["Harbour"])
    assert giving.share(mine, connecting.meant(mine, "reel"), giving.Choice())["state"] == "given"
    with pytest.raises(Refused, match="The one in force is called reel-2"):
        giving.share(mine, "reel", giving.Choice())
    ending.revoke(mine, "reel-2")
    assert connecting.meant(mine, "reel") == "reel"
    assert connecting.in_force_with(mine, "reel") is None


def test_what_is_newer_and_not_in_the_deal_hides_nothing(
    reel: Served, mine: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = connected(mine, reel)
    bring(mine, ["Harbour"])
    (film,) = giving.chosen_things(mine, name, giving.Choice())
    days = "".join(f"BEGIN:VEVENT\nUID:{n}\nSUMMARY:Swim {n}\nDTSTART:2099010{n}T100000Z\n"
                   "END:VEVENT\n" for n in range(1, 6))  # fmt: skip
    file = tmp_path / "later.ics"
    file.write_text(f"BEGIN:VCALENDAR\nVERSION:2.0\n{days}END:VCALENDAR\n")
    assert import_paths(mine, [file])
    assert mine.store.rows("things.newest", limit=1)[0]["type"] == "Event"
    monkeypatch.setattr(giving, "THINGS_MAX", 2)
    assert giving.chosen_things(mine, name, giving.Choice()) == [film]
    assert giving.chosen_things(mine, name, giving.Choice(things=(film.id,))) == [film]
    for choice in (giving.Choice(things=(film.id,), type="Event"), giving.Choice(things=("x",))):
        with pytest.raises(Refused, match="no thing with the id"):
            giving.chosen_things(mine, name, choice)
    with pytest.raises(Refused, match="at most 2"):
        giving.chosen_things(mine, name, giving.Choice(type="Event"))


def test_two_that_could_be_meant_are_both_named(reel: Served, mine: Vault, serve: object) -> None:
    assert callable(serve)
    connected(mine, reel)
    connected(mine, serve("Reel"))
    with pytest.raises(NoSuchRelationship, match="reel or reel-2"):
        find(mine.store, "REEL")


def test_one_that_is_not_there_names_those_that_are(reel: Served, mine: Vault) -> None:
    with pytest.raises(NoSuchRelationship, match="none yet"):
        find(mine.store, "bank")
    connected(mine, reel)
    with pytest.raises(NoSuchRelationship, match="You have: reel"):
        giving.share(mine, "bank", giving.Choice())


@given(st.text(max_size=60))
def test_a_free_name_can_be_typed(name: str) -> None:
    class Nobody:
        def rows(self, _: str) -> list[object]:
            return []

    made = free_name(Nobody(), name)  # type: ignore[arg-type]
    assert made
    assert made.isascii()
    assert made == made.lower()
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


def test_names_of_other_scripts_and_of_nothing(mine: Vault) -> None:
    assert free_name(mine.store, "Käse & Söhne") == "kase-sohne"
    assert free_name(mine.store, "映画") == "organisation"


@given(st.sampled_from(["urn:a", "urn:b"]), st.integers(0, 3))
def test_keys_come_again_and_differ_by_organisation_and_attempt(who: str, attempt: int) -> None:
    one, same = signer_for(SEED, who, attempt), signer_for(SEED, who, attempt)
    assert (one.thumbprint, one.secret) == (same.thumbprint, same.secret)
    for other in (signer_for(SEED, who + "x", attempt), signer_for(SEED, who, attempt + 1)):
        assert other.thumbprint != one.thumbprint
        assert other.secret != one.secret


def test_a_deal_that_was_changed_in_the_file_is_not_believed(reel: Served, mine: Vault) -> None:
    name = connected(mine, reel)
    kept = find(mine.store, name)
    with mine.store.transaction() as tx:
        tx._connection.execute(  # noqa: SLF001 - as somebody would who holds the key
            "UPDATE agreements SET proffer = replace(proffer, 'A', 'B')"
        )
    with pytest.raises(Exception, match=r".") as caught:
        agreement_of(mine.store, kept)
    assert "Refused" in type(caught.value).__name__
