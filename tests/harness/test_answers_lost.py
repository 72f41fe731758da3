"""An answer was lost, and something else came in between: what the vault says is what was.

Each is a life that chance would hardly come to. The organisation is looked at by a model of what
went over the line.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.harness.both import URL, Both, things

from firsthand.foundation.clock import SetClock
from firsthand.foundation.egress import Answer, Unreachable
from firsthand.hub.acts import deciding, statements
from firsthand.hub.reads import PurposeRefused, Who
from firsthand.hub.roles.profile.projection import THINGS
from firsthand.protocol import wire
from firsthand.protocol.evidence import Finding, check
from firsthand.protocol.roles.profile import PURPOSE, TYPE_GIVEN
from firsthand.vault.acts import (
    bringing,
    changing,
    connecting,
    ending,
    exporting,
    holding,
    logging,
    looked,
    proving,
    receiving,
    rights,
)
from firsthand.vault.acts.told import ERASED_THERE
from firsthand.vault.gate import REPLACED, Gate, Offline, Request
from firsthand.vault.pages.holding import has
from firsthand.vault.roles.profile import given_things
from firsthand.vault.terms.relationships import find, signer_of

LATER = changing.Wanted(terms="SD-BASE-ATP")


class Lost:
    """Both sides, and a line that is cut: so many requests to a path do not arrive, or answers."""

    def __init__(self) -> None:
        self.both = Both(durable=False)
        self._request = self.both.wire.request
        self.both.wire.request = self._asked  # type: ignore[method-assign]
        self.unsent: dict[str, int] = {}
        self.unheard: dict[str, int] = {}
        self.name = str(connecting.connect(self.both.vault, URL, terms="FH-GIVEN")["name"])

    def _asked(self, method: str, url: str, **how: Any) -> Answer:  # noqa: ANN401 - as the real one
        self._cut(self.unsent, url)
        answer = self._request(method, url, **how)
        self._cut(self.unheard, url)
        return answer

    @staticmethod
    def _cut(left: dict[str, int], url: str) -> None:
        path = urlsplit(url).path
        if left.get(path, 0) > 0:
            left[path] -= 1
            raise Unreachable("the line was cut")

    def give(self, pick: int, *, later: bool = False) -> None:
        """Give one thing."""
        request = Request(
            role="profile", type=TYPE_GIVEN, purpose=PURPOSE, things=[things()[pick]], later=later
        )
        self.both.vault.gate.disclose(self.name, request)

    def give_unheard(self, pick: int, *, times: int = 1) -> None:
        """Give one thing that is taken, and nobody hears of that so many times."""
        self.unheard[wire.PATH_SIGNALS] = times
        self.give(pick)

    def visit(self, *, days: int = 0) -> Any:  # noqa: ANN401 - as JSON has it
        """Look in, after so many days in which the organisation kept house."""
        for _ in range(0, days, 100):
            self.both.clock.advance(timedelta(days=100))
            self.both.keep_house()
        return receiving.inbox(self.both.vault)

    def said(self) -> list[tuple[str, str | None]]:
        """The state of each entry of the log and the reason that stands with it."""
        assert logging.log(self.both.vault, verify=True)["problems"] == 0
        rows = self.both.vault.store.rows("disclosures.all")
        return [(row["state"], row["reason"]) for row in reversed(rows)]

    def taken(self) -> int:
        """How many batches they took."""
        return len(self.both.truth.batches)

    def told(self) -> Any:  # noqa: ANN401 - as JSON has it
        """What is shown of the deal."""
        return connecting.relationship(self.both.vault, self.name)

    def wrong(self) -> list[Finding]:
        """What does not hold of an exported log, looked at with nothing but the file."""
        path = self.both.folder / "log.json"
        proving.export_log(self.both.vault, path)
        return [one for one in check(path.read_bytes()) if not one.ok]

    def who(self) -> Any:  # noqa: ANN401 - as JSON has it
        """Who has what."""
        return holding.who(self.both.vault)["organisations"]

    def restored(self, path: Path | None = None) -> None:
        """Go on in a fresh vault from an export, or from one of now."""
        if path is None:
            path = self.both.folder / "export.json"
            exporting.export(self.both.vault, path)
        self.both.fresh_vault()
        report: Any = bringing.import_paths(self.both.vault, [path])
        assert "error" not in report["files"][0]


@pytest.fixture
def lost() -> Iterator[Lost]:
    made = Lost()
    yield made
    assert made.wrong() == []
    made.both.close()


def test_what_had_left_goes_before_what_waited_for_its_moment(lost: Lost) -> None:
    """The moment of what was given first comes only now: it must not take the other's number."""
    lost.give(0, later=True)
    lost.give_unheard(1)
    lost.both.vault.gate.send_now(lost.name)
    assert lost.said() == [("given", None)] * 2
    assert lost.taken() == 2
    assert (lost.told()["copied"], lost.told()["warnings"]) == (None, [])


