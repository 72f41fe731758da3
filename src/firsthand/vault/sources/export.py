"""What every kind of export has in common: rows, what could not be read, questions and guesses."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from types import MappingProxyType

import msgspec

from firsthand.protocol.things import Thing


class Row(msgspec.Struct, frozen=True, gc=False):
    """One row that was read. `line` is where it begins: the line, or the record, from 1."""

    line: int
    thing: Thing


class Unreadable(msgspec.Struct, frozen=True, gc=False):
    """One row that was not read, and why. `line` is where it begins, as of `Row`."""

    line: int
    why: str


class Skipped(msgspec.Struct, frozen=True, gc=False):
    """One row that was understood and makes no thing, and why: a few words, the same for its like.

    `line` as of `Unreadable`. ("a message without a receipt in it")
    """

    line: int
    why: str


class Question(msgspec.Struct, frozen=True):
    """Something only the person knows. Keep nothing of the file until it is answered.

    `id` is the same for the same content: eight hex digits of the file's SHA-256, then what is
    asked ("3fa9c1d2.date-order").
    """

    id: str
    ask: str
    choices: list[str]


class Guess(msgspec.Struct, frozen=True):
    """Something that was recognised and can be corrected by answering its `id`.

    `what` says in words what was recognised, `guess` is one of `choices`.
    """

    id: str
    what: str
    guess: str
    choices: list[str]


Each = Row | Unreadable | Skipped
"""What a row of a file comes out as."""


class UnableToRead(Exception):
    """The file as a whole cannot be read; the message says why and what to give instead.

    Give the file that the service exports, unchanged.
    """


class Export(ABC):
    """An opened export. `source` is the key of its source, `format` is words a person reads.

    `signature` is the same for exports with the same columns, "" if that says nothing; `sure` are
    the ids of what the file itself decides. `answered`, `said_anew` and `taken_over` are choices
    by what they are about: all that apply, those that the file did not say itself, and those that
    were given for an earlier file.
    """

    source: str
    format: str
    questions: list[Question]
    guesses: list[Guess]
    signature: str = ""
    sure: frozenset[str] = frozenset()
    answered: Mapping[str, str] = MappingProxyType({})
    said_anew: Mapping[str, str] = MappingProxyType({})
    taken_over: Mapping[str, str] = MappingProxyType({})

    @abstractmethod
    def rows(self) -> Iterator[Each]:
        """Every data row of the file, in its order, one at a time: none is left out.

        May be called again, but not while another iteration of the same export is under way:
        they share the stream. While `questions` is not empty, times or amounts are provisional.
        """


class Answers:
    """The person's answers to one file's questions and guesses, by what they are about."""

    def __init__(self, prefix: str, given: Mapping[str, str]) -> None:
        """`prefix` is the first eight hex digits of the file's SHA-256."""
        self.prefix = prefix
        self._given = given
        self.sure: set[str] = set()

    def id(self, what: str) -> str:
        """The id of the question or guess about `what`."""
        return f"{self.prefix}.{what}"

    def be_sure(self, what: str, *, decided: bool) -> None:
        """Note that the file itself says it: no answer to another file is taken over."""
        if decided:
            self.sure.add(self.id(what))

    def get(self, what: str, choices: list[str]) -> str | None:
        """The answer, or None. Raises UnableToRead if it is not one of `choices`."""
        answer = self._given.get(self.id(what))
        if answer is None or answer in choices:
            return answer
        options = ", ".join(f'"{choice}"' for choice in choices[:40])
        message = f'"{answer}" is not an answer to {self.id(what)}. Choose one of: {options}.'
        raise UnableToRead(message)
