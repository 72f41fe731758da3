"""An end is stated once more: when, in which words, and what each answer that is signed means."""

import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from tests.harness.sides import Served, open_again
from tests.vault.gate.heard import (
    START,
    TOMORROW,
    Asked,
    Heeded,
    answer,
    eared,
    heeded,
    refusing,
    tomorrow,
)

from firsthand.foundation.clock import SetClock, stamp
from firsthand.foundation.egress import Answer, EgressRefused, Unreachable
from firsthand.protocol import wire
from firsthand.protocol.agreements import read_proffer
from firsthand.protocol.canonical import canonical
from firsthand.protocol.receipts import (
    ErasureReceipt,
    RevocationReceipt,
    sign_erasure,
    sign_revocation,
)
from firsthand.protocol.signatures import Message, verify
from firsthand.vault.acts import changing

pytestmark = pytest.mark.usefixtures("refused_in_words")

WEEK, DAY, SECOND = timedelta(days=7), timedelta(days=1), timedelta(seconds=1)
KINDS = {"revocation": wire.PATH_REVOCATIONS, "erasure": wire.PATH_ERASURES}
BACK = {
    "erasure": "Reel had put back, out of a backup, what they had erased. They were told again, "
    "and have erased it and signed that anew.",
    "revocation": "Reel had put back, out of a backup, a deal that you had ended. They were told "
    "again, and have ended it and signed that anew.",
}
ANSWERED = "Reel was told of your end again, and answered: "
NO_DEAL = refusing("no_agreement", "There is none.")


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory, clocked: Served, gate_clock: SetClock) -> Path:
    """A vault that is closed; its deal took the place of one that took the place of another."""
    folder = tmp_path_factory.mktemp("left") / "mine"
    with heeded(folder, clocked, gate_clock) as made:
        for precision in ("day", "month"):
            changing.change(made.vault, made.name, changing.Wanted(precision=precision))
    return folder


@pytest.fixture
def deal(left: Path, tmp_path: Path, clocked: Served) -> Iterator[Heeded]:
    """A copy of it, open; nobody answers but with what they say of themselves."""
    folder, clock = tmp_path / "mine", SetClock(START)
    shutil.copytree(left, folder)
    with open_again(folder, clock) as plain, eared(plain, clocked, clock) as made:
        made.name = "reel"
        answering(made)
        yield made


def answering(deal: Heeded, *said: object, document: bytes | None = None) -> None:
    """What they answer from now on, one after the other, the last one for ever."""
    left = list(said)
    about = document or deal.relationship.document

    def instead(asked: Asked) -> Answer:
        if asked.path == wire.PATH_DISCOVERY:
            return answer(about)
        found = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(found, Exception):
            raise found
        return found if isinstance(found, Answer) else answer(found)

    deal.heard.instead = instead
    deal.heard.asked.clear()


def deals(deal: Heeded) -> list[str]:
    """The deal, and those whose place it took, the newest first."""
    found, name = [], deal.relationship.agreement
    while name is not None:
        found.append(name)
        name = read_proffer(deal.row("agreements.by_id", id=name)["proffer"])[0].supersedes
    return found


def signed(
    deal: Heeded,
    kind: str,
    agreement: str | None = None,
    key: EllipticCurvePrivateKey | None = None,
    aud: str | None = None,
) -> str:
    """What they sign now: that a deal has ended, or that all is erased."""
    now = TOMORROW if key else deal.seconds
    own: dict[str, Any] = {
        "iss": deal.relationship.subject, "aud": aud or deal.signer.subject,
        "agreement": agreement or deal.relationship.agreement, "iat": now,
    }  # fmt: skip
    key = key or deal.served.hub.organisation.key
    if kind == "revocation":
        return sign_revocation(RevocationReceipt(ended_at=now, **own), key)
    own |= {"erased_at": now, "batches": 0, "leaves": [], "backup_days": 30, "checkpoint": ""}
    return sign_erasure(ErasureReceipt(**own), key)


def words(kind: str, agreement: str | None) -> bytes:
    return f"the {kind} of {agreement}".encode()


def ended(deal: Heeded, kind: str, agreement: str | None = None) -> str:
    """The deal was ended, and that is confirmed now. Returns the receipt."""
    agreement, at = agreement or deal.relationship.agreement, stamp(deal.clock.now())
    receipt, state = signed(deal, kind, agreement), "erased" if kind == "erasure" else "ended"
    with deal.vault.store.transaction() as tx:
        tx.run("relationships.end", name="reel", state=state, at=at)
        about = {"agreement": agreement, "kind": kind, "at": at}
        tx.run(
            "endings.add", relationship="reel", body=words(kind, agreement), headers="{}", **about
        )
        tx.run("endings.confirm", receipt=receipt, **about)
    return receipt


