"""What the law of a country gives, as data with its source: the basis, the days, in plain words."""

from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

EU = "EU"


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What a law says of one kind of case.

    `basis` is how the law is cited, `basis_in` how other languages cite it, `says` what it gives in
    plain words, `source` where it is read.
    `days` is how long they have; `limit_days`, if not 0, for how long after a payment it holds.
    `checked` says what `says` was compared with: "text", a public copy of the article itself;
    "about", what others write about it; "no", neither could be had.
    """

    kind: str
    country: str
    basis: str
    days: int
    says: str
    source: str
    checked: Literal["text", "about", "no"]
    limit_days: int = 0
    basis_in: dict[str, str] = {}


class _Law(msgspec.Struct, frozen=True, kw_only=True):
    eu: list[str]
    languages: dict[str, str]
    countries: dict[str, str]
    rules: list[Rule]


@cache
def _law() -> _Law:
    raw = (files("firsthand.vault.settle") / "law.json").read_bytes()
    return msgspec.json.decode(raw, type=_Law)


def countries() -> list[tuple[str, str]]:
    """Every country that can be named: (code, name), in the order of their names."""
    return sorted(_law().countries.items(), key=lambda pair: pair[1])


def language_of(country: str) -> str:
    """The language that letters are written in there, unless the person says another."""
    return _law().languages.get(country, "en")


def rules() -> list[Rule]:
    """Every rule, of every country."""
    return list(_law().rules)


def rule_for(kind: str, country: str) -> Rule | None:
    """The country's own rule, or that of the European Union where it belongs to it, or None."""
    law = _law()
    found = {rule.country: rule for rule in law.rules if rule.kind == kind}
    return found.get(country) or (found.get(EU) if country in law.eu else None)
