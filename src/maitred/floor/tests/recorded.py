"""Runs of small worlds that the tests of records, surveys and shapes share, each simulated once a session."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

import pyarrow as pa

from maitred.floor.records import tables
from maitred.floor.run import Run
from maitred.floor.tests.worlds import small_world
from maitred.floor.world import SlaPolicy, Target

MIDWAY = datetime(2025, 4, 1, 12, tzinfo=UTC)
GOLD = SlaPolicy(
    "Gold",
    "Berlin",
    tuple(Target("first_reply", priority, 3_600) for priority in ("low", "normal", "high", "urgent")),
    segments=("enterprise",),
)
STANDARD = SlaPolicy(
    "Standard",
    "Berlin",
    (
        Target("first_reply", "normal", 14_400),
        Target("first_reply", "urgent", 1_800),
        Target("total_resolution", "normal", 172_800, business_hours=False),
    ),
    groups=("Front",),
)


@cache
def small_run(*, texts: bool = False) -> Run:
    """Eight visible weeks of the small world under two policies, one of them for the largest customers."""
    return small_world(policies=(GOLD, STANDARD)).run(texts=texts)


@cache
def small_tables(*, until: datetime | None = None) -> dict[str, pa.Table]:
    """Its canonical tables."""
    return tables(small_run(), until=until, kinds=("csat", "nps", "ces"))
