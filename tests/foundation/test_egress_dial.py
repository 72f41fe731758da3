"""Names, what resolvers say about them, and TLS: the vetted address is what is dialled."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from firsthand.foundation import egress_dial
from firsthand.foundation.egress import Egress, EgressRefused, Unreachable
from firsthand.foundation.keys import new_signing_key, signing_key_to_pem

PUBLIC = "93.184.215.14"
Serve = Callable[[socket.socket, threading.Event], None]
Peer = Callable[[Serve], AbstractContextManager[int]]
Drip = Callable[[bytes, bytes], Serve]


class Dials(Protocol):
    made: list[tuple[str, int]]
    looked_up: list[str]


def never(host: str, port: int) -> list[str]:
    raise AssertionError((host, port))


@pytest.mark.timeout(30)
def test_a_resolver_that_does_not_answer_gains_no_time() -> None:
    asked, done = threading.Event(), threading.Event()

    def resolve(_host: str, _port: int) -> list[str]:
        asked.set()
        done.wait()
        return [PUBLIC]

    with contextlib.closing(Egress(resolve=resolve)) as egress:
        with pytest.raises(Unreachable, match="in time"):
            egress.request("GET", "https://shop.org/", wait_ms_max=200)
        done.set()
    assert asked.is_set()


def test_a_resolver_that_changes_its_mind_changes_nothing(dials: Dials) -> None:
    """First a public address, then this machine: what is dialled is what was vetted."""
    answers = [[PUBLIC], ["127.0.0.1"], ["127.0.0.1"]]
    with contextlib.closing(Egress(resolve=lambda _host, _port: answers.pop(0))) as egress:
        with pytest.raises(Unreachable):
            egress.request("GET", "https://shop.org/")
        assert dials.made == [(PUBLIC, 443)]
        assert len(answers) == 2
        with pytest.raises(EgressRefused, match="this machine"):
            egress.request("GET", "https://shop.org/")
    assert dials.made == [(PUBLIC, 443)]
    assert dials.looked_up == []


@pytest.mark.parametrize(
    "answers",
    [
        [PUBLIC, "127.0.0.1"],
        ["127.0.0.1", PUBLIC],
        [PUBLIC, "2606:4700::1111", "10.0.0.1"],
        [PUBLIC, "fe80::1%eth0"],
        [PUBLIC, "::ffff:93.184.215.14"],
        [PUBLIC, "0x7f.1"],
        [PUBLIC, "other.org"],
        [PUBLIC, ""],
        [PUBLIC] * 10 + ["192.168.0.1"],
    ],
)
def test_one_bad_answer_spoils_all(dials: Dials, answers: list[str]) -> None:
    with (
        contextlib.closing(Egress(resolve=lambda _host, _port: answers)) as egress,
        pytest.raises(EgressRefused),
    ):
        egress.request("GET", "https://shop.org/")
    assert dials.made == []


def test_a_resolver_with_endless_answers_is_not_believed(dials: Dials) -> None:
    many = [f"9.9.{number >> 8}.{number & 255}" for number in range(1000)]
    with contextlib.closing(Egress(resolve=lambda _host, _port: many)) as egress:
        with pytest.raises(Unreachable):
            egress.request("GET", "https://shop.org/")
        assert dials.made == []
        del many[60:]
        with pytest.raises(Unreachable):
            egress.request("GET", "https://shop.org/")
    assert len(dials.made) == egress_dial.DIALS_MAX


def test_a_public_address_in_a_url_needs_no_resolver(dials: Dials) -> None:
    with contextlib.closing(Egress(resolve=never)) as egress:
        for url in ("https://9.9.9.9/", "https://[2620:fe::fe]/"):
            with pytest.raises(Unreachable):
                egress.request("GET", url)
    assert dials.made == [("9.9.9.9", 443), ("2620:fe::fe", 443)]
    assert dials.looked_up == []


def test_a_name_that_ends_in_a_digit_is_still_looked_up(dials: Dials) -> None:
    with (
        contextlib.closing(Egress(resolve=lambda _host, _port: [PUBLIC])) as egress,
        pytest.raises(Unreachable),
    ):
        egress.request("GET", "https://shop.web3/")
    assert dials.made == [(PUBLIC, 443)]


def certificate(name: str, folder: Path) -> Path:
    """Make a certificate that signs itself, with its key, in one PEM."""
    key = new_signing_key()
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begin = datetime(2020, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(signing_key_to_pem(key) + made.public_bytes(serialization.Encoding.PEM))
    return path


def secured(context: ssl.SSLContext, said: list[str]) -> Serve:
    """Speak TLS, note the Host header, answer in kind."""

    def serve(accepted: socket.socket, _done: threading.Event) -> None:
        with context.wrap_socket(accepted, server_side=True) as stream:
            said.append(stream.recv(65536).decode())
            stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")

    return serve


def test_the_vetted_address_is_dialled_and_tls_still_names_the_host(
    tmp_path: Path, peer: Peer
) -> None:
    pem = certificate("shop.org", tmp_path)
    theirs, ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    theirs.load_cert_chain(pem)
    ours.load_verify_locations(pem)
    named: list[str | None] = []
    theirs.sni_callback = lambda _socket, name, _context: named.append(name)
    said: list[str] = []
    dialled: list[tuple[str, int]] = []

    with peer(secured(theirs, said)) as port:

        def dial(address: str, to: int, wait_s: float) -> socket.socket:
            dialled.append((address, to))
            return socket.create_connection(("127.0.0.1", port), wait_s)

        with contextlib.closing(
            Egress(resolve=lambda _host, _port: [PUBLIC], dial=dial, tls=ours)
        ) as egress:
            assert egress.request("GET", "https://Shop.org/a").body == b"hi"
            with pytest.raises(Unreachable, match="certificate"):
                egress.request("GET", "https://other.org/a")
    assert dialled == [(PUBLIC, 443), (PUBLIC, 443)]
    assert named == ["shop.org", "other.org"]
    assert said[0].startswith("GET /a HTTP/1.1\r\nhost: shop.org\r\n")


@pytest.mark.timeout(30)
def test_a_handshake_that_never_ends_gains_no_time(peer: Peer, drip: Drip) -> None:
    with peer(drip(b"\x16\x03\x03\x40\x00", b"\x02")) as port:

        def dial(_address: str, _to: int, wait_s: float) -> socket.socket:
            return socket.create_connection(("127.0.0.1", port), wait_s)

        with (
            contextlib.closing(Egress(resolve=lambda _host, _port: [PUBLIC], dial=dial)) as egress,
            pytest.raises(Unreachable),
        ):
            egress.request("GET", "https://shop.org/", wait_ms_max=300)
