"""Each secret opens the vault alone; nothing else does, and no change of the slots goes unseen."""

import json

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firsthand.foundation.ids import SeededChance
from firsthand.vault.store import slots as rules
from firsthand.vault.store.slots import (
    FLOOR,
    Cost,
    Passkey,
    SlotRefused,
    Slots,
    UnableToUnlock,
    add_passkey,
    change_passphrase,
    create_slots,
    decode_slots,
    encode_slots,
    remove_slot,
    unlock,
)


@pytest.fixture(scope="module")
def made() -> tuple[Slots, bytes, str]:
    return create_slots("correct horse", SeededChance(3), vault="v1", cost=FLOOR)


def test_each_secret_opens_it(made: tuple[Slots, bytes, str]) -> None:
    slots, key, code = made
    again = decode_slots(encode_slots(slots))
    assert again == slots
    assert unlock(again, "correct horse") == key
    assert unlock(again, code.lower()) == key
    assert len(key) == 32


def test_the_same_letters_in_another_form_are_the_same_passphrase() -> None:
    slots, key, _ = create_slots("Schl\u00fcssel", SeededChance(4), vault="v", cost=FLOOR)
    assert unlock(slots, "Schlu\u0308ssel") == key


def test_every_wrong_secret_is_refused_with_the_same_words(made: tuple[Slots, bytes, str]) -> None:
    slots, _, code = made
    other = create_slots("x", SeededChance(9), vault="v1", cost=FLOOR)[2]
    said = set()
    for wrong in ("", "Correct horse", other, code[:-1] + "0", code[:-5], "x" * 5000):
        with pytest.raises(UnableToUnlock) as refused:
            unlock(slots, wrong)
        said.add(str(refused.value))
    assert len(said) == 1


def test_a_changed_passphrase_leaves_the_recovery_code(made: tuple[Slots, bytes, str]) -> None:
    slots, key, code = made
    changed = change_passphrase(slots, key, "battery staple", SeededChance(5), cost=FLOOR)
    assert unlock(changed, "battery staple") == key
    assert unlock(changed, code) == key
    with pytest.raises(UnableToUnlock):
        unlock(changed, "correct horse")


@pytest.mark.parametrize(
    "cost",
    [
        Cost(memory_kib=46 * 1024 - 1, passes=3, threads=1),
        Cost(memory_kib=2 * 1024 * 1024 + 1, passes=1, threads=1),
        Cost(passes=0),
        Cost(passes=17),
        Cost(threads=0),
        Cost(threads=17),
    ],
)
def test_a_cost_outside_the_limits_is_refused_before_anything_is_derived(
    made: tuple[Slots, bytes, str], cost: Cost, monkeypatch: pytest.MonkeyPatch
) -> None:
    slots, _, code = made

    def never(*_: object) -> bytes:
        raise AssertionError("derived")

    monkeypatch.setattr(rules, "hash_secret_raw", never)
    weak = msgspec.structs.replace(slots.slots[0], cost=cost)
    changed = msgspec.structs.replace(slots, slots=(weak, slots.slots[1]))
    with pytest.raises(UnableToUnlock):
        decode_slots(encode_slots(changed))
    with pytest.raises(ValueError, match="floor"):
        create_slots("x", SeededChance(1), vault="v", cost=cost)
    assert code


def test_a_lowered_cost_within_the_limits_opens_nothing(made: tuple[Slots, bytes, str]) -> None:
    slots, _, code = made
    other = Cost(memory_kib=FLOOR.memory_kib + 1024, passes=1, threads=1)
    weak = msgspec.structs.replace(slots.slots[0], cost=other)
    changed = decode_slots(
        encode_slots(msgspec.structs.replace(slots, slots=(weak, slots.slots[1])))
    )
    for secret in ("correct horse", code):
        with pytest.raises(UnableToUnlock):
            unlock(changed, secret)


