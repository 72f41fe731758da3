"""Tells open pages that something has come in or has ended: twice a second at most, and no content.

What is sent names a part of a page; the page fetches it again, as whoever is signed in there.
"""

import threading

from firsthand.foundation.web.streams import Streams
from firsthand.hub.acts.opened import Hub

LIVE = "live"
PART = "part"  # the id of what is live on a page
LOOK_S = 0.5
REST_S = 0.2
AGAIN = 3  # rounds: what was given is counted at once, folded a moment later, answered after that
HEARD_MAX = 10_000


def topic_of(relationship: str) -> str:
    """The topic of one customer's page."""
    return f"customer:{relationship}"


class Following:
    """A thread that looks at what has changed while any page is open."""

    def __init__(self, hub: Hub, streams: Streams) -> None:
        self._hub, self._streams = hub, streams
        self._woken, self._closing = threading.Event(), threading.Event()
        self._lock = threading.Lock()
        self._heard: dict[str, int] = {}
        self._seen = -1
        self._figures: tuple[int, ...] = ()
        self._stop = _nothing
        self._thread = threading.Thread(target=self._serve, name="following", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._stop = self._hub.intake.pulse(self._wake)
        self._hub.listening.append(self._hear)
        self._thread.start()

    def close(self) -> None:
        """Stop, and end every stream."""
        self._stop()
        self._closing.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join()
        self._streams.close()

    def _wake(self) -> None:
        if not self._woken.is_set():
            self._woken.set()

    def _hear(self, relationship: str) -> None:
        with self._lock:
            if len(self._heard) < HEARD_MAX:
                self._heard[relationship] = AGAIN
        self._wake()

    def _serve(self) -> None:
        while not self._closing.is_set():
            self._woken.wait(LOOK_S)
            self._woken.clear()
            if self._closing.is_set():
                return
            if self._streams.count():
                self._look()
            self._closing.wait(REST_S)

    def _look(self) -> None:
        recent = self._hub.intake.recent()
        with self._lock:
            for envelope in recent:
                if envelope.position > self._seen:
                    self._heard[envelope.relationship] = AGAIN
            people = list(self._heard)
            self._heard = {one: left - 1 for one, left in self._heard.items() if left > 1}
        self._seen = max([self._seen, *(one.position for one in recent)])
        for person in people:
            self._streams.publish(topic_of(person), PART)
        seen = self._hub.intake.figures()
        figures = (
            seen.taken, seen.repeated, sum(seen.refusals.values()),
            self._hub.projector.position, self._sent(),
        )  # fmt: skip
        if people or figures != self._figures:
            self._figures = figures
            self._streams.publish(LIVE, PART)

    def _sent(self) -> int:
        with self._hub.snapshot() as reader:
            return self._hub.outbox.sent(reader)


def _nothing() -> None:
    """What ends listening before it began."""
