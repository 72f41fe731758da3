"""What staff looked at a moment ago, in memory, so that turning a page does not read it all again.

It is used only as long as nothing of it has changed, each use is noted as a read of its own, and
it goes when the person ends the deal or erases.
"""

import threading
from collections import OrderedDict
from collections.abc import Hashable

import msgspec

from firsthand.hub.packing import Holding
from firsthand.hub.roles.profile.view import View

THINGS_MAX = 200_000


class Glance(msgspec.Struct, kw_only=True):
    """What a person showed for a purpose. ``mark`` changes whenever any of it does.

    ``view`` is there once somebody has asked for it.
    """

    mark: Hashable
    held: Holding
    view: View | None = None


class Glances:
    """The newest glances, of at most ``things_max`` things in all. Safe between threads."""

    def __init__(self, things_max: int = THINGS_MAX) -> None:
        self._things_max = things_max
        self._kept: OrderedDict[tuple[str, str], Glance] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, relationship: str, purpose: str, mark: Hashable) -> Glance | None:
        """The glance at this person for this purpose, if nothing has changed since."""
        with self._lock:
            kept = self._kept.get((relationship, purpose))
            if kept is None or kept.mark != mark:
                return None
            self._kept.move_to_end((relationship, purpose))
            return kept

    def put(self, relationship: str, purpose: str, glance: Glance) -> None:
        """Keep a glance; the oldest go where there is no room. Check afterwards that it stands."""
        with self._lock:
            self._kept.pop((relationship, purpose), None)
            self._kept[relationship, purpose] = glance
            while sum(len(one.held) for one in self._kept.values()) > self._things_max:
                self._kept.popitem(last=False)

    def forget(self, relationship: str) -> None:
        """Let go of everything about a person."""
        with self._lock:
            for key in [key for key in self._kept if key[0] == relationship]:
                del self._kept[key]

    def count(self) -> int:
        """How many are kept."""
        with self._lock:
            return len(self._kept)
