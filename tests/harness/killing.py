"""Kills both sides at random points of their way, again and again.

    python killing.py FOLDER PORT KILLS SEED [early | hasty]

`FOLDER` holds `hub` and `vault`, made before. One warm process forks a serving hub and a vault
that is always doing something, kills one or both after a random while, and forks them anew. The
vault writes into `FOLDER/oracle` what it was told is done, each line synced before it goes on.

Two faults can be planted: `early` is a hub that gives receipts before it commits, `hasty` a vault
that notes a batch as given before it has the receipt.
"""

# ruff: noqa: SLF001 - a planted fault reaches into what it breaks

import json
import os
import random
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import uvicorn

from firsthand import app
from firsthand.app import hubs
from firsthand.foundation.clock import SystemClock, stamp
from firsthand.foundation.egress import Egress
from firsthand.foundation.egress_pools import public_tls
from firsthand.foundation.ids import SystemChance
from firsthand.foundation.journal import Batch, Receipt, Sink
from firsthand.foundation.journals.sqlite import SqliteJournal
from firsthand.foundation.settings import Settings
from firsthand.protocol.merkle import inclusion_proof, root_of
from firsthand.protocol.refusals import Refused
from firsthand.protocol.signals import decode_signals
from firsthand.vault.acts import bringing, connecting, ending, giving, receiving
from firsthand.vault.acts.opened import Vault
from firsthand.vault.gate import Gate, Offline, sending
from firsthand.vault.store import Store, slots
from firsthand.vault.store.store import read_slots
from firsthand.vault.terms.relationships import Relationship, find, signer_of

PASSPHRASE = "a passphrase for tests 4711"
EARLY_S = 0.25  # how long a planted fault lies open: a blow must be able to hit it
FINISH_ROUNDS_MAX = 200


# --- the organisation ----------------------------------------------------------------------------


class EarlyJournal(SqliteJournal):
    """The planted fault of a hub: a receipt first, the commit a little later."""

    early: list[bytes]

    def offer(self, batch: Batch, admit: Any, ticket: object, sink: Sink) -> None:  # noqa: ANN401
        if not hasattr(self, "early"):
            with self.read() as reader:
                page = self.batches(reader, 0, rows_max=5000, bytes_max=1 << 28)
            self.early = [kept.leaf for kept in page.batches]
        self.early.append(batch.leaf)
        size, index = len(self.early), len(self.early) - 1

        def node(level: int, place: int) -> bytes:
            return root_of(self.early[place << level : (place + 1) << level])

        checkpoint = self._sign(size, root_of(self.early))
        proof = inclusion_proof(node, index, size)
        receipt = Receipt(
            leaf=batch.leaf, index=index, proof=proof, checkpoint=checkpoint, size=size
        )
        sink([(ticket, receipt)])
        kept = super().offer
        threading.Timer(EARLY_S, lambda: kept(batch, admit, None, lambda _: None)).start()


def serve(folder: Path, port: int, plant: str) -> None:
    """Serve the hub until killed."""
    if plant == "early":
        vars(hubs)["SqliteJournal"] = EarlyJournal
    hub = app.open_hub(folder, Settings())
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("127.0.0.1", port))
    config = uvicorn.Config(
        app.hub_application(hub), log_level="critical", access_log=False, lifespan="off"
    )
    uvicorn.Server(config).run(sockets=[sock])


# --- the person ----------------------------------------------------------------------------------


def hasty_give(sender: Any, relationship: Relationship, position: int) -> None:  # noqa: ANN401
    """The planted fault of a vault: noted as given, and only then sent."""
    line, signer = sender._line(relationship), signer_of(sender._store, relationship)
    row = sender._put_label(relationship.name, position, line, signer)
    if row is None:
        return
    with sender._store.transaction() as tx:
        at = stamp(sender._clock.now())
        tx.run("disclosures.acknowledge", position=position, receipt=None, at=at)
        names = {"name": relationship.name, "lane": row["lane"]}
        tx.run("relationships.acknowledge", n=row["n"], **names)
    time.sleep(EARLY_S)
    receipt = sender._put_proof(relationship, row, sender._put_out(line, row))
    with sender._store.transaction() as tx:
        tx._connection.execute(
            "UPDATE disclosures SET receipt = ? WHERE position = ?",
            (msgspec.json.encode(receipt).decode(), position),
        )


