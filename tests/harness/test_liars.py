"""Organisations that lie about who they are, what was agreed and what they took.

Each lie is refused and shown, harms nothing, and everything goes on when it stops.
"""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from tests.harness.liar import ODD, ODD_ONES, OTHER_KEY, Dealing, Liar, Lie, Said
from tests.harness.sides import Served, bring, connected, new_vault, share

from firsthand.foundation.keys import new_log_key
from firsthand.protocol import wire
from firsthand.protocol.agreements import Answer, sign_answer
from firsthand.protocol.checkpoints import Checkpoint, sign_checkpoint, verifier_key
from firsthand.protocol.discovery import read_document, sign_document
from firsthand.protocol.identity import jwk_of, subject_of, thumbprint_of
from firsthand.protocol.jws import read_jws
from firsthand.protocol.keylog import sign_first
from firsthand.protocol.refusals import Refused
from firsthand.vault.acts import connecting, giving
from firsthand.vault.acts.opened import Vault
from firsthand.vault.terms.relationships import find

OTHER_LOG = new_log_key()


# --- who it is -----------------------------------------------------------------------------------


def other_key(said: Said) -> Said:
    document = read_document(said.body).document
    other = msgspec.structs.replace(
        document,
        keys=[jwk_of(OTHER_KEY.public_key())],
        key_log=[sign_first(OTHER_KEY, log_key=document.log_key, at=1)],
        subject=subject_of(thumbprint_of(OTHER_KEY.public_key())),
    )
    return said.but(sign_document(other, OTHER_KEY))


def another_start(dealing: Dealing) -> Lie:
    """The same key, but a log of keys that was begun anew."""

    def lie(said: Said) -> Said:
        document = read_document(said.body).document
        again = [sign_first(dealing.key, log_key=document.log_key, at=1)]
        return said.but(
            sign_document(msgspec.structs.replace(document, key_log=again), dealing.key)
        )

    return lie


def no_key_log(dealing: Dealing) -> Lie:
    def lie(said: Said) -> Said:
        document = read_document(said.body).document
        return said.but(sign_document(msgspec.structs.replace(document, key_log=[]), dealing.key))

    return lie


def other_log_key(dealing: Dealing) -> Lie:
    def lie(said: Said) -> Said:
        document = read_document(said.body).document
        other = verifier_key(dealing.served.hub.organisation.origin, OTHER_LOG.public_key())
        again = [sign_first(dealing.key, log_key=other, at=1)]
        changed = msgspec.structs.replace(document, log_key=other, key_log=again)
        return said.but(sign_document(changed, dealing.key))

    return lie


def shown_otherwise(said: Said) -> Said:
    return said.but({**said.json(), "name": "Another Reel"})


def named_twice(said: Said) -> Said:
    return said.but(said.body[:-1] + b',"name":"Another Reel"}')


WHO: dict[str, Callable[[Dealing], Lie]] = {
    "other key": lambda _: other_key,
    "other log key": other_log_key,
    "another start": another_start,
    "no key log": no_key_log,
    "shown otherwise": lambda _: shown_otherwise,
    "named twice": lambda _: named_twice,
    **ODD_ONES,
}


@pytest.mark.parametrize("lie", WHO)
def test_who_it_is(dealing: Dealing, lie: str) -> None:
    before = find(dealing.vault.store, dealing.name)
    dealing.liar.about(wire.PATH_DISCOVERY, WHO[lie](dealing))
    with pytest.raises(Refused) as caught:
        giving.preview(dealing.vault, dealing.name, giving.Choice())
    assert str(caught.value)
    assert find(dealing.vault.store, dealing.name) == before
    dealing.check_goes_on()


@pytest.mark.parametrize("lie", ["shown otherwise", "named twice", *ODD])
def test_who_it_is_at_first(stranger: Dealing, lie: str) -> None:
    stranger.liar.about(wire.PATH_DISCOVERY, WHO[lie](stranger))
    with pytest.raises(Refused):
        connecting.connect(stranger.vault, stranger.served.url)
    assert connecting.relationships(stranger.vault) == []
    stranger.liar.stop()
    stranger.name = connected(stranger.vault, stranger.served)
    stranger.check_goes_on()


# --- what was agreed -----------------------------------------------------------------------------


def answer_but(
    dealing: Dealing, key: EllipticCurvePrivateKey | None = None, **changes: object
) -> Lie:
    def lie(said: Said) -> Said:
        _, payload = read_jws(said.json()["answer"])
        answer = msgspec.structs.replace(msgspec.convert(payload, Answer), **changes)
        return said.but({**said.json(), "answer": sign_answer(answer, key or dealing.key)})

    return lie


