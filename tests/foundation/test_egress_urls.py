"""URLs and addresses that must never be dialled, and the few that may be."""

from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.foundation.egress import Egress, EgressRefused
from firsthand.foundation.egress_addresses import (
    REFUSED_4,
    REFUSED_6,
    is_loopback,
    why_refused,
)
from firsthand.foundation.egress_pools import public_tls
from firsthand.foundation.egress_urls import Target, read_url

PUBLIC = "93.184.215.14"
TLS = public_tls()


class Dials(Protocol):
    made: list[tuple[str, int]]
    looked_up: list[str]


ADDRESSES = [
    "0.0.0.0",  # noqa: S104
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.100.100.200",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::ffff:8.8.8.8",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::8.8.8.8",
    "64:ff9b:1::1",
    "100::1",
    "100:0:0:1::1",
    "1fff::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:2::1",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::1",
    "2606:4700::5efe:7f00:1",
    "2606:4700::200:5efe:7f00:1",
    "2620:4f:8000::1",
    "3ffe::1",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "febf::1",
    "fec0::1",
    "ff02::1",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
]

# What else must be refused, though its resolver would name a public address.
ODD_URLS = [
    "http://127.1/",
    "https://127.1/",
    "https://127.0.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.1/",
    "https://0X7F.0.0.1/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://127.0.0.01/",
    "https://1.2.3/",
    "https://1.2.3.4.5/",
    "https://256.1.1.1/",
    "https://127.0.0.1./",
    "https://8.8.8.8./",
    "https://shop.org.:443/",
    "https://shop.org./",
    "https://shop..org/",
    "https://.shop.org/",
    "https://0x/",
    "https://a.0x7f/",
    "https://shop.1/",
    "https://[::1%25lo]/",
    "https://[fe80::1%25eth0]/",
    "https://[fe80::1%eth0]/",
    "https://[::1/",
    "https://::1/",
    "https://[]/",
    "https://[127.0.0.1]/",
    "https://[8.8.8.8]/",
    "https://[1::2::3]/",
    "https://[v1.fe80]/",
    "https://[::ffff:127.0.0.1]/",
    "https:///",
    "https://",
    "https://:443/",
    "https:///shop.org/",
    "https:/shop.org/",
    "https:shop.org/",
    "//shop.org/",
    "shop.org",
    "",
    "https://shop.local/",
    "https://metadata.google.internal/",
    "https://shop.onion/",
    "https://shop.localhost/",
    "https://shop.home.arpa/",
    "https://1.0.0.127.in-addr.arpa/",
    "https://shop.LOCAL/",
    "https://shop.lan/",
    "https://shop/",
    "https://localhost/",
    "https://LOCALHOST:443/",
    "https://localhost.localdomain/",
    "https://\uff11\uff12\uff17.0.0.1/",
    "https://127\u30020\u30020\u30021/",
    "https://shop\u3002org/",
    "https://\u2460\u2461\u2466.0.0.1/",
    "https://sh\u00f6p.org/",
    "https://shop.org\u200b/",
    "https://sho%70.org/",
    "https://%31%32%37.0.0.1/",
    "https://shop_1.org/",
    "https://-shop.org/",
    "https://shop-.org/",
    "https://" + "a" * 64 + ".org/",
    "https://" + "a." * 130 + "org/",
    "https://user@shop.org/",
    "https://user:word@shop.org/",
    "https://shop.org@127.0.0.1/",
    "https://shop.org:443@127.0.0.1/",
    "https://@shop.org/",
    "https://shop.org\\@127.0.0.1/",
    "https://127.0.0.1\\.shop.org/",
    "https:\\\\shop.org/",
    "https://shop.org/#there",
    "https://shop.org#@127.0.0.1/",
    "https://shop.org/a b",
    "https://shop.org/\r\nHost: 127.0.0.1",
    "https://shop.org/\n",
    " https://shop.org/",
    "https://shop.org/\x00",
    "https://shop.org/\u00e9",
    "https://shop.org\t/",
    "https://shop.org:80/",
    "https://shop.org:8443/",
    "https://shop.org:22/",
    "https://shop.org:/",
    "https://shop.org:0/",
    "https://shop.org:0443/",
    "https://shop.org:65536/",
    "https://shop.org:99999999999/",
    "https://shop.org:443:443/",
    "https://shop.org:-1/",
    "http://shop.org/",
    "http://shop.org:443/",
    "http://8.8.8.8/",
    "ftp://shop.org/",
    "file:///etc/passwd",
    "gopher://shop.org/",
    "unix:///run/docker.sock",
    "ws://shop.org/",
    "data:text/plain,hello",
    "https://shop.org/" + "a" * 9000,
]


