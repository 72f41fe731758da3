"""What anybody may check of an organisation: its log only grows, its keys follow from the first."""

import pytest
from tests.hub.conftest import Person, Served, reason

from firsthand.protocol import wire
from firsthand.protocol.checkpoints import Checkpoint, verify_checkpoint
from firsthand.protocol.keylog import read_key_log
from firsthand.protocol.merkle import verify_consistency

ODD = [
    "first=2&second=1", "first=-1&second=1", "first=0", "second=1", "", "first=a&second=1",
    "first=1.0&second=1", "first=%D9%A1&second=2", f"first=0&second={2**63}",
    f"first={2**63}&second={2**63}", f"first=0&second={'9' * 5000}", f"first={'0' * 30}9&second=1",
]  # fmt: skip


def newest(served: Served) -> Checkpoint:
    answer = served.http.get(wire.PATH_LOG)
    assert answer.status_code == 200, answer.text
    text = answer.json()["checkpoint"]
    return verify_checkpoint(text, served.introduced().document.log_key)


def proof(served: Served, first: int, second: int) -> list[bytes]:
    answer = served.http.get(f"{wire.PATH_LOG_CONSISTENCY}?first={first}&second={second}")
    assert answer.status_code == 200, answer.text
    return [bytes.fromhex(step) for step in answer.json()["proof"]]


def test_the_log_is_proven_to_grow_between_any_two_checkpoints(
    person: Person, served: Served
) -> None:
    seen = [newest(served)]
    assert seen[0].size == 0
    for name in ("Dark", "1899", "Heimat", "Lost", "Found"):
        assert person.give(name).status_code == 200
        seen.append(newest(served))
    assert [one.size for one in seen] == [0, 1, 2, 3, 4, 5]
    for older in seen:
        for later in seen[older.size :]:
            steps = proof(served, older.size, later.size)
            assert verify_consistency(older.size, older.root, later.size, later.root, steps)
    forged = seen[2].root[::-1]
    assert not verify_consistency(2, forged, 5, seen[5].root, proof(served, 2, 5))


@pytest.mark.parametrize("query", ODD)
def test_odd_numbers_are_refused_with_their_reason(served: Served, query: str) -> None:
    answer = served.http.get(f"{wire.PATH_LOG_CONSISTENCY}?{query}")
    assert answer.status_code == 422
    assert reason(answer) == "shape_invalid"


def test_a_log_that_is_not_there_yet_is_not_found(person: Person, served: Served) -> None:
    person.give("Dark")
    for second in (2, 10**12 - 1):
        answer = served.http.get(f"{wire.PATH_LOG_CONSISTENCY}?first=1&second={second}")
        assert reason(answer) == "not_found"


def test_the_log_of_keys_is_that_of_the_introduction(served: Served) -> None:
    told = served.http.get(wire.PATH_KEYS).json()["keys"]
    introduced = served.introduced()
    assert told == introduced.document.key_log
    assert read_key_log(told).subject == introduced.subject
