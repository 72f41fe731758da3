"""The way out with an ear at it: what is asked is written down, and answers can be changed."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from tests.harness.sides import Served, connected, new_vault

from firsthand.foundation.clock import SetClock
from firsthand.foundation.egress import Answer, Egress
from firsthand.foundation.ids import SystemChance
from firsthand.foundation.keys import new_signing_key
from firsthand.protocol.discovery import sign_document
from firsthand.protocol.identity import jwk_of
from firsthand.protocol.keylog import sign_next
from firsthand.protocol.refusals import Refusal
from firsthand.protocol.roles.profile import PURPOSE, TYPE_GIVEN
from firsthand.protocol.things import Thing
from firsthand.vault.acts.opened import Vault
from firsthand.vault.gate import Gate, Outcome, Request
from firsthand.vault.terms.relationships import Relationship, Signer, find, signer_of

START = datetime(2026, 1, 1, tzinfo=UTC)
TOMORROW = 2_000_000_000


@dataclass(frozen=True)
class Asked:
    """One request as it left."""

    method: str
    url: str
    headers: dict[str, str]
    content: bytes
    literal: bool
    pool: str

    @property
    def path(self) -> str:
        """What is asked for there, with its query."""
        return "/" + self.url.split("/", 3)[3]


Change = Callable[[Asked, Answer], Answer]


class Heard(Egress):
    """The real way out. `instead` answers for them, `change` changes what they answered."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Asked] = []
        self.instead: Callable[[Asked], Answer | None] = lambda _: None
        self.change: Change = lambda _, answer: answer

    def request(self, method: str, url: str, **how: Any) -> Answer:  # noqa: ANN401 - as the real one
        asked = Asked(
            method, url, dict(how["headers"]), how["content"], how["literal_loopback"], how["pool"]
        )
        self.asked.append(asked)
        answer = self.instead(asked)
        return self.change(asked, answer or super().request(method, url, **how))

    def paths(self) -> list[str]:
        """What was asked for since this was asked last."""
        found = [asked.path for asked in self.asked]
        self.asked.clear()
        return found

    @contextmanager
    def answering(self, path: str, *bodies: object, status: int = 200) -> Iterator[None]:
        """Below this path they answer with these, one after the other, the last one for ever."""
        left = list(bodies)

        def instead(asked: Asked) -> Answer | None:
            if not asked.path.startswith(path):
                return None
            said = left.pop(0) if len(left) > 1 else left[0]
            return said if isinstance(said, Answer) else answer(said, status)

        self.instead = instead
        try:
            yield
        finally:
            self.instead = lambda _: None

    @contextmanager
    def changing(self, path: str, how: Callable[[Any], object]) -> Iterator[None]:
        """What they answer below this path is changed on its way."""

        def change(asked: Asked, said: Answer) -> Answer:
            if not asked.path.startswith(path):
                return said
            return answer(how(json.loads(said.body)), said.status)

        self.change = change
        try:
            yield
        finally:
            self.change = lambda _, said: said


def answer(body: object, status: int = 200) -> Answer:
    """An answer with this in it."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status=status, headers={}, body=raw)


def refusing(reason: str, detail: str = "It is so.") -> Answer:
    """What an organisation says that takes something not."""
    refusal = Refusal(reason=reason, detail=detail)
    return answer(refusal.problem(), refusal.status)


def watched(name: str, time: str | None = "2024-01-13T20:15:00Z") -> Thing:
    """A film that was seen."""
    data: dict[str, object] = {"@type": "WatchAction", "name": name, "startTime": time}
    return Thing(
        id=f"id of {name}", type="WatchAction", name=name, time=time, source="netflix", data=data
    )


def asking_for(*things: Thing, later: bool = False) -> Request:
    """A request to give these."""
    return Request(role="profile", type=TYPE_GIVEN, purpose=PURPOSE, things=things, later=later)


@dataclass
class Heeded:
    """A vault by a clock of its own whose every word is heard, and one organisation."""

    vault: Vault
    served: Served
    heard: Heard
    clock: SetClock
    name: str = ""
    seen: Mapping[str, str] = field(default_factory=dict)

    @property
    def gate(self) -> Gate:
        return self.vault.gate

    @property
    def relationship(self) -> Relationship:
        return find(self.vault.store, self.name)

    @property
    def signer(self) -> Signer:
        return signer_of(self.vault.store, self.relationship)

    @property
    def seconds(self) -> int:
        return int(self.clock.now().timestamp())

    def row(self, query: str, **params: object) -> dict[str, Any]:
        """One row of the vault, whole."""
        found: Any = self.vault.store.row(query, **params)
        assert found is not None, (query, params)
        return {key: found[key] for key in found.keys()}  # noqa: SIM118 - a row is no mapping

    def rows(self, query: str, **params: object) -> list[dict[str, Any]]:
        """All its rows, whole."""
        return [
            {key: row[key] for key in row.keys()}  # noqa: SIM118 - a row is no mapping
            for row in self.vault.store.rows(query, **params)
        ]

    def give(self, *titles: str, later: bool = False) -> list[Outcome]:
        """Give films of these titles; returns what became of everything that waits."""
        asked = asking_for(*(watched(title) for title in titles), later=later)
        return self.gate.disclose(self.name, asked)[1]

    def log(self, position: int) -> dict[str, Any]:
        """An entry of the log, whole."""
        return self.row("disclosures.by_position", position=position)

    def states(self) -> list[str]:
        """The state of each entry, the oldest first."""
        return [row["state"] for row in reversed(self.rows("disclosures.all"))]

    def warnings(self) -> list[str]:
        """What its person is warned of, the newest first."""
        rows = self.vault.store.rows("relationships.warnings", relationship=self.name)
        return [row["what"] for row in rows]


@contextmanager
def heeded(folder: Path, served: Served, clock: SetClock) -> Iterator[Heeded]:
    """A vault that is connected to an organisation, with an ear at its gate."""
    with new_vault(folder, clock) as plain, eared(plain, served, clock) as made:
        made.name = connected(made.vault, served)
        made.heard.asked.clear()
        yield made


@contextmanager
def eared(plain: Vault, served: Served, clock: SetClock) -> Iterator[Heeded]:
    """A vault with an ear at its gate."""
    heard = Heard()
    gate = Gate(plain.store, heard, clock, SystemChance(), commands=True)
    with closing(gate):
        yield Heeded(replace(plain, gate=gate), served, heard, clock)


def tomorrow(deal: Heeded) -> tuple[bytes, EllipticCurvePrivateKey]:
    """What the organisation says of itself with a key that its key of today signed; and the key."""
    own, new = deal.served.hub.organisation, new_signing_key()
    told = deal.relationship.organisation
    entry = sign_next(
        told.key_log, key=new.public_key(), log_key=told.log_key, at=TOMORROW, signer=own.key
    )
    keys = [jwk_of(new.public_key())]
    whole = msgspec.structs.replace(told, keys=keys, key_log=[*told.key_log, entry])
    return sign_document(whole, new), new
