"""Letters: a request to an organisation without Firsthand, a complaint to an authority.

The words stand in ``letters.json`` by language, the authorities with their legal basis and its
source in ``authorities.json``. The e-mail is made by RFC 5322, in the form that mail programs open
as a draft.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from email.utils import parseaddr
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import msgspec

from firsthand.protocol.jws import JwsRefused, read_jws
from firsthand.protocol.refusals import refuse
from firsthand.protocol.rights import Request, due
from firsthand.vault.settle import mail

if TYPE_CHECKING:
    from collections.abc import Mapping
    from email.headerregistry import Address

ENDING: Final = "ending"
LANGUAGES: Final = ("en", "de", "fr", "es", "it", "nl", "pt")
COMPLAINT_LANGUAGES: Final = ("en", "de")  # of the letters to an authority


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks whom: ``to`` and ``email`` of the organisation, ``sender`` as ``Name <address>``."""

    to: str
    email: str
    sender: str
    lang: str = "en"


class Authority(msgspec.Struct, frozen=True, kw_only=True):
    """Who takes complaints in a country (ISO 3166), on which basis, with its source."""

    country: str
    name: dict[str, str]
    authority: str
    web: str
    basis: str
    note: dict[str, str] = {}


class _Authorities(msgspec.Struct, frozen=True, kw_only=True):
    checked: str  # the day on which all of it was compared with what is published
    source: str
    bases: dict[str, dict[str, str]]
    authorities: list[Authority]


@cache
def _words(lang: str) -> Mapping[str, Any]:
    if lang not in LANGUAGES:
        raise refuse("shape_invalid", f"Letters are written in: {', '.join(LANGUAGES)}.")
    raw = (files("firsthand.vault.acts") / "letters.json").read_bytes()
    told: dict[str, Any] = msgspec.json.decode(raw)
    found: Mapping[str, Any] = told[lang]
    return found


@cache
def _known() -> _Authorities:
    raw = (files("firsthand.vault.acts") / "authorities.json").read_bytes()
    return msgspec.json.decode(raw, type=_Authorities)


def countries(lang: str = "en") -> list[tuple[str, str]]:
    """The countries whose authority is known: (code, name), in the order of their names."""
    return sorted(
        ((each.country, each.name[lang]) for each in _known().authorities), key=lambda pair: pair[1]
    )


def email_to(letter: Asking, request: Request, *, at: datetime) -> bytes:
    """The letter as an e-mail, with the line ends that mail has. Raises ``Refused``."""
    words = _words(letter.lang)
    to = mail.line(letter.to, "The organisation's name")
    name, address = _sender(letter.sender)
    article = words["articles"][request.regime][request.right]
    right = words["rights"][request.right]
    details = words["details"].format(details=request.details) if request.details else ""
    text = words["letter"].format(
        to=to, right=right, article=article, asks=words["asks"][request.right], details=details,
        until=mail.day_in(letter.lang, due(request.regime, at.date())), id=request.jti,
        sender=name or address.addr_spec,
    )  # fmt: skip
    subject = words["subject"].format(article=article, right=right)
    named = f"<{request.jti}@{address.domain}>"
    return _email(letter, subject, text, {"Message-ID": named}, at=at)


def taken_back(letter: Asking, request: Request, *, lifted: bool, at: datetime) -> bytes:
    """The e-mail that takes a request back, in answer to ``email_to``'s. Raises ``Refused``.

    ``lifted``: it was done, and what it held back may be used again.
    """
    words = _words(letter.lang)
    told = words["taken_back"]
    name, address = _sender(letter.sender)
    named = {
        "right": words["rights"][request.right],
        "article": words["articles"][request.regime][request.right],
    }
    text = told["letter"].format(
        to=mail.line(letter.to, "The organisation's name"), id=request.jti, **named,
        asked=mail.day_in(letter.lang, datetime.fromtimestamp(request.at, UTC).date()),
        what=told["lifted" if lifted else "open"], sender=name or address.addr_spec,
    )  # fmt: skip
    before = f"<{request.jti}@{address.domain}>"
    headers = {
        "Message-ID": f"<{request.jti}.taken-back@{address.domain}>",
        "In-Reply-To": before,
        "References": before,
    }
    subject = told["subject"].format(**named)
    return _email(letter, subject[:1].upper() + subject[1:], text, headers, at=at)


