"""Freshdesk's tickets, people and settings."""

from __future__ import annotations

from typing import Any

import pytest

from maitred.connectors.freshdesk.mapping import decode
from maitred.connectors.tests.samples import records_of, row, rows, sample

TICKET = {
    "id": 4711,
    "status": 4,
    "priority": 3,
    "source": 1,
    "requester_id": 117,
    "responder_id": 3,
    "group_id": 2,
    "created_at": "2026-03-02T08:15:30Z",
    "updated_at": "2026-03-03T09:40:05Z",
    "tags": [],
    "stats": {"resolved_at": "2026-03-03T09:40:05Z"},
    "description_text": "Hello",
}


def ticket(**about: Any) -> dict[str, Any]:
    """The one row of the example ticket with some values changed."""
    return row(decode("tickets", [{**TICKET, **about}]), "tickets")


def test_the_example_line_of_the_import_format() -> None:
    assert ticket() == {
        "external_id": "4711",
        "number": "4711",
        "ticket_key": 4711,
        "status": "solved",
        "status_raw": "4",
        "_line": 0,
        "priority": "high",
        "priority_raw": "3",
        "channel": "email",
        "channel_raw": "1",
        "is_escalated": False,
        "requester_id": "117",
        "assignee_id": "3",
        "group_id": "2",
        "tags": [],
        "custom": "{}",
        "created_at": "2026-03-02T08:15:30Z",
        "updated_at": "2026-03-03T09:40:05Z",
        "source_updated_at": "2026-03-03T09:40:05Z",
        "vendor_solved_at": "2026-03-03T09:40:05Z",
        "vendor_values": '{"stats":{"resolved_at":"2026-03-03T09:40:05Z"}}',
    }


@pytest.mark.parametrize(
    ("number", "status"),
    [
        (2, "open"),
        (3, "pending"),
        (4, "solved"),
        (5, "closed"),
        (6, "pending"),
        (7, "hold"),
        (11, "open"),
        ("4", "solved"),
    ],
)
def test_status_numbers(number: Any, status: str) -> None:
    assert ticket(status=number)["status"] == status


def test_a_status_of_the_accounts_own_is_open_with_a_notice() -> None:
    assert decode("tickets", [{**TICKET, "status": 11}]).notices == [
        "new_enum: tickets.status has the unknown value '11', read as open"
    ]


def test_deletion_and_spam_are_statuses_and_keep_the_row() -> None:
    decoded = decode("tickets", [{**TICKET, "deleted": True}, {**TICKET, "spam": True}])
    assert rows(decoded, "tickets", "status", "status_raw", "delete_kind", "deleted_at") == [
        ("deleted", "4", "soft", None),
        ("spam", "4", "spam", None),
    ]


@pytest.mark.parametrize(
    ("source", "channel"),
    [
        (1, "email"),
        (2, "web"),
        (3, "phone"),
        (5, "social"),
        (6, "social"),
        (7, "chat"),
        (9, "web"),
        (10, "email"),
        (13, "messaging"),
        (99, "other"),
    ],
)
def test_channels(source: int, channel: str) -> None:
    assert ticket(source=source)["channel"] == channel


def test_old_field_names_of_the_first_api_are_read() -> None:
    decoded = decode("tickets", records_of(sample("freshdesk/python-freshdesk/all_tickets.json")))
    found = row(decoded, "tickets")
    assert (found["type"], found["created_at"], found["vendor_first_reply_due_at"], found["tags"]) == (
        *("Question", "2014-12-31T02:27:09Z", "2015-01-01T02:27:09Z"),
        ["mytag"],
    )


def test_agents_and_contacts_are_people() -> None:
    agents = decode("agents", records_of(sample("freshdesk/python-freshdesk/agents.json")))
    assert rows(
        agents, "users", "external_id", "name", "email", "phone", "role", "active", "time_zone", "last_login_at"
    ) == [
        ("1", "Support", "abc@xyz.com", "5678", "agent", True, "Asia/Kolkata", "2015-08-21T09:24:46Z"),
        ("432", "Clark Kent", "superman@freshdesk.com", None, "agent", False, "Asia/Kolkata", None),
    ]
    contact = decode("contacts", records_of(sample("freshdesk/python-freshdesk/contact.json")))
    assert rows(contact, "users", "role", "time_zone") == [("end_user", "Australia/Brisbane")]
    both = decode("contacts", records_of(sample("freshdesk/python-freshdesk/contact_1_agent.json")))
    assert rows(both, "users", "role") == [("agent",)]
    gone = decode("contacts", [{"id": 7, "deleted": True, "updated_at": "2026-01-01T00:00:00Z"}])
    assert rows(gone, "users", "deleted_at", "delete_kind") == [("2026-01-01T00:00:00Z", "soft")]


def test_companies_with_domains_as_list_or_text() -> None:
    decoded = decode("companies", records_of(sample("freshdesk/python-freshdesk/companies.json")))
    assert [
        (a, b, c, str(d))
        for a, b, c, d in rows(decoded, "organizations", "domains", "tier", "health_score", "renewal_date")
    ] == [
        (["supernova", "nova", "super"], "Premium", "Happy", "2020-12-31"),
        (["poseidon"], "Premium", None, "None"),
    ]
    old = decode("companies", records_of(sample("freshdesk/python-freshdesk/customer.json")))
    assert rows(old, "organizations", "domains", "custom") == [(["acme.com"], '{"cf_custom_key":"custom_value"}')]


def test_groups_with_their_members() -> None:
    decoded = decode("groups", records_of(sample("freshdesk/python-freshdesk/group_1.json")))
    assert rows(decoded, "groups", "external_id", "name", "is_queue") == [("1", "Entertainers", False)]
    assert rows(decoded, "group_members", "external_id", "user_id", "group_id", "valid_from") == [
        ("1:2", "2", "1", "2014-01-08T02:23:41Z"),
        ("1:15", "15", "1", "2014-01-08T02:23:41Z"),
    ]


def test_time_entries_in_seconds() -> None:
    decoded = decode("time_entries", records_of(sample("freshdesk/python-freshdesk/time_entries.json")))
    assert rows(decoded, "time_entries", "ticket_id", "user_id", "spent_s", "billable") == [
        ("1", "1", 900, True),
        ("2", "1", 600, True),
        ("3", "1", 900, True),
    ]
    odd = decode(
        "time_entries",
        [{"id": 1, "ticket_id": 1, "agent_id": 1, "time_spent": "a while", "updated_at": "2026-01-01T00:00:00Z"}],
    )
    assert [(bad.code, bad.field) for bad in odd.bad] == [("bad_type", "time_spent")]
