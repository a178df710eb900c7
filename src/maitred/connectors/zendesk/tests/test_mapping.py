"""Zendesk's tickets, people and settings."""

from __future__ import annotations

from typing import Any

import pytest

from maitred.connectors.tests.samples import records_of, row, rows, sample
from maitred.connectors.zendesk.mapping import decode

TICKET = {
    "id": 35436,
    "status": "open",
    "priority": "high",
    "via": {"channel": "email"},
    "requester_id": 117,
    "assignee_id": 3,
    "group_id": 2,
    "created_at": "2026-03-02T08:15:30Z",
    "updated_at": "2026-03-02T09:00:00Z",
    "generated_timestamp": 1772442001,
    "tags": ["vip"],
    "subject": "Parcel",
}


def ticket(**about: Any) -> dict[str, Any]:
    """The one row of the example ticket with some values changed."""
    return row(decode("tickets", [{**TICKET, **about}]), "tickets")


def test_the_example_line_of_the_import_format() -> None:
    assert ticket() == {
        "external_id": "35436",
        "number": "35436",
        "ticket_key": 35436,
        "subject": "Parcel",
        "_line": 0,
        "status": "open",
        "status_raw": "open",
        "priority": "high",
        "priority_raw": "high",
        "channel": "email",
        "channel_raw": "email",
        "requester_id": "117",
        "assignee_id": "3",
        "group_id": "2",
        "tags": ["vip"],
        "custom": "{}",
        "created_at": "2026-03-02T08:15:30Z",
        "updated_at": "2026-03-02T09:00:00Z",
        "source_updated_at": "2026-03-02T09:00:01Z",
    }


def test_the_sample_ticket_and_its_scrubbed_neighbour() -> None:
    decoded = decode("tickets", records_of(sample("zendesk/incremental_tickets_cursor.json")))
    assert rows(decoded, "tickets", "external_id", "status", "delete_kind", "deleted_at", "source_updated_at") == [
        ("35436", "solved", None, None, "2026-03-03T09:40:06Z"),
        ("35437", "deleted", "hard", None, "2026-03-03T09:43:20Z"),
    ]
    assert rows(
        decoded, "tickets", "submitter_id", "organization_id", "brand_id", "form_id", "custom", "satisfaction_hint"
    )[0] == (
        *("360001000117", "360003000004", "360008", "360009", '{"27642":"DHL","custom_status_id":"1900001"}'),
        '{"comment":"Took too long","id":9301,"score":"bad"}',
    )
    assert set(decoded.tables) == {"tickets"}  # the description is the first comment, which comes with the events


@pytest.mark.parametrize("status", ["new", "open", "pending", "hold", "solved", "closed", "deleted"])
def test_every_status_is_taken_as_it_is(status: str) -> None:
    assert ticket(status=status)["status"] == status


def test_an_unknown_status_is_open_with_a_notice_and_no_priority_stays_none() -> None:
    decoded = decode("tickets", [{**TICKET, "status": "parked", "priority": None}] * 2)
    assert rows(decoded, "tickets", "status", "status_raw", "priority") == [("open", "parked", None)] * 2
    assert decoded.notices == ["new_enum: tickets.status has the unknown value 'parked', read as open (2 times)"]


@pytest.mark.parametrize(
    ("raw", "channel"),
    [
        *[("email", "email"), ("web", "web"), ("help_center", "web"), ("mobile", "web"), ("chat", "chat")],
        *[("native_messaging", "messaging"), ("whatsapp", "messaging"), ("voice", "phone"), ("twitter_dm", "social")],
        *[
            ("facebook_post", "social"),
            ("api", "api"),
            ("sample_ticket", "other"),
            (None, "other"),
            ("smoke signal", "other"),
        ],
    ],
)
def test_channels(raw: str | None, channel: str) -> None:
    assert ticket(via={"channel": raw})["channel"] == channel


def test_metrics_of_the_sideload_are_kept_for_reconciliation() -> None:
    found = ticket(metric_set={"solved_at": "2026-03-03T09:40:05Z", "reopens": 1})
    assert found["vendor_values"] == '{"reopens":1,"solved_at":"2026-03-03T09:40:05Z"}'
    assert found["vendor_solved_at"] == "2026-03-03T09:40:05Z"


@pytest.mark.parametrize(
    ("about", "code", "field"),
    [
        ({"id": None}, "missing_key", "id"),
        ({"id": {"a": 1}}, "bad_type", "id"),
        ({"status": None}, "missing_key", "status"),
        ({"created_at": None}, "missing_key", "created_at"),
        ({"created_at": "soon"}, "bad_time", "created_at"),
        ({"tags": 7}, "bad_type", "tags"),
        ({"subject": ["a"]}, "bad_type", "subject or raw_subject"),
    ],
)
def test_a_ticket_that_cannot_become_a_row_is_set_aside_with_its_reason(
    about: dict[str, Any], code: str, field: str
) -> None:
    decoded = decode("tickets", [TICKET, {**TICKET, **about}, TICKET])
    assert [(bad.line, bad.code, bad.field) for bad in decoded.bad] == [(1, code, field)]
    assert rows(decoded, "tickets", "_line") == [(0,), (2,)]


