"""The organisation's server in a process of its own, and what it costs, as the kernel counts it."""

from __future__ import annotations

import json
import os
import threading
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

from firsthand.app import hub_application, open_hub
from firsthand.cli.serving import serve
from firsthand.foundation.settings import Settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from firsthand.hub.acts.opened import Hub

BARE_PATH = "/bare"
THREADS_PATH = "/threads"
MOVES_PATH = "/moves"
MOVES_MAX = 100_000
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def run(folder: str, port: int) -> None:
    """Serve; ``/bare`` reads a body and does nothing, the other two tell how it goes inside."""
    hub = open_hub(Path(folder), Settings())
    moves: deque[tuple[float, int]] = deque(maxlen=MOVES_MAX)
    threading.Thread(target=_follow, args=(hub, moves), name="following", daemon=True).start()
    app = _Beside(hub_application(hub), moves)
    serve(app, host="127.0.0.1", port=port, line="")


def _follow(hub: Hub, moves: deque[tuple[float, int]]) -> None:
    """Note when (monotonic seconds, the same in every process) projections got how far."""
    position = hub.projector.position
    while True:
        if hub.projector.wait_until(position + 1, wait_ms_max=1_000):
            position = hub.projector.position
            moves.append((time.monotonic(), position))


class _Beside:
    """The hub's application, with three paths beside it."""

    def __init__(self, hub: ASGIApp, moves: deque[tuple[float, int]]) -> None:
        self._hub = hub
        self._moves = moves

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or answer."""
        path = scope.get("path")
        if path not in {BARE_PATH, THREADS_PATH, MOVES_PATH}:
            await self._hub(scope, receive, send)
            return
        while (await receive()).get("more_body"):
            pass
        body = b"{}"
        if path == THREADS_PATH:
            body = json.dumps({str(t.native_id): t.name for t in threading.enumerate()}).encode()
        elif path == MOVES_PATH:
            body = json.dumps(list(self._moves)).encode()
        headers = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def cpu_s(pid: int) -> dict[str, float]:
    """CPU seconds, user and system, of each thread, by its number; those that ended are left out.

    What the server's own processes used is under their numbers too.
    """
    used: dict[str, float] = {}
    for process in [pid, *_children(pid)]:
        for task in Path(f"/proc/{process}/task").iterdir():
            try:
                after_name = (task / "stat").read_text().rpartition(") ")[2].split()
            except OSError:  # it ended just now
                continue
            used[task.name] = (int(after_name[11]) + int(after_name[12])) / TICKS_PER_S
    return used


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            found += [int(child) for child in (task / "children").read_text().split()]
        except OSError:  # it ended just now
            continue
    return found
