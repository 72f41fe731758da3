"""What leaves: the agreed fields, no finer than agreed, in the log before a byte is sent."""

import datetime
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send
from tests.harness.sides import Served, bring, connected, new_vault, share

from firsthand.foundation.clock import SetClock
from firsthand.foundation.egress import Egress
from firsthand.foundation.keys import event_id
from firsthand.protocol import wire
from firsthand.protocol.refusals import Refused
from firsthand.protocol.roles.profile import NAME_CHARS_MAX, PURPOSE, TYPE_GIVEN, coarsen
from firsthand.protocol.signals import decode_signals
from firsthand.protocol.things import Thing
from firsthand.vault.acts import connecting, ending, giving
from firsthand.vault.acts.opened import Vault
from firsthand.vault.gate import Gate, Request
from firsthand.vault.terms.relationships import agreement_of, find, signer_of

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=40)
TIMES = st.datetimes(datetime.datetime(1995, 1, 1), datetime.datetime(2035, 1, 1)).map(  # noqa: DTZ001
    lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%SZ")
)


def watched(name: str, time: str | None = "2024-01-13T20:15:00Z", **data: object) -> Thing:
    whole: dict[str, object] = {
        "@type": "WatchAction", "name": name, "startTime": time,
        "object": {"@type": "Movie", "name": name}, **data,
    }  # fmt: skip
    return Thing(
        id=f"id of {name} {time}", type="WatchAction", name=name, time=time, source="netflix",
        data=whole,
    )  # fmt: skip


def paid(price: str = "9.99") -> Thing:
    data: dict[str, object] = {"@type": "PayAction", "name": "Spotify", "price": price}
    return Thing(
        id="paid", type="PayAction", name="Spotify", time="2024-01-03", source="bank", data=data
    )


def request(*things: Thing, purpose: str = PURPOSE) -> Request:
    return Request(role="profile", type=TYPE_GIVEN, purpose=purpose, things=things)


def reason(vault: Vault, name: str, asked: Request) -> tuple[str, str]:
    with pytest.raises(Refused) as caught:
        vault.gate.compose(name, asked)
    return caught.value.refusal.reason, str(caught.value)


@pytest.fixture(scope="module")
def dealing(reel: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Vault, str]]:
    """One vault that is connected, for everything that changes nothing."""
    with new_vault(tmp_path_factory.mktemp("vaults") / "mine") as vault:
        yield vault, connected(vault, reel)


# --- refusals, step by step ----------------------------------------------------------------------


def test_nothing_leaves_under_an_ended_deal(reel: Served, mine: Vault) -> None:
    name = connected(mine, reel)
    ending.revoke(mine, name)
    assert reason(mine, name, request(watched("Fog"))) == (
        "agreement_ended", "Your deal with Reel has ended.",
    )  # fmt: skip


