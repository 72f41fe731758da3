"""Correct: what a person says of a finding stays so, after every import, until they undo it.

A correction is kept by the key of what was found, never by the rows behind it:

- `finding:KIND:...`: said `wrong`; the finding is not shown again.
- `category:SHOP`: said a category of the list; payments to that shop belong to it.
- `taste:PART:WHO`: said `like`, `dislike` or `out`; `out` is neither, and stays out.
- `place:home`, `place:work`: said the key of a place, or `none`. `place:name:WHO`: said its name.
- `person:WHO`: said `out`: this is nobody I know.
- `clock`: said a time zone, such as `Europe/Berlin`, by which hours are told.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from firsthand.foundation.clock import stamp
from firsthand.vault.sense.categories import lists
from firsthand.vault.sense.facets import merchant_of
from firsthand.vault.sense.sums import key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from firsthand.vault.acts.opened import Vault
    from firsthand.vault.store import Reading, Store, Tx

KEY_CHARS_MAX: Final = 400
SAID_CHARS_MAX: Final = 200
CLOCK: Final = "clock"
HOME: Final = "place:home"
WRONG: Final = "wrong"
_ALLOWED: Final[dict[str, frozenset[str]]] = {
    "finding": frozenset({WRONG}),
    "taste": frozenset({"like", "dislike", "out"}),
    "person": frozenset({"out"}),
}
_NAMED: Final[dict[str, tuple[str, Callable[[str], str]]]] = {
    "category:": ("money", merchant_of),
    "person:": ("people", key_of),
    "taste:watch:": ("taste", key_of),
    "taste:listen:": ("taste", key_of),
    "taste:read:": ("taste", key_of),
}


class CorrectionRefused(ValueError):
    """What was said cannot be kept: the message says why and what can be said instead."""


def correct(vault: Vault, key: str, said: str, about: str = "") -> dict[str, object]:
    """Keep what is right instead of what was found; returns `{"key", "about", "said", "at"}`.

    about: what was found, in words, for the list. A shop, a person and what is to somebody's taste
    may be named as they are written: "category:REWE Markt". Raises `CorrectionRefused`,
    `UnableToKeep`.
    """
    key = _meant(vault, key)
    said = " ".join(said.split())[:SAID_CHARS_MAX]
    _check(key, said)
    row = {
        "key": key,
        "about": " ".join(about.split())[:SAID_CHARS_MAX] or key,
        "said": msgspec.json.encode(said).decode(),
        "at": stamp(vault.clock.now()),
    }
    with vault.store.transaction() as tx:
        tx.run("corrections.put", **row)
        _sort_again(tx, key, said)
    return {**row, "said": said}


def undo(vault: Vault, key: str) -> bool:
    """Forget a correction; what the rules say holds again. Whether there was one."""
    key = _meant(vault, key)
    with vault.store.transaction() as tx:
        gone = tx.run("corrections.forget", key=key) > 0
        if gone and (key.startswith("category:") or key == HOME):
            tx.run("findings.forget")  # what the rule says is found when somebody looks next
    return gone


def corrections(vault: Vault) -> list[dict[str, object]]:
    """Everything that was corrected, the newest first: `{"key", "about", "said", "at"}` each."""
    rows = vault.store.rows("corrections.all")
    return [{**row, "said": msgspec.json.decode(row["said"])} for row in rows]


def called(vault: Vault, correction: Mapping[str, object]) -> str:
    """What a correction says, as it is called: a place by its name, not by where it lies."""
    said = str(correction["said"])
    if correction["key"] not in {HOME, "place:work"}:
        return said
    rows = vault.store.rows("sums.names_of", sense="places", who=said)
    return str(rows[0]["name"]) if rows else said


def said_of(reading: Reading | Store, beginning: str) -> dict[str, str]:
    """What was said of keys that begin so (`category:`), by the rest of the key."""
    rows = reading.rows("corrections.beginning", first=beginning, after=beginning + "\U0010ffff")
    found = {}
    for row in rows:
        said = msgspec.json.decode(row["said"])
        if isinstance(said, str):
            found[str(row["key"]).removeprefix(beginning)] = said
    return found


@cache
def zones() -> frozenset[str]:
    """Every time zone that can be said, read from the disk once."""
    return frozenset(available_timezones())


def zone_of(reading: Reading | Store) -> str:
    """The time zone that the person named; UTC otherwise."""
    return said_of(reading, CLOCK).get("", "UTC")


def _meant(vault: Vault, key: str) -> str:
    """The key itself where it is of something, else the key of what is named in it."""
    for beginning, (sense, of) in _NAMED.items():
        rest = key.removeprefix(beginning)
        named = rest not in ("", key) and len(key) <= KEY_CHARS_MAX
        if named and not vault.store.rows("sums.names_of", sense=sense, who=rest):
            return beginning + of(rest)
    return key


def _check(key: str, said: str) -> None:
    kind, _, rest = key.partition(":")
    if not said or len(key) > KEY_CHARS_MAX or (not rest and key != CLOCK):
        raise CorrectionRefused(f"{key[:80]!r} is not the key of anything that can be corrected.")
    allowed = _ALLOWED.get(kind)
    if kind == "category":
        allowed = frozenset(lists().names)
    if kind == CLOCK:
        if said not in zones():
            raise CorrectionRefused(f"{said!r} is no time zone. Say one such as Europe/Berlin.")
        ZoneInfo(said)
    elif kind != "place" and allowed is None:
        raise CorrectionRefused(f"Nothing of the kind {kind[:40]!r} can be corrected.")
    elif allowed is not None and said not in allowed:
        raise CorrectionRefused(f"{said!r} cannot be said here. Say {', '.join(sorted(allowed))}.")


def _sort_again(tx: Tx, key: str, said: str) -> None:
    if key == HOME:
        tx.run("findings.forget")  # trips are told from home: they are found when somebody looks
    if key.startswith("category:"):
        tx.run("sums.sort", sense="money", who=key.removeprefix("category:"), kind=said)
