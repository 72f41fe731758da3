"""Pausing an agreement and going on with it: what is asked, and what the organisation signs.

The person asks with a signed request; an organisation that pauses or ends by itself sends the same
receipt in a message of type ``firsthand.agreement.changed``.
"""

import re
from typing import TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import (
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)

from firsthand.protocol.agreements import NAME_CHARS_MAX, Agreement
from firsthand.protocol.canonical import UnableToReadJson, read_json
from firsthand.protocol.jws import JwsRefused, sign_jws, verify_jws
from firsthand.protocol.receipts import Ending
from firsthand.protocol.refusals import refuse
from firsthand.protocol.wire import STATEMENT_BYTES_MAX, TYP_CHANGE

T = TypeVar("T")

CHANGES = ("paused", "resumed")
CHANGE_STATES = ("accepted", "paused", "terminated")
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Change(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is asked of an agreement that goes on: that it be ``paused`` or ``resumed``.

    ``jti`` is a name for this one change, ``at`` when it was signed, in seconds since 1970.
    """

    agreement: str
    change: str
    jti: str
    at: int


class ChangeReceipt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Signed by the organisation: the state that this agreement is in, and since when.

    ``state`` is one of ``CHANGE_STATES``. ``by`` says who brought it about, ``person`` or
    ``organisation``, and ``jti`` which change it answers, if one. Seconds since 1970.
    """

    iss: str
    aud: str
    agreement: str
    state: str
    since: int
    iat: int
    by: str = "person"
    jti: str | None = None


def read_change(body: bytes) -> Change:
    """Read what asks to pause or resume; raises ``Refused`` (``too_large``, ``shape_invalid``)."""
    change = _read(body, Change)
    if change.change not in CHANGES:
        raise refuse("shape_invalid", f"A deal can be {' or '.join(CHANGES)}, nothing else.")
    _check_names(change.agreement, change.jti)
    return change


def read_ending(body: bytes) -> Ending:
    """Read what asks to end an agreement, with or without erasing; raises as ``read_change``."""
    ending = _read(body, Ending)
    _check_names(ending.agreement, ending.jti)
    return ending


def _read(body: bytes, kind: type[T]) -> T:
    if len(body) > STATEMENT_BYTES_MAX:
        raise refuse("too_large", f"This holds at most {STATEMENT_BYTES_MAX} bytes.")
    try:
        return msgspec.convert(read_json(body), kind)
    except (UnableToReadJson, msgspec.ValidationError) as error:
        raise refuse("shape_invalid", str(error)) from error


def _check_names(agreement: str, jti: str) -> None:
    if _SHA256.fullmatch(agreement) is None:
        raise refuse("shape_invalid", "A deal is named by its id: a SHA-256 in lower-case hex.")
    if not 0 < len(jti) <= NAME_CHARS_MAX or not jti.isprintable():
        raise refuse(
            "shape_invalid", f"Its name (jti) has 1 to {NAME_CHARS_MAX} characters in one line."
        )


def sign_change_receipt(receipt: ChangeReceipt, key: EllipticCurvePrivateKey) -> str:
    """The receipt of a change as a compact JWS."""
    return sign_jws(msgspec.to_builtins(receipt), key=key, typ=TYP_CHANGE)


def read_change_receipt(
    token: str, *, key: EllipticCurvePublicKey, agreement: Agreement, jti: str | None = None
) -> ChangeReceipt:
    """Verify the receipt of a change of ``agreement``; with ``jti``, that it answers that one.

    Raises ``Refused`` (``signature_invalid``) for one that is forged, or of another relationship,
    agreement or change.
    """
    try:
        receipt = msgspec.convert(verify_jws(token, public_key=key, typ=TYP_CHANGE), ChangeReceipt)
    except (JwsRefused, msgspec.ValidationError) as error:
        raise refuse("signature_invalid", f"The receipt: {error}") from error
    parties = (agreement.proffer.aud, agreement.proffer.iss)
    if (receipt.iss, receipt.aud) != parties or receipt.agreement != agreement.id:
        raise refuse("signature_invalid", "The receipt is for another deal.")
    if jti is not None and receipt.jti != jti:
        raise refuse("signature_invalid", "The receipt answers another change.")
    if receipt.state not in CHANGE_STATES or receipt.by not in {"person", "organisation"}:
        raise refuse("signature_invalid", "The receipt names no state that a deal can be in.")
    if receipt.since > receipt.iat:
        raise refuse("signature_invalid", "The receipt was signed before what it tells of.")
    return receipt
