"""Exports of Google, calendars, contacts and mail in several languages, and what is true."""

import datetime
import json
import quopri
import random
import zoneinfo
from collections.abc import Iterator
from html import escape
from typing import Any

from heldout_services import Service, Told

_TITLES = ("Chá da Inês", "Für Greta & June", "Ça va", "Łódź", "Tea, again", "茶", "L'été",
           'He said "tea"', "Watched pots never boil", "angesehen, aber nicht gemocht")  # fmt: skip
# How an account's language says that something was watched or looked for, and writes a time.
_WAYS = {
    "en": ("Watched *", "Searched for *", "From Google Ads"),
    "de": ("* angesehen", "Gesucht nach: *", "Von Google Anzeigen"),
    "fr": ("Vous avez regardé *", "Vous avez recherché *", "Des annonces Google"),
    "it": ("Hai guardato *", "Hai cercato *", "Da programmi pubblicitari Google"),
    "es": ("Has visto *", "Has buscado *", "De anuncios de Google"),
    "pt": ("Você assistiu a *", "Você pesquisou *", "De anúncios do Google"),
    "nl": ("Je hebt naar * gekeken", "Je hebt gezocht naar *", "Van Google-advertenties"),
}
_MONTHS = {
    "fr": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    "it": "gen feb mar apr mag giu lug ago set ott nov dic",
    "es": "ene feb mar abr may jun jul ago sept oct nov dic",
    "pt": "jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez.",
    "nl": "jan feb mrt apr mei jun jul aug sep okt nov dec",
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
}
_BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
_FAR = datetime.timedelta(minutes=30)


def _moments(rng: random.Random, count: int) -> list[datetime.datetime]:
    first = datetime.datetime(2021, 1, 1, tzinfo=datetime.UTC)
    found = {first + datetime.timedelta(seconds=rng.randrange(90_000_000)) for _ in range(count)}
    return sorted(found)


