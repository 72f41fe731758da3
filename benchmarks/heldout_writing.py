"""Writes an account as one bank's CSV would have it, and says what is true of every row."""

# ruff: noqa: E501 - one language a line

import csv
import datetime
import io
import random
from decimal import Decimal
from typing import NamedTuple

from heldout_layouts import Layout
from heldout_ledger import PLACES, Entry, Ledger

CURRENCY = {"en": "GBP", "us": "USD", "pl": "PLN", "sv": "SEK", "da": "DKK", "cs": "CZK"}
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
OUT_TEXTS = {
    "en": ["{p} {r}", "{p} {r} DDR", "CARD PAYMENT TO {p} {r}", "{p} {r} ON {d} BCC"],
    "us": ["{p} {r}", "RECURRING PAYMENT AUTHORIZED ON {m} {p} {r}", "ACH DEBIT {p} {r}"],
    "de": ["{p} {r}", "Lastschrift {p} {r}", "Auftraggeber: {p} Buchungstext: {r} Abo", "{p}//{c}/DE"],
    "fr": ["CARTE {m} {p} {r} CB*1234", "PRLV SEPA {p} {r}", "PAIEMENT CB {p} {r}", "{p} {r}"],
    "es": ["COMPRA EN {p} {r}", "RECIBO {p} {r}", "PAGO CON TARJETA EN {p} {r}", "{p} {r}"],
    "it": ["PAGAMENTO POS {p} {r}", "ADDEBITO SDD {p} {r}", "{p} {r}"],
    "pt": ["COMPRA {p} {r}", "DD {p} {r}", "{p} {r}"],
    "nl": ["SEPA Incasso {p} {r}", "Betaalautomaat {p} {r}", "{p} {r}"],
    "pl": ["PŁATNOŚĆ KARTĄ {p} {r}", "ZAKUP PRZY UŻYCIU KARTY {p} {r}", "{p} {r}"],
    "sv": ["KORTKÖP {p} {r}", "AUTOGIRO {p} {r}", "{p} {r}"],
    "da": ["Dankort-køb {p} {r}", "BS betaling {p}", "{p} {r}"],
    "cs": ["Platba kartou {p} {r}", "Inkaso {p} {r}", "{p} {r}"],
}  # fmt: skip
IN_TEXTS = {
    "en": "{p} SALARY BGC", "us": "{p} PAYROLL PPD ID 1234", "de": "Gehalt {p}",
    "fr": "VIR SEPA RECU {p} SALAIRE", "es": "NOMINA {p}", "it": "STIPENDIO {p}",
    "pt": "VENCIMENTO {p}", "nl": "Salaris {p}", "pl": "WYNAGRODZENIE {p}", "sv": "LÖN {p}",
    "da": "Løn {p}", "cs": "Mzda {p}",
}  # fmt: skip
THANKS = {
    "en": "PAYMENT RECEIVED - THANK YOU", "us": "AUTOPAY PAYMENT - THANK YOU",
    "de": "ZAHLUNG ERHALTEN BESTEN DANK", "it": "PAGAMENTO RICEVUTO", "pt": "Pagamento recebido",
    "sv": "BETALNING MOTTAGEN, TACK", "fr": "PAIEMENT RECU MERCI", "es": "PAGO RECIBIDO GRACIAS",
    "nl": "BETALING ONTVANGEN", "da": "INDBETALING MODTAGET", "cs": "SPLATKA", "pl": "SPLATA KARTY",
}  # fmt: skip
KINDS = {
    "en": ("Direct Debit", "Bank credit"), "us": ("Sale", "Payment"),
    "de": ("Lastschrift", "Gutschrift"), "fr": ("Prélèvement", "Virement reçu"),
    "es": ("Pago con tarjeta", "Abono"), "it": ("Addebito", "Bonifico"),
    "pt": ("Compra", "Transferência"), "nl": ("Incasso", "Overschrijving"),
    "pl": ("Płatność kartą", "Przelew przychodzący"), "sv": ("Kortköp", "Insättning"),
    "da": ("Kortkøb", "Overførsel"), "cs": ("Platba kartou", "Příchozí úhrada"),
}  # fmt: skip
STATES = {
    "en": ("COMPLETED", ["PENDING", "REVERTED", "DECLINED"]),
    "us": ("Completed", ["Pending", "Denied", "Pending"]),
    "de": ("Gebucht", ["Vorgemerkt", "Vorgemerkt", "Storniert"]),
    "fr": ("Comptabilisé", ["En attente", "En attente", "Refusé"]),
    "es": ("Liquidado", ["Pendiente", "Rechazado", "Pendiente"]),
    "it": ("Contabilizzato", ["In attesa", "Non contabilizzato", "Autorizzato"]),
    "pl": ("Zaksięgowana", ["Oczekująca", "W realizacji", "Odrzucona"]),
    "da": ("Udført", ["Venter", "Afvist", "Venter"]),
}
NAMED_STATES = {
    "Info": ("Umsatz gebucht", ["Umsatz vorgemerkt"] * 3),
    "Contabilizzazione": ("SI", ["NO"] * 3),
    "Stato": ("Contabilizzato", ["Autorizzato"] * 3),
}
DIRECTIONS = {
    "Soll/Haben": ("S", "H"), "Af Bij": ("Af", "Bij"), "CreditDebet": ("D", "C"),
    "Debet/Credit": ("D", "C"), "Transaction": ("DEBIT", "CREDIT"),
    "Transaction Type": ("Debit", "Credit"), "Credit Debit Indicator": ("Debit", "Credit"),
}  # fmt: skip


