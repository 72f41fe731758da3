"""How fast an organisation takes signed signals over HTTP, beside two simpler things.

One run, on one machine: the load generator and the server share its cores. So every row says what
a request costs in CPU time too, of the server and of the load generator, as the kernel counts it:
that holds on a busy machine as well.

`bare`      the same server process, the body read and thrown away: no signature, no storage.
`verified`  only the signature checks of the same requests, one core, no HTTP.
`single`    signed requests of one signal each, durable, receipted; `projected` is the time from a
            receipt to the projection of what it is for.
`ending`    the same once more, while agreements of other people end one by one: the time until an
            ending is effective and proven.
`hundred`   signed requests of 100 signals each, durable, receipted; `followed` until all of them
            are in every projection.

    python benchmarks/signals.py [--people N] [--each N] [--endings N] [--threads] [--json]
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import socket
import statistics
import sys
import tempfile
import time
import urllib.request
from bisect import bisect_right
from pathlib import Path
from typing import TYPE_CHECKING

import door_server
from door_load import Run, load
from door_people import Person

from firsthand.app import found_hub
from firsthand.foundation.egress import Egress
from firsthand.foundation.settings import Settings
from firsthand.protocol import wire
from firsthand.protocol.signatures import verify

if TYPE_CHECKING:
    from collections.abc import Sequence

Row = dict[str, float]
ENDING_EVERY_S = 0.4
ENDINGS_AT_A_TIME = 4
FOLLOWED_WAIT_S_MAX = 120


class Server:
    """The server's process as it looks from here."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        found_hub(folder, name="Bench", url=self.url, settings=Settings())
        context = multiprocessing.get_context("spawn")
        self.process = context.Process(target=door_server.run, args=(str(folder), self.port))
        self.process.start()
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                break
            except OSError:
                time.sleep(0.05)

    def cpu_s(self) -> dict[str, float]:
        """CPU seconds of each thread of it."""
        assert self.process.pid is not None
        return door_server.cpu_s(self.process.pid)

    def told(self, path: str) -> object:
        """What it tells of itself."""
        with urllib.request.urlopen(self.url + path) as answer:  # noqa: S310 - our own server
            return json.load(answer)

    def threads(self, used: dict[str, float]) -> Row:
        """CPU seconds by a thread's name."""
        names = self.told(door_server.THREADS_PATH)
        assert isinstance(names, dict)
        by_name: Row = {}
        for number, seconds in used.items():
            name = names.get(number, "others")
            by_name[name] = by_name.get(name, 0.0) + seconds
        return by_name

    def followed(self, position: int) -> list[tuple[float, int]]:
        """When projections got how far, once they got to ``position``."""
        until = time.monotonic() + FOLLOWED_WAIT_S_MAX
        while time.monotonic() < until:
            moves = self.told(door_server.MOVES_PATH)
            assert isinstance(moves, list)
            if moves and moves[-1][1] >= position:
                return [(at, seen) for at, seen in moves]
            time.sleep(0.1)
        raise TimeoutError("the projections do not follow")


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def measured(
    server: Server, lists: Sequence[Sequence[bytes]], events: int,
    paced: Sequence[tuple[bytes, ...]] = (),
) -> tuple[Row, Row, Run]:  # fmt: skip
    """One run: its row, what each thread of the server used per request, and the run."""
    requests = sum(len(one) for one in lists)
    before = server.cpu_s()
    run = load(server.port, lists, paced, ENDING_EVERY_S)
    used = {n: s - before.get(n, 0.0) for n, s in server.cpu_s().items()}
    waits = [wait for caller in run.callers[: len(lists)] for wait in caller.waits_ms]
    row = {
        "requests_per_s": requests / run.seconds,
        "signals_per_s": requests * events / run.seconds,
        "p50_ms": statistics.median(waits),
        "p99_ms": statistics.quantiles(waits, n=100)[98],
        "server_cpu_us": sum(used.values()) / requests * 1e6,
        "load_cpu_us": run.own_cpu_s / requests * 1e6,
        "load_cores": run.own_cpu_s / run.seconds,
    }
    threads = {name: s / requests * 1e6 for name, s in server.threads(used).items()}
    return row, threads, run


def given(server: Server, people: Sequence[Person], events: int, each: int) -> tuple[Row, Row]:
    """``each`` batches of ``events`` signals from everybody, and how the projections followed."""
    lists = [[person.batch(events)[0] for _ in range(each)] for person in people]
    before = server.cpu_s()
    row, threads, run = measured(server, lists, events)
    receipts = [json.loads(answer) for caller in run.callers for answer in caller.answers]
    times_of_acks = [at for caller in run.callers for at in caller.ended]
    acks = [(int(one["index"]), at) for one, at in zip(receipts, times_of_acks, strict=True)]
    moves = server.followed(max(index for index, _ in acks) + 1)
    seen, times = [position for _, position in moves], [at for at, _ in moves]
    late_ms = [max(0.0, times[bisect_right(seen, index)] - at) * 1000 for index, at in acks]
    last = times[bisect_right(seen, max(index for index, _ in acks))]
    row["batches_a_commit"] = len(acks) / len({one["checkpoint"] for one in receipts})
    row["projected_p50_ms"] = statistics.median(late_ms)
    row["projected_p99_ms"] = statistics.quantiles(late_ms, n=100)[98]
    row["followed_signals_per_s"] = len(acks) * events / (last - run.begun)
    row["followed_cpu_us"] = (sum(server.cpu_s().values()) - sum(before.values())) / len(acks) * 1e6
    return row, threads


