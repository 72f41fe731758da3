"""Exports that say themselves what everything in them means: rows, and nothing to ask."""

from collections.abc import Callable, Iterator

from firsthand.vault.sources.export import Each, Export, Guess, Question
from firsthand.vault.sources.patterns import later

TEXT_CHARS_MAX = 2000
_CONTROLS = later(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Streamed(Export):
    """An export whose rows come from a function, anew each time they are asked for."""

    def __init__(self, source: str, format: str, make: Callable[[], Iterator[Each]]) -> None:
        """`source` is the key of its source, `format` is words a person reads."""
        self.source = source
        self.format = format
        self.questions: list[Question] = []
        self.guesses: list[Guess] = []
        self._make = make

    def rows(self) -> Iterator[Each]:
        """Every row, one at a time."""
        return self._make()


def kept(value: object, chars_max: int = TEXT_CHARS_MAX) -> str:
    """A text as it is kept: without signs that control, not longer than `chars_max`.

    "" for what is no text.
    """
    if not isinstance(value, str):
        return ""
    if not value.isprintable():
        value = _CONTROLS.sub("", value)
    return value.strip()[:chars_max]
