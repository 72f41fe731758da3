"""Which column of a bank's CSV holds what: by the names in its header, and by what is in it."""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from itertools import pairwise

import msgspec

from firsthand.vault.sources.amounts import (
    DecimalEvidence,
    currency_of,
    direction_of,
    read_amount,
    value_of,
)
from firsthand.vault.sources.bank_header import (
    about_line,
    amount_like,
    find_header,
    labels_of,
    looks_dated,
)
from firsthand.vault.sources.bank_sums import amount_and_balance
from firsthand.vault.sources.bank_words import role_of, tokens_of
from firsthand.vault.sources.booked import says_state
from firsthand.vault.sources.csvs import Record
from firsthand.vault.sources.dates import read
from firsthand.vault.sources.payee import begins_as_kind, words_of

CELLS_MAX = 100
COLUMNS_MAX = 500
DATE_ROLES = ("date_transaction", "date_booking", "date_value")


class Columns(msgspec.Struct, kw_only=True):
    """Positions (from 0) of the columns of a file; None where there is none.

    `header_line` is 0 for a file without names; `first_line` is where the data begin. `labels`
    `about_line` is a line of the account itself, above rows without names. `labels`
    are the names a person sees, no two the same. `dates` are all columns of dates, the chosen one
    first. `naming` is the description that tells rows apart best: where there is no payee, it has
    the name.
    """

    header_line: int
    header: list[str]
    first_line: int
    about_line: int = 0
    labels: list[str]
    dates: list[int]
    amount: int | None = None
    debit: int | None = None
    credit: int | None = None
    direction: int | None = None
    balance: int | None = None
    currency: int | None = None
    payee: int | None = None
    payer: int | None = None
    descriptions: list[int] = []
    naming: int | None = None
    kinds: list[int] = []
    bank_id: int | None = None
    account: int | None = None
    state: int | None = None


class _Seen:
    """What a sample of rows shows about each column."""

    def __init__(self, rows: list[list[str]], width: int) -> None:
        self.rows = rows
        self.columns = [
            [text for row in rows if i < len(row) and (text := row[i].strip())]
            for i in range(width)
        ]

    def filled(self, column: int) -> float:
        return len(self.columns[column]) / max(1, len(self.rows))

    def share(self, column: int, holds: Callable[[str], object]) -> float:
        """The part of a column's filled cells for which something holds; 0 if none is filled."""
        cells = self.columns[column]
        return sum(1 for cell in cells if holds(cell)) / len(cells) if cells else 0.0

    def fits(self, column: int, holds: Callable[[str], object]) -> bool:
        """Whether at least half of the filled cells do; an empty column fits anything."""
        return not self.columns[column] or self.share(column, holds) >= 0.5


def has_letters(text: str) -> bool:
    """Whether a cell may be a name: the number of an account is none, nor an IBAN."""
    found = sum(map(str.isalpha, text))
    figures = sum(map(str.isdigit, text))
    return found > 0 and not (figures >= 6 and figures > 2 * found)


def _money(text: str) -> bool:
    return read_amount(text) is not None


def recognise(found: list[Record]) -> Columns | str:
    """The columns of a file from its first records, or what is missing in words."""
    header_at, first = find_header(found)
    header = [cell.strip() for cell in found[header_at].cells] if header_at >= 0 else []
    while header and not header[-1]:
        header.pop()
    rows = [r.cells for r in found[max(first, 0) :] if not r.why] if first >= 0 else []
    width = max(len(header), _usual([len(row) for row in rows]))
    if first < 0:
        return _missing(found)
    if width > COLUMNS_MAX:
        return f"it has {width} columns, more than {COLUMNS_MAX}"
    seen = _Seen(rows, width)
    columns = Columns(
        header_line=found[header_at].line if header_at >= 0 else 0,
        header=header,
        first_line=found[first].line if first < len(found) else 0,
        labels=labels_of(header, width),
        dates=[],
    )
    roles = _roles(header, width, seen)
    columns.dates = _dates(roles, width, seen)
    if not columns.dates:
        return "no column holds dates"
    if not header and first >= 0:
        columns.about_line = about_line([r for r in found[first:] if not r.why], columns.dates[0])
    _money_columns(columns, roles, seen)
    if columns.amount is None and columns.debit is None and columns.credit is None:
        return "no column holds amounts of money"
    _other_columns(columns, roles, seen)
    return columns


def _missing(found: list[Record]) -> str:
    cells = [cell for record in found for cell in record.cells]
    dated = any(looks_dated(cell) for cell in cells)
    if dated == any(amount_like(cell) and not looks_dated(cell) for cell in cells):
        return "no rows with a date and an amount of money were found"
    return "no column holds amounts of money" if dated else "no column holds dates"


