"""Connections kept open, in pools by name: one relationship never rides on another's.

A connection that two relationships share would tell the other side that one vault is behind
both. So each name has its own pool, and names are bounded: the one that was idle longest goes.
"""

import ssl
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

import certifi
import httpcore

from firsthand.foundation.egress_dial import Dial, Resolve, Unreachable, VettedBackend

POOLS_MAX = 64
CONNECTIONS_MAX = 8
IDLE_CONNECTIONS_MAX = 2
IDLE_S_MAX = 30.0


class _Pool:
    """A pool and how many requests are using it now."""

    def __init__(self, connections: httpcore.ConnectionPool) -> None:
        self.connections = connections
        self.users = 0


class Pools:
    """At most `POOLS_MAX` connection pools, by name and kind. Safe to share between threads."""

    def __init__(self, *, resolve: Resolve, dial: Dial, tls: ssl.SSLContext) -> None:
        """Nothing is dialled until a pool is used."""
        self._tls = tls
        self._backends = {
            here: VettedBackend(loopback=here, resolve=resolve, dial=dial) for here in (False, True)
        }
        self._pools: OrderedDict[tuple[str, bool], _Pool] = OrderedDict()
        self._lock = threading.Lock()
        self._closed = False

    @contextmanager
    def lend(self, name: str, *, loopback: bool) -> Iterator[httpcore.ConnectionPool]:
        """Lend the pool of that name and kind. Raises `Unreachable` if all are in use."""
        pool = self._taken((name, loopback))
        try:
            yield pool.connections
        finally:
            with self._lock:
                pool.users -= 1

    def close(self) -> None:
        """Close all connections; nothing is lent after it."""
        with self._lock:
            self._closed = True
            pools = list(self._pools.values())
            self._pools.clear()
        for pool in pools:
            pool.connections.close()

    def _taken(self, key: tuple[str, bool]) -> _Pool:
        spare: _Pool | None = None
        with self._lock:
            if self._closed:
                message = "The way out was closed, because this program is ending."
                raise Unreachable(message)
            pool = self._pools.get(key)
            if pool is None:
                if len(self._pools) >= POOLS_MAX:
                    spare = self._pools.pop(self._longest_idle())
                pool = self._pools[key] = self._new(loopback=key[1])
            self._pools.move_to_end(key)
            pool.users += 1
        if spare is not None:
            spare.connections.close()
        return pool

    def _longest_idle(self) -> tuple[str, bool]:
        for key, pool in self._pools.items():
            if pool.users == 0:
                return key
        message = f"{POOLS_MAX} relationships are being talked to at once. Try again soon."
        raise Unreachable(message)

    def _new(self, *, loopback: bool) -> _Pool:
        return _Pool(
            httpcore.ConnectionPool(
                ssl_context=self._tls,
                max_connections=CONNECTIONS_MAX,
                max_keepalive_connections=IDLE_CONNECTIONS_MAX,
                keepalive_expiry=IDLE_S_MAX,
                http1=True,
                http2=False,
                retries=0,
                network_backend=self._backends[loopback],
            )
        )


def public_tls() -> ssl.SSLContext:
    """Make the TLS settings for public hosts: 1.2 or newer, names checked, Mozilla's roots.

    Built by hand: `ssl.create_default_context` also writes session keys to the file that an
    environment variable names, and loads roots from where two others point.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(cafile=certifi.where())
    return context
