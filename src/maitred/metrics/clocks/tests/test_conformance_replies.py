"""Conformance: replies, turns, actors, ratings and the order of events give the figures of the specification."""

from __future__ import annotations

from pathlib import Path

import pytest

from maitred.metrics.clocks.tests.corpora import rewrite_folder
from maitred.metrics.clocks.tests.scenarios import (
    AGENT,
    ALWAYS,
    BOT,
    CUSTOMER,
    OTHER_AGENT,
    Outcome,
    Scenario,
)
from maitred.metrics.clocks.tests.support import clock_folder


def always_open() -> Scenario:
    """An always-open desk in UTC, so that business time is wall time."""
    return Scenario(zone="UTC", hours=ALWAYS, holidays=())


def asked(at: str = "2024-06-03 10:00") -> Scenario:
    """A new ticket with the customer's message."""
    return always_open().ticket(at).customer(at).status(at, "new", CUSTOMER)


def cells(outcome: Outcome, *columns: str) -> tuple[str, ...]:
    return tuple(outcome.ticket[column] for column in columns)


def test_update_does_not_replace_first_reply(tmp_path: Path) -> None:
    """zammad/zammad#3410, #5177, #3140: later replies, also after a reopen, leave the first reply time alone."""
    scenario = asked().agent("2024-06-03 10:30").status("2024-06-03 10:30", "solved")
    scenario.customer("2024-06-05 09:00").status("2024-06-05 09:00", "open", CUSTOMER)
    scenario.agent("2024-06-05 09:05").agent("2024-06-05 12:00", OTHER_AGENT)
    outcome = scenario.run(tmp_path)
    assert outcome.seconds("frt.calendar") == 1_800
    assert cells(outcome, "first_reply_at", "first_reply_agent_id") == ("2024-06-03T10:30:00Z", str(AGENT))


def test_null_safe(tmp_path: Path) -> None:
    """zammad/zammad#2579, #4516: a ticket with nothing but itself has empty clocks, not failures or zeros."""
    outcome = always_open().ticket("2024-06-03 10:00", status="open").run(tmp_path)
    empty = ("frt.calendar", "time_to_assign.calendar", "frt_assign.calendar", "first_resolution.calendar")
    assert cells(outcome, *empty, "nrt_sum.calendar", "nrt_max.business_all") == ("",) * 6
    assert cells(outcome, "nrt_n", "touches", "waiting_reply", "handled_by", "status") == (
        "0",
        "0",
        "0",
        "none",
        "open",
    )
    assert outcome.sla == []


def test_null_safe_next_reply_time_is_kept_per_occurrence(tmp_path: Path) -> None:
    """zammad/zammad#2579: two answered turns of 10 and 50 minutes: n 2, sum 60, longest 50, from the oldest message."""
    scenario = asked().agent("2024-06-03 10:30")
    scenario.customer("2024-06-03 11:00").customer("2024-06-03 11:05").agent("2024-06-03 11:10")
    outcome = scenario.customer("2024-06-03 12:00").agent("2024-06-03 12:50").agent("2024-06-03 12:55").run(tmp_path)
    assert outcome.seconds("nrt_n") == 2
    assert outcome.seconds("nrt_sum.business_all") == 3_600
    assert outcome.seconds("nrt_max.calendar") == 3_000


def test_agent_created_no_reply(tmp_path: Path) -> None:
    """ZD4408834848154: the opening message of an agent's own ticket is no reply."""
    scenario = always_open().ticket("2024-06-03 10:00").agent("2024-06-03 10:00").status("2024-06-03 10:00", "new")
    outcome = scenario.status("2024-06-03 12:00", "solved").run(tmp_path)
    assert outcome.seconds("frt.calendar") is None
    assert cells(outcome, "public_agent_replies", "one_touch", "handled_by") == ("1", "1", "human")


def test_agent_created_second_public_comment_is_the_first_reply(tmp_path: Path) -> None:
    """ZD4408834848154: on an agent-created ticket the second public agent comment counts."""
    scenario = always_open().ticket("2024-06-03 10:00").agent("2024-06-03 10:00").agent("2024-06-03 11:00", OTHER_AGENT)
    outcome = scenario.run(tmp_path)
    assert cells(outcome, "frt.calendar", "first_reply_agent_id") == ("3600", str(OTHER_AGENT))


