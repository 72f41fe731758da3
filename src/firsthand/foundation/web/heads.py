"""An answer's head and the first part of its body leave in one piece, not in two.

The server writes them one after the other, and each writing is a call of the kernel and a packet,
on both sides: for a short answer that costs more than making it.
"""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD = b"HTTP/1.1 "


class Heads:
    """A transport that holds a head back until the next writing, or the end of the loop's round."""

    __slots__ = ("_held", "_loop", "_transport", "is_closing")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held = b""
        self.is_closing = transport.is_closing

    def close(self) -> None:
        """Close the connection once everything is written."""
        self._let_go()
        self._transport.close()

    def write(self, data: bytes) -> None:
        """Write, or hold back what begins an answer."""
        if self._held:
            data, self._held = self._held + data, b""
        elif data.startswith(HEAD):
            self._held = data
            self._loop.call_soon(self._let_go)
            return
        self._transport.write(data)

    def _let_go(self) -> None:
        held, self._held = self._held, b""
        if held and not self.is_closing():
            self._transport.write(held)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever else a transport has
        return getattr(self._transport, name)


class HttpProtocol(HttpToolsProtocol):
    """HTTP as the server speaks it, with ``Heads`` before the connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection."""
        super().connection_made(transport)
        self.transport = cast("asyncio.Transport", Heads(transport, self.loop))
