"""Live parts: the last word only, from any thread, bounded, and told when it ends."""

import asyncio
import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import msgspec
from starlette.responses import StreamingResponse

from firsthand.foundation.clock import SetClock
from firsthand.foundation.web.streams import ON_ITS_WAY_MS, Change, Streams


def events(response: object) -> AsyncIterator[bytes]:
    assert isinstance(response, StreamingResponse)
    stream = response.body_iterator
    assert isinstance(stream, AsyncIterator)
    return stream


def changes(said: bytes) -> list[Change]:
    head, _, data = said.partition(b"\ndata: ")
    assert head == b"event: changed"
    return msgspec.json.decode(data, type=list[Change])


async def opened(streams: Streams, *topics: str) -> AsyncIterator[bytes]:
    stream = events(streams.respond(topics))
    assert (await anext(stream)).startswith(b"retry:")
    return stream


def test_a_burst_from_many_threads_is_one_event_with_the_last_words() -> None:
    async def run() -> list[Change]:
        streams = Streams(gap_ms_min=1)
        stream = await opened(streams, "anna")

        def burst() -> None:
            for n in range(100):
                streams.publish("anna", "count", str(n))
            streams.publish("anna", "list")
            streams.publish("bert", "secret", "not for anna")

        worker = threading.Thread(target=burst)
        worker.start()
        worker.join()
        return changes(await anext(stream))

    assert asyncio.run(run()) == [Change(part="count", text="99"), Change(part="list")]


def test_what_may_have_changed_meanwhile_is_said_first() -> None:
    async def run() -> list[Change]:
        stream = events(Streams().respond(["anna"], [Change(part="a", text="1")]))
        await anext(stream)
        return changes(await anext(stream))

    assert asyncio.run(run()) == [Change(part="a", text="1")]


def test_what_changed_while_a_page_was_on_its_way_is_said_when_its_stream_opens() -> None:
    async def run(meanwhile: timedelta) -> list[Change]:
        clock = SetClock(datetime(2024, 1, 3, tzinfo=UTC))
        streams = Streams(gap_ms_min=1, heartbeat_ms=1, clock=clock)
        streams.publish("anna", "inbox", "1")
        streams.publish("bert", "secret")
        streams.publish("anna", "inbox", "2")
        clock.advance(meanwhile)
        said = await anext(await opened(streams, "anna"))
        return [] if said.startswith(b":") else changes(said)

    soon = timedelta(milliseconds=ON_ITS_WAY_MS)
    assert asyncio.run(run(soon)) == [Change(part="inbox", text="2")]
    assert asyncio.run(run(soon * 2)) == []


def test_streams_are_bounded_and_counted_down() -> None:
    async def run() -> None:
        streams = Streams(clients_max=1, heartbeat_ms=1)
        stream = await opened(streams, "anna")
        assert streams.respond(["bert"]).status_code == 503
        assert await anext(stream) == b": still here\n\n"
        streams.close_topic("bert")
        assert streams.count() == 1
        streams.close_topic("anna")
        assert [said async for said in stream if not said.startswith(b":")] == []
        assert streams.count() == 0
        assert streams.respond(["bert"]).status_code == 200

    asyncio.run(run())


def test_the_way_on_is_said_once() -> None:
    async def run() -> bytes:
        streams = Streams(gap_ms_min=1)
        stream = await opened(streams, "anna")
        streams.go("anna", '/done?x="1"')
        return await anext(stream)

    assert asyncio.run(run()) == b'event: go\ndata: "/done?x=\\"1\\""\n\n'


def test_the_way_on_is_said_also_right_after_something_else_and_before_the_end() -> None:
    async def run() -> list[bytes]:
        streams = Streams(gap_ms_min=1)
        stream = await opened(streams, "anna")
        streams.publish("anna", "list")
        said = [await anext(stream)]
        streams.go("anna", "/left")
        streams.close_topic("anna")
        return [*said, *[each async for each in stream]]

    first, *rest = asyncio.run(run())
    assert changes(first) == [Change(part="list")]
    assert rest == [b'event: go\ndata: "/left"\n\n']


def test_a_page_is_never_told_of_more_than_it_can_hold() -> None:
    async def run() -> int:
        streams = Streams(gap_ms_min=1)
        stream = await opened(streams, "anna")
        for n in range(1000):
            streams.publish("anna", f"part-{n}")
        return len(changes(await anext(stream)))

    assert asyncio.run(run()) == 64


def test_publishing_to_a_page_whose_loop_has_ended_is_harmless() -> None:
    streams = Streams()

    async def run() -> AsyncIterator[bytes]:
        return await opened(streams, "anna")

    loop = asyncio.new_event_loop()
    kept = loop.run_until_complete(run())
    loop.close()
    streams.publish("anna", "part")
    assert streams.count() == 1
    del kept
