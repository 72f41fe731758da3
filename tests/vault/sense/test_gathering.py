"""What every kind of thing shows: figures are the sums of their rows, in whatever order they come.

Where there is a thing at all, there is a finding.
"""

import datetime
import random
from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.protocol.things import Thing
from firsthand.vault.sense import OLDEST_FIRST, Finding, Noticing, findings, key_of_finding
from firsthand.vault.sense.kinds.rows import NO_TIME, Clock, Rows, moment_of

TODAY = datetime.date(2026, 6, 1)
DAYS = st.dates(datetime.date(2022, 1, 1), datetime.date(2026, 5, 1))
NAMES = st.sampled_from(["June", "Pieter", "Greta"])


def thing(number: int, kind: str, time: str | None, **data: object) -> Thing:
    held: dict[str, object] = {"@type": kind, "name": "A", **data}
    return Thing(id=f"{number:032x}", type=kind, name="A", time=time, source="a", data=held)


def told(things: Iterable[Thing]) -> dict[str, Finding]:
    return {each.kind: each for each in findings(things, today=TODAY)}


def play(number: int, day: datetime.date, who: str, seconds: int) -> Thing:
    made_by = {"@type": "MusicGroup", "name": who}
    shown = {"@type": "MusicRecording", "name": f"Song {seconds % 3}", "byArtist": made_by}
    time = f"{day}T{number % 24:02}:15:00Z"
    return thing(number, "ListenAction", time, duration=f"PT{seconds}S", object=shown)


def seconds_of(each: Thing) -> int:
    return int(str(each.data["duration"])[2:-1])


def fact(found: Finding, name: str) -> object:
    return found.facts[name]


plays = st.lists(st.tuples(DAYS, NAMES, st.integers(1, 9000)), min_size=1, max_size=40).map(
    lambda held: [play(number, *each) for number, each in enumerate(held)]
)


@settings(max_examples=60, deadline=None)
@given(plays, st.randoms())
def test_what_was_heard_is_the_sum_of_its_rows(heard: list[Thing], chance: random.Random) -> None:
    found = told(heard)
    by_id = {each.id: each for each in heard}
    for kind in {"listening", "artist-most", "artist-left", "artist-new"} & found.keys():
        rows = [by_id[id] for id in found[kind].things]
        assert fact(found[kind], "seconds") == sum(seconds_of(each) for each in rows)
        assert [each.time for each in rows] == sorted(str(each.time) for each in rows)
        assert kind in OLDEST_FIRST
    assert len(found["listening"].things) == len(heard)
    if "track-most" in found:
        assert fact(found["track-most"], "times") == len(found["track-most"].things)
    mixed = list(heard)
    chance.shuffle(mixed)
    again = told(mixed)
    assert {kind: (each.title, each.detail, each.facts, each.chart) for kind, each in found.items()
            } == {kind: (each.title, each.detail, each.facts, each.chart)
                  for kind, each in again.items()}  # fmt: skip


def test_whom_one_left_and_whom_one_found() -> None:
    old = [play(n, datetime.date(2022, 1, 1 + n), "Pieter", 3600) for n in range(9)]
    new = [play(50 + n, datetime.date(2026, 4, 1 + n), "June", 1800) for n in range(9)]
    found = told([*old, *new])
    assert found["artist-left"].title == (
        "After 9 hours of Pieter you heard nothing since 9 January 2022"
    )
    assert "June" in found["artist-new"].title
    assert found["artist-most"].title == "Pieter is 67 % of all that you heard"
    assert found["listening"].detail.startswith("That is 31 seconds a day from 1 January 2022")
    assert key_of_finding("artist-most", found["artist-most"].facts) == "finding:artist-most"


def measured(number: int, time: str, value: str, device: str, **more: object) -> Thing:
    by = {"@type": "Thing", "name": device}
    held = {"measuredProperty": "StepCount", "value": value, "instrument": by, **more}
    return thing(number, "Observation", time, **held)


