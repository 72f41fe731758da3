"""Give: choose things of mine, see exactly what would leave and what would come back, share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from firsthand.protocol.refusals import refuse
from firsthand.vault.roles import profile
from firsthand.vault.store.things import thing_in
from firsthand.vault.terms import copies
from firsthand.vault.terms.relationships import agreement_of, find

if TYPE_CHECKING:
    from firsthand.protocol.things import Thing
    from firsthand.vault.acts.opened import Vault

ROLES = (profile.ROLE,)
THINGS_MAX = 50_000


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """What a person picks: a role and, to narrow it, source, type, earliest day, single ids."""

    role: str = profile.ROLE
    source: str | None = None
    type: str | None = None
    since: str | None = None
    things: tuple[str, ...] = ()


def chosen_things(vault: Vault, name: str, choice: Choice) -> list[Thing]:
    """The things that a choice names, of the kinds in the deal unless a kind was named.

    Raises ``Refused`` for a role, a thing or a choice that there is not.
    """
    if choice.role not in ROLES:
        raise refuse("not_found", f"There is no role called {choice.role}. There is: {ROLES[0]}.")
    relationship = find(vault.store, name)
    kinds = agreement_of(vault.store, relationship).proffer.fields
    rows = vault.store.rows(
        "things.chosen",
        source=choice.source,
        type=choice.type,
        since=choice.since,
        limit=THINGS_MAX + 1,
    )
    found = [thing_in(row) for row in rows]
    if choice.things:
        wanted = set(choice.things)
        missing = sorted(wanted - {thing.id for thing in found})
        if missing:
            raise refuse("not_found", f"You have no thing with the id {missing[0]}.")
        found = [thing for thing in found if thing.id in wanted]
    elif choice.type is None:
        asked = [thing for thing in found if thing.type in kinds]
        found = asked or found
    if not found:
        raise refuse("not_found", "Nothing that you have fits this choice.")
    if len(found) > THINGS_MAX:
        raise refuse("too_large", f"Choose at most {THINGS_MAX} things at once.")
    return found


def preview(vault: Vault, name: str, choice: Choice) -> dict[str, object]:
    """Exactly what would leave (``things``) and what would come back, with and without it.

    Stores nothing and gives nothing. Raises ``Refused`` or ``Offline``.
    """
    shown = profile.preview(vault.store, vault.gate, name, chosen_things(vault, name, choice))
    return {
        "things": [msgspec.to_builtins(thing) for thing in shown.things],
        "left_out": shown.left_out,
        "fields": shown.fields,
        "precision": shown.precision,
        "rule": msgspec.to_builtins(shown.rule) if shown.rule else None,
        "rule_sha256": shown.rule.sha256 if shown.rule else None,
        "catalogue": shown.catalogue,
        "answer_with": msgspec.to_builtins(shown.answer_with),
        "answer_without": msgspec.to_builtins(shown.answer_without),
    }


def share(vault: Vault, name: str, choice: Choice) -> dict[str, object]:
    """Give the chosen things now; what cannot be sent waits and goes later, in order, once.

    Returns counts, the outcomes of this sending and where each entry stands in the log.
    """
    copies.notice(vault.store, vault.clock)
    things = chosen_things(vault, name, choice)
    leaving, outcomes = profile.share(vault.gate, name, things)
    own = [o for o in outcomes if o.position in leaving.positions]
    states = {o.state for o in own}
    state = "given"
    if "refused" in states:
        state = "refused"
    elif states != {"given"} or len(own) < len(leaving.positions):
        state = "waiting"
    reasons = [o.reason for o in outcomes if o.reason]
    return {
        "name": leaving.relationship.name,
        "state": state,
        "things": len(leaving.signals),
        "left_out": leaving.left_out,
        "positions": leaving.positions,
        "reason": reasons[0] if reasons and state != "given" else None,
        "outcomes": [msgspec.to_builtins(o) for o in outcomes],
    }
