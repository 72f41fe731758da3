"""People with an agreement, who sign ahead of a run what they will send in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec

from firsthand.foundation.clock import SystemClock
from firsthand.foundation.ids import SystemChance
from firsthand.foundation.keys import event_id
from firsthand.protocol import wire
from firsthand.protocol.agreements import Proffer, chosen, consent_record, sign_proffer
from firsthand.protocol.canonical import sha256_hex
from firsthand.protocol.clocks import stamp_of
from firsthand.protocol.digests import content_digest
from firsthand.protocol.receipts import BatchLabel, Ending
from firsthand.protocol.roles.profile import PURPOSE, TYPE_GIVEN, compose_given
from firsthand.protocol.signals import SPECVERSION, Signal, encode_signals
from firsthand.protocol.signatures import Message, sign
from firsthand.protocol.terms import ROSTER
from firsthand.protocol.things import Thing
from firsthand.vault.gate.asking import Line, introduce
from firsthand.vault.terms.relationships import Signer, signer_for

if TYPE_CHECKING:
    from firsthand.foundation.egress import Egress

FIELDS = {"WatchAction": ["name", "object", "startTime"]}


class Person:
    """One person with an agreement."""

    def __init__(self, url: str, egress: Egress) -> None:
        clock, chance = SystemClock(), SystemChance()
        self._line = Line(egress, clock, url=url, literal=True, pool="bench")
        document = introduce(self._line).organisation.document
        self.signer: Signer = signer_for(chance.bytes(32), document.subject, 1)
        self._url, self._chance, self._clock = url, chance, clock
        self._lane, self._n = chance.token(), 0
        terms, now = ROSTER["FH-GIVEN"], int(clock.now().timestamp())
        record = consent_record(
            terms=terms, person=self.signer.subject, organisation=document.subject,
            name=document.name, fields=FIELDS, identifier="urn:bench", at=stamp_of(now),
        )  # fmt: skip
        proffer = sign_proffer(
            Proffer(
                iss=self.signer.subject, aud=document.subject, jti=chance.token(), iat=now,
                exp=now + 86_400, p7012=chosen(terms, url=url), fields=FIELDS, record=record,
            ),
            self.signer.key,
        )  # fmt: skip
        body = proffer.encode()
        headers, _ = self._line.sealed(
            wire.PATH_AGREEMENTS, body, wire.TYPE_JOSE, self.signer, waits=False
        )
        answer = json.loads(self._line.post(wire.PATH_AGREEMENTS, body, headers).body)
        assert answer["decision"] == "accepted", answer
        self._agreement = sha256_hex(f"{proffer}\n{answer['answer']}".encode())

    def batch(self, events: int, *, counts: bool = True) -> tuple[bytes, Message]:
        """The next batch as HTTP bytes, and as the message that its signature covers.

        Without ``counts`` it is not going to be kept, so its number is free again.
        """
        n = self._n + 1
        self._n = n if counts else self._n
        body = encode_signals([self._signal(f"{n}/{number}") for number in range(events)])
        label = BatchLabel(lane=self._lane, n=n, salt=self._chance.bytes(16))
        headers = {
            "content-type": wire.TYPE_BATCH,
            "content-digest": content_digest(body),
            "firsthand-batch": label.header(),
        }
        target = self._url + wire.PATH_SIGNALS
        message = Message(method="POST", target_uri=target, status=None, headers=headers)
        created = int(self._clock.now().timestamp())
        signed = sign(
            message, key=self.signer.key, covered=wire.COVERED_BATCH, created=created,
            expires=created + 86_400, keyid=self.signer.thumbprint,
        )  # fmt: skip
        headers |= {name.lower(): value for name, value in signed.items()}
        message = Message(method="POST", target_uri=target, status=None, headers=headers)
        return post(wire.PATH_SIGNALS, headers, body), message

    def revocation(self) -> bytes:
        """The end of the agreement as HTTP bytes."""
        at = int(self._clock.now().timestamp())
        ending = Ending(agreement=self._agreement, jti=self._chance.token(), at=at)
        body = msgspec.json.encode(ending)
        headers, _ = self._line.sealed(
            wire.PATH_REVOCATIONS, body, wire.TYPE_JSON, self.signer, waits=True
        )
        return post(wire.PATH_REVOCATIONS, headers, body)

    def _signal(self, thing: str) -> Signal:
        given = compose_given(
            Thing(
                id=thing, type="WatchAction", name=f"The Harbour: Season 1: Fog {thing}",
                time="2026-03-04T20:15:00Z", source="netflix",
                data={"@type": "WatchAction", "object": {"@type": "TVEpisode", "name": "Fog"}},
            ),
            fields=FIELDS, precision="week",
        )  # fmt: skip
        assert given is not None
        return Signal(
            specversion=SPECVERSION, id=event_id(b"s" * 32, thing), source=self.signer.subject,
            type=TYPE_GIVEN, agreement=self._agreement, purpose=PURPOSE, data=given,
        )  # fmt: skip


def post(path: str, headers: dict[str, str], body: bytes) -> bytes:
    """A POST as it goes over the wire."""
    lines = "".join(f"\r\n{name}: {value}" for name, value in headers.items())
    head = f"POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-length: {len(body)}{lines}\r\n\r\n"
    return head.encode() + body
