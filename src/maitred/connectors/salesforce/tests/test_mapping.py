"""Salesforce's cases, people and settings."""

from __future__ import annotations

from typing import Any

import pytest

from maitred.connectors.salesforce.ids import by_email, expand
from maitred.connectors.salesforce.mapping import decode
from maitred.connectors.tests.samples import records_of, row, rows, sample


def case(**about: Any) -> dict[str, Any]:
    """The one row of the sample case with some values changed."""
    (record,) = records_of(sample("salesforce/own/query_case_page1.json"))
    return row(decode("Case", [{**record, **about}]), "tickets")


def test_the_sample_case() -> None:
    found = case()
    assert found == {
        "external_id": "5008d00000AbCdEAAV",
        "number": "00001026",
        "subject": "Parcel never arrived",
        "type": "Problem",
        "ticket_key": found["ticket_key"],
        "status": "solved",
        "status_raw": "Closed",
        "priority": "high",
        "priority_raw": "High",
        "channel": "email",
        "channel_raw": "Email",
        "requester_id": "0038d00000CcCcCAAV",
        "submitter_id": "0058d000001AutoAAK",
        "assignee_id": "0058d000001XyZaAAK",
        "is_escalated": False,
        "organization_id": "0018d00000AaAaAAAV",
        "tags": [],
        "custom": "{}",
        "_line": 0,
        "created_at": "2026-03-02T08:15:30Z",
        "updated_at": "2026-03-03T09:40:05Z",
        "source_updated_at": "2026-03-03T09:40:06Z",
        "vendor_solved_at": "2026-03-03T09:40:05Z",
        "vendor_closed_at": "2026-03-03T09:40:05Z",
        "vendor_values": '{"ClosedDate":"2026-03-03T09:40:05.000+0000","IsClosed":true}',
    }


@pytest.mark.parametrize(
    ("short", "long"), [("5008d00000AbCdE", "5008d00000AbCdEAAV"), ("0058d000001XyZa", "0058d000001XyZaAAK")]
)
def test_short_ids_are_expanded(short: str, long: str) -> None:
    assert expand(short) == long and expand(long) == long
    assert expand("not an id, only") == "not an id, only"


def test_short_and_long_ids_meet() -> None:
    assert case(Id="5008d00000AbCdE")["ticket_key"] == case()["ticket_key"]
    assert case(OwnerId="0058d000001XyZa")["assignee_id"] == "0058d000001XyZaAAK"


@pytest.mark.parametrize(
    ("label", "closed", "status"),
    [
        *[("New", False, "new"), ("Working", False, "open"), ("Escalated", False, "open"), ("On Hold", False, "hold")],
        *[("Waiting on Customer", False, "pending"), ("Closed", True, "solved"), ("Duplicate", True, "solved")],
        *[("Closed - won", None, "solved"), ("Parked", False, "open"), ("Closed", False, "open")],
    ],
)
def test_statuses_by_label_and_by_what_the_case_says_of_itself(label: str, closed: bool | None, status: str) -> None:
    assert case(Status=label, IsClosed=closed)["status"] == status


def test_an_unknown_status_is_noted() -> None:
    (record,) = records_of(sample("salesforce/own/query_case_page1.json"))
    decoded = decode("Case", [{**record, "Status": "Parked", "IsClosed": False}])
    assert decoded.notices == ["new_enum: tickets.status has the unknown value 'Parked', read as open"]


def test_a_queue_owns_as_a_group() -> None:
    found = case(OwnerId="00G8d000001QqQqEAK")
    assert found["group_id"] == "00G8d000001QqQqEAK" and "assignee_id" not in found


def test_a_deleted_case_keeps_its_row_and_the_loser_of_a_merge_names_the_winner() -> None:
    deleted, merged = case(IsDeleted=True), case(IsDeleted=True, MasterRecordId="5008d00000ZzZzZAAV")
    assert (deleted["status"], deleted["delete_kind"], "deleted_at" in deleted) == ("deleted", "soft", False)
    assert (merged["delete_kind"], merged["merged_into_id"]) == ("merged", "5008d00000ZzZzZAAV")


def test_a_writer_without_contact_stands_for_a_customer() -> None:
    (record,) = records_of(sample("salesforce/own/query_case_page1.json"))
    decoded = decode(
        "Case", [{**record, "ContactId": None, "SuppliedEmail": " Mara@Example.org", "SuppliedName": "Mara"}]
    )
    person = by_email("mara@example.org")
    assert rows(decoded, "tickets", "requester_id") == [(person,)]
    assert rows(decoded, "users", "external_id", "name", "role", "active") == [(person, "Mara", "end_user", True)]
    assert rows(decoded, "messages", "author_id", "author_type") == [(person, "customer")]


def test_business_hours_of_a_case_hold_from_its_creation() -> None:
    decoded = decode("Case", records_of(sample("salesforce/own/query_case_page1.json")))
    assert rows(decoded, "ticket_schedules", "schedule_id", "valid_from") == [
        ("01m8d000000BhBhAAK", "2026-03-02T08:15:30Z")
    ]


