"""An exported log holds, or what was done to it is found, said and placed."""

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.protocol import paper

from firsthand.protocol.canonical import canonical, sha256_hex
from firsthand.protocol.checkpoints import Checkpoint, sign_checkpoint, verifier_key
from firsthand.protocol.evidence import Finding, check
from firsthand.protocol.exported_log import Part, Seen, read_log, write_log
from firsthand.protocol.identity import jwk_of
from firsthand.protocol.jws import read_jws
from firsthand.protocol.keylog import one_key, read_key_log, sign_first, sign_next
from firsthand.protocol.merkle import EMPTY_ROOT, leaf_hash
from firsthand.protocol.refusals import Refused

WHOLE = paper.part()
BODY = msgspec.json.encode(read_log(write_log([WHOLE])))
ROWS, SEEN = WHOLE.disclosures, WHOLE.checkpoints


def failures(body: bytes | Part) -> list[Finding]:
    raw = write_log([body]) if isinstance(body, Part) else body
    return [finding for finding in check(raw) if not finding.ok]


def test_what_was_done_holds() -> None:
    findings = check(BODY)
    assert [finding for finding in findings if not finding.ok or not finding.shown] == []
    assert {finding.what for finding in findings} >= {
        "key log", "person", "seal", "agreement", "content", "signature", "receipt", "row",
        "growth", "one log", "ending", "confirmation", "change", "looks",
    }  # fmt: skip
    assert check(write_log([WHOLE])) == findings


def test_keys_from_elsewhere_are_compared() -> None:
    mine = read_key_log(paper.KEY_LOG)
    shorter = read_key_log(paper.KEY_LOG[:1])
    bare = one_key(jwk_of(paper.OLD.public_key()), paper.LOG_KEY)
    for known in [mine, shorter, bare]:
        assert all(finding.ok for finding in check(BODY, [known]))
    forked = [paper.FIRST_KEY]
    forked.append(
        sign_next(
            forked, key=paper.STRANGER.public_key(), log_key=paper.LOG_KEY, at=paper.ROTATED,
            signer=paper.OLD,
        )
    )  # fmt: skip
    other = [sign_first(paper.STRANGER, log_key=paper.LOG_KEY, at=1)]
    for known in [read_key_log(forked), read_key_log(other)]:
        assert any(not finding.ok for finding in check(BODY, [known]))


def test_a_longer_key_log_from_elsewhere_is_followed() -> None:
    """A file from before the key changed holds, and what the new key signed needs the new log."""
    old = paper.but(
        WHOLE,
        organisation=msgspec.structs.replace(WHOLE.organisation, key_log=paper.KEY_LOG[:1]),
    )
    assert {finding.what for finding in failures(old)} == {"confirmation"}
    known = read_key_log(paper.KEY_LOG)
    assert all(finding.ok for finding in check(write_log([old]), [known]))


@given(st.integers(0, len(BODY) - 1), st.integers(0, 255))
def test_every_changed_byte_is_found(place: int, value: int) -> None:
    changed = BODY[:place] + bytes([value]) + BODY[place + 1 :]
    if changed != BODY and not _reads_the_same(changed):
        assert failures(changed)


@pytest.mark.parametrize("start", range(61))
def test_changed_bytes_are_found_all_over_the_file(start: int) -> None:
    for place in range(start * 3, len(BODY), 61 * 7):
        changed = BODY[:place] + bytes([BODY[place] ^ 1]) + BODY[place + 1 :]
        assert _reads_the_same(changed) or failures(changed), place


def _reads_the_same(changed: bytes) -> bool:
    """White space and the like: another text of the same content."""
    try:
        return read_log(changed) == read_log(BODY)
    except Refused:
        return False


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b"null", b"\xff", BODY[:-1], BODY[: len(BODY) // 2], BODY + b"x",
     BODY[:-1] + b',"version":1}', BODY.replace(b'"version":1', b'"version":2'),
     BODY.replace(b'"person":', b'"person":"somebody","person":', 1), write_log([])],
    ids=range(12),
)  # fmt: skip
def test_what_is_no_log_is_said_so(body: bytes) -> None:
    found = failures(body)
    assert [finding.what for finding in found] == ["file"]
    assert found[0].why


LISTS = ["agreements", "disclosures", "checkpoints", "endings", "changes", "reads"]


