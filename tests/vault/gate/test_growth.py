"""How an organisation's log is followed: what is asked, what proves it, what is kept of a lie."""

import json
from itertools import pairwise
from typing import Any

import pytest
from tests.vault.gate.heard import Heeded, answer, refusing
from tests.vault.gate.test_asking import document_of_tomorrow

from firsthand.foundation.clock import stamp
from firsthand.foundation.egress import Answer
from firsthand.protocol import wire
from firsthand.protocol.merkle import leaf_hash
from firsthand.protocol.refusals import Refused
from firsthand.vault.gate.growth import ANSWER_CHARS_MAX
from firsthand.vault.terms import checkpoints

pytestmark = pytest.mark.usefixtures("refused_in_words")

OTHER_ROOT = leaf_hash(b"another history")


def seen(deal: Heeded) -> list[dict[str, Any]]:
    """The checkpoints that were seen, the smallest first."""
    return deal.rows("checkpoints.of_subject", subject=deal.relationship.subject)


def grown(deal: Heeded, *titles: str) -> list[dict[str, Any]]:
    for title in titles:
        deal.give(title)
    deal.heard.asked.clear()
    return seen(deal)


def signed(deal: Heeded, size: int, root: bytes = OTHER_ROOT) -> str:
    return deal.served.hub.organisation.checkpoint(size, root)


def asked_between(*sizes: int) -> str:
    return f"{wire.PATH_LOG_CONSISTENCY}?first={sizes[0]}&second={sizes[1]}"


def forget(deal: Heeded, row: dict[str, Any]) -> None:
    """As if nobody had proven it yet."""
    with deal.vault.store.transaction() as tx:
        tx.run("checkpoints.prove", id=row["id"], proof=None, basis=None)


def newest(deal: Heeded, text: object, proofs: Answer | None = None) -> None:
    """They say that this is their newest, and answer this where a proof is asked for."""
    answers = {wire.PATH_LOG: answer({"checkpoint": text})}

    def instead(path: str) -> Answer | None:
        found = answers.get(path)
        return proofs if found is None and path.startswith(wire.PATH_LOG_CONSISTENCY) else found

    deal.heard.instead = lambda asked: instead(asked.path)


def test_each_is_proven_to_add_to_the_one_before(deal: Heeded) -> None:
    rows = grown(deal, "Fog", "Sun", "Tide")
    one, two, three = (row["size"] for row in rows)
    assert [row["proof"] for row in rows] == ["[]", None, None]
    deal.gate.follow_log("reel")
    between = [asked_between(one, two), asked_between(two, three)]
    assert deal.heard.paths() == [wire.PATH_LOG, *between]
    rows = seen(deal)
    assert [row["basis"] for row in rows] == [None, one, two]
    for below, above in pairwise(rows):
        assert checkpoints.adds(below, above, json.loads(above["proof"]))
    assert checkpoints.problems(deal.vault.store, deal.relationship) == []
    deal.gate.follow_log("reel")
    assert deal.heard.paths() == [wire.PATH_LOG], "what is proven is not asked for again"
    assert (seen(deal), deal.warnings()) == (rows, [])


@pytest.mark.parametrize("missing", [0, 1])
def test_what_comes_in_between_is_proven_to_both_sides(deal: Heeded, missing: int) -> None:
    rows = grown(deal, "Fog", "Sun", "Tide")
    deal.gate.follow_log("reel")
    deal.heard.asked.clear()
    sizes = [row["size"] for row in rows]
    forget(deal, rows[missing])
    with deal.vault.store.transaction() as tx:  # as it was before the one below it was seen
        tx.run("checkpoints.prove", id=rows[missing + 1]["id"], proof="[7]", basis=None)
    deal.gate.follow_log("reel")
    below = [asked_between(*sizes[:2])] if missing else []
    above = asked_between(*sizes[missing : missing + 2])
    assert deal.heard.paths() == [wire.PATH_LOG, *below, above]
    assert [row["basis"] for row in seen(deal)] == [None, *sizes[:2]]
    assert all(row["proof"] is not None for row in seen(deal))
    assert seen(deal)[0]["proof"] == "[]"
    assert checkpoints.problems(deal.vault.store, deal.relationship) == []


def test_what_is_kept_is_checked_anew(deal: Heeded) -> None:
    grown(deal, "Fog")
    about = {"subject": deal.relationship.subject, "seen_in": "reel", "seen_at": "2026"}
    root, text = OTHER_ROOT.hex(), signed(deal, 7)
    with deal.vault.store.transaction() as tx:
        tx.run("checkpoints.add", size=97, root=root, text="of nobody", proof="[]", **about)
        tx.run("checkpoints.add", size=98, root=root, text=text, proof="[]", **about)
        tx.run("checkpoints.add", size=7, root=root, text=text, proof="[]", **about)
    row = next(row for row in seen(deal) if row["size"] == 7)
    with deal.vault.store.transaction() as tx:
        tx.run("checkpoints.prove", id=row["id"], proof="[]", basis=5)
    unproven, unsigned, unlike = checkpoints.problems(deal.vault.store, deal.relationship)
    assert unproven == "It is not proven that the log of 7 adds to the one before."
    assert unsigned.startswith("The checkpoint at 97: A checkpoint of its log: ")
    assert unlike == "The checkpoint at 98 is not what it is listed as."


def test_a_log_that_was_never_seen_is_begun_with(deal: Heeded) -> None:
    assert seen(deal) == []
    newest(deal, signed(deal, 7))
    deal.gate.follow_log("reel")
    assert deal.heard.paths() == [wire.PATH_LOG]
    (row,) = seen(deal)
    assert (row["size"], row["proof"], row["basis"]) == (7, "[]", None)
    assert row["seen_at"] == stamp(deal.clock.now())


