"""Zendesk's audits as events and messages, in both shapes."""

from __future__ import annotations

from typing import Any

import pytest

from maitred.connectors.tests.samples import records_of, row, rows, sample
from maitred.connectors.zendesk.mapping import decode

AT = "2026-03-02T09:00:00Z"


def audit(*children: Any, **about: Any) -> dict[str, Any]:
    """One update of ticket 35436 by agent 3."""
    shared = {
        "id": 900,
        "ticket_id": 35436,
        "created_at": AT,
        "updater_id": 3,
        "via": "Web form",
        "event_type": "Audit",
    }
    return {**shared, "child_events": list(children), **about}


def change(number: int = 901, **about: Any) -> dict[str, Any]:
    return {"id": number, "via": "Web form", "via_reference_id": 0, "event_type": "Change", **about}


def changes(*records: dict[str, Any]) -> list[tuple[Any, ...]]:
    """(field, old value, new value) of the events of some audits."""
    return rows(decode("ticket_events", records), "ticket_events", "field", "old_value", "new_value")


def test_the_sample_ticket_is_told_from_creation_to_solution() -> None:
    decoded = decode("ticket_events", records_of(sample("zendesk/incremental_ticket_events.json")))
    assert rows(
        decoded, "ticket_events", "occurred_at", "actor_id", "actor_type", "field", "old_value", "new_value"
    ) == [
        ("2026-03-02T08:15:30Z", "360001000117", "unknown", "created", None, None),
        ("2026-03-02T08:15:30Z", "360001000117", "unknown", "subject", None, "Parcel never arrived"),
        ("2026-03-02T08:15:30Z", "360001000117", "unknown", "status", None, "new"),
        ("2026-03-02T08:15:30Z", "360001000117", "unknown", "priority", None, "normal"),
        ("2026-03-02T08:15:30Z", "360001000117", "unknown", "group", None, "360002000002"),
        ("2026-03-02T08:15:30Z", "360001000117", "unknown", "requester", None, "360001000117"),
        ("2026-03-02T08:15:30Z", "360001000117", "unknown", "tags", None, '["shipping"]'),
        ("2026-03-02T08:15:30Z", "360001000117", "unknown", "brand", None, "360008"),
        ("2026-03-02T08:15:30Z", "360001000117", "unknown", "form", None, "360009"),
        ("2026-03-02T09:00:00Z", "360001000003", "unknown", "assignee", None, "360001000003"),
        ("2026-03-02T09:00:00Z", "360001000003", "unknown", "status", "new", "open"),
        ("2026-03-02T09:00:00Z", "360001000003", "unknown", "priority", "normal", "high"),
        ("2026-03-02T09:00:00Z", "360001000003", "unknown", "tags", '["shipping"]', '["shipping","vip"]'),
        ("2026-03-02T09:00:00Z", "360001000003", "unknown", "custom:27642", None, "DHL"),
        ("2026-03-03T09:40:05Z", "-1", "system", "status", "open", "solved"),
    ]
    seqs = [seq for (seq,) in rows(decoded, "ticket_events", "seq")]
    assert seqs[0] == 0 and seqs[1:9] == sorted(seqs[1:9]) and seqs[9:14] == sorted(seqs[9:14])
    assert rows(
        decoded, "messages", "external_id", "author_id", "direction", "is_public", "channel", "is_first", "body_text"
    ) == [
        ("910000000001", "360001000117", "in", True, "email", True, "Hello, my parcel 4711 is lost."),
        ("910000000016", "360001000003", "internal", False, "web", False, "Carrier asked."),
    ]
    assert rows(decoded, "messages", "attachments_count", "attachments")[1] == (
        1,
        '[{"content_type":"application/pdf","file_name":"label.pdf","id":498483,"size":2532}]',
    )


