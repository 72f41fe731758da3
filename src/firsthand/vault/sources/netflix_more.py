"""The other files of Netflix's full export: the list, ratings, searches, invoices, and the rest.

An invoice is told twice, when it is asked for and when it is paid. It is a purchase here, and no
payment: the payment is in the statements of the bank.
"""

from collections.abc import Callable, Mapping
from typing import BinaryIO, NamedTuple

from firsthand.protocol.things import Thing
from firsthand.vault.sources.amounts import price, read_amount, value_of
from firsthand.vault.sources.export import Answers, Export, UnableToRead
from firsthand.vault.sources.headed import Cells, Headed, LeftOut, NotARow
from firsthand.vault.sources.identity import Identity
from firsthand.vault.sources.instants import instant
from firsthand.vault.sources.netflix_source import NETFLIX
from firsthand.vault.sources.source import Head, Source
from firsthand.vault.sources.tables import columns_in, first_lines, named, table_of
from firsthand.vault.sources.text import Line, open_text

Record = dict[str, object]
NAMES = table_of(
    {
        "profile": """Profile Name|Profilname|Nom du profil|Nombre del perfil|Nome profilo|
            Nome do perfil|Profielnaam|Nazwa profilu""",
        "title": """Title Name|Titelname|Nom du titre|Nombre del título|Nome titolo|
            Nome do título|Titelnaam|Naam titel|Nazwa tytułu""",
        "show": "Show",
        "added": "Utc Title Add Date|UTC-Datum der Titelhinzufügung|Title Add Date",
        "rating": "Rating Type|Bewertungstyp",
        "stars": "Star Value|Sternewert",
        "thumbs": "Thumbs Value|Daumenwert",
        "rated": "Event Utc Ts",
        "query": "Query Typed|Eingegebene Suchanfrage",
        "displayed": "Displayed Name|Angezeigter Name",
        "searched": "Utc Timestamp|UTC-Zeitstempel",
        "interested": "Is Interested",
        "asked": "Event Date",
        "device": "Device|Device Model|Gerät|Appareil|Dispositivo|Apparaat",
        "charged": "Transaction Date|Transaktionsdatum",
        "from": "Service Period Start Date",
        "to": "Service Period End Date",
        "description": "Description",
        "amount": "Gross Sale Amt",
        "item amount": "Item Price Amt",
        "currency": "Currency",
        "paid": "Pmt Status",
        "kind": "Pmt Txn Type",
        "settled": "Final Invoice Result",
        "playtraces": "Playtraces",
        "playback": "Playback Start Utc Ts",
        "esn": "Esn",
        "ip": "Ip",
        "ts": "Ts",
        "devices": "Devices",
        "chosen": "Selection Type|Choice Segment Type",
        "device type": "Device Type|Localized Device Description",
        "first playback": "Acct First Playback Date|Profile First Playback Date",
        "created": "Profile Creation Time",
        "maturity": "Maturity Level",
        "email": "Email Address",
        "customer": "Customer Creation Timestamp",
        "opened": "Subscription Opened Ts|Plan Change Date|Signup Plan Category",
        "terms": "Tou Accepted Date",
        "click": "Click Utc Ts",
        "sent": "Sent Utc Ts",
        "channel": "Channel",
        "game": "Game Title|Game Title Name",
        "avatar": "Avatar Selection Date|Avatar Set Ts",
    }
)


class _Kind(NamedTuple):
    """One kind of file: the columns that tell it, and what makes the thing of a row."""

    format: str
    needed: frozenset[str]
    make: Callable[[Cells, Identity], Thing]


def _time(cells: Cells, role: str) -> str | None:
    """The instant of a column, which Netflix gives in UTC; its day alone where it has no clock."""
    text = cells[role]
    told = instant(text)
    if told is None:
        return cells.instant(role)
    return f"{told}Z" if len(told) == len("2024-01-03T20:15:00") else told


