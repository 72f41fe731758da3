"""The log of an organisation's keys: the first signs itself, each next one is signed by the last.

An organisation is known by the thumbprint of its first key, for ever. Whoever knows that name can
follow the log to the key of today, and nobody can add to it without the key of today. An entry
names the one before it by its SHA-256, so two logs that part from each other stay apart.
"""

from collections.abc import Mapping, Sequence

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import (
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)

from firsthand.protocol.canonical import sha256_hex
from firsthand.protocol.checkpoints import CheckpointRefused, read_verifier_key, verify_checkpoint
from firsthand.protocol.identity import (
    KeyRefused,
    jwk_of,
    public_key_of,
    subject_of,
    thumbprint,
)
from firsthand.protocol.jws import JwsRefused, read_jws, sign_jws, verify_jws
from firsthand.protocol.refusals import Refused, refuse
from firsthand.protocol.wire import KEYS_MAX, SKEW_S_MAX, STATEMENT_BYTES_MAX, TYP_KEY


class KeyEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One key from ``at`` on (seconds since 1970), and the key that signs the log from then on.

    ``key`` is the smallest JWK, ``log_key`` a C2SP verifier key, ``prev`` the SHA-256 of the entry
    before in hex. An ``at`` of 0 in the first entry says that it is not known since when.
    """

    n: int
    key: dict[str, str]
    log_key: str
    at: int
    prev: str | None


class KeyLog(msgspec.Struct, frozen=True, kw_only=True):
    """A verified log: the entries as they were signed (``tokens``) and as they read.

    Without tokens it stands for one key that was known before there was a log.
    """

    tokens: tuple[str, ...]
    entries: tuple[KeyEntry, ...]

    @property
    def subject(self) -> str:
        """The organisation's name for ever: the thumbprint URI of its first key."""
        return subject_of(self.entries[0].key)

    @property
    def keys(self) -> tuple[EllipticCurvePublicKey, ...]:
        """Every key it has had, the newest last."""
        return tuple(public_key_of(entry.key) for entry in self.entries)

    @property
    def current(self) -> EllipticCurvePublicKey:
        """The key of today."""
        return public_key_of(self.entries[-1].key)

    @property
    def log_keys(self) -> tuple[str, ...]:
        """Every verifier key that its log was signed with, each once, the newest last."""
        return tuple(dict.fromkeys(entry.log_key for entry in self.entries))

    def extends(self, earlier: "KeyLog") -> bool:
        """Whether this is ``earlier``, or goes on from it without changing any of it."""
        if earlier.tokens:
            return self.tokens[: len(earlier.tokens)] == earlier.tokens
        mine, pinned = self.entries[0], earlier.entries[0]
        return mine.key == pinned.key and mine.log_key == pinned.log_key

    def knows(self, signed: str) -> bool:
        """Whether a statement (JWS) or a checkpoint names a key of this log. Proves nothing."""
        if "\n" in signed:
            try:
                verify_checkpoint(signed, self.log_key_for(signed))
            except CheckpointRefused:
                return False
            return True
        try:
            kid = read_jws(signed)[0].get("kid")
        except JwsRefused:
            return False
        return any(thumbprint(entry.key) == kid for entry in self.entries)

    def key_for(self, token: str) -> EllipticCurvePublicKey:
        """The key that a statement (JWS) names, if that was the organisation's when it was made.

        Verify the statement by this key: what is read here is not proven yet. A statement says in
        ``iat`` when it was made. Raises ``Refused``.
        """
        try:
            header, payload = read_jws(token)
        except JwsRefused as error:
            raise refuse("signature_invalid", str(error)) from error
        named = [entry for entry in self.entries if thumbprint(entry.key) == header.get("kid")]
        if not named:
            raise refuse("signature_invalid", "It is signed by a key that is not in the key log.")
        self._check_made(named[0].n, payload.get("iat"))
        return public_key_of(named[0].key)

    def log_key_for(self, checkpoint: str) -> str:
        """The verifier key of the log that signed ``checkpoint``; the newest if none of them did.

        A checkpoint has no time: one that an earlier key signed may be of any time.
        """
        for log_key in reversed(self.log_keys):
            try:
                verify_checkpoint(checkpoint, log_key)
            except CheckpointRefused:
                continue
            return log_key
        return self.log_keys[-1]

    def _check_made(self, n: int, made: object) -> None:
        if type(made) is not int:
            raise refuse("signature_invalid", "It does not say when it was made (iat).")
        following = self.entries[n + 1 : n + 2]
        if following and made > following[0].at:
            raise refuse("signature_invalid", "It was made after the key that signed it was given up.")  # fmt: skip  # noqa: E501 - one line
        if n and made < self.entries[n].at - SKEW_S_MAX:
            raise refuse("signature_invalid", "It was made before the key that signed it was there.")  # fmt: skip  # noqa: E501 - one line


