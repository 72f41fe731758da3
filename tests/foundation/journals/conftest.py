"""What all tests of journals stand on: batches, a log key, makers."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from firsthand.foundation.journal import Batch, Journal, Limits, Receipt, Sign
from firsthand.foundation.journals.memory import MemoryJournal
from firsthand.foundation.journals.sqlite import SqliteJournal
from firsthand.foundation.tables import Table
from firsthand.protocol.checkpoints import (
    Checkpoint,
    sign_checkpoint,
    verifier_key,
    verify_checkpoint,
)
from firsthand.protocol.merkle import leaf_hash, verify_inclusion

TABLES = (
    Table(name="agreements", erased=True, hot=True),
    Table(name="folded", erased=True),
    Table(name="kept", erased=False),
)
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
VKEY = verifier_key("log.example", KEY.public_key())

Make = Callable[..., Batch]
Verify = Callable[[Receipt], None]
Open = Callable[..., SqliteJournal]


def sign(size: int, root: bytes) -> str:
    return sign_checkpoint(Checkpoint(origin="log.example", size=size, root=root), KEY)


def made(
    relationship: str = "ada", n: int = 1, lane: str = "phone", body: bytes = b"[{}]"
) -> Batch:
    salt = hashlib.sha256(f"{relationship}/{lane}/{n}".encode()).digest()[:16]
    return Batch(
        relationship=relationship,
        lane=lane,
        n=n,
        role="insight",
        purpose="service",
        agreement="a" * 64,
        salt=salt,
        body=body,
        base=b"\x00base of " + body[:50],
        signature=hashlib.sha512(body).digest(),
        leaf=leaf_hash(salt + f"{lane}/{n}".encode() + hashlib.sha256(body).digest()),
        events=1,
        received_ms=1_700_000_000_000 + n,
    )


@pytest.fixture
def tables() -> tuple[Table, ...]:
    return TABLES


@pytest.fixture
def signing() -> Sign:
    return sign


@pytest.fixture
def make() -> Make:
    return made


@pytest.fixture
def verify() -> Verify:
    """Check a receipt the way a vault does: the checkpoint's signature, then the proof."""

    def check(receipt: Receipt) -> None:
        checkpoint = verify_checkpoint(receipt.checkpoint, VKEY)
        assert checkpoint.size == receipt.size
        assert verify_inclusion(
            receipt.leaf, receipt.index, receipt.size, receipt.proof, checkpoint.root
        )

    return check


@pytest.fixture
def open_sqlite(tmp_path: Path) -> Iterator[Open]:
    """Open SQLite journals; those still open at the end are closed."""
    opened: list[SqliteJournal] = []

    def opening(folder: Path | None = None, limits: Limits | None = None) -> SqliteJournal:
        journal = SqliteJournal(folder or tmp_path / "journal", TABLES, sign, limits)
        opened.append(journal)
        return journal

    yield opening
    for journal in opened:
        journal.close()


@pytest.fixture(params=["memory", "sqlite"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    """Every maker in turn: what one can do, all can do."""
    journal: Journal
    if request.param == "memory":
        journal = MemoryJournal(TABLES, sign)
    else:
        journal = SqliteJournal(tmp_path / "journal", TABLES, sign)
    yield journal
    journal.close()
