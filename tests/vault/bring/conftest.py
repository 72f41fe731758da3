"""A real encrypted vault and small exports to bring."""

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.harness.cheap import new_store

from firsthand.foundation.clock import SetClock
from firsthand.foundation.ids import SystemChance
from firsthand.vault.bring.beside import Reader
from firsthand.vault.bring.importing import Run, import_file, import_held
from firsthand.vault.bring.report import Report
from firsthand.vault.store import Store

Make = Callable[[str], Store]
Bring = Callable[..., Report]


@pytest.fixture
def bring(clock: SetClock) -> Iterator[Bring]:
    """Bring a file, by its path or out of memory; `how` as `Run` takes it."""
    with Reader() as reader:

        def one(
            store: Store,
            given: Path | tuple[str, bytes],
            answers: dict[str, str] | None = None,
            **how: Any,  # noqa: ANN401 - whatever a run takes
        ) -> Report:
            run = Run(
                store=store, answers=answers or {}, clock=clock, chance=SystemChance(),
                reader=how.pop("reader", reader), **how,
            )  # fmt: skip
            if isinstance(given, Path):
                return import_file(run, given)
            return import_held(run, Path(given[0]), io.BytesIO(given[1]))

        yield one


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2024, 5, 1, 12, tzinfo=UTC))


@pytest.fixture
def make(tmp_path: Path, clock: SetClock) -> Iterator[Make]:
    """Make an opened vault of a name."""
    opened = []

    def one(name: str) -> Store:
        store, _ = new_store(tmp_path / name, "passphrase", clock)
        opened.append(store)
        return store

    yield one
    for store in opened:
        store.close()


@pytest.fixture
def store(make: Make) -> Store:
    return make("mine")


@pytest.fixture
def export(tmp_path: Path) -> Callable[..., Path]:
    """Write an export of viewings: the titles, with as many days from 13 January as there are."""

    def write(titles: list[str], name: str = "viewed.csv", date: str = "1/13/24") -> Path:
        path = tmp_path / name
        rows = "".join(f'"{title}","{date}"\n' for title in titles)
        path.write_text("Title,Date\n" + rows)
        return path

    return write
