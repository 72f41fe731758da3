"""Which columns of a bank's CSV hold the money: by their names, and by what is in them."""

import re
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

import msgspec

from firsthand.vault.sources.amounts import DecimalEvidence, read_amount, value_of
from firsthand.vault.sources.bank_header import amount_like
from firsthand.vault.sources.bank_seen import Seen
from firsthand.vault.sources.bank_sums import amount_and_balance

Roles = dict[int, tuple[str, int]]


class Named(NamedTuple):
    """What is known before money is looked for: the header, how many columns, dates, roles."""

    header: list[str]
    width: int
    dates: list[int]
    roles: Roles


class Money(msgspec.Struct, kw_only=True):
    """Positions of the columns of money; `unsure` as in `Columns`."""

    amount: int | None = None
    debit: int | None = None
    credit: int | None = None
    balance: int | None = None
    unsure: bool = False


def like_money(text: str) -> bool:
    """An amount with a currency, with a minus, or with the two decimals that most money has."""
    amount = read_amount(text)
    if amount is None:
        return False
    return bool(amount.currency or amount.sign or re.search(r"[.,]\d\d$", amount.core))


def best_of(roles: Roles, role: str, seen: Seen) -> int | None:
    """The column that holds a role: one with something in it, then the surest name."""
    of_role = [i for i, (name, _) in roles.items() if name == role]
    return max(of_role, key=lambda i: (seen.filled(i) > 0, roles[i][1], -i), default=None)


def money_columns(named: Named, seen: Seen) -> Money:
    """The columns of money of a file; all None where none is found."""
    roles = named.roles
    money = Money(balance=best_of(roles, "balance", seen))
    amount = best_of(roles, "amount", seen)
    debit, credit = best_of(roles, "debit", seen), best_of(roles, "credit", seen)
    known = [i for i in (debit, credit) if i is not None]
    pair = len(known) == 2 and (amount is None or any(seen.filled(i) > 0 for i in known))
    if pair:
        money.debit, money.credit = debit, credit
    elif amount is not None and len(known) == 1 and _take_turns(amount, known[0], seen):
        # What is spent stands under "amount", what comes in under a name of its own.
        money.debit = amount if debit is None else debit
        money.credit = amount if credit is None else credit
    elif amount is not None:
        money.amount = amount
    elif known and (seen.rows == [] or seen.filled(known[0]) > 0):
        other = _other_of_pair(known[0], named, seen)
        money.debit = other if debit is None else debit
        money.credit = other if credit is None else credit
    else:
        _by_content(money, named, seen)
    return money


def _take_turns(one: int, other: int, seen: Seen) -> bool:
    """Whether both columns are filled at times, and in nearly every row just one of them."""
    filled = [tuple(i < len(r) and r[i].strip() != "" for i in (one, other)) for r in seen.rows]
    both = any(a for a, _ in filled) and any(b for _, b in filled)
    return both and sum(a != b for a, b in filled) >= 0.9 * len(filled)


def _other_of_pair(known: int, named: Named, seen: Seen) -> int | None:
    """The column of an unknown name that is filled just where the known one is not."""
    for i in range(named.width):
        if i in named.roles or i in named.dates or seen.share(i, amount_like) < 0.6:
            continue
        filled = [(known < len(r) and r[known].strip() != "", i < len(r) and r[i].strip() != "")
                  for r in seen.rows]  # fmt: skip
        if sum(a != b for a, b in filled) >= 0.9 * len(filled):
            return i
    return None


def _options(named: Named, seen: Seen) -> list[int]:
    options = [
        i
        for i in range(named.width)
        if i not in named.dates
        and (i not in named.roles or named.roles[i][0] == "balance")
        and seen.share(i, amount_like) >= 0.6
    ]
    if named.header and not any(c >= "\u0370" for name in named.header for c in name):
        # Under names that speak of no money numbers are temperatures or steps, unless they look
        # like money and stand beside somebody or something paid.
        beside = {"payee", "payer", "description", "currency", "balance", "debit", "credit"}
        told = beside & {role for role, _ in named.roles.values()}
        options = [i for i in options if told and seen.share(i, like_money) >= 0.9]
    return options


def _by_content(money: Money, named: Named, seen: Seen) -> None:
    options = _options(named, seen)
    if len(options) == 1:
        money.amount, money.balance = options[0], None
        return
    values = _values(options, seen)
    for i, j in pairwise(options):
        both = [(bool(a), bool(b)) for a, b in zip(values[i], values[j], strict=True)]
        used = any(a for a, _ in both) and any(b for _, b in both)
        if used and len(both) > 1 and sum(a != b for a, b in both) >= 0.9 * len(both):
            money.debit, money.credit, money.unsure = i, j, True
            return
    if found := amount_and_balance(values):
        money.amount, money.balance = found
        return
    options = [i for i in options if i != money.balance]
    with_cents = [i for i in options if seen.share(i, lambda c: "." in c or "," in c) >= 0.5]
    signed = [i for i in options if any((v or 0) < 0 for v in values[i])]
    for choice in (signed, with_cents, options):
        if choice:
            money.amount = choice[0]
            return


def _values(options: list[int], seen: Seen) -> dict[int, list[Decimal | None]]:
    evidence = DecimalEvidence()
    for i in options:
        for cell in seen.columns[i]:
            if amount := read_amount(cell):
                evidence.observe(amount.core)
    mark = evidence.decide() or "."
    values: dict[int, list[Decimal | None]] = {}
    for i in options:
        values[i] = []
        for row in seen.rows:
            amount = read_amount(row[i]) if i < len(row) else None
            value = value_of(amount.core, mark) if amount else None
            values[i].append(-value if value and amount and amount.sign < 0 else value)
    return values
