"""A real encrypted vault, made with the cheapest passphrase that is allowed."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.harness.cheap import new_store

from firsthand.foundation.clock import SetClock
from firsthand.protocol.things import Thing
from firsthand.vault.store import Store
from firsthand.vault.store.things import row_for

PASSPHRASE = "canary passphrase 7291"


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2024, 5, 1, 12, tzinfo=UTC))


@pytest.fixture
def made(tmp_path: Path, clock: SetClock) -> Iterator[tuple[Store, str]]:
    """An opened vault and its recovery code."""
    store, code = new_store(tmp_path / "mine", PASSPHRASE, clock)
    yield store, code
    store.close()


@pytest.fixture
def store(made: tuple[Store, str]) -> Store:
    return made[0]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A vault for laws, which begin by emptying it."""
    clock = SetClock(datetime(2024, 5, 1, 12, tzinfo=UTC))
    folder = tmp_path_factory.mktemp("shared") / "mine"
    store, _ = new_store(folder, PASSPHRASE, clock)
    yield store
    store.close()


@pytest.fixture(scope="session")
def passphrase() -> str:
    return PASSPHRASE


@pytest.fixture(scope="session")
def keep() -> Callable[[Store, list[str]], None]:
    """Keep a film of each name, in one import."""
    return add_things


def add_things(store: Store, names: list[str]) -> None:
    with store.transaction() as tx:
        row = tx.row(
            "imports.begin", path_name="a.csv", source="netflix", format="x", at="2024", sha256="0"
        )
        assert row is not None
        tx.run_many("things.add", [row_for(watched(name), row["id"]) for name in names])


def watched(name: str, time: str | None = "2024-01-03") -> Thing:
    data: dict[str, object] = {"@type": "WatchAction", "name": name, "startTime": time}
    data["object"] = {"@type": "Movie", "name": name, "note": "Überraschung"}
    return Thing(id=f"id of {name}", type="WatchAction", name=name, time=time, source="netflix",
                 data=data)  # fmt: skip
