"""The agreements of each relationship, as they are kept, and what intake and reads ask of them.

Refusals are kept as well. What is asked at every batch and every read, whether something may come
in and be read, is a row of its own, so that it stays small. ``settling`` writes both.
"""

from collections.abc import Iterator, Mapping

import msgspec

from firsthand.foundation.tables import Reader, Table, Tx
from firsthand.protocol.agreement_life import Turn, state_of
from firsthand.protocol.agreements import Delivery, agreement_id
from firsthand.protocol.canonical import sha256_hex
from firsthand.protocol.refusals import refuse
from firsthand.protocol.roles import profile
from firsthand.protocol.terms import ROSTER, Terms

TABLE = "agreements"
STANDING = "standing"
PROFFERS = "proffers"
WITHDRAWN = "withdrawn"
TABLES = (
    Table(name=TABLE, erased=True),
    Table(name=STANDING, erased=True, hot=True),
    Table(name=PROFFERS, erased=True),
    Table(name=WITHDRAWN, erased=True),
)
HELD_MAX = 200
DAY_S = 86_400


class Brief(msgspec.Struct, frozen=True, kw_only=True):
    """What lists need of an agreement, without its statements. Seconds since 1970.

    ``superseded_by`` is the agreement that took its place, ``turns`` who paused it and went on.
    ``ended_at`` is when it was ended or superseded.
    """

    id: str
    decision: str
    terms: str
    at: int
    expires: int
    ended_at: int | None = None
    superseded_by: str | None = None
    turns: tuple[Turn, ...] = ()

    @property
    def roster(self) -> Terms:
        """The terms that were proffered."""
        return ROSTER[self.terms]

    def state(self, now: int) -> str:
        """Its state at ``now``: one of ``LIFE``."""
        superseded = self.superseded_by is not None
        return state_of(
            decision=self.decision,
            exp=self.expires,
            now=now,
            turns=self.turns,
            ended_at=None if superseded else self.ended_at,
            superseded_at=self.ended_at if superseded else None,
        )


class Held(Brief, frozen=True, kw_only=True):
    """An agreement as it is kept: both statements, and what they come to.

    ``own_precision`` and ``own_delivery`` are the proposal's, None where those of the terms count.
    ``ended_by`` is one of ``PARTIES``, ``revocation`` the receipt of the end, ``erasure`` that of
    erasing what was given under it alone.
    """

    proffer: str
    answer: str
    fields: dict[str, list[str]]
    revocation: str | None = None
    ended_by: str | None = None
    own_precision: str | None = None
    own_delivery: Delivery | None = None
    erasure: str | None = None

    @property
    def precision(self) -> str:
        """The finest time that may come: the proposal's own, or that of its terms."""
        return self.own_precision or self.roster.precision

    @property
    def delivery(self) -> Delivery:
        """How what goes by itself comes: the proposal's own way, or that of its terms."""
        terms = self.roster
        own = Delivery(batch_min=terms.batch_min, jitter_s_max=terms.jitter_s_max)
        return self.own_delivery or own


