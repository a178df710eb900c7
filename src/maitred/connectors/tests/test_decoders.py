"""Every decoder: pure, total, in exactly the canonical shape, and at peace with every sample payload."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from fnmatch import fnmatch
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maitred.canon.tables import TABLES
from maitred.connectors.columns import decoded_schema
from maitred.connectors.decoded import Decoded
from maitred.connectors.freshdesk import mapping as freshdesk
from maitred.connectors.lines import Unreadable
from maitred.connectors.salesforce import mapping as salesforce
from maitred.connectors.streams import VENDORS
from maitred.connectors.tests.samples import maitred_shared_data, records_of, sample
from maitred.connectors.zendesk import mapping as zendesk

DECODE: dict[str, Callable[[str, Sequence[object]], Decoded]] = {
    "zendesk": zendesk.decode,
    "freshdesk": freshdesk.decode,
    "salesforce": salesforce.decode,
}
_PUBLIC = "freshdesk/python-freshdesk/"
SAMPLES: list[tuple[str, str, str]] = [
    ("zendesk", "tickets", "zendesk/incremental_tickets_cursor.json"),
    ("zendesk", "users", "zendesk/incremental_users_cursor.json"),
    ("zendesk", "organizations", "zendesk/incremental_organizations.json"),
    ("zendesk", "groups", "zendesk/groups.json"),
    ("zendesk", "group_memberships", "zendesk/group_memberships.json"),
    ("zendesk", "ticket_events", "zendesk/incremental_ticket_events.json"),
    ("zendesk", "ticket_events", "zendesk/incremental_ticket_events_no_sideload.json"),
    ("zendesk", "ticket_audits", "zendesk/ticket_audits.json"),
    ("zendesk", "ticket_metric_events", "zendesk/incremental_ticket_metric_events.json"),
    ("zendesk", "satisfaction_ratings", "zendesk/satisfaction_ratings.json"),
    ("zendesk", "survey_responses", "zendesk/survey_responses.json"),
    ("zendesk", "schedules", "zendesk/schedules.json"),
    ("zendesk", "slas_policies", "zendesk/slas_policies.json"),
    ("freshdesk", "tickets", "freshdesk/own/tickets_with_stats.json"),
    ("freshdesk", "business_hours", "freshdesk/own/business_hours.json"),
    ("freshdesk", "satisfaction_ratings", "freshdesk/own/satisfaction_ratings.json"),
    ("freshdesk", "sla_policies", "freshdesk/own/sla_policies.json"),
    ("freshdesk", "ticket_activities", "freshdesk/own/ticket_activities_UNVERIFIED.json"),
    *(("freshdesk", "agents", f"{_PUBLIC}{name}.json") for name in ("agents", "agent_1", "agent_1_updated")),
    *(("freshdesk", "tickets", f"{_PUBLIC}{name}.json") for name in ("all_tickets", "search_tickets", "ticket_1")),
    *(("freshdesk", "tickets", f"{_PUBLIC}{name}.json") for name in ("ticket_1_updated", "outbound_email_1")),
    *(("freshdesk", "companies", f"{_PUBLIC}{name}.json") for name in ("companies", "company", "company_updated")),
    *(("freshdesk", "companies", f"{_PUBLIC}{name}.json") for name in ("customer", "search_companies")),
    *(("freshdesk", "contacts", f"{_PUBLIC}{name}.json") for name in ("contact", "contacts", "contact_1_agent")),
    *(("freshdesk", "contacts", f"{_PUBLIC}{name}.json") for name in ("contact_updated", "search_contacts")),
    *(("freshdesk", "conversations", f"{_PUBLIC}{name}.json") for name in ("conversations", "note_1", "reply_1")),
    *(("freshdesk", "groups", f"{_PUBLIC}{name}.json") for name in ("groups", "group_1")),
    *(("freshdesk", "time_entries", f"{_PUBLIC}{name}.json") for name in ("time_entries", "time_entry_1")),
    ("salesforce", "Case", "salesforce/own/query_case_page1.json"),
    ("salesforce", "CaseHistory", "salesforce/own/query_casehistory.json"),
    ("salesforce", "CaseComment", "salesforce/own/query_casecomment.json"),
    ("salesforce", "EmailMessage", "salesforce/own/query_emailmessage.json"),
    ("salesforce", "CaseMilestone", "salesforce/own/query_casemilestone_UNVERIFIED.json"),
    ("salesforce", "BusinessHours", "salesforce/own/query_businesshours.json"),
]
ORPHANS: list[tuple[str, str, str, str]] = [
    ("zendesk", "ticket_comments", "zendesk/ticket_comments.json", "ticket_id"),
    ("zendesk", "holidays", "zendesk/holidays.json", "schedule_id"),
]
"""API lists that do not say what they were listed for: the reader adds that key to each record."""

NOT_DECODED: dict[str, str] = {
    "*/errors.json": "replies to failed calls",
    "zendesk/webhook_ticket_status_changed.json": "a webhook only names a ticket to fetch",
    "freshdesk/python-freshdesk/role*.json": "roles feed no table",
    "freshdesk/python-freshdesk/solution_*.json": "articles feed no table",
    "salesforce/own/bulk2_job.json": "the state of a job",
    "salesforce/own/bulk2_result_part1.csv": "a selection without CreatedDate; read and decoded in the tests of files",
    "salesforce/own/getdeleted.json": "ids only, for the live connector",
    "salesforce/own/token.json": "a sign-in reply",
    "salesforce/cumulusci/*": "descriptions of objects and writes, for the live connector",
    "*/LICENSE": "terms of the samples",
}
"""Sample files that hold no records of a stream, and why."""

EXTRA: dict[tuple[str, str], list[dict[str, Any]]] = {
    ("zendesk", "brands"): [{"id": 1, "name": "Acme", "active": True, "updated_at": "2026-01-01T00:00:00Z"}],
    ("freshdesk", "ticket_fields"): [
        {"id": 1, "name": "status", "label": "Status", "position": 3, "choices": {"8": ["X", "X"]}}
    ],
    ("salesforce", "User"): [{"Id": "0058d000001XyZaAAK", "Name": "Ada", "IsActive": True, "UserType": "Standard"}],
    ("salesforce", "Contact"): [
        {"Id": "0038d00000CcCcCAAV", "LastName": "M", "Email": "m@example.org", "AccountId": None}
    ],
    ("salesforce", "Group"): [{"Id": "00G8d000001QqQqEAK", "Name": "Shipping", "Type": "Queue"}],
    ("salesforce", "GroupMember"): [
        {"Id": "0118d00000AaAaAAAV", "UserOrGroupId": "0058d000001XyZaAAK", "GroupId": "00G8d000001QqQqEAK"}
    ],
    ("salesforce", "Account"): [
        {"Id": "0018d00000AaAaAAAV", "Name": "Acme", "Website": "https://acme.example/x", "ARR__c": 12}
    ],
    ("salesforce", "Holiday"): [
        {"Id": "0C08d00000HhHhHAAV", "Name": "New Year", "ActivityDate": "2026-01-01", "IsRecurrence": True}
    ],
    ("salesforce", "CaseStatus"): [
        {"Id": "01J8d00000AaAaAAAV", "MasterLabel": "Closed", "IsClosed": True, "SortOrder": 4}
    ],
    ("salesforce", "RecordType"): [{"Id": "0128d00000AaAaAAAV", "Name": "Support", "IsActive": True}],
    ("salesforce", "Entitlement"): [
        {"Id": "5508d00000AaAaAAAV", "Name": "Gold", "Status": "Active", "StartDate": "2026-01-01"}
    ],
}


def sample_records(vendor: str, stream: str) -> list[Any]:
    """Sound records of a stream."""
    if (vendor, stream) in EXTRA:
        return EXTRA[vendor, stream]
    for sample_vendor, sample_stream, name in SAMPLES:
        if (sample_vendor, sample_stream) == (vendor, stream):
            return records_of(sample(name))
    for sample_vendor, sample_stream, name, key in ORPHANS:
        if (sample_vendor, sample_stream) == (vendor, stream):
            return [{**record, key: 35436} for record in records_of(sample(name))]
    return EXTRA["zendesk", "brands"]


def check_shape(decoded: Decoded, vendor: str, stream: str, records: Sequence[object]) -> None:
    for name, table in decoded.tables.items():
        assert name in VENDORS[vendor][stream].feeds
        assert table.schema == decoded_schema(name)
        assert table.num_rows > 0
        table.validate(full=True)
        for field in table.schema:
            assert field.nullable or table.column(field.name).null_count == 0
        assert set(table.column("_line").to_pylist()) <= set(range(len(records)))
    for bad in decoded.bad:
        assert 0 <= bad.line < len(records)
        assert bad.message and bad.field


ALL_STREAMS = [(vendor, stream) for vendor, streams in VENDORS.items() for stream in streams]


@pytest.mark.parametrize(("vendor", "stream", "name"), SAMPLES, ids=[name for _, _, name in SAMPLES])
def test_every_sample_payload_decodes_with_nothing_set_aside(vendor: str, stream: str, name: str) -> None:
    records = records_of(sample(name))
    decoded = DECODE[vendor](stream, records)
    assert decoded.bad == []
    assert VENDORS[vendor][stream].feeds[0] in decoded.tables
    check_shape(decoded, vendor, stream, records)


def test_every_sample_file_is_decoded_or_listed_with_the_reason_why_not() -> None:
    folder = maitred_shared_data() / "api"
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {"SOURCES.md"}
    decoded = {name for _, _, name in SAMPLES} | {name for _, _, name, _ in ORPHANS}
    rest = {name for name in files - decoded if not any(fnmatch(name, pattern) for pattern in NOT_DECODED)}
    assert rest == set()
    assert decoded <= files


@pytest.mark.parametrize(("vendor", "stream", "name", "key"), ORPHANS)
def test_a_list_that_does_not_name_its_owner_is_set_aside_until_the_reader_names_it(
    vendor: str, stream: str, name: str, key: str
) -> None:
    records = records_of(sample(name))
    alone = DECODE[vendor](stream, records)
    assert {bad.code for bad in alone.bad} == {"orphan"} and len(alone.bad) == len(records)
    named = DECODE[vendor](stream, [{**record, key: 35436} for record in records])
    assert named.bad == []
    assert named.tables[VENDORS[vendor][stream].feeds[0]].num_rows == len(records)


@pytest.mark.parametrize(("vendor", "stream"), ALL_STREAMS)
def test_every_stream_has_a_decoder_that_feeds_canonical_tables(vendor: str, stream: str) -> None:
    assert set(VENDORS[vendor][stream].feeds) <= set(TABLES)
    records = sample_records(vendor, stream)
    decoded = DECODE[vendor](stream, records)
    assert decoded.bad == []
    check_shape(decoded, vendor, stream, records)


@pytest.mark.parametrize("vendor", VENDORS)
def test_an_unknown_stream_is_the_callers_mistake(vendor: str) -> None:
    with pytest.raises(KeyError):
        DECODE[vendor]("weather", [])


@pytest.mark.parametrize(("vendor", "stream"), ALL_STREAMS)
def test_what_is_no_object_is_set_aside_with_its_line(vendor: str, stream: str) -> None:
    records = [7, None, [], "x", Unreadable("not_json", "the record is not JSON"), *sample_records(vendor, stream)]
    decoded = DECODE[vendor](stream, records)
    assert [(bad.line, bad.code) for bad in decoded.bad] == [(n, "bad_type") for n in range(4)] + [(4, "not_json")]
    assert decoded.tables
    for table in decoded.tables.values():
        lines: list[Any] = table.column("_line").to_pylist()
        assert min(lines) >= 5


@pytest.mark.parametrize(("vendor", "stream"), ALL_STREAMS)
def test_an_empty_object_gives_no_row_and_says_why(vendor: str, stream: str) -> None:
    decoded = DECODE[vendor](stream, [{}])
    assert decoded.tables == {}
    assert [bad.line for bad in decoded.bad] == [0]


@pytest.mark.parametrize(("vendor", "stream"), ALL_STREAMS)
def test_decoding_is_pure_and_does_not_mix_records(vendor: str, stream: str) -> None:
    records = sample_records(vendor, stream)
    before = copy.deepcopy(records)
    once, twice = DECODE[vendor](stream, records), DECODE[vendor](stream, records)
    assert records == before
    assert once.tables == twice.tables and once.notices == twice.notices
    doubled = DECODE[vendor](stream, [*records, *records])
    for name, table in once.tables.items():
        assert doubled.tables[name].num_rows == 2 * table.num_rows


SCALARS: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=[]), max_size=8)
    | st.sampled_from(
        ["", "0", "-1", "open", "2026-03-02T09:00:00Z", "0058d000001XyZaAAK", "email", "a\0b", "\ud800", "Change"]
    )
)
JSON: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every path inside a JSON value."""
    found = [path] if path else []
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        found += places(item, (*path, key))
    return found


