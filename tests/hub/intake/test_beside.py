"""A busy door has the steps run beside: the same verdicts, also when that process is lost."""

import asyncio
import select
import time
from collections.abc import Callable, Iterator, Sequence

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.hub.conftest import Person, Served
from tests.hub.test_signals_door import REFUSED, Bend

from firsthand.hub.doors import together as gathering
from firsthand.hub.doors.signals import NEEDED
from firsthand.hub.doors.together import Together, Verdict
from firsthand.hub.intake.beside import (
    Answers,
    Asked,
    Beside,
    Learnt,
    NotKnown,
    Outcome,
    Pupil,
    UnableToAsk,
    learnt,
    outcomes,
)
from firsthand.hub.intake.steps import STEPS, Deal, Passed, Sent, Stopped, arrived, run
from firsthand.hub.intake.taking import Intake, Taken
from firsthand.protocol import wire
from firsthand.protocol.refusals import Refusal
from firsthand.protocol.roles.profile import NAME_CHARS_MAX

NOT_KNOWN = {"unknown_relationship", "no_agreement"}
ANSWER_S_MAX = 60


@pytest.fixture(scope="module")
def reel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    made = Served(tmp_path_factory.mktemp("hubs") / "Reel", "Reel")
    yield made
    made.http.close()
    made.stop()


@pytest.fixture(scope="module")
def june(reel: Served) -> Person:
    made = Person(reel)
    made.agree()
    return made


@pytest.fixture(scope="module")
def beside(reel: Served) -> Iterator[Beside]:
    made = Beside(target(reel))
    assert waited(made) == [Answers([], [])], "it says that it is there"
    yield made
    made.close()


def target(served: Served) -> str:
    return served.hub.organisation.url + wire.PATH_SIGNALS


def sent(request: httpx.Request) -> Sent:
    """A request as the door passes it on."""
    headers = [(name.lower(), value) for name, value in request.headers.raw]
    needed = [one for one in headers if one[0] in NEEDED]
    return Sent(request.url.query, needed, request.content)


def waited(beside: Beside) -> list[Answers]:
    assert select.select([beside.handle], [], [], ANSWER_S_MAX)[0]
    return beside.answers()


def answered(beside: Beside, asked: Asked) -> Sequence[Outcome]:
    """Ask, and wait for the answer; both of any size."""
    found: list[Answers] = []
    whole = beside.ask(asked)
    while not found:
        ways = select.select([beside.handle], [] if whole else [beside.handle], [], ANSWER_S_MAX)
        assert ways[0] or ways[1]
        if ways[1]:
            whole = beside.flush()
        if ways[0]:
            found = beside.answers()
    return found[0].outcomes


def what_is_known(person: Person) -> Learnt:
    agreement = person.agreement.id
    deal = person.served.hub.intake.deal(person.id, agreement)
    return learnt(person.id, person.key.public_key(), agreement, deal)


class Home:
    """What the intake knows, at a time that stands still."""

    def __init__(self, intake: Intake, now_s: int) -> None:
        self._intake = intake
        self._now_s = now_s

    def key(self, relationship: str) -> EllipticCurvePublicKey | None:
        return self._intake.key(relationship)

    def deal(self, relationship: str, agreement: str) -> Deal | None:
        return self._intake.deal(relationship, agreement)

    def now_s(self) -> int:
        return self._now_s


Damage = Callable[[Sent], Sent]
PLACE = st.integers(0, 5_000)


def headers_damaged(place: int, inside: int, to: bytes) -> Damage:
    def damage(one: Sent) -> Sent:
        headers = list(one.headers)
        if headers:
            name, value = headers[place % len(headers)]
            at = inside % (len(value) + 1)
            headers[place % len(headers)] = (name, value[:at] + to + value[at + 1 :])
        return Sent(one.query, headers, one.body)

    return damage


def header_gone(place: int) -> Damage:
    def damage(one: Sent) -> Sent:
        kept = [h for n, h in enumerate(one.headers) if n != place % len(one.headers)]
        return Sent(one.query, kept, one.body)

    return damage


def header_twice(place: int) -> Damage:
    def damage(one: Sent) -> Sent:
        again = [one.headers[place % len(one.headers)]] if one.headers else []
        return Sent(one.query, [*one.headers, *again], one.body)

    return damage


def body_damaged(place: int, to: bytes) -> Damage:
    def damage(one: Sent) -> Sent:
        at = place % (len(one.body) + 1)
        return Sent(one.query, one.headers, one.body[:at] + to + one.body[at + 1 :])

    return damage


