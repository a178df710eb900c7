"""Conformance: business time, schedules, holidays, edits and holds give the figures of the specification exactly."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from maitred.metrics.clocks.tests.scenarios import (
    ALWAYS,
    NEW_YORK,
    NEW_YORK_HOLIDAYS,
    OFFICE,
    Outcome,
    Scenario,
)
from maitred.metrics.clocks.tests.test_reference import corpus_folder

KOLKATA_HOURS = "mon-fri 09:30-13:00,14:00-18:30"
LOS_ANGELES = "America/Los_Angeles"


def answered(scenario: Scenario, folder: Path, asked: str, replied: str) -> Outcome:
    """A customer asks at creation, an agent answers: the first reply time measures the span."""
    return scenario.ticket(asked).customer(asked).agent(replied).run(folder)


def business_seconds(scenario: Scenario, folder: Path, start: str, end: str) -> int | None:
    return answered(scenario, folder, start, end).seconds("frt.business_all")


@pytest.mark.parametrize(
    ("hours", "start", "end", "seconds"),
    [
        (OFFICE, "2024-03-08 21:30", "2024-03-11 14:00", 5_400),
        (ALWAYS, "2024-03-10 05:00", "2024-03-11 04:00", 82_800),
    ],
)
def test_dst_spring(tmp_path: Path, hours: str, start: str, end: str, seconds: int) -> None:
    """Specification, worked examples: the weekend and the 23-hour day of New York's spring change."""
    assert business_seconds(Scenario(hours=hours), tmp_path, start, end) == seconds


@pytest.mark.parametrize(
    ("hours", "start", "end", "seconds"),
    [
        (OFFICE, "2024-11-01 20:30", "2024-11-04 15:00", 5_400),
        (ALWAYS, "2024-11-03 04:00", "2024-11-04 05:00", 90_000),
    ],
)
def test_dst_fall(tmp_path: Path, hours: str, start: str, end: str, seconds: int) -> None:
    """Specification, worked examples: the weekend and the 25-hour day of New York's autumn change."""
    assert business_seconds(Scenario(hours=hours), tmp_path, start, end) == seconds


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [
        ("2024-10-05 11:00", "2024-10-05 20:00", 5_400),
        ("2024-04-06 10:30", "2024-04-06 20:00", 3_600),
    ],
)
def test_dst_half_hour(tmp_path: Path, start: str, end: str, seconds: int) -> None:
    """Specification, worked examples: Lord Howe moves its clocks by 30 minutes."""
    scenario = Scenario(zone="Australia/Lord_Howe", hours="sun-sat 06:00-22:00", holidays=())
    assert business_seconds(scenario, tmp_path, start, end) == seconds


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [
        ("2024-09-08 04:00", "2024-09-09 03:00", 82_800),
        ("2024-04-06 03:00", "2024-04-07 04:00", 90_000),
    ],
)
def test_dst_midnight(tmp_path: Path, start: str, end: str, seconds: int) -> None:
    """Specification, worked examples: Santiago's clocks change at midnight."""
    scenario = Scenario(zone="America/Santiago", hours=ALWAYS, holidays=())
    assert business_seconds(scenario, tmp_path, start, end) == seconds


@pytest.mark.parametrize(
    ("hours", "start", "end", "seconds"),
    [
        ("sun 01:30-03:30", "2024-03-10 08:00", "2024-03-11 07:00", 3_600),
        ("sun 01:30-03:30", "2024-11-03 07:00", "2024-11-04 08:00", 10_800),
        ("sun 01:30-03:30", "2024-06-09 07:00", "2024-06-10 07:00", 7_200),
        ("sun 02:15-02:45", "2024-03-10 10:15", "2024-03-10 10:45", 1_800),
        ("sun 02:15-02:45", "2024-03-10 08:00", "2024-03-11 07:00", 1_800),
    ],
)
def test_dst_gap_interval(tmp_path: Path, hours: str, start: str, end: str, seconds: int) -> None:
    """Specification, worked examples: across and inside the missing and the doubled hour (RFC 5545 3.3.5)."""
    scenario = Scenario(zone=LOS_ANGELES, hours=hours, holidays=())
    assert business_seconds(scenario, tmp_path, start, end) == seconds


def test_dst_gap_interval_that_overlaps_another_after_moving_counts_once(tmp_path: Path) -> None:
    """RFC 5545 3.3.5: 02:15-02:45 moves to 03:15-03:45 and so falls into 03:00-04:00 of the same Sunday."""
    scenario = Scenario(zone=LOS_ANGELES, hours="sun 02:15-02:45,03:00-04:00", holidays=())
    assert business_seconds(scenario, tmp_path, "2024-03-10 08:00", "2024-03-11 07:00") == 3_600


