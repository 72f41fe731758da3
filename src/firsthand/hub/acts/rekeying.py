"""Changes the organisation's keys: the old ones hand over to new ones, in the log of keys."""

from firsthand.foundation.keys import new_log_key, new_signing_key
from firsthand.hub.acts.opened import Hub
from firsthand.hub.terms.organisation import Keys, put_keys
from firsthand.protocol.checkpoints import verifier_key
from firsthand.protocol.identity import jwk_of, thumbprint
from firsthand.protocol.keylog import read_key_log, sign_next

# The new key counts from so many seconds later: what is being signed just now is by the old one.
# A vault takes the new one before that too, as clocks may differ by some minutes.
GRACE_S = 10


def rotate(hub: Hub) -> dict[str, object]:
    """Make new keys, signed for by the old ones, and use them from now on; the old ones go.

    What was signed before holds on, and nobody has to agree anew. Raises ``Refused`` where the log
    of keys has no room for another.
    """
    organisation = hub.organisation
    with organisation.changing:
        before = organisation.keys
        key, log_key = new_signing_key(), new_log_key()
        tokens = before.key_log.tokens
        at = max(hub.now_s() + GRACE_S, before.key_log.entries[-1].at)
        token = sign_next(
            tokens,
            key=key.public_key(),
            log_key=verifier_key(organisation.origin, log_key.public_key()),
            at=at,
            signer=before.key,
        )
        after = Keys(key=key, log_key=log_key, key_log=read_key_log([*tokens, token]))
        put_keys(hub.folder, after)
        organisation.keys = after
    return {
        "subject": organisation.subject,
        "key": thumbprint(jwk_of(key.public_key())),
        "before": thumbprint(jwk_of(before.key.public_key())),
        "log_key": organisation.verifier,
        "changes": len(tokens),
    }
