"""Puts the parts together: settings -> engines -> sides. The only place that knows everybody.

Above: the commands and the sample town. Below: both sides and what they stand on. Each side is
loaded when something of it is asked for: a command on a vault does not wait for the hub's rooms.
"""

import importlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from firsthand.app.hosts import vault_host
    from firsthand.app.hubs import TABLES, _hub_of, found_hub, hub_application, open_hub
    from firsthand.app.vaults import courier, open_vault, vault_of

_FROM: Final = {
    **dict.fromkeys(("TABLES", "_hub_of", "found_hub", "hub_application", "open_hub"), "hubs"),
    **dict.fromkeys(("courier", "open_vault", "vault_of"), "vaults"),
    "vault_host": "hosts",
}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """What a side offers, loaded now."""
        if name not in _FROM:
            raise AttributeError(name)
        return getattr(importlib.import_module(f"firsthand.app.{_FROM[name]}"), name)


__all__ = [
    "TABLES",
    "_hub_of",
    "courier",
    "found_hub",
    "hub_application",
    "open_hub",
    "open_vault",
    "vault_host",
    "vault_of",
]
