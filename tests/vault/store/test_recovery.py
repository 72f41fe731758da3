"""A recovery code is read as a person types it, and a mistyped one is seen."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.foundation.ids import SeededChance
from firsthand.vault.store.recovery import ALPHABET, new_code, read_code


def test_a_code_is_groups_without_lookalikes() -> None:
    code = new_code(SeededChance(1))
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){7}[0-9A-HJKMNP-TV-Z]{4}", code)
    assert not set("ILOU") & set(ALPHABET)
    assert len(ALPHABET) == 32


@given(st.integers())
def test_it_is_read_however_it_is_typed(seed: int) -> None:
    code = new_code(SeededChance(seed))
    secret = read_code(code)
    assert secret is not None
    assert len(secret) * 5 >= 128
    lookalikes = code.replace("0", "o").replace("1", "l")
    for typed in (code.lower(), code.replace("-", ""), f"  {code.replace('-', ' ')} ", lookalikes):
        assert read_code(typed) == secret


@given(st.integers(), st.integers(0, 31), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_seen(seed: int, place: int, character: str) -> None:
    code = new_code(SeededChance(seed)).replace("-", "")
    typed = code[:place] + character + code[place + 1 :]
    # The check has 20 bits: Hypothesis will not meet the one in a million.
    assert (read_code(typed) is None) == (typed != code)


@pytest.mark.parametrize("typed", ["", "-", "A" * 32, "Ä" * 32, "0" * 100_000, "ABCD-EFGH"])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert read_code(typed) is None
