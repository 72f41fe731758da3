"""Open one export with the person's answers, typed as people type."""

import hashlib
import io
from collections.abc import Mapping
from typing import BinaryIO, Protocol

from firsthand.vault.sources import Export, Guess, Question, open_export

_AT_ONCE = 1024 * 1024
_ROUNDS_MAX = 8  # an answer may lead to another question


class Said(Protocol):
    """Answers that were given earlier, by what they are about."""

    def of_file(self) -> Mapping[str, str]:
        """Of a file with the same content."""

    def of_kind(self, signature: str) -> Mapping[str, str]:
        """Of a file with the same columns."""


def opened(
    name: str, stream: BinaryIO, answers: Mapping[str, str], said: Said | None = None
) -> Export:
    """Open an export; ids and choices in `answers` may be typed in capitals or not.

    What `said` knows of the same file stands where `answers` says nothing; what it knows of files
    of the kind only where the file itself leaves it open. Raises `UnableToRead`.
    """
    exact, own, over = dict[str, str](), dict[str, str](), dict[str, str]()
    export = _from_start(name, stream, exact)
    typed = {key.casefold().strip(): choice.strip() for key, choice in answers.items()}
    asks = bool(export.questions or export.guesses)
    of_file = said.of_file() if said and asks else {}
    for _ in range(_ROUNDS_MAX):
        of_kind = said.of_kind(export.signature) if said else {}
        found = dict[str, str]()
        asked_now: list[Question | Guess] = [*export.questions, *export.guesses]
        for asked in asked_now:
            if asked.id in exact:
                continue
            what = _what(asked.id)
            if isinstance(asked, Guess):
                own[asked.id] = asked.guess
            if asked.id.casefold() in typed:
                found[asked.id] = _choice(asked.choices, typed[asked.id.casefold()])
            elif of_file.get(what) in asked.choices:
                found[asked.id] = of_file[what]
            elif asked.id not in export.sure and of_kind.get(what) in asked.choices:
                found[asked.id] = of_kind[what]
                if own.get(asked.id) != of_kind[what]:
                    over[what] = of_kind[what]
        if not found:
            break
        exact |= found
        export = _from_start(name, stream, exact)
    export.answered = {_what(id): choice for id, choice in exact.items()}
    export.said_anew = {_what(id): c for id, c in exact.items() if own.get(id) != c}
    export.taken_over = over
    return export


def _what(id: str) -> str:
    return id.partition(".")[2]


def sha256_of(stream: BinaryIO) -> str:
    """SHA-256 of the whole stream in lower-case hex; the stream stands at its start again."""
    stream.seek(0)
    digest = hashlib.sha256()
    while chunk := stream.read(_AT_ONCE):
        digest.update(chunk)
    stream.seek(0)
    return digest.hexdigest()


def mark_of(stream: BinaryIO) -> str:
    """What an archive is known again by, without reading all of it: lower-case hex.

    Its size, its start and its end. A zip ends with the check sums of all that is in it, and a gzip
    with that of the whole.
    """
    size_bytes = stream.seek(0, io.SEEK_END)
    digest = hashlib.sha256(b"%d" % size_bytes)
    for at in (0, max(0, size_bytes - _AT_ONCE)):
        stream.seek(at)
        digest.update(stream.read(_AT_ONCE))
    stream.seek(0)
    return digest.hexdigest()


def _from_start(name: str, stream: BinaryIO, answers: Mapping[str, str]) -> Export:
    stream.seek(0)
    return open_export(name, stream, answers)


def _choice(choices: list[str], typed: str) -> str:
    """The choice that was meant; what was typed where it is none, so that the source says so."""
    fitting = [choice for choice in choices if choice.casefold() == typed.casefold()]
    return fitting[0] if len(fitting) == 1 else typed
