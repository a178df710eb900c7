"""How often something may be done: counters per minute or hour that all processes share, in the database cache.

One statement counts and answers, so that two processes cannot both be the last one allowed. The count of the window
before fades over the present one, so that a burst across the edge of two windows gains nothing. What is refused does
not count. Whoever asks too often gets ``TooMany`` with the seconds to wait.
"""

from __future__ import annotations

import hashlib
import ipaddress
import math
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.db import connection

from maitred.base import clock
from maitred.base.errors import TooMany


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``amount`` times in ``seconds``."""

    name: str
    amount: int
    seconds: int


SIGN_IN_OF_ACCOUNT = Limit("sign-in", 5, 60)
SIGN_IN_OF_NETWORK = Limit("sign-in-network", 20, 60)
RESET_OF_ACCOUNT = Limit("reset", 3, 3600)
RESET_OF_NETWORK = Limit("reset-network", 20, 3600)
TOKEN = Limit("token", 60, 60)
TOKEN_EXPORT = Limit("token-export", 10, 3600)
SEARCH = Limit("search", 30, 60)

_COUNT = (
    "INSERT INTO {table} (cache_key, value, expires) VALUES (%s, '1', %s) "
    "ON CONFLICT (cache_key) DO UPDATE SET value = CAST(CAST({table}.value AS INTEGER) + 1 AS TEXT) RETURNING value"
)


def spend(limit: Limit, key: str) -> int:
    """Count one more; returns how many are left in this window.

    Parameters
    ----------
    key
        Whose count it is: an account's name as typed, a network, a token's name. Only its digest is stored.

    Raises
    ------
    TooMany
        The limit is reached; ``retry_after`` says when the window ends.
    """
    instant = clock.now().timestamp()
    window, passed = int(instant // limit.seconds), (instant % limit.seconds) / limit.seconds
    expires = datetime.fromtimestamp((window + 2) * limit.seconds, UTC)
    count = _counted(_place(limit, key, window), expires)
    before = _read(_place(limit, key, window - 1))
    if count + before * (1 - passed) > limit.amount:
        give_back(limit, key)
        wait = _wait(limit, count - 1, before, passed)
        raise TooMany(f"too many attempts ({limit.name})", f"wait {wait} seconds", retry_after=wait)
    return max(0, int(limit.amount - count - before * (1 - passed)))


def give_back(limit: Limit, key: str) -> None:
    """Take back one that was spent just now, for what turned out to be in order."""
    window = int(clock.now().timestamp()) // limit.seconds
    table = _table()
    less = f"UPDATE {table} SET value = CAST(CAST(value AS INTEGER) - 1 AS TEXT) WHERE cache_key = %s AND value <> '0'"
    with connection.cursor() as cursor:
        cursor.execute(less, [_place(limit, key, window)])


def network(address: str) -> str:
    """The network that attempts from an address are counted for: /24, or /56 of version 6."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    mapped = getattr(known, "ipv4_mapped", None) or known
    return str(ipaddress.ip_network(f"{mapped}/{24 if mapped.version == 4 else 56}", strict=False))


def _place(limit: Limit, key: str, window: int) -> str:
    digest = hashlib.sha256(key.strip().casefold().encode()).hexdigest()[:32]
    return f"limit:{limit.name}:{window}:{digest}"


def _wait(limit: Limit, count: int, before: int, passed: float) -> int:
    """Whole seconds until one more is allowed: the counts of the last window, and of this one, fade with time."""
    if count < limit.amount:
        left = 1 - (limit.amount - 1 - count) / before - passed
    else:
        left = 1 - passed + 1 - (limit.amount - 1) / count
    return max(1, math.ceil(left * limit.seconds))


def _table() -> str:
    return connection.ops.quote_name(str(settings.CACHES["default"]["LOCATION"]))


def _read(place: str) -> int:
    table = _table()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT value FROM {table} WHERE cache_key = %s", [place])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def _counted(place: str, expires: datetime) -> int:
    table = _table()
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT.format(table=table),
            [place, connection.ops.adapt_datetimefield_value(expires.replace(microsecond=0))],
        )
        return int(cursor.fetchone()[0])
