"""What is live on a page: server-sent events that name the parts which changed.

A publisher says "this part of this topic changed", from any thread, as often as it likes; a page
hears of it at most twice a second, the last word on each part only. A short text is sent along
and set as text; without one, the page fetches that part again. No markup travels in an event.
What changed while a page was on its way to the browser is told when its stream opens.
Source: HTML, 9.2 (server-sent events).
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from typing import Final

import msgspec
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from firsthand.foundation.clock import Clock, SystemClock

GAP_MS_MIN: Final = 500  # at most two updates a second
HEARTBEAT_MS: Final = 15_000
PARTS_MAX: Final = 64
CLIENTS_MAX: Final = 256
# A page is made and opens its stream within this time, or it shows what was true when it was made.
ON_ITS_WAY_MS: Final = 10_000
RECENT_MAX: Final = 4_096


class Change(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of a page (its element's id), with its new text if that is all that changed."""

    part: str
    text: str | None = None


class _Client:
    def __init__(self, topics: frozenset[str]) -> None:
        self.topics = topics
        self.loop = asyncio.get_running_loop()
        self.ready = asyncio.Event()
        self.waiting: dict[str, Change] = {}
        self.go: str | None = None
        self.ended = False

    def hear(self, change: Change) -> None:
        # Past the limit a page is told less, never more slowly: it fetches those parts anyway.
        if len(self.waiting) < PARTS_MAX or change.part in self.waiting:
            self.waiting[change.part] = change
        self.ready.set()

    def send_to(self, href: str) -> None:
        self.go = href
        self.ready.set()

    def end(self) -> None:
        self.ended = True
        self.ready.set()

    def take(self) -> bytes:
        """Return what is waiting as events, and begin anew."""
        said = b""
        if self.waiting:
            body = msgspec.json.encode(list(self.waiting.values()))
            said += b"event: changed\ndata: " + body + b"\n\n"
        if self.go is not None:
            said += b"event: go\ndata: " + msgspec.json.encode(self.go) + b"\n\n"
        self.waiting, self.go = {}, None
        self.ready.clear()
        return said


class Streams:
    """The open event streams of a side."""

    def __init__(
        self,
        *,
        clients_max: int = CLIENTS_MAX,
        gap_ms_min: int = GAP_MS_MIN,
        heartbeat_ms: int = HEARTBEAT_MS,
        clock: Clock | None = None,
    ) -> None:
        """Start with none. A stream more than `clients_max` is answered with 503."""
        self._clock = clock or SystemClock()
        self._recent: dict[tuple[str, str], tuple[float, Change]] = {}  # the newest last
        self._clients: set[_Client] = set()
        self._closed = False
        self._lock = threading.Lock()
        self._clients_max, self._gap_ms, self._beat_ms = clients_max, gap_ms_min, heartbeat_ms

    def publish(self, topic: str, part: str, text: str | None = None) -> None:
        """Say that `part` changed, to every page that follows `topic`. From any thread."""
        change = Change(part=part, text=text)
        with self._lock:
            self._recent.pop((topic, part), None)
            self._recent[topic, part] = (self._clock.ticks_ms(), change)
            if len(self._recent) > RECENT_MAX:
                del self._recent[next(iter(self._recent))]
        for client in self._following(topic):
            _tell(client, client.hear, change)

    def go(self, topic: str, href: str) -> None:
        """Have every page that follows `topic` open `href` (a path of our own): work is done."""
        for client in self._following(topic):
            _tell(client, client.send_to, href)

    def close(self) -> None:
        """End every stream, and begin no other: the side is shutting down."""
        with self._lock:
            self._closed = True
            clients = list(self._clients)
        for client in clients:
            _tell(client, client.end)

    def close_topic(self, topic: str) -> None:
        """End the streams that follow `topic`: its session has ended."""
        with self._lock:
            for key in [key for key in self._recent if key[0] == topic]:
                del self._recent[key]
        for client in self._following(topic):
            _tell(client, client.end)

    def respond(self, topics: Collection[str], first: Iterable[Change] = ()) -> Response:
        """Answer a page's `EventSource` with a stream that follows `topics`. Inside a loop.

        `first` is sent at once, and what changed while the page may have been on its way.
        """
        if self._closed or self.count() >= self._clients_max:
            return PlainTextResponse(
                "Too many live pages are open.", 503, headers={"Retry-After": "30"}
            )
        client = _Client(frozenset(topics))
        for change in first:
            client.hear(change)
        return StreamingResponse(self._events(client), media_type="text/event-stream")

    def count(self) -> int:
        """Return how many streams are open."""
        with self._lock:
            return len(self._clients)

    def _following(self, topic: str) -> list[_Client]:
        with self._lock:
            return [client for client in self._clients if topic in client.topics]

    async def _events(self, client: _Client) -> AsyncIterator[bytes]:
        since = self._clock.ticks_ms() - ON_ITS_WAY_MS
        with self._lock:  # only now: a stream that never starts must not be counted
            self._clients.add(client)
            client.ended = self._closed
            for (topic, _), (at, change) in self._recent.items():
                if topic in client.topics and at >= since:
                    client.hear(change)
        try:
            yield b"retry: 3000\n\n"
            while not client.ended:
                try:
                    await asyncio.wait_for(client.ready.wait(), self._beat_ms / 1000)
                except TimeoutError:
                    yield b": still here\n\n"
                    continue
                if said := client.take():
                    yield said
                    await asyncio.sleep(self._gap_ms / 1000)
            if said := client.take():  # where to go, said while it waited
                yield said
        finally:
            with self._lock:
                self._clients.discard(client)


def _tell(client: _Client, hear: Callable[..., None], *words: object) -> None:
    try:
        client.loop.call_soon_threadsafe(hear, *words)
    except RuntimeError:  # its loop has ended, and the stream with it
        client.ended = True
