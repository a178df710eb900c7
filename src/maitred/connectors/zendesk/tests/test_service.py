"""Zendesk's schedules, service levels and ratings."""

from __future__ import annotations

from typing import Any

import pytest

from maitred.connectors.tests.samples import records_of, row, rows, sample
from maitred.connectors.zendesk.mapping import decode


def test_a_schedule_and_its_week_in_local_minutes() -> None:
    decoded = decode("schedules", records_of(sample("zendesk/schedules.json")))
    found = row(decoded, "schedules")
    assert (found["external_id"], found["tz"], found["tz_raw"], found["valid_from"]) == (
        *("66001", "Europe/Berlin", "Berlin"),
        "2025-10-01T00:00:00Z",
    )
    assert rows(decoded, "schedule_intervals", "schedule_id", "weekday", "start_min", "end_min") == [
        ("66001", day, 540, 1020) for day in range(5)
    ]


def test_a_schedule_in_an_unknown_zone_is_refused_with_all_its_hours() -> None:
    schedule = {**records_of(sample("zendesk/schedules.json"))[0], "time_zone": "Atlantis"}
    decoded = decode("schedules", [schedule])
    assert decoded.tables == {}
    assert [(bad.code, bad.field, bad.key) for bad in decoded.bad] == [("unknown_zone", "time_zone", "66001")]


@pytest.mark.parametrize(
    "interval", [{"start_time": 60, "end_time": 60}, {"start_time": -1, "end_time": 5}, {"start_time": "9"}, 7]
)
def test_a_broken_interval_refuses_the_schedule_rather_than_guess(interval: Any) -> None:
    decoded = decode("schedules", [{"id": 1, "name": "A", "time_zone": "Berlin", "intervals": [interval]}])
    assert decoded.tables == {} and [bad.code for bad in decoded.bad] == ["bad_value"]


def test_an_interval_over_midnight_is_cut() -> None:
    decoded = decode(
        "schedules", [{"id": 1, "time_zone": "UTC", "intervals": [{"start_time": 2760, "end_time": 2940}]}]
    )
    assert rows(decoded, "schedule_intervals", "weekday", "start_min", "end_min") == [(0, 1320, 1440), (1, 0, 60)]


def test_holidays_of_two_schedules_may_have_the_same_numbers() -> None:
    holidays = records_of(sample("zendesk/holidays.json"))
    decoded = decode("holidays", [{**holidays[0], "schedule_id": 66001}, {**holidays[0], "schedule_id": 66002}])
    assert [
        (a, b, str(c), str(d))
        for a, b, c, d in rows(decoded, "schedule_holidays", "external_id", "schedule_id", "start_date", "end_date")
    ] == [
        ("66001:1", "66001", "2026-12-24", "2026-12-26"),
        ("66002:1", "66002", "2026-12-24", "2026-12-26"),
    ]


def test_policies_and_targets_in_seconds() -> None:
    decoded = decode("slas_policies", records_of(sample("zendesk/slas_policies.json")))
    assert rows(decoded, "sla_targets", "external_id", "metric", "priority", "target_s", "business_hours") == [
        ("114000001:first_reply:high", "first_reply", "high", 7200, True),
        ("114000001:requester_wait:high", "requester_wait", "high", 57600, True),
        ("114000001:periodic_update:high", "periodic_update", "high", 14400, False),
    ]
    minutes = {
        "id": 1,
        "policy_metrics": [
            {"metric": "agent_work_time", "priority": "low", "target": 3},
            {"metric": "moon", "target": 1},
        ],
    }
    decoded = decode("slas_policies", [minutes])
    assert rows(decoded, "sla_targets", "metric", "target_s") == [("agent_work", 180)]
    assert [bad.code for bad in decoded.bad] == ["bad_value"]


def test_the_vendors_own_service_level_log() -> None:
    decoded = decode("ticket_metric_events", records_of(sample("zendesk/incremental_ticket_metric_events.json")))
    columns = ("metric", "instance", "type", "target_s", "in_business_hours", "policy_name")
    assert rows(decoded, "sla_events", *columns)[2] == ("first_reply", 1, "applied", 7200, True, "Standard")
    assert rows(decoded, "sla_events", "type", "vendor_elapsed_cal_s", "vendor_elapsed_bus_s")[7] == (
        "measured",
        9960,
        7320,
    )
    assert [kind for (kind,) in rows(decoded, "sla_events", "type")] == [
        *("measured", "activated", "applied", "activated", "activated", "breached", "fulfilled", "measured", "paused"),
        *("fulfilled", "measured"),
    ]


def test_a_second_reply_instance_is_a_next_reply_and_a_withdrawn_breach_is_marked() -> None:
    shared = {"ticket_id": 1, "time": "2026-03-02T08:15:30Z"}
    events = [
        {"id": 1, "metric": "reply_time", "instance_id": 2, "type": "activate", **shared},
        {"id": 2, "metric": "reply_time", "instance_id": 1, "type": "breach", "deleted": True, **shared},
        {"id": 3, "metric": "moon_phase", "instance_id": 1, "type": "activate", **shared},
    ]
    decoded = decode("ticket_metric_events", events)
    assert rows(decoded, "sla_events", "metric", "deleted_at", "delete_kind") == [
        ("next_reply", None, None),
        ("first_reply", "2026-03-02T08:15:30Z", "soft"),
    ]
    assert [(bad.line, bad.code) for bad in decoded.bad] == [(2, "bad_enum")]


def test_a_bad_rating_counts_and_an_offered_one_is_neither_good_nor_bad() -> None:
    decoded = decode("satisfaction_ratings", records_of(sample("zendesk/satisfaction_ratings.json")))
    columns = ("external_id", "score_raw", "score_5", "is_good", "rated_at", "revised_at")
    assert rows(decoded, "satisfaction", *columns) == [
        ("9301", "bad", 1.0, False, "2026-03-03T12:01:00Z", "2026-03-03T12:01:00Z"),
        ("9302", "offered", None, None, None, None),
    ]
    shared = {"id": 1, "ticket_id": 2, "created_at": "2026-03-03T10:00:00Z", "updated_at": "2026-03-03T10:00:00Z"}
    others = decode("satisfaction_ratings", [{**shared, "score": "good"}, {**shared, "score": "unoffered"}])
    assert rows(others, "satisfaction", "score_5", "is_good", "revised_at") == [(5.0, True, None)]
    assert others.bad == []


@pytest.mark.parametrize(("rating", "good"), [(1, False), (3, False), (4, True), (5, True)])
def test_on_a_scale_of_five_four_and_five_are_good(rating: int, good: bool) -> None:
    (response,) = records_of(sample("zendesk/survey_responses.json"))
    answer = {key: value for key, value in response["answers"][0].items() if key != "rating_category"}
    decoded = decode("survey_responses", [{**response, "answers": [{**answer, "rating": rating}]}])
    assert rows(decoded, "satisfaction", "ticket_id", "score_raw", "score_5", "is_good", "comment") == [
        ("35436", str(rating), float(rating), good, None)
    ]


def test_a_survey_response_with_its_comment_and_one_whose_rating_was_skipped() -> None:
    (response,) = records_of(sample("zendesk/survey_responses.json"))
    decoded = decode("survey_responses", [response, {**response, "id": "2", "answers": response["answers"][1:]}])
    assert rows(decoded, "satisfaction", "external_id", "requester_id", "is_good", "comment", "rated_at") == [
        ("01J1WB51MG6HXTYWE6Q0C93RNW", "360001000117", False, "Took too long", "2026-03-03T12:01:00Z")
    ]
    assert decoded.bad == []