def kept(deal: Heeded, kind: str) -> checkpoints.Conflict:
    """The one thing that did not fit; and from then on nobody is asked anything."""
    (conflict,) = checkpoints.conflicts(deal.vault.store, deal.relationship.subject)
    assert (conflict.kind, conflict.relationship) == (kind, "reel")
    assert conflict.at == stamp(deal.clock.now())
    deal.heard.asked.clear()
    deal.gate.follow_log("reel")
    assert deal.heard.paths() == []
    return conflict


def test_an_older_log_is_kept_as_it_was_signed(deal: Heeded) -> None:
    rows = grown(deal, "Fog", "Sun")
    older = signed(deal, rows[1]["size"] - 1)
    newest(deal, older)
    deal.gate.follow_log("reel")
    assert deal.heard.paths() == [wire.PATH_LOG]
    conflict = kept(deal, "older")
    assert (conflict.first, conflict.second, conflict.answer) == (rows[1]["text"], older, "")
    assert seen(deal) == rows


def test_another_log_of_the_same_size_is_a_fork(deal: Heeded) -> None:
    rows = grown(deal, "Fog", "Sun")
    other = signed(deal, rows[1]["size"])
    newest(deal, other)
    deal.gate.follow_log("reel")
    assert deal.heard.paths() == [wire.PATH_LOG], "nothing is proven any more"
    conflict = kept(deal, "fork")
    assert (conflict.first, conflict.second) == (rows[1]["text"], other)
    assert seen(deal) == rows
    (problem,) = checkpoints.problems(deal.vault.store, deal.relationship)
    assert "two different logs" in problem


def test_what_proves_nothing_is_kept_with_the_answer(deal: Heeded) -> None:
    rows = grown(deal, "Fog", "Sun", "Tide")
    one, two = rows[0]["size"], rows[1]["size"]
    refused = refusing("not_found")
    proven: tuple[tuple[Answer, object], ...] = (
        (answer({"proof": 7}), 7),
        (answer([7]), None),
        (answer({}), None),
        (refused, None),
    )
    for said, proof in proven:
        newest(deal, rows[2]["text"], said)
        assert deal.gate.consistency("reel", one, two) == (proof, said.body.decode())
    said = answer({"proof": [], "x": "x" * 20_000})
    newest(deal, rows[2]["text"], said)
    deal.heard.asked.clear()
    deal.gate.follow_log("reel")
    assert deal.heard.paths() == [wire.PATH_LOG, asked_between(one, two)], "no other is asked for"
    conflict = kept(deal, "rewrite")
    assert (conflict.first, conflict.second) == (rows[0]["text"], rows[1]["text"])
    assert ANSWER_CHARS_MAX == 16_384
    assert conflict.answer == said.body.decode()[:16_384]
    assert seen(deal) == rows


def test_a_lie_about_the_one_above_proves_neither(deal: Heeded) -> None:
    rows = grown(deal, "Fog", "Sun", "Tide")
    deal.gate.follow_log("reel")
    forget(deal, rows[1])
    before = seen(deal)
    above = asked_between(rows[1]["size"], rows[2]["size"])
    with deal.heard.answering(above, {"proof": []}):
        deal.gate.follow_log("reel")
    conflict = kept(deal, "rewrite")
    assert (conflict.first, conflict.second) == (rows[1]["text"], rows[2]["text"])
    assert seen(deal) == before


def test_what_can_be_asked_again_later_is_no_lie(deal: Heeded) -> None:
    rows = grown(deal, "Fog", "Sun")
    broken = answer(b'{"detail":"\xff"}', 404)
    for said, words in ((refusing("busy", "Later."), "Later."), (broken, "with status 404")):
        newest(deal, rows[1]["text"], said)
        with pytest.raises(Refused, match=words):
            deal.gate.follow_log("reel")
    with (
        deal.heard.answering(wire.PATH_LOG, refusing("busy", "Not now.")),
        pytest.raises(Refused, match="Not now"),
    ):
        deal.gate.follow_log("reel")
    assert checkpoints.conflicts(deal.vault.store, deal.relationship.subject) == []
    assert seen(deal) == rows
    deal.heard.instead = lambda _: None
    deal.gate.follow_log("reel")
    assert all(row["proof"] is not None for row in seen(deal))


def test_what_is_no_log_is_refused(deal: Heeded) -> None:
    rows = grown(deal, "Fog")
    none = "The organisation's log has no checkpoint."
    unread = "What came of its log cannot be read."
    for said, words in ((b"<html>", unread), ([7], none), ({}, none), ({"checkpoint": 7}, none)):
        with deal.heard.answering(wire.PATH_LOG, said), pytest.raises(Refused) as caught:
            deal.gate.follow_log("reel")
        refusal = caught.value.refusal
        assert (refusal.reason, refusal.detail) == ("shape_invalid", words)
    assert seen(deal) == rows


def test_a_log_of_an_unknown_key_has_the_keys_read_anew(deal: Heeded) -> None:
    rows = grown(deal, "Fog")
    tomorrow = document_of_tomorrow(deal)
    of_another_key = answer({"checkpoint": "of another key"})
    answers = {wire.PATH_LOG: of_another_key, wire.PATH_DISCOVERY: answer(tomorrow)}
    deal.heard.instead = lambda asked: answers.get(asked.path)
    with pytest.raises(Refused) as caught:
        deal.gate.follow_log("reel")
    assert caught.value.refusal.reason == "signature_invalid"
    assert deal.relationship.document == tomorrow
    assert seen(deal) == rows
