"""An ending whose log and spool do not say the same: at the next opening they do again."""

import json
from datetime import timedelta

import msgspec
import pytest
from tests.vault.gate.heard import Heeded, refusing
from tests.vault.gate.test_spool import BUSY, KINDS, end_of, on_disk, revoked, told

from firsthand.foundation.clock import stamp
from firsthand.protocol.refusals import Refusal
from firsthand.vault.gate.ending import WITHDRAWN
from firsthand.vault.terms import spool

pytestmark = pytest.mark.usefixtures("refused_in_words")


class Killed(BaseException):
    """The vault goes no further."""


def killed_after_the_spool(deal: Heeded, kind: str, known: int = 0) -> spool.Spooled:
    """End a deal, and be killed when it stands in the spool, and not yet in the log."""
    put = spool.put

    def puts(*said: object) -> None:
        put(*said)  # type: ignore[arg-type]
        raise Killed

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(spool, "put", puts)
        with pytest.raises(Killed):
            deal.gate.end("reel", erase=kind == "erasure")
    assert len(deal.rows("endings.of_relationship", relationship="reel")) == known
    (spooled,) = on_disk(deal)
    assert spooled is not None
    return spooled


@pytest.mark.parametrize("kind", KINDS)
def test_what_only_the_spool_knows_is_taken_into_the_log(deal: Heeded, kind: str) -> None:
    deal.give("Fog", later=True)
    clicked = stamp(deal.clock.now())
    spooled = killed_after_the_spool(deal, kind)
    deal.clock.advance(timedelta(days=400))  # its signature has lapsed, and is its person's still
    deal.heard.asked.clear()
    deal.gate.settle()
    assert (on_disk(deal), deal.heard.paths()) == ([spooled], [])
    row = end_of(deal, kind)
    assert bytes(row.pop("body")) == spooled.body.encode()  # type: ignore[call-overload]
    assert json.loads(str(row.pop("headers"))) == spooled.headers
    assert row == {
        "relationship": "reel", "agreement": deal.relationship.agreement, "kind": kind,
        "at": clicked, "state": "waiting", "reason": None, "receipt": None, "confirmed_at": None,
    }  # fmt: skip
    assert (deal.relationship.state, deal.relationship.ended_at) == ("ended", clicked)
    assert (deal.log(1)["state"], deal.log(1)["reason"]) == ("withdrawn", WITHDRAWN)


def test_the_names_of_its_headers_may_be_large(deal: Heeded) -> None:
    spooled = killed_after_the_spool(deal, "revocation")
    (file,) = spool.files(deal.vault.folder)
    large = {name.upper(): value for name, value in spooled.headers.items()}
    spool.put(file.place, msgspec.structs.replace(spooled, headers=large), "large")
    deal.gate.settle()
    assert json.loads(str(end_of(deal, "revocation")["headers"])) == large


@pytest.mark.parametrize("change", ["body", "path", "signature", "digest", "unknown"])
def test_what_was_changed_in_the_spool_ends_nothing(deal: Heeded, change: str) -> None:
    spooled = killed_after_the_spool(deal, "revocation")
    (file,) = spool.files(deal.vault.folder)
    left = {name: value for name, value in spooled.headers.items() if name.lower() != "signature"}
    bare = {name: value for name, value in spooled.headers.items() if "digest" not in name.lower()}
    agreement = str(deal.relationship.agreement)
    changes: dict[str, dict[str, object]] = {
        "body": {"body": spooled.body + " "},
        "path": {"path": KINDS["erasure"]},
        "signature": {"headers": left},
        "digest": {"headers": bare},
        "unknown": {"body": spooled.body.replace(agreement, "0" * 64)},
    }
    spool.put(file.place, msgspec.structs.replace(spooled, **changes[change]), "changed")
    deal.gate.settle()
    assert deal.rows("endings.of_relationship", relationship="reel") == []
    assert (deal.relationship.state, on_disk(deal)) == ("active", [])


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_spool_lost_is_put_there_again(deal: Heeded, kind: str) -> None:
    with deal.heard.answering("/v1/", BUSY):
        deal.gate.end("reel", erase=kind == "erasure")
    row, held = end_of(deal, kind), on_disk(deal)
    (file,) = spool.files(deal.vault.folder)
    file.place.unlink()
    deal.gate.settle()
    assert (on_disk(deal), end_of(deal, kind)) == (held, row)
    assert [each.place for each in spool.files(deal.vault.folder)] == [file.place]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(spool, "put", lambda *_: pytest.fail("it stands there already"))
        deal.gate.settle()
    assert (on_disk(deal), end_of(deal, kind)) == (held, row), "twice changes nothing"


