"""Accounts of staff: a name, a role and a password, of which only the Argon2id hash is kept.

There is always an owner: whoever is the last one can be neither removed nor replaced by a member.
"""

import re

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from firsthand.foundation.tables import Reader, Table, Tx

TABLE = "staff"
TABLES = (Table(name=TABLE, erased=False),)
ROLES = ("owner", "member")
OWNER, MEMBER = ROLES
PASSWORD_CHARS_MIN = 10
PASSWORD_CHARS_MAX = 256
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}", re.ASCII)
# Argon2id (RFC 9106) with 64 MiB, three passes and four lanes.
_HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
# Verified where there is no such name, so that both take equally long.
_NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=4$PFAAwUbxESfWZTZUkVfTUQ"
    "$ooBxd/7uoWJU4ni0Eeel7pVeCBXrQSzXQXgoD8sMiF8"
)


ACCOUNTS_MAX = 500


class AccountRefused(ValueError):
    """The account cannot be made or removed so: the message says what is allowed."""


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One of the staff. ``hash`` is Argon2id in its text form (PHC)."""

    name: str
    role: str
    hash: str


def make(name: str, role: str, password: str) -> Account:
    """A new account; slow on purpose, so outside of transactions. Raises ``AccountRefused``."""
    if _NAME.fullmatch(name) is None:
        raise AccountRefused("A name has 1 to 40 of a-z, 0-9, dot, dash and underscore.")
    if role not in ROLES:
        raise AccountRefused(f"A role is one of {', '.join(ROLES)}.")
    if not PASSWORD_CHARS_MIN <= len(password) <= PASSWORD_CHARS_MAX:
        raise AccountRefused(
            f"A password has {PASSWORD_CHARS_MIN} to {PASSWORD_CHARS_MAX} characters."
        )
    return Account(name=name, role=role, hash=_HASHER.hash(password))


def put(tx: Tx, account: Account) -> None:
    """Keep an account; one of the same name is replaced."""
    tx.put(TABLE, "", account.name, msgspec.json.encode(account))


def add(tx: Tx, account: Account) -> None:
    """Keep an account under a name that nobody has. Raises ``AccountRefused``."""
    if get(tx, account.name) is not None:
        raise AccountRefused(f"Somebody is called {account.name} already. Choose another name.")
    if tx.count(TABLE, "") >= ACCOUNTS_MAX:
        raise AccountRefused(f"There are {ACCOUNTS_MAX} accounts, and no room for more.")
    put(tx, account)


def remove(tx: Tx, name: str) -> None:
    """Delete an account. Raises ``AccountRefused`` for an unknown name and for the last owner."""
    if named(tx, name).role == OWNER and sum(one.role == OWNER for one in everybody(tx)) == 1:
        raise AccountRefused(
            f"{name} is the only owner. Without one nobody could let anybody in. Add another first."
        )
    tx.delete(TABLE, "", name)


def everybody(reader: Reader) -> list[Account]:
    """All accounts, by their names."""
    found = reader.scan(TABLE, "", rows_max=ACCOUNTS_MAX)
    return [msgspec.json.decode(one.value, type=Account) for one in found]


def named(reader: Reader, name: str) -> Account:
    """The account of this name. Raises ``AccountRefused`` where there is none."""
    account = get(reader, name)
    if account is None:
        raise AccountRefused(f"Nobody of the staff is called {name[:40]!r}.")
    return account


def get(reader: Reader, name: str) -> Account | None:
    """An account by its name."""
    if _NAME.fullmatch(name) is None:
        return None
    raw = reader.get(TABLE, "", name)
    return None if raw is None else msgspec.json.decode(raw, type=Account)


def is_password(account: Account | None, password: str) -> bool:
    """Whether this is the account's password; takes as long where there is no account."""
    if len(password) > PASSWORD_CHARS_MAX:
        return False
    try:
        _HASHER.verify(account.hash if account else _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return account is not None
