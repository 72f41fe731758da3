"""OFX, also called QFX: statements of banks and of cards, versions 1 (SGML) and 2 (XML).

Both versions are read by one small tokenizer of tags and text: no entity is ever looked up
but the five of XML and numbers, and a file that declares its own is refused.
"""

import codecs
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from html import escape
from typing import BinaryIO

from firsthand.vault.sources.amounts import read_amount, value_of
from firsthand.vault.sources.bank_facts import BANK
from firsthand.vault.sources.dates import read
from firsthand.vault.sources.export import (
    Export,
    Guess,
    Question,
    Row,
    UnableToRead,
    Unreadable,
)
from firsthand.vault.sources.identity import Identity
from firsthand.vault.sources.patterns import later
from firsthand.vault.sources.payments import Payment, payment_thing
from firsthand.vault.sources.source import Head, Source
from firsthand.vault.sources.text import LINES_MAX, TextFile, open_text

TOKEN_CHARS_MAX = 64 * 1024
FIELDS_MAX = 200
TAGS_MAX = 300_000
TAGS_PER_TRANSACTION_MAX = 100

_TAG = later(r"<(/?)([A-Za-z0-9_.:-]+)[^<>]*?(/?)>([^<]*)")
_CDATA = later(r"<!\[CDATA\[([^<\]]*)\]\]>")
_ENTITY = later(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,7}|#x[0-9A-Fa-f]{1,6});")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'", "nbsp": " "}
_STATEMENT_ENDS = frozenset({"STMTRS", "CCSTMTRS", "INVSTMTRS"})
_INVESTMENT_WORDS = """
BUYDEBT BUYMF BUYOPT BUYOTHER BUYSTOCK CLOSUREOPT INCOME INVEXPENSE JRNLFUND JRNLSEC
MARGININTEREST REINVEST RETOFCAP SELLDEBT SELLMF SELLOPT SELLOTHER SELLSTOCK SPLIT TRANSFER
"""
_INVESTMENT = frozenset(_INVESTMENT_WORDS.split())
_CUT = "The file ends in the middle of this transaction."

Token = tuple[int, bool, str, str]


def looks_like_ofx(start: str) -> bool:
    """Whether a file is OFX, from its first characters."""
    text = start.lstrip("\ufeff \r\n\t").upper()
    if "OFX" not in text:
        return False
    return text.startswith("OFXHEADER") or bool(re.search(r"(?:^|[\s>])<(?:OFX>|\?OFX)", text))


def declared_encoding(start: str) -> str:
    """The encoding that an OFX header names, as Python calls it; UTF-8 if it names none."""
    if match := re.search(r"""<\?xml[^>]*encoding=["']([\w-]{1,30})["']""", start, re.IGNORECASE):
        name = match[1]
    else:
        encoding = re.search(r"ENCODING:\s*([\w-]+)", start, re.IGNORECASE)
        charset = re.search(r"CHARSET:\s*([\w-]+)", start, re.IGNORECASE)
        name = encoding[1] if encoding else "UTF-8"
        if name.upper() in ("USASCII", "ASCII", "NONE"):
            name = charset[1] if charset else "1252"
        if name.upper() in ("UNICODE", "NONE", "UTF8"):
            name = "UTF-8"
        if name.isdigit():
            name = f"cp{name}"
    try:
        found = codecs.lookup(name).name
        "".encode(found)
    except (LookupError, ValueError):
        return "cp1252"
    return "cp1252" if found in ("ascii", "iso8859-1") else found


