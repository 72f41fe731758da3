"""Two parties and what they sign, for the tests of agreements."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
)
from tests.harness.saying import said_in_words

from firsthand.protocol.agreements import (
    Agreement,
    Answer,
    Proffer,
    chosen,
    consent_record,
    read_agreement,
    sign_answer,
    sign_proffer,
)
from firsthand.protocol.base64url import encode
from firsthand.protocol.canonical import sha256_hex
from firsthand.protocol.clocks import stamp_of
from firsthand.protocol.es256 import sign_es256
from firsthand.protocol.identity import subject_of, thumbprint_of
from firsthand.protocol.terms import ROSTER


def subject(key: EllipticCurvePrivateKey) -> str:
    return subject_of(thumbprint_of(key.public_key()))


class Deal:
    """A person, an organisation, a stranger, and statements between the first two."""

    now = 1_800_000_000
    fields: Mapping[str, list[str]] = {"WatchAction": ["name", "startTime"]}

    def __init__(self) -> None:
        keys = [derive_private_key(number, SECP256R1()) for number in (11, 12, 13)]
        self.person, self.stranger, self.reel = keys
        self.me, self.them, self.other = subject(keys[0]), subject(keys[2]), subject(keys[1])

    def proffer(self, terms: str = "FH-GIVEN", /, **changes: Any) -> Proffer:  # noqa: ANN401 - any field of the struct
        """A proposal; its record fits what is changed unless that is changed too."""
        made = Proffer(
            iss=self.me,
            aud=self.them,
            jti="one",
            iat=self.now,
            exp=self.now + 1000,
            p7012=chosen(ROSTER[terms], url="https://reel.example"),
            fields={kind: list(names) for kind, names in self.fields.items()},
            record={},
        )
        made = msgspec.structs.replace(made, **changes)
        if "record" in changes:
            return made
        record = consent_record(
            terms=ROSTER[terms], person=made.iss, organisation=made.aud, name="Reel",
            fields=made.fields, identifier="urn:record", at=stamp_of(made.iat),
        )  # fmt: skip
        return msgspec.structs.replace(made, record=record)

    def proffered(self, terms: str = "FH-GIVEN", /, **changes: Any) -> str:  # noqa: ANN401 - any field of the struct
        return sign_proffer(self.proffer(terms, **changes), self.person)

    def answer(self, proffer_jws: str, **changes: Any) -> str:  # noqa: ANN401 - any field of the struct
        made = Answer(
            iss=self.them,
            aud=self.me,
            iat=self.now,
            proffer_sha256=sha256_hex(proffer_jws.encode()),
            decision="accepted",
        )
        return sign_answer(msgspec.structs.replace(made, **changes), self.reel)

    def agreed(self, terms: str = "FH-GIVEN", /, **changes: Any) -> Agreement:  # noqa: ANN401 - any field of the struct
        """An agreement; ``answer`` changes what the organisation says."""
        said = changes.pop("answer", {})
        mine = self.proffered(terms, **changes)
        return self.read(mine, self.answer(mine, **said))

    def read(self, proffer_jws: str, answer_jws: str, now: int | None = None) -> Agreement:
        key = self.reel.public_key()
        return read_agreement(proffer_jws, answer_jws, organisation_key=key, now=now)

    @staticmethod
    def raw(header: bytes, payload: bytes, key: EllipticCurvePrivateKey) -> str:
        """Any two texts with a good signature over them."""
        signed = f"{encode(header)}.{encode(payload)}"
        return f"{signed}.{encode(sign_es256(signed.encode(), key))}"


@pytest.fixture
def refused_in_words() -> Iterator[None]:
    """Whatever these tests are refused with is said in words."""
    with said_in_words():
        yield


@pytest.fixture(scope="session")
def deal() -> Deal:
    return Deal()
