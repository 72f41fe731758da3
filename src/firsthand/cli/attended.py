"""Runs one command that ends when whoever began it is gone, even if that was killed.

`python -m firsthand.cli.attended hub serve ...`: standard input is a pipe that only the parent
holds. When it closes, this process asks itself to end.
"""

import os
import signal
import sys
import threading
from types import FrameType

from firsthand.cli import main

END_SECONDS_MAX = 10.0


def attend(descriptor: int) -> None:
    """Wait until the other end of the pipe is closed, then end this process."""
    while os.read(descriptor, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(END_SECONDS_MAX)
    os._exit(1)  # it did not end when it was asked to


def end(_signal: int, _frame: FrameType | None) -> None:
    """End in order: what is open is closed on the way out."""
    sys.exit(0)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, end)
    threading.Thread(target=attend, args=(sys.stdin.fileno(),), daemon=True).start()
    sys.exit(main())