class Ofx(Export):
    """An OFX file: the transactions of every account in it."""

    source = "bank"
    format = "Bank statement (OFX)"

    def __init__(self, text: TextFile, encoding: str) -> None:
        """Made by `open_ofx`. OFX says what everything means: there is nothing to guess."""
        self.questions: list[Question] = []
        self.guesses: list[Guess] = []
        self._text = text
        self._encoding = encoding

    def rows(self) -> Iterator[Row | Unreadable]:
        """Every transaction, one at a time; one that the file's end cuts is unreadable."""
        identity = Identity(self.source)
        statement: dict[str, str] = {}
        fields: dict[str, str] | None = None
        investment: str | None = None
        begun = 0
        for line, closing, tag, value in self._tokens():
            if investment is not None:
                if closing and tag == investment:
                    yield _not_a_payment(begun)
                    investment = None
                continue
            if fields is not None and _ends_transaction(tag, closing=closing):
                yield _transaction(begun, fields, statement, identity)
                fields = None
            if tag == "STMTTRN" and not closing:
                fields, begun = {}, line
            elif tag == "STMTTRNP" and not closing:
                yield Unreadable(line, "It is not booked: pending.")
            elif tag in _INVESTMENT and not closing and not value:
                investment, begun = tag, line
            else:
                _note(statement if fields is None else fields, tag, value, closing=closing)
        if fields is not None or investment is not None:
            yield Unreadable(begun, _CUT)

    def _tokens(self) -> Iterator[Token]:
        """Yield (line from 1, whether it closes, tag in capitals, text after it)."""
        rest = ""
        line = 1
        for chunk in self._text.chunks(self._encoding):
            rest += chunk
            end = rest.rfind("<")
            if end <= 0:
                rest = rest[-TOKEN_CHARS_MAX:]
                continue
            yield from _split(rest[:end], line)
            line += rest.count("\n", 0, end)
            rest = rest[end:]
            if len(rest) > TOKEN_CHARS_MAX:
                line += rest.count("\n")
                rest = ""
        if rest:
            yield from _split(rest, line)


def _ends_transaction(tag: str, *, closing: bool) -> bool:
    # Version 1 may leave out the tag that closes: the next one that opens closes it.
    return tag in ("STMTTRN", "BANKTRANLIST") or (closing and tag in _STATEMENT_ENDS)


def _note(fields: dict[str, str], tag: str, value: str, *, closing: bool) -> None:
    """Keep a field: in a transaction the first of its name, in a statement's head the last."""
    if closing and tag in _STATEMENT_ENDS:
        fields.clear()
    elif not closing and value and len(fields) < FIELDS_MAX:
        if tag in ("CURDEF", "ACCTID"):
            fields[tag] = value
        fields.setdefault(tag, value)


def _split(text: str, line: int) -> Iterator[Token]:
    at = 0
    if "<![CDATA[" in text:
        text = _CDATA.sub(lambda found: escape(found[1]), text)
    for match in _TAG.finditer(text):
        line += text.count("\n", at, match.start())
        at = match.start()
        value = match[4].strip()
        if "&" in value:
            value = _ENTITY.sub(_character, value)
        tag = match[2].upper().rpartition(":")[2]
        yield line, bool(match[1]), tag, value[:TOKEN_CHARS_MAX]


def _character(match: re.Match[str]) -> str:
    name = match[0][1:-1]
    if name in _NAMED:
        return _NAMED[name]
    number = int(name[1:].replace("x", "0x", 1), 0 if name[1] == "x" else 10)
    good = 32 <= number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF
    return chr(number) if good else " "


def _not_a_payment(line: int) -> Unreadable:
    return Unreadable(line, "It is a transaction of an investment, not a payment.")


def _transaction(
    line: int, fields: dict[str, str], statement: dict[str, str], identity: Identity
) -> Row | Unreadable:
    found = _payment(fields, statement)
    if isinstance(found, str):
        return Unreadable(line, found)
    return Row(line, payment_thing(found, identity))


