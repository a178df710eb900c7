"""Salesforce's field history, e-mails and comments."""

from __future__ import annotations

from typing import Any

import pytest

from maitred.connectors.salesforce.ids import by_email
from maitred.connectors.salesforce.mapping import decode
from maitred.connectors.tests.samples import records_of, rows, sample

QUEUE, OTHER_QUEUE = "00G8d000001QqQqEAK", "00G8d000001ZzZzEAK"
ADA, BOB = "0058d000001XyZaAAK", "0058d000001BoBoAAK"


def changes(**about: Any) -> list[tuple[Any, ...]]:
    """(field, old value, new value) of one history row."""
    shared = {
        "Id": "0178d00000000003AQ",
        "CaseId": "5008d00000AbCdEAAV",
        "CreatedById": ADA,
        "CreatedDate": "2026-03-02T09:00:00.000+0000",
    }
    decoded = decode("CaseHistory", [{**shared, **about}])
    assert decoded.bad == []
    return rows(decoded, "ticket_events", "field", "old_value", "new_value") if decoded.tables else []


def test_the_sample_history_counts_the_change_of_owner_once() -> None:
    decoded = decode("CaseHistory", records_of(sample("salesforce/own/query_casehistory.json")))
    columns = ("external_id", "occurred_at", "actor_id", "field", "old_value", "new_value")
    assert rows(decoded, "ticket_events", *columns) == [
        ("0178d0000000001AAQ", "2026-03-02T08:15:30Z", ADA, "created", None, None),
        ("0178d0000000003AAQ:group", "2026-03-02T09:00:00Z", ADA, "group", QUEUE, None),
        ("0178d0000000003AAQ:assignee", "2026-03-02T09:00:00Z", ADA, "assignee", None, ADA),
        ("0178d0000000004AAQ", "2026-03-02T09:00:00Z", ADA, "status", "new", "open"),
        ("0178d0000000005AAQ", "2026-03-02T09:00:00Z", ADA, "priority", "normal", "high"),
        ("0178d0000000006AAQ", "2026-03-03T09:40:05Z", ADA, "status", "open", "solved"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (QUEUE, ADA, [("group", QUEUE, None), ("assignee", None, ADA)]),
        (ADA, BOB, [("assignee", ADA, BOB)]),
        (ADA, QUEUE, [("group", None, QUEUE), ("assignee", ADA, None)]),
        (QUEUE, OTHER_QUEUE, [("group", QUEUE, OTHER_QUEUE)]),
        (None, ADA, [("assignee", None, ADA)]),
        (ADA[:15], BOB[:15], [("assignee", ADA, BOB)]),
    ],
)
def test_owners_are_people_or_queues(old: str | None, new: str, expected: list[tuple[Any, ...]]) -> None:
    assert changes(Field="Owner", OldValue=old, NewValue=new, DataType="EntityId") == expected
    assert changes(Field="ownerAssignment", OldValue=old, NewValue=new, DataType=None) == expected


def test_the_row_of_names_is_left_out() -> None:
    assert changes(Field="Owner", OldValue="Shipping queue", NewValue="Ada Agent", DataType="Text") == []
    assert changes(Field="Owner", OldValue="Shipping queue", NewValue="Ada Agent") == []
    assert changes(Field="Contact", OldValue="Mara", NewValue="Max", DataType="Text") == []


@pytest.mark.parametrize(
    ("field", "old", "new", "expected"),
    [
        ("Status", "Working", "Closed - done", ("status", "open", "solved")),
        ("Type", "Problem", None, ("type", "Problem", None)),
        ("Contact", "0038d00000CcCcC", "0038d00000DdDdD", ("requester", "0038d00000CcCcCAAV", "0038d00000DdDdDAAV")),
        ("IsEscalated", False, True, ("escalated", "false", "true")),
        ("Carrier__c", "DHL", "UPS", ("custom:Carrier__c", "DHL", "UPS")),
    ],
)
def test_other_tracked_fields(field: str, old: Any, new: Any, expected: tuple[Any, ...]) -> None:
    assert changes(Field=field, OldValue=old, NewValue=new) == [expected]


def test_two_labels_of_one_status_are_no_change_and_unknown_fields_stay_in_landing() -> None:
    assert changes(Field="Status", OldValue="Working", NewValue="In Progress") == []
    assert changes(Field="SuppliedPhone", OldValue="1", NewValue="2") == []


def test_a_change_of_business_hours_moves_the_ticket_to_another_schedule() -> None:
    row = {
        "Id": "0178d00000000003AQ",
        "CaseId": "5008d00000AbCdEAAV",
        "CreatedDate": "2026-03-02T09:00:00Z",
        "Field": "BusinessHours",
    }
    decoded = decode("CaseHistory", [{**row, "OldValue": "01m8d000000AaAaAAK", "NewValue": "01m8d000000BhBhAAK"}])
    assert rows(decoded, "ticket_schedules", "schedule_id", "valid_from") == [
        ("01m8d000000BhBhAAK", "2026-03-02T09:00:00Z")
    ]


def test_mails_in_and_out() -> None:
    (mail,) = records_of(sample("salesforce/own/query_emailmessage.json"))
    incoming = {
        **mail,
        "Id": "02s8d00000EmEmFAAV",
        "Incoming": "true",
        "FromAddress": "Mara@example.org",
        "TextBody": "",
        "HasAttachment": "true",
    }
    decoded = decode("EmailMessage", [mail, incoming])
    person = by_email("mara@example.org")
    assert rows(
        decoded, "messages", "author_id", "author_type", "direction", "sent_at", "body_text", "attachments_count"
    ) == [
        ("0058d000001XyZaAAK", "unknown", "out", "2026-03-02T11:02:00Z", "We asked the carrier.", 0),
        (person, "customer", "in", "2026-03-02T11:02:00Z", "We asked the carrier.", 1),
    ]
    assert rows(decoded, "users", "external_id", "email", "role") == [(person, "Mara@example.org", "end_user")]


def test_drafts_and_mails_of_other_records_give_no_message() -> None:
    (mail,) = records_of(sample("salesforce/own/query_emailmessage.json"))
    decoded = decode(
        "EmailMessage", [{**mail, "Status": "5"}, {**mail, "ParentId": None, "RelatedToId": "0018d00000AaAaAAAV"}]
    )
    assert decoded.tables == {} and decoded.bad == []


def test_comments_inside_and_outside() -> None:
    (comment,) = records_of(sample("salesforce/own/query_casecomment.json"))
    deleted = {**comment, "Id": "00a8d00000CoCoDAAV", "IsPublished": True, "IsDeleted": True}
    decoded = decode("CaseComment", [comment, deleted])
    assert rows(decoded, "messages", "author_id", "direction", "is_public", "body_text", "deleted_at") == [
        (ADA, "internal", False, "Carrier asked.", None),
        (ADA, "out", True, "Carrier asked.", "2026-03-02T09:00:00Z"),
    ]


def test_a_case_without_description_has_no_first_message() -> None:
    (record,) = records_of(sample("salesforce/own/query_case_page1.json"))
    assert rows(decode("Case", [record]), "messages", "external_id", "direction", "is_first") == [
        ("5008d00000AbCdEAAV:description", "in", True)
    ]
    assert "messages" not in decode("Case", [{**record, "Description": None}]).tables
