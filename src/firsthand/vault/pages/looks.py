"""What was dropped and is not kept: in memory, for one visitor each, and not for long.

What is too large for that is sealed beside it (`visiting`), and goes with the look. A look holds
the files, the person's answers about them, and what was found. It is bounded in number, in size
and in time, and it is gone when it is kept, forgotten, too old, or the program ends.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from contextlib import ExitStack
from typing import TYPE_CHECKING, BinaryIO, Final

import msgspec

from firsthand.vault.acts import looking
from firsthand.vault.acts.uploading import UploadRefused
from firsthand.vault.acts.visiting import THINGS
from firsthand.vault.pages.forms import FILES_BYTES_MAX, FILES_MAX, Dropped

if TYPE_CHECKING:
    import datetime

    from firsthand.foundation.clock import Clock
    from firsthand.foundation.ids import Chance
    from firsthand.vault.acts.visiting import Visits

LOOKS_MAX: Final = 24
LOOKS_BYTES_MAX: Final = 512 * 1024 * 1024
LOOK_SECONDS_MAX: Final = 30 * 60
# Of what was sent in slices so much is read for a first look; all of it once it is kept.
SENT_THINGS_MAX: Final = 200_000
SENT_READ_MS_MAX: Final = 15_000.0
SENT_FIRST_MS_MAX: Final = 45_000.0
READING_AT_ONCE: Final = 2
READING_WAIT_SECONDS_MAX: Final = 20.0
ANSWERS_MAX: Final = 400


class LookGone(LookupError):
    """What was dropped is no longer in memory: half an hour has passed. Drop it again."""


class LookRefused(Exception):
    """No more can be held in memory for this visitor, or for all of them. Nothing was read."""


class Look(msgspec.Struct, kw_only=True):
    """One visitor's files with what was found in them.

    `sent` are the ids of what came in slices and is here whole. `told` is what `look_streams`
    returns, `asked` every question it has asked so far, by its id.
    """

    token: str
    files: list[Dropped] = []
    sent: list[str] = []
    answers: dict[str, str] = {}
    told: dict[str, object] | None = None
    asked: dict[str, dict[str, object]] = {}
    sample: bool = False
    seen_ms: float = 0.0

    @property
    def held(self) -> int:
        """How many files there are to look at."""
        return len(self.files) + len(self.sent)

    @property
    def size_bytes(self) -> int:
        """How much memory the files take."""
        return sum(len(file.content) for file in self.files)


class Looks:
    """All visitors' looks, by a token in a cookie. Safe between threads."""

    def __init__(self, *, clock: Clock, chance: Chance, visits: Visits) -> None:
        self.visits = visits
        self._clock, self._chance = clock, chance
        self._looks: OrderedDict[str, Look] = OrderedDict()
        self._lock = threading.RLock()
        self._reading = threading.BoundedSemaphore(READING_AT_ONCE)

    def begin(self) -> str:
        """Return the token of a new look. When there are too many, the oldest is dropped.

        One that sends something large stays before others: there are few of these.
        """
        token = self._chance.token(32)
        with self._lock:
            self._looks[token] = Look(token=token, seen_ms=self._clock.ticks_ms())
            while len(self._looks) > LOOKS_MAX:
                light = (each for each in self._looks if not self.visits.has_sent(each))
                self.forget(next(light, next(iter(self._looks))))
        return token

    def read(self, token: str | None) -> Look | None:
        """Return a look and note that it is in use, or None."""
        with self._lock:
            look = self._looks.get(token or "")
            if look is None or token is None:
                return None
            if self._is_old(look):
                self.forget(token)
                return None
            look.seen_ms = self._clock.ticks_ms()
            self._looks.move_to_end(token)
            return look

    def forget(self, token: str | None) -> None:
        """Drop a look and everything in it."""
        with self._lock:
            self._looks.pop(token or "", None)
        self.visits.forget(token or "")

    def forget_old(self) -> None:
        """Drop every look that nobody has come back to for half an hour."""
        with self._lock:
            for token in [token for token, look in self._looks.items() if self._is_old(look)]:
                self.forget(token)

    def take_sent(self, look: Look, ids: list[str]) -> None:
        """Look at what came in slices as well. Raises `UploadRefused` where it is not whole."""
        for id in ids:
            upload = self.visits.one(look.token, THINGS, id)
            if not self.visits.is_whole(upload):
                raise UploadRefused(f"{upload.name} has not come to its end yet.", status=409)
        with self._lock:
            before = [] if look.sample else look.files
            look.files, look.sample, look.told = before, False, None
            look.sent = list(dict.fromkeys([*look.sent, *ids]))

    def add(self, look: Look, files: list[Dropped], *, sample: bool = False) -> None:
        """Take more files into a look; the same file twice is one. Raises `LookRefused`.

        A sample and one's own files are never mixed: the later choice replaces the other.
        """
        with self._lock:
            before = look.files if look.sample == sample and not sample else []
            held = {(file.name, file.content): file for file in [*before, *files]}
            size = sum(len(file.content) for file in held.values())
            if size > FILES_BYTES_MAX or len(held) > FILES_MAX:
                most = FILES_BYTES_MAX // (1024 * 1024)
                raise LookRefused(
                    f"At most {FILES_MAX} files and {most} MB are held at once. Keep what is here, "
                    "or start again."
                )
            others = sum(each.size_bytes for each in self._looks.values() if each is not look)
            if others + size > LOOKS_BYTES_MAX:
                raise LookRefused("Many people are looking right now. Try again in a few minutes.")
            look.files, look.sample, look.told = list(held.values()), sample, None
            if sample:
                look.sent = []
                self.visits.forget(look.token)

    def answer(self, look: Look, answers: dict[str, str]) -> None:
        """Take answers to questions, or corrections of guesses."""
        with self._lock:
            kept = {**look.answers, **answers}
            look.answers = dict(list(kept.items())[-ANSWERS_MAX:])
            look.told = None

    def tell(self, look: Look, today: datetime.date) -> dict[str, object]:
        """What is in a look's files, by `look_streams`, read once. Raises `LookRefused`."""
        if look.told is None:
            if not self._reading.acquire(timeout=READING_WAIT_SECONDS_MAX):
                raise LookRefused("Many files are being read right now. Try again in a minute.")
            try:
                look.told = self._read(look, today)
            except (OSError, UploadRefused) as error:
                raise LookGone from error
            finally:
                self._reading.release()
        return look.told

    def _read(self, look: Look, today: datetime.date) -> dict[str, object]:
        streams: list[tuple[str, bytes | BinaryIO]]
        streams = [(file.name, file.content) for file in look.files]
        if not look.sent:
            return looking.look_streams(streams, look.answers, today)
        begun_ms = self._clock.ticks_ms()

        def enough(things: int) -> bool:
            # A look that shows nothing is worth a little more patience.
            most_ms = SENT_READ_MS_MAX if things else SENT_FIRST_MS_MAX
            return things >= SENT_THINGS_MAX or self._clock.ticks_ms() - begun_ms > most_ms

        with ExitStack() as stack:
            for id in look.sent:
                upload = self.visits.one(look.token, THINGS, id)
                stream = stack.enter_context(self.visits.open(upload))
                streams.append((upload.name, stream))
            return looking.look_streams(streams, look.answers, today, enough)

    def __len__(self) -> int:
        """How many looks there are."""
        with self._lock:
            return len(self._looks)

    def _is_old(self, look: Look) -> bool:
        return self._clock.ticks_ms() - look.seen_ms > LOOK_SECONDS_MAX * 1000