def test_words_without_a_status_are_no_answer(deal: Heeded) -> None:
    with deal.heard.answering("/v1/", BUSY):
        deal.gate.end("reel", erase=False)
    row = end_of(deal, "revocation")
    (file,) = spool.files(deal.vault.folder)
    assert file.spooled is not None
    spool.put(file.place, msgspec.structs.replace(file.spooled, answer="{}"), "words")
    deal.gate.settle()
    assert end_of(deal, "revocation") == row


def answered(deal: Heeded, status: int, body: object, **changes: object) -> None:
    """It was sent while the vault was locked, and the answer stands beside it."""
    (file,) = spool.files(deal.vault.folder)
    assert file.spooled is not None
    held = {"status": status, "answer": json.dumps(body), **changes}
    spool.put(file.place, msgspec.structs.replace(file.spooled, **held), "answered")


def test_an_answer_to_what_only_the_spool_knows_is_taken_in_at_once(deal: Heeded) -> None:
    killed_after_the_spool(deal, "revocation")
    answered(deal, 200, revoked(deal))
    deal.gate.settle()
    assert (end_of(deal, "revocation")["state"], on_disk(deal)) == ("confirmed", [])


def test_what_the_log_knows_need_not_be_signed_in_the_spool_once_more(deal: Heeded) -> None:
    with deal.heard.answering("/v1/", BUSY):
        deal.gate.end("reel", erase=False)
    answered(deal, 200, revoked(deal), headers={})
    deal.gate.settle()
    assert (end_of(deal, "revocation")["state"], on_disk(deal)) == ("confirmed", [])


@pytest.mark.parametrize("reason", ["signature_invalid", "not_allowed"])
def test_what_was_asked_again_waits_until_it_is_refused_for_good(deal: Heeded, reason: str) -> None:
    with deal.heard.answering("/v1/", refusing("not_allowed", "Never.")):
        deal.gate.end("reel", erase=False)
    assert end_of(deal, "revocation")["state"] == "refused"
    again = killed_after_the_spool(deal, "revocation", known=1)
    refusal = Refusal(reason=reason, detail="Not so.")
    answered(deal, refusal.status, refusal.problem())
    deal.gate.settle()
    row, waits = end_of(deal, "revocation"), reason == "signature_invalid"
    assert (row["state"], row["reason"]) == ("waiting" if waits else "refused", "Not so.")
    assert json.loads(str(row["headers"])) == again.headers
    assert on_disk(deal) == ([again] if waits else [])
    if waits:
        assert deal.gate.flush() == [told("revocation")]


def test_a_full_disk_leaves_it_for_the_next_time(
    deal: Heeded, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with deal.heard.answering("/v1/", BUSY):
        deal.gate.end("reel", erase=False)
    (file,) = spool.files(deal.vault.folder)
    with monkeypatch.context() as patched:
        patched.setattr(spool, "drop", full)
        assert deal.gate.flush() == [told("revocation")]
        deal.gate.settle()
    assert len(on_disk(deal)) == 1
    deal.gate.settle()
    assert on_disk(deal) == []
    with deal.heard.answering("/v1/", BUSY):
        deal.gate.end("reel", erase=True)
    for each in spool.files(deal.vault.folder):
        each.place.unlink()
    with monkeypatch.context() as patched:
        patched.setattr(spool, "put", full)
        deal.gate.settle()
    assert on_disk(deal) == []
    deal.gate.settle()
    assert len(on_disk(deal)) == 1
    assert not file.place.exists()


def test_what_never_left_is_not_looked_for_in_an_erasure(deal: Heeded) -> None:
    deal.give("Fog")
    deal.give("Sun", later=True)
    assert deal.gate.end("reel", erase=True) == [told("erasure")]
    assert deal.gate.end("reel", erase=True) == []
    assert deal.relationship.state == "erased"
