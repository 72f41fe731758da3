"""Checks who signed a request (RFC 9421); the address is the one configured, never Host's."""

from collections.abc import Sequence

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from firsthand.hub import erasing
from firsthand.hub.acts.opened import Hub
from firsthand.hub.doors.bodies import Hurried, TooSlow, declared_length, read_body
from firsthand.protocol.digests import DigestRefused, check_content_digest
from firsthand.protocol.identity import public_key_of
from firsthand.protocol.refusals import refuse
from firsthand.protocol.signatures import (
    Message,
    PublicKey,
    SignatureRefused,
    Verified,
    keyid_of,
    verify,
)
from firsthand.protocol.wire import (
    COVERED_BARE,
    COVERED_BODY,
    STATEMENT_BYTES_MAX,
    WAIT_S_MAX,
)

QUERY_CHARS_MAX = 1_000


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """A request that was signed by ``relationship``; ``body`` is empty where there is none."""

    relationship: str
    body: bytes


async def statement(request: Request, kind: str) -> bytes:
    """The body of a signed statement of media type ``kind``. Raises ``Refused``."""
    headers = request.headers
    try:
        body = await read_body(
            request.receive,
            declared=declared_length(request.scope["headers"]),
            size_bytes_max=STATEMENT_BYTES_MAX,
        )
    except (TooSlow, Hurried) as error:
        raise refuse("busy", "The content did not arrive in time.") from error
    if headers.get("content-type") != kind:
        raise refuse("shape_invalid", f"The content must be {kind}.")
    try:
        check_content_digest(headers.get("content-digest", ""), body)
    except DigestRefused as error:
        raise refuse("digest_invalid", str(error)) from error
    return body


async def by_relationship(
    hub: Hub, request: Request, *, body: bytes | None, waits: bool = False, erased: bool = False
) -> Signed:
    """Who of those that are known signed this; with ``erased``, also who was erased.

    Raises ``Refused``.
    """
    message = _message(hub, request)
    try:
        keyid = keyid_of(message.headers)
    except SignatureRefused as error:
        raise refuse(error.reason, error.help) from error
    key: PublicKey | None = hub.intake.key_at_hand(keyid)  # under load, each hop costs a turn
    if key is None:
        key = await run_in_threadpool(_key, hub, keyid, erased=erased)
    check(hub, message, key, covered=COVERED_BARE if body is None else COVERED_BODY, waits=waits)
    return Signed(relationship=keyid, body=body or b"")


def by_key(hub: Hub, request: Request, key: PublicKey, keyid: str) -> None:
    """Check that the request was signed by this very key. Raises ``Refused``."""
    message = _message(hub, request)
    verified = check(hub, message, key, covered=COVERED_BODY, waits=False)
    if verified.keyid != keyid:
        raise refuse("signature_invalid", "The request names another key than its content.")


def check(
    hub: Hub, message: Message, key: PublicKey, *, covered: Sequence[str], waits: bool
) -> Verified:
    """Verify one request's signature. Raises ``Refused`` with its reason."""
    try:
        verified = verify(message, public_key=key, required=covered, now=hub.now_s(), waits=waits)
    except SignatureRefused as error:
        raise refuse(error.reason, error.help) from error
    if waits and (verified.expires or 0) > verified.created + WAIT_S_MAX:
        raise refuse("signature_invalid", f"A statement waits for at most {WAIT_S_MAX} seconds.")
    return verified


def _key(hub: Hub, keyid: str, *, erased: bool) -> PublicKey:
    key: PublicKey | None = hub.intake.key(keyid[:64])
    if key is None and erased:
        with hub.snapshot() as reader:
            gone = erasing.find(reader, keyid)
        key = None if gone is None else public_key_of(gone.key)
    if key is None:
        raise refuse("unknown_relationship")
    return key


def _message(hub: Hub, request: Request) -> Message:
    query = request.scope["query_string"].decode("latin-1")
    if len(query) > QUERY_CHARS_MAX:
        raise refuse("too_large", f"A query has at most {QUERY_CHARS_MAX} characters.")
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    path = raw.split(b"?")[0].decode("latin-1")
    target = hub.organisation.url + path + (f"?{query}" if query else "")
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return Message(method=request.method, target_uri=target, headers=headers)
