"""Two organisations hold and see no common identifier of one person.

The person gives each other things, and no two moments are in the same second: that those who
compare times can guess is said in SECURITY.md, and is not what is looked for here.

Everything that each of them holds and every request that reached it is cut into tokens. What two
have in common must be public words, or stand in what another person sent as well.
"""

import json
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from tests.harness.sides import Served, bring, connected, inbox, new_vault, open_again, share
from tests.harness.tokens import MovingClock, is_clock, tokens_in

from firsthand import app
from firsthand.foundation.clock import SetClock
from firsthand.vault.acts import bringing, ending, exporting
from firsthand.vault.acts.opened import Vault

TITLES = {
    "Reel": ["Harbour", "Fog Lantern"],
    "Bank": ["Windmill Sunrise", "Quiet Tide"],
}


class Recorder:
    """Keeps every request as it came: the line, every header, every byte of the body."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []

    def __call__(self, application: ASGIApp) -> ASGIApp:
        async def recorded(scope: Scope, receive: Receive, send: Send) -> None:
            parts = [scope["method"].encode(), scope["raw_path"], scope["query_string"]]
            parts += [b": ".join(header) for header in scope["headers"]]

            async def received() -> Message:
                message = await receive()
                parts.append(message.get("body", b""))
                return message

            try:
                await application(scope, received, send)
            finally:
                self.requests.append(b"\n".join(parts))

        return recorded


class Seen:
    """An organisation, and all that it holds and saw."""

    def __init__(self, folder: Path, name: str, clock: SetClock, day: str) -> None:
        self.wire = Recorder()
        self.served = Served(folder / name, name, wrap=self.wire, clock=clock)
        self.name, self.clock, self.day = name, clock, day

    def everything(self) -> Iterator[bytes]:
        """Every request, every row of every table, every batch of the journal."""
        yield from self.wire.requests
        with self.served.hub.snapshot() as reader:
            for table in app.TABLES:
                after = ("", "")
                while rows := reader.scan_all(table.name, after=after, rows_max=1000):
                    for row in rows:
                        yield row.relationship.encode() + b"\n" + row.key.encode()
                        yield row.value
                    after = (rows[-1].relationship, rows[-1].key)
        with self.served.hub.reads._journal.read() as reader:  # noqa: SLF001 - all there is
            page = self.served.hub.reads._journal.batches(  # noqa: SLF001
                reader, 0, rows_max=5000, bytes_max=1 << 28
            )
        for batch in page.batches:
            yield "\n".join(str(getattr(batch, name)) for name in batch.__struct_fields__).encode()
            yield from (batch.body, batch.base, batch.signature, batch.salt, batch.leaf)

    def tokens(self) -> set[bytes]:
        """All tokens of at least 6 bytes, those inside base64 and JSON too."""
        found: set[bytes] = set()
        where = self.served.url.partition("//")[2].encode()
        for content in self.everything():
            found |= tokens_in(content, where, deep=3)
        return found


def common(left: Seen, right: Seen, public: set[bytes]) -> set[bytes]:
    """What two organisations have in common, without what is public."""
    return {
        token
        for token in left.tokens() & right.tokens() - public
        if not is_clock(token)
        and not any(token in word for word in public if len(word) > len(token))
    }


@pytest.fixture
def clock() -> SetClock:
    return MovingClock(datetime.fromtimestamp(time.time(), tz=UTC))


@pytest.fixture
def organisations(tmp_path: Path, clock: SetClock) -> Iterator[list[Seen]]:
    """Two that the person deals with, and two more where only others are."""
    names = ("Reel", "Bank", "Reel of others", "Bank of others")
    seen = [Seen(tmp_path, name, clock, f"2024-0{n + 1}-1{n}") for n, name in enumerate(names)]
    yield seen
    for one in seen:
        one.served.stop()


def give_to(vault: Vault, seen: Seen, titles: list[str]) -> str:
    """Connect, give titles of its own to an organisation, and read what it answers."""
    name = connected(vault, seen.served)
    give_more(vault, seen, name, titles)
    return name


def give_more(vault: Vault, seen: Seen, name: str, titles: list[str]) -> None:
    bring(vault, titles, days=(seen.day,))
    rows = vault.store.rows("things.newest", limit=1000)
    ids = tuple(row["id"] for row in rows if row["name"] in titles)
    assert share(vault, name, things=ids)["state"] == "given"
    seen.served.settle()
    assert inbox(vault)["problems"] == {}


def end(vault: Vault, seen: Seen, name: str) -> None:
    """End a deal, and wait until what stood on it is taken back there too."""
    ending.revoke(vault, name)
    seen.served.hub.keeping.work_off()


def public_words(folder: Path, organisations: list[Seen]) -> set[bytes]:
    """What everybody's messages hold: seen where two other persons do the same as ours."""
    words: set[bytes] = set()
    for number, one in enumerate(organisations[2:]):
        with new_vault(folder / f"other {number}", one.clock) as other:
            titles = [f"Nobody {sign} saw" for sign in "ab"]
            name = give_to(other, one, titles)
            give_more(other, one, name, ["Third nobody saw"])
            end(other, one, name)
    left, right = (one.tokens() for one in organisations[2:])
    words |= left & right
    return words


