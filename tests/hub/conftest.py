# ruff: noqa: ANN401, PLR0913 - what a person says is bent in many ways
"""A hub that is really served, and a person who really signs: no vault, no mocks."""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from tests.harness.quick import Door
from tests.harness.shifted import Shifted

from firsthand import app
from firsthand.foundation.ids import uuid8_from
from firsthand.foundation.keys import new_signing_key
from firsthand.foundation.settings import Settings
from firsthand.protocol import wire
from firsthand.protocol.agreements import (
    Agreement,
    Invited,
    Proffer,
    chosen,
    consent_record,
    read_agreement,
    sign_proffer,
)
from firsthand.protocol.canonical import sha256_hex
from firsthand.protocol.clocks import stamp_of
from firsthand.protocol.digests import content_digest
from firsthand.protocol.discovery import Organisation, read_document
from firsthand.protocol.identity import subject_of, thumbprint_of
from firsthand.protocol.receipts import BatchLabel, Ending
from firsthand.protocol.roles.profile import Given
from firsthand.protocol.signals import Signal, encode_signals
from firsthand.protocol.signatures import Message, sign
from firsthand.protocol.terms import ROSTER

if TYPE_CHECKING:
    from firsthand.hub.acts.opened import Hub

ASKED = {"WatchAction": ["name", "object", "startTime"], "PayAction": ["name", "price"]}
YEAR_S = 365 * 24 * 3600


class Served:
    """An organisation's folder, opened and served; it can be stopped and started again."""

    def __init__(self, folder: Path, name: str) -> None:
        self.door = Door()
        self.url = self.door.url
        self.folder = folder
        self.made: dict[str, Any] = app.found_hub(
            folder, name=name, url=self.url, settings=Settings()
        )
        self.http = httpx.Client(base_url=self.url, trust_env=False, timeout=30)
        self.clock = Shifted()
        self.hub: Hub
        self.start()

    def start(self) -> None:
        self.hub = app.open_hub(self.folder, Settings(), clock=self.clock)
        self.door.open(app.hub_application(self.hub))

    def stop(self) -> None:
        self.door.close()
        self.hub.close()

    def introduced(self) -> Organisation:
        return read_document(self.http.get(wire.PATH_DISCOVERY).content)

    def now_s(self) -> int:
        """What the organisation's clock says, in seconds since 1970."""
        return int(self.clock.now().timestamp())

    def settle(self) -> None:
        """Wait until everything taken is projected and answered."""
        _, size = self.hub.reads.envelopes(after=0, rows_max=1000)
        assert self.hub.projector.wait_until(size)
        until = time.monotonic() + 10
        while time.monotonic() < until:
            with self.hub.snapshot() as reader:
                if not reader.scan_all("profile_due", rows_max=1):
                    return
            time.sleep(0.01)
        raise AssertionError("answers are still due")