def test_the_example_lines_of_the_import_format_decode() -> None:
    children = [
        {"id": 1, "status": "open", "previous_value": "new", "event_type": "Change"},
        {
            "id": 2,
            "event_type": "Comment",
            "type": "Comment",
            "author_id": 3,
            "body": "Asked",
            "public": False,
            "created_at": AT,
        },
    ]
    record = audit(*children, id=900000000002, timestamp=1772442000)
    del record["via"]
    decoded = decode("ticket_events", [record])
    assert rows(decoded, "ticket_events", "external_id", "field", "old_value", "new_value", "batch_id") == [
        ("900000000002:0001", "status", "new", "open", "900000000002")
    ]
    assert rows(decoded, "messages", "external_id", "author_id", "direction") == [
        ("900000000002:0002", "3", "internal")
    ]


def test_children_numbered_inside_their_audit_do_not_overwrite_each_other() -> None:
    first = audit(change(1, status="open"), change(2, priority="high"), id=5000)
    second = audit(change(1, status="pending"), change(2, priority="low"), id=5001)
    decoded = decode("ticket_events", [second, first])
    found = rows(decoded, "ticket_events", "seq", "external_id", "new_value")
    assert len({identity for _, identity, _ in found}) == 4
    assert [value for _, _, value in sorted(found)] == ["open", "high", "pending", "low"]


def test_both_shapes_of_an_audit_give_the_same_events_and_messages() -> None:
    by_export = decode("ticket_events", records_of(sample("zendesk/incremental_ticket_events.json")))
    by_audit = decode("ticket_audits", records_of(sample("zendesk/ticket_audits.json")))
    columns = (
        "external_id",
        "ticket_id",
        "occurred_at",
        "seq",
        "actor_id",
        "field",
        "old_value",
        "new_value",
        "batch_id",
    )
    exported = rows(by_export, "ticket_events", *columns)
    assert [event in exported for event in rows(by_audit, "ticket_events", *columns)] == [True, True]
    message = ("external_id", "ticket_id", "sent_at", "author_id", "direction", "is_public", "body_text", "is_first")
    assert rows(by_audit, "messages", *message) == rows(by_export, "messages", *message)[1:]


def test_a_comment_without_the_sideload_tells_that_it_was_made_and_yields_to_its_text() -> None:
    bare = decode("ticket_events", records_of(sample("zendesk/incremental_ticket_events_no_sideload.json")))
    full = decode("ticket_events", records_of(sample("zendesk/incremental_ticket_events.json")))
    columns = ("external_id", "ticket_id", "sent_at", "author_id", "is_public", "is_first")
    assert rows(bare, "messages", *columns) == rows(full, "messages", *columns)[:1]
    assert rows(bare, "messages", "body_text") == [("",)]
    assert rows(bare, "messages", "source_updated_at") < rows(full, "messages", "source_updated_at")[:1]


def test_without_a_previous_value_the_old_one_is_left_unknown() -> None:
    assert changes(audit(change(status="open"))) == [("status", None, "open")]


def test_a_change_to_the_same_canonical_value_is_no_event_but_an_unknown_old_value_is_kept() -> None:
    decoded = decode("ticket_events", [audit(change(status="open", previous_value="Open"), change(902, status="open"))])
    assert rows(decoded, "ticket_events", "external_id") == [("902",)]


def test_several_fields_in_one_child_become_an_event_each() -> None:
    child = change(status="open", assignee_id=3, previous_value={"status": "new"})
    decoded = decode("ticket_events", [audit(child)])
    assert rows(decoded, "ticket_events", "external_id", "field", "old_value", "new_value") == [
        ("901:status", "status", "new", "open"),
        ("901:assignee", "assignee", None, "3"),
    ]


