"""Refusals are said in words that a person can read, wherever a test is refused."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from firsthand.protocol.refusals import Refusal, Refused


def in_words(said: object) -> bool:
    """Whether a person can read it; an error is told as it is, an address in small letters."""
    if not isinstance(said, str) or said in {"", "None"} or said.endswith("None"):
        return False
    if "XX" in said.replace("\\uXXXX", ""):  # a text that was changed on purpose
        return False
    error = sys.exc_info()[1]
    if error is not None and str(error) and str(error) in said:
        return True
    if said.startswith("http"):
        return True
    return said not in {said.lower(), said.upper()}


@contextmanager
def said_in_words() -> Iterator[None]:
    """Whatever is refused in this block is said in words, and not by its reason alone."""
    kept = Refused.__init__

    def looked_at(self: Refused, refusal: Refusal) -> None:
        assert in_words(refusal.detail), refusal
        kept(self, refusal)

    Refused.__init__ = looked_at  # type: ignore[method-assign]
    try:
        yield
    finally:
        Refused.__init__ = kept  # type: ignore[method-assign]