def test_the_default_cost_is_what_the_docs_say() -> None:
    assert (rules.DEFAULT.memory_kib, rules.DEFAULT.passes, rules.DEFAULT.threads) == (65536, 3, 4)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_no_change_of_a_value_goes_unseen(
    made: tuple[Slots, bytes, str], data: st.DataObject
) -> None:
    slots, key, code = made
    plain = json.loads(encode_slots(slots))
    places: list[tuple[int | None, str]] = [
        (None, name) for name in ("vault", "seal", "cipher", "format")
    ]
    places += [(n, name) for n in (0, 1) for name in ("salt", "nonce", "sealed", "commitment")]
    number, name = data.draw(st.sampled_from(places))
    node = plain if number is None else plain["slots"][number]
    raw = bytearray(node[name].encode())
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= data.draw(st.sampled_from([1, 2, 4]))
    node[name] = raw.decode()
    changed = json.dumps(plain).encode()
    try:
        found = unlock(decode_slots(changed), code)
    except UnableToUnlock:
        return
    # Base64 with other spare bits is the same bytes.
    assert found == key
    assert decode_slots(changed) == slots


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(junk=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_junk_is_refused_in_words(junk: bytes) -> None:
    with pytest.raises(UnableToUnlock):
        decode_slots(junk)


def test_a_slot_too_many_or_a_name_twice_is_refused(made: tuple[Slots, bytes, str]) -> None:
    slots, _, code = made
    raw = encode_slots(slots)
    twice = raw.replace(b'"version"', b'"vault": "v2", "version"', 1)
    many = msgspec.structs.replace(slots, slots=slots.slots * 5)
    none = msgspec.structs.replace(slots, slots=())
    for changed in (twice, encode_slots(many), encode_slots(none), raw + b" " * 70_000):
        with pytest.raises(UnableToUnlock):
            decode_slots(changed)
    dropped = decode_slots(encode_slots(msgspec.structs.replace(slots, slots=slots.slots[1:])))
    with pytest.raises(UnableToUnlock, match="changed"):
        unlock(dropped, code)


PASSKEY = Passkey(
    credential=b"c" * 32, public_key=b"p" * 77, site="localhost", name="My phone", added_at="2026"
)


def test_a_passkey_opens_by_its_secret_alone_and_is_taken_away_again(
    made: tuple[Slots, bytes, str],
) -> None:
    slots, key, code = made
    secret = bytes(range(32))
    both = decode_slots(encode_slots(add_passkey(slots, key, PASSKEY, secret, SeededChance(6))))
    assert [unlock(both, each) for each in (secret, code, "correct horse")] == [key] * 3
    for wrong in (bytes(32), secret[:31], secret + b"x", code.encode()):
        with pytest.raises(UnableToUnlock):
            unlock(both, wrong)
    other = msgspec.structs.replace(PASSKEY, site="evil.example")
    moved = msgspec.structs.replace(both.slots[2], passkey=other)
    with pytest.raises(UnableToUnlock):
        unlock(msgspec.structs.replace(both, slots=(*both.slots[:2], moved)), secret)
    gone = remove_slot(both, key, both.slots[2].id)
    with pytest.raises(UnableToUnlock):
        unlock(gone, secret)
    assert unlock(gone, code) == key


def test_what_cannot_be_added_and_the_last_that_stays(made: tuple[Slots, bytes, str]) -> None:
    slots, key, _ = made
    secret = bytes(range(32))
    one = add_passkey(slots, key, PASSKEY, secret, SeededChance(6))
    for passkey, wrong in ((PASSKEY, secret), (PASSKEY, b""), (no_name(), secret)):
        with pytest.raises(SlotRefused):
            add_passkey(one, key, passkey, wrong, SeededChance(7))
    left = remove_slot(one, key, one.slots[0].id)
    with pytest.raises(SlotRefused, match="last one that you can type"):
        remove_slot(left, key, one.slots[1].id)
    with pytest.raises(SlotRefused, match="No way"):
        remove_slot(left, key, "nothing")
    many = one
    for number in range(5):
        each = msgspec.structs.replace(PASSKEY, credential=bytes([number]))
        many = add_passkey(many, key, each, secret, SeededChance(number))
    with pytest.raises(SlotRefused, match="already"):
        add_passkey(many, key, no_name("another"), secret, SeededChance(9))


def no_name(name: str = "") -> Passkey:
    return msgspec.structs.replace(PASSKEY, name=name, credential=b"another")