class Standing(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What intake and reads ask of an accepted agreement, in one small row.

    ``taking``: things may come in under it. ``expires``: until when all of this holds, in seconds
    since 1970. ``reading``: the purposes that what was given may be read for; None stands for those
    of the terms while it is taking. ``paused``: nothing comes in and nothing is read. ``via``: the
    agreement that took its place; until that one ends, what was given is read on for what both
    allow, and ``expires`` and ``paused`` are that one's.
    """

    taking: bool
    expires: int
    terms: str
    reading: tuple[str, ...] | None = None
    paused: bool = False
    via: str | None = None

    @property
    def purposes(self) -> tuple[str, ...]:
        """What may be read for, paused or not, as long as it has not expired."""
        if self.reading is not None:
            return self.reading
        return ROSTER[self.terms].purposes if self.taking else ()

    def in_force(self, now: int) -> bool:
        """Whether things may come in under it at ``now``, now or when it goes on."""
        return self.taking and now < self.expires

    def is_kept(self, now: int) -> bool:
        """Whether what was given under it may be read for anything at ``now``, now or later."""
        return now < self.expires and bool(self.purposes)

    def why_not(self, now: int) -> str | None:
        """Why nothing comes in under it at ``now``: a reason of ``REASONS``; None if it does."""
        if not self.in_force(now):
            return "agreement_ended"
        return "agreement_paused" if self.paused else None

    def allows(self, purpose: str, now: int) -> bool:
        """Whether what was given under it may be read for ``purpose`` at ``now``."""
        return self.is_kept(now) and not self.paused and purpose in self.purposes


_STANDING = msgspec.json.Decoder(Standing)


def _read(raw: bytes) -> Held:
    """What is kept, if it is what was signed; raises ``msgspec.ValidationError``."""
    kept = msgspec.json.decode(raw, type=Held)
    if kept.terms not in ROSTER or kept.id != agreement_id(kept.proffer, kept.answer):
        raise msgspec.ValidationError(f"the agreement {kept.id[:12]} is not what was signed")
    return kept


def get(reader: Reader, relationship: str, agreement: str) -> Held | None:
    """An agreement, or a refusal, by its id."""
    raw = reader.get(TABLE, relationship, agreement)
    return None if raw is None else _read(raw)


def held(reader: Reader, relationship: str) -> list[Held]:
    """All agreements and refusals of a relationship, the oldest first."""
    entries = reader.scan(TABLE, relationship, rows_max=HELD_MAX)
    kept = [_read(entry.value) for entry in entries]
    return sorted(kept, key=lambda one: (one.at, one.id))


def standing(reader: Reader, relationship: str, agreement: str) -> Standing | None:
    """Whether an accepted agreement stands; None if there is none of this id."""
    raw = reader.get(STANDING, relationship, agreement)
    return None if raw is None else _STANDING.decode(raw)


def all_standing(reader: Reader, relationship: str) -> Iterator[tuple[str, Standing]]:
    """The accepted agreements of a relationship, ended ones too: id and how it stands."""
    for entry in reader.scan(STANDING, relationship, rows_max=HELD_MAX):
        yield entry.key, _STANDING.decode(entry.value)


def allowing(reader: Reader, relationship: str, purpose: str, now: int) -> set[str]:
    """The ids of the agreements under which things may be read for ``purpose`` at ``now``."""
    return {id for id, one in all_standing(reader, relationship) if one.allows(purpose, now)}


def erased_by(one: Held, by_id: Mapping[str, Held]) -> int | None:
    """When what was given under an agreement is to be erased (seconds since 1970).

    It is its terms' retention after its end; where another one took its place, the shorter
    retention of all of them after the end of the last. None where nothing could be given.
    """
    if one.decision != "accepted":
        return None
    last, days = one, one.roster.retention_days
    while last.revocation is None and last.superseded_by in by_id:
        last = by_id[last.superseded_by or ""]
        days = min(days, last.roster.retention_days)
    return min(last.expires, last.ended_at or last.expires) + days * DAY_S


def why_not(reader: Reader, relationship: str, purpose: str, now: int) -> str:
    """Why nothing may be read for ``purpose`` where ``allowing`` names none, in a sentence."""
    able = [one for _, one in all_standing(reader, relationship) if purpose in one.purposes]
    if any(one.paused and one.is_kept(now) for one in able):
        return "The agreement is paused; nothing is read until it goes on."
    if able:
        return "The agreement has run out; nothing of it may be used any more."
    return f"The agreement does not allow the purpose {purpose}."


def check_fields(fields: Mapping[str, list[str]]) -> None:
    """Refuse (``proffer_invalid``) fields that no role knows; a proposal names at least one."""
    if not fields:
        raise refuse("proffer_invalid", "The proposal names nothing that may be given.")
    for kind, names in fields.items():
        known = profile.FIELDS.get(kind)
        if known is None or not names or not set(names) <= set(known):
            raise refuse("proffer_invalid", f"Not all fields of {kind[:60]!r} are known here.")


def repeated(reader: Reader, relationship: str, proffer_jws: str) -> Held | None:
    """The answer that this very proposal got before, if it came before."""
    raw = reader.get(PROFFERS, relationship, sha256_hex(proffer_jws.encode()))
    return None if raw is None else get(reader, relationship, raw.decode())


def put(tx: Tx, relationship: str, agreement: Held) -> None:
    """Keep an agreement or a refusal; how it stands is not touched."""
    tx.put(TABLE, relationship, agreement.id, msgspec.json.encode(agreement))


def withdrawn(
    reader: Reader, *, after: tuple[str, str] = ("", ""), rows_max: int = 1_000
) -> list[tuple[str, str]]:
    """(relationship, agreement) of what may not be read any more and still stands in figures."""
    entries = reader.scan_all(WITHDRAWN, after=after, rows_max=rows_max)
    return [(one.relationship, one.key) for one in entries]


def put_standing(tx: Tx, relationship: str, agreement: str, stands: Standing) -> None:
    """Keep how an agreement stands."""
    tx.put(STANDING, relationship, agreement, msgspec.json.encode(stands))
