"""Targets derived from service-level policies, where a helpdesk told its policies but not what it applied."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from maitred.canon.tables import TABLES
from maitred.metrics import explaining, exports, reading, refresh
from maitred.metrics.asking import pins
from maitred.metrics.clocks import engine
from maitred.metrics.clocks.policies import Policy, applied, completed, notices, read_policies, ticket_columns
from maitred.metrics.spark_clocks import compute_in_spark
from maitred.sync import importing, kinds, workspace
from maitred.warehouse.engines import open_engine

Row = dict[str, Any]
MONDAY = datetime(2024, 6, 3, 9, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def at(hour: int, minute: int = 0) -> datetime:
    return MONDAY.replace(hour=hour, minute=minute)


def policy(key: str, position: int | None, filter_: Any, **fields: Any) -> Row:
    text = None if filter_ is None else json.dumps(filter_)
    base = {"external_id": key, "name": f"Policy {key}", "position": position, "filter": text, "active": True}
    return {**base, "valid_from": EPOCH, "valid_to": None, "deleted_at": None, **fields}


def target(key: str, seconds: int, priority: str | None = "normal", metric: str = "first_reply", **fields: Any) -> Row:
    base = {"policy_id": key, "metric": metric, "priority": priority, "target_s": seconds, "business_hours": False}
    return {**base, "valid_from": EPOCH, "valid_to": None, "deleted_at": None, **fields}


def every(*conditions: tuple[str, str, Any], some: Sequence[tuple[str, str, Any]] = ()) -> dict[str, list[Row]]:
    """A filter in Zendesk's words."""
    names = ("field", "operator", "value")
    return {
        "all": [dict(zip(names, c, strict=True)) for c in conditions],
        "any": [dict(zip(names, c, strict=True)) for c in some],
    }


def table(name: str, rows: Sequence[Mapping[str, Any]], more: Sequence[str] = ()) -> pa.Table:
    schema = TABLES[name].schema
    chosen = pa.schema([schema.field(column).with_nullable(True) for column in (*engine.INPUTS[name], *more)])
    return pa.Table.from_pylist([{c.name: row.get(c.name) for c in chosen} for row in rows], chosen)


def tickets(*rows: Row, rules: Sequence[Policy] = ()) -> pa.Table:
    full = [{"ticket_key": 1, "created_at": MONDAY, "priority": "normal", "tags": [], **row} for row in rows]
    return table("tickets", full, ticket_columns(rules))


def change(field: str, when: datetime, value: str | None, key: int = 1, seq: int = 1) -> Row:
    return {
        "ticket_key": key,
        "occurred_at": when,
        "seq": seq,
        "actor_type": "agent",
        "field": field,
        "new_value": value,
    }


def targets_of(
    rules: Sequence[Policy], ticket: Row | None = None, events: Sequence[Row] = (), told: Sequence[Row] = ()
) -> list[tuple[Any, ...]]:
    """(instant as HH:MM, metric, type, seconds) of one ticket, in order."""
    found = derived(rules, ticket, events, told)["sla_events"].to_pylist()
    return sorted((f"{r['at']:%H:%M}", r["metric"], r["type"], r["target_s"]) for r in found)


def derived(
    rules: Sequence[Policy], ticket: Row | None = None, events: Sequence[Row] = (), told: Sequence[Row] = ()
) -> dict[str, pa.Table]:
    given = {
        "tickets": tickets(ticket or {}, rules=rules),
        "ticket_events": table("ticket_events", events),
        "sla_events": table(
            "sla_events", [{"ticket_key": 1, "at": MONDAY, "metric": "first_reply", **t} for t in told]
        ),
    }
    return applied(given, rules)


def names_of(rules: Sequence[Policy], ticket: Row | None = None, events: Sequence[Row] = ()) -> list[tuple[str, Any]]:
    rows = derived(rules, ticket, events)["ticket_events"].to_pylist()
    assert {row["actor_type"] for row in rows} <= {"system"}
    return [(f"{r['occurred_at']:%H:%M}", r["new_value"]) for r in rows if r["field"] == "sla_policy"]


# ---------------------------------------------------------------- matching


