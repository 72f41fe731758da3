"""Which URLs may be asked for, read once and strictly (RFC 3986, a narrow part of it).

Programs disagree about odd URLs: what one reads as a path, another reads as a host. So a URL is
taken apart here, once, and what comes out is what is vetted, dialled and sent. Anything odd is
refused, not mended.
"""

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address

import msgspec

from firsthand.foundation.egress_addresses import Address, is_loopback, why_refused

URL_CHARACTERS_MAX = 8192
NAME_CHARACTERS_MAX = 253
HTTPS_PORT = 443
HTTP_PORT = 80
PORT_MAX = 65535
LOCALHOST = "localhost"

# Ends of names that mean "near here" or belong to no public web (RFC 6761, 6762, 7686, 8375,
# 9476; ICANN's .internal and the names that it will not delegate).
PRIVATE_ENDS = frozenset(
    {
        "alt",
        "arpa",
        "corp",
        "home",
        "internal",
        "intranet",
        "invalid",
        "lan",
        "local",
        "localdomain",
        "localhost",
        "onion",
        "private",
        "workgroup",
    }
)

_URL = re.compile(
    r"(?P<scheme>https?)://"
    r"(?P<host>\[[0-9A-Fa-f:.]*\]|[A-Za-z0-9.-]*)"
    r"(?::(?P<port>[0-9]*))?"
    r"(?P<path>/[A-Za-z0-9._~%!$&'()*+,;=:@/-]*)?"
    r"(?P<query>\?[A-Za-z0-9._~%!$&'()*+,;=:@/?-]*)?",
    re.IGNORECASE,
)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_PORT = re.compile(r"[1-9][0-9]{0,4}")
# What some resolvers take for a number, and therefore for an IPv4 address.
_NUMERIC = re.compile(r"[0-9]+|0x[0-9a-f]*")


class EgressRefused(Exception):
    """Something must not be dialled, sent or taken in, and asking again will not change it.

    The message names the host and the rule. Only public hosts are reached, by https on port 443;
    a hub on this machine needs FIRSTHAND_EGRESS=loopback.
    """


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A URL that was vetted, in parts.

    host: lower case, a name or an address without brackets. path: with the query, starts with
    "/". loopback: this machine; then scheme is "http", otherwise "https" with port 443.
    """

    scheme: str
    host: str
    port: int
    path: str
    loopback: bool

    def host_header(self) -> str:
        """Return the value of the Host header (RFC 9110, 7.2): no port where it is the usual."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = HTTP_PORT if self.scheme == "http" else HTTPS_PORT
        return host if self.port == usual else f"{host}:{self.port}"


def read_url(url: str, *, loopback: bool) -> Target:
    """Take a URL apart and vet everything that can be vetted without asking a resolver.

    loopback: allow http to this machine on any port. Raises `EgressRefused`.
    """
    if len(url) > URL_CHARACTERS_MAX:
        message = f"The URL has {len(url)} characters, and {URL_CHARACTERS_MAX} are allowed."
        raise EgressRefused(message)
    match = _URL.fullmatch(url)
    if match is None:
        raise EgressRefused(_why_unreadable(url))
    scheme, written = match["scheme"].lower(), match["host"]
    if not written.strip("[]"):
        message = "The URL names no host."
        raise EgressRefused(message)
    host, address = _host(written)
    here = host == LOCALHOST or (address is not None and is_loopback(address))
    port = _port(match["port"], scheme, host)
    if here:
        _vet_loopback(scheme, host, allowed=loopback)
    else:
        _vet_public(scheme, host, port, address)
    path = (match["path"] or "/") + (match["query"] or "")
    return Target(scheme=scheme, host=host, port=port, path=path, loopback=here)


def read_address(text: str) -> Address:
    """Read an address in its full, usual spelling. Raises `EgressRefused` for any other.

    Four decimal numbers without leading zeros, or IPv6 without a zone.
    """
    try:
        if ":" in text:
            if "%" in text:
                message = f"{text!r} is an address with a zone."
                raise EgressRefused(message)
            return IPv6Address(text)
        return IPv4Address(text)
    except AddressValueError as why:
        message = f"{text!r} is not an address that can be read in one way only."
        raise EgressRefused(message) from why


def vet(host: str, address: Address) -> None:
    """Raise `EgressRefused` if an address that a host has is not to be dialled."""
    reason = why_refused(address)
    if reason is not None:
        message = f"{host} is not reached: {address} is {reason}. Only public hosts are."
        raise EgressRefused(message)


def _why_unreadable(url: str) -> str:
    # The URL itself is not repeated: its path or user part may be secret.
    if not url.lower().startswith(("https://", "http://")):
        return "The URL does not start with https://."
    if not url.isascii():
        return "The URL is not plain ASCII. Write a host in its xn-- form, a path with %."
    if "@" in re.split(r"[/?#]", url.split("://", 1)[1], maxsplit=1)[0]:
        return "The URL holds a user name or password before its host. Leave it out."
    if "#" in url:
        return "The URL has a fragment (#), which is never sent. Leave it out."
    return "The URL cannot be read in one way only: a character is out of place."


def _host(written: str) -> tuple[str, Address | None]:
    if written.startswith("["):
        address = read_address(written[1:-1])
        if isinstance(address, IPv4Address):
            message = f"{written} is not an IPv6 address."
            raise EgressRefused(message)
        return str(address), address
    host = written.lower()
    labels = host.split(".")
    # A name that ends in a number is an address to a resolver (URL Standard, 3.5).
    if _NUMERIC.fullmatch(labels[-1]):
        address = read_address(host)
        return str(address), address
    if host == LOCALHOST:
        return host, None
    if len(host) > NAME_CHARACTERS_MAX or not all(_LABEL.fullmatch(label) for label in labels):
        message = f"{host[:80]!r} is not a full host name, without a dot at its end."
        raise EgressRefused(message)
    if len(labels) == 1:
        message = f"{host!r} is a name of one word; it means something only near here."
        raise EgressRefused(message)
    if labels[-1] in PRIVATE_ENDS:
        message = f"{host!r} ends in .{labels[-1]}, which is not part of the public web."
        raise EgressRefused(message)
    return host, None


def _port(written: str | None, scheme: str, host: str) -> int:
    if written is None:
        return HTTP_PORT if scheme == "http" else HTTPS_PORT
    if not _PORT.fullmatch(written) or int(written) > PORT_MAX:
        message = f"The port of {host} is {written[:8]!r}; a port is a number up to {PORT_MAX}."
        raise EgressRefused(message)
    return int(written)


def _vet_loopback(scheme: str, host: str, *, allowed: bool) -> None:
    if not allowed:
        message = f"{host} is this machine. Set FIRSTHAND_EGRESS=loopback if that is meant."
        raise EgressRefused(message)
    if scheme != "http":
        message = f"{host} is this machine, which is reached by http, not by {scheme}."
        raise EgressRefused(message)


def _vet_public(scheme: str, host: str, port: int, address: Address | None) -> None:
    # The address first: "a private network" says more than "only https".
    if address is not None:
        vet(host, address)
    if scheme != "https":
        message = f"{host} was to be reached by {scheme}; other machines are reached by https."
        raise EgressRefused(message)
    if port != HTTPS_PORT:
        message = f"{host} was to be reached on port {port}; only {HTTPS_PORT} is."
        raise EgressRefused(message)
