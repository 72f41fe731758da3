"""An opened vault: its folder, its store, its gate, and the time and chance it goes by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from firsthand.foundation.clock import Clock
    from firsthand.foundation.ids import Chance
    from firsthand.vault.gate import Gate
    from firsthand.vault.store import Store


@dataclass(frozen=True, kw_only=True)
class Vault:
    """What every act takes. `firsthand.app.open_vault` makes one; use it in a `with` block."""

    folder: Path
    store: Store
    gate: Gate
    clock: Clock
    chance: Chance

    def close(self) -> None:
        """Hang up, close the file and let go of its key."""
        self.gate.close()
        self.store.close()

    def __enter__(self) -> Self:
        """Return the vault itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it, however the block ended."""
        self.close()