class Truth(NamedTuple):
    """One movement as it should be read."""

    date: str
    value: Decimal
    payee: str


class Written(NamedTuple):
    """A file, what is true of it, and what a person would answer about it."""

    name: str
    content: bytes
    rows: list[Truth]
    currency: str | None
    answers: dict[str, str]


def day(date: datetime.date, how: str, rng: random.Random) -> str:
    """A date as the layout has it."""
    form = how.removesuffix("+t")
    parts = {
        "d": f"{date.day:02}", "m": f"{date.month:02}", "Y": f"{date.year}",
        "y": f"{date.year % 100:02}", "M": MONTHS[date.month - 1], "_": " ",
    }  # fmt: skip
    text = "".join(parts.get(sign, sign) for sign in form)
    return f"{text} {clock(rng)}" if how.endswith("+t") else text


def clock(rng: random.Random) -> str:
    """A time of day."""
    return f"{rng.randint(6, 22):02}:{rng.randint(0, 59):02}:{rng.randint(0, 59):02}"


def money(value: Decimal, how: str) -> str:
    """An amount as the layout has it."""
    plus, style = how.startswith("+"), how.lstrip("+")
    prefix = style[0] if style[0] in "£$" else ""
    suffix = "EUR" if style.endswith("EUR") else ""
    style = style.removeprefix(prefix).removesuffix(suffix)
    group, mark = style[1] if len(style) == len("1.234,56") else "", style[-3]
    whole, cents = f"{abs(value):,.2f}".split(".")
    sign = "-" if value < 0 else "+" if plus else ""
    return sign + prefix + whole.replace(",", group).replace("_", " ") + mark + cents + suffix


