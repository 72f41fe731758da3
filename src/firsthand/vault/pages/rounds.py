"""When each organisation is asked next: each at a moment of its own, sooner after a gift.

An organisation that is asked in the same second as another one could be told that both know the
same person. So every one has its own pace, which chance draws anew each time; opening a vault, or
something that concerns another one, moves nobody's moment. Only who was just given something is
asked at once, and a few times more soon after, until its answer is there.
"""

from collections.abc import Iterable
from typing import Final

from firsthand.foundation.ids import Chance

# After something was given: an answer takes a moment, and longer where much is going on.
SOON_MS: Final = (0, 300, 700, 1500, 3000, 6000, 12000)
_STEPS: Final = 256


class Rounds:
    """The moments of one vault's relationships, in milliseconds of a steady clock."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance
        self._due: dict[str, float] = {}
        self._soon: dict[str, list[float]] = {}

    def follow(self, names: Iterable[str], now_ms: float, pace_ms: float) -> None:
        """Keep these relationships in view and no others; a new one gets a moment within a pace."""
        wanted = set(names)
        self._due = {name: due for name, due in self._due.items() if name in wanted}
        self._soon = {name: soon for name, soon in self._soon.items() if name in wanted}
        for name in wanted - set(self._due):
            self._due[name] = now_ms + self._drawn(0.0, pace_ms)

    def soon(self, name: str, now_ms: float) -> None:
        """Ask this one at once, and a few times more: something was just given to it."""
        self._soon[name] = [now_ms + each for each in SOON_MS]

    def answered(self, name: str) -> None:
        """Something new came from this one, so it need not be asked again soon."""
        self._soon.pop(name, None)

    def due(self, now_ms: float, pace_ms: float) -> list[str]:
        """Who is to be asked now; their next moments are half a pace to one and a half away.

        A pace that has become faster since is kept for those who wait for longer than it allows.
        """
        found = []
        for name in sorted(self._due):
            self._due[name] = min(self._due[name], now_ms + 1.5 * pace_ms)
            soon = self._soon.get(name, [])
            if self._due[name] > now_ms and (not soon or soon[0] > now_ms):
                continue
            found.append(name)
            self._soon[name] = [each for each in soon if each > now_ms]
            self._due[name] = now_ms + self._drawn(0.5 * pace_ms, 1.5 * pace_ms)
        return found

    def wait_ms(self, now_ms: float, pace_ms: float) -> float:
        """How long nobody is to be asked, at most a pace."""
        moments = [*self._due.values(), *(soon[0] for soon in self._soon.values() if soon)]
        return max(0.0, min([*(each - now_ms for each in moments), pace_ms]))

    def _drawn(self, low: float, high: float) -> float:
        """A number between the two."""
        part = int.from_bytes(self._chance.bytes(2), "big") / (_STEPS * _STEPS)
        return low + (high - low) * part
