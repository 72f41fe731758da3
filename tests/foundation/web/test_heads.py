"""Heads go with bodies: what the other side reads is the same, in one piece where it can be."""

import asyncio
import socket
from collections.abc import Callable, Iterator

import pytest
from starlette.types import Receive, Scope, Send
from tests.harness.quick import Door

from firsthand.foundation.web.heads import Heads, HttpProtocol

LATE_S = 0.2
ASKED = b"%s %s HTTP/1.1\r\nhost: x\r\n%s\r\n"


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers in one piece, in several, or late."""
    del receive
    headers = [(b"content-length", b"6")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    if scope["path"] == "/late":
        await asyncio.sleep(LATE_S)
    if scope["path"] == "/parts":
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        await send({"type": "http.response.body", "body": b"two"})
    else:
        await send({"type": "http.response.body", "body": b"onetwo"})


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    door = Door()
    door.open(application, http=HttpProtocol)
    yield door.port
    door.close()


def said(port: int, *requests: bytes, size: int) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(b"".join(requests))
        heard = b""
        while len(heard) < size and (more := line.recv(65_536)):
            heard += more
        return heard


@pytest.mark.parametrize("path", [b"/", b"/parts", b"/late"], ids=["whole", "parts", "late"])
def test_head_and_body_arrive_in_their_order(port: int, path: bytes) -> None:
    whole = said(port, ASKED % (b"GET", path, b"connection: close\r\n"), size=1 << 20)
    head, _, body = whole.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert body == b"onetwo"


def test_a_head_alone_arrives_too(port: int) -> None:
    whole = said(port, ASKED % (b"HEAD", b"/", b"connection: close\r\n"), size=1 << 20)
    assert whole.startswith(b"HTTP/1.1 200 OK\r\n")
    assert whole.endswith(b"\r\n\r\n")


def test_answers_to_many_at_once_keep_their_order(port: int) -> None:
    one = said(port, ASKED % (b"GET", b"/", b""), size=1)
    many = said(port, *[ASKED % (b"GET", b"/", b"")] * 20, size=20 * len(one))
    assert many.count(b"HTTP/1.1 200 OK\r\n") == many.count(b"\r\n\r\nonetwo") == 20


def test_a_head_does_not_wait_for_a_body_that_is_late(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(ASKED % (b"GET", b"/late", b""))
        assert line.recv(65_536).endswith(b"\r\n\r\n"), "the head alone"
        assert line.recv(65_536) == b"onetwo"


class Line(asyncio.Transport):
    """Keeps what is written, piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[bytes] = []
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.pieces.append(bytes(data))

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True


def written(work: Callable[[Heads], None]) -> list[bytes]:
    """What a work wrote, after one round of the loop."""

    async def run() -> list[bytes]:
        line = Line()
        work(Heads(line, asyncio.get_running_loop()))
        await asyncio.sleep(0)
        return line.pieces

    return asyncio.run(run())


def test_head_and_body_leave_in_one_piece_and_nothing_is_lost() -> None:
    def whole(heads: Heads) -> None:
        heads.write(b"HTTP/1.1 200 OK\r\n\r\n")
        heads.write(b"body")
        heads.write(b"more")

    def closing(heads: Heads) -> None:
        heads.write(b"HTTP/1.1 200 OK\r\n\r\n")
        heads.close()

    assert written(whole) == [b"HTTP/1.1 200 OK\r\n\r\nbody", b"more"]
    assert written(closing) == [b"HTTP/1.1 200 OK\r\n\r\n"]
    assert written(lambda heads: heads.write(b"HTTP/1.1 204 No Content\r\n\r\n")) == [
        b"HTTP/1.1 204 No Content\r\n\r\n"
    ]
