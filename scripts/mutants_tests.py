"""Runs the tests of every change that mutmut has made, all of them in one process.

It is a plugin of pytest, which ``scripts/mutants.py`` asks for in the folder of the copy. mutmut
itself starts the tests anew for each change; here the code is changed under them by its name in
the environment, so that what a module of tests shares is set up once and not thousands of times.

First each test runs once as the code is: it must pass, and says which functions it runs. Then each
change is tested by those that run its function, until one objects. What a change leaves behind
could make the next tests fail for nothing: so every few changes all that is shared is set up anew,
and a test that must pass is run. If it fails, those few are tested again, each by itself.
"""

import functools
import gc
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import argon2._password_hasher as hasher
import pytest
from _pytest.runner import runtestprotocol
from argon2 import low_level
from hypothesis import Phase, settings
from mutmut.mutation import trampoline

from firsthand.foundation import egress

KILLED, SURVIVED, UNSEEN, TOO_LONG = 1, 0, 33, 36  # as mutmut writes them
TOGETHER = 20
WORK_S_MAX = 8.0  # of the processor: no test takes two seconds, setting up what it needs included
WAIT_S_MAX = 60.0
ONLY = "MUTANTS_ONLY"


def least(hashing: Callable[..., Any]) -> Callable[..., Any]:
    """A password need not be hard to guess here, thousands of times."""

    def hashed(secret: bytes, salt: bytes, *said: Any, **named: Any) -> Any:  # noqa: ANN401
        given = dict(zip(("time_cost", "memory_cost", "parallelism", "hash_len", "type"), said, strict=False)) | named  # fmt: skip  # noqa: E501 - one line
        cheap = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}
        return hashing(secret, salt, **{**given, **cheap})

    return hashed


hasher.hash_secret = least(hasher.hash_secret)
low_level.hash_secret_raw = least(low_level.hash_secret_raw)
egress.public_tls = functools.cache(egress.public_tls)


class TooLong(BaseException):
    """A test of a changed code goes on for ever."""


class Tester:
    """The tests of one group, and what they say of each change."""

    def __init__(self, items: list[pytest.Item]) -> None:
        self.items = items
        self.running: dict[str, list[pytest.Item]] = {}

    def look(self) -> None:
        """Run each test once: it must pass. Note what it runs, and try the quickest first."""
        took: dict[pytest.Item, float] = {}
        for item in self.items:
            seen: set[str] = set()
            began = time.process_time()
            trampoline.record_trampoline_hit = lambda name, seen=seen, **_: seen.add(name)
            failed = [report for report in self.reports(item, "stats") if report.failed]
            if failed:
                told = f"{item.nodeid} fails though nothing was changed.\n"
                raise pytest.UsageError(told + failed[0].longreprtext)
            took[item] = time.process_time() - began
            for name in seen:
                self.running.setdefault(name, []).append(item)
        files = list(dict.fromkeys(item.path for item in self.items))
        for tests in self.running.values():
            tests.sort(key=lambda item: (files.index(item.path), took[item]))
        self.begin_anew()  # a clock that is shared has gone on for years by now
        gc.freeze()  # what is there now stays: looked through at each turn it costs seconds

    def passes(self, item: pytest.Item, change: str) -> bool:
        """Whether a test passes under a change, in time."""
        with time_limit():
            return not any(report.failed for report in self.reports(item, change))

    def reports(self, item: pytest.Item, change: str) -> list[pytest.TestReport]:
        """What comes of a test under a change. What its module shares stays for the next one."""
        os.environ["MUTANT_UNDER_TEST"] = change
        beside = next((one for one in self.items if one.parent is item.parent and one is not item), None)  # fmt: skip  # noqa: E501 - one line
        item.session._setupstate.teardown_exact(item)  # noqa: SLF001 - of other modules
        item._initrequest()  # type: ignore[attr-defined]  # noqa: SLF001 - as for the first time
        return runtestprotocol(item, log=False, nextitem=beside)

    def code(self, change: str) -> int:
        """What the tests say of one change."""
        tests = self.running.get(change.rpartition("__mutmut_")[0], [])
        try:
            killed = any(not self.passes(item, change) for item in tests)
        except TooLong:
            return TOO_LONG
        finally:
            os.environ["MUTANT_UNDER_TEST"] = ""
        return KILLED if killed else SURVIVED if tests else UNSEEN

    def codes(self, changes: list[str]) -> dict[str, int]:
        """What they say of some changes, and of each by itself if one left something behind."""
        self.check_sound()  # so that what is shared is set up by the code as it is
        found = {change: self.code(change) for change in changes}
        if not self.sound():
            for change in changes:
                self.begin_anew()
                self.check_sound()
                found[change] = self.code(change)
        self.begin_anew()
        return found

    def sound(self) -> bool:
        """Whether the first test of each module still passes as the code is."""
        try:
            return all(self.passes(item, "") for item in self.first())
        except TooLong:
            return False

    def first(self) -> list[pytest.Item]:
        """The first test of each module."""
        return list({item.parent: item for item in reversed(self.items)}.values())

    def check_sound(self) -> None:
        """Raise where a test fails with all set up anew: then whatever is changed seems killed."""
        for item in self.first():
            for report in self.reports(item, ""):
                if report.failed:
                    told = f"{item.nodeid} fails though nothing is changed.\n"
                    raise pytest.UsageError(told + report.longreprtext)

    def begin_anew(self) -> None:
        """Let go of all that the tests share."""
        self.items[0].session._setupstate.teardown_exact(None)  # noqa: SLF001 - of all modules


