"""The shape of an intervention: something that was changed on purpose, for whom, when, and what was expected of it.

One shape for a course, a coaching plan, a macro, a route, a policy, a shipped fix, so that one code path judges them
all and every chart gets its annotations from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import pyarrow as pa

from maitred.canon.tables import FLOAT8, INSTANT, INT4, INT8, TEXT, TEXTS

KINDS = (
    "course",
    "coaching",
    "macro",
    "routing",
    "policy",
    "staffing",
    "shipped_fix",
    "playbook",
    "bot_scope",
    "other",
)
SELECTED_ON = ("random", "volume", "worst_of", "volunteers", "other")
"""How the units were chosen; ``worst_of`` a period regresses to the mean by itself, which the verdict allows for."""
Direction = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Expected:
    """What was expected: a metric id with its version, its direction, and the smallest effect worth having."""

    metric: str
    direction: Direction
    smallest_effect: float


@dataclass(frozen=True, slots=True)
class Intervention:
    """One intervention as a fact; ``units`` are ``team:3``, ``person:7`` or ``topic:…``, no ``end`` while it lasts."""

    id: int
    desk: str
    kind: str
    units: tuple[str, ...]
    start: datetime
    end: datetime | None
    wave: int
    selected_on: str
    selected_period: str
    expected: Expected | None
    registered_at: datetime
    publication: int | None


SCHEMA = pa.schema(
    [
        pa.field("intervention_id", INT8, nullable=False),
        pa.field("desk", TEXT, nullable=False),
        pa.field("kind", TEXT, nullable=False),
        pa.field("units", TEXTS, nullable=False),
        pa.field("start", INSTANT, nullable=False),
        pa.field("end", INSTANT),
        pa.field("wave", INT4, nullable=False),
        pa.field("selected_on", TEXT, nullable=False),
        pa.field("selected_period", TEXT),
        pa.field("expected_metric", TEXT),
        pa.field("expected_direction", TEXT),
        pa.field("smallest_effect", FLOAT8),
        pa.field("registered_at", INSTANT, nullable=False),
        pa.field("publication", INT8),
    ]
)


def table(rows: list[Intervention]) -> pa.Table:
    """Interventions as an Arrow table of ``SCHEMA``."""
    return pa.Table.from_pylist([_row(row) for row in rows], schema=SCHEMA)


def _row(row: Intervention) -> dict[str, object]:
    expected = row.expected
    return {
        "intervention_id": row.id,
        "desk": row.desk,
        "kind": row.kind,
        "units": list(row.units),
        "start": row.start,
        "end": row.end,
        "wave": row.wave,
        "selected_on": row.selected_on,
        "selected_period": row.selected_period or None,
        "expected_metric": expected.metric if expected else None,
        "expected_direction": expected.direction if expected else None,
        "smallest_effect": expected.smallest_effect if expected else None,
        "registered_at": row.registered_at,
        "publication": row.publication,
    }
