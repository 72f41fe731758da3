"""A crowd at five real organisations, and what of a person all that these hold and saw has twice.

Each person has a vault of their own and gives every organisation another part of their life, over
real HTTP. A token counts against a person if two organisations have it of them, and of nobody
else: what others share as well is public vocabulary.
"""

import contextlib
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from tests.harness.crowd import ORGANISATIONS, Life
from tests.harness.sides import Served, connected, keep, new_vault, share
from tests.harness.tokens import MovingClock, is_clock, tokens_in

from firsthand import app
from firsthand.town.catalogue import CHORUS_FILE, REEL_FILE
from firsthand.vault.acts import ending, receiving
from firsthand.vault.acts.opened import Vault
from firsthand.vault.terms.relationships import find, signer_of

PLANTS = ("global id", "idempotency key", "salt", "credential")


class Listening:
    """Keeps every request as it came, with what it was answered, by who was dealing."""

    def __init__(self) -> None:
        self.by_person: dict[int, list[bytes]] = {}
        self.person = -1

    def __call__(self, application: ASGIApp) -> ASGIApp:
        async def recorded(scope: Scope, receive: Receive, send: Send) -> None:
            parts = [scope["method"].encode(), scope["raw_path"], scope["query_string"]]
            parts += [b": ".join(header) for header in scope["headers"]]
            person = self.person

            async def received() -> Message:
                message = await receive()
                parts.append(message.get("body", b""))
                return message

            async def sent(message: Message) -> None:
                parts.extend(b": ".join(header) for header in message.get("headers", ()))
                parts.append(message.get("body", b""))
                await send(message)

            try:
                await application(scope, received, sent)
            finally:
                self.by_person.setdefault(person, []).append(b"\n".join(parts))

        return recorded


class Many:
    """Five organisations and who dealt with them. Use `deal` for each person, then `shared`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.clock = MovingClock(datetime.fromtimestamp(time.time(), tz=UTC))
        self.heard = {name: Listening() for name in ORGANISATIONS}
        self.served = {
            name: Served(
                folder / name,
                name,
                wrap=self.heard[name],
                clock=self.clock,
                catalogue=(REEL_FILE if name == "Reel" else CHORUS_FILE).read_text(),
            )
            for name in ORGANISATIONS
        }
        self._relationships: dict[str, dict[str, int]] = {name: {} for name in ORGANISATIONS}

    def close(self) -> None:
        """Take the organisations away."""
        for one in self.served.values():
            one.stop()

    def deal(self, lives: Sequence[Life], plants: Mapping[int, str]) -> None:
        """Let everybody connect with all five, give each its part, read, and end one of the deals.

        They come to each organisation in another order: who is the third everywhere would be known
        by that. ``plants`` says what leaks, by the number of the person whose vault it is.
        """
        with contextlib.ExitStack() as opened:
            vaults = {
                life.number: opened.enter_context(
                    new_vault(self._folder / f"person {life.number}", self.clock)
                )
                for life in lives
            }
            for place, name in enumerate(ORGANISATIONS):
                turn = place * max(1, len(lives) // len(ORGANISATIONS))
                for life in [*lives[turn:], *lives[:turn]]:
                    self._deal(name, life, vaults[life.number], plants.get(life.number))
                    self.heard[name].person = -1

    def _deal(self, name: str, life: Life, vault: Vault, plant: str | None) -> None:
        with pytest.MonkeyPatch.context() as patched:
            if plant is not None:
                leak(plant, vault, life.number, patched)
            self.heard[name].person = life.number
            called = self._give(vault, name, life)
            person = signer_of(vault.store, find(vault.store, called)).thumbprint
            self._relationships[name][person] = life.number
            if name == ORGANISATIONS[life.number % len(ORGANISATIONS)]:
                ending.revoke(vault, called)

    def _give(self, vault: Vault, name: str, life: Life) -> str:
        things = life.things[name]
        keep(vault, things)
        called = connected(vault, self.served[name])
        half = len(things) // 2
        for part in (things[:half], things[half:]):
            if part:
                done = share(vault, called, things=tuple(thing.id for thing in part))
                assert done["state"] == "given", done
        self.served[name].settle()
        assert receiving.refresh(vault, called)["problems"] == {}
        return called

    def shared(self) -> dict[int, set[bytes]]:
        """For each person the tokens that two organisations have of them, and of nobody else."""
        of: dict[bytes, set[int]] = {}
        at: dict[int, dict[bytes, int]] = {}
        for name in ORGANISATIONS:
            for person, found in self._tokens(name).items():
                counts = at.setdefault(person, {})
                for token in found:
                    of.setdefault(token, set()).add(person)
                    counts[token] = counts.get(token, 0) + 1
        return {
            person: {
                token
                for token, count in counts.items()
                if count > 1 and of[token] == {person} and not is_clock(token)
            }
            for person, counts in at.items()
            if person >= 0
        }

    def _tokens(self, name: str) -> dict[int, set[bytes]]:
        where = self.served[name].url.partition("//")[2].encode()
        found: dict[int, set[bytes]] = {}
        for person, content in self._contents(name):
            found.setdefault(person, set()).update(tokens_in(content, where, deep=3))
        return found

    def _contents(self, name: str) -> Iterator[tuple[int, bytes]]:
        """Every request and answer, every row of every table, every batch: of whom each is."""
        whose, hub = self._relationships[name], self.served[name].hub
        for person, requests in self.heard[name].by_person.items():
            yield from ((person, request) for request in requests)
        with hub.snapshot() as reader:
            for table in app.TABLES:
                after = ("", "")
                while rows := reader.scan_all(table.name, after=after, rows_max=1000):
                    for row in rows:
                        person = whose.get(row.relationship, -1)
                        yield person, row.relationship.encode() + b"\n" + row.key.encode()
                        yield person, row.value
                    after = (rows[-1].relationship, rows[-1].key)
        journal: Any = hub.reads._journal  # noqa: SLF001 - all there is
        seen = 0
        while True:
            with journal.read() as reader:
                page = journal.batches(reader, seen, rows_max=1000, bytes_max=1 << 26)
            if not page.batches:
                return
            seen = page.seen
            for batch in page.batches:
                person = whose.get(batch.relationship, -1)
                for field in batch.__struct_fields__:
                    value = getattr(batch, field)
                    yield person, value if isinstance(value, bytes) else str(value).encode()


def leak(plant: str, vault: Vault, number: int, patched: pytest.MonkeyPatch) -> None:
    """Let one person's vault say the same to all: what an identifier in common looks like."""
    own = f"person-{number:05}-all"  # as long as the name of a lane may be
    chance = vault.chance
    if plant == "global id":
        patched.setattr(
            "firsthand.vault.gate.disclosing.event_id",
            lambda _, thing: f"{own}-{thing.replace(' ', '-')}",
        )
    elif plant == "idempotency key":
        patched.setattr(type(chance), "token", lambda *_: own)
    elif plant == "salt":
        draw = type(chance).bytes
        salt = own.encode()
        patched.setattr(
            type(chance), "bytes", lambda self, n: salt if n == len(salt) else draw(self, n)
        )
    elif plant == "credential":
        egress: Any = vault.gate._egress  # noqa: SLF001 - the planted fault
        send = egress.request

        def told(*how: Any, headers: dict[str, str], **what: Any) -> Any:  # noqa: ANN401
            return send(*how, headers={**headers, "x-credential": own}, **what)

        patched.setattr(egress, "request", told)
