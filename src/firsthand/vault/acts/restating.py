"""What I asked for by right, and how I changed a deal, said once more.

An organisation may have put back an old backup. A restriction, an objection, a thing that was put
right, the changed deal: all of it is gone there then, and what was taken back holds again. They
cannot know; I have their signed statements. So each is said again, once a week until their backups
have lapsed.
"""

from typing import TYPE_CHECKING

from firsthand.foundation.clock import stamp
from firsthand.protocol.agreements import read_proffer
from firsthand.protocol.refusals import Refused
from firsthand.protocol.rights import RIGHTS
from firsthand.vault.acts import ending, reproposing
from firsthand.vault.gate import Offline, Unusable, warn
from firsthand.vault.terms import rights
from firsthand.vault.terms.relationships import Relationship, all_relationships, find
from firsthand.vault.terms.repeating import Repeated

if TYPE_CHECKING:
    from firsthand.vault.acts.opened import Vault
    from firsthand.vault.store import Row

_HOLDS = {"active", "ended"}
_NEVER_HAD = {"not_found", "unknown_relationship"}  # so there is nothing to take back


def restate(vault: "Vault", name: str | None = None) -> list[str]:
    """Say again what is due, to the organisation in ``name`` or to everybody; who had lost it.

    What is found is kept as a warning, and the statement that they signed anew beside the first.
    """
    now, found = vault.clock.now(), []
    for each in all_relationships(vault.store):
        if each.state not in _HOLDS or name not in {None, each.name}:
            continue
        if vault.store.row("rights.erased", relationship=each.name) is not None:
            ending.revoke(vault, each.name, erase=True)  # killed before that was written down
            continue
        if _goes_on_there(vault, each):
            ending.revoke(vault, each.name)
            continue
        if _deal_was_lost(vault, each):
            found.append(each.name)
        for row in vault.store.rows("rights.said_last", relationship=each.name):
            again = _said_of_right(row, row["since"])
            if again.is_due(vault.store, each, now) and _say_again(vault, each, row, again):
                found.append(each.name)
    return list(dict.fromkeys(found))


def was_asked_again(vault: "Vault", row: "Row") -> bool:
    """Whether a request was asked once more, so that an answer may begin anew."""
    return _said_of_right(row, row["at"]).was_said(vault.store)


def lost(vault: "Vault", relationship: Relationship, row: "Row", token: str) -> bool:
    """Take in a request that they took once more; says whether they had lost it.

    Raises ``Refused`` where what they signed does not hold, and ``Offline``.
    """
    at = stamp(vault.clock.now())
    vault.gate.keep_up(relationship.name, token)
    relationship = find(vault.store, relationship.name)
    status = rights.take_anew(vault.store, relationship, row, token, at=at)
    if status is None:
        return False
    what = RIGHTS[row["asked"]]
    if status.status == rights.REVOKED:
        said = f"had put back, out of a backup, a request that you had taken back: “{what}” They "
        said += "were told again, and signed that it is taken back."
    else:
        said = f"had lost, putting back a backup, a request that you had made: “{what}” They were "
        said += "asked again, and " + (
            "do it again." if status.status == "fulfilled" else "have to answer anew."
        )
    told = f"On {at[:10]}: {relationship.organisation_name} {said}"
    warn(vault.store, vault.clock, relationship, told)
    return True


def _goes_on_there(vault: "Vault", relationship: Relationship) -> bool:
    """Whether a change was accepted whose answer came after the deal of before had been ended."""
    ended = vault.store.rows("endings.of_relationship", relationship=relationship.name)
    return (
        relationship.state == "ended"
        and bool(ended)
        and all(row["kind"] != "erasure" for row in ended)
        and relationship.agreement not in {row["agreement"] for row in ended}
    )


def _deal_was_lost(vault: "Vault", relationship: Relationship) -> bool:
    """Propose a deal that was changed once more, if that is due; says whether they had lost it."""
    now = vault.clock.now()
    row = vault.store.row("agreements.by_id", id=relationship.agreement)
    if row is None or relationship.state != "active":
        return False
    proffer, _ = read_proffer(row["proffer"])
    again = _said_of(row)
    if (
        proffer.supersedes is None
        or proffer.exp <= now.timestamp()
        or not again.is_due(vault.store, relationship, now)
    ):
        return False
    try:
        return told_of_deal(vault, relationship.name) is not None
    except (Offline, Unusable):
        again.put_unheard(vault.store, now)
    except Refused as error:
        again.put_said(vault.store, now)
        who = relationship.organisation_name
        what = f"{who} was asked if your deal is the one that you changed, and answered: {error}"
        warn(vault.store, vault.clock, relationship, what)
    return False


def told_of_deal(vault: "Vault", name: str) -> bool | None:
    """Tell them of the deal in force, if they had lost it: whether they accepted it once more.

    None where they have it. What is found is kept as a warning. Raises ``Refused`` and ``Offline``.
    """
    now, relationship = vault.clock.now(), find(vault.store, name)
    row, who = (
        vault.store.row("agreements.by_id", id=relationship.agreement),
        relationship.organisation_name,
    )
    if row is None or relationship.state != "active":
        return None
    again = _said_of(row)
    made = reproposing.repropose(vault, relationship)
    again.put_said(vault.store, now)
    if made is None:
        return None
    again.put_lost(vault.store, now)
    said = f"On {stamp(now)[:10]}: {who} had put back, out of a backup, your deal as it was before "
    said += "you changed it. They were asked for the changed one again, and " + (
        "accepted it." if made.accepted else "did not accept it. End the deal here."
    )
    warn(vault.store, vault.clock, relationship, said)
    return made.accepted


def _said_of(row: "Row") -> Repeated:
    return Repeated(what=f"deal {row['id']}", since=row["at"])


def _said_of_right(row: "Row", since: str) -> Repeated:
    return Repeated(what=f"right {row['id']} {row['state']}", since=since)


def _say_again(vault: "Vault", relationship: Relationship, row: "Row", again: Repeated) -> bool:
    evidence, now = vault.gate.evidence, vault.clock.now()
    try:
        if row["state"] == rights.REVOKED:
            token = evidence.take_right_back(relationship, row["id"])
        else:
            token = evidence.ask_right(relationship, bytes(row["body"]))
        found = lost(vault, relationship, row, token)
    except (Offline, Unusable):
        again.put_unheard(vault.store, now)
        return False
    except Refused as error:
        again.put_said(vault.store, now)
        if error.refusal.reason not in _NEVER_HAD or row["state"] != rights.REVOKED:
            warn(
                vault.store, vault.clock, relationship,
                f"{relationship.organisation_name} was asked again what you had asked by right "
                f"(“{RIGHTS[row['asked']]}”), and answered: {error}",
            )  # fmt: skip
        return False
    again.put_said(vault.store, now)
    if found:
        again.put_lost(vault.store, now)
    return found
