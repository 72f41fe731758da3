"""Give: choose things of mine, see exactly what would leave and what would come back, share."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec

from firsthand.protocol.refusals import Refused, refuse
from firsthand.protocol.roles.profile import in_order
from firsthand.vault.acts.recognising import lately, recognisable
from firsthand.vault.roles import profile
from firsthand.vault.store.things import thing_in
from firsthand.vault.terms import copies
from firsthand.vault.terms.losses import loss_of
from firsthand.vault.terms.relationships import agreement_of, find

if TYPE_CHECKING:
    from firsthand.protocol.things import Thing
    from firsthand.vault.acts.opened import Vault
    from firsthand.vault.gate import Leaving, Outcome

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
    if choice.things:
        found = _named(vault, choice)
    elif choice.type is None:
        found = _of_kinds(vault, choice, list(kinds)) or _of_kinds(vault, choice, None)
    else:
        found = _of_kinds(vault, choice, [choice.type])
    if not found:
        raise refuse("not_found", "Nothing that you have fits this choice.")
    if len(found) > THINGS_MAX:
        raise refuse("too_large", f"Choose at most {THINGS_MAX} things at once.")
    return found


def _named(vault: Vault, choice: Choice) -> list[Thing]:
    """The single things of a choice; raises ``Refused`` where one is not there."""
    rows = vault.store.rows("things.by_ids", ids=json.dumps(choice.things))
    found = {
        row["id"]: thing_in(row)
        for row in rows
        if choice.source in {None, row["source"]}
        and choice.type in {None, row["type"]}
        and (choice.since is None or (row["time"] or "") >= choice.since)
    }
    missing = sorted(set(choice.things) - found.keys())
    if missing:
        raise refuse("not_found", f"You have no thing with the id {missing[0]}.")
    return list(found.values())


def _of_kinds(vault: Vault, choice: Choice, kinds: list[str] | None) -> list[Thing]:
    """The things of these kinds, or of all, the newest first: one more than may be given."""
    rows = vault.store.rows(
        "things.chosen",
        source=choice.source,
        types=None if kinds is None else json.dumps(kinds),
        since=choice.since,
        limit=THINGS_MAX + 1,
    )
    return [thing_in(row) for row in rows]


def preview(vault: Vault, name: str, choice: Choice) -> dict[str, object]:
    """Exactly what would leave (``things``) and what would come back, with and without it.

    Stores nothing and gives nothing. Raises ``Refused`` or ``Offline``.
    """
    chosen = chosen_things(vault, name, choice)
    shown = profile.preview(vault.store, vault.gate, name, chosen)
    leaves = set(shown.own)
    return {
        "things": [msgspec.to_builtins(thing) for thing in shown.things],
        "left_out": shown.left_out,
        "fields": shown.fields,
        "precision": shown.precision,
        "recognisable": recognisable(
            vault, name, [thing for thing in chosen if thing.id in leaves]
        ),
        "lately": lately(vault, name),
        "within_s": shown.within_s,
        "at_once": shown.at_once,
        "rule": msgspec.to_builtins(shown.rule) if shown.rule else None,
        "rule_sha256": shown.rule.sha256 if shown.rule else None,
        "catalogue": shown.catalogue,
        "answer_with": msgspec.to_builtins(shown.answer_with),
        "answer_without": msgspec.to_builtins(shown.answer_without),
    }


def share(vault: Vault, name: str, choice: Choice, *, later: bool = False) -> dict[str, object]:
    """Give the chosen things now; what cannot be sent waits and goes later, in order, once.

    ``later`` lets it leave at a moment that chance draws, within the time that the deal names.
    Returns counts, the outcomes of this sending, where each entry stands in the log, and in
    ``not_before`` from when on it may leave, if that is not at once.
    """
    copies.notice(vault.store, vault.clock)
    things = chosen_things(vault, name, choice)
    leaving, outcomes = profile.share(vault.gate, name, things, later=later)
    return _given([leaving], outcomes)


def send_now(vault: Vault, name: str) -> dict[str, object]:
    """Send at once what waits for a moment of its own. Returns ``name`` and ``outcomes``."""
    found = find(vault.store, name)
    outcomes = vault.gate.send_now(found.name)
    return {"name": found.name, "outcomes": [msgspec.to_builtins(each) for each in outcomes]}


def lost(vault: Vault, name: str) -> dict[str, object] | None:
    """What an organisation has lost of what it was given and was not sent again; None if nothing.

    Returns ``at`` (when it was noticed), ``count`` and ``things``: exactly what would leave.
    """
    relationship = find(vault.store, name)
    loss = loss_of(vault.store, relationship.name)
    if loss is None or not loss.open or relationship.state != "active":
        return None
    try:
        things = _things_again(vault, name)
    except Refused:  # the deal has run out, or all of it was given anew already
        return None
    return {"at": loss.at, "count": len(things), "things": things}


def preview_again(vault: Vault, name: str) -> dict[str, object]:
    """Exactly what ``again`` would send. Raises ``Refused``."""
    return {"name": find(vault.store, name).name, "things": _things_again(vault, name)}


def again(vault: Vault, name: str) -> dict[str, object]:
    """Give once more what an organisation has lost, or all of it where no loss is known.

    Only under the deal that is in force: what was given under one that has ended is not sent.
    They keep each thing once, however often it came. Returns what ``share`` returns.
    """
    leavings, outcomes = vault.gate.again(name)
    return _given(leavings, outcomes)


def _things_again(vault: Vault, name: str) -> list[object]:
    things = [thing for leaving in vault.gate.lost(name) for thing in leaving.things()]
    return [msgspec.to_builtins(thing) for thing in in_order(things)]


def _given(leavings: list[Leaving], outcomes: list[Outcome]) -> dict[str, object]:
    positions = [position for leaving in leavings for position in leaving.positions]
    own = [o for o in outcomes if o.position in positions]
    states = {o.state for o in own}
    state = "given"
    if states & {"refused", "withdrawn"}:  # or the deal was ended meanwhile
        state = "refused"
    elif states != {"given"} or len(own) < len(positions):
        state = "waiting"
    reasons = [o.reason for o in outcomes if o.reason]
    return {
        "name": leavings[0].relationship.name,
        "state": state,
        "things": sum(len(leaving.signals) for leaving in leavings),
        "left_out": leavings[0].left_out,
        "positions": positions,
        "not_before": leavings[0].not_before if state == "waiting" else None,
        "reason": reasons[0] if reasons and state != "given" else None,
        "outcomes": [msgspec.to_builtins(o) for o in outcomes],
    }