def test_the_first_matching_policy_by_position_wins() -> None:
    rows = [policy("1", 3, every()), policy("2", 1, every(("group_id", "is", "70"))), policy("3", 2, every())]
    rules = read_policies(rows, [target("1", 100), target("2", 200), target("3", 300)])
    assert targets_of(rules) == [("09:00", "first_reply", "applied", 300)]
    assert targets_of(rules, {"group_id": "70"}) == [("09:00", "first_reply", "applied", 200)]
    assert names_of(rules, {"group_id": "70"}) == [("09:00", "Policy 2")]


def test_a_ticket_that_no_policy_matches_has_no_target() -> None:
    rules = read_policies([policy("1", 1, every(("type", "is", "incident")))], [target("1", 600)])
    assert targets_of(rules, {"type": "question"}) == []
    assert names_of(rules, {"type": "question"}) == []


def test_a_priority_without_target_gets_none() -> None:
    rules = read_policies([policy("1", 1, every())], [target("1", 600, "urgent")])
    assert targets_of(rules) == []
    assert targets_of(rules, {"priority": None}) == []


def test_a_target_below_fifteen_seconds_is_read_as_fifteen() -> None:
    rules = read_policies([policy("1", 1, every())], [target("1", 5)])
    assert targets_of(rules) == [("09:00", "first_reply", "applied", 15)]


def test_a_policy_holds_from_its_creation_to_its_removal() -> None:
    rows = [policy("1", 1, every(), valid_from=at(10)), policy("2", 2, every(), deleted_at=at(11))]
    rules = read_policies(rows, [target("1", 100), target("2", 200)])
    assert targets_of(rules, {"created_at": at(9)}) == [("09:00", "first_reply", "applied", 200)]
    assert targets_of(rules, {"created_at": at(10)}) == [("10:00", "first_reply", "applied", 100)]


def test_an_inactive_policy_never_matches() -> None:
    rules = read_policies([policy("1", 1, every(), active=False)], [target("1", 600)])
    assert targets_of(rules) == []


CONDITIONS = [
    (("type", "is", "Incident"), {"type": "incident"}, True),
    (("type", "is_not", "incident"), {"type": "incident"}, False),
    (("type", "is_not", "incident"), {"type": None}, True),
    (("priority", "is", "normal"), {}, True),
    (("organization_id", "is", 4400), {"organization_id": "4400"}, True),
    (("group_id", "includes", ["70", "71"]), {"group_id": "71"}, True),
    (("group_id", "not_includes", ["70", "71"]), {"group_id": "71"}, False),
    (("group_id", "is", ""), {"group_id": None}, True),
    (("assignee_id", "present", None), {"assignee_id": "7"}, True),
    (("assignee_id", "not_present", None), {"assignee_id": "7"}, False),
    (("brand_id", "is", "5"), {"brand_id": "5"}, True),
    (("ticket_form_id", "is", "6"), {"form_id": "6"}, True),
    (("requester_id", "is", "9"), {"requester_id": "9"}, True),
    (("current_tags", "includes", "vip gold"), {"tags": ["blue", "gold"]}, True),
    (("current_tags", "not_includes", "vip gold"), {"tags": ["blue", "gold"]}, False),
    (("current_tags", "not_includes", "vip"), {"tags": []}, True),
    (("via_id", "is", "4"), {"channel_raw": "email"}, True),
    (("via_id", "is", "0"), {"channel_raw": "email"}, False),
    (("custom_fields_27642", "is", "DHL"), {"custom": '{"27642":"dhl"}'}, True),
    (("custom_fields_27642", "is", "true"), {"custom": '{"27642":true}'}, True),
    (("custom_fields_27642", "includes", "a"), {"custom": '{"27642":["a","b"]}'}, True),
    (("custom_fields_27642", "is", "DHL"), {"custom": "{}"}, False),
]


@pytest.mark.parametrize(("condition", "ticket", "holds"), CONDITIONS)
def test_a_condition_is_read_as_the_vendor_means_it(condition: Any, ticket: Row, holds: bool) -> None:
    rules = read_policies([policy("1", 1, every(condition))], [target("1", 600)])
    assert bool(targets_of(rules, ticket)) is holds
    assert notices(rules) == []


