"""Organisations that lie about what they answer and how it ended.

Each lie is refused and shown, harms nothing, and everything goes on when it stops.
"""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from tests.harness.liar import ODD, ODD_ONES, OTHER_KEY, Dealing, Lie, Said
from tests.harness.sides import bring, connected, inbox, share

from firsthand.protocol import wire
from firsthand.protocol.jws import read_jws, sign_jws
from firsthand.protocol.receipts import read_erasure, read_revocation, sign_erasure, sign_revocation
from firsthand.protocol.refusals import Refused
from firsthand.vault.acts import ending, giving, logging
from firsthand.vault.terms.relationships import find

# --- what came back ------------------------------------------------------------------------------


def message_but(
    change: Callable[[dict[str, Any]], None], key: EllipticCurvePrivateKey | None = None
) -> Callable[[Dealing], Lie]:
    """Change each message and sign it anew, with the organisation's own key."""

    def of(dealing: Dealing) -> Lie:
        def lie(said: Said) -> Said:
            found = said.json()
            for message in found["messages"]:
                _, payload = read_jws(message["jws"])
                event: dict[str, Any] = dict(payload)
                change(event)
                message["jws"] = sign_jws(event, key=key or dealing.key, typ=wire.TYP_MESSAGE)
            return said.but(found)

        return lie

    return of


def messages_but(change: Callable[[list[Any]], Any]) -> Callable[[Dealing], Lie]:
    def lie(said: Said) -> Said:
        found = said.json()
        found["messages"] = change(found["messages"])
        return said.but(found)

    return lambda _: lie


def replayed(dealing: Dealing) -> Lie:
    """The first message ever, under the number that is due."""
    told = [said for said in dealing.liar.told if said.path == wire.PATH_INBOX]
    old = next(said for said in reversed(told) if said.json()["messages"])
    jws = old.json()["messages"][0]["jws"]
    return lambda said: said.but({"messages": [{"n": 2, "jws": jws}], "more": False})


CAME: dict[str, Callable[[Dealing], Lie]] = {
    "of another key": message_but(lambda _: None, OTHER_KEY),
    "for another person": message_but(lambda e: e.update(subject="urn:somebody")),
    "of another organisation": message_but(lambda e: e.update(source="urn:somebody")),
    "under another agreement": message_but(lambda e: e.update(agreement="0" * 64)),
    "out of order": message_but(lambda e: e.update(sequence=e["sequence"] + 1)),
    "with a gap": messages_but(lambda m: [{**one, "n": one["n"] + 1} for one in m]),
    "without content": message_but(lambda e: e.update(data="nothing")),
    "replayed": replayed,
    "not signed": messages_but(lambda m: [{**one, "jws": "a.b.c"} for one in m]),
    "without a number": messages_but(lambda m: [{**one, "n": "two"} for one in m]),
    "no list": messages_but(lambda _: {"a": 1}),
    "no messages": messages_but(lambda m: [1 for _ in m]),
    **ODD_ONES,
}


@pytest.mark.parametrize("lie", CAME)
def test_what_came_back(dealing: Dealing, lie: str) -> None:
    before = inbox(dealing.vault)["messages"]
    dealing.liar.about(wire.PATH_INBOX, CAME[lie](dealing))
    bring(dealing.vault, ["Sun"])
    share(dealing.vault, dealing.name)
    dealing.served.settle()
    for _ in range(2):
        found = inbox(dealing.vault)
        assert found["problems"][dealing.name]
        assert found["messages"] == before
    assert find(dealing.vault.store, dealing.name).inbox_after == len(before)
    assert len(dealing.warnings()) == len(set(dealing.warnings()))
    dealing.check_goes_on()


ANSWERED: dict[str, Callable[[Dealing], Lie]] = {
    "other picks": message_but(lambda e: e["data"]["picks"].reverse()),
    "a pick more": message_but(
        lambda e: e["data"]["picks"].append({"item": "9", "name": "Buy this", "score": 1})
    ),
    "another rule": message_but(lambda e: e["data"].update(rule="0" * 64)),
    "another basis": message_but(lambda e: e["data"].update(basis="0" * 64)),
    "other words": message_but(lambda e: e["data"].update(note="Only today!")),
    "no answer": message_but(lambda e: e.update(data={"picks": 7})),
}


