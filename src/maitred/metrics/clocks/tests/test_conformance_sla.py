"""Conformance: SLA target instances are started, revised, ended and judged as the specification says."""

from __future__ import annotations

from pathlib import Path

import pytest

from maitred.metrics.clocks.tests.scenarios import (
    AGENT,
    ALWAYS,
    CUSTOMER,
    Cells,
    Scenario,
)

NINE = "2024-06-03 09:00"
"""A Monday; the desk is open 09:00-17:00 UTC unless a test says otherwise."""


def desk(as_of: str = "2026-01-01 00:00:00") -> Scenario:
    return Scenario(zone="UTC", hours="mon-fri 09:00-17:00", holidays=(), as_of=as_of)


def asked(as_of: str = "2026-01-01 00:00:00") -> Scenario:
    """A customer's new ticket on Monday at nine."""
    scenario = desk(as_of).ticket(NINE).customer(NINE).status(NINE, "new", CUSTOMER)
    return scenario.field(NINE, "sla_policy", "Std").field(NINE, "priority", "normal", CUSTOMER)


def judged(row: Cells) -> tuple[str, str, str]:
    return row["end_reason"], row["elapsed_all_s"], row["verdict_all"]


def test_sla_uses_business_hours(tmp_path: Path) -> None:
    """chatwoot/chatwoot PR 13392, #11057: a Friday 17:00 ticket with a 60 minute target is due Monday 10:00 local."""
    scenario = Scenario().ticket("2024-06-07 21:00").customer("2024-06-07 21:00")
    scenario.target("2024-06-07 21:00", "first_reply", 60).agent("2024-06-10 15:00")
    row = scenario.run(tmp_path).instance("first_reply")
    assert row["breach_at_all"] == row["breach_at_last"] == "2024-06-10T14:00:00Z"
    assert judged(row) == ("reply", "7200", "breached")


def test_priority_changed_mid_ticket(tmp_path: Path) -> None:
    """fivetran/dbt_zendesk v1.6.1: policy and priority of a row are those of its last revision, not today's."""
    scenario = asked().target(NINE, "first_reply", 240).field("2024-06-03 10:00", "priority", "urgent", AGENT)
    scenario.target("2024-06-03 10:00", "first_reply", 120).agent("2024-06-03 10:30")
    scenario.field("2024-06-03 11:00", "priority", "low", AGENT).field("2024-06-03 11:00", "sla_policy", "VIP")
    row = scenario.run(tmp_path).instance("first_reply")
    assert (row["priority"], row["policy"], row["revisions"]) == ("urgent", "Std", "1")
    assert (row["target_first_s"], row["target_s"], row["revised_at"]) == ("14400", "7200", "2024-06-03T10:00:00Z")
    assert judged(row) == ("reply", "5400", "met")


def test_priority_changed_mid_ticket_with_a_stricter_target_breaches_at_the_change(tmp_path: Path) -> None:
    """Section 9: breach_at is never before the revision that was exceeded."""
    scenario = asked().target(NINE, "first_reply", 240).target("2024-06-03 11:00", "first_reply", 60)
    row = scenario.agent("2024-06-03 11:00:01").run(tmp_path).instance("first_reply")
    assert (row["breach_at_all"], row["verdict_all"]) == ("2024-06-03T11:00:00Z", "breached")


def test_priority_changed_mid_ticket_with_the_same_target_revises_nothing(tmp_path: Path) -> None:
    """Section 9: the same value again is no revision, so the old priority stays."""
    scenario = asked().target(NINE, "first_reply", 240).field("2024-06-03 10:00", "priority", "urgent", AGENT)
    row = scenario.target("2024-06-03 10:00", "first_reply", 240).run(tmp_path).instance("first_reply")
    assert (row["revisions"], row["priority"], row["revised_at"]) == ("0", "normal", "2024-06-03T09:00:00Z")


