"""A host with many vaults: its memory, how soon one opens, and a first visit from begin to end.

Every vault is a real one in a folder of its own; they are copies of one, as making 1,000 keys takes
minutes and changes nothing of what is measured. The pages go through the real ASGI application in
this process. CPU time stands beside wall time: on a busy machine only the first holds.

    python benchmarks/host.py [--vaults N] [--json]
"""

import argparse
import asyncio
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx

from firsthand.app import open_vault, vault_host
from firsthand.foundation.clock import SystemClock
from firsthand.foundation.ids import SystemChance
from firsthand.foundation.settings import Settings
from firsthand.town.samples import samples
from firsthand.vault.acts import bringing, keeping
from firsthand.vault.pages.cabinet import OPEN_MAX
from firsthand.vault.store.store import read_slots

PASSPHRASE = "four green owls at night"
PORT = 8700
ORIGIN = f"http://localhost:{PORT}"


def memory_mb() -> float:
    """What this process holds in memory now, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def make(folder: Path, count: int) -> None:
    """One vault with the samples in it, and copies of it."""
    clock, first = SystemClock(), folder / "person-0"
    keeping.init(first, PASSPHRASE, SystemChance(), clock)
    with open_vault(first, PASSPHRASE, Settings(), commands=False) as vault:
        bringing.import_streams(vault, [(each.name, each.content) for each in samples(clock)])
    for number in range(1, count):
        shutil.copytree(first, folder / f"person-{number}")


def client(host: object) -> httpx.AsyncClient:
    """A browser without eyes."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=host),  # type: ignore[arg-type]
        base_url=ORIGIN,
        headers={"origin": ORIGIN, "sec-fetch-site": "same-origin"},
        follow_redirects=True,
        timeout=120,
    )


async def first_visit(host: object) -> float:
    """Seconds of the machine from a dropped file to the page of a vault that holds it."""
    sample = samples(SystemClock())[0]
    async with client(host) as visitor:
        begun = time.perf_counter()
        await visitor.get("/")
        await visitor.post("/drop", files={"file": (sample.name, sample.content)})
        fields = {"name": "Greta", "passphrase": PASSPHRASE, "again": PASSPHRASE}
        await visitor.post("/keep", data=fields)
        await visitor.post("/keep/done", data={"written": "yes"})
        shown = await visitor.get("/things")
        assert shown.status_code == 200
        assert shown.url.path == "/things"
        return time.perf_counter() - begun


async def measure(folder: Path, count: int) -> dict[str, float]:
    """Every figure, by its name."""
    host = vault_host(folder, Settings(), port=PORT)
    found: dict[str, float] = {"vaults": count, "memory_mb_at_rest": memory_mb()}
    found["first_visit_s"] = await first_visit(host)
    opened, shown = list[float](), list[float]()
    cpu = time.process_time()
    for number in range(OPEN_MAX - 1):  # one is open since the first visit
        async with client(host) as visitor:
            begun = time.perf_counter()
            fields = {"name": f"person-{number}", "passphrase": PASSPHRASE}
            answer = await visitor.post("/unlock", data=fields)
            assert answer.url.path == "/", answer.text[:2000]
            opened.append(time.perf_counter() - begun)
            host.parts.throttle.succeeded("from", "127.0.0.1")
            begun = time.perf_counter()
            assert (await visitor.get("/things")).status_code == 200
            shown.append(time.perf_counter() - begun)
    found["opening_cpu_s_each"] = (time.process_time() - cpu) / (OPEN_MAX - 1)
    found["open"] = len(host.parts.cabinet.open_now())
    found["memory_mb_all_open"] = memory_mb()
    found["opening_s_median"] = statistics.median(opened)
    found["page_ms_median"] = statistics.median(shown) * 1000
    async with client(host) as visitor:
        fields = {"name": f"person-{count - 1}", "passphrase": PASSPHRASE}
        found["one_more_is_told_status"] = (await visitor.post("/unlock", data=fields)).status_code
    begun = time.perf_counter()
    assert host.parts.cabinet.slug_of("nobody") is None
    found["find_by_passkey_ms_first"] = (time.perf_counter() - begun) * 1000
    begun = time.perf_counter()
    host.parts.cabinet.slug_of(read_slots(folder / "person-1").vault)
    found["find_by_passkey_ms"] = (time.perf_counter() - begun) * 1000
    host.close()
    found["memory_mb_all_locked"] = memory_mb()
    return found


def main() -> int:
    """Make them, measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--vaults", type=int, default=1000)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        make(Path(place), args.vaults)
        found = asyncio.run(measure(Path(place), args.vaults))
    if args.json:
        sys.stdout.write(json.dumps(found) + "\n")
        return 0
    for name, value in found.items():
        sys.stdout.write(f"{name:<28} {value:>10.2f}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
