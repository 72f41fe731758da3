"""Statements as banks hand them out: CSV in the ways of six banks that do not exist, and OFX."""

import csv
import io
from collections.abc import Callable, Sequence
from xml.sax.saxutils import escape

from firsthand.town.spending import Booking

Write = Callable[[Sequence[Booking], str], bytes]


def german(bookings: Sequence[Booking], currency: str) -> bytes:
    """Semicolons, decimal commas, dots in dates, some lines above; Latin-1; the newest first."""
    rows = [
        [f"{b.day:%d.%m.%Y}", f"{b.day:%d.%m.%Y}", b.name, b.text, _comma(b.cents), currency]
        for b in reversed(bookings)
    ]
    columns = [
        "Buchungstag", "Wertstellung", "Auftraggeber/Empfänger", "Verwendungszweck", "Betrag",
        "Währung",
    ]  # fmt: skip
    above = [["Umsatzanzeige Girokonto"], [f"Umsätze: {len(rows)}"], []]
    return _csv([*above, columns, *rows], delimiter=";", quoted=True).encode("latin-1")


def irish(bookings: Sequence[Booking], currency: str) -> bytes:
    """Two columns for out and in, a balance, the day first; the oldest first."""
    rows = [
        [
            f"{b.day:%d/%m/%Y}", b.text,
            f"{-b.cents / 100:.2f}" if b.cents < 0 else "",
            f"{b.cents / 100:.2f}" if b.cents >= 0 else "",
            f"{b.balance / 100:.2f}",
        ]
        for b in bookings
    ]  # fmt: skip
    out, into = f"Debit ({currency})", f"Credit ({currency})"
    return _csv([["Date", "Details", out, into, "Balance"], *rows]).encode()


def portuguese(bookings: Sequence[Booking], currency: str) -> bytes:
    """Semicolons, decimal commas, dashes in dates; the newest first."""
    rows = [
        [f"{b.day:%d-%m-%Y}", f"{b.day:%d-%m-%Y}", b.text, _comma(b.cents), _comma(b.balance)]
        for b in reversed(bookings)
    ]
    columns = [
        "Data Mov.", "Data Valor", "Descrição", f"Montante ({currency})", f"Saldo ({currency})"
    ]  # fmt: skip
    return _csv([columns, *rows], delimiter=";").encode("utf-8-sig")


def polish(bookings: Sequence[Booking], currency: str) -> bytes:
    """Semicolons, decimal commas, years first; the newest first."""
    rows = [
        [f"{b.day:%Y-%m-%d}", b.name, b.text, _comma(b.cents, thousands=" "), currency]
        for b in reversed(bookings)
    ]
    columns = ["Data operacji", "Kontrahent", "Opis operacji", "Kwota", "Waluta"]
    return _csv([columns, *rows], delimiter=";").encode("utf-8-sig")


def dutch(bookings: Sequence[Booking], currency: str) -> bytes:
    """Amounts without a sign and a column that says whether they went out; the newest first."""
    rows = [
        [
            f"{b.day:%Y%m%d}", b.name, "Af" if b.cents < 0 else "Bij",
            _comma(abs(b.cents), thousands=""), "Incasso" if b.cents < 0 else "Overschrijving",
            b.text,
        ]
        for b in reversed(bookings)
    ]  # fmt: skip
    columns = [
        "Datum", "Naam / Omschrijving", "Af Bij", f"Bedrag ({currency})", "Mutatiesoort",
        "Mededelingen",
    ]  # fmt: skip
    return _csv([columns, *rows], quoted=True).encode()


def ofx(bookings: Sequence[Booking], currency: str) -> bytes:
    """OFX 1 (SGML): one account, each booking with its id; the newest first."""
    begin = f"{bookings[0].day:%Y%m%d}" if bookings else ""
    end = f"{bookings[-1].day:%Y%m%d}" if bookings else ""
    head = (
        "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\nENCODING:USASCII\r\n"
        "CHARSET:1252\r\nCOMPRESSION:NONE\r\nOLDFILEUID:NONE\r\nNEWFILEUID:NONE\r\n\r\n"
        "<OFX>\r\n<SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS>"
        f"<DTSERVER>{end}<LANGUAGE>ENG</SONRS></SIGNONMSGSRSV1>\r\n"
        f"<BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STMTRS><CURDEF>{currency}\r\n"
        "<BANKACCTFROM><BANKID>000000000<ACCTID>0001<ACCTTYPE>CHECKING</BANKACCTFROM>\r\n"
        f"<BANKTRANLIST><DTSTART>{begin}<DTEND>{end}\r\n"
    )
    rows = [
        f"<STMTTRN><TRNTYPE>{'DEBIT' if b.cents < 0 else 'CREDIT'}<DTPOSTED>{b.day:%Y%m%d}120000"
        f"<TRNAMT>{b.cents / 100:.2f}<FITID>{b.day:%Y%m%d}{b.number:05d}<NAME>{escape(b.name[:32])}"
        f"<MEMO>{escape(b.text)}</STMTTRN>\r\n"
        for b in reversed(bookings)
    ]
    tail = "</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1>\r\n</OFX>\r\n"
    return (head + "".join(rows) + tail).encode("cp1252")


WRITERS: dict[str, tuple[Write, str]] = {
    "german": (german, "Umsaetze.csv"),
    "irish": (irish, "transactions.csv"),
    "portuguese": (portuguese, "movimentos.csv"),
    "polish": (polish, "historia.csv"),
    "dutch": (dutch, "afschrift.csv"),
    "ofx": (ofx, "checking.ofx"),
}


def statement(way: str, bookings: Sequence[Booking], currency: str) -> tuple[str, bytes]:
    """The name and the bytes of a statement in one of the ways of `WRITERS`."""
    write, name = WRITERS[way]
    return name, write(bookings, currency)


def _comma(cents: int, thousands: str = ".") -> str:
    return f"{cents / 100:,.2f}".replace(",", "\x00").replace(".", ",").replace("\x00", thousands)


def _csv(rows: Sequence[Sequence[str]], *, delimiter: str = ",", quoted: bool = False) -> str:
    out = io.StringIO()
    writer = csv.writer(
        out,
        delimiter=delimiter,
        quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL,
        lineterminator="\r\n",
    )
    writer.writerows(rows)
    return out.getvalue()
