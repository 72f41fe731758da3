"""How one bank's CSV writes dates, amounts and signs: decided from the file as a whole."""

import re
from collections import Counter
from collections.abc import Iterable

import msgspec

from firsthand.vault.sources.amounts import (
    CODES,
    DecimalEvidence,
    currencies_in,
    read_amount,
)
from firsthand.vault.sources.bank_columns import Columns
from firsthand.vault.sources.bank_fees import FeeEvidence, decide_fee
from firsthand.vault.sources.bank_header import date_shape
from firsthand.vault.sources.bank_signs import SignEvidence, decide_sign, said_of
from firsthand.vault.sources.bank_sums import sign_by_balance
from firsthand.vault.sources.bank_words import tokens_of
from firsthand.vault.sources.csvs import Record
from firsthand.vault.sources.dates import ORDER_WORDS, OrderEvidence
from firsthand.vault.sources.export import Answers, Guess, Question

NONE = "none"
_CORRECTED = ("date", "amount", "debit", "credit", "direction", "name", "description", "state")
BALANCED_ROWS_MAX = 500
MARKS = {"point": ".", "comma": ","}

# Words in names of columns that only languages with the day first use.
_DAY_FIRST_WORDS = """
datum buchungstag betrag verwendungszweck libelle montant importo descrizione causale fecha
importe concepto valor descricao historico montante bedrag omschrijving kwota opis belopp
belob belop dato tekst tytul operacji bokforingsdag wertstellung umsatz soll haben
"""
_DAY_FIRST = frozenset(_DAY_FIRST_WORDS.split())
_DAY_FIRST_CURRENCIES = frozenset(["GBP", "INR"])
_WHOLE_CURRENCIES = frozenset(["JPY", "KRW", "VND", "HUF", "CLP", "ISK", "IDR", "COP", "PYG"])


class Layout(msgspec.Struct, kw_only=True):
    """How to read the rows of a file, with what to ask and what was guessed."""

    columns: Columns
    order: str
    mark: str
    positive: int
    debit_negative: bool
    credit_negative: bool
    directed: bool
    currency: str | None
    width_min: int
    width_max: int
    width: int
    fee_on_top: bool
    questions: list[Question]
    guesses: list[Guess]


