"""Files that are damaged, or no exports at all, each with how many rows of it are good."""

import gzip
import io
import json
import random
import zipfile
from collections.abc import Iterator

Bad = tuple[str, bytes, int]
BANK = "Date,Description,Amount,Balance\n"
ROWS = "".join(
    f"2024-03-{31 - day:02},Shop number {day},-{day + 3}.50,{1000 - day}.00\n" for day in range(20)
)
GERMAN = "Buchungstag;Empfänger;Verwendungszweck;Betrag\n" + "".join(
    f"{day:02}.03.2024;Müller {day};Rechnung;-{day},50\n" for day in range(1, 21)
)


def _zip(name: str, text: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(name, text)
    return held.getvalue()


def _no_text(rng: random.Random) -> Iterator[Bad]:
    """Files of other kinds: nothing of them is a payment or a view."""
    yield "empty", b"", 0
    yield "blank", b"  \n\n \r\n", 0
    yield "only-a-mark", b"\xef\xbb\xbf", 0
    yield "only-a-wide-mark", b"\xff\xfe", 0
    yield "zip", _zip("statement.csv", BANK + ROWS), 20
    yield "sheet", _zip("xl/workbook.xml", "<workbook/>"), 0
    yield "gzip", gzip.compress((BANK + ROWS).encode(), mtime=0), 20
    yield "pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n", 0
    yield "picture", b"\x89PNG\r\n\x1a\n" + rng.randbytes(400), 0
    yield "noise", rng.randbytes(4000), 0
    yield "zeros", bytes(5000), 0
    yield "old-sheet", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), 0
    yield "json", json.dumps([{"date": "2024-01-03", "amount": -3.5}]).encode(), 0
    yield "page", b"<!DOCTYPE html><html><body><table><tr><td>2024-01-03</td></tr></table>", 0
    yield "camt", b'<?xml version="1.0"?><Document><BkToCstmrStmt></BkToCstmrStmt></Document>', 0
    yield "qif", b"!Type:Bank\nD03/01/2024\nT-3.50\nPShop\n^\n", 0
    yield "mt940", b":20:STARTUMS\n:25:10020030/1234567\n:61:2401030103D3,50N005NONREF\n", 1
    yield "letter", b"Dear Greta,\n\non 3 January 2024 you paid 12.50 EUR, thank you.\n\nYours", 0
    yield "code", b"import datetime\n\nprint(datetime.date(2024, 1, 3), 12.50)\n", 0
    yield "ofx-entities", b'OFXHEADER:100\n<!DOCTYPE x [<!ENTITY a "b">]>\n<OFX>&a;</OFX>', 0
    yield "ofx-nothing", b"OFXHEADER:100\nDATA:OFXSGML\n\n<OFX></OFX>", 0
    yield "ofx-cut", b"OFXHEADER:100\n\n<OFX><STMTTRN><DTPOSTED>20240103<TRNAMT>-3.50", 0


def _table(names: str, rows: list[str]) -> bytes:
    return "\n".join([names, *rows, ""]).encode()


def _no_bank() -> Iterator[Bad]:
    """Tables with dates and numbers in which nobody was paid."""
    days = [(i, f"2024-03-{i + 1:02}") for i in range(24)]
    tables = {
        "birthdays": ("Name,Birthday", "P{i},{d}"),
        "weather": ("Date,Temperature,Rain", "{d},{i}.5,{i}.0"),
        "steps": ("Date,Steps,Distance", "{d},40{i},{i}.33"),
        "stocks": (
            "Date,Open,High,Low,Close,Adj Close,Volume",
            "{d},{i}.5,{i}.75,{i}.25,{i}.6,{i}.6,{i}000",
        ),
        "meter": ("Datum;Zählerstand;Verbrauch kWh", "{d};10{i},5;{i},25"),
        "weight": ("Date,Weight (kg),Body fat", "{d},7{i}.1,21.5"),
        "rates": ("Date,USD,GBP,CHF", "{d},1.1{i},0.8{i},0.9{i}"),
        "spotify-history": (
            "endTime,artistName,trackName,msPlayed",
            "{d} 20:15,Artist {i},Track {i},{i}000",
        ),
        "calendar": ("Subject,Start Date,Start Time", "Meeting {i},{d},10:00"),
        "letterboxd": ("Date,Name,Year,Rating", "{d},Film {i},19{i},3.5"),
        "runs": ("Activity Date,Activity Name,Elapsed Time,Distance", "{d},Run,18{i},5.{i}"),
    }
    yield "contacts", b"Name,Email,Phone\nMalik,m@example.org,030 1234567\n" * 4, 0
    yield "budget", b"Month,Planned,Actual\nJanuary,100,90\nFebruary,100,120\n", 0
    for name, (names, row) in tables.items():
        yield name, _table(names, [row.format(i=10 + i, d=d) for i, d in days]), 0


