"""The way out, against real servers on this machine."""

import contextlib
import gzip
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Protocol

import pytest

from firsthand.foundation.egress import (
    Answer,
    AnswerTooLarge,
    Egress,
    EgressRefused,
    Unreachable,
)
from firsthand.foundation.egress_pools import POOLS_MAX, public_tls

PUBLIC = "93.184.215.14"
Serve = Callable[[socket.socket, threading.Event], None]
Peer = Callable[[Serve], AbstractContextManager[int]]
Drip = Callable[[bytes, bytes], Serve]


class Dials(Protocol):
    made: list[tuple[str, int]]
    looked_up: list[str]


class Handler(BaseHTTPRequestHandler):
    """Answers by the path of the request."""

    protocol_version = "HTTP/1.1"

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self) -> None:
        kind, _, rest = self.path.lstrip("/").partition("/")
        if kind == "status":
            self.answer(int(rest), b"" if rest == "304" else b"body", Location="/hello")
        elif kind == "size":
            self.answer(200, b"x" * int(rest))
        elif kind == "packed":
            self.answer(200, gzip.compress(b"x" * 1000), Content_Encoding="gzip")
        elif kind == "cookie":
            self.answer(200, str(self.headers["cookie"]).encode(), Set_Cookie="who=you")
        elif kind == "headers":
            self.answer(200, str(self.headers).encode(), X_Two="1")
        else:
            self.answer(200, self.path.encode(), ETag='"a"')

    do_HEAD = do_GET  # noqa: N815 (the names are those of http.server)

    def do_POST(self) -> None:
        self.answer(201, self.rfile.read(int(self.headers["content-length"])))

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def town() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def egress() -> Iterator[Egress]:
    with contextlib.closing(Egress(loopback=True)) as made:
        yield made


def test_a_request_goes_there_and_its_answer_comes_back(egress: Egress, town: str) -> None:
    got = egress.request("GET", f"{town}/hello?a=b%20c")
    assert (got.status, got.body, got.headers["etag"]) == (200, b"/hello?a=b%20c", '"a"')
    sent = egress.request("POST", town, content=b"things", headers={"Content-Type": "text/plain"})
    assert sent == Answer(status=201, headers=sent.headers, body=b"things")
    assert egress.request("HEAD", f"{town}/size/999999", size_bytes_max=10).body == b""
    assert egress.request("GET", f"{town}/status/404").status == 404
    assert egress.request("GET", f"{town}/status/304").status == 304


def test_localhost_is_dialled_without_a_resolver(dials: Dials, town: str) -> None:
    port = int(town.rpartition(":")[2])
    with contextlib.closing(Egress(loopback=True, resolve=never)) as egress:
        assert egress.request("GET", f"http://localhost:{port}/").status == 200
    assert dials.made == [("127.0.0.1", port)]
    assert dials.looked_up == []


def never(host: str, port: int) -> list[str]:
    raise AssertionError((host, port))


def test_a_typed_loopback_address_is_allowed_for_that_call_only(dials: Dials, town: str) -> None:
    with contextlib.closing(Egress()) as egress:
        assert egress.request("GET", town, literal_loopback=True).status == 200
        # The connection is still open, and is of no use to a call that may not go there.
        with pytest.raises(EgressRefused):
            egress.request("GET", town)
    assert len(dials.made) == 1


@pytest.mark.parametrize("status", [300, 301, 302, 303, 305, 307, 308, 399])
def test_redirects_are_refused(egress: Egress, dials: Dials, town: str, status: int) -> None:
    with pytest.raises(EgressRefused, match=str(status)):
        egress.request("GET", f"{town}/status/{status}")
    assert len(dials.made) == 1


def test_a_change_of_protocol_is_refused(egress: Egress, peer: Peer) -> None:
    def serve(accepted: socket.socket, _done: threading.Event) -> None:
        accepted.recv(65536)
        accepted.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")

    with peer(serve) as port, pytest.raises((EgressRefused, Unreachable)):
        egress.request("GET", f"http://127.0.0.1:{port}/")


def test_size_is_kept_to_where_it_is_announced_and_where_it_is_not(
    egress: Egress, town: str, peer: Peer, drip: Drip
) -> None:
    assert len(egress.request("GET", f"{town}/size/1000", size_bytes_max=1000).body) == 1000
    with pytest.raises(AnswerTooLarge):
        egress.request("GET", f"{town}/size/1001", size_bytes_max=1000)
    flood = drip(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 1000)
    with peer(flood) as port, pytest.raises(AnswerTooLarge):
        egress.request("GET", f"http://127.0.0.1:{port}/", size_bytes_max=10_000)


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    ("first", "forever"),
    [
        (b"", b""),
        (b"HTTP/1.1 200 OK\r\n", b"X"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    ],
    ids=["silence", "headers", "continue", "body", "chunks"],
)
def test_one_byte_at_a_time_gains_no_time(
    egress: Egress, peer: Peer, drip: Drip, first: bytes, forever: bytes
) -> None:
    # Each of these peers would go on forever: without a deadline, this does not end.
    with peer(drip(first, forever)) as port, pytest.raises(Unreachable, match="time"):
        egress.request("GET", f"http://127.0.0.1:{port}/", wait_ms_max=300)


