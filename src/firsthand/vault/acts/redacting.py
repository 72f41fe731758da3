"""Leave out: rows, fields, people, places, times and sources, now and with every later import."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from firsthand.foundation.clock import stamp
from firsthand.vault.acts import noticing
from firsthand.vault.bring import redacting
from firsthand.vault.bring.rules import Rule, RuleRefused

if TYPE_CHECKING:
    from firsthand.vault.acts.opened import Vault
    from firsthand.vault.bring.rules import Kept


def preview(vault: Vault, rule: Rule) -> dict[str, Any]:
    """What a rule would hit: `{"things", "given", "examples": [{"id", "name", "time"}]}`.

    `given` of them were given to somebody. Changes nothing. Raises `RuleRefused`.
    """
    return redacting.preview(vault.store, rule)


def redact(vault: Vault, rule: Rule) -> dict[str, Any]:
    """Take out what a rule hits, and keep it out: `{"id", "things", "given", "cases"}`.

    What was given to somebody stays there, and so do `cases`: messages about what went, which are
    the person's own words, and theirs to delete. Raises `RuleRefused`.
    """
    told = redacting.redact(vault.store, rule, stamp(vault.clock.now()))
    noticing.notice_soon(vault, vault.clock.now().date())
    row = vault.store.row("cases.of_gone_things")
    return {**told, "cases": row["cases"] if row else 0}


def redactions(vault: Vault) -> list[dict[str, Any]]:
    """The rules in force: `{"id", "at", "rule": {...}, "says"}`."""
    return [_told(each) for each in redacting.rules(vault.store)]


def unredact(vault: Vault, id: int) -> dict[str, Any]:
    """Take a rule back: the next import brings again what it took out. Raises `RuleRefused`."""
    return _told(redacting.take_back(vault.store, id, stamp(vault.clock.now())))


def says(rule: Rule) -> str:
    """A rule in words."""
    what = f'"{rule.field}" of things' if rule.field else "Things"
    parts = [
        rule.thing and "that are this one",
        rule.type and f"of the kind {rule.type}",
        rule.source and f"from {rule.source}",
        rule.words and f'with the words "{rule.words}"',
        rule.person and f"with {rule.person} in them",
        rule.place and f"at {rule.place}",
        rule.near and f"within {rule.metres} metres of {rule.near[0]}, {rule.near[1]}",
        rule.since and f"from {rule.since} on",
        rule.until and f"until {rule.until}",
    ]
    return " ".join([what, *(part for part in parts if part)])


def _told(kept: Kept) -> dict[str, Any]:
    rule: dict[str, Any] = msgspec.to_builtins(kept.rule)
    if kept.rule.near is None:
        rule.pop("metres", None)
    return {"id": kept.id, "at": kept.at, "rule": rule, "says": says(kept.rule)}


__all__ = ["Rule", "RuleRefused", "preview", "redact", "redactions", "says", "unredact"]
