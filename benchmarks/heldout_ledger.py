"""Accounts of people who do not exist, with what is true about them: the payments that come again.

Everything follows from the seed. Nothing here knows how the vault reads files.
"""

# ruff: noqa: E501 - one country a paragraph

import calendar
import datetime
import random
from decimal import Decimal
from typing import NamedTuple

CODE_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"


class Entry(NamedTuple):
    """One movement: `value` is negative for money out, `ref` what a bank writes after the name."""

    date: datetime.date
    value: Decimal
    payee: str
    ref: str
    booked: bool = True


class Planted(NamedTuple):
    """A payment that comes again. `key` is in its name; `slack` how far the next date may be."""

    key: str
    cadence: str
    amount: Decimal
    next: datetime.date | None
    slack: int


class Ledger(NamedTuple):
    """An account, oldest first, as of `today`."""

    entries: list[Entry]
    planted: list[Planted]
    today: datetime.date


class Places(NamedTuple):
    """What people of a country pay."""

    subscriptions: list[str]
    bills: list[str]
    insurer: str
    shops: list[str]
    employer: str
    city: str


PLACES = {
    "de": Places(
        ["Spotify", "Netflix", "DAZN", "Urban Sports Club"],
        ["Vodafone", "Stadtwerke Leipzig", "Rundfunk ARD ZDF", "Fitness First"],
        "Allianz", ["REWE", "EDEKA", "dm Drogerie", "Shell", "Bäckerei Kamps", "IKEA", "Müller"],
        "Nordwind Maschinenbau", "LEIPZIG"),
    "en": Places(
        ["Spotify", "Netflix", "Disney Plus", "PureGym"],
        ["EE Limited", "Thames Water", "British Gas", "Council Tax"],
        "Aviva", ["TESCO STORES", "SAINSBURYS", "PRET A MANGER", "BOOTS", "SHELL", "COSTA COFFEE"],
        "Northfield Brewing", "LONDON"),
    "us": Places(
        ["Spotify USA", "Netflix.com", "Hulu", "Planet Fitness"],
        ["Verizon Wireless", "Con Edison", "Comcast", "Geico"],
        "State Farm", ["TRADER JOE S", "WHOLEFDS", "STARBUCKS", "CVS PHARMACY", "CHEVRON", "TARGET"],
        "Lakeside Robotics", "SEATTLE"),
    "fr": Places(
        ["Spotify", "Netflix", "Deezer", "Basic Fit"],
        ["Free Mobile", "EDF", "Veolia Eau", "Orange"],
        "MAIF", ["CARREFOUR", "MONOPRIX", "BOULANGERIE PAUL", "DECATHLON", "FNAC", "LECLERC"],
        "Atelier Durand", "LYON"),
    "es": Places(
        ["Spotify", "Netflix", "Filmin", "Basic Fit"],
        ["Movistar", "Iberdrola", "Canal de Isabel", "Digi Spain"],
        "Mapfre", ["MERCADONA", "CARREFOUR", "EL CORTE INGLES", "REPSOL", "ZARA", "FARMACIA SOL"],
        "Talleres Rojas", "MADRID"),
    "it": Places(
        ["Spotify", "Netflix", "NOW TV", "Virgin Active"],
        ["Fastweb", "Enel Energia", "A2A", "Iliad"],
        "Generali", ["ESSELUNGA", "CONAD", "COOP", "FARMACIA DUOMO", "ENI STATION", "FELTRINELLI"],
        "Officine Bianchi", "MILANO"),
    "pt": Places(
        ["Spotify", "Netflix", "HBO Max", "Holmes Place"],
        ["Vodafone", "EDP Comercial", "MEO", "Aguas do Porto"],
        "Fidelidade", ["PINGO DOCE", "CONTINENTE", "GALP", "WORTEN", "FARMACIA ALIADOS", "FNAC"],
        "Tipografia Costa", "PORTO"),
    "nl": Places(
        ["Spotify", "Netflix", "Videoland", "Basic-Fit"],
        ["Ziggo", "Vattenfall", "KPN", "Waternet"],
        "Univé", ["Albert Heijn", "Jumbo", "HEMA", "Kruidvat", "Etos", "Bakker Bart"],
        "De Vries Fietsen", "UTRECHT"),
    "pl": Places(
        ["Spotify", "Netflix", "Multisport", "Allegro Smart"],
        ["Orange Polska", "Tauron", "Veolia", "UPC Polska"],
        "Warta", ["BIEDRONKA", "ZABKA", "ROSSMANN", "ORLEN", "LIDL", "EMPIK"],
        "Drukarnia Zachodnia", "KRAKOW"),
    "sv": Places(
        ["Spotify", "Netflix", "Viaplay", "SATS"],
        ["Telia", "Vattenfall", "Hyresbostäder", "Comviq"],
        "Folksam", ["ICA KVANTUM", "COOP", "WILLYS", "SYSTEMBOLAGET", "CIRCLE K", "APOTEKET"],
        "Skogsbolaget", "GÖTEBORG"),
    "da": Places(
        ["Spotify", "Netflix", "Viaplay", "Fitness World"],
        ["TDC", "Ørsted", "YouSee", "Boligforening"],
        "Tryg", ["NETTO", "FØTEX", "REMA 1000", "MATAS", "Q8", "BOG IDE"],
        "Havnens Værksted", "AARHUS"),
    "cs": Places(
        ["Spotify", "Netflix", "Voyo", "Multisport"],
        ["O2 Czech", "ČEZ Prodej", "Vodafone", "Pražské vodovody"],
        "Kooperativa", ["ALBERT", "BILLA", "KAUFLAND", "DM DROGERIE", "BENZINA", "TESCO"],
        "Tiskárna Brno", "BRNO"),
}  # fmt: skip


