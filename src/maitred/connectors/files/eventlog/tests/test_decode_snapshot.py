"""Logs of snapshots: changes are the differences of consecutive rows, and what is missing is unknown."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from maitred.connectors.files.eventlog.decode import decode_log, joined, learn, parted
from maitred.connectors.files.eventlog.mapping import Mapping
from maitred.connectors.files.eventlog.roles import Roles
from maitred.connectors.files.eventlog.tests.logs import ROLES, changes, decoded, events, only_ticket, table

MAP = """
time_zone = "Europe/Lisbon"
time_format = "%d/%m/%Y %H:%M"
missing = ["?", "-100"]
mode = "snapshot"
order = "mod"
[status]
New = "new"
Active = "open"
"Awaiting Vendor" = "hold"
"Awaiting Problem" = "hold"
Resolved = "solved"
[columns]
status = "activity"
assignee = "assigned_to"
group = "team"
created_at = "opened"
due_at = "due"
channel = "contact"
"""
LOG = """
case | activity         | time            | actor | mod | assigned_to | team | opened         | due            | contact
7    | Active           | 1/3/2016 10:00  | 21    | 1   | Anna        | A    | 1/3/2016 09:00 | 2/3/2016 09:00 | Phone
7    | New              | 1/3/2016 10:00  | 21    | 0   | ?           | A    | 1/3/2016 09:00 | ?              | Phone
7    | Awaiting Vendor  | 1/3/2016 11:00  | 22    | 2   | ?           | ?    | 1/3/2016 09:00 | 2/3/2016 09:00 | Phone
7    | Awaiting Problem | 1/3/2016 11:30  | 22    | 3   | ?           | ?    | 1/3/2016 09:00 | 2/3/2016 09:00 | Fax
7    | -100             | 1/3/2016 12:00  | 22    | 10  | Ben         | B    | 1/3/2016 09:00 | 2/3/2016 09:00 | ?
7    | Resolved         | 1/3/2016 12:00  | 23    | 9   | Anna        | B    | 1/3/2016 09:00 | 2/3/2016 09:00 | ?
"""


def test_changes_are_differences_ordered_by_time_then_by_the_order_column_as_a_number() -> None:
    log = decoded(LOG, MAP)
    assert changes(log, "status") == [
        ("10:00", None, "new"),
        ("10:00", "new", "open"),
        ("11:00", "open", "hold"),
        ("12:00", "hold", "solved"),
    ]
    assert [row["new_raw"] for row in events(log, "status")] == ["New", "Active", "Awaiting Vendor", "Resolved"]
    assert events(log, "status")[3]["old_raw"] == "Awaiting Problem"


def test_a_missing_value_is_unknown_and_not_cleared() -> None:
    log = decoded(LOG, MAP)
    assert changes(log, "assignee") == [("10:00", None, "Anna"), ("12:00", "Anna", "Ben")]
    assert changes(log, "group") == [("10:00", None, "A"), ("12:00", "A", "B")]
    ticket = only_ticket(log)
    assert (ticket["assignee_id"], ticket["group_id"], ticket["status"]) == ("Ben", "B", "solved")


def test_a_change_after_unknown_rows_carries_the_span_in_which_it_happened() -> None:
    log = decoded(LOG, MAP)
    assert [(row["uncertainty_s"], row["provenance"]) for row in events(log, "group")] == [
        (0, "export"),
        (7200, "snapshot_diff"),
    ]
    assert {row["uncertainty_s"] for row in events(log, "status")} == {0}


def test_the_ticket_is_created_at_its_column_and_the_first_row_gives_initial_values_at_its_own_instant() -> None:
    log = decoded(LOG, MAP)
    first = events(log)[:3]
    assert [(row["field"], f"{row['occurred_at']:%H:%M}", row["seq"]) for row in first] == [
        ("created", "09:00", 0),
        ("status", "10:00", 0),
        ("group", "10:00", 1),
    ]
    ticket = only_ticket(log)
    assert f"{ticket['created_at']:%H:%M}" == "09:00"
    assert f"{ticket['due_at']:%d %H:%M}" == "02 09:00"
    assert (ticket["channel"], ticket["channel_raw"]) == ("other", "Fax")


def test_a_status_that_the_map_does_not_name_is_set_aside_by_name() -> None:
    log = decoded(LOG.replace("Awaiting Vendor ", "Awaiting Godot  "), MAP)
    (bad,) = log.decoded.bad
    assert (bad.line, bad.code, bad.field) == (3, "bad_enum", "activity")
    assert bad.message == "row 3, field activity: the status 'Awaiting Godot' is not in [status] of the map map.toml"


def test_impossible_times_in_mapped_columns_are_named_and_fillers_are_no_times() -> None:
    log = decoded(LOG.replace("| 2/3/2016 09:00 | Fax", "| 31/2/2016 09:00 | Fax"), MAP)
    assert [(bad.line, bad.code, bad.field) for bad in log.decoded.bad] == [(4, "bad_time", "due")]
    log = decoded(LOG.replace("2/3/2016 09:00", "31/12/9999 00:00"), MAP)
    assert log.decoded.bad == []
    assert only_ticket(log)["due_at"] is None
    assert any("column due: 5 times outside 1970 to 2199" in notice for notice in log.decoded.notices)


def test_an_order_that_is_no_number_is_set_aside() -> None:
    log = decoded(LOG.replace("| 9   |", "| x   |"), MAP)
    assert [(bad.line, bad.code, bad.field) for bad in log.decoded.bad] == [(6, "bad_type", "mod")]


def test_an_activity_beside_a_status_column_keeps_its_changes() -> None:
    text = LOG.replace("activity ", "state    ").replace("actor", "activity")
    log = decoded(text, MAP.replace('status = "activity"', 'status = "state"'), Roles("case", "activity", "time"))
    assert changes(log, "custom:activity")[:2] == [("10:00", None, "21"), ("11:00", "21", "22")]
    assert len(changes(log, "status")) == 4


def test_rows_may_come_in_any_order() -> None:
    rows = table(LOG)
    mapping = Mapping.from_text(MAP, "map.toml")
    turned = decode_log(rows.take([5, 0, 3, 1, 4, 2]), ROLES, mapping).decoded.tables
    for name, expected in decode_log(rows, ROLES, mapping).decoded.tables.items():
        assert turned[name].drop(["_line"]) == expected.drop(["_line"])


ROW = st.fixed_dictionaries(
    {
        "case": st.sampled_from(["1", "2", "3"]),
        "activity": st.sampled_from(["New", "Active", "Awaiting Vendor", "Awaiting Problem", "Resolved", "?"]),
        "time": st.sampled_from(["1/3/2016 10:00", "1/3/2016 10:01", "2/3/2016 10:00"]),
        "actor": st.just("x"),
        "mod": st.integers(0, 20).map(str),
        "assigned_to": st.sampled_from(["a", "b", "?"]),
        "team": st.sampled_from(["A", "B", "?"]),
        "opened": st.just("1/3/2016 09:00"),
        "due": st.just("?"),
        "contact": st.just("Phone"),
    }
)
LOGS = st.lists(ROW, min_size=1, max_size=25, unique_by=lambda row: (row["case"], row["time"], row["mod"]))
MEANS = {"New": "new", "Active": "open", "Awaiting Vendor": "hold", "Awaiting Problem": "hold", "Resolved": "solved"}


def by_hand(rows: list[dict[str, str]], case: str, column: str) -> list[tuple[str, str | None, str]]:
    """Differences of one column of one case, worked out row by row."""
    found: list[tuple[str, str | None, str]] = []
    last: str | None = None
    for row in sorted((row for row in rows if row["case"] == case), key=lambda row: (row["time"], int(row["mod"]))):
        value = MEANS.get(row[column], row[column])
        if value not in ("?", last):
            found.append((row["time"], last, value))
            last = value
    return found


@given(LOGS)
def test_differences_equal_those_worked_out_by_hand(rows: list[dict[str, str]]) -> None:
    log = decode_log(pa.Table.from_pylist(rows), ROLES, Mapping.from_text(MAP, "map.toml"))
    for case in {row["case"] for row in rows}:
        for field, column in (("status", "activity"), ("assignee", "assigned_to"), ("group", "team")):
            told = [
                (f"{row['occurred_at'].day}/3/2016 {row['occurred_at']:%H:%M}", row["old_value"], row["new_value"])
                for row in events(log, field)
                if row["ticket_id"] == case
            ]
            assert told == by_hand(rows, case, column)


def without_lines(tables: list[pa.Table], key: str) -> list[dict[str, Any]]:
    rows = {row[key]: row for part in tables for row in part.drop(["_line"]).to_pylist()}
    return [rows[name] for name in sorted(rows)]


@settings(max_examples=40)
@given(LOGS, st.integers(1, 4))
def test_a_log_decoded_in_parts_gives_the_same_rows(rows: list[dict[str, str]], parts: int) -> None:
    whole, mapping = pa.Table.from_pylist(rows), Mapping.from_text(MAP, "map.toml")
    pages = [whole.slice(0, 3), whole.slice(3)]
    learned = learn(pages, ROLES, mapping)
    pieces = [part for part in parted(joined(pages), ROLES, parts) if part.num_rows]
    split = [decode_log(part, ROLES, mapping, learned).decoded.tables for part in pieces]
    for name, expected in decode_log(whole, ROLES, mapping).decoded.tables.items():
        if name in ("tickets", "ticket_events"):
            assert without_lines([tables[name] for tables in split], "external_id") == without_lines(
                [expected], "external_id"
            )
