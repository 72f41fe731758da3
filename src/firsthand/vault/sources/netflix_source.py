"""Netflix as a source: how to get its export, and which of its files is which."""

from collections.abc import Mapping
from typing import BinaryIO

from firsthand.vault.sources.bank_header import is_data
from firsthand.vault.sources.bank_words import header_score
from firsthand.vault.sources.csvs import head_lines, records, sniff
from firsthand.vault.sources.export import Export, UnableToRead
from firsthand.vault.sources.netflix import Shape, open_netflix, shape_of
from firsthand.vault.sources.source import Facts, Head, Source
from firsthand.vault.sources.tables import first_lines
from firsthand.vault.sources.text import Line, open_text

NETFLIX = Facts(
    name="Netflix",
    files=("NetflixViewingHistory.csv", "ViewingActivity.csv", "netflix-report.zip"),
    how=(
        "Sign in to Netflix in a browser.",
        "For the history of one profile: Account, the profile, Viewing activity, Download all.",
        "For everything: Account, Security and privacy, Personal info access, and ask for it.",
        "Netflix sends an e-mail with the link when the archive is ready.",
    ),
    holds=(
        "What was watched, when, for how long, on which device and by which profile; searches, "
        "ratings, your list and what was charged."
    ),
    finds="What you watch and when, which series you left, and whether it is worth its price.",
    wait="the history at once, everything within a month",
    days_max=90,
)


def claims(head: Head) -> bool:
    """Whether a file is a viewing history or viewing activity."""
    return not head.is_marked_up and _shape(first_lines(head)) is not None


def open_viewing(name: str, stream: BinaryIO, answers: Mapping[str, str]) -> Export:
    """Open a viewing history. Raises `UnableToRead`."""
    text = open_text(name, stream)
    found = _shape(head_lines(text.lines()))
    if found is None:
        raise UnableToRead(f'"{name}" cannot be read: it has no columns for a title and a date.')
    return open_netflix(text, *found, answers)


def _shape(lines: list[Line]) -> tuple[str, Shape] | None:
    if not lines:
        return None
    delimiter = sniff(lines, header_score, is_data)
    for candidate in dict.fromkeys((delimiter, ",", ";", "\t")):
        shape = shape_of(list(records(lines, candidate)))
        if shape is not None:
            return candidate, shape
    return None


SOURCE = Source(key="netflix", facts=NETFLIX, claims=claims, open=open_viewing)
