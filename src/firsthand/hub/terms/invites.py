"""Invitations: each for one person, for one use, for some days. Only its hash is kept."""

import csv
import hashlib
import io
from collections.abc import Iterable, Sequence

import msgspec

from firsthand.foundation.ids import Chance
from firsthand.foundation.signs import unseen
from firsthand.foundation.tables import Entry, Reader, Table, Tx
from firsthand.protocol.refusals import refuse

TABLE = "invites"
TABLES = (Table(name=TABLE, erased=True),)
DAYS_DEFAULT = 30
DAYS_MAX = 365
TOKEN_BYTES = 16
ACCOUNT_CHARS_MAX = 100
INVITES_MAX = 10_000
CSV_BYTES_MAX = 4 * 1024 * 1024


class InviteRefused(ValueError):
    """Invitations cannot be made so: the message says which line or number, and what is allowed."""


class Invite(msgspec.Struct, frozen=True, kw_only=True):
    """An open invitation: the account it is for, if any, and its end in seconds since 1970."""

    account: str | None
    expires: int
    made_at: int


def make(chance: Chance, accounts: Sequence[str | None], *, days: int, now: int) -> list[tuple[str, Invite]]:  # fmt: skip  # noqa: E501 - one line
    """A token and an invitation for each account. Raises ``InviteRefused``."""
    if not 1 <= days <= DAYS_MAX:
        raise InviteRefused(f"An invitation lasts 1 to {DAYS_MAX} days, not {days}.")
    if not 1 <= len(accounts) <= INVITES_MAX:
        raise InviteRefused(f"1 to {INVITES_MAX} invitations at once, not {len(accounts)}.")
    for account in accounts:
        if account is not None:
            _check_account(account, "")
    expires = now + days * 24 * 3600
    return [
        (chance.token(TOKEN_BYTES), Invite(account=account, expires=expires, made_at=now))
        for account in accounts
    ]


def put_all(tx: Tx, made: Iterable[tuple[str, Invite]]) -> None:
    """Keep invitations under the hashes of their tokens."""
    tx.put_many(
        TABLE,
        [
            Entry(relationship="", key=_hashed(token), value=msgspec.json.encode(invite))
            for token, invite in made
        ],
    )


def find(reader: Reader, token: str, now: int) -> Invite:
    """The open invitation of a token; raises ``Refused`` (``invite_unknown``)."""
    raw = reader.get(TABLE, "", _hashed(token))
    invite = None if raw is None else msgspec.json.decode(raw, type=Invite)
    if invite is None or now >= invite.expires:
        raise refuse("invite_unknown")
    return invite


def use(tx: Tx, token: str, relationship: str) -> None:
    """Move an invitation to the one who came by it: it is used, and goes when they go."""
    key = _hashed(token)
    raw = tx.get(TABLE, "", key)
    assert raw is not None, "it was found in this transaction"
    tx.delete(TABLE, "", key)
    tx.put(TABLE, relationship, key, raw)


def read_accounts(raw: bytes) -> list[str | None]:
    """The account references in a CSV: its column ``account``, or the only one.

    Cells are parted by commas, semicolons or tabs. Raises ``InviteRefused`` with the line.
    """
    if len(raw) > CSV_BYTES_MAX:
        raise InviteRefused(f"The file has {len(raw)} bytes; {CSV_BYTES_MAX} is the most.")
    try:
        text = raw.decode("utf-8-sig")
        parted = max(",;\t", key=text.split("\n", 1)[0].count)
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=parted))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InviteRefused(f"The file is not CSV in UTF-8: {error}.") from error
    if not rows:
        raise InviteRefused("The file is empty.")
    head = [cell.strip().casefold() for cell in rows[0]]
    column = head.index("account") if "account" in head else 0
    if "account" not in head and max(map(len, rows)) > 1:
        raise InviteRefused("Line 1 names no column account, and there is more than one column.")
    body = rows[1:] if "account" in head else rows
    first = 2 if "account" in head else 1
    accounts: list[str | None] = []
    for line, row in enumerate(body, start=first):
        cell = row[column].strip() if column < len(row) else ""
        if cell:
            _check_account(cell, f"Line {line}: ")
            accounts.append(cell)
    if not accounts:
        raise InviteRefused("No line names an account.")
    return accounts


def _check_account(account: str, where: str) -> None:
    if not 1 <= len(account) <= ACCOUNT_CHARS_MAX:
        raise InviteRefused(f"{where}An account reference has 1 to {ACCOUNT_CHARS_MAX} characters.")
    sign = unseen(account)
    if sign or not account.isprintable():
        raise InviteRefused(
            f"{where}An account reference holds what people can see, and not "
            f"{sign or 'an unusual space'}: {account[:40]!a}."
        )


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
