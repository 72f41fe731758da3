"""Reads bodies with limits on size and time; what is too large is refused before it is read."""

import asyncio
from collections.abc import Iterable

from starlette.types import Receive

from firsthand.protocol.refusals import refuse

WAIT_S_MAX = 10.0


class TooSlow(Exception):
    """The body did not arrive in time. Send it in one go."""


class Hurried(Exception):
    """The other side hung up before it had sent everything."""


def declared_length(headers: Iterable[tuple[bytes, bytes]]) -> int | None:
    """The Content-Length, if there is one that can be read."""
    for name, value in headers:
        if name == b"content-length":
            return int(value) if value.isdigit() and len(value) < 20 else None  # noqa: PLR2004
    return None


async def read_body(
    receive: Receive, *, declared: int | None, size_bytes_max: int, wait_s_max: float = WAIT_S_MAX
) -> bytes:
    """The whole body. Raises ``Refused`` (``too_large``), ``TooSlow`` or ``Hurried``."""
    if declared is not None and declared > size_bytes_max:
        raise refuse("too_large", f"At most {size_bytes_max} bytes are taken here.")
    task = asyncio.current_task()
    assert task is not None, "a door is served in a task"
    late = False

    def give_up() -> None:
        nonlocal late
        late = True
        task.cancel()

    # As `asyncio.timeout` does it, at a third of its cost: this runs for every batch.
    timer = task.get_loop().call_later(wait_s_max, give_up)
    try:
        return await _parts(receive, size_bytes_max)
    except asyncio.CancelledError:
        if late and task.uncancel() == 0:
            raise TooSlow from None
        raise
    finally:
        timer.cancel()


async def _parts(receive: Receive, size_bytes_max: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Hurried
        part = message.get("body", b"")
        size += len(part)
        if size > size_bytes_max:
            raise refuse("too_large", f"At most {size_bytes_max} bytes are taken here.")
        parts.append(part)
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)
