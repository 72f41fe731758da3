"""Sends requests that were made before, over many kept-alive connections, at little cost."""

from __future__ import annotations

import select
import socket
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

READ_BYTES_MAX = 65_536
END_OF_HEAD = b"\r\n\r\n"
LENGTH = b"content-length: "


class AnswerRefused(RuntimeError):
    """An answer was not 200, so the run says nothing."""


@dataclass
class Caller:
    """One connection: sends its requests one after the other, each at its time or at once."""

    requests: Iterator[bytes]
    every_s: float = 0.0
    sock: socket.socket = field(default_factory=socket.socket)
    events: int = select.EPOLLIN
    left: bytes = b""
    seen: bytes = b""
    sent: float = 0.0
    due: float = 0.0
    begun: list[float] = field(default_factory=list)
    ended: list[float] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)

    @property
    def waits_ms(self) -> list[float]:
        """How long each answer took."""
        return [(end - begin) * 1000 for begin, end in zip(self.begun, self.ended, strict=True)]


@dataclass(frozen=True)
class Run:
    """What a run came to: its callers, its beginning and its length, and our own CPU time."""

    callers: list[Caller]
    begun: float
    seconds: float
    own_cpu_s: float


def load(
    port: int, lists: Sequence[Sequence[bytes]], paced: Sequence[tuple[bytes, ...]] = (),
    every_s: float = 0.0,
) -> Run:  # fmt: skip
    """Send every list over a connection of its own; ``paced`` ones at their pace beside them.

    Ends when all ``lists`` are answered; what is paced and not sent by then is left out.
    """
    callers = [Caller(iter(requests)) for requests in lists]
    beside = [Caller(iter(requests), every_s) for requests in paced]
    poll = select.epoll()
    by_handle: dict[int, Caller] = {}
    for caller in callers + beside:
        caller.sock = socket.create_connection(("127.0.0.1", port))
        caller.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        caller.sock.settimeout(0)
        by_handle[caller.sock.fileno()] = caller
        poll.register(caller.sock, select.EPOLLIN)
    begun, cpu = time.monotonic(), time.process_time()
    open_ones = sum(_next(caller, poll) for caller in callers)
    for place, caller in enumerate(beside):
        caller.due = begun + every_s * (place + 1) / len(beside)
    while open_ones:
        _send_due(beside, poll)
        for handle, event in poll.poll(0.005 if beside else 10):
            caller = by_handle[handle]
            if event & select.EPOLLOUT:
                _flush(caller, poll)
            if event & ~select.EPOLLOUT and _whole(caller):
                if caller.every_s:
                    caller.due += every_s
                elif not _next(caller, poll):
                    open_ones -= 1
    run = Run(callers + beside, begun, time.monotonic() - begun, time.process_time() - cpu)
    for caller in callers + beside:
        caller.sock.close()
    poll.close()
    return run


def _send_due(beside: Sequence[Caller], poll: select.epoll) -> None:
    now = time.monotonic()
    for caller in beside:
        if caller.due <= now and len(caller.begun) == len(caller.ended):
            _next(caller, poll)


def _next(caller: Caller, poll: select.epoll) -> bool:
    request = next(caller.requests, None)
    if request is None:
        caller.due = float("inf")
        return False
    caller.begun.append(time.monotonic())
    caller.left = request
    _flush(caller, poll)
    return True


def _flush(caller: Caller, poll: select.epoll) -> None:
    try:
        sent = caller.sock.send(caller.left)
    except BlockingIOError:
        sent = 0
    caller.left = caller.left[sent:]
    events = select.EPOLLIN | (select.EPOLLOUT if caller.left else 0)
    if events != caller.events:
        caller.events = events
        poll.modify(caller.sock, events)


def _whole(caller: Caller) -> bool:
    """Read; whether an answer is whole now."""
    data = caller.sock.recv(READ_BYTES_MAX)
    if not data:
        raise AnswerRefused("the server hung up")
    caller.seen += data
    end = caller.seen.find(END_OF_HEAD)
    if end < 0:
        return False
    place = caller.seen.find(LENGTH)
    length = int(caller.seen[place + len(LENGTH) : caller.seen.find(b"\r", place)])
    if len(caller.seen) < end + len(END_OF_HEAD) + length:
        return False
    if not caller.seen.startswith(b"HTTP/1.1 200"):
        raise AnswerRefused(caller.seen.decode())
    caller.ended.append(time.monotonic())
    caller.answers.append(caller.seen[end + len(END_OF_HEAD) :])
    caller.seen = b""
    return True