def test_agent_created_note_first(tmp_path: Path) -> None:
    """ZD4408834848154: when a note comes first, the first public agent comment is a reply."""
    scenario = always_open().ticket("2024-06-03 10:00").note("2024-06-03 10:00").agent("2024-06-03 10:20")
    assert scenario.run(tmp_path).seconds("frt.calendar") == 1_200


def test_bot_reply_is_no_reply(tmp_path: Path) -> None:
    """chatwoot/chatwoot PR 12058, #7679: a bot's answer does not stop the human first reply clock."""
    outcome = asked().bot("2024-06-03 10:01").run(tmp_path)
    assert cells(outcome, "frt.calendar", "frt_any.calendar") == ("", "60")
    assert cells(outcome, "bot_replies", "public_agent_replies", "handled_by") == ("1", "0", "bot")
    assert cells(outcome, "waiting_reply", "waiting_since") == ("1", "2024-06-03T10:00:00Z")


def test_bot_then_human(tmp_path: Path) -> None:
    """ZD4408834848154: frt runs to the human, frt_any to the bot."""
    outcome = asked().bot("2024-06-03 10:01").agent("2024-06-03 10:45").run(tmp_path)
    assert cells(outcome, "frt.calendar", "frt_any.calendar", "handled_by") == ("2700", "60", "mixed")


def test_reopen_starts_episode(tmp_path: Path) -> None:
    """chatwoot/chatwoot PR 12058 (5 d 1 h 10 min instead of 10 min): the reply after a reopen waits from its turn."""
    scenario = asked().agent("2024-06-03 10:30").status("2024-06-03 11:00", "solved")
    scenario.customer("2024-06-08 12:00").status("2024-06-08 12:00", "open", CUSTOMER).agent("2024-06-08 12:10")
    outcome = scenario.run(tmp_path)
    assert cells(outcome, "reopens.transitions", "frt.calendar", "nrt_n", "nrt_max.calendar") == (
        "1",
        "1800",
        "1",
        "600",
    )


def rated(scenario: Scenario, *ratings: tuple[str, str]) -> Scenario:
    for at, value in ratings:
        scenario.field(at, "satisfaction_score", value, CUSTOMER)
    return scenario


def test_csat_good_to_bad(tmp_path: Path) -> None:
    """chatwoot/chatwoot#14872: flags in the order of time; the rating belongs to the instant of the last one."""
    scenario = asked().assign("2024-06-03 10:10", AGENT).agent("2024-06-03 10:30").status("2024-06-03 10:30", "solved")
    rated(
        scenario,
        ("2024-06-03 11:30", "offered"),
        ("2024-06-03 12:00", "good"),
        ("2024-06-04 12:00", "bad_with_comment"),
    )
    scenario.assign("2024-06-04 11:00", OTHER_AGENT)
    outcome = scenario.run(tmp_path)
    assert cells(outcome, "csat.offered", "csat.first", "csat.last") == ("1", "good", "bad")
    assert cells(outcome, "csat.good_to_bad", "csat.bad_to_good") == ("1", "0")
    assert cells(outcome, "csat.agent_at_rating", "csat.agent_at_solve") == (str(OTHER_AGENT), str(AGENT))


def test_csat_bad_to_good(tmp_path: Path) -> None:
    """The mirror image; a public package has the two flags reversed."""
    scenario = asked().agent("2024-06-03 10:30").status("2024-06-03 10:30", "solved")
    outcome = rated(scenario, ("2024-06-04 12:00", "bad"), ("2024-06-05 12:00", "good")).run(tmp_path)
    assert cells(outcome, "csat.good_to_bad", "csat.bad_to_good", "csat.last") == ("0", "1", "good")


def test_csat_offered_without_an_answer(tmp_path: Path) -> None:
    """An offer is no rating; nobody is attributed."""
    scenario = asked().agent("2024-06-03 10:30").status("2024-06-03 10:30", "solved")
    outcome = rated(scenario, ("2024-06-04 12:00", "offered")).run(tmp_path)
    assert cells(outcome, "csat.offered", "csat.last", "csat.agent_last_reply") == ("1", "", "")


