"""Who is signed in, and how often a wrong passphrase may be tried. All in memory.

A token is 32 random bytes in a cookie that scripts cannot read; only its SHA-256 is kept, so a
look at memory or a log gives no session. A session ends when it is idle, when it is old, when it
is closed, and when the process ends.
"""

import base64
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from firsthand.foundation.clock import Clock
from firsthand.foundation.ids import Chance

TOKEN_BYTES: Final = 32
TOKEN_LETTERS_MAX: Final = 64
Value = TypeVar("Value")


class _Kept(msgspec.Struct, kw_only=True):
    value: object
    opened: datetime
    seen: datetime


class Sessions(Generic[Value]):
    """Open sessions, each with a value (who it is). Safe to share between threads."""

    def __init__(
        self,
        *,
        clock: Clock,
        chance: Chance,
        idle_seconds_max: int = 30 * 60,
        age_seconds_max: int = 12 * 3600,
        count_max: int = 10_000,
        idle_seconds_of: Callable[[Value], float] | None = None,
    ) -> None:
        """Start with none. When `count_max` is reached, the one idle for longest is closed.

        `idle_seconds_of` says for each value how long its session may be idle, if not for all.
        """
        self._clock, self._chance = clock, chance
        self._idle_max = timedelta(seconds=idle_seconds_max)
        self._age_max = timedelta(seconds=age_seconds_max)
        self._count_max = count_max
        self._idle_of = idle_seconds_of
        self._kept: OrderedDict[bytes, _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def open(self, value: Value) -> str:
        """Return a new token for `value`: 43 letters of base64url. Always a fresh one."""
        raw = self._chance.bytes(TOKEN_BYTES)
        token = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
        now = self._clock.now()
        with self._lock:
            self._drop_ended(now)
            while len(self._kept) >= self._count_max:
                self._kept.popitem(last=False)
            self._kept[_digest(token)] = _Kept(value=value, opened=now, seen=now)
        return token

    def read(self, token: str | None) -> Value | None:
        """Return the value of an open session and note that it is in use, or None."""
        if not token or len(token) > TOKEN_LETTERS_MAX:
            return None
        key, now = _digest(token), self._clock.now()
        with self._lock:
            kept = self._kept.get(key)
            if kept is None:
                return None
            if self._has_ended(kept, now):
                del self._kept[key]
                return None
            kept.seen = now
            self._kept.move_to_end(key)
            return kept.value  # type: ignore[return-value]  # open() put a Value there

    def close(self, token: str | None) -> None:
        """End one session. An unknown token is no error: it is not open either way."""
        if token:
            with self._lock:
                self._kept.pop(_digest(token), None)

    def close_where(self, chosen: Callable[[Value], bool]) -> int:
        """End every session whose value is `chosen` ("everywhere"); return how many."""
        with self._lock:
            gone = [key for key, kept in self._kept.items() if chosen(kept.value)]  # type: ignore[arg-type]
            for key in gone:
                del self._kept[key]
        return len(gone)

    def count(self) -> int:
        """Return how many are kept, ended ones that nobody has asked for included."""
        with self._lock:
            return len(self._kept)

    def _has_ended(self, kept: _Kept, now: datetime) -> bool:
        idle = self._idle_max
        if self._idle_of is not None:
            idle = timedelta(seconds=self._idle_of(kept.value))  # type: ignore[arg-type]
        return now - kept.seen > idle or now - kept.opened > self._age_max

    def _drop_ended(self, now: datetime) -> None:
        for key in [key for key, kept in self._kept.items() if self._has_ended(kept, now)]:
            del self._kept[key]


class SessionCookie:
    """The cookie that carries a token: HttpOnly, SameSite=Strict, Secure over https.

    Over https its name begins with `__Host-` (RFC 6265bis, 4.1.3) where its path is `/`; over
    http, which only a loopback address may use, browsers refuse such names.
    """

    def __init__(self, *, side: str, port: int, https: bool = False, path: str = "/") -> None:
        """Name it after the side and the port: two sides on one machine share a cookie jar."""
        prefix = "__Host-" if https and path == "/" else ""
        self.name = f"{prefix}firsthand_{side}_{port}"
        self._https, self._path = https, path

    def read(self, request: Request) -> str | None:
        """Return the token that the browser sent, or None."""
        return request.cookies.get(self.name)

    def put(self, response: Response, token: str) -> None:
        """Have the browser keep `token` until it closes."""
        response.set_cookie(
            self.name,
            token,
            path=self._path,
            secure=self._https,
            httponly=True,
            samesite="strict",
        )

    def drop(self, response: Response) -> None:
        """Have the browser forget the token."""
        response.delete_cookie(
            self.name, path=self._path, secure=self._https, httponly=True, samesite="strict"
        )


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
