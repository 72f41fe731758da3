"""Settle: from something that was found to a message, and from there to its end.

A case keeps what its rows said when it was begun. Its letter is written from that each time, so
that what a person reads is what they send. Later payments tell by themselves how it ended.
"""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec

from firsthand.foundation.clock import stamp
from firsthand.protocol.graphs import UnableToChangeState
from firsthand.protocol.refusals import refuse
from firsthand.vault.acts import noticing
from firsthand.vault.acts.opened import Vault
from firsthand.vault.acts.settling_after import accounts_of, since
from firsthand.vault.acts.settling_from import (
    completed,
    paid_again,
    subject_of_finding,
    subject_of_thing,
)
from firsthand.vault.settle import (
    BANK_NEXT,
    CASE,
    KINDS,
    Paid,
    Subject,
    Verdict,
    Writing,
    countries,
    day_in,
    email_of,
    letter_of,
    rule_for,
    verdict_of,
)
from firsthand.vault.store import Row
from firsthand.vault.store.things import thing_in

WORDS_CHARS_MAX: Final = 4_000
WATCHED_DAYS: Final = 400  # a case that was settled is looked after for so long
WAITING: Final = frozenset({"sent", "reminded"})
CALM: Final = 3
_URGENT: Final = {"paid-twice": 0, "unused": 1}
_DONE: Final = {"stopped", "came-back", "lower", "arrived"}
_WENT_ON: Final = {"went-on", "same"}


def matters(vault: Vault) -> list[dict[str, object]]:
    """What was found and can be settled, without what is being settled already.

    Returns `[{"about", "title", "detail", "to", "kinds", "yearly", "currency"}]`; `kinds` are
    those that fit, the most fitting first. What was paid twice comes first, then what is not used,
    then what has risen.
    """
    taken = {row["about"] for row in vault.store.rows("cases.all") if row["state"] != "dropped"}
    found = list[tuple[int, dict[str, object]]]()
    for finding in noticing.noticed(vault):
        fitting = _fitting(finding)
        if fitting and finding["key"] not in taken:
            subject, to = subject_of_finding(finding)
            urgent = _URGENT.get(finding["kind"], 2 if subject.was else CALM)
            found.append((urgent, {
                "about": finding["key"], "title": finding["title"], "detail": finding["detail"],
                "to": to, "kinds": fitting, "yearly": subject.yearly or None,
                "currency": subject.currency or None, "urgent": urgent < CALM,
            }))  # fmt: skip
    return [matter for _, matter in sorted(found, key=lambda each: each[0])]


def prepared(vault: Vault, *, about: str = "", thing: str = "") -> tuple[Subject, str]:
    """What a case would be of, and with whom: from a finding by its key, or from a thing by its id.

    Both may be empty: then the person says it. Raises ``Refused`` (``not_found``).
    """
    if about:
        for finding in noticing.noticed(vault):
            if finding["key"] == about:
                return subject_of_finding(finding)
        raise refuse("not_found", "What this was about is no longer found. Start from your things.")
    if thing:
        rows = vault.store.rows("things.by_ids", ids=msgspec.json.encode([thing]).decode())
        if not rows:
            raise refuse("not_found", f"There is no thing {thing[:40]!r}.")
        return paid_again(noticing.noticed(vault), *subject_of_thing(thing_in(rows[0])))
    return Subject(), ""


def who_knows(vault: Vault) -> list[str]:
    """Who should hear of a new address: everyone that is paid again and again, by their names."""
    return sorted(
        {
            str(finding["facts"]["name"])
            for finding in noticing.noticed(vault)
            if finding["kind"] == "recurring" and not finding["facts"]["ended"]
        }
    )


def begin(
    vault: Vault, kind: str, writing: Writing, subject: Subject, *, about: str = ""
) -> dict[str, object]:
    """Write the message of a new case; returns what `shown` does. Raises ``Refused``."""
    now = vault.clock.now()
    if writing.country not in dict(countries()):
        raise refuse("shape_invalid", "Say whose law it is by a code, such as DE, FR or GB.")
    subject = completed(kind, subject, writing.to)
    letter = letter_of(kind, subject, writing, on=now.date())
    id = vault.chance.token(9)
    email_of(letter, writing, at=now, id=id)
    with vault.store.transaction() as tx:
        tx.run(
            "cases.add",
            id=id,
            kind=kind,
            about=about,
            to_name=writing.to.strip(),
            email=writing.email.strip(),
            sender=writing.sender.strip(),
            country=writing.country,
            lang=writing.lang,
            subject=msgspec.json.encode(subject).decode(),
            opened_at=stamp(now),
        )
    return shown(vault, id)


