"""Lets staff in: a name and a password, or a token."""

from hashlib import sha256

import msgspec

from firsthand.hub.acts.opened import Hub
from firsthand.hub.reads import PurposeRefused
from firsthand.hub.staff import accounts, tokens
from firsthand.hub.staff.accounts import Account
from firsthand.protocol.terms import PURPOSES


class Entered(msgspec.Struct, frozen=True, kw_only=True):
    """Who came in: the name that reads are noted by, and the role.

    ``mark`` is another one as soon as the account has another password.
    """

    name: str
    role: str
    mark: str


def entered(account: Account) -> Entered:
    """Who this account lets in."""
    mark = sha256(account.hash.encode()).hexdigest()
    return Entered(name=account.name, role=account.role, mark=mark)


def login(hub: Hub, *, name: str, password: str) -> Entered | None:
    """Who this is, or None; slow on purpose, and equally so for a name that nobody has."""
    with hub.snapshot() as reader:
        account = accounts.get(reader, name)
    if not accounts.is_password(account, password) or account is None:
        return None
    return entered(account)


def stands(hub: Hub, one: Entered) -> bool:
    """Whether the account that let somebody in is still there, with that password and role."""
    with hub.snapshot() as reader:
        account = accounts.get(reader, one.name)
    return account is not None and entered(account) == one


def token(hub: Hub, text: str) -> tokens.Token | None:
    """What a token opens, or None."""
    with hub.snapshot() as reader:
        return tokens.get(reader, text)


def token_anew(hub: Hub, purpose: str) -> str:
    """A new token for a purpose, shown this once; the one before opens nothing any more.

    Raises ``PurposeRefused`` where there is no such purpose.
    """
    if purpose not in PURPOSES:
        raise PurposeRefused(f"No purpose is called {purpose[:40]!r}.")
    text = tokens.make(hub.chance)
    made = tokens.Token(name=f"{purpose} token", purpose=purpose)
    hub.write(lambda tx: tokens.replace(tx, text, made))
    return text
