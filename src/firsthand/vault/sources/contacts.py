"""Contacts as vCards of every version (2.1, RFC 2426, RFC 6350): each card a person."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from firsthand.protocol.things import Thing
from firsthand.vault.sources.content_lines import Content, content_lines, parts, unescaped
from firsthand.vault.sources.export import Each, Export, Row, Skipped, Unreadable
from firsthand.vault.sources.identity import Identity
from firsthand.vault.sources.source import Facts, Head, Source
from firsthand.vault.sources.streamed import Streamed, kept

KEY = "contacts"
LINES_MAX = 5_000
SAME_MAX = 50
_BIRTH = re.compile(r"(\d{4}|--)-?(\d{2})-?(\d{2})(?:T.{0,40})?")
_ADDRESS = ("postOfficeBoxNumber", "", "streetAddress", "addressLocality", "addressRegion",
            "postalCode", "addressCountry")  # fmt: skip

CONTACTS = Facts(
    name="Contacts",
    files=("contacts.vcf", "….vcf"),
    how=(
        "Google: contacts.google.com, Export, vCard.",
        "iPhone: icloud.com, Contacts, select all, Export vCard; on a Mac: Contacts, File, Export.",
        "Android: the app Contacts, Fix and manage, Export to file.",
    ),
    holds="Names, addresses, numbers and birthdays of the people you know. Pictures are left out.",
    finds="Who is behind a number or an address in your other things, and whose birthday is next.",
    wait="at once",
    days_max=180,
)


def claims(head: Head) -> bool:
    """Whether a file has contacts."""
    return head.upper.startswith("BEGIN:VCARD")


def open_contacts(name: str, stream: BinaryIO, _: Mapping[str, str]) -> Export:
    """Open a file of contacts, of any number of cards."""
    del name  # nothing is refused as a whole
    return Streamed(KEY, "Contacts (vCard)", lambda: _rows(stream))


def _rows(stream: BinaryIO) -> Iterator[Each]:
    identity = Identity(KEY)
    begun = 0
    card: list[Content] = []
    for content in content_lines(stream):
        if isinstance(content, int):
            if not begun:
                yield Unreadable(content, "It is no line of a card.")
            continue
        value = content.value.strip().upper()
        if content.name == "BEGIN" and value == "VCARD":
            if begun:
                yield Unreadable(begun, "The end of this card is missing.")
            begun, card = content.line, []
        elif content.name == "END" and value == "VCARD" and begun:
            yield from _card(begun, card, identity)
            begun = 0
        elif begun and len(card) < LINES_MAX:
            card.append(content)
        elif not begun:
            yield Unreadable(content.line, "It stands outside of every card.")
    if begun:
        yield Unreadable(begun, "The file ends in the middle of this card.")


def _card(line: int, card: list[Content], identity: Identity) -> Iterator[Each]:
    fields: dict[str, list[Content]] = {}
    for content in card:
        fields.setdefault(content.name, []).append(content)
    for kind in ("KIND", "X-ADDRESSBOOKSERVER-KIND"):
        if any(content.value.strip().casefold() == "group" for content in fields.get(kind, ())):
            yield Skipped(line, "a group of contacts")
            return
    if len(card) >= LINES_MAX:
        yield Unreadable(line, f"It has more than {LINES_MAX} lines.")
        return
    person = _person(fields)
    if person is None:
        yield Unreadable(line, "It has no name, no address and no number.")
        return
    name = str(person["name"])
    uid = _first(fields, "UID")
    key = identity.of(
        ["uid", uid] if uid else [name, repr(person.get("email")), repr(person.get("telephone"))]
    )
    yield Row(line, Thing(id=key, type="Person", name=name, time=None, source=KEY, data=person))
    for content in (*fields.get("PHOTO", ()), *fields.get("LOGO", ()), *fields.get("SOUND", ())):
        yield Skipped(content.line, "a picture or a sound of a contact, which is left out")


def _person(fields: dict[str, list[Content]]) -> dict[str, object] | None:
    structured = parts(fields["N"][0].value) if "N" in fields else []
    family, given, middle, *_ = [kept(part) for part in structured] + ["", "", ""]
    organization = kept(" ".join(filter(None, _parts(fields, "ORG"))))
    emails, numbers = _values(fields, "EMAIL"), _numbers(fields)
    name = (
        _first(fields, "FN")
        or " ".join(filter(None, (given, middle, family)))
        or organization
        or next(iter([*emails, *numbers]), "")
    )
    if not name:
        return None
    known: dict[str, object] = {
        "givenName": given,
        "familyName": family,
        "alternateName": _first(fields, "NICKNAME"),
        "email": _one_or_all(emails),
        "telephone": _one_or_all(numbers),
        "birthDate": _birth(fields),
        "address": _one_or_all(_addresses(fields)),
        "worksFor": {"@type": "Organization", "name": organization} if organization else None,
        "jobTitle": _first(fields, "TITLE") or _first(fields, "ROLE"),
        "url": _one_or_all(_values(fields, "URL")),
        "description": _first(fields, "NOTE"),
    }
    return {
        "@type": "Person",
        "name": name,
        **{key: value for key, value in known.items() if value},
    }


def _first(fields: dict[str, list[Content]], name: str) -> str:
    return next(iter(_values(fields, name)), "")


def _values(fields: dict[str, list[Content]], name: str) -> list[str]:
    found = (kept(unescaped(content.value)) for content in fields.get(name, ())[:SAME_MAX])
    return [value for value in dict.fromkeys(found) if value]


def _parts(fields: dict[str, list[Content]], name: str) -> list[str]:
    return [kept(part) for part in parts(fields[name][0].value)] if name in fields else []


def _numbers(fields: dict[str, list[Content]]) -> list[str]:
    return [value.removeprefix("tel:") for value in _values(fields, "TEL")]


def _one_or_all(values: Sequence[object]) -> object:
    return values[0] if len(values) == 1 else list(values)


def _birth(fields: dict[str, list[Content]]) -> str:
    if "BDAY" not in fields:
        return ""
    content = fields["BDAY"][0]
    match = _BIRTH.fullmatch(content.value.strip())
    if match is None or not (1 <= int(match[2]) <= 12 and 1 <= int(match[3]) <= 31):
        return kept(content.value, 40)
    year = match[1]
    unknown = year == "--" or year == content.parameters.get("X-APPLE-OMIT-YEAR")
    return f"--{match[2]}-{match[3]}" if unknown else f"{year}-{match[2]}-{match[3]}"


def _addresses(fields: dict[str, list[Content]]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for content in fields.get("ADR", ())[:SAME_MAX]:
        address: dict[str, object] = {"@type": "PostalAddress"}
        for key, part in zip(_ADDRESS, parts(content.value), strict=False):
            if key and (text := kept(part)):
                address[key] = text
        if len(address) > 1:
            found.append(address)
    return found


SOURCE = Source(key=KEY, facts=CONTACTS, claims=claims, open=open_contacts)
