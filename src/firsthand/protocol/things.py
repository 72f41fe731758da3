"""Things: what both sides mean by one item of a person's own data.

A thing is schema.org terms with a few fields pulled out, so that lists and charts need not look
inside. Nothing here reads a clock or a file.
"""

import msgspec


class Thing(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One item of a person's own data.

    `id` is the vault's own id or, once given, the relationship's own (a UUIDv8).
    `type` is the schema.org type, the same as `data["@type"]`. `name` is what a person would call
    it. `time` is ISO 8601, a date ("2024-01-03") or an instant in UTC ("2024-01-03T20:15:00Z"),
    the same as `data["startTime"]`; None if unknown. `source` is the kind of export it came from
    ("netflix", "bank"). `data` holds the schema.org terms, "@type" first.
    """

    id: str
    type: str
    name: str
    time: str | None
    source: str
    data: dict[str, object]
