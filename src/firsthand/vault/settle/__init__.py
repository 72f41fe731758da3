"""Settle: a finding ends in something done, by a message, a clock and a look at what came after.

Above: `acts`, which keeps cases and fills them from findings. Below: the protocol, for graphs of
states and for refusals. Nothing here reads a file of the person, a clock or a vault: it gets what
a case is of, and gives back words, days and verdicts. `words.json` holds the letters by language,
`law.json` what the law gives by country, each with its source.
"""

from firsthand.vault.settle.cases import (
    BANK_NEXT,
    CASE,
    KINDS,
    Kind,
    Subject,
)
from firsthand.vault.settle.confirming import Paid, Verdict, verdict_of
from firsthand.vault.settle.law import Rule, countries, language_of, rule_for
from firsthand.vault.settle.mail import day_in
from firsthand.vault.settle.writing import LANGUAGES, Letter, Writing, email_of, letter_of

__all__ = [
    "BANK_NEXT",
    "CASE",
    "KINDS",
    "LANGUAGES",
    "Kind",
    "Letter",
    "Paid",
    "Rule",
    "Subject",
    "Verdict",
    "Writing",
    "countries",
    "day_in",
    "email_of",
    "language_of",
    "letter_of",
    "rule_for",
    "verdict_of",
]
