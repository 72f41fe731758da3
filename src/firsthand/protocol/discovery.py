"""How an organisation introduces itself: a signed document at ``/.well-known/firsthand``.

The document is readable JSON and carries the same content signed, so that a person's side can
pin the organisation's key and notice any later change.
"""

from __future__ import annotations

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import (
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)

from firsthand.protocol.canonical import UnableToReadJson, read_json
from firsthand.protocol.identity import KeyRefused, public_key_of, subject_of, thumbprint
from firsthand.protocol.jws import JwsRefused, sign_jws, verify_jws
from firsthand.protocol.refusals import refuse
from firsthand.protocol.roles.profile_rules import Rule
from firsthand.protocol.wire import TYP_DISCOVERY


class ProfileRole(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the organisation does with a shown profile: asks, purposes, rule and catalogue.

    ``asks`` names the fields it wants for each schema.org type, ``words`` says it to a person.
    """

    asks: dict[str, list[str]]
    words: str
    purposes: list[str]
    rule: Rule | None = None
    catalogue: str | None = None


class Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an organisation says of itself. ``keys`` holds its one key as a JWK."""

    version: str
    name: str
    url: str
    subject: str
    keys: list[dict[str, str]]
    log_key: str
    agreements: list[str]
    profile: ProfileRole
    backup_days: int


class Organisation(msgspec.Struct, frozen=True, kw_only=True):
    """A verified document with the key that it was verified by."""

    document: Document
    key: EllipticCurvePublicKey

    @property
    def subject(self) -> str:
        """The organisation's identity: the thumbprint URI of its first key."""
        return self.document.subject


def sign_document(document: Document, key: EllipticCurvePrivateKey) -> bytes:
    """The body of ``/.well-known/firsthand``: the document, and the same as a JWS."""
    content = msgspec.to_builtins(document)
    return msgspec.json.encode({**content, "signed": sign_jws(content, key=key, typ=TYP_DISCOVERY)})


def read_document(body: bytes) -> Organisation:
    """Verify a document by the key that it names; only what is signed is believed.

    Raises ``Refused`` (``signature_invalid`` or ``shape_invalid``). Whether the key is the one
    already known is for the caller to compare.
    """
    try:
        content = read_json(body)
        if not isinstance(content, dict) or not isinstance(content.get("signed"), str):
            raise refuse("shape_invalid", "This address does not introduce an organisation.")
        signed = content.pop("signed")
        document = msgspec.convert(content, Document)
        if len(document.keys) != 1:
            raise refuse("shape_invalid", "The organisation must name exactly one key.")
        key = public_key_of(document.keys[0])
        payload = verify_jws(signed, public_key=key, typ=TYP_DISCOVERY)
    except (UnableToReadJson, msgspec.ValidationError) as error:
        raise refuse("shape_invalid", f"This address does not introduce an organisation: {error}") from error  # fmt: skip  # noqa: E501 - one line
    except (JwsRefused, KeyRefused) as error:
        raise refuse("signature_invalid", f"The organisation's own words: {error}") from error
    if payload != content:
        raise refuse("signature_invalid", "The organisation signed other words than it shows.")
    if document.subject != subject_of(thumbprint(document.keys[0])):
        raise refuse("signature_invalid", "The organisation's name does not fit its first key.")
    return Organisation(document=document, key=key)
