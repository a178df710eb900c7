from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from maitred.canon.tables import STATUSES, TABLES
from maitred.floor.logbook import Kind
from maitred.floor.records import batches, ids, numbers, settings, tables
from maitred.floor.tests.recorded import GOLD, MIDWAY, small_run, small_tables
from maitred.floor.tests.worlds import small_world

START = datetime(2025, 3, 3, tzinfo=UTC)
INITIAL = {"status", "priority", "group", "requester", "organization", "tags"}


def _events() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = small_tables()["ticket_events"].to_pylist()
    return rows


@pytest.mark.parametrize("name", TABLES)
def test_every_table_has_the_canonical_schema_and_each_key_once(name: str) -> None:
    rows = small_tables()[name]
    assert rows.schema.equals(TABLES[name].schema)
    rows.validate(full=True)
    assert len(set(rows["external_id"].to_pylist())) == rows.num_rows


def test_no_column_holds_a_null_that_the_record_forbids() -> None:
    for name, rows in small_tables().items():
        for field in TABLES[name].schema:
            assert field.nullable or rows[field.name].null_count == 0, (name, field.name)


def test_rows_of_tickets_belong_to_tickets_that_are_there() -> None:
    found = small_tables()
    there = found["tickets"]["external_id"].combine_chunks()
    for name, rows in found.items():
        if TABLES[name].ticket_bound and name != "tickets":
            assert pc.all(pc.is_in(rows["ticket_id"].drop_null(), value_set=there)).as_py() in (True, None), name


def test_ids_of_different_things_differ() -> None:
    found = small_tables()
    lists = ("tickets", "users", "groups", "organizations", "schedules", "sla_policies", "group_members", "brands")
    listed = [one for name in lists for one in found[name]["external_id"].to_pylist()]
    assert len(listed) == len(set(listed))
    assert found["tickets"]["external_id"][0].as_py() == "1001"


def test_events_are_in_total_order_with_the_creation_first() -> None:
    last: dict[str, tuple[Any, int]] = {}
    for row in _events():
        now = (row["occurred_at"], row["seq"])
        before = last.get(row["ticket_id"])
        assert (row["field"] == "created") == (before is None)
        assert before is None or before < now
        last[row["ticket_id"]] = now


def test_a_creation_tells_every_initial_field_without_an_old_value() -> None:
    told: dict[str, set[str]] = {}
    for row in _events():
        if row["batch_id"] + ":created" == row["external_id"]:
            told[row["batch_id"]] = set()
        elif row["batch_id"] in told:
            told[row["batch_id"]].add(row["field"])
            assert row["old_value"] is None
    assert told
    assert all(fields >= INITIAL for fields in told.values())


def test_no_event_changes_nothing_and_each_begins_where_the_last_one_ended() -> None:
    held: dict[tuple[str, str], Any] = {}
    for row in _events():
        place = (row["ticket_id"], row["field"])
        assert row["field"] == "created" or row["old_value"] != row["new_value"]
        if row["field"] in {"status", "priority", "group", "assignee", "tags"}:
            assert row["old_value"] == held.get(place)
        held[place] = row["new_value"]


def test_folding_the_events_gives_the_ticket_as_it_stands() -> None:
    state: dict[str, dict[str, Any]] = {}
    for row in _events():
        state.setdefault(row["ticket_id"], {})[row["field"]] = row["new_value"]
    columns = {"status": "status", "priority": "priority", "group": "group_id", "assignee": "assignee_id"}
    columns |= {"requester": "requester_id", "organization": "organization_id"}
    for ticket in small_tables()["tickets"].to_pylist():
        ends = state[ticket["external_id"]]
        assert {name: ends.get(name) for name in columns} == {n: ticket[c] for n, c in columns.items()}
        assert ends["tags"] == str(ticket["tags"]).replace("'", '"').replace(", ", ",")


def test_the_ticket_stands_as_the_engine_left_it() -> None:
    run = small_run()
    shown = numbers(run)
    rows = {row["external_id"]: row for row in small_tables()["tickets"].to_pylist()}
    for place in np.flatnonzero(shown >= 0)[::7]:
        ticket, row = run.tickets[place], rows[str(shown[place])]
        assert row["status"] == STATUSES[ticket["status"]]
        assert row["requester_id"] == str(ids.CUSTOMER + ticket["customer"])
        assert row["assignee_id"] == (None if ticket["assignee"] < 0 else str(ids.AGENT + ticket["assignee"]))


def test_every_message_of_the_log_is_there_once() -> None:
    run = small_run()
    kinds = (Kind.CREATED, Kind.CUSTOMER_MESSAGE, Kind.AGENT_MESSAGE, Kind.AGENT_NOTE, Kind.MERGED)
    log = run.log[np.isin(run.log["kind"], kinds)]
    expected = int((numbers(run)[log["ticket"]] >= 0).sum())
    rows = small_tables()["messages"]
    assert rows.num_rows == expected
    assert pc.sum(rows["is_first"]).as_py() == small_tables()["tickets"].num_rows