def test_steps_of_two_devices_count_once() -> None:
    days = [datetime.date(2025, 1, 1) + datetime.timedelta(days=each) for each in range(400)]
    things = [measured(n, f"{day}T08:00:00Z", str(1000 + n), "Phone") for n, day in enumerate(days)]
    things += [measured(1000 + n, f"{day}T09:00:00Z", "500", "W") for n, day in enumerate(days)]
    things.append(measured(5000, f"{days[7]}T10:00:00Z", "20000", "W"))
    found = told(things)["steps"]
    by_id = {each.id: int(str(each.data["value"])) for each in things}
    assert fact(found, "total") == sum(by_id[id] for id in found.things)
    assert (fact(found, "best"), fact(found, "on")) == (20500, "2025-01-08")
    assert len(found.things) == len(days) + 1
    assert "year before" not in found.title, "of the year before there are too few days"


def test_a_night_is_from_noon_to_noon() -> None:
    def asleep(number: int, begun: str, end: str, value: str = "AsleepCore") -> Thing:
        return measured(number, begun, value, "W", measuredProperty="SleepAnalysis", endTime=end)

    found = told([
        asleep(1, "2026-01-03T22:00:00Z", "2026-01-04T02:00:00Z"),
        asleep(2, "2026-01-04T02:30:00Z", "2026-01-04T05:30:00Z"),
        asleep(3, "2026-01-04T23:00:00Z", "2026-01-05T04:00:00Z"),
        asleep(4, "2026-01-04T22:00:00Z", "2026-01-05T07:00:00Z", "InBed"),
    ])["sleep"]  # fmt: skip
    assert found.title == "You sleep 6 h 0 min a night"
    assert (fact(found, "nights"), fact(found, "short")) == (2, 1)


def ordered(number: int, day: str, shop: str, price: str, status: str = "") -> Thing:
    seller = {"@type": "Organization", "name": shop}
    more = {"orderStatus": status} if status else {}
    return thing(
        number, "BuyAction", day, seller=seller, price=price, priceCurrency="EUR", **more
    )  # fmt: skip


def test_what_was_ordered_and_what_is_not_paid_back() -> None:
    found = told([
        ordered(1, "2025-01-03", "Tea", "10.50"), ordered(2, "2025-03-03", "Tea", "1000"),
        ordered(3, "2025-04-03", "Shoes", "5"),
        ordered(4, "2025-05-03", "Tea", "7", "OrderCancelled"),
        thing(5, "ReturnAction", "2025-05-01", orderNumber="7-1"),
        thing(6, "ReturnAction", "2025-05-02", orderNumber="7-2"),
        thing(7, "ReturnAction", "2025-05-09", orderNumber="7-2",
              result={"price": "5.00", "priceCurrency": "EUR"}),
    ])  # fmt: skip
    assert found["orders"].title == "You ordered 3 things for €1,015.50"
    assert found["seller-most"].title == "67 % of what you ordered came from Tea"
    assert fact(found["returns"], "numbers") == ["7-1"]
    assert "no refund is seen" in found["returns"].title
    assert found["returns"].detail.startswith("€5 came back")


def test_what_returns_in_a_calendar_and_who_writes() -> None:
    choir = [
        thing(n, "Event", f"2026-01-{6 + 7 * n:02}T19:00:00", attendee=[{"name": "Greta"}])
        for n in range(3)
    ]
    wrote = [
        thing(20 + n, "CommunicateAction", f"2026-02-{n + 1:02}", sender={"name": who},
              recipient=[{"name": to}])
        for n, (who, to) in enumerate([("June", "Malik"), ("Malik", "June"), ("Malik", "Inês")] * 4)
    ]  # fmt: skip
    found = told([*choir, *wrote])
    assert found["event-most"].title == "A is 3 times in your calendar, always on a Tuesday"
    assert "Greta is named in all of them" in found["event-most"].detail
    assert found["people-most"].title == "You write most with June: 8 messages of 12"
    assert fact(found["people-most"], "theirs") == 4


