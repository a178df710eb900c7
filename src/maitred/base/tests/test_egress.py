"""The address rule: what may be met, what may not, and how it is written so as not to look like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maitred.base.egress import (
    EgressRefused,
    allowed,
    check_addresses,
    check_target,
    is_public,
    plain_host,
    reads_as_address,
)
from maitred.base.errors import UsageError

BAD = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.254 127.0.0.1 127.1.2.3 127.255.255.255 169.254.169.254
169.254.0.1 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.8 192.0.0.10 192.0.0.170 192.0.2.1 192.88.99.1 192.168.0.1
192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::10.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:0:0 ::ffff:7f00:1
::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b::a00:1 64:ff9b::a9fe:a9fe 64:ff9b::c0a8:1 64:ff9b::e000:1 64:ff9b:1::1
64:ff9b:1:fffe::808:808 100::1 2001::1 2001:0:7f00:1:: 2001:0:808:808::f7f7:f7f7 2001:2::1 2001:10::1 2001:20::1
2001:db8::1 2002:7f00:1:: 2002:a00:1:: 2002:808:808:: 3fff::1 3fff:fff::1 5f00::1 fc00::1 fd12:3456::1 fe80::1
fe80::1%eth0 fe80::a9fe:a9fe%25lo fec0::1 feff::1 ff02::1 ff05::2 ff0e::1 ::1%lo
2a00:1450::5efe:10.0.0.1 2a00:1450::200:5efe:127.0.0.1
""".split()

WRITTEN_ODDLY = [
    "0x7f.1",
    "2130706433",
    "017700000001",
    "127.1",
    "0",
    "0x7f000001",
    "１２７.０.０.１",
    "127。0。0。1",
    "0177.0.0.1",
    "",
]

GOOD = """
8.8.8.8 1.1.1.1 93.184.215.14 192.0.1.1 100.63.255.255 100.128.0.1 172.15.255.255 172.32.0.1 198.17.255.255 198.20.0.1
223.255.255.255 2606:4700:4700::1111 2a00:1450:4001:80b::200e 2003::1 64:ff9b::808:808 ::ffff:8.8.8.8
""".split()


