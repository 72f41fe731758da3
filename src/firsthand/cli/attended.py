"""Runs one command that ends when whoever began it is gone, even if that was killed.

`python -m firsthand.cli.attended hub serve ...`: standard input is a pipe that only the parent
holds. When it closes, this process asks itself to end, as Ctrl-C would.
"""

import os
import signal
import sys
import threading

from firsthand.cli import main

END_SECONDS_MAX = 10.0


def attend(descriptor: int) -> None:
    """Wait until the other end of the pipe is closed, then end this process."""
    while os.read(descriptor, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(END_SECONDS_MAX)
    os._exit(1)  # it did not end when it was asked to


if __name__ == "__main__":
    threading.Thread(target=attend, args=(sys.stdin.fileno(),), daemon=True).start()
    sys.exit(main())