def _damaged(rng: random.Random) -> Iterator[Bad]:
    """Statements in which some rows are spoilt, and the others as good as before."""
    lines = ROWS.splitlines()
    yield "header-alone", BANK.encode(), 0
    yield "cut-in-a-row", (BANK + ROWS)[:-18].encode(), 19
    yield (
        "open-quote",
        (BANK + lines[0].replace("Shop", '"Shop') + "\n" + "\n".join(lines[1:])).encode(),
        19,
    )
    yield "nul", (BANK + ROWS.replace("number 5", "num\x00ber", 1)).encode(), 19
    yield "short-row", (BANK + ROWS + "2024-03-01,Shop\n").encode(), 20
    yield "long-row", (BANK + ROWS + "2024-03-01,Shop,-1.00,2.00,extra,more\n").encode(), 20
    yield "no-date", (BANK + ROWS + ",Shop,-1.00,2.00\n").encode(), 20
    yield "no-amount", (BANK + ROWS + "2024-03-01,Shop,,2.00\n").encode(), 20
    yield "no-such-day", (BANK + ROWS + "2024-02-30,Shop,-1.00,2.00\n").encode(), 20
    yield "words-for-amount", (BANK + ROWS + "2024-03-01,Shop,a lot,2.00\n").encode(), 20
    yield "huge-amount", (BANK + ROWS + f"2024-03-01,Shop,-{'9' * 40}.00,2.00\n").encode(), 20
    yield "long-line", (BANK + ROWS + "2024-03-01," + "x" * 70_000 + ",-1.00,2.00\n").encode(), 20
    yield "header-again", (BANK + ROWS + BANK).encode(), 20
    yield "two-in-one", (BANK + ROWS + "\n" + BANK + "2023-01-02,Shop,-1.00,2.00\n").encode(), 21
    yield "blank-between", (BANK + ROWS.replace("\n", "\n\n")).encode(), 20
    yield "total", (BANK + ROWS + "Total,,-200.00,\n").encode(), 20
    yield "spaces", (BANK + ROWS.replace(",", " , ")).encode(), 20
    yield "tabs-inside", (BANK + ROWS.replace("Shop", "Sh\top")).encode(), 20
    yield "wrong-bytes", (BANK + ROWS).encode().replace(b"Shop number 3", b"Sh\xf6p \xff"), 20
    yield "broken-wide", (BANK + ROWS).encode("utf-16")[:-1], 20
    yield "wide-no-mark", (BANK + ROWS).encode("utf-16-le"), 20
    yield "old-mac", (BANK + ROWS).replace("\n", "\r").encode(), 20
    yield "mixed-ends", (BANK + ROWS).replace("\n", "\r\n", 7).encode(), 20
    yield "same-row", (BANK + lines[0] + "\n" + (lines[3] + "\n") * 6).encode(), 7
    yield "german-in-parts", GERMAN.encode()[:300] + GERMAN.encode("cp1252")[300:], 19
    yield "german-cut", GERMAN.encode("cp1252")[:-9], 19
    yield "formula", (BANK + ROWS.replace("Shop number 4", '"=cmd(""x"")"', 1)).encode(), 20
    yield "netflix-damaged", b'Title,Date\n"Heat","1/31/24"\n"","1/30/24"\n"Up","13/45/24"\n"Ro', 1
    shuffled = lines[:]
    rng.shuffle(shuffled)
    yield "shuffled", (BANK + "\n".join(shuffled)).encode(), 20


def files(seed: int) -> Iterator[Bad]:
    """All of them: (name, content, good rows)."""
    rng = random.Random(f"{seed} bad")
    for name, content, good in (*_no_text(rng), *_no_bank(), *_damaged(rng)):
        yield f"bad-{name}", content, good
