"""Bank statements as CSV, of any bank."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from firsthand.vault.sources.amounts import (
    currency_of,
    direction_of,
    is_neutral,
    read_amount,
    value_of,
)
from firsthand.vault.sources.bank_columns import Columns, has_letters, recognise
from firsthand.vault.sources.bank_fees import fee_of
from firsthand.vault.sources.bank_layout import Evidence, Layout, correct, decide
from firsthand.vault.sources.bank_signs import names_cards
from firsthand.vault.sources.bank_words import tokens_of
from firsthand.vault.sources.booked import booked, says_balance, says_sum, surely_not
from firsthand.vault.sources.csvs import head_lines, records
from firsthand.vault.sources.dates import read
from firsthand.vault.sources.export import (
    Answers,
    Each,
    Export,
    Row,
    Skipped,
    UnableToRead,
    Unreadable,
)
from firsthand.vault.sources.identity import Identity
from firsthand.vault.sources.patterns import later
from firsthand.vault.sources.payee import says_name
from firsthand.vault.sources.payments import Payment, account_id, payment_thing
from firsthand.vault.sources.text import TextFile

_NO_YEAR = later(r"\d{1,2}[./]\d{1,2}[./]?")

_STATES = frozenset(["status", "state", "stato", "estado", "statut", "tila"])
_CODE = later(r"(?=\D*\d)[0-9A-Z-]{8,}")

_ABOUT = "what the statement says of its account"
_BESIDE = "a line beside the payments, without a date and an amount"
_BALANCE = "a balance, without a payment"
_SUM = "a sum of payments"
_NOT_BOOKED = "a payment that is not booked"
_OWN = "money that moved between your own balances"


class _Left(NamedTuple):
    """A row that was understood and is no payment, and why."""

    why: str


class BankCsv(Export):
    """A bank statement as CSV. Dates are days as the bank writes them, without a time of day."""

    source = "bank"
    format = "Bank statement (CSV)"

    def __init__(self, text: TextFile, delimiter: str, layout: Layout) -> None:
        """Made by `open_bank_csv`."""
        self._text = text
        self._delimiter = delimiter
        self._layout = layout
        self.questions = layout.questions
        self.guesses = layout.guesses

    def rows(self) -> Iterator[Each]:
        """Every data row, one at a time."""
        layout = self._layout
        identity = Identity(self.source)
        header = "\x1f".join(layout.columns.header)
        statement = account_id(header) if header else ""
        found = records(self._text.lines(), self._delimiter, layout.width)
        for record in found:
            if not _holds_data(record.line, layout.columns):
                continue
            if record.why:
                yield Unreadable(record.line, record.why)
                continue
            if record.line == layout.columns.about_line:
                yield Skipped(record.line, _ABOUT)
                continue
            payment = _payment(record.cells, layout, statement)
            if isinstance(payment, str):
                yield Unreadable(record.line, payment)
            elif isinstance(payment, _Left):
                yield Skipped(record.line, payment.why)
            else:
                yield Row(record.line, payment_thing(payment, identity))


def _holds_data(line: int, columns: Columns) -> bool:
    # A header alone has no first line of data: whatever comes after it is data.
    return line > columns.header_line and line >= columns.first_line


def open_bank_csv(name: str, text: TextFile, delimiter: str, answers: Mapping[str, str]) -> BankCsv:
    """Recognise a bank's CSV. Raises UnableToRead, naming the columns seen and what is missing."""
    head = head_lines(text.lines())
    found = list(records(head, delimiter))
    columns = recognise(found)
    if isinstance(columns, str):
        widest = max((r.cells for r in found), key=len, default=[])
        seen = ", ".join(f'"{cell.strip()[:40]}"' for cell in widest[:20]) or "none"
        raise UnableToRead(
            f'"{name}" is neither an export that is known nor a bank statement: {columns}. '
            f"Columns seen: {seen}. A statement needs a date and an amount in each row."
        )
    given = Answers(text.digest[:8], answers)
    columns = correct(columns, given)
    if columns.first_line == 0:
        columns.first_line = columns.header_line + 1
    evidence = Evidence(columns)
    rows = [record.cells for record in found if record.line >= columns.first_line]
    evidence.signs.card = not columns.header and names_cards(rows)
    width = len(columns.header) or None
    evidence.take(records(text.lines(), delimiter, width))
    above = max(columns.first_line, columns.about_line + 1)
    preamble = " ".join(t for number, t, _ in head if t and number < above)
    export = BankCsv(text, delimiter, decide(evidence, preamble, given))
    export.sure = frozenset(given.sure)
    if columns.header:
        named = [export.source, delimiter, *columns.header, evidence.shape]
        export.signature = hashlib.sha256("\x1f".join(named).encode()).hexdigest()
    return export