@pytest.mark.parametrize("address", BAD)
def test_an_address_that_is_no_public_hosts_is_refused(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(EgressRefused, match="may not be met"):
        check_addresses("desk.example", [address])


def test_the_suite_has_at_least_sixty_bad_forms() -> None:
    assert len(set(BAD)) >= 60


@pytest.mark.parametrize("address", WRITTEN_ODDLY)
def test_what_is_no_written_out_address_is_refused_as_one(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", GOOD)
def test_a_public_address_is_admitted(address: str) -> None:
    assert is_public(address)
    assert check_addresses("desk.example", [address]) is None  # type: ignore[func-returns-value]


@given(st.integers(0, 2**32 - 1))
def test_an_ipv4_address_means_the_same_inside_every_wrapper(value: int) -> None:
    from ipaddress import IPv4Address, IPv6Address

    plain = is_public(str(IPv4Address(value)))
    assert is_public(f"::ffff:{IPv4Address(value)}") == plain
    assert is_public(str(IPv6Address(int(IPv6Address("64:ff9b::")) | value))) == plain
    assert not is_public(str(IPv6Address(int(IPv6Address("2002::")) | value << 80)))


def test_one_bad_address_among_good_ones_refuses_the_host() -> None:
    with pytest.raises(EgressRefused, match=r"^desk\.example leads") as refusal:
        check_addresses("desk.example", ["8.8.8.8", "10.0.0.1"])
    assert "10.0.0.1" not in str(refusal.value)


def test_a_host_without_addresses_is_refused() -> None:
    with pytest.raises(EgressRefused) as refusal:
        check_addresses("desk.example", [])
    assert refusal.value.reason == "unresolved"


@pytest.mark.parametrize("scheme", ["http", "ftp", "file", "gopher", "ws", "unix", "", "data"])
def test_another_scheme_than_https_is_refused_first(scheme: str) -> None:
    with pytest.raises(EgressRefused) as refusal:
        check_target(scheme, "127.0.0.1", 22)
    assert refusal.value.reason == "scheme"


@pytest.mark.parametrize("port", [0, 22, 25, 80, 444, 3306, 6379, 8080, 9200])
def test_a_port_that_is_not_configured_is_refused_before_the_host(port: int) -> None:
    with pytest.raises(EgressRefused) as refusal:
        check_target("https", "127.0.0.1", port)
    assert refusal.value.reason == "port"


@pytest.mark.parametrize(
    "host", ["8.8.8.8", "[2606:4700::1]", "2606:4700::1", *WRITTEN_ODDLY[:-1], "127.0.0.1.", "a.0x1f"]
)
def test_a_host_written_as_an_address_is_refused(host: str) -> None:
    assert reads_as_address(host)
    with pytest.raises(EgressRefused) as refusal:
        check_target("https", host, None)
    assert refusal.value.reason == "address-literal"


@pytest.mark.parametrize(
    "host", ["", " ", "a b.example", "user@desk.example", "desk.example/x", "-a.example", "a..example", "ex\nample"]
)
def test_a_host_that_is_no_name_is_refused(host: str) -> None:
    with pytest.raises(EgressRefused) as refusal:
        check_target("https", host, None)
    assert refusal.value.reason == "host"
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("host", "port"),
    [("acme.zendesk.example", None), ("A.EXAMPLE.", 443), ("xn--bcher-kva.example", 8443), ("a_b.example", None)],
)
def test_a_name_at_an_ordinary_port_may_be_resolved(host: str, port: int | None) -> None:
    assert check_target("https", host, port) is None  # type: ignore[func-returns-value]
    assert not reads_as_address(plain_host(host))


def test_a_configured_port_may_be_asked() -> None:
    assert check_target("https", "desk.example", 9443, ports={9443}) is None  # type: ignore[func-returns-value]
    with pytest.raises(EgressRefused):
        check_target("https", "desk.example", 443, ports={9443})


DESK = allowed("Desk.Corp.example.", "10.1.2.0/24", [9443])


def test_an_allowed_host_is_met_in_its_own_network_only() -> None:
    assert check_addresses("desk.corp.example", ["10.1.2.3", "::ffff:10.1.2.4"], [DESK]) is None  # type: ignore[func-returns-value]
    for elsewhere in ("10.1.3.3", "127.0.0.1", "8.8.8.8", "::ffff:10.9.9.9", "fd00::1"):
        with pytest.raises(EgressRefused):
            check_addresses("desk.corp.example", [elsewhere], [DESK])
    with pytest.raises(EgressRefused):
        check_addresses("other.corp.example", ["10.1.2.3"], [DESK])


def test_an_allowed_host_has_its_own_ports_and_still_needs_https() -> None:
    assert check_target("https", "desk.corp.example", 9443, [DESK]) is None  # type: ignore[func-returns-value]
    with pytest.raises(EgressRefused):
        check_target("https", "other.corp.example", 9443, [DESK])
    with pytest.raises(EgressRefused) as refusal:
        check_target("http", "desk.corp.example", 9443, [DESK])
    assert refusal.value.reason == "scheme"


def test_plain_http_needs_an_entry_that_is_loopback_throughout() -> None:
    test_host = allowed("localhost", "127.0.0.0/8", [8080])
    assert check_target("http", "localhost", 8080, [test_host]) is None  # type: ignore[func-returns-value]
    with pytest.raises(EgressRefused):
        check_target("http", "localhost", 8080, [test_host, allowed("localhost", "10.0.0.0/8")])
    with pytest.raises(EgressRefused):
        check_addresses("localhost", ["8.8.8.8"], [test_host])


def test_an_address_itself_can_be_allowed() -> None:
    entry = allowed("[fd00::7]", "fd00::/64")
    assert check_target("https", "fd00::7", None, [entry]) is None  # type: ignore[func-returns-value]
    assert check_addresses("fd00::7", ["fd00::7"], [entry]) is None  # type: ignore[func-returns-value]


@pytest.mark.parametrize(
    "network", ["0.0.0.0/0", "8.8.8.0/24", "169.254.0.0/16", "::/0", "fe80::/10", "10.0.0.0/7", "desk", "10.0.0.1/24"]
)
def test_the_list_cannot_open_more_than_a_private_network(network: str) -> None:
    with pytest.raises(UsageError):
        allowed("desk.corp.example", network)


def test_a_port_on_the_list_is_a_port() -> None:
    with pytest.raises(UsageError):
        allowed("desk.corp.example", "10.0.0.0/8", [70_000])
