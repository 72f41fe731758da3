"""What a vault lets anybody ask: the newest checkpoint of each organisation that its person allows.

It lies in a plain file beside the encrypted one, so that it can be answered while the vault is
locked. It holds what the organisation signed for everybody, and nothing of the person.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from firsthand.vault.store.files import writing_whole

if TYPE_CHECKING:
    from firsthand.foundation.ids import Chance

SEEN_FILE: Final = "seen.json"
FILE_BYTES_MAX: Final = 4 * 1024 * 1024


def published(folder: Path) -> dict[str, str]:
    """The newest checkpoint by organisation; empty text where none was seen yet.

    A file that cannot be read publishes nothing.
    """
    try:
        with (folder / SEEN_FILE).open("rb") as stream:
            raw = stream.read(FILE_BYTES_MAX + 1)
        return msgspec.json.decode(raw[:FILE_BYTES_MAX], type=dict[str, str])
    except (OSError, ValueError):
        return {}


def publish(folder: Path, subject: str, text: str, chance: "Chance") -> None:
    """Let anybody ask for this checkpoint of ``subject``. Raises ``OSError``."""
    _write(folder, {**published(folder), subject: text}, chance)


def withdraw(folder: Path, subject: str, chance: "Chance") -> None:
    """Answer nobody about ``subject`` any more. Raises ``OSError``."""
    left = {key: text for key, text in published(folder).items() if key != subject}
    if left:
        _write(folder, left, chance)
    else:
        (folder / SEEN_FILE).unlink(missing_ok=True)


def _write(folder: Path, held: dict[str, str], chance: "Chance") -> None:
    with writing_whole(folder / SEEN_FILE, chance.token(9)) as stream:
        stream.write(msgspec.json.encode(held))