def test_csat_reassigned_before_rating(tmp_path: Path) -> None:
    """chatwoot/chatwoot PR 15488: a reassignment between solve and rating leaves at_solve alone."""
    scenario = asked().assign("2024-06-03 10:10", AGENT).agent("2024-06-03 10:30").status("2024-06-03 10:30", "solved")
    outcome = rated(scenario.assign("2024-06-03 20:00", OTHER_AGENT), ("2024-06-04 12:00", "good")).run(tmp_path)
    assert cells(outcome, "csat.agent_at_solve", "csat.agent_at_rating", "csat.agent_last_reply") == (
        str(AGENT),
        str(OTHER_AGENT),
        str(AGENT),
    )


def test_csat_assignee_cleared(tmp_path: Path) -> None:
    """chatwoot/chatwoot#14872: clearing the assignee after the solve orphans no rating under the default rule."""
    scenario = asked().assign("2024-06-03 10:10", AGENT).agent("2024-06-03 10:30").status("2024-06-03 10:30", "solved")
    outcome = rated(scenario.assign("2024-06-03 20:00", ""), ("2024-06-04 12:00", "good")).run(tmp_path)
    assert cells(outcome, "csat.agent_at_solve", "csat.agent_at_rating", "last_assignee_id") == (str(AGENT), "", "")


def test_deleted_user_author(tmp_path: Path) -> None:
    """Section 4: an author without a user row is resolved by the ticket's own evidence."""
    scenario = Scenario(zone="UTC", hours=ALWAYS, holidays=()).without_user(CUSTOMER).ticket("2024-06-03 10:00")
    scenario.customer("2024-06-03 10:00").agent("2024-06-03 10:10", 555).note("2024-06-03 10:20", 555)
    outcome = scenario.run(tmp_path)
    assert cells(outcome, "customer_messages", "public_agent_replies", "frt.calendar") == ("1", "1", "600")
    assert cells(outcome, "unknown_comments", "agent_comments") == ("0", "2")


def test_downgraded_agent(tmp_path: Path) -> None:
    """Section 4: a removed agent becomes an inactive end-user; having been assignee shows what they were."""
    scenario = (
        asked().user(556, "end-user", active=False).assign("2024-06-03 10:05", 556).agent("2024-06-03 10:10", 556)
    )
    outcome = scenario.assign("2024-06-03 11:00", AGENT).run(tmp_path)
    assert cells(outcome, "frt.calendar", "first_reply_agent_id", "unknown_comments") == ("600", "556", "0")


def test_downgraded_agent_known_only_as_current_assignee(tmp_path: Path) -> None:
    """Section 4: the assignee of history or current column counts as evidence, but starts no assignment clock."""
    scenario = always_open().user(556, "end-user", active=False).ticket("2024-06-03 10:00", assignee=556)
    outcome = scenario.customer("2024-06-03 10:00").agent("2024-06-03 10:10", 556).run(tmp_path)
    assert cells(outcome, "frt.calendar", "time_to_assign.calendar") == ("600", "")


@pytest.mark.parametrize("author", [777, 888])
def test_unknown_author(tmp_path: Path, author: int) -> None:
    """Section 4: without evidence an author is neither side and is shown as such."""
    outcome = asked().user(888, "end-user", active=False).agent("2024-06-03 10:10", author).run(tmp_path)
    assert cells(outcome, "frt.calendar", "unknown_comments", "customer_messages", "waiting_reply") == (
        "",
        "1",
        "1",
        "1",
    )


@pytest.mark.parametrize("author", ["", -1, 0])
def test_unknown_author_with_an_empty_or_negative_id_is_the_system(tmp_path: Path, author: object) -> None:
    """Section 4: id null or not positive is the system: counted nowhere."""
    outcome = asked().agent("2024-06-03 10:10", author).run(tmp_path)
    assert cells(outcome, "frt.calendar", "unknown_comments", "public_agent_replies", "touches") == ("", "0", "0", "0")


