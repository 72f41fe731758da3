"""What reads of people's data come to: the values they give back, and why they give none.

Above: ``reads``, which makes them, and whoever reads. Below: what both sides mean by a thing.
"""

import msgspec

from firsthand.protocol.things import Thing


class PurposeRefused(Exception):
    """The person's terms do not allow this: the purpose, or any use since it ended.

    The message names the reason. Ask for a purpose that was agreed, or ask the person.
    """


class UnknownCustomer(LookupError):
    """Nobody is known by this reference: an id, the unique beginning of one, or an account."""


class Who(msgspec.Struct, frozen=True, kw_only=True):
    """Who reads: a member of staff, a rule, a token or a command, by name."""

    name: str
    kind: str


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was given: under which agreement, since when, from which batch.

    ``given_ms`` is in milliseconds since 1970, ``position`` is the batch's in the journal.
    """

    agreement: str
    given_ms: int
    position: int
    thing: Thing


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """A batch from outside: never what is in it. ``bytes`` is the size of its body."""

    position: int
    relationship: str
    role: str
    purpose: str
    agreement: str
    events: int
    bytes: int
    received_ms: int


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was given, for the organisation's own systems."""

    position: int
    relationship: str
    account: str | None
    agreement: str
    id: str
    type: str
    purpose: str
    given_ms: int
    thing: Thing


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Facts in the journal's order; ask for those after ``next`` to go on."""

    facts: list[Fact]
    next: int


class Noted(msgspec.Struct, frozen=True, kw_only=True):
    """One read as it was written down: ``n`` is its number in the relationship, from 1 on.

    A read under two agreements is written down twice. An earlier release wrote neither the number
    nor the agreement.
    """

    reader: str
    kind: str
    purpose: str
    fields: list[str]
    count: int
    at_ms: int
    agreement: str = ""
    n: int = 0


class Customer(msgspec.Struct, frozen=True, kw_only=True):
    """A relationship with nothing personal but the account it is tied to. Seconds since 1970.

    ``agreements`` names the terms that were agreed, ended ones too; those that were refused only
    where none was agreed.
    """

    relationship: str
    account: str | None
    since: int
    state: str
    agreements: list[str]
    things: int