def sign_first(key: EllipticCurvePrivateKey, *, log_key: str, at: int) -> str:
    """The first entry of a log, signed by its own key. ``at`` in seconds since 1970."""
    entry = KeyEntry(n=0, key=jwk_of(key.public_key()), log_key=log_key, at=at, prev=None)
    return sign_jws(msgspec.to_builtins(entry), key=key, typ=TYP_KEY)


def sign_next(
    tokens: Sequence[str],
    *,
    key: EllipticCurvePublicKey,
    log_key: str,
    at: int,
    signer: EllipticCurvePrivateKey,
) -> str:
    """The entry that hands over to ``key``, signed by the key of today (``signer``).

    Raises ``Refused`` for what ``read_key_log`` would not take back.
    """
    entry = KeyEntry(
        n=len(tokens), key=jwk_of(key), log_key=log_key, at=at, prev=sha256_hex(tokens[-1].encode())
    )
    token = sign_jws(msgspec.to_builtins(entry), key=signer, typ=TYP_KEY)
    read_key_log([*tokens, token])
    return token


def one_key(jwk: Mapping[str, str], log_key: str) -> KeyLog:
    """What stands for a log where none is known: one key, and one key of the log of disclosures.

    Raises ``Refused`` (``signature_invalid``) if it is no key.
    """
    entry = KeyEntry(n=0, key=_smallest(jwk), log_key=log_key, at=0, prev=None)
    return KeyLog(tokens=(), entries=(entry,))


def read_key_log(tokens: Sequence[str]) -> KeyLog:
    """Verify a log from its first entry to its last; raises ``Refused`` (``signature_invalid``)."""
    if not 1 <= len(tokens) <= KEYS_MAX:
        raise refuse("signature_invalid", f"A key log has 1 to {KEYS_MAX} entries.")
    entries: list[KeyEntry] = []
    for n, token in enumerate(tokens):
        try:
            entry = _read_entry(token, entries[-1] if entries else None)
        except Refused as error:
            raise refuse("signature_invalid", f"Entry {n} of the key log: {error}") from error
        _check_place(entry, n, tokens, entries)
        entries.append(entry)
    return KeyLog(tokens=tuple(tokens), entries=tuple(entries))


def _read_entry(token: str, before: KeyEntry | None) -> KeyEntry:
    """One entry, verified by the key before it; the first by the key that it names itself."""
    if len(token) > STATEMENT_BYTES_MAX:
        raise refuse("signature_invalid", f"longer than {STATEMENT_BYTES_MAX} characters")
    try:
        _, payload = read_jws(token)
        entry = msgspec.convert(payload, KeyEntry)
        signer = public_key_of((before or entry).key)
        verify_jws(token, public_key=signer, typ=TYP_KEY)
        read_verifier_key(entry.log_key)
    except (JwsRefused, KeyRefused, CheckpointRefused, msgspec.ValidationError) as error:
        raise refuse("signature_invalid", str(error)) from error
    if _smallest(entry.key) != entry.key:
        raise refuse("signature_invalid", "The key is not written as its smallest JWK.")
    return entry


def _check_place(
    entry: KeyEntry, n: int, tokens: Sequence[str], before: Sequence[KeyEntry]
) -> None:
    prev = sha256_hex(tokens[n - 1].encode()) if n else None
    if entry.n != n or entry.prev != prev:
        raise refuse("signature_invalid", f"Entry {n} of the key log does not follow the one before.")  # fmt: skip  # noqa: E501 - one line
    if entry.at < (before[-1].at if before else 0):
        raise refuse("signature_invalid", f"Entry {n} of the key log is older than the one before.")
    if any(entry.key == earlier.key for earlier in before):
        raise refuse("signature_invalid", f"Entry {n} of the key log goes back to an earlier key.")


def _smallest(jwk: Mapping[str, str]) -> dict[str, str]:
    try:
        return jwk_of(public_key_of(jwk))
    except KeyRefused as error:
        raise refuse("signature_invalid", str(error)) from error
