"""What can go wrong with the file of a vault, said in plain words."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlcipher3

_BUSY = 5
_FULL = {10: "could not be written to", 13: "has no room left on its disk"}
_READ_ONLY = 8
_CANNOT_OPEN = 14  # its folder takes no new file, and a journal beside it is one


class UnableToOpen(Exception):
    """There is no vault that can be opened here: it is missing, damaged, changed or too new."""


class UnableToKeep(Exception):
    """Nothing was kept: the file of the vault is in use, read-only, or its disk is full."""


class RowRefused(ValueError):
    """A row does not fit the tables of the vault: it is there already, or misses something."""


@contextmanager
def plainly(name: str) -> Iterator[None]:
    """Say what the engine says of the vault called `name` as one of the errors above."""
    try:
        yield
    except sqlcipher3.IntegrityError as error:
        raise RowRefused(f"The vault does not take this row: {error}.") from error
    except (sqlcipher3.ProgrammingError, sqlcipher3.InterfaceError):
        raise
    except sqlcipher3.OperationalError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == _BUSY:
            raise UnableToKeep(
                f"{name} is in use by another command for too long. Wait for it and try again."
            ) from error
        if code == _READ_ONLY:
            raise UnableToKeep(f"{name} may only be read here. Check its permissions.") from error
        if code == _CANNOT_OPEN:
            raise UnableToOpen(
                f"{name} cannot be opened: its folder may not be written to. Check its permissions."
            ) from error
        if code in _FULL:
            raise UnableToKeep(f"{name} {_FULL[code]}. Nothing was kept.") from error
        if code == 1:  # a mistake in our own SQL is no fault of the file
            raise
        raise _damaged(name, error) from error
    except sqlcipher3.DatabaseError as error:
        raise _damaged(name, error) from error


def _damaged(name: str, error: Exception) -> UnableToOpen:
    return UnableToOpen(
        f"{name} is damaged or was changed ({error}). Put back your last backup, or restore an "
        "export into a new vault."
    )