def test_holiday_single(tmp_path: Path) -> None:
    """Specification, worked examples (fivetran/dbt_zendesk#98): 4 July is closed."""
    assert business_seconds(Scenario(), tmp_path, "2024-07-03 20:00", "2024-07-05 14:00") == 7_200


def test_holiday_multi_day(tmp_path: Path) -> None:
    """Specification, worked examples (fivetran/dbt_zendesk#98, #126): several local dates, the last one included."""
    scenario = Scenario(zone="Chennai", hours=KOLKATA_HOURS, holidays=("2024-12-30..2025-01-02",))
    assert business_seconds(scenario, tmp_path, "2024-12-27 12:30", "2025-01-03 05:00") == 5_400


def test_holiday_year_end(tmp_path: Path) -> None:
    """Specification, worked examples (fivetran/dbt_zendesk#126): a holiday over the turn of the year."""
    assert business_seconds(Scenario(), tmp_path, "2024-12-30 21:00", "2025-01-02 15:00") == 7_200


def test_holiday_other_zone(tmp_path: Path) -> None:
    """The local day of the schedule is closed, not the UTC day: Auckland's 4 July begins on 3 July at 12:00 UTC."""
    scenario = Scenario(zone="Pacific/Auckland", hours=ALWAYS, holidays=("2024-07-04",))
    assert business_seconds(scenario, tmp_path, "2024-07-03 11:00", "2024-07-04 13:00") == 7_200


def test_holiday_across_midnight_shift(tmp_path: Path) -> None:
    """Specification, worked examples: a shift over midnight loses only the part on the holiday's local date."""
    scenario = Scenario(zone="Chatham Is.", hours="mon-fri 22:00-06:00", holidays=("2024-10-01",))
    assert business_seconds(scenario, tmp_path, "2024-09-30 00:00", "2024-10-03 12:00") == 71_100


def test_lunch_break_in_kolkata_is_closed(tmp_path: Path) -> None:
    """Specification, worked examples: two intervals a day."""
    scenario = Scenario(zone="Asia/Kolkata", hours=KOLKATA_HOURS, holidays=())
    assert business_seconds(scenario, tmp_path, "2024-06-03 06:00", "2024-06-03 10:00") == 10_800


def test_overlapping_and_touching_intervals_count_once(tmp_path: Path) -> None:
    """Section 5: overlapping or touching intervals are merged; overlapping holidays close a day once."""
    hours = "mon 09:00-12:00,11:00-13:00,13:00-14:00,09:30-10:00"
    scenario = Scenario(zone="UTC", hours=hours, holidays=("2024-06-10..2024-06-11", "2024-06-11..2024-06-12"))
    assert business_seconds(scenario, tmp_path, "2024-06-03 00:00", "2024-06-17 00:00") == 5 * 3_600


def test_schedule_24x7(tmp_path: Path) -> None:
    """An always-open schedule equals wall time, to the second."""
    scenario = Scenario(zone="UTC", hours=ALWAYS, holidays=())
    outcome = answered(scenario, tmp_path, "2024-02-28 23:59:59", "2024-03-01 00:00:01")
    assert outcome.seconds("frt.business_all") == outcome.seconds("frt.business_last") == 86_402
    assert outcome.seconds("frt.calendar") == 86_402


def test_outside_schedule_only(tmp_path: Path) -> None:
    """LEAST over NULL returns wall time in a public package (589 minutes on the public ticket 1068): ours is 0."""
    scenario = Scenario().ticket("2024-09-08 11:19").customer("2024-09-08 11:19").status("2024-09-08 11:19", "new")
    scenario.target("2024-09-08 11:19", "agent_work", 480).agent("2024-09-08 20:41")
    outcome = scenario.status("2024-09-08 20:41", "solved").run(tmp_path)
    assert outcome.seconds("awt.business_all") == outcome.seconds("awt.business_last") == 0
    assert outcome.seconds("awt.calendar") == 33_720
    assert outcome.instance("agent_work")["elapsed_all_s"] == "0"
    assert outcome.instance("agent_work")["verdict_all"] == "met"


def test_outside_schedule_only_on_the_public_ticket() -> None:
    """Public ticket 1068: requester and agent work time wholly outside opening hours are 0."""
    from maitred.metrics.clocks.tests.support import clock_folder

    tickets, sla = clock_folder(corpus_folder() / "tables")
    (ticket,) = [row for row in tickets if row["ticket_id"] == "1068"]
    (work,) = [row for row in sla if row["ticket_id"] == "1068" and row["metric"] == "agent_work"]
    with (corpus_folder() / "peer" / "peer_sla.csv").open(encoding="utf-8", newline="") as handle:
        assert any(row["ticket_id"] == "1068" for row in csv.DictReader(handle))
    assert (ticket["awt.business_all"], work["elapsed_all_s"], work["verdict_all"]) == ("0", "0", "met")