def test_new_fields_are_ignored_and_removed_ones_are_null() -> None:
    found = row(
        decode("tickets", [{"id": 1, "status": "new", "created_at": "2026-01-01T00:00:00Z", "hologram": {}}]), "tickets"
    )
    assert found["source_updated_at"] == found["updated_at"] == "2026-01-01T00:00:00Z"
    assert found["channel"] == "other" and "subject" not in found


def test_users_with_their_roles_and_zones() -> None:
    decoded = decode("users", records_of(sample("zendesk/incremental_users_cursor.json")))
    assert rows(decoded, "users", "external_id", "role", "time_zone", "time_zone_raw", "active", "custom") == [
        ("360001000117", "end_user", "Europe/Berlin", "Berlin", True, '{"tier":"gold"}'),
        ("360001000003", "agent", "America/Los_Angeles", "Pacific Time (US & Canada)", True, "{}"),
    ]
    base = {"id": 1, "updated_at": "2026-01-01T00:00:00Z"}
    light = decode("users", [{**base, "role": "agent", "role_type": 1}, {**base, "role": "admin", "active": False}])
    assert rows(light, "users", "role", "active") == [("light", True), ("admin", False)]


def test_bots_are_users_with_the_tag_bot_or_the_field_is_bot() -> None:
    told = [
        {"id": 1, "role": "agent", "tags": ["bot"]},
        {"id": 2, "role": "agent", "user_fields": {"is_bot": True}},
        {"id": 3, "role": "agent", "user_fields": {"is_bot": False}, "tags": ["robots"]},
        {"id": 4, "role": "admin", "user_fields": {"is_bot": [1]}, "tags": "bot"},
    ]
    decoded = decode("users", [{"created_at": "2025-01-06T00:00:00Z", **one} for one in told])
    assert rows(decoded, "users", "external_id", "role") == [
        ("1", "bot"),
        ("2", "bot"),
        ("3", "agent"),
        ("4", "admin"),
    ]


def test_a_person_with_an_unknown_zone_is_kept_without_it() -> None:
    decoded = decode("users", [{"id": 1, "role": "agent", "time_zone": "Atlantis"}])
    assert rows(decoded, "users", "time_zone", "time_zone_raw") == [(None, "Atlantis")]
    assert decoded.notices == ["users.time_zone: left out the unknown zone Atlantis"]


def test_a_deleted_group_and_a_deleted_organization_are_marked() -> None:
    groups = decode("groups", [{"id": 1, "name": "A", "deleted": True, "updated_at": "2026-01-01T00:00:00Z"}])
    assert rows(groups, "groups", "deleted_at", "delete_kind") == [("2026-01-01T00:00:00Z", "soft")]
    organizations = decode("organizations", [{"id": 1, "name": "A", "deleted_at": "2026-02-01T00:00:00Z"}])
    assert rows(organizations, "organizations", "deleted_at", "delete_kind") == [("2026-02-01T00:00:00Z", "soft")]


def test_what_an_organization_pays_comes_from_its_own_fields() -> None:
    decoded = decode("organizations", records_of(sample("zendesk/incremental_organizations.json")))
    found = row(decoded, "organizations")
    assert (found["name"], found["domains"], found["arr"], str(found["renewal_date"])) == (
        *("Muster GmbH", ["muster.example"], 12000.0),
        "2026-12-01",
    )


def test_settings_keep_their_definition() -> None:
    field = {
        "id": 5,
        "title": "Carrier",
        "type": "tagger",
        "active": True,
        "position": 3,
        "custom_field_options": [{"name": "DHL"}],
    }
    found = row(decode("ticket_fields", [field]), "ticket_fields")
    assert (found["name"], found["position"], found["source_updated_at"]) == ("Carrier", 3, "1970-01-01T00:00:00Z")
    assert found["definition"] == '{"custom_field_options":[{"name":"DHL"}],"type":"tagger"}'
    status = row(
        decode("custom_statuses", [{"id": 9, "agent_label": "Parked", "status_category": "hold"}]), "custom_statuses"
    )
    assert (status["name"], status["definition"]) == ("Parked", '{"agent_label":"Parked","status_category":"hold"}')


def test_an_alias_is_as_good_as_the_name() -> None:
    policies = records_of(sample("zendesk/slas_policies.json"))
    assert decode("sla_policies", policies).tables == decode("slas_policies", policies).tables
