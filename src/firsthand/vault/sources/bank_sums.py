"""What the sums in a bank's CSV show: which column is the amount, and which sign means what."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise, permutations

from firsthand.vault.sources.amounts import signed_value

COLUMNS_MAX = 6

Values = list[Decimal | None]


def amount_and_balance(values: Mapping[int, Values]) -> tuple[int, int] | None:
    """The columns of the amount and of the balance after it, or None if nothing adds up.

    `values` are the cells of each column that may be one of them, by the column's position.
    """
    options = list(values)[:COLUMNS_MAX]
    for i, before, after in permutations(options, 3):
        if _is_difference(values[i], values[before], values[after]):
            return i, after
    for i, balance in permutations(values, 2):
        if _adds_up(values[i], values[balance]):
            return i, balance
    return None


def _is_difference(amounts: Values, before: Values, after: Values) -> bool:
    """Whether each row has the balance before, the amount, and the balance after it."""
    known = [
        (amount, start, end)
        for amount, start, end in zip(amounts, before, after, strict=True)
        if amount and start is not None and end is not None
    ]
    follows = any(this[1] == last[2] or last[1] == this[2] for last, this in pairwise(known))
    return follows and all(end - start == amount for amount, start, end in known)


def _adds_up(amounts: Values, balances: Values) -> bool:
    """Whether one column is the running sum of the other, upwards or downwards."""
    if len(amounts) < 3:
        return False
    up = down = tried = 0
    for i in range(1, len(amounts)):
        now, before = balances[i], balances[i - 1]
        this, last = amounts[i], amounts[i - 1]
        if now is None or before is None or this is None or last is None or now == before:
            continue
        tried += 1
        up += abs(now - before) == abs(this)
        down += abs(before - now) == abs(last)
    return tried >= 2 and max(up, down) >= 0.7 * tried


def sign_by_balance(rows: list[tuple[str, str]], mark: str, runs: int) -> int:
    """Above 0 if the balance rises by amounts without a minus, below 0 if it falls by them.

    0 if it does not follow the amounts: at least two steps must, and nine of ten that do alike.
    `rows` are (amount, balance) as written; `runs` is 1 for oldest first, -1 for newest first, 0
    if that is not known: it tells a balance before the row from one after it.
    """
    values = [(signed_value(a, mark), signed_value(b, mark)) for a, b in rows]
    rises = falls = 0
    for (last, before), (this, now) in pairwise(values):
        if before is None or now is None or before == now:
            continue
        # Oldest first the step is this row's, or the last one's if the balance is that before it;
        # newest first both turn round.
        step = now - before
        by_this, by_last = (step if runs >= 0 else -step), (step if runs > 0 else -step)
        rises += by_this == this or by_last == last
        falls += -by_this == this or -by_last == last
    if max(rises, falls) < 2 or min(rises, falls) > 0.1 * (rises + falls):
        return 0
    return rises - falls