def with_query(query: bytes) -> Damage:
    return lambda one: Sent(query, one.headers, one.body)


BYTES = st.binary(max_size=2)
DAMAGE = st.one_of(
    st.builds(headers_damaged, PLACE, PLACE, BYTES),
    st.builds(header_gone, PLACE),
    st.builds(header_twice, PLACE),
    st.builds(body_damaged, PLACE, BYTES),
    st.builds(with_query, BYTES),
)
WHOLE: list[Bend] = [
    lambda person: person.batch([person.signal("Dark")]),
    lambda person: person.batch([person.signal(name) for name in ("Dark", "1899")], n=7),
]
BENDS: list[Bend] = [*WHOLE, *WHOLE, *(bend for _, bend in REFUSED)]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batches=st.lists(
        st.tuples(st.sampled_from(range(len(BENDS))), st.lists(DAMAGE, max_size=2)),
        min_size=1, max_size=3,
    )
)  # fmt: skip
def test_both_ways_come_to_the_same(
    june: Person, beside: Beside, batches: list[tuple[int, list[Damage]]]
) -> None:
    asked: list[Sent] = []
    for bend, damages in batches:
        one = sent(BENDS[bend](june))
        for damage in damages:
            one = damage(one)
        asked.append(one)
    home = Home(june.served.hub.intake, int(time.time()))
    here = [run(home, arrived(one, target(june.served)), lambda: 0.0, []) for one in asked]
    there = answered(beside, Asked(home.now_s(), [], [what_is_known(june)], asked))
    for expected, found in zip(here, there, strict=True):
        if found is None:
            assert isinstance(expected, Stopped)
            assert expected.reason in NOT_KNOWN
        else:
            assert found == expected


def test_who_is_forgotten_there_is_not_known_there_any_more(june: Person, beside: Beside) -> None:
    one, now = sent(june.batch([june.signal("Dark")])), int(time.time())
    (known,) = answered(beside, Asked(now, [], [what_is_known(june)], [one]))
    assert isinstance(known, Passed)
    assert answered(beside, Asked(now, [june.id], [], [one])) == [None]


