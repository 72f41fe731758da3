"""A receipt proves one batch and no other; endings are signed for one agreement."""

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from firsthand.protocol.checkpoints import Checkpoint, sign_checkpoint, verifier_key
from firsthand.protocol.merkle import Frontier, inclusion_proof
from firsthand.protocol.receipts import (
    BatchLabel,
    ErasureReceipt,
    ReceiptJson,
    RevocationReceipt,
    read_batch_label,
    read_erasure,
    read_revocation,
    sign_erasure,
    sign_revocation,
    verify_receipt,
)
from firsthand.protocol.refusals import Refused

pytestmark = pytest.mark.usefixtures("refused_in_words")

LOG = Ed25519PrivateKey.from_private_bytes(b"l" * 32)
ORGANISATION = derive_private_key(31, SECP256R1())
LOG_KEY = verifier_key("reel.example", LOG.public_key())
LABELS = [BatchLabel(lane="lane", n=n, salt=bytes([n]) * 16) for n in range(1, 12)]
LEAVES = [label.leaf(b"d" * 32) for label in LABELS]


def receipt(index: int) -> ReceiptJson:
    frontier, nodes = Frontier(), dict[tuple[int, int], bytes]()
    for leaf in LEAVES:
        for level, place, node in frontier.append(leaf):
            nodes[level, place] = node
    proof = inclusion_proof(lambda level, place: nodes[level, place], index, len(LEAVES))
    checkpoint = Checkpoint(origin="reel.example", size=len(LEAVES), root=frontier.root())
    return ReceiptJson(
        leaf=LEAVES[index].hex(),
        index=index,
        proof=[step.hex() for step in proof],
        checkpoint=sign_checkpoint(checkpoint, LOG),
    )


@pytest.mark.parametrize("index", range(len(LEAVES)))
def test_a_receipt_proves_its_batch_and_no_other(index: int) -> None:
    assert verify_receipt(receipt(index), leaf=LEAVES[index], log_key=LOG_KEY) == len(LEAVES)
    for other in LEAVES[:index] + LEAVES[index + 1 :]:
        with pytest.raises(Refused):
            verify_receipt(receipt(index), leaf=other, log_key=LOG_KEY)


@given(st.data())
def test_one_changed_character_of_a_receipt_is_refused(data: st.DataObject) -> None:
    raw = msgspec.json.encode(receipt(4))
    place = data.draw(st.integers(0, len(raw) - 1))
    new = data.draw(st.sampled_from(b"abf0189+/ABF"))
    if raw[place] == new:
        return
    changed = raw[:place] + bytes([new]) + raw[place + 1 :]
    with pytest.raises((Refused, ValueError)):
        verify_receipt(
            msgspec.json.decode(changed, type=ReceiptJson), leaf=LEAVES[4], log_key=LOG_KEY
        )


def test_a_log_of_another_key_is_refused() -> None:
    other = Ed25519PrivateKey.from_private_bytes(b"o" * 32).public_key()
    with pytest.raises(Refused):
        verify_receipt(receipt(0), leaf=LEAVES[0], log_key=verifier_key("reel.example", other))


@given(
    st.text("abcXYZ019-_", min_size=1, max_size=32),
    st.integers(1, 10**12),
    st.binary(min_size=16, max_size=16),
)
def test_a_label_is_read_as_it_was_written(lane: str, n: int, salt: bytes) -> None:
    label = BatchLabel(lane=lane, n=n, salt=salt)
    assert read_batch_label(label.header()) == label


@pytest.mark.parametrize(
    "text",
    [
        "",
        'lane="a", n=0, salt=:AAAAAAAAAAAAAAAAAAAAAA==:',
        'lane="a", n=01, salt=:AAAAAAAAAAAAAAAAAAAAAA==:',
        'lane="a", n=-1, salt=:AAAAAAAAAAAAAAAAAAAAAA==:',
        'lane="", n=1, salt=:AAAAAAAAAAAAAAAAAAAAAA==:',
        'lane="a b", n=1, salt=:AAAAAAAAAAAAAAAAAAAAAA==:',
        'lane="a", n=1, salt=:AAAAAAAAAAAAAAAAAAAAAB==:',
        'lane="a", n=1, salt=:AAAA:',
        'lane="a", n=1, salt=:AAAAAAAAAAAAAAAAAAAAAA==:, n=2',
        'n=1, lane="a", salt=:AAAAAAAAAAAAAAAAAAAAAA==:',
    ],
)
def test_another_label_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        read_batch_label(text)


def test_lane_number_and_salt_all_make_the_leaf() -> None:
    first = BatchLabel(lane="a", n=1, salt=b"s" * 16)
    others = [
        BatchLabel(lane="b", n=1, salt=b"s" * 16),
        BatchLabel(lane="a", n=2, salt=b"s" * 16),
        BatchLabel(lane="a", n=1, salt=b"t" * 16),
    ]
    leaves = {label.leaf(b"d" * 32) for label in [first, *others]} | {first.leaf(b"e" * 32)}
    assert len(leaves) == 5


def test_endings_are_what_they_say() -> None:
    ended = RevocationReceipt(iss="o", aud="p", agreement="a", ended_at=1, iat=2)
    erased = ErasureReceipt(
        iss="o", aud="p", agreement="a", erased_at=1, batches=1, leaves=[0], backup_days=30,
        checkpoint="c", iat=2,
    )  # fmt: skip
    key = ORGANISATION.public_key()
    assert read_revocation(sign_revocation(ended, ORGANISATION), key=key) == ended
    assert read_erasure(sign_erasure(erased, ORGANISATION), key=key) == erased
    with pytest.raises(Refused):
        read_erasure(sign_revocation(ended, ORGANISATION), key=key)
    with pytest.raises(Refused):
        read_revocation(sign_revocation(ended, derive_private_key(32, SECP256R1())), key=key)