def test_custom_fields_are_named_by_their_number() -> None:
    child = change(custom_ticket_fields={"27642": "UPS", "9": True}, previous_value={"27642": "DHL"})
    named = {"id": 903, "type": "Change", "field_name": "27642", "value": None, "previous_value": "UPS"}
    assert changes(audit(child)) == [("custom:27642", "DHL", "UPS"), ("custom:9", None, "true")]
    assert rows(
        decode("ticket_audits", [{**audit(), "child_events": None, "events": [named]}]),
        "ticket_events",
        "field",
        "old_value",
        "new_value",
    ) == [("custom:27642", "UPS", None)]


def test_a_cleared_assignee_is_null_and_empty_initial_values_are_no_events() -> None:
    cleared = audit(change(assignee_id=None, previous_value=3))
    created = audit(
        change(910, event_type="Create", assignee_id=None), change(911, event_type="Create", tags=[]), id=905
    )
    assert changes(cleared) == [("assignee", "3", None)]
    assert changes(created) == [("created", None, None)]


def test_a_rule_is_the_system_also_inside_the_update_of_an_agent() -> None:
    child = change(status="solved", previous_value="open", via="Rule", via_reference_id=3602)
    decoded = decode("ticket_events", [audit(child, change(902, priority="high"))])
    assert rows(decoded, "ticket_events", "actor_id", "actor_type", "via", "rule_id") == [
        (None, "system", "rule", "3602"),
        ("3", "unknown", "web", None),
    ]
    via = {"channel": "rule", "source": {"from": {"id": 3601, "title": "Close"}, "rel": "automation"}}
    closing = {"id": 902, "type": "Change", "field_name": "status", "value": "closed"}
    automated = decode("ticket_audits", [{**audit(), "via": via, "events": [closing], "child_events": None}])
    assert rows(automated, "ticket_events", "actor_type", "rule_id") == [("system", "3601")]


def test_an_unknown_status_is_read_as_open_kept_raw_and_noted() -> None:
    decoded = decode("ticket_events", [audit(change(status="parked", previous_value="solved"))])
    assert rows(decoded, "ticket_events", "old_value", "new_value", "new_raw") == [("solved", "open", "parked")]
    assert decoded.notices == ["new_enum: ticket_events.status has the unknown value 'parked', read as open"]


@pytest.mark.parametrize("kind", ["Notification", "Cc", "CommentPrivacyChange", "Something new"])
def test_other_kinds_of_children_stay_in_landing(kind: str) -> None:
    decoded = decode("ticket_events", [audit({"id": 1, "event_type": kind, "subject": "Re", "body": "x"})])
    assert decoded.tables == {} and decoded.bad == []


def test_a_rating_is_an_event_in_either_shape() -> None:
    assert changes(audit(change(satisfaction_score="good", previous_value="offered"))) == [
        ("satisfaction", "offered", "good")
    ]
    rating = {"id": 950, "type": "SatisfactionRating", "score": "bad"}
    assert rows(
        decode("ticket_audits", [{**audit(), "child_events": None, "events": [rating]}]),
        "ticket_events",
        "field",
        "new_value",
    ) == [("satisfaction", "bad")]


def test_service_level_targets_are_set_and_cleared() -> None:
    applied = change(field_name="first_reply_time", value={"minutes": 480, "in_business_hours": True}, type="Change")
    cleared = change(902, field_name="requester_wait_time", value=None, type="Change")
    as_text = change(
        903, field_name="next_reply_time", value='{"minutes": 5, "in_business_hours": false}', type="Change"
    )
    broken = change(904, field_name="next_reply_time", value=7, type="Change")
    decoded = decode("ticket_audits", [audit(applied, cleared, as_text, broken)])
    assert rows(decoded, "sla_events", "metric", "type", "at", "target_s", "in_business_hours") == [
        ("first_reply", "applied", AT, 28800, True),
        ("requester_wait", "cleared", AT, None, None),
        ("next_reply", "applied", AT, 300, False),
    ]
    assert [bad.code for bad in decoded.bad] == ["bad_value"]


