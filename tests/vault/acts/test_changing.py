"""A deal rests and goes on, lasts longer, and is replaced by another: on both sides alike."""

import datetime
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.harness.sides import Served, bring, connected, inbox, new_vault, share

from firsthand.foundation.clock import SetClock
from firsthand.protocol.receipts import ErasureReceipt, sign_erasure
from firsthand.protocol.refusals import Refused
from firsthand.protocol.terms import ROSTER
from firsthand.vault.acts import changing, connecting, ending
from firsthand.vault.acts.changing import Wanted
from firsthand.vault.acts.comparing import compare_terms
from firsthand.vault.acts.opened import Vault
from firsthand.vault.acts.told import ChangeTold
from firsthand.vault.gate import Gate, Offline
from firsthand.vault.inbox import Message
from firsthand.vault.terms.relationships import agreement_of, find, signer_of
from firsthand.vault.terms.resting import rests_of


@pytest.fixture
def deal(reel: Served, mine: Vault) -> str:
    bring(mine, ["Harbour", "Fog", "Sun"])
    return connected(mine, reel)


def there(reel: Served, agreement: str | None) -> str:
    """The state of an agreement as they have it."""
    told: Any = reel.act("agreements")
    return str(next(row["state"] for row in told["agreements"] if row["id"] == agreement))


def test_a_pause_holds_on_both_sides_and_goes_on(mine: Vault, deal: str) -> None:
    told = changing.pause(mine, deal)
    assert (told["state"], told["confirmed"], told["paused_by"]) == ("paused", True, ["person"])
    with pytest.raises(Refused, match="You have paused your deal"):
        share(mine, deal)
    assert changing.pause(mine, deal)["state"] == "paused", "twice changes nothing"
    assert len(rests_of(mine.store, find(mine.store, deal).agreement).asked) == 1
    assert changing.resume(mine, deal)["state"] == "accepted"
    assert share(mine, deal)["state"] == "given"


def test_a_pause_while_they_are_away_holds_here_and_is_told_later(
    serve: Callable[..., Served], mine: Vault
) -> None:
    reel = serve("Away")
    bring(mine, ["Harbour"])
    deal = connected(mine, reel)
    reel.stop()
    told = changing.pause(mine, deal)
    assert (told["state"], told["confirmed"]) == ("paused", False)
    assert told["reason"]
    told = changing.resume(mine, deal)
    assert (told["state"], told["confirmed"]) == ("accepted", False)
    reel.start()
    inbox(mine)
    kept = rests_of(mine.store, find(mine.store, deal).agreement)
    assert [each.state for each in kept.asked] == ["confirmed", "confirmed"]
    assert share(mine, deal)["state"] == "given"


def test_they_pause_and_end_and_it_is_taken_in(reel: Served, mine: Vault, deal: str) -> None:
    agreement = find(mine.store, deal).agreement
    reel.act("pause", agreement=agreement)
    inbox(mine)
    assert changing.standing(mine, deal)["paused_by"] == ["organisation"]
    with pytest.raises(Refused, match="Reel has paused your deal"):
        share(mine, deal)
    changing.pause(mine, deal)
    reel.act("resume", agreement=agreement)
    inbox(mine)
    assert changing.standing(mine, deal)["paused_by"] == ["person"]
    changing.resume(mine, deal)
    assert share(mine, deal)["state"] == "given"
    reel.act("end", agreement=agreement)
    inbox(mine)
    assert find(mine.store, deal).state == "ended"
    assert changing.standing(mine, deal)["state"] == "terminated"


def test_a_renewal_is_the_same_deal_for_longer(reel: Served, mine: Vault, deal: str) -> None:
    share(mine, deal)
    before = agreement_of(mine.store, find(mine.store, deal))
    told = changing.renew(mine, deal, until=datetime.date(2030, 1, 31))
    after = agreement_of(mine.store, find(mine.store, deal))
    assert (told["decision"], told["renewed"], told["replaced"]) == ("accepted", True, before.id)
    assert (after.proffer.supersedes, after.proffer.prev) == (before.id, before.id)
    assert after.proffer.exp == 1896134400
    assert there(reel, before.id) == "terminated"
    assert there(reel, after.id) == "accepted"
    bring(mine, ["Moon"])
    assert share(mine, deal)["state"] == "given"
    reel.settle()
    assert inbox(mine)["problems"] == {}
    for wrong in (datetime.date(2001, 1, 1), datetime.date(2090, 1, 1)):
        with pytest.raises(Refused):
            changing.renew(mine, deal, until=wrong)