def _thing(
    kind: str, name: str, time: str | None, data: Record, identity: Identity, *known: str
) -> Thing:
    head: Record = {"@type": kind, "name": name}
    if time is not None:
        head["startTime"] = time
    key = identity.of([kind, *known])
    return Thing(id=key, type=kind, name=name, time=time, source="netflix", data={**head, **data})


def _about(cells: Cells, title: str) -> Record:
    """What was meant, whose profile it was and on which device."""
    data: Record = {"object": {"@type": "CreativeWork", "name": title}}
    if profile := cells["profile"]:
        data["agent"] = {"@type": "Person", "name": profile}
    if device := cells["device"]:
        data["instrument"] = {"@type": "Thing", "name": device}
    return data


def _titled(cells: Cells, role: str = "title") -> str:
    title = cells[role][:400]
    if not title:
        raise LeftOut("a title that Netflix no longer has")
    return title


def _listed(cells: Cells, identity: Identity) -> Thing:
    """A title on one's list."""
    title = _titled(cells)
    time = _time(cells, "added")
    data = _about(cells, title)
    return _thing("WantAction", title, time, data, identity, title, cells["profile"])


def _rated(cells: Cells, identity: Identity) -> Thing:
    """A thumb up or down, or stars in the years before."""
    title, time = _titled(cells), _time(cells, "rated")
    data = _about(cells, title)
    thumbs, stars = cells["thumbs"], cells["stars"]
    by_stars = cells["rating"].casefold().startswith("star") or not thumbs
    if by_stars:
        if stars not in ("1", "2", "3", "4", "5"):
            raise LeftOut("a rating that was taken back")
        liked = stars in ("3", "4", "5")
        rating = {"@type": "Rating", "ratingValue": stars, "bestRating": "5"}
        data["result"] = {"@type": "Review", "reviewRating": rating}
    elif thumbs in ("1", "2", "3"):
        liked = thumbs != "1"
    else:
        raise LeftOut("a rating that was taken back")
    kind = "LikeAction" if liked else "DislikeAction"
    return _thing(kind, title, time, data, identity, title, cells["profile"], time or "")


def _searched(cells: Cells, identity: Identity) -> Thing:
    """A search, by what was typed or else by what was chosen."""
    typed, shown, time = cells["query"][:400], cells["displayed"][:400], _time(cells, "searched")
    name = typed or shown
    if not name:
        raise LeftOut("a search for nothing")
    if time is None:
        raise NotARow("The time is missing.")
    data: Record = {"query": name, **_about(cells, shown or name)}
    if not shown:
        del data["object"]
    return _thing("SearchAction", name, time, data, identity, name, shown, cells["profile"], time)


def _asked(cells: Cells, identity: Identity) -> Thing:
    """Whether one is interested in a title, as Netflix asked."""
    title, time = _titled(cells, "show"), _time(cells, "asked")
    wanted = cells["interested"].casefold() in ("true", "yes", "1", "ja", "oui", "si", "sim")
    kind = "WantAction" if wanted else "DislikeAction"
    return _thing(kind, title, time, _about(cells, title), identity, title, cells["profile"])


def _charged(cells: Cells, identity: Identity) -> Thing:
    """An invoice that was paid."""
    state = f"{cells['settled']} {cells['paid']}".casefold()
    if any(word in state for word in ("declin", "fail", "pending", "cancel", "void")):
        raise LeftOut("an invoice that was not paid")
    time = _time(cells, "charged")
    if time is None:
        raise NotARow("The date is missing.")
    text = cells["amount"] or cells["item amount"]
    found = read_amount(text)
    mark = "," if found and found.core.rfind(",") > found.core.rfind(".") else "."
    value = value_of(found.core, mark) if found else None
    if value is None:
        raise NotARow(f'"{text[:40]}" is not an amount.' if text else "The amount is missing.")
    if value == 0:
        raise LeftOut("an invoice for nothing")
    amount, currency = price(value), cells["currency"][:3].upper()
    back = "refund" in cells["kind"].casefold()
    known = [time, amount, currency, "back" if back else ""]
    kind = "ReturnAction" if back else "BuyAction"
    thing_id = Identity("netflix").of([kind, *known])
    data: Record = {"price": amount}
    if currency:
        data["priceCurrency"] = currency
    name = "Netflix"
    data["object"] = {"@type": "Service", "name": name}
    data["seller"] = {"@type": "Organization", "name": name}
    if description := cells["description"]:
        data["description"] = description[:400]
    if cells["from"] and cells["to"]:
        data["serviceFrom"], data["serviceTo"] = cells["from"], cells["to"]
    if back:
        data["result"] = {"@type": "MonetaryAmount", "price": amount, "priceCurrency": currency}
    thing = _thing(kind, name, time, data, identity, *known)
    if thing.id != thing_id:
        raise LeftOut("an invoice that was told already")
    return thing


