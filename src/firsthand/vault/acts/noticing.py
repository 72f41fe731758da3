"""Notice: find what stands out in all that is kept, and keep that too.

Looking through a million things takes a while, so no page does it: `notice` looks once, after
something was brought, and keeps what it found in the vault; `noticed` reads that.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import msgspec

from firsthand.protocol.things import Thing
from firsthand.vault.acts import correcting, summing
from firsthand.vault.acts.looking import row_of
from firsthand.vault.sense import OLDEST_FIRST, Noticing, key_of_finding
from firsthand.vault.store.things import thing_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from firsthand.vault.acts.opened import Vault
    from firsthand.vault.sense import Finding
    from firsthand.vault.store import Reading, Store

ROWS_KEPT_MAX: Final = 60
AT_ONCE: Final = 1000
AT_ONCE_IDS: Final = 5000
SOON_THINGS_MAX: Final = 20_000
IN_ORDER_OF_TIME: Final = OLDEST_FIRST | {"hours-by-year", "hours-by-profile", "recurring"}


class Noticed(msgspec.Struct, frozen=True, kw_only=True):
    """What findings are of: the day, how many imports there were, the last of them, and all else.

    `things` is how many there were: fewer after something was deleted. `zone` is the clock that
    hours were told by, `form` the form that sums are kept in beside them.
    """

    day: str
    imports: int
    newest: int
    things: int = -1
    zone: str = "UTC"
    form: int = 0


class GivenUp(Exception):
    """The looking was ended before it was done: the vault is being closed."""


def findings(vault: Vault, today: datetime.date) -> list[dict[str, object]]:
    """What stands out in all that is kept, each with every row that it stands on.

    The same form as `looking.look` gives, but that a row's `path` is the name of the file it
    came with and that its `line` is None: lines are of files, and files are not kept.
    """
    with vault.store.moment() as moment:
        return [
            {**_plain(finding), "rows": _rows(moment, finding.things)}
            for finding in _looked(moment, today, lambda _done: True).findings()
        ]


def notice(
    vault: Vault, today: datetime.date, go_on: Callable[[int], bool] = lambda _done: True
) -> None:
    """Look through all that is kept, as of `today`, and keep what was found for `noticed`.

    Findings are kept as `looking.look` gives them, but with their newest `ROWS_KEPT_MAX` rows
    alone, and with `rows_total`.

    go_on: told now and then how many things were looked at; where it answers no, `GivenUp` is
    raised. Memory holds a few figures of each payment and each view, never the things themselves.
    """
    with vault.store.moment() as moment:
        of = _stands(moment, today)
        noticing = _looked(moment, today, go_on)
        found = [
            {
                **_plain(finding),
                "rows": _rows(moment, _newest(moment, finding)),
                "rows_total": len(finding.things),
            }
            for finding in noticing.findings()
        ]
        counted = noticing.counted()
    with vault.store.transaction() as tx:
        summing.keep(tx, counted, today)
        tx.run("findings.forget")
        rows = [
            {"place": place, "body": msgspec.json.encode(body).decode()}
            for place, body in enumerate([msgspec.to_builtins(of), *found])
        ]
        tx.run_many("findings.add", rows)


def notice_soon(vault: Vault, today: datetime.date) -> None:
    """Look now if that takes no time worth speaking of; otherwise whoever shows it looks later."""
    row = vault.store.row("findings.size")
    if row is not None and row["things"] <= SOON_THINGS_MAX and stale(vault, today):
        notice(vault, today)


def head(vault: Vault) -> Noticed | None:
    """Of what day and of how many imports the findings are; None if nobody has looked yet."""
    row = vault.store.row("findings.head")
    return None if row is None else msgspec.json.decode(row["body"], type=Noticed)


def stale(vault: Vault, today: datetime.date) -> bool:
    """Whether what was found is of another day or of fewer things than there are. Reads little."""
    said, stands = head(vault), _stands(vault.store, today)
    return bool(stands.imports) if said is None else said != stands


def fresh(vault: Vault, today: datetime.date) -> None:
    """Look now if what is kept is out of date, however long that takes: for commands."""
    if stale(vault, today):
        notice(vault, today)


def mark(vault: Vault) -> tuple[object, ...]:
    """What changes whenever findings do, or what was said of them: for who holds what they show."""
    row = vault.store.row("corrections.stand")
    assert row is not None, "a count is always there"
    return (head(vault), row["corrections"], row["newest"])


def noticed(vault: Vault) -> list[dict[str, Any]]:
    """What was found when somebody last looked, by `notice`; each with its `key`.

    What the person said is wrong is left out, and what running payments come to is without it.
    """
    bodies = [row["body"] for row in vault.store.rows("findings.all")]
    found: list[dict[str, Any]] = [msgspec.json.decode(body) for body in bodies[1:]]
    wrong = correcting.said_of(vault.store, "finding:")
    for each in found:
        each["key"] = key_of_finding(each["kind"], each["facts"])
    kept = [each for each in found if each["key"].removeprefix("finding:") not in wrong]
    if len(kept) == len(found):
        return found
    left = {each["key"] for each in kept if each["kind"] == "recurring"}
    gone = [each for each in found if each["key"] not in left]
    told = [
        {**each, **without(each["facts"], gone)} if each["kind"] == "recurring-total" else each
        for each in kept
    ]
    return [each for each in told if each["facts"].get("count") != 0]


def without(total: dict[str, Any], others: list[dict[str, Any]]) -> dict[str, Any]:
    """The facts of the total without running payments that are wrong."""
    gone = [o["facts"] for o in others if o["kind"] == "recurring" and not o["facts"]["ended"]]
    yearly = {currency: Decimal(each) for currency, each in total["yearly"].items()}
    for facts in gone:
        yearly[facts["currency"] or "unknown"] -= Decimal(facts["yearly"])
    risen = sum(1 for facts in gone if facts["risen"])
    told = {currency: f"{each:.2f}" for currency, each in yearly.items() if each > 0}
    counts = {"count": total["count"] - len(gone), "risen": total["risen"] - risen}
    return {"facts": {**total, **counts, "yearly": told}}


def _stands(reading: Reading | Store, today: datetime.date) -> Noticed:
    newest, size = reading.row("diary.newest_import"), reading.row("findings.size")
    assert newest is not None, "a count is always there"
    assert size is not None, "a count is always there"
    return Noticed(
        day=today.isoformat(), imports=newest["imports"], newest=newest["newest"],
        things=size["things"], zone=correcting.zone_of(reading), form=summing.FORM,
    )  # fmt: skip


def _looked(moment: Reading, today: datetime.date, go_on: Callable[[int], bool]) -> Noticing:
    brought: dict[str, datetime.date] = {}
    for row in moment.rows("imports.all"):
        brought.setdefault(row["source"], datetime.date.fromisoformat(row["at"][:10]))
    noticing = Noticing(today=today, zone=correcting.zone_of(moment), brought=brought)
    for number, thing in enumerate(_things(moment)):
        if number % AT_ONCE == 0 and not go_on(number):
            raise GivenUp
        noticing.take(thing)
    return noticing


def _things(moment: Reading) -> Iterator[Thing]:
    for id, kind, name, time, source, data in moment.values("findings.things"):
        held = msgspec.json.decode(data, type=dict[str, object])
        yield Thing(id=id, type=kind, name=name, time=time, source=source, data=held)


def _plain(finding: Finding) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(finding)
    plain.pop("things")
    plain["key"] = key_of_finding(finding.kind, finding.facts)
    return plain


def _newest(moment: Reading, finding: Finding) -> list[str]:
    """The newest of the things that a finding stands on, in the order that they stand in it."""
    ids = finding.things
    if len(ids) <= ROWS_KEPT_MAX:
        return ids
    if finding.kind in IN_ORDER_OF_TIME:
        return ids[-ROWS_KEPT_MAX:]
    times: list[tuple[str, str]] = []
    for part in _parts(ids):
        asked = msgspec.json.encode(part).decode()
        rows = moment.rows("things.by_ids", ids=asked)
        times += [(row["time"] or "", row["id"]) for row in rows]
        times = sorted(times, reverse=True)[:ROWS_KEPT_MAX]
    newest = {id for _, id in times}
    return [id for id in ids if id in newest]


def _parts(ids: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), AT_ONCE_IDS):
        yield list(ids[start : start + AT_ONCE_IDS])


def _rows(moment: Reading, ids: Sequence[str]) -> list[dict[str, object]]:
    names = {row["id"]: row["path_name"] for row in moment.rows("imports.all")}
    told = []
    for part in _parts(ids):
        asked = msgspec.json.encode(part).decode()
        by_id = {row["id"]: row for row in moment.rows("things.by_ids", ids=asked)}
        for id in part:
            row = by_id[id]
            place = {"path": names.get(row["import_id"]), "line": None}
            told.append({**place, **row_of(thing_in(row))})
    return told
