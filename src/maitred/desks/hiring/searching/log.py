"""The log of searches: a row for each, chained by its hash to the row before, never changed."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

from django.db import connection

from maitred.base import clock
from maitred.desks.hiring.models import SearchRun
from maitred.desks.hiring.searching import access
from maitred.kit.audit import deeds
from maitred.kit.audit.log import GENESIS, canonical

_LOCK = 7_301_017
_SIGNS = "0123456789abcdefghjkmnpqrstvwxyz"
COVERED = (
    "number", "code", "at", "viewer", "query", "edits", "musts", "chips", "blocked", "not_understood", "requisition_id",
    "ranked", "engine", "weights_name", "weights_sha256", "index_version", "index_rows", "as_of", "limit", "considered",
    "removed", "partial", "max_score", "results", "cannot_tell", "previous",
)  # fmt: skip
"""What the hash is of."""


def keep(viewer: str, values: Mapping[str, Any]) -> SearchRun:
    """Add a row, inside a deed."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    last = access.last_search()
    row = {
        **values,
        "number": last.number + 1 if last else 1,
        "code": "s_" + "".join(secrets.choice(_SIGNS) for _ in range(10)),
        "at": clock.now(),
        "viewer": viewer,
        "previous": last.hash if last else GENESIS,
    }
    return deeds.create(SearchRun, **row, hash=digest(row))


def digest(row: Mapping[str, Any]) -> str:
    """The hash of a row's values."""
    covered = {name: _plain(row.get(name)) for name in COVERED}
    return hashlib.sha256(str(row["previous"]).encode() + canonical(covered).encode()).hexdigest()


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def examined() -> tuple[int, int | None]:
    """How many rows there are, and the number of the first that does not follow from the one before."""
    previous, expected, count = GENESIS, 1, 0
    for row in access.whole_log():
        values = {name: getattr(row, name) for name in COVERED}
        if row.number != expected or row.previous != previous or digest(values) != row.hash:
            return count, expected
        previous, expected, count = row.hash, expected + 1, count + 1
    return count, None
