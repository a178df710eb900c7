"""What every decoder returns: canonical rows, and the records that cannot become one, each with its reason.

A decoder is pure and total: any input gives a ``Decoded``; a bad record becomes a ``Bad`` and never an exception.
Rows carry every canonical column except the load bookkeeping (which the loader adds) plus ``_line``, the number of the
record inside its page (0 based), so that each row can be traced to the bytes it came from.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import pyarrow as pa

Code = Literal[
    "not_json",
    "missing_key",
    "bad_type",
    "bad_time",
    "bad_enum",
    "too_big",
    "orphan",
    "duplicate_id_conflict",
    "unknown_zone",
    "bad_row",
    "bad_text",
    "bad_value",
]


@dataclass(frozen=True, slots=True)
class Bad:
    """One record that was set aside. ``line`` counts from 0 inside the page; ``key`` is its id where it has one."""

    line: int
    code: Code
    field: str
    message: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Decoded:
    """The outcome of one page: rows per canonical table, records set aside, notices for the person who imports."""

    tables: dict[str, pa.Table] = field(default_factory=dict)
    bad: list[Bad] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
