"""Which addresses may be dialled: our own table, narrower than what is routed.

After the IANA registries of special-purpose addresses for IPv4 and IPv6 (RFC 6890 and its
updates), with what has a public number and still means "here": relays, tunnels and the address
at which a cloud serves its machines. An address is allowed only if it is in global unicast space
and in none of these ranges. The standard library's `is_global` differs between versions of
Python, so it is an oracle in the tests and not used here.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address

REFUSED_4: tuple[tuple[IPv4Network, str], ...] = tuple(
    (IPv4Network(network), reason)
    for network, reason in (
        ("0.0.0.0/8", "this network, or no address at all"),
        ("10.0.0.0/8", "a private network"),
        ("100.64.0.0/10", "a provider's inner network"),
        ("127.0.0.0/8", "this machine"),
        ("168.63.129.16/32", "a cloud's own service for its machines"),
        ("169.254.0.0/16", "link-local, where clouds keep their metadata"),
        ("172.16.0.0/12", "a private network"),
        ("192.0.0.0/24", "set aside for protocols"),
        ("192.0.2.0/24", "for documentation"),
        ("192.31.196.0/24", "a sink for reverse lookups"),
        ("192.52.193.0/24", "a relay for multicast"),
        ("192.88.99.0/24", "a relay into IPv6"),
        ("192.168.0.0/16", "a private network"),
        ("192.175.48.0/24", "a sink for reverse lookups"),
        ("198.18.0.0/15", "for measuring networks"),
        ("198.51.100.0/24", "for documentation"),
        ("203.0.113.0/24", "for documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved, or broadcast"),
    )
)

GLOBAL_UNICAST_6 = IPv6Network("2000::/3")

# What lies outside 2000::/3 is refused anyhow; those ranges are here for their reasons.
REFUSED_6: tuple[tuple[IPv6Network, str], ...] = tuple(
    (IPv6Network(network), reason)
    for network, reason in (
        ("::/128", "no address at all"),
        ("::1/128", "this machine"),
        ("::ffff:0:0/96", "an IPv4 address in IPv6 clothing (mapped)"),
        ("::ffff:0:0:0/96", "an IPv4 address in IPv6 clothing (translated)"),
        ("::/96", "an IPv4 address in IPv6 clothing (compatible)"),
        ("64:ff9b::/96", "an IPv4 address behind a translator (NAT64)"),
        ("64:ff9b:1::/48", "an IPv4 address behind a local translator (NAT64)"),
        ("100::/64", "a sink that discards"),
        ("100:0:0:1::/64", "a dummy prefix"),
        ("2001::/32", "an IPv4 address in a tunnel (Teredo)"),
        ("2001::/23", "set aside for protocols"),
        ("2001:db8::/32", "for documentation"),
        ("2002::/16", "an IPv4 address in a tunnel (6to4)"),
        ("2620:4f:8000::/48", "a sink for reverse lookups"),
        ("3ffe::/16", "a trial network that was closed"),
        ("3fff::/20", "for documentation"),
        ("5f00::/16", "for routing inside a network"),
        ("fc00::/7", "a private network"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "a private network (site-local)"),
        ("ff00::/8", "multicast"),
    )
)

# RFC 5214, 6.1: these upper halves of an interface id announce an IPv4 address in the lower.
ISATAP_MARKS = (0x00005EFE, 0x02005EFE)


def why_refused(address: Address) -> str | None:
    """Return why an address must not be dialled, in a few words, or None if it may be.

    A pure function of the address: names, ports and settings are judged elsewhere.
    """
    if isinstance(address, IPv4Address):
        return next((reason for network, reason in REFUSED_4 if address in network), None)
    if address.scope_id is not None:
        return "an address with a zone"
    for network, reason in REFUSED_6:
        if address in network:
            return reason
    if address not in GLOBAL_UNICAST_6:
        return "not a public address"
    if (int(address) >> 32) & 0xFFFFFFFF in ISATAP_MARKS:
        return "an IPv4 address in a tunnel (ISATAP)"
    return None


def is_loopback(address: Address) -> bool:
    """Say whether an address is this machine: 127.0.0.0/8 or ::1, and no disguise of them."""
    if isinstance(address, IPv4Address):
        return int(address) >> 24 == 127  # noqa: PLR2004 (the first of four numbers)
    return int(address) == 1 and address.scope_id is None