def test_dbt_zendesk_941606(tmp_path: Path) -> None:
    """fivetran/dbt_zendesk DECISIONLOG: a schedule change 21 seconds before the reply."""
    before = [(720, 1560), (2160, 3000), (3600, 4440), (5040, 5880), (6480, 7320), (7920, 8760), (9360, 10200)]
    after = [(2340, 2910), (3780, 4350), (5220, 5790), (6660, 7230), (8100, 8670)]
    scenario = Scenario(zone="").add_schedule(1, "UTC", before).add_schedule(2, "UTC", after)
    scenario.ticket("2020-09-29 17:01:38").customer("2020-09-29 17:01:38").schedule("2020-09-30 19:01:25", 2)
    outcome = scenario.agent("2020-09-30 19:01:46").run(tmp_path)
    assert outcome.seconds("frt.business_all") == 57_608
    assert outcome.seconds("frt.business_last") == 41_408
    assert outcome.seconds("frt.calendar") == 93_608


@pytest.mark.parametrize("form", ["ruby", "json"])
@pytest.mark.parametrize("escaped", [0, 1, 2])
def test_schedule_edited_midday(tmp_path: Path, form: str, escaped: int) -> None:
    """Specification, worked examples: London 09:00-17:30 until 2024-07-15 11:20:09Z, then 09-12 and 13-18."""
    old, new = "mon-fri 09:00-17:30", "mon-fri 09:00-12:00,13:00-18:00"
    scenario = Scenario(zone="London", hours=new, holidays=())
    scenario.edit_schedule(1, "2024-07-15 11:20:09", old, new, form, escaped)
    assert business_seconds(scenario, tmp_path, "2024-07-15 08:00", "2024-07-15 17:00") == 30_009


def test_schedule_edited_midday_from_nothing_holds_the_new_hours_before(tmp_path: Path) -> None:
    """Section 2: before the first edit X counts, or Y if X is empty; after the last edit the live table does."""
    scenario = Scenario(zone="UTC", hours="mon-fri 10:00-11:00", holidays=())
    scenario.edit_schedule(1, "2024-07-15 12:00", "", "mon-fri 09:00-17:00")
    assert business_seconds(scenario, tmp_path, "2024-07-12 00:00", "2024-07-16 20:00") == (8 + 3 + 1) * 3_600


def test_schedule_edited_twice_keeps_the_middle_version_and_24_00(tmp_path: Path) -> None:
    """Section 2: version k holds from its row's instant to the next; "24:00" ends a day."""
    scenario = Scenario(zone="UTC", hours="mon-fri 09:00-10:00", holidays=())
    scenario.edit_schedule(1, "2024-07-16 23:00", "mon-fri 09:00-10:00", "sun-sat 20:00-24:00", "json", 2)
    scenario.edit_schedule(1, "2024-07-17 22:00", "sun-sat 20:00-24:00", "mon-fri 09:00-10:00")
    assert business_seconds(scenario, tmp_path, "2024-07-15 00:00", "2024-07-19 00:00") == (1 + 1 + 1 + 2 + 1) * 3_600


def test_schedule_removed(tmp_path: Path) -> None:
    """Section 2: a removed schedule is never the default but still measures the tickets that name it."""
    scenario = Scenario(zone="UTC", hours="mon-fri 09:00-17:00", holidays=())
    scenario.add_schedule(2, "UTC", ALWAYS, created="2015-01-01 00:00:00", removed=True)
    scenario.ticket("2024-06-03 16:00").customer("2024-06-03 16:00").agent("2024-06-03 20:00")
    scenario.ticket("2024-06-03 16:00").customer("2024-06-03 16:00").schedule("2024-06-03 16:00", 2)
    default, named = scenario.agent("2024-06-03 20:00").run(tmp_path).tickets
    assert (default["frt.business_all"], named["frt.business_all"]) == ("3600", "14400")


def test_schedule_removed_everywhere_leaves_business_columns_empty(tmp_path: Path) -> None:
    """Section 6: without any schedule there is no business time, and a business target cannot be judged."""
    scenario = Scenario(zone="").add_schedule(2, "UTC", ALWAYS, removed=True)
    scenario.ticket("2024-06-03 16:00").customer("2024-06-03 16:00").target("2024-06-03 16:00", "first_reply", 1)
    outcome = scenario.agent("2024-06-03 20:00").status("2024-06-03 20:00", "solved").run(tmp_path)
    row = outcome.instance("first_reply")
    assert outcome.seconds("frt.calendar") == 14_400
    assert {value for name, value in outcome.ticket.items() if ".business_" in name} == {""}
    assert (row["end_reason"], row["elapsed_all_s"], row["breach_at_all"], row["verdict_all"]) == (
        "reply",
        "",
        "",
        "cannot_tell",
    )


