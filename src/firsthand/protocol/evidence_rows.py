"""The rows of an exported log, one at a time: what was signed, taken, ended and looked at.

Every function raises ``Refused``, or a ``ValueError`` of the protocol, for what does not hold.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from firsthand.protocol.agreement_life import Readable
from firsthand.protocol.agreements import Agreement
from firsthand.protocol.canonical import read_json, sha256_hex
from firsthand.protocol.checkpoints import Checkpoint, verify_checkpoint
from firsthand.protocol.digests import content_digest
from firsthand.protocol.exported_log import Disclosed, Ended
from firsthand.protocol.keylog import KeyLog
from firsthand.protocol.reads_told import read_reads_told
from firsthand.protocol.receipts import (
    Ending,
    ErasureReceipt,
    RevocationReceipt,
    read_batch_label,
    read_erasure,
    read_revocation,
    verify_receipt,
)
from firsthand.protocol.refusals import refuse
from firsthand.protocol.roles.profile import present
from firsthand.protocol.signals import decode_signals
from firsthand.protocol.signatures import Message, verify
from firsthand.protocol.wire import (
    COVERED_BATCH,
    COVERED_BODY,
    PATH_ERASURES,
    PATH_REVOCATIONS,
    PATH_SIGNALS,
)

STATES = ("waiting", "given", "refused", "withdrawn", "erased")
_PATHS = {"revocation": PATH_REVOCATIONS, "erasure": PATH_ERASURES}


def check_body(entry: Disclosed, person: str) -> None:
    """What the entry says of its content is what its body holds, where the body is there."""
    if entry.state not in STATES or len(bytes.fromhex(entry.sha256)) != 32:  # noqa: PLR2004 - bytes
        raise refuse("shape_invalid", "Its state or its hash is none.")
    if entry.body is None:
        return
    body = entry.body.encode()
    if sha256_hex(body) != entry.sha256:
        raise refuse("digest_invalid", "The content has another hash.")
    signals = decode_signals(body)
    first = signals[0]
    said = (entry.role, entry.agreement, entry.purpose, person)
    if (first.type.partition(".")[0], first.agreement, first.purpose, first.source) != said:
        raise refuse("shape_invalid", "The content says other words than the entry.")
    fields = sorted({name for signal in signals for name in present(signal.data)})
    if fields != sorted(entry.fields) or len(signals) != entry.things:
        raise refuse("shape_invalid", "The content has other fields, or more or fewer things.")


def check_disclosed(entry: Disclosed, *, key: EllipticCurvePublicKey, url: str) -> None:
    """The person signed this batch for this organisation's address."""
    headers = _headers_of(entry.headers)
    if headers.get("content-digest") != _digest_of(entry.sha256):
        raise refuse("digest_invalid", "Other content was signed.")
    message = Message(method="POST", target_uri=url + PATH_SIGNALS, headers=headers)
    verify(message, public_key=key, required=COVERED_BATCH, now=None, waits=True)


def lane_of(entry: Disclosed, log: KeyLog) -> tuple[str, int, int, Checkpoint]:
    """The organisation took this batch: its lane, number and place in the log, and a checkpoint."""
    if entry.receipt is None:
        raise refuse("signature_invalid", "There is no receipt.")
    label = read_batch_label(_headers_of(entry.headers).get("firsthand-batch", ""))
    text = entry.receipt.checkpoint
    log_key = log.log_key_for(text)
    leaf = label.leaf(bytes.fromhex(entry.sha256))
    verify_receipt(entry.receipt, leaf=leaf, log_key=log_key)
    return label.lane, label.n, entry.receipt.index, verify_checkpoint(text, log_key)


def check_ending(ending: Ended, *, key: EllipticCurvePublicKey, url: str) -> None:
    """The person signed this end for this organisation's address."""
    body, headers = ending.body.encode(), _headers_of(ending.headers)
    if msgspec.convert(read_json(body), Ending).agreement != ending.agreement:
        raise refuse("no_agreement", "It ends another agreement.")
    if headers.get("content-digest") != content_digest(body):
        raise refuse("digest_invalid", "Other content was signed.")
    message = Message(method="POST", target_uri=url + _PATHS[ending.kind], headers=headers)
    verify(message, public_key=key, required=COVERED_BODY, now=None, waits=True)


def check_ending_receipt(
    ending: Ended, *, log: KeyLog, person: str, disclosures: Sequence[Disclosed]
) -> RevocationReceipt | ErasureReceipt:
    """The organisation confirmed this end; an erasure names every batch that it took."""
    token = ending.receipt or ""
    key = log.key_for(token)
    receipt: RevocationReceipt | ErasureReceipt
    if ending.kind == "revocation":
        receipt = read_revocation(token, key=key)
    else:
        receipt = read_erasure(token, key=key)
        if receipt.batches != len(set(receipt.leaves)):
            raise refuse("signature_invalid", "It counts otherwise than it names.")
        taken = [each for each in disclosures if each.agreement == ending.agreement]
        places = {each.receipt.index for each in taken if each.receipt is not None}
        if not places <= set(receipt.leaves):
            missing = len(places - set(receipt.leaves))
            raise refuse("signature_invalid", f"It leaves out {missing} of what was taken.")
    if (receipt.iss, receipt.aud, receipt.agreement) != (log.subject, person, ending.agreement):
        raise refuse("signature_invalid", "It is for another agreement, or between others.")
    return receipt


def check_reads(
    token: str,
    *,
    log: KeyLog,
    person: str,
    after: int,
    agreements: Mapping[str, Agreement],
    ended: Mapping[str, int],
) -> int:
    """The organisation told of these looks, and each was allowed; returns the number to go on with.

    ``ended`` says since when an agreement has ended, in seconds since 1970.
    """
    told = read_reads_told(
        token, key=log.key_for(token), organisation=log.subject, person=person, after=after
    )
    readable = Readable(agreements, ended)
    for read in told.reads:
        why = readable.why_not(read.agreement, read.purpose, read.at)
        if why in {"no_agreement", "purpose_not_allowed"}:
            raise refuse("purpose_not_allowed", f"Look {read.n} was not allowed: {read.purpose}.")
        if why == "replaced":
            raise refuse(
                "purpose_not_allowed",
                f"Look {read.n} was not allowed since the deal was changed: {read.purpose}.",
            )
        if why is not None:
            how = "ended" if why == "agreement_ended" else "run out"
            raise refuse("agreement_ended", f"Look {read.n} was after the deal had {how}.")
    return told.next


def _headers_of(headers: Mapping[str, str] | None) -> dict[str, str]:
    if headers is None:
        raise refuse("signature_missing", "It was never signed.")
    return {name.lower(): value for name, value in headers.items()}


def _digest_of(sha256: str) -> str:
    """The Content-Digest of a body whose SHA-256 is known in hex."""
    return f"sha-256=:{b64encode(bytes.fromhex(sha256)).decode('ascii')}:"