def test_a_row_of_a_csv_file_reads_like_the_object() -> None:
    (record,) = records_of(sample("salesforce/own/query_case_page1.json"))
    plain = {key: value for key, value in record.items() if not isinstance(value, dict)}
    as_text = {key: str(value).lower() if isinstance(value, bool) else value for key, value in plain.items()}
    as_text["SystemModstamp"] = "2026-03-03T09:40:06.000Z"
    by_object, by_row = decode("Case", [plain]), decode("Case", [as_text])
    ignored = ["vendor_values"]
    assert by_row.tables["tickets"].drop_columns(ignored) == by_object.tables["tickets"].drop_columns(ignored)


def test_fields_of_the_accounts_own_are_kept() -> None:
    assert case(Carrier__c="DHL", Empty__c=None)["custom"] == '{"Carrier__c":"DHL"}'


def test_people() -> None:
    shared = {
        "Id": "0058d000001XyZaAAK",
        "Name": "Ada",
        "Email": "ada@acme.example",
        "IsActive": "false",
        "TimeZoneSidKey": "Europe/Berlin",
    }
    admin = {**shared, "UserType": "Standard", "Profile": {"Name": "System Administrator"}}
    decoded = decode(
        "User",
        [{**shared, "UserType": kind} for kind in ("Standard", "AutomatedProcess", "CspLitePortal", None)] + [admin],
    )
    assert rows(decoded, "users", "role") == [("agent",), ("bot",), ("end_user",), ("agent",), ("admin",)]
    assert rows(decoded, "users", "active", "time_zone")[0] == (False, "Europe/Berlin")
    contact = decode(
        "Contact",
        [
            {
                "Id": "0038d00000CcCcC",
                "FirstName": "Mara",
                "LastName": "Muster",
                "AccountId": "0018d00000AaAaA",
                "IsDeleted": True,
                "SystemModstamp": "2026-01-01T00:00:00Z",
            }
        ],
    )
    assert rows(contact, "users", "external_id", "name", "role", "organization_id", "deleted_at") == [
        (expand("0038d00000CcCcC"), "Mara Muster", "end_user", expand("0018d00000AaAaA"), "2026-01-01T00:00:00Z")
    ]


def test_only_queues_are_groups_and_only_people_are_members() -> None:
    groups = [{"Id": "00G8d000001QqQqEAK", "Name": "Shipping", "Type": kind} for kind in ("Queue", "Role")]
    assert decode("Group", groups).tables["groups"].num_rows == 1
    members = [
        {"Id": f"0118d00000AaAa{n}AAV", "GroupId": "00G8d000001QqQqEAK", "UserOrGroupId": who}
        for n, who in enumerate(("0058d000001XyZaAAK", "00G8d000001QqQqEAK"))
    ]
    assert rows(decode("GroupMember", members), "group_members", "user_id") == [("0058d000001XyZaAAK",)]


def test_accounts_statuses_and_record_types() -> None:
    account = {
        "Id": "0018d00000AaAaA",
        "Name": "Acme",
        "Website": "https://www.acme.example/de",
        "Industry": "Retail",
        "ARR__c": "1200.5",
    }
    found = row(decode("Account", [account]), "organizations")
    assert (found["domains"], found["industry"], found["arr"]) == (["acme.example"], "Retail", 1200.5)
    status = row(
        decode("CaseStatus", [{"Id": "01J8d00000AaAaA", "MasterLabel": "Done", "IsClosed": "true", "SortOrder": "4"}]),
        "custom_statuses",
    )
    assert status["definition"] == '{"is_closed":true,"is_default":false,"status_category":"solved"}'
    assert row(decode("RecordType", [{"Id": "0128d00000AaAaA", "Name": "Support"}]), "brands")["name"] == "Support"


def test_a_bulk_part_without_the_creation_date_is_set_aside_and_says_so() -> None:
    decoded = decode(
        "case", [{"Id": "5008d00000AbCdEAAV", "Status": "Closed", "SystemModstamp": "2026-03-03T09:40:06.000Z"}]
    )
    assert [(bad.code, bad.field, bad.key) for bad in decoded.bad] == [
        ("missing_key", "CreatedDate", "5008d00000AbCdEAAV")
    ]


def test_an_unknown_status_is_told_also_where_the_case_is_closed() -> None:
    case = {"Id": "5008d00000AbCdEAAV", "CreatedDate": "2026-03-02T09:00:00.000+0000",
            "SystemModstamp": "2026-03-02T09:00:00.000+0000"}  # fmt: skip
    for closed, read_as in ((True, "solved"), (False, "open"), (None, "open")):
        found = decode("Case", [{**case, "Status": "Zorked", "IsClosed": closed}])
        assert found.notices == [f"new_enum: tickets.status has the unknown value 'Zorked', read as {read_as}"]
    known = [{**case, "Status": name, "IsClosed": True} for name in ("Closed", "Closed - Won", "Resolved", "New")]
    assert decode("Case", known).notices == []