class Evidence:
    """One pass over the whole file."""

    def __init__(self, columns: Columns) -> None:
        """`columns` as recognised, or as the person corrected them."""
        self.columns = columns
        self.orders = {i: OrderEvidence() for i in columns.dates}
        self.decimals = DecimalEvidence()
        self.widths: Counter[int] = Counter()
        self.trimmed: Counter[int] = Counter()
        self.signs = SignEvidence()
        self.debit_minus = self.debit_plain = 0
        self.credit_minus = self.credit_plain = 0
        self.shape = ""
        self.said = {"as": 0, "swapped": 0}
        self.codes: Counter[str] = Counter()
        self.balanced: list[tuple[str, str]] = []
        self.fees = FeeEvidence(columns)

    def stated(self, preamble: str) -> str | None:
        """The one currency that amounts, names of columns or the lines above them speak of."""
        if len(self.codes) == 1:
            return next(iter(self.codes))
        columns = self.columns
        money = [columns.amount, columns.debit, columns.credit, columns.balance]
        names = " ".join(columns.labels[i] for i in money if i is not None)
        for text in (names, preamble):
            if len(codes := currencies_in(text)) == 1:
                return codes.pop()
        return None

    def take(self, records: Iterable[Record]) -> None:
        """Look at every row of data."""
        for record in records:
            line = record.line
            if (
                line >= self.columns.first_line
                and line != self.columns.about_line
                and not record.why
            ):
                self._row(record.cells)

    def _row(self, cells: list[str]) -> None:
        columns = self.columns
        size = len(cells)
        self.widths[size] += 1
        while size and not cells[size - 1].strip():
            size -= 1
        self.trimmed[size] += 1
        for column, evidence in self.orders.items():
            if column < size and cells[column]:
                evidence.observe(cells[column])
                self.shape = self.shape or date_shape(cells[column])
        self._balance(cells, size)
        self.fees.observe(cells, size)
        for i in (columns.amount, columns.debit, columns.credit, columns.balance):
            if i is not None and i < size and cells[i]:
                self._money(i, cells)

    def _balance(self, cells: list[str], size: int) -> None:
        amount, balance = self.columns.amount, self.columns.balance
        if amount is None or balance is None or len(self.balanced) >= BALANCED_ROWS_MAX:
            return
        if size > max(amount, balance):
            self.balanced.append((cells[amount], cells[balance]))

    def _money(self, column: int, cells: list[str]) -> None:
        amount = read_amount(cells[column])
        if amount is None:
            return
        self.decimals.observe(amount.core)
        if amount.currency:
            self.codes[amount.currency] += 1
        if column == self.columns.amount:
            self._sign(amount.sign, cells)
        elif column == self.columns.debit and any(c in "123456789" for c in amount.core):
            self.debit_minus += amount.sign < 0
            self.debit_plain += amount.sign >= 0
            self._say(cells, spent=True)
        elif column == self.columns.credit and any(c in "123456789" for c in amount.core):
            self.credit_minus += amount.sign < 0
            self.credit_plain += amount.sign >= 0
            self._say(cells, spent=False)

    def _texts(self, cells: list[str]) -> list[str]:
        columns = self.columns
        texts: list[int | None] = [columns.payee, *columns.descriptions, *columns.kinds]
        return [cells[i] for i in texts if i is not None and i < len(cells)]

    def _say(self, cells: list[str], *, spent: bool) -> None:
        """Without known names of columns only the words tell which of two has the money spent."""
        if self.columns.unsure and (said := said_of(self._texts(cells))):
            self.said["as" if (said < 0) == spent else "swapped"] += 1

    def _sign(self, sign: int, cells: list[str]) -> None:
        column = self.columns.direction
        direction = None if column is None or column >= len(cells) else cells[column]
        self.signs.observe(sign, self._texts(cells), direction)


def decide(evidence: Evidence, preamble: str, answers: Answers) -> Layout:
    """The layout of a file; what stays open is in its `questions`."""
    columns = evidence.columns
    questions: list[Question] = []
    signs = evidence.signs
    directed = columns.direction is not None and signs.directed > 0 and not signs.minus
    if not directed:
        columns.direction = None
    if columns.debit is not None and columns.credit is not None and columns.unsure:
        _which_is_which(evidence, answers, questions)
    guesses: list[Guess] = _column_guesses(columns, answers)
    stated = evidence.stated(preamble)
    order = _order(evidence, stated, answers, questions, guesses)
    mark = _mark(evidence, stated, answers, questions, guesses)
    positive = -1
    if columns.amount is not None and not directed:
        runs = evidence.orders[columns.dates[0]].runs(order) if columns.dates else 0
        votes = sign_by_balance(evidence.balanced, mark, runs)
        names = {word for label in columns.header for word in tokens_of(label)}
        positive = decide_sign(evidence.signs, names, votes, answers, (questions, guesses))
    usual = evidence.widths.most_common(1)[0][0] if evidence.widths else len(columns.labels)
    named = len(columns.header) or usual
    full = evidence.trimmed.most_common(1)[0][0] if evidence.trimmed else named
    return Layout(
        columns=columns,
        order=order,
        mark=mark,
        positive=positive,
        debit_negative=evidence.debit_minus > evidence.debit_plain,
        credit_negative=evidence.credit_minus > evidence.credit_plain,
        directed=directed,
        currency=_currency(columns, stated, evidence, answers, guesses),
        width_min=min(named, usual),
        width_max=max(named, full),
        width=usual,
        fee_on_top=decide_fee(evidence.fees, mark, answers, guesses),
        questions=questions,
        guesses=guesses,
    )


