"""Salesforce's records in canonical form: which field becomes which column, for live sync and file imports alike.

``decode`` is pure and total. It takes REST objects and rows of Bulk CSV files, where every value is text. Each object
has a
literal field table here or, for what happened to cases, in ``events``, for hours and service levels in ``service``.

Deliberate: a case in the recycle bin keeps its row with status ``deleted``, its ``delete_kind`` (``merged`` for the
loser of a
merge) and no ``deleted_at``, as with the other helpdesks. Parts of a case that are in the bin do get ``deleted_at``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from maitred.connectors import converters as c
from maitred.connectors.decoded import Decoded
from maitred.connectors.page import Field, Page, Record
from maitred.connectors.salesforce import events, ids, service
from maitred.connectors.salesforce.words import ORIGINS, PRIORITIES, STATUSES, USER_TYPES, is_true, status_of
from maitred.connectors.streams import SALESFORCE

STREAMS: dict[str, tuple[str, ...]] = {name: stream.feeds for name, stream in SALESFORCE.items()}
"""Stream (sObject) to the canonical tables that it feeds."""


def decode(stream: str, records: Sequence[object]) -> Decoded:
    """Canonical rows of one page of a Salesforce object.

    Parameters
    ----------
    stream
        A name of ``STREAMS`` in any case, or one of its aliases.
    records
        Parsed JSON values, one per record of the page; rows of CSV files as objects of texts.

    Returns
    -------
    Decoded
        Rows per canonical table (each exactly ``columns.decoded_schema``), records set aside, notices.

    Raises
    ------
    KeyError
        The stream is unknown. Records never make it raise.
    """
    decoder = _DECODERS[_NAMES[stream.lower()]]
    page = Page(records, key="Id")
    decoder(page)
    return page.finish()


def _status(case: Record) -> Any:
    if is_true(case.get("IsDeleted")):
        return "deleted"
    closed = case.get("IsClosed")
    return status_of(case.get("Status"), None if closed is None else is_true(closed))


def _delete_kind(case: Record) -> str | None:
    if not is_true(case.get("IsDeleted")):
        return None
    return "merged" if case.get("MasterRecordId") else "soft"


def _requester(case: Record) -> Any:
    contact = case.get("ContactId")
    return ids.expand(contact) if isinstance(contact, str) and contact else ids.by_email(case.get("SuppliedEmail"))


def _owner(prefix: str) -> Callable[[Record], str | None]:
    return lambda case: ids.of_kind(case.get("OwnerId"), prefix)


def _custom(record: Record) -> Record:
    return {key: value for key, value in record.items() if key[-3:] == "__c" and value is not None}


def _vendor_values(case: Record) -> Record:
    kept = ("IsClosed", "ClosedDate", "SlaStartDate", "SlaExitDate", "MilestoneStatus", "IsStopped", "StopStartDate")
    return {key: _one_form(key, case[key]) for key in kept if case.get(key) is not None}


def _one_form(key: str, value: Any) -> Any:
    """A value as jobs write it and as queries do, which differ in booleans and in the zone of instants."""
    if key.startswith("Is") and value in ("true", "false"):
        return value == "true"
    zulu = isinstance(value, str) and key.endswith("Date") and value.endswith("Z")
    return value[:-1] + "+0000" if zulu else value


def _tags(case: Record) -> Any:
    tags = case.get("Topics")
    return tags if isinstance(tags, (list, str)) else None


CASES = (
    Field("external_id", "Id", ids.ident),
    Field("source_updated_at", "SystemModstamp|LastModifiedDate|CreatedDate", c.instant),
    Field("delete_kind", ".", c.of(_delete_kind, c.text)),
    Field("number", "CaseNumber", c.text),
    Field("subject", "Subject", c.text),
    Field("status_raw", "Status", c.text),
    Field("status", ".", c.of(_status, c.choice(STATUSES, "open"))),
    Field("priority_raw", "Priority", c.text),
    Field("priority", "Priority", c.choice(PRIORITIES, None)),
    Field("type", "Type", c.text),
    Field("channel_raw", "Origin", c.text),
    Field("channel", "Origin", c.choice(ORIGINS, "other", "other")),
    Field("requester_id", ".", c.of(_requester, c.ident)),
    Field("submitter_id", "CreatedById", ids.ident),
    Field("assignee_id", ".", c.of(_owner(ids.USER), c.ident)),
    Field("group_id", ".", c.of(_owner(ids.QUEUE), c.ident)),
    Field("organization_id", "AccountId", ids.ident),
    Field("brand_id", "RecordTypeId", ids.ident),
    Field("product_id", "ProductId", ids.ident),
    Field("parent_id", "ParentId", ids.ident),
    Field("merged_into_id", "MasterRecordId", ids.ident),
    Field("tags", ".", c.of(_tags, c.texts)),
    Field("is_escalated", "IsEscalated", c.flag()),
    Field("created_at", "CreatedDate", c.instant),
    Field("updated_at", "LastModifiedDate|SystemModstamp|CreatedDate", c.instant),
    Field("vendor_solved_at", "ClosedDate", c.instant_if_any),
    Field("vendor_closed_at", "ClosedDate", c.instant_if_any),
    Field("vendor_values", ".", c.of(_vendor_values, c.json_text)),
    Field("custom", ".", c.of(_custom, c.json_object)),
)
CASE_SCHEDULES = (
    Field("external_id", "Id", c.text),
    Field("ticket_id", "Id", ids.ident),
    Field("source_updated_at", "SystemModstamp", c.instant),
    Field("schedule_id", "BusinessHoursId", ids.ident),
    Field("valid_from", "CreatedDate", c.instant),
)


def _note_closed(page: Page) -> None:
    """A closed case is solved, whatever its status is called; a name that nobody knows is told all the same."""
    for _, case in page.readable():
        label = case.get("Status")
        if not isinstance(label, str) or not is_true(case.get("IsClosed")) or is_true(case.get("IsDeleted")):
            continue
        if c.is_unknown(c.word_of(STATUSES, status_of(label))):
            page.notice(f"new_enum: tickets.status has the unknown value {label!r}, read as solved")


def decode_cases(page: Page) -> None:
    """A case, its description as first message, its business hours, and whoever wrote without being a contact."""
    page.add("tickets", CASES)
    _note_closed(page)
    events.add_descriptions(page)
    hours, people = [], []
    for line, case in page.readable():
        updated = case.get("SystemModstamp") or case.get("LastModifiedDate") or case.get("CreatedDate")
        schedule = case.get("BusinessHoursId")
        if schedule:
            identity = _identity(case)
            hours.append((line, f"{identity}:businesshours", identity, updated, schedule, case.get("CreatedDate")))
        email = case.get("SuppliedEmail")
        if not case.get("ContactId") and (person := ids.by_email(email)):
            people.append((line, person, updated, case.get("SuppliedName"), email))
    page.add_parts("ticket_schedules", CASE_SCHEDULES, hours)
    page.add_parts("users", events.STRANGERS, people)


def _identity(record: Record) -> str:
    return ids.expand(c.id_text(record.get("Id")) or "")


def _deletion(record: Record) -> Any:
    return (
        (record.get("SystemModstamp") or record.get("LastModifiedDate")) if is_true(record.get("IsDeleted")) else None
    )


_DELETED = (
    Field("deleted_at", ".", c.of(_deletion, c.instant_if_any)),
    Field("delete_kind", ".", c.of(lambda record: "soft" if _deletion(record) else None, c.text)),
)


def _person_name(person: Record) -> Any:
    name = person.get("Name")
    if name is not None:
        return name
    parts = [part for key in ("FirstName", "LastName") if isinstance(part := person.get(key), str)]
    return " ".join(parts) or None


def _role(user: Record) -> Any:
    kind = user.get("UserType")
    profile = user.get("Profile")
    name = profile.get("Name") if isinstance(profile, dict) else user.get("Profile.Name")
    return "admin" if name == "System Administrator" and kind in (None, "Standard") else kind


_ROLES: dict[Any, str | None] = {**USER_TYPES, "admin": "admin"}
USERS = (
    Field("external_id", "Id", ids.ident),
    Field("source_updated_at", "SystemModstamp|LastModifiedDate|CreatedDate", c.instant_or_epoch),
    Field("name", ".", c.of(_person_name, c.text)),
    Field("email", "Email", c.text),
    Field("phone", "Phone|MobilePhone", c.text),
    Field("role", ".", c.of(_role, c.choice(_ROLES, "end_user", "agent"))),
    Field("active", "IsActive", c.flag(True)),
    Field("organization_id", "AccountId", ids.ident),
    Field("time_zone", "TimeZoneSidKey", c.zone_if_any),
    Field("time_zone_raw", "TimeZoneSidKey", c.text),
    Field("locale", "LocaleSidKey", c.text),
    Field("created_at", "CreatedDate", c.instant_if_any),
    Field("last_login_at", "LastLoginDate", c.instant_if_any),
    Field("suspended", "IsFrozen", c.flag(False)),
    Field("custom", ".", c.of(_custom, c.json_object)),
)
CONTACTS = (
    Field("external_id", "Id", ids.ident),
    Field("source_updated_at", "SystemModstamp|LastModifiedDate|CreatedDate", c.instant_or_epoch),
    *_DELETED,
    Field("name", ".", c.of(_person_name, c.text)),
    Field("email", "Email", c.text),
    Field("phone", "Phone|MobilePhone", c.text),
    Field("role", "", c.always("end_user")),
    Field("active", "", c.always(True)),
    Field("organization_id", "AccountId", ids.ident),
    Field("created_at", "CreatedDate", c.instant_if_any),
    Field("suspended", "", c.always(False)),
    Field("custom", ".", c.of(_custom, c.json_object)),
)
GROUPS = (
    Field("external_id", "Id", ids.ident),
    Field("source_updated_at", "SystemModstamp|LastModifiedDate|CreatedDate", c.instant_or_epoch),
    Field("name", "Name|DeveloperName", c.text),
    Field("is_queue", "", c.always(True)),
)
GROUP_MEMBERS = (
    Field("external_id", "Id", ids.ident),
    Field("source_updated_at", "SystemModstamp", c.instant_or_epoch),
    Field("user_id", "UserOrGroupId", ids.ident),
    Field("group_id", "GroupId", ids.ident),
    Field("valid_from", "SystemModstamp", c.instant_or_epoch),
)


def _domains(account: Record) -> list[str]:
    site = account.get("Website")
    if not isinstance(site, str):
        return []
    host = c.clean(site.split("://")[-1].split("/")[0].strip().lower())
    return [host.removeprefix("www.")] if host else []


ACCOUNTS = (
    Field("external_id", "Id", ids.ident),
    Field("source_updated_at", "SystemModstamp|LastModifiedDate|CreatedDate", c.instant_or_epoch),
    *_DELETED,
    Field("name", "Name", c.text),
    Field("domains", ".", c.of(_domains, c.texts)),
    Field("tier", "Tier__c|CustomerPriority__c|Type", c.text),
    Field("health_score", "Health_Score__c", c.text),
    Field("industry", "Industry", c.text),
    Field("plan", "Plan__c", c.text),
    Field("arr", "ARR__c", c.decimal_if_any),
    Field("currency", "CurrencyIsoCode", c.text),
    Field("renewal_date", "Renewal_Date__c", c.day_if_any),
    Field("owner_id", "OwnerId", ids.ident),
    Field("parent_id", "ParentId", ids.ident),
    Field("custom", ".", c.of(_custom, c.json_object)),
    Field("known_at", "SystemModstamp|LastModifiedDate", c.instant_if_any),
)


def _is_queue(group: Record) -> bool:
    return group.get("Type") in (None, "Queue")


def _is_person(member: Record) -> bool:
    user = member.get("UserOrGroupId")
    return not isinstance(user, str) or user.startswith(ids.USER)


def _status_definition(status: Record) -> Record:
    closed = is_true(status.get("IsClosed"))
    label = status.get("MasterLabel") or status.get("ApiName")
    category = c.word_of(STATUSES, status_of(label, closed))
    default = is_true(status.get("IsDefault"))
    return {
        "status_category": category if isinstance(category, str) else "open",
        "is_closed": closed,
        "is_default": default,
    }


CASE_STATUSES = (
    Field("external_id", "Id|ApiName", ids.ident),
    Field("source_updated_at", "SystemModstamp", c.instant_or_epoch),
    Field("name", "MasterLabel|ApiName", c.text),
    Field("active", "IsActive", c.flag(True)),
    Field("position", "SortOrder", c.whole),
    Field("definition", ".", c.of(_status_definition, c.json_text)),
)
_ENVELOPE = frozenset(("attributes", "Id", "Name", "IsActive", "SystemModstamp", "LastModifiedDate", "CreatedDate"))


def _definition(record: Record) -> Record:
    return {key: value for key, value in record.items() if key not in _ENVELOPE and value is not None}


RECORD_TYPES = (
    Field("external_id", "Id", ids.ident),
    Field("source_updated_at", "SystemModstamp|LastModifiedDate", c.instant_or_epoch),
    Field("name", "Name|DeveloperName", c.text),
    Field("active", "IsActive", c.flag()),
    Field("definition", ".", c.of(_definition, c.json_text)),
)
"""Record types of cases take the place of brands."""

Decoder = Callable[[Page], None]


def _rows(table: str, fields: tuple[Field, ...], wanted: Callable[[Record], bool] | None = None) -> Decoder:
    def decoder(page: Page) -> None:
        if wanted is not None:
            page.keep(wanted)
        page.add(table, fields)

    return decoder


_DECODERS: dict[str, Decoder] = {
    "Case": decode_cases,
    "CaseHistory": events.decode_history,
    "EmailMessage": events.decode_emails,
    "CaseComment": events.decode_comments,
    "User": _rows("users", USERS),
    "Contact": _rows("users", CONTACTS),
    "Group": _rows("groups", GROUPS, _is_queue),
    "GroupMember": _rows("group_members", GROUP_MEMBERS, _is_person),
    "Account": _rows("organizations", ACCOUNTS),
    "CaseStatus": _rows("custom_statuses", CASE_STATUSES),
    "RecordType": _rows("brands", RECORD_TYPES),
    "BusinessHours": service.decode_business_hours,
    "Holiday": service.decode_holidays,
    "CaseMilestone": service.decode_milestones,
    "Entitlement": service.decode_entitlements,
}
_NAMES = {spelled.lower(): name for name, stream in SALESFORCE.items() for spelled in (name, *stream.aliases)}
