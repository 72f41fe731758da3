"""A signed statement of how long a journal's tree is and what its root is.

The form is the C2SP `tlog-checkpoint`: a `signed-note` whose text is three lines (origin, size,
root) and whose signature is Ed25519. Two people who got the same organisation's checkpoints can
lay them side by side. The note may carry signatures of others; the one that counts is the
verifier key's.
"""

import re
from base64 import b64decode, b64encode
from functools import lru_cache
from hashlib import sha256

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

CHECKPOINT_CHARS_MAX = 16_384
SIGNATURES_MAX = 16
SIZE_MAX = 2**63 - 1

_ED25519 = b"\x01"
_KEY_HASH_BYTES = 4
_KEY_BYTES = 32
_HASH_BYTES = 32
_ORIGIN = re.compile(r"[!-*,-~]{1,200}", re.ASCII)
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?", re.ASCII)
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_SIGNATURE_LINE = re.compile(r"\u2014 ([!-*,-~]{1,200}) ([A-Za-z0-9+/=]{1,1000})", re.ASCII)
_VERIFIER_KEY = re.compile(r"([!-*,-~]{1,200})\+([0-9a-f]{8})\+([A-Za-z0-9+/=]{1,100})", re.ASCII)


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """How long the tree was, and its root; `origin` names the journal."""

    origin: str
    size: int
    root: bytes


class CheckpointRefused(ValueError):
    """The checkpoint or the verifier key is not what it should be, or was not signed by that key.

    Take the note unchanged, byte for byte, from the organisation that signed it, and its verifier
    key from what the organisation publishes about itself.
    """


def verifier_key(origin: str, public_key: Ed25519PublicKey) -> str:
    """Return the C2SP verifier key: `origin+hash+base64`, the hash in 8 hexadecimal digits.

    Raises CheckpointRefused if `origin` cannot be a key name: printable ASCII, no "+", no space.
    """
    _check_origin(origin)
    key = _ED25519 + public_key.public_bytes_raw()
    return f"{origin}+{_key_hash(origin, key).hex()}+{_base64(key)}"


def read_verifier_key(vkey: str) -> tuple[str, Ed25519PublicKey]:
    """Return the origin and the Ed25519 key of a C2SP verifier key; raises CheckpointRefused."""
    found = _VERIFIER_KEY.fullmatch(vkey)
    if found is None:
        raise CheckpointRefused("verifier key: not of the form name+hash+key")
    origin, hashed, text = found.groups()
    key = _bytes_of(text, "verifier key")
    if key[:1] != _ED25519 or len(key) != 1 + _KEY_BYTES:
        raise CheckpointRefused("verifier key: not an Ed25519 key (type 1, 32 bytes)")
    if _key_hash(origin, key).hex() != hashed:
        raise CheckpointRefused("verifier key: its hash does not fit its name and key")
    return origin, Ed25519PublicKey.from_public_bytes(key[1:])


def sign_checkpoint(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    """Return the checkpoint as a signed note, ending with a line break.

    Raises CheckpointRefused for an origin, size or root that a checkpoint cannot carry.
    """
    _check_origin(checkpoint.origin)
    if not 0 <= checkpoint.size <= SIZE_MAX or len(checkpoint.root) != _HASH_BYTES:
        raise CheckpointRefused(
            f"size {checkpoint.size} or a root of {len(checkpoint.root)} bytes cannot be signed"
        )
    text = f"{checkpoint.origin}\n{checkpoint.size}\n{_base64(checkpoint.root)}\n"
    signed = _hash_of_signer(checkpoint.origin, key) + key.sign(text.encode("ascii"))
    return f"{text}\n\u2014 {checkpoint.origin} {_base64(signed)}\n"


def verify_checkpoint(text: str, vkey: str) -> Checkpoint:
    """Return the checkpoint in a signed note, once the key in `vkey` is seen to have signed it.

    The origin must be the key's name. Signatures by others are passed over (signed-note); extension
    lines are refused. Raises CheckpointRefused.
    """
    origin, public_key = read_verifier_key(vkey)
    if len(text) > CHECKPOINT_CHARS_MAX:
        raise CheckpointRefused(f"longer than {CHECKPOINT_CHARS_MAX} characters")
    body, parted, signatures = text.partition("\n\n")
    if not parted or not signatures.endswith("\n"):
        raise CheckpointRefused(
            "not a signed note: text, an empty line, signature lines, each with a line break"
        )
    signed = body + "\n"
    checkpoint = _read_body(body)
    if checkpoint.origin != origin:
        raise CheckpointRefused(f"origin {checkpoint.origin!r} is not the key's name {origin!r}")
    signature = _signature_by(vkey, signatures[:-1].split("\n"))
    try:
        public_key.verify(signature, signed.encode("ascii"))
    except InvalidSignature as refused:
        raise CheckpointRefused(f"the signature of {origin} does not fit the text") from refused
    return checkpoint


def _read_body(body: str) -> Checkpoint:
    lines = body.split("\n")
    try:
        origin, size, root = lines
    except ValueError as refused:
        raise CheckpointRefused(
            f"{len(lines)} lines of text where origin, size and root belong"
        ) from refused
    _check_origin(origin)
    if _SIZE.fullmatch(size) is None or int(size) > SIZE_MAX:
        raise CheckpointRefused("size: not a whole number without leading zeros")
    hashed = _bytes_of(root, "root")
    if len(hashed) != _HASH_BYTES:
        raise CheckpointRefused(f"root: {len(hashed)} bytes where {_HASH_BYTES} belong")
    return Checkpoint(origin=origin, size=int(size), root=hashed)


def _signature_by(vkey: str, lines: list[str]) -> bytes:
    """Return the one signature that names the key in `vkey`."""
    name, hashed, _ = vkey.split("+", 2)
    if len(lines) > SIGNATURES_MAX:
        raise CheckpointRefused(f"more than {SIGNATURES_MAX} signatures")
    found: list[bytes] = []
    for line in lines:
        parts = _SIGNATURE_LINE.fullmatch(line)
        if parts is None:
            raise CheckpointRefused("a signature line is not of the form: dash, name, base64")
        signed = _bytes_of(parts[2], "signature")
        if parts[1] == name and signed[:_KEY_HASH_BYTES].hex() == hashed:
            found.append(signed[_KEY_HASH_BYTES:])
    if len(found) != 1:
        raise CheckpointRefused(f"{len(found)} signatures by {name} where one belongs")
    return found[0]


def _check_origin(origin: str) -> None:
    if _ORIGIN.fullmatch(origin) is None:
        raise CheckpointRefused(
            "origin: 1 to 200 printable ASCII characters without spaces and plus signs"
        )


def _key_hash(name: str, key: bytes) -> bytes:
    return sha256(name.encode("ascii") + b"\n" + key).digest()[:_KEY_HASH_BYTES]


@lru_cache(maxsize=SIGNATURES_MAX)  # making the public key takes as long as signing
def _hash_of_signer(name: str, key: Ed25519PrivateKey) -> bytes:
    return _key_hash(name, _ED25519 + key.public_key().public_bytes_raw())


def _base64(data: bytes) -> str:
    return b64encode(data).decode("ascii")


def _bytes_of(text: str, what: str) -> bytes:
    if _BASE64.fullmatch(text) is None:
        raise CheckpointRefused(f"{what}: not base64 with padding")
    data = b64decode(text)
    if _base64(data) != text:
        raise CheckpointRefused(f"{what}: base64 with bits left over that are not zero")
    return data
