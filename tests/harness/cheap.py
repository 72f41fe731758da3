# ruff: noqa: SLF001 - what a guess costs is no setting, on purpose
"""What is made to be slow costs little here: thousands of vaults and organisations are made.

What comes out is as real as any: only guessing it would be less work.
"""

import atexit
import contextlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher

from firsthand.foundation.clock import Clock, SetClock
from firsthand.foundation.ids import SystemChance
from firsthand.hub.staff import accounts
from firsthand.vault.acts import backing
from firsthand.vault.store import Store, slots
from firsthand.vault.store.seals import SEAL_FILE
from firsthand.vault.store.slots import DEFAULT, FLOOR
from firsthand.vault.store.store import SEED_BYTES, read_slots

MAKING: tuple[Callable[..., Any], ...] = (
    vars(Store)["create"].__func__, slots.create_slots, slots.change_passphrase, backing.restore,
)  # fmt: skip


@contextlib.contextmanager
def cheap() -> Iterator[PasswordHasher]:
    """Guesses cost the least that is allowed, and the same one is worked out once.

    Gives what hashes passwords of staff otherwise.
    """
    before = [(each.__defaults__, each.__kwdefaults__) for each in MAKING]
    derive, hasher = slots._argon2id, accounts._HASHER
    for each in MAKING:
        _lower(each)
    slots._argon2id = lru_cache(256)(derive)
    accounts._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    yield hasher
    slots._argon2id, accounts._HASHER = derive, hasher
    for each, (plain, named) in zip(MAKING, before, strict=True):
        each.__defaults__, each.__kwdefaults__ = plain, named


def _lower(making: Callable[..., Any]) -> None:
    plain, named = making.__defaults__ or (), making.__kwdefaults__ or {}
    assert DEFAULT in (*plain, *named.values()), f"{making.__name__} costs something else"
    making.__defaults__ = tuple(FLOOR if one is DEFAULT else one for one in plain)
    making.__kwdefaults__ = {
        name: FLOOR if one is DEFAULT else one for name, one in named.items()
    } or None


def new_store(folder: Path, passphrase: str, clock: Clock) -> tuple[Store, str]:
    """A vault that is new and open, and its recovery code.

    All of one name, passphrase and time are copies of one: two in one test have two names.
    """
    template, key, code = _template(folder.name, passphrase, clock)
    folder.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(template, folder)
    store = Store(folder.absolute(), key)
    store._openings = 0
    with store.transaction() as tx:  # nobody is the same person to an organisation
        tx.run("meta.put", key="seed", value=SystemChance().bytes(SEED_BYTES))
    return store, code


@cache
def _templates() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="templates"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


_MADE: dict[tuple[str, str, str], tuple[Path, bytes, str]] = {}


def _template(name: str, passphrase: str, clock: Clock) -> tuple[Path, bytes, str]:
    moment = clock.now().isoformat() if isinstance(clock, SetClock) else ""
    about = (name, passphrase, moment)
    if about not in _MADE:
        folder = _templates() / str(len(_MADE)) / name
        store, code = Store.create(folder, passphrase, SystemChance(), clock, FLOOR)
        store.close()
        (folder / SEAL_FILE).unlink()  # it was not left yet
        key = slots.unlock(read_slots(folder), passphrase)
        _MADE[about] = folder, key, code
    return _MADE[about]