@pytest.mark.parametrize("name", LISTS)
def test_nobody_else_drops_doubles_or_reorders(name: str) -> None:
    rows = getattr(WHOLE, name)
    changed = [rows[:n] + rows[n + 1 :] for n in range(len(rows))]
    changed += [[*rows[:n], rows[n], *rows[n:]] for n in range(len(rows))]
    changed += [rows[::-1]] if len(rows) > 1 else []
    for each in changed:
        assert failures(msgspec.structs.replace(WHOLE, **{name: each})), each


@pytest.mark.parametrize("name", ["agreements", "disclosures", "endings", "reads"])
def test_not_even_the_person_doubles_or_reorders(name: str) -> None:
    rows = getattr(WHOLE, name)
    for n in range(len(rows)):
        assert failures(paper.but(WHOLE, **{name: [*rows[:n], rows[n], *rows[n:]]}))
    if len(rows) > 1 and name != "endings":  # in which order both ends are listed says nothing
        assert failures(paper.but(WHOLE, **{name: rows[::-1]}))


def test_checkpoints_stand_in_the_order_in_which_the_log_grew() -> None:
    for n in range(len(SEEN) - 1):
        swapped = [*SEEN[:n], SEEN[n + 1], SEEN[n], *SEEN[n + 2 :]]
        assert "growth" in {f.what for f in failures(paper.but(WHOLE, checkpoints=swapped))}


def test_not_even_the_person_leaves_out_what_lies_between() -> None:
    for n in range(len(ROWS) - 1):
        found = failures(paper.but(WHOLE, disclosures=ROWS[:n] + ROWS[n + 1 :]))
        assert "row" in {finding.what for finding in found}
    assert failures(paper.but(WHOLE, reads=WHOLE.reads[1:]))
    assert failures(paper.but(WHOLE, agreements=[]))
    for n in range(1, len(WHOLE.checkpoints) - 1):
        rows = WHOLE.checkpoints[:n] + WHOLE.checkpoints[n + 1 :]
        assert "growth" in {
            finding.what for finding in failures(paper.but(WHOLE, checkpoints=rows))
        }


# --- the organisation's log ----------------------------------------------------------------------


def forked() -> list[Seen]:
    """Another history of the same length after the second checkpoint."""
    tree = paper.Tree()
    for n in range(6):
        tree.add(leaf_hash(f"another {n}".encode()))
    return [*WHOLE.checkpoints[:3], Seen(checkpoint=tree.checkpoint(), proof=tree.growth(4))]


def of_size(size: int, root: bytes, key: object = paper.LOG, origin: str = paper.ORIGIN) -> str:
    return sign_checkpoint(Checkpoint(origin=origin, size=size, root=root), key)  # type: ignore[arg-type]


LOGS: dict[str, Callable[[], list[Seen]]] = {
    "fork": forked,
    "old checkpoint": lambda: [*SEEN, SEEN[1]],
    "size 0 with a root": lambda: [
        Seen(checkpoint=of_size(0, b"r" * 32), proof=[]), *SEEN[1:]
    ],
    "back to size 0": lambda: [*SEEN, Seen(checkpoint=of_size(0, EMPTY_ROOT), proof=[])],
    "foreign origin": lambda: [
        *SEEN, Seen(checkpoint=of_size(9, b"r" * 32, origin="other.example"), proof=[])
    ],
    "foreign key": lambda: [
        *SEEN, Seen(checkpoint=of_size(9, b"r" * 32, key=paper.OTHER_LOG), proof=[])
    ],
    "same size, other root": lambda: [
        *SEEN, Seen(checkpoint=of_size(6, b"r" * 32), proof=[])
    ],
    "proof cut": lambda: [*SEEN[:-1], Seen(checkpoint=SEEN[-1].checkpoint, proof=[])],
    "proof longer": lambda: [
        *SEEN[:-1], Seen(checkpoint=SEEN[-1].checkpoint, proof=[*(SEEN[-1].proof or []), "00" * 32])
    ],
    "proof no hex": lambda: [*SEEN[:-1], Seen(checkpoint=SEEN[-1].checkpoint, proof=["no"])],
    "proof for the first": lambda: [
        Seen(checkpoint=SEEN[1].checkpoint, proof=SEEN[1].proof or ["00" * 32]), *SEEN[2:]
    ],
}  # fmt: skip


