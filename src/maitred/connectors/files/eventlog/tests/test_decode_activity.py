"""Logs of things done: with and without a map, who wrote what, and what is set aside."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maitred.base.errors import BadInput
from maitred.connectors.columns import decoded_schema
from maitred.connectors.files.eventlog.decode import decode_log
from maitred.connectors.files.eventlog.mapping import Mapping
from maitred.connectors.files.eventlog.roles import Roles
from maitred.connectors.files.eventlog.tests.logs import (
    ROLES,
    changes,
    decoded,
    events,
    only_ticket,
    table,
)

HELPDESK = """
case | activity              | time                 | actor
1    | Insert ticket         | 2016-02-29T10:00:00Z | web
1    | Take in charge ticket | 2016-02-29T10:05:00Z | Anna
1    | Reply                 | 2016-02-29T10:06:00Z | Anna
1    | Note                  | 2016-02-29T10:07:00Z | Ben
1    | Customer writes       | 2016-02-29T10:08:00Z |
1    | Auto reply            | 2016-02-29T10:08:00Z | bot-7
1    | Escalate              | 2016-02-29T10:09:00Z | Anna
1    | Resolve ticket        | 2016-02-29T10:10:00Z | Ben
"""
HELPDESK_MAP = """
[status]
"Insert ticket" = "new"
"Resolve ticket" = "solved"
[activity."Insert ticket"]
message = "customer"
[activity."Take in charge ticket"]
status = "open"
assignee = "@actor"
[activity.Reply]
message = "agent_public"
[activity.Note]
message = "agent_private"
[activity."Customer writes"]
message = "customer"
[activity."Auto reply"]
message = "bot"
[activity.Escalate]
group = "2nd level"
priority = "high"
assignee = ""
[actors]
bots = ["bot-7"]
"""


def test_without_a_map_every_row_is_an_activity_event_and_times_come_from_first_and_last() -> None:
    log = decode_log(table(HELPDESK), ROLES)
    assert [field for field in {row["field"] for row in events(log)}] in (
        ["created", "custom:activity"],
        ["custom:activity", "created"],
    )
    assert changes(log, "custom:activity")[:3] == [
        ("10:00", None, "Insert ticket"),
        ("10:05", "Insert ticket", "Take in charge ticket"),
        ("10:06", "Take in charge ticket", "Reply"),
    ]
    assert len(events(log, "custom:activity")) == log.rows == 8
    ticket = only_ticket(log)
    assert ticket["created_at"] == datetime(2016, 2, 29, 10, 0, tzinfo=UTC)
    assert ticket["updated_at"] == datetime(2016, 2, 29, 10, 10, tzinfo=UTC)
    assert ticket["status"] == "open"
    assert "messages" not in log.decoded.tables


def test_without_a_map_the_notices_say_which_metrics_cannot_be_computed_yet() -> None:
    told = "\n".join(decode_log(table(HELPDESK), ROLES).decoded.notices)
    for word in ("no status is known", "no messages are known", "no assignee is known", "no ratings are known"):
        assert word in told


def test_every_table_has_exactly_the_decoded_columns() -> None:
    log = decoded(HELPDESK, HELPDESK_MAP)
    assert set(log.decoded.tables) == {"tickets", "ticket_events", "messages", "users", "groups"}
    for name, rows in log.decoded.tables.items():
        assert rows.schema == decoded_schema(name)


def test_a_map_turns_activities_into_status_assignee_group_and_priority() -> None:
    log = decoded(HELPDESK, HELPDESK_MAP)
    assert changes(log, "status") == [("10:00", None, "new"), ("10:05", "new", "open"), ("10:10", "open", "solved")]
    assert changes(log, "assignee") == [("10:05", None, "Anna"), ("10:09", "Anna", None)]
    assert changes(log, "group") == [("10:09", None, "2nd level")]
    assert changes(log, "priority") == [("10:09", None, "high")]
    ticket = only_ticket(log)
    assert (ticket["status"], ticket["status_raw"]) == ("solved", "Resolve ticket")
    assert (ticket["assignee_id"], ticket["group_id"], ticket["priority"]) == (None, "2nd level", "high")
    assert [row["external_id"] for row in log.decoded.tables["groups"].to_pylist()] == ["2nd level"]


def test_messages_have_their_side_and_direction_from_the_map() -> None:
    log = decoded(HELPDESK, HELPDESK_MAP)
    messages = log.decoded.tables["messages"].to_pylist()
    assert [(m["author_id"], m["author_type"], m["direction"], m["is_public"], m["automated"]) for m in messages] == [
        ("web", "customer", "in", True, False),
        ("Anna", "agent", "out", True, False),
        ("Ben", "agent", "internal", False, False),
        ("customer:1", "customer", "in", True, False),
        ("bot-7", "bot", "out", True, True),
    ]
    assert [m["is_first"] for m in messages] == [True, False, False, False, False]
    assert only_ticket(log)["requester_id"] == "web"
    roles = {row["external_id"]: row["role"] for row in log.decoded.tables["users"].to_pylist()}
    assert roles == {"Anna": "agent", "Ben": "agent", "bot-7": "bot", "web": "end_user", "customer:1": "end_user"}


def test_an_agents_message_by_a_listed_bot_is_the_bots() -> None:
    toml = '[activity.Reply]\nmessage = "agent_public"\n[actors]\nbots = ["bot-7"]'
    log = decoded("case|activity|time|actor\n1|Reply|2016-02-29T10:00:00Z|bot-7", toml)
    (message,) = log.decoded.tables["messages"].to_pylist()
    assert (message["author_id"], message["author_type"], message["automated"]) == ("bot-7", "bot", True)


def test_what_a_customer_said_stays_the_customers_whoever_entered_it() -> None:
    toml = """
    [activity.Said]
    message = "customer"
    [activity.Reply]
    message = "agent_public"
    [columns]
    requester = "caller"
    [actors]
    bots = ["gateway"]
    """
    log = decoded(
        """
        case | activity | time                 | actor   | caller
        1    | Said     | 2016-02-29T10:00:00Z | Anna    | Karl
        1    | Said     | 2016-02-29T10:01:00Z | gateway | Karl
        1    | Reply    | 2016-02-29T10:02:00Z | Anna    | Karl
        """,
        toml,
    )
    assert [m["author_id"] for m in log.decoded.tables["messages"].to_pylist()] == ["Karl", "Karl", "Anna"]
    assert only_ticket(log)["requester_id"] == "Karl"


def test_a_reply_without_a_named_actor_is_still_an_agents_reply() -> None:
    log = decode_log(
        table("case|activity|time\n1|Reply|2016-02-29T10:00:00Z"),
        Roles("case", "activity", "time"),
        Mapping.from_text('[activity.Reply]\nmessage = "agent_public"', "map.toml"),
    )
    (message,) = log.decoded.tables["messages"].to_pylist()
    (user,) = log.decoded.tables["users"].to_pylist()
    assert message["author_type"] == "agent"
    assert (user["external_id"], user["role"]) == (message["author_id"], "agent")


def test_actor_hints_say_only_what_the_log_itself_says() -> None:
    log = decoded(HELPDESK, HELPDESK_MAP)
    hints = {(row["actor_id"], row["actor_type"]) for row in events(log)}
    assert hints == {("web", "unknown"), ("Anna", "unknown"), ("Ben", "unknown"), ("bot-7", "bot"), (None, "system")}


def test_a_ticket_without_a_mapped_status_yet_is_new_when_the_log_tells_statuses() -> None:
    log = decoded("case|activity|time|actor\n1|Other|2016-02-29T10:00:00Z|a", '[status]\nDone = "solved"')
    assert only_ticket(log)["status"] == "new"
    assert events(log, "status") == []


def test_column_values_and_activities_work_together_and_the_activity_wins() -> None:
    toml = """
    [activity.Take]
    assignee = "@actor"
    [columns]
    assignee = "owner"
    priority = "seriousness"
    created_at = "opened"
    "custom:site" = "site"
    """
    log = decoded(
        """
        case | activity | time                 | actor | owner | seriousness | opened               | site
        1    | Open     | 2016-02-29T10:00:00Z | x     | Anna  | 3 - Medium  | 2016-02-29T09:00:00Z | Rome
        1    | Take     | 2016-02-29T10:01:00Z | Ben   | Anna  | Value 2     | 2016-02-29T09:00:00Z | Oslo
        1    | Other    | 2016-02-29T10:02:00Z | Ben   |       | 1 - High    | 2016-02-29T09:00:00Z | Oslo
        """,
        toml,
    )
    assert changes(log, "assignee") == [("10:00", None, "Anna"), ("10:01", "Anna", "Ben")]
    assert changes(log, "priority") == [("10:00", None, "normal"), ("10:02", "normal", "high")]
    assert changes(log, "custom:site") == [("10:00", None, "Rome"), ("10:01", "Rome", "Oslo")]
    assert changes(log, "created") == [("09:00", None, None)]
    ticket = only_ticket(log)
    assert (ticket["priority"], ticket["priority_raw"], ticket["custom"]) == ("high", "1 - High", '{"site":"Oslo"}')
    assert any("'Value 2' means none" in notice for notice in log.decoded.notices)


def test_events_of_one_instant_keep_the_files_order_and_their_ids_are_stable() -> None:
    text = """
    case | activity | time                     | actor
    1    | B        | 2016-02-29T10:00:00.900Z | x
    1    | A        | 2016-02-29T10:00:00.100Z | x
    1    | A        | 2016-02-29T10:00:01Z     | x
    """
    log = decoded(text)
    assert [(row["field"], row["seq"], row["new_value"]) for row in events(log)] == [
        ("created", 0, None),
        ("custom:activity", 1, "A"),
        ("custom:activity", 2, "B"),
        ("custom:activity", 0, "A"),
    ]
    ids = [row["external_id"] for row in events(log)]
    assert ids == [
        "1|created|1456740000|0",
        *(f"1|custom:activity|{rest}" for rest in ("1456740000|0", "1456740000|1", "1456740001|0")),
    ]
    longer = decoded(
        text
        + "    1    | C        | 2016-02-29T10:00:02Z     | x\n    0    | C        | 2016-02-29T10:00:02Z     | x\n"
    )
    assert set(ids) < {row["external_id"] for row in events(longer)}


def test_a_row_that_repeats_another_in_every_column_counts_once() -> None:
    log = decoded(
        """
        case | activity | time                 | actor
        1    | A        | 2016-02-29T10:00:00Z | x
        1    | A        | 2016-02-29T10:00:00Z | y
        1    | A        | 2016-02-29T10:00:00Z | x
        """
    )
    assert (log.rows, log.repeated, len(events(log, "custom:activity"))) == (3, 1, 2)


def test_bad_rows_are_set_aside_naming_row_and_field_and_the_rest_is_kept() -> None:
    log = decoded(
        """
        case | activity | time                 | actor
        1    | A        | 2016-02-29T10:00:00Z | x
        1    | A        | 2015-02-29T10:00:00Z | x
        1    | A        | later                | x
        1    | A        |                      | x
        1    | A        | 9999-12-31T00:00:00Z | x
        1    | A        | 1901-01-01T00:00:00Z | x
             | A        | 2016-02-29T10:00:00Z | x
        1    |          | 2016-02-29T10:00:00Z | x
        """
    )
    assert [(bad.line, bad.code, bad.field) for bad in log.decoded.bad] == [
        (7, "missing_key", "case"),
        (4, "bad_time", "time"),
        (2, "bad_time", "time"),
        (3, "bad_time", "time"),
        (5, "bad_time", "time"),
        (6, "bad_time", "time"),
        (8, "missing_key", "activity"),
    ]
    assert log.decoded.bad[2].message.startswith("row 2, field time: '2015-02-29T10:00:00Z' is no time of the form")
    assert log.decoded.bad[2].key == "1"
    assert "outside 1970 to 2199" in log.decoded.bad[4].message
    assert len(events(log, "custom:activity")) == 1


def test_naive_times_need_a_zone() -> None:
    with pytest.raises(BadInput) as refusal:
        decoded("case|activity|time|actor\n1|A|29/2/2016 10:00|x", "")
    assert "column 'time' carry no zone" in refusal.value.what
    assert 'time_zone = "Europe/Lisbon"' in refusal.value.remedy
    log = decoded("case|activity|time|actor\n1|A|29/7/2016 10:00|x", 'time_zone = "Europe/Berlin"')
    assert only_ticket(log)["created_at"] == datetime(2016, 7, 29, 8, 0, tzinfo=UTC)
    assert any("times read as %d/%m/%Y %H:%M (guessed), in Europe/Berlin" in notice for notice in log.decoded.notices)


def test_a_time_format_that_fits_nothing_is_refused() -> None:
    with pytest.raises(BadInput, match="fits no value of column 'time'"):
        decoded("case|activity|time|actor\n1|A|29/2/2016 10:00|x", 'time_zone = "UTC"\ntime_format = "%Y-%m-%d"')


def test_a_missing_column_is_refused() -> None:
    with pytest.raises(BadInput, match="no column 'owner', which columns.assignee of the map map.toml names"):
        decoded("case|activity|time|actor\n1|A|2016-02-29T10:00:00Z|x", '[columns]\nassignee = "owner"')


def test_a_log_of_which_no_row_is_usable_gives_empty_tables() -> None:
    log = decoded("case|activity|time|actor\n|A|2016-02-29T10:00:00Z|x", HELPDESK_MAP)
    assert {name: rows.num_rows for name, rows in log.decoded.tables.items()} == dict.fromkeys(log.decoded.tables, 0)
    assert len(log.decoded.bad) == 1


LIFECYCLE = """
case | activity | time                 | actor | lifecycle:transition
1    | Solve    | 2016-02-29T10:00:00Z | x     | START
1    | Solve    | 2016-02-29T10:30:00Z | x     | COMPLETE
1    | Tell     | 2016-02-29T10:40:00Z | x     | start
"""


def test_an_activity_of_a_standard_lifecycle_happens_at_its_complete() -> None:
    log = decoded(LIFECYCLE, '[status]\nSolve = "solved"\n[activity.Tell]\nmessage = "agent_public"')
    assert changes(log, "status") == [("10:30", None, "solved")]
    assert changes(log, "custom:activity") == [("10:30", None, "Solve"), ("10:40", "Solve", "Tell")]
    assert changes(log, "custom:lifecycle") == [("10:00", None, "start: Solve")]
    assert changes(log, "created") == [("10:00", None, None)]
    assert log.decoded.tables["messages"].num_rows == 1


def test_a_lifecycle_column_with_a_tools_own_states_is_an_ordinary_column() -> None:
    text = LIFECYCLE.replace("START", "In Progress")
    toml = """
    [columns]
    status = "lifecycle:transition"
    [status]
    "In Progress" = "open"
    COMPLETE = "solved"
    start = "open"
    """
    log = decoded(text, toml)
    assert changes(log, "status") == [("10:00", None, "open"), ("10:30", "open", "solved"), ("10:40", "solved", "open")]
    assert len(events(log, "custom:activity")) == 3


WORD = st.one_of(
    st.none(),
    st.sampled_from(["", "1", "Reply", "Said", "start", "complete", "bot-7", "3", "31/2/2016 10:00"]),
    st.text(max_size=5),
)
TIME = st.sampled_from(
    ["2016-02-29T10:00:00Z", "2016-02-29T10:00:01Z", "2016-02-30T10:00:00Z", "9999-01-01T00:00Z", "x"]
)
COLUMNS = ["case", "activity", "time", "actor", "lifecycle:transition", "owner", "order"]
FUZZ_MAP = """
time_zone = "Europe/Lisbon"
order = "order"
[activity.Reply]
message = "agent_public"
assignee = "@actor"
status = "open"
[activity.Said]
message = "customer"
[columns]
assignee = "owner"
priority = "order"
escalated = "owner"
tags = "owner"
subject = "activity"
"custom:x" = "owner"
[actors]
bots = ["bot-7"]
"""


ROW = st.tuples(WORD, WORD, TIME, WORD, WORD, WORD, WORD)


@settings(max_examples=50)
@given(st.lists(ROW, max_size=8), st.booleans())
def test_any_rows_whatsoever_are_used_or_set_aside_or_refused_as_a_whole(rows: list[Any], snap: bool) -> None:
    columns = [pa.array([row[place] for row in rows], pa.string()) for place in range(len(COLUMNS))]
    toml = ('mode = "snapshot"\n' if snap else "") + FUZZ_MAP
    try:
        log = decode_log(pa.table(columns, COLUMNS), ROLES, Mapping.from_text(toml, "map.toml"))
    except BadInput as refusal:
        assert "time" in str(refusal)
        return
    used = log.rows - log.repeated - len({bad.line for bad in log.decoded.bad})
    if not snap:
        trail = [row for row in events(log) if row["field"] in ("custom:activity", "custom:lifecycle")]
        assert len(trail) == used
    assert (log.decoded.tables["tickets"].num_rows > 0) == (used > 0)
    ids = [row["external_id"] for row in events(log)]
    assert len(ids) == len(set(ids))
