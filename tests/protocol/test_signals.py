"""What travels is strict: one form, one role, nothing unknown, no name said twice."""

import pytest

from firsthand.protocol.refusals import Refused
from firsthand.protocol.roles.profile import NAME_CHARS_MAX, WORD_CHARS_MAX, compose_given
from firsthand.protocol.signals import SPECVERSION, Signal, decode_signals, encode_signals
from firsthand.protocol.things import Thing
from firsthand.protocol.wire import BATCH_EVENTS_MAX

FIELDS = {"WatchAction": ["name", "object", "startTime"]}


def signal(identifier: str = "a", purpose: str = "personalisation") -> Signal:
    """One thing watched, as it would leave."""
    thing = Thing(
        id="own",
        type="WatchAction",
        name="Harbour: Season 1: Fog",
        time="2024-01-03T20:15:00Z",
        source="netflix",
        data={"@type": "WatchAction", "object": {"@type": "TVEpisode", "name": "Fog"}},
    )
    given = compose_given(thing, fields=FIELDS, precision="week")
    assert given is not None
    return Signal(
        specversion=SPECVERSION,
        id=identifier,
        source="urn:person",
        type="profile.given",
        agreement="f" * 64,
        purpose=purpose,
        data=given,
    )


def refused(body: bytes) -> str:
    """The words of a refusal; fails if it is taken."""
    with pytest.raises(Refused) as caught:
        decode_signals(body)
    assert caught.value.refusal.reason == "shape_invalid"
    return str(caught.value)


def test_what_is_written_is_read_again() -> None:
    signals = [signal("a"), signal("b")]
    assert decode_signals(encode_signals(signals)) == signals


def test_another_way_of_writing_the_same_is_taken() -> None:
    spaced = encode_signals([signal()]).replace(b'","', b'" ,\n "')
    assert decode_signals(spaced)[0].data == signal().data


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"id":"a"', b'"id":"b","id":"a"'),
        (b'"isBasedOn":"netflix"', b'"isBasedOn":"x","isBasedOn":"netflix"'),
        (b'"name":"Fog"', b'"name":"Rain","name":"Fog"'),
        (b'"specversion":"1.0",', b""),
        (b'"specversion":"1.0"', b'"specversion":"0.9"'),
        (b'"id":"a"', b'"id":""'),
        (b'"id":"a"', b'"id":"' + b"a" * 65 + b'"'),
        (b'"id":"a"', b'"id":"a","colour":"red"'),
        (b'"id":"a"', b'"id":"a\\u0000"'),
        (b'"id":"a"', b'"id":"\\u00e4"'),
        (b'"name":"Fog"', b'"name":"' + b"g" * (NAME_CHARS_MAX + 1) + b'"'),
        (b'"isBasedOn":"netflix"', b'"isBasedOn":"' + b"x" * (WORD_CHARS_MAX + 1) + b'"'),
        (b'"name":"Fog"', b'"name":"Fog","partOfSeries":{"@type":"T","partOfSeries":null}'),
        (b'{"@type":"TVEpisode"', b'{"partOfSeason":' * 900 + b'{"@type":"TVEpisode"'),
        (b'"isBasedOn":"netflix"', b'"isBasedOn":"netflix","agent":"Greta"'),
        (b"[{", b"{"),
        (b"Fog", b"\x80og"),
    ],
)
def test_anything_else_is_refused(old: bytes, new: bytes) -> None:
    body = encode_signals([signal()])
    assert old in body
    assert refused(body.replace(old, new, 1))


def test_a_batch_is_of_one_purpose_and_bounded() -> None:
    assert refused(encode_signals([signal(), signal("b", purpose="offers")]))
    assert refused(b"[]")
    assert refused(encode_signals([signal()] * (BATCH_EVENTS_MAX + 1)))
