"""Watches every connect of this process, and keeps rude peers to talk to."""

import contextlib
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

Serve = Callable[[socket.socket, threading.Event], None]
Peer = Callable[[Serve], AbstractContextManager[int]]
Drip = Callable[[bytes, bytes], Serve]


class Dials:
    """What was dialled and what was looked up, as the interpreter itself reports it."""

    def __init__(self) -> None:
        self.watching = False
        self.made: list[tuple[str, int]] = []
        self.looked_up: list[str] = []

    def hear(self, event: str, args: tuple[object, ...]) -> None:
        """Note a connect or a lookup; refuse a connect that would leave this machine."""
        if not self.watching:
            return
        if event == "socket.getaddrinfo":
            self.looked_up.append(str(args[0]))
        if event == "socket.connect" and isinstance(args[1], tuple):
            host, port = str(args[1][0]), int(args[1][1])
            self.made.append((host, port))
            if not host.startswith("127.") and host != "::1":
                raise ConnectionRefusedError(111, "tests do not leave this machine")


WATCH = Dials()
sys.addaudithook(WATCH.hear)


@pytest.fixture
def dials() -> Iterator[Dials]:
    """Begin with no dials; watch until the test ends."""
    WATCH.made.clear()
    WATCH.looked_up.clear()
    WATCH.watching = True
    yield WATCH
    WATCH.watching = False


@contextlib.contextmanager
def speak(serve: Serve) -> Iterator[int]:
    """Accept one connection after the other, and let `serve` be as rude as it likes."""
    listening = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []
    done = threading.Event()

    def one(accepted: socket.socket) -> None:
        with accepted, contextlib.suppress(OSError):
            serve(accepted, done)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                accepted, _ = listening.accept()
                threads.append(threading.Thread(target=one, args=(accepted,)))
                threads[-1].start()

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield int(listening.getsockname()[1])
    finally:
        done.set()
        with contextlib.suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        accepting.join()
        for thread in threads:
            thread.join()


def dripping(first: bytes, forever: bytes) -> Serve:
    """Send `first`, then `forever` again and again, slowly, until the test is over."""

    def serve(accepted: socket.socket, done: threading.Event) -> None:
        accepted.recv(65536)
        accepted.sendall(first)
        while not done.wait(0.02):
            accepted.sendall(forever)

    return serve


@pytest.fixture
def peer() -> Peer:
    """Start a server for one test, which goes with the `with` block."""
    return speak


@pytest.fixture
def drip() -> Drip:
    """Give a way of serving that never ends."""
    return dripping