@contextmanager
def time_limit() -> Iterator[None]:
    """Raises ``TooLong`` in what goes on for ever."""

    def stop(*_: object) -> None:
        raise TooLong

    limits = ((signal.SIGPROF, signal.ITIMER_PROF, WORK_S_MAX), (signal.SIGALRM, signal.ITIMER_REAL, WAIT_S_MAX))  # fmt: skip  # noqa: E501 - one line
    for told, timer, seconds in limits:
        signal.signal(told, stop)
        signal.setitimer(timer, seconds)
    try:
        yield
    finally:
        for _, timer, _ in limits:
            signal.setitimer(timer, 0)


def pytest_collection() -> None:
    """What a law finds need not be made smaller: that it finds anything is enough."""
    phases = (Phase.explicit, Phase.generate)
    settings.register_profile("changed", deadline=None, phases=phases, database=None, derandomize=True)  # fmt: skip  # noqa: E501 - one line
    settings.load_profile("changed")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """By file, in the order in which they were asked for: the first ones are the quickest."""
    files = [arg.split("::")[0] for arg in config.args]

    def place(item: pytest.Item) -> tuple[int, int]:
        found = [n for n, file in enumerate(files) if str(item.path).endswith(file)]
        return (found or [len(files)])[0], item.location[1] or 0

    items.sort(key=place)


def pytest_runtestloop(session: pytest.Session) -> bool:
    """Test every change that is not tested yet, and write down what came of it."""
    tester = Tester(session.items)
    tester.look()
    only = [name for name in os.environ.get(ONLY, "").split(",") if name]
    for meta in sorted(Path("src").rglob("*.meta")):
        told: dict[str, Any] = json.loads(meta.read_text())
        codes = told["exit_code_by_key"]
        left = [name for name in codes if (name in only if only else codes[name] is None)]
        for start in range(0, len(left), TOGETHER):
            codes.update(tester.codes(left[start : start + TOGETHER]))
            meta.write_text(json.dumps(told, indent=4))
            alive = sum(code in {SURVIVED, UNSEEN} for code in codes.values())
            print(f"{meta}: {start} of {len(left)}, {alive} survive", flush=True)
    tester.begin_anew()
    return True
