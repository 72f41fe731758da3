"""A message that a person sends by themselves: its lines, its days in words, and the draft.

The letters of a case and those that ask by right are both made of this. `words.json` says how a
day is written in each language.
"""

import datetime
from collections.abc import Mapping
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final

import msgspec

from firsthand.protocol.refusals import refuse

LINE_CHARS_MAX: Final = 200


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """What a draft says. A header without a value is left out: it is filled in when it is sent."""

    sender: Address | None
    to: Address | None
    subject: str
    text: str
    lang: str
    headers: Mapping[str, str]


@cache
def languages() -> Mapping[str, Any]:
    """The words of letters by language: `words.json`."""
    raw = (files("firsthand.vault.settle") / "words.json").read_bytes()
    told: dict[str, Any] = msgspec.json.decode(raw)
    return told


def day_in(lang: str, day: datetime.date) -> str:
    """A day as it is written in a language of `languages()`: 3 January 2026."""
    return day_by(languages()[lang], day)


def day_by(words: Mapping[str, Any], day: datetime.date) -> str:
    """A day by the words of one language."""
    d = words.get("first", "1") if day.day == 1 else day.day
    return str(words["date"].format(d=d, month=words["months"][day.month - 1], y=day.year))


def line(text: str, what: str) -> str:
    """A text as one line; raises ``Refused`` (``shape_invalid``), naming it as `what`."""
    found = " ".join(text.split())
    if not found or len(found) > LINE_CHARS_MAX or not found.isprintable():
        raise refuse("shape_invalid", f"{what} has 1 to {LINE_CHARS_MAX} characters, in one line.")
    return found


def address(text: str, name: str = "") -> Address:
    """The address of somebody of that name. Raises ``Refused`` where it is none."""
    wrong = refuse("shape_invalid", f"{text[:60]!r} is no e-mail address such as name@example.org.")
    try:
        found = Address(name, addr_spec=text.strip())
    except (ValueError, IndexError, HeaderParseError) as error:
        raise wrong from error
    if not found.username or "." not in found.domain or not found.addr_spec.isascii():
        raise wrong
    return found


def draft(mail: Mail, at: datetime.datetime) -> bytes:
    """The e-mail (RFC 5322), which mail programs open to be sent. Raises ``Refused``."""
    message = EmailMessage(policy=SMTP)
    said = {
        "From": mail.sender,
        "To": mail.to,
        "Date": format_datetime(at),
        **mail.headers,
        "Subject": mail.subject,
        "X-Unsent": "1",
    }
    try:
        for header, value in said.items():
            if value is not None:
                message[header] = value
        message.set_content(mail.text, cte="quoted-printable")
        message["Content-Language"] = mail.lang
        return message.as_bytes()
    except (ValueError, UnicodeError) as error:
        raise refuse("shape_invalid", f"No letter can be made of this: {error}") from error
