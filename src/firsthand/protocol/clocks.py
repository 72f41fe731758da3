"""Moments in words, and what is said where two clocks are too far apart."""

import datetime

from firsthand.protocol.wire import SKEW_S_MAX


def stamp_of(seconds: int) -> str:
    """Seconds since 1970 as RFC 3339 in UTC; the number itself where no calendar has such a day."""
    try:
        moment = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    except (ValueError, OverflowError, OSError):
        return str(seconds)
    return moment.replace(tzinfo=None).isoformat() + "Z"


def clock_apart(said: int, here: int) -> str:
    """The words for two clocks that differ: both times, in UTC. Either side may read them."""
    return (
        f"It was signed at {moment_of(said)}, and by the clock of the other side it is "
        f"{moment_of(here)}. The two may differ by {SKEW_S_MAX // 60} minutes. Set the clock that "
        "is wrong and try again."
    )


def moment_of(seconds: int) -> str:
    """Seconds since 1970 as people read them: `2026-11-22 22:37:06 UTC`."""
    return stamp_of(seconds).replace("T", " ").replace("Z", " UTC")
