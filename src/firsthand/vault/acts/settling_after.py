"""What was brought since a message was sent: payments, how far statements reach, parcels.

A statement of one account says nothing of another: that nothing was paid is told only by the
account that the payments of the case were taken from.
"""

import datetime
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import msgspec

from firsthand.protocol.things import Thing
from firsthand.vault.acts.opened import Vault
from firsthand.vault.settle import Paid, Subject
from firsthand.vault.sources.payee import merchant_key
from firsthand.vault.store.things import thing_in

ROWS_MAX: Final = 50_000
LETTERS_MIN: Final = 3  # of a name that another one begins with
_DAY: Final = len("2024-01-03")


class Since(msgspec.Struct, frozen=True, kw_only=True):
    """What was brought since a day.

    `paid` is by merchant, then by currency, "" where none is known. `ends` is the last day of each
    account, "" for statements that name none. `came` are the numbers of parcels and orders that
    were delivered, with (day, thing id).
    """

    paid: Mapping[str, Mapping[str, list[Paid]]]
    ends: Mapping[str, datetime.date]
    came: Mapping[str, list[tuple[datetime.date, str]]]

    def paid_to(self, subject: Subject) -> list[Paid]:
        """The payments with the merchant of a case, in its currency or where none is known.

        Shops pay back by firms of other names ("Zalando Payments"): a name that begins alike
        counts where it paid in exactly what was asked for.
        """
        if not subject.merchant:
            return []
        asked = _amount(subject.amount)
        return [
            each
            for name, by in self.paid.items()
            if (same := name == subject.merchant) or _alike(name, subject.merchant)
            for currency, several in by.items()
            if not subject.currency or currency in {subject.currency, ""}
            for each in several
            if same or (each.back and each.amount == asked)
        ]

    def seen_until(self, accounts: set[str]) -> datetime.date | None:
        """The last day that the statements of these accounts tell of, None if there are none.

        Where only one account is known at all, statements that name none are of it.
        """
        named = {each for each in {*accounts, *self.ends} if each}
        fitting = self.ends.keys() if len(named) <= 1 else (accounts or {""}) & self.ends.keys()
        return max((self.ends[each] for each in fitting), default=None)

    def arrived(self, subject: Subject, since: datetime.date) -> list[str]:
        """The things that say that the parcel of a case was delivered on `since` or later."""
        found = self.came.get(plain_number(subject.reference), []) if subject.reference else []
        return [id for day, id in found if day >= since]


def since(vault: Vault, day: datetime.date, today: datetime.date) -> Since:
    """Everything that says something of cases that were sent on `day` or later."""
    rows = vault.store.rows("cases.payments_since", since=day.isoformat(), limit=ROWS_MAX)
    paid, ends = _payments((thing_in(row) for row in rows), today)
    rows = vault.store.rows("cases.parcels_since", since=day.isoformat(), limit=ROWS_MAX)
    return Since(paid=paid, ends=ends, came=_parcels(thing_in(row) for row in rows))


def accounts_of(vault: Vault, subject: Subject) -> set[str]:
    """The accounts that the payments of a case were taken from, "" for one that is not named."""
    ids = msgspec.json.encode(subject.things).decode()
    found = [thing_in(row) for row in vault.store.rows("things.by_ids", ids=ids)]
    return {str(thing.data.get("accountId") or "") for thing in found}


def plain_number(text: str) -> str:
    """The number of a parcel or an order without what people write into it."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def _payments(
    things: Iterable[Thing], today: datetime.date
) -> tuple[dict[str, dict[str, list[Paid]]], dict[str, datetime.date]]:
    paid = dict[str, dict[str, list[Paid]]]()
    ends = dict[str, datetime.date]()
    for thing in things:
        day, amount = _day_of(thing), _amount(thing.data.get("price"))
        if day is None or day > today:
            continue
        account = str(thing.data.get("accountId") or "")
        ends[account] = max(day, ends.get(account, day))
        each = Paid(day, amount, thing.id, thing.type == "ReceiveAction")
        by = paid.setdefault(merchant_key(thing.name), {})
        by.setdefault(str(thing.data.get("priceCurrency") or ""), []).append(each)
    return paid, ends


def _parcels(things: Iterable[Thing]) -> dict[str, list[tuple[datetime.date, str]]]:
    came = dict[str, list[tuple[datetime.date, str]]]()
    for thing in things:
        about: Any = thing.data.get("object")
        day = _day_of(thing)
        if not isinstance(about, dict) or day is None:
            continue
        status = str(about.get("deliveryStatus") or "").casefold()
        if not status.endswith("delivered") or status.endswith("undelivered"):
            continue
        for number in (about.get("trackingNumber"), about.get("orderNumber"),
                       thing.data.get("orderNumber")):  # fmt: skip
            if number:
                came.setdefault(plain_number(str(number)), []).append((day, thing.id))
    return came


def _alike(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) >= LETTERS_MIN and long.startswith(f"{short} ")


def _day_of(thing: Thing) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat((thing.time or "")[:_DAY])
    except ValueError:
        return None


def _amount(price: object) -> Decimal:
    try:
        return Decimal(str(price or "0"))
    except InvalidOperation:
        return Decimal(0)
