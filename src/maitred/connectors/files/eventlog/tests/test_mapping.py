"""A map is read as the contract says, and everything else in it is refused by name."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from maitred.base.errors import BadInput
from maitred.connectors.files.eventlog.mapping import Activity, Mapping
from maitred.connectors.files.eventlog.tests.logs import REPOSITORY

FULL = """
time_zone = "Europe/Lisbon"
time_format = "%d/%m/%Y %H:%M"
missing = ["?", ""]
mode = "snapshot"
order = "sys_mod_count"
as_of = "2016-05-01T00:00:00Z"
[status]
"Awaiting User Info" = "pending"
[activity."Take in charge ticket"]
assignee = "@actor"
message = "agent_public"
status = "open"
group = "2nd level"
priority = "high"
[columns]
status = "ident_state"
assignee = "assigned_to"
group = "assignment_group"
priority = "priority"
created_at = "opened_at"
requester_id = "caller"
"custom:site" = "location"
[actors]
bots = ["bot-7"]
"""


def test_every_key_of_the_contract_is_read() -> None:
    mapping = Mapping.from_text(FULL, "map.toml")
    assert (mapping.time_zone, mapping.time_format, mapping.mode) == ("Europe/Lisbon", "%d/%m/%Y %H:%M", "snapshot")
    assert (mapping.missing, mapping.order) == (("?", ""), "sys_mod_count")
    assert mapping.as_of == datetime(2016, 5, 1, tzinfo=UTC)
    assert dict(mapping.status) == {"Awaiting User Info": "pending"}
    assert mapping.activities["Take in charge ticket"] == Activity(
        "open", "@actor", "agent_public", "2nd level", "high"
    )
    assert mapping.column("assignee") == "assigned_to"
    assert mapping.column("requester") == "caller"
    assert mapping.column("custom:site") == "location"
    assert mapping.bots == ("bot-7",)


def test_an_empty_map_is_a_map() -> None:
    mapping = Mapping.from_text("", "map.toml")
    assert (mapping.mode, mapping.missing, mapping.bots) == ("activity", ("",), ())


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ('mod = "snapshot"', ["unknown key mod", "did you mean mode", "time_zone"]),
        ('mode = "snapshots"', ["mode is 'snapshots'", "activity, snapshot"]),
        ('time_zone = "Europe/Lisboa"', ["time_zone 'Europe/Lisboa'", "did you mean Europe/Lisbon"]),
        ("time_zone = 1", ["time_zone is 1", "text in double quotes"]),
        ('time_format = "%d/%m/%Y %Q"', ["time_format", "%Q", "%H"]),
        ('time_format = "%H:%M"', ["does not name day, month and year"]),
        ('missing = "?"', ["missing is '?'", "list of texts"]),
        ("missing = [-1]", ["missing is [-1]", "list of texts"]),
        ('as_of = "2016-05-01"', ["as_of", "without a zone"]),
        ('as_of = "yesterday"', ["as_of is 'yesterday'"]),
        ('[status]\nResolved = "resolved"', ["status.\"Resolved\" is 'resolved'", "solved"]),
        ('status = "open"', ["status is 'open'", "[status]"]),
        ('[activity."X"]\nmessage = "public"', ['activity."X".message', "agent_public"]),
        ('[activity."X"]\nassignee = "@user"', ['activity."X".assignee', "@actor"]),
        ('[activity."X"]\nassigne = "@actor"', ['activity."X".assigne', "did you mean assignee"]),
        ('[activity."X"]\npriority = "3"', ['activity."X".priority', "normal"]),
        ('activity."X" = "open"', ["activity.\"X\" is 'open'", "table"]),
        ('[columns]\nagent = "a"', ["unknown key columns.agent", "assignee"]),
        ('[columns]\n"custom:activity" = "a"', ["unknown key columns.custom:activity"]),
        ('[columns]\nassignee = "a"\nassignee_id = "b"', ["given twice"]),
        ("[columns]\nassignee = 3", ["columns.assignee is 3"]),
        ("[actors]\nbots = [7]", ["actors.bots is [7]", "list of texts"]),
        ('[actors]\nrobots = ["a"]', ["unknown key actors.robots", "bots"]),
        ("mode = open\n", ["is not TOML", "line 1"]),
    ],
)
def test_what_a_map_may_not_say_is_refused_with_file_key_and_choices(toml: str, words: list[str]) -> None:
    with pytest.raises(BadInput) as refusal:
        Mapping.from_text(toml, "map.toml")
    for word in ["map.toml", *words]:
        assert word in str(refusal.value)


def test_a_missing_map_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="none.toml cannot be read"):
        Mapping.from_toml(tmp_path / "none.toml")


def test_a_map_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_bytes(b'\xef\xbb\xbfmode = "snapshot"')
    assert Mapping.from_toml(path).mode == "snapshot"


def test_the_example_map_in_the_docs_is_a_map() -> None:
    mapping = Mapping.from_toml(REPOSITORY / "docs" / "examples" / "uci_incidents.toml")
    assert mapping.mode == "snapshot"
    assert mapping.status["Awaiting User Info"] == "pending"