def _which_is_which(evidence: Evidence, answers: Answers, questions: list[Question]) -> None:
    """Of two columns without known names, see which has the money spent, or ask."""
    columns, said = evidence.columns, evidence.said
    assert columns.debit is not None
    assert columns.credit is not None
    labels = [columns.labels[columns.debit], columns.labels[columns.credit]]
    answered = answers.get("debit", [*columns.labels, NONE]) or answers.get(
        "credit", [*columns.labels, NONE]
    )
    if answered is not None:
        return
    if min(said.values()) > 0.25 * max(said.values()) or not any(said.values()):
        ask = f"Which of the two has the money that you paid, {labels[0]} or {labels[1]}?"
        questions.append(Question(answers.id("debit"), ask, labels))
    elif said["swapped"] > said["as"]:
        columns.debit, columns.credit = columns.credit, columns.debit
        minus, unmarked = evidence.debit_minus, evidence.debit_plain
        evidence.debit_minus, evidence.debit_plain = evidence.credit_minus, evidence.credit_plain
        evidence.credit_minus, evidence.credit_plain = minus, unmarked


def _column_guesses(columns: Columns, answers: Answers) -> list[Guess]:
    described = columns.naming
    found: tuple[tuple[str, str, int | None], ...] = (
        ("date", "the date of the payment", columns.dates[0] if columns.dates else None),
        ("amount", "the amount", columns.amount),
        ("debit", "money you paid", columns.debit),
        ("credit", "money you received", columns.credit),
        ("direction", "whether money went out or came in", columns.direction),
        ("name", "who was paid", columns.payee),
        ("description", "what it was for", described),
        ("state", "whether it is booked", columns.state),
    )
    return [
        Guess(
            answers.id(what),
            f"The column for {words}",
            NONE if column is None else columns.labels[column],
            columns.labels if what == "date" else [*columns.labels, NONE],
        )
        for what, words, column in found
    ]


def correct(columns: Columns, answers: Answers) -> Columns:
    """The columns with what the person corrected. Raises UnableToRead for an unknown column."""
    given: dict[str, int | None] = {}
    for what in _CORRECTED:
        choices = columns.labels if what == "date" else [*columns.labels, NONE]
        answer = answers.get(what, choices)
        if answer is not None:
            given[what] = None if answer == NONE else columns.labels.index(answer)
    date = given.get("date")
    if date is not None:
        columns.dates = [date, *(i for i in columns.dates if i != date)]
    if "amount" in given:
        columns.amount = given["amount"]
        if columns.amount is not None:
            columns.debit = columns.credit = None
    if given.get("debit") is not None or given.get("credit") is not None:
        columns.amount = None
    _correct_pair(columns, given)
    columns.direction = given.get("direction", columns.direction)
    columns.state = given.get("state", columns.state)
    columns.payee = given.get("name", columns.payee)
    if "name" in given:
        columns.payer = None
    if "description" in given:
        described = given["description"]
        columns.descriptions = [] if described is None else [described]
        columns.naming = described
    return columns


def _correct_pair(columns: Columns, given: dict[str, int | None]) -> None:
    debit = given.get("debit", columns.debit)
    credit = given.get("credit", columns.credit)
    if debit is not None and debit == credit:
        # Whoever names one of the two has named the other.
        if "credit" in given:
            debit = columns.credit if columns.credit != credit else None
        else:
            credit = columns.debit if columns.debit != debit else None
    columns.debit, columns.credit = debit, credit


