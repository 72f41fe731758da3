"""Hands a person what the organisation has of them, after a request for access or portability."""

from datetime import UTC, datetime

import msgspec

from firsthand.foundation.clock import stamp
from firsthand.foundation.tables import Reader
from firsthand.hub import noting
from firsthand.hub.acts import requests
from firsthand.hub.acts.opened import Hub
from firsthand.hub.outbox import Outbox
from firsthand.hub.seen import Kept, Noted
from firsthand.hub.terms import agreements, relationships, rights
from firsthand.hub.terms.organisation import BACKUP_DAYS
from firsthand.protocol.refusals import refuse

READS_PAGE = 1_000


def data(hub: Hub, relationship: str, jti: str, after: int = 0) -> dict[str, object]:
    """What is held, in parts: ask again with ``next`` while there is ``more``.

    Every part has things; the first one of an access also has all the rest: agreements, account,
    messages, who looked, requests, how long everything is kept. Raises ``Refused``.
    """
    kept = requests.fulfillable(hub, relationship, jti)
    things, following = hub.own.given(relationship, after=after, right=kept.request.right)
    part: dict[str, object] = {
        "request": jti,
        "right": kept.request.right,
        "made_at": stamp(hub.clock.now()),
        "things": [_thing(one) for one in things],
        "next": following,
        "more": following > after,
    }
    if kept.request.right == "access" and after == 0:
        with hub.snapshot() as reader:
            part["about"] = _about(hub, reader, relationship)
    return part


def _about(hub: Hub, reader: Reader, relationship: str) -> dict[str, object]:
    known = relationships.get(reader, relationship)
    if known is None:
        raise refuse("unknown_relationship")
    held = agreements.held(reader, relationship)
    return {
        "organisation": hub.organisation.name,
        "since": _stamp(known.since),
        "state": known.state,
        "account": known.account,
        "agreements": [
            {
                "id": one.id,
                "terms": one.terms,
                "state": one.state(hub.now_s()),
                "fields": one.fields,
                "purposes": list(one.roster.purposes),
                "proffer": one.proffer,
                "answer": one.answer,
                "expires": _stamp(one.expires),
                "ended_at": _stamp(one.ended_at) if one.ended_at else None,
                "revocation": one.revocation,
                "kept_days_after_the_end": one.roster.retention_days,
            }
            for one in held
        ],
        "messages": _messages(reader, relationship),
        "reads": [_read(one) for one in _reads(reader, relationship)],
        "own_reads": [_read(one) for one in noting.own(reader, relationship)],
        "requests": [
            {"right": one.request.right, "details": one.request.details, "status": one.jws}
            for one in rights.of(reader, relationship)
        ],
        "backups_lapse_after_days": BACKUP_DAYS,
    }


def _messages(reader: Reader, relationship: str) -> list[str]:
    found: list[str] = []
    after, more = 0, True
    while more:
        messages, more = Outbox.after(reader, relationship, after)
        found += [one.jws for one in messages]
        after = messages[-1].n if messages else after
    return found


def _reads(reader: Reader, relationship: str) -> list[Noted]:
    found: list[Noted] = []
    while page := noting.after(reader, relationship, found[-1].n if found else 0, READS_PAGE):
        found += page
    return found


def _thing(one: Kept) -> dict[str, object]:
    shown = msgspec.to_builtins(one.thing)
    return {**shown, "agreement": one.agreement, "given_at": _stamp(one.given_ms // 1000)}


def _read(one: Noted) -> dict[str, object]:
    shown = msgspec.to_builtins(one)
    del shown["at_ms"]
    return {**shown, "at": _stamp(one.at_ms // 1000)}


def _stamp(seconds: int) -> str:
    return stamp(datetime.fromtimestamp(seconds, tz=UTC))
