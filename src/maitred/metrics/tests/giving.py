"""Reviews given to a workspace as a desk would: by tests here, or in a child process that is killed on the way."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from maitred.canon.reviews import SCHEMA, TABLE
from maitred.metrics.desk_tables import publish_rows
from maitred.metrics.refresh import open_workspace
from maitred.sync.publications import Publication

FIRST = datetime(2024, 1, 20, 12, tzinfo=UTC)


def review(number: int, points: int | None, **more: Any) -> dict[str, Any]:
    """One review of ticket 1 or 2 of the handmade log; a day later for each number."""
    at = FIRST + timedelta(days=number)
    return {
        "review_id": number, "source_id": "fivetran-zendesk", "ticket_id": str(1 + number % 2),
        "ticket_key": 1 + number % 2, "agent_id": "7", "person_id": 70, "bot": False, "reviewer_id": 71,
        "kind": "random", "state": "submitted", "scorecard_id": 1, "scorecard_version": 1, "points": points,
        "score": None if points is None else points / 100, "critical": ["safe"], "critical_failed": [],
        "submitted_at": at, "submitted_month": at.year * 100 + at.month, **more,
    }  # fmt: skip


def table(points: Sequence[int | None]) -> pa.Table:
    """Reviews with these points, numbered from 1, the last one first."""
    rows = [review(number, one) for number, one in enumerate(points, 1)]
    return pa.Table.from_pylist(rows[::-1], schema=SCHEMA)


def give(home: Path, points: Sequence[int | None]) -> Publication | None:
    """Make these the reviews of the workspace."""
    with closing(open_workspace(home)) as workspace:
        return publish_rows(workspace, TABLE, lambda: table(points))


if __name__ == "__main__":
    give(Path(sys.argv[1]), [int(one) for one in sys.argv[2:]])
