"""Child processes that are kept going: one that ends by itself is begun again, with a note.

A child is given a pipe to read from and ends when it closes: whatever way we end, even killed,
it does not stay behind.
"""

import subprocess
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from firsthand.foundation.clock import Clock

END_SECONDS_MAX = 8.0
REST_SECONDS_MIN, REST_SECONDS_MAX = 0.5, 30.0
STEADY_MS = 60_000.0
OWNER_FILE = 0o600

Note = Callable[[str], None]


class Child:
    """One command that runs for ever. `start` begins it, `close` ends it."""

    def __init__(
        self, name: str, command: Sequence[str], log: Path, *, clock: Clock, note: Note
    ) -> None:
        """`command` is run as it is; what it says goes to `log`, anew at each beginning."""
        self.name = name
        self._command = list(command)
        self._log = log
        self._clock = clock
        self._note = note
        self._ending = threading.Event()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, name=f"keeps {name}", daemon=True)

    @property
    def pid(self) -> int | None:
        """The number of the running process, or None between two of them."""
        process = self._process
        return None if process is None or process.poll() is not None else process.pid

    def start(self) -> None:
        """Begin, and keep it going. Raises `OSError` where the command cannot be run at all."""
        self._begin()
        self._thread.start()

    def ask_to_end(self) -> None:
        """Tell it to end, and do not wait."""
        self._ending.set()
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                self._process.terminate()

    def close(self) -> None:
        """End it: asked first, made to after a few seconds."""
        self.ask_to_end()
        process = self._process
        if process is None:
            return
        try:
            process.wait(END_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdin is not None:
            process.stdin.close()
        if self._thread.is_alive():
            self._thread.join()

    def _begin(self) -> None:
        with self._lock:
            if self._ending.is_set():
                return
            self._log.touch(mode=OWNER_FILE)
            with self._log.open("wb") as log:
                # A session of its own: Ctrl-C in a terminal is for us, and we end our children.
                self._process = subprocess.Popen(  # noqa: S603 - our own command
                    self._command,
                    stdin=subprocess.PIPE,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )

    def _keep(self) -> None:
        rest = REST_SECONDS_MIN
        while True:
            process = self._process
            assert process is not None
            began_ms = self._clock.ticks_ms()
            code = process.wait()
            if self._ending.is_set():
                return
            if process.stdin is not None:
                process.stdin.close()
            steady = self._clock.ticks_ms() - began_ms > STEADY_MS
            rest = REST_SECONDS_MIN if steady else min(2 * rest, REST_SECONDS_MAX)
            self._note(f"{self.name} ended ({code}) and begins again. Its last words: {self._log}")
            if self._ending.wait(rest):
                return
            self._begin()
