"""What persons ask for by right: each request with its state and its deadline, and what follows.

The states and the dates are the protocol's. Restriction and objection stand here as rows that every
read asks for; what is put right is kept in ``corrected``.
"""

from collections.abc import Sequence

import msgspec

from firsthand.foundation.tables import Reader, Table, Tx
from firsthand.hub.terms.organisation import Organisation
from firsthand.protocol.canonical import sha256_hex
from firsthand.protocol.identity import subject_of
from firsthand.protocol.putting_right import Corrections, put_together
from firsthand.protocol.rights import (
    DENIALS,
    STATES,
    WAITING,
    Request,
    Status,
    can_take_back,
    day_of,
    due,
    objected,
    sign_status,
)
from firsthand.protocol.terms import PURPOSES
from firsthand.protocol.wire import DETAILS_CHARS_MAX

TABLE = "rights"
LIMITS = "rights_limits"
TABLES = (Table(name=TABLE, erased=True), Table(name=LIMITS, erased=True, hot=True))
REQUESTS_MAX = 200
LISTED_MAX = 10_000
CORRECTIONS_MAX = 100
ID_CHARS = 16
RESTRICTED = "restricted"
_LATER = "More time was taken: "
# The signature proves who asks, and there is nothing to weigh: these are done when they arrive.
AT_ONCE = frozenset({"access", "portability", "restriction", "objection"})
ALL = "all"


class RequestRefused(ValueError):
    """A request cannot be decided like this: the message says why, and what can be done."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A request as it is kept: what was asked, and the signed status of today.

    ``extended`` says that more time was taken; that is possible once. ``purposes`` are those that
    staff found in the free words of an objection.
    """

    relationship: str
    request: Request
    status: Status
    jws: str
    extended: bool = False
    purposes: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """What staff call it: the beginning of a hash, since persons choose the request's name."""
        return sha256_hex(f"{self.relationship}\n{self.request.jti}".encode())[:ID_CHARS]

    @property
    def is_open(self) -> bool:
        """Whether it waits for the organisation."""
        return self.status.status in WAITING


def get(reader: Reader, relationship: str, jti: str) -> Kept | None:
    """A request by the name that the person gave it."""
    raw = reader.get(TABLE, relationship, jti)
    return None if raw is None else msgspec.json.decode(raw, type=Kept)


def count(reader: Reader, relationship: str) -> int:
    """How many requests a person has made."""
    return reader.count(TABLE, relationship)


def of(reader: Reader, relationship: str) -> list[Kept]:
    """The requests of one person, the oldest first."""
    entries = reader.scan(TABLE, relationship, rows_max=REQUESTS_MAX)
    found = [msgspec.json.decode(one.value, type=Kept) for one in entries]
    return sorted(found, key=lambda kept: (kept.status.received_at, kept.request.jti))


def all_kept(reader: Reader) -> list[Kept]:
    """Every request of everybody: those that wait first, by their last day, then the newest."""
    found = [
        msgspec.json.decode(one.value, type=Kept)
        for one in reader.scan_all(TABLE, rows_max=LISTED_MAX)
    ]
    waiting = sorted((one for one in found if one.is_open), key=lambda k: k.status.expected_by)
    done = [one for one in found if not one.is_open]
    return waiting + sorted(done, key=lambda kept: -kept.status.iat)


def find(reader: Reader, id_: str) -> Kept:
    """A request by its id or the unique beginning of one; raises ``RequestRefused``."""
    found = [one for one in all_kept(reader) if id_ and one.id.startswith(id_)]
    if len(found) == 1:
        return found[0]
    count = "No request has" if not found else f"Not one, but {len(found)} requests have"
    raise RequestRefused(f"{count} an id that begins with {id_[:40]!r}.")


def received(organisation: Organisation, relationship: str, request: Request, *, now: int) -> Kept:
    """A request that has just arrived, open. ``now`` in seconds since 1970."""
    status = Status(
        iss=organisation.subject,
        aud=subject_of(relationship),
        request=request.jti,
        status="open",
        reason=None,
        received_at=now,
        expected_by=due(request.regime, day_of(now)).isoformat(),
        processing_details="",
        iat=now,
    )
    jws = sign_status(status, organisation.key)
    return Kept(relationship=relationship, request=request, status=status, jws=jws)


def fulfilled(organisation: Organisation, kept: Kept, *, now: int, details: str = "") -> Kept:
    """The same, done as asked. Raises ``UnableToChangeState`` where it is decided already."""
    state = STATES.after(kept.status.status, "fulfil")
    details = details or _why_later(kept)
    return _changed(organisation, kept, now=now, status=state, processing_details=details)


def denied(organisation: Organisation, kept: Kept, *, now: int, reason: str, details: str) -> Kept:
    """The same, denied. Raises ``RequestRefused`` and ``UnableToChangeState``."""
    if reason not in DENIALS:
        raise RequestRefused(f"A reason is one of: {', '.join(DENIALS)}.")
    if reason == "other" and not details.strip():
        raise RequestRefused("The reason “other” has to be said in words.")
    state = STATES.after(kept.status.status, "deny")
    details = details or _why_later(kept)
    return _changed(
        organisation, kept, now=now, status=state, reason=reason, processing_details=details
    )


