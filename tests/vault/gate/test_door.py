"""The gate itself: what each way out asks for, as whom, and what it makes of the answer."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from tests.harness.sides import Served, connected
from tests.vault.gate.heard import START, Heard, Heeded, answer, asking_for, refusing, watched
from tests.vault.gate.test_asking import document_of, document_of_tomorrow

from firsthand.foundation.clock import SetClock, stamp
from firsthand.foundation.ids import SystemChance
from firsthand.protocol import wire
from firsthand.protocol.canonical import canonical
from firsthand.protocol.clocks import clock_apart
from firsthand.protocol.refusals import Refused
from firsthand.protocol.roles.profile_rules import Item, catalogue_sha256
from firsthand.protocol.signatures import Message, verify
from firsthand.vault.acts import changing, ending
from firsthand.vault.gate import Gate, Offline
from firsthand.vault.gate.sending import Outcome
from firsthand.vault.terms.relationships import agreement_of

pytestmark = pytest.mark.usefixtures("refused_in_words")

URL = "https://reel.example"


@pytest.fixture(params=[True, False], ids=["typed", "not typed"])
def strange(deal: Heeded, request: pytest.FixtureRequest) -> Iterator[tuple[Gate, Heard]]:
    """A gate whose every question is answered with an empty object."""
    heard = Heard()
    heard.instead = lambda _: answer({})
    gate = Gate(deal.vault.store, heard, deal.clock, SystemChance(), commands=request.param)
    yield gate, heard
    gate.close()


# --- before anything is agreed -------------------------------------------------------------------


def test_who_is_asked_first_hears_nobodys_name(strange: tuple[Gate, Heard]) -> None:
    """An address is one pool of connections, and of this machine only if a person typed it."""
    gate, heard = strange
    with pytest.raises(Refused, match="introduce"):
        gate.introduce(URL)
    assert gate.myterms(URL) == b"{}"
    assert gate.invitation(URL, "tok") == {}
    assert [asked.path for asked in heard.asked] == [
        wire.PATH_DISCOVERY, wire.PATH_MYTERMS, f"{wire.PATH_INVITES}/tok",
    ]  # fmt: skip
    assert {(asked.method, asked.pool, asked.literal) for asked in heard.asked} == {
        ("GET", URL, gate.typed)
    }
    assert all(asked.headers == {} for asked in heard.asked)


def test_what_is_no_list_or_invitation_is_refused(strange: tuple[Gate, Heard]) -> None:
    gate, heard = strange
    heard.instead = lambda _: answer({}, 404)
    with pytest.raises(Refused) as caught:
        gate.myterms(URL)
    assert caught.value.refusal.reason == "not_found"
    assert str(caught.value) == f"{URL} does not say which agreements it accepts."
    with pytest.raises(Refused, match="It answered with status 404"):
        gate.invitation(URL, "tok")
    for odd in (b"", b"[]", b"7", b"{"):
        heard.instead = lambda _, odd=odd: answer(odd)  # type: ignore[misc]
        with pytest.raises(Refused) as caught:
            gate.invitation(URL, "tok")
        assert caught.value.refusal.reason == "shape_invalid"
        assert str(caught.value) == "The organisation's answer is not a JSON object."


def test_a_relationship_is_dialled_as_itself(strange: tuple[Gate, Heard], deal: Heeded) -> None:
    gate, heard = strange
    heard.instead = lambda _: answer(deal.relationship.document)
    assert gate.introduce_again("reel").body == deal.relationship.document
    (asked,) = heard.asked
    assert (asked.pool, asked.literal) == (deal.signer.thumbprint, gate.typed)
    assert asked.url == deal.served.url + wire.PATH_DISCOVERY
    assert gate.introduce(deal.served.url).body == deal.relationship.document


def test_a_proposal_goes_out_signed_and_its_answer_is_read(deal: Heeded) -> None:
    introduction = deal.gate.introduce(deal.served.url)
    kept = agreement_of(deal.vault.store, deal.relationship)
    deal.heard.asked.clear()
    # The same proposal gets the same answer again.
    assert deal.gate.proffer(introduction, kept.proffer_jws, deal.signer) == kept
    (asked,) = deal.heard.asked
    assert (asked.method, asked.path) == ("POST", wire.PATH_AGREEMENTS)
    assert (asked.content, asked.pool) == (kept.proffer_jws.encode(), deal.signer.thumbprint)
    assert asked.literal
    headers = {name.lower(): value for name, value in asked.headers.items()}
    assert headers["content-type"] == wire.TYPE_JOSE
    said = verify(
        Message(method="POST", target_uri=asked.url, headers=headers),
        public_key=deal.signer.key.public_key(), required=wire.COVERED_BODY, now=deal.seconds,
    )  # fmt: skip
    assert said.expires is None, "a proposal does not wait"
    none = "The answer to the proposal holds no statement."
    for body, status, words in (
        ({"answer": 7}, 200, none),
        ({}, 200, none),
        ([], 200, "The organisation's answer is not a JSON object."),
        ({"answer": kept.answer_jws}, 201, "It answered with status 201."),
    ):
        with (
            deal.heard.answering(wire.PATH_AGREEMENTS, body, status=status),
            pytest.raises(Refused) as caught,
        ):
            deal.gate.proffer(introduction, kept.proffer_jws, deal.signer)
        assert str(caught.value) == words
        assert caught.value.refusal.reason == ("busy" if status == 201 else "shape_invalid")


def test_an_answer_from_the_future_is_refused(deal: Heeded) -> None:
    kept = agreement_of(deal.vault.store, deal.relationship)
    introduction = deal.gate.introduce(deal.served.url)
    at = kept.answer.iat
    for before_s in (wire.SKEW_S_MAX, wire.SKEW_S_MAX + 1):
        early = SetClock(deal.clock.now() - timedelta(seconds=deal.seconds - at + before_s))
        gate = Gate(deal.vault.store, deal.heard, early, SystemChance(), commands=True)
        with deal.heard.answering(wire.PATH_AGREEMENTS, {"answer": kept.answer_jws}):
            if before_s == wire.SKEW_S_MAX:
                assert gate.proffer(introduction, kept.proffer_jws, deal.signer) == kept
                continue
            with pytest.raises(Refused) as caught:
                gate.proffer(introduction, kept.proffer_jws, deal.signer)
        assert str(caught.value) == clock_apart(at, at - before_s)


# --- who they are --------------------------------------------------------------------------------


def test_what_they_say_of_themselves_is_read_anew(deal: Heeded) -> None:
    before = deal.relationship
    assert deal.gate.refresh("Reel") == before
    changed = document_of(deal, name="Reel & Sons")
    with deal.heard.answering(wire.PATH_DISCOVERY, changed):
        after = deal.gate.refresh("reel")
    assert after == deal.relationship
    assert (after.document, after.organisation.name) == (changed, "Reel & Sons")


def test_a_key_that_goes_on_from_nothing_is_refused_and_kept_as_a_warning(deal: Heeded) -> None:
    known = agreement_of(deal.vault.store, deal.relationship).answer_jws
    deal.gate.keep_up("reel", known)
    assert deal.heard.paths() == [], "its key is known"
    tomorrow = document_of_tomorrow(deal)
    with deal.heard.answering(wire.PATH_DISCOVERY, tomorrow):
        deal.gate.keep_up("REEL", "no statement")
    assert deal.relationship.document == tomorrow
    assert deal.warnings() == []
    with pytest.raises(Refused) as caught:
        deal.gate.keep_up("reel", "no statement")  # now they show their first key alone
    assert deal.warnings() == [str(caught.value)]
    assert "does not go on" in str(caught.value)
    assert deal.relationship.document == tomorrow


def test_a_catalogue_is_fetched_once_and_is_the_published_one(deal: Heeded) -> None:
    items = [Item(id="1", name="Fog", genres=["mystery"]), Item(id="2", name="Sun", price="9.99")]
    sha256 = catalogue_sha256(items)
    body = msgspec.json.encode(items)
    wrong: list[tuple[bytes, int, str, str]] = [
        (body, 404, "busy", "It answered with status 404."),
        (msgspec.json.encode(items[:1]), 200, "digest_invalid",
         "The catalogue is not the one that was published."),
        (b"{}", 200, "shape_invalid", "The catalogue: Expected `array`, got `object`"),
        (b'[{"more":' + b"[" * 10_000, 200, "shape_invalid",
         "The catalogue: maximum recursion depth exceeded while deserializing an object"),
    ]  # fmt: skip
    for said, status, reason, words in wrong:
        with (
            deal.heard.answering(wire.PATH_CATALOGUES, said, status=status),
            pytest.raises(Refused) as caught,
        ):
            deal.gate.catalogue(deal.relationship, sha256)
        assert (caught.value.refusal.reason, caught.value.refusal.detail) == (reason, words)
    deal.heard.asked.clear()
    with deal.heard.answering(wire.PATH_CATALOGUES, body):
        assert deal.gate.catalogue(deal.relationship, sha256) == items
    assert deal.heard.paths() == [f"{wire.PATH_CATALOGUES}/{sha256}"]
    assert deal.gate.catalogue(deal.relationship, sha256) == items
    assert deal.heard.paths() == []
    kept = deal.row("inbox.catalogue", sha256=sha256)
    assert kept["items"] == canonical(msgspec.to_builtins(items)).decode()


# --- what they say -------------------------------------------------------------------------------


def message(n: object, jws: object = "a.b.c") -> dict[str, object]:
    return {"n": n, "jws": jws}


def test_messages_are_asked_for_by_number_and_come_in_their_order(deal: Heeded) -> None:
    many = [message(n) for n in range(wire.MESSAGES_MAX + 1)]
    with deal.heard.answering(wire.PATH_INBOX, {"messages": many}):
        found = deal.gate.messages(deal.relationship, 41)
    assert found == [(n, "a.b.c") for n in range(wire.MESSAGES_MAX)]
    (asked,) = deal.heard.asked
    assert (asked.method, asked.path) == ("GET", f"{wire.PATH_INBOX}?after=41")
    assert (asked.pool, asked.literal) == (deal.signer.thumbprint, True)
    headers = {name.lower(): value for name, value in asked.headers.items()}
    verify(
        Message(method="GET", target_uri=asked.url, headers=headers),
        public_key=deal.signer.key.public_key(), required=wire.COVERED_BARE, now=deal.seconds,
    )  # fmt: skip


def test_what_is_no_list_of_messages_is_refused(deal: Heeded) -> None:
    unsigned = "A message of the organisation is not signed."
    unnumbered = "A message of the organisation has no number."
    for said, words in (
        ([], "The organisation's answer is not a JSON object."),
        ({}, "The organisation's messages are not a list."),
        ({"messages": {}}, "The organisation's messages are not a list."),
        ({"messages": [message(1), 7]}, unsigned),
        ({"messages": [{"n": 1}]}, unsigned),
        ({"messages": [message(1, 7)]}, unsigned),
        ({"messages": [message("1")]}, unnumbered),
        ({"messages": [{"n": True, "jws": "a.b.c"}]}, unnumbered),
        ({"messages": [{"jws": "a.b.c"}]}, unnumbered),
    ):
        with deal.heard.answering(wire.PATH_INBOX, said), pytest.raises(Refused) as caught:
            deal.gate.messages(deal.relationship, 0)
        assert caught.value.refusal.reason == "shape_invalid"
        assert caught.value.refusal.detail == words


def test_who_says_that_it_is_over_is_believed(deal: Heeded) -> None:
    with deal.heard.answering(wire.PATH_INBOX, refusing("busy")), pytest.raises(Refused):
        deal.gate.messages(deal.relationship, 0)
    assert deal.relationship.state == "active"
    with (
        deal.heard.answering(wire.PATH_INBOX, refusing("agreement_ended")),
        pytest.raises(Refused, match="It is so") as caught,
    ):
        deal.gate.messages(deal.relationship, 0)
    assert caught.value.refusal.reason == "agreement_ended"
    assert (deal.relationship.state, deal.relationship.ended_at) == (
        "ended", stamp(deal.clock.now()),
    )  # fmt: skip


def test_at_the_end_of_its_term_that_it_is_over_is_no_news(deal: Heeded) -> None:
    exp = agreement_of(deal.vault.store, deal.relationship).proffer.exp
    late = exp - wire.SKEW_S_MAX  # the organisation's clock may be ahead
    for seconds, state in ((late, "active"), (late - 1, "ended")):
        clock = SetClock(START + timedelta(seconds=seconds - int(START.timestamp())))
        gate = Gate(deal.vault.store, deal.heard, clock, SystemChance(), commands=True)
        with (
            deal.heard.answering(wire.PATH_INBOX, refusing("agreement_ended")),
            pytest.raises(Refused),
        ):
            gate.messages(deal.relationship, 0)
        assert deal.relationship.state == state


# --- giving --------------------------------------------------------------------------------------


def test_what_would_leave_says_all_about_itself(deal: Heeded) -> None:
    asked = asking_for(watched("Fog"))
    way = deal.gate.compose("REEL", asked)
    assert (way.relationship, way.request, way.now) == (deal.relationship, asked, deal.seconds)
    assert way.agreement == agreement_of(deal.vault.store, deal.relationship)
    assert way.signer.thumbprint == deal.signer.thumbprint
    assert (way.instead, way.paused_by) == ("reel", ())
    changing.pause(deal.vault, "reel")
    with pytest.raises(Refused, match="You have paused your deal"):
        deal.gate.compose("reel", asked)
    changing.resume(deal.vault, "reel")
    ending.revoke(deal.vault, "reel")
    with pytest.raises(Refused) as over:
        deal.gate.compose("reel", asked)
    assert str(over.value) == "Your deal with Reel has ended."
    assert connected(deal.vault, deal.served) == "reel-2"
    with pytest.raises(Refused) as other:
        deal.gate.compose("reel-1", asked)
    assert str(other.value).endswith("The one in force is called reel-2.")


def test_one_that_is_named_is_dialled_alone(deal: Heeded, serve: object, tmp_path: Path) -> None:
    assert callable(serve)
    assert tmp_path.is_dir()
    other: Served = serve("Chorus", clock=deal.clock)
    connected(deal.vault, other)
    with deal.heard.answering(wire.PATH_SIGNALS, refusing("busy")):
        deal.give("Fog")
        deal.gate.disclose("chorus", asking_for(watched("Fog")))
    deal.heard.asked.clear()
    assert deal.gate.flush("nobody") == []
    assert deal.heard.asked == []
    assert [each.relationship for each in deal.gate.flush("chorus")] == ["chorus"]
    assert all(asked.url.startswith(other.url) for asked in deal.heard.asked)
    assert [each.relationship for each in deal.gate.flush()] == ["reel"]
    assert deal.states() == ["given", "given"]


def test_while_it_rests_what_waits_stays(deal: Heeded) -> None:
    with deal.heard.answering(wire.PATH_SIGNALS, refusing("busy")):
        deal.give("Fog")
    told = deal.gate.rest("REEL", "paused")
    assert told == [Outcome(relationship="reel", kind="paused", state="confirmed")]
    deal.heard.asked.clear()
    assert deal.gate.flush() == []
    assert deal.heard.asked == []
    kinds = [(each.kind, each.state) for each in deal.gate.rest("reel", "resumed")]
    assert kinds == [("resumed", "confirmed"), ("given", "given")]


def test_what_waits_for_a_moment_goes_when_it_is_told_to(deal: Heeded) -> None:
    deal.give("Fog", later=True)
    deal.give("Sun", later=True)
    assert deal.gate.flush("reel") == []
    assert [each.state for each in deal.gate.send_now("reel")] == ["given", "given"]
    assert deal.gate.send_now("reel") == []


def test_a_deal_is_ended_before_anybody_hears_of_it(deal: Heeded) -> None:
    with deal.heard.answering("/v1/", refusing("busy")):
        (told,) = deal.gate.end("REEL", erase=False)
        assert (told.kind, told.state) == ("revocation", "waiting")
        (told,) = [each for each in deal.gate.end("reel", erase=True) if each.kind == "erasure"]
    assert deal.relationship.state == "ended"
    assert [each.state for each in deal.gate.flush("reel")] == ["confirmed", "confirmed"]
    assert deal.relationship.state == "erased"


def test_after_it_was_closed_nothing_leaves(deal: Heeded) -> None:
    gate = Gate(deal.vault.store, Heard(), deal.clock, SystemChance(), commands=True)
    assert gate.introduce(deal.served.url).body == deal.relationship.document
    gate.close()
    with pytest.raises((Offline, RuntimeError, Refused)):
        gate.introduce(deal.served.url)
