"""HTTP Message Signatures (RFC 9421), as both sides sign and check what they send to each other.

Our profile: ES256 over "@method" "@target-uri", with a body also "content-digest" "content-type",
for a batch also "firsthand-batch"; with created, keyid (the key's thumbprint), alg, and expires for
what may wait. Our own form is read by one pattern, any other lawful form by the general reader.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from firsthand.protocol.clocks import clock_apart, moment_of
from firsthand.protocol.es256 import sign_es256, verify_es256
from firsthand.protocol.fields import (
    FieldRefused,
    InnerList,
    Item,
    Member,
    Token,
    parse_dictionary,
    serialise_member,
)
from firsthand.protocol.wire import COVERED_BARE, COVERED_BATCH, COVERED_BODY, SKEW_S_MAX

ALGORITHM = "ecdsa-p256-sha256"
INPUT_CHARS_MAX = 4_096
COVERED_MAX = 32

MISSING = "signature_missing"
INVALID = "signature_invalid"
CLOCK = "clock_differs"
EXPIRED = "expired"
DOES_NOT_FIT = "the signature does not fit the message and the key"

PublicKey = EllipticCurvePublicKey | Ed25519PublicKey


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What of a request or response can be signed.

    Names of headers in lower case; a header that came more than once is joined by ", " (RFC 9110
    section 5.3). `target_uri` is the address as configured, never made of the Host header.
    """

    method: str | None = None
    target_uri: str | None = None
    status: int | None = None
    headers: Mapping[str, str]


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What was signed, by whom and when (seconds since 1970); base and signature are evidence."""

    keyid: str
    created: int
    expires: int | None
    covered: tuple[str, ...]
    base: bytes
    signature: bytes


class SignatureRefused(ValueError):
    """The message does not carry a signature that counts here.

    `reason` is one of signature_missing, signature_invalid, clock_differs and expired; `help` says
    what was found and how to mend it.
    """

    def __init__(self, reason: str, help: str) -> None:
        super().__init__(f"{reason}: {help}")
        self.reason = reason
        self.help = help


class _Claim(msgspec.Struct, frozen=True):
    """What Signature-Input says of one signature; `params` is its text in the signature base."""

    label: str
    params: str
    covered: tuple[str, ...]
    created: int
    expires: int | None
    keyid: str
    alg: str | None


_NUMBER = "(0|[1-9][0-9]{0,14})"
_PROFILE = re.compile(
    r"([a-z*][a-z0-9_\-.*]*)="
    r'(\(("@method" "@target-uri"(?: "content-digest" "content-type"(?: "firsthand-batch")?)?)\)'
    rf";created={_NUMBER}(?:;expires={_NUMBER})?"
    r';keyid="([A-Za-z0-9_-]{43})";alg="(ecdsa-p256-sha256)")',
    re.ASCII,
)
_PROFILES = {
    " ".join(f'"{name}"' for name in covered): covered
    for covered in (COVERED_BARE, COVERED_BODY, COVERED_BATCH)
}
# 64 bytes in base64: the last letter before the padding has four bits left over, all zero.
_SIGNATURE = re.compile(r"([a-z*][a-z0-9_\-.*]*)=:([A-Za-z0-9+/]{85}[AQgw]==):", re.ASCII)
_LABEL = re.compile(r"[a-z*][a-z0-9_\-.*]{0,63}", re.ASCII)
_KEYID = re.compile(r"[ !#-\[\]-~]{1,256}", re.ASCII)
_FIELD_NAME = re.compile(r"[a-z0-9!#$%&'*+\-.^_`|~]+", re.ASCII)
_FIELD_VALUE = re.compile(r"[\t -~]*", re.ASCII)
_METHOD = re.compile(r"[A-Za-z0-9!#$%&'*+\-.^_`|~]+", re.ASCII)
_VISIBLE = re.compile(r"[!-~]+", re.ASCII)
_KNOWN_PARAMS = {"created", "expires", "keyid", "alg"}
_DEFAULT_PORTS = {"http": 80, "https": 443}


def signature_base(message: Message, covered: Sequence[str], params: str) -> bytes:
    """Return the bytes that are signed (RFC 9421 section 2.5).

    `covered` are names of components without quotes and parameters, `params` is the text of
    "@signature-params". Raises SignatureRefused if the message lacks one or it cannot be covered.
    """
    if len(set(covered)) != len(covered):
        raise SignatureRefused(INVALID, "a component is covered twice")
    lines = [f'"{name}": {_component(message, name)}\n' for name in covered]
    return f'{"".join(lines)}"@signature-params": {params}'.encode("ascii")


def sign(
    message: Message,
    *,
    key: EllipticCurvePrivateKey,
    covered: Sequence[str],
    created: int,
    expires: int | None,
    keyid: str,
    label: str = "sig1",
) -> dict[str, str]:
    """Return the headers Signature-Input and Signature, ES256, the same for the same words.

    Times in seconds since 1970. Raises SignatureRefused for what cannot be signed.
    """
    if _LABEL.fullmatch(label) is None or _KEYID.fullmatch(keyid) is None:
        raise SignatureRefused(INVALID, "label or keyid has letters that a header cannot carry")
    names = " ".join(f'"{name}"' for name in covered)
    until = "" if expires is None else f";expires={expires}"
    params = f'({names});created={created}{until};keyid="{keyid}";alg="{ALGORITHM}"'
    signature = sign_es256(signature_base(message, covered, params), key)
    return {
        "Signature-Input": f"{label}={params}",
        "Signature": f"{label}=:{b64encode(signature).decode('ascii')}:",
    }


def keyid_of(headers: Mapping[str, str]) -> str:
    """Return the keyid that the one signature claims, before anything is verified.

    Raises SignatureRefused if there is none or more than one.
    """
    return _claim(headers, None).keyid


def verify(
    message: Message,
    *,
    public_key: PublicKey,
    required: Sequence[str],
    label: str | None = None,
    now: int | None,
    skew_s_max: int = SKEW_S_MAX,
    waits: bool = False,
    alg_required: bool = True,
) -> Verified:
    """Return what the signature says, once `public_key` is seen to have made it.

    Without `label` there must be exactly one signature. All of `required` must be covered. `now`
    is in seconds since 1970, None leaves times alone. What `waits` must say until when (expires)
    and may have been made long ago; everything else was made within `skew_s_max`. A digest that
    is covered is not compared with a body here: see `digests.check_content_digest`.
    Without `alg_required` a signature that names no algorithm is taken to use that of the key.
    Raises SignatureRefused.
    """
    said = read_signed(
        message, public_key=public_key, required=required, label=label, now=now,
        skew_s_max=skew_s_max, waits=waits, alg_required=alg_required,
    )  # fmt: skip
    if not _is_signed(said.base, said.signature, public_key):
        raise SignatureRefused(INVALID, DOES_NOT_FIT)
    return said


def read_signed(
    message: Message,
    *,
    public_key: PublicKey,
    required: Sequence[str],
    label: str | None = None,
    now: int | None,
    skew_s_max: int = SKEW_S_MAX,
    waits: bool = False,
    alg_required: bool = True,
) -> Verified:
    """Everything that `verify` does but the arithmetic: nothing of it counts before that is done.

    The arithmetic takes longer than all the rest, so a busy door has it done elsewhere.
    """
    claim = _claim(message.headers, label)
    if claim.alg is None and alg_required:
        raise SignatureRefused(INVALID, "the signature names no algorithm: add alg")
    if claim.alg is not None and claim.alg != _algorithm_of(public_key):
        raise SignatureRefused(INVALID, f"algorithm {claim.alg} is not that of the key")
    for name in required:
        if name not in claim.covered:
            raise SignatureRefused(INVALID, f'"{name}" is not covered by the signature')
    if now is not None:
        _check_times(claim, now, skew_s_max, waits=waits)
    return Verified(
        keyid=claim.keyid,
        created=claim.created,
        expires=claim.expires,
        covered=claim.covered,
        base=signature_base(message, claim.covered, claim.params),
        signature=_signature(message.headers, claim.label, alone=label is None),
    )


def _claim(headers: Mapping[str, str], label: str | None) -> _Claim:
    text = headers.get("signature-input")
    if text is None or len(text) > INPUT_CHARS_MAX:
        raise SignatureRefused(MISSING, "there is no Signature-Input, or it is too long")
    found = _PROFILE.fullmatch(text)
    if found is None or label not in (None, found[1]):
        return _read_claim(text, label)
    until = found[5]
    return _Claim(
        found[1],
        found[2],
        _PROFILES[found[3]],
        int(found[4]),
        None if until is None else int(until),
        found[6],
        found[7],
    )


def _read_claim(text: str, label: str | None) -> _Claim:
    """Read any lawful Signature-Input (RFC 9421 section 4.1)."""
    name, member = _member(text, label, "Signature-Input")
    if not isinstance(member, InnerList) or len(member.items) > COVERED_MAX:
        raise SignatureRefused(INVALID, "Signature-Input: no list of components, or a long one")
    covered = tuple(_component_name(item) for item in member.items)
    params = member.params
    unknown = sorted(set(params) - _KNOWN_PARAMS)
    if unknown:
        raise SignatureRefused(INVALID, f"parameter {unknown[0]!r} is not used here")
    created, expires = _seconds(params.get("created")), _seconds(params.get("expires"))
    keyid, alg = params.get("keyid"), params.get("alg")
    if created is None or not _is_text(keyid):
        raise SignatureRefused(INVALID, "created (seconds) and keyid (text) must be there")
    if ("expires" in params and expires is None) or ("alg" in params and not _is_text(alg)):
        raise SignatureRefused(INVALID, "expires must be seconds, and alg a text")
    return _Claim(
        name,
        serialise_member(member),
        covered,
        created,
        expires,
        str(keyid),
        None if alg is None else str(alg),
    )


def _member(text: str, label: str | None, header: str) -> tuple[str, Member]:
    try:
        members = parse_dictionary(text)
    except FieldRefused as refused:
        raise SignatureRefused(INVALID, f"{header}: {refused}") from refused
    if label is None:
        if len(members) != 1:
            raise SignatureRefused(INVALID, f"{header}: {len(members)} signatures, not one")
        return next(iter(members.items()))
    if label not in members:
        raise SignatureRefused(MISSING, f"{header}: no signature is called {label!r}")
    return label, members[label]


def _component_name(item: Item) -> str:
    if not _is_text(item.value) or item.params:
        raise SignatureRefused(INVALID, "a component is a text without parameters")
    return str(item.value)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and not isinstance(value, Token)


def _seconds(value: object) -> int | None:
    return value if type(value) is int and value >= 0 else None


def _signature(headers: Mapping[str, str], label: str, *, alone: bool) -> bytes:
    text = headers.get("signature")
    if text is None or len(text) > INPUT_CHARS_MAX:
        raise SignatureRefused(MISSING, "there is no Signature, or it is too long")
    found = _SIGNATURE.fullmatch(text)
    if found is not None and found[1] == label:
        return b64decode(found[2])
    name, member = _member(text, None if alone else label, "Signature")
    if name != label or not isinstance(member, Item) or not isinstance(member.value, bytes):
        raise SignatureRefused(INVALID, f"Signature: no bytes under the name {label!r}")
    if member.params:
        raise SignatureRefused(INVALID, "Signature: it takes no parameters")
    return member.value


def _check_times(claim: _Claim, now: int, skew_s_max: int, *, waits: bool) -> None:
    created, expires = claim.created, claim.expires
    if created > now + skew_s_max:
        raise SignatureRefused(CLOCK, clock_apart(created, now))
    if expires is not None and expires < created:
        raise SignatureRefused(INVALID, "it ended before it was made")
    if expires is not None and now > expires + skew_s_max:
        raise SignatureRefused(EXPIRED, f"it was good until {moment_of(expires)}")
    if waits:
        if expires is None:
            raise SignatureRefused(INVALID, "what may wait must say until when: add expires")
    elif created < now - skew_s_max:
        raise SignatureRefused(CLOCK, clock_apart(created, now))


def _algorithm_of(public_key: PublicKey) -> str:
    return "ed25519" if isinstance(public_key, Ed25519PublicKey) else ALGORITHM


def _is_signed(base: bytes, signature: bytes, public_key: PublicKey) -> bool:
    if isinstance(public_key, EllipticCurvePublicKey):
        # Others need not sign with a low s (the standard's own example does not have to).
        return verify_es256(base, signature, public_key, low_s=False)
    try:
        public_key.verify(signature, base)
    except InvalidSignature:
        return False
    return True


def _component(message: Message, name: str) -> str:
    """Return the value of one component (RFC 9421 sections 2.1 and 2.2)."""
    if name.startswith("@"):
        return _derived(message, name)
    value = message.headers.get(name)
    if value is None or _FIELD_NAME.fullmatch(name) is None:
        raise SignatureRefused(INVALID, f'"{name}" is covered, but the message has no such header')
    if _FIELD_VALUE.fullmatch(value) is None:
        raise SignatureRefused(INVALID, f'"{name}" has line breaks or letters outside ASCII')
    return value.strip(" \t")


def _derived(message: Message, name: str) -> str:
    if name == "@method" and message.method is not None and _METHOD.fullmatch(message.method):
        return message.method
    uri = message.target_uri
    if name == "@target-uri" and uri is not None and _VISIBLE.fullmatch(uri):
        return uri
    if name == "@status" and message.status is not None:
        return f"{message.status:03d}"
    value = None if uri is None or _VISIBLE.fullmatch(uri) is None else _part_of(uri, name)
    if value is None:
        raise SignatureRefused(INVALID, f'"{name}" cannot be covered in this message')
    return value


def _part_of(uri: str, name: str) -> str | None:
    """Return a part of an address in its normal form (RFC 9421 sections 2.2.3 to 2.2.7)."""
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return None
    scheme, host, path = parts.scheme.lower(), parts.hostname, parts.path or "/"
    if not host:
        return None
    if ":" in host:
        host = f"[{host}]"
    # An empty query is a query too: "?" alone.
    query = f"?{parts.query}" if "?" in uri.partition("#")[0] else ""
    values = {
        "@scheme": scheme,
        "@authority": host if port in (None, _DEFAULT_PORTS.get(scheme)) else f"{host}:{port}",
        "@path": path,
        "@query": query or "?",
        "@request-target": path + query,
    }
    return values.get(name)