def test_merged_secondary(tmp_path: Path) -> None:
    """Section 2: the tag of a merge excludes the ticket; its clocks are computed all the same."""
    scenario = asked().agent("2024-06-03 10:30").status("2024-06-03 10:30", "closed").tag("closed_by_merge").tag("vip")
    outcome = scenario.run(tmp_path)
    assert cells(outcome, "exclusion", "frt.calendar", "solves", "first_solved_at") == (
        "merged",
        "1800",
        "1",
        "2024-06-03T10:30:00Z",
    )


def test_deleted_ticket(tmp_path: Path) -> None:
    """Section 8: deleted time counts nowhere, an open turn is dropped, clocks so far stay."""
    scenario = asked().status("2024-06-03 12:00", "deleted").tag("closed_by_merge")
    outcome = scenario.run(tmp_path)
    assert cells(outcome, "exclusion", "is_open", "waiting_reply", "new_time.calendar") == ("deleted", "0", "0", "7200")
    assert cells(outcome, "unsolved_time.business_all", "full_resolution.calendar") == ("7200", "")


def test_same_second_burst(tmp_path: Path) -> None:
    """Section 3: messages of one second are taken in the order of their ids, then all field changes as one update."""
    at = "2024-06-03 11:00:00"
    scenario = asked().agent("2024-06-03 10:30", number=10)
    scenario.customer(at, number=23).agent(at, number=22).customer(at, number=21).note(at, number=20)
    scenario.status(at, "pending").assign(at, AGENT).field(at, "group_id", 12, AGENT)
    outcome = scenario.run(tmp_path)
    assert cells(outcome, "nrt_n", "nrt_sum.calendar", "waiting_reply", "waiting_since") == (
        "1",
        "0",
        "1",
        "2024-06-03T11:00:00Z",
    )
    assert cells(outcome, "touches", "internal_notes", "status") == ("2", "1", "pending")


def test_same_second_burst_that_solves_drops_the_open_turn(tmp_path: Path) -> None:
    """Section 7: after any instant that leaves the ticket solved an open turn is dropped, thanks included."""
    scenario = asked().agent("2024-06-03 10:30").customer("2024-06-03 11:00").status("2024-06-03 11:00", "solved")
    outcome = scenario.customer("2024-06-03 15:00").run(tmp_path)
    assert cells(outcome, "waiting_reply", "nrt_n", "customer_messages") == ("0", "0", "3")


def test_before_creation(tmp_path: Path) -> None:
    """Section 2: what is dated before creation happens at creation, in its own order."""
    scenario = always_open().ticket("2024-06-03 10:00").customer("2024-06-03 09:58", number=9)
    scenario.agent("2024-06-03 09:59", number=3).status("2024-06-03 09:30", "new").status("2024-06-03 09:40", "open")
    outcome = scenario.assign("2024-06-03 09:50", AGENT).schedule("2024-06-01 00:00", 1).run(tmp_path)
    assert cells(outcome, "frt.calendar", "first_reply_at") == ("0", "2024-06-03T10:00:00Z")
    assert cells(outcome, "time_to_assign.calendar", "new_time.calendar") == ("0", "0")
    assert outcome.seconds("open_time.calendar") == outcome.seconds("unsolved_time.calendar")


def test_first_status_late(tmp_path: Path) -> None:
    """Section 2: between creation and a later first status row the status is new."""
    scenario = always_open().ticket("2024-06-03 10:00", status="solved").customer("2024-06-03 10:00")
    outcome = scenario.status("2024-06-03 13:00", "open").status("2024-06-03 14:00", "solved").run(tmp_path)
    assert cells(outcome, "new_time.calendar", "open_time.calendar") == ("10800", "3600")


def test_first_status_late_never_comes(tmp_path: Path) -> None:
    """Section 2: with no status row at all the current column holds from creation."""
    outcome = Scenario(as_of="2024-06-04 10:00:00").ticket("2024-06-03 10:00", status="hold").run(tmp_path)
    assert cells(outcome, "status", "hold_time.calendar", "new_time.calendar") == ("hold", "86400", "0")


