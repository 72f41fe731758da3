"""The town as a newcomer starts it: one command, everybody there in a minute, all gone after."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from firsthand.town.people import CHORUS, PASSPHRASE, PEOPLE, REEL

READY_SECONDS = 110.0  # nobody waits for so long but where much else goes on
END_SECONDS = 20.0
FIRSTHAND = [sys.executable, "-m", "firsthand.cli"]
pytestmark = pytest.mark.timeout(300)


def three_free_ports() -> int:
    """A port that is free with the two after it.

    Below those that the system gives to whoever calls out: one of these may be taken by any other
    test between the asking and the binding.
    """
    given = Path("/proc/sys/net/ipv4/ip_local_port_range")
    end = int(given.read_text().split()[0]) if given.exists() else 32_768
    first = 10_000 + os.getpid() * 30 % max(end - 20_000, 1_000)
    for port in range(first, first + 9_000, 3):
        if all(_is_free(each) for each in (port, port + 1, port + 2)):
            return port
    raise AssertionError("no three free ports")


def _is_free(port: int) -> bool:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith("FIRSTHAND_")}


def run(*arguments: str, **more: str) -> str:
    done = subprocess.run(
        [*FIRSTHAND, *arguments],
        env={**environment(), **more},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def processes_with(word: str) -> list[int]:
    """The numbers of the processes that have `word` in their command lines."""
    found = []
    for each in Path("/proc").iterdir():
        if each.name.isdigit() and int(each.name) != os.getpid():
            try:
                if word.encode() in (each / "cmdline").read_bytes():
                    found.append(int(each.name))
            except (FileNotFoundError, ProcessLookupError):
                continue
    return found


@dataclass(kw_only=True)
class Up:
    """A town that runs: its process, its first port, its folder, and what it has said."""

    process: subprocess.Popen[str]
    port: int
    data: Path
    said: list[str]
    reader: threading.Thread

    def end(self, how: signal.Signals) -> int:
        """Send it a signal; returns its code."""
        self.process.send_signal(how)
        code = self.process.wait(END_SECONDS)
        self.reader.join(END_SECONDS)
        return code

    @property
    def town(self) -> Path:
        return self.data / f"town-{self.port}"


def started(data: Path, port: int) -> Up:
    """Start it and wait until it says that everybody is there."""
    process = subprocess.Popen(
        [*FIRSTHAND, "up", "--town", "--port", str(port), "--data", str(data)],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said: list[str] = []
    ready = threading.Event()

    def read() -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                said.append(line)
                if line.startswith("All of it is invented"):
                    ready.set()
        ready.set()

    reader = threading.Thread(target=read)
    reader.start()
    ready.wait(READY_SECONDS)
    if "Everybody is there. Three doors:\n" not in said:
        process.kill()
        process.wait()
        reader.join()
        raise AssertionError("".join(said))
    return Up(process=process, port=port, data=data, said=said, reader=reader)


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    running = started(tmp_path_factory.mktemp("data"), three_free_ports())
    yield running
    running.end(signal.SIGKILL)


def test_the_first_page_lists_everybody(up: Up) -> None:
    page = httpx.get(f"http://127.0.0.1:{up.port}/", trust_env=False)
    assert page.status_code == 200
    assert PASSPHRASE in page.text
    for person in PEOPLE:
        assert person.name in page.text
    assert f"http://127.0.0.1:{up.port + 1}" in page.text


def test_the_banner_has_every_door(up: Up) -> None:
    banner = "".join(up.said)
    assert PASSPHRASE in banner
    for person in PEOPLE:
        assert f" {person.key}" in banner
    for offset in range(3):
        assert f"http://127.0.0.1:{up.port + offset}" in banner


def test_reel_and_chorus_have_customers_who_gave_what_was_asked(up: Up) -> None:
    for name, kinds in ((REEL, {"WatchAction"}), (CHORUS, {"PayAction"})):
        hub = str(up.town / name.lower())
        customers: list[dict[str, Any]] = json.loads(
            run("hub", "customers", "--hub", hub, "--json")
        )["customers"]
        meant = [m for person in PEOPLE for m in person.members if m.organisation == name]
        assert len(customers) >= len(meant) - 1, "one may have just left"
        tied = {m.account for m in meant if m.tied}
        assert {one["account"] for one in customers if one["account"]} <= tied
        facts = json.loads(run("hub", "facts", "--hub", hub, "--json"))["facts"]
        assert len(facts) >= len(meant) - 1
        account = next(one["account"] for one in customers if one["account"] and one["things"])
        reading = ["--purpose", "personalisation", "--hub", hub, "--json"]
        given = json.loads(run("hub", "customer", account, *reading))["things"]
        assert {thing["type"] for thing in given} == kinds


def test_people_have_checked_answers_and_proven_receipts(up: Up) -> None:
    person = PEOPLE[0]
    vault = ["--vault", str(up.town / "vaults" / person.key)]
    own = {"FIRSTHAND_PASSPHRASE": PASSPHRASE, "FIRSTHAND_EGRESS": "loopback"}
    inbox = json.loads(run("vault", "inbox", *vault, "--json", **own))
    messages = inbox["messages"]
    assert messages
    assert {message["verdict"] for message in messages} == {"fits"}
    assert json.loads(run("vault", "log", "--verify", *vault, "--json", **own))["problems"] == 0


def test_passwords_are_for_their_owner_alone(up: Up) -> None:
    for name in ("reel.json", "chorus.json"):
        assert (up.town / name).stat().st_mode & 0o777 == 0o600


def test_a_taken_port_is_told_of(up: Up) -> None:
    other = subprocess.run(
        [*FIRSTHAND, "up", "--town", "--port", str(up.port), "--data", str(up.data)],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert other.returncode == 1
    assert f"Port {up.port}: Address already in use." in other.stderr


@pytest.mark.kill
def test_killed_or_ended_it_leaves_no_process_and_goes_on_from_where_it_was(tmp_path: Path) -> None:
    port = three_free_ports()
    first = started(tmp_path, port)
    assert len(processes_with(str(tmp_path))) == 3, "itself and two organisations"
    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    assert_gone(tmp_path)
    again = started(tmp_path, port)
    assert [line for line in again.said if "owner" in line] == [
        line for line in first.said if "owner" in line
    ]
    assert again.end(signal.SIGTERM) == 0
    assert_gone(tmp_path)


def assert_gone(folder: Path) -> None:
    """No process is left that works in `folder`, after a while at most."""
    for _ in range(int(END_SECONDS * 10)):
        if not processes_with(str(folder)):
            break
        threading.Event().wait(0.1)
    assert processes_with(str(folder)) == []
