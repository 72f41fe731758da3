"""What the organisation itself decides of a deal: to end it, to let it rest, to go on with it.

The person finds the signed statement of it among their messages.
"""

from firsthand.foundation.tables import Tx
from firsthand.hub.acts import statements
from firsthand.hub.acts.opened import Hub
from firsthand.hub.outbox import Content
from firsthand.hub.terms import agreements, settling
from firsthand.hub.terms.agreements import HELD_MAX, Held
from firsthand.protocol.agreement_life import paused_by
from firsthand.protocol.changes import Change
from firsthand.protocol.refusals import refuse
from firsthand.protocol.wire import TYPE_AGREEMENT_CHANGED

BY = "organisation"
PAGE_ROWS = 1_000
JTI_BYTES = 16


class DealRefused(ValueError):
    """No deal can be meant by this: the message says whether none or several begin so."""


def end(hub: Hub, *, agreement: str) -> dict[str, object]:
    """End a deal now; ended already, it stays as it is. Raises ``DealRefused``, ``Refused``."""
    person, held = find(hub, agreement)

    def work(tx: Tx) -> Held:
        before = agreements.get(tx, person, held.id)
        if before is not None and before.ended_at is not None:
            return before
        receipt = hub.erasing.revocation(person, held.id, hub.now_s())
        ended = settling.end(tx, person, held.id, revocation=receipt, now=hub.now_s(), by=BY)
        _say(hub, tx, person, ended)
        return ended

    return _done(hub, person, hub.urgent(work))


def pause(hub: Hub, *, agreement: str) -> dict[str, object]:
    """Let a deal rest: nothing comes in, nothing is read. Raises as ``end`` does."""
    return _turn(hub, agreement, "paused")


def resume(hub: Hub, *, agreement: str) -> dict[str, object]:
    """Go on with a deal that the organisation paused. Raises as ``end`` does."""
    return _turn(hub, agreement, "resumed")


def find(hub: Hub, agreement: str) -> tuple[str, Held]:
    """The deal of this id, or of its unique beginning, and whose it is; raises ``DealRefused``."""
    found: list[tuple[str, Held]] = []
    after = ("", "")
    with hub.snapshot() as reader:
        while page := reader.scan_all(agreements.STANDING, after=after, rows_max=PAGE_ROWS):
            for one in page:
                if agreement and one.key.startswith(agreement) and len(found) < HELD_MAX:
                    held = agreements.get(reader, one.relationship, one.key)
                    found += [(one.relationship, held)] if held is not None else []
            after = (page[-1].relationship, page[-1].key)
    if len(found) == 1:
        return found[0]
    count = "No deal has" if not found else f"Not one, but {len(found)} deals have"
    raise DealRefused(f"{count} an id that begins with {agreement[:64]!r}.")


def _turn(hub: Hub, agreement: str, turn: str) -> dict[str, object]:
    person, held = find(hub, agreement)
    now = hub.now_s()
    asked = Change(agreement=held.id, change=turn, jti=hub.chance.token(JTI_BYTES), at=now)

    def work(tx: Tx) -> Held:
        before = agreements.get(tx, person, held.id)
        if before is None:
            raise refuse("no_agreement")
        is_ours = BY in paused_by(before.turns)
        if is_ours == (turn == "paused") and before.state(now) in {"accepted", "paused"}:
            return before
        changed = settling.change(tx, person, asked, by=BY, now=now)
        _say(hub, tx, person, changed, change=turn)
        return changed

    return _done(hub, person, hub.urgent(work))


def _say(hub: Hub, tx: Tx, person: str, held: Held, **said: object) -> None:
    """Let the signed statement of how a deal stands wait for the person.

    ``said`` is the change itself: the state alone is that of what both sides asked for.
    """
    data = {"receipt": statements.changed_receipt(hub, person, held, by=BY), **said}
    content = Content(type=TYPE_AGREEMENT_CHANGED, agreement=held.id, answers="", data=data)
    # In the writer's own transaction no other message can take the number.
    assert hub.outbox.put(tx, person, hub.outbox.prepared(tx, person, content)), "its number"


def _done(hub: Hub, person: str, held: Held) -> dict[str, object]:
    hub.told(person)
    hub.outbox.told(person)
    state = held.state(hub.now_s())
    return {"agreement": held.id, "relationship": person, "terms": held.terms, "state": state}
