"""Commands beside a serving hub: the same acts, through the socket or in their own process."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from tests.harness.quick import running
from tests.hub.conftest import Person, Served

from firsthand import app
from firsthand.foundation.journal import UnableToOpen
from firsthand.foundation.settings import Settings
from firsthand.foundation.tables import Tx
from firsthand.hub.acts import console
from firsthand.hub.acts.console import ActRefused, Console

SERVE = """
import sys
from pathlib import Path
from firsthand import app
from firsthand.cli.serving import serve
from firsthand.foundation.settings import Settings
from firsthand.hub.acts.console import Console

hub = app.open_hub(Path(sys.argv[1]), Settings())
Console(hub)
served = app.hub_application(hub)
serve(served, host="127.0.0.1", port=int(sys.argv[2]), line="listening", ending=hub.part)
"""


@pytest.fixture
def told(served: Served) -> Iterator[Console]:
    made = Console(served.hub)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("old", "new"), [(b":", b";"), (b'"FH-GIVEN"', b'"FH-GKVEN"'), (b'"eyJ', b'"eyK')]
)
def test_what_is_kept_and_cannot_be_read_is_said_with_what_to_do(
    served: Served, told: Console, old: bytes, new: bytes
) -> None:
    assert told is not None
    person = Person(served)
    person.agree()
    with served.hub.snapshot() as reader:
        (entry,) = reader.scan_all("agreements", rows_max=9)

    def spoil(tx: Tx) -> None:
        tx.put("agreements", entry.relationship, entry.key, entry.value.replace(old, new, 1))

    served.hub.write(spoil)
    ways: tuple[Callable[[], object], ...] = (
        lambda: console.run(served.hub, "agreements", {"reference": None}),
        lambda: console.ask(served.folder, "agreements", {"reference": None}),
    )
    for way in ways:
        with pytest.raises(ActRefused, match=r"damaged or was changed\. Put back your last backup"):
            way()


def test_the_same_act_gives_the_same_either_way(served: Served, told: Console) -> None:
    assert told is not None
    person = Person(served)
    person.agree()
    person.give("Dark")
    served.settle()
    for act, arguments in (
        ("customers", {}),
        ("customer", {"reference": person.id[:8], "purpose": "personalisation"}),
        ("facts", {"after": 0}),
        ("agreements", {"reference": None}),
        ("policy", {"accept": [], "refuse": [], "counter": None}),
    ):
        assert console.ask(served.folder, act, arguments) == console.run(
            served.hub, act, arguments
        ), act


def test_a_refusal_comes_back_with_its_reason(served: Served, told: Console) -> None:
    assert told is not None
    for act, arguments, said in (
        ("customer", {"reference": "nobody", "purpose": "service"}, "Nobody known by 'nobody'"),
        ("policy", {"accept": ["NONE"]}, "Not in the roster"),
        ("catalogue", {"csv": "a,b\n"}, "Line 1 names no column"),
        ("nonsense", {}, "no act"),
        ("facts", {"unknown": 1}, "right form"),
    ):
        with pytest.raises(ActRefused, match=said):
            console.ask(served.folder, act, arguments)


def test_a_deep_folder_has_room_for_a_socket(tmp_path: Path) -> None:
    folder = tmp_path / ("deep" * 30) / ("deeper" * 20)
    app.found_hub(folder, name="Reel", url="http://127.0.0.1:1", settings=Settings())
    hub = app.open_hub(folder, Settings())
    opened = Console(hub)
    assert (folder / console.SOCKET).stat().st_mode & 0o777 == 0o600
    assert console.ask(folder, "customers", {}) == {"customers": []}
    opened.close()
    hub.close()
    assert console.ask(folder, "customers", {}) is None


def test_two_processes_never_hold_one_folder(served: Served) -> None:
    with pytest.raises(UnableToOpen):
        app.open_hub(served.folder, Settings())


@pytest.mark.kill
def test_what_was_acknowledged_is_there_once_after_a_hard_end(served: Served) -> None:
    """Kill -9 of a serving hub, again and again, while batches are sent and repeated."""
    port = str(served.door.port)
    people = [Person(served) for _ in range(2)]
    for person in people:
        person.agree()
    served.stop()
    acknowledged: set[tuple[str, int]] = set()
    for _ in range(4):
        enough = len(acknowledged) + 20
        senders = [threading.Thread(target=_send, args=(person, acknowledged)) for person in people]
        with running(sys.executable, "-c", SERVE, str(served.folder), port) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "listening\n"
            for sender in senders:
                sender.start()
            while len(acknowledged) < enough and any(sender.is_alive() for sender in senders):
                time.sleep(0.001)
            process.kill()
        for sender in senders:
            sender.join()
    served.start()
    assert len(acknowledged) >= 80, "it must have taken something between the ends"
    assert served.hub.projector.wait_until(_size(served))
    by_person = {person.id: person for person in people}
    seen: dict[str, int] = dict.fromkeys(by_person, 0)
    after = 0
    while True:
        envelopes, following = served.hub.reads.envelopes(after=after)
        if not envelopes:
            break
        for one in envelopes:
            seen[one.relationship] += 1
        after = following
    for identifier, person in by_person.items():
        most = max(n for who, n in acknowledged if who == identifier)
        assert person.n == most
        assert most <= seen[identifier] <= most + 1, "at most the one without an answer is more"
    customers = served.hub.reads.customers(table="profile_things")
    assert {one.relationship: one.things for one in customers} == seen


def _send(person: Person, acknowledged: set[tuple[str, int]]) -> None:
    """Send until the line breaks; what got no answer is sent again with the same bytes."""
    try:
        while True:
            if person.give(f"Film {person.n + 1}").status_code != 200:
                raise AssertionError("a batch was refused")
            acknowledged.add((person.id, person.n))
    except httpx.TransportError:
        return


def _size(served: Served) -> int:
    after = 0
    while True:
        found, following = served.hub.reads.envelopes(after=after)
        if not found:
            return following
        after = following
