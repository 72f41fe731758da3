"""The span of months that a page of sense is about, as an address or a command names it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from firsthand.vault.acts.opened import Vault

LAST_MONTH: Final = "9999-12"
MONTHS: Final = 12
_YEAR, _MONTH = re.compile(r"[0-9]{4}"), re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """Months from `first` to `last`, both within; `name` is what an address calls it.

    `years` are those that there is anything of, the newest first.
    """

    name: str
    first: str
    last: str
    years: list[str] = []

    @property
    def months(self) -> list[str]:
        """Every month of the span, in order."""
        at, end = number_of(self.first), number_of(self.last)
        return [month_of(n) for n in range(at, end + 1)]


def span_of(vault: Vault, sense: str, name: str | None = None) -> Span | None:
    """The span called `name`; without one the last twelve months that there is something of.

    name: a year (`2024`), a month (`2024-03`), or `all`. None where there is nothing at all.
    """
    row = vault.store.row("sums.span", sense=sense)
    if row is None or not row["first"]:
        return None
    first, last = f"{row['first']:.7}", f"{row['last']:.7}"
    years = [str(year) for year in range(int(last[:4]), int(first[:4]) - 1, -1)]
    if name and _YEAR.fullmatch(name):
        return Span(name=name, first=f"{name}-01", last=f"{name}-12", years=years)
    if name and _MONTH.fullmatch(name):
        return Span(name=name, first=name, last=name, years=years)
    if name == "all":
        return Span(name=name, first=first, last=last, years=years)
    return Span(name="", first=before(last, MONTHS - 1), last=last, years=years)


def before(month: str, count: int) -> str:
    """The month so many before one."""
    return month_of(max(12, number_of(month) - count))


def number_of(month: str) -> int:
    """A month as a number, so that they can be counted."""
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def month_of(number: int) -> str:
    """The month of a number."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"
