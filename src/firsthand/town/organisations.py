"""The two organisations of the town, made and served by running the `firsthand hub` commands."""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import msgspec

from firsthand.foundation.clock import Clock
from firsthand.town.catalogue import CHORUS_FILE, REEL_FILE
from firsthand.town.children import Child, Note
from firsthand.town.people import CHORUS, REEL

COMMAND_SECONDS_MAX = 60.0
OWNER_FILE = 0o600


class UnableToFound(Exception):
    """An organisation of the town could not be made; the message has the command's own words.

    If it says that something is there already, begin again with another folder: --data FOLDER.
    """


class Staff(msgspec.Struct, frozen=True, kw_only=True):
    """How staff of an organisation sign in. It is shown on the start page: all is invented."""

    name: str
    password: str


class Commands(msgspec.Struct, frozen=True, kw_only=True):
    """How `firsthand` is run: `short` for what ends by itself, `lasting` for what serves.

    A lasting command reads from a pipe, and must end when that closes.
    """

    short: tuple[str, ...]
    lasting: tuple[str, ...]


class Organisation:
    """One organisation: its folder in the town's, its address, and what it answers from."""

    def __init__(
        self,
        name: str,
        words: str,
        catalogue: Path,
        *,
        town: Path,
        port: int,
        commands: Commands,
    ) -> None:
        """Not made yet: `found` does that."""
        self.name = name
        self.words = words
        self.url = f"http://127.0.0.1:{port}"
        self.folder = town / name.lower()
        self._port = port
        self._catalogue = catalogue
        self._kept = town / f"{name.lower()}.json"
        self._published = town / f"{name.lower()}.published"
        self._log = town / f"{name.lower()}.log"
        self._commands = commands

    def found(self) -> Staff:
        """Make it, or find it made: its staff. Raises `UnableToFound`."""
        if not self._kept.exists():
            # Without what was shown at its making nobody gets in: it is made anew.
            shutil.rmtree(self.folder, ignore_errors=True)
            self._published.unlink(missing_ok=True)
            made = self._run("init", "--name", self.name, "--url", self.url, "--json")
            _keep_for_owner(self._kept, made)
        return msgspec.convert(json.loads(self._kept.read_bytes())["staff"], Staff)

    def publish(self) -> None:
        """Publish what it answers from, once. Raises `UnableToFound`."""
        digest = hashlib.sha256(self._catalogue.read_bytes()).hexdigest().encode()
        if not self._published.exists() or self._published.read_bytes() != digest:
            self._run("catalogue", str(self._catalogue))
            _keep_for_owner(self._published, digest)

    def child(self, clock: Clock, note: Note) -> Child:
        """The process that serves it, not begun yet."""
        serve = [*self._commands.lasting, "hub", "serve", "--hub", str(self.folder)]
        return Child(
            self.name, [*serve, "--port", str(self._port)], self._log, clock=clock, note=note
        )

    def invite(self, accounts: Sequence[str]) -> dict[str, str]:
        """An invitation's link for each account. Raises `UnableToFound`."""
        named = [word for account in accounts for word in ("--account", account)]
        made = json.loads(self._run("invite", *named, "--json"))
        return {each["account"]: each["link"] for each in made["invites"]}

    def _run(self, *arguments: str) -> bytes:
        act, *rest = arguments
        command = [*self._commands.short, "hub", act, "--hub", str(self.folder), *rest]
        try:
            done = subprocess.run(  # noqa: S603 - our own command
                command,
                capture_output=True,
                stdin=subprocess.DEVNULL,
                timeout=COMMAND_SECONDS_MAX,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise UnableToFound(f"{self.name}: {error}") from error
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip()
            raise UnableToFound(f"{self.name}, {act}: {said}")
        return done.stdout


def both(town: Path, port: int, commands: Commands) -> tuple[Organisation, Organisation]:
    """Reel at `port`, Chorus at the next."""
    return (
        Organisation(
            REEL,
            "Films and series. Show it what you watched, and it names what you may like next.",
            REEL_FILE,
            town=town,
            port=port,
            commands=commands,
        ),
        Organisation(
            CHORUS,
            "A mobile network run with its members. Show it one bill, and it says what fits.",
            CHORUS_FILE,
            town=town,
            port=port + 1,
            commands=commands,
        ),
    )


def _keep_for_owner(path: Path, content: bytes) -> None:
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_FILE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    unfinished.replace(path)
