"""An organisation's folder keeps the log of its keys, and opens only if all of it fits."""

from pathlib import Path

import pytest

from firsthand.foundation.keys import new_log_key, new_signing_key, signing_key_to_pem
from firsthand.hub.terms.organisation import (
    KEY_FILE,
    KEYS_FILE,
    UnableToLoad,
    begin_key_log,
    check_about,
    load,
    make_folder,
    make_keys,
    write_about,
    write_key_log,
)
from firsthand.protocol.checkpoints import verifier_key
from firsthand.protocol.keylog import sign_next


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as an earlier release left it: keys, and no log of them."""
    made = tmp_path / "reel"
    make_folder(made)
    make_keys(made)
    write_about(made, check_about("Reel", "https://reel.example"))
    return made


def test_an_older_folder_gets_a_log_that_begins_with_its_key(folder: Path) -> None:
    first = load(folder)
    assert first.key_log.entries[0].at == 0
    assert (folder / KEYS_FILE).stat().st_mode & 0o077 == 0
    assert load(folder).key_log == first.key_log


def test_a_new_one_knows_since_when(folder: Path) -> None:
    begin_key_log(folder, at=1_700_000_000)
    begin_key_log(folder, at=1_800_000_000)
    assert [entry.at for entry in load(folder).key_log.entries] == [1_700_000_000]


def test_a_changed_key_keeps_the_name(folder: Path) -> None:
    before = load(folder)
    key = new_signing_key()
    tokens = list(before.key_log.tokens)
    tokens.append(
        sign_next(
            tokens, key=key.public_key(), log_key=before.verifier, at=1, signer=before.key
        )
    )  # fmt: skip
    write_key_log(folder, tokens)
    with pytest.raises(UnableToLoad, match="does not end with"):
        load(folder)
    (folder / KEY_FILE).write_bytes(signing_key_to_pem(key))
    after = load(folder)
    assert after.subject == before.subject
    assert after.key_log.extends(before.key_log)


@pytest.mark.parametrize("content", [b"", b"{}", b'{"keys": []}', b'{"keys": ["a.b.c"]}', b"[1]"])
def test_a_log_that_is_none_is_said_so(folder: Path, content: bytes) -> None:
    (folder / KEYS_FILE).write_bytes(content)
    with pytest.raises(UnableToLoad, match=r"keys\.json"):
        load(folder)


def test_the_log_of_another_address_does_not_fit(folder: Path) -> None:
    one = load(folder)
    other = verifier_key("other.example", new_log_key().public_key())
    key = new_signing_key()
    token = sign_next(
        list(one.key_log.tokens), key=key.public_key(), log_key=other, at=1, signer=one.key
    )
    write_key_log(folder, [*one.key_log.tokens, token])
    (folder / KEY_FILE).write_bytes(signing_key_to_pem(key))
    with pytest.raises(UnableToLoad, match="address"):
        load(folder)