def test_all_conditions_of_one_list_and_one_of_the_other_must_hold() -> None:
    filter_ = every(("type", "is", "incident"), some=[("group_id", "is", "70"), ("group_id", "is", "71")])
    rules = read_policies([policy("1", 1, filter_)], [target("1", 600)])
    assert targets_of(rules, {"type": "incident", "group_id": "71"})
    assert not targets_of(rules, {"type": "incident", "group_id": "72"})
    assert not targets_of(rules, {"type": "question", "group_id": "71"})


@pytest.mark.parametrize(
    ("filter_", "named"),
    [
        (every(("user.locale_id", "is", "1")), "user.locale_id"),
        (every(("priority", "less_than", "high")), "less_than"),
        (every(("via_id", "is", "999")), "999"),
        ({"contact_segments": [1]}, "contact_segments"),
    ],
)
def test_a_policy_with_an_unknown_condition_is_left_out_and_named(filter_: Any, named: str) -> None:
    rules = read_policies([policy("1", 1, filter_), policy("2", 2, every())], [target("1", 100), target("2", 200)])
    assert targets_of(rules) == [("09:00", "first_reply", "applied", 200)]
    (notice,) = notices(rules)
    assert "Policy 1" in notice
    assert named in notice


# ---------------------------------------------------------------- changes


def test_a_priority_changed_mid_ticket_applies_the_target_of_the_new_priority() -> None:
    rules = read_policies([policy("1", 1, every())], [target("1", 3600), target("1", 600, "urgent")])
    events = [change("priority", at(9), "normal"), change("priority", at(11), "urgent")]
    assert targets_of(rules, {"priority": "urgent"}, events) == [
        ("09:00", "first_reply", "applied", 3600),
        ("11:00", "first_reply", "applied", 600),
    ]
    assert names_of(rules, {"priority": "urgent"}, events) == [("09:00", "Policy 1")]


def test_a_new_priority_or_policy_without_target_clears_it() -> None:
    rows = [policy("1", 1, every(("group_id", "is", "70"))), policy("2", 2, every())]
    given = [target("1", 600), target("1", 900, metric="next_reply"), target("2", 300)]
    events = [change("group", at(9), "70"), change("group", at(10), "71"), change("priority", at(12), "low")]
    events.insert(0, change("priority", at(9), "normal"))
    rules = read_policies(rows, given)
    assert targets_of(rules, {"priority": "low"}, events) == [
        ("09:00", "first_reply", "applied", 600),
        ("09:00", "next_reply", "applied", 900),
        ("10:00", "first_reply", "applied", 300),
        ("10:00", "next_reply", "cleared", None),
        ("12:00", "first_reply", "cleared", None),
        ("12:00", "next_reply", "cleared", None),
    ]
    assert names_of(rules, {"priority": "low"}, events) == [("09:00", "Policy 1"), ("10:00", "Policy 2")]


def test_a_change_of_a_field_that_no_policy_asks_for_applies_nothing_anew() -> None:
    rules = read_policies([policy("1", 1, every())], [target("1", 600)])
    events = [change("type", at(10), "task"), change("priority", at(9), "normal"), change("priority", at(11), "normal")]
    assert targets_of(rules, {}, events) == [("09:00", "first_reply", "applied", 600)]


def test_a_field_without_its_own_history_holds_since_creation() -> None:
    rules = read_policies([policy("1", 1, every(("type", "is", "incident")))], [target("1", 600)])
    events = [change("status", at(10), "open")]
    assert targets_of(rules, {"type": "incident"}, events) == [("09:00", "first_reply", "applied", 600)]


def test_a_first_change_after_creation_counts_from_creation_unless_the_log_tells_the_creation() -> None:
    rules = read_policies([policy("1", 1, every())], [target("1", 600, "urgent")])
    late = [change("priority", at(11), "urgent")]
    assert targets_of(rules, {"priority": "urgent"}, late) == [("09:00", "first_reply", "applied", 600)]
    whole = [change("created", at(9), None, seq=0), change("status", at(9), "new"), *late]
    assert targets_of(rules, {"priority": "urgent"}, whole) == [("11:00", "first_reply", "applied", 600)]