def _cell(cells: list[str], column: int | None) -> str:
    return "" if column is None or column >= len(cells) else cells[column]


def _payment(cells: list[str], layout: Layout, statement: str) -> Payment | _Left | str:
    """The payment in a row's cells, or why there is none."""
    columns = layout.columns
    cells = [cell.strip() for cell in cells]
    if left := _beside(cells, columns):
        return left
    if len(cells) < layout.width_min:
        return f"It has {len(cells)} columns, too few: {layout.width_min} are expected."
    if len(cells) > layout.width_max and any(map(str.strip, cells[layout.width_max :])):
        return f"It has {len(cells)} columns, too many: {layout.width_max} are expected."
    if _not_booked(cells, columns):
        return _Left(_NOT_BOOKED)
    day = _day(cells, layout)
    if isinstance(day, str):
        return day
    money = _single(cells, layout) if columns.amount is not None else _pair(cells, layout)
    if isinstance(money, str | _Left):
        return money
    value, code = money
    payee = _cell(cells, columns.payee)
    if columns.payer is not None and (value > 0 or not payee):
        payee = _cell(cells, columns.payer) or payee
    payee = payee if has_letters(payee) else ""
    words = dict.fromkeys(text for i in columns.descriptions if (text := _cell(cells, i)))
    if not payee and not words:
        words = dict.fromkeys(text for i in columns.kinds if (text := _cell(cells, i)))
    currency = currency_of(_cell(cells, columns.currency)) if columns.currency is not None else None
    return Payment(
        time=day.isoformat(),
        value=value,
        currency=currency or layout.currency or code or None,
        payee=payee,
        description=" ".join(words),
        naming=_naming(cells, columns),
        bank_id=_cell(cells, columns.bank_id),
        account=_cell(cells, columns.account),
        fee=_fee(cells, value, layout),
        statement=statement,
        also="" if payee else _also(cells, columns, list(words)),
    )


def _beside(cells: list[str], columns: Columns) -> _Left | None:
    """Why a row is no payment if it has no amount: a balance, or a line above or below them."""
    for i in {0, columns.payee, *columns.descriptions, *columns.kinds}:
        if says_balance(_cell(cells, i)):
            return _Left(_BALANCE)
    if not any(_cell(cells, column) for column in columns.dates) and any(map(says_sum, cells)):
        return _Left(_SUM)
    for column in (columns.amount, columns.debit, columns.credit):
        if column is not None and any(map(str.isdigit, _cell(cells, column))):
            return None
    if not any(any(map(str.isdigit, _cell(cells, column))) for column in columns.dates):
        return _Left(_BESIDE)
    balance = _cell(cells, columns.balance)
    return _Left(_BALANCE) if any(map(str.isdigit, balance)) else None


def _naming(cells: list[str], columns: Columns) -> str:
    """The description that has the name: the one that says so, or the usual one."""
    if len(columns.descriptions) > 1:
        for column in columns.descriptions:
            if says_name(text := _cell(cells, column)):
                return text
    return _cell(cells, columns.naming)


def _also(cells: list[str], columns: Columns, words: list[str]) -> str:
    """A name from a column that is looked at only where the usual ones are empty."""
    if columns.header or not words:
        for column in columns.names:
            if has_letters(text := _cell(cells, column)):
                return text
    if words and all(map(_CODE.fullmatch, words)):
        return " ".join(text for i in columns.kinds if (text := _cell(cells, i)))
    return ""


