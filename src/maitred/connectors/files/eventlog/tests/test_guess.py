"""The suggested map: a map that parses, with the plain things guessed right and the doubts said."""

from __future__ import annotations

from maitred.connectors.files.eventlog.guess import suggest_map
from maitred.connectors.files.eventlog.mapping import Mapping
from maitred.connectors.files.eventlog.roles import Roles
from maitred.connectors.files.eventlog.tests.logs import ROLES, table


def test_activities_of_a_helpdesk_are_guessed() -> None:
    text = suggest_map(
        table(
            """
            case | activity              | time             | actor | seriousness
            1    | Insert ticket         | 2016-02-29 10:00 | a     | Value 1
            1    | Take in charge ticket | 2016-02-29 10:00 | a     | Value 1
            1    | Wait                  | 2016-02-29 10:00 | a     | Value 1
            1    | Awaiting customer     | 2016-02-29 10:00 | a     | Value 1
            1    | Reply sent            | 2016-02-29 10:00 | a     | Value 1
            1    | Customer replied      | 2016-02-29 10:00 | a     | Value 1
            1    | Resolve ticket        | 2016-02-29 10:00 | a     | Value 1
            1    | Reopened              | 2016-02-29 10:00 | a     | Value 1
            1    | Escalated to level 2  | 2016-02-29 10:00 | a     | Value 1
            1    | Zorp                  | 2016-02-29 10:00 | a     | Value 1
            1    | Closed                | 2016-02-29 10:00 | a     | Value 1
            """
        ),
        ROLES,
    )
    mapping = Mapping.from_text(text, "guess")
    status = {name: does.status for name, does in mapping.activities.items()}
    assert mapping.mode == "activity"
    assert (status["Insert ticket"], status["Resolve ticket"], status["Closed"]) == ("new", "solved", "closed")
    assert (status["Wait"], status["Awaiting customer"], status["Reopened"]) == ("hold", "pending", "open")
    assert mapping.activities["Take in charge ticket"].assignee == "@actor"
    assert mapping.activities["Reply sent"].message == "agent_public"
    assert mapping.activities["Customer replied"].message == "customer"
    assert mapping.column("priority") == "seriousness"
    assert '# [activity."Zorp"]   # 1 rows: nothing guessed' in text
    assert "looks like an escalation" in text
    assert "the times carry no zone" in text


def test_snapshots_are_recognised_with_their_columns_and_fillers() -> None:
    text = suggest_map(
        table(
            """
            no | state | updated_at | sys_mod_count | urgency | priority | assigned_to | assignment_group | opened_at
            1 | New             | 29/2/2016 10:00 | 0 | 2 | 3 | ?  | 70 | 29/2/2016 09:00
            1 | Awaiting Vendor | 29/2/2016 11:00 | 1 | 2 | 3 | 31 | 70 | 29/2/2016 09:00
            1 | Frobbed         | 29/2/2016 12:00 | 2 | 2 | 3 | 31 | 70 | 29/2/2016 09:00
            """
        ),
        Roles("no", "state", "updated_at"),
    )
    mapping = Mapping.from_text(text, "guess")
    assert (mapping.mode, mapping.order, mapping.missing) == ("snapshot", "sys_mod_count", ("?", ""))
    assert dict(mapping.status) == {"New": "new", "Awaiting Vendor": "hold"}
    assert dict(mapping.columns) == {
        "assignee": "assigned_to",
        "group": "assignment_group",
        "priority": "priority",
        "created_at": "opened_at",
        "status": "state",
    }
    assert '# "Frobbed" = "open"   # 1 rows: decide' in text


def test_an_ambiguous_time_is_asked_for() -> None:
    text = suggest_map(table("case|activity|time|actor\n1|A|1/2/2016 10:00|x"), ROLES)
    assert "can be read as %d/%m/%Y %H:%M or as %m/%d/%Y %H:%M" in text
    assert Mapping.from_text(text, "guess").time_format is None


def test_times_with_a_zone_need_no_zone() -> None:
    text = suggest_map(table("case|activity|time|actor\n1|A|2016-02-29T10:00:00Z|x"), ROLES)
    assert Mapping.from_text(text, "guess").time_zone is None


def test_odd_names_are_quoted_so_that_the_map_still_parses() -> None:
    rows = table('case|activity|time|actor\n1|Say "clo\\sed" now|2016-02-29T10:00:00Z|x')
    text = suggest_map(rows, ROLES)
    assert 'Say "clo\\sed" now' in Mapping.from_text(text.replace("# [activity", "[activity"), "guess").activities


def test_roles_fit_the_names_that_xes_gives() -> None:
    columns = ["case:concept:name", "concept:name", "time:timestamp", "case:id"]
    assert Roles("concept:name", "concept:name", "t").fitted(columns).case == "case:concept:name"
    assert Roles("id", "concept:name", "t").fitted(columns).case == "case:id"
    assert Roles("case:id", "concept:name", "t").fitted(columns).case == "case:id"
