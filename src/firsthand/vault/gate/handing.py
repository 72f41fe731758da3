"""Hand everything over to another vault on the same network, by a code that is good once.

One side listens on an address of the network and shows a code; a person types it on the other. The
code has 100 random bits, so nobody guesses it, neither at the door nor from what went over the
line. Both sides draw a key for this one time (X25519) and mix the code into what follows from the
two: who does not know it learns nothing and cannot stand in between, and whoever learns it later
cannot read what was recorded. Only addresses of one's own network or machine are listened on and
dialled: none that leads out.
"""

import contextlib
import hashlib
import hmac
import math
import socket
from collections.abc import Callable
from ipaddress import ip_address
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from firsthand.foundation.ids import Chance

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_CHARACTERS: Final = 20  # 5 bits each
GROUP_CHARACTERS: Final = 5
LISTEN_SECONDS_MAX: Final = 300.0
LOOK_SECONDS: Final = 0.25  # how often it looks whether the code was withdrawn
LINE_SECONDS_MAX: Final = 20.0
WRONG_MAX: Final = 3
CHUNK_BYTES: Final = 64 * 1024
WHOLE_BYTES_MAX: Final = 4 * 1024 * 1024 * 1024
_HELLO = b"firsthand hand over 1\n"
_KEY_BYTES, _TAG_BYTES, _LENGTH_BYTES, _PROOF_BYTES = 32, 16, 4, 32
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None, "\t": None})
_DONE = b"everything came"
WITHDRAWN: Final = "It was withdrawn before everything was there. The code opens nothing any more."


class UnableToHand(Exception):
    """Nothing was handed over: the code, the address or the time was not right."""


class _Keys(msgspec.Struct, frozen=True):
    """What both sides know after the first words: one key for each direction, and the proofs."""

    giving: bytes
    taking: bytes
    proof_of_giver: bytes
    proof_of_taker: bytes


def new_code(chance: Chance) -> str:
    """Draw a code: `XXXXX-XXXXX-XXXXX-XXXXX`, 100 random bits."""
    # One byte a character: 256 is a multiple of 32, so every character is equally likely.
    drawn = "".join(ALPHABET[byte % len(ALPHABET)] for byte in chance.bytes(CODE_CHARACTERS))
    groups = range(0, CODE_CHARACTERS, GROUP_CHARACTERS)
    return "-".join(drawn[start : start + GROUP_CHARACTERS] for start in groups)


def read_code(typed: str) -> bytes:
    """The secret of a code as a person types it. Raises `UnableToHand`."""
    code = typed[:200].strip().upper().translate(_READ_AS)
    if len(code) != CODE_CHARACTERS or not set(code) <= set(ALPHABET):
        raise UnableToHand("That is no such code: it has 4 groups of 5 letters and digits.")
    return code.encode("ascii")


def own_address() -> str:
    """The address of this machine in its network; nothing is sent to find it."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        asked.connect(("192.0.2.1", 9))  # TEST-NET-1: a UDP socket sends nothing here
        return str(asked.getsockname()[0])
    return "127.0.0.1"


def check_address(address: str) -> str:
    """An address of one's own network or machine. Raises `UnableToHand` for any other."""
    try:
        found = ip_address(address)
    except ValueError as error:
        raise UnableToHand(f"{address[:80]!r} is no address, such as 192.168.1.20.") from error
    near = found.is_private or found.is_loopback or found.is_link_local
    kept_back = found.is_reserved and not found.is_loopback  # ::1 is of a reserved range
    if not near or found.is_unspecified or found.is_multicast or kept_back:
        raise UnableToHand(f"{address} is not on your own network. Nothing was sent.")
    return str(found)


def listen(address: str) -> socket.socket:
    """Listen on an address of one's own network, at any port. Raises `UnableToHand`."""
    family = socket.AF_INET6 if ":" in check_address(address) else socket.AF_INET
    line = socket.socket(family, socket.SOCK_STREAM)
    try:
        line.bind((address, 0))
        line.listen(WRONG_MAX)
    except OSError as error:
        line.close()
        raise UnableToHand(f"{address} is not of this machine: {error.strerror}.") from error
    return line


def give(
    line: socket.socket,
    code: str,
    whole: bytes,
    chance: Chance,
    *,
    wait_seconds: float = LISTEN_SECONDS_MAX,
    told: Callable[[int], None] | None = None,
    withdrawn: Callable[[], bool] = lambda: False,
) -> None:
    """Wait for the other side on `line`, and hand `whole` to who knows the code, once.

    `WRONG_MAX` who do not know it end it, and so does `withdrawn` within a moment. told: hears
    before each piece how many bytes went, first of 0 once the other side has proved that it knows
    the code. Raises `UnableToHand`.
    """
    line.settimeout(min(LOOK_SECONDS, wait_seconds))
    wrong = 0
    for _ in range(math.ceil(wait_seconds / LOOK_SECONDS)):
        if withdrawn():
            raise UnableToHand(WITHDRAWN)
        try:
            met, _ = line.accept()
        except TimeoutError:
            continue
        except OSError as error:
            raise UnableToHand("The line is gone. Nothing was handed over.") from error
        with met:
            met.settimeout(LINE_SECONDS_MAX)
            try:
                _give_to(met, read_code(code), whole, chance, told, withdrawn)
            except _Wrong:
                wrong += 1
                if wrong == WRONG_MAX:
                    raise UnableToHand(
                        "Too many tried with a wrong code. Nothing was handed over: begin anew."
                    ) from None
                continue
            except (OSError, InvalidTag) as error:
                raise UnableToHand("The line broke before everything was there.") from error
            return
    raise UnableToHand("Nobody came in time. Nothing was handed over.")


