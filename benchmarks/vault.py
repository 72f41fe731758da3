"""A vault with a million things: what bringing them costs, and how soon each page is there.

Every size is a run of its own, in a process of its own, so that its peak of memory is its own.
CPU time stands beside wall time: on a busy machine only the first holds.

`plain`   the same rows, read already, put into a bare SQLCipher table: no index, no words.
`bring`   the files imported into a real vault, with progress. Large files are read by processes of
          their own: `reader_cpu_s` is theirs, `cpu_s` is of the one that keeps.
`bare`    a page of the same host that reads nothing of the vault.
The pages go through the real ASGI application, signed in, in the same process.

    python benchmarks/vault.py [--things N ...] [--mix] [--pages N] [--keep FOLDER] [--json]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import sqlcipher3
import vault_exports
import vault_life

from firsthand.app import open_vault, vault_host
from firsthand.foundation.clock import SystemClock
from firsthand.foundation.ids import SystemChance
from firsthand.foundation.settings import Settings
from firsthand.vault.acts import bringing, keeping

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection

    from firsthand.vault.pages.host import VaultHost

PASSPHRASE = "four green owls at night"
PORT = 8700
SETTLED_WAIT_S_MAX = 300.0
Row = dict[str, float]


class Watch:
    """Wall and CPU seconds since it was made."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def row(self) -> Row:
        return {
            "seconds": time.perf_counter() - self._wall,
            "cpu_s": time.process_time() - self._cpu,
        }


def peak_mb() -> float:
    """The most memory that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def readers_s() -> float:
    """CPU seconds of all processes that this one began and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def brought(folder: Path, paths: Sequence[Path], say: Callable[[str], object]) -> Row:
    """Import all files with progress; how long, how fast and how much memory."""
    calls, before = 0, peak_mb()

    def progress(told: bringing.Progress) -> None:
        nonlocal calls
        calls += 1
        if calls % 50 == 0:
            say(f"  {Path(told.path).name}: {told.rows:,} rows\r")

    with open_vault(folder, PASSPHRASE, Settings(), commands=True) as vault:
        watch, before_s = Watch(), readers_s()
        report: Any = bringing.import_paths(vault, paths, progress=progress)
        row = watch.row() | {"reader_cpu_s": readers_s() - before_s}
    assert not [file for file in report["files"] if "error" in file], report["files"]
    added = sum(file["added"] for file in report["files"])
    counted = ("added", "known", "skipped_rows")
    missed = [f for f in report["files"] if sum(f[key] for key in counted) != f["read"]]
    assert not missed, missed
    row |= {"rows": added, "rows_per_s": added / row["seconds"], "progress_calls": calls}
    row |= {"peak_mb": peak_mb(), "peak_mb_before": before}
    row["file_mb"] = (folder / "vault.db").stat().st_size / 1e6
    return row


def plain(folder: Path, file: Path) -> Row:
    """The rows of `file`, a vault with everything in it, into a bare table of SQLCipher."""
    with open_vault(file, PASSPHRASE, Settings(), commands=True) as vault:
        connection = sqlcipher3.connect(str(folder / "plain.db"), isolation_level=None)
        connection.execute(f"PRAGMA key = \"x'{'11' * 32}'\"")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE things (id, type, name, time, source, data)")
        row, after = {"seconds": 0.0, "cpu_s": 0.0, "rows": 0.0}, 0
        while True:
            rows = vault.store.rows("things.page", after=after, limit=10_000)
            if not rows:
                break
            after = rows[-1]["position"]
            watch = Watch()
            connection.execute("BEGIN")
            connection.executemany(
                "INSERT INTO things VALUES (:id, :type, :name, :time, :source, :data)", rows
            )
            connection.execute("COMMIT")
            took = watch.row()
            row = {key: row[key] + took.get(key, len(rows)) for key in row}
        connection.close()
    row["rows_per_s"] = row["rows"] / row["seconds"]
    return row