def test_sport_books_pages_and_places() -> None:
    def run(number: int, day: str, km: str) -> Thing:
        far = {"@type": "QuantitativeValue", "value": km, "unitCode": "KMT"}
        return thing(number, "ExerciseAction", day, exerciseType="Run", distance=far)

    def book(number: int, **more: object) -> Thing:
        shown = {"@type": "Book", "author": {"name": "June"}, "numberOfPages": "200"}
        return thing(number, "ReadAction", "2025-01-03", object=shown, **more)

    page = {"@type": "WebPage", "url": "https://www.tee.example/a"}
    stay = [
        thing(30 + n, "ArriveAction", "2025-01-03T10:00:00Z", location={"name": at},
              endTime="2025-01-03T11:00:00Z")
        for n, at in enumerate(["Tea house", "Tea house", "Cinema"])
    ]  # fmt: skip
    found = told([
        run(1, "2024-01-03", "5"), run(2, "2024-02-03", "21.1"), run(3, "2024-03-03", "7"),
        book(10), book(11), book(12, actionStatus="ActiveActionStatus"),
        thing(20, "WantAction", "2015-03-03"), thing(21, "WantAction", "2016-03-03"),
        thing(40, "ViewAction", "2025-01-03T10:00:00Z", object=page), *stay,
    ])  # fmt: skip
    assert found["exercise"].title == "You did sport 3 times and covered 33.1 km"
    assert found["exercise-longest"].title == "Your longest run: 21.1 km, on 3 February 2024"
    assert found["books"].title == "You read 2 books, 400 pages"
    assert found["wishes"].title == "2 wishes wait, the longest since 3 March 2015: A"
    assert found["site-most"].title == "You opened tee.example 1 time: 100 % of all pages"
    assert found["place-most"].detail.startswith("2 hours in all, last on 3 January 2025")


def test_an_hour_of_the_day_is_told_by_a_clock_of_ones_own_alone() -> None:
    asked = [thing(n, "SearchAction", "2026-01-03T20:15:00Z", query="tea") for n in range(4)]
    for zone, said in (("UTC", False), ("Europe/Berlin", True)):
        noticing = Noticing(today=TODAY, zone=zone)
        for each in asked:
            noticing.take(each)
        (found,) = noticing.findings()
        assert ("21 to 22 o'clock, by Europe/Berlin" in found.detail) is said
        assert found.title == "You searched 4 times, 4 times for “tea”"


KINDS = st.sampled_from([
    "ListenAction", "WatchAction", "PayAction", "ReceiveAction", "SearchAction", "Person", "Event",
    "BuyAction", "ReturnAction", "ExerciseAction", "Observation", "ArriveAction", "TravelAction",
    "CommunicateAction", "ReadAction", "WantAction", "ViewAction", "InstallAction", "LikeAction",
])  # fmt: skip
ODD = st.sampled_from([None, "x", 7, [], {}, {"name": 3}, [{"name": "June"}], {"name": "Pieter"}])
PARTS = ("object", "duration", "price", "value", "measuredProperty", "location", "recipient",
         "sender", "attendee", "query", "distance", "endTime", "instrument", "result",
         "birthDate")  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(
    KINDS,
    st.sampled_from([None, "", "2024-01-03", "2024-01-03T20:15:00Z", "soon", "0001-01-01"]),
    st.dictionaries(st.sampled_from(PARTS), ODD),
)
def test_whatever_there_is_something_is_said_of_it(
    kind: str, time: str | None, data: dict[str, object]
) -> None:
    found = findings([thing(1, kind, time, **data), thing(2, kind, time, **data)], today=TODAY)
    assert found
    keys = [key_of_finding(each.kind, each.facts) for each in found]
    assert len(set(keys)) == len(keys)
    assert all(each.things for each in found)


def test_nothing_is_said_of_nothing() -> None:
    assert findings([], today=TODAY) == []


def test_a_row_is_on_the_day_of_the_persons_own_clock() -> None:
    clock = Clock("Europe/Berlin")
    assert str(clock.day(moment_of("2024-01-03T23:30:00Z"))) == "2024-01-04"
    assert str(clock.day(moment_of("2024-01-03T23:30:00"))) == "2024-01-03"
    assert str(Clock().day(moment_of("2024-01-03T23:30:00Z"))) == "2024-01-03"
    assert moment_of("soon") == moment_of(None) == NO_TIME


@given(st.lists(st.text(max_size=40), unique=True, max_size=12))
def test_ids_of_any_form_come_back(ids: list[str]) -> None:
    rows = Rows()
    for number, id in enumerate(ids):
        rows.add(id, number, id, "", 0, 0)
    assert [rows.id_of(row) for row in rows.each()] == ids
