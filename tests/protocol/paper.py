"""A whole deal on paper: an organisation whose key changed, a person, three batches, an end."""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from firsthand.protocol.agreements import (
    Answer,
    Proffer,
    agreement_id,
    chosen,
    sign_answer,
    sign_proffer,
)
from firsthand.protocol.canonical import sha256_hex
from firsthand.protocol.changes import ChangeReceipt, sign_change_receipt
from firsthand.protocol.checkpoints import Checkpoint, sign_checkpoint, verifier_key
from firsthand.protocol.exported_log import (
    Changed,
    Disclosed,
    Ended,
    Kept,
    Named,
    Part,
    Seen,
    sealed,
)
from firsthand.protocol.identity import subject_of, thumbprint_of
from firsthand.protocol.keylog import sign_first, sign_next
from firsthand.protocol.merkle import Frontier, consistency_proof, inclusion_proof, leaf_hash
from firsthand.protocol.reads_told import ReadsTold, ReadTold, sign_reads_told
from firsthand.protocol.receipts import (
    BatchLabel,
    Ending,
    ErasureReceipt,
    ReceiptJson,
    RevocationReceipt,
    sign_erasure,
    sign_revocation,
)
from firsthand.protocol.roles.profile import Given
from firsthand.protocol.signals import Signal, encode_signals
from firsthand.protocol.signatures import Message, sign
from firsthand.protocol.terms import ROSTER
from firsthand.protocol.wire import (
    COVERED_BATCH,
    COVERED_BODY,
    PATH_ERASURES,
    PATH_REVOCATIONS,
    PATH_SIGNALS,
    TYPE_BATCH,
    TYPE_JSON,
)

URL, ORIGIN = "https://reel.example", "reel.example"
OLD, NEW, PERSON, STRANGER = (derive_private_key(n, SECP256R1()) for n in (61, 62, 63, 64))
LOG = Ed25519PrivateKey.from_private_bytes(b"g" * 32)
OTHER_LOG = Ed25519PrivateKey.from_private_bytes(b"h" * 32)
LOG_KEY = verifier_key(ORIGIN, LOG.public_key())
START, HOUR = 1_704_110_400, 3_600
ROTATED = START + 10 * HOUR
SUBJECT = subject_of(thumbprint_of(OLD.public_key()))
ME = thumbprint_of(PERSON.public_key())
I_AM = subject_of(ME)
FIRST_KEY = sign_first(OLD, log_key=LOG_KEY, at=START - HOUR)
KEY_LOG = [
    FIRST_KEY,
    sign_next([FIRST_KEY], key=NEW.public_key(), log_key=LOG_KEY, at=ROTATED, signer=OLD),
]
PURPOSE = "personalisation"


class Tree:
    """The organisation's log, with every node, and its checkpoints."""

    def __init__(self, key: Ed25519PrivateKey = LOG, origin: str = ORIGIN) -> None:
        self.key, self.origin = key, origin
        self.frontier = Frontier()
        self.nodes: dict[tuple[int, int], bytes] = {}

    def add(self, leaf: bytes) -> int:
        for level, index, node in self.frontier.append(leaf):
            self.nodes[level, index] = node
        return self.frontier.size - 1

    def node(self, level: int, index: int) -> bytes:
        return self.nodes[level, index]

    def checkpoint(self) -> str:
        made = Checkpoint(origin=self.origin, size=self.frontier.size, root=self.frontier.root())
        return sign_checkpoint(made, self.key)

    def receipt(self, leaf: bytes, index: int) -> ReceiptJson:
        proof = inclusion_proof(self.node, index, self.frontier.size)
        return ReceiptJson(
            leaf=leaf.hex(), index=index, proof=[step.hex() for step in proof],
            checkpoint=self.checkpoint(),
        )  # fmt: skip

    def growth(self, old: int) -> list[str]:
        return [step.hex() for step in consistency_proof(self.node, old, self.frontier.size)]


def _signed(path: str, body: bytes, kind: str, at: int, batch: str | None) -> dict[str, str]:
    digest = b64encode(sha256(body).digest()).decode()
    headers = {"content-type": kind, "content-digest": f"sha-256=:{digest}:"}
    if batch is not None:
        headers["firsthand-batch"] = batch
    made = sign(
        Message(method="POST", target_uri=URL + path, headers=headers), key=PERSON,
        covered=COVERED_BODY if batch is None else COVERED_BATCH, created=at,
        expires=at + 30 * 24 * HOUR, keyid=ME,
    )  # fmt: skip
    return {**headers, **made}


def agreed() -> Kept:
    proffer = Proffer(
        iss=I_AM, aud=SUBJECT, jti="proffer-1", iat=START, exp=START + 365 * 24 * HOUR,
        p7012=chosen(ROSTER["FH-GIVEN"], url=URL),
        fields={"WatchAction": ["name", "startTime"]}, record={},
    )  # fmt: skip
    mine = sign_proffer(proffer, PERSON)
    answer = Answer(
        iss=SUBJECT, aud=I_AM, iat=START, proffer_sha256=sha256_hex(mine.encode()),
        decision="accepted",
    )  # fmt: skip
    theirs = sign_answer(answer, OLD)
    return Kept(id=agreement_id(mine, theirs), proffer=mine, answer=theirs)


