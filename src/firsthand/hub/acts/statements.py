"""What persons state about a relationship: terms that they proffer, endings, erasures."""

import msgspec

from firsthand.foundation.tables import Tx
from firsthand.hub import erasing
from firsthand.hub.acts.opened import Hub
from firsthand.hub.keeping import erased
from firsthand.hub.outbox import Message
from firsthand.hub.terms import agreements, settling
from firsthand.hub.terms.agreements import Held
from firsthand.hub.terms.policy import get_policy
from firsthand.hub.terms.settling import Door
from firsthand.protocol.agreement_life import LIFE
from firsthand.protocol.agreements import check_proffer, read_proffer
from firsthand.protocol.changes import Change, ChangeReceipt, sign_change_receipt
from firsthand.protocol.identity import subject_of, thumbprint_of
from firsthand.protocol.refusals import refuse


def propose(hub: Hub, proffer_jws: str) -> Held:
    """Answer a proposal of terms; the same one gets the same answer. Raises ``Refused``."""
    proffer, key = read_proffer(proffer_jws)
    person = thumbprint_of(key)
    with hub.snapshot() as reader:
        before = agreements.repeated(reader, person, proffer_jws)
    if before is not None:
        return before
    now = hub.now_s()
    check_proffer(proffer, audience=hub.organisation.subject, now=now)
    agreements.check_fields(proffer.fields)

    def work(tx: Tx) -> Held:
        if erasing.find(tx, person) is not None:
            raise refuse("agreement_ended", "What this key gave was erased. Take a new key.")
        door = Door(organisation=hub.organisation, policy=get_policy(tx), now=now)
        return settling.settle(tx, door, proffer_jws, proffer, key)

    held = hub.urgent(work)
    hub.told(person)
    return held


def revoke(hub: Hub, relationship: str, agreement: str) -> str:
    """End an agreement; returns the signed receipt, the same each time.

    Those that took its place end as well: whoever ends it did not hear yet that they were accepted,
    or does so from an older copy of their vault. Raises ``Refused`` (``no_agreement``).
    """

    def work(tx: Tx) -> str:
        if (gone := erasing.find(tx, relationship)) is not None:
            if agreement not in gone.revocations:
                raise refuse("no_agreement")
            return gone.revocations[agreement]
        now = hub.now_s()
        receipt = hub.erasing.revocation(relationship, agreement, now)
        ended = settling.end(tx, relationship, agreement, revocation=receipt, now=now)
        for later in sorted(settling.after_it(tx, relationship, agreement)):
            own = hub.erasing.revocation(relationship, later, now)
            settling.end(tx, relationship, later, revocation=own, now=now)
        return ended.revocation or receipt

    proof = hub.urgent(work)
    hub.told(relationship)
    return proof


def change(hub: Hub, relationship: str, asked: Change) -> str:
    """Pause an agreement or go on with it; returns the signed receipt of how it stands now.

    Raises ``Refused``: ``no_agreement``, ``agreement_ended``, ``clock_differs``, ``expired``,
    ``shape_invalid``, ``busy``.
    """
    now = hub.now_s()
    held = hub.urgent(lambda tx: settling.change(tx, relationship, asked, by="person", now=now))
    hub.told(relationship)
    return changed_receipt(hub, relationship, held, by="person", jti=asked.jti)


def changed_receipt(
    hub: Hub, relationship: str, held: Held, *, by: str, jti: str | None = None
) -> str:
    """The signed receipt of the state that an accepted agreement is in."""
    now = hub.now_s()
    since = held.ended_at or (held.turns[-1].since if held.turns else held.at)
    state = held.state(now)
    receipt = ChangeReceipt(
        iss=hub.organisation.subject,
        aud=subject_of(relationship),
        agreement=held.id,
        state="terminated" if state in LIFE.ends else state,
        since=since,
        iat=max(now, since),
        by=by,
        jti=jti,
    )
    return sign_change_receipt(receipt, hub.organisation.key)


def last_word(hub: Hub, relationship: str, after: int) -> Message | None:
    """The message to whom nothing is kept of any more: that it was erased, its time being over.

    It has the number after the one that was read last, whichever was read; once it was told under
    a number, nothing follows that. Raises ``Refused`` (``unknown_relationship``).
    """

    def work(tx: Tx) -> erasing.Erasure:
        gone = erasing.find(tx, relationship)
        if gone is None or gone.receipt is None or not gone.by_itself:
            raise refuse("unknown_relationship")
        if 0 < gone.told <= after:
            return gone
        told = msgspec.structs.replace(gone, told=after + 1)
        erasing.put(tx, relationship, told)
        return told

    gone = hub.write(work)
    if gone.told <= after:
        return None
    content = erased(gone.agreement, gone.receipt or "")
    return hub.outbox.numbered(gone.told, relationship, content)


def erase(hub: Hub, relationship: str, agreement: str) -> str:
    """Erase everything of a relationship; returns the signed receipt once all of it is gone.

    Raises ``Refused`` (``no_agreement``).
    """
    receipt = hub.erasing.erase(relationship, agreement)
    hub.told(relationship)
    return receipt
