"""Files of age by a passphrase: another program opens ours, and no changed byte goes through."""

from collections.abc import Iterator

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.foundation import aged
from firsthand.foundation.ids import SeededChance, SystemChance

WORDS = "four green owls at night"
CHUNK = 64 * 1024


@pytest.fixture(autouse=True, scope="module")
def cheap() -> Iterator[None]:
    """A guess costs little here; what it costs elsewhere is a figure in the file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aged, "COST_LOG2", 4)
        yield


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7])
def test_another_program_opens_it_and_so_do_we(size: int) -> None:
    whole = SeededChance(size).bytes(size)
    made = aged.sealed(whole, WORDS, SystemChance())
    assert aged.is_aged(made)
    assert pyrage.passphrase.decrypt(made, WORDS) == whole
    assert aged.opened(made, WORDS) == whole
    assert size < 8 or whole[:8] not in made


def test_no_two_are_alike() -> None:
    assert len({aged.sealed(b"a", WORDS, SystemChance()) for _ in range(8)}) == 8


@pytest.mark.parametrize("wrong", ["", "four green owls", WORDS + " ", "Four green owls at night"])
def test_no_other_passphrase_opens_it(wrong: str) -> None:
    with pytest.raises(aged.OtherPassphrase):
        aged.opened(aged.sealed(b"a", WORDS, SystemChance()), wrong)


@given(st.data())
def test_no_changed_byte_goes_through(data: st.DataObject) -> None:
    made = bytearray(aged.sealed(bytes(CHUNK + 9), WORDS, SeededChance(1)))
    at = data.draw(st.one_of(st.integers(0, 220), st.integers(0, len(made) - 1)))
    made[at] ^= data.draw(st.integers(1, 255))
    said = aged.cost_log2(bytes(made))
    if said is not None and said > 12:
        return  # a guess at what it says now costs too much to try; whoever opens looks first
    with pytest.raises((aged.OtherPassphrase, aged.DamagedFile)):
        aged.opened(bytes(made), WORDS)


@given(st.integers(0, 3 * CHUNK))
def test_no_end_that_is_missing_goes_through(kept: int) -> None:
    made = aged.sealed(bytes(2 * CHUNK + 40), WORDS, SeededChance(2))
    with pytest.raises(aged.DamagedFile):
        aged.opened(made[: min(kept, len(made) - 1)], WORDS)


def test_chunks_are_neither_swapped_nor_dropped_nor_added() -> None:
    made = aged.sealed(bytes(2 * CHUNK + 40), WORDS, SeededChance(3))
    start, size = len(made) - (2 * (CHUNK + 16) + 56), CHUNK + 16
    first, second = made[start : start + size], made[start + size : start + 2 * size]
    rest = made[start + 2 * size :]
    assert aged.opened(made[:start] + first + second + rest, WORDS) == bytes(2 * CHUNK + 40)
    for odd in (second + first + rest, first + rest, first + second, first + second + rest + rest):
        with pytest.raises(aged.DamagedFile):
            aged.opened(made[:start] + odd, WORDS)


def test_what_a_guess_costs_stands_in_the_file() -> None:
    assert aged.cost_log2(aged.sealed(b"", WORDS, SystemChance())) == aged.COST_LOG2
    keyed = pyrage.encrypt(b"x", [pyrage.x25519.Identity.generate().to_public()])
    assert aged.cost_log2(bytes(keyed)) is None
    assert aged.cost_log2(b"age-encryption.org/v1\n-> scrypt AA 24\n") == 24
    with pytest.raises(aged.DamagedFile):
        aged.opened(bytes(keyed), WORDS)
