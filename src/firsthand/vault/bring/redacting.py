"""Leave things out: what is here goes for real, and a later import does not bring it again."""

import datetime
from collections.abc import Iterator
from typing import Any

import msgspec

from firsthand.vault.bring.rules import (
    METRES_MAX,
    NEVER,
    TEXT_CHARS_MAX,
    Kept,
    Rule,
    RuleRefused,
    Rules,
    Seen,
    change,
    held_in,
    rules_in,
)
from firsthand.vault.bring.undoing import settle
from firsthand.vault.store import Reading, Row, Store, Tx
from firsthand.vault.store.things import words_for

AT_ONCE = 5000
EXAMPLES_MAX = 5
RULES_MAX = 500
_NOWHERE = 2**63 - 1
_TEXTS = ("thing", "words", "person", "place", "source", "type", "field")


def checked(rule: Rule) -> Rule:
    """The rule, if it says something that can be looked for. Raises `RuleRefused`."""
    if rule == Rule(metres=rule.metres):
        raise RuleRefused("Say what is left out: words, a person, a place, a time, a source...")
    for name in _TEXTS:
        text = getattr(rule, name)
        if text is not None and not 1 <= len(text.strip()) <= TEXT_CHARS_MAX:
            raise RuleRefused(f"What stands for {name} has 1 to {TEXT_CHARS_MAX} characters.")
    if rule.field in NEVER:
        raise RuleRefused(f"A thing is none without its {rule.field}. Leave out the whole thing.")
    for day in (rule.since, rule.until):
        try:
            datetime.date.fromisoformat(day or "2024-01-03")
        except ValueError as error:
            raise RuleRefused(f"{day} is not a day. Write it like 2024-01-31.") from error
    if rule.since and rule.until and rule.since > rule.until:
        raise RuleRefused("The first day is after the last one.")
    if not 1 <= rule.metres <= METRES_MAX:
        raise RuleRefused(f"A place is 1 to {METRES_MAX:,} metres around.")
    if rule.near and not (abs(rule.near[0]) <= 90 and abs(rule.near[1]) <= 180):  # noqa: PLR2004
        raise RuleRefused("A place is a latitude to 90 and a longitude to 180 degrees.")
    return rule


def preview(store: Store, rule: Rule) -> dict[str, Any]:
    """What a rule would hit: `{"things", "given", "examples": [{"id", "name", "time"}]}`.

    Changes nothing. Raises `RuleRefused`.
    """
    checked(rule)
    ids, examples = list[str](), list[dict[str, Any]]()
    with store.moment() as moment:
        for row in _hits(moment, rule):
            ids.append(row["id"])
            if len(examples) < EXAMPLES_MAX:
                examples.append({name: row[name] for name in ("id", "name", "time")})
        return {"things": len(ids), "given": _given(moment, ids), "examples": examples}


def redact(store: Store, rule: Rule, at: str) -> dict[str, Any]:
    """Take out what the rule hits and keep the rule for later imports, in one transaction.

    Returns `{"id", "things", "given"}`. The words of what goes are written over, too.
    Raises `RuleRefused`.
    """
    checked(rule)
    with store.transaction() as tx:
        if len(tx.rows("redactions.in_force")) >= RULES_MAX:
            raise RuleRefused(f"There are {RULES_MAX} rules already. Take one back first.")
        row = tx.row("redactions.add", rule=msgspec.json.encode(rule).decode(), at=at)
        assert row is not None, "RETURNING gives the row"
        ids, taken = list[str](), list[dict[str, object]]()
        for hit in _hits(tx, rule):
            ids.append(hit["id"])
            taken.append({"position": hit["position"]})
            if rule.field is not None:
                data = Seen(held_in(hit)).data
                change(tx, hit["position"], {k: v for k, v in data.items() if k != rule.field})
        given = _given(tx, ids)
        if rule.field is None:
            tx.run_many("redactions.take", taken)
        if taken:
            settle(tx)
    return {"id": row["id"], "things": len(ids), "given": given}


def rules(store: Store) -> list[Kept]:
    """The rules in force, in the order in which they were made."""
    return [each for each in rules_in(store) if each.ended_at is None]


def take_back(store: Store, id: int, at: str) -> Kept:
    """Let later imports bring again what a rule took out. Raises `RuleRefused`."""
    found = next((each for each in rules(store) if each.id == id), None)
    if found is None:
        raise RuleRefused(f"There is no rule {id}. See them: firsthand vault redact")
    with store.transaction() as tx:
        if found.rule.field is None:
            tx.run("redactions.drop", id=id)
        else:  # what is here of such things is filled in when they come again
            tx.run("redactions.end", id=id, at=at)
    return found


def _hits(reading: Reading | Tx, rule: Rule) -> Iterator[Row]:
    """Every thing that is here and that the rule is about."""
    asks = Rules([Kept(id=0, rule=msgspec.structs.replace(rule, field=None), at="")])
    if rule.thing is not None:
        row = reading.row("things.by_id", id=rule.thing)
        rows = [row] if row else []
        yield from (row for row in rows if _has(rule, row) and asks.kept([held_in(row)])[1])
        return
    for row in _found(reading, rule):
        if _has(rule, row) and asks.kept([held_in(row)])[1]:
            yield row


def _found(reading: Reading | Tx, rule: Rule) -> Iterator[Row]:
    """What the rule may be about: by the index of words where it names any."""
    named = " ".join(text for text in (rule.words, rule.person, rule.place) if text)
    words = words_for(named)
    if words is not None:
        before = _NOWHERE
        while rows := reading.rows("redactions.found", words=words, before=before, limit=AT_ONCE):
            before = rows[-1]["place"]
            yield from rows
        return
    after = 0
    while rows := reading.rows(
        "redactions.things", after=after, source=rule.source, since=rule.since, limit=AT_ONCE
    ):
        after = rows[-1]["position"]
        yield from rows


def _has(rule: Rule, row: Row) -> bool:
    return rule.field is None or rule.field in Seen(held_in(row)).data


def _given(reading: Reading, ids: list[str]) -> int:
    """How many of these things were given to somebody."""
    given = 0
    for start in range(0, len(ids), AT_ONCE):
        part = msgspec.json.encode(ids[start : start + AT_ONCE]).decode()
        row = reading.row("redactions.given", ids=part)
        given += row["things"] if row else 0
    return given
