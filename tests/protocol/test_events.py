"""CloudEvents: the standard's own cases, and what is written is read back."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.protocol.events import (
    CloudEvent,
    EventRefused,
    decode_batch,
    decode_event,
    encode_batch,
    encode_event,
)
from firsthand.protocol.wire import BATCH_EVENTS_MAX

VECTORS = Path(__file__).parents[2].parent / "shared" / "vectors" / "cloudevents"
here = pytest.mark.skipif(
    not VECTORS.is_dir(), reason="the CloudEvents vectors are not in ../shared/vectors"
)
MINIMAL = {"specversion": "1.0", "id": "1", "type": "io.example", "source": "/s"}

TEXT = st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=20)
EVENTS = st.builds(
    CloudEvent,
    id=TEXT,
    source=st.sampled_from(["https://e.example/a?b#c", "#f", "urn:x:%41"]),
    type=TEXT,
    datacontenttype=st.sampled_from([None, "application/json", 'text/plain; charset="utf-8"']),
    dataschema=st.sampled_from([None, "https://e.example/s"]),
    subject=st.none() | TEXT,
    time=st.sampled_from([None, "2024-02-29T23:59:60.5+05:30"]),
    extensions=st.dictionaries(
        st.text("abc019", min_size=1, max_size=8),
        TEXT | st.booleans() | st.integers(-(2**31), 2**31 - 1),
        max_size=4,
    ),
    data=st.just(msgspec.UNSET) | st.none() | st.dictionaries(TEXT, TEXT, max_size=3),
    data_base64=st.none(),
) | st.builds(CloudEvent, id=TEXT, source=st.just("s"), type=TEXT, data_base64=st.binary())


def cases(name: str, what: str) -> list[Any]:
    path = VECTORS / name
    if not path.is_file():
        return []
    return [
        pytest.param(test[what], id=test["id"]) for test in json.loads(path.read_text())["tests"]
    ]


@here
def test_all_vectors_are_there() -> None:
    names = ("valid-events", "invalid-events", "valid-batches", "invalid-batches")
    counts = [len(cases(f"{name}.json", name.split("-")[1][:5])) for name in names[:2]]
    counts += [len(cases(f"{name}.json", "batch")) for name in names[2:]]
    assert counts == [10, 25, 5, 3]


@here
@pytest.mark.parametrize("event", cases("valid-events.json", "event"))
def test_a_valid_event_is_read_and_comes_back(event: dict[str, object]) -> None:
    read = decode_event(json.dumps(event).encode())
    assert json.loads(encode_event(read)) == {k: v for k, v in event.items() if v is not None}
    assert decode_event(event) == read


@here
@pytest.mark.parametrize("event", cases("invalid-events.json", "event"))
def test_an_invalid_event_is_refused(event: dict[str, object]) -> None:
    with pytest.raises(EventRefused):
        decode_event(json.dumps(event).encode())


@here
@pytest.mark.parametrize("batch", cases("valid-batches.json", "batch"))
def test_a_valid_batch_is_read_and_comes_back(batch: list[dict[str, object]]) -> None:
    assert json.loads(encode_batch(decode_batch(json.dumps(batch).encode()))) == batch


@here
@pytest.mark.parametrize("batch", cases("invalid-batches.json", "batch"))
def test_an_invalid_batch_is_refused(batch: list[object]) -> None:
    with pytest.raises(EventRefused):
        decode_batch(json.dumps(batch).encode())


@given(st.lists(EVENTS, max_size=4))
def test_what_is_written_is_read_back(events: list[CloudEvent]) -> None:
    assert decode_batch(encode_batch(events)) == events
    for event in events:
        assert decode_event(encode_event(event)) == event


def test_absent_data_is_not_null_data() -> None:
    assert decode_event(MINIMAL).data is msgspec.UNSET
    assert decode_event({**MINIMAL, "data": None}).data is None
    assert b'"data":null' in encode_event(decode_event({**MINIMAL, "data": None}))


@pytest.mark.parametrize(
    "time",
    [
        "2023-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2024-00-01T00:00:00Z",
        "2024-13-01T00:00:00Z",
        "2024-04-31T00:00:00Z",
        "2024-01-00T00:00:00Z",
        "2024-01-01T24:00:00Z",
        "2024-01-01T00:60:00Z",
        "2024-01-01T00:00:61Z",
        "2024-01-01T00:00:00",
        "2024-01-01T00:00:00.Z",
        "2024-01-01 00:00:00Z",
        "2024-01-01T00:00:00+0100",
        "2024-01-01T00:00:00+01:60",
        "2024-01-01T00:00:00Z\n",
        "٢٠٢٤-01-01T00:00:00Z",
    ],
)
def test_a_time_that_does_not_exist_is_refused(time: str) -> None:
    with pytest.raises(EventRefused, match=r"^time"):
        decode_event({**MINIMAL, "time": time})


def test_days_that_exist_are_taken() -> None:
    for time in ("2000-02-29T00:00:00Z", "2024-02-29t23:59:60z", "2024-12-31T00:00:00.1-23:59"):
        assert decode_event({**MINIMAL, "time": time}).time == time


@pytest.mark.parametrize(
    "changed",
    [
        {"ext": 2**31},
        {"ext": 1.5},
        {"ext": [1]},
        {"ext": "a\u0000"},
        {"ext": "x" * 5000},
        {"e" * 65: 1},
        {"dätä": 1},
        {"data_base64": "TWF"},
        {"data_base64": "TWE=\n"},
        {"data_base64": "TWF="},
        {"data_base64": 1},
        {"data": None, "data_base64": ""},
        {"source": "a b"},
        {"source": "%zz"},
        {"dataschema": "relative"},
        {"datacontenttype": "text/plain; charset"},
        {"subject": 1},
        {"specversion": "1.0.2"},
        {"id": None},
        {f"x{number}": 1 for number in range(33)},
    ],
)
def test_other_events_are_refused(changed: dict[str, object]) -> None:
    with pytest.raises(EventRefused):
        decode_event({**MINIMAL, **changed})


def test_json_is_read_strictly() -> None:
    for raw in (b'{"id":"1","id":"2"}', b"[]", b"\xff", b"1", b"[" * 40 + b"]" * 40):
        with pytest.raises(EventRefused):
            decode_event(raw)
    with pytest.raises(EventRefused, match="array"):
        decode_batch(json.dumps(MINIMAL).encode())


def test_a_batch_has_a_largest_size() -> None:
    event = decode_event(MINIMAL)
    whole = encode_batch([event] * BATCH_EVENTS_MAX)
    assert len(decode_batch(whole)) == BATCH_EVENTS_MAX
    with pytest.raises(EventRefused):
        encode_batch([event] * (BATCH_EVENTS_MAX + 1))
    with pytest.raises(EventRefused):
        decode_batch(whole[:-1] + b"," + encode_event(event) + b"]")


def test_what_could_not_be_read_is_not_written() -> None:
    for wrong in (
        CloudEvent(id="", source="s", type="t"),
        CloudEvent(id="1", source="s", type="t", data={"a": b"bytes"}),
        CloudEvent(id="1", source="s", type="t", data=1, data_base64=b"1"),
        CloudEvent(id="1", source="s", type="t", extensions={"id": "2"}),
    ):
        with pytest.raises(EventRefused):
            encode_event(wrong)