def opened(folder: Path) -> Row:
    """Open and close the vault, as a command does that has to know the passphrase."""
    watch = Watch()
    with open_vault(folder, PASSPHRASE, Settings(), commands=True) as vault:
        row = watch.row()
        vault.store.row("things.count")
    return row


class Visitor:
    """A person who is signed in, through the real application."""

    def __init__(self, host: VaultHost) -> None:
        address = f"http://127.0.0.1:{PORT}"
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=host),
            base_url=address,
            headers={"origin": address, "sec-fetch-site": "same-origin"},
        )

    async def open(self) -> None:
        answer = await self.client.post("/unlock", data={"passphrase": PASSPHRASE})
        assert answer.status_code == 303, answer.text

    async def timed(self, path: str, times: int) -> Row:
        """The first answer by itself, then p50 and p95 of `times` more, by the clock and in CPU."""
        walls, cpus = list[float](), list[float]()
        first, size = 0.0, 0
        for number in range(times + 1):
            begun, worked = time.perf_counter(), time.process_time()
            answer = await self.client.get(path)
            assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
            took = (time.perf_counter() - begun) * 1000
            size = len(answer.content)
            if number:
                walls.append(took)
                cpus.append((time.process_time() - worked) * 1000)
            else:
                first = took
        return {
            "p50_ms": statistics.median(walls),
            "p95_ms": _p95(walls),
            "cpu_ms": statistics.fmean(cpus),
            "cpu_p95_ms": _p95(cpus),
            "first_ms": first,
            "bytes": size,
        }

    async def settled(self) -> Row:
        """Home until it says what the data says; how long that took."""
        watch = Watch()
        while watch.row()["seconds"] < SETTLED_WAIT_S_MAX:
            answer = await self.client.get("/")
            if 'id="found"' in answer.text and "live-seeking" not in answer.text:
                return watch.row()
            await asyncio.sleep(0.25)
        raise TimeoutError("home never said what was found")


def _p95(figures: list[float]) -> float:
    return statistics.quantiles(figures, n=20)[18] if len(figures) > 1 else figures[0]


def paths_of_pages() -> dict[str, str]:
    """Every page that is measured, by its name."""
    words = {
        "frequent word": vault_exports.FREQUENT, "rare word": vault_exports.RARE,
        "two words": vault_exports.TWO, "prefix": vault_exports.PREFIX,
        "one letter": "c", "nothing found": vault_exports.NOTHING,
    }  # fmt: skip
    found = {f"search: {name}": f"/things?q={word}" for name, word in words.items()}
    return {
        "bare": "/guide/bank",
        "home": "/",
        "things": "/things",
        "things, by kind": "/things?kind=WatchAction",
        "things, by source": "/things?source=bank",
        "things, by both": "/things?source=netflix&kind=WatchAction",
        **found,
        "search: word and kind": f"/things?q={vault_exports.FREQUENT}&kind=WatchAction",
        "search: word and source": f"/things?q={vault_exports.FREQUENT}&source=bank",
        "search: word and year": f"/things?q={vault_exports.FREQUENT}&since=2020&until=2020",
        "money": "/money",
        "money, everything": "/money?span=all",
        "behind a category": "/behind?sense=money&part=out&kind=eating-out",
        "behind an hour": "/behind?sense=hours&part=WatchAction&who=6-20",
        "taste": "/taste",
        "places": "/places",
        "people": "/people",
        "routines": "/routines",
        "year": "/year",
        "changed": "/changed",
        "days": "/days",
        "ready": "/ready",
        "corrections": "/corrections",
        "more": "/more",
        "bring more": "/bring",
    }


async def pages(folder: Path, times: int) -> dict[str, Row]:
    """Every page's times, and those of a long walk into the past."""
    host = vault_host(folder, Settings(), port=PORT, single=True)
    visitor, figures = Visitor(host), dict[str, Row]()
    try:
        await visitor.open()
        figures["findings"] = await visitor.settled()
        for name, path in paths_of_pages().items():
            figures[name] = await visitor.timed(path, times)
        figures |= await walked(visitor, times)
    finally:
        await visitor.client.aclose()
        host.close()
    return figures