def begun_anew(deal: Heeded, receipt: str) -> None:
    """The weeks of a revocation are counted from now on: they would be over."""
    about = {"agreement": deal.relationship.agreement, "kind": "revocation"}
    with deal.vault.store.transaction() as tx:
        tx.run("endings.confirm", receipt=receipt, at=stamp(deal.clock.now()), **about)


def erased_unasked(deal: Heeded, n: int) -> str:
    """They erased it by themselves and say so now. Returns the receipt."""
    receipt, at = signed(deal, "erasure"), stamp(deal.clock.now())
    with deal.vault.store.transaction() as tx:
        tx.run("relationships.end", name="reel", state="erased", at=at)
        tx.run(
            "inbox.add", relationship="reel", n=n, jws="", type="firsthand.agreement.changed",
            data=json.dumps({"erasure": receipt}), at=at, verdict="fits", verdict_detail="",
        )  # fmt: skip
    return receipt


def ending(deal: Heeded, kind: str, agreement: str | None = None) -> dict[str, Any]:
    return deal.row("endings.one", agreement=agreement or deal.relationship.agreement, kind=kind)


def meta(deal: Heeded, key: str) -> str | None:
    return next((str(row["value"]) for row in deal.rows("meta.get", key=key)), None)


def newer(deal: Heeded) -> str | None:
    """The receipt that has no place of its own."""
    return meta(deal, f"newer receipt {deal.relationship.agreement}")


def earlier(deal: Heeded, kind: str) -> str | None:
    """The receipt whose place another one took now."""
    now = stamp(deal.clock.now())
    return meta(deal, f"earlier receipt {deal.relationship.agreement} {kind} {now}")


def asked_for(deal: Heeded) -> list[str]:
    """The deals whose ends were stated since this was asked last, newly made statements only."""
    posts = [asked for asked in deal.heard.asked if asked.method == "POST"]
    deal.heard.asked.clear()
    said = [json.loads(asked.content) for asked in posts]
    for each, asked in zip(said, posts, strict=True):
        assert asked.content == canonical(each)
        assert (each.keys(), each["at"]) == ({"agreement", "jti", "at"}, deal.seconds)
        assert len(each["jti"]) >= 16
    return [each["agreement"] for each in said]


def told_a_week_later(deal: Heeded, *said: object, document: bytes | None = None) -> list[str]:
    deal.clock.advance(WEEK)
    answering(deal, *said, document=document)
    return deal.gate.remind()


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_stated_each_week_in_the_same_words(deal: Heeded, kind: str) -> None:
    assert (deal.gate.to_remind(), deal.gate.remind()) == (set(), [])
    receipt = ended(deal, kind)
    row = ending(deal, kind)
    answering(deal, {"receipt": receipt})
    deal.clock.advance(WEEK - SECOND)
    assert (deal.gate.to_remind(), deal.gate.remind()) == (set(), [])
    deal.clock.advance(SECOND)
    assert (deal.gate.to_remind(), deal.gate.remind("chorus")) == ({"reel"}, [])
    assert deal.heard.asked == []
    assert deal.gate.remind("reel") == []
    (asked,) = deal.heard.asked
    agreement = deal.relationship.agreement
    assert (asked.method, asked.path) == ("POST", KINDS[kind])
    assert (asked.content, asked.pool) == (words(kind, agreement), deal.signer.thumbprint)
    low = {name.lower(): value for name, value in asked.headers.items()}
    assert low["content-type"] == wire.TYPE_JSON
    message = Message(method="POST", target_uri=asked.url, headers=low)
    done = verify(
        message, public_key=deal.signer.key.public_key(), required=wire.COVERED_BODY,
        now=deal.seconds, waits=True,
    )  # fmt: skip
    assert done.expires == deal.seconds + wire.WAIT_S_MAX
    assert (ending(deal, kind), deal.warnings(), deal.gate.to_remind()) == (row, [], set())
    assert (newer(deal), earlier(deal, kind)) == (None, None)
    deal.clock.advance(WEEK)
    assert deal.gate.to_remind() == {"reel"}
    days = deal.relationship.organisation.backup_days
    deal.clock.advance(timedelta(days=days) - WEEK + SECOND)
    assert deal.gate.to_remind() == set(), "no backup is that old"


