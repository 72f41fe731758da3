"""A key is believed because the one before signed it, and for what was made in its own time."""

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from firsthand.protocol.canonical import sha256_hex
from firsthand.protocol.checkpoints import Checkpoint, sign_checkpoint, verifier_key
from firsthand.protocol.identity import jwk_of, subject_of
from firsthand.protocol.jws import sign_jws
from firsthand.protocol.keylog import KeyEntry, one_key, read_key_log, sign_first, sign_next
from firsthand.protocol.merkle import EMPTY_ROOT
from firsthand.protocol.refusals import Refused
from firsthand.protocol.wire import KEYS_MAX, TYP_ANSWER, TYP_KEY

KEYS = [derive_private_key(number, SECP256R1()) for number in range(41, 46)]
STRANGER = derive_private_key(99, SECP256R1())
LOGS = [Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2)]
LOG_KEYS = [verifier_key("reel.example", log.public_key()) for log in LOGS]
DAY = 86_400


def chain(count: int, start: int = 1_000_000) -> list[str]:
    """A log of the first `count` keys, a day apart; the third brings a new key of the tree."""
    tokens = [sign_first(KEYS[0], log_key=LOG_KEYS[0], at=start)]
    for n in range(1, count):
        tokens.append(
            sign_next(
                tokens,
                key=KEYS[n].public_key(),
                log_key=LOG_KEYS[n >= 2],
                at=start + n * DAY,
                signer=KEYS[n - 1],
            )
        )
    return tokens


def statement(key: EllipticCurvePrivateKey, **payload: object) -> str:
    return sign_jws(payload, key=key, typ=TYP_ANSWER)


@pytest.mark.parametrize("count", range(1, len(KEYS) + 1))
def test_a_log_leads_from_the_first_key_to_the_last(count: int) -> None:
    log = read_key_log(chain(count))
    assert log.subject == subject_of(jwk_of(KEYS[0].public_key()))
    assert [jwk_of(key) for key in log.keys] == [jwk_of(k.public_key()) for k in KEYS[:count]]
    assert jwk_of(log.current) == jwk_of(KEYS[count - 1].public_key())
    assert log.log_keys == tuple(LOG_KEYS[: 1 + (count > 2)])
    for shorter in range(1, count + 1):
        assert log.extends(read_key_log(chain(shorter)))
    for longer in range(count + 1, len(KEYS) + 1):
        assert not log.extends(read_key_log(chain(longer)))


@pytest.mark.parametrize("entry", [0, 1, 2])
def test_every_changed_byte_of_an_entry_is_refused(entry: int) -> None:
    tokens = chain(3)
    for place, letter in enumerate(tokens[entry]):
        new = "A" if letter != "A" else "B"
        changed = tokens[entry][:place] + new + tokens[entry][place + 1 :]
        with pytest.raises(Refused):
            read_key_log([*tokens[:entry], changed, *tokens[entry + 1 :]])


@given(st.integers(0, 2), st.data())
def test_no_other_byte_fits_either(entry: int, data: st.DataObject) -> None:
    tokens = chain(3)
    place = data.draw(st.integers(0, len(tokens[entry]) - 1))
    new = data.draw(st.characters(max_codepoint=255).filter(lambda c: c != tokens[entry][place]))
    changed = tokens[entry][:place] + new + tokens[entry][place + 1 :]
    with pytest.raises(Refused):
        read_key_log([*tokens[:entry], changed, *tokens[entry + 1 :]])


@given(st.lists(st.integers(0, 3), max_size=6))
def test_only_whole_beginnings_of_a_log_are_logs(places: list[int]) -> None:
    tokens = chain(4)
    taken = [tokens[place] for place in places]
    if places and places == list(range(len(places))):
        read_key_log(taken)
    else:
        with pytest.raises(Refused):
            read_key_log(taken)


def entry(n: int, of: EllipticCurvePrivateKey, prev: str | None, **changes: object) -> KeyEntry:
    made = KeyEntry(n=n, key=jwk_of(of.public_key()), log_key=LOG_KEYS[0], at=2_000_000, prev=prev)
    return msgspec.structs.replace(made, **changes)


FIRST = chain(1)
PREV = sha256_hex(FIRST[0].encode())


@pytest.mark.parametrize(
    ("made", "signer"),
    [
        (entry(1, KEYS[1], PREV), KEYS[1]),  # signed by itself
        (entry(1, KEYS[1], PREV), STRANGER),
        (entry(1, KEYS[1], None), KEYS[0]),
        (entry(1, KEYS[1], "0" * 64), KEYS[0]),
        (entry(2, KEYS[1], PREV), KEYS[0]),
        (entry(0, KEYS[1], PREV), KEYS[0]),
        (entry(1, KEYS[0], PREV), KEYS[0]),  # back to a key that was there
        (entry(1, KEYS[1], PREV, at=999_999), KEYS[0]),
        (entry(1, KEYS[1], PREV, log_key="reel.example+00000000+AAAA"), KEYS[0]),
        (entry(1, KEYS[1], PREV, key={**jwk_of(KEYS[1].public_key()), "use": "sig"}), KEYS[0]),
        (entry(1, KEYS[1], PREV, key={"kty": "EC"}), KEYS[0]),
    ],
    ids=[
        "by itself", "by a stranger", "no prev", "another prev", "a number left out",
        "a number twice", "an earlier key", "an earlier time", "no log key", "more than a key",
        "no key",
    ],
)  # fmt: skip
def test_what_does_not_follow_is_refused(made: KeyEntry, signer: EllipticCurvePrivateKey) -> None:
    token = sign_jws(msgspec.to_builtins(made), key=signer, typ=TYP_KEY)
    with pytest.raises(Refused):
        read_key_log([*FIRST, token])


