"""What the words of a bank's row say does not hang on which long number stands among them."""

import pytest

from firsthand.vault.sources.bank_signs import said_of
from firsthand.vault.sources.booked import says_balance


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Linden card payment {}", -1),
        ("{} 7-eleven", -1),
        ("{}7-eleven", 0),
        ("o2 {}", -1),
        ("o2{}", 0),
        ("salary {}", 1),
        ("salary{}", 0),
        ("salary {} purchase", 0),
        ("payment {} thank you", 2),
        ("payment {0} {0} {0} thank you", 2),
        ("payment {0} {0} {0} {0} thank you", 0),  # too far from each other
        ("{}", 0),
    ],
)
def test_which_number_it_is_changes_nothing(text: str, said: int) -> None:
    assert {said_of([text.format(number)]) for number in ("1234", "7777", "2202", "0000")} == {said}


def test_a_balance_has_no_number_in_it() -> None:
    assert says_balance("S A L D O")
    assert says_balance("Saldo anterior")
    assert not says_balance("Saldo anterior 4711")
    assert not says_balance("Saldo²")
