"""The slots: the vault's key, sealed once by each secret that opens it.

A slot is AES-256-GCM over the key, under HKDF(secret); its header, with the cost of the secret's
derivation, is bound in as associated data, so that nobody can lower the cost or swap parts. GCM
does not commit to its key, so each slot carries a commitment as well. A seal under the vault's key
covers all slots: whoever opens one sees that the others were not touched.
The passphrase goes through Argon2id (RFC 9106); the recovery code has 140 random bits and does not
need it.
"""

import hashlib
import hmac
import unicodedata
from typing import Literal

import msgspec
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from firsthand.foundation.ids import Chance
from firsthand.protocol.canonical import UnableToReadJson, canonical, read_json
from firsthand.vault.store.recovery import new_code, read_code

KEY_BYTES = 32
SALT_BYTES = 16
NONCE_BYTES = 12
SLOTS_MAX = 8
FILE_BYTES_MAX = 64 * 1024
SECRET_CHARACTERS_MAX = 1024
MEMORY_KIB_MIN, MEMORY_KIB_MAX = 46 * 1024, 2 * 1024 * 1024
PASSES_MIN, PASSES_MAX = 1, 16
THREADS_MIN, THREADS_MAX = 1, 16

_WRAP = b"firsthand slot wrap"
_COMMIT = b"firsthand slot commitment"
_SEAL = b"firsthand slots seal"
_REFUSED = (
    "This is neither the passphrase nor the recovery code of this vault. "
    "Check for small and capital letters and try again."
)
_DAMAGED = (
    "slots.json is damaged or was changed: {why}. Put back the copy of your last backup; "
    "the things themselves are in vault.db."
)


class UnableToUnlock(Exception):
    """The vault stays locked: the secret is wrong, or slots.json was changed.

    A wrong passphrase and a wrong recovery code are refused with the same words.
    """


