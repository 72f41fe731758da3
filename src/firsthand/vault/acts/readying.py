"""Ready to give: what could answer whose question, what it would say, what it would tell of me."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from firsthand.vault.acts.connecting import relationships
from firsthand.vault.acts.keeping import counts
from firsthand.vault.acts.money import called
from firsthand.vault.sense.ready import VERBS, ready

if TYPE_CHECKING:
    from firsthand.vault.acts.opened import Vault
    from firsthand.vault.sense.ready import Ready

EXAMPLES_MAX: Final = 3
RULE: Final = (
    "A question can be answered where twenty things and more of its kinds are here. Nothing is "
    "given by looking at this: giving begins with a deal, and you see every row before it leaves."
)


def readiness(vault: Vault) -> dict[str, Any]:
    """Every question of the seven verbs, those that can be answered first.

    Returns `{"rule", "verbs": [{"verb", "name", "questions": [{"key", "who", "asks", "tells",
    "types", "state", "things", "first", "last", "examples", "guide"}]}], "deals": [{"name",
    "organisation"}]}`. `state` is yes, little or no; `examples` are the names that an answer
    would show first.
    """
    answers = [_told(vault, each) for each in ready(counts(vault))]
    return {
        "rule": RULE,
        "verbs": [
            {"verb": verb, "name": name,
             "questions": [each for each in answers if each["verb"] == verb]}
            for verb, name in VERBS.items()
        ],
        "deals": [
            {"name": each["name"], "organisation": each["organisation"]}
            for each in relationships(vault) if each["state"] == "active"
        ],
    }  # fmt: skip


def _told(vault: Vault, each: Ready) -> dict[str, Any]:
    question = each.question
    return {
        "key": question.key, "verb": question.verb, "who": question.who, "asks": question.asks,
        "tells": question.tells, "types": list(question.types), "state": each.state,
        "things": each.things, "first": each.first, "last": each.last, "guide": question.guide,
        "examples": _examples(vault, question.sense) if each.state != "no" else [],
    }  # fmt: skip


def _examples(vault: Vault, sense: tuple[str, str] | None) -> list[str]:
    if sense is None:
        return []
    rows = vault.store.rows("sums.top_names", sense=sense[0], part=sense[1], limit=EXAMPLES_MAX)
    return [called(row["name"]) if sense[0] == "money" else row["name"] for row in rows]
