"""Lets staff in: a name and a password, or a token."""

import msgspec

from firsthand.hub.acts.opened import Hub
from firsthand.hub.reads import PurposeRefused
from firsthand.hub.staff import accounts, tokens
from firsthand.protocol.terms import PURPOSES


class Entered(msgspec.Struct, frozen=True, kw_only=True):
    """Who came in: the name that reads are noted by, and the role."""

    name: str
    role: str


def login(hub: Hub, *, name: str, password: str) -> Entered | None:
    """Who this is, or None; slow on purpose, and equally so for a name that nobody has."""
    with hub.snapshot() as reader:
        account = accounts.get(reader, name)
    if not accounts.is_password(account, password) or account is None:
        return None
    return Entered(name=account.name, role=account.role)


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
