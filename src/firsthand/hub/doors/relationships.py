"""The doors of a relationship: terms proffered, messages fetched, endings and erasures stated."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from firsthand.hub.acts import statements
from firsthand.hub.acts.opened import Hub
from firsthand.hub.doors.answers import Handler, door, json_response
from firsthand.hub.doors.signed import by_key, by_relationship, statement
from firsthand.hub.outbox import Message
from firsthand.hub.terms import relationships
from firsthand.protocol.agreements import read_proffer
from firsthand.protocol.changes import read_change, read_ending
from firsthand.protocol.identity import thumbprint_of
from firsthand.protocol.receipts import Ending
from firsthand.protocol.refusals import refuse
from firsthand.protocol.wire import TYPE_JOSE, TYPE_JSON

STREAM_S_MAX = 600
KEEP_ALIVE_S = 15
NUMBER_DIGITS_MAX = 12


def agreements_door(hub: Hub) -> Handler:
    """POST /v1/agreements: a proposal of terms, signed by the key that it carries."""

    @door
    async def propose(request: Request) -> Response:
        body = await statement(request, TYPE_JOSE)
        if not body.isascii():
            raise refuse("proffer_invalid", "A proposal is ASCII.")
        proffer = body.decode()
        _, key = read_proffer(proffer)
        by_key(hub, request, key, thumbprint_of(key))
        held = await run_in_threadpool(statements.propose, hub, proffer)
        return json_response({"answer": held.answer, "decision": held.decision})

    return propose


def revocations_door(hub: Hub) -> Handler:
    """POST /v1/revocations: this agreement ends now."""

    @door
    async def revoke(request: Request) -> Response:
        person, ending = await _ending(hub, request)
        receipt = await run_in_threadpool(statements.revoke, hub, person, ending.agreement)
        return json_response({"receipt": receipt})

    return revoke


def erasures_door(hub: Hub) -> Handler:
    """POST /v1/erasures: erase all of this relationship; answered when all of it is gone."""

    @door
    async def erase(request: Request) -> Response:
        person, ending = await _ending(hub, request)
        receipt = await run_in_threadpool(statements.erase, hub, person, ending.agreement)
        return json_response({"receipt": receipt})

    return erase


def changes_door(hub: Hub) -> Handler:
    """POST /v1/changes: this agreement rests from now on, or goes on."""

    @door
    async def change(request: Request) -> Response:
        body = await statement(request, TYPE_JSON)
        signed = await by_relationship(hub, request, body=body, waits=True)
        asked = read_change(body)
        receipt = await run_in_threadpool(statements.change, hub, signed.relationship, asked)
        return json_response({"receipt": receipt})

    return change


def inbox_door(hub: Hub) -> Handler:
    """GET /v1/inbox?after=N: messages in their order, or a stream of them that stays open."""

    @door
    async def inbox(request: Request) -> Response:
        signed = await by_relationship(hub, request, body=None, erased=True)
        after = number(request.query_params.get("after", "0"))
        person = signed.relationship
        if not await run_in_threadpool(_is_kept, hub, person):
            last = await run_in_threadpool(statements.last_word, hub, person, after)
            words = [] if last is None else [{"n": last.n, "jws": last.jws}]
            return json_response({"messages": words, "more": False})
        if "text/event-stream" in request.headers.get("accept", ""):
            return StreamingResponse(_stream(hub, person, after), media_type="text/event-stream")
        messages, more = await run_in_threadpool(_messages, hub, person, after)
        return json_response(
            {"messages": [{"n": one.n, "jws": one.jws} for one in messages], "more": more}
        )

    return inbox


def number(text: str, name: str = "after") -> int:
    """A whole number of a query; raises ``Refused`` (``shape_invalid``)."""
    if not text.isascii() or not text.isdigit() or len(text) > NUMBER_DIGITS_MAX:
        raise refuse("shape_invalid", f"{name} must be a whole number.")
    return int(text)


async def _ending(hub: Hub, request: Request) -> tuple[str, Ending]:
    body = await statement(request, TYPE_JSON)
    signed = await by_relationship(hub, request, body=body, waits=True, erased=True)
    return signed.relationship, read_ending(body)


def _messages(hub: Hub, person: str, after: int) -> tuple[list[Message], bool]:
    with hub.snapshot() as reader:
        return hub.outbox.after(reader, person, after)


def _is_kept(hub: Hub, person: str) -> bool:
    with hub.snapshot() as reader:
        return relationships.get(reader, person) is not None


def _is_known(hub: Hub, person: str) -> bool:
    with hub.snapshot() as reader:
        return relationships.is_open(reader, person)


async def _stream(hub: Hub, person: str, after: int) -> AsyncIterator[bytes]:
    """Messages as server-sent events, id = number, until it is time to dial again."""
    loop = asyncio.get_running_loop()
    news = asyncio.Event()

    def wake() -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended, and the stream with it
            loop.call_soon_threadsafe(news.set)

    parting = asyncio.Event()

    def part() -> None:
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(parting.set)
        wake()

    stop = hub.outbox.listen(person, wake)
    hub.parting.append(part)
    try:
        yield b": here\n\n"
        until = loop.time() + STREAM_S_MAX
        while loop.time() < until and not parting.is_set():
            news.clear()
            messages, more = await run_in_threadpool(_messages, hub, person, after)
            for one in messages:
                yield f"id: {one.n}\ndata: {one.jws}\n\n".encode()
                after = one.n
            if more:
                continue
            if not await run_in_threadpool(_is_known, hub, person):
                return
            try:
                await asyncio.wait_for(news.wait(), KEEP_ALIVE_S)
            except TimeoutError:
                yield b": still here\n\n"
    finally:
        hub.parting.remove(part)
        stop()
