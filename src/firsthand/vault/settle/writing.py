"""The message of a case: a letter in the words of a language, with its rows, and as an e-mail.

The words stand in ``words.json`` by language. A letter says what it is of, the payments, the law
where there is one, and a day. It claims nothing that the rows or the person did not say.
"""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import cache
from importlib.resources import files
from typing import Any, Final

import msgspec

from firsthand.protocol.refusals import refuse
from firsthand.vault.settle.cases import KINDS, Subject
from firsthand.vault.settle.law import rule_for

LINE_CHARS_MAX: Final = 200
NEWS_CHARS_MAX: Final = 1_000
ROWS_MAX: Final = 12
_FIELDS: Final = {
    "amount": "Say how much it is about.",
    "what": "Say what it is about.",
    "news": "Say what is new: your address, number or e-mail.",
}


class Writing(msgspec.Struct, frozen=True, kw_only=True):
    """Who writes to whom, and where. `sender` is a name, or `Name <address>` for an e-mail."""

    to: str
    sender: str
    country: str
    lang: str
    email: str = ""


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A message that is ready: until when they have, and the law that it rests on, if any."""

    subject: str
    text: str
    until: datetime.date
    basis: str
    source: str


@cache
def _words() -> Mapping[str, Any]:
    raw = (files("firsthand.vault.settle") / "words.json").read_bytes()
    told: dict[str, Any] = msgspec.json.decode(raw)
    return told


LANGUAGES: Final = tuple((code, str(words["name"])) for code, words in _words().items())


def letter_of(
    kind: str,
    subject: Subject,
    writing: Writing,
    *,
    on: datetime.date,
    sent: datetime.date | None = None,
) -> Letter:
    """The letter of a case as of the day `on`; `sent` is when it went the first time.

    Raises ``Refused`` (``shape_invalid``) where something that it needs is missing or too long.
    """
    words = _words_of(kind, subject, writing.lang)
    rule = rule_for(kind, writing.country)
    until = on + datetime.timedelta(rule.days if rule else KINDS[kind].days)
    to = _line(writing.to, "Whom you write to")
    sender = parseaddr(_line(writing.sender, "Your name"))[0] or writing.sender.strip()
    said = {
        "to": to,
        "sender": sender,
        "what": _line(subject.what or to, "What it is about"),
        "amount": _money(subject.amount, subject.currency, words),
        "until": _day(until, words),
        "news": _news(subject.news),
        "risen": _risen(subject, words),
    }
    own = words["kinds"][kind]
    parts = [words["greeting"].format(**said)]
    if sent is not None:
        parts.append(words["again"].format(sent=_day(sent, words)))
    parts.append(own["text"].format(**said))
    if subject.rows:
        parts.append("\n".join([words["rows"], *_rows(subject, words)]))
    if subject.reference:
        reference = _line(subject.reference, "Your reference")
        parts.append(words["reference"].format(reference=reference))
    if rule is not None:
        parts.append(words["basis"].format(basis=rule.basis))
    parts += [words["until"].format(until=said["until"]), words["close"].format(sender=sender)]
    return Letter(
        subject=" ".join(own["subject"].format(**said).split()),
        text="\n\n".join(parts) + "\n",
        until=until,
        basis=rule.basis if rule else "",
        source=rule.source if rule else "",
    )


def email_of(letter: Letter, writing: Writing, *, at: datetime.datetime, id: str) -> bytes:
    """The letter as an e-mail (RFC 5322) that mail programs open as a draft. Raises ``Refused``."""
    message = EmailMessage(policy=SMTP)
    try:
        sender = parseaddr(writing.sender)
        if sender[1] and "@" in sender[1]:
            message["From"] = Address(sender[0], addr_spec=sender[1])
        if writing.email:
            message["To"] = Address(
                _line(writing.to, "Whom you write to"), addr_spec=writing.email.strip()
            )
        message["Date"] = format_datetime(at)
        message["Message-ID"] = f"<{id}@firsthand.invalid>"
        message["Subject"] = letter.subject
        message["X-Unsent"] = "1"
        message.set_content(letter.text, cte="quoted-printable")
        message["Content-Language"] = writing.lang
        return message.as_bytes()
    except (ValueError, IndexError, HeaderParseError) as error:
        raise refuse(
            "shape_invalid",
            f"{writing.email[:60]!r} or {writing.sender[:60]!r} is no e-mail address.",
        ) from error


def _words_of(kind: str, subject: Subject, lang: str) -> Mapping[str, Any]:
    if kind not in KINDS:
        raise refuse("shape_invalid", f"What can be settled is: {', '.join(KINDS)}.")
    words: Mapping[str, Any] | None = _words().get(lang)
    if words is None:
        raise refuse("shape_invalid", f"Letters are written in: {', '.join(_words())}.")
    for name in KINDS[kind].needs:
        if not getattr(subject, name):
            raise refuse("shape_invalid", _FIELDS[name])
    return words


def _rows(subject: Subject, words: Mapping[str, Any]) -> list[str]:
    return [
        f"- {_day(datetime.date.fromisoformat(day), words)}: "
        f"{_money(amount, subject.currency, words)}"
        for day, amount in subject.rows[-ROWS_MAX:]
    ]


def _risen(subject: Subject, words: Mapping[str, Any]) -> str:
    if not (subject.was and subject.risen_on):
        return ""
    on = _day(datetime.date.fromisoformat(subject.risen_on), words)
    was = _money(subject.was, subject.currency, words)
    return str(words["risen"].format(risen_on=on, was=was))


def _money(amount: str, currency: str, words: Mapping[str, Any]) -> str:
    if not amount:
        return ""
    text = f"{Decimal(amount):.2f}".replace(".", words["decimal"])
    return f"{text} {currency}".strip()


def _day(day: datetime.date, words: Mapping[str, Any]) -> str:
    month = words["months"][day.month - 1]
    return str(words["date"].format(d=day.day, month=month, y=day.year))


def _news(text: str) -> str:
    found = " ".join(text.split())
    if len(found) > NEWS_CHARS_MAX:
        raise refuse("shape_invalid", f"What is new has at most {NEWS_CHARS_MAX} characters.")
    return found if not found or found.endswith((".", "!", "?")) else f"{found}."


def _line(text: str, what: str) -> str:
    found = " ".join(text.split())
    if not found or len(found) > LINE_CHARS_MAX or not found.isprintable():
        raise refuse("shape_invalid", f"{what} has 1 to {LINE_CHARS_MAX} characters, in one line.")
    return found
