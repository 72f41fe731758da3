"""A challenge is good once, for minutes, and only where it was made."""

from datetime import UTC, datetime, timedelta

from firsthand.foundation.clock import SetClock
from firsthand.foundation.ids import SeededChance
from firsthand.foundation.web.challenges import AGE_MS_MAX, Challenges

START = datetime(2024, 1, 3, 12, tzinfo=UTC)


def test_good_once_and_not_for_long() -> None:
    clock = SetClock(START)
    made = Challenges(clock=clock, chance=SeededChance(1))
    first, second = made.make(), made.make()
    assert first != second
    assert (made.holds(first), made.use(first), made.use(first), made.holds(first)) == (
        True, True, False, False,
    )  # fmt: skip
    clock.advance(timedelta(milliseconds=AGE_MS_MAX))
    assert not made.use(second)


def test_of_nobody_else_and_not_changed() -> None:
    clock = SetClock(START)
    made, other = (Challenges(clock=clock, chance=SeededChance(seed)) for seed in (1, 2))
    challenge = made.make()
    assert not other.use(challenge)
    for at in range(len(challenge)):
        changed = challenge[:at] + bytes([challenge[at] ^ 1]) + challenge[at + 1 :]
        assert not made.holds(changed)
    assert not made.holds(b"")
    assert made.use(challenge)
