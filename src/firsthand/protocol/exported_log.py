"""The disclosure log as a file: what left, under which terms, with every proof.

Each part is about one relationship and is sealed by the person's key for that relationship alone,
so that nothing of it can be left out or changed on the way by anybody else. ``evidence`` checks it.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Literal

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import (
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)

from firsthand.protocol.canonical import UnableToReadJson, canonical, check_json
from firsthand.protocol.jws import JwsRefused, sign_jws, verify_jws
from firsthand.protocol.receipts import ReceiptJson
from firsthand.protocol.refusals import refuse
from firsthand.protocol.wire import LOG_BYTES_MAX, TYP_LOG

FORMAT: Literal["firsthand-log"] = "firsthand-log"
VERSION: Literal[1] = 1


class Kept(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An agreement: its id and the two statements."""

    id: str
    proffer: str
    answer: str


class Disclosed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One batch: what it was, the hash of its body or the body too, its signature, its receipt.

    ``headers`` are those that were signed, with names in small letters; None where it never got
    ready to leave. ``state`` is waiting, given, refused, withdrawn or erased.
    """

    position: int
    agreement: str
    role: str
    purpose: str
    fields: list[str]
    things: int
    at: str
    state: str
    sha256: str
    body: str | None = None
    headers: dict[str, str] | None = None
    receipt: ReceiptJson | None = None


class Seen(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A checkpoint of the organisation's log, and the proof that it adds to the one before.

    ``proof`` is hex, empty where none is needed; None where none was fetched.
    """

    checkpoint: str
    proof: list[str] | None = None


class Ended(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A revocation or an erasure as the person signed it, and the organisation's receipt."""

    agreement: str
    kind: Literal["revocation", "erasure"]
    at: str
    body: str
    headers: dict[str, str]
    receipt: str | None = None


class Changed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The organisation's receipt of a pause, or of the end of one."""

    agreement: str
    receipt: str


class Named(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The organisation: its name and address, its first key's subject, its log of keys."""

    name: str
    url: str
    subject: str
    key_log: list[str]


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All about one relationship. ``person`` is the person's subject in it."""

    organisation: Named
    person: str
    agreements: list[Kept]
    disclosures: list[Disclosed]
    checkpoints: list[Seen]
    endings: list[Ended]
    changes: list[Changed]
    reads: list[str]
    seal: str = ""


class ExportedLog(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file: its format, its version, its parts."""

    format: Literal["firsthand-log"]
    version: Literal[1]
    parts: list[Part]


class Seal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the person signs about a part: its SHA-256 as canonical JSON, without the seal."""

    iss: str
    aud: str
    sha256: str
    iat: int


def sealed(part: Part, key: EllipticCurvePrivateKey, *, at: int) -> Part:
    """The part, sealed by the person's key in this relationship at ``at`` (seconds since 1970)."""
    seal = Seal(iss=part.person, aud=part.organisation.subject, sha256=_sum_of(part), iat=at)
    token = sign_jws(msgspec.to_builtins(seal), key=key, typ=TYP_LOG)
    return msgspec.structs.replace(part, seal=token)


def check_seal(part: Part, key: EllipticCurvePublicKey) -> Seal:
    """The seal, if it is the person's and fits the part; raises ``Refused``."""
    try:
        seal = msgspec.convert(verify_jws(part.seal, public_key=key, typ=TYP_LOG), Seal)
    except (JwsRefused, msgspec.ValidationError) as error:
        raise refuse("signature_invalid", str(error)) from error
    if (seal.iss, seal.aud) != (part.person, part.organisation.subject):
        raise refuse("signature_invalid", "The seal is of another relationship.")
    if seal.sha256 != _sum_of(part):
        raise refuse("digest_invalid", "Something was changed, added or left out after sealing.")
    return seal


def write_log(parts: Sequence[Part]) -> bytes:
    """The file's bytes: readable JSON."""
    log = ExportedLog(format=FORMAT, version=VERSION, parts=list(parts))
    return msgspec.json.format(msgspec.json.encode(log)) + b"\n"


def read_log(body: bytes) -> ExportedLog:
    """Read the file; says nothing yet about whether it holds.

    Raises ``Refused`` (``too_large``, ``shape_invalid``).
    """
    if len(body) > LOG_BYTES_MAX:
        raise refuse("too_large", f"A log has at most {LOG_BYTES_MAX} bytes.")
    try:
        check_json(body)  # of a large log no tree of values is made, only what it is read as
        return _READER.decode(body)
    except (UnableToReadJson, msgspec.ValidationError) as error:
        raise refuse("shape_invalid", f"This is no exported log: {error}") from error


def _sum_of(part: Part) -> str:
    """The SHA-256 of the part as canonical JSON, row by row: the whole is never there at once."""
    digest = sha256()
    for n, name in enumerate(sorted(Part.__struct_fields__)):  # ASCII: as RFC 8785 sorts them
        digest.update(b"{" if n == 0 else b",")
        digest.update(canonical(name) + b":")
        value = "" if name == "seal" else getattr(part, name)
        if isinstance(value, list):
            digest.update(b"[")
            for row, one in enumerate(value):
                digest.update((b"," if row else b"") + canonical(msgspec.to_builtins(one)))
            digest.update(b"]")
        else:
            digest.update(canonical(msgspec.to_builtins(value)))
    digest.update(b"}")
    return digest.hexdigest()


_READER = msgspec.json.Decoder(ExportedLog)