def _left_out(why: str) -> Callable[[Cells, Identity], Thing]:
    def make(_cells: Cells, _identity: Identity) -> Thing:
        raise LeftOut(why)

    return make


def _kind(format: str, needed: str, make: Callable[[Cells, Identity], Thing] | str) -> _Kind:
    made = _left_out(make) if isinstance(make, str) else make
    return _Kind(format, frozenset(needed.split("|")), made)


_ELSEWHERE = "a step of a playback, which the viewing activity tells of"
_KINDS = (
    _kind("Netflix list", "title|added", _listed),
    _kind("Netflix ratings", "title|thumbs|rated", _rated),
    _kind("Netflix searches", "query|displayed|searched", _searched),
    _kind("Netflix preferences", "show|interested", _asked),
    _kind("Netflix invoices", "charged|amount|settled", _charged),
    _kind("Netflix invoices", "charged|amount|paid", _charged),
    _kind("Netflix playback", "playtraces", _ELSEWHERE),
    _kind("Netflix devices", "esn|first playback", "a device of the account"),
    _kind("Netflix devices", "device type|first playback", "a device of the account"),
    _kind("Netflix devices", "esn|devices", "a device of the account"),
    _kind("Netflix choices", "chosen|searched", "a choice in a film that asks what comes next"),
    _kind("Netflix addresses", "ip|ts", "an address on the internet from which Netflix was used"),
    _kind("Netflix profiles", "created|maturity", "a profile of the account"),
    _kind("Netflix account", "customer|email", "a detail of the account"),
    _kind("Netflix account", "opened", "a detail of the account"),
    _kind("Netflix account", "terms", "terms that were agreed to"),
    _kind("Netflix clicks", "click", "a click"),
    _kind("Netflix messages", "sent|channel", "a message that Netflix sent"),
)


def _kind_of(lines: list[Line]) -> _Kind | None:
    columns = columns_in(lines[:3], NAMES, frozenset())
    if columns is None:
        return None
    return next((kind for kind in _KINDS if kind.needed <= columns.at.keys()), None)


def claims(head: Head) -> bool:
    """Whether a file has the columns of one of Netflix's others."""
    return _kind_of(first_lines(head)) is not None


def open_more(name: str, stream: BinaryIO, answers: Mapping[str, str]) -> Export:
    """Open one of the other files. Raises UnableToRead."""
    text = open_text(name, stream)
    lines = [line for line, _ in zip(text.lines(), range(3), strict=False)]
    kind = _kind_of(lines)
    if kind is None:
        raise UnableToRead(f'"{name}" has not the columns of a file of Netflix.')
    return Headed(
        "netflix",
        kind.format,
        text,
        answers=Answers(text.digest[:8], answers),
        make=kind.make,
        dates=("added", "rated", "searched", "asked", "charged"),
        names=_roles,
    )


def _roles(cells: list[str]) -> list[str]:
    return [NAMES.get(named(cell.strip().lstrip("\ufeff")), "") for cell in cells]


SOURCE = Source(key="netflix", facts=NETFLIX, claims=claims, open=open_more)
