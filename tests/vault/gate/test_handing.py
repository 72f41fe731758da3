"""A code hands everything over once, to who knows it, on one's own network alone."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest

from firsthand.foundation.ids import SeededChance, SystemChance
from firsthand.vault.gate import handing
from firsthand.vault.gate.handing import UnableToHand, check_address, give, new_code, take

HERE = "127.0.0.1"


class Giver:
    """Gives in a thread; `said` is how that ended."""

    def __init__(self, whole: bytes, code: str) -> None:
        self.line, self.said = handing.listen(HERE), ""
        self.port: int = self.line.getsockname()[1]
        self.thread = threading.Thread(target=self.run, args=(whole, code))
        self.thread.start()

    def run(self, whole: bytes, code: str) -> None:
        try:
            give(self.line, code, whole, SystemChance(), wait_seconds=20)
            self.said = "given"
        except UnableToHand as error:
            self.said = str(error)

    def end(self) -> str:
        self.thread.join()
        self.line.close()
        return self.said


@contextmanager
def between(port: int, change: Callable[[bytes], bytes]) -> Iterator[int]:
    """Somebody in the middle, who changes what the giver sends."""
    line = handing.listen(HERE)

    def pass_on() -> None:
        met, _ = line.accept()
        with closing(met), closing(socket.create_connection((HERE, port))) as there:
            back = threading.Thread(target=pump, args=(there, met, change))
            back.start()
            pump(met, there, bytes)
            back.join()

    thread = threading.Thread(target=pass_on)
    thread.start()
    with closing(line):
        yield line.getsockname()[1]
        thread.join()


def pump(one: socket.socket, two: socket.socket, change: Callable[[bytes], bytes]) -> None:
    try:
        while piece := one.recv(65536):
            two.sendall(change(piece))
        two.shutdown(socket.SHUT_WR)
    except OSError:
        for each in (one, two):
            each.close()


@pytest.mark.parametrize("size", [0, 1, 65536, 65537, 300_000, 131_072])
def test_whole_and_once(size: int) -> None:
    whole, code = SeededChance(size).bytes(size), new_code(SystemChance())
    giver, seen = Giver(whole, code), list[int]()
    told = take(HERE, giver.port, code.lower().replace("-", " "), SystemChance(), room=seen.append)
    assert told == whole
    assert seen[-1] == size
    assert giver.end() == "given"
    with pytest.raises(UnableToHand, match="does not answer"):
        take(HERE, giver.port, code, SystemChance())


def test_who_does_not_know_the_code_gets_nothing_and_ends_it_at_last() -> None:
    code, wrong = new_code(SystemChance()), new_code(SystemChance())
    giver = Giver(b"everything", code)
    with pytest.raises(UnableToHand, match="not the one"):
        take(HERE, giver.port, wrong, SystemChance())
    with closing(socket.create_connection((HERE, giver.port))) as stranger:
        stranger.sendall(b"GET / HTTP/1.1\r\n\r\n" + bytes(100))
        stranger.settimeout(5)
        assert heard(stranger) == b"", "a stranger is answered nothing"
    with pytest.raises(UnableToHand, match="not the one"):
        take(HERE, giver.port, wrong, SystemChance())
    assert "Too many" in giver.end()


def heard(stranger: socket.socket) -> bytes:
    try:
        return stranger.recv(100)
    except ConnectionError:
        return b""


@pytest.mark.parametrize("at", [5, 40, 64, 70, 5000])
def test_what_is_changed_on_the_way_is_kept_by_nobody(
    at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handing, "LINE_SECONDS_MAX", 1.0)  # one side waits for the other in vain
    seen = 0

    def change(piece: bytes) -> bytes:
        nonlocal seen
        where, seen = at - seen, seen + len(piece)
        if 0 <= where < len(piece):
            return piece[:where] + bytes([piece[where] ^ 1]) + piece[where + 1 :]
        return piece

    code = new_code(SystemChance())
    giver = Giver(bytes(100_000), code)
    with between(giver.port, change) as port, pytest.raises(UnableToHand):
        take(HERE, port, code, SystemChance())
    got = b""
    while giver.thread.is_alive() and not got:  # it waits for one who knows the code
        with contextlib.suppress(UnableToHand):  # it may still be busy with the one before
            got = take(HERE, giver.port, code, SystemChance())
    assert got in {b"", bytes(100_000)}
    giver.end()


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "1.1.1.1", "2001:4860:4860::8888", "0.0.0.0", "224.0.0.1", "reel.example", ""],  # noqa: S104 - refused
)
def test_no_address_that_leads_out_is_dialled_or_listened_on(address: str) -> None:
    code = new_code(SystemChance())
    with pytest.raises(UnableToHand):
        take(address, 40_000, code, SystemChance())
    with pytest.raises(UnableToHand):
        handing.listen(address)


@pytest.mark.parametrize("address", ["127.0.0.1", "192.168.1.20", "10.0.0.7", "fe80::1", "fd00::1"])
def test_those_of_ones_own_network_are(address: str) -> None:
    assert check_address(address) == address
    assert check_address(handing.own_address())


def test_a_code_is_read_as_it_is_typed_and_nothing_else_is_one() -> None:
    code = new_code(SeededChance(1))
    assert len(code) == 23
    plain = code.replace("-", "").encode()
    assert handing.read_code(f" {code.lower().replace('0', 'o').replace('1', 'l')} ") == plain
    for wrong in ("", code[:-1], code + "A", code.replace(code[0], "U"), "x" * 500):
        with pytest.raises(UnableToHand, match="4 groups"):
            handing.read_code(wrong)


@pytest.mark.parametrize("under_way", [False, True])
def test_what_is_withdrawn_is_handed_to_nobody(under_way: bool) -> None:  # noqa: FBT001
    code, heard, said = new_code(SystemChance()), list[int](), list[str]()
    line = handing.listen(HERE)

    def gone() -> bool:
        return bool(heard) if under_way else True

    def run() -> None:
        try:
            give(line, code, bytes(200_000), SystemChance(), told=heard.append, withdrawn=gone)
        except UnableToHand as error:
            said.append(str(error))

    thread = threading.Thread(target=run)
    thread.start()
    with closing(line):
        if under_way:
            with pytest.raises(UnableToHand):
                take(HERE, line.getsockname()[1], code, SystemChance())
        thread.join()
    assert said == [handing.WITHDRAWN]
    assert heard == ([0] if under_way else [])
