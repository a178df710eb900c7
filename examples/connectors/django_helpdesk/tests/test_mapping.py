"""What a ticket of django-helpdesk becomes; its shape is that of a real one's reply."""

from __future__ import annotations

from typing import Any

import pytest
from maitred_django_helpdesk.mapping import decode

from maitred.testing.shapes import mutations


def followup(number: int, at: str, **told: Any) -> dict[str, Any]:
    return {"id": number, "ticket": 4, "user": 2, "title": "", "comment": "", "public": True, "new_status": None,
            "time_spent": None, "followupattachment_set": [], "date": at, "message_id": None, **told}  # fmt: skip


def ticket(**told: Any) -> dict[str, Any]:
    parts = [
        followup(12, "2026-03-03T12:00:00Z", user=None, comment="Please look.\r\n", message_id="<3@mail.example>"),
        followup(13, "2026-03-03T12:45:00Z", comment="Look at the shelf", public=False, time_spent="00:12:30"),
        followup(14, "2026-03-03T13:30:00Z", comment="Found it", new_status=3),
        followup(15, "2026-03-04T09:00:00Z", user=None, comment="Still broken", message_id="<4@x>", new_status=2),
        followup(16, "2026-03-04T10:00:00Z", user=None, comment="Ticket escalated", new_status=4),
    ]  # fmt: skip
    return {"id": 4, "queue": 1, "title": "Mail", "description": "Please look.", "resolution": None,
            "submitter_email": "Ann@Shop.example", "assigned_to": 2, "status": 4, "on_hold": False, "priority": 2,
            "due_date": None, "merged_to": None, "followup_set": parts, **told}  # fmt: skip


def rows(table: str, *tickets: dict[str, Any]) -> list[dict[str, Any]]:
    found = decode("tickets", tickets)
    assert found.bad == []
    return list(found.tables[table].to_pylist()) if table in found.tables else []


def test_a_ticket_begins_with_its_first_followup_and_changed_with_its_last() -> None:
    (row,) = rows("tickets", ticket())
    assert (row["status"], row["priority"], row["channel"]) == ("closed", "high", "email")
    assert row["created_at"].isoformat() == "2026-03-03T12:00:00+00:00"
    assert row["updated_at"].isoformat() == "2026-03-04T10:00:00+00:00"


def test_statuses_follow_each_other_from_open_on() -> None:
    found = [row for row in rows("ticket_events", ticket()) if row["field"] == "status"]
    changes = [(row["old_value"], row["new_value"], row["actor_type"], row["provenance"]) for row in found]
    assert changes == [
        (None, "open", "customer", "derived"),
        ("open", "solved", "agent", "native"),
        ("solved", "open", "customer", "native"),
        ("open", "closed", "system", "native"),
    ]


def test_what_is_only_known_as_of_today_says_how_uncertain_it_is() -> None:
    found = {row["field"]: row for row in rows("ticket_events", ticket())}
    assert found["assignee"]["new_value"] == "2" and found["group"]["new_value"] == "1"
    assert found["assignee"]["uncertainty_s"] == 22 * 3_600 and found["requester"]["uncertainty_s"] == 0


def test_the_opening_is_one_message_and_the_customers() -> None:
    found = [
        (row["direction"], row["author_type"], row["body_text"], row["is_first"]) for row in rows("messages", ticket())
    ]
    assert found == [
        ("in", "customer", "Please look.", True),
        ("internal", "agent", "Look at the shelf", False),
        ("out", "agent", "Found it", False),
        ("in", "customer", "Still broken", False),
        ("out", "system", "Ticket escalated", False),
    ]


def test_a_description_that_no_followup_repeats_is_a_message_of_its_own() -> None:
    alone = ticket(followup_set=[followup(31, "2026-03-03T12:00:00Z", comment="An answer")])
    found = [(row["external_id"], row["direction"], row["body_text"]) for row in rows("messages", alone)]
    assert found == [("4:description", "in", "Please look."), ("31", "out", "An answer")]


def test_ids_of_tickets_and_followups_never_meet() -> None:
    other = {**ticket(), "id": 14, "followup_set": [followup(4, "2026-03-03T12:00:00Z", comment="Please look.")]}
    keys = [row["external_id"] for row in rows("ticket_events", ticket(), other)]
    assert len(keys) == len(set(keys))


def test_a_customer_is_one_however_the_address_is_written() -> None:
    found = [
        row for row in rows("users", ticket(), ticket(submitter_email=" ann@shop.example")) if row["role"] == "end_user"
    ]
    assert {row["external_id"] for row in found} == {rows("tickets", ticket())[0]["requester_id"]}
    assert {row["email"] for row in found} == {"ann@shop.example"}


@pytest.mark.parametrize(
    ("spent", "seconds"), [("00:12:30", 750), ("1 02:00:00", 93_600), ("-1 00:00:00", None), ("x", None)]
)
def test_time_spent_is_read_in_seconds(spent: str, seconds: int | None) -> None:
    one = ticket(followup_set=[followup(31, "2026-03-03T12:00:00Z", comment="Please look.", time_spent=spent)])
    assert [row["spent_s"] for row in rows("time_entries", one)] == ([] if seconds is None else [seconds])


def test_a_ticket_without_a_followup_is_set_aside_with_its_reason() -> None:
    found = decode("tickets", [ticket(followup_set=[])])
    assert found.tables == {} and found.bad[0].code == "missing_key" and "is missing" in found.bad[0].message


def test_no_shape_of_a_ticket_raises() -> None:
    strange = list(mutations(ticket()))
    found = decode("tickets", strange)
    assert found.tables["tickets"].num_rows > len(strange) / 2 and found.bad
