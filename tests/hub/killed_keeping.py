"""A process that does what is due and is killed after so many slices: `FOLDER LATER_S SLICES`."""

import itertools
import os
import signal
import sys
from concurrent.futures import Future
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.harness.shifted import Shifted

from firsthand import app
from firsthand.foundation.journal import Order
from firsthand.foundation.journals.sqlite import SqliteJournal
from firsthand.foundation.settings import Settings
from firsthand.hub import erasing, withdrawing


def main() -> None:
    """Arm, open, do what is due; who is not killed says so."""
    folder, later_s, slices = sys.argv[1:]
    erasing.ROWS_A_SLICE = erasing.BATCHES_A_SLICE = withdrawing.ROWS_A_SLICE = 1
    submit, count = SqliteJournal.submit, itertools.count(1)

    def killing(journal: SqliteJournal, work: Any, order: Order = Order.PROJECT) -> Future[Any]:  # noqa: ANN401
        future = submit(journal, work, order)
        if order is Order.ERASE:
            future.result()
            if next(count) == int(slices):
                os.kill(os.getpid(), signal.SIGKILL)
        return future

    SqliteJournal.submit = killing  # type: ignore[assignment, method-assign]
    clock = Shifted()
    clock.by = timedelta(seconds=int(later_s))
    hub = app.open_hub(Path(folder), Settings(), clock=clock)
    hub.erasing.close()
    hub.keeping.work_off()
    hub.close()
    print("finished")


if __name__ == "__main__":
    main()
