"""Freshdesk's messages, proven changes and activity export."""

from __future__ import annotations

from typing import Any

from maitred.connectors.freshdesk.mapping import decode
from maitred.connectors.freshdesk.tests.test_mapping import TICKET
from maitred.connectors.tests.samples import records_of, rows, sample


def proven(status: int, **stats: Any) -> list[tuple[Any, ...]]:
    """(instant, status) of the events that the stats of a ticket prove."""
    decoded = decode("tickets", [{**TICKET, "status": status, "stats": stats}])
    return rows(decoded, "ticket_events", "occurred_at", "new_value") if "ticket_events" in decoded.tables else []


def test_the_description_is_the_first_message_with_or_without_its_text() -> None:
    bare = {key: value for key, value in TICKET.items() if key != "description_text"}
    outbound = {**TICKET, "source": 10, "description_text": None, "description": "<p>Dear<br>Mara</p>"}
    decoded = decode("tickets", [TICKET, bare, outbound])
    assert rows(
        decoded, "messages", "external_id", "author_id", "author_type", "direction", "body_text", "is_first"
    ) == [
        ("4711:description", "117", "customer", "in", "Hello", True),
        ("4711:description", "117", "customer", "in", "", True),
        ("4711:description", "3", "agent", "out", "Dear\nMara", True),
    ]
    stamps = [stamp for (stamp,) in rows(decoded, "messages", "source_updated_at")]
    assert stamps[1] < TICKET["created_at"] < stamps[0]


def test_replies_notes_and_customer_mails() -> None:
    shared = {
        "ticket_id": 4711,
        "created_at": "2026-03-02T11:02:00Z",
        "updated_at": "2026-03-02T11:03:00Z",
        "source": 0,
    }
    conversations = [
        {"id": 1, "user_id": 3, "incoming": False, "private": True, "body_text": "note", **shared, "source": 2},
        {"id": 2, "user_id": 3, "incoming": False, "private": False, "body_text": "reply", **shared},
        {"id": 3, "user_id": 117, "incoming": True, "private": False, "body": "<p>thanks</p>", **shared},
        {"id": 4, "user_id": None, "incoming": False, "private": False, "body_text": "auto", **shared},
    ]
    decoded = decode("conversations", conversations)
    assert rows(
        decoded, "messages", "external_id", "author_id", "author_type", "direction", "is_public", "body_text"
    ) == [
        ("1", "3", "agent", "internal", False, "note"),
        ("2", "3", "agent", "out", True, "reply"),
        ("3", "117", "customer", "in", True, "thanks"),
        ("4", None, "system", "out", True, "auto"),
    ]
    assert rows(decoded, "messages", "sent_at", "source_updated_at")[0] == (
        "2026-03-02T11:02:00Z",
        "2026-03-02T11:03:00Z",
    )


def test_a_conversation_without_its_ticket_is_an_orphan() -> None:
    decoded = decode("conversations", [{"id": 1, "created_at": "2026-03-02T11:02:00Z"}])
    assert [(bad.code, bad.key) for bad in decoded.bad] == [("orphan", "1")]


def test_the_sample_ticket_proves_its_solution() -> None:
    decoded = decode("tickets", records_of(sample("freshdesk/own/tickets_with_stats.json")))
    columns = ("external_id", "occurred_at", "field", "old_value", "new_value", "provenance", "uncertainty_s")
    assert rows(decoded, "ticket_events", *columns) == [
        ("4711:stats:solved:1772530805", "2026-03-03T09:40:05Z", "status", None, "solved", "derived", 0)
    ]


def test_stats_prove_the_last_change_of_each_kind_and_no_more() -> None:
    assert proven(
        5,
        reopened_at="2026-03-01T00:00:00Z",
        resolved_at="2026-03-02T00:00:00Z",
        closed_at="2026-03-04T00:00:00Z",
        status_updated_at="2026-03-04T00:00:00Z",
    ) == [("2026-03-01T00:00:00Z", "open"), ("2026-03-02T00:00:00Z", "solved"), ("2026-03-04T00:00:00Z", "closed")]
    assert proven(3, pending_since="2026-03-01T00:00:00Z") == [("2026-03-01T00:00:00Z", "pending")]
    assert proven(2, pending_since="2026-03-01T00:00:00Z") == []
    assert proven(7, status_updated_at="2026-03-01T00:00:00Z") == [("2026-03-01T00:00:00Z", "hold")]
    assert proven(2) == []


def test_a_status_of_the_accounts_own_proves_nothing() -> None:
    assert proven(11, status_updated_at="2026-03-01T00:00:00Z") == []


def test_a_later_solution_is_a_further_event() -> None:
    first = decode("tickets", [TICKET])
    second = decode("tickets", [{**TICKET, "stats": {"resolved_at": "2026-03-09T00:00:00Z"}}])
    assert rows(first, "ticket_events", "external_id") != rows(second, "ticket_events", "external_id")


def test_the_activity_export() -> None:
    decoded = decode("ticket_activities", records_of(sample("freshdesk/own/ticket_activities_UNVERIFIED.json")))
    columns = ("ticket_id", "occurred_at", "actor_id", "actor_type", "rule_id", "field", "new_value", "provenance")
    assert rows(decoded, "ticket_events", *columns) == [
        ("4711", "2026-03-02T09:00:00Z", "82001000003", "unknown", None, "status", "pending", "export"),
        ("4711", "2026-03-02T09:00:00Z", "82001000003", "unknown", None, "priority", "high", "export"),
        ("4711", "2026-03-02T09:00:00Z", "82001000003", "unknown", None, "assignee", "82001000003", "export"),
        ("4711", "2026-03-03T09:40:05Z", None, "system", "Auto-resolve", "status", "solved", "export"),
    ]
    again = decode("ticket_activities", records_of(sample("freshdesk/own/ticket_activities_UNVERIFIED.json")))
    assert rows(again, "ticket_events", "external_id") == rows(decoded, "ticket_events", "external_id")


def test_what_the_vendor_recorded_comes_before_what_is_derived_in_the_same_second() -> None:
    recorded = decode("ticket_activities", records_of(sample("freshdesk/own/ticket_activities_UNVERIFIED.json")))
    derived = decode("tickets", [TICKET])
    assert max(rows(recorded, "ticket_events", "seq")) < min(rows(derived, "ticket_events", "seq"))


def test_an_activity_of_nobody_creation_and_an_unknown_status() -> None:
    activity = {"new_ticket": True, "status": "Parked", "agent_id": -1, "ticket_type": "Question", "spam": True}
    record = {
        "performed_at": "02-03-2026 09:00:00 +0000",
        "ticket_id": 1,
        "performer_id": 3,
        "performer_type": "user",
        "activity": activity,
    }
    decoded = decode(
        "ticket_activities",
        [record, {**record, "performed_at": "32-13-2026 09:00:00 +0000"}, {**record, "activity": None}],
    )
    assert rows(decoded, "ticket_events", "field", "new_value") == [
        *[("created", None), ("status", "open"), ("assignee", None), ("type", "Question"), ("status", "spam")]
    ]
    assert [(bad.line, bad.code) for bad in decoded.bad] == [(1, "bad_time"), (2, "missing_key")]
    assert decoded.notices[0].startswith("new_enum: ticket_events.status has the unknown value 'Parked', read as open")
