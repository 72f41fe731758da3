"""Payments as things: what all formats of bank statements end in."""

import hashlib
from decimal import Decimal
from functools import lru_cache

import msgspec

from firsthand.protocol.things import Thing
from firsthand.vault.sources.amounts import price
from firsthand.vault.sources.identity import Identity
from firsthand.vault.sources.payee import needs_cleaning, payee_name

TEXT_CHARS_MAX = 2000


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """One movement of money as a statement has it; `value` is negative for money out.

    `time` is a date. `naming` is the part of the description that has the name, if it has parts.
    The account tells rows apart, and which statements belong together: its number is never kept,
    only digests of it. `fee` comes on top of `value`, and `also` has the name where nothing else
    has one: neither tells rows apart. `statement` is an `account_id` of the kind of statement,
    where its rows name no account.
    """

    time: str
    value: Decimal
    currency: str | None
    payee: str
    description: str
    naming: str = ""
    bank_id: str
    account: str
    fee: Decimal = Decimal(0)
    also: str = ""
    statement: str = ""


def payment_thing(payment: Payment, identity: Identity) -> Thing:
    """The thing of a payment: a PayAction if money went out or none moved, else a ReceiveAction."""
    value = payment.value - payment.fee
    paid = value <= 0
    name = _name(payment, paid=paid)
    kind = "PayAction" if paid else "ReceiveAction"
    data: dict[str, object] = {"@type": kind, "name": name, "startTime": payment.time}
    data["price"] = told = price(value)
    if payment.currency:
        data["priceCurrency"] = payment.currency
    data["recipient" if paid else "sender"] = {"@type": "Organization", "name": name}
    if payment.description:
        data["description"] = payment.description[:TEXT_CHARS_MAX]
    if payment.bank_id:
        data["identifier"] = payment.bank_id
    if account := account_id(payment.account) if payment.account else payment.statement:
        data["accountId"] = account
    moved = price(payment.value) if payment.fee else told
    key = identity.of(
        [
            payment.time,
            payment.payee,
            moved if payment.value <= 0 else f"+{moved}",
            payment.currency,
            payment.description,
            payment.account,
            payment.bank_id,
        ]
    )
    return Thing(id=key, type=kind, name=name, time=payment.time, source="bank", data=data)


@lru_cache(maxsize=1 << 10)
def account_id(account: str) -> str:
    """A short name for an account that says nothing but that two payments are of the same one."""
    plain = "".join(account.split()).casefold()
    return hashlib.sha256(f"account:{plain}".encode()).hexdigest()[:12]


def _name(payment: Payment, *, paid: bool) -> str:
    if payment.payee:
        return _payee(payment.payee)
    if payment.also:
        return _payee(payment.also)
    if payment.naming or payment.description:
        return payee_name(payment.naming or payment.description)
    return "Payment" if paid else "Money received"


@lru_cache(maxsize=1 << 14)
def _payee(payee: str) -> str:
    cleaned = payee_name(payee) if needs_cleaning(payee) else payee
    return " ".join(cleaned.split())[:120]
