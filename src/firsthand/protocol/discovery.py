"""How an organisation introduces itself: a signed document at ``/.well-known/firsthand``.

The document is readable JSON and carries the same content signed, so that a person's side can
pin the organisation's key. It carries the log of the organisation's keys too: a later key is
believed only if the log that was pinned goes on to it.
"""

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import (
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)

from firsthand.protocol.canonical import UnableToReadJson, read_json
from firsthand.protocol.jws import JwsRefused, sign_jws, verify_jws
from firsthand.protocol.keylog import KeyLog, one_key, read_key_log
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
    """What an organisation says of itself.

    ``keys`` holds its key of today as a JWK, ``key_log`` how it came to that (``keylog``). Without
    a log the key is the first one and has never changed. ``subject`` is the first key's.
    """

    version: str
    name: str
    url: str
    subject: str
    keys: list[dict[str, str]]
    log_key: str
    agreements: list[str]
    profile: ProfileRole
    backup_days: int
    key_log: list[str] = []  # an earlier release wrote none


class Organisation(msgspec.Struct, frozen=True, kw_only=True):
    """A verified document with its verified log of keys."""

    document: Document
    key_log: KeyLog

    @property
    def key(self) -> EllipticCurvePublicKey:
        """The key of today, by which the document was verified."""
        return self.key_log.current

    @property
    def subject(self) -> str:
        """The organisation's identity: the thumbprint URI of its first key."""
        return self.document.subject


def sign_document(document: Document, key: EllipticCurvePrivateKey) -> bytes:
    """The body of ``/.well-known/firsthand``: the document, and the same as a JWS."""
    content = msgspec.to_builtins(document)
    return msgspec.json.encode({**content, "signed": sign_jws(content, key=key, typ=TYP_DISCOVERY)})


def read_document(body: bytes) -> Organisation:
    """Verify a document by its log of keys; only what is signed is believed.

    Raises ``Refused`` (``signature_invalid`` or ``shape_invalid``). Whether the log goes on from
    the one already known is asked of ``check_goes_on``.
    """
    try:
        content = read_json(body)
        if not isinstance(content, dict) or not isinstance(content.get("signed"), str):
            raise refuse("shape_invalid", "This address does not introduce an organisation.")
        signed = content.pop("signed")
        document = msgspec.convert(content, Document)
        key_log = _key_log_of(document)
        payload = verify_jws(signed, public_key=key_log.current, typ=TYP_DISCOVERY)
    except (UnableToReadJson, msgspec.ValidationError) as error:
        raise refuse("shape_invalid", f"This address does not introduce an organisation: {error}") from error  # fmt: skip  # noqa: E501 - one line
    except JwsRefused as error:
        raise refuse("signature_invalid", f"The organisation's own words: {error}") from error
    if payload != content:
        raise refuse("signature_invalid", "The organisation signed other words than it shows.")
    if document.subject != key_log.subject:
        raise refuse("signature_invalid", "The organisation's name does not fit its first key.")
    return Organisation(document=document, key_log=key_log)


def check_goes_on(pinned: Organisation, seen: Organisation) -> None:
    """The rule of change: who is known is believed again only if its key log goes on.

    Raises ``Refused`` (``signature_invalid``) if ``seen`` is not ``pinned``, or shows keys that
    the keys known from ``pinned`` have not signed.
    """
    name = pinned.document.name
    if seen.subject != pinned.subject:
        raise refuse("signature_invalid", f"{name} shows another key than you agreed with.")
    if not seen.key_log.extends(pinned.key_log):
        raise refuse(
            "signature_invalid",
            f"{name} shows another key than you agreed with: its log of keys does not go on from "
            "the one that you know.",
        )


def _key_log_of(document: Document) -> KeyLog:
    """The log of keys, once the key and the log's key of the document are seen to be its last."""
    if len(document.keys) != 1:
        raise refuse("shape_invalid", "The organisation must name exactly one key of today.")
    if not document.key_log:
        return one_key(document.keys[0], document.log_key)
    key_log = read_key_log(document.key_log)
    newest = key_log.entries[-1]
    if newest.key != document.keys[0] or newest.log_key != document.log_key:
        raise refuse("signature_invalid", "The organisation's keys are not the last of its key log.")  # fmt: skip  # noqa: E501 - one line
    return key_log
