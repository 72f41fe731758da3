"""A process beside a busy door, which runs the steps of many requests at a time.

They hold Python's lock, and take longer than everything else that the door does with a batch.
What is known of a person, key and deal, is told once; where something is not known there, the
request comes back unanswered and is looked at here. Nothing is lost with that process: what it
was asked is asked again. It ends when its line does, so it ends with us.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from firsthand.foundation.clock import SystemClock
from firsthand.hub.intake.steps import STEPS, Deal, Passed, Sent, Stopped, arrived, run

KNOWN_MAX = 50_000
LENGTH_BYTES = 4
READ_BYTES_MAX = 1 << 18
END_S_MAX = 5.0

Outcome = Passed | Stopped | None
"""None: something is not known there, or it went wrong. It must be looked at here."""


class UnableToAsk(RuntimeError):
    """The process beside has ended. What it was asked must be looked at here."""


class Learnt(msgspec.Struct, frozen=True, array_like=True):
    """The key of a relationship (a point, SEC 1 section 2.3.3), and one of its deals."""

    relationship: str
    point: bytes
    agreement: str = ""
    deal: Deal | None = None


class Asked(msgspec.Struct, frozen=True, array_like=True):
    """What is sent: the time (seconds since 1970), whom to forget, what to learn, what to do."""

    now_s: int
    forgotten: Sequence[str]
    learnt: Sequence[Learnt]
    sent: Sequence[Sent]


class Answers(msgspec.Struct, frozen=True, array_like=True):
    """What comes back: the times (ms) by step, and an outcome for each that was sent."""

    took_ms: Sequence[Sequence[float]]
    outcomes: Sequence[Outcome]


_ENCODE = msgspec.msgpack.Encoder().encode
_ASKED = msgspec.msgpack.Decoder(Asked)
_ANSWERS = msgspec.msgpack.Decoder(Answers)


class Beside:
    """The process, as its one user sees it. Nothing here waits but ``close``."""

    def __init__(self, target: str) -> None:
        """Start it for the door at ``target``; raises ``OSError`` if there is no room for it.

        Its first answer, to nothing, says that it is there.
        """
        ours, theirs = socket.socketpair()
        try:
            self.process: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-P", "-m", __name__, target],
                stdin=theirs.fileno(),
                start_new_session=True,  # Ctrl-C is for us: it ends when we do
            )
        except OSError:
            ours.close()
            raise
        finally:
            theirs.close()
        ours.setblocking(False)  # noqa: FBT003 - it has no name
        self._line = ours
        self.handle = ours.fileno()
        self._unsent = bytearray()
        self._unread = bytearray()

    def ask(self, asked: Asked) -> bool:
        """Send, as far as it goes now; whether all of it went. Raises ``UnableToAsk``."""
        self._unsent += _framed(asked)
        return self.flush()

    def flush(self) -> bool:
        """Send on, once ``handle`` can be written; whether all of it went."""
        while self._unsent:
            try:
                sent = self._line.send(self._unsent)
            except BlockingIOError:
                return False
            except OSError as error:
                raise UnableToAsk(str(error)) from error
            del self._unsent[:sent]
        return True

    def answers(self) -> list[Answers]:
        """Those that are there now, once ``handle`` can be read. Raises ``UnableToAsk``."""
        try:
            more = self._line.recv(READ_BYTES_MAX)
        except BlockingIOError:
            return []
        except OSError as error:
            raise UnableToAsk(str(error)) from error
        if not more:
            raise UnableToAsk("it hung up")
        self._unread += more
        found, at = [], 0
        while len(self._unread) >= at + LENGTH_BYTES:
            begin = at + LENGTH_BYTES
            end = begin + int.from_bytes(self._unread[at:begin], "big")
            if len(self._unread) < end:
                break
            found.append(_ANSWERS.decode(bytes(self._unread[begin:end])))
            at = end
        del self._unread[:at]
        return found

    def close(self) -> None:
        """End it: it keeps nothing, so it need not be asked."""
        self._line.close()
        self.process.kill()
        self.process.wait(END_S_MAX)


def learnt(
    relationship: str, key: EllipticCurvePublicKey, agreement: str, deal: Deal | None
) -> Learnt:
    """What the process beside must know, to look at what this person sends under that deal."""
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return Learnt(relationship=relationship, point=point, agreement=agreement, deal=deal)


class NotKnown(LookupError):
    """The process beside was not told of this key or this deal."""


class Pupil:
    """What the process beside knows: what it was told, and the time that it was told."""

    def __init__(self) -> None:
        self._keys: dict[str, EllipticCurvePublicKey] = {}
        self._deals: dict[tuple[str, str], Deal] = {}
        self._now_s = 0

    def hear(self, asked: Asked) -> None:
        """Learn and forget."""
        self._now_s = asked.now_s
        for relationship in asked.forgotten:
            self._keys.pop(relationship, None)
            for pair in [pair for pair in self._deals if pair[0] == relationship]:
                del self._deals[pair]
        for one in asked.learnt:
            if max(len(self._keys), len(self._deals)) >= KNOWN_MAX:
                self._keys.clear()
                self._deals.clear()
            key = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), one.point)
            self._keys[one.relationship] = key
            if one.deal is not None:
                self._deals[one.relationship, one.agreement] = one.deal

    def key(self, relationship: str) -> EllipticCurvePublicKey:
        """A key that it was told of; raises ``NotKnown``."""
        try:
            return self._keys[relationship]
        except KeyError as error:
            raise NotKnown from error

    def deal(self, relationship: str, agreement: str) -> Deal:
        """A deal that it was told of; raises ``NotKnown``."""
        try:
            return self._deals[relationship, agreement]
        except KeyError as error:
            raise NotKnown from error

    def now_s(self) -> int:
        """The time of those who ask: there is one clock."""
        return self._now_s


def outcomes(pupil: Pupil, target: str, asked: Asked, ticks_ms: Callable[[], float]) -> Answers:
    """Run the steps of everything that was asked, for the door at ``target``."""
    pupil.hear(asked)
    took_ms: list[list[float]] = [[] for _ in STEPS]
    found: list[Outcome] = []
    for one in asked.sent:
        took: list[float] = []
        try:
            found.append(run(pupil, arrived(one, target), ticks_ms, took))
        except Exception:  # noqa: BLE001 - whoever asked looks at it, and hears what is wrong
            found.append(None)
            continue
        for times, time in zip(took_ms, took, strict=False):  # it may have been stopped
            times.append(time)
    return Answers(took_ms=took_ms, outcomes=found)


def serve(line: socket.socket, target: str, ticks_ms: Callable[[], float]) -> None:
    """Say that we are here, and answer until the line ends."""
    pupil = Pupil()
    line.sendall(_framed(Answers(took_ms=[], outcomes=[])))
    with line.makefile("rb", buffering=READ_BYTES_MAX) as asking:
        while len(length := asking.read(LENGTH_BYTES)) == LENGTH_BYTES:
            frame = asking.read(int.from_bytes(length, "big"))
            line.sendall(_framed(outcomes(pupil, target, _ASKED.decode(frame), ticks_ms)))


def _framed(value: Asked | Answers) -> bytes:
    content = _ENCODE(value)
    return len(content).to_bytes(LENGTH_BYTES, "big") + content


def stand_back() -> None:
    """Never interrupt those who asked: they hold a lock, at the moment in which they ask."""
    if hasattr(os, "SCHED_BATCH"):  # on Linux; elsewhere they are interrupted
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    stand_back()
    with contextlib.suppress(ConnectionError):  # they ended in the middle of it
        serve(socket.socket(fileno=sys.stdin.fileno()), sys.argv[1], SystemClock().ticks_ms)