def test_the_last_of_several_changes_in_one_second_counts_and_none_before_creation() -> None:
    rules = read_policies([policy("1", 1, every())], [target("1", 600), target("1", 60, "urgent")])
    events = [change("priority", at(9), "urgent", seq=2), change("priority", at(9), "normal", seq=1)]
    assert targets_of(rules, {}, events) == [("09:00", "first_reply", "applied", 60)]
    early = [change("priority", at(8), "urgent")]
    assert targets_of(rules, {}, early) == [("09:00", "first_reply", "applied", 60)]


def test_tags_are_followed_through_their_history() -> None:
    rules = read_policies([policy("1", 1, every(("current_tags", "includes", "vip")))], [target("1", 600)])
    events = [change("tags", at(9), '["blue"]'), change("tags", at(10), '["blue","vip"]'), change("tags", at(12), "[]")]
    assert targets_of(rules, {"tags": []}, events) == [
        ("10:00", "first_reply", "applied", 600),
        ("12:00", "first_reply", "cleared", None),
    ]


# ---------------------------------------------------------------- Freshdesk


def test_freshdesk_matches_any_listed_value_of_every_key_and_its_default_comes_last() -> None:
    asks = {"company_ids": [43, 44], "sources": [2], "ticket_types": ["Incident"], "product_ids": [], "group_ids": None}
    rules = read_policies([policy("1", 1, {}), policy("2", 2, asks)], [target("1", 100), target("2", 200)])
    fits = {"organization_id": "44", "channel_raw": "2", "type": "Incident"}
    assert targets_of(rules, fits) == [("09:00", "first_reply", "applied", 200)]
    assert targets_of(rules, {**fits, "channel_raw": "3"}) == [("09:00", "first_reply", "applied", 100)]


# ---------------------------------------------------------------- what is left alone


def test_a_ticket_with_an_applied_row_of_its_own_is_untouched() -> None:
    rules = read_policies([policy("1", 1, every())], [target("1", 600)])
    told = [{"type": "applied", "target_s": 60, "in_business_hours": False}]
    assert targets_of(rules, told=told) == []
    assert targets_of(rules, told=[{"type": "cleared"}]) == []
    assert targets_of(rules, told=[{"type": "breached"}]) == [("09:00", "first_reply", "applied", 600)]


def test_policies_without_any_targets_derive_nothing() -> None:
    """Salesforce entitlements: their targets are in the milestones, which are applied rows."""
    assert read_policies([policy("1", None, None)], []) == []


def test_without_policies_the_input_is_the_same_object() -> None:
    given = {"tickets": tickets({})}
    assert completed(given, []) is given


def test_many_tickets_at_once_give_what_each_gives_alone() -> None:
    rows = [policy("1", 1, every(("group_id", "is", "70"))), policy("2", 2, every(("type", "is_not", "task")))]
    given = [
        target(k, s, p, m)
        for k in "12"
        for p, s in (("normal", 600), ("high", 60))
        for m in ("first_reply", "next_reply")
    ]
    rules = read_policies(rows, given)
    many, events = [], []
    for key in range(1, 60):
        many.append(
            {"ticket_key": key, "group_id": "70" if key % 3 else "71", "type": "task" if key % 5 == 0 else None}
        )
        if key % 4 == 0:
            events += [change("priority", at(9), "high", key), change("group", at(9 + key % 7, key), "71", key)]
        if key % 7 == 0:
            events.append(change("priority", at(12), "normal", key, seq=3))
    many.reverse()
    together = {"tickets": tickets(*many), "ticket_events": table("ticket_events", events)}
    found = applied(together, rules)
    for row in many:
        alone = applied({"tickets": tickets(row), "ticket_events": together["ticket_events"]}, rules)
        for name in ("sla_events", "ticket_events"):
            mine = [r for r in found[name].to_pylist() if r["ticket_key"] == row["ticket_key"]]
            assert sorted(map(repr, mine)) == sorted(map(repr, alone[name].to_pylist()))


