"""The fold of old values, by small stories."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from maitred.canon.tables import INSTANT
from maitred.metrics.folding import folded

START = datetime(2025, 3, 3, 9, tzinfo=UTC)


def story(*steps: tuple[int, str, str | None, str | None]) -> pa.Table:
    """Events of one ticket from (minute, field, new value, old value as told)."""
    rows: dict[str, Any] = {
        "ticket_key": pa.array([7] * len(steps), pa.int64()),
        "field": pa.array([step[1] for step in steps]),
        "occurred_at": pa.array([START + timedelta(minutes=step[0]) for step in steps], INSTANT),
        "seq": pa.array([0] * len(steps), pa.int32()),
        "external_id": pa.array([f"e{place}" for place in range(len(steps))]),
        "old_value": pa.array([step[3] for step in steps], pa.string()),
        "new_value": pa.array([step[2] for step in steps], pa.string()),
    }
    return pa.table(rows)


def changes(events: pa.Table) -> list[tuple[str, str | None, str | None]]:
    return [(row["field"], row["old_value"], row["new_value"]) for row in folded(events).to_pylist()]


def test_the_old_value_is_that_of_the_event_before() -> None:
    told = changes(story((0, "status", "new", None), (5, "status", "open", None), (9, "status", "solved", None)))
    assert told == [("status", None, "new"), ("status", "new", "open"), ("status", "open", "solved")]


def test_the_order_of_loading_does_not_matter() -> None:
    told = changes(story((9, "status", "solved", None), (0, "status", "new", None), (5, "status", "open", None)))
    assert told == [("status", None, "new"), ("status", "new", "open"), ("status", "open", "solved")]


def test_what_the_vendor_told_stays() -> None:
    assert changes(story((5, "group", "12", "11"))) == [("group", "11", "12")]


def test_an_event_that_changes_nothing_is_left_out() -> None:
    told = changes(story((0, "priority", "low", None), (5, "priority", "low", None), (6, "assignee", None, None)))
    assert told == [("priority", None, "low")]


def test_a_cleared_value_is_a_change_and_creations_and_activities_stay() -> None:
    told = changes(
        story(
            (0, "created", None, None),
            (1, "assignee", "4", None),
            (2, "assignee", None, None),
            (3, "custom:activity", "Call", None),
            (4, "custom:activity", "Call", None),
        )
    )
    assert told == [
        ("created", None, None),
        ("assignee", None, "4"),
        ("assignee", "4", None),
        ("custom:activity", None, "Call"),
        ("custom:activity", "Call", "Call"),
    ]


def test_fields_of_another_ticket_do_not_leak() -> None:
    first, second = story((0, "status", "open", None)), story((1, "status", "solved", None))
    second = second.set_column(0, "ticket_key", pa.array([8], pa.int64()))
    assert changes(pa.concat_tables([first, second])) == [("status", None, "open"), ("status", None, "solved")]
