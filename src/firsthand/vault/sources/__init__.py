"""Exports of services, read row by row. Above: `bring`, which conducts an import.

Below: the protocol's `Thing`, and nothing else: parsers are pure. Every row of data in a file comes
out as a `Row`, as an `Unreadable` with its place and its reason, or as `Skipped` with its reason;
what only the person can know is a `Question`; what was recognised is a `Guess` that an answer
corrects. `every.SOURCES` are those that know their own files; what none of them claims is taken for
a bank's statement in columns, whose names no two banks share.
"""

from collections.abc import Mapping
from typing import BinaryIO

from firsthand.vault.sources.bank_csv import open_bank_csv
from firsthand.vault.sources.bank_header import is_data
from firsthand.vault.sources.bank_words import header_score
from firsthand.vault.sources.csvs import head_lines, sniff
from firsthand.vault.sources.every import SOURCES
from firsthand.vault.sources.export import (
    Each,
    Export,
    Guess,
    Question,
    Row,
    Skipped,
    UnableToRead,
    Unreadable,
)
from firsthand.vault.sources.source import HEAD_BYTES, Facts, Head, Source
from firsthand.vault.sources.text import GIVE, SIZE_BYTES_MAX, open_text

__all__ = [
    "SIZE_BYTES_MAX",
    "SOURCES",
    "Each",
    "Export",
    "Facts",
    "Guess",
    "Question",
    "Row",
    "Skipped",
    "Source",
    "UnableToRead",
    "Unreadable",
    "open_export",
]

_NOTHING = "holds an empty list: the service has nothing of this kind of yours."
_OTHER = (
    (("{", "["), "It looks like JSON."),
    (("<HTML", "<!DOCTYPE HTML"), "It is a web page."),
    (("!TYPE:", "!ACCOUNT", "!OPTION:"), "It is a QIF file."),
    ((":20:", "{1:"), "It is an MT940 file without an account."),
    (("<?XML", "<DOCUMENT", "<!DOCTYPE", "<!ENTITY", "<BKTOCSTMRSTMT"), "It is XML, but not OFX."),
)


def open_export(name: str, stream: BinaryIO, answers: Mapping[str, str]) -> Export:
    """Open an export by its content alone; `name` is only for messages.

    `stream` must be seekable and stay open as long as rows are read. `answers` are by the ids of
    questions and guesses; those for other files are ignored. Raises UnableToRead.
    """
    stream.seek(0)
    head_of_file = Head(name, stream.read(HEAD_BYTES))
    for source in SOURCES:
        if source.claims(head_of_file):
            stream.seek(0)
            return source.open(name, stream, answers)
    text = open_text(name, stream)
    start = next(text.chunks("latin-1"), "")
    upper = start.lstrip("\ufeff\u00ef\u00bb\u00bf \r\n\t").upper()
    if "".join(start.split()).lstrip("\u00ef\u00bb\u00bf\ufeff") in ("[]", "{}"):
        raise UnableToRead(f'"{name}" {_NOTHING}')
    for starts, what in _OTHER:
        if upper.startswith(starts):
            raise UnableToRead(f'"{name}" cannot be read. {what} {GIVE}')
    delimiter = sniff(head_lines(text.lines()), header_score, is_data)
    return open_bank_csv(name, text, delimiter, answers)
