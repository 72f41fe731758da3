"""Whoever waits for a journal goes on with the next batch, or when they are told to stop."""

import threading
from collections.abc import Callable

from firsthand.foundation.journal import Batch, Journal


def test_waiting_ends_with_the_next_batch(journal: Journal, make: Callable[..., Batch]) -> None:
    assert journal.wait(0, 1) == 0
    found: list[int] = []
    waiter = threading.Thread(target=lambda: found.append(journal.wait(0, 30_000)))
    waiter.start()
    journal.append(make(), lambda _tx, _batch: None).result()
    waiter.join(30)
    assert found == [1]


def test_waiting_ends_when_it_is_told_to(journal: Journal) -> None:
    stopped = threading.Event()
    waiter = threading.Thread(target=lambda: journal.wait(0, 600_000, stopped.is_set))
    waiter.start()
    journal.wake()
    waiter.join(0.01)
    assert waiter.is_alive(), "nobody has told it to stop"
    stopped.set()
    journal.wake()
    waiter.join(60)
    assert not waiter.is_alive()
