"""Only files are opened: nothing that would be waited for."""

import os
import socket
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from firsthand.vault.acts.looking import look
from firsthand.vault.bring.finding import open_file
from firsthand.vault.bring.report import Report
from firsthand.vault.sources import UnableToRead
from firsthand.vault.store import Store

Bring = Callable[..., Report]


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe.csv")
    return folder / "pipe.csv"


def bound(folder: Path) -> Path:
    with socket.socket(socket.AF_UNIX) as made:
        here = Path.cwd()
        os.chdir(folder)
        try:
            made.bind("s.csv")
        finally:
            os.chdir(here)
    return folder / "s.csv"


@pytest.mark.parametrize(
    ("other", "kind"),
    [(pipe, "a pipe"), (bound, "a socket"), (lambda _: Path("/dev/zero"), "a device")],
    ids=["pipe", "socket", "device"],
)
def test_what_is_no_file_is_refused_without_waiting(
    store: Store, bring: Bring, tmp_path: Path, other: Callable[[Path], Path], kind: str
) -> None:
    path = other(tmp_path)
    with pytest.raises(UnableToRead, match=kind):
        open_file(path)
    seen = look([path], date(2024, 5, 1))
    files = seen["files"]
    assert isinstance(files, list)
    assert kind in files[0]["error"]
    assert kind in str(bring(store, path).error)


def test_standard_input_is_not_read() -> None:
    with pytest.raises(UnableToRead, match="Standard input"):
        open_file(Path("-"))
