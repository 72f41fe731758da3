"""Open one export with the person's answers, typed as people type."""

import hashlib
from collections.abc import Mapping
from typing import BinaryIO

from firsthand.vault.sources import Export, Guess, Question, open_export

_AT_ONCE = 1024 * 1024
_ROUNDS_MAX = 8  # an answer may lead to another question


def opened(name: str, stream: BinaryIO, answers: Mapping[str, str]) -> Export:
    """Open an export; ids and choices in `answers` may be typed in capitals or not.

    Raises `UnableToRead`.
    """
    exact: dict[str, str] = {}
    export = _from_start(name, stream, exact)
    typed = {key.casefold().strip(): choice.strip() for key, choice in answers.items()}
    for _ in range(_ROUNDS_MAX):
        asked_now: list[Question | Guess] = [*export.questions, *export.guesses]
        found = {
            asked.id: _choice(asked.choices, typed[asked.id.casefold()])
            for asked in asked_now
            if asked.id.casefold() in typed and asked.id not in exact
        }
        if not found:
            break
        exact |= found
        export = _from_start(name, stream, exact)
    return export


def sha256_of(stream: BinaryIO) -> str:
    """SHA-256 of the whole stream in lower-case hex; the stream stands at its start again."""
    stream.seek(0)
    digest = hashlib.sha256()
    while chunk := stream.read(_AT_ONCE):
        digest.update(chunk)
    stream.seek(0)
    return digest.hexdigest()


def _from_start(name: str, stream: BinaryIO, answers: Mapping[str, str]) -> Export:
    stream.seek(0)
    return open_export(name, stream, answers)


def _choice(choices: list[str], typed: str) -> str:
    """The choice that was meant; what was typed where it is none, so that the source says so."""
    fitting = [choice for choice in choices if choice.casefold() == typed.casefold()]
    return fitting[0] if len(fitting) == 1 else typed