def listed(vault: Vault) -> list[dict[str, object]]:
    """Every case, those whose clock runs out first, then those not sent yet, then the others."""
    today = vault.clock.now().date()
    found = [_told(vault, row, today) for row in vault.store.rows("cases.all")]
    order = {"sent": 0, "reminded": 0, "refused": 1, "written": 2}
    return sorted(
        found, key=lambda each: (order.get(str(each["state"]), 3), str(each["due_on"] or "9"))
    )


def shown(vault: Vault, case: str) -> dict[str, object]:
    """One case by its id or how that begins: its letter, what happened, and what is next.

    Raises ``Refused`` (``not_found``).
    """
    row = _find(vault, case)
    now = vault.clock.now()
    told = _told(vault, row, now.date())
    writing, subject = _writing(row), _subject(row)
    again = told["next"] in {"remind", "bank"}
    sent = _day(row["sent_on"]) if again else None
    day = now.date() if again else _day(row["last_sent_on"]) or now.date()
    letter = letter_of(row["kind"], subject, writing, on=day, sent=sent)
    rule = rule_for(row["kind"], row["country"])
    return {
        **told,
        "letter": {
            "subject": letter.subject,
            "text": letter.text,
            "day": day_in(writing.lang, day),
        },
        "eml": email_of(letter, writing, at=now, id=row["id"]).decode(),
        "law": None if rule is None else msgspec.to_builtins(rule),
        "possible_until": _possible_until(subject, rule.limit_days if rule else 0),
        "events": [
            {**event, "things": msgspec.json.decode(event["things"])}
            for event in vault.store.rows("cases.events", id=row["id"])
        ],
        "subject": msgspec.to_builtins(subject),
    }


def mark(
    vault: Vault, case: str, event: str, *, day: datetime.date | None = None, words: str = ""
) -> dict[str, object]:
    """Note what happened: send, remind, settle, refuse or drop. Returns what `shown` does.

    Raises ``Refused`` where it cannot follow, and for a day to come.
    """
    row, now = _find(vault, case), vault.clock.now()
    if len(words) > WORDS_CHARS_MAX:
        raise refuse("shape_invalid", f"Words have at most {WORDS_CHARS_MAX} characters.")
    if day is not None and day > now.date():
        raise refuse("shape_invalid", "That day has not come yet.")
    saved = _saving(row, _subject(row), None) if event == "settle" else ("", "")
    _happen(vault, row, event, on=day or now.date(), words=words.strip(), things=[], saved=saved)
    return shown(vault, row["id"])


def check(vault: Vault) -> int:
    """Look at what was paid since; returns how many cases that told something new of."""
    rows = vault.store.rows("cases.open")
    waiting = [row for row in rows if KINDS[row["kind"]].by_import and row["sent_on"]]
    today = vault.clock.now().date()
    looked = [row for row in waiting if (today - _sent(row)).days <= WATCHED_DAYS]
    if not looked:
        return 0
    brought = since(vault, min(_sent(row) for row in looked), today)
    told = 0
    for row in looked:
        subject = _subject(row)
        same = brought.paid_to(subject)
        verdict = verdict_of(
            row["kind"],
            subject,
            since=_sent(row),
            seen_until=brought.seen_until(accounts_of(vault, subject)),
            paid=same,
            arrived=brought.arrived(subject, _sent(row)) if row["kind"] == "parcel" else [],
        )
        told += _follow(vault, row, verdict, {each.id: each for each in same}, today)
    return told


def forget(vault: Vault, case: str) -> None:
    """Delete a case with its message and all that happened. Raises ``Refused`` (``not_found``)."""
    id = _find(vault, case)["id"]
    with vault.store.transaction() as tx:
        tx.run("cases.forget_events", id=id)
        tx.run("cases.forget", id=id)


def saved(vault: Vault) -> dict[str, object]:
    """What was settled and what that saves: `{"settled", "yearly": {currency}, "once": {…}}`."""
    sums: dict[str, dict[str, Decimal]] = {"year": {}, "once": {}}
    settled = 0
    for row in vault.store.rows("cases.all"):
        if row["state"] != "settled":
            continue
        settled += 1
        last = vault.store.rows("cases.events", id=row["id"])[-1]
        if last["saved"]:
            by = sums[last["each"]]
            currency = _subject(row).currency or "unknown"
            by[currency] = by.get(currency, Decimal(0)) + Decimal(last["saved"])
    plain = {each: {c: f"{total:.2f}" for c, total in by.items()} for each, by in sums.items()}
    return {"settled": settled, "yearly": plain["year"], "once": plain["once"]}


def _fitting(finding: Mapping[str, Any]) -> list[str]:
    facts = finding["facts"]
    match finding["kind"]:
        case "recurring" if not facts["ended"]:
            return ["renegotiate", "cancel"] if facts["risen"] else ["cancel", "renegotiate"]
        case "unused":
            return ["cancel"]
        case "paid-twice":
            return ["contest", "recall"]
    return []


