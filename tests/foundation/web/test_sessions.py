"""Who is signed in, until when, and how often a wrong word may be tried."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import Response

from firsthand.foundation.clock import SetClock
from firsthand.foundation.ids import SeededChance
from firsthand.foundation.web.sessions import SessionCookie, Sessions
from firsthand.foundation.web.throttle import Throttle

START = datetime(2024, 1, 3, 12, tzinfo=UTC)


def sessions(clock: SetClock, **more: Any) -> Sessions[str]:  # noqa: ANN401 - settings
    return Sessions(clock=clock, chance=SeededChance(1), **more)


def test_a_token_opens_what_it_was_given_for_and_no_other_does() -> None:
    kept = sessions(SetClock(START))
    anna, bert = kept.open("anna"), kept.open("bert")
    assert (kept.read(anna), kept.read(bert)) == ("anna", "bert")
    assert len(anna) == 43
    for wrong in (None, "", anna[:-1], anna + "A", "A" * 43, "é", "x" * 100_000):
        assert kept.read(wrong) is None


def test_the_token_itself_is_nowhere_in_memory() -> None:
    kept = sessions(SetClock(START))
    token = kept.open("anna")
    assert token not in repr(vars(kept))
    assert token.encode() not in repr(vars(kept)).encode()


def test_a_session_ends_when_idle_when_old_and_when_closed() -> None:
    clock = SetClock(START)
    kept = sessions(clock, idle_seconds_max=60, age_seconds_max=150)
    idle, used, closed = kept.open("idle"), kept.open("used"), kept.open("closed")
    kept.close(closed)
    assert kept.read(closed) is None
    for _ in range(3):
        clock.advance(timedelta(seconds=50))
        assert kept.read(used) == "used"
    assert kept.read(idle) is None
    clock.advance(timedelta(seconds=1))
    assert kept.read(used) is None


def test_everywhere_means_everywhere_of_one() -> None:
    kept = sessions(SetClock(START))
    one, two, other = kept.open("anna"), kept.open("anna"), kept.open("bert")
    assert kept.close_where(lambda who: who == "anna") == 2
    assert [kept.read(token) for token in (one, two, other)] == [None, None, "bert"]


def test_the_one_idle_for_longest_makes_room() -> None:
    clock = SetClock(START)
    kept = sessions(clock, count_max=2)
    first, second = kept.open("first"), kept.open("second")
    kept.read(first)
    third = kept.open("third")
    assert [kept.read(token) for token in (first, second, third)] == ["first", None, "third"]
    assert kept.count() == 2


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites() -> None:
    plain, safe = Response(), Response()
    SessionCookie(side="vault", port=8700).put(plain, "t")
    SessionCookie(side="hub", port=443, https=True).put(safe, "t")
    said = plain.headers["set-cookie"]
    assert said.startswith("firsthand_vault_8700=t;")
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(said.split("; "))
    assert "Secure" not in said
    said = safe.headers["set-cookie"]
    assert said.startswith("__Host-firsthand_hub_443=t;")
    assert {"HttpOnly", "SameSite=strict", "Path=/", "Secure"} <= set(said.split("; "))
    assert "Domain" not in said
    assert "Max-Age" not in said


def test_a_wrong_word_may_be_tried_a_few_times_then_waits_longer_each_time() -> None:
    clock = SetClock(START)
    tries = Throttle(clock=clock, free_tries=3, first_wait_ms=1000, wait_ms_max=5000)
    waits = []
    for _ in range(7):
        waits.append(tries.wait_ms("anna", "::1"))
        clock.advance(timedelta(milliseconds=waits[-1]))
        tries.failed("anna", "::1")
    assert waits == [0, 0, 0, 1000, 2000, 4000, 5000]
    assert tries.wait_ms("bert", "::1") == 0
    tries.succeeded("anna", "::1")
    assert tries.wait_ms("anna", "::1") == 0


def test_an_old_failure_is_forgotten_and_what_is_kept_is_bounded() -> None:
    clock = SetClock(START)
    tries = Throttle(clock=clock, free_tries=1, wait_ms_max=10, forget_ms=1000, count_max=2)
    tries.failed("anna")
    clock.advance(timedelta(milliseconds=1001))
    assert tries.wait_ms("anna") == 0
    for name in ("a", "b", "c"):
        tries.failed(name)
    assert [tries.wait_ms(name) for name in ("a", "b", "c")] == [0, 10, 10]


@given(st.integers(min_value=0, max_value=200), st.integers(min_value=1, max_value=10**7))
def test_no_wait_is_longer_than_the_most(failures: int, most: int) -> None:
    tries = Throttle(clock=SetClock(START), wait_ms_max=most)
    for _ in range(failures):
        tries.failed("anna")
    assert 0 <= tries.wait_ms("anna") <= most
    assert (tries.wait_ms("anna") > 0) == (failures >= 5)