def month_after(date: datetime.date, months: int, day: int) -> datetime.date:
    """The day in the month that is so many months after a date's, or that month's last."""
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    return datetime.date(year, month + 1, min(day, calendar.monthrange(year, month + 1)[1]))


def workday(date: datetime.date) -> datetime.date:
    """The day itself, or the Monday after its weekend."""
    return date + datetime.timedelta(days={5: 2, 6: 1}.get(date.weekday(), 0))


def code(rng: random.Random, length: int) -> str:
    """A reference such as banks write: letters and figures, at least one figure."""
    signs = [rng.choice(CODE_SIGNS) for _ in range(length - 1)]
    return "".join([*signs, str(rng.randint(0, 9))])


def reference(rng: random.Random, country: str, style: int) -> str:
    """What is written after the name, of one style for one payee."""
    city, number = PLACES[country].city, rng.randint(1000000, 9999999)
    return [
        "",
        f"P{rng.randint(10, 99)}{code(rng, 4)}",
        f"{number}",
        f"{code(rng, 8)} {city}",
        city,
        f"REF {number // 100}",
        f"*{code(rng, 6)}",
        f"#{number // 1000} {city}",
        f"{number % 900 + 100}-{number // 100 % 900 + 100}-{number % 9000 + 1000}",
        f"M-{number}-{rng.randint(1, 9)}",
        f"CARD {number // 1000}",
        rng.choice([city, f"{city} {number}", f"{number // 1000} {city}"]),
        f"{code(rng, 4)}-{code(rng, 4)}-{code(rng, 4)}",
        f"RG{number} KD{number * 7}",
    ][style % 14]