# ---------------------------------------------------------------- whole imports


def write(folder: Path, **streams: Sequence[Row]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, records in streams.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    return folder


def imported(home: Path, kind: str, folder: Path, ticket: str | None = None) -> tuple[list[dict[str, str]], Row]:
    """The rows of ``export sla`` and, where a ticket is named, the document that explains it."""
    workspace.create(home)
    opened = refresh.open_workspace(home)
    try:
        done = importing.import_folder(opened, kinds.KINDS[kind](), folder, as_of="2024-07-01T00:00:00Z")
        publication = refresh.refresh(opened, done.source, done.loaded).publication
        assert publication is not None
        exports.export(opened, publication, "sla", home / "sla.csv")
        with (home / "sla.csv").open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        return rows, explaining.explain(opened, publication, ticket) if ticket else {}
    finally:
        opened.close()


OFFICE = [{"start_time": day * 1440 + 540, "end_time": day * 1440 + 1020} for day in range(1, 6)]
PEOPLE = [
    {"id": 101, "role": "agent", "name": "Ada", "active": True, "updated_at": "2024-01-01T00:00:00Z"},
    {"id": 201, "role": "end-user", "name": "Bo", "active": True, "updated_at": "2024-01-01T00:00:00Z"},
]


def zendesk_ticket(number: int, created: str, **fields: Any) -> Row:
    base = {"id": number, "status": "open", "priority": "normal", "requester_id": 201, "assignee_id": 101}
    via = {"via": {"channel": "email"}, "tags": [], "created_at": created, "updated_at": "2024-06-30T00:00:00Z"}
    return {**base, **via, **fields}


def audit(number: int, ticket: int, when: str, author: int, *children: Row) -> Row:
    named = [{"id": number + 1 + place, "via": "Web form", **child} for place, child in enumerate(children)]
    return {"id": number, "ticket_id": ticket, "created_at": when, "updater_id": author, "child_events": named}


def comment(author: int) -> Row:
    return {"event_type": "Comment", "type": "Comment", "author_id": author, "body": "Hello", "public": True}


def zendesk(folder: Path, **more: Sequence[Row]) -> Path:
    """A ticket of Friday 17:00 in New York (priority raised on Monday), and one from an account of its own."""
    friday, monday = "2024-06-07T21:00:00Z", "2024-06-10T13:30:00Z"
    metrics = [
        {"priority": "normal", "metric": "first_reply_time", "target": 60, "business_hours": True},
        {"priority": "urgent", "metric": "first_reply_time", "target_in_seconds": 1200, "business_hours": True},
        {"priority": "urgent", "metric": "total_resolution_time", "target": 480, "business_hours": False},
    ]
    gold = [{"priority": "normal", "metric": "first_reply_time", "target_in_seconds": 5, "business_hours": False}]
    made = {"created_at": "2024-01-01T00:00:00Z", "updated_at": "2024-01-01T00:00:00Z"}
    streams: dict[str, Sequence[Row]] = {
        "users": PEOPLE,
        "schedules": [{"id": 1, "name": "Office", "time_zone": "America/New_York", "intervals": OFFICE, **made}],
        "slas_policies": [
            {"id": 2, "title": "Standard", "position": 2, "filter": every(), "policy_metrics": metrics, **made},
            {
                "id": 1,
                "title": "Gold",
                "position": 1,
                "policy_metrics": gold,
                **made,
                "filter": every(("organization_id", "is", "4400")),
            },
        ],
        "tickets": [
            zendesk_ticket(11, friday),
            zendesk_ticket(12, friday, organization_id=4400),
            zendesk_ticket(13, friday, priority="urgent"),
        ],
        "ticket_events": [
            audit(1000, 11, friday, 201, comment(201), {"event_type": "Create", "priority": "normal"}),
            audit(2000, 12, friday, 201, comment(201), {"event_type": "Create", "priority": "normal"}),
            audit(3000, 13, friday, 201, comment(201), {"event_type": "Create", "priority": "normal"}),
            audit(1100, 11, "2024-06-10T15:00:00Z", 101, comment(101)),
            audit(3100, 13, monday, 101, {"event_type": "Change", "priority": "urgent", "previous_value": "normal"}),
            audit(3200, 13, "2024-06-10T13:45:00Z", 101, comment(101)),
        ],
    }
    return write(folder, **{**streams, **more})


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, str]], Row]:
    """The folder of ``zendesk`` imported: the workspace, its SLA rows, and ticket 13 explained; read-only."""
    root = tmp_path_factory.mktemp("desk")
    rows, document = imported(root / "home", "zendesk", zendesk(root / "in"), "13")
    return root / "home", rows, document


