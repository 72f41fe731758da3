"""Founds an organisation in an opened, empty hub: its first account and its reading tokens."""

from firsthand.foundation.tables import Tx
from firsthand.hub.acts.opened import Hub
from firsthand.hub.acts.staffing import PASSWORD_BYTES
from firsthand.hub.staff import accounts, tokens
from firsthand.hub.terms.policy import Policy, put_policy
from firsthand.protocol.terms import PURPOSES

FIRST = "owner"  # what the first account is called


def found(hub: Hub) -> dict[str, object]:
    """Make the first account and a token for each purpose; both are shown this once."""
    password = hub.chance.token(PASSWORD_BYTES)
    account = accounts.make(FIRST, accounts.OWNER, password)
    made = {purpose: tokens.make(hub.chance) for purpose in PURPOSES}

    def work(tx: Tx) -> None:
        accounts.put(tx, account)
        put_policy(tx, Policy(since=hub.clock.now().date().isoformat()))
        for purpose, text in made.items():
            tokens.put(tx, text, tokens.Token(name=f"{purpose} token", purpose=purpose))

    hub.write(work)
    return {
        "hub": str(hub.folder),
        "name": hub.organisation.name,
        "url": hub.organisation.url,
        "subject": hub.organisation.subject,
        "staff": {"name": FIRST, "password": password},
        "tokens": made,
    }
