"""Each organisation is asked at a moment of its own, and soon after it was given something."""

from hypothesis import given
from hypothesis import strategies as st

from firsthand.foundation.ids import SeededChance
from firsthand.vault.pages.rounds import SOON_MS, Rounds

PACE_MS = 3000.0


def asked(rounds: Rounds, names: list[str], until_ms: int) -> dict[str, list[float]]:
    """When each one is asked, to the millisecond, as the tender goes about it."""
    found: dict[str, list[float]] = {name: [] for name in names}
    now = 0.0
    while now < until_ms:
        rounds.follow(names, now, PACE_MS)
        for name in rounds.due(now, PACE_MS):
            found[name].append(now)
        now += max(1.0, rounds.wait_ms(now, PACE_MS))
    return found


@given(st.integers(0, 10_000))
def test_nobody_is_asked_because_another_one_is(seed: int) -> None:
    names = ["chorus", "reel", "shop"]
    found = asked(Rounds(SeededChance(seed)), names, 60_000)
    for name in names:
        gaps = [b - a for a, b in zip(found[name], found[name][1:], strict=False)]
        assert found[name][0] <= PACE_MS
        assert all(PACE_MS / 2 <= gap <= 1.5 * PACE_MS + 1 for gap in gaps)
    together = [at for at in found["reel"] if at in found["chorus"]]
    assert len(together) <= len(found["reel"]) // 3


@given(st.integers(0, 10_000))
def test_who_was_given_something_is_asked_at_once_and_soon_again(seed: int) -> None:
    rounds = Rounds(SeededChance(seed))
    rounds.follow(["chorus", "reel"], 0.0, PACE_MS)
    rounds.soon("reel", 0.0)
    moments = []
    for now in range(0, 1501, 50):
        due = rounds.due(float(now), PACE_MS)
        moments += [now] if "reel" in due else []
    assert set(moments) >= {each for each in SOON_MS if each <= 1500}
    rounds.soon("reel", 2000.0)
    assert rounds.wait_ms(2000.0, PACE_MS) == 0
    assert "reel" in rounds.due(2000.0, PACE_MS)
    rounds.answered("reel")
    assert "reel" not in rounds.due(2300.0, PACE_MS)


def test_who_is_followed_no_more_is_asked_no_more() -> None:
    rounds = Rounds(SeededChance(1))
    rounds.follow(["reel"], 0.0, PACE_MS)
    rounds.soon("reel", 0.0)
    rounds.follow([], 0.0, PACE_MS)
    assert rounds.due(10 * PACE_MS, PACE_MS) == []
    assert rounds.wait_ms(0.0, PACE_MS) == PACE_MS


def test_a_pace_that_becomes_faster_is_kept_at_once() -> None:
    rounds = Rounds(SeededChance(2))
    rounds.follow(["reel"], 0.0, 100_000.0)
    rounds.due(200_000.0, 100_000.0)
    rounds.due(200_001.0, PACE_MS)
    assert rounds.wait_ms(200_001.0, 100_000.0) <= 1.5 * PACE_MS
