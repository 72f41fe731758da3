"""The slots: the vault's key, sealed once by each secret that opens it.

A slot is AES-256-GCM over the key, under HKDF(secret); its header, with the cost of the secret's
derivation, is bound in as associated data, so that nobody can lower the cost or swap parts. GCM
does not commit to its key, so each slot carries a commitment as well. A seal under the vault's key
covers all slots: whoever opens one sees that the others were not touched.
The passphrase goes through Argon2id (RFC 9106); the recovery code has 140 random bits and the
secret of a passkey (WebAuthn's PRF) 256: neither needs it.
"""

import hashlib
import hmac
import unicodedata
from typing import Literal, TypeAlias

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
PASSKEY_SECRET_BYTES = 32
CREDENTIAL_BYTES_MAX = 1023
PUBLIC_KEY_BYTES_MAX = 2048
SITE_CHARACTERS_MAX = 253
NAME_CHARACTERS_MAX = 60
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
_REFUSED_KEY = "This passkey does not open this vault. Use another one, or the passphrase."
_DAMAGED = (
    "slots.json is damaged or was changed: {why}. Put back the copy of your last backup; "
    "the things themselves are in vault.db."
)


# What a person types, or the 32 bytes that a passkey gives for this vault.
Secret: TypeAlias = str | bytes
Kind: TypeAlias = Literal["passphrase", "recovery", "passkey"]


class UnableToUnlock(Exception):
    """The vault stays locked: the secret is wrong, or slots.json was changed.

    A wrong passphrase and a wrong recovery code are refused with the same words.
    """


class SlotRefused(Exception):
    """A way to unlock was not added or not removed; the message says why."""


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


class Passkey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is known of a passkey: its id and public key (COSE), its site (the RP id), its name."""

    credential: bytes
    public_key: bytes
    site: str
    name: str
    added_at: str

    @property
    def allowed(self) -> bool:
        """Whether every limit is kept."""
        return (
            0 < len(self.credential) <= CREDENTIAL_BYTES_MAX
            and 0 < len(self.public_key) <= PUBLIC_KEY_BYTES_MAX
            and 0 < len(self.site) <= SITE_CHARACTERS_MAX
            and 0 < len(self.name) <= NAME_CHARACTERS_MAX
            and len(self.added_at) <= NAME_CHARACTERS_MAX
        )


class Slot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The key, sealed by one secret. Bytes are base64 in the file.

    `cost` is there of a passphrase alone, `passkey` of a passkey alone.
    """

    kind: Kind
    cost: Cost | None
    passkey: Passkey | msgspec.UnsetType = msgspec.UNSET
    salt: bytes
    nonce: bytes
    sealed: bytes
    commitment: bytes

    @property
    def id(self) -> str:
        """A short name of this slot: 8 hex digits."""
        return hashlib.sha256(self.salt).hexdigest()[:8]


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


def unlock(slots: Slots, secret: Secret) -> bytes:
    """Return the key (32 bytes) that a passphrase, a recovery code or a passkey's secret opens.

    Raises `UnableToUnlock`, with the same words whichever of the two was typed.
    """
    return opened_by(slots, secret)[0]


def opened_by(slots: Slots, secret: Secret) -> tuple[bytes, Slot]:
    """Return the key, and the slot that `secret` opened. Raises `UnableToUnlock`."""
    if not 0 < len(secret) <= SECRET_CHARACTERS_MAX:
        raise UnableToUnlock(_REFUSED)
    code = read_code(secret) if isinstance(secret, str) else None
    for slot in sorted(slots.slots, key=lambda slot: slot.kind, reverse=True):
        key = _tried(slot, secret, code, slots.vault)
        if key is not None:
            if not hmac.compare_digest(_sealed(key, slots.vault, slots.slots).seal, slots.seal):
                raise UnableToUnlock(_DAMAGED.format(why="its seal does not fit"))
            return key, slot
    raise UnableToUnlock(_REFUSED if isinstance(secret, str) else _REFUSED_KEY)


def _tried(slot: Slot, secret: Secret, code: bytes | None, vault: str) -> bytes | None:
    """The key, if this slot opens by what was given. Nothing is derived for another kind."""
    if slot.kind == "passphrase":
        derived = _derived(secret, slot) if isinstance(secret, str) else None
        return _open_slot(slot, derived, vault) if derived is not None else None
    if slot.kind == "recovery":
        return _open_slot(slot, code, vault) if code is not None else None
    if isinstance(secret, bytes) and len(secret) == PASSKEY_SECRET_BYTES:
        return _open_slot(slot, secret, vault)
    return None


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


def add_passkey(slots: Slots, key: bytes, passkey: Passkey, secret: bytes, chance: Chance) -> Slots:
    """Seal the same key by a passkey's secret (32 bytes) as well.

    key: what `unlock` returned for these slots. Raises `SlotRefused` for a passkey that is there
    already or is outside the limits, and where there is no room.
    """
    if len(secret) != PASSKEY_SECRET_BYTES or not passkey.allowed:
        raise SlotRefused("This passkey gives no secret that can open a vault. Use another one.")
    held = [each.passkey.credential for each in slots.slots if isinstance(each.passkey, Passkey)]
    if passkey.credential in held:
        raise SlotRefused("This passkey opens your data already.")
    if len(slots.slots) >= SLOTS_MAX:
        raise SlotRefused(f"There are {SLOTS_MAX} ways to unlock already. Remove one of them.")
    new = _seal_slot(
        key, secret, chance, kind="passkey", cost=None, vault=slots.vault, passkey=passkey
    )
    return _sealed(key, slots.vault, (*slots.slots, new))


def remove_slot(slots: Slots, key: bytes, id: str) -> Slots:
    """Take one way to unlock away. Raises `SlotRefused` for the last one that can be typed.

    A passkey can be lost with the device that it is on: passphrase or recovery code stays.
    """
    kept = tuple(slot for slot in slots.slots if slot.id != id)
    if len(kept) == len(slots.slots):
        raise SlotRefused(f"No way to unlock is called {id}.")
    if all(slot.kind == "passkey" for slot in kept):
        raise SlotRefused(
            "This is the last one that you can type. A passkey is lost with its device: set "
            "another passphrase or make another recovery code first."
        )
    return _sealed(key, slots.vault, kept)


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
    if (slot.kind == "passkey") != bool(slot.passkey):
        return False
    if slot.kind == "passphrase":
        return bool(slot.cost and slot.cost.allowed)
    return slot.cost is None and (not slot.passkey or slot.passkey.allowed)


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
    kind: Kind,
    cost: Cost | None,
    vault: str,
    salt: bytes | None = None,
    passkey: Passkey | msgspec.UnsetType = msgspec.UNSET,
) -> Slot:
    salt = chance.bytes(SALT_BYTES) if salt is None else salt
    nonce = chance.bytes(NONCE_BYTES)
    bare = Slot(
        kind=kind, cost=cost, passkey=passkey, salt=salt, nonce=nonce, sealed=b"", commitment=b""
    )
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
    about = {"passkey": msgspec.to_builtins(slot.passkey)} if slot.passkey else {}
    return canonical({**head, "kind": slot.kind, "cost": cost, "salt": salt, **about})


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
