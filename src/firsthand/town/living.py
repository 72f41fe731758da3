"""The town as a whole: everybody begins at once, and then something happens every few seconds."""

import datetime
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import msgspec

from firsthand.foundation.clock import Clock
from firsthand.foundation.ids import Chance
from firsthand.protocol.wire import PATH_DISCOVERY
from firsthand.town.children import Note
from firsthand.town.dice import Dice
from firsthand.town.life import Life
from firsthand.town.organisations import Organisation
from firsthand.town.people import HISTORY_DAYS, PEOPLE, Person
from firsthand.vault.acts.opened import Vault

AT_ONCE = 2
LIVELY_MS = 60_000.0
LIVELY_WAIT_MS = (700, 2_200)
WAIT_MS = (3_000, 10_000)
ASK_AGAIN_SECONDS = 0.25
TROUBLE_SECONDS = 5.0
OK = 200

_log = logging.getLogger(__name__)


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """What the town remembers of its making: the first day of everybody's history."""

    first_day: datetime.date


class Town:
    """Its people, living in a thread of their own. `start` begins, `close` ends it."""

    def __init__(
        self,
        folder: Path,
        organisations: Sequence[Organisation],
        open_vault: Callable[[Path, str], Vault],
        *,
        clock: Clock,
        chance: Chance,
        note: Note,
        people: Sequence[Person] = PEOPLE,
    ) -> None:
        """`folder` is the town's; the vaults go to `vaults` in it."""
        self._organisations = {each.name: each for each in organisations}
        self._links: dict[tuple[str, str], str] = {}
        self._clock = clock
        self._note = note
        self._dice = Dice(chance)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._live, name="town", daemon=True)
        self.vaults = folder / "vaults"
        self.settled = threading.Event()
        begun = _begun(folder / "town.json", clock)
        addresses = {each.name: each.url for each in organisations}
        self._lives = [
            Life(
                person,
                self.vaults / person.key,
                open_vault,
                self._invite,
                addresses=addresses,
                begun=begun.first_day,
                clock=clock,
                chance=chance,
                dice=self._dice,
            )
            for person in people
        ]

    def start(self) -> None:
        """Begin to live."""
        self._thread.start()

    def close(self) -> None:
        """Stop after the step at hand and close every vault."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()
        for life in self._lives:
            life.close()

    def _live(self) -> None:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            woken = pool.map(self._until_done, [life.wake for life in self._lives])
            list(woken)
            self._wait_for_organisations()
            self._until_done(self._invite_all)
            list(pool.map(self._until_done, [life.settle for life in self._lives]))
        self.settled.set()
        lively_until = self._clock.ticks_ms() + LIVELY_MS
        while not self._ending.is_set():
            lively = self._clock.ticks_ms() < lively_until
            low, high = LIVELY_WAIT_MS if lively else WAIT_MS
            if self._ending.wait(self._dice.between(low, high) / 1000):
                return
            self._step(self._dice.pick(self._lives))

    def _step(self, life: Life) -> None:
        try:
            _log.info("%s %s", life.person.name, life.step())
        except Exception as error:  # noqa: BLE001 - an organisation that is away, a vault in use
            _log.info("%s tries again later: %s", life.person.name, error)

    def _until_done(self, work: Callable[[], None]) -> None:
        while not self._ending.is_set():
            try:
                work()
            except Exception as error:  # noqa: BLE001 - the town waits for whoever is away
                _log.warning("The town tries again: %s: %s", type(error).__name__, error)
                self._ending.wait(TROUBLE_SECONDS)
            else:
                return

    def _wait_for_organisations(self) -> None:
        for organisation in self._organisations.values():
            while not self._ending.is_set() and not answers(organisation.url):
                self._ending.wait(ASK_AGAIN_SECONDS)

    def _invite_all(self) -> None:
        for organisation in self._organisations.values():
            accounts = [
                member.account
                for life in self._lives
                for member in life.missing()
                if member.organisation == organisation.name
            ]
            if accounts:
                links = organisation.invite(accounts)
                self._links |= {(organisation.name, each): link for each, link in links.items()}

    def _invite(self, name: str, account: str) -> str:
        link = self._links.pop((name, account), None)
        return link or self._organisations[name].invite([account])[account]


def answers(url: str) -> bool:
    """Whether somebody introduces themselves at `url`, as a browser would find out."""
    try:
        return httpx.get(url + PATH_DISCOVERY, timeout=2.0, trust_env=False).status_code == OK
    except httpx.HTTPError:
        return False


def _begun(path: Path, clock: Clock) -> Begun:
    if path.exists():
        return msgspec.json.decode(path.read_bytes(), type=Begun)
    first = clock.now().date() - datetime.timedelta(days=HISTORY_DAYS)
    begun = Begun(first_day=first)
    path.write_bytes(msgspec.json.encode(begun))
    return begun
