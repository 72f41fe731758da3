"""The agreements of each relationship: proffered by the person, answered once, the bytes kept.

Refusals are kept as well. What intake and reads ask for at every batch, whether an agreement
stands, is a row of its own, so that it stays small.
"""

from collections.abc import Mapping

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from firsthand.foundation.tables import Reader, Table, Tx
from firsthand.hub.terms import invites, relationships
from firsthand.hub.terms.organisation import Organisation
from firsthand.hub.terms.policy import Policy, decide
from firsthand.hub.terms.relationships import Relationship, StateGraph
from firsthand.protocol.agreements import Answer, Proffer, agreement_id, sign_answer
from firsthand.protocol.canonical import sha256_hex
from firsthand.protocol.identity import jwk_of, thumbprint_of
from firsthand.protocol.refusals import refuse
from firsthand.protocol.roles import profile
from firsthand.protocol.terms import ROSTER, Terms

TABLE = "agreements"
STANDING = "standing"
PROFFERS = "proffers"
TABLES = (
    Table(name=TABLE, erased=True),
    Table(name=STANDING, erased=True, hot=True),
    Table(name=PROFFERS, erased=True),
)
HELD_MAX = 200


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """An agreement as it is kept: both statements, and what they come to. Seconds since 1970."""

    id: str
    proffer: str
    answer: str
    decision: str
    terms: str
    fields: dict[str, list[str]]
    at: int
    expires: int
    ended_at: int | None = None
    revocation: str | None = None

    @property
    def roster(self) -> Terms:
        """The terms that were proffered."""
        return ROSTER[self.terms]