@pytest.mark.parametrize("lie", LOGS)
def test_a_log_that_was_changed_is_found(lie: str) -> None:
    assert failures(paper.but(WHOLE, checkpoints=LOGS[lie]()))


def test_a_foreign_log_is_no_log_even_with_its_own_key() -> None:
    other = verifier_key("other.example", paper.OTHER_LOG.public_key())
    keys = [sign_first(paper.OLD, log_key=other, at=paper.START - paper.HOUR)]
    organisation = msgspec.structs.replace(WHOLE.organisation, key_log=keys)
    assert {"receipt", "checkpoint"} <= {
        finding.what for finding in failures(paper.but(WHOLE, organisation=organisation))
    }


@pytest.mark.parametrize("size", range(12))
@pytest.mark.parametrize("more", [0, 1, 5])
def test_growth_is_proven_for_every_size(size: int, more: int) -> None:
    tree = paper.Tree()
    for n in range(size):
        tree.add(leaf_hash(bytes([n])))
    first = Seen(checkpoint=tree.checkpoint(), proof=[])
    for n in range(more):
        tree.add(leaf_hash(bytes([100 + n])))
    second = Seen(checkpoint=tree.checkpoint(), proof=tree.growth(size))
    bare = paper.but(
        WHOLE, disclosures=[], endings=[], reads=[], changes=[], checkpoints=[first, second]
    )
    assert failures(bare) == []
    swapped = paper.but(bare, checkpoints=[second, msgspec.structs.replace(first, proof=[])])
    assert bool(failures(swapped)) is (more > 0)


def test_what_was_not_fetched_is_no_failure_and_no_proof() -> None:
    rows = [Seen(checkpoint=each.checkpoint) for each in SEEN]
    open_ones = [
        finding
        for finding in check(write_log([paper.but(WHOLE, checkpoints=rows)]))
        if not finding.shown
    ]
    assert [finding.what for finding in open_ones] == ["growth"] * 3
    bare = check(write_log([paper.but(WHOLE, checkpoints=[])]))
    assert all(finding.ok for finding in bare)
    assert [finding.what for finding in bare if not finding.shown] == ["growth"]


def test_two_things_at_one_place_are_found() -> None:
    tree = paper.Tree()
    tree.add(leaf_hash(b"somebody else"))
    twin = paper.batch(tree, 20, 2)
    rows = [ROWS[0], twin]
    found = failures(paper.but(WHOLE, disclosures=rows, checkpoints=[], endings=[]))
    assert {"log", "one log"} & {finding.what for finding in found}


# --- rows ----------------------------------------------------------------------------------------

ROW: dict[str, dict[str, object]] = {
    "purpose": {"purpose": "training"},
    "field": {"fields": ["name"]},
    "count": {"things": 2},
    "role": {"role": "feedback"},
    "agreement": {"agreement": "0" * 64},
    "body": {"body": (ROWS[1].body or "").replace("Dark", "Bark")},
    "hash": {"sha256": "0" * 64},
    "no hash": {"sha256": "00"},
    "no receipt": {"receipt": None},
    "another's receipt": {"receipt": ROWS[0].receipt},
    "never signed": {"headers": None},
    "state": {"state": "lost"},
    "label": {"headers": paper.headers_but(ROWS[1], **{
        "firsthand-batch": (ROWS[0].headers or {})["firsthand-batch"]})},
    "signature": {"headers": paper.headers_but(
        ROWS[1], Signature=(ROWS[0].headers or {})["Signature"])},
    "digest": {"headers": paper.headers_but(ROWS[1], **{
        "content-digest": (ROWS[0].headers or {})["content-digest"]})},
}  # fmt: skip


@pytest.mark.parametrize("lie", ROW)
def test_a_row_that_says_something_else_is_found(lie: str) -> None:
    changed = paper.but(WHOLE, disclosures=paper.replaced(ROWS, 1, **ROW[lie]))
    found = failures(changed)
    assert found
    assert all("entry 20" in f.where or "entry 30" in f.where for f in found)


def test_without_its_content_a_row_is_still_proven() -> None:
    changed = paper.but(WHOLE, disclosures=paper.replaced(ROWS, 1, body=None))
    assert failures(changed) == []


