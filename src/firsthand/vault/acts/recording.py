"""Take along the ISO/IEC TS 27560 record of a deal, or its receipt, as JSON-LD."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from firsthand.protocol.records import exported
from firsthand.vault.store import UnableToKeep
from firsthand.vault.store.files import OWNER_FILE
from firsthand.vault.terms.relationships import agreement_of, find

if TYPE_CHECKING:
    from firsthand.vault.acts.opened import Vault


def record(vault: Vault, name: str, *, receipt: bool = False) -> bytes:
    """The record of the deal in force, or of the last one; the receipt is around the same record.

    Both sides make the same bytes of the receipt.
    """
    agreement = agreement_of(vault.store, find(vault.store, name))
    return exported(agreement.receipt() if receipt else agreement.proffer.record)


def write_record(vault: Vault, name: str, file: str, *, receipt: bool = False) -> dict[str, object]:
    """Write it to a new file that only its owner may read. Raises ``UnableToKeep``."""
    body, path = record(vault, name, receipt=receipt), Path(file)
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_FILE)
        with os.fdopen(opened, "wb") as stream:
            stream.write(body)
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror}. Name a new file."
        raise UnableToKeep(message) from error
    return {"file": str(path), "bytes": len(body), "receipt": receipt}