def mutated(record: Any, changes: list[tuple[int, str, Any]]) -> Any:
    """A copy of a record with some values replaced, removed, wrapped or renamed."""
    record = copy.deepcopy(record)
    for number, kind, value in changes:
        paths = places(record)
        if not paths:
            break
        *way, last = paths[number % len(paths)]
        holder = record
        for step in way:
            holder = holder[step]
        if kind == "remove":
            del holder[last]
        elif kind == "wrap":
            holder[last] = [holder[last]]
        elif kind == "text":
            holder[last] = str(holder[last])
        else:
            holder[last] = value
    return record


CHANGES = st.lists(
    st.tuples(st.integers(0, 500), st.sampled_from(["replace", "replace", "remove", "wrap", "text"]), JSON),
    min_size=1,
    max_size=4,
)


@pytest.mark.parametrize(("vendor", "stream"), ALL_STREAMS)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(changes=CHANGES, number=st.integers(0, 20))
def test_no_mutation_of_a_record_makes_a_decoder_raise(
    vendor: str, stream: str, changes: list[tuple[int, str, Any]], number: int
) -> None:
    sound = sample_records(vendor, stream)
    records = [mutated(sound[number % len(sound)], changes), *sound]
    decoded = DECODE[vendor](stream, records)
    check_shape(decoded, vendor, stream, records)
    assert {bad.line for bad in decoded.bad} <= {0}
