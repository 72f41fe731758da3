"""The one way out: every request that leaves a vault or a hub goes through `Egress`.

Only `vault/gate` and `hub/outbox.py` may import this module. Above it is what they decide to
send; below it `egress_urls` (what may be asked for), `egress_addresses` (what may be dialled),
`egress_dial` (dialling it) and `egress_pools` (connections kept open).

Built on httpcore, the part of httpx that does the talking: it follows no redirect, keeps no
cookie, reads no environment and unpacks nothing, so none of that has to be switched off.
"""

import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from types import MappingProxyType

import httpcore
import msgspec

from firsthand.foundation.egress_dial import (
    CLOCK,
    Dial,
    Resolve,
    Unreachable,
    system_dial,
    system_resolve,
)
from firsthand.foundation.egress_pools import Pools, public_tls
from firsthand.foundation.egress_urls import EgressRefused, Target, read_url

__all__ = ["Answer", "AnswerTooLarge", "Egress", "EgressRefused", "Unreachable"]

SIZE_BYTES_MAX = 8 * 1024 * 1024
WAIT_MS_MAX = 10_000
CONTENT_BYTES_MAX = 16 * 1024 * 1024
NOT_MODIFIED = 304

METHODS = frozenset({"DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"})
# What frames or routes the message is said here and nowhere else (RFC 9110, 7.6.1; RFC 9112, 6).
OWN_HEADERS = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-length",
        "cookie",
        "expect",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+")
_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?|")
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class AnswerTooLarge(EgressRefused):
    """An answer is larger than was allowed for it; reading was stopped and nothing is kept."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came back. headers: names in lower case, repeated ones joined by ", "; no cookies."""

    status: int
    headers: dict[str, str]
    body: bytes


class Egress:
    """A client that reaches public hosts by https, and this machine only where that is allowed.

    One instance serves a process; it may be shared between threads. Close it at the end.
    """

    def __init__(
        self,
        *,
        loopback: bool = False,
        resolve: Resolve | None = None,
        dial: Dial | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Dial nothing yet.

        loopback: http to 127.0.0.0/8, [::1] and localhost is allowed as well, on any port.
        resolve: (host, port) -> addresses; the machine's resolver if not given. Its answers are
        vetted all the same. dial: (vetted address, port, seconds) -> connected socket; for a
        tunnel. tls: other roots than Mozilla's.
        """
        self._loopback = loopback
        self._pools = Pools(
            resolve=resolve or system_resolve, dial=dial or system_dial, tls=tls or public_tls()
        )

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] = _NO_HEADERS,
        content: bytes = b"",
        size_bytes_max: int = SIZE_BYTES_MAX,
        wait_ms_max: int = WAIT_MS_MAX,
        literal_loopback: bool = False,
        pool: str = "",
    ) -> Answer:
        """Send one request and return its whole answer, of any status but a redirect.

        size_bytes_max: of the answer's body. wait_ms_max: for everything, from looking up the
        name to the last byte. literal_loopback: the person typed this address, so this call may
        reach this machine. pool: connections are shared only between calls of one name.

        Raises `EgressRefused` (final: address, URL, redirect, size), `Unreachable` (try later).
        """
        deadline_ms = CLOCK.ticks_ms() + wait_ms_max
        target = read_url(url, loopback=self._loopback or literal_loopback)
        request = httpcore.Request(
            method=_method(method),
            url=httpcore.URL(
                scheme=target.scheme.encode(),
                host=target.host.encode(),
                port=target.port,
                target=target.path.encode(),
            ),
            headers=_sent_headers(target, method, headers, content),
            content=content,
            # httpcore hands these on to our streams, which read them as deadlines; only the
            # wait for a free connection is its own, and counts in seconds.
            extensions={
                "timeout": {
                    "connect": deadline_ms,
                    "read": deadline_ms,
                    "write": deadline_ms,
                    "pool": max(wait_ms_max, 0) / 1000.0,
                }
            },
        )
        with (
            _told(target.host),
            self._pools.lend(pool, loopback=target.loopback) as connections,
            closing(connections.handle_request(request)) as response,
        ):
            return _answer(target.host, method, response, size_bytes_max)

    def close(self) -> None:
        """Close all connections. Later requests raise `Unreachable`."""
        self._pools.close()


def _method(method: str) -> bytes:
    if method not in METHODS:
        message = f"The method {method[:20]!r} is not sent; one of these is: {sorted(METHODS)}."
        raise EgressRefused(message)
    return method.encode()


def _sent_headers(
    target: Target, method: str, headers: Mapping[str, str], content: bytes
) -> list[tuple[bytes, bytes]]:
    if len(content) > CONTENT_BYTES_MAX:
        message = f"{len(content)} bytes were to be sent; at most {CONTENT_BYTES_MAX} are."
        raise EgressRefused(message)
    lines = {"host": target.host_header(), "accept-encoding": "identity"}
    if content or method in {"PATCH", "POST", "PUT"}:
        lines["content-length"] = str(len(content))
    for written, value in headers.items():
        name = written.lower()
        if name in OWN_HEADERS or name in lines or name.startswith("proxy-"):
            message = f"The header {name!r} is given twice, or is not the caller's to set."
            raise EgressRefused(message)
        if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            message = f"The header {name!r} has a character that headers do not have."
            raise EgressRefused(message)
        lines[name] = value
    return [(name.encode(), value.encode()) for name, value in lines.items()]


def _answer(host: str, method: str, response: httpcore.Response, size_bytes_max: int) -> Answer:
    status = response.status
    if status < 200 or (300 <= status < 400 and status != NOT_MODIFIED):  # noqa: PLR2004
        message = f"{host} answered with {status}, which sends us elsewhere. We do not follow."
        raise EgressRefused(message)
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers:
        name, value = raw_name.decode("ascii").lower(), raw_value.decode("latin-1")
        if name != "set-cookie":
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
    if headers.get("content-encoding", "identity").lower() != "identity":
        message = f"{host} sent a packed answer, though it was asked not to."
        raise EgressRefused(message)
    announced = headers.get("content-length", "0")
    if method != "HEAD" and announced.isdecimal() and int(announced) > size_bytes_max:
        raise AnswerTooLarge(_too_large(host, size_bytes_max))
    body = bytearray()
    for part in response.iter_stream():
        body += part
        if len(body) > size_bytes_max:
            raise AnswerTooLarge(_too_large(host, size_bytes_max))
    return Answer(status=status, headers=headers, body=bytes(body))


def _too_large(host: str, size_bytes_max: int) -> str:
    return f"The answer of {host} is larger than the {size_bytes_max} bytes allowed for it."


@contextmanager
def _told(host: str) -> Iterator[None]:
    """Turn what httpcore raises into the two things a caller can act on."""
    try:
        yield
    except (httpcore.LocalProtocolError, httpcore.UnsupportedProtocol) as why:
        message = f"The request to {host} is not one that can be sent: {why}."
        raise EgressRefused(message) from why
    except (httpcore.TimeoutException, TimeoutError) as why:
        message = f"{host} did not answer within the time allowed."
        raise Unreachable(message) from why
    except (httpcore.NetworkError, httpcore.ProtocolError) as why:
        message = f"{host} could not be talked to: {why}."
        raise Unreachable(message) from why