AGREED: dict[str, Callable[[Dealing], Lie]] = {
    "of another key": lambda dealing: answer_but(dealing, OTHER_KEY),
    "to another proposal": lambda dealing: answer_but(dealing, proffer_sha256="0" * 64),
    "for another person": lambda dealing: answer_but(dealing, aud="urn:somebody"),
    "of another organisation": lambda dealing: answer_but(dealing, iss="urn:somebody"),
    "neither yes nor no": lambda dealing: answer_but(dealing, decision="perhaps"),
    "not signed": lambda _: lambda said: said.but({"answer": 7}),
    "countersigned otherwise": lambda dealing: (
        lambda said: said.but({"answer": dealing.liar.told[-1].json()["answer"][:-4] + "AAAA"})
    ),
    **ODD_ONES,
}


@pytest.mark.parametrize("lie", AGREED)
def test_what_was_agreed(stranger: Dealing, lie: str) -> None:
    stranger.liar.about(wire.PATH_AGREEMENTS, AGREED[lie](stranger))
    with pytest.raises(Refused):
        connecting.connect(stranger.vault, stranger.served.url)
    assert connecting.relationships(stranger.vault) == []
    stranger.liar.stop()
    stranger.name = connected(stranger.vault, stranger.served)
    stranger.check_goes_on()


def test_the_answer_to_somebody_else(stranger: Dealing, tmp_path: Path) -> None:
    with new_vault(tmp_path / "other") as other:
        connected(other, stranger.served)
    old = next(s for s in stranger.liar.told if s.path == wire.PATH_AGREEMENTS)
    stranger.liar.about(wire.PATH_AGREEMENTS, lambda said: said.but(old.body))
    with pytest.raises(Refused):
        connecting.connect(stranger.vault, stranger.served.url)
    assert connecting.relationships(stranger.vault) == []


# --- what was taken ------------------------------------------------------------------------------


def receipt_but(change: Callable[[Dealing, dict[str, Any]], None]) -> Callable[[Dealing], Lie]:
    def of(dealing: Dealing) -> Lie:
        def lie(said: Said) -> Said:
            receipt = said.json()
            change(dealing, receipt)
            return said.but(receipt)

        return lie

    return of


def other_checkpoint(dealing: Dealing, receipt: dict[str, Any]) -> None:
    lines = receipt["checkpoint"].split("\n")
    receipt["checkpoint"] = sign_checkpoint(
        Checkpoint(
            origin=dealing.served.hub.organisation.origin,
            size=int(lines[1]),
            root=base64.b64decode(lines[2]),
        ),
        OTHER_LOG,
    )


def larger(_: Dealing, receipt: dict[str, Any]) -> None:
    origin, size, rest = receipt["checkpoint"].split("\n", 2)
    receipt["checkpoint"] = f"{origin}\n{int(size) + 1}\n{rest}"


def first_receipt(dealing: Dealing) -> Lie:
    old = next(s for s in dealing.liar.told if s.path == wire.PATH_SIGNALS)
    return lambda said: said.but(old.body)


TAKEN: dict[str, Callable[[Dealing], Lie]] = {
    "of another batch": first_receipt,
    "of another leaf": receipt_but(lambda _, r: r.update(leaf="0" * 64)),
    "at another place": receipt_but(lambda _, r: r.update(index=r["index"] + 1)),
    "a wrong proof": receipt_but(lambda _, r: r.update(proof=[*r["proof"], "0" * 64])),
    "a proof turned round": receipt_but(lambda _, r: r.update(proof=["ab" * 32])),
    "a checkpoint of another key": receipt_but(other_checkpoint),
    "a checkpoint that was changed": receipt_but(larger),
    "more than was asked": receipt_but(lambda _, r: r.update(also=1)),
    **ODD_ONES,
}


@pytest.mark.parametrize("lie", TAKEN)
def test_what_was_taken(dealing: Dealing, lie: str) -> None:
    bring(dealing.vault, ["Fog"])
    dealing.liar.about(wire.PATH_SIGNALS, TAKEN[lie](dealing))
    for _ in range(2):
        told = share(dealing.vault, dealing.name)
        assert told["state"] == "waiting"
        assert told["reason"]
    assert dealing.states() == ["given", "waiting", "waiting"]
    if lie not in {"elsewhere", "huge"} and not lie.startswith("failing"):
        assert any("receipt" in warning for warning in dealing.warnings())
    dealing.check_goes_on()


def test_two_logs_of_one_size_are_noticed(serve: Callable[..., Served], vault: Vault) -> None:
    """A fork: a batch is proven against another history of the same length."""
    liar = Liar()
    dealing = Dealing(vault=vault, served=serve(wrap=liar), liar=liar)
    dealing.name = connected(vault, dealing.served)
    bring(vault, ["Harbour"])
    share(vault, dealing.name)
    organisation = dealing.served.hub.organisation
    relationship = find(dealing.vault.store, dealing.name)

    def lie(said: Said) -> Said:
        receipt = said.json()
        leaf = bytes.fromhex(receipt["leaf"])
        checkpoint = organisation.checkpoint(relationship.log_size, leaf)
        return said.but({**receipt, "index": 0, "proof": [], "checkpoint": checkpoint})

    assert relationship.log_size == 1
    dealing.liar.about(wire.PATH_SIGNALS, lie)
    share(dealing.vault, dealing.name)
    assert any("two different logs" in warning for warning in dealing.warnings())