def test_what_rests_rests_after_a_renewal(reel: Served, mine: Vault, deal: str) -> None:
    changing.pause(mine, deal)
    changing.renew(mine, deal, until=datetime.date(2030, 1, 31))
    after = agreement_of(mine.store, find(mine.store, deal))
    assert there(reel, after.id) == changing.standing(mine, deal)["state"] == "paused"
    changing.resume(mine, deal)
    assert there(reel, after.id) == "accepted"


def test_other_terms_take_the_place_of_the_old_ones(mine: Vault, deal: str) -> None:
    share(mine, deal)
    wanted = Wanted(terms="SD-BASE", precision="month", fields={"WatchAction": ["name"]})
    seen = changing.preview(mine, deal, wanted)
    rows = {str(row["what"]): row for row in seen}
    assert rows["purposes"]["after"] == ["service", "support"]
    assert (rows["precision"]["before"], rows["precision"]["after"]) == ("week", "month")
    assert rows["given before"]["after"] == ["service", "support"]
    assert not any(row["more"] for row in seen), "all of it allows less"
    told = changing.change(mine, deal, wanted)
    assert told["decision"] == "accepted"
    kept = agreement_of(mine.store, find(mine.store, deal))
    assert (kept.terms.id, kept.precision) == ("SD-BASE", "month")
    assert kept.proffer.fields == {"WatchAction": ["name"]}
    with pytest.raises(Refused, match="SD-BASE does not allow personalisation"):
        share(mine, deal)


def test_a_counter_offer_is_taken_with_one_step_or_set_aside(
    reel: Served, mine: Vault, deal: str
) -> None:
    before = find(mine.store, deal).agreement
    reel.act("policy", counter="SD-BASE-DP")
    told = changing.change(mine, deal, Wanted(terms="PDC-AI"))
    assert (told["decision"], told["counter"]) == ("countered", "SD-BASE-DP")
    assert find(mine.store, deal).agreement == before, "the old one stays"
    assert there(reel, before) == "accepted"
    theirs = changing.counter(mine, deal)
    assert theirs is not None
    assert (theirs["mine"], theirs["theirs"]) == ("PDC-AI", "SD-BASE-DP")
    changing.set_aside(mine, deal)
    assert changing.counter(mine, deal) is None
    taken = changing.change(mine, deal, Wanted(terms=str(theirs["theirs"])))
    assert taken["decision"] == "accepted"
    kept = agreement_of(mine.store, find(mine.store, deal))
    assert kept.proffer.prev == theirs["agreement"]
    again = changing.change(mine, deal, Wanted(terms="PDC-GOOD"))
    assert again["decision"] == "countered", "it follows an accepted one, so it may be"
    at_last = changing.change(mine, deal, Wanted(terms="PDC-AI"))
    assert at_last["decision"] == "refused", "a proposal that follows a counter-offer is not"


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (Wanted(), "Nothing would be different"),
        (Wanted(terms="MINE"), "no terms called"),
        (Wanted(precision="second"), "A precision is one of"),
        (Wanted(fields={}), "at least one kind"),
        (Wanted(fields={"WatchAction": ["startTime"]}), "says nothing without name"),
        (Wanted(fields={"WatchAction": ["name", "mood"]}), "has no 'mood'"),
        (Wanted(fields={"MoveAction": ["name"]}), "MoveAction is not one of"),
    ],
)
def test_what_cannot_be_proposed(
    reel: Served, mine: Vault, deal: str, wanted: Wanted, words: str
) -> None:
    assert reel.name == "Reel"
    with pytest.raises(Refused, match=words):
        changing.change(mine, deal, wanted)