def test_tickets_of_the_hidden_days_are_there_only_when_still_open_and_then_with_their_history() -> None:
    rows = small_tables()["tickets"].to_pylist()
    old = {row["external_id"] for row in rows if row["created_at"] < START}
    assert 0 < len(old) < len(rows) / 5
    before: dict[str, str] = {}
    born = set()
    for row in _events():
        if row["ticket_id"] in old and row["occurred_at"] < START:
            born |= {row["ticket_id"]} if row["field"] == "created" else set()
            if row["field"] == "status":
                before[row["ticket_id"]] = row["new_value"]
    assert born == old
    assert set(before.values()) <= {"new", "open", "pending"}


def test_an_earlier_telling_holds_nothing_later_and_keeps_its_numbers() -> None:
    then, now = small_tables(until=MIDWAY), small_tables()
    for name, moment in (("ticket_events", "occurred_at"), ("messages", "sent_at"), ("tickets", "updated_at")):
        assert 0 < then[name].num_rows < now[name].num_rows
        assert pc.max(then[name][moment]).as_py() <= MIDWAY
    columns = ["external_id", "ticket_id", "occurred_at", "field", "new_value"]
    later = now["ticket_events"].filter(pc.less_equal(now["ticket_events"]["occurred_at"], pa.scalar(MIDWAY)))
    assert then["ticket_events"].select(columns).equals(later.select(columns))


def test_portions_put_together_are_the_whole() -> None:
    first, *parts = batches(small_run(), rows=97)
    whole = small_tables()
    assert len(parts) > 5
    assert first["users"].equals(whole["users"])
    for name in ("tickets", "ticket_events", "messages", "sla_events", "time_entries"):
        assert pa.concat_tables([part[name] for part in parts]).equals(whole[name]), name


def test_targets_are_those_of_the_first_policy_that_fits() -> None:
    found = small_tables()
    tier = {row["external_id"]: row["tier"] for row in found["organizations"].to_pylist()}
    segment = {row["external_id"]: tier[row["organization_id"]] for row in found["tickets"].to_pylist()}
    seconds: dict[str, set[int]] = {}
    for row in found["sla_events"].to_pylist():
        if row["type"] == "applied" and row["metric"] == "first_reply":
            seconds.setdefault(segment[row["ticket_id"]], set()).add(row["target_s"])
    assert seconds["enterprise"] == {GOLD.targets[0].seconds}
    assert seconds["starter"] == {14_400, 1_800}
    named = Counter(row["new_value"] for row in _events() if row["field"] == "sla_policy")
    assert set(named) == {"Gold", "Standard"}


def test_agents_tag_as_rightly_as_their_accuracy_says() -> None:
    world = small_world()
    people = tuple(replace(one, accuracy=0.7) for one in world.agents)
    run = replace(world, agents=people, days=28).run()
    topic = {str(number): run.world.classes[ticket["class_"]].topic
             for number, ticket in zip(numbers(run), run.tickets, strict=True)}  # fmt: skip
    right = [topic[row["external_id"]] in row["tags"] for row in tables(run)["tickets"].to_pylist()
             if {one.topic for one in run.world.classes} & set(row["tags"])]  # fmt: skip
    error = (0.7 * 0.3 / len(right)) ** 0.5
    assert abs(sum(right) / len(right) - 0.7) < 4 * error


def test_time_sheets_hold_the_work_of_people_and_not_of_bots() -> None:
    bots = settings(small_run())["bots"]
    rows = small_tables()["time_entries"]
    assert len(bots) == 1
    assert not set(rows["user_id"].to_pylist()) & set(bots)
    assert pc.min(rows["spent_s"]).as_py() > 0


def test_calls_wait_then_talk_and_lost_ones_have_no_agent() -> None:
    rows = small_tables()["calls"].to_pylist()
    assert {row["outcome"] for row in rows} >= {"answered"}
    for row in rows:
        if row["outcome"] == "answered":
            assert row["started_at"] <= row["answered_at"]
            assert row["agent_id"] is not None
        elif row["outcome"] == "abandoned":
            assert row["agent_id"] is None


def test_generated_texts_follow_the_run_and_do_not_move_anything_else() -> None:
    plain, spoken = small_tables(), tables(small_run(texts=True))
    assert set(plain["messages"]["body_text"].to_pylist()) == {"text"}
    assert len(set(spoken["messages"]["body_text"].to_pylist())) > 500
    assert spoken["ticket_events"].equals(plain["ticket_events"])
    merged = [row for row in spoken["messages"].to_pylist() if "merged into request" in row["body_text"]]
    events = [row for row in spoken["ticket_events"].to_pylist() if row["field"] == "merged"]
    assert len(merged) == len(events)


def test_the_same_world_gives_the_same_tables() -> None:
    again = tables(small_world(policies=small_run().world.policies).run(), kinds=("csat", "nps", "ces"))
    assert all(again[name].equals(rows) for name, rows in small_tables().items())