def test_what_never_left_needs_no_proof() -> None:
    waiting = msgspec.structs.replace(
        ROWS[2], position=40, state="withdrawn", headers=None, receipt=None
    )
    assert failures(paper.but(WHOLE, disclosures=[*ROWS, waiting])) == []


# --- endings, looks, seals -----------------------------------------------------------------------


def endings_but(n: int, **changes: object) -> Part:
    rows = list(WHOLE.endings)
    rows[n] = msgspec.structs.replace(rows[n], **changes)
    return paper.but(WHOLE, endings=rows)


def full_tree() -> paper.Tree:
    tree = paper.Tree()
    for n in range(1, 4):
        tree.add(leaf_hash(f"somebody else's {n}".encode()))
        paper.batch(tree, n * 10, n)
    return tree


TAKEN = [1, 3, 5]
ENDS: dict[str, Callable[[], Part]] = {
    "of another agreement": lambda: endings_but(0, agreement="0" * 64),
    "other words": lambda: endings_but(0, body=WHOLE.endings[0].body.replace("-1", "-2")),
    "words twice": lambda: endings_but(0, body=WHOLE.endings[0].body[:-1] + ',"at":1}'),
    "another signature": lambda: endings_but(0, headers=dict(WHOLE.endings[1].headers)),
    "another receipt": lambda: endings_but(0, receipt=WHOLE.endings[1].receipt),
    "another person": lambda: endings_but(0, receipt=paper.revoked(aud="urn:somebody")),
    "another deal": lambda: endings_but(0, receipt=paper.revoked(agreement="0" * 64)),
    "by a key before its time": lambda: endings_but(0, receipt=paper.revoked(iat=paper.START)),
    "one left out": lambda: endings_but(1, receipt=paper.erased(full_tree(), TAKEN[:2])),
    "counted otherwise": lambda: endings_but(
        1, receipt=paper.erased(full_tree(), TAKEN, batches=4)
    ),
    "without a checkpoint": lambda: endings_but(
        1, receipt=paper.erased(full_tree(), TAKEN, checkpoint="none")
    ),
    "twice": lambda: paper.but(WHOLE, endings=[*WHOLE.endings, WHOLE.endings[0]]),
}


@pytest.mark.parametrize("lie", ENDS)
def test_an_end_that_was_bent_is_found(lie: str) -> None:
    assert {finding.what for finding in failures(ENDS[lie]())} & {"ending", "confirmation"}


def test_an_end_that_is_not_confirmed_is_told() -> None:
    findings = check(write_log([endings_but(0, receipt=None)]))
    assert [finding.what for finding in findings if not finding.shown] == ["confirmation"]
    assert all(finding.ok for finding in findings)


@pytest.mark.parametrize(
    "reads",
    [
        [paper.looks(0, [1], purpose="training")],
        [paper.looks(0, [1], at=paper.ROTATED + paper.HOUR + 1)],
        [paper.looks(0, [1], agreement="0" * 64)],
        [paper.looks(0, [1], count=-1)],
        [paper.looks(0, [2, 1])],
        [paper.looks(0, [1, 1])],
        [paper.looks(1, [2])],
        [paper.looks(0, [1]), paper.looks(2, [3])],
        ["no.state.ment"],
    ],
    ids=[
        "purpose", "after the end", "agreement", "count", "order", "twice", "not from the first",
        "one left out", "no statement",
    ],
)  # fmt: skip
def test_a_look_that_was_not_allowed_or_left_out_is_found(reads: list[str]) -> None:
    assert "looks" in {finding.what for finding in failures(paper.but(WHOLE, reads=reads))}


def test_a_seal_is_of_this_person_and_this_part() -> None:
    other = paper.but(WHOLE, reads=[])
    for seal in ["", other.seal, WHOLE.seal[:-4] + "AAAA"]:
        found = failures(msgspec.structs.replace(WHOLE, seal=seal))
        assert "seal" in {finding.what for finding in found}
    assert failures(paper.but(WHOLE, person="urn:somebody"))
    assert check(write_log([WHOLE, WHOLE]))[0].why == "One relationship is there more than once."


def test_the_sum_of_a_part_is_that_of_its_canonical_form() -> None:
    whole = msgspec.to_builtins(msgspec.structs.replace(WHOLE, seal=""))
    assert read_jws(WHOLE.seal)[1]["sha256"] == sha256_hex(canonical(whole))
