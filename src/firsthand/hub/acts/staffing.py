"""Who of the staff may sign in: lets people in, takes them out, gives them another password.

What somebody looked at stays noted under their name after they have gone.
"""

import msgspec

from firsthand.foundation.tables import Tx
from firsthand.hub.acts.entering import Entered, entered
from firsthand.hub.acts.opened import Hub
from firsthand.hub.staff import accounts
from firsthand.hub.staff.accounts import MEMBER, Account, AccountRefused

PASSWORD_BYTES = 15


def staff(hub: Hub) -> dict[str, object]:
    """Everybody who may sign in: name and role."""
    with hub.snapshot() as reader:
        found = accounts.everybody(reader)
    return {"staff": [{"name": one.name, "role": one.role} for one in found]}


def add(hub: Hub, *, name: str, role: str = MEMBER) -> dict[str, object]:
    """Let somebody in; their password is shown this once. Raises ``AccountRefused``."""
    password = hub.chance.token(PASSWORD_BYTES)
    made = accounts.make(name, role, password)
    hub.write(lambda tx: accounts.add(tx, made))
    return {"name": name, "role": role, "password": password}


def remove(hub: Hub, *, name: str) -> dict[str, object]:
    """Take somebody out: they are signed out everywhere at once. Raises ``AccountRefused``."""
    hub.write(lambda tx: accounts.remove(tx, name))
    hub.staff_changed(name)
    return {"removed": name}


def renew(hub: Hub, *, name: str) -> dict[str, object]:
    """A new password for somebody, shown this once; they are signed out everywhere.

    Raises ``AccountRefused``.
    """
    password = hub.chance.token(PASSWORD_BYTES)
    kept = _put_password(hub, name, password)
    return {"name": name, "role": kept.role, "password": password}


def change(hub: Hub, *, name: str, now: str, wanted: str) -> Entered:
    """Change a password to one of one's own choice; it ends what was signed in with the other.

    What comes back lets them in anew.

    Raises ``AccountRefused``, also where ``now`` is not the password.
    """
    with hub.snapshot() as reader:
        account = accounts.get(reader, name)
    if not accounts.is_password(account, now):
        raise AccountRefused("That is not your password as it is now.")
    return entered(_put_password(hub, name, wanted))


def _put_password(hub: Hub, name: str, password: str) -> Account:
    with hub.snapshot() as reader:
        before = accounts.named(reader, name)
    made = accounts.make(name, before.role, password)  # slow on purpose, so not in the write

    def work(tx: Tx) -> Account:
        kept = msgspec.structs.replace(made, role=accounts.named(tx, name).role)
        accounts.put(tx, kept)
        return kept

    kept = hub.write(work)
    hub.staff_changed(name)
    return kept
