"""How fast an organisation takes signed signals over HTTP, beside two simpler things.

One run, on one machine: the load generator and the server share its cores.

`bare`      the same server process, the body read and thrown away: no signature, no storage.
`verified`  only the signature checks of the same requests, one core, no HTTP.
`single`    signed requests of one signal each, durable, receipted.
`hundred`   signed requests of 100 signals each, durable, receipted.

    python benchmarks/signals.py [--people N] [--each N] [--json]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import socket
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

from firsthand.app import found_hub, hub_application, open_hub
from firsthand.foundation.clock import SystemClock
from firsthand.foundation.egress import Egress
from firsthand.foundation.ids import SystemChance
from firsthand.foundation.keys import event_id
from firsthand.foundation.settings import Settings
from firsthand.protocol import wire
from firsthand.protocol.agreements import Proffer, chosen, consent_record, sign_proffer
from firsthand.protocol.canonical import sha256_hex
from firsthand.protocol.digests import content_digest
from firsthand.protocol.receipts import BatchLabel
from firsthand.protocol.roles.profile import PURPOSE, TYPE_GIVEN, compose_given
from firsthand.protocol.signals import SPECVERSION, Signal, encode_signals
from firsthand.protocol.signatures import Message, sign, verify
from firsthand.protocol.terms import ROSTER
from firsthand.protocol.things import Thing
from firsthand.vault.gate.asking import Line, introduce
from firsthand.vault.terms.relationships import Signer, signer_for

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.synchronize import Event

    from starlette.types import Receive, Scope, Send

FIELDS = {"WatchAction": ["name", "object", "startTime"]}
BARE_PATH = "/bare"


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(folder: str, port: int, ready: Event) -> None:
    """The organisation's server, in its own process; `/bare` answers without doing anything."""
    hub = open_hub(Path(folder), Settings())
    doors = hub_application(hub)

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == BARE_PATH:
            while (await receive()).get("more_body"):
                pass
            headers = [(b"content-length", b"2")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": b"{}"})
        else:
            await doors(scope, receive, send)

    config = uvicorn.Config(
        application, host="127.0.0.1", port=port, log_level="warning", access_log=False,
        lifespan="off",
    )  # fmt: skip
    server = uvicorn.Server(config)
    ready.set()
    server.run()


class Person:
    """One person with an agreement, who signs batches ahead of the run."""

    def __init__(self, url: str, egress: Egress) -> None:
        clock, chance = SystemClock(), SystemChance()
        line = Line(egress, clock, url=url, literal=True, pool="bench")
        document = introduce(line).organisation.document
        self.signer: Signer = signer_for(chance.bytes(32), document.subject, 1)
        self._url, self._chance, self._clock = url, chance, clock
        self._lane, self._n = chance.token(), 0
        terms, now = ROSTER["FH-GIVEN"], int(clock.now().timestamp())
        record = consent_record(
            terms=terms, person=self.signer.subject, organisation=document.subject,
            name=document.name, fields=FIELDS, identifier="urn:bench", at="2026-01-01T00:00:00Z",
        )  # fmt: skip
        proffer = sign_proffer(
            Proffer(
                iss=self.signer.subject, aud=document.subject, jti=chance.token(), iat=now,
                exp=now + 86_400, p7012=chosen(terms, url=url), fields=FIELDS, record=record,
            ),
            self.signer.key,
        )  # fmt: skip
        body = proffer.encode()
        headers, _ = line.sealed(
            wire.PATH_AGREEMENTS, body, wire.TYPE_JOSE, self.signer, waits=False
        )
        answer = json.loads(line.post(wire.PATH_AGREEMENTS, body, headers).body)
        assert answer["decision"] == "accepted", answer
        self._agreement = sha256_hex(f"{proffer}\n{answer['answer']}".encode())

    def batch(self, events: int) -> tuple[bytes, Message]:
        """The next batch as HTTP bytes, and as the message that its signature covers."""
        self._n += 1
        signals = [self._signal(f"{self._n}/{number}") for number in range(events)]
        body = encode_signals(signals)
        label = BatchLabel(lane=self._lane, n=self._n, salt=self._chance.bytes(16))
        headers = {
            "content-type": wire.TYPE_BATCH,
            "content-digest": content_digest(body),
            "firsthand-batch": label.header(),
        }
        target = self._url + wire.PATH_SIGNALS
        message = Message(method="POST", target_uri=target, status=None, headers=headers)
        created = int(self._clock.now().timestamp())
        signed = sign(
            message, key=self.signer.key, covered=wire.COVERED_BATCH, created=created,
            expires=created + 86_400, keyid=self.signer.thumbprint,
        )  # fmt: skip
        headers |= {name.lower(): value for name, value in signed.items()}
        head = f"POST {wire.PATH_SIGNALS} HTTP/1.1\r\nhost: bench\r\ncontent-length: {len(body)}"
        lines = "".join(f"\r\n{name}: {value}" for name, value in headers.items())
        message = Message(method="POST", target_uri=target, status=None, headers=headers)
        return f"{head}{lines}\r\n\r\n".encode() + body, message

    def _signal(self, thing: str) -> Signal:
        given = compose_given(
            Thing(
                id=thing, type="WatchAction", name=f"The Harbour: Season 1: Fog {thing}",
                time="2026-03-04T20:15:00Z", source="netflix",
                data={"@type": "WatchAction", "object": {"@type": "TVEpisode", "name": "Fog"}},
            ),
            fields=FIELDS, precision="week",
        )  # fmt: skip
        assert given is not None
        return Signal(
            specversion=SPECVERSION, id=event_id(b"s" * 32, thing), source=self.signer.subject,
            type=TYPE_GIVEN, agreement=self._agreement, purpose=PURPOSE, data=given,
        )  # fmt: skip


class Caller(asyncio.Protocol):
    """One kept-alive connection that sends its requests one after the other."""

    def __init__(self, requests: Sequence[bytes], done: asyncio.Future[None]) -> None:
        self._requests, self._done = iter(requests), done
        self._seen = b""
        self.waits_ms: list[float] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        """Count an answer when it is whole; anything but 200 stops the run."""
        self._seen += data
        head, found, body = self._seen.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        if len(body) < length:
            return
        if b" 200 " not in head[:15]:
            self._done.set_exception(RuntimeError(self._seen.decode()))
            return
        self._seen = body[length:]
        self.waits_ms.append((time.perf_counter() - self._sent) * 1000)
        self._next()

    def _next(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self._transport.close()
            self._done.set_result(None)
            return
        self._sent = time.perf_counter()
        self._transport.write(request)


async def load(port: int, lists: Sequence[Sequence[bytes]]) -> tuple[float, list[float]]:
    """Send every list over its own connection at once; (seconds, all waits in ms)."""
    loop = asyncio.get_running_loop()
    done = [loop.create_future() for _ in lists]
    callers = [Caller(requests, future) for requests, future in zip(lists, done, strict=True)]
    begin = time.perf_counter()
    for caller in callers:
        await loop.create_connection(lambda caller=caller: caller, "127.0.0.1", port)
    await asyncio.gather(*done)
    return time.perf_counter() - begin, [wait for c in callers for wait in c.waits_ms]


def measure(people: list[Person], port: int, events: int, each: int) -> dict[str, float]:
    """One run of `each` batches of `events` signals from every person."""
    made = [[person.batch(events) for _ in range(each)] for person in people]
    lists = [[request for request, _ in batches] for batches in made]
    seconds, waits = asyncio.run(load(port, lists))
    requests = len(people) * each
    return {
        "requests_per_s": requests / seconds,
        "signals_per_s": requests * events / seconds,
        "p50_ms": statistics.median(waits),
        "p99_ms": statistics.quantiles(waits, n=100)[98],
    }


def bare(people: list[Person], port: int, each: int) -> dict[str, float]:
    """The same bytes to a path that does nothing."""
    line = f"POST {wire.PATH_SIGNALS} ".encode()
    lists = []
    for person in people:
        request, _ = Person.batch(person, 1)
        person._n -= 1  # noqa: SLF001 - the number was not used: this path stores nothing
        lists.append([request.replace(line, f"POST {BARE_PATH} ".encode(), 1)] * each)
    seconds, _ = asyncio.run(load(port, lists))
    return {"requests_per_s": len(people) * each / seconds}


def verified(person: Person, times: int) -> dict[str, float]:
    """The signature check alone, in this process."""
    _, message = person.batch(1)
    person._n -= 1  # noqa: SLF001 - the number was not used: nothing was sent
    public, now = person.signer.key.public_key(), int(time.time())
    begin = time.perf_counter()
    for _ in range(times):
        verify(message, public_key=public, required=wire.COVERED_BATCH, now=now, waits=True)
    return {"requests_per_s": times / (time.perf_counter() - begin)}


def main() -> int:
    """Run all four and print them with their ratios."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--people", type=int, default=64)
    parser.add_argument("--each", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        found_hub(Path(folder) / "hub", name="Bench", url=url, settings=Settings())
        context = multiprocessing.get_context("spawn")
        ready = context.Event()
        server = context.Process(target=serve, args=(str(Path(folder) / "hub"), port, ready))
        server.start()
        ready.wait(30)
        time.sleep(1)
        try:
            egress = Egress(loopback=True)
            people = [Person(url, egress) for _ in range(asked.people)]
            figures = {
                "bare": bare(people, port, asked.each),
                "verified": verified(people[0], 3_000),
                "single": measure(people, port, 1, asked.each),
                "hundred": measure(people, port, 100, max(asked.each // 8, 1)),
            }
        finally:
            server.kill()
            server.join()
    _print(figures, as_json=asked.json)
    return 0


def _print(figures: dict[str, dict[str, float]], *, as_json: bool) -> None:
    ratios = {
        "single / bare": figures["single"]["requests_per_s"] / figures["bare"]["requests_per_s"],
        "single / verified": figures["single"]["requests_per_s"]
        / figures["verified"]["requests_per_s"],
        "hundred / single, in signals": figures["hundred"]["signals_per_s"]
        / figures["single"]["signals_per_s"],
    }
    if as_json:
        sys.stdout.write(json.dumps({"figures": figures, "ratios": ratios}, indent=2) + "\n")
        return
    for name, row in figures.items():
        cells = "  ".join(f"{key} {value:,.1f}" for key, value in row.items())
        sys.stdout.write(f"{name:10} {cells}\n")
    for name, ratio in ratios.items():
        sys.stdout.write(f"{name}: {ratio:.2f}\n")


if __name__ == "__main__":
    sys.exit(main())