def test_zero_length_status(tmp_path: Path) -> None:
    """Section 2: several status rows at one instant after clamping: the last counts; a real zero adds nothing."""
    scenario = always_open().ticket("2024-06-03 10:00").status("2024-06-03 09:59:58", "open")
    scenario.status("2024-06-03 09:59:59", "solved").status("2024-06-03 10:00", "open")
    outcome = scenario.status("2024-06-03 12:00", "solved").run(tmp_path)
    assert cells(outcome, "solves", "reopens.transitions", "open_time.calendar") == ("1", "0", "7200")


def test_duplicate_rows(tmp_path: Path) -> None:
    """Section 2: exact copies change nothing, of two versions the newer synced one counts."""
    scenario = asked().agent("2024-06-03 10:30").status("2024-06-03 10:30", "pending")
    scenario.rows["ticket_comment"] *= 2
    scenario.rows["ticket_field_history"] *= 2
    older = [9_999, 1_000, "2024-06-03 10:05", True, AGENT, "text", "2024-07-01 00:00:00"]
    newer = [9_999, 1_000, "2024-06-03 10:05", False, AGENT, "text", "2024-07-02 00:00:00"]
    scenario.rows["ticket_comment"] += [newer, older]
    outcome = scenario.run(tmp_path)
    assert cells(outcome, "frt.calendar", "public_agent_replies", "internal_notes") == ("1800", "1", "1")


def test_shuffled_rows(tmp_path: Path) -> None:
    """Section 1: the same rows in any order give the same exports."""
    scenario = asked().target("2024-06-03 10:00", "first_reply", 30).agent("2024-06-03 10:30")
    scenario.status("2024-06-03 10:30", "pending").customer("2024-06-03 11:00")
    scenario.status("2024-06-03 11:00", "open", CUSTOMER).target("2024-06-03 11:00", "next_reply", 60).agent(
        "2024-06-03 13:00"
    ).status("2024-06-03 13:00", "solved")
    folder = scenario.write(tmp_path / "straight")
    exports = clock_folder(folder)
    assert exports[0][0]["nrt_sum.calendar"] == "7200"
    for seed in range(3):
        rewrite_folder(folder, tmp_path / f"shuffled{seed}", seed=seed, repeat=seed == 2)
        assert clock_folder(tmp_path / f"shuffled{seed}") == exports


def test_repeated_status_row(tmp_path: Path) -> None:
    """Section 2: a row that repeats the status is no solve, no reopen and no touch."""
    scenario = asked().status("2024-06-03 11:00", "solved").status("2024-06-03 12:00", "solved", OTHER_AGENT)
    outcome = scenario.run(tmp_path)
    assert cells(outcome, "solves", "last_solved_at", "solver_id", "touches") == (
        "1",
        "2024-06-03T11:00:00Z",
        str(AGENT),
        "1",
    )


def test_pending_parked(tmp_path: Path) -> None:
    """The "customer replied while paused" case: the turn is open although the status still says pending."""
    scenario = asked().agent("2024-06-03 10:30").status("2024-06-03 10:30", "pending")
    outcome = scenario.customer("2024-06-03 15:00").run(tmp_path)
    assert cells(outcome, "status", "waiting_reply", "waiting_since") == ("pending", "1", "2024-06-03T15:00:00Z")


def test_one_touch_zero_replies(tmp_path: Path) -> None:
    """Section 8: a solved ticket without a reply is in no touch class (a public package calls it multi-touch)."""
    outcome = asked().status("2024-06-03 11:00", "solved").run(tmp_path)
    assert cells(outcome, "one_touch", "two_touch", "multi_touch", "solves") == ("0", "0", "0", "1")


@pytest.mark.parametrize(
    ("replies", "classes"), [(1, ("1", "0", "0")), (2, ("0", "1", "0")), (3, ("0", "0", "1")), (4, ("0", "0", "1"))]
)
def test_one_touch_counts_public_human_replies(tmp_path: Path, replies: int, classes: tuple[str, ...]) -> None:
    """Section 8: exactly one, exactly two, more than two public human replies; notes and bots do not count."""
    scenario = asked().note("2024-06-03 10:05").bot("2024-06-03 10:06")
    for minute in range(replies):
        scenario.agent(f"2024-06-03 11:0{minute}")
    outcome = scenario.status("2024-06-03 12:00", "solved").run(tmp_path)
    assert cells(outcome, "one_touch", "two_touch", "multi_touch") == classes


