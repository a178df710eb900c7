"""The page ``docs/security.md``: its tables are those of the program."""

from __future__ import annotations

import re
from typing import Any, get_args

import pytest
from django.conf import settings as site

from maitred.connectors.transport import BOUNDS
from maitred.kit.access import fields, limits
from maitred.kit.access.limits import Limit
from maitred.kit.proposals import proposing
from maitred.kit.safety.archives import LIMITS
from maitred.kit.safety.kinds import Kind
from maitred.kit.secrets.keyring import Purpose
from maitred.kit.verbs import words
from maitred.people import acting, passwords, sign_in_events
from maitred.site import settings as product
from maitred.surfaces.console import serving
from maitred.surfaces.rest import asking
from tests.house import REPOSITORY, SOURCE

PAGE = (REPOSITORY / "docs" / "security.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    found = re.search(rf"^## {title}$(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"docs/security.md has no section {title!r}"
    return found.group(1)


def rows(title: str) -> list[list[str]]:
    """The cells of a section's table, without its head."""
    lines = re.findall(r"^\|(.*)\|$", section(title), re.MULTILINE)
    return [[cell.strip() for cell in line.split("|")] for line in lines[2:]]


def _length(kind: Any) -> tuple[int, int]:
    (bounds,) = get_args(kind)[1:]
    return bounds.min_length, bounds.max_length


def test_the_rules_of_input_are_those_of_the_verbs() -> None:
    told = dict(rows("What comes in"))
    assert [f"{low} to {high}" for low, high in (_length(words.ShortText), _length(words.LongText))] == [
        told["name, label"].split(" char")[0], told["text"].split(" char")[0],
    ]  # fmt: skip
    assert str(words.LARGEST) in told["version"]
    assert (
        f"{asking.LARGEST_BODY} bytes" in told["body of a request"] and asking.LARGEST_BODY == site.MAITRED_BODY_LIMIT
    )
    assert f"nested {asking.DEEPEST} deep" in told["body of a request"]
    assert told["rows of a page"] == "1 to 200" == f"1 to {_most(words.Limit)}"


def _most(kind: Any) -> int:
    return int(next(one.le for one in get_args(kind)[1].metadata if hasattr(one, "le")))


def test_what_belongs_together_is_told() -> None:
    text = section("What comes in")
    for word in ("below itself", "after it begins", "at most a year", "in its order", "not\nthe newest"):
        assert word in text


def test_the_limits_are_those_of_the_program() -> None:
    told = {(name.strip("`"), int(amount), int(seconds)) for name, amount, seconds, _ in rows("How often")}
    known = {one for one in vars(limits).values() if isinstance(one, Limit)}
    assert told == {(one.name, one.amount, one.seconds) for one in known}
    assert f"At most {proposing.MOST_WAITING} proposals" in section("How often")


def test_what_takes_long_is_bounded_as_the_page_says() -> None:
    told = dict(rows("What takes long"))
    call = [int(one) for one in re.findall(r"\d+", told["a call to another host"])]
    assert call == [
        BOUNDS.connect_s,
        BOUNDS.read_s,
        BOUNDS.total_s,
        BOUNDS.body_bytes >> 20,
        BOUNDS.decompressed_bytes >> 20,
    ]
    upload = [int(one) for one in re.findall(r"\d+", told["an upload"])]
    assert upload == [LIMITS.file_bytes // 10**6, LIMITS.unpacked_bytes // 10**9, LIMITS.ratio, LIMITS.members]
    options = serving._options("127.0.0.1", 0, 2, print)
    assert f"{options['timeout']} seconds" in told["a request"] and f"{serving.THREADS} threads" in told["a request"]


def test_the_kinds_of_files_are_those_of_the_door() -> None:
    assert set(re.findall(r"`([a-z.]+)`", section("Files"))) == set(get_args(Kind))


@pytest.mark.django_db
def test_the_words_that_no_password_is_built_on_are_told() -> None:
    told = re.findall(r"`(\w+)`", section("Ways in").split("one of these words")[1])
    assert set(told) == set(passwords.PRODUCT_WORDS)
    rules: Any = product.AUTH_PASSWORD_VALIDATORS
    (shortest,) = (one["OPTIONS"]["min_length"] for one in rules if "Minimum" in one["NAME"])
    assert f"have {shortest} characters or more" in section("Ways in")


def test_every_way_in_is_told() -> None:
    """Addresses that sign somebody in, and credentials that an actor is made of."""
    public = (REPOSITORY / "tests" / "expect" / "public_urls.txt").read_text(encoding="utf-8").split()
    ways = {
        "password": "/accounts/login/",
        "password and app": "/accounts/2fa/authenticate/",
        "passkey": "/accounts/2fa/webauthn/login/",
        "identity provider": "/accounts/oidc/<str:provider_id>/login/callback/",
        "reset by mail": "/accounts/password/reset/",
    }
    assert [row[0] for row in rows("Ways in")] == [*ways, "token", "command line"]
    assert set(ways.values()) <= set(public)
    rest = [one for one in public if one.startswith("/accounts/") and one not in ways.values()]
    assert [one for one in rest if "reset" not in one and not re.search(r"logout|cancelled|oidc", one)] == []
    assert f"{acting.TOKEN_DAYS} days" in section("Ways in")
    assert product.AUTHENTICATION_BACKENDS == ["maitred.people.sign_in.Backend"]


def test_the_times_of_sessions_are_those_of_the_program() -> None:
    told = {name: int(seconds) for name, seconds in rows("Sessions")}
    assert told == {
        "lies still": sign_in_events.IDLE,
        "lies still, administrator": sign_in_events.IDLE_ADMIN,
        "lasts at all": sign_in_events.ABSOLUTE,
        "a proof of identity counts": product.ACCOUNT_REAUTHENTICATION_TIMEOUT,
    }
    assert sign_in_events.ABSOLUTE == product.SESSION_COOKIE_AGE


def test_the_inventory_of_keys_is_that_of_the_keyring() -> None:
    told = {name.strip("`"): algorithm for name, _, algorithm, _ in rows("Keys and cryptography")}
    assert set(told) == {purpose.value for purpose in Purpose}
    assert set(", ".join(told.values()).split(", ")) == {"AES-256-GCM", "Ed25519", "HMAC-SHA-256"}


def test_every_module_that_opens_connections_is_told_with_where_to() -> None:
    told = {row[0].strip("`") for row in rows("Where it connects to")}
    opens = re.compile(
        r"^\s*(?:import|from) (?:httpx|smtplib|requests|urllib\.request|urllib3|aiohttp)\b", re.MULTILINE
    )
    texts = {str(path.relative_to(SOURCE)): path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py")}
    found = {name for name, text in texts.items() if "/tests/" not in name and opens.search(text)}
    assert found <= told
    assert [name for name in told if name not in texts] == []
    binds = {name for name, text in texts.items() if "create_connection(" in text and "/tests/" not in name}
    assert binds <= told


def test_every_field_that_is_hidden_from_some_has_its_level() -> None:
    table = rows("What is worth protecting")
    told = set(re.findall(r"`([a-z]+\.[a-z_]+)`", " ".join(row[1] for row in table)))
    assert told - {"security.txt", "audit.read"} == set(fields.TABLE)
    assert [row[0] for row in table] == ["secret", "personal, hidden from most", "internal", "public"]
    assert all(row[2] for row in table)


def test_every_layer_that_logs_is_in_the_inventory() -> None:
    table = rows("Logs")
    assert len(table) == 4 and all(all(cell for cell in row) for row in table)
    assert any("MAITRED_SECURITY_LOG" in cell for row in table for cell in row)


def test_times_for_mending_packages_are_told() -> None:
    text = section("Packages")
    assert re.search(r"within 7 days \(critical or high\) or 30 days", text) and "3 months" in text