@pytest.mark.parametrize("kind", KINDS)
def test_another_receipt_says_that_it_was_brought_back(deal: Heeded, kind: str) -> None:
    first = ended(deal, kind)
    row = ending(deal, kind)
    deal.clock.advance(WEEK)
    second = signed(deal, kind)
    answering(deal, {"receipt": second})
    assert deal.gate.remind() == ["reel"]
    assert ending(deal, kind) == {**row, "receipt": second}
    assert (earlier(deal, kind), newer(deal)) == (first, None)
    now = stamp(deal.clock.now())
    assert deal.rows("relationships.warnings", relationship="reel") == [
        {"at": now, "what": f"On {now[:10]}: {BACK[kind]}"}
    ]
    assert deal.gate.to_remind() == set()
    assert told_a_week_later(deal, {"receipt": second}) == []
    assert len(deal.warnings()) == 1


def test_what_says_most_is_stated(deal: Heeded) -> None:
    one, two, three = deals(deal)
    ended(deal, "revocation", three)
    deal.clock.advance(SECOND)
    ended(deal, "revocation", two)
    waits = {"relationship": "reel", "agreement": one, "kind": "revocation", "headers": "{}"}
    with deal.vault.store.transaction() as tx:
        tx.run("endings.add", body=b"", at=stamp(deal.clock.now()), **waits)
    deal.clock.advance(WEEK)
    new = [{"receipt": signed(deal, "revocation", each)} for each in (three, two)]
    answering(deal, *new)
    assert deal.gate.remind() == ["reel"], "once, though it was two deals"
    said = [asked.content for asked in deal.heard.asked]
    assert said == [words("revocation", each) for each in (three, two)]
    for each, receipt in zip((three, two), new, strict=True):
        assert ending(deal, "revocation", each)["receipt"] == receipt["receipt"]
    for each in (one, three, two):
        deal.clock.advance(SECOND)
        last = ended(deal, "erasure", each)
    assert told_a_week_later(deal, {"receipt": last}) == []
    assert [asked.content for asked in deal.heard.asked] == [words("erasure", two)]


@pytest.mark.parametrize("error", [Unreachable("nobody is there"), EgressRefused("Too much.")])
def test_who_is_away_is_told_a_day_later(deal: Heeded, error: Exception) -> None:
    ended(deal, "revocation")
    assert told_a_week_later(deal, error) == []
    assert len(deal.heard.asked) == 1
    deal.clock.advance(DAY - SECOND)
    assert deal.gate.to_remind() == set()
    deal.clock.advance(SECOND)
    assert (deal.gate.to_remind(), deal.warnings()) == ({"reel"}, [])


def test_what_they_answer_otherwise_is_shown_once(deal: Heeded) -> None:
    receipt = ended(deal, "revocation")
    two = deals(deal)[1]
    refused: dict[str, object] = {
        "Not so.": refusing("not_allowed", "Not so."),
        "It answered with status 201.": answer({"receipt": receipt}, 201),
        "The confirmation is for another agreement.": {"receipt": signed(deal, "revocation", two)},
        "The confirmation names other parties.": {
            "receipt": signed(deal, "revocation", aud="urn:somebody")
        },
    }
    for said in refused.values():
        assert told_a_week_later(deal, said) == []
        assert [asked.path for asked in deal.heard.asked] == [wire.PATH_REVOCATIONS]
        assert deal.gate.to_remind() == set(), "for a week"
        begun_anew(deal, receipt)
    assert deal.warnings() == [ANSWERED + why for why in reversed(refused)]
    assert told_a_week_later(deal, {"receipt": "a.b.c"}) == []
    assert len(deal.warnings()) == 5
    assert ending(deal, "revocation")["receipt"] == receipt


def test_what_names_no_receipt_says_nothing(deal: Heeded) -> None:
    ended(deal, "erasure")
    for said in (b"{", {}, {"receipt": 7}, refusing("unknown_relationship")):
        assert told_a_week_later(deal, said) == []
        assert len(deal.heard.asked) == 1, "who knows nobody is asked of no deal of before"
        assert (deal.warnings(), deal.gate.to_remind()) == ([], set())