def _email(
    letter: Asking, subject: str, text: str, headers: Mapping[str, str], *, at: datetime
) -> bytes:
    name, address = _sender(letter.sender)
    said = mail.Mail(
        sender=mail.address(address.addr_spec, name),
        to=mail.address(letter.email, mail.line(letter.to, "The organisation's name")),
        subject=subject,
        text=text,
        lang=letter.lang,
        headers=headers,
    )
    return mail.draft(said, at)


def complaint(
    country: str, lang: str, *, told: Mapping[str, Any], sender: str, today: date
) -> dict[str, object]:
    """A complaint about a request (``rights.shown``) to the authority of a country.

    An ending that was not confirmed is told in the same form, with ``ending`` for its right.
    Returns authority, web, note, basis, source, checked, subject, text. Raises ``Refused``.
    """
    words, known = _words(lang), _known()
    if lang not in COMPLAINT_LANGUAGES:
        spoken = ", ".join(COMPLAINT_LANGUAGES)
        raise refuse("shape_invalid", f"Letters to an authority are written in: {spoken}.")
    found = [each for each in known.authorities if each.country == country.upper()]
    if not found:
        codes = ", ".join(each.country for each in known.authorities)
        raise refuse(
            "not_found", f"No authority is known for {country[:10]!r}. There are: {codes}."
        )
    authority, basis = found[0], known.bases[found[0].basis]
    right, article = _asked(words, told, authority.basis)
    to, last = str(told["organisation"]), date.fromisoformat(str(told["expected_by"]))
    signed = told["relationship"] is not None
    text = words["complaint"].format(
        authority=authority.authority, to=to, basis=basis[lang],
        asked=mail.day_in(lang, date.fromisoformat(str(told["at"])[:10])),
        right=right,
        article=article,
        how=_how(words, told),
        what=_what(words, told, last, today, lang), rows="\n".join(_rows(words, told, lang)),
        proof=words["proof"] if signed else "", id=told["id"],
        sender=parseaddr(sender)[0] or sender or "…",
    )  # fmt: skip
    return {
        "authority": authority.authority,
        "country": authority.name[lang],
        "web": authority.web,
        "note": authority.note.get(lang),
        "basis": basis[lang],
        "basis_source": basis["source"],
        "source": known.source,
        "checked": known.checked,
        "subject": words["complaint_subject"].format(to=to, basis=basis[lang]),
        "text": text,
    }


def _asked(words: Mapping[str, Any], told: Mapping[str, Any], basis: str) -> tuple[str, str]:
    """What was asked, and the article that gives it."""
    right, regime = told["right"], told["regime"]
    if right != ENDING:
        return words["rights"][right], words["articles"][regime][right]
    if basis == "california":
        raise refuse("not_allowed", "There, have it erased as well, and complain about that.")
    return words["ending"]["right"], words["ending"]["article"]


def _how(words: Mapping[str, Any], told: Mapping[str, Any]) -> str:
    if told["unconfirmed_end"]:
        return str(words["ending"]["how"])
    if told["relationship"] is not None:
        return str(words["how_signed"])
    return str(words["how_letter"].format(email=told["email"]))


def named_in(token: str) -> str:
    """Which request a status names; nothing of it is verified yet. Empty where it is none."""
    try:
        named = read_jws(token)[1].get("request")
    except JwsRefused:
        return ""
    return named if isinstance(named, str) else ""


def _what(
    words: Mapping[str, Any], told: Mapping[str, Any], last: date, today: date, lang: str
) -> str:
    if told["state"] == "denied":
        reason = words["denials"].get(told["reason"]) or words["no_reason"]
        said = f"{reason}. {told['words']}" if told["words"] else f"{reason}."
        return str(words["denied"].format(reason=said))
    passed = (today - last).days
    one, many = words["days"]
    days = one if passed == 1 else many.format(n=passed)
    return str(words["overdue"].format(until=mail.day_in(lang, last), days=days))


def _rows(words: Mapping[str, Any], told: Mapping[str, Any], lang: str) -> list[str]:
    rows = [(str(told["at"]), words["row_asked"])]
    rows += [(str(each["at"]), words["row_states"][each["state"]]) for each in told["answers"]]
    return [f"- {mail.day_in(lang, date.fromisoformat(at[:10]))}: {said}" for at, said in rows]


def _sender(text: str) -> tuple[str, Address]:
    name, address = parseaddr(mail.line(text, "Who asks"))
    return name, mail.address(address)
