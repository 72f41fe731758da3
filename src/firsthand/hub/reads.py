"""Every read of a person's data: it names its purpose, it is allowed, and it is written down.

There is no other way. A read looks at one snapshot, in which the relationship is active and an
agreement allows the purpose; what comes back was given for this purpose. Then the writer's
transaction checks once more and notes who read what and why; only after that the data comes back,
so nothing comes back after an ending.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from firsthand.foundation.clock import Clock
from firsthand.foundation.journal import Batch, Journal, Order, Stored
from firsthand.foundation.tables import Reader as Snapshot
from firsthand.foundation.tables import Tx
from firsthand.hub import corrected, noting
from firsthand.hub.packing import Holding, Packed, ids_of, position_of, unpacked
from firsthand.hub.seen import (
    Customer,
    Envelope,
    Fact,
    Facts,
    Kept,
    Noted,
    PurposeRefused,
    UnknownCustomer,
    Who,
)
from firsthand.hub.terms import agreements, relationships, rights
from firsthand.hub.terms.relationships import Relationship, StateGraph
from firsthand.protocol.putting_right import Corrections, put_right
from firsthand.protocol.roles.profile import thing_given
from firsthand.protocol.signals import signals_taken
from firsthand.protocol.terms import PURPOSES

TABLES = noting.TABLES
Arrival = Stored  # what a projection folds; roles may not import the journal
ROWS_AT_FIRST = 200
ROWS_BYTES = 4 << 20
ROWS_MAX = 5_000
THINGS_MAX = 200_000  # of one person for one purpose; of more, the newest
FEW_BATCHES = 100
PAGE_ROWS_MAX = 5_000
BATCHES_MAX = 200
PAGE_BYTES_MAX = 8 << 20


__all__ = [
    "Arrival", "Customer", "Envelope", "Fact", "Facts", "Kept", "Noted", "PurposeRefused",
    "Reads", "UnknownCustomer", "Who", "envelope",
]  # fmt: skip

Shares = Mapping[str, tuple[list[str], int]]
"""What was read under each agreement: the fields, and how many things."""


class Reads:
    """The reads of one hub."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal = journal
        self._clock = clock

    def things(self, relationship: str, *, table: str, purpose: str, reader: Who) -> list[Kept]:
        """What a person gave for ``purpose``, under agreements that allow it.

        Raises ``PurposeRefused`` where none does, and ``UnknownCustomer``.
        """
        with self._journal.read() as snapshot:
            held = self._held(snapshot, relationship, table, purpose)
            kept = self._kept(snapshot, relationship, held, range(len(held)))
        self._note({relationship: held.shares()}, purpose, reader)
        return kept

    def holding(
        self,
        relationship: str,
        *,
        table: str,
        purpose: str,
        reader: Who,
        choose: Callable[[Holding], Sequence[int]],
        held: Holding | None = None,
    ) -> tuple[Holding, list[Kept]]:
        """The same, but packed, and unpacked only the things at the places that ``choose`` names.

        ``held`` is what an earlier read came to, if nothing has changed since.
        """
        with self._journal.read() as snapshot:
            if held is None:
                held = self._held(snapshot, relationship, table, purpose)
            else:
                self._allowed(snapshot, relationship, purpose)
            kept = self._kept(snapshot, relationship, held, choose(held))
        self._note({relationship: held.shares()}, purpose, reader)
        return held, kept

    def standing(self, relationship: str, purpose: str) -> frozenset[str]:
        """The agreements that allow ``purpose`` now. Raises as ``things`` does; notes nothing."""
        with self._journal.read() as snapshot:
            return frozenset(self._allowed(snapshot, relationship, purpose))

    def things_of_many(
        self, relationships: Sequence[str], *, table: str, purpose: str, reader: Who
    ) -> dict[str, list[Kept]]:
        """The same for several persons, noted in one transaction; leaves out who is refused."""
        kept: dict[str, list[Kept]] = {}
        touched: dict[str, Shares] = {}
        with self._journal.read() as snapshot:
            for one in relationships:
                try:
                    held = self._held(snapshot, one, table, purpose)
                except (PurposeRefused, UnknownCustomer):
                    continue
                kept[one] = self._kept(snapshot, one, held, range(len(held)))
                touched[one] = held.shares()
        if not kept:
            return {}
        closed = self._note(touched, purpose, reader, strict=False)
        return {one: things for one, things in kept.items() if one not in closed}

    def facts(
        self, *, after: int, purpose: str, reader: Who, batches_max: int = BATCHES_MAX
    ) -> Facts:
        """What anybody gave for ``purpose``, from the journal's leaf ``after`` on, where it stands.

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
                if batch.purpose != purpose:
                    continue
                person = relationships.get(snapshot, batch.relationship)
                if person and self._is_allowed(snapshot, person, batch.agreement, purpose):
                    found.extend(_facts(batch, person, corrected.of(snapshot, person.id)))
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
        return [envelope(batch, batch.position) for batch in page.batches], page.seen

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
            return noting.newest(snapshot, relationship, rows_max)

    def _held(self, snapshot: Snapshot, relationship: str, table: str, purpose: str) -> Holding:
        allowed = self._allowed(snapshot, relationship, purpose)
        rows = (
            (position, row)
            for position, row in _rows(snapshot, table, relationship)
            if row.purpose == purpose and row.agreement in allowed
        )
        return corrected.PutRight(rows, corrected.of(snapshot, relationship))

    def _kept(
        self, snapshot: Snapshot, relationship: str, held: Holding, places: Sequence[int]
    ) -> list[Kept]:
        """The things at these places, in their order."""
        wanted = held.batches(places)
        found: dict[int, Kept] = {}
        corrections = corrected.of(snapshot, relationship)
        for batch in self._batches(snapshot, relationship, sorted(wanted)):
            signals = signals_taken(batch.body)
            for place, inside in wanted[batch.position]:
                signal = signals[inside]
                found[place] = Kept(
                    agreement=batch.agreement,
                    given_ms=batch.received_ms,
                    position=batch.position,
                    thing=put_right(thing_given(signal.id, signal.data), corrections),
                )
        return [found[place] for place in places]

    def _batches(
        self, snapshot: Snapshot, relationship: str, positions: Sequence[int]
    ) -> Iterator[Stored]:
        """The batches at these positions, which ascend."""
        if len(positions) <= FEW_BATCHES:
            for position in positions:
                yield from self._journal.batches(
                    snapshot, position, rows_max=1, bytes_max=PAGE_BYTES_MAX
                ).batches
            return
        wanted, after = set(positions), positions[0]
        while after <= positions[-1]:
            page = self._journal.batches(
                snapshot, after, rows_max=PAGE_ROWS_MAX, bytes_max=PAGE_BYTES_MAX,
                relationship=relationship,
            )  # fmt: skip
            yield from (batch for batch in page.batches if batch.position in wanted)
            after = page.seen

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
        if (why := rights.held_back(snapshot, relationship, purpose)) is not None:
            raise PurposeRefused(why)
        allowed = agreements.allowing(snapshot, relationship, purpose, self._now_s())
        if not allowed:
            why = agreements.why_not(snapshot, relationship, purpose, self._now_s())
            raise PurposeRefused(why)
        return allowed

    def _is_allowed(
        self, snapshot: Snapshot, person: Relationship, agreement: str, purpose: str
    ) -> bool:
        stands = agreements.standing(snapshot, person.id, agreement)
        return (
            person.state == StateGraph.active
            and stands is not None
            and stands.allows(purpose, self._now_s())
            and rights.held_back(snapshot, person.id, purpose) is None
        )

    def _note(
        self,
        touched: Mapping[str, Shares],
        purpose: str,
        reader: Who,
        *,
        strict: bool = True,
    ) -> set[str]:
        """Write the read down in the transaction that sees once more that it is allowed.

        Returns the relationships in which it was not any more; raises for them if ``strict``.
        """
        at_ms = int(self._clock.now().timestamp() * 1000)

        def work(tx: Tx) -> set[str]:
            closed: set[str] = set()
            noted: dict[str, list[Noted]] = {}
            for relationship, shares in touched.items():
                try:
                    allowed = self._allowed(tx, relationship, purpose)
                    _check_still(shares, allowed)
                except (PurposeRefused, UnknownCustomer):
                    if strict:
                        raise
                    closed.add(relationship)
                    continue
                # Who looked and found nothing has looked all the same.
                noted[relationship] = [
                    Noted(
                        reader=reader.name, kind=reader.kind, purpose=purpose,
                        fields=fields, count=count, at_ms=at_ms, agreement=agreement,
                    )
                    for agreement, (fields, count) in (shares or {min(allowed): ([], 0)}).items()
                ]  # fmt: skip
            if noted:
                noting.note(tx, noted)
            return closed

        return self._journal.submit(work, Order.PROJECT).result()

    def _now_s(self) -> int:
        return int(self._clock.now().timestamp())


def _check_still(shares: Shares, allowed: set[str]) -> None:
    if not shares.keys() <= allowed:
        raise PurposeRefused("An agreement ended during the reading. Read again.")


def envelope(batch: Batch, position: int) -> Envelope:
    """What may be shown of a batch without a purpose; ``position`` is that of its leaf."""
    return Envelope(
        position=position,
        relationship=batch.relationship,
        role=batch.role,
        purpose=batch.purpose,
        agreement=batch.agreement,
        events=batch.events,
        bytes=len(batch.body),
        received_ms=batch.received_ms,
    )


def _rows(snapshot: Snapshot, table: str, relationship: str) -> Iterator[tuple[int, Packed]]:
    """The rows of a person with the positions of their batches, the newest first."""
    before, rows_max, things = None, ROWS_AT_FIRST, 0
    while things < THINGS_MAX:
        entries = snapshot.scan(
            table, relationship, before=before, rows_max=rows_max, newest_first=True
        )
        for entry in entries:
            row = unpacked(entry.value)
            things += row.count
            yield position_of(entry.key), row
        if len(entries) < rows_max:
            return
        before = entries[-1].key
        size_bytes = sum(len(entry.value) for entry in entries)
        rows_max = min(ROWS_MAX, max(1, rows_max * ROWS_BYTES // max(1, size_bytes)))


def _facts(batch: Stored, person: Relationship, corrections: Corrections) -> Iterable[Fact]:
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
            thing=put_right(thing_given(signal.id, signal.data), corrections),
        )


def _touched(facts: Sequence[Fact]) -> dict[str, Shares]:
    found: dict[str, dict[str, tuple[set[str], int]]] = {}
    for fact in facts:
        shares = found.setdefault(fact.relationship, {})
        names, count = shares.get(fact.agreement, (set(), 0))
        names.update(f"{fact.thing.type}/{field}" for field in fact.thing.data)
        shares[fact.agreement] = names, count + 1
    return {
        one: {agreement: (sorted(names), count) for agreement, (names, count) in shares.items()}
        for one, shares in found.items()
    }


def _customer(snapshot: Snapshot, person: Relationship, table: str) -> Customer:
    held = agreements.held(snapshot, person.id)
    return Customer(
        relationship=person.id,
        account=person.account,
        since=person.since,
        state=person.state,
        agreements=[one.terms for one in held if one.decision == "accepted"]
        or [one.terms for one in held],
        things=len({one for _, row in _rows(snapshot, table, person.id) for one in ids_of(row)}),
    )
