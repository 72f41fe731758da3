"""Puts a hub together, and opens it.

Above: the commands and the sample town. Below: the rooms of the hub and what they stand on.
"""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING, TypeVar

from firsthand.app.pace import NEW_OBJECTS_MAX
from firsthand.foundation.clock import SystemClock
from firsthand.foundation.ids import SystemChance
from firsthand.foundation.journal import Order
from firsthand.foundation.journals.sqlite import SqliteJournal
from firsthand.hub import corrected, erasing, keeping, outbox, projector, reads, withdrawing
from firsthand.hub.acts.founding import found
from firsthand.hub.acts.glances import Glances
from firsthand.hub.acts.opened import Hub
from firsthand.hub.doors.routes import application
from firsthand.hub.intake import tallies
from firsthand.hub.intake.taking import Intake
from firsthand.hub.own import Own
from firsthand.hub.pages.site import Site
from firsthand.hub.proofs import Proofs
from firsthand.hub.roles.profile import projection
from firsthand.hub.roles.profile.answering import Answering
from firsthand.hub.sound import Sound
from firsthand.hub.staff import accounts, tokens
from firsthand.hub.terms import agreements, catalogue, invites, organisation, relationships, rights

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from starlette.types import ASGIApp

    from firsthand.foundation.clock import Clock
    from firsthand.foundation.ids import Chance
    from firsthand.foundation.journal import Journal
    from firsthand.foundation.projection import Projection
    from firsthand.foundation.settings import Settings
    from firsthand.foundation.tables import Tx
    from firsthand.hub.terms.writing import Write

T = TypeVar("T")

# Every table of a hub, by the room that holds it. What a relationship's erasing reaches is said
# in each declaration.
TABLES = (
    *organisation.TABLES, *catalogue.TABLES, *relationships.TABLES, *agreements.TABLES,
    *rights.TABLES, *corrected.TABLES,
    *invites.TABLES, *accounts.TABLES, *tokens.TABLES, *reads.TABLES, *projector.TABLES,
    *erasing.TABLES, *outbox.TABLES, *tallies.TABLES, *projection.TABLES,
)  # fmt: skip
SWITCH_INTERVAL_S = 0.0005


def found_hub(folder: Path, *, name: str, url: str, settings: Settings) -> dict[str, object]:
    """Make an organisation in a new or empty ``folder``: its keys, an account, reading tokens.

    What comes back is shown this once. Raises ``AddressRefused``, or ``UnableToFound`` where there
    is something in the folder already.
    """
    about = organisation.check_about(name, url)
    organisation.make_folder(folder)
    organisation.make_keys(folder)
    organisation.write_about(folder, about)
    organisation.begin_key_log(folder, at=int(SystemClock().now().timestamp()))
    hub = open_hub(folder, settings)
    try:
        return found(hub)
    finally:
        hub.close()


def open_hub(
    folder: Path,
    settings: Settings,  # noqa: ARG001 - a hub dials nobody, so nothing of it matters yet
    *,
    clock: Clock | None = None,
    chance: Chance | None = None,
) -> Hub:
    """Open the hub in ``folder``: one process at a time.

    Raises ``UnableToLoad`` where there is none and ``UnableToOpen`` while another process has it.
    """
    clock, chance = clock or SystemClock(), chance or SystemChance()
    owner = organisation.load(folder)
    journal = SqliteJournal(folder, TABLES, owner.checkpoint)
    hub = _hub_of(folder, owner, journal, clock, chance)
    try:
        hub.erasing.start()
        hub.projector.start()
        hub.answering.start()
        hub.keeping.start()
    except Exception:
        hub.close()
        raise
    return hub


def hub_application(hub: Hub) -> ASGIApp:
    """The hub as an ASGI application. Call it in the process that serves."""
    # A waiting thread gets its turn soon: receipts wait for the writer's thread, and it for us.
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    # What is loaded by now stays, so that looking for circles passes over it, and that is seldom:
    # what comes through the busiest door has none.
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS_MAX, *gc.get_threshold()[1:])
    site = Site(hub)
    site.start()
    hub.closing.insert(0, site.close)
    return application(hub, pages=site.routes(), missing=site.missing)


def _hub_of(
    folder: Path, owner: organisation.Organisation, journal: Journal, clock: Clock, chance: Chance
) -> Hub:
    intake = Intake(journal, clock)
    waiting = outbox.Outbox(organisation=owner, clock=clock, chance=chance)
    read = reads.Reads(journal, clock)
    folds = (tallies.Tallied(projection.ProfileProjection()),)
    answering = Answering(
        reads=read,
        outbox=waiting,
        write=_write(journal, Order.PROJECT),
        snapshot=journal.read,
        clock=clock,
    )
    glances = Glances()

    def forgotten(person: str) -> None:
        intake.forget(person)
        glances.forget(person)

    follows = projector.Projector(journal, folds, clock, followed=lambda _: answering.wake())
    deleting, kept = _kept(
        journal, owner, folds, follows, waiting=waiting, clock=clock, forgotten=forgotten
    )
    return Hub(
        folder=folder,
        organisation=owner,
        clock=clock,
        chance=chance,
        write=_write(journal, Order.PROJECT),
        urgent=_write(journal, Order.REVOKE),
        snapshot=journal.read,
        reads=read,
        own=Own(journal, clock),
        proofs=Proofs(journal),
        sound=Sound(journal, owner, clock),
        intake=intake,
        outbox=waiting,
        projector=follows,
        erasing=deleting,
        keeping=kept,
        answering=answering,
        glances=glances,
        closing=[kept.close, follows.close, answering.close, deleting.close, journal.close],
    )


def _kept(
    journal: Journal,
    owner: organisation.Organisation,
    folds: Sequence[Projection],
    follows: projector.Projector,
    *,
    waiting: outbox.Outbox,
    clock: Clock,
    forgotten: Callable[[str], None],
) -> tuple[erasing.Erasing, keeping.Keeping]:
    """The rooms that see to it that what has ended goes."""
    taking_back = withdrawing.Withdrawing(journal, folds, forgotten=forgotten, answers=waiting)
    deleting = erasing.Erasing(
        journal,
        owner,
        tables=[table.name for table in TABLES if table.erased and table.name != erasing.LEAVES],
        projections=folds,
        clock=clock,
        withdrawing=taking_back,
        forgotten=forgotten,
    )
    taking_back.followed = follows.wait_until
    return deleting, keeping.Keeping(
        erasing=deleting,
        withdrawing=taking_back,
        outbox=waiting,
        write=_write(journal, Order.ERASE),
        snapshot=journal.read,
        clock=clock,
    )


def _write(journal: Journal, order: Order) -> Write:
    def write(work: Callable[[Tx], T]) -> T:
        return journal.submit(work, order).result()

    return write
