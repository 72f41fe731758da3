"""Organisations that rewrite their log, fork it, cut it, or tell otherwise who looked.

Each is caught and kept with both signed statements. Giving stops until the person decides.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.harness.liar import ODD, OTHER_KEY, Dealing, Lie, Said
from tests.harness.sides import PURPOSE, bring, connected, new_vault, share

from firsthand.protocol import wire
from firsthand.protocol.checkpoints import verify_checkpoint
from firsthand.protocol.evidence import check
from firsthand.protocol.jws import read_jws
from firsthand.protocol.merkle import leaf_hash, node_hash
from firsthand.protocol.reads_told import ReadsTold, sign_reads_told
from firsthand.protocol.refusals import Refused
from firsthand.vault.acts import changing, logging, looked, overseeing, witnessing
from firsthand.vault.acts.proving import export_log
from firsthand.vault.gate import Offline
from firsthand.vault.terms.looks import PROBLEMS
from firsthand.vault.terms.relationships import find, signer_of

OTHER_ROOT = leaf_hash(b"another history")


def signed(dealing: Dealing, size: int, root: bytes = OTHER_ROOT) -> str:
    return dealing.served.hub.organisation.checkpoint(size, root)


def size_of(dealing: Dealing) -> int:
    seen: Any = witnessing.seen(dealing.vault, dealing.name)["checkpoints"]
    return int(seen[-1]["size"])


def grow(dealing: Dealing, title: str = "Fog") -> None:
    bring(dealing.vault, [title])
    assert share(dealing.vault, dealing.name)["state"] == "given"


def newest_but(change: Callable[[Dealing], str]) -> Callable[[Dealing], Lie]:
    def of(dealing: Dealing) -> Lie:
        text = change(dealing)
        # What lies below that path, such as the proofs, is answered honestly.
        return lambda said: said.but({"checkpoint": text}) if said.path == wire.PATH_LOG else said

    return of


def forked(dealing: Dealing) -> str:
    return signed(dealing, size_of(dealing))


def cut(dealing: Dealing) -> str:
    return signed(dealing, size_of(dealing) - 1)


def rewritten(dealing: Dealing) -> str:
    return signed(dealing, size_of(dealing) + 3)


def an_old_one(dealing: Dealing) -> str:
    rows: Any = witnessing.seen(dealing.vault, dealing.name)["checkpoints"]
    return str(rows[0]["checkpoint"])


LOGS: dict[str, tuple[Callable[[Dealing], str], str]] = {
    "a fork": (forked, "fork"),
    "a log that was cut": (cut, "older"),
    "a log that was rewritten": (rewritten, "rewrite"),
    "an old checkpoint again": (an_old_one, "older"),
}


@pytest.mark.parametrize("lie", LOGS)
def test_a_log_that_does_not_fit(dealing: Dealing, lie: str, tmp_path: Path) -> None:
    grow(dealing)
    witnessing.follow(dealing.vault, dealing.name)
    change, kind = LOGS[lie]
    dealing.liar.about(wire.PATH_LOG, newest_but(change)(dealing))
    told: Any = witnessing.follow(dealing.vault, dealing.name)
    (conflict,) = told["conflicts"]
    assert conflict["kind"] == kind
    assert told["doubt"]
    log_key = find(dealing.vault.store, dealing.name).organisation.log_key
    for statement in (conflict["first"], conflict["second"]):
        verify_checkpoint(statement, log_key)  # the evidence stands by itself
    assert len(dealing.warnings()) == 1
    assert witnessing.doubts(dealing.vault)[0]["organisation"] == "Reel"
    # Two of one length prove it to anybody who holds the file alone.
    export_log(dealing.vault, tmp_path / "log.json")
    broken = [each for each in check((tmp_path / "log.json").read_bytes()) if not each.ok]
    assert {each.what for each in broken} == ({"growth"} if kind == "fork" else set())
    # Nothing more is given until the person decides, also when it is honest again.
    dealing.liar.stop()
    before = dealing.states()
    bring(dealing.vault, ["Tide"])
    with pytest.raises(Refused, match="until you decide"):
        share(dealing.vault, dealing.name)
    assert dealing.states() == before
    assert witnessing.go_on(dealing.vault, dealing.name)["doubt"] is None
    assert share(dealing.vault, dealing.name)["state"] == "given"
    with pytest.raises(Refused, match="nothing to decide"):
        witnessing.go_on(dealing.vault, dealing.name)


def test_a_proof_that_proves_nothing(dealing: Dealing) -> None:
    witnessing.follow(dealing.vault, dealing.name)
    grow(dealing)
    dealing.liar.about(wire.PATH_LOG_CONSISTENCY, lambda said: said.but({"proof": ["ab" * 32]}))
    told: Any = witnessing.follow(dealing.vault, dealing.name)
    assert [each["kind"] for each in told["conflicts"]] == ["rewrite"]
    assert "ab" * 32 in told["conflicts"][0]["answer"]


@pytest.mark.parametrize("lie", ODD)
@pytest.mark.parametrize("path", [wire.PATH_LOG, wire.PATH_READS])
def test_an_odd_answer_changes_nothing(dealing: Dealing, path: str, lie: str) -> None:
    witnessing.follow(dealing.vault, dealing.name)
    before = witnessing.seen(dealing.vault, dealing.name)
    dealing.liar.about(path, ODD[lie])
    act = witnessing.follow if path == wire.PATH_LOG else looked.ask
    with pytest.raises((Refused, Offline)):
        act(dealing.vault, dealing.name)
    problems: Any = overseeing.oversee(dealing.vault, dealing.name)["problems"]
    assert problems
    assert witnessing.seen(dealing.vault, dealing.name) == before
    dealing.check_goes_on()


def test_an_honest_log_is_proven_and_verifies_offline(dealing: Dealing, tmp_path: Path) -> None:
    for title in ("Fog", "Moon", "Tide"):
        grow(dealing, title)
    dealing.served.settle()
    told: Any = witnessing.follow(dealing.vault, dealing.name)
    assert told["conflicts"] == []
    assert all(each["proven"] for each in told["checkpoints"])
    assert len(told["checkpoints"]) >= 3
    assert logging.log(dealing.vault, verify=True)["growth"] == []
    looked.ask(dealing.vault, dealing.name)
    export_log(dealing.vault, tmp_path / "log.json")
    findings = check((tmp_path / "log.json").read_bytes())
    assert [each for each in findings if not each.ok or not each.shown] == []
    assert {"growth", "looks"} <= {each.what for each in findings}
    # A proof that was changed on the disk is found.
    with dealing.vault.store.transaction() as tx:
        row = tx.row("checkpoints.largest", subject=told["subject"])
        assert row is not None
        proof = json.dumps(["cd" * 32])
        tx.run("checkpoints.prove", id=row["id"], proof=proof, basis=row["basis"])
    assert logging.log(dealing.vault, verify=True)["growth"] != []
    assert logging.log(dealing.vault, verify=True)["problems"] == 1


# --- another vault -------------------------------------------------------------------------------


def test_two_vaults_compare_one_log(dealing: Dealing, tmp_path: Path) -> None:
    witnessing.follow(dealing.vault, dealing.name)
    with new_vault(tmp_path / "other") as other:
        theirs = connected(other, dealing.served)
        bring(other, ["Sun"])
        share(other, theirs)
        seen = witnessing.follow(other, theirs)
    text = msgspec.json.encode(seen).decode()
    assert witnessing.compare(dealing.vault, dealing.name, text)["verdict"] == "same"
    one: Any = seen["checkpoints"]
    assert (
        witnessing.compare(dealing.vault, dealing.name, one[-1]["checkpoint"])["verdict"] == "same"
    )
    assert witnessing.seen(dealing.vault, dealing.name)["conflicts"] == []


@pytest.mark.parametrize("larger", [0, 5])
def test_a_log_for_somebody_else_is_found(dealing: Dealing, larger: int) -> None:
    witnessing.follow(dealing.vault, dealing.name)
    text = signed(dealing, size_of(dealing) + larger, node_hash(OTHER_ROOT, OTHER_ROOT))
    done = witnessing.compare(dealing.vault, dealing.name, text)
    assert done["verdict"] == "different"
    told: Any = witnessing.seen(dealing.vault, dealing.name)
    (conflict,) = told["conflicts"]
    assert (conflict["kind"], conflict["second"]) == ("compared", text)
    bring(dealing.vault, ["Tide"])
    with pytest.raises(Refused, match="until you decide"):
        share(dealing.vault, dealing.name)


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "[7]", '{"seen": "x"}', "{", "\u0000", "a\n1\nb\n\n\u2014 x\n", "[" * 9000,
     '{"subject": "urn:other", "checkpoints": []}', '{"a": 1, "a": 2}', "\ud800"],
)  # fmt: skip
def test_what_is_no_checkpoint_is_refused(dealing: Dealing, text: str) -> None:
    witnessing.follow(dealing.vault, dealing.name)
    with pytest.raises(Refused):
        witnessing.compare(dealing.vault, dealing.name, text)
    assert witnessing.seen(dealing.vault, dealing.name)["conflicts"] == []


# --- who looked ----------------------------------------------------------------------------------


def statement(said: Said) -> ReadsTold:
    return msgspec.convert(read_jws(said.json()["signed"])[1], ReadsTold)


def looks_but(change: Callable[[ReadsTold], ReadsTold]) -> Callable[[Dealing], Lie]:
    def of(dealing: Dealing) -> Lie:
        def lie(said: Said) -> Said:
            told = change(statement(said))
            return said.but({"signed": sign_reads_told(told, dealing.key)})

        return lie

    return of


def look(dealing: Dealing) -> None:
    """Staff look at what was given."""
    person = signer_of(dealing.vault.store, find(dealing.vault.store, dealing.name)).thumbprint
    dealing.served.settle()
    assert dealing.served.things_of(person, PURPOSE)


def named(told: ReadsTold, name: str) -> ReadsTold:
    reads = [msgspec.structs.replace(each, name=name) for each in told.reads]
    return msgspec.structs.replace(told, reads=reads)


def without_first(told: ReadsTold) -> ReadsTold:
    return msgspec.structs.replace(told, reads=told.reads[1:])


def test_who_looked_is_kept_and_told_once(dealing: Dealing) -> None:
    look(dealing)
    assert looked.ask(dealing.vault, dealing.name) > 0
    look(dealing)
    assert looked.ask(dealing.vault, dealing.name) == 1
    assert looked.ask(dealing.vault, dealing.name) == 0
    told: Any = looked.looked(dealing.vault, dealing.name)
    assert told["unasked"] is None
    assert told["wrong"] == 0
    assert [each["n"] for each in told["looks"]] == list(range(told["total"], 0, -1))
    assert told["looks"][0]["purpose"] == PURPOSE
    assert told["looks"][0]["fields"]
    assert dealing.warnings() == []


def test_a_look_that_was_left_out_is_a_warning(dealing: Dealing) -> None:
    look(dealing)
    look(dealing)
    dealing.liar.about(wire.PATH_READS, looks_but(without_first)(dealing))
    looked.ask(dealing.vault, dealing.name)
    assert any("left out" in warning for warning in dealing.warnings())


def test_a_look_that_is_told_otherwise_is_kept_with_both(dealing: Dealing) -> None:
    look(dealing)
    looked.ask(dealing.vault, dealing.name)
    first: Any = looked.looked(dealing.vault, dealing.name, fetch=False)["looks"]
    lie = looks_but(lambda told: named(told, "nobody"))(dealing)
    dealing.liar.about(wire.PATH_READS, lie)
    looked.ask(dealing.vault, dealing.name)
    seen: Any = witnessing.seen(dealing.vault, dealing.name)
    assert [each["kind"] for each in seen["conflicts"]] == ["looks"]
    second: Any = read_jws(seen["conflicts"][0]["second"])[1]
    assert second["reads"][0]["name"] == "nobody"
    assert looked.looked(dealing.vault, dealing.name, fetch=False)["looks"] == first
    assert seen["doubt"] is None  # a warning; the log itself fits


def test_a_look_for_another_purpose_is_marked(dealing: Dealing) -> None:
    look(dealing)

    def training(told: ReadsTold) -> ReadsTold:
        reads = [msgspec.structs.replace(each, purpose="training") for each in told.reads]
        return msgspec.structs.replace(told, reads=reads)

    dealing.liar.about(wire.PATH_READS, looks_but(training)(dealing))
    told: Any = looked.looked(dealing.vault, dealing.name)
    assert told["wrong"] == told["total"]
    assert told["wrong"] > 0
    assert "does not allow" in told["looks"][0]["problem"]


def test_a_look_that_the_deal_does_not_allow_since_it_was_changed_is_marked(
    dealing: Dealing, tmp_path: Path
) -> None:
    look(dealing)
    changing.change(dealing.vault, dealing.name, changing.Wanted(terms="SD-BASE"))

    def late(told: ReadsTold) -> ReadsTold:
        reads = [
            msgspec.structs.replace(each, purpose="offers", at=each.at + 600) for each in told.reads
        ]
        return msgspec.structs.replace(told, reads=reads)

    dealing.liar.about(wire.PATH_READS, looks_but(late)(dealing))
    told: Any = looked.looked(dealing.vault, dealing.name)
    assert {each["problem"] for each in told["looks"]} == {PROBLEMS["replaced"]}
    export_log(dealing.vault, tmp_path / "log.json")
    wrong = [each for each in check((tmp_path / "log.json").read_bytes()) if not each.ok]
    assert "not allowed since the deal was changed" in str(wrong)


LOOKS: dict[str, Callable[[Dealing], Lie]] = {
    "for another person": looks_but(lambda t: msgspec.structs.replace(t, aud="urn:somebody")),
    "of another organisation": looks_but(lambda t: msgspec.structs.replace(t, iss="urn:x")),
    "from another number": looks_but(lambda t: msgspec.structs.replace(t, after=t.after + 1)),
    "to another number": looks_but(lambda t: msgspec.structs.replace(t, next=t.next + 1)),
    "turned round": looks_but(lambda t: msgspec.structs.replace(t, reads=t.reads[::-1])),
    "at no time": looks_but(
        lambda t: msgspec.structs.replace(
            t, reads=[msgspec.structs.replace(each, at=2**60) for each in t.reads]
        )
    ),
    "of another key": lambda _: (
        lambda said: said.but({"signed": sign_reads_told(statement(said), OTHER_KEY)})
    ),
    "not signed": lambda _: lambda said: said.but({"signed": 7}),
}


@pytest.mark.parametrize("lie", LOOKS)
def test_a_forged_statement_is_refused(dealing: Dealing, lie: str) -> None:
    look(dealing)
    look(dealing)
    dealing.liar.about(wire.PATH_READS, LOOKS[lie](dealing))
    with pytest.raises(Refused):
        looked.ask(dealing.vault, dealing.name)
    assert looked.looked(dealing.vault, dealing.name)["looks"] == []
    dealing.liar.stop()
    assert looked.ask(dealing.vault, dealing.name) > 0
