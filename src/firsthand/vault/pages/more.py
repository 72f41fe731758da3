"""More: take everything along, lock, light or dark, and how things stand."""

from __future__ import annotations

import contextlib
import queue
import threading
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from starlette.responses import Response as RawResponse
from starlette.responses import StreamingResponse

from firsthand.vault.acts import backing, browsing, exporting, keeping
from firsthand.vault.pages import home, proving
from firsthand.vault.pages.keep import wrong_passphrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.responses import Response

    from firsthand.vault.pages.visits import Parts, Visit

CHUNK_BYTES: Final = 64 * 1024
CHUNKS_WAITING_MAX: Final = 16
READER_SECONDS_MAX: Final = 60.0


def show(
    visit: Visit,
    *,
    wrong: str = "",
    backup_wrong: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    """The page of everything else."""
    given = sum(sums.get("given", 0) for sums in browsing.sums(visit.vault).values())
    return visit.page(
        "more.html",
        status,
        title="More",
        here="more",
        made=visit.vault.store.made_at,
        brought=home.in_words(keeping.counts(visit.vault)),
        imports=keeping.imports(visit.vault)[:20],
        given=given,
        wrong=wrong,
        backup_wrong=backup_wrong or {},
        near=visit.parts.near,
        site=proving.site(visit),
        elsewhere="",
    )


def export(visit: Visit) -> Response:
    """Download everything, after they proved once more who they are. It touches no disk here."""
    parts, slug = visit.parts, visit.person.slug
    if visit.form.one("as") == "backup":
        return _backup(visit)
    if said := proving.unproved(visit):
        return show(visit, wrong=said, status=429 if said == proving.OFTEN else 403)
    day = parts.clock.now().date().isoformat()
    name = f"firsthand-{slug}-{day}-everything.jsonld"
    return StreamingResponse(
        _written(parts, slug),
        media_type="application/ld+json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _backup(visit: Visit) -> Response:
    """Download everything, encrypted with a passphrase that was chosen for it."""
    first, second = visit.form.one("backup"), visit.form.one("again")
    if wrong := wrong_passphrase(first, second, visit.person.called):
        return show(visit, backup_wrong=wrong, status=422)
    if said := proving.unproved(visit):
        status = 429 if said == proving.OFTEN else 403
        return show(visit, backup_wrong={"own": said}, status=status)
    sealed, _ = backing.sealed(visit.vault, passphrase=first)
    day = visit.parts.clock.now().date().isoformat()
    name = f'attachment; filename="firsthand-{visit.person.slug}-{day}-backup.age"'
    return RawResponse(
        sealed, media_type="application/octet-stream", headers={"Content-Disposition": name}
    )


class _Pipe:
    """What is written here is read by a browser, at the browser's pace."""

    def __init__(self) -> None:
        self.chunks: queue.Queue[bytes | None] = queue.Queue(CHUNKS_WAITING_MAX)
        self._held = bytearray()

    def write(self, data: bytes) -> int:
        """Take some more, and pass it on once it is worth a journey."""
        self._held += data
        if len(self._held) >= CHUNK_BYTES:
            self._pass_on()
        return len(data)

    def end(self) -> None:
        """Pass on what is held, and say that this was all."""
        self._pass_on()
        self.chunks.put(None, timeout=READER_SECONDS_MAX)

    def _pass_on(self) -> None:
        if self._held:
            self.chunks.put(bytes(self._held), timeout=READER_SECONDS_MAX)
            self._held.clear()


def _written(parts: Parts, slug: str) -> Iterator[bytes]:
    """The export in chunks. A thread writes; when the browser goes away it gives up."""
    pipe = _Pipe()

    def write() -> None:
        with contextlib.suppress(queue.Full), parts.cabinet.lend(slug) as vault:
            exporting.export_to(vault, cast("BinaryIO", pipe))  # all it does is write
            pipe.end()

    threading.Thread(target=write, name="vault export", daemon=True).start()
    while (chunk := pipe.chunks.get(timeout=READER_SECONDS_MAX)) is not None:
        yield chunk