def _z(moment: datetime.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _said(moment: datetime.datetime, language: str) -> str:
    """A moment as Google's pages say it in a language."""
    local = moment.astimezone(_BERLIN)
    if language == "de":
        zone = "MESZ" if local.dst() else "MEZ"
        return local.strftime("%d.%m.%Y, %H:%M:%S ") + zone
    month, zone = _MONTHS[language].split()[local.month - 1], local.tzname()
    if language == "en":
        hour, half = local.hour % 12 or 12, "PM" if local.hour > 11 else "AM"
        return f"{month} {local.day}, {local:%Y}, {hour}:{local:%M:%S}\u202f{half} {zone}"
    date = f"{local.day} de {month} de" if language == "pt" else f"{local.day} {month}"
    return f"{date} {local:%Y, %H:%M:%S} {zone}"


def _cell(title: str, url: str, way: str, when: str, detail: str) -> str:
    link = way.replace(" *", "&nbsp;*").replace("*", f'<a href="{escape(url)}">{escape(title)}</a>')
    details = f"<b>Details:</b><br>&emsp;{detail}<br>" if detail else ""
    return (
        '<div class="outer-cell mdl-cell mdl-cell--12-col mdl-shadow--2dp"><div class="mdl-grid">'
        '<div class="header-cell mdl-cell mdl-cell--12-col"><p class="mdl-typography--title">'
        'YouTube<br></p></div><div class="content-cell mdl-cell mdl-cell--6-col '
        f'mdl-typography--body-1">{link}<br>{when}</div><div class="content-cell mdl-cell '
        'mdl-cell--12-col mdl-typography--caption"><b>Products:</b><br>&emsp;YouTube<br>'
        f"{details}</div></div></div>"
    )


def youtube(rng: random.Random, language: str, count: int = 150) -> Iterator[Service]:
    """The same history twice: as JSON, and as a web page."""
    watched, searched, advert = _WAYS[language]
    rows: list[Told] = []
    records: list[dict[str, Any]] = []
    cells = []
    for number, moment in enumerate(_moments(rng, count)):
        title, chance = rng.choice(_TITLES), rng.random()
        way, kind, detail = watched, "WatchAction", ""
        url = f"https://www.youtube.com/watch?v={number:011}"
        if chance < 0.2:
            way, kind = searched, "SearchAction"
            url = f"https://www.youtube.com/results?search_query={number}"
        elif chance < 0.3:
            kind, detail = "ViewAction", advert
        record = {"header": "YouTube", "title": way.replace("*", title), "titleUrl": url,
                  "time": _z(moment).replace("Z", ".123Z"), "products": ["YouTube"]}  # fmt: skip
        if detail:
            record["details"] = [{"name": detail}]
        records.append(record)
        cells.append(_cell(title, url, way, _said(moment, language), detail))
        rows.append((kind, title, _z(moment)))
    text = json.dumps(records, ensure_ascii=rng.random() < 0.5, indent=rng.choice([None, 2]))
    yield Service(
        f"google-json-{language}", text.encode(rng.choice(["utf-8", "utf-8-sig"])), rows, 0
    )
    page = f"<html><head><style>.mdl-grid{{}}</style></head><body>{''.join(cells)}</body></html>"
    yield Service(f"google-page-{language}", page.encode(), rows, 0)


def timeline(rng: random.Random, *, ios: bool, count: int = 200) -> Service:
    """Visits and ways as one of both kinds of phones keeps them."""
    rows: list[Told] = []
    segments: list[dict[str, Any]] = []

    def at() -> Any:  # noqa: ANN401 - as each of both phones has it
        lat, lon = rng.uniform(-80, 80), rng.uniform(-170, 170)
        return f"geo:{lat:.6f},{lon:.6f}" if ios else {"latLng": f"{lat:.7f}°, {lon:.7f}°"}

    for moment in _moments(rng, count):
        local = moment.astimezone(_BERLIN)
        span = {"startTime": local.isoformat(timespec="milliseconds"),
                "endTime": (local + _FAR).isoformat(timespec="milliseconds")}  # fmt: skip
        if rng.random() < 0.5:
            top = {"placeLocation": at(), "semanticType": "HOME", "placeId": "x"}
            segments.append({**span, "visit": {"topCandidate": top}})
            rows.append(("ArriveAction", "Home", _z(moment)))
        else:
            way = {"start": at(), "end": at(), "topCandidate": {"type": "CYCLING"}}
            segments.append({**span, "activity": way})
            rows.append(("TravelAction", "Cycling", _z(moment)))
    content: Any = (
        segments if ios else {"semanticSegments": segments, "rawSignals": [{"wifiScan": {}}]}
    )
    text = json.dumps(content, ensure_ascii=False, indent=1)
    return Service(f"timeline-{'ios' if ios else 'android'}", text.encode(), rows, 0 if ios else 1)


def _folded(line: str) -> str:
    raw = line.encode()
    parts = [raw[at : at + 70] for at in range(0, len(raw), 70)]
    return "\r\n ".join(part.decode("latin-1") for part in parts)


def _calendar(rng: random.Random) -> Service:
    rows: list[Told] = []
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Malik//DE"]
    for count, moment in enumerate(_moments(rng, 200)):
        title, local = rng.choice(_TITLES) * rng.randint(1, 9), moment.astimezone(_BERLIN)
        lines += ["BEGIN:VEVENT", f"UID:{count}@x.example",
                  "SUMMARY:" + title.replace(",", "\\,").replace(";", "\\;")]  # fmt: skip
        if rng.random() < 0.3:
            lines.append(f"DTSTART;VALUE=DATE:{local:%Y%m%d}")
            rows.append(("Event", title, f"{local:%Y-%m-%d}"))
        else:
            lines.append(f"DTSTART;TZID=Europe/Berlin:{local:%Y%m%dT%H%M%S}")
            rows.append(("Event", title, _z(moment)))
        lines.append("END:VEVENT")
    lines += ["BEGIN:VTODO", "SUMMARY:Tea", "END:VTODO", "END:VCALENDAR", ""]
    text = "\r\n".join(map(_folded, lines))
    return Service("calendar", text.encode("latin-1"), rows, 1)


def _contacts(rng: random.Random, version: str) -> Service:
    rows: list[Told] = []
    cards = []
    for count in range(100):
        name = f"{rng.choice(_TITLES)} {count}".replace(",", " ").replace("'", " ")
        said = f"FN:{name}"
        if version == "2.1":
            quoted = quopri.encodestring(name.encode()).decode().replace("\n", "\r\n")
            said = f"FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:{quoted}"
        cards.append(
            f"BEGIN:VCARD\r\nVERSION:{version}\r\n{said}\r\nTEL;HOME:{count}\r\nEND:VCARD\r\n"
        )
        rows.append(("Person", name, None))
    return Service(f"contacts-{version}", "".join(cards).encode(), rows, 0)


def _mail(rng: random.Random) -> Service:
    rows: list[Told] = []
    box = b""
    others = 0
    for count, moment in enumerate(_moments(rng, 150)):
        html = "<p>Grüße</p>"
        if rng.random() < 0.5:
            title = rng.choice(_TITLES)
            offer = {
                "@type": "Offer",
                "itemOffered": {"@type": "Product", "name": title},
                "price": "9.99",
            }
            order = {"@type": "Order", "orderNumber": str(count), "acceptedOffer": offer}
            html += f'<script type="application/ld+json">{json.dumps(order)}</script>'
            rows.append(("BuyAction", title, _z(moment)))
        else:
            others += 1
        charset = rng.choice(["utf-8", "iso-8859-1", "windows-1252"])
        body = quopri.encodestring(html.encode(charset))
        date = moment.astimezone(_BERLIN).strftime("%a, %d %b %Y %H:%M:%S %z")
        box += (
            (
                f"From {count}@x {moment:%a %b %d %H:%M:%S +0000 %Y}\nFrom: Tea <a@b.example>\n"
                f"To: malik@x.example\nDate: {date}\nMIME-Version: 1.0\nContent-Type: text/html; "
                f"charset={charset}\nContent-Transfer-Encoding: quoted-printable\n\n"
            ).encode()
            + body
            + b"\n\n"
        )
    return Service("email", box, rows, others)


def files(seed: int) -> Iterator[Service]:
    """Google in each language, both kinds of phones, a calendar, contacts and a mailbox."""
    for language in _WAYS:
        yield from youtube(random.Random(f"{seed} youtube {language}"), language)
    for ios in (False, True):
        yield timeline(random.Random(f"{seed} timeline {ios}"), ios=ios)
    yield _calendar(random.Random(f"{seed} calendar"))
    for version in ("2.1", "3.0", "4.0"):
        yield _contacts(random.Random(f"{seed} contacts {version}"), version)
    yield _mail(random.Random(f"{seed} mail"))
