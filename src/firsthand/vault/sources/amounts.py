"""Amounts of money as banks write them, and which mark a file puts before the decimals."""

import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from firsthand.vault.sources.dates import plain
from firsthand.vault.sources.patterns import later

SIGNS = {
    "€": "EUR", "£": "GBP", "$": "USD", "¥": "JPY", "₹": "INR", "₺": "TRY", "₽": "RUB",
    "₩": "KRW", "₪": "ILS", "฿": "THB", "₫": "VND", "₴": "UAH", "₱": "PHP", "₦": "NGN", "₸": "KZT",
    "zł": "PLN", "zl": "PLN", "kč": "CZK", "kc": "CZK", "ft": "HUF", "fr.": "CHF", "fr": "CHF",
    "sfr.": "CHF", "us$": "USD", "c$": "CAD", "ca$": "CAD", "a$": "AUD", "au$": "AUD",
    "nz$": "NZD", "hk$": "HKD", "s$": "SGD", "r$": "BRL", "mx$": "MXN", "rs.": "INR", "rs": "INR",
    "lei": "RON", "tl": "TRY", "euro": "EUR", "euros": "EUR", "円": "JPY", "元": "CNY",
    "kr": "", "kr.": "", ":-": "",
}  # fmt: skip
"""Signs and words for currencies; empty where several countries share one."""

_CODES_WORDS = """
AED AUD BGN BHD BRL CAD CHF CLP CNY COP CZK DKK EUR GBP GEL HKD HUF IDR ILS INR ISK JOD JPY
KES KRW KWD MAD MXN MYR NGN NOK NZD OMR PEN PHP PLN QAR RON RSD RUB SAR SEK SGD THB TND TRY
TWD UAH USD VND ZAR ARS EGP PKR AMD AZN BAM BDT BYN CRC DOP DZD ETB GHS GTQ HRK IQD JMD KZT
LBP LKR LYD MDL MKD MUR NPR PYG TTD TZS UGX UYU UZS XAF XOF
"""
CODES = _CODES_WORDS.split()
"""ISO 4217 codes that statements use."""

_OUT_WORDS = """
d dr dt db deb debit debet debito debite soll s af belastung lastschrift out withdrawal
ausgabe ausgang uit addebito cargo obciazenie wydatek dare hutang ut uttag sortie depense -
gasto
"""
_OUT = frozenset(_OUT_WORDS.split())
_IN_WORDS = """
c cr cd ct k cred credit kredit credito haben h bij gutschrift in deposit einnahme eingang
accredito abono uznanie wplyw avere insattning entree recette + ingreso kredyt
"""
_IN = frozenset(_IN_WORDS.split())
_NEUTRAL = frozenset(["neutral", "neutre", "neutro", "neutraal", "neutralny"])
# Arabic and Persian decimal and thousands marks, and the marks of direction beside them.
_ARABIC = str.maketrans({"٫": ".", "٬": ",", "\u200e": None, "\u200f": None, "\u061c": None})
_MINUS = "−–‐-"  # the hyphen last: within brackets it would be a range
_NUM = r"(?:\d[\d.,'’´`\s_]*|[.,]\d+)"
_CUR = r"(?:[A-Za-z]{1,3}\$|[^\W\d_]{1,6}\.?|[$€£¥₹₺₽₩₪฿₫₴₱₦₸]|:-)"
_CELL = later(
    rf"(?P<open>\()?\s*(?P<s1>[+{_MINUS}])?\s*(?P<c1>{_CUR})?\s*(?P<s2>[+{_MINUS}])?\s*"
    rf"(?P<num>{_NUM})\s*(?P<s3>[+{_MINUS}])?\s*(?P<c2>{_CUR})?\s*(?P<s4>[+{_MINUS}])?"
    rf"\s*(?P<w>{_CUR})?\s*(?P<close>\))?\s*(?P<c3>{_CUR})?"
)


class Amount(NamedTuple):
    """One cell: its digits with separators, sign (-1, 0 not given, 1), direction and currency.

    `direction` is -1 for a debit word in the cell, 1 for a credit word, 0 for neither.
    `currency` is an ISO 4217 code, "" for a sign that several countries share, None for nothing.
    """

    core: str
    sign: int
    direction: int
    currency: str | None


def direction_of(word: str) -> int:
    """-1 for a word that means money out, 1 for money in, 0 for anything else."""
    key = plain(word).strip(" .")
    return -1 if key in _OUT else 1 if key in _IN else 0


def is_neutral(word: str) -> bool:
    """Whether a word says that money only moved between one's own balances."""
    return plain(word).strip(" .") in _NEUTRAL


@lru_cache(maxsize=1 << 12)
def currency_of(word: str) -> str | None:
    """The ISO 4217 code of a word or sign; "" for a shared sign, None if it is no currency."""
    word = word.strip()
    if len(word) == 3 and word.upper() in CODES:
        return word.upper()
    return SIGNS.get(word.lower())


