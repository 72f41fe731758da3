"""Checkpoints: signed notes that others can read, and nobody can change."""

from base64 import b64decode, b64encode
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from firsthand.protocol.checkpoints import (
    Checkpoint,
    CheckpointRefused,
    read_verifier_key,
    sign_checkpoint,
    verifier_key,
    verify_checkpoint,
)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
ORIGIN = "shop.example/journal"
VKEY = verifier_key(ORIGIN, KEY.public_key())
CHECKPOINT = Checkpoint(origin=ORIGIN, size=11, root=sha256(b"root").digest())
NOTE = sign_checkpoint(CHECKPOINT, KEY)


def test_the_note_has_the_form_of_the_standard() -> None:
    lines = NOTE.split("\n")
    assert lines[:2] == [ORIGIN, "11"]
    assert b64decode(lines[2]) == CHECKPOINT.root
    assert lines[3] == ""
    dash, name, signature = lines[4].split(" ")
    assert (dash, name, lines[5:]) == ("\u2014", ORIGIN, [""])
    public = KEY.public_key()
    key_hash = sha256(ORIGIN.encode() + b"\n\x01" + public.public_bytes_raw()).digest()[:4]
    assert b64decode(signature)[:4] == key_hash
    public.verify(b64decode(signature)[4:], ("\n".join(lines[:3]) + "\n").encode())
    assert (
        f"{ORIGIN}+{key_hash.hex()}+" + b64encode(b"\x01" + public.public_bytes_raw()).decode()
        == VKEY
    )


def test_the_standards_own_verifier_key_is_read() -> None:
    # The example key of C2SP signed-note (also in the documentation of Go's note package).
    vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    note = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n\n"
        "\u2014 PeterNeumann "
        "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZ"
        "SNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )
    origin, public = read_verifier_key(vkey)
    assert origin == "PeterNeumann"
    assert verifier_key(origin, public) == vkey
    text, _, line = note.partition("\n\n")
    signed = b64decode(line.split(" ")[2])
    public.verify(signed[4:], (text + "\n").encode())
    with pytest.raises(CheckpointRefused):
        verify_checkpoint(note, vkey)


@given(
    st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="+"), min_size=1),
    st.integers(0, 2**63 - 1),
    st.binary(min_size=32, max_size=32),
)
def test_what_is_signed_is_verified(origin: str, size: int, root: bytes) -> None:
    checkpoint = Checkpoint(origin=origin, size=size, root=root)
    vkey = verifier_key(origin, KEY.public_key())
    assert verify_checkpoint(sign_checkpoint(checkpoint, KEY), vkey) == checkpoint


def test_any_one_character_changed_is_refused() -> None:
    for place, letter in enumerate(NOTE):
        for other in {chr(ord(letter) ^ 1), "\n", " ", "A", "=", "\u2014"} - {letter}:
            with pytest.raises(CheckpointRefused):
                verify_checkpoint(NOTE[:place] + other + NOTE[place + 1 :], VKEY)


def test_any_one_character_dropped_or_added_is_refused() -> None:
    for place in range(len(NOTE)):
        with pytest.raises(CheckpointRefused):
            verify_checkpoint(NOTE[:place] + NOTE[place + 1 :], VKEY)
        for more in ("\n", " ", "0", NOTE[place]):
            with pytest.raises(CheckpointRefused):
                verify_checkpoint(NOTE[:place] + more + NOTE[place:], VKEY)


def test_signatures_of_others_are_passed_over() -> None:
    theirs = "\u2014 witness.example " + b64encode(b"hash" + b"s" * 72).decode() + "\n"
    assert verify_checkpoint(NOTE + theirs, VKEY) == CHECKPOINT
    text, _, ours = NOTE.partition("\n\n")
    assert verify_checkpoint(text + "\n\n" + theirs + ours, VKEY) == CHECKPOINT
    for note in (text + "\n\n" + theirs, NOTE + ours, NOTE + "no signature\n", NOTE + theirs * 16):
        with pytest.raises(CheckpointRefused):
            verify_checkpoint(note, VKEY)


def test_another_key_or_origin_is_refused() -> None:
    other_origin = sign_checkpoint(Checkpoint(origin="x", size=11, root=CHECKPOINT.root), KEY)
    for note, vkey in [
        (NOTE, verifier_key(ORIGIN, OTHER.public_key())),
        (NOTE, verifier_key("x", KEY.public_key())),
        (other_origin, VKEY),
        (sign_checkpoint(CHECKPOINT, OTHER), VKEY),
    ]:
        with pytest.raises(CheckpointRefused):
            verify_checkpoint(note, vkey)


def test_other_texts_are_refused_though_the_key_signed_them() -> None:
    root = b64encode(CHECKPOINT.root).decode()
    for text in (
        f"other.example\n1\n{root}\n",
        f"{ORIGIN}\n{2**63}\n{root}\n",
        f"{ORIGIN}\n01\n{root}\n",
        f"{ORIGIN}\n1\n{b64encode(b'short').decode()}\n",
        f"{ORIGIN}\n1\n{b64encode(CHECKPOINT.root).decode()}\nmore\n",
        "x" * 20_000 + "\n",
    ):
        signed = bytes.fromhex(VKEY.split("+")[1]) + KEY.sign(text.encode())
        with pytest.raises(CheckpointRefused):
            verify_checkpoint(f"{text}\n\u2014 {ORIGIN} {b64encode(signed).decode()}\n", VKEY)


@pytest.mark.parametrize(
    ("origin", "size", "root"),
    [
        ("", 0, b"r" * 32),
        ("a b", 0, b"r" * 32),
        ("a+b", 0, b"r" * 32),
        ("ä", 0, b"r" * 32),
        ("a\n", 0, b"r" * 32),
        ("a", -1, b"r" * 32),
        ("a", 2**63, b"r" * 32),
        ("a", 0, b"r" * 31),
    ],
)
def test_what_cannot_be_carried_is_not_signed(origin: str, size: int, root: bytes) -> None:
    with pytest.raises(CheckpointRefused):
        sign_checkpoint(Checkpoint(origin=origin, size=size, root=root), KEY)


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "a+b",
        VKEY[:-1],
        VKEY + "=",
        VKEY.replace("+", "-", 1),
        VKEY.upper(),
        " " + VKEY,
        ORIGIN + "+00000000+" + VKEY.split("+", 2)[2],
        f"{ORIGIN}+00000000+AQ==",
    ],
)
def test_a_spoiled_verifier_key_is_refused(vkey: str) -> None:
    with pytest.raises(CheckpointRefused):
        read_verifier_key(vkey)
