"""What else the project says of itself, measured: killing, first page, starting, passphrases.

`kills`   both sides are killed at random points, again and again, while a person brings, gives,
          reads and ends; then the journal, the vault's log and what was acknowledged are compared
          (`tests/harness`). What was lost or is there twice ends the run with an error.
`page`    what a browser loads for the first page, gzipped: styles and scripts.
`start`   `firsthand up --town`: until the first page answers, and until everybody is there, has a
          deal and got an answer; in an empty folder, and once more in the same.
`secret`  one passphrase tried (Argon2id), beside SHA-256 of a megabyte.

    python benchmarks/claims.py [kills page start secret] [--kills N] [--port N] [--json]
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import hashlib
import json
import os
import re
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from firsthand.app import vault_host
from firsthand.foundation.ids import SystemChance
from firsthand.foundation.settings import Settings
from firsthand.vault.store import slots

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
KINDS = ("brought", "given", "read", "ended", "connected")
TRIES = 7
START_WAIT_S_MAX = 300.0
SETTLED = "Everybody is there"
Row = dict[str, float]


def used_s() -> float:
    """CPU seconds of this process and of those that it has waited for."""
    both = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, both))


def kills(count: int) -> Row:
    """Kill both sides so often; returns the time and how much was acknowledged, lost, doubled."""
    sys.path.insert(0, str(ROOT))
    from tests.harness.test_kill import check, kill  # the harness is the tests' own  # noqa: PLC0415

    begun, cpu = time.perf_counter(), used_s()
    with tempfile.TemporaryDirectory() as place:
        kill(Path(place), count, seed=0)
        killed = time.perf_counter() - begun
        said = check(Path(place))  # raises where one is lost or there twice
    if not all(said[kind] for kind in KINDS):
        raise RuntimeError(
            f"This machine is too busy: both died before they did all they do ({dict(said)}), "
            "so that nothing is lost says little. Run it again, or with more kills."
        )
    row = {"kills": count, "killing_s": killed, "seconds": time.perf_counter() - begun}
    row |= {"cpu_s": used_s() - cpu, "lost": 0, "doubled": 0}
    return row | {f"acknowledged_{kind}": said[kind] for kind in KINDS}


def page(_: int) -> Row:
    """Bytes of the first page, and of the styles and scripts that it names, gzipped."""
    return asyncio.run(_loaded())


async def _loaded() -> Row:
    with tempfile.TemporaryDirectory() as place:
        host = vault_host(Path(place), Settings(), port=8700)
        base = "http://127.0.0.1:8700"
        transport = httpx.ASGITransport(app=host)
        async with httpx.AsyncClient(transport=transport, base_url=base) as client:
            first = (await client.get("/")).text
            found = set(re.findall(r'<script[^>]+src="([^"]+)"', first))
            found |= set(re.findall(r'<link rel="stylesheet" href="([^"]+)"', first))
            row = {"html_bytes": float(len(gzip.compress(first.encode())))}
            for path in sorted(found):
                answer = await client.get(path)
                assert answer.status_code == 200, path
                kind = "style_bytes" if ".css" in path else "script_bytes"
                row[kind] = row.get(kind, 0.0) + len(gzip.compress(answer.content))
        host.close()
    row["files"] = len(found)
    row["style_and_script_bytes"] = row.get("style_bytes", 0.0) + row.get("script_bytes", 0.0)
    return row


def start(port: int) -> Row:
    """Seconds to the first page and to everybody being there, begun anew and begun again."""
    with tempfile.TemporaryDirectory() as place:
        anew = _started(Path(place), port)
        again = _started(Path(place), port)
    return {f"anew_{name}": each for name, each in anew.items()} | {
        f"again_{name}": each for name, each in again.items()
    }


def _started(folder: Path, port: int) -> Row:
    command = [sys.executable, "-m", "firsthand.cli", "up", "--town"]
    command += ["--port", str(port), "--data", str(folder)]
    log, cpu = folder / "said", used_s()
    with log.open("w") as said:
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
        try:
            page_s = _until(begun, process, lambda: _answers(port))
            all_s = _until(begun, process, lambda: SETTLED in log.read_text())
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()
    return {"first_page_s": page_s, "everybody_s": all_s, "cpu_s": used_s() - cpu}


def _until(begun: float, process: subprocess.Popen[bytes], there: Callable[[], bool]) -> float:
    while not there():
        if process.poll() is not None or time.perf_counter() - begun > START_WAIT_S_MAX:
            raise RuntimeError("the town did not start")
        time.sleep(0.02)
    return time.perf_counter() - begun


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def secret(_: int) -> Row:
    """Milliseconds for one passphrase at the default cost and at the floor, and for a hash."""
    chance, row = SystemChance(), Row()
    for name, cost in (("default", slots.DEFAULT), ("floor", slots.FLOOR)):
        made, _key, _code = slots.create_slots("four green owls", chance, vault="x", cost=cost)
        row |= _timed(name, lambda made=made: slots.unlock(made, "four green owls"))
    block = bytes(1024 * 1024)
    row |= _timed("sha256_of_1_mib", lambda: hashlib.sha256(block).digest())
    row["default / sha256, in CPU time"] = row["default_cpu_ms"] / row["sha256_of_1_mib_cpu_ms"]
    return row


def _timed(name: str, work: Callable[[], object]) -> Row:
    walls, cpu = list[float](), time.process_time()
    for _ in range(TRIES):
        begun = time.perf_counter()
        work()
        walls.append((time.perf_counter() - begun) * 1000)
    cpu_ms = (time.process_time() - cpu) / TRIES * 1000
    return {f"{name}_ms": statistics.median(walls), f"{name}_cpu_ms": cpu_ms}


def main() -> int:
    """Measure what was asked for and print it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    every: dict[str, Callable[[int], Row]] = {
        "page": page, "secret": secret, "start": start, "kills": kills
    }  # fmt: skip
    parser.add_argument("which", nargs="*", choices=[*every, []], help="all, if not said")
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--port", type=int, default=18_700, help="the town takes two more")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    told: dict[str, Row] = {}
    for name in asked.which or every:
        load = {"load_average_before": os.getloadavg()[0]}
        told[name] = load | every[name](asked.kills if name == "kills" else asked.port)
        if not asked.json:
            cells = "  ".join(f"{key} {value:,.1f}" for key, value in told[name].items())
            print(f"{name:8} {cells}", flush=True)
    if asked.json:
        print(json.dumps(told, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