def test_who_knows_only_a_deal_of_before_ends_that(deal: Heeded) -> None:
    first, (one, two, three) = ended(deal, "revocation"), deals(deal)
    row = ending(deal, "revocation")
    assert told_a_week_later(deal, NO_DEAL) == []
    assert deal.heard.asked.pop(0).content == words("revocation", one)
    assert asked_for(deal) == [two, three]
    assert (deal.warnings(), deal.gate.to_remind()) == ([], set())
    deal.clock.advance(WEEK)
    second, third = (signed(deal, "revocation", each) for each in (two, three))
    answering(deal, NO_DEAL, {"receipt": second}, {"receipt": third})
    assert deal.gate.remind() == ["reel"]
    deal.heard.asked.pop(0)
    assert asked_for(deal) == [two, three]
    assert (newer(deal), earlier(deal, "revocation")) == (second, first)
    assert ending(deal, "revocation") == row
    assert len(deal.warnings()) == 1
    old: tuple[tuple[object, ...], ...] = (
        ({"receipt": second}, NO_DEAL),
        ({}, {"receipt": second}),
        ({}, {}),
    )
    for said in old:
        assert told_a_week_later(deal, NO_DEAL, *said) == [], "that is no news"
        begun_anew(deal, first)
    assert told_a_week_later(deal, NO_DEAL, NO_DEAL, {"receipt": third}) == ["reel"]
    assert newer(deal) == third


def test_what_a_deal_of_before_is_answered_with_counts_as_any(deal: Heeded) -> None:
    ended(deal, "revocation")
    assert told_a_week_later(deal, NO_DEAL, refusing("not_allowed", "Not so.")) == []
    assert len(deal.heard.asked) == 2
    assert deal.warnings() == [ANSWERED + "Not so."]
    assert told_a_week_later(deal, NO_DEAL, EgressRefused("Too much.")) == []
    assert len(deal.heard.asked) == 2
    deal.clock.advance(DAY)
    assert (deal.gate.to_remind(), len(deal.warnings())) == ({"reel"}, 1)


def test_an_erasure_may_name_the_deal_that_they_knew(deal: Heeded) -> None:
    first, (_, two, _) = ended(deal, "erasure"), deals(deal)
    row, same = ending(deal, "erasure"), signed(deal, "erasure", two)
    assert told_a_week_later(deal, {"receipt": same}) == deal.warnings() == [], "of one erasure"
    deal.clock.advance(WEEK)
    second = signed(deal, "erasure", two)
    answering(deal, {"receipt": second})
    assert deal.gate.remind() == ["reel"]
    assert (newer(deal), earlier(deal, "erasure")) == (second, first)
    assert ending(deal, "erasure") == row
    now = stamp(deal.clock.now())
    assert deal.warnings() == [f"On {now[:10]}: {BACK['erasure']}"]
    assert told_a_week_later(deal, {"receipt": signed(deal, "erasure", "0" * 64)}) == []
    assert deal.warnings()[0] == ANSWERED + "The confirmation is for another agreement."
    assert newer(deal) == second


def test_what_they_erased_by_themselves_is_stated_in_new_words(deal: Heeded) -> None:
    for n in (1, 2):
        erased_unasked(deal, n)
        deal.clock.advance(DAY)
    first = erased_unasked(deal, 3)
    deal.clock.advance(WEEK - SECOND)
    assert deal.gate.to_remind() == set(), "it is counted from the last one"
    deal.clock.advance(SECOND)
    answering(deal, {"receipt": first})
    assert deal.gate.remind() == []
    assert [asked.path for asked in deal.heard.asked] == [wire.PATH_ERASURES]
    assert asked_for(deal) == deals(deal)[:1]
    deal.clock.advance(WEEK)
    second = signed(deal, "erasure")
    answering(deal, {"receipt": second})
    assert deal.gate.remind() == ["reel"]
    assert (newer(deal), earlier(deal, "erasure")) == (second, first)
    assert deal.rows("endings.of_relationship", relationship="reel") == []
    assert told_a_week_later(deal, {"receipt": second}) == []
    third = signed(deal, "erasure")
    assert told_a_week_later(deal, {"receipt": third}) == ["reel"]
    assert (newer(deal), earlier(deal, "erasure")) == (third, second)
    assert len(deal.warnings()) == 2
    ended(deal, "erasure")
    assert told_a_week_later(deal, {"receipt": ending(deal, "erasure")["receipt"]}) == []
    (asked,) = deal.heard.asked
    assert asked.content == words("erasure", deal.relationship.agreement), "as it was asked for"


def test_a_receipt_by_a_key_that_came_since_is_one(deal: Heeded) -> None:
    ended(deal, "revocation")
    document, key = tomorrow(deal)
    said = {"receipt": signed(deal, "revocation", key=key)}
    assert told_a_week_later(deal, said, document=document) == ["reel"]
    assert (deal.relationship.document, len(deal.warnings())) == (document, 1)
