"""Dialling: resolve once, vet every answer, dial what was vetted, keep to the deadline.

The backend under httpcore. It is given the host of the URL and nothing else, so TLS still names
and checks the host (SNI, certificate) while the socket goes to an address from our own list. No
other code resolves a name, so a resolver that changes its mind changes nothing.

All `timeout` arguments here are deadlines, in milliseconds of the monotonic clock: httpcore hands
on untouched what the request carried. So a peer that sends one byte at a time gains no time.
"""

import queue
import selectors
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore

from firsthand.foundation.clock import SystemClock
from firsthand.foundation.egress_urls import LOCALHOST, EgressRefused, read_address, vet

Resolve = Callable[[str, int], list[str]]
Dial = Callable[[str, int, float], socket.socket]

ANSWERS_MAX = 64
DIALS_MAX = 4
LOOKUPS_AT_ONCE_MAX = 32

# Sockets wait in the machine's time, so a clock that a test sets would be of no use here.
CLOCK = SystemClock()

_lookups = threading.BoundedSemaphore(LOOKUPS_AT_ONCE_MAX)


class Unreachable(Exception):
    """The other side did not answer, or not in time; it may another time.

    Its name was not found, it refused the connection, its certificate was not good, or the time
    allowed ran out. Try again later.
    """


def system_resolve(host: str, port: int) -> list[str]:
    """Ask the machine's resolver for all addresses of a host. Raises `OSError` (gaierror)."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(answer[4][0]) for answer in found))


def system_dial(address: str, port: int, wait_s: float) -> socket.socket:
    """Connect to a numeric address within `wait_s` seconds. Raises `OSError`."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    dialled = socket.socket(family, socket.SOCK_STREAM)
    try:
        dialled.settimeout(wait_s)
        dialled.connect((address, port))
        dialled.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        dialled.close()
        raise
    return dialled


def left_s(deadline_ms: float | None) -> float:
    """Return the seconds left until a deadline. Raises `TimeoutError` if there are none."""
    left = 0.0 if deadline_ms is None else (deadline_ms - CLOCK.ticks_ms()) / 1000.0
    if left <= 0.0:
        message = "the time allowed ran out"
        raise TimeoutError(message)
    return left


class VettedBackend(httpcore.NetworkBackend):
    """Opens connections to vetted addresses only; one for public hosts, one for this machine."""

    def __init__(self, *, loopback: bool, resolve: Resolve, dial: Dial) -> None:
        """loopback: dial this machine and nothing else, without a resolver; else never it."""
        self._loopback = loopback
        self._resolve = resolve
        self._dial = dial

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Dial a host. `timeout` is a deadline. Raises `EgressRefused` or `Unreachable`."""
        del local_address, socket_options  # never set by the pools of egress
        if self._loopback:
            addresses = ["127.0.0.1" if host == LOCALHOST else str(read_address(host))]
        else:
            addresses = self._vetted(host, port, timeout)
        problem: OSError | None = None
        for position, address in enumerate(addresses):
            try:
                # An address that swallows packets must leave time for the ones after it.
                share_s = left_s(timeout) / (len(addresses) - position)
                return DeadlineStream(self._dial(address, port, share_s))
            except OSError as why:
                problem = why
        message = f"{host} could not be reached: {problem}."
        raise Unreachable(message) from problem

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        """Refuse: files of this machine are no way out. Raises `EgressRefused`."""
        del timeout, socket_options
        message = f"{path!r} is a socket of this machine, and is not dialled."
        raise EgressRefused(message)

    def _vetted(self, host: str, port: int, deadline_ms: float | None) -> list[str]:
        # Names that end in a number were refused with the URL, so this one is an address.
        if ":" in host or host.rpartition(".")[2].isdecimal():
            answers = [host]
        else:
            answers = look_up(self._resolve, host, port, deadline_ms)
        if not 0 < len(answers) <= ANSWERS_MAX:
            message = f"{host} has {len(answers)} addresses; 1 to {ANSWERS_MAX} are expected."
            raise Unreachable(message)
        addresses = [read_address(answer) for answer in answers]
        # One bad answer spoils all: whoever mixes them in is trying something.
        for address in addresses:
            vet(host, address)
        return [str(address) for address in addresses][:DIALS_MAX]


def look_up(resolve: Resolve, host: str, port: int, deadline_ms: float | None) -> list[str]:
    """Ask a resolver once, within the deadline. Raises `Unreachable`.

    Resolvers of operating systems take no deadline, so the question is asked in a thread that is
    left behind when time is up; at most `LOOKUPS_AT_ONCE_MAX` of them are open.
    """
    answers: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(list(resolve(host, port)))
        except Exception as why:  # noqa: BLE001 (handed to the asking thread, which judges it)
            answers.put(why)
        finally:
            _lookups.release()

    try:
        if not _lookups.acquire(timeout=left_s(deadline_ms)):
            message = "too many lookups are open"
            raise TimeoutError(message)  # noqa: TRY301 (one way to report for all three)
        threading.Thread(target=ask, name="egress lookup", daemon=True).start()
        answer = answers.get(timeout=left_s(deadline_ms))
    except (TimeoutError, queue.Empty) as why:
        message = f"The address of {host} was not found in time."
        raise Unreachable(message) from why
    if isinstance(answer, (OSError, UnicodeError)):
        message = f"The address of {host} was not found: {answer}."
        raise Unreachable(message) from answer
    if isinstance(answer, Exception):
        raise answer
    return answer


class DeadlineStream(httpcore.NetworkStream):
    """A socket whose every operation ends by the deadline given with it."""

    def __init__(self, dialled: socket.socket) -> None:
        """Take over a connected socket."""
        self._socket = dialled

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what has come, up to `max_bytes`; b"" at the end. `timeout` is a deadline."""
        with _named(httpcore.ReadTimeout, httpcore.ReadError):
            self._socket.settimeout(left_s(timeout))
            return self._socket.recv(max_bytes)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of `buffer`. `timeout` is a deadline for the whole."""
        view = memoryview(buffer)
        with _named(httpcore.WriteTimeout, httpcore.WriteError):
            while view:
                self._socket.settimeout(left_s(timeout))
                view = view[self._socket.send(view) :]

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Speak TLS from here on, to the host by its name. `timeout` is a deadline."""
        with _named(httpcore.ConnectTimeout, httpcore.ConnectError):
            try:
                self._socket.settimeout(left_s(timeout))
                secured = ssl_context.wrap_socket(self._socket, server_hostname=server_hostname)
            except BaseException:
                self.close()
                raise
            return DeadlineStream(secured)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 (httpcore's contract)
        """Answer what httpcore asks: the TLS object, and whether an idle socket has news."""
        if info == "ssl_object":
            return self._socket if isinstance(self._socket, ssl.SSLSocket) else None
        if info == "is_readable":
            return _is_readable(self._socket)
        return None


def _is_readable(dialled: socket.socket) -> bool:
    if dialled.fileno() < 0:
        return True
    with selectors.DefaultSelector() as selector:
        selector.register(dialled, selectors.EVENT_READ)
        return bool(selector.select(timeout=0))


@contextmanager
def _named(late: type[Exception], broken: type[Exception]) -> Iterator[None]:
    try:
        yield
    except TimeoutError as why:
        raise late(str(why)) from why
    except OSError as why:
        raise broken(str(why)) from why