def test_a_restored_vault_asks_for_what_had_left(lost: Lost) -> None:
    lost.give(0)
    lost.give_unheard(1)
    lost.restored()
    lost.visit()
    lost.give(2)
    assert lost.said() == [("given", None)] * 3
    assert lost.taken() == 3
    assert lost.told()["warnings"] == []


def test_a_restored_vault_asks_also_where_the_deal_was_ended_since(lost: Lost) -> None:
    lost.give_unheard(1)
    relationship = find(lost.both.vault.store, lost.name)
    person = signer_of(lost.both.vault.store, relationship).thumbprint
    statements.revoke(lost.both.hub, person, str(relationship.agreement))
    lost.restored()
    lost.visit()
    assert lost.said() == [("given", None)]


def test_a_restored_vault_goes_on_beside_the_one_that_gave_meanwhile(lost: Lost) -> None:
    lost.unsent[wire.PATH_SIGNALS] = 1
    lost.give(0)
    path = lost.both.folder / "export.json"
    exporting.export(lost.both.vault, path)
    ended = lost.both.vault.store
    with ended.transaction() as tx:  # it was refused there, and its number used for another
        tx.run("disclosures.refuse", position=1, reason="It was so.")
    lost.give(1)
    lost.restored(path)
    lost.visit()
    assert lost.said() == [("given", None)]
    assert lost.taken() == 2
    assert ["Another copy" in each["what"] for each in lost.told()["warnings"]] == [True]


def test_a_restored_vault_does_not_say_that_what_had_left_never_left(lost: Lost) -> None:
    lost.give(0)
    lost.give_unheard(1)
    lost.restored()
    lost.visit(days=1_200)
    (first, _), (second, why) = lost.said()
    assert (first, second) == ("erased", "withdrawn")
    assert "may have had it" in str(why)


@pytest.mark.parametrize("arrived", [True, False])
def test_what_had_left_before_a_change_is_asked_for_after_it(lost: Lost, *, arrived: bool) -> None:
    cut = lost.unheard if arrived else lost.unsent
    cut[wire.PATH_SIGNALS] = 2
    lost.give(0)
    changing.change(lost.both.vault, lost.name, LATER)
    lost.visit()
    assert lost.said() == [("given", None) if arrived else ("refused", REPLACED)]
    assert lost.told()["state"] == "active"


def test_what_was_erased_before_its_receipt_came_stands_as_erased(lost: Lost) -> None:
    lost.give_unheard(0, times=3)
    lost.both.clock.advance(timedelta(days=735))
    changing.renew(lost.both.vault, lost.name)  # what had run out, and what is asked for goes lost
    lost.visit(days=100)  # that it was erased is told in the visit in which it is lost once more
    assert lost.said()[0][0] == "waiting"
    lost.visit()
    assert lost.said() == [("erased", None)]
    assert lost.told()["state"] == "active"


