"""Dial an organisation and read its answer; everything signed with the relationship's key."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import msgspec

from firsthand.foundation.egress import Answer, Egress, EgressRefused, Unreachable
from firsthand.protocol import wire
from firsthand.protocol.canonical import UnableToReadJson, read_json
from firsthand.protocol.digests import content_digest
from firsthand.protocol.discovery import Organisation, check_goes_on, read_document
from firsthand.protocol.refusals import REASONS, Refusal, Refused, refuse
from firsthand.protocol.signatures import Message, sign
from firsthand.vault.terms.relationships import find

if TYPE_CHECKING:
    from firsthand.foundation.clock import Clock
    from firsthand.vault.store import Store
    from firsthand.vault.terms.relationships import Relationship, Signer

OK = 200


class Offline(Exception):
    """The organisation cannot be reached right now. Nothing is lost: what waits goes later."""


class Unusable(Refused):
    """The address may not be dialled, or what came back cannot be read: a redirect, too much.

    What was sent may have been taken all the same, so it is sent again rather than given up.
    """


class Introduction(msgspec.Struct, frozen=True, kw_only=True):
    """What an organisation said of itself, verified, with the bytes as they came."""

    organisation: Organisation
    body: bytes


class Line:
    """A way to one organisation. ``literal`` allows the loopback address a person typed."""

    def __init__(self, egress: Egress, clock: Clock, *, url: str, literal: bool, pool: str) -> None:
        self._egress = egress
        self._clock = clock
        self.url = url.rstrip("/")
        self._literal = literal
        self._pool = pool

    def get(self, path: str, signer: Signer | None = None, query: str = "") -> Answer:
        """Ask for ``path``, signed if there is a ``signer``."""
        target = self.url + path + query
        headers = {} if signer is None else self._bare("GET", target, signer)
        return self._ask("GET", target, headers, b"")

    def delete(self, path: str, signer: Signer) -> Answer:
        """Have what is at ``path`` undone, signed."""
        target = self.url + path
        return self._ask("DELETE", target, self._bare("DELETE", target, signer), b"")

    def post(self, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Send ``body`` with headers that were signed before."""
        return self._ask("POST", self.url + path, headers, body)

    def sealed(
        self, path: str, body: bytes, media_type: str, signer: Signer, *, waits: bool,
        batch: str | None = None,
    ) -> tuple[dict[str, str], int | None]:  # fmt: skip
        """The headers of a signed POST, and when they lapse (seconds) if they may wait."""
        headers = {"content-type": media_type, "content-digest": content_digest(body)}
        covered: tuple[str, ...] = wire.COVERED_BODY
        if batch is not None:
            headers["firsthand-batch"] = batch
            covered = wire.COVERED_BATCH
        message = Message(method="POST", target_uri=self.url + path, status=None, headers=headers)
        expires = self.seconds() + wire.WAIT_S_MAX if waits else None
        return {**headers, **self.signed(message, signer, covered, expires)}, expires

    def signed(
        self,
        message: Message,
        signer: Signer,
        covered: tuple[str, ...],
        expires: int | None = None,
    ) -> dict[str, str]:
        """The two signature headers of ``message`` (RFC 9421)."""
        return sign(
            message,
            key=signer.key,
            covered=covered,
            created=self.seconds(),
            expires=expires,
            keyid=signer.thumbprint,
        )

    def seconds(self) -> int:
        """Now, in seconds since 1970."""
        return int(self._clock.now().timestamp())

    def _bare(self, method: str, target: str, signer: Signer) -> dict[str, str]:
        """The signature of a request that has no body."""
        message = Message(method=method, target_uri=target, status=None, headers={})
        return self.signed(message, signer, wire.COVERED_BARE)

    def _ask(self, method: str, url: str, headers: dict[str, str], body: bytes) -> Answer:
        try:
            return self._egress.request(
                method,
                url,
                headers=headers,
                content=body,
                literal_loopback=self._literal,
                pool=self._pool,
            )
        except Unreachable as error:
            raise Offline(f"{self.url} cannot be reached: {error}") from error
        except EgressRefused as error:
            raise Unusable(Refusal(reason="not_allowed", detail=str(error))) from error


def introduce(line: Line) -> Introduction:
    """Read who answers at the line's address; raises ``Refused`` or ``Offline``."""
    answer = line.get(wire.PATH_DISCOVERY)
    if answer.status != OK:
        raise refuse("not_found", f"{line.url} does not introduce an organisation.")
    organisation = read_document(answer.body)
    if organisation.document.url.rstrip("/") != line.url:
        raise refuse(
            "signature_invalid",
            f"{line.url} says that it is {organisation.document.url}. Connect to that instead.",
        )
    return Introduction(organisation=organisation, body=answer.body)


def introduce_again(line: Line, relationship: Relationship) -> Introduction:
    """Read the organisation anew; refuses it unless its log of keys goes on from the pinned one."""
    introduction = introduce(line)
    check_goes_on(read_document(relationship.document), introduction.organisation)
    return introduction


def keep_up(store: Store, line: Line, relationship: Relationship, signed: str) -> Relationship:
    """The relationship with the organisation's keys of today, if an unknown key ``signed``.

    ``signed`` is a statement or a checkpoint. The organisation is read anew for it, and refused
    unless its log of keys goes on from the pinned one; raises ``Offline`` too.
    """
    if relationship.key_log.knows(signed):
        return relationship
    introduction = introduce_again(line, relationship)
    if introduction.body == relationship.document:
        return relationship
    with store.transaction() as tx:
        tx.run("relationships.replace_document", name=relationship.name, document=introduction.body)
    return find(store, relationship.name)


def refusal_in(answer: Answer) -> Refusal:
    """What an answer that is not 200 says; an unknown reason counts as ``busy`` (try later)."""
    problem: object = None
    with contextlib.suppress(UnableToReadJson):
        problem = read_json(answer.body)
    if isinstance(problem, dict):
        reason, detail = problem.get("reason"), problem.get("detail")
        if isinstance(reason, str) and reason in REASONS:
            return Refusal(reason=reason, detail=detail if isinstance(detail, str) else "")
    return Refusal(reason="busy", detail=f"It answered with status {answer.status}.")
