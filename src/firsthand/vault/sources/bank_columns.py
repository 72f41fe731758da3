"""Which column of a bank's CSV holds what: by the names in its header, and by what is in it."""

import re
from functools import lru_cache, partial

import msgspec

from firsthand.vault.sources.amounts import (
    currency_of,
    direction_of,
    is_neutral,
    read_amount,
)
from firsthand.vault.sources.bank_header import (
    about_line,
    amount_like,
    find_header,
    labels_of,
    looks_dated,
)
from firsthand.vault.sources.bank_money import Named, best_of, like_money, money_columns
from firsthand.vault.sources.bank_seen import Seen, begun, said
from firsthand.vault.sources.bank_words import role_of, tokens_of
from firsthand.vault.sources.booked import says_state
from firsthand.vault.sources.csvs import Record
from firsthand.vault.sources.dates import read
from firsthand.vault.sources.payee import begins_as_kind, words_of

COLUMNS_MAX = 500
# A name that is known as a whole is surer than this.
WHOLE = 500
# In fewer rows a few payees are nothing odd.
KIND_ROWS_MIN = 8
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
DATE_ROLES = ("date_transaction", "date_booking", "date_value")


class Columns(msgspec.Struct, kw_only=True):
    """Positions (from 0) of the columns of a file; None where there is none.

    `header_line` is 0 for a file without names; `first_line` is where the data begin. `labels`
    `about_line` is a line of the account itself, above rows without names. `labels`
    are the names a person sees, no two the same. `dates` are all columns of dates, the chosen one
    first. `naming` is the description that tells rows apart best: where there is no payee, it has
    the name. `names` are all columns of payees: another has the name where the payee is empty.
    `unsure` says that no name tells which of `debit` and `credit` has the money spent.
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
    unsure: bool = False
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
    fee: int | None = None
    names: list[int] = []


@lru_cache(maxsize=1 << 8)
def has_letters(text: str) -> bool:
    """Whether a cell may be a name: the number of an account is none, nor an IBAN."""
    found = sum(map(str.isalpha, text))
    figures = sum(map(str.isdigit, text))
    return found > 0 and not (figures >= 6 and (figures > 2 * found or _is_iban(text)))


def _is_iban(text: str) -> bool:
    return _IBAN.fullmatch(text.replace(" ", "")) is not None


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
    seen = Seen(rows, width)
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
    money = money_columns(Named(columns.header, len(columns.labels), columns.dates, roles), seen)
    columns.amount, columns.balance = money.amount, money.balance
    columns.debit, columns.credit, columns.unsure = money.debit, money.credit, money.unsure
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


def _roles(header: list[str], width: int, seen: Seen) -> dict[int, tuple[str, int]]:
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
        elif role == "direction" and not seen.fits(i, direction_of) and seen.fits(i, like_money):
            role = "amount"  # "Soll/Haben" over amounts with their signs
        elif role in DATE_ROLES and not seen.fits(i, read):
            role = "currency" if seen.share(i, currency_of) > 0.5 else "kind"
        elif role == "currency" and not seen.fits(i, currency_of):
            role = "kind"
        elif role in ("payee", "payer") and not seen.fits(i, has_letters):
            role = "other"
        roles[i] = (role, sure)
    return roles


def _is_word(cell: str) -> bool:
    return len(cell.strip()) > 1


def _dates(roles: dict[int, tuple[str, int]], width: int, seen: Seen) -> list[int]:
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


def _other_columns(columns: Columns, roles: dict[int, tuple[str, int]], seen: Seen) -> None:
    columns.payee = best_of(roles, "payee", seen)
    columns.payer = best_of(roles, "payer", seen)
    columns.bank_id = best_of(roles, "bank_id", seen)
    columns.account = best_of(roles, "account", seen)
    columns.currency = best_of(roles, "currency", seen)
    columns.fee = best_of({i: r for i, r in roles.items() if r[1] > WHOLE}, "fee", seen)
    columns.names = [i for i, (role, _) in roles.items() if role == "payee"]
    columns.descriptions = [i for i, (role, _) in roles.items() if role == "description"]
    columns.kinds = [i for i, (role, _) in roles.items() if role == "kind"]
    money = {columns.amount, columns.debit, columns.credit, columns.balance, *columns.dates}
    free = [i for i in range(len(columns.labels)) if i not in money]
    if columns.currency is None:
        by_content = [i for i in free if seen.share(i, currency_of) > 0.9 and i not in roles]
        columns.currency = by_content[0] if by_content else None
    if columns.amount is not None:
        columns.direction = _direction(free, roles, seen)
    columns.descriptions = [
        i
        for i in columns.descriptions
        if i != columns.direction and seen.share(i, direction_of) <= 0.5
    ]
    columns.descriptions += _unnamed(columns, roles, seen)
    _leave_kind(columns, [i for i in free if i not in roles], seen)
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
    if columns.payee is None and columns.kinds:
        columns.descriptions += _saying_kind(columns, seen)
    if not columns.header:
        columns.names = _unnamed_names(columns, free, seen)
    columns.naming = max(
        columns.descriptions,
        key=lambda i: (said(seen.columns[i]), -seen.share(i, begins_as_kind), -i),
        default=None,
    )


def _direction(free: list[int], roles: dict[int, tuple[str, int]], seen: Seen) -> int | None:
    """The column that says which way the money went, if one does."""
    options = [
        i
        for i in free
        if (i not in roles or roles[i][0] in ("direction", "kind", "description"))
        # A letter alone says which way the money went only where nothing says otherwise.
        and (roles.get(i, ("", 0))[0] != "description" or seen.share(i, _is_word) > 0.9)
        and seen.filled(i) >= 0.5
        and seen.share(i, direction_of) > (0.5 if seen.share(i, is_neutral) else 0.9)
    ]
    return min(options, key=lambda i: (roles.get(i, ("", 0))[0] != "direction", i), default=None)


def _leave_kind(columns: Columns, unnamed: list[int], seen: Seen) -> None:
    """Where the column of payees says how was paid, in a few values, another one names them.

    A person pays the same few often enough, but then what is said of it begins alike as well.
    """
    payee, told = columns.payee, [*columns.descriptions, *unnamed]
    if payee is None:
        return
    rows, own = len(seen.columns[payee]), said(seen.columns[payee])
    if rows < KIND_ROWS_MIN or own * 4 > rows:
        return
    begins = {i: begun(seen.columns[i]) for i in told if seen.share(i, has_letters) >= 0.5}
    varied = max(begins, key=lambda i: (begins[i], -i), default=None)
    if varied is None or begins[varied] < max(3 * own, rows / 2):
        return
    columns.payee = next((i for i in columns.names if said(seen.columns[i]) > 3 * own), None)
    columns.names = [i for i in columns.names if i != payee]
    columns.kinds.append(payee)
    if varied not in columns.descriptions:
        columns.descriptions.append(varied)


def _unnamed_names(columns: Columns, free: list[int], seen: Seen) -> list[int]:
    """Columns without names that may have who was paid, where the chosen ones are empty."""
    told = {*columns.descriptions, columns.currency, columns.direction, columns.state}
    return [i for i in free if i not in told and seen.share(i, has_letters) >= 0.5]


def _state(columns: Columns, free: list[int], seen: Seen) -> int | None:
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


def _unnamed(columns: Columns, roles: dict[int, tuple[str, int]], seen: Seen) -> list[int]:
    """Columns of words without a name right after the last description: they go on with it."""
    found: list[int] = []
    for i in range(max(columns.descriptions, default=len(columns.labels)) + 1, len(columns.labels)):
        if (i < len(columns.header) and columns.header[i]) or i in roles:
            break
        if seen.share(i, has_letters) >= 0.5:
            found.append(i)
    return found


def _texts(free: list[int], roles: dict[int, tuple[str, int]], seen: Seen) -> list[int]:
    """Columns of words where no name says which: the one with the most to say."""
    found = [i for i in free if i not in roles and seen.share(i, has_letters) >= 0.5]
    found.sort(key=lambda i: -said(seen.columns[i]) * _length(seen.columns[i]))
    return found[:1]


def _saying_kind(columns: Columns, seen: Seen) -> list[int]:
    """The kind that tells rows apart, where descriptions hold but numbers: "Pix to Greta", 114."""
    if any(said(seen.columns[i]) for i in [*columns.descriptions, columns.payer] if i is not None):
        return []
    best = max(columns.kinds, key=lambda i: (said(seen.columns[i]), -i))
    return [best] if said(seen.columns[best]) > 1 else []


def _length(cells: list[str]) -> float:
    return sum(len(words_of(cell)) for cell in cells) / max(1, len(cells))