@pytest.mark.parametrize("loopback", [False, True])
@pytest.mark.parametrize("url", ODD_URLS)
def test_an_odd_url_is_refused_before_anything_is_dialled(
    dials: Dials, url: str, *, loopback: bool
) -> None:
    egress = Egress(loopback=loopback, resolve=lambda _host, _port: [PUBLIC], tls=TLS)
    with pytest.raises(EgressRefused):
        egress.request("GET", url)
    egress.close()
    assert dials.made == []
    assert dials.looked_up == []


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_that_is_not_public_is_refused_in_a_url_and_from_a_resolver(
    dials: Dials, address: str
) -> None:
    egress = Egress(resolve=lambda _host, _port: [address], tls=TLS)
    host = f"[{address}]" if ":" in address else address
    for url in (f"https://{host}/", f"http://{host}/", "https://shop.org/"):
        with pytest.raises(EgressRefused, match=r"."):
            egress.request("GET", url)
    egress.close()
    assert dials.made == []
    assert why_refused(ip_address(address))


def test_the_two_lists_are_long_enough_to_mean_something() -> None:
    assert len(set(ODD_URLS)) >= 60
    assert len(set(ADDRESSES)) >= 60


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://[::1]:9/", "http://localhost:9/"])
def test_this_machine_is_refused_unless_that_was_set(dials: Dials, url: str) -> None:
    with pytest.raises(EgressRefused, match="FIRSTHAND_EGRESS=loopback"):
        Egress().request("GET", url)
    assert dials.made == []


@pytest.mark.parametrize(
    ("url", "host", "port", "path"),
    [
        ("http://127.0.0.1:8000/a?b=c", "127.0.0.1", 8000, "/a?b=c"),
        ("http://127.9.8.7", "127.9.8.7", 80, "/"),
        ("HTTP://LocalHost:8000?x", "localhost", 8000, "/?x"),
        ("http://[::1]:8000/", "::1", 8000, "/"),
        ("http://[0:0:0:0:0:0:0:1]/", "::1", 80, "/"),
    ],
)
def test_this_machine_is_read_where_it_is_allowed(
    url: str, host: str, port: int, path: str
) -> None:
    assert read_url(url, loopback=True) == Target(
        scheme="http", host=host, port=port, path=path, loopback=True
    )


@pytest.mark.parametrize(
    ("url", "host", "header"),
    [
        ("https://shop.org", "shop.org", "shop.org"),
        ("HTTPS://Shop.ORG:443/a/b?c=%20", "shop.org", "shop.org"),
        ("https://xn--shp-sna.example/", "xn--shp-sna.example", "xn--shp-sna.example"),
        ("https://8.8.8.8/", "8.8.8.8", "8.8.8.8"),
        ("https://[2606:4700:4700:0::1111]/", "2606:4700:4700::1111", "[2606:4700:4700::1111]"),
    ],
)
def test_public_hosts_are_read_as_written(url: str, host: str, header: str) -> None:
    target = read_url(url, loopback=False)
    assert (target.scheme, target.host, target.port) == ("https", host, 443)
    assert target.host_header() == header
    assert not target.loopback


def test_a_refusal_does_not_repeat_what_may_be_secret() -> None:
    for url in ("https://me:hunter2@shop.org/", "https://shop.org/hunter2 ", "http://a/hunter2"):
        with pytest.raises(EgressRefused) as caught:
            read_url(url, loopback=False)
        assert "hunter2" not in str(caught.value)


# `is_global` calls multicast global; we do not. So ours must be a subset, not equal.
@given(st.integers(0, 2**32 - 1))
def test_every_ipv4_that_we_dial_is_global_to_the_standard_library(number: int) -> None:
    address = IPv4Address(number)
    if why_refused(address) is None:
        assert address.is_global
        assert not address.is_multicast


@given(st.one_of(st.integers(0, 2**128 - 1), st.integers(2**125, 2**126 - 1)))
def test_every_ipv6_that_we_dial_is_global_to_the_standard_library(number: int) -> None:
    address = IPv6Address(number)
    if why_refused(address) is None:
        assert address.is_global
        assert not address.is_multicast
        assert address.ipv4_mapped is None
        assert address.sixtofour is None
        assert address.teredo is None


@given(st.sampled_from([*REFUSED_4, *REFUSED_6]), st.data())
def test_ranges_are_refused_up_to_both_ends(row: tuple[object, str], data: st.DataObject) -> None:
    network = row[0]
    assert hasattr(network, "network_address")
    assert hasattr(network, "broadcast_address")
    first, last = int(network.network_address), int(network.broadcast_address)
    number = data.draw(st.sampled_from([first, last]) | st.integers(first, last))
    assert why_refused(type(network.network_address)(number)) is not None


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "223.255.255.255",
        "2001:200::1",
        "2003::1",
        "2606:4700:4700::1111",
        "2a00:1450:4001::5efe",
    ],
)
def test_public_neighbours_of_refused_ranges_stay_reachable(address: str) -> None:
    assert why_refused(ip_address(address)) is None


def test_zones_are_refused_and_loopback_has_no_disguise() -> None:
    assert why_refused(IPv6Address("2606:4700::1%eth0"))
    assert not is_loopback(IPv6Address("::1%lo"))
    assert not is_loopback(IPv6Address("::ffff:127.0.0.1"))
    assert is_loopback(IPv6Address("::1"))
    assert is_loopback(IPv4Address("127.255.0.3"))
    assert not is_loopback(IPv4Address("128.0.0.1"))