def take(
    address: str, port: int, code: str, chance: Chance, *, room: Callable[[int], None] | None = None
) -> bytes:
    """Fetch what the vault at an address of one's own network hands over. Raises `UnableToHand`.

    room: told of each piece how many bytes there are by then.
    """
    secret = read_code(code)
    try:
        with socket.create_connection((check_address(address), port), LINE_SECONDS_MAX) as met:
            return _take_from(met, secret, chance, room)
    except _Wrong as error:
        raise UnableToHand("The code is not the one that the other side shows.") from error
    except InvalidTag as error:
        raise UnableToHand("What came was changed on the way. Nothing was kept.") from error
    except OSError as error:
        why = error.strerror or error
        raise UnableToHand(f"{address}:{port} does not answer: {why}. Is it waiting?") from error


class _Wrong(Exception):
    """The other side does not know the code, or speaks something else."""


def _give_to(
    met: socket.socket,
    secret: bytes,
    whole: bytes,
    chance: Chance,
    told: Callable[[int], None] | None,
    withdrawn: Callable[[], bool],
) -> None:
    own = X25519PrivateKey.from_private_bytes(chance.bytes(_KEY_BYTES))
    public = own.public_key().public_bytes_raw()
    said = _exactly(met, len(_HELLO) + _KEY_BYTES, wrong=True)
    if not said.startswith(_HELLO):
        raise _Wrong
    theirs = said[len(_HELLO) :]
    keys = _agreed(own, theirs, secret, theirs + public)
    met.sendall(public)
    # Who came proves first that they know the code: a stranger hears nothing that depends on it.
    if not hmac.compare_digest(_exactly(met, _PROOF_BYTES, wrong=True), keys.proof_of_taker):
        raise _Wrong
    met.sendall(keys.proof_of_giver)
    seal = ChaCha20Poly1305(keys.giving)
    pieces = [whole[at : at + CHUNK_BYTES] for at in range(0, len(whole), CHUNK_BYTES)] or [b""]
    for number, piece in enumerate(pieces):
        if withdrawn():
            raise UnableToHand(WITHDRAWN)
        if told is not None:
            told(number * CHUNK_BYTES)
        last = number == len(pieces) - 1
        sealed = seal.encrypt(_nonce(number), piece, b"last" if last else b"more")
        met.sendall(len(sealed).to_bytes(_LENGTH_BYTES, "big") + sealed)
    answer = _exactly(met, len(_DONE) + _TAG_BYTES)
    digest = hashlib.sha256(whole).digest()
    ChaCha20Poly1305(keys.taking).decrypt(_nonce(0), answer, digest)


def _take_from(
    met: socket.socket, secret: bytes, chance: Chance, room: Callable[[int], None] | None
) -> bytes:
    own = X25519PrivateKey.from_private_bytes(chance.bytes(_KEY_BYTES))
    public = own.public_key().public_bytes_raw()
    met.sendall(_HELLO + public)
    theirs = _exactly(met, _KEY_BYTES, wrong=True)
    keys = _agreed(own, theirs, secret, public + theirs)
    met.sendall(keys.proof_of_taker)
    if not hmac.compare_digest(_exactly(met, _PROOF_BYTES, wrong=True), keys.proof_of_giver):
        raise _Wrong
    opened, whole, number = ChaCha20Poly1305(keys.giving), bytearray(), 0
    while True:
        length = int.from_bytes(_exactly(met, _LENGTH_BYTES), "big")
        if not _TAG_BYTES <= length <= CHUNK_BYTES + _TAG_BYTES:
            raise InvalidTag
        sealed = _exactly(met, length)
        last = length < CHUNK_BYTES + _TAG_BYTES
        try:
            piece = opened.decrypt(_nonce(number), sealed, b"last" if last else b"more")
        except InvalidTag:
            piece, last = opened.decrypt(_nonce(number), sealed, b"last"), True
        whole += piece
        number += 1
        if len(whole) > WHOLE_BYTES_MAX:
            raise InvalidTag
        if room is not None:
            room(len(whole))
        if last:
            break
    digest = hashlib.sha256(whole).digest()
    met.sendall(ChaCha20Poly1305(keys.taking).encrypt(_nonce(0), _DONE, digest))
    return bytes(whole)


def _agreed(own: X25519PrivateKey, theirs: bytes, secret: bytes, both: bytes) -> _Keys:
    try:
        shared = own.exchange(X25519PublicKey.from_public_bytes(theirs))
    except ValueError as error:  # a point of small order
        raise _Wrong from error
    drawn = HKDF(
        algorithm=hashes.SHA256(), length=4 * _KEY_BYTES, salt=secret, info=_HELLO + both
    ).derive(shared)
    parts = [drawn[at : at + _KEY_BYTES] for at in range(0, len(drawn), _KEY_BYTES)]
    return _Keys(*parts)


def _exactly(met: socket.socket, count: int, *, wrong: bool = False) -> bytes:
    """So many bytes. Raises `OSError` where the line ends before, or `_Wrong` at its beginning."""
    held = bytearray()
    while len(held) < count:
        try:
            piece = met.recv(min(count - len(held), CHUNK_BYTES))
        except OSError as error:
            if wrong:
                raise _Wrong from error
            raise
        if not piece:
            if wrong:
                raise _Wrong
            raise ConnectionError("the line ended")
        held += piece
    return bytes(held)


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")
