"""A finding: something the vault has seen in a person's own things."""

from collections.abc import Mapping
from typing import Any

import msgspec

from firsthand.vault.sources.payee import merchant_key


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen, as a sentence a person would say, with what it stands on.

    `facts` are JSON values by name. `things` are the ids of the things behind it. `chart` is a
    list of (label, value).
    """

    kind: str
    title: str
    detail: str
    facts: dict[str, object]
    things: list[str]
    chart: list[tuple[str, float]] = []


def key_of_finding(kind: str, facts: Mapping[str, Any]) -> str:
    """The key that a finding has after every import: its kind and what it is of.

    What a person said of a finding is kept by this key.
    """
    named = str(facts.get("key") or "")
    if not named and facts.get("name"):
        named = f"{merchant_key(str(facts['name']))}:{facts.get('currency') or ''}"
    return f"finding:{kind}:{named}" if named else f"finding:{kind}"
