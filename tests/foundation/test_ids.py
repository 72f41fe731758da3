"""Chance gives as many bytes as were asked for; ids follow their digests."""

import hashlib
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.foundation.ids import (
    LENGTH_BYTES_MAX,
    Chance,
    SeededChance,
    SystemChance,
    uuid8_from,
)
from firsthand.protocol import base64url


@pytest.mark.parametrize("chance", [SystemChance(), SeededChance(1)])
def test_chance_gives_the_length_that_was_asked_for_and_no_more_than_its_limit(
    chance: Chance,
) -> None:
    assert [len(chance.bytes(length)) for length in (0, 1, 16, 33, 1000)] == [0, 1, 16, 33, 1000]
    assert len(base64url.decode(chance.token())) == 16
    assert len(base64url.decode(chance.token(33))) == 33
    assert chance.bytes(32) != chance.bytes(32)
    for length in (-1, LENGTH_BYTES_MAX + 1):
        with pytest.raises(ValueError, match="random bytes"):
            chance.bytes(length)


@given(st.integers(), st.lists(st.integers(0, 100), max_size=10))
def test_a_seed_is_one_stream_however_it_is_cut(seed: int, cuts: list[int]) -> None:
    chance = SeededChance(seed)
    assert b"".join(chance.bytes(cut) for cut in cuts) == SeededChance(seed).bytes(sum(cuts))


def test_seeds_differ_and_the_stream_is_the_one_that_is_written_down() -> None:
    assert SeededChance(1).bytes(32) != SeededChance(2).bytes(32)
    first = hashlib.sha256(b"firsthand seeded chance\x007\x000").digest()
    assert SeededChance(7).bytes(32) == first


@given(st.binary(min_size=16, max_size=64))
def test_a_uuid8_says_so_and_keeps_the_other_bits(digest: bytes) -> None:
    made = uuid.UUID(uuid8_from(digest))
    assert (made.version, made.variant) == (8, uuid.RFC_4122)
    assert uuid8_from(digest) == str(made)
    kept = ~((0xF << 76) | (0x3 << 62)) & (2**128 - 1)
    assert made.int & kept == int.from_bytes(digest[:16], "big") & kept


def test_a_uuid8_needs_sixteen_bytes() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        uuid8_from(b"short")


def test_the_example_of_rfc_9562_appendix_b2_comes_out() -> None:
    digest = bytes.fromhex("5c146b143c524afd938a375d0df1fbf6fe12a66b645f72f6158759387e51f3c8")
    assert uuid8_from(digest) == "5c146b14-3c52-8afd-938a-375d0df1fbf6"
