"""Four writers and a reader against one who ends the deal: nothing is taken or read after it."""

import itertools
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from firsthand import app
from firsthand.foundation.ids import SystemChance, uuid8_from
from firsthand.foundation.journal import Receipt
from firsthand.foundation.keys import new_signing_key
from firsthand.foundation.settings import Settings
from firsthand.hub.acts import statements
from firsthand.hub.intake.steps import Arrived
from firsthand.hub.intake.taking import Handed, Intake
from firsthand.hub.reads import PurposeRefused, Who
from firsthand.hub.roles.profile.projection import THINGS
from firsthand.protocol import wire
from firsthand.protocol.agreements import (
    Proffer,
    agreement_id,
    chosen,
    consent_record,
    sign_proffer,
)
from firsthand.protocol.clocks import stamp_of
from firsthand.protocol.digests import content_digest
from firsthand.protocol.identity import subject_of, thumbprint_of
from firsthand.protocol.receipts import BatchLabel
from firsthand.protocol.refusals import Refusal
from firsthand.protocol.roles.profile import Given
from firsthand.protocol.signals import Signal, encode_signals
from firsthand.protocol.signatures import Message, sign
from firsthand.protocol.terms import DEFAULT, ROSTER

if TYPE_CHECKING:
    from firsthand.foundation.journal import Batch, Repeat
    from firsthand.foundation.tables import Tx
    from firsthand.hub.acts.opened import Hub

WRITERS = 4
WHO = Who(name="a reader in a hurry", kind="staff")
CHANCE = SystemChance()


class Person:
    """A key, an agreement, and batches that are signed for them."""

    def __init__(self, hub: "Hub") -> None:
        self.hub = hub
        self.key = new_signing_key()
        self.id = thumbprint_of(self.key.public_key())
        now = int(time.time())
        proffer = sign_proffer(
            Proffer(
                iss=subject_of(self.id),
                aud=hub.organisation.subject,
                jti=CHANCE.token(),
                iat=now,
                exp=now + 10_000,
                p7012=chosen(ROSTER[DEFAULT], url=hub.organisation.url),
                fields={"WatchAction": ["name"]},
                record=consent_record(
                    terms=ROSTER[DEFAULT],
                    person=subject_of(self.id),
                    organisation=hub.organisation.subject,
                    name=hub.organisation.name,
                    fields={"WatchAction": ["name"]},
                    identifier="urn:race",
                    at=stamp_of(now),
                ),
            ),
            self.key,
        )
        held = statements.propose(hub, proffer)
        self.agreement = agreement_id(proffer, held.answer)

    def batch(self, lane: str, n: int) -> Arrived:
        signal = Signal(
            specversion="1.0",
            id=uuid8_from(CHANCE.bytes(16)),
            source=subject_of(self.id),
            type="profile.given",
            agreement=self.agreement,
            purpose="personalisation",
            data=Given(kind="WatchAction", name="Harbour", is_based_on="netflix"),
        )
        body = encode_signals([signal])
        label = BatchLabel(lane=lane, n=n, salt=CHANCE.bytes(wire.SALT_BYTES))
        target = self.hub.organisation.url + wire.PATH_SIGNALS
        headers = {
            "content-type": wire.TYPE_BATCH,
            "content-digest": content_digest(body),
            "firsthand-batch": label.header(),
        }
        now = int(time.time())
        signed = sign(
            Message(method="POST", target_uri=target, headers=headers),
            key=self.key,
            covered=wire.COVERED_BATCH,
            created=now,
            expires=now + 600,
            keyid=self.id,
        )
        return Arrived(
            target_uri=target,
            headers=headers | {name.lower(): value for name, value in signed.items()},
            body=body,
        )