def test_reopen_definitions(tmp_path: Path) -> None:
    """Section 8: both counts: solves minus one, and transitions from solved to new or open."""
    scenario = asked().agent("2024-06-03 10:30").status("2024-06-03 10:30", "solved")
    scenario.status("2024-06-04 10:00", "open", CUSTOMER).status("2024-06-04 12:00", "pending")
    scenario.status("2024-06-05 10:00", "solved").status("2024-06-06 10:00", "pending")
    outcome = scenario.status("2024-06-07 10:00", "solved").status("2024-06-11 10:00", "closed", "").run(tmp_path)
    assert cells(outcome, "solves", "reopens.solves", "reopens.transitions", "one_touch") == ("3", "2", "1", "0")


def test_reopen_definitions_for_a_ticket_reopened_and_left_open(tmp_path: Path) -> None:
    """Section 8: reopened, not solved again: no second solve, one transition, no full resolution."""
    scenario = asked().status("2024-06-03 12:00", "solved").status("2024-06-04 12:00", "open", CUSTOMER)
    outcome = scenario.run(tmp_path)
    assert cells(outcome, "reopens.solves", "reopens.transitions", "full_resolution.calendar") == ("0", "1", "")
    assert cells(outcome, "first_resolution.calendar", "is_open") == ("7200", "1")


def test_solver_is_null_when_a_bot_or_the_system_solves(tmp_path: Path) -> None:
    """Section 8: the solver is the human actor of the last solve, never the assignee instead."""
    scenario = asked().assign("2024-06-03 10:10", AGENT).status("2024-06-03 11:00", "solved", BOT)
    assert cells(scenario.run(tmp_path), "solver_id", "last_assignee_id") == ("", str(AGENT))


def test_reassignments_and_group_changes_skip_repeats_and_nulls(tmp_path: Path) -> None:
    """Section 8: changes between consecutive different non-null values."""
    scenario = asked()
    for hour, assignee in enumerate((AGENT, "", AGENT, OTHER_AGENT, OTHER_AGENT, "", AGENT)):
        scenario.assign(f"2024-06-03 1{hour}:30", assignee)
    for hour, group in enumerate((11, 12, "", 12, 11)):
        scenario.field(f"2024-06-03 1{hour}:40", "group_id", group, AGENT)
    outcome = scenario.run(tmp_path)
    assert cells(outcome, "assignees", "reassignments", "groups", "group_changes") == ("2", "2", "2", "2")
    assert cells(outcome, "first_assignee_id", "last_assignee_id") == (str(AGENT), str(AGENT))


def test_frt_assign_waits_for_the_first_assignee(tmp_path: Path) -> None:
    """Section 8: from the first assignment to the first public message of that very agent, same second included."""
    scenario = (
        asked().agent("2024-06-03 10:10").assign("2024-06-03 10:20", AGENT).agent("2024-06-03 10:25", OTHER_AGENT)
    )
    outcome = scenario.note("2024-06-03 10:30").agent("2024-06-03 11:20").run(tmp_path)
    assert cells(outcome, "frt_assign.calendar", "time_to_assign.calendar") == ("3600", "1200")


def test_rows_later_than_as_of_are_ignored(tmp_path: Path) -> None:
    """Section 2: the as-of instant itself still counts, one second later does not."""
    scenario = Scenario(as_of="2024-06-03 12:00:00").ticket("2024-06-03 10:00", status="closed")
    scenario.customer("2024-06-03 10:00").status("2024-06-03 10:00", "new").agent("2024-06-03 12:00:00")
    scenario.status("2024-06-03 12:00:01", "solved").ticket("2024-06-03 12:00:01")
    outcome = scenario.run(tmp_path)
    assert cells(outcome, "status", "frt.calendar", "new_time.calendar", "solves") == ("new", "7200", "7200", "0")