def _fee(cells: list[str], value: Decimal, layout: Layout) -> Decimal:
    """What is to be paid on top of the amount; who is sent money does not pay for the sending."""
    if not layout.fee_on_top or (layout.directed and value > 0):
        return Decimal(0)
    return fee_of(_cell(cells, layout.columns.fee), layout.mark)


def _not_booked(cells: list[str], columns: Columns) -> str:
    """What a row says of itself if it moved no money; "" if it is booked."""
    if columns.state is not None:
        state = _cell(cells, columns.state)
        return state if booked(state, columns.labels[columns.state]) is False else ""
    for column in columns.kinds:
        name = columns.header[column] if column < len(columns.header) else ""
        if _STATES & set(tokens_of(name)) and booked(_cell(cells, column), name) is False:
            return _cell(cells, column)
    others = [*columns.kinds, *columns.dates]
    return next((word for i in others if surely_not(word := _cell(cells, i))), "")


def _held(cells: list[str], columns: Columns) -> bool:
    """Whether an amount stands in a column of what is only held back yet (ING in Poland)."""
    held = [i for i, name in enumerate(columns.header) if "blokady" in tokens_of(name)]
    return any(_cell(cells, i) for i in held)


def _day(cells: list[str], layout: Layout) -> date | str:
    empty = True
    for column in layout.columns.dates:
        text = _cell(cells, column)
        if not text:
            continue
        empty = False
        moment = read(text)
        if moment is None and _NO_YEAR.fullmatch(text):
            continue  # the year is in another column's date
        if moment is None:
            return f'"{text[:40]}" is not a date.'
        if layout.order in moment.dates:
            return moment.dates[layout.order]
        if len(moment.dates) == 1 and next(iter(moment.dates)) == "ymd" and text[:4].isdigit():
            return moment.dates["ymd"]
        return f'"{text[:40]}" is no date in the order that the rest of the file has.'
    return "The date is missing." if empty else "The date has no year."


def _signed(text: str, layout: Layout) -> tuple[Decimal, int, int, str | None] | str:
    """Size, sign (0 if none), direction word and currency of a cell."""
    amount = read_amount(text)
    if amount is None:
        return f'"{text[:40]}" is not an amount.'
    value = value_of(amount.core, layout.mark)
    if value is None:
        return f'"{text[:40]}" is not an amount as the rest of the file writes them.'
    return value, amount.sign, amount.direction, amount.currency


def _single(cells: list[str], layout: Layout) -> tuple[Decimal, str | None] | _Left | str:
    text = _cell(cells, layout.columns.amount)
    if not text:
        return _Left(_NOT_BOOKED) if _held(cells, layout.columns) else "The amount is missing."
    found = _signed(text, layout)
    if isinstance(found, str):
        return found
    value, sign, word, code = found
    if word:
        return value * word * (-1 if sign < 0 else 1), code
    if layout.directed:
        towards = direction_of(_cell(cells, layout.columns.direction))
        if is_neutral(_cell(cells, layout.columns.direction)):
            return _Left(_OWN)
        if towards == 0:
            return "It does not say whether money went out or came in."
        return value * towards, code
    return value * layout.positive * (-1 if sign < 0 else 1), code


def _pair(cells: list[str], layout: Layout) -> tuple[Decimal, str | None] | str:
    sums: list[tuple[Decimal, str | None]] = []
    for column, towards in ((layout.columns.debit, -1), (layout.columns.credit, 1)):
        text = _cell(cells, column)
        if not text or not any(map(str.isdigit, text)):
            continue
        found = _signed(text, layout)
        if isinstance(found, str):
            return found
        value, sign, _, code = found
        # A minus among debits without one is money that came back, and the other way round.
        natural = layout.debit_negative if towards < 0 else layout.credit_negative
        sums.append((value * towards * (-1 if sign < 0 and not natural else 1), code))
    if not sums:
        return "The amount is missing."
    filled = [found for found in sums if found[0]]
    if len(filled) > 1:
        return "It has money going out and money coming in at once."
    return filled[0] if filled else sums[0]