class Cost(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one guess of the passphrase costs: Argon2id's memory in KiB, passes and threads.

    The defaults take about a third of a second on one small machine. Less than the floor or more
    than the ceiling is refused before anything is derived: a file from elsewhere can neither weaken
    a passphrase nor exhaust the memory.
    """

    name: Literal["argon2id"] = "argon2id"
    memory_kib: int = 64 * 1024
    passes: int = 3
    threads: int = 4

    @property
    def allowed(self) -> bool:
        """Whether floor and ceiling are kept."""
        return (
            MEMORY_KIB_MIN <= self.memory_kib <= MEMORY_KIB_MAX
            and PASSES_MIN <= self.passes <= PASSES_MAX
            and THREADS_MIN <= self.threads <= THREADS_MAX
        )


FLOOR = Cost(memory_kib=MEMORY_KIB_MIN, passes=PASSES_MIN, threads=THREADS_MIN)
DEFAULT = Cost()


class Slot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The key, sealed by one secret. Bytes are base64 in the file; `cost` only of a passphrase."""

    kind: Literal["passphrase", "recovery"]
    cost: Cost | None
    salt: bytes
    nonce: bytes
    sealed: bytes
    commitment: bytes


class Slots(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All slots of one vault. `vault` is its random id, `seal` covers everything else."""

    format: Literal["firsthand-slots"] = "firsthand-slots"
    version: Literal[1] = 1
    cipher: Literal["aes-256-gcm"] = "aes-256-gcm"
    vault: str
    slots: tuple[Slot, ...]
    seal: bytes


def create_slots(
    passphrase: str, chance: Chance, *, vault: str, cost: Cost = DEFAULT
) -> tuple[Slots, bytes, str]:
    """Make a key and seal it by a passphrase and by a new recovery code.

    Returns the slots, the key (32 bytes) and the recovery code, which is nowhere else.
    Raises `ValueError` for a passphrase or a cost outside the limits.
    """
    key, code = chance.bytes(KEY_BYTES), new_code(chance)
    secret = read_code(code)
    assert secret is not None, "a code that was just made can be read"
    slots = (
        _seal_passphrase(key, passphrase, chance, vault=vault, cost=cost),
        _seal_slot(key, secret, chance, kind="recovery", cost=None, vault=vault),
    )
    return _sealed(key, vault, slots), key, code


def unlock(slots: Slots, secret: str) -> bytes:
    """Return the key (32 bytes) that a passphrase or a recovery code opens.

    Raises `UnableToUnlock`, with the same words whichever of the two was tried.
    """
    if not 0 < len(secret) <= SECRET_CHARACTERS_MAX:
        raise UnableToUnlock(_REFUSED)
    code = read_code(secret)
    for slot in sorted(slots.slots, key=lambda slot: slot.kind, reverse=True):
        if slot.kind == "passphrase":
            key = _open_slot(slot, _derived(secret, slot), slots.vault)
        elif code is not None:
            key = _open_slot(slot, code, slots.vault)
        else:
            key = None
        if key is not None:
            if not hmac.compare_digest(_sealed(key, slots.vault, slots.slots).seal, slots.seal):
                raise UnableToUnlock(_DAMAGED.format(why="its seal does not fit"))
            return key
    raise UnableToUnlock(_REFUSED)


def change_passphrase(
    slots: Slots, key: bytes, passphrase: str, chance: Chance, *, cost: Cost = DEFAULT
) -> Slots:
    """Seal the same key by another passphrase; the recovery code goes on to work.

    key: what `unlock` returned for these slots. Raises `ValueError` as `create_slots` does.
    """
    kept = tuple(slot for slot in slots.slots if slot.kind != "passphrase")
    new = _seal_passphrase(key, passphrase, chance, vault=slots.vault, cost=cost)
    return _sealed(key, slots.vault, (new, *kept))


def change_recovery(slots: Slots, key: bytes, chance: Chance) -> tuple[Slots, str]:
    """Seal the same key by a new recovery code; the one before opens nothing any more.

    key: what `unlock` returned for these slots. Returns the slots and the code, which is nowhere
    else.
    """
    code = new_code(chance)
    secret = read_code(code)
    assert secret is not None, "a code that was just made can be read"
    kept = tuple(slot for slot in slots.slots if slot.kind != "recovery")
    new = _seal_slot(key, secret, chance, kind="recovery", cost=None, vault=slots.vault)
    return _sealed(key, slots.vault, (*kept, new)), code


def encode_slots(slots: Slots) -> bytes:
    """Return the text of slots.json, with line breaks for who looks at it."""
    return msgspec.json.format(msgspec.json.encode(slots), indent=2) + b"\n"


def decode_slots(raw: bytes) -> Slots:
    """Read slots.json and check every limit in it. Raises `UnableToUnlock`."""
    if len(raw) > FILE_BYTES_MAX:
        raise UnableToUnlock(_DAMAGED.format(why="it is far too large"))
    try:
        slots = msgspec.convert(read_json(raw), Slots)
    except (UnableToReadJson, msgspec.ValidationError) as error:
        raise UnableToUnlock(_DAMAGED.format(why=str(error).rstrip("."))) from error
    if not 0 < len(slots.slots) <= SLOTS_MAX:
        raise UnableToUnlock(_DAMAGED.format(why="it has no slot, or too many"))
    if any(not _in_shape(slot) for slot in slots.slots):
        raise UnableToUnlock(_DAMAGED.format(why="a slot is outside the limits"))
    return slots


def _in_shape(slot: Slot) -> bool:
    lengths = (len(slot.salt), len(slot.nonce), len(slot.sealed), len(slot.commitment))
    if lengths != (SALT_BYTES, NONCE_BYTES, KEY_BYTES + 16, 32):
        return False
    return slot.cost is None if slot.kind == "recovery" else bool(slot.cost and slot.cost.allowed)


def _seal_passphrase(
    key: bytes, passphrase: str, chance: Chance, *, vault: str, cost: Cost
) -> Slot:
    if not passphrase or len(passphrase) > SECRET_CHARACTERS_MAX:
        raise ValueError(f"A passphrase has 1 to {SECRET_CHARACTERS_MAX} characters.")
    if not cost.allowed:
        raise ValueError("This cost of a guess is below the floor or above the ceiling.")
    salt = chance.bytes(SALT_BYTES)
    secret = _argon2id(passphrase, salt, cost)
    return _seal_slot(key, secret, chance, kind="passphrase", cost=cost, vault=vault, salt=salt)


def _seal_slot(
    key: bytes,
    secret: bytes,
    chance: Chance,
    *,
    kind: Literal["passphrase", "recovery"],
    cost: Cost | None,
    vault: str,
    salt: bytes | None = None,
) -> Slot:
    salt = chance.bytes(SALT_BYTES) if salt is None else salt
    nonce = chance.bytes(NONCE_BYTES)
    bare = Slot(kind=kind, cost=cost, salt=salt, nonce=nonce, sealed=b"", commitment=b"")
    sealed = AESGCM(_expanded(secret, salt, _WRAP)).encrypt(nonce, key, _header(bare, vault))
    commitment = _expanded(secret, salt, _COMMIT)
    return msgspec.structs.replace(bare, sealed=sealed, commitment=commitment)


def _open_slot(slot: Slot, secret: bytes, vault: str) -> bytes | None:
    if not hmac.compare_digest(_expanded(secret, slot.salt, _COMMIT), slot.commitment):
        return None
    wrap = AESGCM(_expanded(secret, slot.salt, _WRAP))
    try:
        return wrap.decrypt(slot.nonce, slot.sealed, _header(slot, vault))
    except InvalidTag:
        return None


def _header(slot: Slot, vault: str) -> bytes:
    cost = None if slot.cost is None else msgspec.to_builtins(slot.cost)
    salt = slot.salt.hex()
    head = {"format": "firsthand-slots", "version": 1, "cipher": "aes-256-gcm", "vault": vault}
    return canonical({**head, "kind": slot.kind, "cost": cost, "salt": salt})


def _sealed(key: bytes, vault: str, slots: tuple[Slot, ...]) -> Slots:
    bare = Slots(vault=vault, slots=slots, seal=b"")
    text = canonical(msgspec.to_builtins(bare))
    seal = hmac.new(_expanded(key, b"", _SEAL), text, hashlib.sha256).digest()
    return msgspec.structs.replace(bare, seal=seal)


def _derived(passphrase: str, slot: Slot) -> bytes:
    assert slot.cost is not None, "decode_slots has checked it"
    return _argon2id(passphrase, slot.salt, slot.cost)


def _argon2id(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    assert cost.allowed, "checked before, at every way in"
    # One person types the same letters in two forms on two machines; NFC makes them one.
    typed = unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")
    return hash_secret_raw(
        typed, salt, cost.passes, cost.memory_kib, cost.threads, KEY_BYTES, Type.ID
    )


def _expanded(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=salt, info=info).derive(secret)
