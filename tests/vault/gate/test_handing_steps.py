"""Handing over, spoken by hand on the other side: each word as it goes over the line."""

import hashlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from ipaddress import ip_address
from typing import Any, Self

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from firsthand.foundation.ids import SeededChance, SystemChance
from firsthand.vault.gate import handing
from firsthand.vault.gate.handing import UnableToHand, check_address, give, listen, new_code, take

HERE = "127.0.0.1"
HELLO = b"firsthand hand over 1\n"
CODE = "01234-56789-ABCDE-FGHJK"
SECRET = CODE.replace("-", "").encode()
CHUNK = 65_536
WRONG = "The code is not the one that the other side shows."
CHANGED = "What came was changed on the way. Nothing was kept."
BROKE = "The line broke before everything was there."
MANY = "Too many tried with a wrong code. Nothing was handed over: begin anew."
LATE = "Nobody came in time. Nothing was handed over."


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits here for long."""
    monkeypatch.setattr(handing, "LINE_SECONDS_MAX", 10.0)
    monkeypatch.setattr(handing, "LOOK_SECONDS", 0.05)


class Beside:
    """Something that runs beside the test; `said` is what came of it."""

    def __init__(self, work: Callable[[], object]) -> None:
        self.said: object = None
        self.thread = threading.Thread(target=self.run, args=(work,), daemon=True)
        self.thread.start()

    def run(self, work: Callable[[], object]) -> None:
        try:
            self.said = work()
        except UnableToHand as error:
            self.said = str(error)
        except Exception as error:  # noqa: BLE001 - it is looked at
            self.said = error

    def end(self) -> object:
        self.thread.join(30)
        return self.said


@contextmanager
def giving(whole: bytes, *, wait: float = 30.0, **how: Any) -> Iterator[tuple[int, Beside]]:  # noqa: ANN401
    """A vault that hands over, at a port."""
    line = listen(HERE)
    chance = SystemChance()
    beside = Beside(lambda: give(line, CODE, whole, chance, wait_seconds=wait, **how))
    with closing(line):
        yield line.getsockname()[1], beside
        beside.end()


def dialled(port: int) -> socket.socket:
    return socket.create_connection((HERE, port), 10.0)


def exactly(met: socket.socket, count: int) -> bytes:
    held = b""
    while len(held) < count:
        piece = met.recv(count - len(held))
        if not piece:
            break
        held += piece
    return held


def keys_of(own: X25519PrivateKey, theirs: bytes, both: bytes, secret: bytes) -> list[bytes]:
    """Of the giver and of the taker: the two keys, then the two proofs."""
    shared = own.exchange(X25519PublicKey.from_public_bytes(theirs))
    drawn = HKDF(hashes.SHA256(), 128, salt=secret, info=HELLO + both).derive(shared)
    return [drawn[at : at + 32] for at in (0, 32, 64, 96)]


def greeted(met: socket.socket, secret: bytes = SECRET) -> list[bytes]:
    """Say as a taker who one is; what follows from it."""
    own = X25519PrivateKey.generate()
    public = own.public_key().public_bytes_raw()
    met.sendall(HELLO + public)
    theirs = exactly(met, 32)
    return keys_of(own, theirs, public + theirs, secret)


def taken(met: socket.socket) -> tuple[list[bytes], ChaCha20Poly1305]:
    """Every piece as it comes to one who knows the code."""
    giver, taker, giver_proof, taker_proof = greeted(met)
    met.sendall(taker_proof)
    assert exactly(met, 32) == giver_proof
    pieces: list[bytes] = []
    while True:
        sealed = exactly(met, int.from_bytes(exactly(met, 4), "big"))
        nonce = len(pieces).to_bytes(12, "big")
        try:
            pieces.append(ChaCha20Poly1305(giver).decrypt(nonce, sealed, b"more"))
        except InvalidTag:
            pieces.append(ChaCha20Poly1305(giver).decrypt(nonce, sealed, b"last"))
            return pieces, ChaCha20Poly1305(taker)


def thanks(whole: bytes, seal: ChaCha20Poly1305) -> bytes:
    return seal.encrypt(bytes(12), b"everything came", hashlib.sha256(whole).digest())


@pytest.mark.parametrize("size", [0, 5, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_both_sides_by_themselves_and_one_by_hand(size: int) -> None:
    whole, told, seen = SeededChance(size).bytes(size), list[int](), list[int]()
    sizes = [len(whole[at : at + CHUNK]) for at in range(0, size, CHUNK)] or [0]
    with giving(whole, told=told.append) as (port, giver):
        assert take(HERE, port, CODE.lower(), SystemChance(), room=seen.append) == whole
        assert giver.end() is None
    assert told == [n * CHUNK for n in range(len(sizes))]
    assert seen == [sum(sizes[: n + 1]) for n in range(len(sizes))]
    with giving(whole) as (port, giver), closing(dialled(port)) as met:
        pieces, seal = taken(met)
        assert [len(piece) for piece in pieces] == sizes
        assert b"".join(pieces) == whole
        met.sendall(thanks(whole, seal))
        assert giver.end() is None


def test_two_may_be_wrong_and_the_third_ends_it() -> None:
    other = "Z" * 20

    def stranger(port: int, said: bytes) -> None:
        with closing(dialled(port)) as met:
            met.sendall(said)
            met.shutdown(socket.SHUT_WR)
            assert exactly(met, 1) == b""

    with giving(b"all") as (port, giver):
        with pytest.raises(UnableToHand) as caught:
            take(HERE, port, other, SystemChance())
        assert str(caught.value) == WRONG
        stranger(port, b"GET / HTTP/1.1\r\n")
        assert take(HERE, port, CODE, SystemChance()) == b"all"
        assert giver.end() is None
    with giving(b"all") as (port, giver):
        stranger(port, HELLO.upper() + bytes(range(32)))
        stranger(port, HELLO + bytes(32))  # a point of small order
        with closing(dialled(port)) as met:
            greeted(met)
            met.sendall(bytes(32))
            assert exactly(met, 1) == b"", "nothing before they have proved it"
        assert giver.end() == MANY


def test_who_says_nothing_or_half_of_it_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handing, "LINE_SECONDS_MAX", 0.2)
    looked, waited = list[int](), threading.Event()

    def gone() -> bool:
        looked.append(1)
        if len(looked) == 3:
            waited.set()
        return False

    with giving(b"all", withdrawn=gone) as (port, giver):
        assert waited.wait(5), "it looks again and again while nobody comes"
        with closing(dialled(port)) as met:
            met.settimeout(5)
            assert exactly(met, 1) == b"", "it has hung up"
        monkeypatch.setattr(handing, "LINE_SECONDS_MAX", 10.0)
        with closing(dialled(port)) as met:
            _, _, _, proof = greeted(met)
            met.sendall(proof[:31])
            met.shutdown(socket.SHUT_WR)
            assert exactly(met, 1) == b""
        assert take(HERE, port, CODE, SystemChance()) == b"all"
        assert giver.end() is None

    def silent(met: socket.socket) -> None:
        met.settimeout(5)
        exactly(met, len(HELLO) + 32)
        assert exactly(met, 1) == b"", "it has hung up"

    with closing(listen(HERE)) as line:
        port = line.getsockname()[1]
        monkeypatch.setattr(handing, "LINE_SECONDS_MAX", 0.5)
        taker = Beside(lambda: take(HERE, port, CODE, SystemChance()))
        met, _ = line.accept()
        with closing(met):
            silent(met)
            assert taker.end() == WRONG


def test_a_line_that_ends_or_is_gone() -> None:
    with giving(bytes(10)) as (port, giver):
        with closing(dialled(port)) as met:
            taken(met)
        assert giver.end() == BROKE
    with giving(bytes(10)) as (port, giver), closing(dialled(port)) as met:
        _, seal = taken(met)
        met.sendall(thanks(b"other", seal))
        assert giver.end() == BROKE
    with giving(b"", wait=0.1) as (_, giver):
        assert giver.end() == LATE
    line = listen(HERE)

    def closed() -> bool:
        line.close()
        return False

    with pytest.raises(UnableToHand) as caught:
        give(line, CODE, b"", SystemChance(), withdrawn=closed)
    assert str(caught.value) == "The line is gone. Nothing was handed over."


def handed(speak: Callable[[socket.socket], None]) -> object:
    """What a vault says that takes from somebody who speaks like this."""
    with closing(listen(HERE)) as line:
        port = line.getsockname()[1]
        taker = Beside(lambda: take(HERE, port, CODE, SystemChance()))
        met, _ = line.accept()
        with closing(met):
            met.settimeout(10.0)
            with suppress(OSError):  # who takes may have hung up by now
                speak(met)
                met.shutdown(socket.SHUT_WR)
            return taker.end()


def begun(met: socket.socket) -> tuple[bytes, bytes]:
    """Say as a giver who one is, and that one knows the code: both keys."""
    own = X25519PrivateKey.generate()
    said = exactly(met, len(HELLO) + 32)
    assert said.startswith(HELLO)
    theirs, public = said[len(HELLO) :], own.public_key().public_bytes_raw()
    met.sendall(public)
    giver, taker, giver_proof, taker_proof = keys_of(own, theirs, theirs + public, SECRET)
    assert exactly(met, 32) == taker_proof
    met.sendall(giver_proof)
    return giver, taker


def sent(met: socket.socket, key: bytes, *pieces: tuple[bytes, bytes]) -> None:
    for n, (piece, word) in enumerate(pieces):
        sealed = ChaCha20Poly1305(key).encrypt(n.to_bytes(12, "big"), piece, word)
        met.sendall(len(sealed).to_bytes(4, "big") + sealed)


def test_who_takes_keeps_only_what_came_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    def well(met: socket.socket) -> None:
        key, own = begun(met)
        sent(met, key, (bytes(CHUNK), b"more"), (b"end", b"last"))
        answer = exactly(met, len(b"everything came") + 16)
        digest = hashlib.sha256(bytes(CHUNK) + b"end").digest()
        assert ChaCha20Poly1305(own).decrypt(bytes(12), answer, digest) == b"everything came"

    def of_length(count: int) -> Callable[[socket.socket], None]:
        def speak(met: socket.socket) -> None:
            begun(met)
            met.sendall(count.to_bytes(4, "big") + bytes(count))

        return speak

    def as_more(met: socket.socket) -> None:
        sent(met, begun(met)[0], (b"end", b"more"))

    def cut(met: socket.socket) -> None:
        sent(met, begun(met)[0], (bytes(CHUNK), b"more"))

    assert handed(well) == bytes(CHUNK) + b"end"
    for count in (0, 15, CHUNK + 17):
        assert handed(of_length(count)) == CHANGED
    assert handed(as_more) == CHANGED
    assert str(handed(cut)).endswith(" does not answer: the line ended. Is it waiting?")
    monkeypatch.setattr(handing, "WHOLE_BYTES_MAX", CHUNK + 3)
    assert handed(well) == bytes(CHUNK) + b"end"
    monkeypatch.setattr(handing, "WHOLE_BYTES_MAX", CHUNK + 2)

    def too_much(met: socket.socket) -> None:
        sent(met, begun(met)[0], (bytes(CHUNK), b"more"), (b"end", b"last"))

    assert handed(too_much) == CHANGED


def test_who_takes_asks_for_proof() -> None:
    def unproven(met: socket.socket) -> None:
        exactly(met, len(HELLO) + 32)
        met.sendall(X25519PrivateKey.generate().public_key().public_bytes_raw())
        exactly(met, 32)
        met.sendall(bytes(32))

    assert handed(unproven) == WRONG
    assert handed(lambda met: met.sendall(bytes(32))) == WRONG
    assert handed(lambda met: met.sendall(bytes(31))) == WRONG
    with closing(listen(HERE)) as line:
        port = line.getsockname()[1]
    with pytest.raises(UnableToHand) as caught:
        take(HERE, port, CODE, SystemChance())
    assert str(caught.value) == (
        f"{HERE}:{port} does not answer: Connection refused. Is it waiting?"
    )


@pytest.mark.parametrize("under_way", [False, True])
def test_what_is_withdrawn_goes_no_further(under_way: bool) -> None:  # noqa: FBT001
    told: list[int] = []

    def gone() -> bool:
        return bool(told) if under_way else True

    with giving(bytes(3 * CHUNK), told=told.append, withdrawn=gone) as (port, giver):
        if under_way:
            with pytest.raises(UnableToHand):
                take(HERE, port, CODE, SystemChance())
        assert giver.end() == handing.WITHDRAWN
    assert told == ([0] if under_way else [])


def test_what_is_said_of_codes_and_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    code = new_code(SeededChance(1))
    assert [len(group) for group in code.split("-")] == [5, 5, 5, 5]
    drawn = SeededChance(1).bytes(20)
    assert code.replace("-", "") == "".join(handing.ALPHABET[byte % 32] for byte in drawn)
    assert ip_address(handing.own_address()).version == 4
    assert handing.read_code(" 0iLo\t9 89 abc-FGHJK-MNPQR ") == b"0110989ABCFGHJKMNPQR"
    assert handing.read_code("0123456789ABCDEFGHJK") == SECRET
    for wrong in (CODE[:-1], CODE + "K", CODE[:-1] + "U", " " * 181 + SECRET.decode()):
        with pytest.raises(UnableToHand) as caught:
            handing.read_code(wrong)
        assert str(caught.value) == (
            "That is no such code: it has 4 groups of 5 letters and digits."
        )
    for far in ("8.8.8.8", "0.0.0.0", "224.0.0.1", "240.0.0.1", "ff02::1", "::"):  # noqa: S104
        with pytest.raises(UnableToHand) as caught:
            check_address(far)
        assert str(caught.value) == f"{far} is not on your own network. Nothing was sent."
    with pytest.raises(UnableToHand) as caught:
        check_address("x" * 100)
    assert str(caught.value) == f"'{'x' * 80}' is no address, such as 192.168.1.20."
    for near in ("127.0.0.1", "::1", "10.1.2.3", "169.254.1.1", "fe80::1", "fd00::1"):
        assert check_address(near) == near
    for away in ("10.255.255.254", "fd00::1"):
        with pytest.raises(UnableToHand) as caught:
            listen(away)
        told = f"{away} is not of this machine: Cannot assign requested address."
        assert str(caught.value) == told
    dialled_at: list[object] = []

    class Away:
        def __init__(self, *how: object) -> None:
            dialled_at.extend(how)

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            return None

        def connect(self, where: object) -> None:
            dialled_at.append(where)
            raise OSError

    monkeypatch.setattr(socket, "socket", Away)
    assert handing.own_address() == HERE
    assert dialled_at == [socket.AF_INET, socket.SOCK_DGRAM, ("192.0.2.1", 9)]
