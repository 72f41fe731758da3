"""What came back is taken in order, once, and judged; what is odd is left where it is."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.harness.sides import CATALOGUE, Served, bring, connected, inbox, share

from firsthand.hub.outbox import Content
from firsthand.protocol.wire import MESSAGES_MAX
from firsthand.vault.acts import ending, receiving
from firsthand.vault.acts.opened import Vault
from firsthand.vault.inbox import fetch
from firsthand.vault.roles.profile import AnswerCheck
from firsthand.vault.terms.relationships import find, signer_of


def say(served: Served, vault: Vault, name: str, times: int, kind: str = "news") -> None:
    """Let an organisation say something that no rule makes."""
    kept = find(vault.store, name)
    person = signer_of(vault.store, kept).thumbprint
    assert kept.agreement is not None
    content = Content(type=kind, agreement=kept.agreement, answers="", data={"words": "hello"})

    waiting = served.hub.outbox

    def work(tx: Any) -> None:  # noqa: ANN401 - a transaction
        for _ in range(times):
            assert waiting.put(tx, person, waiting.prepared(tx, person, content))

    served.hub.write(work)


def test_an_answer_is_taken_once_and_fits(reel: Served, mine: Vault) -> None:
    name = connected(mine, reel)
    bring(mine, ["Harbour", "Fog"])
    share(mine, name)
    reel.settle()
    first = inbox(mine)
    assert [message["verdict"] for message in first["messages"]] == ["fits"]
    assert inbox(mine) == first
    (message,) = first["messages"]
    assert (message["n"], message["type"], message["unread"]) == (1, "profile.answered", True)
    named = receiving.named_things(mine, "REEL")
    assert {because for pick in message["data"]["picks"] for because in pick["because"]} <= set(
        named
    )
    receiving.mark_read(mine, "Reel")
    assert [message["unread"] for message in inbox(mine)["messages"]] == [False]


def test_an_answer_may_stand_on_what_came_there_before_its_receipt_came_here(
    reel: Served, mine: Vault
) -> None:
    name = connected(mine, reel)
    bring(mine, ["Harbour", "Fog"])
    share(mine, name)
    reel.settle()
    with mine.store.transaction() as tx:  # as if it had been killed before it kept the receipt
        tx._connection.execute(  # noqa: SLF001 - nothing else takes a receipt away
            "UPDATE disclosures SET state = 'waiting', receipt = NULL, acknowledged_at = NULL"
        )
        tx._connection.execute("UPDATE relationships SET acked_n = 0")  # noqa: SLF001
    check = AnswerCheck(mine.store, mine.gate)
    assert fetch(mine.store, mine.gate, mine.clock, {check.type: check}).new == {name: 1}
    (row,) = mine.store.rows("inbox.of_relationship", relationship=name, limit=10)
    assert row["verdict"] == "fits"


def test_more_than_one_page_is_fetched_in_order(reel: Served, mine: Vault) -> None:
    name = connected(mine, reel)
    say(reel, mine, name, MESSAGES_MAX + 7)
    receiving.refresh(mine)
    assert find(mine.store, name).inbox_after == MESSAGES_MAX + 7
    rows = mine.store.rows("inbox.of_relationship", relationship=name, limit=1000)
    assert [row["n"] for row in rows] == list(range(MESSAGES_MAX + 7, 0, -1))


def test_a_kind_that_nobody_can_judge_says_so(reel: Served, mine: Vault) -> None:
    name = connected(mine, reel)
    say(reel, mine, name, 1)
    (message,) = inbox(mine)["messages"]
    assert message["verdict"] == "unverifiable"
    assert message["verdict_detail"]


def test_a_new_catalogue_is_answered_anew_and_judged_by_it(
    serve: Callable[..., Served], mine: Vault
) -> None:
    served = serve("Reel")
    name = connected(mine, served)
    bring(mine, ["Harbour"])
    share(mine, name)
    served.settle()
    assert inbox(mine)["messages"][0]["verdict"] == "fits"
    served.act("catalogue", csv=CATALOGUE + "6,Lantern,mystery\n")
    served.settle()
    newest = inbox(mine)["messages"][0]
    assert (newest["n"], newest["verdict"]) == (2, "fits")
    assert "Lantern" in {pick["name"] for pick in newest["data"]["picks"]}


def test_one_that_publishes_no_rule_cannot_be_judged(
    serve: Callable[..., Served], mine: Vault
) -> None:
    served = serve("Reel", catalogue=None)
    name = connected(mine, served)
    say(served, mine, name, 1, kind="profile.answered")
    (message,) = inbox(mine)["messages"]
    assert message["verdict"] == "differs"  # it is no answer at all
    assert message["relationship"] == name


@pytest.mark.parametrize("name", [None, "REEL"])
def test_without_asking_nothing_is_dialled(
    serve: Callable[..., Served], mine: Vault, name: str | None
) -> None:
    served = serve("Reel")
    connected(mine, served)
    say(served, mine, "reel", 2)
    inbox(mine)
    served.stop()
    found: Any = receiving.inbox(mine, name, ask=False)
    assert [message["n"] for message in found["messages"]] == [2, 1]
    assert found["problems"] == {}


def test_who_is_asked_alone_is_the_only_one_that_hears(
    serve: Callable[..., Served], mine: Vault
) -> None:
    reel, chorus = serve("Reel"), serve("Chorus")
    names = [connected(mine, served) for served in (reel, chorus)]
    for served, name in zip((reel, chorus), names, strict=True):
        say(served, mine, name, 1)
    told: Any = receiving.refresh(mine, "chorus")
    assert (told["new"], told["problems"]) == ({"chorus": 1}, {})
    assert sorted(receiving.to_ask(mine)) == sorted(names)
    reel.stop()
    ending.revoke(mine, "reel")
    ending.revoke(mine, "chorus")
    assert receiving.to_ask(mine) == ["reel"], "it has yet to hear that it has ended"
    reel.start()
    assert receiving.refresh(mine, "chorus")["sent"] == []
    assert receiving.refresh(mine, "reel")["sent"]
    assert receiving.to_ask(mine) == []
