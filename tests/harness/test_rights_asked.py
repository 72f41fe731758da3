"""Rights from both sides: asked, answered, delivered, overdue; and organisations that lie of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from tests.harness.liar import ODD, ODD_ONES, OTHER_KEY, Dealing, Lie, Said
from tests.harness.sides import Served, bring, connected, inbox, new_vault, share

from firsthand.foundation.clock import SetClock
from firsthand.hub.acts import requests, statements
from firsthand.protocol import wire
from firsthand.protocol.jws import read_jws
from firsthand.protocol.refusals import Refused
from firsthand.protocol.rights import RIGHTS, Status, sign_status
from firsthand.protocol.roles.profile import TYPE_ANSWERED
from firsthand.vault.acts import connecting, delivering, overseeing, rights
from firsthand.vault.acts.keeping import things
from firsthand.vault.gate import Offline
from firsthand.vault.roles.profile import given_things
from firsthand.vault.terms.relationships import find, signer_of


def ask(dealing: Dealing, right: str, **how: str) -> dict[str, Any]:
    told: dict[str, Any] = rights.ask(dealing.vault, dealing.name, right, **how)
    return told


def hub_id(dealing: Dealing, told: dict[str, Any]) -> str:
    """What staff call a request."""
    listed: Any = dealing.served.act("rights")["rights"]
    return str(next(each["id"] for each in listed if each["request"] == told["id"]))


@pytest.mark.parametrize("right", [right for right in RIGHTS if right != "erasure"])
def test_a_right_is_asked_and_its_state_is_signed(dealing: Dealing, right: str) -> None:
    told = ask(dealing, right, details="everything, please")
    assert told["problem"] is None
    by_people = right in {"rectification", "objection"}  # in words that name no purpose
    assert told["state"] == ("open" if by_people else "fulfilled")
    assert told["answers"][-1]["jws"]
    assert told["days_left"] is None or 27 <= told["days_left"] <= 33
    (listed,) = rights.listed(dealing.vault)
    assert listed["id"] == told["id"]
    assert inbox(dealing.vault)["problems"] == {}
    verdicts = {each["type"]: each["verdict"] for each in inbox(dealing.vault)["messages"]}
    assert verdicts[wire.TYPE_RIGHT_CHANGED] == "fits"
    assert rights.shown(dealing.vault, told["id"][:6])["id"] == told["id"]


def test_an_erasure_by_right_ends_the_deal_and_is_confirmed(dealing: Dealing) -> None:
    before = [ask(dealing, right) for right in ("portability", "restriction")]
    before.append(ask(dealing, "objection", details="No letters."))
    assert [(one["open"], one["can_take_back"], one["has_data"]) for one in before] == [
        (False, False, True), (False, True, False), (True, True, False),
    ]  # fmt: skip
    told = ask(dealing, "erasure")
    assert (told["state"], told["problem"]) == ("fulfilled", None)
    after: Any = [rights.shown(dealing.vault, one["id"]) for one in before]
    assert not any(one[key] for one in after for key in ("open", "can_take_back", "has_data"))
    assert [one["days_left"] for one in after] == [None] * 3
    deal: Any = connecting.relationship(dealing.vault, dealing.name)
    assert deal["state"] == "erased"
    assert set(dealing.states()) == {"erased"}


def test_a_decision_reaches_the_person_either_way(dealing: Dealing) -> None:
    told = ask(dealing, "rectification", details="I never saw this film")
    dealing.served.act("rights extend", reference=hub_id(dealing, told), why="We look into it.")
    assert rights.check(dealing.vault, dealing.name) == 1
    after: Any = rights.shown(dealing.vault, told["id"])
    assert (after["state"], after["words"]) == ("in_progress", "We look into it.")
    assert after["expected_by"] > told["expected_by"]
    dealing.served.act(
        "rights deny", reference=hub_id(dealing, told), reason="other", why="You did see it."
    )
    assert inbox(dealing.vault)["problems"] == {}  # it comes as a message, too
    after = rights.shown(dealing.vault, told["id"])
    assert (after["state"], after["reason"], after["words"]) == (
        "denied",
        "other",
        "You did see it.",
    )
    assert [each["state"] for each in after["answers"]] == ["open", "in_progress", "denied"]
    letter: Any = rights.complain(dealing.vault, told["id"], "de", lang="de", sender="Greta")
    assert "You did see it." in letter["text"]
    assert "DSGVO" in letter["text"]


def test_what_is_delivered_comes_back_as_things_of_mine(dealing: Dealing) -> None:
    before: Any = things(dealing.vault, limit=0)
    told = ask(dealing, "portability")
    done: Any = delivering.fetch(dealing.vault, told["id"])
    assert (done["read"], done["added"], done["known"]) == (1, 0, 1)
    with dealing.vault.store.transaction() as tx:
        tx._connection.execute("DELETE FROM things")  # noqa: SLF001 - as if it had been lost
    done = delivering.fetch(dealing.vault, told["id"])
    assert (done["read"], done["added"]) == (1, 1)
    (back,) = things(dealing.vault, limit=0)
    assert back["id"] == before[0]["id"]
    assert (back["name"], back["source"]) == (before[0]["name"], "reel")
    assert delivering.fetch(dealing.vault, told["id"])["added"] == 0
    # What came from one organisation can be given to another.
    assert share(dealing.vault, dealing.name, source="reel")["state"] == "given"


def test_an_access_says_all_that_they_have(dealing: Dealing) -> None:
    told = ask(dealing, "access")
    done: Any = delivering.fetch(dealing.vault, told["id"])
    about = done["document"]["parts"][0]["about"]
    assert about["organisation"] == "Reel"
    assert about["reads"]


def test_one_that_is_away_is_asked_when_it_is_back(
    serve: Callable[..., Served], tmp_path: Path
) -> None:
    served, clock = serve(), SetClock(datetime.now(UTC))
    with new_vault(tmp_path / "patient", clock) as vault:
        name = connected(vault, served)
        bring(vault, ["Harbour"])
        share(vault, name)
        served.stop()
        told: Any = rights.ask(vault, name, "access")
        assert told["sent_at"] is None
        assert told["says"] == "It has not been sent yet."
        assert told["problem"]
        clock.advance(timedelta(days=40))
        (late,) = rights.listed(vault)
        assert late["overdue"] is True
        assert int(str(late["days_left"])) < 0
        assert "has passed" in str(rights.complain(vault, told["id"], "FR")["text"])
        served.clock = clock
        served.start()
        assert rights.check(vault, name) == 1
        assert rights.shown(vault, told["id"])["state"] == "fulfilled"


# --- lies ----------------------------------------------------------------------------------------


def status_but(
    key: EllipticCurvePrivateKey | None = None, **changes: object
) -> Callable[[Dealing], Lie]:
    def of(dealing: Dealing) -> Lie:
        def lie(said: Said) -> Said:
            if "status" not in said.json():
                return said
            told = msgspec.convert(read_jws(said.json()["status"])[1], Status)
            changed = msgspec.structs.replace(told, **changes)
            return said.but({"status": sign_status(changed, key or dealing.key)})

        return lie

    return of


LIES: dict[str, Callable[[Dealing], Lie]] = {
    "of another key": status_but(OTHER_KEY),
    "of another request": status_but(request="another"),
    "for another person": status_but(aud="urn:somebody"),
    "of another organisation": status_but(iss="urn:somebody"),
    "no state": status_but(status="perhaps"),
    "denied without a reason": status_but(status="denied"),
    "denied by a reason of nobody": status_but(status="denied", reason="no_mood"),
    "far too late": status_but(expected_by="2999-01-01"),
    "no day": status_but(expected_by="tomorrow"),
    "another beginning": status_but(received_at=1),
    "older than before": status_but(iat=1),
    "longer without a word": status_but(expected_by="2099-01-01"),
    "not signed": lambda _: lambda said: said.but({"status": 7}),
    "a letter changed": lambda _: (
        lambda said: said.but({"status": said.json()["status"][:-5] + "AAAAA"})
    ),
    **ODD_ONES,
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_a_status_that_does_not_hold_changes_nothing(dealing: Dealing, lie: str) -> None:
    told = ask(dealing, "rectification", details="x")
    dealing.liar.about(wire.PATH_RIGHTS, LIES[lie](dealing))
    before: Any = rights.shown(dealing.vault, told["id"])
    with pytest.raises((Refused, Offline)):
        rights.check(dealing.vault, dealing.name)
    after: Any = rights.shown(dealing.vault, told["id"])
    assert {**after, "problem": None} == {**before, "problem": None}
    problems: Any = overseeing.oversee(dealing.vault, dealing.name)["problems"]
    assert problems
    dealing.liar.stop()
    dealing.served.act("rights fulfil", reference=hub_id(dealing, told), why="Done.")
    assert rights.check(dealing.vault, dealing.name) == 1
    assert rights.shown(dealing.vault, told["id"])["state"] == "fulfilled"


@pytest.mark.parametrize("lie", [name for name in LIES if name != "longer without a word"])
def test_a_first_answer_that_does_not_hold_leaves_it_unsent(dealing: Dealing, lie: str) -> None:
    if lie in {"another beginning", "older than before"}:
        pytest.skip("there is nothing before it")
    dealing.liar.about(wire.PATH_RIGHTS, LIES[lie](dealing))
    told = ask(dealing, "rectification", details="x")
    assert told["problem"]
    assert (told["sent_at"], told["answers"]) == (None, [])
    dealing.liar.stop()
    assert rights.check(dealing.vault, dealing.name) == 1  # the same request, answered once


def test_an_old_state_again_changes_nothing(dealing: Dealing) -> None:
    told = ask(dealing, "rectification", details="x")
    first = told["answers"][0]["jws"]
    dealing.served.act("rights extend", reference=hub_id(dealing, told), why="We look into it.")
    rights.check(dealing.vault, dealing.name)
    dealing.liar.about(wire.PATH_RIGHTS, lambda said: said.but({"status": first}))
    with pytest.raises(Refused):
        rights.check(dealing.vault, dealing.name)
    assert rights.shown(dealing.vault, told["id"])["state"] == "in_progress"


def thing_but(part: dict[str, Any], **changes: object) -> dict[str, Any]:
    return {**part, "things": [{**part["things"][0], **changes}]}


DELIVERED: dict[str, Callable[[dict[str, Any]], Any]] = {
    "of another request": lambda part: {**part, "request": "another"},
    "no things": lambda part: {**part, "things": {}},
    "a thing without data": lambda part: {**part, "things": [{"id": "1", "type": "X"}]},
    "a thing without end": lambda part: thing_but(part, name="x" * 9999),
    "a thing of no day": lambda part: thing_but(part, time="soon"),
    "a number for a name": lambda part: thing_but(part, name=7),
    "no next": lambda part: {key: part[key] for key in part if key != "next"},
    "a word for next": lambda part: {**part, "next": "soon"},
}  # fmt: skip


@pytest.mark.parametrize("lie", [*DELIVERED, *ODD])
def test_a_delivery_that_does_not_hold_keeps_nothing(dealing: Dealing, lie: str) -> None:
    told = ask(dealing, "portability")
    before = things(dealing.vault, limit=0)
    if lie in ODD:
        dealing.liar.about(f"{wire.PATH_RIGHTS}/{told['id']}/data", ODD[lie])
    else:
        dealing.liar.about(
            f"{wire.PATH_RIGHTS}/{told['id']}/data",
            lambda said: said.but(DELIVERED[lie](said.json())),
        )
    with pytest.raises((Refused, Offline)):
        delivering.fetch(dealing.vault, told["id"])
    assert things(dealing.vault, limit=0) == before
    assert rights.shown(dealing.vault, told["id"])["fetched_at"] is None
    dealing.liar.stop()
    assert delivering.fetch(dealing.vault, told["id"])["read"] == 1


def test_a_delivery_without_end_ends(dealing: Dealing) -> None:
    told = ask(dealing, "portability")
    dealing.liar.about(
        f"{wire.PATH_RIGHTS}/{told['id']}/data",
        lambda said: said.but({**said.json(), "more": True, "next": 0}),
    )
    assert delivering.fetch(dealing.vault, told["id"])["read"] == 1


@pytest.mark.parametrize(
    ("right", "how"),
    [("dance", {}), ("access", {"regime": "hammurabi"}), ("access", {"details": "x" * 5000})],
)
def test_what_cannot_be_asked_is_refused(dealing: Dealing, right: str, how: dict[str, str]) -> None:
    with pytest.raises(Refused):
        rights.ask(dealing.vault, dealing.name, right, **how)
    assert rights.listed(dealing.vault) == []


def test_a_restriction_is_lifted_and_an_organisation_cannot_lift_it_itself(
    dealing: Dealing,
) -> None:
    told = ask(dealing, "restriction")
    assert told["can_take_back"] is True
    back: Any = rights.take_back(dealing.vault, told["id"])
    assert (back["state"], back["unconfirmed"], back["problem"]) == ("revoked", False, None)
    assert [each["state"] for each in back["answers"]] == ["fulfilled", "revoked", "revoked"]
    assert inbox(dealing.vault)["problems"] == {}
    with pytest.raises(Refused, match="nothing to take back"):
        rights.take_back(dealing.vault, told["id"])
    kept = ask(dealing, "restriction")
    person = signer_of(dealing.vault.store, find(dealing.vault.store, dealing.name)).thumbprint
    requests.take_back(dealing.served.hub, person, kept["id"])
    inbox(dealing.vault)
    assert rights.shown(dealing.vault, kept["id"])["state"] == "fulfilled"
    newest: Any = inbox(dealing.vault)["messages"]
    assert "here you did not" in newest[0]["verdict_detail"]


def test_what_is_taken_back_while_they_are_away_waits_and_its_clock_stops(
    serve: Callable[..., Served], tmp_path: Path
) -> None:
    served, clock = serve(), SetClock(datetime.now(UTC))
    with new_vault(tmp_path / "back", clock) as vault:
        name = connected(vault, served)
        bring(vault, ["Harbour"])
        share(vault, name)
        wrong: Any = rights.ask(vault, name, "rectification", details="x")
        served.stop()
        never: Any = rights.ask(vault, name, "restriction")
        for told in (wrong, never):
            back: Any = rights.take_back(vault, told["id"])
            assert (back["open"], back["unconfirmed"]) == (False, True)
            assert (back["days_left"], back["overdue"]) == (None, False)
        clock.advance(timedelta(days=60))
        assert not any(each["overdue"] for each in rights.listed(vault))
        served.clock = clock
        served.start()
        assert rights.check(vault, name) == 2
        assert {each["state"] for each in rights.listed(vault)} == {"revoked"}
        assert rights.check(vault, name) == 0


def test_an_answer_to_what_was_put_right_still_fits(dealing: Dealing) -> None:
    served, vault = dealing.served, dealing.vault
    relationship = find(vault.store, dealing.name)
    (given,) = given_things(vault.store, relationship)
    fixed = {"corrections": [{"thing": given.id, "fields": {"name": "Lantern Row"}}]}
    told = ask(dealing, "rectification", details=msgspec.json.encode(fixed).decode())
    served.act("rights fulfil", reference=hub_id(dealing, told), why="")
    served.settle()
    newest: Any = inbox(vault)
    assert newest["problems"] == {}
    answers = [each for each in newest["messages"] if each["type"] == TYPE_ANSWERED]
    assert len(answers) == 2, "another answer follows what was put right"
    assert {each["verdict"] for each in answers} == {"fits"}
    assert [one.name for one in given_things(vault.store, relationship)] == ["Lantern Row"]


def test_what_is_taken_back_from_who_has_erased_everything_is_over(dealing: Dealing) -> None:
    told, kept = ask(dealing, "objection"), find(dealing.vault.store, dealing.name)
    person = signer_of(dealing.vault.store, kept).thumbprint
    statements.erase(dealing.served.hub, person, str(kept.agreement))
    back: Any = rights.take_back(dealing.vault, told["id"])
    assert (back["state"], back["unconfirmed"], back["problem"]) == ("revoked", False, None)
