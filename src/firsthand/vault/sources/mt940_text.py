"""What a movement was for: the `:86:` of a statement, as German, Polish and Dutch banks write it.

German and Polish ones cut it into numbered parts, each with a sign before its number ("?20", "^20",
"~20", "<20"); Dutch ones name the parts ("/NAME/"); others write plain words.
"""

import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import NamedTuple

from firsthand.vault.sources.patterns import later
from firsthand.vault.sources.streamed import kept

_WIDTH_PART = 27
_WIDTH_LINE = 65
# A code of the kind of movement, then a sign that no text has before two figures.
_NUMBERED = later(r"^\s*(?:\d{1,3}|[A-Z]{1,4}\d{0,3})?\s?([?<~^>!@$§])(?=[0-6]\d)")
_SEPA_KEY = later(
    r"(?:^|(?<=\s)|(?<=[^\w+]))(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC|PURP)\+"
)
_DUTCH_KEY = later(
    r"/(TRTP|TRCD|IBAN|BIC|NAME|REMI|EREF|ORDP|BENM|ID|ADDR|ISDT|CSID|MARF|CNTP|PURP|ULTD|ULTC|ULTB|"
    r"RTRN|RREF|EXCH|CHGS|CHGS1|CHGS2|PREF|SVCL|NRTX|TRAN|PAYMENTREF|OCMT|OAMT|SUM|SVWZ|BA)/"
)
_LABELS = later(
    r"(?:^|\s)(Naam|Name|Omschrijving|Nazwa|Tytułem|Tytulem|Tyt\.|TYT\.|OD|DLA|AUFTRAGGEBER|"
    r"BEGÜNSTIGTER|MITTEILUNGEN|IBAN|BIC|Kenmerk|Machtiging|Incassant|Betalingskenm\.?|Nadawca|"
    r"Odbiorca|Donneur d'ordre|Bénéficiaire|Motif|Ordinante|Beneficiario|Causale):\s*"
)
_NAME_LABELS = frozenset(
    ["naam", "name", "nazwa", "od", "dla", "auftraggeber", "begünstigter", "nadawca", "odbiorca",
     "donneur d'ordre", "bénéficiaire", "ordinante", "beneficiario"]
)  # fmt: skip
_WORDS_LABELS = frozenset(
    ["omschrijving", "tytułem", "tytulem", "tyt.", "mitteilungen", "motif", "causale"]
)


class Said(NamedTuple):
    """The other party's name, "" if none is given, the text as kept, and the part that names."""

    name: str
    text: str
    naming: str


def said_of(purpose: list[str], beside: list[str]) -> Said:
    """Take apart the lines of a `:86:`; `beside` are further lines of the movement itself."""
    lines = [line.rstrip("\r\n\t ") for line in purpose]
    while lines and not lines[-1]:
        lines.pop()
    whole = "".join(lines)
    if match := _NUMBERED.match(whole):
        return _numbered(whole, match[1])
    if len(_DUTCH_KEY.findall(whole)) >= 2 or whole.startswith(("/REMI/", "/TRTP/", "/NAME/")):
        return _dutch(whole)
    text = _joined(lines) or " ".join(filter(None, beside))
    return _plain(kept(" ".join(text.split())))


def _joined(lines: list[str]) -> str:
    """Lines as one text: a line that is full was cut within it, any other ends a word."""
    text = ""
    for line in lines:
        text += line if len(line) >= _WIDTH_LINE else line + " "
    return text


def _numbered(whole: str, sign: str) -> Said:
    parts: dict[str, str] = {}
    _code, *rest = re.split(re.escape(sign) + r"(?=\d\d)", whole)
    pieces: list[str] = []
    for piece in rest:
        number, text = piece[:2], piece[2:]
        if number[0] == "2" or number in ("60", "61", "62", "63"):
            pieces.append(text)
        else:
            parts[number] = parts.get(number, "") + text
    name, after = parts.get("32", ""), parts.get("33", "")
    # Polish banks have the street in the next part, unless the name did not fit into one.
    if after and (sign == "?" or len(name) >= _WIDTH_PART):
        name += _glue(name) + after
    name = " ".join(name.split())
    purpose = ""
    for piece in pieces:
        # A text that starts with its key begins a part of its own, whatever came before it.
        fresh = bool(_SEPA_KEY.match(piece))
        purpose += (" " if purpose and fresh else "") + piece
        purpose += _glue(piece)
    text = _sepa(purpose.strip()) or parts.get("00", "").strip()
    return Said(_clean(name), kept(" ".join(text.split())), "")


def _glue(piece: str) -> str:
    return "" if len(piece) >= _WIDTH_PART or not piece else " "


def _sepa(purpose: str) -> str:
    """The words of a purpose without references, if it names its parts."""
    found = list(_SEPA_KEY.finditer(purpose))
    if not found:
        return purpose
    values: dict[str, str] = {}
    for key, value in _spans(found, purpose):
        values.setdefault(key, value)
    before = purpose[: found[0].start()].strip()
    words = [before, values.get("SVWZ", "")]
    text = " ".join(filter(None, words))
    return text or next(
        (
            values[key]
            for key in ("EREF", "KREF")
            if values.get(key, "NOTPROVIDED") != "NOTPROVIDED"
        ),
        "",
    )


def _spans(found: list[re.Match[str]], text: str) -> Iterator[tuple[str, str]]:
    """Each key that was found, and what stands between it and the next."""
    for match, after in zip_longest(found, found[1:]):
        yield match[1], text[match.end() : after.start() if after else len(text)].strip()


def _dutch(whole: str) -> Said:
    found = list(_DUTCH_KEY.finditer(whole))
    values: dict[str, str] = {}
    for key, value in _spans(found, whole):
        values.setdefault(key, value)
    name = values.get("NAME", "")
    if not name and "CNTP" in values:
        parts = values["CNTP"].split("/")
        name = parts[2] if len(parts) > 2 else ""
    words = values.get("REMI", "")
    if match := re.match(r"/?(?:USTD|STRD(?:/CUR)?)?/{1,2}(.*)", words, re.DOTALL):
        words = match[1]
    text = words.strip("/ ") or values.get("TRTP", "") or values.get("EREF", "")
    return Said(_clean(name.strip("/")), kept(" ".join(text.split())), "")


def _plain(text: str) -> Said:
    """Words, some of which may be labelled: "Naam: Greta   Omschrijving: rent"."""
    found = list(_LABELS.finditer(text))
    name = naming = ""
    for key, said in _spans(found, text):
        label, value = key.casefold(), said.strip(" ;,")
        if label in _NAME_LABELS and not name:
            name = value
        elif label in _WORDS_LABELS and not naming:
            naming = value
    # With an address behind it, it is more than a name.
    return Said(_clean(name) if len(name) <= 70 else "", text, naming if not name else "")


def _clean(name: str) -> str:
    name = kept(name, 120)
    return name if any(map(str.isalpha, name)) else ""
