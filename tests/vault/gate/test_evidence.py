"""What is asked for as evidence and by right: where, how it is signed, and what may come back."""

from collections.abc import Callable

import pytest
from tests.vault.gate.heard import Heeded, answer, refusing

from firsthand.protocol import wire
from firsthand.protocol.digests import check_content_digest
from firsthand.protocol.refusals import Refused
from firsthand.protocol.signatures import Message, verify

pytestmark = pytest.mark.usefixtures("refused_in_words")

ODD = "a b/c?d"
QUOTED = "a%20b%2Fc%3Fd"

# What is asked: its method, its path, the member of the answer, and the words that it is asked in.
Ask = Callable[[Heeded], object]
SIGNED: dict[str, tuple[str, str, str, Ask]] = {
    "looks": (
        "GET", "/v1/reads?after=7", "signed",
        lambda deal: deal.gate.evidence.looks(deal.relationship, 7),
    ),
    "a right": (
        "POST", "/v1/rights", "status",
        lambda deal: deal.gate.evidence.ask_right(deal.relationship, b'{"right":"access"}'),
    ),
    "how it stands": (
        "GET", f"/v1/rights/{QUOTED}", "status",
        lambda deal: deal.gate.evidence.right_status(deal.relationship, ODD),
    ),
    "taken back": (
        "DELETE", f"/v1/rights/{QUOTED}", "status",
        lambda deal: deal.gate.evidence.take_right_back(deal.relationship, ODD),
    ),
}  # fmt: skip


def test_each_statement_is_asked_for_by_the_person_alone(deal: Heeded) -> None:
    for method, path, member, ask in SIGNED.values():
        deal.heard.asked.clear()
        with deal.heard.answering("/", {member: "a.b.c", "more": 1}):
            assert ask(deal) == "a.b.c"
        (asked,) = deal.heard.asked
        assert (asked.method, asked.path) == (method, path)
        assert (asked.pool, asked.literal) == (deal.signer.thumbprint, True)
        headers = {name.lower(): value for name, value in asked.headers.items()}
        verify(
            Message(method=method, target_uri=asked.url, headers=headers),
            public_key=deal.signer.key.public_key(), now=deal.seconds,
            required=wire.COVERED_BODY if method == "POST" else wire.COVERED_BARE,
            waits=method == "POST",
        )  # fmt: skip
        assert asked.content == (b'{"right":"access"}' if method == "POST" else b"")
        if method == "POST":
            assert headers["content-type"] == wire.TYPE_JSON
            check_content_digest(headers["content-digest"], asked.content)


def test_what_is_no_signed_statement_is_refused(deal: Heeded) -> None:
    held = "The organisation's answer holds no signed statement."
    unread = "The organisation's answer cannot be read."
    for _, _, member, ask in SIGNED.values():
        for said, words in (
            (b"{", unread), (b"", unread), ([member], held), ({}, held), ({member: 7}, held),
            ({member: None}, held),
        ):  # fmt: skip
            with deal.heard.answering("/", said), pytest.raises(Refused) as caught:
                ask(deal)
            assert caught.value.refusal.reason == "shape_invalid"
            assert caught.value.refusal.detail == words


def test_what_they_refuse_is_handed_on(deal: Heeded) -> None:
    for method, _, member, ask in SIGNED.values():
        with deal.heard.answering("/", refusing("not_allowed")), pytest.raises(Refused) as caught:
            ask(deal)
        assert caught.value.refusal.reason == "not_allowed"
        assert caught.value.refusal.detail == "It is so."
        for status in (201, 202, 204, 404):
            # A request may be taken now, made, or taken up later.
            taken = method == "POST" and status in {201, 202}
            with deal.heard.answering("/", {member: "a.b.c"}, status=status):
                if taken:
                    assert ask(deal) == "a.b.c"
                    continue
                with pytest.raises(Refused, match=f"It answered with status {status}"):
                    ask(deal)


def test_what_was_delivered_comes_as_it_is(deal: Heeded) -> None:
    with deal.heard.answering("/", b"any bytes"):
        assert deal.gate.evidence.right_data(deal.relationship, ODD, 12) == b"any bytes"
    (asked,) = deal.heard.asked
    assert (asked.method, asked.path) == ("GET", f"/v1/rights/{QUOTED}/data?after=12")
    assert asked.headers
    with deal.heard.answering("/", refusing("busy")), pytest.raises(Refused, match="It is so"):
        deal.gate.evidence.right_data(deal.relationship, ODD, 12)


def test_what_another_has_seen_is_asked_for_without_a_name(deal: Heeded) -> None:
    for url, at, path in (
        ("https://greta.example/seen/reel.json", "https://greta.example", "/seen/reel.json"),
        ("http://127.0.0.1:9/a", "http://127.0.0.1:9", "/a"),
        ("https://greta.example", "https://greta.example", "/"),
        (
            "https://a.example/b?c=https://d.example/e",
            "https://a.example",
            "/b?c=https://d.example/e",
        ),
    ):
        deal.heard.asked.clear()
        with deal.heard.answering("/", b"[]"):
            assert deal.gate.evidence.seen_at(url) == b"[]"
        (asked,) = deal.heard.asked
        assert (asked.method, asked.url, asked.headers) == ("GET", at + path, {})
        assert (asked.pool, asked.literal) == ("what another has seen", True)
        with deal.heard.answering("/", answer(b"[]", 404)), pytest.raises(Refused) as caught:
            deal.gate.evidence.seen_at(url)
        assert caught.value.refusal.reason == "not_found"
        assert caught.value.refusal.detail == f"{url} does not publish what it has seen."
