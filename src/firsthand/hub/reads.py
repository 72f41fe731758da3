"""Every read of a person's data: it names its purpose, it is allowed, and it is written down.

There is no other way. A read looks at one snapshot, in which the relationship is active and an
agreement allows the purpose. Then the writer's transaction checks once more and notes who read
what and why; only after that the data comes back, so nothing comes back after an ending.
"""

import itertools
from collections.abc import Iterable, Sequence

import msgspec

from firsthand.foundation.clock import Clock
from firsthand.foundation.journal import Journal, Order, Stored
from firsthand.foundation.tables import Entry, Table, Tx
from firsthand.foundation.tables import Reader as Snapshot
from firsthand.hub.terms import agreements, relationships
from firsthand.hub.terms.relationships import Relationship, StateGraph
from firsthand.protocol.roles.profile import Given, thing_given
from firsthand.protocol.signals import signals_taken
from firsthand.protocol.terms import PURPOSES
from firsthand.protocol.things import Thing

TABLE = "reads"
TABLES = (Table(name=TABLE, erased=True),)
Taken = Stored  # a batch as a projection folds it
KINDS = ("staff", "rule", "token", "command")
PAGE_ROWS_MAX = 5_000
THINGS_MAX = 200_000
BATCHES_MAX = 200
PAGE_BYTES_MAX = 8 << 20


class PurposeRefused(Exception):
    """The person's terms do not allow this: the purpose, or any use since it ended.

    The message names the reason. Ask for a purpose that was agreed, or ask the person.
    """


class UnknownCustomer(LookupError):
    """Nobody is known by this reference: an id, the unique beginning of one, or an account."""


class Who(msgspec.Struct, frozen=True, kw_only=True):
    """Who reads: a member of staff, a rule, a token or a command, by name."""

    name: str
    kind: str


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """One thing as a projection keeps it: under which agreement, since when, from which batch.

    ``given_ms`` is in milliseconds since 1970, ``position`` is the batch's in the journal.
    """

    agreement: str
    given_ms: int
    position: int
    thing: Thing


