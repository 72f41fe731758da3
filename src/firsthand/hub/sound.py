"""Whether what is kept is what was signed: batches, deals, messages, requests, and the rest.

Most rows hold a signed statement, or follow from one; a byte that was changed in them is found by
that. What holds neither (accounts of staff, figures, invitations) cannot be judged here. It says
which rows do not fit, and gives nothing of what is in them to anybody. Above: the act that checks.
Below: every room that keeps something.
"""

import re
from collections.abc import Callable, Iterator, Mapping

import msgspec

from firsthand.foundation.clock import Clock
from firsthand.foundation.journal import Journal, Stored
from firsthand.foundation.tables import Entry, Reader
from firsthand.hub import corrected, erasing, noting, outbox, packing
from firsthand.hub.intake.steps import ROLES
from firsthand.hub.proofs import Fault
from firsthand.hub.roles.profile import projection
from firsthand.hub.terms import agreements, relationships, rights
from firsthand.hub.terms.organisation import Organisation
from firsthand.protocol.agreements import read_agreement
from firsthand.protocol.canonical import sha256_hex
from firsthand.protocol.digests import check_content_digest
from firsthand.protocol.es256 import verify_es256
from firsthand.protocol.identity import SUBJECT_PREFIX, public_key_of, subject_of, thumbprint
from firsthand.protocol.jws import verify_jws
from firsthand.protocol.putting_right import corrections
from firsthand.protocol.receipts import (
    BatchLabel,
    read_batch_label,
    read_erasure,
    read_revocation,
)
from firsthand.protocol.refusals import Refused
from firsthand.protocol.signals import signals_taken
from firsthand.protocol.terms import ROSTER
from firsthand.protocol.wire import TYP_MESSAGE, TYP_RIGHT

ROWS_MAX = 200
_LINE = re.compile(r'^"([a-z-]+)": (.*)$', re.MULTILINE)  # of a signature's base
PAGE_BYTES_MAX = 8 << 20
_WRONG = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    AssertionError,
    Refused,
    RecursionError,
)


def as_signed(reader: Reader, batch: Stored) -> bool:
    """Whether a batch's columns say what its body says, and its person signed it."""
    try:
        signals = signals_taken(batch.body)
        person = relationships.get(reader, batch.relationship)
        if person is None:
            return False
        label = BatchLabel(lane=batch.lane, n=batch.n, salt=batch.salt)
        key = public_key_of(person.key)
        said = {(one.source, ROLES[one.type], one.purpose, one.agreement) for one in signals}
        source = SUBJECT_PREFIX + batch.relationship
        covered = dict(_LINE.findall(batch.base.decode()))
        check_content_digest(covered["content-digest"], batch.body)
        signed = read_batch_label(covered["firsthand-batch"])
    except _WRONG:
        return False
    return (
        len(signals) == batch.events
        and said == {(source, batch.role, batch.purpose, batch.agreement)}
        and signed == label
        and verify_es256(batch.base, batch.signature, key, low_s=False)
    )


class Sound:
    """Looks through one hub's rows beside the log."""

    def __init__(self, journal: Journal, organisation: Organisation, clock: Clock) -> None:
        self._journal = journal
        self.organisation = organisation
        self._clock = clock

    def faults(self, stop: Callable[[], bool]) -> Iterator[Fault]:
        """Everything that is not as it was written, table by table, until ``stop()``."""
        for what, table, fits in TABLES:
            after = ("", "")
            while not stop():
                with self._journal.read() as reader:
                    rows = reader.scan_all(table, after=after, rows_max=ROWS_MAX)
                    wrong = [row for row in rows if not self._fits(fits, reader, row)]
                if not rows:
                    break
                after = (rows[-1].relationship, rows[-1].key)
                for row in wrong:
                    yield Fault(what=what, relationship=row.relationship, key=row.key)

    def batch(self, reader: Reader, relationship: str, position: int) -> Stored | None:
        """The batch at a place in the log, if it is this person's."""
        page = self._journal.batches(reader, position, rows_max=1, bytes_max=PAGE_BYTES_MAX)
        found = next(iter(page.batches), None)
        if found is None or (found.position, found.relationship) != (position, relationship):
            return None
        return found

    def now_s(self) -> int:
        """Seconds since 1970."""
        return int(self._clock.now().timestamp())

    def _fits(self, fits: "Fits", reader: Reader, row: Entry) -> bool:
        try:
            return fits(self, reader, row)
        except _WRONG:
            return False