class Standing(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """Whether an agreement stands, until when (seconds since 1970), and under which terms."""

    stands: bool
    expires: int
    terms: str

    def holds(self, now: int) -> bool:
        """Whether it stands at ``now``."""
        return self.stands and now < self.expires

    def allows(self, purpose: str, now: int) -> bool:
        """Whether it stands at ``now`` and allows ``purpose``."""
        return self.holds(now) and purpose in ROSTER[self.terms].purposes


_STANDING = msgspec.json.Decoder(Standing)


def get(reader: Reader, relationship: str, agreement: str) -> Held | None:
    """An agreement, or a refusal, by its id."""
    raw = reader.get(TABLE, relationship, agreement)
    return None if raw is None else msgspec.json.decode(raw, type=Held)


def held(reader: Reader, relationship: str) -> list[Held]:
    """All agreements and refusals of a relationship, the oldest first."""
    entries = reader.scan(TABLE, relationship, rows_max=HELD_MAX)
    kept = [msgspec.json.decode(entry.value, type=Held) for entry in entries]
    return sorted(kept, key=lambda one: (one.at, one.id))


def standing(reader: Reader, relationship: str, agreement: str) -> Standing | None:
    """Whether an accepted agreement stands; None if there is none of this id."""
    raw = reader.get(STANDING, relationship, agreement)
    return None if raw is None else _STANDING.decode(raw)


def allowing(reader: Reader, relationship: str, purpose: str, now: int) -> set[str]:
    """The ids of the agreements that allow ``purpose`` at ``now`` (seconds since 1970)."""
    entries = reader.scan(STANDING, relationship, rows_max=HELD_MAX)
    return {e.key for e in entries if _STANDING.decode(e.value).allows(purpose, now)}


def check_fields(fields: Mapping[str, list[str]]) -> None:
    """Refuse (``proffer_invalid``) fields that no role knows; a proposal names at least one."""
    if not fields:
        raise refuse("proffer_invalid", "The proposal names nothing that may be given.")
    for kind, names in fields.items():
        known = profile.FIELDS.get(kind)
        if known is None or not names or not set(names) <= set(known):
            raise refuse("proffer_invalid", f"Not all fields of {kind[:60]!r} are known here.")


class Door(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer depends on: who answers, by which policy, when (seconds since 1970)."""

    organisation: Organisation
    policy: Policy
    now: int


def repeated(reader: Reader, relationship: str, proffer_jws: str) -> Held | None:
    """The answer that this very proposal got before, if it came before."""
    raw = reader.get(PROFFERS, relationship, sha256_hex(proffer_jws.encode()))
    return None if raw is None else get(reader, relationship, raw.decode())


def settle(
    tx: Tx, door: Door, proffer_jws: str, proffer: Proffer, key: EllipticCurvePublicKey
) -> Held:
    """Answer a checked proposal and keep both; the same proposal gets the same answer again.

    Raises ``Refused``: ``invite_unknown``, ``agreement_ended`` (it is being erased), ``busy``.
    """
    person = thumbprint_of(key)
    before = relationships.get(tx, person)
    if before is not None and before.state == StateGraph.erasing:
        raise refuse("agreement_ended", "What this key gave is being erased. Take a new key.")
    if (kept := repeated(tx, person, proffer_jws)) is not None:
        return kept
    if tx.count(TABLE, person) >= HELD_MAX:
        raise refuse("busy", f"A relationship holds at most {HELD_MAX} proposals.")
    invite = None
    if proffer.invite is not None:
        invite = invites.find(tx, proffer.invite.token, door.now)
    decided = decide(door.policy, proffer.p7012.agreement, name=door.organisation.name)
    answer = Answer(
        iss=door.organisation.subject, aud=proffer.iss, iat=door.now,
        proffer_sha256=sha256_hex(proffer_jws.encode()), decision=decided.decision,
        counter=decided.counter, reason=decided.reason,
    )  # fmt: skip
    answer_jws = sign_answer(answer, door.organisation.key)
    made = Held(
        id=agreement_id(proffer_jws, answer_jws),
        proffer=proffer_jws,
        answer=answer_jws,
        decision=decided.decision,
        terms=proffer.p7012.agreement,
        fields=proffer.fields,
        at=door.now,
        expires=proffer.exp,
    )
    account = before.account if before else None
    came = proffer.invite if made.decision == "accepted" else None
    # An invitation that names an account would say who declined to be tied to it.
    if came is not None and invite is not None and (came.tie or invite.account is None):
        invites.use(tx, came.token, person)
        account = invite.account or account
    relationships.put(tx, _after(before, made, person, key, account))
    _put(tx, person, made)
    tx.put(PROFFERS, person, sha256_hex(proffer_jws.encode()), made.id.encode())
    return made


def _after(
    before: Relationship | None,
    made: Held,
    person: str,
    key: EllipticCurvePublicKey,
    account: str | None,
) -> Relationship:
    state = before.state if before else StateGraph.refused
    if made.decision == "accepted":
        state = StateGraph.active
    return Relationship(
        id=person,
        key=jwk_of(key),
        state=state,
        since=before.since if before else made.at,
        account=account,
        ended_at=before.ended_at if before and state == StateGraph.ended else None,
    )


def end(tx: Tx, relationship: str, agreement: str, *, revocation: str, now: int) -> Held:
    """End an agreement; the first receipt stays. Raises ``Refused`` (``no_agreement``).

    When it was the last one that stood, the relationship has ended too.
    """
    kept = get(tx, relationship, agreement)
    person = relationships.get(tx, relationship)
    if kept is None or person is None or kept.decision != "accepted":
        raise refuse("no_agreement")
    if kept.ended_at is not None:
        return kept
    ended = msgspec.structs.replace(kept, ended_at=now, revocation=revocation)
    _put(tx, relationship, ended)
    entries = tx.scan(STANDING, relationship, rows_max=HELD_MAX)
    left = any(_STANDING.decode(entry.value).holds(now) for entry in entries)
    if not left and person.state == StateGraph.active:
        ended_person = msgspec.structs.replace(person, state=StateGraph.ended, ended_at=now)
        relationships.put(tx, ended_person)
    return ended


def _put(tx: Tx, relationship: str, agreement: Held) -> None:
    tx.put(TABLE, relationship, agreement.id, msgspec.json.encode(agreement))
    if agreement.decision == "accepted":
        stands = Standing(
            stands=agreement.ended_at is None, expires=agreement.expires, terms=agreement.terms
        )
        tx.put(STANDING, relationship, agreement.id, msgspec.json.encode(stands))