def test_an_answer_that_was_cut_off_is_asked_for_again(
    reel: Served, mine: Vault, deal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = find(mine.store, deal).agreement
    kept = Gate.proffer

    def lost(*args: Any, **named: Any) -> Any:  # noqa: ANN401 - as the original
        kept(*args, **named)
        raise Offline("the line was cut")

    with monkeypatch.context() as patched:
        patched.setattr(Gate, "proffer", lost)
        with pytest.raises(Offline):
            changing.change(mine, deal, Wanted(precision="month"))
    assert find(mine.store, deal).agreement == before
    inbox(mine)
    after = agreement_of(mine.store, find(mine.store, deal))
    assert (after.proffer.supersedes, after.precision) == (before, "month")
    assert there(reel, after.id) == "accepted"
    share(mine, deal)


def test_what_is_over_cannot_rest_or_change(reel: Served, mine: Vault, deal: str) -> None:
    assert reel.name == "Reel"
    ending.revoke(mine, deal)
    for over in (changing.pause, changing.resume, changing.renew):
        with pytest.raises(Refused, match="not in force any more"):
            over(mine, deal)


def test_every_pair_of_terms_says_what_is_different() -> None:
    for before in ROSTER.values():
        for after in ROSTER.values():
            rows = compare_terms(before, after)
            same = before.machine() | {"id": "", "class": ""} == after.machine() | {
                "id": "", "class": "",
            }  # fmt: skip
            assert bool(rows) or same or before.retention_days == after.retention_days
            assert [row["what"] for row in rows] == [
                row["what"] for row in compare_terms(after, before)
            ]


def test_what_they_erase_when_its_time_is_over_is_noted(
    reel: Served, mine: Vault, deal: str
) -> None:
    share(mine, deal)
    first = find(mine.store, deal).agreement
    assert first is not None
    changing.change(mine, deal, Wanted(precision="month"))
    relationship = find(mine.store, deal)
    check = ChangeTold(mine)

    (row,) = mine.store.rows("disclosures.all")
    index = json.loads(row["receipt"])["index"]

    def told(**other: Any) -> str:  # noqa: ANN401 - any member of it
        content: dict[str, Any] = {
            "iss": relationship.subject, "aud": signer_of(mine.store, relationship).subject,
            "agreement": first, "erased_at": 1, "backup_days": 30, "batches": 1,
            "leaves": [index], "checkpoint": "", "iat": 1, **other,
        }  # fmt: skip
        token = sign_erasure(ErasureReceipt(**content), reel.hub.organisation.key)
        message = Message(n=1, type=check.type, data={"erasure": token}, jws="")
        return check(relationship, message).verdict

    wrongs: list[dict[str, Any]] = [
        {"aud": "somebody"}, {"agreement": "0" * 64, "leaves": []}, {"iss": "somebody"},
        {"leaves": []},
    ]  # fmt: skip
    for wrong in wrongs:
        assert told(**wrong) == "differs"
    assert [row["state"] for row in mine.store.rows("disclosures.all")] == ["given"]
    assert told() == "fits"
    assert [row["state"] for row in mine.store.rows("disclosures.all")] == ["erased"]
    assert find(mine.store, deal).state == "active", "the new deal goes on"


def test_what_ran_out_is_proposed_anew_as_it_was(
    serve: Callable[..., Served], tmp_path: Path
) -> None:
    clock = SetClock(datetime.datetime.now(datetime.UTC))
    served = serve(clock=clock)
    with new_vault(tmp_path / "later", clock) as vault:
        name = connected(vault, served)
        bring(vault, ["Harbour"])
        share(vault, name)
        changing.change(vault, name, Wanted(precision="month"))
        before: Any = connecting.relationship(vault, name)
        clock.advance(datetime.timedelta(days=731))
        served.hub.keeping.work_off()
        assert changing.standing(vault, name)["state"] == "expired"
        told: Any = changing.renew(vault, name)
        assert (told["decision"], told["renewed"], told["replaced"]) == ("accepted", True, None)
        assert changing.standing(vault, name)["state"] == "accepted"
        after: Any = connecting.relationship(vault, name)
        for same in ("terms", "fields", "precision", "name", "state"):
            assert after[same] == before[same]
        assert after["agreement"] != before["agreement"]
        assert share(vault, name)["state"] == "given"
        clock.advance(datetime.timedelta(days=800))
        served.hub.keeping.work_off()
        with pytest.raises(Refused, match="has erased what you gave"):
            changing.renew(vault, name)