Fits = Callable[[Sound, Reader, Entry], bool]


def _customer(sound: Sound, reader: Reader, row: Entry) -> bool:  # noqa: ARG001 - as every one of them
    kept = msgspec.json.decode(row.value, type=relationships.Relationship)
    return (
        kept.id == row.relationship == thumbprint(kept.key)
        and kept.state in relationships.StateGraph.follows
        and _limits(reader, kept.id)
    )


def _limits(reader: Reader, relationship: str) -> bool:
    """Whether what is held back is what the requests say that are granted."""
    kept = {row.key for row in reader.scan(rights.LIMITS, relationship, rows_max=ROWS_MAX)}
    return kept == rights.held_by(reader, relationship)


def _deal(sound: Sound, reader: Reader, row: Entry) -> bool:  # noqa: ARG001 - as above
    kept = msgspec.json.decode(row.value, type=agreements.Held)
    log = sound.organisation.key_log
    key = log.key_for(kept.answer)
    made = read_agreement(kept.proffer, kept.answer, organisation_key=key)
    said = made.proffer
    for jws, read in ((kept.revocation, read_revocation), (kept.erasure, read_erasure)):
        if jws is not None and read(jws, key=log.key_for(jws)).agreement != kept.id:
            return False
    return (
        (kept.id, kept.id) == (made.id, row.key)
        and said.iss == subject_of(row.relationship)
        and kept.decision == made.answer.decision
        and (kept.terms, kept.fields) == (said.p7012.agreement, said.fields)
        and (kept.expires, kept.own_precision) == (said.exp, said.precision)
        and kept.own_delivery == said.delivery
    )


def _standing(sound: Sound, reader: Reader, row: Entry) -> bool:
    kept = agreements.get(reader, row.relationship, row.key)
    stands = agreements.standing(reader, row.relationship, row.key)
    if kept is None or stands is None or kept.decision != "accepted":
        return False
    after = agreements.get(reader, row.relationship, stands.via) if stands.via else kept
    now = sound.now_s()
    state = kept.state(now)
    over = kept.ended_at is not None or kept.expires <= now  # by itself it is noted a moment later
    return (
        after is not None
        and (stands.terms, stands.expires) == (kept.terms, after.expires)
        and set(stands.purposes) <= set(ROSTER[kept.terms].purposes)
        and (over if not stands.taking else kept.ended_at is None)
        and (state != "paused" or stands.paused)
    )


def _message(sound: Sound, reader: Reader, row: Entry) -> bool:  # noqa: ARG001 - as above
    token = row.value.decode()
    key = sound.organisation.key_log.key_for(token)
    said = verify_jws(token, public_key=key, typ=TYP_MESSAGE)
    to, number = subject_of(row.relationship), int(row.key)
    return (said.get("subject"), said.get("sequence")) == (to, number)


def _request(sound: Sound, reader: Reader, row: Entry) -> bool:  # noqa: ARG001 - as above
    kept = msgspec.json.decode(row.value, type=rights.Kept)
    key = sound.organisation.key_log.key_for(kept.jws)
    said = verify_jws(kept.jws, public_key=key, typ=TYP_RIGHT)
    return (
        said == msgspec.to_builtins(kept.status)
        and (kept.relationship, kept.request.jti) == (row.relationship, row.key)
        and kept.status.request == row.key
    )