def ended(
    server: Server, people: Sequence[Person], leaving: Sequence[Person], each: int
) -> tuple[Row, Row]:
    """Single signals as before, while those who are leaving end their agreements."""
    lists = [[person.batch(1)[0] for _ in range(each)] for person in people]
    endings = [person.revocation() for person in leaving]
    paced = [tuple(endings[place::ENDINGS_AT_A_TIME]) for place in range(ENDINGS_AT_A_TIME)]
    row, threads, run = measured(server, lists, 1, paced)
    waits = [wait for caller in run.callers[len(lists) :] for wait in caller.waits_ms]
    row["endings"] = len(waits)
    row["ending_p50_ms"] = statistics.median(waits)
    row["ending_p99_ms"] = statistics.quantiles(waits, n=100)[98]
    return row, threads


def bare(server: Server, people: Sequence[Person], each: int) -> tuple[Row, Row]:
    """The same bytes to a path that does nothing."""
    line = f"POST {wire.PATH_SIGNALS} ".encode()
    lists = []
    for person in people:
        request, _ = person.batch(1, counts=False)
        lists.append([request.replace(line, f"POST {door_server.BARE_PATH} ".encode(), 1)] * each)
    row, threads, _ = measured(server, lists, 1)
    return row, threads


def verified(person: Person, times: int) -> Row:
    """The signature check alone, in this process."""
    _, message = person.batch(1, counts=False)
    public, now = person.signer.key.public_key(), int(time.time())
    begin, cpu = time.monotonic(), time.process_time()
    for _ in range(times):
        verify(message, public_key=public, required=wire.COVERED_BATCH, now=now, waits=True)
    cpu_us = (time.process_time() - cpu) / times * 1e6
    return {"requests_per_s": times / (time.monotonic() - begin), "cpu_us": cpu_us}


def main() -> int:
    """Run all of them and print them with their ratios."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--people", type=int, default=64)
    parser.add_argument("--each", type=int, default=200)
    parser.add_argument("--endings", type=int, default=100)
    parser.add_argument("--threads", action="store_true", help="CPU time by thread as well")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    figures: dict[str, Row] = {}
    threads: dict[str, Row] = {}
    load_average = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "hub")
        try:
            egress = Egress(loopback=True)
            people = [Person(server.url, egress) for _ in range(asked.people)]
            figures["bare"], threads["bare"] = bare(server, people, asked.each)
            figures["verified"] = verified(people[0], 3_000)
            figures["single"], threads["single"] = given(server, people, 1, asked.each)
            if asked.endings:
                leaving = [Person(server.url, egress) for _ in range(asked.endings)]
                figures["ending"], threads["ending"] = ended(server, people, leaving, asked.each)
            many = max(asked.each // 8, 1)
            figures["hundred"], threads["hundred"] = given(server, people, 100, many)
        finally:
            server.process.kill()
            server.process.join()
    _print(figures, threads if asked.threads else {}, load_average, as_json=asked.json)
    return 0


def _print(
    figures: dict[str, Row], threads: dict[str, Row], load_average: float, *, as_json: bool
) -> None:
    per_s = {name: row["requests_per_s"] for name, row in figures.items()}
    ratios = {
        "single / bare": per_s["single"] / per_s["bare"],
        "single / verified": per_s["single"] / per_s["verified"],
        "hundred / single, in signals": figures["hundred"]["signals_per_s"] / per_s["single"],
        "single / bare, in CPU time": figures["single"]["server_cpu_us"]
        / figures["bare"]["server_cpu_us"],
    }
    if as_json:
        found = {"load_average_before": load_average, "figures": figures, "ratios": ratios}
        sys.stdout.write(json.dumps(found | {"threads_us": threads}, indent=2) + "\n")
        return
    sys.stdout.write(f"load average before: {load_average:.1f}\n")
    for name, row in figures.items():
        cells = "  ".join(f"{key} {value:,.1f}" for key, value in row.items())
        sys.stdout.write(f"{name:10} {cells}\n")
    for name, row in threads.items():
        most = sorted(row.items(), key=lambda one: -one[1])
        cells = "  ".join(f"{thread} {us:,.0f}" for thread, us in most if us >= 1)
        sys.stdout.write(f"{name:10} CPU us a request by thread: {cells}\n")
    for name, ratio in ratios.items():
        sys.stdout.write(f"{name}: {ratio:.2f}\n")


if __name__ == "__main__":
    sys.exit(main())
