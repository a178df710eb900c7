"""How connections that we open are encrypted: today's versions and ciphers, and certificates that are looked at."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

import maitred
from maitred.connectors.transport import BOUNDS, GuardedTransport


def _contexts() -> dict[str, ssl.SSLContext]:
    given = GuardedTransport((), frozenset({443}), BOUNDS)._pool._ssl_context
    assert given is not None
    return {"calls": given, "mail": ssl.create_default_context()}


@pytest.mark.parametrize("use", ["calls", "mail"])
def test_only_tls_1_2_and_1_3_are_spoken(use: str) -> None:
    context = _contexts()[use]
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert context.maximum_version in (ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.MAXIMUM_SUPPORTED)
    assert context.verify_mode is ssl.CERT_REQUIRED and context.check_hostname


@pytest.mark.parametrize("use", ["calls", "mail"])
def test_only_ciphers_of_128_bits_and_more_are_offered_the_newest_first(use: str) -> None:
    offered = _contexts()[use].get_ciphers()
    assert min(one["strength_bits"] for one in offered) >= 128
    assert offered[0]["protocol"] == "TLSv1.3"
    weak = ("RC4", "DES", "MD5", "NULL", "EXPORT", "anon")
    assert [one["name"] for one in offered if any(word in one["name"] for word in weak)] == []


def test_no_module_of_ours_loosens_what_a_connection_asks() -> None:
    root = Path(maitred.__file__).parent
    banned = ("CERT_NONE", "check_hostname = False", "_create_unverified_context", "verify=False", "SSLv3", "TLSv1_1")
    found = {
        str(path.relative_to(root)): [word for word in banned if word in path.read_text(encoding="utf-8")]
        for path in root.rglob("*.py")
        if "tests" not in path.parts
    }
    assert len(found) > 100
    assert {name: words for name, words in found.items() if words} == {}
