"""Who has what of mine, everywhere, right now: known from this vault alone, so also offline."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from firsthand.foundation.clock import stamp
from firsthand.protocol.terms import ROSTER
from firsthand.vault.acts import connecting, ending
from firsthand.vault.terms import looks, rights
from firsthand.vault.terms.log import endings
from firsthand.vault.terms.relationships import find

if TYPE_CHECKING:
    from firsthand.vault.acts.opened import Vault


def who(vault: Vault) -> dict[str, object]:
    """Every organisation with what it has of mine, those that have most first.

    Returns ``organisations``, how many are ``holding`` something, how many ``things`` they hold
    together, and how many endings are ``unconfirmed``. For each: name, organisation, state (of
    ``LIFE``, or ``erased`` or ``refused``), kinds (things by schema.org type), things,
    perhaps (things that had left when the deal ended, and were never confirmed),
    purposes (what they may use it for), stopped (what they no longer may, since I asked by right),
    since, until, last_looked, holds, erased, unconfirmed (since when) and in_force.
    """
    kinds: dict[str, dict[str, int]] = {}
    for row in vault.store.rows("diary.held"):
        kinds.setdefault(row["relationship"], {})[row["type"] or "Thing"] = int(row["things"])
    rows = vault.store.rows("diary.perhaps_held")
    perhaps = {row["relationship"]: int(row["things"]) for row in rows}
    found = [
        _one(vault, each, kinds.get(str(each["name"]), {}), perhaps.get(str(each["name"]), 0))
        for each in connecting.relationships(vault)
    ]
    found.sort(key=lambda each: (not each["in_force"], not each["holds"], -_count(each["things"])))
    return {
        "organisations": found,
        "holding": sum(1 for each in found if each["holds"]),
        "things": sum(_count(each["things"]) for each in found),
        "unconfirmed": sum(1 for each in found if each["unconfirmed"] is not None),
        "can_end": [each["name"] for each in found if each["can_end"]],
    }


def end_all(vault: Vault, *, erase: bool = True) -> dict[str, object]:
    """End every deal that is in force, and have erased what those that ended still hold.

    Each is signed and on the disk before the next; who is away is told later. Returns the name of
    each with whether it was ``confirmed``.
    """
    names = who(vault)["can_end"]
    assert isinstance(names, list)
    done = [ending.revoke(vault, name, erase=erase) for name in names]
    return {
        "ended": [
            {key: each[key] for key in ("name", "organisation", "state", "confirmed")}
            for each in done
        ],
        "confirmed": all(bool(each["confirmed"]) for each in done),
    }


def _one(
    vault: Vault, each: dict[str, object], kinds: dict[str, int], perhaps: int
) -> dict[str, object]:
    name, kept, state = str(each["name"]), str(each["state"]), str(each["standing"])
    relationship = find(vault.store, name)
    rows = endings(vault.store, name)
    open_ends = [row["at"] for row in rows if row["state"] != "confirmed"]
    seen = looks.looks(vault.store, relationship, limit=1)
    terms = ROSTER.get(str(each["terms"]))
    things = sum(kinds.values())
    in_force = state in {"accepted", "paused"}
    holds = bool(things or perhaps) and state != "erased"
    uses = terms.purposes if terms is not None and in_force else ()
    stopped = rights.stopped_there(vault.store, name)
    return {
        "name": name,
        "organisation": each["organisation"],
        "url": each["url"],
        "state": state,
        "account": each["account"],
        "kinds": kinds if holds else {},
        "things": things if holds else 0,
        "perhaps": perhaps if holds else 0,
        "purposes": [one for one in uses if one not in stopped],
        "stopped": [one for one in uses if one in stopped],
        "terms": each["terms"],
        "since": each["since"],
        "until": each["agreement_ends"] if in_force else None,
        "ended": each["ended"],
        "last_looked": stamp(datetime.fromtimestamp(seen[0].at, UTC)) if seen else None,
        "holds": holds,
        "erased": kept == "erased",
        "unconfirmed": min(open_ends) if open_ends else None,
        "in_force": in_force,
        "can_end": kept == "active" or (kept == "ended" and not _erasing(rows)),
    }


def _erasing(rows: list[dict[str, object]]) -> bool:
    return any(row["kind"] == "erasure" for row in rows)


def _count(value: object) -> int:
    assert isinstance(value, int)
    return value