def _payment(fields: dict[str, str], statement: dict[str, str]) -> Payment | str:
    posted = fields.get("DTPOSTED") or fields.get("DTUSER", "")
    day = _day(posted)
    if day is None:
        return f'"{posted[:40]}" is not a date.' if posted else "The date is missing."
    text = fields.get("TRNAMT", "")
    value = _value(text)
    if value is None:
        return f'"{text[:40]}" is not an amount.' if text else "The amount is missing."
    if any("\x00" in cell for cell in fields.values()):
        return "It has a NUL character: it is damaged."
    name, memo = fields.get("NAME", ""), fields.get("MEMO", "")
    payee = fields.get("PAYEE", "") or name
    # What a bank cuts off from the name often stands whole at the start of the memo.
    if payee and len(payee) >= 30 and memo.casefold().startswith(payee.casefold()):
        payee = ""
    words = dict.fromkeys(word for word in (name, memo) if word)
    # Within a transaction CURSYM stands for the currency of this amount (OFX 5.2).
    currency = (
        fields.get("CURSYM") if "CURRATE" in fields and "ORIGCURRENCY" not in fields else None
    )
    return Payment(
        time=day,
        value=value,
        currency=_code(currency) or _code(statement.get("CURDEF")),
        payee=payee,
        description=" ".join(words),
        bank_id=fields.get("FITID", ""),
        account=statement.get("ACCTID", ""),
    )


def _code(text: str | None) -> str | None:
    code = (text or "").strip().upper()
    return code if re.fullmatch(r"[A-Z]{3}", code) else None


def _day(text: str) -> str | None:
    """The day of a stamp in the zone that it names: "20240103120000.000[-5:EST]"."""
    digits = re.match(r"\d{8}", text.strip())
    if digits:
        moment = read(digits[0])
        date = moment.dates.get("ymd") if moment else None
        return date.isoformat() if date else None
    moment = read(text)
    date = moment.dates.get("ymd") if moment else None
    return date.isoformat() if date else None


def _value(text: str) -> Decimal | None:
    """A signed amount. A single mark is that of the decimals: OFX knows no thousands (3.2.9.1)."""
    amount = read_amount(text)
    if amount is None:
        return None
    mark = "," if amount.core.rfind(",") > amount.core.rfind(".") else "."
    value = value_of(amount.core, mark)
    return None if value is None else value * (-1 if amount.sign < 0 else 1)


def open_ofx(name: str, text: TextFile, start: str) -> Ofx:
    """Open an OFX file. Raises UnableToRead if it declares entities or is of another kind."""
    encoding = declared_encoding(start)
    # A declaration counts wherever it stands, before the first tag or after it.
    before = ""
    marks = tags = transactions = 0
    for chunk in text.chunks(encoding):
        upper = (before + chunk).upper()
        if "<!DOCTYPE" in upper or "<!ENTITY" in upper:
            raise UnableToRead(
                f'"{name}" declares a document type or entities, which no bank needs. '
                "Export the statement again."
            )
        before = chunk[-16:]
        marks += chunk.count("\ufffd")
        tags += chunk.count("<")
        transactions += upper.count("<STMTTRN>")
        if transactions > LINES_MAX:
            raise UnableToRead(
                f'"{name}" has more than {LINES_MAX} transactions. '
                "Export a shorter time and give the files one after the other."
            )
        if tags > TAGS_MAX + TAGS_PER_TRANSACTION_MAX * transactions:
            raise UnableToRead(
                f'"{name}" has far more tags than its transactions need: it is no statement. '
                "Export the statement again."
            )
    return Ofx(text, _true_encoding(text, encoding, marks))


def _true_encoding(text: TextFile, declared: str, marks: int) -> str:
    """UTF-8 for all text that is UTF-8, whatever the header says, and never for any other."""
    if declared == "utf-8":
        return "cp1252" if marks else declared
    if not declared.startswith("cp125"):
        return declared
    other = False
    for chunk in text.chunks("utf-8"):
        if "\ufffd" in chunk:
            return declared
        other = other or not chunk.isascii()
    return "utf-8" if other else declared


def claims(head: Head) -> bool:
    """Whether a file is OFX."""
    return looks_like_ofx(head.text)


def open_statement(name: str, stream: BinaryIO, _answers: Mapping[str, str]) -> Ofx:
    """Open an OFX file from its bytes. Raises UnableToRead as `open_ofx` does."""
    text = open_text(name, stream)
    return open_ofx(name, text, next(text.chunks("latin-1"), ""))


SOURCE = Source(key="bank", facts=BANK, claims=claims, open=open_statement)