def test_priority_changed_mid_ticket_from_business_to_calendar(tmp_path: Path) -> None:
    """Section 9: each revision is judged by its own clock, elapsed shows the last one's."""
    scenario = asked().target(NINE, "first_reply", 480).target("2024-06-04 09:00", "first_reply", 3_000, business=False)
    row = scenario.agent("2024-06-04 10:00").run(tmp_path).instance("first_reply")
    assert (row["clock"], row["elapsed_all_s"], row["elapsed_last_s"]) == ("calendar", "90000", "90000")
    assert row["verdict_all"] == "met"


def test_lax_target_after_breach(tmp_path: Path) -> None:
    """Section 9: a later, laxer target does not undo a breach."""
    scenario = asked().target(NINE, "first_reply", 60).target("2024-06-03 12:00", "first_reply", 480)
    row = scenario.agent("2024-06-03 13:00").run(tmp_path).instance("first_reply")
    assert (row["target_s"], row["breach_at_all"], row["verdict_all"]) == ("28800", "2024-06-03T10:00:00Z", "breached")


@pytest.mark.parametrize(("second", "verdict"), [("00", "met"), ("01", "breached")])
def test_target_equal_is_met(tmp_path: Path, second: str, verdict: str) -> None:
    """Section 9: elapsed equal to the target is met; one second more is a breach."""
    scenario = asked().target(NINE, "first_reply", 60).agent(f"2024-06-03 10:00:{second}")
    row = scenario.run(tmp_path).instance("first_reply")
    assert (row["verdict_all"], row["verdict_last"]) == (verdict, verdict)


@pytest.mark.parametrize(("minutes", "verdict"), [(120, "met"), (60, "breached")])
def test_solved_without_reply(tmp_path: Path, minutes: int, verdict: str) -> None:
    """Section 9: a solve ends the first reply target; the first reply time stays empty."""
    outcome = asked().target(NINE, "first_reply", minutes).status("2024-06-03 11:00", "solved").run(tmp_path)
    assert judged(outcome.instance("first_reply")) == ("solved", "7200", verdict)
    assert outcome.seconds("frt.calendar") is None


def test_solved_without_reply_does_not_restart_after_a_reopen(tmp_path: Path) -> None:
    """Section 9: the first reply clock is one run; next replies have their own."""
    scenario = asked().target(NINE, "first_reply", 60).status("2024-06-03 09:30", "closed")
    scenario.status("2024-06-05 09:30", "open").agent("2024-06-05 12:00")
    assert judged(scenario.run(tmp_path).instance("first_reply")) == ("solved", "1800", "met")


def test_first_reply_target_set_late_counts_from_creation(tmp_path: Path) -> None:
    """Section 9: the clock starts at creation even if the target comes later."""
    scenario = asked().target("2024-06-03 11:00", "first_reply", 60).agent("2024-06-03 11:30")
    row = scenario.run(tmp_path).instance("first_reply")
    assert (row["started_at"], row["applied_at"]) == ("2024-06-03T09:00:00Z", "2024-06-03T11:00:00Z")
    assert (row["elapsed_all_s"], row["breach_at_all"]) == ("9000", "2024-06-03T11:00:00Z")


def test_first_reply_cleared_and_set_again_makes_two_instances(tmp_path: Path) -> None:
    """Section 9: a clear while running cancels; the next target opens a new instance of the same run."""
    scenario = asked().target(NINE, "first_reply", 60).clear("2024-06-03 09:30", "first_reply")
    scenario.target("2024-06-03 11:00", "first_reply", 240).agent("2024-06-03 12:00")
    first, second = scenario.run(tmp_path).instances("first_reply")
    assert judged(first) == ("cancelled", "1800", "cancelled")
    assert judged(second) == ("reply", "10800", "met")
    assert (second["instance"], second["started_at"]) == ("2", "2024-06-03T09:00:00Z")


def test_a_clear_after_the_breach_stays_a_breach(tmp_path: Path) -> None:
    """Section 9: ended by cancelled: breached if already so."""
    scenario = asked().target(NINE, "first_reply", 60).clear("2024-06-03 11:00", "first_reply")
    assert judged(scenario.run(tmp_path).instance("first_reply")) == ("cancelled", "7200", "breached")