def _follow(
    vault: Vault, row: Row, verdict: Verdict, paid: Mapping[str, Paid], today: datetime.date
) -> int:
    """Let payments speak where they say something new."""
    if verdict.outcome in _DONE and row["state"] in WAITING:
        event = "settle"
    elif verdict.outcome in _WENT_ON and row["state"] in {*WAITING, "settled"}:
        event = "refuse"
    else:
        return 0
    lower = paid[verdict.things[0]].amount if verdict.outcome == "lower" else None
    saving = _saving(row, _subject(row), lower) if event == "settle" else ("", "")
    _happen(vault, row, event, on=today, words=verdict.outcome, things=verdict.things, saved=saving)
    return 1


def _happen(
    vault: Vault,
    row: Row,
    event: str,
    *,
    on: datetime.date,
    words: str,
    things: list[str],
    saved: tuple[str, str],
) -> None:
    with vault.store.transaction() as tx:
        now = tx.row("cases.by_id", id=row["id"])
        if now is None:
            raise refuse("not_found", "This case was deleted in another window.")
        try:
            state = CASE.after(now["state"], event)
        except UnableToChangeState as error:
            raise refuse("not_allowed", f"{error}.") from error
        letter = letter_of(row["kind"], _subject(row), _writing(row), on=on)
        sends = event in {"send", "remind"}
        tx.run(
            "cases.stand",
            id=row["id"],
            state=state,
            sent_on=now["sent_on"] or (on.isoformat() if sends else None),
            last_sent_on=on.isoformat() if sends else now["last_sent_on"],
            due_on=letter.until.isoformat() if sends else now["due_on"],
        )
        tx.run(
            "cases.happened",
            id=row["id"],
            at=stamp(vault.clock.now()),
            on_day=on.isoformat(),
            event=event,
            words=words,
            things=msgspec.json.encode(things).decode(),
            saved=saved[0],
            each=saved[1],
        )


def _saving(row: Row, subject: Subject, lower: Decimal | None) -> tuple[str, str]:
    """What it saves, and whether each year or once."""
    if row["kind"] == "cancel" and subject.yearly:
        return subject.yearly, "year"
    if row["kind"] == "renegotiate" and lower is not None and subject.every_days:
        times = Decimal("365.25") / subject.every_days
        return f"{(Decimal(subject.amount) - lower) * times:.2f}", "year"
    if row["kind"] in {"contest", "recall", "refund"} and subject.amount:
        return subject.amount, "once"
    return "", ""


def _told(vault: Vault, row: Row, today: datetime.date) -> dict[str, object]:
    subject, due = _subject(row), _day(row["due_on"])
    left = (due - today).days if due is not None and row["state"] in WAITING else None
    events = vault.store.rows("cases.events", id=row["id"])
    ended = events[-1] if row["state"] == "settled" and events else None
    overdue = left is not None and left < 0
    return {
        "id": row["id"],
        "kind": row["kind"],
        "title": KINDS[row["kind"]].title,
        "state": row["state"],
        "to": row["to_name"],
        "email": row["email"],
        "what": subject.what,
        "amount": subject.amount or None,
        "currency": subject.currency or None,
        "opened_at": row["opened_at"],
        "sent_on": row["sent_on"],
        "due_on": row["due_on"],
        "days_left": left,
        "overdue": overdue,
        "by_import": KINDS[row["kind"]].by_import,
        "next": _next(row, overdue=overdue),
        "saved": ended["saved"] or None if ended else None,
        "each": ended["each"] or None if ended else None,
        "events_possible": sorted(CASE.follows[row["state"]]),
    }


def _next(row: Row, *, overdue: bool) -> str:
    """What to do next: send, wait, remind, bank, or nothing."""
    if row["state"] == "written":
        return "send"
    if row["state"] in WAITING and not overdue:
        return "wait"
    if row["state"] in WAITING | {"refused"}:
        return "bank" if row["kind"] in BANK_NEXT else "remind"
    return ""


def _possible_until(subject: Subject, limit_days: int) -> str | None:
    if not limit_days or not subject.rows:
        return None
    last = max(datetime.date.fromisoformat(day) for day, _ in subject.rows)
    return (last + datetime.timedelta(limit_days)).isoformat()


def _find(vault: Vault, case: str) -> Row:
    rows = vault.store.rows("cases.beginning", id=case) if case else []
    if len(rows) == 1 or (rows and rows[0]["id"] == case):
        return rows[0]
    what = "There is no case" if not rows else "There is more than one case"
    raise refuse("not_found", f"{what} that is called {case[:40]!r}.")


def _writing(row: Row) -> Writing:
    return Writing(
        to=row["to_name"], email=row["email"], sender=row["sender"], country=row["country"],
        lang=row["lang"],
    )  # fmt: skip


def _subject(row: Row) -> Subject:
    return msgspec.json.decode(row["subject"], type=Subject)


def _sent(row: Row) -> datetime.date:
    return datetime.date.fromisoformat(row["sent_on"])


def _day(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None