DEAL = agreed()


def batch(tree: Tree, position: int, n: int, *, lane: str = "phone") -> Disclosed:
    data = {
        "@type": "WatchAction", "name": f"Dark {position}", "startTime": "2024-01-01",
        "timePrecision": "P1W", "isBasedOn": "netflix",
    }  # fmt: skip
    signal = Signal(
        specversion="1.0", id=f"signal-{position}", source=I_AM, type="profile.given",
        agreement=DEAL.id, purpose=PURPOSE, data=msgspec.convert(data, Given),
    )  # fmt: skip
    body = encode_signals([signal])
    label = BatchLabel(lane=lane, n=n, salt=bytes([position]) * 16)
    leaf = label.leaf(sha256(body).digest())
    receipt = tree.receipt(leaf, tree.add(leaf))
    return Disclosed(
        position=position, agreement=DEAL.id, role="profile", purpose=PURPOSE,
        fields=sorted(data), things=1, at="2024-01-01T13:00:00Z", state="given",
        sha256=sha256_hex(body), body=body.decode(), receipt=receipt,
        headers=_signed(PATH_SIGNALS, body, TYPE_BATCH, START + position, label.header()),
    )  # fmt: skip


def ending(kind: str, receipt: str | None) -> Ended:
    at = ROTATED + HOUR
    said = Ending(agreement=DEAL.id, jti=f"{kind}-1", at=at)
    path = {"revocation": PATH_REVOCATIONS, "erasure": PATH_ERASURES}[kind]
    body = msgspec.json.encode(said)
    return Ended(
        agreement=DEAL.id, kind=kind, at="2024-01-02T00:00:00Z", body=body.decode(),  # type: ignore[arg-type]
        headers=_signed(path, body, TYPE_JSON, at, None), receipt=receipt,
    )  # fmt: skip


def erased(tree: Tree, leaves: list[int], **changes: object) -> str:
    made = ErasureReceipt(
        iss=SUBJECT, aud=I_AM, agreement=DEAL.id, erased_at=ROTATED + 2 * HOUR,
        batches=len(leaves), leaves=leaves, backup_days=30, checkpoint=tree.checkpoint(),
        iat=ROTATED + 2 * HOUR,
    )  # fmt: skip
    return sign_erasure(msgspec.structs.replace(made, **changes), NEW)


def revoked(**changes: object) -> str:
    made = RevocationReceipt(
        iss=SUBJECT, aud=I_AM, agreement=DEAL.id, ended_at=ROTATED + HOUR, iat=ROTATED + HOUR
    )
    return sign_revocation(msgspec.structs.replace(made, **changes), NEW)


def paused() -> str:
    made = ChangeReceipt(
        iss=SUBJECT, aud=I_AM, agreement=DEAL.id, state="paused", since=START + 9, iat=START + 9
    )
    return sign_change_receipt(made, OLD)


def looks(after: int, numbers: list[int], **changes: object) -> str:
    reads = [
        ReadTold(
            n=n, at=START + n, kind="rule", name="titles-by-taste", purpose=PURPOSE,
            agreement=DEAL.id, fields=["name"], count=1,
        )
        for n in numbers
    ]  # fmt: skip
    made = ReadsTold(
        iss=SUBJECT, aud=I_AM, after=after, next=numbers[-1] if numbers else after, more=False,
        reads=[msgspec.structs.replace(read, **changes) for read in reads], iat=START + 100,
    )  # fmt: skip
    return sign_reads_told(made, OLD)


def part() -> Part:
    """The whole of it, sealed."""
    tree, seen, given = Tree(), list[Seen](), list[Disclosed]()
    seen.append(Seen(checkpoint=tree.checkpoint(), proof=[]))
    size = 0
    for n in range(1, 4):
        tree.add(leaf_hash(f"somebody else's {n}".encode()))
        given.append(batch(tree, n * 10, n))
        seen.append(Seen(checkpoint=tree.checkpoint(), proof=tree.growth(size)))
        size = tree.frontier.size
    leaves = [each.receipt.index for each in given if each.receipt]
    made = Part(
        organisation=Named(name="Reel", url=URL, subject=SUBJECT, key_log=KEY_LOG),
        person=I_AM, agreements=[DEAL], disclosures=given, checkpoints=seen,
        endings=[ending("revocation", revoked()), ending("erasure", erased(tree, leaves))],
        changes=[Changed(agreement=DEAL.id, receipt=paused())],
        reads=[looks(0, [1, 2]), looks(2, [3])],
    )  # fmt: skip
    return sealed(made, PERSON, at=ROTATED + 3 * HOUR)


def again(changed: Part) -> Part:
    """Sealed anew, as only the person could."""
    return sealed(changed, PERSON, at=ROTATED + 3 * HOUR)


def but(whole: Part, **changes: object) -> Part:
    return again(msgspec.structs.replace(whole, **changes))


def replaced(rows: list[Disclosed], place: int, **changes: object) -> list[Disclosed]:
    made = list(rows)
    made[place] = msgspec.structs.replace(made[place], **changes)
    return made


def headers_but(row: Disclosed, **changes: str) -> Mapping[str, str]:
    return {**(row.headers or {}), **changes}
