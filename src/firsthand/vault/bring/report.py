"""What became of one file, of each member where it is an archive, and what is asked about it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from firsthand.vault.sources import Export, Guess, Question, Skipped, Unreadable

PLACES_MAX = 1000
MEMBERS_MAX = 2000
REASONS_MAX = 200
NAMES_MAX = 5
GUESSES_MAX = 200


class Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """One row that could not be read: its line, why, and of an archive its member."""

    line: int
    why: str
    member: str = ""


class Reason(msgspec.Struct, omit_defaults=True):
    """Rows that were skipped for one reason, with the place of the first."""

    why: str
    rows: int
    line: int
    member: str = ""


class LeftOut(msgspec.Struct):
    """Files of an archive that were not read for one reason: how many, and the first names."""

    why: str
    files: int
    names: list[str]


class Counts(msgspec.Struct, kw_only=True):
    """What became of rows. `skipped_rows` make no thing; `redacted` the person leaves out.

    `renewed` are those of `known` that say something newer, and took the place of what was there.
    """

    read: int = 0
    added: int = 0
    known: int = 0
    renewed: int = 0
    waiting: int = 0
    redacted: int = 0
    unreadable_rows: int = 0
    skipped_rows: int = 0

    def add(self, other: "Counts") -> None:
        """Count what another has counted."""
        for name in Counts.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


class Told(Counts, kw_only=True, omit_defaults=True):
    """One member of an archive, in short. `error`: why it was not read to its end."""

    name: str
    source: str | None
    format: str | None = None
    error: str | None = None


class Report(Counts, kw_only=True, omit_defaults=True):
    """One file of an import: each row read is added, known, waiting, left out, skipped, unreadable.

    `error` says why a file was not read at all or not to its end, `note` what else a person should
    know. Of an archive, `members` are those that were read and `left` those that were not.
    `state` is "done", or "stopped" where it was not gone through to its end.
    """

    path: str
    source: str | None
    format: str | None = None
    unreadable: list[Place] = []
    skipped: list[Reason] = []
    guesses: list[Guess] = []
    members: list[Told] = []
    members_read: int = 0
    underway: Told | None = None
    left: list[LeftOut] = []
    note: str | None = None
    error: str | None = None
    state: str = "done"
    import_id: int | None = None
    questions: list[Question] = []

    def as_json(self) -> dict[str, Any]:
        """The same without its questions, which are told for all files together."""
        plain: dict[str, Any] = {
            **{name: getattr(self, name) for name in Counts.__struct_fields__},
            "format": self.format,
            "source": self.source,
            "unreadable": [],
            "skipped": [],
            "guesses": [],
            "members_read": 0,
            "left": [],
            **msgspec.to_builtins(self),
        }
        plain.pop("questions", None)
        plain.pop("underway", None)
        plain["members"] = [
            {**dict.fromkeys(Counts.__struct_fields__, 0), **each}
            for each in plain.get("members", [])
        ]
        return plain

    def unread(self, rows: Sequence[Unreadable], member: str = "") -> None:
        """Note rows that could not be read: the first `PLACES_MAX` with their places."""
        room = PLACES_MAX - len(self.unreadable)
        self.unreadable += [Place(row.line, row.why, member) for row in rows[:room]]

    def skip(self, rows: Sequence[Skipped], member: str = "") -> None:
        """Note rows that make no thing, by their reasons."""
        known = {reason.why: reason for reason in self.skipped}
        for why, count in Counter(row.why for row in rows).items():
            reason = known.get(why)
            if reason is not None:
                reason.rows += count
            elif len(self.skipped) < REASONS_MAX:
                first = next(row.line for row in rows if row.why == why)
                self.skipped.append(Reason(why, count, first, member))
            else:
                self.skipped[-1].rows += count

    def leave(self, name: str, why: str) -> None:
        """Note a file of an archive that was not read."""
        there = next((each for each in self.left if each.why == why), None)
        if there is None and len(self.left) < REASONS_MAX:
            self.left.append(there := LeftOut(why, 0, []))
        there = there or self.left[-1]
        there.files += 1
        if len(there.names) < NAMES_MAX:
            there.names.append(name)

    def tell(self, member: Told, *, counted: bool = False) -> None:
        """Take up what became of a member: by itself where there is room, and in sum."""
        if not counted:
            self.add(member)
        self.members_read += 1
        if len(self.members) < MEMBERS_MAX:
            self.members.append(member)

    def ask(self, export: Export) -> None:
        """Take up what is asked about an export, and what was guessed."""
        self.questions += export.questions
        self.guesses += export.guesses[: max(0, GUESSES_MAX - len(self.guesses))]


def not_read(path: str, error: Exception) -> Report:
    """The report of a file that could not be read as a whole."""
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return Report(path=path, source=None, error=why)


def questions_in(reports: Iterable[Report]) -> list[dict[str, object]]:
    """All open questions: `{"id", "path", "ask", "choices"}`."""
    return [
        {"id": asked.id, "path": report.path, "ask": asked.ask, "choices": list(asked.choices)}
        for report in reports
        for asked in report.questions
    ]