@pytest.mark.parametrize("lie", ANSWERED)
def test_an_answer_that_its_rule_does_not_give(dealing: Dealing, lie: str) -> None:
    bring(dealing.vault, ["Moon"])
    share(dealing.vault, dealing.name)
    dealing.served.settle()
    dealing.liar.about(wire.PATH_INBOX, ANSWERED[lie](dealing))
    newest = inbox(dealing.vault)["messages"][0]
    assert newest["verdict"] == "differs"
    assert newest["verdict_detail"]
    dealing.check_goes_on()


@pytest.mark.parametrize("lie", ["other items", *ODD])
def test_a_catalogue_that_is_not_the_published(stranger: Dealing, lie: str) -> None:
    stranger.name = connected(stranger.vault, stranger.served)
    bring(stranger.vault, ["Harbour"])
    lies: dict[str, Lie] = {
        "other items": lambda said: said.but([{"id": "1", "name": "Buy this"}]), **ODD
    }  # fmt: skip
    stranger.liar.about(wire.PATH_CATALOGUES, lies[lie])
    with pytest.raises(Refused):
        giving.preview(stranger.vault, stranger.name, giving.Choice())
    assert stranger.vault.store.rows("inbox.catalogue", sha256="x") == []
    stranger.check_goes_on()
    assert giving.preview(stranger.vault, stranger.name, giving.Choice())["answer_with"]


# --- how it ended --------------------------------------------------------------------------------


def ending_but(
    change: Callable[[Dealing, Any], Any], key: EllipticCurvePrivateKey | None = None
) -> Callable[[Dealing], Lie]:
    def of(dealing: Dealing) -> Lie:
        def lie(said: Said) -> Said:
            token, public = said.json()["receipt"], dealing.key.public_key()
            if said.path == wire.PATH_ERASURES:
                erasure = change(dealing, read_erasure(token, key=public))
                return said.but({"receipt": sign_erasure(erasure, key or dealing.key)})
            revocation = change(dealing, read_revocation(token, key=public))
            return said.but({"receipt": sign_revocation(revocation, key or dealing.key)})

        return lie

    return of


def with_(**changes: object) -> Callable[[Dealing, Any], Any]:
    return lambda _, receipt: msgspec.structs.replace(receipt, **changes)


def as_revocation(dealing: Dealing) -> Lie:
    """An erasure's receipt, signed as the receipt of a revocation."""

    def lie(said: Said) -> Said:
        _, payload = read_jws(said.json()["receipt"])
        return said.but({"receipt": sign_jws(payload, key=dealing.key, typ=wire.TYP_REVOCATION)})

    return lie


ENDED: dict[str, Callable[[Dealing], Lie]] = {
    "of another agreement": ending_but(with_(agreement="0" * 64)),
    "for another person": ending_but(with_(aud="urn:somebody")),
    "of another organisation": ending_but(with_(iss="urn:somebody")),
    "of another key": ending_but(lambda _, receipt: receipt, OTHER_KEY),
    "no receipt": lambda _: lambda said: said.but({"thanks": "bye"}),
    **ODD_ONES,
}
ERASED = {
    "leaves out one": ending_but(lambda _, r: msgspec.structs.replace(r, leaves=r.leaves[1:])),
    "leaves out all": ending_but(with_(leaves=[], batches=0)),
    "counts otherwise": ending_but(with_(batches=7)),
    "is a revocation": as_revocation,
}


@pytest.mark.parametrize("lie", [*ENDED, *(f"erasure {name}" for name in [*ENDED, *ERASED])])
def test_how_it_ended(dealing: Dealing, lie: str) -> None:
    erase = lie.startswith("erasure ")
    bring(dealing.vault, ["Fog"])
    share(dealing.vault, dealing.name)
    path = wire.PATH_ERASURES if erase else wire.PATH_REVOCATIONS
    dealing.liar.about(path, {**ENDED, **ERASED}[lie.removeprefix("erasure ")](dealing))
    done: Any = ending.revoke(dealing.vault, dealing.name, erase=erase)
    assert (done["state"], done["confirmed"]) == ("ended", False)
    assert done["endings"][-1]["state"] == "waiting"
    assert done["endings"][-1]["reason"]
    if lie.removeprefix("erasure ") not in ODD:
        assert any("confirmation" in warning for warning in dealing.warnings())
    with pytest.raises(Refused):
        share(dealing.vault, dealing.name)
    dealing.liar.stop()
    inbox(dealing.vault)
    told: Any = logging.log(dealing.vault, verify=True)
    assert told["problems"] == 0
    assert [end["state"] for end in told["endings"]] == ["confirmed"]
    assert find(dealing.vault.store, dealing.name).state == ("erased" if erase else "ended")
