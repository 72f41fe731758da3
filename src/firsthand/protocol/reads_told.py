"""What an organisation tells a person about who looked at their data, signed, in order.

Each look has a number in this relationship. A statement goes on from ``after``; the next one asked
for begins where this one ended, so that a look that was left out or changed later shows.
"""

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import (
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)

from firsthand.protocol.jws import JwsRefused, sign_jws, verify_jws
from firsthand.protocol.refusals import refuse
from firsthand.protocol.terms import PURPOSES
from firsthand.protocol.wire import READS_TOLD_MAX, TYP_READS


class ReadTold(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One look: when (seconds since 1970), by whom, what for, which fields of how many things.

    ``kind`` says what looked, such as a member of staff, a system or a rule; ``name`` which one.
    ``agreement`` is the one that allowed it.
    """

    n: int
    at: int
    kind: str
    name: str
    purpose: str
    agreement: str
    fields: list[str]
    count: int


class ReadsTold(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The looks after number ``after``; ``next`` is the number to ask with again.

    ``more`` says that there are more right now.
    """

    iss: str
    aud: str
    after: int
    next: int
    more: bool
    reads: list[ReadTold]
    iat: int


def sign_reads_told(told: ReadsTold, key: EllipticCurvePrivateKey) -> str:
    """The statement as a compact JWS."""
    return sign_jws(msgspec.to_builtins(told), key=key, typ=TYP_READS)


def read_reads_told(
    token: str, *, key: EllipticCurvePublicKey, organisation: str, person: str, after: int
) -> ReadsTold:
    """Verify a statement of ``organisation`` to ``person`` (subjects) about looks after ``after``.

    Raises ``Refused``: ``signature_invalid``, ``not_yours`` for other parties, ``shape_invalid``
    where the numbers do not go on.
    """
    try:
        told = msgspec.convert(verify_jws(token, public_key=key, typ=TYP_READS), ReadsTold)
    except (JwsRefused, msgspec.ValidationError) as error:
        raise refuse("signature_invalid", str(error)) from error
    if told.iss != organisation or told.aud != person:
        raise refuse("not_yours", "It names other parties.")
    if told.after != after or len(told.reads) > READS_TOLD_MAX:
        raise refuse("shape_invalid", f"It does not begin after number {after}, or is too long.")
    last = after
    for read in told.reads:
        if read.n <= last or read.count < 0 or read.purpose not in PURPOSES:
            raise refuse("shape_invalid", f"Look {read.n} is out of order or not well formed.")
        last = read.n
    if told.next != last:
        raise refuse("shape_invalid", "It does not end with the last look that it tells.")
    return told
