"""Bank statements as CSV, of any bank."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from firsthand.vault.sources.amounts import currency_of, direction_of, read_amount, value_of
from firsthand.vault.sources.bank_columns import Columns, has_letters, recognise
from firsthand.vault.sources.bank_layout import Evidence, Layout, correct, decide
from firsthand.vault.sources.booked import booked, surely_not
from firsthand.vault.sources.csvs import head_lines, records
from firsthand.vault.sources.dates import read
from firsthand.vault.sources.export import Answers, Export, Row, UnableToRead, Unreadable
from firsthand.vault.sources.identity import Identity
from firsthand.vault.sources.payments import Payment, payment_thing
from firsthand.vault.sources.text import TextFile

_NO_YEAR = re.compile(r"\d{1,2}[./]\d{1,2}[./]?")

_ABOUT = "Its date is written otherwise than all others: it tells of the account, not of a payment."


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

    def rows(self) -> Iterator[Row | Unreadable]:
        """Every data row, one at a time."""
        layout = self._layout
        identity = Identity(self.source)
        found = records(self._text.lines(), self._delimiter, layout.width)
        for record in found:
            if not _holds_data(record.line, layout.columns):
                continue
            if record.why:
                yield Unreadable(record.line, record.why)
                continue
            if record.line == layout.columns.about_line:
                yield Unreadable(record.line, _ABOUT)
                continue
            payment = _payment(record.cells, layout)
            if isinstance(payment, str):
                yield Unreadable(record.line, payment)
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
    width = len(columns.header) or None
    evidence.take(records(text.lines(), delimiter, width))
    preamble = " ".join(t for number, t, _ in head if t and number < columns.first_line)
    export = BankCsv(text, delimiter, decide(evidence, preamble, given))
    export.sure = frozenset(given.sure)
    if columns.header:
        named = [export.source, delimiter, *columns.header, evidence.shape]
        export.signature = hashlib.sha256("\x1f".join(named).encode()).hexdigest()
    return export


def _cell(cells: list[str], column: int | None) -> str:
    return "" if column is None or column >= len(cells) else cells[column].strip()


def _payment(cells: list[str], layout: Layout) -> Payment | str:
    """The payment in a row's cells, or why there is none."""
    columns = layout.columns
    if len(cells) < layout.width_min:
        return f"It has {len(cells)} columns, too few: {layout.width_min} are expected."
    if len(cells) > layout.width_max and any(map(str.strip, cells[layout.width_max :])):
        return f"It has {len(cells)} columns, too many: {layout.width_max} are expected."
    if state := _not_booked(cells, columns):
        return f"It is not booked: {state[:40]}."
    day = _day(cells, layout)
    if isinstance(day, str):
        return day
    money = _single(cells, layout) if columns.amount is not None else _pair(cells, layout)
    if isinstance(money, str):
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
        naming=_cell(cells, columns.naming),
        bank_id=_cell(cells, columns.bank_id),
        account=_cell(cells, columns.account),
    )


def _not_booked(cells: list[str], columns: Columns) -> str:
    """What a row says of itself if it moved no money; "" if it is booked."""
    if columns.state is not None:
        state = _cell(cells, columns.state)
        return state if booked(state, columns.labels[columns.state]) is False else ""
    others = [*columns.kinds, *columns.dates]
    return next((word for i in others if surely_not(word := _cell(cells, i))), "")


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


def _single(cells: list[str], layout: Layout) -> tuple[Decimal, str | None] | str:
    text = _cell(cells, layout.columns.amount)
    if not text:
        return "The amount is missing."
    found = _signed(text, layout)
    if isinstance(found, str):
        return found
    value, sign, word, code = found
    if word:
        return value * word * (-1 if sign < 0 else 1), code
    if layout.directed:
        towards = direction_of(_cell(cells, layout.columns.direction))
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