def test_sla_uses_business_hours(desk: tuple[Path, list[dict[str, str]], Row]) -> None:
    """chatwoot/chatwoot PR 13392, #11057: a Friday 17:00 ticket with a 60 minute target is due Monday 10:00 local."""
    (row,) = [row for row in desk[1] if row["ticket_id"] == "11"]
    assert (row["policy"], row["priority"], row["clock"], row["target_s"]) == ("Standard", "normal", "business", "3600")
    assert row["applied_at"] == row["started_at"] == "2024-06-07T21:00:00Z"
    assert row["breach_at_all"] == row["breach_at_last"] == "2024-06-10T14:00:00Z"
    assert (row["end_reason"], row["elapsed_all_s"], row["verdict_all"]) == ("reply", "7200", "breached")


def test_a_zendesk_folder_with_policies_gets_instances_revised_by_priority(
    desk: tuple[Path, list[dict[str, str]], Row],
) -> None:
    _, rows, document = desk
    gold = [row for row in rows if row["ticket_id"] == "12"]
    assert [(r["policy"], r["target_s"], r["clock"], r["verdict_all"]) for r in gold] == [
        ("Gold", "15", "calendar", "overdue")
    ]
    reply, resolution = [row for row in rows if row["ticket_id"] == "13"]
    assert (reply["metric"], reply["target_first_s"], reply["target_s"]) == ("first_reply", "3600", "1200")
    assert (reply["revisions"], reply["revised_at"]) == ("1", "2024-06-10T13:30:00Z")
    assert (reply["priority"], reply["breach_at_all"], reply["elapsed_all_s"]) == (
        "urgent",
        "2024-06-10T13:30:00Z",
        "2700",
    )
    assert (resolution["metric"], resolution["applied_at"]) == ("total_resolution", "2024-06-10T13:30:00Z")
    assert resolution["started_at"] == "2024-06-07T21:00:00Z"
    shown = [(r["metric"], r["policy"], r["target_s"], r["verdict_all"]) for r in document["sla"]]
    assert shown == [(r["metric"], r["policy"], int(r["target_s"]), r["verdict_all"]) for r in (reply, resolution)]


def test_an_engine_that_computes_the_facts_itself_derives_the_same_targets(tmp_path: Path) -> None:
    folder = zendesk(tmp_path / "in")
    path = folder / "slas_policies.jsonl"
    path.write_text(path.read_text().replace('"all": []', '"all": [{"field": "via_id", "operator": "is", "value": 4}]'))
    imported(tmp_path / "home", "zendesk", folder)
    opened = refresh.open_workspace(tmp_path / "home")
    publication = opened.publication()
    assert publication is not None
    opened_engine = open_engine("duckdb")
    opened_engine.register(pins(opened, publication))
    computed = compute_in_spark(opened, publication, "zendesk", "sla_facts", opened_engine)
    stored = reading.facts(opened, publication, "sla_facts", exports.SLA_COLUMNS, "zendesk")
    opened_engine.close()
    opened.close()
    names = list(exports.SLA_COLUMNS)
    found, kept = ([[row[name] for name in names] for row in rows.to_pylist()] for rows in (computed, stored))
    assert sorted(found, key=repr) == sorted(kept, key=repr)
    assert {row["policy"] for row in computed.to_pylist()} == {"Standard", "Gold"}