def test_reply_and_clear_in_one_second_count_as_the_reply(tmp_path: Path) -> None:
    """Section 3: comments come before targets inside one instant."""
    scenario = (
        asked().target(NINE, "first_reply", 60).agent("2024-06-03 09:30").clear("2024-06-03 09:30", "first_reply")
    )
    assert judged(scenario.run(tmp_path).instance("first_reply")) == ("reply", "1800", "met")


def test_next_reply_runs_from_the_oldest_unanswered_message_per_turn(tmp_path: Path) -> None:
    """Section 9: one instance per turn while the target stays set; the opening question is no next turn."""
    scenario = asked().target(NINE, "next_reply", 60).agent("2024-06-03 09:30")
    scenario.customer("2024-06-03 10:00").customer("2024-06-03 10:30").agent("2024-06-03 11:30")
    scenario.customer("2024-06-03 12:00").status("2024-06-03 12:30", "solved")
    first, second = scenario.run(tmp_path).instances("next_reply")
    assert (first["started_at"], *judged(first)) == ("2024-06-03T10:00:00Z", "reply", "5400", "breached")
    assert (second["started_at"], *judged(second)) == ("2024-06-03T12:00:00Z", "solved", "1800", "met")


def test_next_reply_question_and_answer_in_one_second_make_no_instance(tmp_path: Path) -> None:
    """Section 9: instances are created in step (d), when the turn is already answered."""
    scenario = asked().target(NINE, "next_reply", 60).agent("2024-06-03 09:30", number=5)
    outcome = scenario.customer("2024-06-03 10:00", number=6).agent("2024-06-03 10:00", number=7).run(tmp_path)
    assert outcome.instances("next_reply") == []
    assert outcome.seconds("nrt_n") == 1


def test_periodic_update_reopens_at_each_agent_comment(tmp_path: Path) -> None:
    """Section 9: from comment to comment while unsolved; the comment that solves ends the last one."""
    scenario = asked().agent("2024-06-03 09:30").target("2024-06-03 10:00", "periodic_update", 60)
    scenario.agent("2024-06-03 10:15").status("2024-06-03 10:15", "pending").agent("2024-06-03 12:15")
    scenario.agent("2024-06-03 12:45").status("2024-06-03 12:45", "solved").agent("2024-06-03 13:00")
    rows = scenario.run(tmp_path).instances("periodic_update")
    assert [row["started_at"][11:16] for row in rows] == ["09:30", "10:15", "12:15"]
    assert [judged(row) for row in rows] == [
        ("reply", "2700", "met"),
        ("reply", "7200", "breached"),
        ("reply", "1800", "met"),
    ]
    assert rows[0]["applied_at"] == "2024-06-03T10:00:00Z"


def test_pausable_update_stands_still_while_pending(tmp_path: Path) -> None:
    """Section 9: as periodic update, but it runs in new, open and hold only."""
    scenario = (
        asked().target(NINE, "pausable_update", 60).agent("2024-06-03 09:30").status("2024-06-03 10:00", "pending")
    )
    scenario.status("2024-06-03 13:00", "hold").agent("2024-06-03 13:20")
    (row, running) = scenario.run(tmp_path).instances("pausable_update")
    assert judged(row) == ("reply", "3000", "met")
    assert (running["started_at"], running["end_reason"]) == ("2024-06-03T13:20:00Z", "open")


@pytest.mark.parametrize(
    ("metric", "seconds"), [("requester_wait", "14400"), ("agent_work", "10800"), ("total_resolution", "18000")]
)
def test_cumulative_targets_run_over_reopens(tmp_path: Path, metric: str, seconds: str) -> None:
    """Section 9: open 1 h, pending 1 h, hold 1 h, solved, a day later open 2 h, solved: the last solve ends it."""
    scenario = (
        asked().target(NINE, metric, 480).status("2024-06-03 10:00", "pending").status("2024-06-03 11:00", "hold")
    )
    scenario.status("2024-06-03 12:00", "solved").status("2024-06-04 09:00", "open")
    row = (
        scenario.status("2024-06-04 11:00", "solved")
        .status("2024-06-08 11:00", "closed")
        .run(tmp_path)
        .instance(metric)
    )
    assert judged(row) == ("solved", seconds, "met")
    assert row["ended_at"] == "2024-06-04T11:00:00Z"


