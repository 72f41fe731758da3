"""Keys change all at once: whatever stops it, the folder opens with the old ones or the new."""

from pathlib import Path

import pytest
from tests.hub.conftest import Person, Served

from firsthand import app
from firsthand.foundation.settings import Settings
from firsthand.hub.acts import console, rekeying
from firsthand.hub.terms import organisation
from firsthand.hub.terms.organisation import KEY_FILE, KEYS_FILE, LOG_FILE, load
from firsthand.protocol import wire
from firsthand.protocol.identity import jwk_of, thumbprint
from firsthand.protocol.keylog import KeyLog, read_key_log
from firsthand.protocol.wire import KEYS_MAX


class Stopped(BaseException):
    """As a kill: nothing that the code catches."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "reel"
    app.found_hub(made, name="Reel", url="https://reel.example", settings=Settings())
    return made


def pems(folder: Path) -> set[bytes]:
    return {(folder / name).read_bytes() for name in (KEY_FILE, LOG_FILE)}


def rotated(folder: Path) -> dict[str, object]:
    hub = app.open_hub(folder, Settings())
    try:
        return console.run(hub, "rotate key", {})
    finally:
        hub.close()


def test_new_keys_are_signed_for_by_the_old_and_the_old_are_gone(folder: Path) -> None:
    before, old = load(folder), pems(folder)
    made = rotated(folder)
    after = load(folder)
    assert after.subject == before.subject == made["subject"]
    assert after.key_log.extends(before.key_log)
    assert made["before"] == thumbprint(jwk_of(before.key.public_key()))
    assert made["key"] == thumbprint(jwk_of(after.key.public_key())) != made["before"]
    assert after.verifier != before.verifier
    assert made["changes"] == 1
    assert pems(folder).isdisjoint(old)
    for path in folder.iterdir():
        assert not any(pem in path.read_bytes() for pem in old), f"{path.name} holds an old key"
        assert path.suffix != ".new"
    assert {(folder / name).stat().st_mode & 0o077 for name in (KEY_FILE, LOG_FILE, KEYS_FILE)} == {
        0
    }


def stop_at(monkeypatch: pytest.MonkeyPatch, step: int) -> list[str]:
    """Let everything that touches a file be a step, and stop at this one; returns the steps."""
    steps: list[str] = []

    def counted(name: str, work):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        def at_step(*args: object) -> object:
            if len(steps) == step:
                raise Stopped
            steps.append(name)
            return work(*args)

        return at_step

    for name in ("_write", "_sync"):
        monkeypatch.setattr(organisation, name, counted(name, getattr(organisation, name)))
    monkeypatch.setattr(Path, "replace", counted("replace", Path.replace))
    return steps


@pytest.mark.parametrize("step", range(9))
def test_stopped_at_any_step_the_folder_opens_with_one_set_of_keys(folder: Path, step: int) -> None:
    before = load(folder)
    hub = app.open_hub(folder, Settings())
    with pytest.MonkeyPatch.context() as patched:
        stop_at(patched, step)
        with pytest.raises(Stopped):
            rekeying.rotate(hub)
    hub.close()
    after = load(folder)
    assert after.subject == before.subject
    assert after.key_log.extends(before.key_log)
    assert not list(folder.glob("*.new")), "what was begun is finished or gone"
    changed = len(after.key_log.entries) - 1
    assert changed == (step >= 5), "from the moment on at which the log stands there"
    assert rotated(folder)["changes"] == changed + 1


def test_it_is_done_in_nine_steps(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hub = app.open_hub(folder, Settings())
    with monkeypatch.context() as patched:
        steps = stop_at(patched, 100)
        rekeying.rotate(hub)
    hub.close()
    assert steps == ["_write", "_write", "_sync", "_write", "replace", "_sync", "replace",
                     "replace", "_sync"]  # fmt: skip


def test_a_torn_new_key_is_dropped(folder: Path) -> None:
    before = load(folder)
    (folder / f"{KEY_FILE}.new").write_bytes(b"-----BEGIN PRIV")
    assert load(folder).key_log == before.key_log
    assert not list(folder.glob("*.new"))


def test_a_log_of_keys_that_is_full_takes_no_other(folder: Path) -> None:
    hub = app.open_hub(folder, Settings())
    for _ in range(3):
        console.run(hub, "rotate key", {})
    full = hub.organisation.key_log.tokens * KEYS_MAX
    long = organisation.Keys(
        key=hub.organisation.key, log_key=hub.organisation.log_key,
        key_log=KeyLog(
            tokens=full[:KEYS_MAX], entries=hub.organisation.key_log.entries
        ),
    )  # fmt: skip
    kept, hub.organisation.keys = hub.organisation.keys, long
    with pytest.raises(console.ActRefused, match=str(KEYS_MAX)):
        console.run(hub, "rotate key", {})
    hub.organisation.keys = kept
    hub.close()
    assert len(load(folder).key_log.entries) == 4


def test_a_hub_that_is_served_goes_on_with_the_new_keys(person: Person, served: Served) -> None:
    person.give("Dark")
    before = served.introduced()
    made = console.run(served.hub, "rotate key", {})
    after = served.introduced()
    assert after.key_log.extends(before.key_log)
    assert thumbprint(jwk_of(after.key)) == made["key"]
    assert served.http.get(wire.PATH_KEYS).json()["keys"] == list(after.key_log.tokens)
    receipt = person.give("1899").json()
    assert after.key_log.log_key_for(receipt["checkpoint"]) == after.document.log_key
    ended = person.end(wire.PATH_REVOCATIONS).json()["receipt"]
    assert jwk_of(after.key_log.key_for(ended)) == jwk_of(after.key)
    served.stop()
    served.start()
    assert served.introduced().key_log == read_key_log(after.document.key_log)


def test_messages_say_when_they_were_signed(person: Person, served: Served) -> None:
    from firsthand.hub.outbox import Content  # noqa: PLC0415 - used here alone

    said = Content(type="a.test", agreement=person.agreement.id, answers="", data={})
    with served.hub.snapshot() as reader:
        message = served.hub.outbox.prepared(reader, person.id, said)
    key = served.introduced().key_log.key_for(message.jws)
    assert jwk_of(key) == jwk_of(served.introduced().key)
