"""What I keep: one encrypted file a person, and the slots that hold its key.

Above: everything of the vault that keeps something. Below: the foundation, for ids and time.
A vault is a folder: `vault.db` (SQLCipher), `slots.json` (the key, sealed once by the passphrase,
once by the recovery code and once by each passkey) and `lock`. SQL lives in `sql/*.sql`, each
statement with a name.
"""

from firsthand.vault.store.faults import RowRefused, UnableToKeep, UnableToOpen
from firsthand.vault.store.slots import Cost, Secret, SlotRefused, UnableToUnlock
from firsthand.vault.store.store import Store, UnableToCreate
from firsthand.vault.store.transactions import Reading, Row, Tx

__all__ = [
    "Cost",
    "Reading",
    "Row",
    "RowRefused",
    "Secret",
    "SlotRefused",
    "Store",
    "Tx",
    "UnableToCreate",
    "UnableToKeep",
    "UnableToOpen",
    "UnableToUnlock",
]
