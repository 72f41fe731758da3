"""Reading ``/.well-known/myterms.json``: which agreements an organisation says that it accepts.

IEEE 7012 asks for a public list of accepted agreements by id and address. Others write it in their
own way, so this reader takes what it can use, says what it left out, and never fails on one entry.
"""

import re

import msgspec

from firsthand.protocol.canonical import UnableToReadJson, read_json
from firsthand.protocol.refusals import refuse
from firsthand.protocol.roster import ROSTER, Terms

MYTERMS_BYTES_MAX = 64 * 1024
ENTRIES_MAX = 100
ID_CHARS_MAX = 64
TEXT_CHARS_MAX = 2048
_WEB = re.compile(r"https?://[^\s\x00-\x1f\x7f]+", re.ASCII)


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One agreement of the list: its id, its address if one was named, our terms if we know it."""

    id: str
    url: str | None = None
    terms: Terms | None = None


class MyTerms(msgspec.Struct, frozen=True, kw_only=True):
    """A list that was read. ``left_out`` says in words what of it could not be used."""

    agreements: tuple[Listed, ...] = ()
    effective_date: str | None = None
    tos_url: str | None = None
    tos: str | None = None
    left_out: tuple[str, ...] = ()

    @property
    def known(self) -> tuple[Terms, ...]:
        """The agreements of the list that our roster has."""
        return tuple(one.terms for one in self.agreements if one.terms is not None)

    @property
    def unknown(self) -> tuple[Listed, ...]:
        """The agreements of the list that our roster does not have."""
        return tuple(one for one in self.agreements if one.terms is None)


def read_myterms(body: bytes) -> MyTerms:
    """Read a list, ours or another's.

    Raises ``Refused`` (``too_large`` or ``shape_invalid``) where the whole is no such list.
    """
    if len(body) > MYTERMS_BYTES_MAX:
        raise refuse("too_large", f"A list of terms holds at most {MYTERMS_BYTES_MAX} bytes.")
    try:
        content = read_json(body)
    except UnableToReadJson as error:
        raise refuse("shape_invalid", f"This is no list of terms: {error}") from error
    entries = content.get("agreements") if isinstance(content, dict) else None
    if not isinstance(content, dict) or not isinstance(entries, list):
        raise refuse("shape_invalid", "This is no list of terms: it names no agreements.")
    found: dict[str, Listed] = {}
    left_out: list[str] = []
    for number, entry in enumerate(entries[:ENTRIES_MAX], 1):
        listed = _listed(entry)
        if listed is None:
            left_out.append(f"Entry {number} names no agreement.")
        elif listed.id in found:
            left_out.append(f"Entry {number} names {listed.id} again.")
        else:
            found[listed.id] = listed
    if len(entries) > ENTRIES_MAX:
        left_out.append(f"Only the first {ENTRIES_MAX} of {len(entries)} entries were read.")
    tos_url = content.get("tos_url")
    return MyTerms(
        agreements=tuple(found.values()),
        effective_date=_text(content.get("effective_date")),
        tos_url=_address(tos_url),
        tos=_text(content.get("tos")),
        left_out=tuple(left_out),
    )


def _listed(entry: object) -> Listed | None:
    """An entry as ``{"id", "url"}`` or, as some write it, the id alone."""
    identifier = entry.get("id") if isinstance(entry, dict) else entry
    if not isinstance(identifier, str):
        return None
    identifier = identifier.strip()
    if not identifier.isprintable() or not 0 < len(identifier) <= ID_CHARS_MAX:
        return None
    url = _address(entry.get("url")) if isinstance(entry, dict) else None
    return Listed(id=identifier, url=url, terms=ROSTER.get(identifier))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= TEXT_CHARS_MAX else None


def _address(value: object) -> str | None:
    text = _text(value)
    return text if text is not None and _WEB.fullmatch(text) else None
