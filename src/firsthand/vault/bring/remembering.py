"""What a person said of a file is remembered: for the same file, and for the next of its kind.

Kept among what a vault says of itself, under a mark: that of the file's content, or that of the
names and the form of its columns.
"""

import msgspec

from firsthand.vault.sources import Export
from firsthand.vault.store import Reading, Store, Tx

_KEY = "answer:"
_MARK_DIGITS = 16


class Memory(msgspec.Struct, frozen=True):
    """What was said earlier of content and of files of a kind; `digest` is of the file at hand."""

    store: Store
    digest: str

    def of_content(self, digest: str) -> dict[str, str]:
        """What was said of the same content: of the file, or of a member of it."""
        return _said(self.store, digest)

    def of_kind(self, signature: str) -> dict[str, str]:
        """What was said last of a file with these columns. Raises `UnableToKeep`.

        Nothing for a file that was imported before: it is read as it was then.
        """
        if not signature or self.store.row("imports.of_content", sha256=self.digest):
            return {}
        return _said(self.store, signature)


def _said(reading: Reading | Store, mark: str) -> dict[str, str]:
    start = f"{_KEY}{mark[:_MARK_DIGITS]}."
    rows = reading.rows("meta.within", first=start, after=start[:-1] + "/")
    return {str(row["key"]).removeprefix(start): str(row["value"]) for row in rows}


def remember(tx: Tx, digest: str, export: Export) -> None:
    """Keep how this file was read, and what was said of it for others of its kind."""
    for what, choice in export.answered.items():
        tx.run("meta.put", key=f"{_KEY}{digest[:_MARK_DIGITS]}.{what}", value=choice)
    if export.signature:
        known = _said(tx, export.signature)
        for what, choice in export.answered.items():
            if what in known or what in export.said_anew:
                key = f"{_KEY}{export.signature[:_MARK_DIGITS]}.{what}"
                tx.run("meta.put", key=key, value=choice)


def taken_over(export: Export) -> str | None:
    """What a person should know of answers that were given for an earlier file, or None."""
    if not export.taken_over:
        return None
    said = ", ".join(f"{what}: {choice}" for what, choice in sorted(export.taken_over.items()))
    return f"Read as you said of an earlier file with the same columns ({said})."
