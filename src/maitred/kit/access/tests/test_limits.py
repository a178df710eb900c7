"""Limits count together, whoever asks and from whichever process."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection

from maitred.base import clock
from maitred.base.errors import TooMany
from maitred.kit.access import limits
from maitred.kit.access.limits import Limit, network, spend

THREE = Limit("three", 3, 60)
START = datetime(2026, 11, 18, 9, 0, 0, tzinfo=UTC)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets the clock to seconds after nine."""

    def set_to(seconds: float) -> None:
        monkeypatch.setattr(clock, "now", lambda: START + timedelta(seconds=seconds))

    set_to(0)
    return set_to


def _tries(count: int, key: str = "ana") -> list[bool]:
    found = []
    for _ in range(count):
        try:
            spend(THREE, key)
            found.append(True)
        except TooMany:
            found.append(False)
    return found


@pytest.mark.django_db
def test_the_fourth_is_refused_and_told_how_long_to_wait(at: Any) -> None:
    assert [spend(THREE, "ana") for _ in range(3)] == [2, 1, 0]
    at(10)
    with pytest.raises(TooMany) as refused:
        spend(THREE, "ana")
    assert refused.value.retry_after in (70, 71)
    assert refused.value.status == 429
    at(10 + 71)
    assert spend(THREE, "ana") >= 0


@pytest.mark.django_db
def test_a_burst_across_the_edge_of_two_windows_gains_nothing(at: Any) -> None:
    at(59)
    assert _tries(4) == [True, True, True, False]
    at(61)
    assert _tries(1) == [False]
    at(100)
    assert _tries(3) == [True, True, False]
    at(240)
    assert _tries(4) == [True, True, True, False]


@pytest.mark.django_db
def test_what_is_refused_does_not_count(at: Any) -> None:
    _tries(50)
    at(121)
    assert _tries(4) == [True, True, True, False]


@pytest.mark.django_db
def test_keys_are_counted_apart_and_case_does_not_matter(at: Any) -> None:
    assert _tries(4, "ana") == [True, True, True, False]
    assert _tries(1, "ANA ") == [False]
    assert _tries(1, "ben") == [True]


@pytest.mark.django_db
def test_what_is_given_back_can_be_spent_again(at: Any) -> None:
    for _ in range(9):
        spend(THREE, "ana")
        limits.give_back(THREE, "ana")
    assert _tries(4) == [True, True, True, False]
    limits.give_back(THREE, "nobody")


@pytest.mark.django_db
def test_no_key_is_stored_as_it_came(at: Any) -> None:
    spend(THREE, "ana@example.org")
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM console_cache")
        assert all("ana" not in row[0] for row in cursor.fetchall())


@pytest.mark.django_db
def test_the_table_is_that_of_the_cache(at: Any) -> None:
    cache.set("x", {"y": 1})
    assert cache.get("x") == {"y": 1}
    assert spend(THREE, "ana") == 2
    assert cache.get("x") == {"y": 1}


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("198.51.100.77", "198.51.100.0/24"),
        ("::ffff:198.51.100.77", "198.51.100.0/24"),
        ("2001:db8:1:2ab::1", "2001:db8:1:200::/56"),
        ("fe80::1%eth0", "fe80::/56"),
        ("", "unknown"),
        ("junk", "unknown"),
    ],
)
def test_addresses_are_counted_by_their_network(address: str, counted: str) -> None:
    assert network(address) == counted


_CHILD = """
import django; django.setup()
from maitred.base.errors import TooMany
from maitred.kit.access.limits import Limit, spend
won = 0
for _ in range(10):
    try:
        spend(Limit("shared", 5, 3600), "ana"); won += 1
    except TooMany:
        pass
print(won)
"""


@pytest.mark.slow
def test_two_processes_share_one_count(tmp_path: Path) -> None:
    import os

    from maitred.kit.secrets.keyring import Keyring

    (tmp_path / "maitred.json").write_text("{}")
    Keyring(tmp_path / "keys").create()
    env = {**os.environ, "MAITRED_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "maitred.site.settings"}
    env.pop("MAITRED_TEST_DATABASE", None)
    subprocess.run([sys.executable, "-m", "django", "migrate", "console", "-v0"], env=env, check=True)
    running = [subprocess.Popen([sys.executable, "-c", _CHILD], env=env, stdout=subprocess.PIPE) for _ in range(2)]
    won = [int(one.communicate(timeout=60)[0]) for one in running]
    assert sum(won) == 5
