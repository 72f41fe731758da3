"""The message of a case: a letter in the words of a language, with its rows, and as an e-mail.

The words stand in ``words.json`` by language. A letter says what it is of, the payments, the law
where there is one, and a day. It claims nothing that the rows or the person did not say.
"""

import datetime
import re
from collections.abc import Mapping
from decimal import Decimal
from email.utils import parseaddr
from typing import Any, Final

import msgspec

from firsthand.protocol.refusals import refuse
from firsthand.vault.settle.cases import KINDS, Subject
from firsthand.vault.settle.law import rule_for
from firsthand.vault.settle.mail import Mail, address, day_by, draft, languages, line

NEWS_CHARS_MAX: Final = 1_000
ROWS_MAX: Final = 12
_TWO_STOPS: Final = re.compile(r"(?<!\.)\.\.(?!\.)")  # of a name such as "Tunes Inc."
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


LANGUAGES: Final = tuple((code, str(words["name"])) for code, words in languages().items())


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
    to = line(writing.to, "Whom you write to")
    sender = parseaddr(line(writing.sender, "Your name"))[0] or writing.sender.strip()
    said = {
        "to": to,
        "sender": sender,
        "what": line(subject.what or to, "What it is about"),
        "amount": _money(subject.amount, subject.currency, words),
        "until": day_by(words, until),
        "news": _news(subject.news),
        "risen": _risen(subject, words),
    }
    own = words["kinds"][kind]
    basis = rule.basis_in.get(writing.lang, rule.basis) if rule else ""
    parts = [words["greeting"].format(**said)]
    text = _TWO_STOPS.sub(".", own["text"].format(**said))
    if sent is not None:
        parts.append(words["again"].format(sent=day_by(words, sent)))
        text = text[0].upper() + text[1:]
    parts.append(text)
    if subject.rows:
        parts.append("\n".join([words["rows"], *_rows(subject, words)]))
    if subject.reference:
        reference = line(subject.reference, "Your reference")
        parts.append(words["reference"].format(reference=reference))
    if rule is not None:
        parts.append(words["basis"].format(basis=basis))
    parts += [words["until"].format(until=said["until"]), words["close"].format(sender=sender)]
    return Letter(
        subject=" ".join(own["subject"].format(**said).split()),
        text="\n\n".join(parts) + "\n",
        until=until,
        basis=basis,
        source=rule.source if rule else "",
    )


def email_of(letter: Letter, writing: Writing, *, at: datetime.datetime, id: str) -> bytes:
    """The letter as an e-mail (RFC 5322) that mail programs open as a draft. Raises ``Refused``."""
    name, sent_from = parseaddr(writing.sender)
    to = line(writing.to, "Whom you write to")
    mail = Mail(
        sender=address(sent_from, name) if "@" in sent_from else None,
        to=address(writing.email, to) if writing.email else None,
        subject=letter.subject,
        text=letter.text,
        lang=writing.lang,
        headers={"Message-ID": f"<{id}@firsthand.invalid>"},
    )
    return draft(mail, at)


def _words_of(kind: str, subject: Subject, lang: str) -> Mapping[str, Any]:
    if kind not in KINDS:
        raise refuse("shape_invalid", f"What can be settled is: {', '.join(KINDS)}.")
    words: Mapping[str, Any] | None = languages().get(lang)
    if words is None:
        raise refuse("shape_invalid", f"Letters are written in: {', '.join(languages())}.")
    for name in KINDS[kind].needs:
        if not getattr(subject, name):
            raise refuse("shape_invalid", _FIELDS[name])
    return words


def _rows(subject: Subject, words: Mapping[str, Any]) -> list[str]:
    return [
        words["row"].format(
            day=day_by(words, datetime.date.fromisoformat(day)),
            amount=_money(amount, subject.currency, words),
        )
        for day, amount in subject.rows[-ROWS_MAX:]
    ]


def _risen(subject: Subject, words: Mapping[str, Any]) -> str:
    if not (subject.was and subject.risen_on):
        return ""
    on = day_by(words, datetime.date.fromisoformat(subject.risen_on))
    was = _money(subject.was, subject.currency, words)
    return str(words["risen"].format(risen_on=on, was=was))


def _money(amount: str, currency: str, words: Mapping[str, Any]) -> str:
    if not amount:
        return ""
    text = f"{Decimal(amount):.2f}".replace(".", words["decimal"])
    return f"{text} {currency}".strip()


def _news(text: str) -> str:
    found = " ".join(text.split())
    if len(found) > NEWS_CHARS_MAX:
        raise refuse("shape_invalid", f"What is new has at most {NEWS_CHARS_MAX} characters.")
    return found if not found or found.endswith((".", "!", "?")) else f"{found}."
