"""Puts the pages of vaults together.

Above: the commands and the sample town. Below: the pages, and vaults as `vaults` opens them.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from firsthand.app.pace import NEW_OBJECTS_MAX
from firsthand.app.vaults import courier, open_vault
from firsthand.foundation.clock import SystemClock
from firsthand.foundation.ids import SystemChance
from firsthand.vault.acts.uploading import MB, Bounds
from firsthand.vault.pages.host import VaultHost

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from firsthand.foundation.settings import Settings
    from firsthand.vault.pages.visits import Door, Sample


def vault_host(
    folder: Path,
    settings: Settings,
    *,
    port: int,
    single: bool = False,
    public: str = "",
    samples: Sequence[Sample] = (),
    doors: Sequence[Door] = (),
) -> VaultHost:
    """The pages of every vault below ``folder``, or with ``single`` of the one in ``folder``.

    They are reached on this machine alone, or with ``public``, a name such as "vaults.example",
    by https under that name and no other. Call its ``start`` in the process that serves, and its
    ``close`` when that ends.
    """
    # A page makes much that is gone with it: looking for circles each time makes others wait.
    gc.set_threshold(NEW_OBJECTS_MAX, *gc.get_threshold()[1:])
    return VaultHost(
        folder,
        lambda place, secret: open_vault(place, secret, settings, commands=single),
        courier=courier(settings, commands=single),
        clock=SystemClock(),
        chance=SystemChance(),
        hosts=(public,) if public else (f"127.0.0.1:{port}", f"localhost:{port}"),
        https=bool(public),
        samples=samples,
        doors=doors,
        single=folder if single else None,
        uploads=_bounds(settings, single=single),
    )


def _bounds(settings: Settings, *, single: bool) -> Bounds:
    """What may be sent. On a machine of one's own nobody is a stranger: there is one bound."""
    largest, room = settings.upload_mb_max * MB, settings.spool_mb_max * MB
    if single:
        return Bounds(
            upload_bytes_max=largest,
            spool_bytes_max=room,
            visit_bytes_max=largest,
            visits_bytes_max=room,
            backup_bytes_max=largest,
        )
    return Bounds(
        upload_bytes_max=largest,
        spool_bytes_max=room,
        visit_bytes_max=settings.visit_mb_max * MB,
        visits_bytes_max=settings.visits_mb_max * MB,
    )