class Row(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The same as its row says it, under the thing's id: short, since a row is written often."""

    agreement: str
    given_ms: int
    position: int
    given: Given

    def kept(self, identifier: str) -> Kept:
        """What the row of this id says."""
        return Kept(
            agreement=self.agreement,
            given_ms=self.given_ms,
            position=self.position,
            thing=thing_given(identifier, self.given),
        )


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """A batch from outside: never what is in it. ``bytes`` is the size of its body."""

    position: int
    relationship: str
    role: str
    purpose: str
    agreement: str
    events: int
    bytes: int
    received_ms: int


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was given, for the organisation's own systems."""

    position: int
    relationship: str
    account: str | None
    agreement: str
    id: str
    type: str
    purpose: str
    given_ms: int
    thing: Thing


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Facts in the journal's order; ask for those after ``next`` to go on."""

    facts: list[Fact]
    next: int


class Noted(msgspec.Struct, frozen=True, kw_only=True):
    """One read as it was written down."""

    reader: str
    kind: str
    purpose: str
    fields: list[str]
    count: int
    at_ms: int


class Customer(msgspec.Struct, frozen=True, kw_only=True):
    """A relationship with nothing personal but the account it is tied to. Seconds since 1970.

    ``agreements`` names the terms that were agreed, ended ones too; those that were refused only
    where none was agreed.
    """

    relationship: str
    account: str | None
    since: int
    state: str
    agreements: list[str]
    things: int


class Reads:
    """The reads of one hub."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal = journal
        self._clock = clock
        self._numbers = itertools.count()

    def things(self, relationship: str, *, table: str, purpose: str, reader: Who) -> list[Kept]:
        """What a person gave under agreements that allow ``purpose``.

        Raises ``PurposeRefused`` where none does, and ``UnknownCustomer``.
        """
        with self._journal.read() as snapshot:
            allowed = self._allowed(snapshot, relationship, purpose)
            kept = [one for one in _rows(snapshot, table, relationship) if one.agreement in allowed]
        self._note({relationship: (fields_of(kept), len(kept))}, purpose, reader)
        return kept

    def standing(self, relationship: str, purpose: str) -> frozenset[str]:
        """The agreements that allow ``purpose`` now. Raises as ``things`` does; notes nothing."""
        with self._journal.read() as snapshot:
            return frozenset(self._allowed(snapshot, relationship, purpose))

    def again(
        self, relationship: str, *, purpose: str, reader: Who, fields: list[str], count: int
    ) -> None:
        """Note one more read of what was read before. Raises as ``things``: then show nothing."""
        self._note({relationship: (fields, count)}, purpose, reader)

    def things_of_many(
        self, relationships: Sequence[str], *, table: str, purpose: str, reader: Who
    ) -> dict[str, list[Kept]]:
        """The same for several persons, noted in one transaction; leaves out who is refused."""
        kept: dict[str, list[Kept]] = {}
        with self._journal.read() as snapshot:
            for one in relationships:
                try:
                    allowed = self._allowed(snapshot, one, purpose)
                except (PurposeRefused, UnknownCustomer):
                    continue
                kept[one] = [k for k in _rows(snapshot, table, one) if k.agreement in allowed]
        if not kept:
            return {}
        touched = {one: (fields_of(things), len(things)) for one, things in kept.items()}
        closed = self._note(touched, purpose, reader, strict=False)
        return {one: things for one, things in kept.items() if one not in closed}

    def facts(
        self, *, after: int, purpose: str, reader: Who, batches_max: int = BATCHES_MAX
    ) -> Facts:
        """What anybody gave, from the journal's leaf ``after`` on, where ``purpose`` is allowed.

        Raises ``PurposeRefused`` for a purpose that no agreement can allow.
        """
        if purpose not in PURPOSES:
            raise PurposeRefused(f"No purpose is called {purpose!r}: {', '.join(PURPOSES)}.")
        found: list[Fact] = []
        with self._journal.read() as snapshot:
            page = self._journal.batches(
                snapshot, after, rows_max=batches_max, bytes_max=PAGE_BYTES_MAX
            )
            for batch in page.batches:
                person = relationships.get(snapshot, batch.relationship)
                if person and self._is_allowed(snapshot, person, batch.agreement, purpose):
                    found.extend(_facts(batch, person))
        if found:
            closed = self._note(_touched(found), purpose, reader, strict=False)
            found = [fact for fact in found if fact.relationship not in closed]
        return Facts(facts=found, next=page.seen)

    def envelopes(self, *, after: int, rows_max: int = BATCHES_MAX) -> tuple[list[Envelope], int]:
        """What came from outside, and the ``after`` to go on with; never what is in it."""
        with self._journal.read() as snapshot:
            page = self._journal.batches(
                snapshot, after, rows_max=rows_max, bytes_max=PAGE_BYTES_MAX
            )
        return [envelope(batch) for batch in page.batches], page.seen

    def customers(self, *, table: str) -> list[Customer]:
        """Everybody who is known, with nothing that was given but how many things it is."""
        found: list[Customer] = []
        with self._journal.read() as snapshot:
            after = ""
            while page := relationships.page(snapshot, after=after):
                found += [_customer(snapshot, person, table) for person in page]
                after = page[-1].id
        return sorted(found, key=lambda one: (one.since, one.relationship))

    def resolve(self, reference: str) -> str:
        """The relationship of an account reference, of an id, or of the unique beginning of one.

        Who came back under the same account is meant, and not who ended. Raises
        ``UnknownCustomer`` where there is none or more than one.
        """
        with self._journal.read() as snapshot:
            if reference and relationships.get(snapshot, reference[:100]) is not None:
                return reference
            tied, begun, after = list[Relationship](), list[Relationship](), ""
            while reference and (page := relationships.page(snapshot, after=after)):
                tied += [person for person in page if person.account == reference]
                begun += [person for person in page if person.id.startswith(reference)]
                after = page[-1].id
        found = tied or begun
        found = [person for person in found if person.state == StateGraph.active] or found
        if len(found) == 1:
            return found[0].id
        count = "Nobody" if not found else f"Not one, but {len(found)}"
        raise UnknownCustomer(f"{count} known by {reference[:60]!r}.")

    def noted(self, relationship: str, rows_max: int = 100) -> list[Noted]:
        """The newest reads of a person's data, as they were written down."""
        with self._journal.read() as snapshot:
            entries = snapshot.scan(TABLE, relationship, rows_max=rows_max, newest_first=True)
        return [msgspec.json.decode(entry.value, type=Noted) for entry in entries]

    def _allowed(self, snapshot: Snapshot, relationship: str, purpose: str) -> set[str]:
        """The agreements that allow the purpose now; raises where there is none."""
        if purpose not in PURPOSES:
            raise PurposeRefused(f"No purpose is called {purpose!r}: {', '.join(PURPOSES)}.")
        person = relationships.get(snapshot, relationship)
        if person is None:
            raise UnknownCustomer(f"Nobody known by {relationship[:60]!r}.")
        if person.state == StateGraph.erasing:
            raise PurposeRefused("What this person gave is being erased.")
        if person.state != StateGraph.active:
            raise PurposeRefused("The agreement has ended; nothing of it may be used any more.")
        allowed = agreements.allowing(snapshot, relationship, purpose, self._now_s())
        if not allowed:
            raise PurposeRefused(f"The agreement does not allow the purpose {purpose}.")
        return allowed

    def _is_allowed(
        self, snapshot: Snapshot, person: Relationship, agreement: str, purpose: str
    ) -> bool:
        stands = agreements.standing(snapshot, person.id, agreement)
        return (
            person.state == StateGraph.active
            and stands is not None
            and stands.allows(purpose, self._now_s())
        )

    def _note(
        self,
        touched: dict[str, tuple[list[str], int]],
        purpose: str,
        reader: Who,
        *,
        strict: bool = True,
    ) -> set[str]:
        """Write the read down in the transaction that sees once more that it is allowed.

        Returns the relationships that were closed meanwhile; raises for them if ``strict``.
        """
        at_ms = int(self._clock.now().timestamp() * 1000)
        number = next(self._numbers)

        def work(tx: Tx) -> set[str]:
            closed: set[str] = set()
            rows: list[Entry] = []
            key = f"{at_ms:015d}.{number:012d}"
            for relationship, (fields, count) in touched.items():
                try:
                    self._allowed(tx, relationship, purpose)
                except (PurposeRefused, UnknownCustomer):
                    if strict:
                        raise
                    closed.add(relationship)
                    continue
                noted = Noted(
                    reader=reader.name, kind=reader.kind, purpose=purpose,
                    fields=fields, count=count, at_ms=at_ms,
                )  # fmt: skip
                value = msgspec.json.encode(noted)
                rows.append(Entry(relationship=relationship, key=key, value=value))
            if rows:
                tx.put_many(TABLE, rows)
            return closed

        return self._journal.submit(work, Order.PROJECT).result()

    def _now_s(self) -> int:
        return int(self._clock.now().timestamp())


def envelope(batch: Stored) -> Envelope:
    """What may be shown of a batch without a purpose."""
    return Envelope(
        position=batch.position,
        relationship=batch.relationship,
        role=batch.role,
        purpose=batch.purpose,
        agreement=batch.agreement,
        events=batch.events,
        bytes=len(batch.body),
        received_ms=batch.received_ms,
    )


def _rows(snapshot: Snapshot, table: str, relationship: str) -> Iterable[Kept]:
    after = ""
    for _ in range(THINGS_MAX // PAGE_ROWS_MAX):
        entries = snapshot.scan(table, relationship, after=after, rows_max=PAGE_ROWS_MAX)
        yield from (_ROW.decode(entry.value).kept(entry.key) for entry in entries)
        if len(entries) < PAGE_ROWS_MAX:
            return
        after = entries[-1].key


_ROW = msgspec.json.Decoder(Row)


def fields_of(kept: Iterable[Kept]) -> list[str]:
    """Which fields of which kinds are in these things, as a read is noted."""
    return sorted({f"{one.thing.type}/{field}" for one in kept for field in one.thing.data})


def _facts(batch: Stored, person: Relationship) -> Iterable[Fact]:
    for signal in signals_taken(batch.body):
        yield Fact(
            position=batch.position,
            relationship=batch.relationship,
            account=person.account,
            agreement=batch.agreement,
            id=signal.id,
            type=signal.type,
            purpose=signal.purpose,
            given_ms=batch.received_ms,
            thing=thing_given(signal.id, signal.data),
        )


def _touched(facts: Sequence[Fact]) -> dict[str, tuple[list[str], int]]:
    fields: dict[str, set[str]] = {}
    counts: dict[str, int] = {}
    for fact in facts:
        names = fields.setdefault(fact.relationship, set())
        names.update(f"{fact.thing.type}/{field}" for field in fact.thing.data)
        counts[fact.relationship] = counts.get(fact.relationship, 0) + 1
    return {one: (sorted(names), counts[one]) for one, names in fields.items()}


def _customer(snapshot: Snapshot, person: Relationship, table: str) -> Customer:
    held = agreements.held(snapshot, person.id)
    return Customer(
        relationship=person.id,
        account=person.account,
        since=person.since,
        state=person.state,
        agreements=[one.terms for one in held if one.decision == "accepted"]
        or [one.terms for one in held],
        things=snapshot.count(table, person.id),
    )
