"""The promises about both sides, looked at from outside after every step of a life.

By the model of what went over the line (``truth``), by the files and tables of both, and by
reading: nothing here reaches into either side but to look.
"""

import contextlib
from collections import Counter
from typing import Any, ClassVar

from hypothesis.stateful import RuleBasedStateMachine, invariant
from tests.harness.both import Both, things
from tests.harness.truth import Deal, Look, counted

from firsthand import app
from firsthand.foundation.journals.sqlite_file import FILE
from firsthand.hub.reads import PurposeRefused, UnknownCustomer, Who
from firsthand.hub.roles.profile.projection import THINGS
from firsthand.hub.terms import agreements
from firsthand.protocol.checkpoints import Checkpoint, verify_checkpoint
from firsthand.protocol.merkle import verify_consistency
from firsthand.protocol.roster import PURPOSES
from firsthand.vault.acts import (
    logging,
)
from firsthand.vault.terms import checkpoints, losses
from firsthand.vault.terms.relationships import Relationship, find, signer_of


class Promises(RuleBasedStateMachine):
    """Both sides, and every promise about them."""

    durable: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__()
        self.both = Both(durable=self.durable)
        self.truth = self.both.truth
        self.things = things()
        self.last: tuple[set[int], str] | None = None
        self.exported: bytes | None = None
        self.copied = False  # more than one copy of the vault has been at work
        self.proven: set[str] = set()
        self.seen: Checkpoint | None = None
        self.steps = 0

    def teardown(self) -> None:
        """All receipts once more, then close both."""
        with contextlib.ExitStack() as closing:
            closing.callback(self.both.close)
            told: Any = logging.log(self.both.vault, verify=True)
            assert told["problems"] == 0, told
            self.receipts_add_up(told)

    # --- the promises -------------------------------------------------------------------------

    @invariant()
    def nothing_is_lost_doubled_or_invented(self) -> None:
        """The journal holds exactly what was receipted and not erased; each was logged before."""
        journal = self.both.journal
        with journal.read() as reader:
            page = journal.batches(reader, 0, rows_max=1_000, bytes_max=1 << 26)
        found = [
            (one.position, one.relationship, one.lane, one.n, one.agreement, one.purpose, one.body)
            for one in page.batches
        ]
        assert found == [
            (one.place, one.person, one.lane, one.n, one.agreement, one.purpose, one.body)
            for one in self.truth.held()
        ]
        assert {one.body for one in self.truth.batches} <= self.both.logged

    @invariant()
    def the_log_says_what_they_hold(self) -> None:
        """What the vault says was given is there; what it says was refused is not."""
        store = self.both.vault.store
        taken = {(one.lane, one.n, one.person): one for one in self.truth.batches}
        for relationship in self.named(every=True):
            person = signer_of(store, relationship).thumbprint
            rows = store.rows("disclosures.of_relationship", relationship=relationship.name)
            proven = self._is_erased(relationship)
            assert person in self.truth.erased or not proven
            for row in rows:
                one = taken.get((row["lane"], row["n"], person))
                same = one is not None and one.body == bytes(row["body"])
                if row["state"] in {"given", "erased"}:
                    assert same, "the log says that it was given, and they never had it"
                if row["state"] == "given":
                    assert not proven, "its erasing is proven, and it stands as given"
                if row["state"] == "erased":
                    assert person in self.truth.erased
                if row["state"] == "refused":
                    assert not same, "the log says that it was refused, and they have it"

    @invariant()
    def nothing_is_read_that_may_not_be(self) -> None:
        """For every purpose, exactly the agreements that allow it now; and one read is made."""
        now, hub = self.both.now(), self.both.hub
        for person in self.truth.people:
            for purpose in PURPOSES:
                allowed = self.truth.allowing(person, purpose, now)
                try:
                    found = hub.reads.standing(person, purpose)
                except (PurposeRefused, UnknownCustomer):
                    found = frozenset()
                assert found == allowed, purpose
        self.steps += 1
        if self.steps % 2:
            self.both.follow()
        if self.truth.people:
            person = self.truth.people[self.steps % len(self.truth.people)]
            self._look(person, PURPOSES[self.steps // 3 % len(PURPOSES)], "staff")
        self._facts(PURPOSES[self.steps % len(PURPOSES)])

    @invariant()
    def every_read_is_written_down(self) -> None:
        """The log of reads holds those that were made, and no others."""
        for person in self.truth.people:
            noted = self.both.hub.reads.noted(person, rows_max=500)
            found = [
                Look(one.reader, one.kind, one.purpose, one.agreement, one.count) for one in noted
            ]
            # One read under two deals is written down twice, in an order of its own.
            assert Counter(found) == Counter(self.truth.looks.get(person, []))
            assert [one.n for one in reversed(noted)] == list(range(1, len(noted) + 1))

    @invariant()
    def both_hold_the_same_deals(self) -> None:
        """Byte by byte, whatever this copy of the vault knows of."""
        store, now = self.both.vault.store, self.both.now()
        with self.both.hub.snapshot() as reader:
            for relationship in self.named(every=True):
                person = signer_of(store, relationship).thumbprint
                rows = store.rows("agreements.of_relationship", relationship=relationship.name)
                for row in rows:
                    held = agreements.get(reader, person, row["id"])
                    gone = self.truth.forgotten(person, now) or row["proffer"] in self.truth.dropped
                    if person in self.truth.erased or gone:
                        assert held is None
                    else:
                        assert held is not None
                        assert (held.proffer, held.answer) == (row["proffer"], row["answer"])
                        state = held.state(now)
                        deal = self.truth.deals.get(row["id"])
                        assert (state == "paused") == (deal is not None and self._rests(deal))

    @invariant()
    def the_log_only_grows(self) -> None:
        """Each checkpoint adds to the one before, and the vault has seen nothing else."""
        with self.both.journal.read() as reader:
            text = self.both.journal.checkpoint(reader)
        new = self._checkpoint(text)
        assert new.size == len(self.truth.batches)
        if self.seen is not None and self.seen != new:
            self._adds(self.seen, new)
        self.seen = new
        for relationship in self.named(every=True):
            assert checkpoints.doubted(self.both.vault.store, relationship.subject) is None
            assert losses.loss_of(self.both.vault.store, relationship.name) is None

    @invariant()
    def what_was_erased_is_nowhere(self) -> None:
        """No row of theirs, and none of the ids that only they had, in tables or in the file."""
        new = self.truth.erased - self.proven
        if not new:
            return
        with self.both.hub.snapshot() as reader:
            for table in app.TABLES:
                rows = reader.scan_all(table.name, rows_max=5_000)
                assert not {one.relationship for one in rows} & new, table
                marks = [id.encode() for id in self._ids_of(new)]
                assert not any(mark in one.value for one in rows for mark in marks), table
        if self.durable:
            folder = self.both.hub_folder
            held = b"".join(path.read_bytes() for path in sorted(folder.glob(f"{FILE}*")))
            assert held, "the journal's file is not where it is looked for"
            assert not any(id.encode() in held for id in self._ids_of(new))
        self.proven |= new

    # --- how it is looked at --------------------------------------------------------------------

    def receipts_add_up(self, told: Any) -> None:  # noqa: ANN401 - as JSON has it
        """Every receipt's checkpoint is one that today's log adds to, and names the right place."""
        with self.both.journal.read() as reader:
            newest = self._checkpoint(self.both.journal.checkpoint(reader))
        for entry in told["disclosures"]:
            if entry["receipt"] is not None:
                text = entry["receipt"]["checkpoint"]
                self._adds(self._checkpoint(text), newest)

    def _adds(self, old: Checkpoint, new: Checkpoint) -> None:
        proof = self.both.hub.proofs.consistency(old.size, new.size)
        assert verify_consistency(
            old_size=old.size, old_root=old.root, size=new.size, root=new.root, proof=proof
        ), (old, new)

    def _checkpoint(self, text: str) -> Checkpoint:
        return verify_checkpoint(text, self.both.made.owner.verifier)

    def _look(self, person: str, purpose: str, kind: str) -> None:
        """Read all of one person for one purpose, and compare with what must come of it."""
        reads, now = self.both.hub.reads, self.both.now()
        allowed = self.truth.allowing(person, purpose, now)
        reader = Who(name="somebody", kind=kind)
        try:
            kept = reads.things(person, table=THINGS, purpose=purpose, reader=reader)
        except (PurposeRefused, UnknownCustomer):
            assert not allowed, "it was refused, and may be read"
            return
        assert allowed, "it was read, and may not be"
        found = self.truth.to_read(person, purpose, now, seen=self.truth.seen)
        ids = [one.thing.id for one in kept]
        assert len(set(ids)) == len(ids), "a thing is there twice"
        by: dict[str, set[str]] = {}
        for one in kept:
            by.setdefault(one.agreement, set()).add(one.thing.id)
        assert by == found
        counts = counted(found, sorted(allowed))
        self.truth.looked(
            person, [Look("somebody", kind, purpose, *each) for each in counts.items()]
        )

    def _facts(self, purpose: str) -> None:
        """Read what everybody gave for a purpose, as the organisation's own systems do."""
        reader = Who(name=f"{purpose} token", kind="token")
        found = self.both.hub.reads.facts(after=0, purpose=purpose, reader=reader)
        now = self.both.now()
        wanted = [
            (one.place, one.person, one.agreement, id)
            for one in self.truth.held()
            if one.purpose == purpose
            and one.agreement in self.truth.allowing(one.person, purpose, now)
            for id in one.ids
        ]
        facts = found.facts
        assert [(one.position, one.relationship, one.agreement, one.id) for one in facts] == wanted
        looked: dict[str, dict[str, int]] = {}
        for _, person, agreement, _ in wanted:
            own = looked.setdefault(person, {})
            own[agreement] = own.get(agreement, 0) + 1
        for person, counts in looked.items():
            looks = [Look(reader.name, "token", purpose, *each) for each in counts.items()]
            self.truth.looked(person, looks)

    def active(self) -> str | None:
        """The name of the deal in force here."""
        found = [each for each in self.named() if each.state == "active"]
        return found[-1].name if found else None

    def named(self, *, every: bool = False) -> list[Relationship]:
        """The relationships that there are here, those never agreed to only with ``every``."""
        rows = self.both.vault.store.rows("relationships.all")
        found = [find(self.both.vault.store, row["name"]) for row in rows]
        return [each for each in found if every or each.state != "refused"]

    def _rests(self, deal: Deal) -> bool:
        over = deal.ended or deal.after is not None or self.both.now() >= deal.exp
        return bool(deal.paused) and not over

    def _is_erased(self, relationship: Relationship) -> bool:
        """Whether the receipt of an erasure that was asked for has come here."""
        rows = self.both.vault.store.rows("endings.of_relationship", relationship=relationship.name)
        return any(row["kind"] == "erasure" and row["state"] == "confirmed" for row in rows)

    def _ids_of(self, people: set[str]) -> set[str]:
        return {id for one in self.truth.batches if one.person in people for id in one.ids}
