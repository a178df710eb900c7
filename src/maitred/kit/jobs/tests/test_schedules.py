"""When a schedule comes round next: across changes of the clock, and after downtime."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maitred.base import clock
from maitred.base.errors import Conflict, Invalid
from maitred.kit.access.actor import operator
from maitred.kit.jobs.models import Job, Schedule
from maitred.kit.jobs.schedules import ensure_rounds, fire_due, following
from maitred.kit.verbs import run

BERLIN = "Europe/Berlin"
OPERATOR = operator("tests")


def all_of(expression: str, start: str, end: str, zone: str = BERLIN) -> list[str]:
    """Every instant of an expression in a span, as UTC."""
    now, last = datetime.fromisoformat(start), datetime.fromisoformat(end)
    found = []
    while (now := following(expression, zone, now)) < last:
        found.append(now.strftime("%d %H:%M"))
    return found


def test_a_local_time_that_the_clock_skips_runs_once_right_after_the_gap() -> None:
    assert all_of("30 2 * * *", "2026-03-28T00:00Z", "2026-03-31T00:00Z") == ["28 01:30", "29 01:00", "30 00:30"]


def test_a_local_time_that_the_clock_shows_twice_runs_once_at_the_first() -> None:
    assert all_of("30 2 * * *", "2026-10-24T00:00Z", "2026-10-27T00:00Z") == ["24 00:30", "25 00:30", "26 01:30"]


def test_several_times_within_the_gap_run_once_together() -> None:
    assert all_of("*/15 2 * * *", "2026-03-29T00:00Z", "2026-03-29T12:00Z") == ["29 01:00"]


def test_several_times_within_the_doubled_hour_run_once_each() -> None:
    first = ["25 00:00", "25 00:15", "25 00:30", "25 00:45"]
    assert all_of("*/15 2 * * *", "2026-10-24T12:00Z", "2026-10-25T12:00Z") == first


def test_the_second_showing_of_an_hour_does_not_bring_the_time_round_again() -> None:
    within_the_second = datetime(2026, 10, 25, 1, 15, tzinfo=UTC)
    assert following("30 2 * * *", BERLIN, within_the_second) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_every_hour_means_every_real_hour() -> None:
    assert all_of("0 * * * *", "2026-10-24T23:30Z", "2026-10-25T03:30Z") == [
        "25 00:00", "25 01:00", "25 02:00", "25 03:00",
    ]  # fmt: skip
    assert all_of("0 * * * *", "2026-03-28T23:30Z", "2026-03-29T03:30Z") == [
        "29 00:00", "29 01:00", "29 02:00", "29 03:00",
    ]  # fmt: skip


def test_a_day_that_a_zone_leaves_out_runs_at_the_first_instant_after_it() -> None:
    """Samoa had no 30 December 2011."""
    assert all_of("0 9 30 12 *", "2011-12-01T00:00Z", "2012-01-02T00:00Z", "Pacific/Apia") == ["30 10:00"]


@given(
    after=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)),
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
    zone=st.sampled_from([BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]),
)
def test_a_daily_time_comes_once_on_every_local_day(after: datetime, hour: int, minute: int, zone: str) -> None:
    first = following(f"{minute} {hour} * * *", zone, after)
    second = following(f"{minute} {hour} * * *", zone, first)
    days = [one.astimezone(ZoneInfo(zone)).date() for one in (first, second)]
    assert after < first <= after + timedelta(hours=25, minutes=1)
    assert days[1] - days[0] == timedelta(days=1)


@pytest.mark.parametrize(
    ("expression", "zone"),
    [("* * *", "UTC"), ("61 * * * *", "UTC"), ("0 0 30 2 *", "UTC"), ("* * * * * *", "UTC"), ("0 6 * * *", "Mars/One"),
     ("0 6 * * *", "../../etc/passwd"), ("0 6 * * *", "")],
)  # fmt: skip
def test_an_expression_or_zone_that_is_none_is_refused_with_its_field(expression: str, zone: str) -> None:
    with pytest.raises(Invalid) as refused:
        following(expression, zone, clock.now())
    assert refused.value.errors[0]["field"] in ("expression", "time_zone")


def due_since(days: int) -> Schedule:
    ensure_rounds()
    schedule = Schedule._base_manager.get(name="house.clean")
    past = clock.now() - timedelta(days=days)
    Schedule._base_manager.filter(pk=schedule.pk).update(next_run_at=past)
    return schedule


@pytest.mark.django_db
def test_after_downtime_a_schedule_is_caught_up_with_once() -> None:
    schedule = due_since(days=9)
    assert (fire_due(), fire_due()) == (1, 0)
    schedule.refresh_from_db()
    assert schedule.next_run_at > clock.now()
    assert Job._base_manager.filter(kind="house.clean").count() == 1


@pytest.mark.django_db
def test_rounds_do_not_pile_up_while_the_last_one_is_open() -> None:
    due_since(days=9)
    assert fire_due() == 1
    due_since(days=1)
    assert fire_due() == 0
    Job._base_manager.update(state=Job.DONE)
    due_since(days=1)
    assert fire_due() == 1


@pytest.mark.django_db
def test_a_paused_schedule_rests_until_it_is_set_again() -> None:
    schedule = due_since(days=1)
    shown = run("jobs.pause_schedule", OPERATOR, {"schedule": schedule.pk, "version": 1})
    assert (shown.enabled, fire_due()) == (False, 0)
    arguments = {"schedule": schedule.pk, "version": 2, "expression": "30 6 * * 1-5", "time_zone": BERLIN}
    shown = run("jobs.set_schedule", OPERATOR, arguments)
    assert (shown.enabled, shown.version, fire_due()) == (True, 3, 0)
    assert shown.next_run_at.astimezone(ZoneInfo(BERLIN)).strftime("%H:%M") == "06:30"


@pytest.mark.django_db
def test_the_worker_moving_a_schedule_on_does_not_get_in_the_way_of_a_person_setting_it() -> None:
    schedule = due_since(days=1)
    fire_due()
    assert run("jobs.pause_schedule", OPERATOR, {"schedule": schedule.pk, "version": 1}).version == 2
    with pytest.raises(Conflict):
        run("jobs.pause_schedule", OPERATOR, {"schedule": schedule.pk, "version": 1})


@pytest.mark.django_db
def test_schedules_that_people_changed_stay_as_they_are() -> None:
    ensure_rounds()
    names = [one.name for one in run("jobs.schedules", OPERATOR, {}).items]
    assert {"audit.sign_head", "house.clean"} <= set(names)
    row = Schedule._base_manager.get(name="house.clean")
    run("jobs.pause_schedule", OPERATOR, {"schedule": row.pk, "version": 1})
    ensure_rounds()
    row.refresh_from_db()
    assert (row.enabled, Schedule._base_manager.count()) == (False, len(names))