class _Maker:
    def __init__(self, rng: random.Random, country: str) -> None:
        self.rng, self.country, self.places = rng, country, PLACES[country]
        self.first = datetime.date(rng.randint(2021, 2024), rng.randint(1, 12), 1)
        self.end = month_after(self.first, rng.randint(14, 24), rng.randint(8, 20))
        self.entries: list[Entry] = []
        self.planted: list[Planted] = []

    def price(self, least: int, most: int) -> Decimal:
        return Decimal(self.rng.randint(least * 100, most * 100)) / 100

    def pay(self, date: datetime.date, amount: Decimal, payee: str, style: int = 0) -> None:
        if date <= self.end:
            ref = reference(self.rng, self.country, style)
            self.entries.append(Entry(date, -amount, payee, ref))

    def monthly(self, payee: str, day: int, amount: Decimal, *, step: int = 1, style: int = 0,
                moved: bool = False, rises: bool = False) -> None:  # fmt: skip
        """A payment on a day of the month, on the workday after it if `moved`."""
        cadence = {1: "monthly", 3: "quarterly", 6: "half-yearly", 12: "yearly"}[step]
        turn = self.rng.randint(5, 9) if rises else 10**6
        done = 0
        while (due := month_after(self.first, done * step, day)) <= self.end:
            date = workday(due) if moved else due
            if date > self.end:
                break
            if done == turn:
                amount = (amount * Decimal("1.15")).quantize(Decimal("0.01"))
            self.pay(date, amount, payee, style)
            done += 1
        if done >= (2 if step == 12 else 3):
            following = month_after(self.first, done * step, day)
            self.planted.append(Planted(payee, cadence, amount, following, 1 if moved else 0))

    def drifting(self, payee: str, amount: Decimal, style: int) -> None:
        """A payment a month after the last one, more or less."""
        date = self.first + datetime.timedelta(days=self.rng.randint(0, 20))
        last = date
        while date <= self.end:
            self.pay(date, amount, payee, style)
            last = date
            date += datetime.timedelta(days=self.rng.choice([28, 29, 30, 30, 31, 31, 32, 33]))
        due = last + datetime.timedelta(days=30)
        self.planted.append(Planted(payee, "monthly", amount, due, 4))

    def ended(self, payee: str, day: int, amount: Decimal) -> None:
        """A payment that stopped half way."""
        for i in range(7):
            self.pay(month_after(self.first, i, day), amount, payee)
        self.planted.append(Planted(payee, "monthly", amount, None, 0))

    def daily_life(self) -> None:
        """Purchases at no set time, salaries, and a refund or two."""
        rng, date = self.rng, self.first
        while date <= self.end:
            if rng.random() < 0.3:
                style = rng.choice([0, 2, 4, 7, 10, 11])
                self.pay(date, self.price(2, 90), rng.choice(self.places.shops), style)
            if date.day == 27:
                salary = Decimal(rng.randint(180000, 320000)) / 100
                self.entries.append(Entry(workday(date), salary, self.places.employer, ""))
            date += datetime.timedelta(days=1)
        for _ in range(2):
            when = self.first + datetime.timedelta(days=rng.randint(20, 300))
            back = Entry(when, self.price(3, 40), rng.choice(self.places.shops), "")
            self.entries.append(back)

    def pending(self) -> None:
        """A few payments that were declined or wait, which no payment is."""
        for state in range(3):
            at = self.end - datetime.timedelta(days=state)
            shop = self.rng.choice(self.places.shops)
            self.entries.append(Entry(at, -self.price(5, 60), shop, "", booked=False))


def ledger(rng: random.Random, country: str) -> Ledger:
    """An account of 14 to 24 months."""
    made = _Maker(rng, country)
    one, two, three, club = made.places.subscriptions
    phone, power, fee, other = made.places.bills
    made.monthly(one, rng.randint(1, 28), made.price(5, 20), style=rng.randint(1, 13), rises=True)
    made.monthly(two, rng.randint(1, 31), made.price(8, 18), style=rng.randint(0, 13))
    made.drifting(three, made.price(5, 25), rng.choice([0, 1, 5, 8, 9, 12]))
    made.ended(club, rng.randint(1, 28), made.price(15, 40))
    made.monthly(
        phone, rng.randint(1, 28), made.price(15, 60), style=rng.randint(2, 13), moved=True
    )
    made.monthly(power, rng.randint(1, 28), made.price(40, 120), moved=True)
    made.monthly(fee, rng.randint(1, 28), made.price(30, 60), step=3, moved=True)
    made.monthly(other, rng.randint(1, 28), made.price(10, 50), style=rng.randint(5, 13))
    made.monthly(made.places.insurer, 3, made.price(12, 30), style=5)
    made.monthly(made.places.insurer, 17, made.price(40, 90), style=5)
    made.daily_life()
    made.pending()
    entries = sorted(made.entries, key=lambda e: (e.date, e.payee, e.value))
    return Ledger(entries, made.planted, made.end + datetime.timedelta(days=2))
