"""Imports that go on while the person looks at other pages: one a vault, each in a thread.

Pages hear of how far it is; the person has it wait, go on or end. What it came to stays here until
it was read.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any, Final

from firsthand.vault.acts import bringing, noticing
from firsthand.vault.pages.cabinet import Cabinet, Locked

if TYPE_CHECKING:
    from collections.abc import Callable

    from firsthand.foundation.web.streams import Streams
    from firsthand.vault.acts.bringing import Control, Progress
    from firsthand.vault.acts.opened import Vault

PART: Final = "live-bringing"
BAR: Final = "live-bringing-bar"
WHOLE: Final = "bringing"
PARTS_OF: Final = 1000
HREF: Final = "/bring/going"
DONE: Final = "It is done."
END_SECONDS_MAX: Final = 5.0
_MB: Final = 1_000_000
log = logging.getLogger("firsthand.vault.pages")


class UnableToBegin(Exception):
    """Another import of this vault is still under way. Wait for it, or stop it."""


class Going:
    """One import: how far it is, and in the end what it came to."""

    def __init__(self) -> None:
        """It has just begun."""
        self.control = bringing.Control()
        self.progress: Progress | None = None
        self.report: dict[str, Any] | None = None
        self.fault = ""
        self.ended = threading.Event()

    def says(self) -> str:
        """How far it is, in a sentence."""
        told = self.progress
        if told is None:
            return "It begins."
        parts = [f"{told.rows:,} {'row' if told.rows == 1 else 'rows'} read"]
        if told.files > 1:
            parts.insert(0, f"File {told.file} of {told.files}")
        if told.members:
            parts.append(f"{told.members:,} {_files(told.members)} in it gone through")
        if told.size_bytes > _MB:
            parts.append(f"{told.at_bytes / _MB:,.0f} of {told.size_bytes / _MB:,.0f} MB")
        said = ", ".join(parts) + "."
        return f"It waits. {said}" if self.control.paused else said

    @property
    def part(self) -> int | None:
        """How many thousandths of it lie behind, for a bar; None where that is not known."""
        told = self.progress
        if told is None or not told.size_bytes:
            return None
        return min(told.at_bytes, told.size_bytes) * PARTS_OF // told.size_bytes


def _files(count: int) -> str:
    return "file" if count == 1 else "files"


class Underway:
    """The imports of all open vaults. Safe between threads."""

    def __init__(self, cabinet: Cabinet, streams: Streams) -> None:
        """None is under way."""
        self._cabinet, self._streams = cabinet, streams
        self._going: dict[str, Going] = {}
        self._threads: set[threading.Thread] = set()
        self._lock = threading.Lock()

    def of(self, slug: str) -> Going | None:
        """The import that is under way, or ended and was not read about yet."""
        with self._lock:
            return self._going.get(slug)

    def begin(
        self,
        slug: str,
        work: Callable[[Vault, Callable[[Progress], None], Control], dict[str, Any]],
        nudge: Callable[[str], None],
    ) -> Going:
        """Begin an import. `work` does it. Raises `UnableToBegin` while another goes on."""
        with self._lock:
            before = self._going.get(slug)
            if before is not None and not before.ended.is_set():
                raise UnableToBegin("Another import is still under way. Wait for it, or stop it.")
            going = self._going[slug] = Going()
            thread = threading.Thread(
                target=self._run, args=(slug, going, work, nudge), name="vault import", daemon=True
            )
            self._threads.add(thread)
            thread.start()
        return going

    def take(self, slug: str) -> Going | None:
        """What an import came to, once; None where none has ended."""
        with self._lock:
            going = self._going.get(slug)
            if going is None or not going.ended.is_set():
                return None
            return self._going.pop(slug)

    def close(self) -> None:
        """End every import, with what it has read: the program ends."""
        with self._lock:
            threads, going = set(self._threads), list(self._going.values())
        for each in going:
            each.control.stop()
        for thread in threads:
            thread.join(END_SECONDS_MAX)

    def _run(
        self,
        slug: str,
        going: Going,
        work: Callable[[Vault, Callable[[Progress], None], Control], dict[str, Any]],
        nudge: Callable[[str], None],
    ) -> None:
        def tell(progress: Progress) -> None:
            going.progress = progress
            if self._cabinet.used_seconds_ago(slug) is None:
                going.control.stop()  # it was locked: what was read stays, and goes on later
            self._cabinet.touch(slug)
            self._streams.publish(slug, PART, going.says())
            if going.part is not None:
                self._streams.publish(slug, BAR, str(going.part))

        try:
            with self._cabinet.lend(slug, in_use=False) as vault:
                going.report = work(vault, tell, going.control)
                noticing.notice_soon(vault, vault.clock.now().date())
        except Locked:
            going.fault = "Your data was locked before it began."
        except Exception as error:  # noqa: BLE001 - it is told of on its page
            log.warning("An import failed: %s", type(error).__name__)
            going.fault = "It could not be kept to its end. What was kept stays: give it again."
        going.ended.set()
        with self._lock:
            self._threads.discard(threading.current_thread())
        nudge(slug)
        # Whoever looks at the page of it is shown what it came to; others are left where they are.
        self._streams.publish(slug, PART, DONE)
        self._streams.publish(slug, WHOLE)
