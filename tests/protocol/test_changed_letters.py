"""Every signed statement is refused when one letter of it is another, whichever letter it is."""

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from tests.protocol import paper

from firsthand.protocol.agreements import read_agreement
from firsthand.protocol.changes import read_change_receipt
from firsthand.protocol.checkpoints import CheckpointRefused, verify_checkpoint
from firsthand.protocol.keylog import read_key_log
from firsthand.protocol.reads_told import read_reads_told
from firsthand.protocol.receipts import read_erasure, read_revocation
from firsthand.protocol.refusals import Refused

pytestmark = pytest.mark.usefixtures("refused_in_words")

WHOLE = paper.part()
SEEN = WHOLE.checkpoints


def of_deal(token: str, key: EllipticCurvePublicKey) -> object:
    deal = read_agreement(
        paper.DEAL.proffer, paper.DEAL.answer, organisation_key=paper.OLD.public_key()
    )
    return read_change_receipt(token, key=key, agreement=deal)


def of_looks(token: str, key: EllipticCurvePublicKey) -> object:
    return read_reads_told(token, key=key, organisation=paper.SUBJECT, person=paper.I_AM, after=0)


@pytest.mark.parametrize(
    ("token", "reader"),
    [
        (WHOLE.endings[0].receipt, lambda token, key: read_revocation(token, key=key)),
        (WHOLE.endings[1].receipt, lambda token, key: read_erasure(token, key=key)),
        (WHOLE.changes[0].receipt, of_deal),
        (WHOLE.reads[0], of_looks),
    ],
    ids=["revocation", "erasure", "change", "looks"],
)
def test_every_changed_letter_of_a_statement_is_refused(
    token: str, reader: Callable[[str, EllipticCurvePublicKey], object]
) -> None:
    log = read_key_log(paper.KEY_LOG)
    assert reader(token, log.key_for(token))
    for place, letter in enumerate(token):
        changed = token[:place] + ("A" if letter != "A" else "B") + token[place + 1 :]
        with pytest.raises(Refused):
            reader(changed, log.key_for(changed))


def test_every_changed_letter_of_a_checkpoint_is_refused() -> None:
    text = SEEN[-1].checkpoint
    for place, letter in enumerate(text):
        changed = text[:place] + ("A" if letter != "A" else "B") + text[place + 1 :]
        with pytest.raises(CheckpointRefused):
            verify_checkpoint(changed, paper.LOG_KEY)
