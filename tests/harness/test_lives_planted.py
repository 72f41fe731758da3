"""Faults that were planted: the machine of lives finds each of them within 100 lives."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis
import pytest
from hypothesis.stateful import run_state_machine_as_test
from tests.harness.lives import Lives

from firsthand.foundation.journals.memory import MemoryJournal
from firsthand.hub.erasing import Erasing
from firsthand.hub.reads import Reads
from firsthand.hub.terms import agreements, relationships, settling
from firsthand.hub.terms.agreements import Standing
from firsthand.protocol import wire
from firsthand.protocol.receipts import BatchLabel
from firsthand.vault.gate import Gate
from firsthand.vault.gate.disclosing import put_log
from firsthand.vault.gate.sending import Sender

LIVES_MAX = 100

Plant = Callable[[pytest.MonkeyPatch], None]


def read_after_the_end(patch: pytest.MonkeyPatch) -> None:
    """Reads look whether there ever was a deal, and not whether it still holds."""

    def allowed(self: Any, snapshot: Any, relationship: str, purpose: str) -> set[str]:  # noqa: ANN401, ARG001
        person = relationships.get(snapshot, relationship)
        held = [] if person is None else agreements.held(snapshot, relationship)
        return {one.id for one in held if purpose in one.roster.purposes} or {""}

    patch.setattr(Reads, "_allowed", allowed)


def purpose_creep(patch: pytest.MonkeyPatch) -> None:
    """Who allows personalisation is read for improvement as well."""
    kept = Standing.allows

    def allows(self: Standing, purpose: str, now: int) -> bool:
        wider = purpose == "improvement" and kept(self, "personalisation", now)
        return wider or kept(self, purpose, now)

    patch.setattr(Standing, "allows", allows)


def read_while_it_rests(patch: pytest.MonkeyPatch) -> None:
    """A pause is written down, and nobody looks."""
    patch.setattr(
        Standing,
        "allows",
        lambda self, purpose, now: self.is_kept(now) and purpose in self.purposes,
    )


def lanes_forgotten(patch: pytest.MonkeyPatch) -> None:
    """The journal does not know what it has had: the same batch is taken again."""
    patch.setattr(MemoryJournal, "lane", lambda *_: None)


def log_after_sending(patch: pytest.MonkeyPatch) -> None:
    """The vault sends, and writes it down when that is done."""

    def disclose(self: Any, name: str, request: Any) -> tuple[Any, list[Any]]:  # noqa: ANN401 - as it is
        leaving = self.compose(name, request)
        line, kept = self._line_to(leaving.relationship), leaving.relationship
        for _, body in leaving.batches:
            label = BatchLabel(lane=kept.lane, n=kept.acked_n + 1, salt=self._chance.bytes(16))
            headers, _ = line.sealed(
                wire.PATH_SIGNALS, body, wire.TYPE_BATCH, leaving.signer, waits=True,
                batch=label.header(),
            )  # fmt: skip
            line.post(wire.PATH_SIGNALS, body, headers)
        put_log(leaving, self._store, self._clock, self._chance)
        return leaving, []

    patch.setattr(Gate, "disclose", disclose)


def given_without_a_receipt(patch: pytest.MonkeyPatch) -> None:
    """The vault notes as given what it has only tried to send."""
    kept = Sender._put_out  # noqa: SLF001 - a planted fault reaches into what it breaks

    def hasty(self: Any, line: Any, row: Any) -> Any:  # noqa: ANN401 - as it is
        with self._store.transaction() as tx:
            tx.run("disclosures.acknowledge", position=row["position"], receipt=None, at="2026")
        return kept(self, line, row)

    patch.setattr(Sender, "_put_out", hasty)


def an_end_that_is_only_receipted(patch: pytest.MonkeyPatch) -> None:
    """The organisation signs that it has ended, and goes on as before."""
    patch.setattr(settling, "withdraw", lambda *_: None)


def half_an_erasure(patch: pytest.MonkeyPatch) -> None:
    """What was answered and read stays when all else of a person is erased."""
    kept = Erasing._delete  # noqa: SLF001 - as above

    def delete(self: Any, relationship: str) -> str:  # noqa: ANN401 - as it is
        self._tables = [name for name in self._tables if name != "agreements"]
        return kept(self, relationship)

    patch.setattr(Erasing, "_delete", delete)


PLANTED: tuple[Plant, ...] = (
    read_after_the_end,
    purpose_creep,
    read_while_it_rests,
    lanes_forgotten,
    log_after_sending,
    given_without_a_receipt,
    an_end_that_is_only_receipted,
    half_an_erasure,
)


@contextlib.contextmanager
def told(plant: Plant) -> Iterator[None]:
    """What was found is printed: after how many lives."""
    with pytest.raises(AssertionError) as found:
        yield
    print(f"{plant.__name__}: {str(found.value)[:200]}")


@pytest.mark.parametrize("plant", PLANTED, ids=[plant.__name__ for plant in PLANTED])
def test_a_planted_fault_is_found(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    lives = 0

    class Counted(Lives):
        def __init__(self) -> None:
            nonlocal lives
            lives += 1
            super().__init__()

    with told(plant):
        run_state_machine_as_test(
            hypothesis.seed(4711)(Counted),
            settings=hypothesis.settings(
                max_examples=LIVES_MAX,
                stateful_step_count=15,
                derandomize=False,
                database=None,
                phases=[hypothesis.Phase.generate],
                report_multiple_bugs=False,
                suppress_health_check=list(hypothesis.HealthCheck),
            ),
        )
    print(f"found after {lives} lives")
