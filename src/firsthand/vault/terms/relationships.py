"""One person and one organisation: the name it has here, its key, its state, its lane."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import (
    EllipticCurvePrivateKey,
)

from firsthand.foundation.keys import person_key, relationship_secret
from firsthand.protocol.agreements import Agreement, read_agreement, read_proffer
from firsthand.protocol.discovery import Document, Organisation, read_document
from firsthand.protocol.identity import jwk_of, subject_of, thumbprint

if TYPE_CHECKING:
    from firsthand.protocol.keylog import KeyLog
    from firsthand.vault.store import Row, Store, Tx


_FIRST = "-1"
PINNED_MAX = 64


class NoSuchRelationship(LookupError):
    """There is no relationship of this name; the message lists those that there are."""


class Relationship(msgspec.Struct, frozen=True, kw_only=True):
    """A relationship as it is kept.

    Times are RFC 3339; ``state`` is active, refused, ended or erased; ``acked_n`` is the last
    number that was receipted in ``lane``.
    """

    name: str
    organisation_name: str
    url: str
    subject: str
    attempt: int
    document: bytes
    state: str
    agreement: str | None
    account: str | None
    literal_loopback: bool
    connected_at: str
    ended_at: str | None
    lane: str
    acked_n: int
    copied_at: str | None
    inbox_after: int
    log_size: int
    log_checkpoint: str | None

    @property
    def organisation(self) -> Document:
        """What the organisation said of itself when it was last read."""
        return _pinned(self.document).document

    @property
    def key_log(self) -> KeyLog:
        """The log of the organisation's keys, as it was pinned and has gone on since."""
        return _pinned(self.document).key_log


@lru_cache(maxsize=PINNED_MAX)
def _pinned(document: bytes) -> Organisation:
    """What an organisation said of itself, verified once: the same bytes are the same words."""
    return read_document(document)


class Signer(msgspec.Struct, frozen=True, kw_only=True):
    """The person in this relationship alone: their key, its thumbprint, their event secret."""

    key: EllipticCurvePrivateKey
    thumbprint: str
    secret: bytes

    @property
    def subject(self) -> str:
        """The person's identity towards this organisation (RFC 9278)."""
        return subject_of(self.thumbprint)


def signer_for(seed: bytes, organisation: str, attempt: int) -> Signer:
    """Derive the person's key for an organisation's first key and attempt; never a counter."""
    key = person_key(seed, organisation, attempt)
    return Signer(
        key=key,
        thumbprint=thumbprint(jwk_of(key.public_key())),
        secret=relationship_secret(seed, organisation, attempt),
    )


def signer_of(store: Store, relationship: Relationship) -> Signer:
    """The person's key and secret in this relationship."""
    return signer_for(store.seed, relationship.subject, relationship.attempt)


def all_relationships(store: Store) -> list[Relationship]:
    """Every relationship, the oldest first."""
    return [_relationship(row) for row in store.rows("relationships.all")]


def find(store: Store, name: str) -> Relationship:
    """The relationship called ``name``, or with the organisation of that name, an active one first.

    Small and capital letters are one. The first of several is called ``reel-1`` as well. Raises
    ``NoSuchRelationship``, also where two organisations could be meant.
    """
    row = store.row("relationships.by_name", name=name)
    if row is None and name.endswith(_FIRST):
        row = store.row("relationships.by_name", name=name.removesuffix(_FIRST))
    if row is not None:
        return _relationship(row)
    every, typed = all_relationships(store), name.strip().casefold()
    meant = [e for e in every if typed in {e.name.casefold(), e.organisation_name.casefold()}]
    meant = [each for each in meant if each.state == "active"] or meant
    if len({each.subject for each in meant}) == 1:
        return meant[-1]
    if meant:
        which = " or ".join(each.name for each in meant)
        raise NoSuchRelationship(f"{name!r} could be more than one. Say {which}.")
    known = ", ".join(each.name for each in every)
    message = f"You have no connection called {name!r}."
    raise NoSuchRelationship(f"{message} You have: {known or 'none yet'}.")


def find_in_force(store: Store, name: str) -> Relationship:
    """The relationship that a person means who says ``name``: without a number, the active one.

    With a number it is that very one, be it active or not. Raises as ``find`` does.
    """
    found = find(store, name)
    if found.state == "active" or found.name != name or name != short_name(found.organisation_name):
        return found
    return in_force(store, found.subject) or found


def in_force(store: Store, subject: str) -> Relationship | None:
    """The active relationship with an organisation, if there is one."""
    active = [each for each in with_organisation(store, subject) if each.state == "active"]
    return active[-1] if active else None


def called(store: Store, relationship: Relationship) -> str:
    """What commands call a relationship: the first of several has a number too, once it is over."""
    plain = relationship.name
    meant = find_in_force(store, plain)
    return plain if meant.name == plain else plain + _FIRST


def with_organisation(store: Store, subject: str) -> list[Relationship]:
    """All attempts with one organisation, the oldest first."""
    return [_relationship(r) for r in store.rows("relationships.by_subject", subject=subject)]


def agreement_of(store: Store, relationship: Relationship) -> Agreement:
    """The agreement of this relationship, verified again from the bytes that are kept.

    Raises ``NoSuchRelationship`` where the organisation never accepted one.
    """
    row = None
    if relationship.agreement is not None:
        row = store.row("agreements.by_id", id=relationship.agreement)
    if row is None:
        raise NoSuchRelationship(f"There is no agreement with {relationship.organisation_name}.")
    key = relationship.key_log.key_for(row["answer"])
    return read_agreement(row["proffer"], row["answer"], organisation_key=key)


def replaced(store: Store, agreement: str) -> list[str]:
    """The deals whose place this one took, one after the other, the newest first."""
    found: list[str] = []
    row = store.row("agreements.by_id", id=agreement)
    while row is not None:
        proffer, _ = read_proffer(row["proffer"])
        row = store.row("agreements.by_id", id=proffer.supersedes) if proffer.supersedes else None
        if row is None or row["id"] in found:
            break
        found.append(row["id"])
    return found


def put_agreement(tx: Tx, name: str, agreement: Agreement, *, at: str) -> None:
    """Keep what both signed, or what was refused, in the relationship of this name."""
    tx.run(
        "agreements.add", id=agreement.id, relationship=name, proffer=agreement.proffer_jws,
        answer=agreement.answer_jws, terms=agreement.proffer.p7012.agreement,
        decision=agreement.answer.decision, reason=agreement.answer.reason, at=at,
    )  # fmt: skip


def free_name(store: Store, organisation_name: str) -> str:
    """A short name for commands and addresses that no relationship has yet."""
    base = short_name(organisation_name)
    taken = {each.name for each in all_relationships(store)}
    name, number = base, 2
    while name in taken:
        name, number = f"{base}-{number}", number + 1
    return name


def short_name(organisation_name: str) -> str:
    """What the first relationship with an organisation is called, if nobody else is."""
    folded = unicodedata.normalize("NFKD", organisation_name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", folded.lower()).strip("-")[:40] or "organisation"


def _relationship(row: Row) -> Relationship:
    values = {field: row[field] for field in Relationship.__struct_fields__}
    values["literal_loopback"] = bool(values["literal_loopback"])
    values["document"] = bytes(values["document"])
    return Relationship(**values)