def test_what_is_kept_of_the_known_has_an_end(
    june: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firsthand.hub.intake.beside.KNOWN_MAX", 3)
    pupil, told = Pupil(), what_is_known(june)
    names = [f"{n:043d}" for n in range(4)]
    for name in names:
        one = Learnt(name, told.point, told.agreement, told.deal)
        pupil.hear(Asked(0, [], [one], []))
    assert pupil.key(names[-1]) == june.key.public_key()
    assert pupil.deal(names[-1], told.agreement) == told.deal
    for name in names[:-1]:
        with pytest.raises(NotKnown):
            pupil.key(name)
        with pytest.raises(NotKnown):
            pupil.deal(name, told.agreement)


def test_times_are_told_of_what_ran_and_of_nothing_else(june: Person) -> None:
    ticks = iter(range(1000))
    good, bad = sent(june.batch([june.signal("Dark")])), Sent(b"", [], b"[]")
    stranger = sent(Person(june.served).signed(
        "POST", wire.PATH_SIGNALS, b"[]", wire.TYPE_BATCH, covered=wire.COVERED_BODY, waits=True,
    ))  # fmt: skip
    asked = Asked(int(time.time()), [], [what_is_known(june)], [good, bad, stranger])
    answers = outcomes(Pupil(), target(june.served), asked, lambda: float(next(ticks)))
    assert [len(times) for times in answers.took_ms] == [2, 2, 1, 1, 1, 1]
    passed, stopped, unknown = answers.outcomes
    assert isinstance(passed, Passed)
    assert isinstance(stopped, Stopped)
    assert (STEPS[stopped.step][0], stopped.reason) == ("relationship", "signature_missing")
    assert unknown is None


def test_who_asks_a_lost_one_hears_of_it(reel: Served) -> None:
    made = Beside(target(reel))
    made.process.kill()
    made.process.wait()
    with pytest.raises(UnableToAsk):
        made.ask(Asked(0, [], [], []))
    with pytest.raises(UnableToAsk):
        waited(made) and waited(made)
    made.close()


class Crowds:
    """Many at once through one door's gathering, over a real intake; each gets its own verdict."""

    def __init__(self, person: Person, together: Together) -> None:
        self.person = person
        self.together = together
        self.lanes = 0

    def _batch(self, bad: bool, name: str) -> Sent:  # noqa: FBT001
        self.lanes += 1
        lane = f"lane{self.lanes}{time.time_ns()}"[:32]
        request = self.person.batch([self.person.signal(name)], n=1, lane=lane)
        one = sent(request)
        return body_damaged(len(one.body) // 2, b"!")(one) if bad else one

    async def come(self, size: int = 40, name: str = "Dark") -> None:
        made = [(self._batch(n % 4 == 0, name), n % 4 == 0) for n in range(size)]
        verdicts: list[Verdict] = await asyncio.gather(
            *(self.together.verdict(one, alone=False) for one, _ in made)
        )
        for (_, bad), verdict in zip(made, verdicts, strict=True):
            if bad:
                assert verdict == Refusal(
                    reason="digest_invalid",
                    detail="Content-Digest: sha-256 is that of another body",
                )
            else:
                assert isinstance(verdict, Taken)

    async def until_beside(self) -> Beside:
        until = time.monotonic() + ANSWER_S_MAX
        while self.together.beside is None:
            assert time.monotonic() < until
            await self.come()
            await asyncio.sleep(0.005)
        return self.together.beside


@pytest.fixture
def crowds(june: Person, monkeypatch: pytest.MonkeyPatch) -> Iterator[Crowds]:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    together = Together(june.served.hub.intake, target(june.served))
    yield Crowds(june, together)
    together.close()


def test_a_quiet_door_has_nobody_beside(crowds: Crowds) -> None:
    async def quiet() -> None:
        for _ in range(3 * gathering.CROWDS_MIN):
            await crowds.come(gathering.CROWD_MIN - 1)
        assert crowds.together.beside is None

    asyncio.run(quiet())


def test_each_gets_its_own_verdict_before_beside_and_after(crowds: Crowds) -> None:
    async def busy() -> None:
        beside = await crowds.until_beside()
        for _ in range(3):
            await asyncio.gather(crowds.come(), crowds.come(150))
        assert crowds.together.beside is beside
        beside.process.kill()
        await asyncio.gather(*(crowds.come(100) for _ in range(3)))
        assert crowds.together.beside is not beside
        await crowds.until_beside()
        await crowds.come()

    asyncio.run(busy())


def test_it_is_killed_in_the_middle_of_work_and_nothing_is_lost(crowds: Crowds) -> None:
    async def lost(beside: Beside) -> None:
        await asyncio.sleep(0)
        beside.process.kill()

    async def busy() -> None:
        for _ in range(2):
            beside = await crowds.until_beside()
            await asyncio.gather(crowds.come(200), lost(beside), crowds.come(50))

    intake = crowds.person.served.hub.intake
    before = intake.figures()
    asyncio.run(busy())
    after = intake.figures()
    given_in_all = crowds.lanes * 3 // 4
    assert given_in_all - 40 <= after.taken - before.taken <= given_in_all + 40
    refused = sum(after.refusals.values()) - sum(before.refusals.values())
    assert refused + after.taken - before.taken == crowds.lanes, "each was counted once"


def test_bodies_of_four_mebibytes_pass_both_ways(crowds: Crowds) -> None:
    person = crowds.person
    names = [f"{n:04d}" + "x" * (NAME_CHARS_MAX - 400) for n in range(1_000)]
    size = wire.BATCH_BYTES_MAX // (NAME_CHARS_MAX + 10)

    def large() -> Sent:
        crowds.lanes += 1
        lane = f"large{crowds.lanes}{time.time_ns()}"[:32]
        one = sent(person.batch([person.signal(name) for name in names[:size]], n=1, lane=lane))
        assert 3 << 20 < len(one.body) <= wire.BATCH_BYTES_MAX
        return one

    async def busy() -> None:
        beside = await crowds.until_beside()
        made = [large() for _ in range(5)]
        verdicts = await asyncio.wait_for(
            asyncio.gather(
                *(crowds.together.verdict(one, alone=False) for one in made),
                *(crowds.come() for _ in range(3)),
            ),
            ANSWER_S_MAX,
        )
        assert all(isinstance(one, Taken) for one in verdicts[: len(made)])
        assert crowds.together.beside is beside

    asyncio.run(busy())


def test_somebody_who_is_erased_is_forgotten_beside(crowds: Crowds) -> None:
    async def busy() -> None:
        await crowds.until_beside()
        await crowds.come()
        intake, mine = crowds.person.served.hub.intake, sent(crowds.person.batch(
            [crowds.person.signal("Dark")], n=1, lane="last"
        ))  # fmt: skip
        intake.forget(crowds.person.id)
        verdict = await crowds.together.verdict(mine, alone=False)
        assert isinstance(verdict, Taken), "it is not known beside, but it is known here"

    asyncio.run(busy())