def test_an_entry_is_of_its_own_type_and_holds_nothing_more() -> None:
    content = msgspec.to_builtins(entry(0, KEYS[0], None))
    for changed, typ in [(content, TYP_ANSWER), ({**content, "more": 1}, TYP_KEY)]:
        with pytest.raises(Refused):
            read_key_log([sign_jws(changed, key=KEYS[0], typ=typ)])
    with pytest.raises(Refused):
        read_key_log([])
    with pytest.raises(Refused):
        read_key_log(FIRST * (KEYS_MAX + 1))


def test_two_logs_that_part_do_not_go_on_from_each_other() -> None:
    mine, forked = chain(3), chain(2)
    forked.append(
        sign_next(
            forked, key=STRANGER.public_key(), log_key=LOG_KEYS[0], at=9 * DAY + 10**6,
            signer=KEYS[1],
        )
    )  # fmt: skip
    first, second = read_key_log(mine), read_key_log(forked)
    assert not first.extends(second)
    assert not second.extends(first)
    assert second.extends(read_key_log(mine[:2]))


def test_one_key_without_a_log_goes_on_to_a_log_that_begins_with_it() -> None:
    known = one_key(jwk_of(KEYS[0].public_key()), LOG_KEYS[0])
    assert known.subject == read_key_log(FIRST).subject
    assert read_key_log(chain(3)).extends(known)
    assert known.extends(known)
    assert not known.extends(read_key_log(FIRST))
    assert not read_key_log(FIRST).extends(one_key(jwk_of(KEYS[1].public_key()), LOG_KEYS[0]))
    assert not read_key_log(FIRST).extends(one_key(jwk_of(KEYS[0].public_key()), LOG_KEYS[1]))


@pytest.mark.parametrize(
    ("signer", "made", "holds"),
    [
        (0, 1, True),  # the first key: from ever
        (0, 1_000_000 + DAY, True),
        (0, 1_000_000 + DAY + 1, False),
        (1, 1_000_000 + DAY, True),
        (1, 1_000_000 + DAY - 300, True),  # clocks may differ by five minutes
        (1, 1_000_000 + DAY - 301, False),
        (1, 1_000_000 + 2 * DAY, True),
        (1, 1_000_000 + 2 * DAY + 1, False),
        (2, 1_000_000 + 99 * DAY, True),
    ],
)
def test_a_statement_holds_in_the_time_of_its_key(signer: int, made: int, *, holds: bool) -> None:
    log, token = read_key_log(chain(3)), statement(KEYS[signer], iat=made)
    if holds:
        assert jwk_of(log.key_for(token)) == jwk_of(KEYS[signer].public_key())
    else:
        with pytest.raises(Refused):
            log.key_for(token)


@pytest.mark.parametrize("made", [None, True, "1000000", 1.5])
def test_a_statement_without_a_time_is_of_no_time(made: object) -> None:
    log, token = read_key_log(chain(2)), statement(KEYS[0], iat=made)
    with pytest.raises(Refused, match="when it was made"):
        log.key_for(token)


def test_a_key_that_is_not_in_the_log_signs_nothing() -> None:
    log = read_key_log(chain(2))
    for token in [statement(KEYS[2], iat=1_100_000), statement(STRANGER, iat=1), "a.b", ""]:
        with pytest.raises(Refused):
            log.key_for(token)


def test_a_log_knows_what_its_keys_may_have_signed() -> None:
    log = read_key_log(chain(2))
    assert log.knows(statement(KEYS[1]))
    assert not log.knows(statement(KEYS[2]))
    seen = [sign_checkpoint(Checkpoint(origin="reel.example", size=0, root=EMPTY_ROOT), key)
            for key in LOGS]  # fmt: skip
    assert [log.knows(text) for text in seen] == [True, False]
    assert not any(log.knows(odd) for odd in ("", "a.b.c", "\n", "no\ncheckpoint"))


def test_a_checkpoint_is_proven_by_the_log_key_that_signed_it() -> None:
    log = read_key_log(chain(3))
    for key, log_key in zip(LOGS, LOG_KEYS, strict=True):
        checkpoint = Checkpoint(origin="reel.example", size=0, root=EMPTY_ROOT)
        assert log.log_key_for(sign_checkpoint(checkpoint, key)) == log_key
    assert log.log_key_for("nothing") == LOG_KEYS[1]