class Oracle:
    """What the vault was told is done: JSON lines, each on the disk before it goes on."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def note(self, kind: str, **what: object) -> None:
        os.write(self._file, json.dumps({"kind": kind, **what}).encode() + b"\n")
        os.fsync(self._file)


class Life:
    """A person who imports, gives, reads and ends, at random, and notes what was confirmed."""

    def __init__(self, folder: Path, key: bytes, port: int, seed: int, tls: Any) -> None:  # noqa: ANN401
        clock, chance, store = SystemClock(), SystemChance(), Store(folder / "vault", key)
        gate = Gate(store, Egress(tls=tls), clock, chance, commands=True)
        self.vault = Vault(
            folder=folder / "vault", store=store, gate=gate, clock=clock, chance=chance
        )
        self.folder = folder
        self.url = f"http://127.0.0.1:{port}"
        self.oracle = Oracle(folder / "oracle")
        self.dice = random.Random(seed)
        self.ends = True

    def active(self) -> str | None:
        names = [r["name"] for r in connecting.relationships(self.vault) if r["state"] == "active"]
        return str(names[-1]) if names else None

    def connect(self) -> None:
        done = connecting.connect(self.vault, self.url)
        self.oracle.note("connected", agreement=done["agreement"])

    def bring(self) -> None:
        titles = [f"Film {self.vault.chance.token(9)}" for _ in range(3)]
        path = self.folder / f"history {os.getpid()}.csv"
        lines = [f'"{title}",2024-01-{self.dice.randrange(10, 28)}' for title in titles]
        path.write_text("Title,Date\n" + "\n".join(lines) + "\n")
        report: Any = bringing.import_paths(self.vault, [path])
        assert report["files"][0]["added"] == 3, report
        self.oracle.note("brought", titles=titles)

    def give(self) -> None:
        name = self.active()
        rows = self.vault.store.rows("things.newest", limit=40)
        if name is None or not rows:
            return
        picked = self.dice.sample(rows, min(len(rows), self.dice.randrange(1, 5)))
        choice = giving.Choice(things=tuple(row["id"] for row in picked))
        done: Any = giving.share(self.vault, name, choice)
        given = [out for out in done["outcomes"] if out["state"] == "given"]
        for out in given:
            row = self.vault.store.row("disclosures.by_position", position=out["position"])
            assert row is not None
            relationship = find(self.vault.store, out["relationship"])
            self.oracle.note(
                "given",
                relationship=signer_of(self.vault.store, relationship).thumbprint,
                agreement=row["agreement"],
                events=[signal.id for signal in decode_signals(bytes(row["body"]))],
            )

    def read(self) -> None:
        receiving.inbox(self.vault)
        for relationship in connecting.relationships(self.vault):
            kept = find(self.vault.store, str(relationship["name"]))
            self.oracle.note("read", name=kept.name, n=kept.inbox_after)

    def end(self) -> None:
        name = self.active()
        if name is None or not self.ends:
            return
        erase = self.dice.random() < 0.4
        agreement = find(self.vault.store, name).agreement
        done = ending.revoke(self.vault, name, erase=erase)
        self.oracle.note("ended", agreement=agreement, erase=erase, confirmed=done["confirmed"])

    def go_on(self) -> None:
        """Live until killed."""
        steps: Sequence[Callable[[], None]] = (self.bring, self.give, self.read, self.end)
        while True:
            try:
                if self.active() is None:
                    self.connect()
                self.dice.choices(steps, weights=(20, 50, 25, 5))[0]()
            except (Offline, Refused) as error:
                if isinstance(error, Refused) and not error.refusal.retry:
                    self.oracle.note("refused", why=str(error), reason=error.refusal.reason)
                time.sleep(0.005)

    def finish(self) -> None:
        """Send all that waits and fetch all there is."""
        for _ in range(FINISH_ROUNDS_MAX):
            done: Any = receiving.refresh(self.vault)
            if not done["sent"] and not done["problems"] and not any(done["new"].values()):
                self.oracle.note("finished")
                return
            time.sleep(0.05)


# --- the killing ---------------------------------------------------------------------------------


def fork(work: Callable[[], None]) -> int:
    """A child that does `work` and nothing else; returns its process id."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        work()
        code = 0
    except BaseException:  # noqa: BLE001 - told below, and the child must not go on as its parent
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    folder, port, kills, seed = Path(sys.argv[1]), *(int(text) for text in sys.argv[2:5])
    plant = sys.argv[5] if len(sys.argv) > 5 else ""
    key = slots.unlock(read_slots(folder / "vault"), PASSPHRASE)
    tls = public_tls()
    dice = random.Random(seed)
    lives = 0

    def hub() -> int:
        return fork(lambda: serve(folder / "hub", port, plant))

    def vault(last: str) -> int:
        nonlocal lives
        lives += 1

        def live(number: int = lives) -> None:
            if plant == "hasty":
                sending.Sender._give = hasty_give  # type: ignore[method-assign, assignment]
            life = Life(folder, key, port, seed * 1_000_003 + number, tls)
            life.ends = not plant
            getattr(life, last)()

        return fork(live)

    running = {"hub": hub(), "vault": vault("go_on")}
    blows = 0
    while blows < kills:
        time.sleep(dice.choice([0.05, 0.3, 0.8]) * dice.random() + 0.01)
        struck = dice.choices([["vault"], ["hub"], ["vault", "hub"]], weights=(50, 35, 15))[0]
        for name in struck:
            os.kill(running[name], signal.SIGKILL)
            _, status = os.waitpid(running[name], 0)
            if os.waitstatus_to_exitcode(status) != -signal.SIGKILL:
                raise SystemExit(f"the {name} ended by itself")
            blows += 1
        for name in struck:
            running[name] = hub() if name == "hub" else vault("go_on")
    os.kill(running["vault"], signal.SIGKILL)
    os.waitpid(running["vault"], 0)
    _, status = os.waitpid(vault("finish"), 0)
    os.kill(running["hub"], signal.SIGKILL)
    os.waitpid(running["hub"], 0)
    print(json.dumps({"blows": blows, "finished": status == 0}))


if __name__ == "__main__":
    main()