class Round:
    """One person, four writers, one who ends it; what went wrong is counted."""

    def __init__(self, hub: "Hub", dice: random.Random) -> None:
        self.hub = hub
        self.person = Person(hub)
        self.ended = threading.Event()
        self.enough = threading.Event()
        self.after = dice.randrange(1, 16)
        self.acknowledged = itertools.count(1)
        self.attempts = 0
        self.received_late = 0
        self.read_late = 0
        self.odd: list[Refusal] = []
        self.size = 0

    def write(self, lane: str) -> None:
        n, left = 1, 3
        while left and n < 500 and not self.odd:
            late = self.ended.is_set()
            arrived = self.person.batch(lane, n)
            self.attempts += 1
            verdict = self.hub.intake.take(arrived).result(timeout=30)
            if isinstance(verdict, Receipt):
                n += 1
                self.received_late += late
                if next(self.acknowledged) >= self.after:
                    self.enough.set()
            elif verdict.reason != "agreement_ended":
                self.odd.append(verdict)
            left -= late

    def read(self) -> None:
        """Look again and again until it is refused; what is seen after the ending is counted."""
        while True:
            late = self.ended.is_set()
            try:
                self.hub.reads.things(
                    self.person.id, table=THINGS, purpose="personalisation", reader=WHO
                )
            except PurposeRefused:
                if late:
                    return
            else:
                self.read_late += late
                if late:
                    return

    def end(self) -> None:
        self.enough.wait(10)
        statements.revoke(self.hub, self.person.id, self.person.agreement)
        with self.hub.reads._journal.read() as reader:  # noqa: SLF001 - the count at this moment
            self.size = self.hub.reads._journal.size(reader)  # noqa: SLF001
        self.ended.set()

    def run(self) -> None:
        threads = [
            threading.Thread(target=self.write, args=(f"lane{number}",))
            for number in range(WRITERS)
        ]
        threads += [threading.Thread(target=self.read), threading.Thread(target=self.end)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def late(self) -> int:
        """How many were committed after the ending was acknowledged."""
        found, _ = self.hub.reads.envelopes(after=self.size, rows_max=1000)
        return len([one for one in found if one.relationship == self.person.id])


@pytest.fixture
def hub(tmp_path: Path) -> Iterator["Hub"]:
    app.found_hub(tmp_path / "hub", name="Reel", url="http://127.0.0.1:9", settings=Settings())
    opened = app.open_hub(tmp_path / "hub", Settings())
    yield opened
    opened.close()


@pytest.mark.timeout(36_000)
@pytest.mark.parametrize(
    "attempts",
    [10_000, pytest.param(100_000, marks=pytest.mark.soak)],
    ids=["short", "long"],
)
def test_nothing_is_committed_after_an_ending(hub: "Hub", attempts: int) -> None:
    dice = random.Random(attempts)
    made = rounds = 0
    while made < attempts:
        one = Round(hub, dice)
        one.run()
        assert one.late() == 0
        assert one.received_late == 0
        assert one.read_late == 0
        assert one.odd == []
        made, rounds = made + one.attempts, rounds + 1
    assert rounds >= attempts // 60


def test_a_check_before_the_transaction_is_found(
    hub: "Hub", monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: the agreement is looked at before the batch waits for the writer."""
    check, number = Intake.check, Intake._number  # noqa: SLF001 - what is broken on purpose

    def check_early(intake: Intake, arrived: Arrived) -> Refusal | None:
        refusal = check(intake, arrived)
        if refusal is None:
            with hub.snapshot() as reader:
                refusal = intake._agreement(reader, arrived.batch)  # type: ignore[arg-type]  # noqa: SLF001
        time.sleep(0.001)
        return refusal

    def admit(
        intake: Intake, handed: Handed, tx: "Tx", batch: "Batch"
    ) -> "Refusal | Repeat | None":
        verdict = number(intake, tx, batch)
        handed.repeated = verdict is not None and not isinstance(verdict, Refusal)
        return verdict

    monkeypatch.setattr(Intake, "check", check_early)
    monkeypatch.setattr(Intake, "_admit", admit)
    dice = random.Random(7)
    for _ in range(60):
        one = Round(hub, dice)
        one.run()
        if one.late():
            return
    pytest.fail("sixty rounds did not show that the check came too early")