def _usual(numbers: list[int]) -> int:
    return max(set(numbers), key=lambda n: (numbers.count(n), n)) if numbers else 0


def _roles(header: list[str], width: int, seen: _Seen) -> dict[int, tuple[str, int]]:
    """What the names say, where the content does not contradict."""
    roles: dict[int, tuple[str, int]] = {}
    for i in range(min(len(header), width)):
        found = role_of(header[i])
        if found is None:
            continue
        role, sure = found
        if role in ("currency", "amount", "balance") and seen.share(i, looks_dated) > 0.5:
            role = "date_value"
        elif role in ("amount", "balance", "debit", "credit"):
            if not seen.fits(i, _money):
                role = "direction" if seen.fits(i, direction_of) else "kind"
        elif role in DATE_ROLES and not seen.fits(i, read):
            role = "currency" if seen.share(i, currency_of) > 0.5 else "kind"
        elif role == "currency" and not seen.fits(i, currency_of):
            role = "kind"
        elif role in ("payee", "payer") and not seen.fits(i, has_letters):
            role = "other"
        roles[i] = (role, sure)
    return roles


def _like_money(text: str) -> bool:
    """An amount with a currency, with a minus, or with the two decimals that most money has."""
    amount = read_amount(text)
    if amount is None:
        return False
    return bool(amount.currency or amount.sign or re.search(r"[.,]\d\d$", amount.core))


def _is_word(cell: str) -> bool:
    return len(cell.strip()) > 1


def _best(roles: dict[int, tuple[str, int]], role: str, seen: _Seen) -> int | None:
    of_role = [i for i, (name, _) in roles.items() if name == role]
    return max(of_role, key=lambda i: (seen.filled(i) > 0, roles[i][1], -i), default=None)


def _dates(roles: dict[int, tuple[str, int]], width: int, seen: _Seen) -> list[int]:
    named = [i for i, (role, _) in roles.items() if role in DATE_ROLES]
    named.sort(
        key=lambda i: (
            seen.filled(i) < 0.5 and bool(seen.rows),
            DATE_ROLES.index(roles[i][0]),
            -roles[i][1],
            i,
        )
    )
    if named:
        return named
    return [i for i in range(width) if seen.share(i, looks_dated) >= 0.6 and i not in roles]


def _money_columns(columns: Columns, roles: dict[int, tuple[str, int]], seen: _Seen) -> None:
    columns.balance = _best(roles, "balance", seen)
    amount = _best(roles, "amount", seen)
    debit, credit = _best(roles, "debit", seen), _best(roles, "credit", seen)
    known = [i for i in (debit, credit) if i is not None]
    pair = len(known) == 2 and (amount is None or any(seen.filled(i) > 0 for i in known))
    if pair:
        columns.debit, columns.credit = debit, credit
    elif amount is not None:
        columns.amount = amount
    elif known and (seen.rows == [] or seen.filled(known[0]) > 0):
        other = _other_of_pair(known[0], columns, roles, seen)
        columns.debit = other if debit is None else debit
        columns.credit = other if credit is None else credit
    else:
        _money_by_content(columns, roles, seen)


def _other_of_pair(
    known: int, columns: Columns, roles: dict[int, tuple[str, int]], seen: _Seen
) -> int | None:
    """The column of an unknown name that is filled just where the known one is not."""
    for i in range(len(columns.labels)):
        if i in roles or i in columns.dates or seen.share(i, amount_like) < 0.6:
            continue
        filled = [(known < len(r) and r[known].strip() != "", i < len(r) and r[i].strip() != "")
                  for r in seen.rows]  # fmt: skip
        if sum(a != b for a, b in filled) >= 0.9 * len(filled):
            return i
    return None


def _money_by_content(columns: Columns, roles: dict[int, tuple[str, int]], seen: _Seen) -> None:
    options = [
        i
        for i in range(len(columns.labels))
        if i not in columns.dates
        and (i not in roles or roles[i][0] == "balance")
        and seen.share(i, amount_like) >= 0.6
    ]
    if columns.header and not any(c >= "\u0370" for name in columns.header for c in name):
        # Under names that speak of no money numbers are temperatures or steps, unless they look
        # like money and stand beside somebody or something paid.
        beside = {"payee", "payer", "description", "currency", "balance", "debit", "credit"}
        told = beside & {role for role, _ in roles.values()}
        options = [i for i in options if told and seen.share(i, _like_money) >= 0.9]
    if len(options) == 1:
        columns.amount, columns.balance = options[0], None
        return
    values = _values(options, seen)
    for i, j in pairwise(options):
        both = [(bool(a), bool(b)) for a, b in zip(values[i], values[j], strict=True)]
        used = any(a for a, _ in both) and any(b for _, b in both)
        if used and len(both) > 1 and sum(a != b for a, b in both) >= 0.9 * len(both):
            columns.debit, columns.credit = i, j
            return
    if found := amount_and_balance(values):
        columns.amount, columns.balance = found
        return
    options = [i for i in options if i != columns.balance]
    with_cents = [i for i in options if seen.share(i, lambda c: "." in c or "," in c) >= 0.5]
    signed = [i for i in options if any((v or 0) < 0 for v in values[i])]
    for choice in (signed, with_cents, options):
        if choice:
            columns.amount = choice[0]
            return


