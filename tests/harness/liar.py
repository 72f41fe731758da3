"""An organisation that lies: the real one, with a layer before it that changes what it answers."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from tests.harness.sides import Served, bring, inbox, share

from firsthand.foundation.keys import new_signing_key
from firsthand.vault.acts import connecting, logging
from firsthand.vault.acts.opened import Vault
from firsthand.vault.terms.relationships import find, signer_of

OTHER_KEY = new_signing_key()


@dataclass(frozen=True)
class Said:
    """An answer on its way out."""

    path: str
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes

    def json(self) -> Any:  # noqa: ANN401 - whatever was answered
        return json.loads(self.body)

    def but(self, body: Any, status: int | None = None) -> "Said":  # noqa: ANN401 - bytes or JSON
        """The same answer with another body."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return replace(self, body=raw, status=status or self.status)


Lie = Callable[[Said], Said]


class Liar:
    """Changes the answers of a path while `lie` is set; honest otherwise. `told` is what it saw."""

    def __init__(self) -> None:
        self.path = ""
        self.lie: Lie | None = None
        self.told: list[Said] = []

    def about(self, path: str, lie: Lie) -> None:
        """Begin to lie about everything below a path."""
        self.path, self.lie = path, lie

    def stop(self) -> None:
        """Be honest again."""
        self.lie = None

    def __call__(self, application: ASGIApp) -> ASGIApp:
        async def changed(scope: Scope, receive: Receive, send: Send) -> None:
            kept: list[Message] = []

            async def collect(message: Message) -> None:
                kept.append(message)

            await application(scope, receive, collect)
            said = Said(
                path=scope["path"],
                status=kept[0]["status"],
                headers=list(kept[0]["headers"]),
                body=b"".join(message.get("body", b"") for message in kept[1:]),
            )
            self.told.append(said)
            if self.lie is not None and said.path.startswith(self.path):
                said = self.lie(said)
            headers = [h for h in said.headers if h[0].lower() != b"content-length"]
            headers.append((b"content-length", str(len(said.body)).encode()))
            await send({"type": "http.response.start", "status": said.status, "headers": headers})
            await send({"type": "http.response.body", "body": said.body})

        return changed


def elsewhere(said: Said) -> Said:
    """Send them to another place."""
    return replace(said, status=307, headers=[(b"location", b"http://127.0.0.1:9/")], body=b"")


def huge(said: Said) -> Said:
    """Far more than anybody asked for."""
    return said.but(b"[" + b" " * (9 * 1024 * 1024) + b"]")


def no_json(said: Said) -> Said:
    """Something else altogether."""
    return said.but(b"<html>hello</html>")


def not_an_object(said: Said) -> Said:
    """JSON of another kind."""
    return said.but([1, 2])


def deep(said: Said) -> Said:
    """Brackets without end."""
    return said.but(b"[" * 200_000)


def failing(said: Said) -> Said:
    """A server that broke."""
    return said.but(b"Internal Server Error", status=500)


def failing_deep(said: Said) -> Said:
    """A server that broke, and says so without end."""
    return said.but(b'{"reason":' + b"[" * 200_000, status=500)


def failing_oddly(said: Said) -> Said:
    """A refusal whose reason is no word."""
    return said.but({"reason": ["busy"], "detail": 7}, status=503)


ODD: dict[str, Lie] = {
    "elsewhere": elsewhere,
    "huge": huge,
    "no JSON": no_json,
    "not an object": not_an_object,
    "deep": deep,
    "failing": failing,
    "failing deep": failing_deep,
    "failing oddly": failing_oddly,
}


@dataclass
class Dealing:
    """A person, an organisation that can lie, and the connection between the two."""

    vault: Vault
    served: Served
    liar: Liar
    name: str = ""

    @property
    def key(self) -> EllipticCurvePrivateKey:
        """The organisation's own."""
        return self.served.hub.organisation.key

    def warnings(self) -> list[str]:
        told: Any = connecting.relationship(self.vault, self.name)["warnings"]
        return [warning["what"] for warning in told]

    def states(self) -> list[str]:
        told: Any = logging.log(self.vault)["disclosures"]
        return [entry["state"] for entry in reversed(told)]

    def check_goes_on(self) -> None:
        """When it is honest again, everything goes on: given once, receipts hold, answers fit."""
        self.liar.stop()
        bring(self.vault, ["Moon", "Fog"])
        assert share(self.vault, self.name)["state"] == "given"
        self.served.settle()
        found = inbox(self.vault)
        assert found["problems"] == {}
        assert found["messages"][0]["verdict"] == "fits"
        assert set(self.states()) == {"given"}
        assert logging.log(self.vault, verify=True)["problems"] == 0
        person = signer_of(self.vault.store, find(self.vault.store, self.name)).thumbprint
        taken = [one for one in self.served.envelopes() if one.relationship == person]
        assert len(taken) == len(self.states())
        assert find(self.vault.store, self.name).copied_at is None


def always(lie: Lie) -> Callable[[Dealing], Lie]:
    """A lie that is the same for everybody."""
    return lambda _: lie


ODD_ONES = {name: always(lie) for name, lie in ODD.items()}
