"""What a person can ask, what an organisation may answer, and until when, by the calendar."""

from datetime import date, timedelta

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from hypothesis import given
from hypothesis import strategies as st

from firsthand.protocol.refusals import Refused
from firsthand.protocol.rights import (
    DENIALS,
    REGIMES,
    RIGHTS,
    STATES,
    Request,
    Status,
    add_business_days,
    add_months,
    day_of,
    due,
    hello_due,
    read_request,
    read_status,
    sign_status,
    stopped_by,
    stopped_in_words,
)
from firsthand.protocol.terms import PURPOSES

KEY = derive_private_key(51, SECP256R1())
DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))
NOON = 1_704_110_400  # 2024-01-01, a Monday


def request(**changes: object) -> Request:
    made = Request(right="access", regime="gdpr", jti="request-1", at=NOON)
    return msgspec.structs.replace(made, **changes)


def status(**changes: object) -> Status:
    made = Status(
        iss="organisation", aud="person", request="request-1", status="in_progress", reason=None,
        received_at=NOON, expected_by="2024-02-01", processing_details="", iat=NOON,
    )  # fmt: skip
    return msgspec.structs.replace(made, **changes)


def read(made: Status, before: Status | None = None, **changes: object) -> Status:
    return read_status(
        sign_status(made, KEY), key=KEY.public_key(), request=request(**changes),
        organisation="organisation", person="person", before=before,
    )  # fmt: skip


# --- deadlines -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2023, 1, 31), 1, date(2023, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 1, date(2024, 3, 29)),
        (date(2024, 8, 31), 1, date(2024, 9, 30)),
        (date(2024, 11, 30), 3, date(2025, 2, 28)),
        (date(2024, 12, 31), 1, date(2025, 1, 31)),
        (date(2024, 12, 1), 1, date(2025, 1, 1)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last(day: date, months: int, then: date) -> None:
    assert add_months(day, months) == then


@pytest.mark.parametrize(
    ("regime", "received", "first", "last"),
    [
        ("gdpr", date(2024, 1, 1), date(2024, 2, 1), date(2024, 4, 1)),
        ("gdpr", date(2024, 1, 31), date(2024, 2, 29), date(2024, 4, 30)),
        ("gdpr", date(2026, 1, 31), date(2026, 3, 2), date(2026, 4, 30)),  # 28 February: Saturday
        ("gdpr", date(2023, 12, 3), date(2024, 1, 3), date(2024, 3, 4)),  # 3 March: Sunday
        ("ccpa", date(2024, 1, 1), date(2024, 2, 15), date(2024, 3, 31)),  # Sundays count
        ("ccpa", date(2023, 1, 15), date(2023, 3, 1), date(2023, 4, 15)),
    ],
)
def test_the_last_day_by_law(regime: str, received: date, first: date, last: date) -> None:
    assert due(regime, received) == first
    assert due(regime, received, extended=True) == last


@pytest.mark.parametrize(
    ("day", "days", "then"),
    [
        (date(2024, 1, 1), 10, date(2024, 1, 15)),
        (date(2024, 1, 5), 1, date(2024, 1, 8)),
        (date(2024, 1, 6), 1, date(2024, 1, 8)),
        (date(2024, 1, 7), 10, date(2024, 1, 19)),
        (date(2024, 12, 20), 10, date(2025, 1, 3)),  # holidays are not known
        (date(2024, 1, 6), 0, date(2024, 1, 6)),
    ],
)
def test_weekends_are_no_business_days(day: date, days: int, then: date) -> None:
    assert add_business_days(day, days) == then


def test_only_one_law_wants_a_word_before_the_answer() -> None:
    assert hello_due("ccpa", date(2024, 1, 1)) == date(2024, 1, 15)
    assert hello_due("gdpr", date(2024, 1, 1)) is None


@given(DAYS, st.sampled_from(sorted(REGIMES)))
def test_deadlines_lie_ahead_and_never_get_shorter(day: date, regime: str) -> None:
    first, last = due(regime, day), due(regime, day, extended=True)
    assert day + timedelta(days=28) <= first < last <= day + timedelta(days=94)
    assert due(regime, day + timedelta(days=1)) >= first
    if regime == "gdpr":
        assert first.weekday() < 5
        assert last.weekday() < 5


@given(DAYS, st.integers(0, 60))
def test_a_month_has_no_day_too_many(day: date, months: int) -> None:
    then = add_months(day, months)
    assert (then.year * 12 + then.month) - (day.year * 12 + day.month) == months
    assert then.day == day.day or (then.day < day.day and (then + timedelta(days=1)).day == 1)


@given(DAYS, st.integers(1, 40))
def test_business_days_are_counted_one_by_one(day: date, days: int) -> None:
    then = add_business_days(day, days)
    between = [day + timedelta(days=n) for n in range(1, (then - day).days + 1)]
    assert len([each for each in between if each.weekday() < 5]) == days
    assert then.weekday() < 5


def test_a_day_is_one_of_the_calendar() -> None:
    assert day_of(NOON) == date(2024, 1, 1)
    assert day_of(0) == date(1970, 1, 1)
    for seconds in [10**17, -(10**17)]:
        with pytest.raises(Refused):
            day_of(seconds)


# --- requests --------------------------------------------------------------------------------


@pytest.mark.parametrize("right", RIGHTS)
@pytest.mark.parametrize("regime", REGIMES)
def test_a_request_is_read_as_it_was_written(right: str, regime: str) -> None:
    made = request(right=right, regime=regime, details="Dark is no comedy.")
    assert read_request(msgspec.json.encode(made)) == made


GOOD = msgspec.json.encode(request())


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{}", b"null", b"\xff", GOOD[:-1], GOOD + b"x",
        GOOD[:-1] + b',"right":"erasure"}',
        GOOD[:-1] + b',"more":1}',
        GOOD.replace(b'"access"', b'"everything"'),
        GOOD.replace(b'"gdpr"', b'"none"'),
        GOOD.replace(b"request-1", b""),
        GOOD.replace(b"request-1", b"a/b"),
        GOOD.replace(b"request-1", b"a" * 65),
        GOOD.replace(str(NOON).encode(), b"true"),
        GOOD.replace(str(NOON).encode(), b"1.5"),
        GOOD.replace(str(NOON).encode(), b"9007199254740991"),
        GOOD.replace(str(NOON).encode(), b"99007199254740991"),
        msgspec.json.encode(request(details="x" * 4_001)),
        msgspec.json.encode(request(details="x" * 70_000)),
    ],
    ids=range(20),
)  # fmt: skip
def test_what_is_no_request_is_refused(body: bytes) -> None:
    with pytest.raises(Refused):
        read_request(body)


