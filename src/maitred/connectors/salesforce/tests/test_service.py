"""Salesforce's hours, holidays and milestones."""

from __future__ import annotations

from typing import Any

import pytest

from maitred.connectors.salesforce.mapping import decode
from maitred.connectors.tests.samples import records_of, row, rows, sample


def test_both_ends_at_midnight_is_open_all_day_and_both_null_is_closed() -> None:
    decoded = decode("BusinessHours", records_of(sample("salesforce/own/query_businesshours.json")))
    assert row(decoded, "schedules")["tz"] == "Europe/Berlin"
    assert rows(decoded, "schedule_intervals", "weekday", "start_min", "end_min") == [
        *((day, 540, 1020) for day in range(5)),
        (5, 0, 1440),
    ]


@pytest.mark.parametrize(
    "day",
    [
        {"MondayStartTime": "17:00:00.000Z", "MondayEndTime": "09:00:00.000Z"},
        {"MondayStartTime": "9 o'clock", "MondayEndTime": "10:00"},
        {"MondayStartTime": "09:00:00.000Z"},
    ],
)
def test_hours_that_cannot_be_read_refuse_the_record(day: dict[str, Any]) -> None:
    decoded = decode("BusinessHours", [{"Id": "01m8d000000BhBhAAK", "TimeZoneSidKey": "UTC", **day}])
    assert decoded.tables == {} and [bad.code for bad in decoded.bad] == ["bad_value"]


def test_an_unknown_zone_refuses_the_hours() -> None:
    decoded = decode("BusinessHours", [{"Id": "01m8d000000BhBhAAK", "TimeZoneSidKey": "Atlantis"}])
    assert decoded.tables == {} and [bad.code for bad in decoded.bad] == ["unknown_zone"]


def holidays(**about: Any) -> list[tuple[str, str]]:
    """(schedule, day) of one holiday."""
    decoded = decode(
        "Holiday", [{"Id": "0C08d00000HhHhHCAV", "Name": "May Day", "ActivityDate": "2024-05-01", **about}]
    )
    found = rows(decoded, "schedule_holidays", "schedule_id", "start_date") if decoded.tables else []
    return [(schedule, str(day)) for schedule, day in found]


def test_a_holiday_without_business_hours_holds_for_every_schedule() -> None:
    assert holidays() == [("*", "2024-05-01")]
    assert holidays(BusinessHoursId="01m8d000000BhBhAAK") == [("01m8d000000BhBhAAK", "2024-05-01")]


def test_a_yearly_holiday_is_written_out_until_its_end() -> None:
    yearly = {
        "IsRecurrence": "true",
        "RecurrenceType": "RecursYearly",
        "RecurrenceMonthOfYear": "May",
        "RecurrenceDayOfMonth": "1",
    }
    assert holidays(**yearly, RecurrenceEndDateOnly="2026-05-01") == [
        ("*", f"{year}-05-01") for year in (2024, 2025, 2026)
    ]
    assert len(holidays(**yearly)) == 11


def test_a_holiday_of_some_hours_is_left_out_with_a_notice() -> None:
    decoded = decode("Holiday", [{"Id": "0C08d00000HhHhHCAV", "ActivityDate": "2024-05-01", "IsAllDay": False}])
    assert decoded.tables == {} and decoded.bad == []
    assert decoded.notices == ["schedule_holidays: a holiday of some hours only was left out"]


def test_a_milestone_is_applied_fulfilled_and_breached() -> None:
    (milestone,) = records_of(sample("salesforce/own/query_casemilestone_UNVERIFIED.json"))
    named = {**milestone, "MilestoneType": {"Name": "First Response"}}
    decoded = decode("CaseMilestone", [named])
    columns = ("metric", "type", "at", "target_s", "vendor_elapsed_bus_s", "in_business_hours")
    assert rows(decoded, "sla_events", *columns) == [
        ("first_reply", "applied", "2026-03-02T08:15:30Z", 7200, None, True),
        ("first_reply", "fulfilled", "2026-03-02T11:02:00Z", None, 9960, True),
        ("first_reply", "breached", "2026-03-02T10:15:30Z", None, None, True),
    ]


@pytest.mark.parametrize(
    ("name", "metric"),
    [
        ("First Response", "first_reply"),
        ("Next Reply", "next_reply"),
        ("Resolution Time", "total_resolution"),
        ("Close Case", "total_resolution"),
        ("Coffee", "total_resolution"),
    ],
)
def test_milestones_by_their_names(name: str, metric: str) -> None:
    (milestone,) = records_of(sample("salesforce/own/query_casemilestone_UNVERIFIED.json"))
    decoded = decode("CaseMilestone", [{**milestone, "MilestoneType.Name": name}])
    assert rows(decoded, "sla_events", "metric", "policy_name")[0] == (metric, name)
    assert bool(decoded.notices) == (name == "Coffee")


def test_an_entitlement_is_a_policy_in_its_time() -> None:
    record = {
        "Id": "5508d00000AaAaAAAV",
        "Name": "Gold",
        "Status": "Active",
        "StartDate": "2026-01-01",
        "EndDate": "2026-12-31",
    }
    found = row(decode("Entitlement", [record]), "sla_policies")
    assert (found["name"], found["active"], found["valid_from"], found["valid_to"]) == (
        *("Gold", True, "2026-01-01T00:00:00Z"),
        "2026-12-31T00:00:00Z",
    )
