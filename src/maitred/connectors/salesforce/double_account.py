"""The organisation that the fake Salesforce holds: its objects, their fields, and what happens to its cases.

What should be read from it is written down in canonical terms as it happens, apart from the rows.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from functools import cache
from typing import Any

from maitred.connectors.salesforce.double_soql import Row, written

STAMPS = ("CreatedDate", "LastModifiedDate", "SystemModstamp")
_WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FIELDS: dict[str, tuple[str, ...]] = {
    "Organization": ("Id", "Name", "OrganizationType"),
    "CaseStatus": ("Id", "ApiName", "MasterLabel", "SortOrder", "IsDefault", "IsClosed", "SystemModstamp"),
    "RecordType": ("Id", "Name", "DeveloperName", "IsActive", "SobjectType", "SystemModstamp"),
    "Group": ("Id", "Name", "DeveloperName", "Type", *STAMPS),
    "GroupMember": ("Id", "GroupId", "UserOrGroupId", "SystemModstamp"),
    "User": (*("Id", "Name", "Email", "UserType", "IsActive", "TimeZoneSidKey", "LocaleSidKey", "ProfileId", *STAMPS),),
    "Contact": ("Id", "Name", "Email", "AccountId", "IsDeleted", *STAMPS),
    "Account": ("Id", "Name", "Website", "Industry", "ARR__c", "IsDeleted", *STAMPS),
    "BusinessHours": (
        *("Id", "Name", "IsActive", "IsDefault", "TimeZoneSidKey", *STAMPS),
        *(f"{day}{end}Time" for day in _WEEK for end in ("Start", "End")),
    ),
    "Holiday": ("Id", "Name", "ActivityDate", "IsAllDay", "IsRecurrence", *STAMPS),
    "Entitlement": ("Id", "Name", "Status", "StartDate", "EndDate", *STAMPS),
    "Case": (
        *(
            "Id",
            "IsDeleted",
            "MasterRecordId",
            "CaseNumber",
            "Subject",
            "Description",
            "Status",
            "IsClosed",
            "Priority",
        ),
        *("Origin", "Type", "ContactId", "SuppliedEmail", "SuppliedName", "AccountId", "OwnerId", "BusinessHoursId"),
        *("IsEscalated", "ClosedDate", "CreatedById", "Order_Number__c", *STAMPS),
    ),
    "CaseHistory": (
        *("Id", "CaseId", "Field", "DataType", "OldValue", "NewValue", "IsDeleted", "CreatedById", "CreatedDate"),
    ),
    "EmailMessage": (
        *("Id", "ParentId", "Incoming", "Status", "MessageDate", "FromAddress", "FromName", "TextBody", "HtmlBody"),
        *("HasAttachment", "IsDeleted", "CreatedById", *STAMPS),
    ),
    "CaseComment": ("Id", "ParentId", "IsPublished", "CommentBody", "IsDeleted", "CreatedById", *STAMPS),
    "CaseMilestone": (
        *("Id", "CaseId", "MilestoneTypeId", "StartDate", "TargetDate", "CompletionDate", "IsCompleted"),
        *("IsViolated", "TargetResponseInMins", "IsDeleted", *STAMPS),
    ),
}
PATHS = {"Profile.Name", "Group.Type", "MilestoneType.Name"}
"""Fields of other objects that a query may name."""
PRIORITIES = {"Low": "low", "Medium": "normal", "High": "high", "Critical": "urgent"}
STATUSES = {"New": "new", "Working": "open", "On Hold": "hold", "Waiting on Customer": "pending", "Closed": "solved"}
_MINUTE_S, _DAY_S = 60, 86_400
_SPAN_S = 60 * _DAY_S
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def identity(prefix: str, number: int) -> str:
    """An id of 18 characters; its last three say which of the others are capitals."""
    return f"{prefix}8d{number:010d}{_ending(prefix)}"


@cache
def _ending(prefix: str) -> str:
    plain = f"{prefix}8d{0:010d}"
    groups = (plain[start : start + 5] for start in (0, 5, 10))
    return "".join(_LETTERS[sum(2**at for at, sign in enumerate(group) if sign.isupper())] for group in groups)


ORGANISATION = identity("00D", 1)
USER = identity("005", 1)
QUEUES = tuple(identity("00G", number) for number in (1, 2))
AGENTS = tuple(identity("005", number) for number in range(10, 14))
ROBOT = identity("005", 2)
_HOURS = identity("01m", 1)


class Organisation:
    """An organisation with so many cases, the same for the same seed; ``now`` is its clock's second."""

    def __init__(self, cases: int, seed: int, now: int) -> None:
        self._draw = random.Random(seed)  # noqa: S311
        self._numbers: dict[str, int] = {}
        self.rows: dict[str, dict[str, Row]] = {name: {} for name in FIELDS}
        self.events: list[list[Any]] = []
        self.messages: dict[str, list[Any]] = {}
        self.gone: list[tuple[str, int]] = []
        self._settings(now - _SPAN_S - _DAY_S, max(cases // 3, 1))
        contacts = list(self.rows["Contact"])
        for number in range(cases):
            self._live(contacts, number, now - _SPAN_S + number * (_SPAN_S - 7_200) // max(cases, 1))

    # ------------------------------------------------------------ what happens

    def create(self, at: int, *, contact: str | None = None, email: str | None = None, text: str = "Hello") -> str:
        """A new case in a queue."""
        draw, queue = self._draw, self._draw.choice(QUEUES)
        case = self._add(
            "Case", "500", at, CaseNumber=f"{len(self.rows['Case']) + 1:08d}", Subject="Question", Description=text,
            Status="New", IsClosed=False, Priority=draw.choice(("Low", "Medium", "High")), Type=None,
            Origin=draw.choice(("Email", "Web", "Phone")), ContactId=contact, SuppliedEmail=email, OwnerId=queue,
            BusinessHoursId=_HOURS, IsEscalated=False, IsDeleted=False, CreatedById=ROBOT, Order_Number__c=f"A-{at}",
        )  # fmt: skip
        self._history(case, at, ROBOT, "created", "Text", None, None)
        self.events.append([case, _plain(at), "created", None, None])
        self.messages[f"{case}:description"] = [case, "in", True, text]
        return case

    def change(self, case: str, values: Mapping[str, Any], actor: str, at: int) -> None:
        """Change a case as somebody did at this second. Its owner leaves two rows in the history: names, then ids."""
        row = self.rows["Case"][case]
        for field, value in values.items():
            old = row.get(field)
            if old == value:
                continue
            row[field] = value
            if field == "OwnerId":
                self._history(case, at, actor, "Owner", "Text", f"Name of {old}", f"Name of {value}")
                self._history(case, at, actor, "Owner", "EntityId", old, value)
                for name, prefix in (("group", "00G"), ("assignee", "005")):
                    before, after = (one if one.startswith(prefix) else None for one in (str(old), str(value)))
                    if before != after:
                        self.events.append([case, _plain(at), name, before, after])
            elif field in ("Status", "Priority"):
                self._history(case, at, actor, field, "DynamicEnum", old, value)
                words: Mapping[Any, str] = STATUSES if field == "Status" else PRIORITIES
                self.events.append([case, _plain(at), field.lower(), words.get(old), words.get(value)])
        row["IsClosed"] = row["Status"] == "Closed"
        row["ClosedDate"] = (row.get("ClosedDate") or written(at)) if row["IsClosed"] else None
        self._touch(row, at)

    def change_all(self, values: Mapping[str, Any], actor: str, at: int) -> None:
        """Change every case in one second."""
        for case in self.rows["Case"]:
            self.change(case, values, actor, at)

    def comment(self, case: str, actor: str, text: str, at: int, public: bool = False) -> str:
        """A comment on a case."""
        key = self._add(
            "CaseComment", "00a", at, ParentId=case, IsPublished=public, CommentBody=text, IsDeleted=False,
            CreatedById=actor,
        )  # fmt: skip
        self.messages[key] = [case, "out" if public else "internal", public, text]
        return key

    def mail(self, case: str, text: str, at: int, incoming: bool, html: str | None = None) -> str:
        """An e-mail of a case."""
        key = self._add(
            "EmailMessage", "02s", at, ParentId=case, Incoming=incoming, Status="0" if incoming else "3",
            MessageDate=written(at), FromAddress="mara@example.org" if incoming else "desk@example.org",
            FromName="Mara" if incoming else "Desk", TextBody=None if html else text, HtmlBody=html,
            HasAttachment=False, IsDeleted=False, CreatedById=ROBOT,
        )  # fmt: skip
        self.messages[key] = [case, "in" if incoming else "out", True, text]
        return key

    def delete(self, case: str, at: int, into: str | None = None) -> None:
        """Into the recycle bin with all that hangs on the case, or merged ``into`` another."""
        row = self.rows["Case"][case]
        row["IsDeleted"], row["MasterRecordId"] = True, into
        self._touch(row, at)
        self.gone.append((case, at))
        for part in self._parts(case):
            if into:
                part["ParentId"] = into
                self.messages[part["Id"]][0] = into
            else:
                part["IsDeleted"] = True
            self._touch(part, at)

    def undelete(self, case: str, at: int) -> None:
        """Out of the recycle bin again."""
        for row in (self.rows["Case"][case], *self._parts(case)):
            row["IsDeleted"] = False
            self._touch(row, at)

    def purge(self, case: str, at: int) -> None:
        """Out of the recycle bin for good."""
        if not self.rows["Case"][case]["IsDeleted"]:
            self.gone.append((case, at))
        for part in self._parts(case):
            del self.rows[str(part["kind"])][part["Id"]]
        del self.rows["Case"][case]

    def truth(self) -> dict[str, Any]:
        """What should be known of the organisation."""
        cases = self.rows["Case"]
        binned = {row["Id"] for name in ("EmailMessage", "CaseComment") for row in self.rows[name].values()
                  if row["IsDeleted"]}  # fmt: skip
        there = {row["Id"] for name in ("EmailMessage", "CaseComment") for row in self.rows[name].values()}
        there |= {f"{case}:description" for case in cases}
        return {
            "tickets": {
                key: {
                    "status": "deleted" if row["IsDeleted"] else STATUSES[row["Status"]],
                    "priority": PRIORITIES[row["Priority"]],
                    "assignee_id": row["OwnerId"] if row["OwnerId"].startswith("005") else None,
                    "group_id": row["OwnerId"] if row["OwnerId"].startswith("00G") else None,
                    "merged_into_id": row.get("MasterRecordId"),
                }
                for key, row in cases.items()
            },
            "events": sorted((event for event in self.events if event[0] in cases), key=str),
            "messages": {key: told for key, told in self.messages.items() if key in there and key not in binned},
        }

    # ------------------------------------------------------------ how it is kept

    def _live(self, contacts: list[str], number: int, begun: int) -> None:
        draw = self._draw
        known = draw.random() < 0.8
        case = self.create(
            begun, contact=draw.choice(contacts) if known else None,
            email=None if known else f"guest{number}@example.org", text=f'Hello, "question" {number},\nplease help.',
        )  # fmt: skip
        agent = draw.choice(AGENTS)
        self.change(case, {"OwnerId": agent, "Status": "Working"}, agent, begun + 600 + draw.randrange(1_800))
        self.comment(case, agent, f"Looked into {number}", begun + 2_500)
        self.mail(case, f"An answer to question {number}", begun + 3_000, False)
        if draw.random() < 0.8:
            self.change(case, {"Status": "Closed"}, agent, begun + 4_000)
            if draw.random() < 0.2:
                self.mail(case, "Still broken", begun + 6_000, True, html="<p>Still broken</p>")
                self.change(case, {"Status": "Working", "OwnerId": draw.choice(AGENTS)}, ROBOT, begun + 6_000)

    def _settings(self, at: int, contacts: int) -> None:
        self._add("Organization", "00D", at, Name="Acme", OrganizationType="Enterprise Edition")
        for place, label in enumerate(STATUSES):
            self._add("CaseStatus", "01J", at, ApiName=label, MasterLabel=label, SortOrder=place + 1,
                      IsDefault=place == 0, IsClosed=label == "Closed")  # fmt: skip
        self._add("RecordType", "012", at, Name="Support", DeveloperName="Support", IsActive=True, SobjectType="Case")
        for place, queue in enumerate(QUEUES):
            self._keep("Group", queue, at, Name=f"Queue {place + 1}", DeveloperName=f"Q{place + 1}", Type="Queue")
            for agent in AGENTS:
                self._add("GroupMember", "011", at, GroupId=queue, UserOrGroupId=agent, **{"Group.Type": "Queue"})
        self._keep("Group", identity("00G", 9), at, Name="All", DeveloperName="All", Type="Regular")
        for key in (USER, ROBOT, *AGENTS):
            self._keep(
                "User", key, at, Name=f"User {key[:15]}", Email=f"{key[:15].lower()}@example.org", IsActive=True,
                UserType="AutomatedProcess" if key == ROBOT else "Standard", TimeZoneSidKey="Europe/Berlin",
                LocaleSidKey="de_DE", ProfileId=identity("00e", 1), **{"Profile.Name": "Support"},
            )  # fmt: skip
        account = self._add("Account", "001", at, Name="Customer", Website="https://www.customer.example",
                            ARR__c=1200.5, IsDeleted=False)  # fmt: skip
        for number in range(contacts):
            self._add("Contact", "003", at + number, Name=f"Person {number}", Email=f"person{number}@example.org",
                      AccountId=account, IsDeleted=False)  # fmt: skip
        week = {
            f"{day}{end}Time": f"{hour}:00:00.000Z"
            for day in _WEEK[:5]
            for end, hour in (("Start", "09"), ("End", "17"))
        }
        self._keep("BusinessHours", _HOURS, at, Name="Default", IsActive=True, IsDefault=True,
                   TimeZoneSidKey="Europe/Berlin", **week)  # fmt: skip
        self._add("Holiday", "0C0", at, Name="May Day", ActivityDate="2026-05-01", IsAllDay=True, IsRecurrence=False)
        self._add("Entitlement", "550", at, Name="Gold", Status="Active", StartDate="2026-01-01")

    def _history(self, case: str, at: int, actor: str, field: str, kind: str, old: Any, new: Any) -> None:
        self._add("CaseHistory", "017", at, CaseId=case, Field=field, DataType=kind, OldValue=old, NewValue=new,
                  IsDeleted=False, CreatedById=actor)  # fmt: skip

    def _add(self, name: str, prefix: str, at: int, **values: Any) -> str:
        self._numbers[prefix] = self._numbers.get(prefix, 0) + 1
        return self._keep(name, identity(prefix, self._numbers[prefix]), at, **values)

    def _keep(self, name: str, key: str, at: int, **values: Any) -> str:
        now = written(at)
        self.rows[name][key] = {
            "kind": name, "Id": key, "CreatedDate": now, "LastModifiedDate": now, "SystemModstamp": now, **values
        }  # fmt: skip
        return key

    def _touch(self, row: Row, at: int) -> None:
        row["LastModifiedDate"] = row["SystemModstamp"] = max(written(at), row["CreatedDate"])

    def _parts(self, case: str) -> list[Row]:
        return [row for name in ("EmailMessage", "CaseComment") for row in self.rows[name].values()
                if row["ParentId"] == case]  # fmt: skip


def _plain(at: int) -> str:
    return written(at)[:19] + "Z"
