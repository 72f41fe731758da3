"""A vault goes on through a change of keys, and believes none that the old key did not sign."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.harness.sides import Served, bring, connected, inbox, share

from firsthand.foundation.keys import (
    log_key_to_pem,
    new_log_key,
    new_signing_key,
    signing_key_to_pem,
)
from firsthand.hub.terms.organisation import KEY_FILE, LOG_FILE, write_key_log
from firsthand.protocol.checkpoints import verifier_key
from firsthand.protocol.evidence import check
from firsthand.protocol.keylog import read_key_log, sign_first, sign_next
from firsthand.protocol.refusals import Refused
from firsthand.vault.acts import giving, looked, proving, receiving
from firsthand.vault.acts.opened import Vault
from firsthand.vault.gate.sending import Outcome
from firsthand.vault.roles import profile
from firsthand.vault.terms.relationships import find


@pytest.fixture
def reel(served: Served) -> Served:
    return served


def give(vault: Vault, name: str, title: str) -> str:
    bring(vault, [title])
    done = share(vault, name)
    return str(done["state"]) + ("" if done["state"] == "given" else str(done))


def test_what_was_signed_before_holds_and_what_comes_after_too(
    vault: Vault, reel: Served, tmp_path: Path
) -> None:
    name = connected(vault, reel)
    pinned = find(vault.store, name).key_log
    for title in ("Dark", "1899", "Heimat"):
        assert give(vault, name, title) == "given"
        reel.settle()
        assert receiving.refresh(vault)["problems"] == {}
        reel.act("rotate key")
    assert give(vault, name, "Fog") == "given"
    reel.settle()
    done = inbox(vault)
    assert done["problems"] == {}
    assert len(done["messages"]) >= 3
    now = find(vault.store, name).key_log
    assert now.extends(pinned)
    assert len(now.entries) == 4
    for _ in range(2):  # also where what they told before is asked for once more
        reel.act("rotate key")
        assert looked.looked(vault, name)["unasked"] is None
    assert not vault.store.rows("relationships.warnings", relationship=name)
    path = tmp_path / "log.json"
    proving.export_log(vault, path)
    found = check(path.read_bytes(), [reel.hub.organisation.key_log])
    assert [one for one in found if not one.ok] == []
    ended = vault.gate.end(name, erase=True)
    assert [one.state for one in ended] == ["confirmed"]


def test_what_waited_is_sent_after_a_change_that_was_not_seen_before(
    vault: Vault, reel: Served
) -> None:
    """Nothing is previewed in between: a receipt is the first that the new keys have signed."""
    name = connected(vault, reel)
    bring(vault, ["Dark"])
    reel.stop()
    assert [one.state for one in put_to_wait(vault, name)] == ["waiting"]
    reel.start()
    reel.act("rotate key")
    done = receiving.refresh(vault)
    assert [one["state"] for one in done["sent"]] == ["given"], done  # type: ignore[attr-defined]
    assert done["problems"] == {}
    assert len(find(vault.store, name).key_log.entries) == 2


def test_a_message_is_read_after_a_change_that_was_not_seen_before(
    vault: Vault, reel: Served
) -> None:
    name = connected(vault, reel)
    assert give(vault, name, "Dark") == "given"
    reel.act("rotate key")
    reel.settle()
    reel.act("catalogue", csv="id,title,genres\n1,Other,mystery\n")
    reel.settle()
    done = inbox(vault)
    assert done["problems"] == {}
    assert done["messages"]
    assert not vault.store.rows("relationships.warnings", relationship=name)


def test_an_ending_is_confirmed_after_a_change_that_was_not_seen_before(
    vault: Vault, reel: Served
) -> None:
    name = connected(vault, reel)
    reel.act("rotate key")
    assert [one.state for one in vault.gate.end(name, erase=False)] == ["confirmed"]
    assert not vault.store.rows("relationships.warnings", relationship=name)


def put_to_wait(vault: Vault, name: str) -> Sequence[Outcome]:
    """Give without a look at the organisation first, as a page does that was open for long."""
    things = giving.chosen_things(vault, name, giving.Choice())
    return vault.gate.disclose(name, profile.request(things))[1]


def forge(reel: Served, *, whole: bool) -> None:
    """Somebody has the address and the folder, but not the keys: they write their own."""
    key, log_key = new_signing_key(), new_log_key()
    vkey = verifier_key(reel.hub.organisation.origin, log_key.public_key())
    tokens = list(reel.hub.organisation.key_log.tokens)
    reel.stop()
    if whole:
        forged = [sign_first(key, log_key=vkey, at=1)]
    else:
        own = new_signing_key()
        first = [sign_first(own, log_key=vkey, at=1)]
        forged = [*first, sign_next(first, key=key.public_key(), log_key=vkey, at=2, signer=own)]
    assert not read_key_log(forged).extends(read_key_log(tokens))
    (reel.folder / KEY_FILE).write_bytes(signing_key_to_pem(key))
    (reel.folder / LOG_FILE).write_bytes(log_key_to_pem(log_key))
    write_key_log(reel.folder, forged)
    reel.start()


@pytest.mark.parametrize("whole", [True, False])
def test_a_change_that_the_old_key_did_not_sign_is_refused_and_shown(
    vault: Vault, reel: Served, *, whole: bool
) -> None:
    name = connected(vault, reel)
    assert give(vault, name, "Dark") == "given"
    before = find(vault.store, name).document
    forge(reel, whole=whole)
    bring(vault, ["1899"])
    assert share(vault, name)["state"] == "waiting"
    with pytest.raises(Refused, match="another key than you agreed with"):
        vault.gate.refresh(name)
    assert find(vault.store, name).document == before
    shown = vault.store.rows("relationships.warnings", relationship=name)
    assert any("another key than you agreed with" in row["what"] for row in shown), shown