def currencies_in(text: str) -> set[str]:
    """The currencies that a text speaks of, by code, by sign or by word."""
    codes = {code for word in re.findall(r"\b[A-Z]{3}\b", text) if (code := currency_of(word))}
    codes |= {SIGNS[sign] for sign in "€£₹₺₽₩₪฿₫₴₸" if sign in text}
    codes |= {"EUR"} if re.search(r"\beuro(?:s|a)?\b", text, re.IGNORECASE) else set()
    dollars = {sign.lower() for sign in re.findall(r"\b[A-Za-z]{0,2}\$", text) if len(sign) > 1}
    codes |= {SIGNS[sign] for sign in dollars if sign in SIGNS}
    return codes or ({"USD"} if "$" in text else set())


@lru_cache(maxsize=1 << 16)
def read_amount(text: str) -> Amount | None:
    """The parts of a cell, or None if it is not an amount. A lone dash is not an amount."""
    text = text.translate(_ARABIC).strip()
    if text.startswith("="):
        text = text[1:].strip('"')
    text = " ".join(text.strip("'").split())  # a run of blanks could be parted in too many ways
    match = _CELL.fullmatch(text) if len(text) <= 64 else None
    if match is None or bool(match["open"]) != bool(match["close"]):
        return None
    signs = [match[name] for name in ("s1", "s2", "s3", "s4") if match[name]]
    if len(signs) > 1 and set(signs) != {"+"}:
        return None
    sign = 0 if not signs else 1 if signs[0] == "+" else -1
    if match["open"]:
        sign = -1
    direction = 0
    currency: str | None = None
    for name in ("c1", "c2", "w", "c3"):
        word = match[name]
        if not word:
            continue
        code = currency_of(word)
        if code is not None and currency is None:
            currency = code
        elif (towards := direction_of(word)) and not direction:
            direction = towards
        else:
            return None
    core = re.sub(r"[\s_]+", " ", match["num"]).strip()
    return Amount(re.sub(r"[’´`]", "'", core), sign, direction, currency)


class DecimalEvidence:
    """Collects amounts of a file to decide whether the point or the comma marks the decimals."""

    def __init__(self) -> None:
        """Nothing seen yet."""
        self._for = {".": 0, ",": 0}
        self._open = {".": 0, ",": 0}
        self._whole = 0
        self.example: str | None = None

    def observe(self, core: str) -> None:
        """Take in one amount's digits and separators."""
        point, comma = core.rfind("."), core.rfind(",")
        if point < 0 and comma < 0:
            self._whole += 1
            return
        if point >= 0 and comma >= 0:
            self._for["." if point > comma else ","] += 1
            return
        mark = "." if point >= 0 else ","
        before, _, after = core.rpartition(mark)
        if mark in before:
            self._for["," if mark == "." else "."] += 1
        elif len(after) != 3 or not before.isdigit() or len(before) > 3 or before.startswith("0"):
            self._for[mark] += 1
        else:
            self._open[mark] += 1
            self.example = self.example or core

    def decide(self) -> str | None:
        """The mark: "." or ",", or None if only a person knows."""
        if self._for["."] != self._for[","]:
            return "." if self._for["."] > self._for[","] else ","
        if self._for["."] or not (self._open["."] or self._open[","]):
            return "."
        if self._open["."] and self._open[","]:
            return None
        # Who prints three decimals prints them always: whole numbers beside show thousands.
        if self._whole:
            return "," if self._open["."] else "."
        return None


_GROUPS = {
    ".": later(
        r"\d{1,3}(?:(?P<sep>[, '])\d{3})(?:(?P=sep)\d{3})*|\d{1,2}(?:,\d{2})+,\d{3}|\d*"
    ),
    ",": later(r"\d{1,3}(?:(?P<sep>[. '])\d{3})(?:(?P=sep)\d{3})*|\d*"),
}  # fmt: skip


@lru_cache(maxsize=1 << 14)
def value_of(core: str, mark: str) -> Decimal | None:
    """The number in a cell's digits, given the decimal mark; None if they don't fit it."""
    whole, _, decimals = core.partition(mark)
    if decimals and not decimals.isdigit():
        return None
    if not _GROUPS[mark].fullmatch(whole):
        return None
    digits = "".join(c for c in whole if c.isdigit())
    if len(digits) > 15 or len(decimals) > 8 or not digits + decimals:
        return None
    return Decimal(f"{digits or '0'}.{decimals or '0'}")


def signed_value(text: str, mark: str) -> Decimal | None:
    """The number in a cell with the sign that it has there; None if it is no amount."""
    amount = read_amount(text)
    value = value_of(amount.core, mark) if amount else None
    return -value if value is not None and amount and amount.sign < 0 else value


@lru_cache(maxsize=1 << 14)
def price(value: Decimal) -> str:
    """A price as schema.org writes it: digits and a point, at least two decimals, no sign."""
    value = abs(value)
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0")
        whole, _, decimals = text.partition(".")
        return f"{whole}.{decimals:0<2}"
    return f"{text}.00"
