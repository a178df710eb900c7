"""Questions to Salesforce: which fields of an object exist, how a query is written, and how its pages are followed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from maitred.connectors.live import Api, Reading, Refused, Reply
from maitred.connectors.page import Record

ACCOUNT = "account"
LONGEST_SELECT = 10_000
"""Characters of a query's field list: an address may hold some 16,000."""
_ABSENT = ("INVALID_TYPE", "NOT_FOUND")
_NO_COLUMN = ("address", "location", "base64", "complexvalue")
_NAME = re.compile(r"\w+(?:\.\w+|\(\))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is read of an object: fields where they exist, ``more`` fields of others by the field that leads there."""

    fields: tuple[str, ...]
    custom: bool = False
    more: tuple[tuple[str, str], ...] = ()
    where: str = ""


_STAMPS = ("CreatedDate", "LastModifiedDate", "SystemModstamp")
_PERSON = ("Name", "FirstName", "LastName", "Email", "Phone", "MobilePhone", "AccountId")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SLA = ("SlaStartDate", "SlaExitDate", "MilestoneStatus", "IsStopped", "StopStartDate")

OBJECTS: dict[str, Wanted] = {
    "CaseStatus": Wanted(("Id", "ApiName", "MasterLabel", "SortOrder", "IsDefault", "IsClosed", *_STAMPS)),
    "RecordType": Wanted(
        ("Id", "Name", "DeveloperName", "Description", "IsActive", "SobjectType", *_STAMPS),
        where="SobjectType = 'Case'",
    ),
    "Group": Wanted(("Id", "Name", "DeveloperName", "Type", "Email", *_STAMPS), where="Type = 'Queue'"),
    "GroupMember": Wanted(("Id", "GroupId", "UserOrGroupId", "SystemModstamp"), where="Group.Type = 'Queue'"),
    "User": Wanted(
        ("Id", *_PERSON, "UserType", "IsActive", "TimeZoneSidKey", "LocaleSidKey", "LastLoginDate", *_STAMPS),
        custom=True,
        more=(("ProfileId", "Profile.Name"),),
    ),
    "Contact": Wanted(("Id", "IsDeleted", "MasterRecordId", *_PERSON, *_STAMPS), custom=True),
    "Account": Wanted(
        (
            *("Id", "IsDeleted", "MasterRecordId", "Name", "Website", "Type", "Industry", "CurrencyIsoCode"),
            *("OwnerId", "ParentId", *_STAMPS),
        ),
        custom=True,
    ),
    "BusinessHours": Wanted(
        (
            *("Id", "Name", "IsActive", "IsDefault", "TimeZoneSidKey"),
            *(f"{day}{end}Time" for day in _DAYS for end in ("Start", "End")),
            *_STAMPS,
        )
    ),
    "Holiday": Wanted(
        (
            *("Id", "Name", "ActivityDate", "IsAllDay", "IsRecurrence", "RecurrenceType", "RecurrenceMonthOfYear"),
            *("RecurrenceDayOfMonth", "RecurrenceStartDate", "RecurrenceEndDateOnly", *_STAMPS),
        )
    ),
    "Entitlement": Wanted(
        ("Id", "Name", "Status", "StartDate", "EndDate", "AccountId", "BusinessHoursId", "SlaProcessId", *_STAMPS)
    ),
    "Case": Wanted(
        (
            *("Id", "IsDeleted", "MasterRecordId", "CaseNumber", "Subject", "Description", "Status", "IsClosed"),
            *("Priority", "Origin", "Type", "ContactId", "SuppliedEmail", "SuppliedName", "AccountId", "OwnerId"),
            *("RecordTypeId", "ProductId", "ParentId", "BusinessHoursId", "IsEscalated", "ClosedDate"),
            *("CreatedById", *_SLA, *_STAMPS),
        ),
        custom=True,
    ),
    "CaseHistory": Wanted(
        (
            *("Id", "CaseId", "Field", "DataType", "OldValue", "NewValue", "IsDeleted", "CreatedById"),
            "CreatedDate",
        )
    ),
    "EmailMessage": Wanted(
        (
            *("Id", "ParentId", "Incoming", "Status", "MessageDate", "FromAddress", "FromName", "ToAddress"),
            *("Subject", "TextBody", "HtmlBody", "HasAttachment", "IsExternallyVisible", "ReplyToEmailMessageId"),
            *("IsDeleted", "CreatedById", *_STAMPS),
        ),
        where="ParentId != null",
    ),
    "CaseComment": Wanted(("Id", "ParentId", "IsPublished", "CommentBody", "IsDeleted", "CreatedById", *_STAMPS)),
    "CaseMilestone": Wanted(
        (
            *("Id", "CaseId", "MilestoneTypeId", "StartDate", "TargetDate", "CompletionDate", "IsCompleted"),
            *("IsViolated", "TargetResponseInMins", "ElapsedTimeInMins", "BusinessHoursId", "IsDeleted", *_STAMPS),
        ),
        more=(("MilestoneTypeId", "MilestoneType.Name"),),
    ),
}


NUMBERS = ("double", "currency", "percent", "int", "long")
_NO_TEXT = ("boolean", "datetime", *NUMBERS)


class Asking:
    """Questions about one object: the version of the interface and the object's fields are found once.

    Raises
    ------
    Refused
        The account does not have the object, or its user may not read it.
    """

    def __init__(self, reading: Reading, name: str) -> None:
        settings = reading.settings
        self.reading, self.api, self.name, self.wanted = reading, reading.api, name, OBJECTS[name]
        self.base = str(settings.get("base") or newest(reading.api))
        known = (settings.get("select") or {}).get(name)
        self.fields: tuple[str, ...] = tuple(known or select(name, described(reading.api, self.base, name)))
        self.kinds: Mapping[str, str] = (settings.get("kinds") or {}).get(name) or {}
        """Fields that are no texts, with Salesforce's name of what they are."""
        stamps = [field for field in ("SystemModstamp", "LastModifiedDate", "CreatedDate") if field in self.fields]
        self.stamp = stamps[0] if stamps else ""

    def soql(self, *conditions: str, order: str = "", fields: Sequence[str] = (), limit: int = 0) -> str:
        """A query of the object's fields under its own condition and these."""
        tail = f"{order} LIMIT {limit}" if limit else order
        return soql(fields or self.fields, self.name, [self.wanted.where, *conditions], tail)

    def count(self, *conditions: str) -> str:
        """The query for how many rows there are."""
        return soql(("COUNT()",), self.name, [self.wanted.where, *conditions])

    def ask(self, query: str, *, deleted: bool = True, accept: Sequence[int] = (200,)) -> Reply:
        """The first page of a query; with ``deleted`` rows of the recycle bin are in it."""
        path = f"{self.base}/{'queryAll' if deleted else 'query'}"
        return self.api.get(path, {"q": query}, bucket=ACCOUNT, accept=accept)

    def more(self, reply: Reply) -> Reply | None:
        """The page that follows; None where Salesforce no longer knows the query.

        Raises
        ------
        Refused
            The request failed for another reason.
        """
        following = self.api.get(str(reply.body["nextRecordsUrl"]), bucket=ACCOUNT, accept=(200, 400, 404))
        if following.status == 200:
            return following
        if "INVALID_QUERY_LOCATOR" in errors(following) or following.status == 404:
            return None
        raise refused(following, f"the next page of {self.name}")

    def scan(self, *conditions: str, fields: Sequence[str] = (), deleted: bool = True) -> Iterator[Reply]:
        """Every page of a query in the order of ids; it goes on by the last id where Salesforce forgot the query."""
        last = ""
        while True:
            after = [f"Id > {quoted(last)}"] if last else []
            reply: Reply | None = self.ask(
                self.soql(*conditions, *after, order="ORDER BY Id", fields=fields), deleted=deleted
            )
            while reply is not None:
                records = records_of(reply)
                last = str(records[-1].get("Id")) if records else last
                yield reply
                if ended(reply):
                    return
                reply = self.more(reply)


def soql(fields: Sequence[str], name: str, conditions: Sequence[str], tail: str = "") -> str:
    """A query; field names that are no names are left out."""
    where = " AND ".join(condition for condition in conditions if condition)
    text = f"SELECT {', '.join(field for field in fields if _NAME.fullmatch(field))} FROM {name}"
    return " ".join(part for part in (text, f"WHERE {where}" if where else "", tail.strip()) if part)


def newest(api: Api) -> str:
    """The path of the newest version of the interface.

    Raises
    ------
    Refused
        What answers is no Salesforce.
    """
    reply = api.get("services/data/", bucket=ACCOUNT)
    versions = [one.get("version") for one in reply.body if isinstance(one, dict)] if _is_list(reply.body) else []
    numbers = [one for one in versions if isinstance(one, str) and re.fullmatch(r"\d+\.\d+", one)]
    if not numbers:
        raise Refused("the address does not answer as Salesforce does", "look at the address", reason="form")
    return f"services/data/v{max(numbers, key=float)}"


def described(api: Api, base: str, name: str) -> list[Record]:
    """The fields of an object, as this user sees them.

    Raises
    ------
    Refused
        The account does not have it, or the user may not read it.
    """
    reply = api.get(f"{base}/sobjects/{name}/describe", bucket=ACCOUNT, accept=(200, 400, 403, 404))
    fields = reply.body.get("fields") if reply.status == 200 and isinstance(reply.body, dict) else None
    if fields is None:
        raise refused(reply, name)
    return [field for field in fields if isinstance(field, dict) and isinstance(field.get("name"), str)]


def select(name: str, fields: Sequence[Record]) -> list[str]:
    """Which fields of an object are read: those we know and that exist, then the account's own as far as they fit."""
    wanted, there = OBJECTS[name], {str(field["name"]): field for field in fields}
    chosen = [field for field in wanted.fields if field in there]
    chosen += [path for leads, path in wanted.more if leads in there]
    length = sum(len(field) + 2 for field in chosen)
    for field, about in sorted(there.items()):
        if wanted.custom and field.endswith("__c") and about.get("type") not in _NO_COLUMN:
            length += len(field) + 2
            if length <= LONGEST_SELECT:
                chosen.append(field)
    return chosen


def kinds(fields: Sequence[Record], chosen: Sequence[str]) -> dict[str, str]:
    """What the chosen fields of an object are, where they are no texts."""
    told = {str(field["name"]): str(field.get("type")) for field in fields}
    return {name: told[name] for name in chosen if told.get(name) in _NO_TEXT}


def refused(reply: Reply, what: str) -> Refused:
    """Why Salesforce did not answer, in its own codes."""
    codes = errors(reply)
    if reply.status == 404 or any(code in _ABSENT for code in codes):
        return Refused(f"this organisation has no {what} for us", "", status=reply.status, reason="absent")
    if reply.status == 403:
        remedy = "give the connection's user the right to read it"
        return Refused(f"the connection's user may not read {what}", remedy, status=403, reason="forbidden")
    told = ", ".join(codes) or str(reply.status)
    return Refused(f"Salesforce refused {what} ({told})", "", status=reply.status, reason="refused", body=reply.body)


def errors(reply: Reply) -> tuple[str, ...]:
    """The codes of a reply that is a list of errors."""
    found = reply.body if _is_list(reply.body) else []
    return tuple(str(one["errorCode"]) for one in found if isinstance(one, Mapping) and one.get("errorCode"))


def records_of(reply: Reply) -> list[Record]:
    """The objects of a page.

    Raises
    ------
    Refused
        The reply is no page of a query.
    """
    found = reply.body.get("records") if isinstance(reply.body, dict) else None
    if not isinstance(found, list) or ("nextRecordsUrl" not in reply.body and reply.body.get("done") is False):
        raise Refused("a reply is no page of a query", "the helpdesk's form has changed", reason="form", status=200)
    return found


def ended(reply: Reply) -> bool:
    """Whether this page is the last of its query."""
    return "nextRecordsUrl" not in reply.body


def quoted(text: str) -> str:
    """A text of a query."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def among(field: str, identities: Sequence[str]) -> str:
    """The condition that a field is one of these."""
    return f"{field} IN ({', '.join(quoted(one) for one in identities)})"


def parsed(text: str) -> datetime:
    """An instant of Salesforce."""
    return datetime.fromisoformat(text).astimezone(UTC)


def written(instant: datetime) -> str:
    """An instant as queries take it; as text these sort by time."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant.microsecond // 1000:03d}Z"


def _is_list(body: Any) -> bool:
    return isinstance(body, list)
