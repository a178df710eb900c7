"""Which addresses may be met: the rule for every connection to a host that somebody outside the house has named.

For the HTTP transports of connectors and kit. They ask twice: ``check_target`` before anything is resolved, and
``check_addresses`` with what the resolver said, right before the socket connects. Checking host names alone would not
do: resolvers read ``0x7f.1``, ``2130706433`` and full-width digits as loopback. No door here touches the network.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Literal

from maitred.base.errors import MaitredError, UsageError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

PORTS = frozenset({443, 8443})
"""Ports that a public host may be asked at without being configured."""

_REFUSED: tuple[Network, ...] = tuple(
    ip_network(text)
    for text in (
        *("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "240.0.0.0/4"),
        *("64:ff9b:1::/48", "2001::/23", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10"),
    )
)
_MAPPED = IPv6Network("::ffff:0:0/96")
_CARRIERS = tuple(IPv6Network(text) for text in ("::ffff:0:0/96", "::ffff:0:0:0/96", "::/96", "64:ff9b::/96"))
_ISATAP = (0x00005EFE, 0x02005EFE)
_LOOPBACK: tuple[Network, ...] = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
_PRIVATE: tuple[Network, ...] = (
    *_LOOPBACK,
    *(ip_network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")),
)
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]*|[0-9]+")
_NAME = re.compile(r"(?=.{1,253}$)(?:(?!-)[a-z0-9_-]{1,63}(?<!-)\.)*(?!-)[a-z0-9_-]{1,63}(?<!-)")

Reason = Literal["scheme", "port", "host", "address-literal", "address", "unresolved"]


class EgressRefused(MaitredError):
    """A connection that the address rule forbids; ``reason`` is a short code for logs."""

    kind = "egress-refused"

    def __init__(self, what: str, remedy: str = "", reason: Reason = "address") -> None:
        super().__init__(what, remedy)
        self.reason: Reason = reason


@dataclass(frozen=True, slots=True)
class Allowed:
    """One entry of the administrator's list: a private helpdesk's host, the network it lives in, its further ports.

    A host that has entries may be met at their networks only. Plain http is possible where they are all loopback.
    """

    host: str
    network: Network
    ports: frozenset[int] = field(default=frozenset())

    @property
    def loopback(self) -> bool:
        return any(_within(self.network, loop) for loop in _LOOPBACK)


def allowed(host: str, network: str, ports: Collection[int] = ()) -> Allowed:
    """One entry from an administrator's words.

    Raises
    ------
    UsageError
        The network is none, or reaches beyond the private ones (10/8, 172.16/12, 192.168/16, 100.64/10, fc00::/7,
        loopback): the list opens the way to a private helpdesk, not around the rule.

    Examples
    --------
    >>> allowed("Desk.Corp.example", "10.1.2.0/24").host
    'desk.corp.example'
    """
    try:
        parsed = ip_network(network)
    except ValueError as error:
        raise UsageError(f"{network!r} is not a network", "write it as 10.1.2.0/24") from error
    if not any(_within(parsed, private) for private in _PRIVATE):
        raise UsageError(f"the network {network} is not a private one", "name the helpdesk's own network")
    if not all(0 < port < 65_536 for port in ports):
        raise UsageError(f"a port of {host} is not between 1 and 65535", "name TCP ports")
    return Allowed(plain_host(host), parsed, frozenset(ports))


def check_target(
    scheme: str, host: str, port: int | None, allow: Iterable[Allowed] = (), ports: Collection[int] = PORTS
) -> None:
    """Refuse what is wrong before any name is resolved: the scheme, then the port, then a host written as an address.

    Parameters
    ----------
    scheme, host, port
        Of the URL; a port of None is the scheme's own.
    allow
        The administrator's list.
    ports
        Ports that any host may be asked at.

    Raises
    ------
    EgressRefused
        Naming the part that is refused.
    """
    name = plain_host(host)
    entries = [entry for entry in allow if entry.host == name]
    plain = scheme.lower() == "http"
    if scheme.lower() != "https" and not (plain and entries and all(entry.loopback for entry in entries)):
        raise EgressRefused(f"the address of {_shown(host)} does not start with https://", "use https", "scheme")
    number = port if port is not None else 80 if plain else 443
    if number not in ports and not any(number in entry.ports for entry in entries):
        raise EgressRefused(
            f"port {number} of {_shown(host)} is not one that may be asked", "have the port configured", "port"
        )
    if entries:
        return
    if reads_as_address(name):
        raise EgressRefused(f"{_shown(host)} is an address, not a name", "use the host's name", "address-literal")
    if not _NAME.fullmatch(name):
        raise EgressRefused(f"{_shown(host)} is not a host name", "use the host's name", "host")


def check_addresses(host: str, addresses: Collection[str], allow: Iterable[Allowed] = ()) -> None:
    """Refuse unless every address that the resolver gave for a host may be met.

    Raises
    ------
    EgressRefused
        One of them may not, or there is none. The message names the host, not what it resolves to: that would let the
        asker map a network.
    """
    name = plain_host(host)
    entries = [entry for entry in allow if entry.host == name]
    if not addresses:
        raise EgressRefused(f"{_shown(host)} has no address", "check the name", "unresolved")
    for text in addresses:
        fits = any(_lies_in(text, entry.network) for entry in entries) if entries else is_public(text)
        if not fits:
            remedy = "have an administrator allow this host and its network, if it is yours"
            raise EgressRefused(f"{_shown(host)} leads to an address that may not be met", remedy, "address")


def is_public(text: str) -> bool:
    """Say whether an address, and every other one that it carries inside, is a public host's.

    Examples
    --------
    >>> [is_public(text) for text in ("8.8.8.8", "64:ff9b::808:808", "64:ff9b::7f00:1", "::ffff:10.0.0.1", "0x7f.1")]
    [True, True, False, False, False]
    """
    address = _parsed(text)
    return address is not None and all(_is_open(one) for one in _unwrapped(address))


def reads_as_address(host: str) -> bool:
    """Say whether a resolver may take a host for an address: it is one, or its last part is a number in any base."""
    plain = unicodedata.normalize("NFKC", host).replace("\u3002", ".").strip("[]").rstrip(".")
    if ":" in plain or _parsed(plain) is not None:
        return True
    return _NUMBER.fullmatch(plain.rpartition(".")[2]) is not None


def plain_host(host: str) -> str:
    """A host as it is compared: lower case, without the root's dot and an address's brackets."""
    return host.strip().lower().removesuffix(".").removeprefix("[").removesuffix("]")


def _parsed(text: str) -> Address | None:
    try:
        return ip_address(text.partition("%")[0])
    except ValueError:
        return None


def _unwrapped(address: Address) -> Iterator[Address]:
    """The address and the IPv4 address inside; a mapped one only as its IPv4 self, which is what gets connected.

    6to4 and Teredo need no look inside: their networks are refused whole.
    """
    if isinstance(address, IPv4Address):
        yield address
        return
    value = int(address)
    if address not in _MAPPED:
        yield address
    if any(address in carrier for carrier in _CARRIERS) or value >> 32 & 0xFFFFFFFF in _ISATAP:
        yield IPv4Address(value & 0xFFFFFFFF)


def _is_open(address: Address) -> bool:
    if address.is_multicast or not address.is_global:
        return False
    return not any(address in network for network in _REFUSED if network.version == address.version)


def _lies_in(text: str, network: Network) -> bool:
    address = _parsed(text)
    if isinstance(address, IPv6Address) and address in _MAPPED:
        address = IPv4Address(int(address) & 0xFFFFFFFF)
    return address is not None and address.version == network.version and address in network


def _within(inner: Network, outer: Network) -> bool:
    if isinstance(inner, IPv4Network):
        return isinstance(outer, IPv4Network) and inner.subnet_of(outer)
    return isinstance(outer, IPv6Network) and inner.subnet_of(outer)


def _shown(host: str) -> str:
    """A host for a message: short, and without what is none of a host's letters."""
    return re.sub(r"[^\w.:-]", "?", host)[:100] or "(no host)"
