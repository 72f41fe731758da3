"""Dice over a source of chance: numbers, choices and odds, the same for the same seed."""

from collections.abc import Sequence
from typing import TypeVar

from firsthand.foundation.ids import Chance

T = TypeVar("T")


class Dice:
    """Plays with the bytes of a `Chance`. Not for secrets: small numbers come up a bit oftener."""

    def __init__(self, chance: Chance) -> None:
        """Play with the bytes of `chance`; each roll takes four."""
        self._chance = chance

    def below(self, sides: int) -> int:
        """A number from 0 to `sides` - 1; `sides` is 1 to 65536."""
        return int.from_bytes(self._chance.bytes(4)) % sides

    def between(self, low: int, high: int) -> int:
        """A number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def hits(self, percent: int) -> bool:
        """True in `percent` of 100 rolls."""
        return self.below(100) < percent

    def pick(self, choices: Sequence[T]) -> T:
        """One of `choices`, of which there is at least one."""
        return choices[self.below(len(choices))]

    def shuffled(self, choices: Sequence[T]) -> list[T]:
        """All of `choices` in another order."""
        left = list(choices)
        return [left.pop(self.below(len(left))) for _ in range(len(left))]