def extended(organisation: Organisation, kept: Kept, *, now: int, why: str) -> Kept:
    """The same, with the further time that the law gives, once. Raises ``RequestRefused``."""
    if not why.strip():
        raise RequestRefused("Say why more time is needed: the person is told.")
    if kept.extended:
        raise RequestRefused("More time was taken already. The law gives it once.")
    if not kept.is_open:
        raise RequestRefused(f"The request is {kept.status.status} already.")
    received_on = day_of(kept.status.received_at)
    if day_of(now) > due(kept.request.regime, received_on):
        raise RequestRefused("The time is over. More could have been taken only before its end.")
    last = due(kept.request.regime, received_on, extended=True)
    changed = _changed(
        organisation, kept, now=now, status="in_progress", processing_details=why,
        expected_by=last.isoformat(),
    )  # fmt: skip
    return msgspec.structs.replace(changed, extended=True)


def _why_later(kept: Kept) -> str:
    """Why a later day was named, which has to be there; it is no word on what was decided."""
    said = kept.status.processing_details
    if not kept.extended or said.startswith(_LATER) or not kept.is_open:
        return said if kept.extended else ""
    return f"{_LATER}{said}"[:DETAILS_CHARS_MAX]


def taken_back(organisation: Organisation, kept: Kept, *, now: int) -> Kept | None:
    """The same, taken back by the person; None where it is decided and there is nothing to lift."""
    if not can_take_back(kept.request.right, kept.status.status):
        return None
    # What was said of what was done holds no more; why a later day was named still has to be there.
    details = _why_later(kept)
    return _changed(
        organisation, kept, now=now, status="revoked", reason=None, processing_details=details
    )


def put(tx: Tx, kept: Kept) -> None:
    """Keep a request as it stands."""
    tx.put(TABLE, kept.relationship, kept.request.jti, msgspec.json.encode(kept))


def limit(tx: Tx, kept: Kept) -> None:
    """Let nothing be read from now on: of a restriction at all, of an objection for its purpose.

    While nobody has read what an objection in free words means, it may mean any purpose.
    """
    for name in _limited(kept):
        tx.put(LIMITS, kept.relationship, name, kept.request.jti.encode())


def _limited(kept: Kept) -> tuple[str, ...]:
    if kept.request.right == "restriction":
        return (RESTRICTED,)
    if kept.request.right == "objection":
        found = kept.purposes or objected(kept.request) or _mentioned(kept) or PURPOSES
        return tuple(found)
    return ()


def limit_anew(tx: Tx, relationship: str) -> None:
    """Hold back what the requests say that are still granted, and nothing else any more."""
    for name in (RESTRICTED, *PURPOSES):
        tx.delete(LIMITS, relationship, name)
    for kept in of(tx, relationship):
        if _holds_back(kept):
            limit(tx, kept)


def _holds_back(kept: Kept) -> bool:
    reads_on = kept.is_open and has_to_be_read(kept.request)
    return kept.status.status == "fulfilled" or reads_on


def stopped(kept: Kept) -> list[str]:
    """The purposes that an objection stops; none once it is denied or taken back."""
    return [one for one in PURPOSES if _holds_back(kept) and one in _limited(kept)]


def held_by(reader: Reader, relationship: str) -> set[str]:
    """What the requests of a person hold back: purposes, or ``RESTRICTED``; as ``limit`` keeps."""
    kept = [one for one in of(reader, relationship) if _holds_back(one)]
    return {name for one in kept for name in _limited(one)}


def put_right_with(reader: Reader, kept: Kept) -> Corrections:
    """What a person had put right, once ``kept`` is done too."""
    before = [one for one in of(reader, kept.relationship) if one.status.status == "fulfilled"]
    return put_together([*(one.request for one in before), kept.request])


def _mentioned(kept: Kept) -> list[str]:
    """What was stopped at once, before free words had to be read: the purposes they mention."""
    said = "" if kept.is_open else kept.request.details.casefold()
    return [one for one in PURPOSES if one in said]


def has_to_be_read(request: Request) -> bool:
    """Whether people have to say which purposes the free words of an objection mean."""
    return request.right == "objection" and not objected(request)


def chosen(kept: Kept, purposes: Sequence[str]) -> Kept:
    """The same, with what staff say that its words mean: purposes, or ``ALL`` by itself.

    Raises ``RequestRefused`` where nothing was chosen that there is.
    """
    if list(purposes) == [ALL]:
        purposes = tuple(PURPOSES)
    if not purposes or not set(purposes) <= set(PURPOSES):
        raise RequestRefused(
            "It is said in free words. Read them, and choose what you stop: "
            f"{', '.join(PURPOSES)}; or {ALL}, where they mean all of it."
        )
    return msgspec.structs.replace(
        kept, purposes=tuple(one for one in PURPOSES if one in set(purposes))
    )


def held_back(reader: Reader, relationship: str, purpose: str) -> str | None:
    """Why nothing may be read for ``purpose`` by this person's right; None where it may."""
    if reader.get(LIMITS, relationship, RESTRICTED) is not None:
        return "This person asked that it be kept and nothing else be done with it."
    raw = reader.get(LIMITS, relationship, purpose)
    if raw is None:
        return None
    kept = get(reader, relationship, raw.decode())
    if kept is not None and kept.is_open:
        return "This person objected in their own words. Nothing is used until they have been read."
    return f"This person objected to the purpose {purpose}."


def _changed(organisation: Organisation, kept: Kept, *, now: int, **changes: object) -> Kept:
    status = msgspec.structs.replace(kept.status, iat=max(now, kept.status.iat), **changes)
    return msgspec.structs.replace(kept, status=status, jws=sign_status(status, organisation.key))
