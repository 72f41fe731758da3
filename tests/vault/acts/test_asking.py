"""What is asked beyond need is named with its reason and left out, unless the person says so."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send
from tests.harness.sides import Served

from firsthand.protocol.refusals import Refused
from firsthand.vault.acts import connecting, others
from firsthand.vault.acts.opened import Vault
from firsthand.vault.acts.proposing import Way
from firsthand.vault.terms.relationships import agreement_of, find


@pytest.mark.parametrize("all_asked", [False, True])
def test_the_deal_is_the_smaller_one_unless_all_is_wanted(
    serve: Callable[..., Served], mine: Vault, *, all_asked: bool
) -> None:
    greedy = serve("Greedy", catalogue=None)
    met: Any = connecting.approach(mine, greedy.url).summary()
    found = {(each["kind"], each["name"]) for each in met["beyond"]}
    assert found == {("WatchAction", "duration"), ("PayAction", "recipient")}
    assert all(each["why"] for each in met["beyond"])
    assert "duration" not in met["smaller"]["WatchAction"]
    told: Any = connecting.connect(mine, greedy.url, way=Way(all_asked=all_asked))
    assert (told["decision"], told["all_asked"]) == ("accepted", all_asked)
    assert len(told["beyond"]) == 2
    fields = agreement_of(mine.store, find(mine.store, "greedy")).proffer.fields
    assert ("duration" in fields["WatchAction"]) is all_asked
    assert ("recipient" in fields["PayAction"]) is all_asked


LISTED = (
    b'{"effective_date":"2026-01-01","agreements":[{"id":"SD-BASE","url":"https://x.example/a"},'
    b'"PDC-AI",{"id":"OTHER","url":"https://x.example/b"},{"id":7}]}'
)


def only_listed(body: bytes) -> Callable[[ASGIApp], ASGIApp]:
    """An organisation without Firsthand: all that it has is its list."""

    def wrap(_app: ASGIApp) -> ASGIApp:
        async def answer(scope: Scope, _receive: Receive, send: Send) -> None:
            there = scope["path"] == "/.well-known/myterms.json"
            status = 200 if there else 404
            await send({"type": "http.response.start", "status": status, "headers": []})
            await send({"type": "http.response.body", "body": body if there else b""})

        return answer

    return wrap


def test_a_list_of_somebody_without_firsthand_is_read(
    serve: Callable[..., Served], mine: Vault
) -> None:
    shop = serve("Shop", wrap=only_listed(LISTED))
    told = others.terms_at(mine, shop.url + "/")
    assert told["known"] == ["SD-BASE", "PDC-AI"]
    assert told["unknown"] == [{"id": "OTHER", "url": "https://x.example/b"}]
    assert told["left_out"] == ["Entry 4 names no agreement."]
    assert connecting.relationships(mine) == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"agreements":1}', b"\xff", b"{}" * 40_000])
def test_what_is_no_list_is_refused_in_words(
    serve: Callable[..., Served], mine: Vault, body: bytes
) -> None:
    shop = serve("Shop", wrap=only_listed(body))
    with pytest.raises(Refused, match="list of terms"):
        others.terms_at(mine, shop.url)


def test_a_hub_says_in_the_same_list_what_it_takes(reel: Served, mine: Vault) -> None:
    assert "FH-GIVEN" in str(others.terms_at(mine, reel.url)["known"])