def order_of(
    evidence: OrderEvidence,
    left: list[str],
    answers: Answers,
    questions: list[Question],
    guesses: list[Guess],
) -> str:
    """The order of day, month and year: answered, decided, or asked for (then provisional)."""
    choices = [ORDER_WORDS[order] for order in ("dmy", "mdy")]
    if "ymd" in left:
        choices.append(ORDER_WORDS["ymd"])
    if evidence.example is None:
        answers.get("date-order", choices)
        return left[0]
    answers.be_sure("date-order", decided=evidence.only() is not None)
    answer = answers.get("date-order", choices)
    if answer is not None:
        order = next(o for o, words in ORDER_WORDS.items() if words == answer)
        guesses.append(Guess(answers.id("date-order"), "How dates are written", answer, choices))
        return order
    if len(left) > 1:
        first = re.findall(r"\d+", evidence.example)[0]
        ask = f"In {evidence.example}, is {first} the day or the month?"
        if "ymd" in left:
            ask = f"In {evidence.example}, is {first} the day, the month or the year?"
        questions.append(Question(answers.id("date-order"), ask, choices))
    else:
        words = ORDER_WORDS[left[0]]
        shown = choices if words in choices else [*choices, words]
        guesses.append(Guess(answers.id("date-order"), "How dates are written", words, shown))
    return left[0]


def _order(
    evidence: Evidence,
    stated: str | None,
    answers: Answers,
    questions: list[Question],
    guesses: list[Guess],
) -> str:
    columns = evidence.columns
    words = {word for label in columns.header for word in tokens_of(label)}
    day_first = bool(words & _DAY_FIRST) or stated in _DAY_FIRST_CURRENCIES
    evidences = [evidence.orders[i] for i in columns.dates]
    main, others = evidences[0], evidences[1:]
    left = main.decide(newest_first=False, day_first=day_first)
    for other in others:
        if len(left) > 1 and other.seen:
            also = other.decide(newest_first=False, day_first=day_first)
            left = [order for order in left if order in also] or left
    return order_of(main, left, answers, questions, guesses)


def _mark(
    evidence: Evidence,
    stated: str | None,
    answers: Answers,
    questions: list[Question],
    guesses: list[Guess],
) -> str:
    choices = list(MARKS)
    what = "decimal"
    answer = answers.get(what, choices)
    answers.be_sure(what, decided=evidence.decimals.decide() is not None)
    decided = MARKS[answer] if answer else evidence.decimals.decide()
    if decided is None and _without_decimals(evidence.columns, stated):
        # Then a mark before three figures is that of the thousands.
        decided = "." if "," in (evidence.decimals.example or "") else ","
    if decided is None:
        example = evidence.decimals.example or "1.234"
        name, other = ("point", "comma") if "." in example else ("comma", "point")
        ask = (
            f"Is {example} a little over {re.split('[.,]', example)[0]} (the {name} marks the "
            f"decimals), or a thousand times that (the {other} does)?"
        )
        questions.append(Question(answers.id(what), ask, choices))
        return "." if "," in example else ","
    words = "point" if decided == "." else "comma"
    guesses.append(Guess(answers.id(what), "What stands before the decimals", words, choices))
    return decided


def _without_decimals(columns: Columns, stated: str | None) -> bool:
    """Whether amounts have no decimals: by the currency, or by names in a script of East Asia."""
    if stated is not None:
        return stated in _WHOLE_CURRENCIES
    return any("\u3040" <= c <= "\u30ff" or "\uac00" <= c <= "\ud7a3" or c in "額残高"
               for name in columns.header for c in name)  # fmt: skip


def _currency(
    columns: Columns,
    stated: str | None,
    evidence: Evidence,
    answers: Answers,
    guesses: list[Guess],
) -> str | None:
    known = sorted({*CODES, *evidence.codes})
    labels = [] if columns.currency is None else [columns.labels[columns.currency]]
    choices = [*labels, *known, "unknown"]
    guess = labels[0] if labels else stated or "unknown"
    answers.be_sure("currency", decided=stated is not None)
    answer = answers.get("currency", choices)
    guesses.append(Guess(answers.id("currency"), "The currency", answer or guess, choices))
    guess = answer or guess
    if labels and guess == labels[0]:
        return stated
    columns.currency = None
    return None if guess == "unknown" else guess
