"""Tells a person who looked at what they gave, signed and in order."""

from firsthand.hub import noting
from firsthand.hub.acts.opened import Hub
from firsthand.hub.seen import Noted
from firsthand.hub.terms import relationships
from firsthand.protocol.identity import subject_of
from firsthand.protocol.reads_told import ReadsTold, ReadTold, sign_reads_told
from firsthand.protocol.refusals import refuse
from firsthand.protocol.wire import READS_TOLD_MAX

FIELDS_MAX = 5_000  # in one statement, so that it stays small enough to be read


def reads_told(hub: Hub, relationship: str, after: int) -> str:
    """The signed statement of the reads with a number above ``after``.

    It is told to whoever has a relationship here, ended or not, until it is erased: then it raises
    ``Refused`` (``unknown_relationship``).
    """
    with hub.snapshot() as reader:
        if not relationships.is_open(reader, relationship):
            raise refuse("unknown_relationship")
        found = noting.after(reader, relationship, after, READS_TOLD_MAX + 1)
    told = _fitting(found[:READS_TOLD_MAX])
    statement = ReadsTold(
        iss=hub.organisation.subject,
        aud=subject_of(relationship),
        after=after,
        next=told[-1].n if told else after,
        more=len(found) > len(told),
        reads=[_told(one) for one in told],
        iat=hub.now_s(),
    )
    return sign_reads_told(statement, hub.organisation.key)


def _fitting(noted: list[Noted]) -> list[Noted]:
    fields = 0
    for place, one in enumerate(noted):
        fields += len(one.fields)
        if fields > FIELDS_MAX and place:
            return noted[:place]
    return noted


def _told(one: Noted) -> ReadTold:
    return ReadTold(
        n=one.n,
        at=one.at_ms // 1000,
        kind=one.kind,
        name=one.reader,
        purpose=one.purpose,
        agreement=one.agreement,
        fields=one.fields,
        count=one.count,
    )
