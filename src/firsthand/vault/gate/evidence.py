"""What an organisation is asked for as evidence and by right: who looked, how a request stands.

Also what another vault has seen of an organisation's log: that one is asked without a signature.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from firsthand.protocol import wire
from firsthand.protocol.canonical import UnableToReadJson, read_json
from firsthand.protocol.refusals import Refused, refuse
from firsthand.vault.gate.asking import OK, Line, refusal_in
from firsthand.vault.terms.relationships import Relationship, signer_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from firsthand.foundation.egress import Answer
    from firsthand.vault.store import Store

_TAKEN: Final = {200, 201, 202}


class Evidence:
    """Asks one organisation at a time, each time for one thing. All raise ``Refused``, ``Offline``.

    ``line_to`` gives the line to an organisation, ``line_at`` one to an address.
    """

    def __init__(
        self,
        store: Store,
        line_to: Callable[[Relationship], Line],
        line_at: Callable[[str], Line],
    ) -> None:
        self._store, self._line_to, self._line_at = store, line_to, line_at

    def looks(self, relationship: Relationship, after: int) -> str:
        """The signed statement of who looked, from number ``after`` + 1 on."""
        return self._statement(
            self._get(relationship, f"{wire.PATH_READS}", f"?after={after}"), "signed"
        )

    def ask_right(self, relationship: Relationship, body: bytes) -> str:
        """Send a request; returns the signed status of it."""
        line, signer = self._line_to(relationship), signer_of(self._store, relationship)
        headers, _ = line.sealed(wire.PATH_RIGHTS, body, wire.TYPE_JSON, signer, waits=True)
        answer = line.post(wire.PATH_RIGHTS, body, headers)
        if answer.status not in _TAKEN:
            raise Refused(refusal_in(answer))
        return self._statement(answer, "status")

    def right_status(self, relationship: Relationship, request: str) -> str:
        """The signed status of a request, by its name."""
        path = f"{wire.PATH_RIGHTS}/{quote(request, safe='')}"
        return self._statement(self._get(relationship, path), "status")

    def take_right_back(self, relationship: Relationship, request: str) -> str:
        """Take a request back; returns the signed status of it."""
        line, signer = self._line_to(relationship), signer_of(self._store, relationship)
        answer = line.delete(f"{wire.PATH_RIGHTS}/{quote(request, safe='')}", signer)
        if answer.status != OK:
            raise Refused(refusal_in(answer))
        return self._statement(answer, "status")

    def right_data(self, relationship: Relationship, request: str, after: int) -> bytes:
        """One part of what was delivered upon a request, as it came."""
        path = f"{wire.PATH_RIGHTS}/{quote(request, safe='')}/data"
        return self._get(relationship, path, f"?after={after}").body

    def seen_at(self, url: str) -> bytes:
        """What another vault publishes at its address of the checkpoints that it has seen."""
        host, _, path = url.partition("://")[2].partition("/")
        line = self._line_at(f"{url.partition('://')[0]}://{host}")
        answer = line.get(f"/{path}")
        if answer.status != OK:
            raise refuse("not_found", f"{url} does not publish what it has seen.")
        return answer.body

    def _get(self, relationship: Relationship, path: str, query: str = "") -> Answer:
        signer = signer_of(self._store, relationship)
        answer = self._line_to(relationship).get(path, signer, query=query)
        if answer.status != OK:
            raise Refused(refusal_in(answer))
        return answer

    @staticmethod
    def _statement(answer: Answer, name: str) -> str:
        """The signed statement in an answer."""
        try:
            content = read_json(answer.body)
        except UnableToReadJson as error:
            raise refuse("shape_invalid", "The organisation's answer cannot be read.") from error
        token = content.get(name) if isinstance(content, dict) else None
        if not isinstance(token, str):
            raise refuse("shape_invalid", "The organisation's answer holds no signed statement.")
        return token
