"""What was asked by right, and how it stands: as organisations signed it, or as I noted it.

A state follows only from the one before it, by the protocol's graph. An answer that does not hold
changes nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

import msgspec

from firsthand.protocol.graphs import UnableToChangeState
from firsthand.protocol.jws import read_jws
from firsthand.protocol.putting_right import Corrections, added, corrections
from firsthand.protocol.refusals import refuse
from firsthand.protocol.rights import (
    DENIALS,
    LASTING,
    STATES,
    Request,
    Status,
    can_take_back,
    day_of,
    due,
    read_request,
    read_status,
)
from firsthand.vault.terms.relationships import Relationship, signer_of

if TYPE_CHECKING:
    from datetime import date

    from firsthand.vault.store import Row, Store, Tx

EVENTS: Final = {
    "received": "take up",
    "fulfilled": "fulfil",
    "denied": "deny",
    "took back": "take back",
}
REVOKED: Final = "revoked"


def find(store: Store, request: str) -> Row:
    """A request by its name, or the unique beginning of one; raises ``Refused`` (``not_found``)."""
    rows = store.rows("rights.beginning", id=request) if request else []
    if len(rows) == 1 or (rows and rows[0]["id"] == request):
        return rows[0]
    what = "You have asked nothing" if not rows else "You have asked more than one thing"
    raise refuse("not_found", f"{what} that is called {request[:40]!r}.")


def add(tx: Tx, values: dict[str, object], *, received: date) -> None:
    """Write a request down before it leaves. Until it is answered, its clock runs from then."""
    last = due(str(values["regime"]), received)
    row = {"relationship": None, "email": None, "lang": "en", "sender": "", **values}
    tx.run("rights.add", **row, received_on=received.isoformat(), expected_by=last.isoformat())


def newest(store: Store | Tx, request: str) -> Status | None:
    """The status that was signed last, if there is one; it was verified when it came."""
    signed = [row["jws"] for row in store.rows("rights.told", request=request) if row["jws"]]
    return msgspec.convert(read_jws(signed[-1])[1], Status) if signed else None


def take(store: Store, relationship: Relationship, row: Row, token: str, *, at: str) -> Status:
    """Verify a signed status and keep it if it is new. Raises ``Refused``; then nothing changed."""
    with store.transaction() as tx:
        kept = tx.row("rights.by_id", id=row["id"])
        assert kept is not None
        before = newest(tx, row["id"])
        now = int(datetime.fromisoformat(at).timestamp())
        status = _read(store, relationship, kept, token, before, now)
        if status == before:
            return status
        if status.status == "revoked" and not is_taken_back(tx, row["id"]):
            raise refuse(
                "not_allowed",
                "They say that you took it back, and here you did not. If you did so from another "
                "copy of your vault, take it back here too.",
            )
        tell(
            tx, row["id"], at=at, state=status.status, reason=status.reason,
            words=status.processing_details, jws=token,
        )  # fmt: skip
        tx.run(
            "rights.stand",
            id=row["id"],
            state=status.status,
            reason=status.reason,
            words=status.processing_details,
            received_on=day_of(status.received_at).isoformat(),
            expected_by=status.expected_by,
        )
        tx.run("rights.sent", id=row["id"], at=at)
    return status


def is_known(store: Store, relationship: Relationship, row: Row, token: str) -> bool:
    """Whether a status is one that was true before what is known now. Raises ``Refused``."""
    if any(told["jws"] == token for told in store.rows("rights.told", request=row["id"])):
        return True
    before = newest(store, row["id"])
    status = _read(store, relationship, row, token, None)
    return before is not None and status.iat < before.iat


def take_back(tx: Tx, row: Row, *, at: str) -> None:
    """Note that I take a request back; from now on no clock runs. Raises ``Refused``."""
    if not can_take_back(row["asked"], row["state"]):
        raise refuse("not_allowed", f"There is nothing to take back: it is {row['state']}.")
    if not is_taken_back(tx, row["id"]):
        tell(tx, row["id"], at=at, state=REVOKED, reason=None, words="", jws=None)


def is_taken_back(store: Store | Tx, request: str) -> bool:
    """Whether I took a request back here, confirmed or not."""
    rows = store.rows("rights.told", request=request)
    return any(told["state"] == REVOKED and told["jws"] is None for told in rows)


def never_arrived(tx: Tx, row: Row) -> None:
    """A request that I took back and that they never had: it is over."""
    tx.run(
        "rights.stand", id=row["id"], state=REVOKED, reason=None, words="",
        received_on=row["received_on"], expected_by=row["expected_by"],
    )  # fmt: skip


def put_noted(
    tx: Tx, row: Row, event: str, *, at: str, day: date, reason: str | None, words: str
) -> str:
    """Note by hand what an organisation without Firsthand answered; returns the new state.

    ``event`` is a key of ``EVENTS``. Raises ``Refused`` where it cannot follow.
    """
    if row["relationship"] is not None:
        raise refuse("not_allowed", "They sign how it stands themselves: it is not noted by hand.")
    lifts = event == "took back" and row["state"] == "fulfilled" and row["asked"] in LASTING
    try:
        state = STATES.after(row["state"], "lift" if lifts else EVENTS[event])
    except UnableToChangeState as error:
        raise refuse(
            "not_allowed", f"This cannot be noted any more: it is {row['state']}."
        ) from error
    if (reason is not None) != (event == "denied") or reason not in {None, *DENIALS}:
        raise refuse("shape_invalid", f"A no has one of these reasons: {', '.join(DENIALS)}.")
    if day.isoformat() < str(row["at"])[:10]:
        raise refuse("shape_invalid", "That was before you had asked.")
    received = day if event == "received" else None
    tell(tx, row["id"], at=at, state=state, reason=reason, words=words, jws=None)
    tx.run(
        "rights.stand",
        id=row["id"],
        state=state,
        reason=reason,
        words=words,
        received_on=received.isoformat() if received else row["received_on"],
        expected_by=due(row["regime"], received).isoformat() if received else row["expected_by"],
    )
    return state


def put_right_there(store: Store, relationship: Relationship) -> list[Corrections]:
    """What they put right upon my requests, after each: nothing first, all of it last.

    It is what their signed statements say was done, in the order in which I heard of them.
    """
    found: list[Corrections] = [{}]
    for row in store.rows("rights.put_right", relationship=relationship.name):
        named = corrections(read_request(bytes(row["body"])))
        if named:
            found.append(added(found[-1], named))
    return found


def tell(tx: Tx, request: str, **values: object) -> None:
    """Write down one answer, after those before it."""
    n = len(tx.rows("rights.told", request=request)) + 1
    tx.run("rights.tell", request=request, n=n, **values)


def _read(
    store: Store, relationship: Relationship, row: Row, token: str, before: Status | None,
    now: int | None = None,
) -> Status:  # fmt: skip
    request: Request = read_request(bytes(row["body"]))
    return read_status(
        token,
        key=relationship.key_log.key_for(token),
        request=request,
        organisation=relationship.subject,
        person=signer_of(store, relationship).subject,
        before=before,
        now=now,
    )