def test_cumulative_targets_ignore_rows_that_arrive_while_solved(tmp_path: Path) -> None:
    """Section 9: while solved a row neither opens, revises nor clears, not even after the reopen."""
    scenario = asked().target(NINE, "agent_work", 480).status("2024-06-03 10:00", "solved")
    scenario.target("2024-06-03 11:00", "agent_work", 1).target("2024-06-03 11:00", "total_resolution", 240)
    scenario.clear("2024-06-03 12:00", "agent_work").status("2024-06-04 09:00", "open")
    outcome = scenario.status("2024-06-04 10:00", "solved").run(tmp_path)
    work, total = outcome.instance("agent_work"), outcome.instance("total_resolution")
    assert (work["target_s"], work["revisions"], *judged(work)) == ("28800", "0", "solved", "7200", "met")
    assert (total["started_at"], total["applied_at"]) == ("2024-06-03T09:00:00Z", "2024-06-04T09:00:00Z")
    assert judged(total) == ("solved", "7200", "met")


def test_cumulative_target_row_at_the_reopen_revises(tmp_path: Path) -> None:
    """Section 3: step (d) sees the status after the update, so the ticket is unsolved by then."""
    scenario = asked().target(NINE, "agent_work", 480).status("2024-06-03 10:00", "solved")
    scenario.status("2024-06-04 09:00", "open").target("2024-06-04 09:00", "agent_work", 60)
    row = scenario.status("2024-06-04 10:00", "solved").run(tmp_path).instance("agent_work")
    assert (row["revisions"], row["breach_at_all"], row["verdict_all"]) == ("1", "2024-06-04T09:00:00Z", "breached")


def test_group_ownership_passes_from_group_to_group(tmp_path: Path) -> None:
    """Section 9: reassigned ends it, a reopen starts it anew; pending and solved time does not count."""
    scenario = asked().target(NINE, "group_ownership", 60).field("2024-06-03 10:00", "group_id", 11, AGENT)
    scenario.status("2024-06-03 10:30", "pending").field("2024-06-03 12:00", "group_id", 12, AGENT)
    scenario.status("2024-06-03 13:00", "open").status("2024-06-03 14:30", "solved")
    scenario.field("2024-06-03 15:00", "group_id", 13, AGENT).status("2024-06-04 09:00", "open")
    first, second, third = scenario.run(tmp_path).instances("group_ownership")
    assert (first["started_at"], *judged(first)) == ("2024-06-03T10:00:00Z", "reassigned", "1800", "met")
    assert (second["started_at"], *judged(second)) == ("2024-06-03T12:00:00Z", "solved", "5400", "breached")
    assert (third["started_at"], third["end_reason"], third["verdict_all"]) == (
        "2024-06-04T09:00:00Z",
        "open",
        "overdue",
    )


def test_deleted_ticket_ends_running_targets(tmp_path: Path) -> None:
    """Section 9: deleted ends all running instances: breached if already so, else cancelled."""
    scenario = asked().target(NINE, "first_reply", 60).target(NINE, "requester_wait", 240)
    outcome = scenario.status("2024-06-03 11:00", "deleted").run(tmp_path)
    assert judged(outcome.instance("first_reply")) == ("deleted", "7200", "breached")
    assert judged(outcome.instance("requester_wait")) == ("deleted", "7200", "cancelled")
    assert {row["exclusion"] for row in outcome.sla} == {"deleted"}


def test_deleted_after_the_solve_ends_a_cumulative_target_as_deleted(tmp_path: Path) -> None:
    """Section 9: a cumulative target is fulfilled only while the ticket is solved or closed at as-of."""
    scenario = asked().target(NINE, "agent_work", 240).target(NINE, "first_reply", 240)
    outcome = scenario.status("2024-06-03 11:00", "solved").status("2024-06-03 12:00", "deleted").run(tmp_path)
    assert judged(outcome.instance("agent_work")) == ("deleted", "7200", "cancelled")
    assert outcome.instance("agent_work")["ended_at"] == "2024-06-03T12:00:00Z"
    assert judged(outcome.instance("first_reply")) == ("solved", "7200", "met")


