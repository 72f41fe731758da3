"""Whether signatures are right: a process beside does the arithmetic of many at a time.

It holds Python's lock and takes longer than everything else that the door does with a batch.
What goes there is one record a signature, public key, SHA-256 and signature, and there comes back
one byte each, in the same order. The process ends when its input does, so it ends with us.
"""

import os
import signal
import subprocess
import sys
from functools import lru_cache, partial

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from firsthand.protocol.es256 import SIGNATURE_BYTES, verify_es256_digest

KEY_BYTES = 65  # a point, uncompressed (SEC 1, section 2.3.3)
DIGEST_BYTES = 32
RECORD_BYTES = KEY_BYTES + DIGEST_BYTES + SIGNATURE_BYTES
# More than this is never under way: all of it fits into a pipe, so that writing never waits.
RECORDS_MAX = 256
AT_ONCE_MAX = 32
KEYS_MAX = 50_000
END_S_MAX = 5.0


class UnableToProve(RuntimeError):
    """The process beside has ended. What it was asked must be asked again, here."""


class Prover:
    """The process beside, as its one user sees it; never more than ``RECORDS_MAX`` are asked."""

    def __init__(self) -> None:
        """Start it; raises ``OSError`` if there is no room for one more process."""
        self.process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-P", "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,  # Ctrl-C is for us: it ends when we do
        )
        assert self.process.stdin is not None, "it is a pipe"
        assert self.process.stdout is not None, "it is a pipe"
        self._asking, self._answers = self.process.stdin, self.process.stdout
        self.handle = self._answers.fileno()

    def ask(self, records: bytes) -> None:
        """Ask for one or more records. Raises ``UnableToProve``."""
        try:
            self._asking.write(records)
        except OSError as error:
            raise UnableToProve(str(error)) from error

    def answers(self) -> list[bool]:
        """Those that are there now, once ``handle`` can be read. Raises ``UnableToProve``."""
        found = os.read(self.handle, RECORDS_MAX)
        if not found:
            raise UnableToProve("it hung up")
        return [bool(one) for one in found]

    def close(self) -> None:
        """End it."""
        self._asking.close()
        self._answers.close()
        try:
            self.process.wait(END_S_MAX)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def record(key: bytes, digest: bytes, signature: bytes) -> bytes | None:
    """What is asked of one signature; None if it cannot be right, having another length."""
    if len(signature) != SIGNATURE_BYTES:
        return None
    return key + digest + signature


def point_of(key: EllipticCurvePublicKey) -> bytes:
    """The ``KEY_BYTES`` of a public key."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def is_right(asked: bytes, key: EllipticCurvePublicKey) -> bool:
    """Whether the signature of a record is right; ``key`` is that of the record."""
    digest, signature = asked[KEY_BYTES:-SIGNATURE_BYTES], asked[-SIGNATURE_BYTES:]
    # Others need not sign with a low s.
    return verify_es256_digest(digest, signature, key, low_s=False)


def serve(asking: int, answers: int) -> None:
    """Say that we are here, by one byte, and answer records until there are no more."""
    key_of = lru_cache(KEYS_MAX)(partial(EllipticCurvePublicKey.from_encoded_point, SECP256R1()))
    os.write(answers, bytes([True]))
    waiting = b""
    while more := os.read(asking, RECORD_BYTES * AT_ONCE_MAX - len(waiting)):
        waiting += more
        whole = len(waiting) - len(waiting) % RECORD_BYTES
        records = [waiting[at : at + RECORD_BYTES] for at in range(0, whole, RECORD_BYTES)]
        verdicts = [is_right(asked, key_of(asked[:KEY_BYTES])) for asked in records]
        waiting = waiting[whole:]
        os.write(answers, bytes(verdicts))


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    serve(sys.stdin.fileno(), sys.stdout.fileno())
