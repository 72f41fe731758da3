"""What was asked by right holds again at an organisation that put back a backup of before."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.harness.sides import Served, back_up, bring, put_back, share

from firsthand.foundation.clock import SetClock, stamp
from firsthand.foundation.egress import Answer, Egress
from firsthand.hub.acts.console import ActRefused
from firsthand.protocol.canonical import canonical
from firsthand.protocol.rights import Request
from firsthand.vault.acts import (
    changing,
    connecting,
    ending,
    holding,
    receiving,
    rectifying,
    restating,
    rights,
)
from firsthand.vault.acts.opened import Vault
from firsthand.vault.gate import Courier, Offline
from firsthand.vault.gate.asking import Line
from firsthand.vault.gate.evidence import Evidence
from firsthand.vault.terms import rights as terms
from firsthand.vault.terms import spool
from firsthand.vault.terms.log import EARLIER
from firsthand.vault.terms.relationships import agreement_of, find

WEEK = timedelta(days=7)


@pytest.fixture
def mine(giver: Vault) -> Vault:
    """The vault of somebody who gave something to Reel."""
    return giver


def warnings(vault: Vault) -> list[str]:
    told: Any = connecting.relationship(vault, "reel")
    return [each["what"] for each in told["warnings"]]


def asked(vault: Vault, right: str, details: str = "") -> str:
    return str(rights.ask(vault, "reel", right, details=details)["id"])


def is_read(served: Served) -> bool:
    (person,) = served.people()
    try:
        return bool(served.things_of(person["relationship"]))
    except ActRefused:
        return False


def test_what_holds_back_is_asked_again_and_so_is_its_lifting(
    mine: Vault, served: Served, clock: SetClock, tmp_path: Path
) -> None:
    back_up(served, tmp_path)
    request = asked(mine, "restriction")
    assert not is_read(served)
    clock.advance(WEEK)
    receiving.refresh(mine)
    assert warnings(mine) == [], "they have it"
    put_back(served, tmp_path)
    assert is_read(served), "they do not know that they may not"
    clock.advance(WEEK)
    receiving.refresh(mine)
    assert not is_read(served)
    (said,) = warnings(mine)
    assert "had lost, putting back a backup, a request that you had made" in said
    told: Any = rights.shown(mine, request)
    assert [each["state"] for each in told["answers"]] == ["fulfilled", "fulfilled"]
    shutil.rmtree(tmp_path / "backup")
    back_up(served, tmp_path)
    rights.take_back(mine, request)
    assert is_read(served)
    put_back(served, tmp_path)
    assert not is_read(served)
    for _ in range(2):
        clock.advance(WEEK)
        receiving.refresh(mine)
        assert is_read(served), "it was taken back"
    assert len(warnings(mine)) == 2
    clock.advance(30 * WEEK)
    served.stop()  # nobody is asked any more: a backup of then is gone
    restating.restate(mine)
    assert len(warnings(mine)) == 2


def test_the_answer_to_what_was_asked_again_may_be_lost_too(
    mine: Vault,
    served: Served,
    clock: SetClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    back_up(served, tmp_path)
    asked(mine, "restriction")
    put_back(served, tmp_path)
    clock.advance(WEEK)
    kept = Evidence.ask_right

    def cut(*args: Any) -> Any:  # noqa: ANN401 - as the original
        kept(*args)
        raise Offline("the line was cut")

    with monkeypatch.context() as patched:
        patched.setattr(Evidence, "ask_right", cut)
        receiving.refresh(mine)
    assert warnings(mine) == []
    found: Any = receiving.inbox(mine)
    assert {each["verdict"] for each in found["messages"]} == {"fits"}
    (said,) = warnings(mine)
    assert "had lost, putting back a backup, a request that you had made" in said


def test_what_was_put_right_and_what_waits_is_asked_again(
    mine: Vault, served: Served, clock: SetClock, tmp_path: Path
) -> None:
    served.act("rotate key")  # what was signed with the new one holds as well
    back_up(served, tmp_path)
    (thing,) = mine.store.rows("disclosures.things_behind", relationship="reel")
    done = str(rectifying.ask(mine, "reel", thing["thing_id"], {"name": "Port"})["id"])
    (listed,) = served.act("rights")["rights"]
    served.act("rights fulfil", reference=listed["id"])
    rights.check(mine, "reel")
    waits = asked(mine, "rectification", "I never saw this.")
    put_back(served, tmp_path)
    clock.advance(timedelta(minutes=1))
    assert rights.check(mine, "reel") == 1, "what they lost is asked at once"
    clock.advance(WEEK)
    receiving.refresh(mine)
    kept = {each["request"]: each["status"] for each in served.act("rights")["rights"]}
    assert kept == {waits: "open", done: "open"}
    standing = {each["id"]: each["state"] for each in rights.listed(mine)}
    assert standing == kept
    assert all("have to answer anew" in each for each in warnings(mine))


def test_a_deal_is_as_it_was_changed(
    mine: Vault, served: Served, clock: SetClock, tmp_path: Path
) -> None:
    back_up(served, tmp_path)
    changing.change(mine, "reel", changing.Wanted(precision="month"))
    changing.change(mine, "reel", changing.Wanted(precision="year"))
    changing.pause(mine, "reel")
    clock.advance(WEEK)
    receiving.refresh(mine)
    assert warnings(mine) == [], "they know it"
    put_back(served, tmp_path)
    for _ in range(2):
        clock.advance(WEEK)
        receiving.refresh(mine)
        deal = agreement_of(mine.store, find(mine.store, "reel"))
        there = {each["id"]: each["state"] for each in served.act("agreements")["agreements"]}
        assert there.pop(deal.id) == "paused"
        assert list(there.values()) == ["terminated"]
        assert deal.precision == "year"
        (said,) = warnings(mine)
        assert "as it was before you changed it" in said
    changing.resume(mine, "reel")
    bring(mine, ["Moon"])
    assert share(mine, "reel")["state"] == "given"


@pytest.mark.parametrize("erase", [False, True])
def test_who_knows_only_the_deal_of_before_a_change_ends_that(
    mine: Vault, served: Served, tmp_path: Path, *, erase: bool
) -> None:
    back_up(served, tmp_path)
    changing.change(mine, "reel", changing.Wanted(precision="month"))
    put_back(served, tmp_path)
    assert is_read(served)
    told: Any = ending.revoke(mine, "reel", erase=erase)
    assert served.people() == [] if erase else not is_read(served)
    assert told["confirmed"] is True
    assert {(each["state"], each["reason"]) for each in told["endings"]} == {("confirmed", None)}
    who: Any = holding.who(mine)
    assert who["unconfirmed"] == 0
    shown: Any = connecting.relationship(mine, "reel")
    assert shown["state"] == ("erased" if erase else "ended")
    assert EARLIER in [each["what"] for each in shown["warnings"]]


def test_who_knows_only_the_first_of_three_deals_ends_that_once(
    mine: Vault, served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(served, tmp_path)
    for precision in ("month", "day"):
        changing.change(mine, "reel", changing.Wanted(precision=precision))
    put_back(served, tmp_path)
    told: Any = ending.revoke(mine, "reel")
    assert told["confirmed"] is True
    assert not is_read(served)
    newest = {"agreement": find(mine.store, "reel").agreement, "kind": "revocation"}
    row = mine.store.row("endings.one", **newest)
    assert row is not None
    with mine.store.transaction() as tx:  # as if it had been killed before it wrote that down
        tx.run("endings.again", headers=row["headers"], **newest)
    kept, asked = Line.post, list[str]()

    def post(self: Line, path: str, *args: Any) -> Answer:  # noqa: ANN401 - as the original
        asked.append(path)
        return kept(self, path, *args)

    monkeypatch.setattr(Line, "post", post)
    mine.gate.settle()
    receiving.refresh(mine)
    row = mine.store.row("endings.one", **newest)
    assert row is not None
    assert (row["state"], row["reason"]) == ("refused", EARLIER)
    assert asked == ["/v1/revocations"] * 2, "as it was signed and anew; nothing of deals before"


@pytest.mark.parametrize("away", ["busy", "locked"])
def test_an_end_of_a_changed_deal_is_of_that_deal_alone(
    mine: Vault, monkeypatch: pytest.MonkeyPatch, away: str
) -> None:
    changing.change(mine, "reel", changing.Wanted(precision="month"))
    asked = list[str]()

    def post(_self: Line, path: str, *_args: Any) -> Answer:  # noqa: ANN401 - as the original
        asked.append(path)
        if away == "locked":
            raise Offline("the line was cut")
        return Answer(status=503, headers={}, body=b"{}")

    with monkeypatch.context() as patched:
        patched.setattr(Line, "post", post)
        told: Any = ending.revoke(mine, "reel")
    assert (told["confirmed"], len(asked)) == (False, 1)
    (file,) = spool.files(mine.store.folder)
    courier = Courier(Egress(), mine.clock, mine.chance, commands=True)
    assert courier.carry(file.place)
    courier.close()
    mine.gate.settle()  # what was answered while it was locked is taken in without asking
    agreement = find(mine.store, "reel").agreement
    row = mine.store.row("endings.one", agreement=agreement, kind="revocation")
    assert row is not None
    assert row["state"] == "confirmed"


@pytest.mark.parametrize("how", ["cut off", "busy", "while it was locked"])
def test_what_they_know_instead_is_ended_once_it_can_be(
    mine: Vault, served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    back_up(served, tmp_path)
    changing.change(mine, "reel", changing.Wanted(precision="month"))
    put_back(served, tmp_path)
    kept, asked = Line.post, list[str]()

    def post(self: Line, path: str, *args: Any) -> Answer:  # noqa: ANN401 - as the original
        asked.append(path)
        if len(asked) > 1 and how == "busy":
            return Answer(status=503, headers={}, body=b"{}")
        if len(asked) > 1 or how == "while it was locked":
            raise Offline("the line was cut")
        return kept(self, path, *args)

    with monkeypatch.context() as patched:
        patched.setattr(Line, "post", post)
        told: Any = ending.revoke(mine, "reel")
    assert told["confirmed"] is False
    assert [each["state"] for each in told["endings"]] == ["waiting"]
    assert is_read(served)
    if how == "while it was locked":
        (file,) = spool.files(mine.store.folder)
        courier = Courier(Egress(), mine.clock, mine.chance, commands=True)
        assert courier.carry(file.place)
        courier.close()
        mine.gate.settle()  # as whoever opens it does
    receiving.refresh(mine)
    assert not is_read(served)
    told = ending.revoke(mine, "reel")
    assert [(each["state"], each["reason"]) for each in told["endings"]] == [("confirmed", None)]
    assert spool.files(mine.store.folder) == []


def test_a_change_that_was_on_its_way_when_it_ended_ends_too(
    mine: Vault, served: Served, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They had accepted it, and the answer was cut off."""
    with monkeypatch.context() as patched:
        proffer = mine.gate.proffer

        def cut_off(*sent: Any) -> None:  # noqa: ANN401 - whatever is sent
            proffer(*sent)
            raise Offline("They cannot be reached.")

        patched.setattr(mine.gate, "proffer", cut_off)
        with pytest.raises(Offline):
            changing.change(mine, "reel", changing.Wanted(precision="month"))
    ending.revoke(mine, "reel")
    assert receiving.to_ask(mine) == ["reel"]
    clock.advance(timedelta(hours=1))
    receiving.refresh(mine)
    assert {each["state"] for each in served.act("agreements")["agreements"]} == {"terminated"}
    (person,) = served.people()
    assert (person["state"], find(mine.store, "reel").state) == ("ended", "ended")
    assert (warnings(mine), receiving.to_ask(mine)) == ([], [])


def test_an_erasure_that_was_done_and_not_written_down_is_an_end(mine: Vault) -> None:
    """The vault was killed between their answer and what follows from it."""
    now = mine.clock.now()
    request = Request(right="erasure", regime="gdpr", jti="erase-it", at=int(now.timestamp()))
    body = canonical(msgspec.to_builtins(request))
    with mine.store.transaction() as tx:
        row = {"id": "erase-it", "relationship": "reel", "organisation": "Reel", "asked": "erasure"}
        row |= {"regime": "gdpr", "details": "", "at": stamp(now)}
        terms.add(tx, {**row, "body": body}, received=now.date())
    reel = find(mine.store, "reel")
    token = mine.gate.evidence.ask_right(reel, body)
    terms.take(mine.store, reel, terms.find(mine.store, "erase-it"), token, at=stamp(now))
    assert find(mine.store, "reel").state == "active"
    receiving.refresh(mine)
    assert find(mine.store, "reel").state == "erased"