def test_a_restored_ticket_opens_new_instances_of_its_targets(tmp_path: Path) -> None:
    """Section 9: an instance is created when clock and target meet again; deleted time does not count."""
    scenario = asked().target(NINE, "agent_work", 240).status("2024-06-03 10:00", "deleted")
    scenario.status("2024-06-03 12:00", "open").status("2024-06-03 13:00", "solved")
    first, second = scenario.run(tmp_path).instances("agent_work")
    assert judged(first) == ("deleted", "3600", "cancelled")
    assert (second["started_at"], second["applied_at"]) == ("2024-06-03T09:00:00Z", "2024-06-03T12:00:00Z")
    assert judged(second) == ("solved", "7200", "met")


def test_solve_and_group_change_in_one_second_count_as_the_solve(tmp_path: Path) -> None:
    """Section 3: the status of an update is taken before its group."""
    scenario = asked().field(NINE, "group_id", 11).target(NINE, "group_ownership", 60)
    outcome = scenario.status("2024-06-03 09:30", "solved").field("2024-06-03 09:30", "group_id", 12).run(tmp_path)
    assert judged(outcome.instance("group_ownership")) == ("solved", "1800", "met")


@pytest.mark.parametrize(("as_of", "verdict"), [("2024-06-03 10:00:00", "running"), ("2024-06-03 10:00:01", "overdue")])
def test_open_targets_are_running_until_the_target_is_exceeded(tmp_path: Path, as_of: str, verdict: str) -> None:
    """Section 9: open at as-of: overdue or running, elapsed up to as-of."""
    row = asked(as_of).target(NINE, "first_reply", 60).run(tmp_path).instance("first_reply")
    assert (row["end_reason"], row["verdict_all"], row["ended_at"]) == ("open", verdict, "")


def test_last_mode_measures_reply_targets_by_the_schedule_at_their_end(tmp_path: Path) -> None:
    """Section 9: reply clocks are one span in last mode, and breach_at follows the same measure."""
    scenario = asked().add_schedule(2, "UTC", ALWAYS).target(NINE, "first_reply", 600)
    row = scenario.schedule("2024-06-03 20:00", 2).agent("2024-06-03 21:00").run(tmp_path).instance("first_reply")
    assert (row["elapsed_all_s"], row["verdict_all"], row["breach_at_all"]) == ("32400", "met", "")
    assert (row["elapsed_last_s"], row["verdict_last"]) == ("43200", "breached")
    assert row["breach_at_last"] == "2024-06-03T19:00:00Z"


def test_last_mode_adds_status_intervals_each_by_the_schedule_at_its_end(tmp_path: Path) -> None:
    """Section 9: the other clocks are added per status interval, clipped to the instance."""
    scenario = asked().add_schedule(2, "UTC", ALWAYS).target(NINE, "agent_work", 600)
    scenario.status("2024-06-03 19:00", "open").schedule("2024-06-03 20:00", 2).status("2024-06-03 21:00", "solved")
    row = scenario.run(tmp_path).instance("agent_work")
    assert (row["elapsed_all_s"], row["elapsed_last_s"]) == ("32400", "36000")
    assert (row["verdict_all"], row["verdict_last"]) == ("met", "met")


def test_a_target_before_creation_counts_at_creation(tmp_path: Path) -> None:
    """Section 2: clamped rows happen at creation; of two the later one counts, without a revision."""
    scenario = asked().target("2024-06-03 08:58", "first_reply", 10).target("2024-06-03 08:59", "first_reply", 60)
    row = scenario.agent("2024-06-03 09:30").run(tmp_path).instance("first_reply")
    assert (row["target_first_s"], row["revisions"], row["applied_at"]) == ("3600", "0", "2024-06-03T09:00:00Z")