def _values(options: list[int], seen: _Seen) -> dict[int, list[Decimal | None]]:
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


def _other_columns(columns: Columns, roles: dict[int, tuple[str, int]], seen: _Seen) -> None:
    columns.payee = _best(roles, "payee", seen)
    columns.payer = _best(roles, "payer", seen)
    columns.bank_id = _best(roles, "bank_id", seen)
    columns.account = _best(roles, "account", seen)
    columns.currency = _best(roles, "currency", seen)
    columns.descriptions = [i for i, (role, _) in roles.items() if role == "description"]
    columns.kinds = [i for i, (role, _) in roles.items() if role == "kind"]
    money = {columns.amount, columns.debit, columns.credit, columns.balance, *columns.dates}
    free = [i for i in range(len(columns.labels)) if i not in money]
    if columns.currency is None:
        by_content = [i for i in free if seen.share(i, currency_of) > 0.9 and i not in roles]
        columns.currency = by_content[0] if by_content else None
    if columns.amount is not None:
        options = [
            i
            for i in free
            if (i not in roles or roles[i][0] in ("direction", "kind", "description"))
            # A letter alone says which way the money went only where nothing says otherwise.
            and (roles.get(i, ("", 0))[0] != "description" or seen.share(i, _is_word) > 0.9)
            and seen.filled(i) >= 0.5
            and seen.share(i, direction_of) > 0.9
        ]
        options.sort(key=lambda i: (roles.get(i, ("", 0))[0] != "direction", i))
        columns.direction = options[0] if options else None
    columns.descriptions = [
        i
        for i in columns.descriptions
        if i != columns.direction and seen.share(i, direction_of) <= 0.5
    ]
    columns.descriptions += _unnamed(columns, roles, seen)
    columns.state = _state(columns, free, seen)
    for taken in (columns.direction, columns.state):
        if taken in columns.kinds:
            columns.kinds.remove(taken)
        if taken in columns.descriptions:
            columns.descriptions.remove(taken)
    named = [columns.payee, columns.payer, *columns.descriptions]
    if not any(i is not None and (seen.filled(i) > 0 or not seen.rows) for i in named):
        others = {columns.currency, columns.direction, columns.state}
        columns.descriptions = _texts([i for i in free if i not in others], roles, seen)
    columns.naming = max(
        columns.descriptions,
        key=lambda i: (_said(seen.columns[i]), -seen.share(i, begins_as_kind), -i),
        default=None,
    )


def _state(columns: Columns, free: list[int], seen: _Seen) -> int | None:
    """The column that says of each row whether it is booked."""
    taken = {columns.payee, columns.payer, columns.direction, columns.currency}
    found: list[tuple[float, int]] = []
    for i in free:
        name = columns.header[i] if i < len(columns.header) else ""
        named = bool({"status", "state"} & set(tokens_of(name)))
        share = seen.share(i, partial(says_state, name=name))
        if i not in taken and share >= (0.5 if named else 0.9):
            found.append((-share - named, i))
    return min(found)[1] if found else None


def _unnamed(columns: Columns, roles: dict[int, tuple[str, int]], seen: _Seen) -> list[int]:
    """Columns of words without a name right after the last description: they go on with it."""
    found: list[int] = []
    for i in range(max(columns.descriptions, default=len(columns.labels)) + 1, len(columns.labels)):
        if (i < len(columns.header) and columns.header[i]) or i in roles:
            break
        if seen.share(i, has_letters) >= 0.5:
            found.append(i)
    return found


def _texts(free: list[int], roles: dict[int, tuple[str, int]], seen: _Seen) -> list[int]:
    """Columns of words where no name says which: the one with the most to say."""
    found = [i for i in free if i not in roles and seen.share(i, has_letters) >= 0.5]
    found.sort(key=lambda i: -_said(seen.columns[i]) * _length(seen.columns[i]))
    return found[:1]


def _said(cells: list[str]) -> int:
    """How many different things the words of a column say, whatever numbers are among them."""
    return len({words_of(cell) for cell in cells} - {""})


def _length(cells: list[str]) -> float:
    return sum(len(words_of(cell)) for cell in cells) / max(1, len(cells))