# --- statuses --------------------------------------------------------------------------------


def ended(state: str) -> Status:
    return status(status=state, reason="no_match" if state == "denied" else None)


@pytest.mark.parametrize("state", STATES.states)
@pytest.mark.parametrize("after", STATES.states)
@pytest.mark.parametrize("right", RIGHTS)
def test_only_what_may_follow_follows(state: str, after: str, right: str) -> None:
    lifted = (state, after) == ("fulfilled", "revoked")
    fits = state == after or after in STATES.next_states(state)
    assert read(ended(after), right=right) == ended(after)
    if fits and (not lifted or right in {"restriction", "objection"}):
        assert read(ended(after), before=ended(state), right=right) == ended(after)
    else:
        with pytest.raises(Refused, match="cannot follow"):
            read(ended(after), before=ended(state), right=right)


@pytest.mark.parametrize("reason", DENIALS)
def test_a_no_has_a_reason(reason: str) -> None:
    said = status(status="denied", reason=reason, processing_details="Because.")
    assert read(said).reason == reason
    with pytest.raises(Refused):
        read(msgspec.structs.replace(said, status="fulfilled"))


@pytest.mark.parametrize(
    "made",
    [
        status(iss="another"),
        status(aud="another"),
        status(request="request-2"),
        status(status="done"),
        status(status="denied"),
        status(status="denied", reason="other"),
        status(status="denied", reason="other", processing_details="  "),
        status(status="denied", reason="mood"),
        status(reason="no_match"),
        status(processing_details="x" * 4_001),
        status(expected_by="2023-12-31"),
        status(expected_by="2024-02-02"),
        status(expected_by="2024-04-02", processing_details="Much to do."),
        status(expected_by="20240201"),
        status(expected_by="2024-02-30"),
        status(expected_by="soon"),
        status(received_at=10**15),
    ],
    ids=range(17),
)
def test_what_an_organisation_may_not_say_is_refused(made: Status) -> None:
    with pytest.raises(Refused):
        read(made)


def test_more_time_is_taken_with_a_word() -> None:
    longer = status(expected_by="2024-04-01", processing_details="Much to do.")
    assert read(longer, before=status()) == longer
    assert read(status(reason="need_user_verification")).reason == "need_user_verification"


def test_a_beginning_does_not_move_and_time_does_not_go_back() -> None:
    for changed in [status(received_at=NOON + 86_400), status(iat=NOON - 1)]:
        with pytest.raises(Refused):
            read(changed, before=status())


def test_a_status_of_another_key_is_refused() -> None:
    with pytest.raises(Refused):
        read_status(
            sign_status(status(), derive_private_key(52, SECP256R1())), key=KEY.public_key(),
            request=request(), organisation="organisation", person="person",
        )  # fmt: skip


def test_every_changed_letter_of_a_status_is_refused() -> None:
    token = sign_status(status(), KEY)
    for place, letter in enumerate(token):
        changed = token[:place] + ("A" if letter != "A" else "B") + token[place + 1 :]
        with pytest.raises(Refused):
            read_status(
                changed, key=KEY.public_key(), request=request(), organisation="organisation",
                person="person",
            )  # fmt: skip


def test_a_status_of_a_time_to_come_does_not_move_the_last_day() -> None:
    def heard(made: Status) -> Status:
        return read_status(
            sign_status(made, KEY), key=KEY.public_key(), request=request(),
            organisation="organisation", person="person", now=NOON,
        )  # fmt: skip

    near = NOON + 300
    assert heard(status(received_at=near, iat=near)).iat == near
    later = {"received_at": NOON + 366 * 86_400, "expected_by": "2025-02-03"}
    for made in [status(**later), status(iat=near + 1), status(received_at=near + 1, iat=near)]:
        with pytest.raises(Refused) as refused:
            heard(made)
        assert refused.value.refusal.reason == "clock_differs"


@given(st.lists(st.sampled_from(PURPOSES), min_size=1, unique=True), st.text(max_size=40))
def test_what_is_stopped_is_read_from_the_signed_words(chosen: list[str], more: str) -> None:
    in_words = Request(right="objection", regime="gdpr", jti="a", at=1, details="No letters.")
    words = f"{stopped_in_words(chosen)} {more}"
    assert set(stopped_by(in_words, words)) == set(chosen)
    assert stopped_by(in_words, more if more[:3] != "Not" else "") == []
    listed = msgspec.structs.replace(in_words, details=", ".join(chosen))
    assert set(stopped_by(listed, more)) == set(chosen)