def test_what_waits_of_a_deal_that_was_erased_waits_no_more(lost: Lost) -> None:
    lost.give(0)
    lost.give(1, later=True)
    changing.pause(lost.both.vault, lost.name)
    lost.visit(days=1_200)
    assert lost.said() == [("erased", None), ("withdrawn", ERASED_THERE)]


def change_unheard(lost: Lost) -> None:
    """Change the deal: it is accepted, and nobody here hears of that."""
    lost.unheard[wire.PATH_AGREEMENTS] = 1
    with pytest.raises(Offline):
        changing.change(lost.both.vault, lost.name, LATER)


def test_a_change_nobody_heard_of_is_not_taken_for_an_end(lost: Lost) -> None:
    change_unheard(lost)
    lost.give(0)
    changing.pause(lost.both.vault, lost.name)
    assert lost.told()["state"] == "active"
    assert [state for state, _ in lost.said()] == ["waiting"]
    lost.visit()
    assert (lost.told()["state"], lost.told()["terms"]) == ("active", LATER.terms)
    assert changing.standing(lost.both.vault, lost.name)["confirmed"] is True
    (newest,) = (one for one in lost.both.truth.deals.values() if one.after is None)
    assert newest.paused == {"person"}
    changing.resume(lost.both.vault, lost.name)
    lost.visit()
    assert lost.said() == [("refused", REPLACED)]
    lost.give(1)
    assert lost.said()[1] == ("given", None)


def test_ending_a_deal_ends_a_change_of_it_that_nobody_heard_of(lost: Lost) -> None:
    """Also where the copy that knows of the change is gone: it must hold at once, over there."""
    lost.give(0)
    change_unheard(lost)
    told = ending.revoke(lost.both.vault, lost.name)
    assert told["confirmed"] is True
    (person,) = lost.both.truth.people
    now = lost.both.now()
    assert lost.both.truth.allowing(person, PURPOSE, now) == frozenset()
    with pytest.raises(PurposeRefused):
        lost.both.hub.reads.standing(person, PURPOSE)
    lost.visit()
    assert lost.told()["state"] == "ended"


def test_a_pause_they_took_back_while_mine_held_is_not_theirs_for_ever(lost: Lost) -> None:
    vault, hub = lost.both.vault, lost.both.hub
    agreement = str(find(vault.store, lost.name).agreement)
    deciding.pause(hub, agreement=agreement)
    lost.visit()
    changing.pause(vault, lost.name)
    deciding.resume(hub, agreement=agreement)
    changing.resume(vault, lost.name)
    lost.visit()
    assert changing.standing(vault, lost.name)["paused_by"] == []


def test_a_deal_that_ran_out_by_their_clock_was_ended_by_nobody(lost: Lost) -> None:
    lost.both.clock.advance(timedelta(days=730))
    behind = SetClock(lost.both.clock.now() - timedelta(seconds=290))
    kept = lost.both.vault
    gate = Gate(kept.store, lost.both.wire, behind, lost.both.chance, commands=True)
    lost.both.vault = replace(kept, gate=gate, clock=behind)
    lost.give(0)
    assert (lost.told()["state"], lost.told()["ended_elsewhere"]) == ("active", False)
    assert lost.said()[0][0] == "refused"


def test_what_was_erased_under_a_change_nobody_heard_of_is_known_to_be(lost: Lost) -> None:
    lost.give(0)
    first = find(lost.both.vault.store, lost.name).agreement
    lost.both.clock.advance(timedelta(days=1))
    change_unheard(lost)
    lost.visit(days=1_200)
    assert lost.said() == [("erased", None)]
    assert lost.told()["state"] == "erased"
    assert find(lost.both.vault.store, lost.name).agreement == first
    assert [lost.visit()["problems"], lost.told()["warnings"]] == [{}, []]


