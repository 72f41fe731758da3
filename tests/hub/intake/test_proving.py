"""A busy door has signatures proven beside: the same verdicts, also when that process is lost."""

import asyncio
import hashlib
import time
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from firsthand.foundation.keys import new_signing_key
from firsthand.hub.doors import together as gathering
from firsthand.hub.doors.together import Together
from firsthand.hub.intake.proving import (
    RECORDS_MAX,
    Prover,
    UnableToProve,
    is_right,
    point_of,
    record,
)
from firsthand.hub.intake.steps import Arrived
from firsthand.hub.intake.taking import Intake, Taken
from firsthand.protocol.es256 import ORDER, sign_es256
from firsthand.protocol.refusals import Refusal

KEYS = [new_signing_key() for _ in range(3)]
WRONG = "signature_invalid"


def asked(
    key: EllipticCurvePrivateKey, message: bytes, signer: EllipticCurvePrivateKey
) -> tuple[bytes, bool]:
    """A record, and whether it is right."""
    made = record(
        point_of(key.public_key()), hashlib.sha256(message).digest(), sign_es256(message, signer)
    )
    assert made is not None
    return made, key is signer


@pytest.fixture
def prover() -> Iterator[Prover]:
    made = Prover()
    assert made.answers() == [True], "it says that it is there"
    yield made
    made.close()


def test_all_that_may_be_under_way_is_answered_in_order(prover: Prover) -> None:
    records = [
        asked(KEYS[n % 3], b"%d" % n, KEYS[n % 3 if n % 5 else (n + 1) % 3])
        for n in range(RECORDS_MAX)
    ]
    prover.ask(b"".join(one for one, _ in records))
    found: list[bool] = []
    while len(found) < RECORDS_MAX:
        found += prover.answers()
    assert found == [right for _, right in records]
    assert found == [is_right(one, KEYS[n % 3].public_key()) for n, (one, _) in enumerate(records)]


def test_the_other_right_value_of_s_is_right_and_odd_numbers_are_not(prover: Prover) -> None:
    key, digest = KEYS[0], hashlib.sha256(b"given").digest()
    low = sign_es256(b"given", key)
    high = low[:32] + (ORDER - int.from_bytes(low[32:], "big")).to_bytes(32, "big")
    for signature, right in ((low, True), (high, True), (bytes(64), False), (b"\xff" * 64, False)):
        made = record(point_of(key.public_key()), digest, signature)
        assert made is not None
        prover.ask(made)
        assert prover.answers() == [right]
    assert record(point_of(key.public_key()), digest, low[:63]) is None


def test_who_asks_a_lost_one_hears_of_it(prover: Prover) -> None:
    prover.process.kill()
    prover.process.wait()
    with pytest.raises(UnableToProve):
        prover.ask(asked(KEYS[0], b"x", KEYS[0])[0])
    with pytest.raises(UnableToProve):
        prover.answers()


class Steps(Intake):
    """The steps of an intake around the proof alone: what is tested here is the gathering."""

    def __init__(self) -> None:
        self.written: list[Arrived] = []

    def read(self, arrived: Arrived) -> Refusal | None:  # noqa: ARG002 - as an intake has it
        return None

    def proven(self, arrived: Arrived, *, right: bool) -> Refusal | None:  # noqa: ARG002
        return None if right else Refusal(reason=WRONG)

    def hand_over(self, arrived: Arrived, ticket: object, told: object) -> None:
        self.written.append(arrived)
        taken = Taken(leaf=arrived.asked, index=0, proof=[], checkpoint="", size=1)
        assert callable(told)
        told([(ticket, taken)])


async def crowd(together: Together, number: int, size: int = 40) -> None:
    """Many at once, some with a signature of somebody else; each gets its own verdict."""
    made = []
    for n in range(size):
        arrived = Arrived(target_uri="", headers={}, body=b"")
        key = KEYS[n % 3]
        signer = key if n % 4 else KEYS[(n + 1) % 3]
        arrived.asked, right = asked(key, b"%d/%d" % (number, n), signer)
        arrived.key = key.public_key()
        made.append((arrived, right))
    verdicts = await asyncio.gather(*(together.verdict(one, alone=False) for one, _ in made))
    for (arrived, right), verdict in zip(made, verdicts, strict=True):
        if right:
            assert isinstance(verdict, Taken)
            assert verdict.leaf == arrived.asked
        else:
            assert isinstance(verdict, Refusal)


async def until_beside(together: Together) -> Prover:
    number, until = 0, time.monotonic() + 60
    while together.prover is None:
        assert time.monotonic() < until
        await crowd(together, number)
        number += 1
        await asyncio.sleep(0.005)
    return together.prover


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> Iterator[Together]:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    made = Together(Steps())
    yield made
    made.close()


def test_a_quiet_door_has_nobody_beside(together: Together) -> None:
    async def quiet() -> None:
        for number in range(3 * gathering.CROWDS_MIN):
            await crowd(together, number, size=gathering.CROWD_MIN - 1)
        assert together.prover is None

    asyncio.run(quiet())


def test_each_gets_its_own_verdict_before_beside_and_after(together: Together) -> None:
    async def busy() -> None:
        prover = await until_beside(together)
        for number in range(10):
            await asyncio.gather(crowd(together, number), crowd(together, 100 + number, 300))
        assert together.prover is prover
        prover.process.kill()
        await asyncio.gather(*(crowd(together, 200 + number, 300) for number in range(3)))
        assert together.prover is not prover
        await until_beside(together)
        await crowd(together, 300)

    asyncio.run(busy())