@pytest.mark.timeout(30)
def test_a_peer_that_reads_slowly_gains_no_time(egress: Egress, peer: Peer) -> None:
    def serve(accepted: socket.socket, done: threading.Event) -> None:
        while not done.wait(0.02):
            accepted.recv(1)

    with peer(serve) as port, pytest.raises(Unreachable):
        egress.request(
            "POST", f"http://127.0.0.1:{port}/", content=b"x" * 16_000_000, wait_ms_max=300
        )


def test_a_refused_connection_and_an_unknown_name_may_be_tried_later(egress: Egress) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(Unreachable):
        egress.request("GET", f"http://127.0.0.1:{port}/")

    def unknown(_host: str, _port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    def empty(_host: str, _port: int) -> list[str]:
        return []

    for resolve in (unknown, empty):
        with (
            contextlib.closing(Egress(resolve=resolve)) as other,
            pytest.raises(Unreachable),
        ):
            other.request("GET", "https://shop.org/")


def test_nonsense_instead_of_http_may_be_tried_later(egress: Egress, peer: Peer) -> None:
    def serve(accepted: socket.socket, _done: threading.Event) -> None:
        accepted.recv(65536)
        accepted.sendall(b"220 mail.shop.org ESMTP\r\n\r\n")

    with peer(serve) as port, pytest.raises(Unreachable):
        egress.request("GET", f"http://127.0.0.1:{port}/")


def test_no_proxy_no_keys_and_no_roots_come_from_the_environment(
    dials: Dials, town: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    with contextlib.closing(Egress(loopback=True)) as egress:
        assert egress.request("GET", town).status == 200
    assert dials.made == [("127.0.0.1", int(town.rpartition(":")[2]))]
    assert public_tls().keylog_filename is None
    assert public_tls().cert_store_stats()["x509_ca"] > 50


def test_cookies_are_not_kept_and_packed_answers_are_not_opened(egress: Egress, town: str) -> None:
    first = egress.request("GET", f"{town}/cookie")
    assert (first.body, first.headers.get("set-cookie")) == (b"None", None)
    assert egress.request("GET", f"{town}/cookie").body == b"None"
    with pytest.raises(EgressRefused, match="packed"):
        egress.request("GET", f"{town}/packed")


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "other.org"},
        {"Transfer-Encoding": "chunked"},
        {"Content-Length": "3"},
        {"Proxy-Authorization": "x"},
        {"X-One": "a\r\nX-Two: b"},
        {"X-One\r\nX-Two": "b"},
        {"X-One": "\u00e9"},
        {"X-One": "a", "x-one": "b"},
        {"": "a"},
    ],
)
def test_headers_that_could_bend_the_message_are_refused(
    egress: Egress, dials: Dials, town: str, headers: dict[str, str]
) -> None:
    with pytest.raises(EgressRefused):
        egress.request("GET", town, headers=headers)
    assert dials.made == []


def test_methods_that_open_tunnels_are_refused(egress: Egress, dials: Dials, town: str) -> None:
    for method in ("CONNECT", "TRACE", "get", "GET /x HTTP/1.1\r\n"):
        with pytest.raises(EgressRefused):
            egress.request(method, town)
    assert dials.made == []


def test_what_is_sent_is_what_was_given_and_no_more(egress: Egress, town: str) -> None:
    said = egress.request("GET", f"{town}/headers", headers={"X-One": "1"}).body.decode()
    names = sorted(line.split(":")[0].lower() for line in said.split("\n") if line.strip())
    assert names == ["accept-encoding", "host", "x-one"]


def test_connections_are_kept_within_a_relationship_and_not_between_two(
    egress: Egress, dials: Dials, town: str
) -> None:
    for pool in ("one", "one", "two", "one", "two"):
        egress.request("GET", town, pool=pool)
    assert len(dials.made) == 2


def test_the_number_of_pools_is_bounded(egress: Egress, dials: Dials, town: str) -> None:
    for number in range(POOLS_MAX + 1):
        egress.request("GET", town, pool=str(number))
    egress.request("GET", town, pool=str(POOLS_MAX))
    assert len(dials.made) == POOLS_MAX + 1
    egress.request("GET", town, pool="0")  # the one that was idle longest had to go
    assert len(dials.made) == POOLS_MAX + 2


def test_nothing_leaves_after_closing(dials: Dials, town: str) -> None:
    egress = Egress(loopback=True)
    egress.close()
    with pytest.raises(Unreachable):
        egress.request("GET", town)
    assert dials.made == []
