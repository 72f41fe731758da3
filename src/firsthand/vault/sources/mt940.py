"""MT940 and MT942: statements as banks send them to each other, and to whoever asks.

A statement is fields of a tag each: `:61:` is a movement, the `:86:` after it says what for.
Each country has its own way of writing `:86:`; `mt940_text` takes them apart.
"""

import datetime
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import partial
from typing import BinaryIO, NamedTuple

from firsthand.vault.sources.bank_facts import BANK
from firsthand.vault.sources.export import Each, Row, Unreadable
from firsthand.vault.sources.identity import Identity
from firsthand.vault.sources.mt940_text import said_of
from firsthand.vault.sources.patterns import later
from firsthand.vault.sources.payments import Payment, payment_thing
from firsthand.vault.sources.source import Head, Source
from firsthand.vault.sources.streamed import Streamed, kept
from firsthand.vault.sources.text import TextFile, open_text

FORMAT = "Bank statement (MT940)"
FIELD_LINES_MAX = 60
# What stands around the fields when a statement comes as one message of a network.
_ENVELOPE = later(r"^(?:\s*\{[1235]:(?:[^{}]|\{[^{}]*\})*\})*\s*(?:\{4:)?")
_TAG = later(r":(\d{2}[A-Z]?|NS):(.*)", re.DOTALL)
_STATEMENT = later(r"(?:^|\n|\{4:)[ \t]*:20:[^\n]*\n(?:[^\n]*\n){0,12}?[ \t]*:(?:25|28)[A-Z]?:")
_MOVEMENT = later(
    r"(?P<value>\d{6})(?P<booked>\d{4})?\s*(?P<mark>R?[CD]|E[CD])(?P<funds>[A-Z])?\s*"
    r"(?P<amount>\d{1,15}(?:[.,]\d{0,4})?)\s*(?P<kind>[NSF][A-Z0-9]{2,3})?(?P<rest>.*)",
    re.DOTALL,
)
_BALANCE = later(r"\s*[CD]?\d{6}([A-Z]{3})")
_FLOOR = later(r"\s*([A-Z]{3})")
_NOTHING = frozenset(["NONREF", "NOTPROVIDED", "NOREF", ""])


class _Field(NamedTuple):
    """One field: its tag, its lines as they came, and the line on which it begins."""

    line: int
    tag: str
    lines: list[str]


def claims(head: Head) -> bool:
    """Whether a file is a statement of this kind: a reference, then an account or its number."""
    start = head.text[:8192].replace("\r\n", "\n").replace("\r", "\n")
    return ":20:" in start and bool(_STATEMENT.search(start))


def open_mt940(name: str, stream: BinaryIO, _answers: Mapping[str, str]) -> Streamed:
    """Open a statement. Raises `UnableToRead` where it is no text."""
    return Streamed("bank", FORMAT, partial(_rows, open_text(name, stream)))


def _fields(text: TextFile) -> Iterator[_Field | Unreadable]:
    field: _Field | None = None
    for number, raw, why in text.lines():
        if raw is None:
            yield Unreadable(number, why or "This line cannot be read.")
            continue
        line = _ENVELOPE.sub("", raw, count=1) if "{" in raw else raw
        if line.lstrip().startswith(":") and (match := _TAG.match(line.lstrip())):
            if field is not None:
                yield field
            field = _Field(number, match[1], [match[2]])
        elif line.startswith("-") and (len(line) == 1 or line[1] in "}X-"):
            if field is not None:
                yield field
            field = None
        elif field is not None and len(field.lines) < FIELD_LINES_MAX:
            field.lines.append(line)
    if field is not None:
        yield field


def _rows(text: TextFile) -> Iterator[Each]:
    identity = Identity("bank")
    account, currency = "", None
    movement: _Field | None = None
    purpose: list[str] = []
    for field in _fields(text):
        if isinstance(field, Unreadable):
            yield field
            continue
        if field.tag == "86" and movement is not None:
            purpose += field.lines
            continue
        if movement is not None and field.tag != "NS":
            yield _row(movement, purpose, account, currency, identity)
            movement, purpose = None, []
        if field.tag == "61":
            movement = field
        elif field.tag == "25":
            account = kept("".join(field.lines[0].split()), 60)
        elif found := _currency(field):
            currency = found
    if movement is not None:
        yield _row(movement, purpose, account, currency, identity)


def _currency(field: _Field) -> str | None:
    if field.tag in ("60F", "60M", "62F", "62M"):
        match = _BALANCE.match(field.lines[0])
    elif field.tag == "34F":
        match = _FLOOR.match(field.lines[0])
    else:
        return None
    return match[1] if match else None


def _row(
    field: _Field, purpose: list[str], account: str, currency: str | None, identity: Identity
) -> Each:
    # Some systems wrap a field where they like: then its first line alone says too little.
    match = _MOVEMENT.match(field.lines[0].strip())
    more = field.lines[1:]
    if match is None:
        match = _MOVEMENT.match("".join(field.lines).strip())
        more = []
    if match is None:
        start = kept(field.lines[0], 40)
        return Unreadable(field.line, f'"{start}" is not a movement with a date and an amount.')
    if match["mark"].startswith("E"):
        return Unreadable(field.line, "It is not booked: expected.")
    day = _day(match["value"], match["booked"])
    if day is None:
        return Unreadable(field.line, f'"{match["value"]}" is not a date.')
    value = Decimal(match["amount"].replace(",", ".").rstrip("."))
    # RC takes a credit back, so money goes out; RD takes a debit back.
    if match["mark"] in ("D", "RC"):
        value = -value
    reference = _reference(match["rest"])
    said = said_of(purpose, [line.strip() for line in more])
    payment = Payment(
        time=day,
        value=value,
        currency=currency,
        payee=said.name,
        description=said.text,
        naming=said.naming,
        bank_id=reference,
        account=account,
    )
    return Row(field.line, payment_thing(payment, identity))


def _reference(rest: str) -> str:
    """The bank's own reference, which stands after two strokes."""
    own = kept(rest.partition("//")[2].split("\n")[0], 34)
    return "" if own.upper() in _NOTHING else own


def _day(value: str, booked: str | None) -> str | None:
    """The day of booking; it has no year of its own, so it is the one nearest to the value day."""
    try:
        of_value = datetime.date(2000 + int(value[:2]), int(value[2:4]), 1)
    except ValueError:
        return None
    # Banks that count 30 days a month have a 30th of February.
    days = (of_value.replace(day=28) + datetime.timedelta(days=4)).replace(day=1)
    last = (days - datetime.timedelta(days=1)).day
    day = int(value[4:])
    if not 1 <= day <= 31:
        return None
    of_value = of_value.replace(day=min(day, last))
    if booked:
        options = []
        for year in (of_value.year - 1, of_value.year, of_value.year + 1):
            try:
                options.append(datetime.date(year, int(booked[:2]), int(booked[2:])))
            except ValueError:
                continue
        if options:
            return min(options, key=lambda date: abs((date - of_value).days)).isoformat()
    return of_value.isoformat()


SOURCE = Source(key="bank", facts=BANK, claims=claims, open=open_mt940)
