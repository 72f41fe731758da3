"""The catalogue as it stands, decoded once: it is named by its hash, so it cannot grow stale."""

import threading

from firsthand.hub.acts.opened import Hub
from firsthand.hub.terms.catalogue import Offering, get_named


class Shelf:
    """Keeps the newest catalogue that was asked for."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._kept: Offering | None = None
        self._lock = threading.Lock()

    def offering(self) -> Offering | None:
        """The catalogue and the rule over it as they are published now, or None."""
        with self._lock:
            with self._hub.snapshot() as reader:
                named = get_named(reader)
            if named is None:
                return None
            kept = self._kept
            if kept is None or (kept.sha256, kept.rule) != (named.sha256, named.rule):
                self._kept = kept = self._hub.offering()
            return kept