def restored(vault: Vault, folder: Path, clock: SetClock, *, how: str) -> Vault:
    """The same person's vault from a copied folder, or from an export into a fresh one."""
    if how == "same":
        return vault
    if how == "copy":
        older = folder / "older copy"
        vault.close()
        shutil.copytree(vault.folder, older)
        return open_again(older, clock)
    file = folder / "export.json"
    exporting.export(vault, file)
    vault.close()
    fresh = new_vault(folder / "fresh", clock)
    report: Any = bringing.import_paths(fresh, [file])
    assert "error" not in report["files"][0], report
    return fresh


@pytest.mark.parametrize("how", ["same", "copy", "export"])
def test_two_organisations_have_nothing_of_a_person_in_common(
    how: str, organisations: list[Seen], tmp_path: Path, clock: SetClock
) -> None:
    reel, bank = organisations[:2]
    public = public_words(tmp_path, organisations)
    vault = new_vault(tmp_path / "mine", clock)
    names = [give_to(vault, one, TITLES[one.name]) for one in (reel, bank)]
    vault = restored(vault, tmp_path, clock, how=how)
    give_more(vault, reel, names[0], ["Lighthouse Keeper"])
    give_more(vault, bank, names[1], ["Paper Mountains"])
    for one, name in zip((reel, bank), names, strict=True):
        end(vault, one, name)
    vault.close()
    assert len(reel.wire.requests) > 8
    assert len(reel.tokens()) > 200
    assert common(reel, bank, public) == set()


@pytest.mark.parametrize("plant", ["lane", "salt", "event", "user agent"])
def test_a_planted_common_id_is_found(
    plant: str,
    organisations: list[Seen],
    tmp_path: Path,
    clock: SetClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reel, bank = organisations[:2]
    public = public_words(tmp_path, organisations)
    vault = new_vault(tmp_path / "mine", clock)
    if plant == "salt":
        draw = vault.chance.bytes
        monkeypatch.setattr(
            type(vault.chance), "bytes", lambda _, n: b"sixteen bytes ok" if n == 16 else draw(n)
        )
    if plant == "event":
        monkeypatch.setattr(
            "firsthand.vault.gate.disclosing.event_id", lambda _, thing: f"vault-id-{thing[:4]}-x"
        )
    if plant == "user agent":
        send = vault.gate._egress.request  # noqa: SLF001 - the planted fault

        def told(*how: Any, headers: dict[str, str], **what: Any) -> Any:  # noqa: ANN401
            return send(*how, headers={**headers, "user-agent": "vault of June 81"}, **what)

        monkeypatch.setattr(vault.gate._egress, "request", told)  # noqa: SLF001
    if plant == "lane":
        monkeypatch.setattr(type(vault.chance), "token", lambda *_: "one-lane-for-all")
    titles = TITLES if plant != "event" else {"Reel": ["Harbour"], "Bank": ["Harbour"]}
    for one in (reel, bank):
        give_to(vault, one, titles[one.name])
    vault.close()
    found = common(reel, bank, public)
    assert found, json.dumps(sorted(map(str, found)))