async def walked(visitor: Visitor, times: int) -> dict[str, Row]:
    """The tenth and the last page of the diary, and one thing on it."""
    answer = await visitor.client.get("/things")
    for _ in range(9):
        answer = await visitor.client.get(_link(answer.text, 'rel="next"'))
    deep = _link(answer.text, 'rel="next"')
    thing = _link(answer.text, 'href="/things/')
    return {
        "tenth page": await visitor.timed(deep, times),
        "one thing": await visitor.timed(thing, times),
    }


def _link(text: str, mark: str) -> str:
    """The address of the link that holds `mark`."""
    for tag in (part.partition(">")[0] for part in text.split("<a ")[1:]):
        if mark in tag:
            return tag.partition('href="')[2].partition('"')[0].replace("&amp;", "&")
    raise LookupError(mark)


def run(things: int, times: int, place: str, mix: bool, answer: Connection) -> None:  # noqa: FBT001
    """All of it for one size; puts the figures into the pipe `answer`."""
    base = Path(place)
    exports, folder = base / "exports", base / "vault"
    figures: dict[str, Row] = {}
    if not folder.exists():
        exports.mkdir()
        write = vault_life.write_life if mix else vault_exports.write_exports
        maker = multiprocessing.get_context("spawn").Process(target=write, args=(exports, things))
        maker.start()
        maker.join()
        keeping.init(folder, PASSPHRASE, SystemChance(), SystemClock())
        paths = sorted(exports.iterdir())
        figures["bring"] = brought(folder, paths, sys.stderr.write)
        figures["plain"] = plain(base, folder)
    figures["open"] = opened(folder)
    figures |= asyncio.run(pages(folder, times))
    figures["memory"] = {"peak_mb": peak_mb()}
    answer.send(figures)


def ratios(figures: dict[str, Row]) -> Row:
    """How much more than the simplest thing each costs."""
    found = {}
    if "bring" in figures:
        bring = figures["bring"]
        ours = bring["cpu_s"] + bring["reader_cpu_s"]
        found["bring / plain, in CPU time"] = ours / figures["plain"]["cpu_s"]
    bare = figures["bare"]
    for name, row in figures.items():
        if "p50_ms" in row and name != "bare":
            found[f"{name} / bare, in CPU time"] = row["cpu_ms"] / bare["cpu_ms"]
    return found


def main() -> int:
    """Run every size and print it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--things", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--pages", type=int, default=40, help="how often each page is asked for")
    parser.add_argument("--keep", help="a folder that the vaults stay in, or are in already")
    parser.add_argument("--mix", action="store_true", help="things of all kinds, not of two alone")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    told = {}
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as made:
        for things in asked.things:
            place = Path(asked.keep or made) / str(things)
            place.mkdir(parents=True, exist_ok=True)
            load_average = os.getloadavg()[0]
            ours, theirs = context.Pipe()
            process = context.Process(
                target=run, args=(things, asked.pages, str(place), asked.mix, theirs)
            )
            process.start()
            theirs.close()
            figures = ours.recv()
            process.join()
            told[things] = {
                "load_average_before": load_average, "figures": figures, "ratios": ratios(figures),
            }  # fmt: skip
            if not asked.json:
                _print(things, told[things])
    if asked.json:
        print(json.dumps(told, indent=2))
    return 0


def _print(things: int, told: dict[str, Any]) -> None:
    print(f"\n{things:,} things; load average before: {told['load_average_before']:.1f}")
    for name, row in told["figures"].items():
        cells = "  ".join(f"{key} {value:,.1f}" for key, value in row.items())
        print(f"{name:24} {cells}")
    for name, ratio in told["ratios"].items():
        print(f"{name}: {ratio:.1f}")


if __name__ == "__main__":
    sys.exit(main())
