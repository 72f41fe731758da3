"""A column of fees in a bank's CSV: whether the amount beside it is without them.

The balance tells, where there is one: it moves by the amount, or by the amount and the fee. Where
none does, a fee that stands right after its amount comes on top of it.
"""

from decimal import Decimal

from firsthand.vault.sources.amounts import signed_value
from firsthand.vault.sources.bank_columns import Columns
from firsthand.vault.sources.bank_words import tokens_of
from firsthand.vault.sources.export import Answers, Guess

ROWS_MAX, BALANCES_MAX = 500, 5000
ON_TOP, WITHIN = "not in it yet", "in it already"


class FeeEvidence:
    """The rows of a file that have a fee, and the balances that it has."""

    def __init__(self, columns: Columns) -> None:
        """Nothing seen yet."""
        self._columns = columns
        self._rows: list[tuple[str, str, str]] = []
        self._balances: dict[str, None] = {}

    def observe(self, cells: list[str], size: int) -> None:
        """Take in a row; `size` is how many of its cells are filled."""
        columns = self._columns
        fee, amount, balance = columns.fee, columns.amount, columns.balance
        if fee is None or amount is None:
            return
        after = cells[balance] if balance is not None and balance < size else ""
        if after and len(self._balances) < BALANCES_MAX:
            self._balances[after] = None
        if max(fee, amount) < size and len(self._rows) < ROWS_MAX:
            self._rows.append((cells[amount], cells[fee], after))

    @property
    def seen(self) -> bool:
        """Whether there is a column of fees beside one of amounts."""
        return self._columns.fee is not None and self._columns.amount is not None

    def on_top(self, mark: str) -> bool:
        """Whether the fee is to be taken from the amount; `mark` stands before the decimals."""
        columns = self._columns
        if columns.fee is None or columns.amount is None:
            return False
        known = {signed_value(text, mark) for text in self._balances}
        with_fee = without = 0
        for texts in self._rows:
            amount, fee, after = (signed_value(text, mark) for text in texts)
            if amount is not None and fee and after is not None:
                with_fee += after - amount + abs(fee) in known
                without += after - amount in known
        if with_fee != without:
            return with_fee > without
        name = set(tokens_of(columns.labels[columns.amount]))
        if {"after", "fees"} <= name:
            return True
        return columns.fee == columns.amount + 1 and not name & {"net", "netto", "total"}


def decide_fee(evidence: FeeEvidence, mark: str, answers: Answers, guesses: list[Guess]) -> bool:
    """Whether fees are to be taken from their amounts; a guess that the person may correct."""
    if not evidence.seen:
        return False
    choices = [ON_TOP, WITHIN]
    answer = answers.get("fee", choices)
    guess = answer or (ON_TOP if evidence.on_top(mark) else WITHIN)
    guesses.append(Guess(answers.id("fee"), "A fee beside an amount is", guess, choices))
    return guess == ON_TOP


def fee_of(text: str, mark: str) -> Decimal:
    """What a cell of fees takes from its amount, never below 0."""
    return abs(signed_value(text, mark) or Decimal(0))