def test_a_source_with_applied_rows_is_untouched_by_its_policies(tmp_path: Path) -> None:
    events = [
        {
            "id": 90 + ticket,
            "ticket_id": ticket,
            "metric": "reply_time",
            "instance_id": 1,
            "type": "apply_sla",
            "time": "2024-06-07T21:00:00Z",
            "sla": {"target_in_seconds": 777, "business_hours": False},
        }
        for ticket in (11, 12, 13)
    ]
    told = zendesk(tmp_path / "told", ticket_metric_events=events)
    plain = zendesk(tmp_path / "plain", ticket_metric_events=events)
    (plain / "slas_policies.jsonl").unlink()
    with_policies, _ = imported(tmp_path / "a", "zendesk", told)
    without, _ = imported(tmp_path / "b", "zendesk", plain)
    assert with_policies == without
    assert {row["target_s"] for row in with_policies} == {"777"}


def test_a_changed_policy_changes_the_facts_of_all_its_tickets(
    desk: tuple[Path, list[dict[str, str]], Row], tmp_path: Path
) -> None:
    before = desk[1]
    shutil.copytree(desk[0], tmp_path / "home")
    folder = zendesk(tmp_path / "in")
    path = folder / "slas_policies.jsonl"
    changed = path.read_text().replace('"target": 60', '"target": 240').replace("2024-01-01T", "2024-01-02T")
    path.write_text(changed)
    after, _ = imported(tmp_path / "home", "zendesk", folder)
    assert [row["target_s"] for row in before if row["ticket_id"] == "11"] == ["3600"]
    assert [row["target_s"] for row in after if row["ticket_id"] == "11"] == ["14400"]


def test_freshdesk_respond_and_resolve_targets_judge_tickets_without_a_change_log(tmp_path: Path) -> None:
    made = {"created_at": "2024-01-01T00:00:00Z", "updated_at": "2024-01-01T00:00:00Z"}
    seconds = {"respond_within": 3600, "next_respond_within": 1800, "resolve_within": 86400, "business_hours": False}
    ticket = {
        "id": 5,
        "status": 2,
        "priority": 3,
        "source": 2,
        "requester_id": 201,
        "responder_id": 101,
        "group_id": 70,
        "created_at": "2024-06-10T09:00:00Z",
        "updated_at": "2024-06-12T09:00:00Z",
        "description_text": "Help",
    }
    say = {"ticket_id": 5, "private": False, "updated_at": "2024-06-12T09:00:00Z", "body_text": "Hello"}
    folder = write(
        tmp_path / "in",
        sla_policies=[
            {
                "id": 88,
                "name": "Default",
                "position": 1,
                "applicable_to": {},
                "sla_target": {"priority_3": seconds},
                **made,
            }
        ],
        tickets=[ticket],
        agents=[{"id": 101, "contact": {"name": "Ada"}, **made}],
        conversations=[
            {**say, "id": 1, "user_id": 101, "incoming": False, "created_at": "2024-06-10T09:30:00Z"},
            {**say, "id": 2, "user_id": 201, "incoming": True, "created_at": "2024-06-10T12:00:00Z"},
            {**say, "id": 3, "user_id": 101, "incoming": False, "created_at": "2024-06-10T13:00:00Z"},
        ],
    )
    rows, document = imported(tmp_path / "home", "freshdesk", folder, "5")
    assert [(r["metric"], r["policy"], r["priority"], r["elapsed_all_s"], r["verdict_all"]) for r in rows] == [
        ("first_reply", "Default", "high", "1800", "met"),
        ("next_reply", "Default", "high", "3600", "breached"),
        ("total_resolution", "Default", "high", str(20 * 86400 + 15 * 3600), "overdue"),
    ]
    assert [r["metric"] for r in document["sla"]] == ["first_reply", "next_reply", "total_resolution"]


def test_the_group_of_a_ticket_without_history_is_kept_beside_derived_targets() -> None:
    rules = read_policies([policy("1", 1, every())], [target("1", 600)])
    rows = derived(rules, {"group_id": "70"})["ticket_events"].to_pylist()
    assert [(r["field"], r["new_value"], r["actor_type"]) for r in rows if r["field"] == "group"] == [
        ("group", "70", "system")
    ]
    told = derived(rules, {"group_id": "70"}, [change("status", at(10), "open")])["ticket_events"].to_pylist()
    assert [r["field"] for r in told] == ["sla_policy"]
