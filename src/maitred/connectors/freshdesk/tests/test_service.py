"""Freshdesk's hours, service levels and ratings."""

from __future__ import annotations

from typing import Any

import pytest

from maitred.connectors.freshdesk.mapping import decode
from maitred.connectors.tests.samples import records_of, row, rows, sample


def hours(**day: Any) -> list[tuple[Any, ...]]:
    """Monday's interval of a schedule with such a day, or the codes of what was set aside."""
    decoded = decode("business_hours", [{"id": 1, "time_zone": "UTC", "business_hours": {"monday": day}}])
    if decoded.bad:
        return [(bad.code,) for bad in decoded.bad]
    return rows(decoded, "schedule_intervals", "weekday", "start_min", "end_min")


def test_the_sample_hours() -> None:
    decoded = decode("business_hours", records_of(sample("freshdesk/own/business_hours.json")))
    found = row(decoded, "schedules")
    assert (found["tz"], found["tz_raw"], found["is_default"]) == ("Europe/Berlin", "Berlin", True)
    assert rows(decoded, "schedule_intervals", "weekday", "start_min", "end_min") == [
        (day, 480, 1050) for day in range(5)
    ]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("12:00 am", "12:00 am", [(0, 0, 1440)]),
        ("12:30 pm", "11:59 pm", [(0, 750, 1439)]),
        ("09:00", "17:30", [(0, 540, 1050)]),
        ("5:00 pm", "8:00 am", [("bad_value",)]),
        ("13:00 pm", "14:00", [("bad_value",)]),
        ("nine", "ten", [("bad_value",)]),
    ],
)
def test_hours_of_a_day(start: str, end: str, expected: list[tuple[Any, ...]]) -> None:
    assert hours(start_time=start, end_time=end) == expected


def test_an_unknown_zone_refuses_the_hours() -> None:
    decoded = decode("business_hours", [{"id": 1, "time_zone": "Atlantis", "business_hours": {}}])
    assert decoded.tables == {} and [bad.code for bad in decoded.bad] == ["unknown_zone"]


def test_targets_per_priority_in_seconds() -> None:
    decoded = decode("sla_policies", records_of(sample("freshdesk/own/sla_policies.json")))
    assert rows(decoded, "sla_targets", "metric", "priority", "target_s", "business_hours") == [
        ("first_reply", "urgent", 3600, True),
        ("total_resolution", "urgent", 14400, True),
        ("first_reply", "high", 7200, True),
        ("total_resolution", "high", 86400, True),
        ("first_reply", "normal", 28800, True),
        ("total_resolution", "normal", 172800, True),
        ("first_reply", "low", 86400, True),
        ("total_resolution", "low", 432000, True),
    ]


@pytest.mark.parametrize(
    ("score", "five", "good"),
    [
        (103, 5.0, True),
        (102, 13 / 3, True),
        (101, 11 / 3, True),
        (100, 3.0, None),
        (-101, 7 / 3, False),
        (-102, 5 / 3, False),
        (-103, 1.0, False),
    ],
)
def test_the_rating_scale(score: int, five: float, good: bool | None) -> None:
    (rating,) = records_of(sample("freshdesk/own/satisfaction_ratings.json"))
    decoded = decode("satisfaction_ratings", [{**rating, "ratings": {"default_question": score}}])
    ((raw, found, verdict, ticket, agent),) = rows(
        decoded, "satisfaction", "score_raw", "score_5", "is_good", "ticket_id", "agent_id"
    )
    assert (raw, verdict, ticket, agent) == (str(score), good, "4711", "82001000003")
    assert found == pytest.approx(five)


def test_a_score_outside_the_scale_is_kept_raw_and_noted() -> None:
    (rating,) = records_of(sample("freshdesk/own/satisfaction_ratings.json"))
    decoded = decode("satisfaction_ratings", [{**rating, "ratings": {"default_question": 7}}])
    assert rows(decoded, "satisfaction", "score_raw", "score_5", "is_good") == [("7", None, None)]
    assert decoded.notices == ["new_enum: satisfaction.score_5 has the unknown score '7'"]
