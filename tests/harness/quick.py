"""What serves in a thread of this process, at a port that nobody can take; and other processes.

Hundreds of tests would wait for a server that ends in its own time, so this one ends at once.
"""

import asyncio
import contextlib
import socket
import subprocess
import threading
import time
import weakref
from collections.abc import Iterator
from typing import Any

import uvicorn
from starlette.types import ASGIApp

LOOK_S = 0.01
DAY_TICKS = 864_000


class Server(uvicorn.Server):
    """Looks a hundred times a second whether it shall end, and waits for nothing but its answers.

    What it was asked it still answers, as long as `timeout_graceful_shutdown` lets it.
    """

    async def main_loop(self) -> None:
        tick = 0
        while not await self.on_tick(tick):
            tick = (tick + 1) % DAY_TICKS
            await asyncio.sleep(LOOK_S)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        state = self.server_state
        for server in self.servers:
            server.close()
        for sock in sockets or []:
            sock.close()
        for connection in list(state.connections):
            connection.shutdown()
        grace = self.config.timeout_graceful_shutdown
        try:
            async with asyncio.timeout(grace):
                while state.connections or state.tasks:  # noqa: ASYNC110 - they tell nobody
                    await asyncio.sleep(LOOK_S / 10)
        except TimeoutError:
            for task in state.tasks:
                task.cancel()
        await self.lifespan.shutdown()


class Door:
    """A port of this machine that stays ours, and behind it what is served for the time being.

    Between two openings nobody else is given the port: not who asks for a free one, nor who dials.
    """

    def __init__(self) -> None:
        held = bound()
        weakref.finalize(self, held.close)
        self.port: int = held.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._server: Server | None = None

    def open(self, application: ASGIApp, **how: Any) -> None:  # noqa: ANN401 - as uvicorn takes it
        """Serve from here on; whoever dials now is answered."""
        assert self._server is None, "something is served here already"
        settings = {"log_level": "error", "access_log": False, "lifespan": "off", **how}
        self._sock = bound(self.port)
        self._server = Server(uvicorn.Config(application, **settings))
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._sock]}, daemon=True
        )
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive(), "it did not begin to serve"
            time.sleep(0.002)

    def close(self) -> None:
        """Go away: whoever dials now is not answered."""
        if self._server is None:
            return
        self._server.should_exit = True
        self._thread.join()
        self._sock.close()
        self._server = None


@contextlib.contextmanager
def running(*words: str, stdin: int | None = None) -> Iterator[subprocess.Popen[str]]:
    """A process whose words can be read; it ends with the block, whatever fails in there."""
    with subprocess.Popen(words, stdin=stdin, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def bound(port: int = 0) -> socket.socket:
    """A socket that listens soon, on a port that was free or on this one, which is held."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("127.0.0.1", port))
    return sock
