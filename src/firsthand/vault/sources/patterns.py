"""Patterns that are made when they are first used: what nobody reads costs nothing at the start."""

import re
from collections.abc import Callable
from typing import Any, AnyStr, cast


class _Later:
    """Stands where a pattern stands, and makes it when the first of its methods is asked for."""

    def __init__(self, make: Callable[[], re.Pattern[Any]]) -> None:
        self._make = make

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - what the pattern has
        found = getattr(self._make(), name)
        # From now on it is found at once, without this function.
        setattr(self, name, found)
        return found


def later(text: AnyStr, flags: int = 0) -> "re.Pattern[AnyStr]":
    """The same as `re.compile`, for calling its methods. It is no argument for a function of `re`.

    A pattern that is wrong is only told of when it is used.
    """
    return cast("re.Pattern[AnyStr]", _Later(lambda: re.compile(text, flags)))