def test_schedule_change_at_reply_second(tmp_path: Path) -> None:
    """Section 6 (ZD5654110765338): a change at the very end instant counts for the last-schedule mode."""
    scenario = Scenario(zone="UTC", hours="mon-fri 09:00-17:00", holidays=()).add_schedule(2, "UTC", ALWAYS)
    scenario.ticket("2024-06-03 16:00").customer("2024-06-03 16:00").schedule("2024-06-03 20:00", 2)
    outcome = scenario.agent("2024-06-03 20:00").run(tmp_path)
    assert outcome.seconds("frt.business_all") == 3_600
    assert outcome.seconds("frt.business_last") == 14_400


@pytest.mark.parametrize(("delay", "business_all"), [(0, 7_200), (5, 7_200), (6, 7_194)])
def test_schedule_within_5s(tmp_path: Path, delay: int, business_all: int) -> None:
    """Section 6: the first schedule counts from creation if it is dated at most 5 seconds later."""
    scenario = Scenario(zone="UTC", hours="mon-fri 09:00-17:00", holidays=()).add_schedule(2, "UTC", ALWAYS)
    scenario.ticket("2024-06-03 18:00").customer("2024-06-03 18:00").schedule(f"2024-06-03 18:00:0{delay}", 2)
    outcome = scenario.agent("2024-06-03 20:00").run(tmp_path)
    assert outcome.seconds("frt.business_all") == business_all
    assert outcome.seconds("frt.business_last") == 7_200


def test_schedule_within_5s_ignores_an_unknown_schedule(tmp_path: Path) -> None:
    """Section 6: a change naming an unknown schedule is as if it were not there."""
    scenario = Scenario(zone="UTC", hours="mon-fri 09:00-17:00", holidays=())
    scenario.ticket("2024-06-03 16:00").customer("2024-06-03 16:00").schedule("2024-06-03 16:00", 77)
    outcome = scenario.schedule("2024-06-03 18:00", 78).agent("2024-06-03 20:00").run(tmp_path)
    assert outcome.seconds("frt.business_all") == outcome.seconds("frt.business_last") == 3_600


def test_hold_overlaps_closed_hours(tmp_path: Path) -> None:
    """Specification, worked examples (frappe/erpnext#47884, #49414): hold counts in business time, not wall time."""
    scenario = Scenario().ticket("2024-06-03 14:00").customer("2024-06-03 14:00").status("2024-06-03 14:00", "open")
    scenario.status("2024-06-03 20:00", "hold").status("2024-06-04 14:00", "open").status("2024-06-04 15:00", "solved")
    outcome = scenario.run(tmp_path)
    assert outcome.seconds("hold_time.business_all") == outcome.seconds("hold_time.business_last") == 7_200
    assert outcome.seconds("hold_time.calendar") == 64_800
    assert outcome.seconds("awt.business_all") == 25_200
    assert outcome.seconds("rwt.business_all") == 32_400


def test_hold_for_months(tmp_path: Path) -> None:
    """frappe/helpdesk PR 3776: half a year on hold, with one holiday."""
    scenario = Scenario(NEW_YORK, OFFICE, NEW_YORK_HOLIDAYS).ticket("2024-02-12 14:00")
    scenario.status("2024-02-12 14:00", "hold").status("2024-08-12 13:00", "open")
    assert scenario.run(tmp_path).seconds("hold_time.business_all") == 3_715_200


def test_status_clocks_use_the_schedule_at_each_status_change(tmp_path: Path) -> None:
    """Section 6 (ZD5654110765338): in last mode each status interval has the schedule in force at its end."""
    scenario = Scenario(zone="UTC", hours="mon-fri 09:00-17:00", holidays=()).add_schedule(2, "UTC", ALWAYS)
    scenario.ticket("2024-06-03 16:00").status("2024-06-03 16:00", "new").status("2024-06-03 18:00", "open")
    scenario.schedule("2024-06-03 19:00", 2).status("2024-06-03 20:00", "solved")
    outcome = scenario.run(tmp_path)
    assert outcome.seconds("new_time.business_last") == 3_600
    assert outcome.seconds("open_time.business_last") == 7_200
    assert outcome.seconds("open_time.business_all") == 3_600
    assert outcome.seconds("first_resolution.business_last") == 14_400
