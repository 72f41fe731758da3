"""Serves an application by uvicorn until the process is told to stop."""

from __future__ import annotations

import signal
import socket
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp

HERE = "127.0.0.1"
KEEP_ALIVE_S = 30
GRACE_S = 5
QUEUE_MAX = 2048


class UnableToListen(RuntimeError):
    """The port is taken, or the address is not this machine's. Choose another: --port N."""


def serve(
    application: ASGIApp,
    *,
    host: str,
    port: int,
    line: str,
    ending: Callable[[], None] | None = None,
    behind_proxy: bool = False,
) -> int:
    """Listen, print ``line`` once, and serve; returns 0 after a stop. Raises ``UnableToListen``.

    ``ending`` is called once when it is told to stop, before it waits for what is under way: it
    ends the answers that would never end by themselves. With ``behind_proxy`` a server on this
    machine says who asks (``X-Forwarded-For``).
    """
    import uvicorn

    from firsthand.foundation.web.heads import HttpProtocol

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            print(line, flush=True)  # from here on it ends in order when it is told to

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            if ending is not None:
                ending()
            await super().shutdown(sockets)

    sock = _listening(host, port)
    config = uvicorn.Config(
        application,
        loop="uvloop",
        http=HttpProtocol,
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,  # a log of addresses is one about people
        server_header=False,
        proxy_headers=behind_proxy,
        forwarded_allow_ips=HERE,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
        backlog=QUEUE_MAX,
    )
    _end_in_order()
    with sock:
        Server(config).run(sockets=[sock])
    return 0


def _end_in_order() -> None:
    """Let whoever called close what is open, before SIGTERM ends the process.

    The server ends by it and then raises it once more: left as it is, that would be the end.
    """
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _end)


def _end(_signal: int, _frame: object) -> NoReturn:
    raise SystemExit(0)


def _listening(host: str, port: int) -> socket.socket:
    """A socket that takes connections already: whoever reads our line can call at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
        sock.listen(QUEUE_MAX)
    except OSError as error:
        sock.close()
        raise UnableToListen(f"{host}:{port} cannot be listened on: {error.strerror}.") from error
    return sock