def test_a_restored_vault_reads_what_stands_under_a_deal_of_another_copy(lost: Lost) -> None:
    lost.give(0)
    path = lost.both.folder / "export.json"
    exporting.export(lost.both.vault, path)
    changing.change(lost.both.vault, lost.name, LATER)
    (newest,) = (one.id for one in lost.both.truth.deals.values() if one.after is None)
    deciding.pause(lost.both.hub, agreement=newest)
    lost.restored(path)
    found = lost.visit()
    assert (found["problems"], lost.told()["warnings"]) == ({}, [])
    assert [each["verdict"] for each in found["messages"]] == ["unverifiable"]
    lost.both.clock.advance(timedelta(days=1))
    lost.visit(days=1_200)
    assert lost.said() == [("erased", None)]


def test_what_may_be_there_after_an_end_is_not_said_to_be_nowhere(lost: Lost) -> None:
    lost.give_unheard(0)
    ending.revoke(lost.both.vault, lost.name)
    (one,) = lost.who()
    assert (one["things"], one["perhaps"], one["holds"], one["can_end"]) == (0, 1, True, True)
    assert has("", 1) == "perhaps 1 thing: never confirmed"
    assert has("2 films", 3) == "2 films, and perhaps 3 things more: never confirmed"
    ending.revoke(lost.both.vault, lost.name, erase=True)
    (one,) = lost.who()
    assert (one["things"], one["perhaps"], one["holds"]) == (0, 0, False)
    assert has("", 0) == "nothing"


def test_what_they_did_before_a_change_is_about_the_deal_of_then(lost: Lost) -> None:
    agreement = str(find(lost.both.vault.store, lost.name).agreement)
    deciding.pause(lost.both.hub, agreement=agreement)
    changing.change(lost.both.vault, lost.name, LATER)
    found = lost.visit()
    assert [each["verdict"] for each in found["messages"]] == ["fits"]
    assert changing.standing(lost.both.vault, lost.name)["state"] == "accepted"


def test_an_answer_after_a_change_stands_also_on_what_came_before_it(lost: Lost) -> None:
    lost.give(0)
    changing.change(lost.both.vault, lost.name, LATER)
    for pick in (1, 2):
        lost.both.follow()
        lost.both.hub.answering.answer_some()
        lost.give(pick)
    found = lost.visit()
    assert [each["verdict"] for each in found["messages"]] == ["fits"] * len(found["messages"])
    assert found["messages"]
    held = given_things(lost.both.vault.store, find(lost.both.vault.store, lost.name))
    assert len(held) == 3


@pytest.mark.parametrize("how", ["by right", "after a change", "long after a change"])
def test_an_erasure_is_confirmed_for_the_deal_that_is_known_here(lost: Lost, how: str) -> None:
    vault = lost.both.vault
    lost.give(0)
    lost.both.clock.advance(timedelta(days=1))
    if how == "by right":
        told: Any = changing.change(vault, lost.name, changing.Wanted(terms="PDC-INTENT"))
        assert told["decision"] != "accepted"
        rights.ask(vault, lost.name, "erasure")
    else:
        change_unheard(lost)
        for _ in range(12 if how.startswith("long") else 0):
            lost.both.clock.advance(timedelta(days=100))
            lost.both.keep_house()
        assert ending.revoke(vault, lost.name, erase=True)["confirmed"] is True
    assert lost.said() == [("erased", None)]
    for _ in range(3):
        lost.both.clock.advance(timedelta(days=8))
        lost.visit()
    assert (lost.told()["state"], lost.told()["warnings"]) == ("erased", [])


def test_what_is_read_on_after_a_renewal_had_not_run_out(lost: Lost) -> None:
    lost.give(0)
    lost.both.clock.advance(timedelta(days=700))
    changing.renew(lost.both.vault, lost.name)
    lost.both.clock.advance(timedelta(days=40))  # the first deal would be over
    lost.both.keep_house()
    (person,) = lost.both.truth.people
    reader = Who(name="somebody", kind="staff")
    read = lost.both.hub.reads.things(person, table=THINGS, purpose=PURPOSE, reader=reader)
    assert len(read) == 1
    found: Any = looked.looked(lost.both.vault, lost.name)
    assert [(each["problem"], found["unasked"]) for each in found["looks"]] == [(None, None)]
