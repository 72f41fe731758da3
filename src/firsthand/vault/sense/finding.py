"""A finding: something the vault has seen in a person's own things."""

import msgspec


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