def test_a_schedule_assignment_is_an_event_and_a_ticket_schedule() -> None:
    child = {"id": 907, "type": "ScheduleAssignment", "previous_schedule_id": 1, "new_schedule_id": 66001}
    decoded = decode("ticket_audits", [audit(child)])
    assert rows(decoded, "ticket_events", "field", "old_value", "new_value") == [("schedule", "1", "66001")]
    assert rows(decoded, "ticket_schedules", "ticket_id", "schedule_id", "valid_from") == [("35436", "66001", AT)]


def test_the_use_of_a_macro_is_an_event_with_its_id_and_its_title() -> None:
    child = {"id": 908, "type": "AgentMacroReference", "macro_id": 77001, "macro_title": "Refund: sent"}
    decoded = decode("ticket_events", [audit(child, {"id": 909, "type": "AgentMacroReference", "macro_id": None})])
    assert rows(decoded, "ticket_events", "field", "old_value", "new_value", "new_raw", "actor_id") == [
        ("macro", None, "77001", "Refund: sent", "3")
    ]
    assert not decoded.bad


def test_the_loser_of_a_merge_names_the_winner_and_the_winner_nobody() -> None:
    via = {"channel": "web", "source": {"from": {"ticket_id": 35436}, "to": {}, "rel": "merge"}}
    lost = {
        "id": 1000,
        "event_type": "Comment",
        "via": via,
        "body": "This request was closed and merged into request #77",
        "public": False,
    }
    won = {**lost, "id": 1001, "body": "Request #35436 was closed and merged into this request."}
    assert changes(audit(lost)) == [("merged", None, "77")]
    assert "ticket_events" not in decode("ticket_events", [audit(won, ticket_id=77)]).tables


def test_html_is_read_where_there_is_no_plain_body() -> None:
    child = {"id": 1000, "event_type": "Comment", "html_body": "<div>Hello<br>Mara</div>", "public": True}
    assert rows(decode("ticket_events", [audit(child)]), "messages", "body_text", "direction") == [
        ("Hello\nMara", "out")
    ]


def test_one_bad_part_does_not_take_the_rest_of_its_audit_away() -> None:
    huge = {"id": 1000, "event_type": "Comment", "body": "x" * (10 * 1024 * 1024 + 1), "public": True}
    decoded = decode("ticket_events", [audit(change(status="solved"), huge, 7)])
    assert changes(audit(change(status="solved"))) == rows(decoded, "ticket_events", "field", "old_value", "new_value")
    assert [(bad.line, bad.code, bad.key) for bad in decoded.bad] == [(0, "bad_type", "900"), (0, "too_big", "900")]


@pytest.mark.parametrize(
    ("about", "code", "field"),
    [
        ({"id": None}, "missing_key", "id"),
        ({"ticket_id": None}, "missing_key", "ticket_id"),
        ({"created_at": "yesterday"}, "bad_time", "created_at"),
        ({"created_at": None}, "missing_key", "created_at"),
        ({"child_events": None}, "missing_key", "child_events"),
    ],
)
def test_an_audit_without_what_every_event_needs_is_set_aside(about: dict[str, Any], code: str, field: str) -> None:
    decoded = decode("ticket_events", [audit(change(status="open"), **about)])
    assert decoded.tables == {}
    assert [(bad.code, bad.field) for bad in decoded.bad] == [(code, field)]


def test_the_epoch_stamp_serves_where_the_creation_time_is_missing() -> None:
    record = audit(change(status="open"), timestamp=1772442000)
    del record["created_at"]
    assert row(decode("ticket_events", [record]), "ticket_events")["occurred_at"] == AT


def test_comments_of_the_comment_list_have_the_ids_of_the_audits() -> None:
    (comment,) = records_of(sample("zendesk/ticket_comments.json"))
    decoded = decode("ticket_comments", [{**comment, "ticket_id": 35436}])
    assert rows(decoded, "messages", "external_id", "ticket_id", "author_id", "channel", "is_public") == [
        ("910000000001", "35436", "360001000117", "email", True)
    ]