class Person:
    """One person's key for one organisation, and all that it can say there."""

    def __init__(self, served: Served, lane: str = "phone") -> None:
        self.served = served
        self.key: EllipticCurvePrivateKey = new_signing_key()
        self.id = thumbprint_of(self.key.public_key())
        self.subject = subject_of(self.id)
        self.organisation = served.introduced()
        self.lane = lane
        self.n = 0
        self.agreement: Agreement

    def proffer(
        self,
        terms: str = "FH-GIVEN",
        *,
        fields: Mapping[str, Sequence[str]] = ASKED,
        invite: Invited | None = None,
        **changes: Any,
    ) -> str:
        now = self.served.now_s()
        made = Proffer(
            iss=self.subject,
            aud=self.organisation.subject,
            jti=new_id(),
            iat=now,
            exp=now + YEAR_S,
            p7012=chosen(ROSTER[terms], url=self.served.url),
            fields={kind: list(names) for kind, names in fields.items()},
            record={},
            invite=invite,
        )
        made = msgspec.structs.replace(made, **changes)
        if not made.record:
            made = msgspec.structs.replace(made, record=self.record(terms, made))
        return sign_proffer(made, self.key)

    def record(self, terms: str, made: Proffer) -> dict[str, object]:
        return consent_record(
            terms=ROSTER[terms], person=made.iss, organisation=made.aud,
            name=self.organisation.document.name, fields=made.fields, identifier=made.jti,
            at=stamp_of(made.iat),
        )  # fmt: skip

    def propose(self, proffer: str) -> httpx.Response:
        return self.post(wire.PATH_AGREEMENTS, proffer.encode(), wire.TYPE_JOSE, waits=False)

    def agree(self, terms: str = "FH-GIVEN", **said: Any) -> Agreement:
        proffer = self.proffer(terms, **said)
        answer = self.propose(proffer)
        assert answer.status_code == 200, answer.text
        self.agreement = read_agreement(
            proffer, answer.json()["answer"], organisation_key=self.organisation.key
        )
        return self.agreement

    def signal(self, name: str = "Dark", **changes: Any) -> Signal:
        data = {
            "@type": "WatchAction", "name": name, "startTime": "2024-01-01", "timePrecision": "P1W",
            "isBasedOn": "netflix", **changes.pop("data", {}),
        }  # fmt: skip
        said = {
            "specversion": "1.0",
            "id": uuid8_from(sha256_hex(f"{self.id}{name}".encode()).encode()),
            "source": self.subject,
            "type": "profile.given",
            "agreement": self.agreement.id,
            "purpose": "personalisation",
            "data": msgspec.convert({k: v for k, v in data.items() if v is not None}, Given),
            **changes,
        }
        return Signal(**said)

    def batch(self, signals: Sequence[Signal], n: int | None = None, **label: Any) -> httpx.Request:
        body = encode_signals(signals)
        return self.raw_batch(body, n=n, **label)

    def raw_batch(self, body: bytes, n: int | None = None, **label: Any) -> httpx.Request:
        salt = sha256_hex(body + str(n).encode()).encode()[:16]
        header = BatchLabel(lane=label.get("lane", self.lane), n=n or self.n + 1, salt=salt)
        return self.signed(
            "POST", wire.PATH_SIGNALS, body, wire.TYPE_BATCH,
            covered=wire.COVERED_BATCH, waits=True, extra={"firsthand-batch": header.header()},
        )  # fmt: skip

    def send(self, request: httpx.Request) -> httpx.Response:
        return self.served.http.send(request)

    def give(self, *names: str) -> httpx.Response:
        answer = self.send(self.batch([self.signal(name) for name in names]))
        if answer.status_code == 200:
            self.n += 1
        return answer

    def post(self, path: str, body: bytes, kind: str, *, waits: bool = True) -> httpx.Response:
        return self.send(
            self.signed("POST", path, body, kind, covered=wire.COVERED_BODY, waits=waits)
        )

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.send(
            self.signed("GET", path, b"", "", covered=wire.COVERED_BARE, extra=headers)
        )

    def end(self, path: str, agreement: str | None = None) -> httpx.Response:
        said = Ending(
            agreement=agreement or self.agreement.id, jti=new_id(), at=self.served.now_s()
        )
        return self.post(path, msgspec.json.encode(said), wire.TYPE_JSON)

    def inbox(self, after: int = 0) -> list[dict[str, Any]]:
        answer = self.get(f"{wire.PATH_INBOX}?after={after}")
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["messages"]
        return found

    def signed(
        self, method: str, path: str, body: bytes, kind: str, *, covered: Sequence[str],
        waits: bool = False, extra: Mapping[str, str] | None = None, created: int | None = None,
        key: EllipticCurvePrivateKey | None = None, keyid: str | None = None,
        target: str | None = None, expires_s: int = 3600,
    ) -> httpx.Request:  # fmt: skip
        headers = dict(extra or {})
        if kind:
            headers |= {"content-type": kind, "content-digest": content_digest(body)}
        created = created or self.served.now_s()
        url = self.served.url + path
        signature = sign(
            Message(method=method, target_uri=target or url, headers=headers),
            key=key or self.key,
            covered=covered,
            created=created,
            expires=created + expires_s if waits else None,
            keyid=keyid or self.id,
        )
        return self.served.http.build_request(
            method, url, content=body or None, headers={**headers, **signature}
        )


def new_id() -> str:
    return f"{time.time_ns()}"


def reason(answer: httpx.Response) -> str:
    """The reason of a refusal, which must be a whole problem document."""
    problem = answer.json()
    assert answer.headers["content-type"] == wire.TYPE_PROBLEM
    assert {"type", "title", "status", "detail", "reason", "outcome"} <= set(problem)
    assert problem["status"] == answer.status_code
    found: str = problem["reason"]
    return found


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[str], Served]]:
    """Makes and serves organisations; stops them all afterwards."""
    with contextlib.ExitStack() as opened:

        def make(name: str = "Reel") -> Served:
            served = Served(tmp_path / name, name)
            opened.callback(served.http.close)
            opened.callback(served.stop)
            return served

        yield make


@pytest.fixture
def served(serve: Callable[[str], Served]) -> Served:
    return serve("Reel")


@pytest.fixture
def person(served: Served) -> Person:
    made = Person(served)
    made.agree()
    return made
