"""The opened hub: its rooms, as the app has put them together."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from firsthand.foundation.clock import Clock
from firsthand.foundation.ids import Chance
from firsthand.foundation.tables import Reader
from firsthand.hub.acts.glances import Glances
from firsthand.hub.erasing import Erasing
from firsthand.hub.intake.taking import Intake
from firsthand.hub.keeping import Keeping
from firsthand.hub.outbox import Outbox
from firsthand.hub.own import Own
from firsthand.hub.projector import Projector
from firsthand.hub.proofs import Proofs
from firsthand.hub.reads import Reads
from firsthand.hub.roles.profile.answering import Answering
from firsthand.hub.sound import Sound
from firsthand.hub.terms.catalogue import Offering, get_offering
from firsthand.hub.terms.organisation import Organisation
from firsthand.hub.terms.policy import Policy, get_policy
from firsthand.hub.terms.writing import Snapshot, Write


@dataclass(frozen=True, kw_only=True)
class Hub:
    """One organisation's side. ``urgent`` writes go before everything else: endings, proposals.

    ``closing`` are called in their order by ``close``. From any thread, ``listening`` are called
    with a relationship when terms were settled or ended in it, ``watching`` with the name of one
    of the staff whose account has gone or whose password is another, and ``parting`` once when
    serving stops: they end the answers that would go on for ever.
    """

    folder: Path
    organisation: Organisation
    clock: Clock
    chance: Chance
    write: Write
    urgent: Write
    snapshot: Snapshot
    reads: Reads
    own: Own
    proofs: Proofs
    sound: Sound
    intake: Intake
    outbox: Outbox
    projector: Projector
    erasing: Erasing
    keeping: Keeping
    answering: Answering
    glances: Glances = field(default_factory=Glances)
    closing: list[Callable[[], None]] = field(default_factory=list)
    listening: list[Callable[[str], None]] = field(default_factory=list)
    watching: list[Callable[[str], None]] = field(default_factory=list)
    parting: list[Callable[[], None]] = field(default_factory=list)

    def part(self) -> None:
        """End every answer that is a stream: serving stops."""
        for part in [*self.parting]:
            part()

    def close(self) -> None:
        """Finish what is under way and let go of the folder."""
        for close in self.closing:
            close()

    def told(self, relationship: str) -> None:
        """Tell everybody who listens that something was settled with this person."""
        self.glances.forget(relationship)
        self.keeping.wake(relationship)
        for listener in self.listening:
            listener(relationship)

    def staff_changed(self, name: str) -> None:
        """Tell everybody who watches that this member of staff has to sign in anew, or cannot."""
        for watcher in self.watching:
            watcher(name)

    def now_s(self) -> int:
        """Seconds since 1970."""
        return int(self.clock.now().timestamp())

    def policy(self) -> Policy:
        """The policy as it stands."""
        with self.snapshot() as reader:
            return get_policy(reader)

    def offering(self, reader: Reader | None = None) -> Offering | None:
        """The catalogue and rule as they stand, or None."""
        if reader is not None:
            return get_offering(reader)
        with self.snapshot() as opened:
            return get_offering(opened)