class Writer:
    """Writes one account in one layout."""

    def __init__(self, layout: Layout, ledger: Ledger, rng: random.Random) -> None:
        """`rng` decides what no truth depends on: references, times, numbers of accounts."""
        self.layout, self.ledger, self.rng = layout, ledger, rng
        self.whats = [what for _, what in layout.columns]
        self.card = "c" in self.whats
        stated = layout.option("cur:")
        self.currency = stated or CURRENCY.get(layout.country, "EUR")
        self.stated = self.currency if stated or "C" in self.whats else None
        self.account = f"XX{rng.randint(10**13, 10**14)}"
        self.templates: dict[str, str] = {}

    def written(self) -> Written:
        """The file with its truth."""
        entries = [e for e in self.ledger.entries if e.booked or "X" in self.whats]
        balance = Decimal(5000)
        lines = []
        for entry in entries:
            before = balance
            balance += entry.value if entry.booked else 0
            lines.append((self._cells(entry, before, balance), entry))
        if "desc" in self.layout.options:
            lines.reverse()
        rows = [Truth(e.date.isoformat(), e.value, self._payee(e)) for _, e in lines if e.booked]
        table = [cells for cells, _ in lines]
        if "nohead" not in self.layout.options:
            table.insert(0, [name for name, _ in self.layout.columns])
        if "about" in self.layout.options:
            first, last = self.ledger.entries[0].date, self.ledger.entries[-1].date
            period = [last.isoformat(), day(first, "d-m-Y", self.rng)]
            table.insert(0, [*period, f"'{self.account}", "OWNER", "PLN", "5000,00", "1,00", "9"])
        content = self._encoded(self._text(table, balance))
        order = "month first" if self.layout.date.startswith("m") else "day first"
        sign = "money you spent" if self.card else "money you received"
        mark = "comma" if "," in self.layout.money[-6:] else "point"
        answers = {"date-order": order, "sign": sign, "decimal": mark}
        return Written(self.layout.name, content, rows, self.stated, answers)

    def _payee(self, entry: Entry) -> str:
        if self.card and entry.payee == self.ledger_employer():
            return THANKS[self.layout.country]
        return entry.payee

    def ledger_employer(self) -> str:
        """Whoever pays the salaries: on a card these are payments to it."""
        return PLACES[self.layout.country].employer

    def _said(self, entry: Entry) -> str:
        payee, country = self._payee(entry), self.layout.country
        if payee != entry.payee:
            return payee
        if entry.value > 1000:
            return IN_TEXTS[country].format(p=payee)
        template = self.templates.setdefault(payee, self.rng.choice(OUT_TEXTS[country]))
        text = template.format(
            p=payee,
            r=entry.ref,
            c="ORT",
            d=day(entry.date, "d_M", self.rng).upper(),
            m=day(entry.date, "m/d" if country == "us" else "d/m", self.rng),
        )
        return " ".join(text.split())

    def _cells(self, entry: Entry, before: Decimal, after: Decimal) -> list[str]:
        return [self._cell(name, what, entry, before, after) for name, what in self.layout.columns]

    def _cell(  # noqa: PLR0911, PLR0912, C901 - one line for each thing that a column may hold
        self, name: str, what: str, entry: Entry, before: Decimal, after: Decimal
    ) -> str:
        layout, rng, value = self.layout, self.rng, entry.value
        spent = value < 0
        match what:
            case "D":
                return day(entry.date, layout.date, rng)
            case "V":
                later = entry.date + datetime.timedelta(days=rng.choice([0, 0, 1, 2]))
                return day(later, layout.date, rng)
            case "t":
                return clock(rng)
            case "P":
                return self._payee(entry)
            case "T":
                return self._said(entry)
            case "R":
                return entry.ref or f"Nr {rng.randint(1000, 9999)}"
            case "K":
                return KINDS[layout.country][0 if spent else 1]
            case "A" | "F":
                return money(value, layout.money)
            case "c":
                return money(-value, layout.money)
            case "a":
                return money(abs(value), layout.money)
            case "O" | "o":
                return money(value if what == "o" else -value, layout.money) if spent else ""
            case "I" | "I-":
                return "" if spent else money(-value if what == "I-" else value, layout.money)
            case "B" | "B-":
                return money(before if what == "B-" else after, layout.money)
            case _:
                return self._other(name, what, entry)

    def _other(self, name: str, what: str, entry: Entry) -> str:
        match what:
            case "C":
                return self.currency
            case "S":
                return DIRECTIONS[name][0 if entry.value < 0 else 1]
            case "X":
                booked, others = NAMED_STATES.get(name) or STATES[self.layout.country]
                return booked if entry.booked else self.rng.choice(others)
            case "N":
                return self.account
            case "i":
                return str(self.rng.randint(10**9, 10**10))
            case "z":
                return money(Decimal(0), self.layout.money)
            case "J":
                return "Standard"
        return ""

    def _text(self, table: list[list[str]], balance: Decimal) -> str:
        out = io.StringIO()
        options, sign = self.layout.options, self.layout.delimiter
        end = "\r\n" if "cr" in options else "\n"
        writer = csv.writer(
            out,
            delimiter=sign,
            quoting=csv.QUOTE_ALL if "q" in options else csv.QUOTE_MINIMAL,
            lineterminator=end,
        )
        if "pre" in options:
            first = day(self.ledger.entries[0].date, self.layout.date, self.rng)
            last = day(self.ledger.entries[-1].date, self.layout.date, self.rng)
            unit = self.layout.option("cur:") or (self.currency if self.stated else "")
            writer.writerow(["IBAN", self.account])
            writer.writerow([f"{first} - {last}"])
            writer.writerow(["Saldo", f"{money(balance, self.layout.money)} {unit}".strip()])
            out.write(end)
        writer.writerows(table)
        if "foot" in options:
            out.write(end)
            writer.writerow(["Saldo", money(balance, self.layout.money)])
        return out.getvalue()

    def _encoded(self, text: str) -> bytes:
        for encoding in ("cp1252", "cp1250", "utf-16", "utf-8-sig"):
            if encoding in self.layout.options:
                return text.encode(encoding, "replace")
        return text.encode()