def _put_right(sound: Sound, reader: Reader, row: Entry) -> bool:  # noqa: ARG001 - as above
    asked = {
        (field, value)
        for kept in rights.of(reader, row.relationship)
        if kept.status.status == "fulfilled"
        for one in corrections(kept.request)
        if one.thing == row.key
        for field, value in one.fields.items()
    }
    known: Mapping[str, str] = corrected.of(reader, row.relationship)[row.key]
    return set(known.items()) <= asked


def _erasure(sound: Sound, reader: Reader, row: Entry) -> bool:
    kept = erasing.find(reader, row.key)
    assert kept is not None, "it is being read"
    log, person = sound.organisation.key_log, subject_of(row.key)
    ended = [
        (id, read_revocation(one, key=log.key_for(one))) for id, one in kept.revocations.items()
    ]
    if thumbprint(kept.key) != row.key or any(
        (one.aud, one.agreement) != (person, id) for id, one in ended
    ):
        return False
    if kept.receipt is None:
        return True
    receipts = {kept.agreement: kept.receipt, **kept.others}
    erased = [(id, read_erasure(one, key=log.key_for(one))) for id, one in receipts.items()]
    return all((one.aud, one.agreement) == (person, id) for id, one in erased)


def _proposal(sound: Sound, reader: Reader, row: Entry) -> bool:  # noqa: ARG001 - as above
    kept = agreements.get(reader, row.relationship, row.value.decode())
    return kept is not None and sha256_hex(kept.proffer.encode()) == row.key


def _newest_message(sound: Sound, reader: Reader, row: Entry) -> bool:  # noqa: ARG001 - as above
    last = reader.scan(outbox.TABLE, row.relationship, rows_max=1, newest_first=True)
    return [int(one.key) for one in last] == [int(row.value)]


def _newest_look(sound: Sound, reader: Reader, row: Entry) -> bool:  # noqa: ARG001 - as above
    last = noting.newest(reader, row.relationship, 1)
    return [one.n for one in last] == [int(row.value)]


def _is_over(reader: Reader, relationship: str, agreement: str) -> bool:
    stands = agreements.standing(reader, relationship, agreement)
    return stands is not None and not stands.purposes


def _shown(sound: Sound, reader: Reader, row: Entry) -> bool:
    """Whether a row of what staff see is made of the batches that it names."""
    kept = packing.unpacked(row.value)
    position = packing.position_of(row.key)
    signals: list[packing.Signal] = []
    for part in kept.parts:
        batch = sound.batch(reader, row.relationship, position - part.back)
        if batch is None and _is_over(reader, row.relationship, kept.agreement):
            return True  # it is being erased, and this row in a moment too
        if batch is None or (batch.agreement, batch.purpose) != (kept.agreement, kept.purpose):
            return False
        if batch.received_ms != part.given_ms:
            return False
        signals += packing.signals_of(batch)[part.start : part.start + part.things]
    made = packing.unpacked(packing.packed(kept.agreement, kept.purpose, kept.parts, signals))
    return (kept.count, kept.fields) == (made.count, made.fields) and all(
        packing.column(kept, one) == packing.column(made, one) for one in ("ids", *packing.COLUMNS)
    )


TABLES: tuple[tuple[str, str, Fits], ...] = (
    ("customer", relationships.TABLE, _customer),
    ("deal", agreements.TABLE, _deal),
    ("how a deal stands", agreements.STANDING, _standing),
    ("proposal", agreements.PROFFERS, _proposal),
    ("message", outbox.TABLE, _message),
    ("number of messages", outbox.HEADS, _newest_message),
    ("number of looks", noting.HEADS, _newest_look),
    ("request", rights.TABLE, _request),
    ("correction", corrected.TABLE, _put_right),
    ("erasure", erasing.TABLE, _erasure),
    ("what staff are shown", projection.THINGS, _shown),
)
