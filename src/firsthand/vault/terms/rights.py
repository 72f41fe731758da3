"""What was asked by right, and how it stands: as organisations signed it, or as I noted it.

A state follows only from the one before it, by the protocol's graph. An answer that does not hold
changes nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

import msgspec

from firsthand.foundation.clock import stamp
from firsthand.protocol.canonical import canonical
from firsthand.protocol.graphs import UnableToChangeState
from firsthand.protocol.jws import read_jws
from firsthand.protocol.putting_right import Corrections, corrections, put_together
from firsthand.protocol.refusals import refuse
from firsthand.protocol.rights import (
    DENIALS,
    LASTING,
    STATES,
    WAITING,
    Request,
    Status,
    can_take_back,
    day_of,
    due,
    read_request,
    read_status,
    stopped_by,
)
from firsthand.protocol.terms import PURPOSES
from firsthand.protocol.wire import SKEW_S_MAX
from firsthand.vault.terms.relationships import Relationship, signer_of

if TYPE_CHECKING:
    from datetime import date

    from firsthand.vault.store import Row, Store, Tx

EVENTS: Final = {
    "received": "take up",
    "fulfilled": "fulfil",
    "denied": "deny",
    "took back": "take back",
    "confirmed": "",  # they confirm that I took it back, which changes no state
}
REVOKED: Final = "revoked"
CONFIRMED: Final = "confirmed"


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


def dated_again(store: Store, row: Row, now: datetime) -> Row:
    """The request; dated ``now`` where it is of a time to come and was not taken.

    A clock was wrong then. Nobody takes it before that time, and its last day would be too late.
    """
    asked = read_request(bytes(row["body"]))
    if row["sent_at"] is not None or asked.at <= now.timestamp() + SKEW_S_MAX:
        return row
    request = msgspec.structs.replace(asked, at=int(now.timestamp()))
    with store.transaction() as tx:
        tx.run(
            "rights.redate", id=row["id"], at=stamp(now), received_on=now.date().isoformat(),
            expected_by=due(row["regime"], now.date()).isoformat(),
            body=canonical(msgspec.to_builtins(request)),
        )  # fmt: skip
    return find(store, row["id"])


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
        _check_mine(tx, row["id"], status)
        _keep(tx, row["id"], status, token, at)
    return status


def take_anew(
    store: Store, relationship: Relationship, row: Row, token: str, *, at: str
) -> Status | None:
    """Keep the status of a request that they had lost and took once more; None if they had it.

    What they had signed before stays, as evidence. Raises ``Refused``; then nothing changed.
    """
    now = int(datetime.fromisoformat(at).timestamp())
    with store.transaction() as tx:
        status, before = _read(store, relationship, row, token, None, now), newest(tx, row["id"])
        if status == before:
            return None
        same = before is not None and status.received_at == before.received_at
        if same:
            _read(store, relationship, row, token, before, now)
        _check_mine(tx, row["id"], status)
        _keep(tx, row["id"], status, token, at)
    # A request that still waited, and has the date it had, went on there: nothing was lost.
    return None if same and before is not None and before.status in WAITING else status


def is_known(store: Store, relationship: Relationship, row: Row, token: str) -> bool:
    """Whether a status is one that was true before what is known now. Raises ``Refused``."""
    if any(told["jws"] == token for told in store.rows("rights.told", request=row["id"])):
        return True
    before = newest(store, row["id"])
    status = _read(store, relationship, row, token, None)
    return before is not None and status.iat < before.iat


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """What was delivered beside what my log says I gave, in numbers of things.

    ``given`` are those that they confirmed and have not erased; ``missing`` of them were not
    delivered. ``changed`` were delivered, but otherwise than I gave them or had them put right;
    ``elsewhere`` were never given from here. ``which`` has the names of a few of each.
    """

    given: int
    delivered: int
    missing: int
    elsewhere: int
    changed: int = 0
    which: dict[str, list[str]] = {}


def put_compared(tx: Tx, request: str, compared: Compared) -> None:
    """Keep what came of comparing what was delivered for a request."""
    tx.run("meta.put", key=_COMPARED.format(request), value=msgspec.json.encode(compared).decode())


def compared_of(store: Store, request: str) -> Compared | None:
    """What came of comparing it; None where nothing was fetched yet."""
    row = store.row("meta.get", key=_COMPARED.format(request))
    return None if row is None else msgspec.json.decode(str(row["value"]), type=Compared)


_COMPARED = "delivered for {}"


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
    if event == CONFIRMED:
        if row["state"] != REVOKED or is_confirmed(tx, row["id"]):
            raise refuse("not_allowed", "You did not take it back, or noted that they know it.")
        tell(tx, row["id"], at=at, state=REVOKED, reason=CONFIRMED, words=words, jws=None)
        return REVOKED
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


def is_confirmed(store: Store | Tx, request: str) -> bool:
    """Whether I noted that an organisation without Firsthand knows that I took a request back."""
    return any(told["reason"] == CONFIRMED for told in store.rows("rights.told", request=request))


def put_right_there(store: Store, relationship: Relationship) -> list[Corrections]:
    """What they put right upon my requests, after each: nothing first, all of it last.

    It is what their signed statements say was done, as I heard of one after the other.
    """
    rows = store.rows("rights.put_right", relationship=relationship.name)
    requests = [read_request(bytes(row["body"])) for row in rows]
    named = [request for request in requests if corrections(request)]
    return [put_together(named[:count]) for count in range(len(named) + 1)]


def stopped_there(store: Store, relationship: str) -> set[str]:
    """What they may not use my things for any more: by what I asked by right and they signed."""
    found: set[str] = set()
    for row in store.rows("rights.lasting", relationship=relationship):
        if is_taken_back(store, row["id"]):
            continue
        request = read_request(bytes(row["body"]))
        restricted = request.right == "restriction"
        found.update(PURPOSES if restricted else stopped_by(request, row["words"] or ""))
    return found


def tell(tx: Tx, request: str, **values: object) -> None:
    """Write down one answer, after those before it."""
    n = len(tx.rows("rights.told", request=request)) + 1
    tx.run("rights.tell", request=request, n=n, **values)


def _check_mine(tx: Tx, request: str, status: Status) -> None:
    """That it was taken back is mine to say."""
    if status.status == REVOKED and not is_taken_back(tx, request):
        raise refuse(
            "not_allowed",
            "They say that you took it back, and here you did not. If you did so from another "
            "copy of your vault, take it back here too.",
        )


def _keep(tx: Tx, request: str, status: Status, token: str, at: str) -> None:
    """Write down a signed status that holds, and how the request stands by it."""
    tell(
        tx, request, at=at, state=status.status, reason=status.reason,
        words=status.processing_details, jws=token,
    )  # fmt: skip
    tx.run(
        "rights.stand",
        id=request,
        state=status.status,
        reason=status.reason,
        words=status.processing_details,
        received_on=day_of(status.received_at).isoformat(),
        expected_by=status.expected_by,
    )
    tx.run("rights.sent", id=request, at=at)


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
