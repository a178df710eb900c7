"""The append: the next row of the chain, inside the transaction of the deed.

One read and one insert by plain SQL, since every write of the house passes here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

import orjson
import rfc8785
from django.conf import settings
from django.db import connection, transaction

from maitred.base import clock, faults
from maitred.kit.audit import tail

GENESIS = "0" * 64
COLUMNS = (
    "seq", "at", "actor", "on_behalf_of", "verb", "object_type", "object_id", "diff", "reason", "request_id", "account",
    "prev",
)  # fmt: skip
"""What the hash covers, besides the chain itself."""

_LAST = "SELECT seq, hash FROM audit_row ORDER BY seq DESC LIMIT 1"
_INSERT = "INSERT INTO audit_row ({}) VALUES ({})".format(
    ", ".join((*COLUMNS, "hash")), ", ".join(["%s"] * (len(COLUMNS) + 1))
)
_LOCK = 7_301_001
_ASTRAL = re.compile(rb"[\xf0-\xf4]")
"""The first byte, in UTF-8, of a character beyond the basic plane."""


def append(
    *,
    actor: str,
    verb: str,
    account: int | None = None,
    on_behalf_of: str = "",
    object_type: str = "",
    object_id: str = "",
    diff: list[dict[str, Any]] | None = None,
    reason: str = "",
    request_id: str = "",
) -> int:
    """Add one row to the chain; returns its number. Must run inside a transaction."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute(_LAST)
        seq, prev = cursor.fetchone() or (0, GENESIS)
        row: dict[str, Any] = {
            "seq": seq + 1,
            "at": clock.now().isoformat(timespec="microseconds"),
            "actor": actor,
            "on_behalf_of": on_behalf_of,
            "verb": verb,
            "object_type": object_type,
            "object_id": object_id,
            "diff": canonical(diff or []),
            "reason": reason,
            "request_id": request_id,
            "account": account,
            "prev": prev,
        }
        faults.step("audit.append")
        made = digest(row)
        cursor.execute(_INSERT, [*(row[name] for name in COLUMNS), made])
    home = settings.MAITRED_HOME
    transaction.on_commit(lambda: tail.mark(home, seq + 1, made), robust=True)
    return int(seq) + 1


def canonical(value: Any) -> str:
    """The form of RFC 8785 of texts, whole numbers, lists and objects (deeds hold nothing else).

    Sorted compact JSON is that form, and made forty times faster than by the general library, unless a name has
    characters beyond the basic plane, where the two sort differently.
    """
    quick = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    return (rfc8785.dumps(value) if _ASTRAL.search(quick) else quick).decode()


def digest(row: Mapping[str, Any]) -> str:
    """The hash of a row: SHA-256 over the previous hash and the canonical JSON of every column but the hash.

    The columns are texts, whole numbers and nothing under fixed names, whose sorted compact JSON is the canonical one.
    """
    covered = {name: row[name] for name in COLUMNS}
    return hashlib.sha256(row["prev"].encode() + orjson.dumps(covered, option=orjson.OPT_SORT_KEYS)).hexdigest()
