"""My rights: ask an organisation for what the law gives me, and see until when it has to answer.

One that has Firsthand gets a signed request and signs how it stands. Any other gets a letter by
e-mail, on the same clock; what it answers is noted by hand.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec

from firsthand.foundation.clock import stamp
from firsthand.protocol.canonical import canonical
from firsthand.protocol.putting_right import check_corrections
from firsthand.protocol.refusals import Refused, refuse
from firsthand.protocol.rights import (
    DENIALS,
    RIGHTS,
    STATES,
    WAITING,
    Request,
    can_take_back,
    hello_due,
    read_request,
)
from firsthand.protocol.roles.profile import coarsen
from firsthand.protocol.wire import TYPE_RIGHT_CHANGED
from firsthand.vault.acts import ending, letters, restating
from firsthand.vault.gate import Offline, warn
from firsthand.vault.inbox import Message, Verdict
from firsthand.vault.terms import rights
from firsthand.vault.terms.relationships import Relationship, agreement_of, find

if TYPE_CHECKING:
    from firsthand.vault.acts.opened import Vault
    from firsthand.vault.store import Row

DATA: Final = {"access", "portability"}
WORDS_CHARS_MAX: Final = 4_000


def ask(
    vault: Vault, name: str, right: str, *, details: str = "", regime: str = "gdpr"
) -> dict[str, object]:
    """Ask an organisation that I deal with; one that is away is asked again later.

    Returns what ``shown`` does. Raises ``Refused`` for what cannot be asked.
    """
    relationship = find(vault.store, name)
    now = vault.clock.now()
    request = Request(
        right=right, regime=regime, jti=vault.chance.token(), at=int(now.timestamp()),
        details=details.strip(),
    )  # fmt: skip
    body = canonical(msgspec.to_builtins(request))
    read_request(body)
    _check_coarse(vault, relationship, request)
    with vault.store.transaction() as tx:
        values: dict[str, object] = {
            "id": request.jti,
            "relationship": relationship.name,
            "organisation": relationship.organisation_name,
            "asked": right,
            "regime": regime,
            "details": request.details,
            "at": stamp(now),
            "body": body,
        }
        rights.add(tx, values, received=now.date())
    _send(vault, relationship, rights.find(vault.store, request.jti))
    return shown(vault, request.jti)


def write(
    vault: Vault, letter: letters.Asking, right: str, *, details: str = "", regime: str = "gdpr"
) -> dict[str, object]:
    """Write a letter to an organisation without Firsthand; returns what ``shown`` does.

    ``eml`` in it is the letter as an e-mail (RFC 5322). Raises ``Refused``.
    """
    now, jti = vault.clock.now(), vault.chance.token()
    request = Request(
        right=right, regime=regime, jti=jti, at=int(now.timestamp()), details=details.strip()
    )
    read_request(canonical(msgspec.to_builtins(request)))
    body = letters.email_to(letter, request, at=now)
    with vault.store.transaction() as tx:
        values: dict[str, object] = {
            "id": jti,
            "organisation": letter.to,
            "email": letter.email,
            "lang": letter.lang,
            "sender": letter.sender,
            "asked": right,
            "regime": regime,
            "details": request.details,
            "at": stamp(now),
            "body": body,
        }
        rights.add(tx, values, received=now.date())
        tx.run("rights.sent", id=jti, at=stamp(now))
    return shown(vault, jti)


def listed(vault: Vault) -> list[dict[str, object]]:
    """Everything that I asked by right, what waits first and then by its last day."""
    found = [_told(vault, row) for row in vault.store.rows("rights.all")]
    return sorted(found, key=lambda each: (not each["open"], str(each["expected_by"])))


def shown(vault: Vault, request: str) -> dict[str, object]:
    """One request with each answer to it, its letter where it is one, and that to take it back."""
    row = rights.find(vault.store, request)
    answers = [
        {key: told[key] for key in ("at", "state", "reason", "words", "jws")}
        for told in vault.store.rows("rights.told", request=row["id"])
    ]
    eml = bytes(row["body"]).decode("utf-8") if row["relationship"] is None else None
    back = _letter_back(row, answers) if eml is not None else None
    return {**_told(vault, row), "answers": answers, "eml": eml, "eml_back": back}


def note(
    vault: Vault,
    request: str,
    event: str,
    *,
    day: date | None = None,
    reason: str | None = None,
    words: str = "",
) -> dict[str, object]:
    """Note what came by post, or that they know what I took back: one of ``rights.EVENTS``.

    ``denied`` comes with its reason. Raises ``Refused`` where it cannot follow, and for a day to
    come.
    """
    row, today = rights.find(vault.store, request), vault.clock.now().date()
    if event not in rights.EVENTS or len(words) > WORDS_CHARS_MAX:
        raise refuse("shape_invalid", f"What can be noted is: {', '.join(rights.EVENTS)}.")
    if day is not None and day > today:
        raise refuse("shape_invalid", "That day has not come yet.")
    with vault.store.transaction() as tx:
        rights.put_noted(
            tx, row, event, at=stamp(vault.clock.now()), day=day or today, reason=reason,
            words=words.strip(),
        )  # fmt: skip
    return shown(vault, row["id"])


def take_back(vault: Vault, request: str) -> dict[str, object]:
    """Take a request back: an open one, or a restriction or an objection that was granted.

    It holds here at once, and no clock runs any more; who is away is told later. One without
    Firsthand has to be told by you. Returns what ``shown`` does; raises ``Refused``.
    """
    row = rights.find(vault.store, request)
    if row["relationship"] is None:
        return note(
            vault, row["id"], "took back"
        )  # the letter that tells them is in what it returns
    with vault.store.transaction() as tx:
        rights.take_back(tx, row, at=stamp(vault.clock.now()))
    _send_back(vault, find(vault.store, row["relationship"]), row)
    return shown(vault, row["id"])


def check(vault: Vault, name: str) -> int:
    """Send what was not sent yet, and ask how the rest stands; returns how many changed.

    Raises ``Offline`` and ``Refused`` where an answer cannot be had, or does not hold.
    """
    relationship, changed = find(vault.store, name), 0
    for row in vault.store.rows("rights.unsettled", relationship=relationship.name):
        if rights.is_taken_back(vault.store, row["id"]):
            changed += _send_back(vault, relationship, row)
            continue
        if row["sent_at"] is None:
            changed += _send(vault, relationship, row)
            continue
        before = row["state"], row["expected_by"]
        try:
            token = vault.gate.evidence.right_status(relationship, row["id"])
        except Refused as error:
            if error.refusal.reason != "not_found":
                raise
            token = vault.gate.evidence.ask_right(relationship, bytes(row["body"]))
            changed += restating.lost(vault, relationship, row, token)
            continue
        status = _take(vault, relationship, row, token)
        changed += before != (status.status, status.expected_by)
    return changed


def complain(
    vault: Vault, request: str, country: str, *, lang: str | None = None, sender: str = ""
) -> dict[str, object]:
    """The letter to the authority of a country, written from what is kept; ready to send.

    Returns authority, web, basis, source, subject and text. Raises ``Refused`` while there is
    nothing to complain about: they have time left, or did what was asked.
    """
    row = rights.find(vault.store, request)
    told = shown(vault, row["id"])
    if not told["overdue"] and row["state"] != "denied":
        raise refuse(
            "not_allowed",
            f"There is nothing to complain about yet: they have time until {row['expected_by']}."
            if told["open"]
            else "They did what you asked, or you took it back.",
        )
    return letters.complaint(
        country,
        lang or (row["lang"] if row["lang"] in letters.COMPLAINT_LANGUAGES else "en"),
        told={**told, "unconfirmed_end": False},
        sender=sender or row["sender"],
        today=vault.clock.now().date(),
    )


class StatusTold:
    """Checks a message about a request by right, and takes in how it stands."""

    type = TYPE_RIGHT_CHANGED

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def __call__(self, relationship: Relationship, message: Message) -> Verdict:
        """Whether the status inside is theirs, and follows from what they said before."""
        vault, token = self._vault, message.data.get("status")
        rows = vault.store.rows("rights.all")
        asked = {row["id"]: row for row in rows if row["relationship"] == relationship.name}
        if not isinstance(token, str):
            return Verdict(verdict="differs", detail="It holds no signed statement.")
        row = asked.get(letters.named_in(token))
        if row is None:
            return Verdict(verdict="unverifiable", detail="You did not ask this from here.")
        try:
            if not rights.is_known(vault.store, relationship, row, token):
                self._take(relationship, row, token)
        except Refused as error:
            return Verdict(verdict="differs", detail=str(error))
        return Verdict(verdict="fits", detail="Their signed statement is kept.")

    def _take(self, relationship: Relationship, row: Row, token: str) -> None:
        """Keep it; where it was asked once more and nobody heard the answer, it may begin anew."""
        vault = self._vault
        try:
            rights.take(vault.store, relationship, row, token, at=stamp(vault.clock.now()))
        except Refused:
            if not restating.was_asked_again(vault, row):
                raise
            restating.lost(vault, relationship, row, token)


def _check_coarse(vault: Vault, relationship: Relationship, request: Request) -> None:
    """A time that is put right may be no finer than what they were let know."""
    for one in check_corrections(request):
        time = one.fields.get("startTime")
        precision = agreement_of(vault.store, relationship).precision
        if time is not None and coarsen(time, precision) != time:
            raise refuse(
                "precision_too_fine",
                f"{time} is finer than your deal with {relationship.organisation_name} lets them "
                f"know, which is the {precision}. Say {coarsen(time, precision)}.",
            )


def _send(vault: Vault, relationship: Relationship, row: Row) -> int:
    """Send one request; 1 if it was taken. What keeps it from being sent stands with it."""
    try:
        row = rights.dated_again(vault.store, row, vault.clock.now())
        token = vault.gate.evidence.ask_right(relationship, bytes(row["body"]))
        _take(vault, relationship, row, token)
        if row["asked"] == "erasure":
            ending.revoke(vault, relationship.name, erase=True)  # they did, and now we know it
    except (Offline, Refused) as error:
        with vault.store.transaction() as tx:
            tx.run("rights.problem", id=row["id"], problem=str(error))
        return 0
    return 1


def _send_back(vault: Vault, relationship: Relationship, row: Row) -> int:
    """Say that I take a request back; 1 if they know it. What keeps it stands with it."""
    try:
        _take(
            vault, relationship, row, vault.gate.evidence.take_right_back(relationship, row["id"])
        )
    except (Offline, Refused) as error:
        reason = error.refusal.reason if isinstance(error, Refused) else None
        # It never arrived there, or they have erased everything, and it with all else.
        over = reason == "unknown_relationship" or (reason == "not_found" and not row["sent_at"])
        with vault.store.transaction() as tx:
            if over:
                rights.never_arrived(tx, row)
                return 1
            tx.run("rights.problem", id=row["id"], problem=str(error))
        return 0
    return 1


def _take(vault: Vault, relationship: Relationship, row: Row, token: str) -> Any:  # noqa: ANN401
    try:
        vault.gate.keep_up(relationship.name, token)  # they may have changed their key since
        relationship = find(vault.store, relationship.name)
        return rights.take(vault.store, relationship, row, token, at=stamp(vault.clock.now()))
    except Refused as error:
        what = f"What {relationship.organisation_name} says of your request: {error}"
        warn(vault.store, vault.clock, relationship, what)
        with vault.store.transaction() as tx:
            tx.run("rights.problem", id=row["id"], problem=str(error))
        raise


def _letter_back(row: Row, answers: list[dict[str, object]]) -> str | None:
    """The letter that says that a request by letter was taken back; None where it was not."""
    back = next((each for each in answers if each["state"] == rights.REVOKED), None)
    if back is None:
        return None
    letter = letters.Asking(
        to=row["organisation"], email=row["email"], sender=row["sender"], lang=row["lang"]
    )
    asked = Request(
        right=row["asked"], regime=row["regime"], jti=row["id"],
        at=int(datetime.fromisoformat(row["at"]).timestamp()),
    )  # fmt: skip
    lifted = any(each["state"] == "fulfilled" for each in answers)
    at = datetime.fromisoformat(str(back["at"]))
    return letters.taken_back(letter, asked, lifted=lifted, at=at).decode("utf-8")


def _in_words(row: Row) -> str:
    """Where it stands; of a letter only its person knows whether it left."""
    if row["state"] == STATES.first[0] and row["relationship"] is None:
        return "The letter is written. The clock runs as if you had sent it that day."
    if row["state"] == STATES.first[0] and row["sent_at"] is None:
        return "It has not been sent yet."
    return STATES.states[row["state"]]


def _told(vault: Vault, row: Row) -> dict[str, object]:
    today = vault.clock.now().date()
    last, received = date.fromisoformat(row["expected_by"]), date.fromisoformat(row["received_on"])
    taken_back = rights.is_taken_back(vault.store, row["id"])
    reversible = can_take_back(row["asked"], row["state"])
    unheard = row["relationship"] is None and row["state"] == rights.REVOKED
    erased = _is_erased(vault, row)
    is_open = row["state"] in WAITING and not taken_back and not erased
    hello = hello_due(row["regime"], received)
    fields = (
        "id", "relationship", "organisation", "email", "lang", "regime", "details", "at",
        "sent_at", "state", "reason", "words", "received_on", "expected_by", "fetched_at",
        "problem",
    )  # fmt: skip
    return {
        **{field: row[field] for field in fields},
        "right": row["asked"],
        "meaning": RIGHTS[row["asked"]],
        "says": _in_words(row),
        "reason_says": DENIALS.get(row["reason"] or ""),
        "open": is_open,
        "erased": erased,
        "can_take_back": reversible and not taken_back and not erased,
        "unconfirmed": (reversible and taken_back and not erased)
        or (unheard and not rights.is_confirmed(vault.store, row["id"])),
        "days": (last - received).days,
        "days_left": (last - today).days if is_open else None,
        "overdue": is_open and today > last,
        "hello_by": hello.isoformat() if hello else None,
        "compared": msgspec.to_builtins(rights.compared_of(vault.store, row["id"])),
        "has_data": row["asked"] in DATA and row["state"] == "fulfilled"
        and row["relationship"] is not None and not erased,
    }  # fmt: skip


def _is_erased(vault: Vault, row: Row) -> bool:
    """Whether they erased everything since: nothing can be asked, lifted or delivered any more."""
    name = row["relationship"]
    return name is not None and find(vault.store, name).state == "erased"