def test_nothing_leaves_under_a_deal_that_has_run_out(
    serve: Callable[..., Served], tmp_path: Path
) -> None:
    clock = SetClock(datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
    served = serve(clock=clock)
    with new_vault(tmp_path / "clocked", clock) as vault:
        name = connected(vault, served)
        clock.advance(datetime.timedelta(days=connecting.AGREEMENT_DAYS, seconds=-1))
        assert vault.gate.compose(name, request(watched("Fog"))).signals
        clock.advance(datetime.timedelta(seconds=1))
        asked = request(watched("Fog"))
        assert reason(vault, name, asked)[0] == "agreement_ended"
        with pytest.raises(Refused):
            vault.gate.disclose(name, asked)
        assert vault.store.rows("disclosures.all") == []


def test_another_purpose_is_refused_and_the_terms_that_allow_it_are_named(
    reel: Served, mine: Vault
) -> None:
    name = connected(mine, reel, terms="SD-BASE")
    why, words = reason(mine, name, request(watched("Fog")))
    assert why == "purpose_not_allowed"
    assert "SD-BASE" in words
    assert "FH-GIVEN" in words


@pytest.mark.parametrize(
    ("thing", "why"),
    [
        (watched("Fog", object="a film"), "shape_invalid"),
        (watched("Fog", object={"@type": "Movie", "name": "Fog", "url": "x"}), "shape_invalid"),
        (watched("Fog", "yesterday"), "shape_invalid"),
        (watched("Fog", object={"name": "Fog"}), "shape_invalid"),
        (paid(), "field_not_allowed"),
        (watched("x" * (NAME_CHARS_MAX + 1)), "shape_invalid"),
    ],
    ids=["text", "more", "no day", "no kind", "not asked for", "too long"],
)
def test_a_thing_that_may_not_leave(dealing: tuple[Vault, str], thing: Thing, why: str) -> None:
    vault, name = dealing
    assert reason(vault, name, request(thing))[0] == why
    assert vault.store.rows("disclosures.all") == []


def test_what_was_not_agreed_is_left_out_and_counted(dealing: tuple[Vault, str]) -> None:
    vault, name = dealing
    leaving = vault.gate.compose(name, request(watched("Fog"), paid(), paid("1.00")))
    assert leaving.left_out == {"PayAction": 2}
    assert [signal.data.name for signal in leaving.signals] == ["Fog"]


def test_a_thing_twice_is_given_once(dealing: tuple[Vault, str]) -> None:
    vault, name = dealing
    assert len(vault.gate.compose(name, request(watched("Fog"), watched("Fog"))).signals) == 1


def test_batches_keep_to_the_limits(dealing: tuple[Vault, str]) -> None:
    vault, name = dealing
    long = "y" * 4_000
    leaving = vault.gate.compose(
        name, request(*(watched(f"Film {n} {long if n < 1_400 else ''}") for n in range(1_500)))
    )
    sizes = [len(decode_signals(body)) for _, body in leaving.batches]
    assert sum(sizes) == 1_500
    assert max(sizes) <= wire.BATCH_EVENTS_MAX
    assert max(len(body) for _, body in leaving.batches) <= wire.BATCH_BYTES_MAX
    together = [signal for _, body in leaving.batches for signal in decode_signals(body)]
    assert together == leaving.signals


# --- laws ----------------------------------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(
    things=st.lists(
        st.builds(
            lambda name, time, more: watched(name, time, **more),
            NAMES,
            st.none() | TIMES,
            st.dictionaries(
                st.sampled_from(["agent", "instrument", "location", "secret", "description"]),
                NAMES,
            ),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_only_what_was_agreed_leaves(dealing: tuple[Vault, str], things: list[Thing]) -> None:
    vault, name = dealing
    leaving = vault.gate.compose(name, request(*things))
    agreed = set(leaving.agreement.proffer.fields["WatchAction"])
    own = {thing.id for thing in things}
    by_event = {event_id(leaving.signer.secret, thing.id): thing for thing in things}
    assert [signal.id for signal in leaving.signals] == list(by_event)
    for _, body in leaving.batches:
        for event in json.loads(body):
            assert set(event) == {
                "specversion", "id", "source", "type", "datacontenttype", "agreement", "purpose",
                "data",
            }  # fmt: skip
            assert event["id"] not in own
            data, thing = event["data"], by_event[event["id"]]
            assert set(data) - {"@type", "isBasedOn", "timePrecision"} <= agreed
            assert data["name"] == thing.name
            if thing.time is None:
                assert "startTime" not in data
            else:
                assert data["startTime"] == coarsen(thing.time, "week")
                assert datetime.date.fromisoformat(data["startTime"]).weekday() == 0
                assert data["timePrecision"] == "P1W"


def test_two_organisations_get_other_ids(serve: Callable[..., Served], mine: Vault) -> None:
    names = [connected(mine, serve(one)) for one in ("Reel", "Bank")]
    ids = [mine.gate.compose(name, request(watched("Fog"))).signals[0].id for name in names]
    assert len({*ids, watched("Fog").id}) == 3


# --- before it leaves ----------------------------------------------------------------------------


def test_a_preview_gives_nothing_and_shows_what_the_organisation_will_hold(
    reel: Served, mine: Vault
) -> None:
    name = connected(mine, reel)
    bring(mine, ["Harbour", "Fog", "Über & <Nacht>"], days=("2024-01-13", "2024-02-14"))
    person = signer_of(mine.store, find(mine.store, name)).thumbprint
    shown = giving.preview(mine, name, giving.Choice())
    assert mine.store.rows("disclosures.all") == []
    assert all(one.relationship != person for one in reel.envelopes())
    assert shown["answer_with"] != shown["answer_without"]
    assert share(mine, name)["state"] == "given"
    reel.settle()
    assert reel.things_of(person) == shown["things"]
    again = giving.preview(mine, name, giving.Choice())
    assert again["answer_without"] == shown["answer_with"]


def test_the_log_knows_before_the_organisation_does(
    serve: Callable[..., Served], mine: Vault
) -> None:
    """Looked at from the other side: when the bytes come in, the log has them already."""
    seen: list[tuple[bool, bool]] = []

    def wrap(application: ASGIApp) -> ASGIApp:
        async def looking(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["path"] != wire.PATH_SIGNALS:
                await application(scope, receive, send)
                return
            body = bytearray()

            async def received() -> Any:  # noqa: ANN401 - an ASGI message
                message = await receive()
                body.extend(message.get("body", b""))
                return message

            async def sent(message: Any) -> None:  # noqa: ANN401 - an ASGI message
                rows = await run_in_threadpool(mine.store.rows, "disclosures.all")
                kept = [row for row in rows if bytes(row["body"]) == bytes(body)]
                seen.append((len(kept) == 1, kept[0]["state"] == "waiting"))
                await send(message)

            await application(scope, received, sent)

        return looking

    served = serve(wrap=wrap)
    name = connected(mine, served)
    bring(mine, ["Harbour", "Fog"])
    assert share(mine, name)["state"] == "given"
    assert seen
    assert set(seen) == {(True, True)}


def test_a_vault_without_typed_addresses_dials_no_machine_of_its_own(
    reel: Served, mine: Vault
) -> None:
    """A page may not be told to reach this machine: only a command is typed by a person."""
    gate = Gate(mine.store, Egress(), mine.clock, mine.chance, commands=False)
    with pytest.raises(Refused) as caught:
        connecting.connect(replace(mine, gate=gate), reel.url)
    assert caught.value.refusal.reason == "not_allowed"
    gate.close()


def test_the_agreement_is_verified_each_time(dealing: tuple[Vault, str]) -> None:
    vault, name = dealing
    kept = agreement_of(vault.store, find(vault.store, name))
    assert kept.accepted
    assert msgspec.to_builtins(kept.proffer)["record"]["dpv:hasLegalBasis"] == "dpv:Consent"
