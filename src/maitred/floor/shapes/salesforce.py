"""A run as the files of a Salesforce organisation, as ``maitred import salesforce`` reads them.

A case has one owner, a person or else a queue, so the group is not told while somebody holds the case. Cases are never
``closed`` for good. Replies on mail and forms are e-mails, everything else is a comment; there are no ratings.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from maitred.canon.tables import STATUSES
from maitred.floor.logbook import CUSTOMER, Kind
from maitred.floor.records import ids, organisation, promises, settings
from maitred.floor.records.bodies import bodies, subjects
from maitred.floor.records.columns import chosen
from maitred.floor.records.histories import is_public
from maitred.floor.records.register import Register, register
from maitred.floor.records.steps import Field, Flags, Ints, Steps
from maitred.floor.records.tickets import states, updated
from maitred.floor.records.words import FLAG_STATES
from maitred.floor.run import Run
from maitred.floor.shapes import jsonl
from maitred.floor.shapes.hours import clock_24, day_spans, days
from maitred.floor.shapes.written import Written, companion, portions
from maitred.floor.texts import emails
from maitred.floor.world import CHANNELS

USER, QUEUE, CASE, CONTACT, ACCOUNT, HOURS = "005", "00G", "500", "003", "001", "01m"
HISTORY, EMAIL, COMMENT, MILESTONE, ENTITLEMENT, HOLIDAY, MEMBER, STATE = (
    *("017", "02s", "00a", "555", "550", "0C0", "011", "01J"),
)
_SUFFIXES = {QUEUE: "EAA", HOLIDAY: "CAA", STATE: "EAA"}
"""Check letters of a prefix before twelve digits; ``AAA`` without capitals."""
LABELS = {
    "new": "New",
    "open": "Working",
    "pending": "Waiting on Customer",
    "hold": "On Hold",
    **dict.fromkeys(("solved", "closed", "deleted", "spam"), "Closed"),
}
PRIORITY_LABELS = ("Low", "Medium", "High", "Critical")
ORIGINS = ("Email", "Web", "Chat", "Messaging", "Phone", "Twitter")
MILESTONES = {"first_reply": "First Response", "next_reply": "Next Response", "total_resolution": "Resolution Time"}
_ESCALATED = 0b111
_MAILED = tuple(CHANNELS.index(name) for name in ("email", "web"))


def write(run: Run, folder: Path, *, until: datetime | None = None) -> Written:
    """Write a run as a folder for ``maitred import salesforce``; parameters as in ``shapes.zendesk.write``."""
    there = register(run, until=until)
    folder.mkdir(parents=True, exist_ok=True)
    counts = _lists(there, folder)
    told = {
        "Case": case_lines,
        "CaseHistory": history_lines,
        "EmailMessage": mail_lines,
        "CaseComment": comment_lines,
        "CaseMilestone": milestone_lines,
    }
    counts |= dict.fromkeys(told, 0)
    with ExitStack() as stack:
        files = {name: stack.enter_context((folder / f"{name}.jsonl").open("wb")) for name in told}
        for part in portions(there):
            for name, lines in told.items():
                counts[name] += jsonl.write(files[name], lines(part))
    companion(folder, settings(run, until)["as_of"], ())
    return Written(counts)


def identity(prefix: str, number: int) -> str:
    """The id of 18 letters of a record."""
    return f"{prefix}{number:012d}{_SUFFIXES.get(prefix, 'AAA')}"


def identities(prefix: str, numbers: Ints) -> pa.Array:
    """Ids of records; a negative number is null."""
    padded = pc.utf8_lpad(ids.texts(numbers), 12, "0")
    return jsonl.joined(prefix, padded, _SUFFIXES.get(prefix, "AAA"))


def _quoted(texts: pa.Array) -> pa.Array:
    """Ids as JSON; they hold nothing to be escaped."""
    return jsonl.otherwise(jsonl.joined('"', texts, '"'), "null")


def _instants(seconds: Ints) -> pa.Array:
    moments = pa.array(seconds).cast(pa.timestamp("s"))
    return jsonl.formatted(moments, '"%Y-%m-%dT%H:%M:%S.000+0000"')


def _instant(second: int) -> str:
    return promises.iso(second).replace("Z", ".000+0000")


def _who(part: Steps, row: Ints) -> pa.Array:
    """Who did each record: a user, a contact, or nobody."""
    updater = part.updater[row]
    person = identities(USER, np.where(part.actor[row] >= 0, updater, -1))
    customer = identities(CONTACT, np.where(part.actor[row] == CUSTOMER, updater, -1))
    return _quoted(pc.coalesce(person, customer))


# ---------------------------------------------------------------- cases and what happened to them


def case_lines(part: Steps) -> pa.Array:
    """Cases as they stand."""
    words, tickets = part.context.words, part.tickets
    first = part.where(Field.MESSAGE)
    first = first[part.kind[part.row[first]] == Kind.CREATED]
    born = part.second[part.kind == Kind.CREATED]
    changed = _instants(updated(part))
    labels = pa.array([f'"{LABELS[word]}"' for word in STATUSES])
    status = part.final(Field.STATUS) - words.status
    closed = np.isin(status, (STATUSES.index("solved"), STATUSES.index("closed")))
    truth = pa.array(["false", "true"])
    flagged = (states(part) % FLAG_STATES & _ESCALATED) > 0
    lists = words.json.slice(words.tags, len(part.context.tags.states()))
    contact = _quoted(identities(CONTACT, tickets["customer"].astype(np.int64) + ids.CUSTOMER))
    owner = _owners(part, part.final(Field.ASSIGNEE), part.final(Field.GROUP))
    account = part.final(Field.ORGANIZATION) - words.organization + ids.ORGANIZATION
    schedule = part.final(Field.SCHEDULE)
    hours = np.where(schedule < 0, -1, schedule - words.schedule + ids.SCHEDULE)
    return jsonl.objects(
        [
            ("Id", _quoted(identities(CASE, part.ticket_numbers))),
            ("CaseNumber", jsonl.joined('"', pc.utf8_lpad(ids.texts(part.ticket_numbers), 8, "0"), '"')),
            ("Subject", jsonl.quoted(subjects(part))),
            ("Description", jsonl.quoted(bodies(part, first))),
            ("Status", chosen(labels, status)),
            ("IsClosed", chosen(truth, closed.astype(np.int8))),
            (
                "Priority",
                chosen(pa.array([f'"{one}"' for one in PRIORITY_LABELS]), part.final(Field.PRIORITY) - words.priority),
            ),
            ("Origin", chosen(pa.array([f'"{one}"' for one in ORIGINS]), part.channel)),
            ("Type", "null"),
            ("ContactId", contact),
            ("CreatedById", contact),
            ("OwnerId", _quoted(owner)),
            ("AccountId", _quoted(identities(ACCOUNT, account))),
            ("BusinessHoursId", _quoted(identities(HOURS, hours))),
            ("IsEscalated", chosen(truth, flagged.astype(np.int8))),
            ("Topics", chosen(lists, states(part))),
            ("CreatedDate", _instants(born)),
            ("LastModifiedDate", changed),
            ("SystemModstamp", changed),
            ("IsDeleted", "false"),
        ]
    )


def _owners(part: Steps, assignee: Ints, group: Ints) -> pa.Array:
    """The owner's id: the person who holds the case, else its queue; places are those of ``Words``."""
    words = part.context.words
    person = identities(USER, np.where(assignee < 0, -1, assignee - words.agent + ids.AGENT))
    queue = identities(QUEUE, np.where(group < 0, -1, group - words.group + ids.GROUP))
    return pc.coalesce(person, queue)


def history_lines(part: Steps) -> pa.Array:
    """Field history: creation, status, priority, owner, escalation."""
    words, born = part.context.words, part.where(Field.CREATED)
    states_of = pa.array([f'"{LABELS[word]}"' for word in STATUSES])
    status = part.where(Field.STATUS)
    status = status[part.told[status]]
    before, after = (chosen(states_of, side[status] - words.status) for side in (part.old, part.new))
    moved = pc.not_equal(before, after).to_numpy(zero_copy_only=False)
    priority = part.where(Field.PRIORITY)
    priority = priority[part.told[priority]]
    levels = pa.array([f'"{one}"' for one in PRIORITY_LABELS])
    owner, owner_old, owner_new = _owner_changes(part)
    raised = _raised(part)
    parts = [
        _history(part, born, "created", None, None),
        _history(part, status[moved], "Status", before.filter(pa.array(moved)), after.filter(pa.array(moved))),
        _history(
            part,
            priority,
            "Priority",
            *(chosen(levels, side[priority] - words.priority) for side in (part.old, part.new)),
        ),
        _history(part, owner, "Owner", _quoted(owner_old), _quoted(owner_new), "EntityId"),
        _history(part, raised, "IsEscalated", "false", "true", "Boolean"),
    ]
    return pa.concat_arrays(parts)


def _history(part: Steps, steps: Ints, field: str, old: Any, new: Any, kind: str = "Text") -> pa.Array:
    row = part.row[steps]
    return jsonl.objects(
        [
            ("Id", _quoted(identities(HISTORY, part.number[steps]))),
            ("CaseId", _quoted(identities(CASE, part.ticket_numbers[part.rank[row]]))),
            ("Field", f'"{field}"'),
            ("OldValue", "null" if old is None else old),
            ("NewValue", "null" if new is None else new),
            ("DataType", f'"{kind}"'),
            ("CreatedById", _who(part, row)),
            ("CreatedDate", _instants(part.second[row])),
            ("IsDeleted", "false"),
        ]
    )


def _owner_changes(part: Steps) -> tuple[Ints, pa.Array, pa.Array]:
    """The last step of each audit that gave a case another owner, with both owners."""
    mine = part.where(Field.GROUP, Field.ASSIGNEE)
    row = part.row[mine]
    rank, place = part.rank[row], np.arange(len(mine))
    grouped = part.field[mine] == Field.GROUP
    last_group = np.maximum.accumulate(np.where(grouped, place, 0)) if len(mine) else place
    last_person = np.maximum.accumulate(np.where(grouped, -1, place)) if len(mine) else place
    begins = np.searchsorted(rank, rank, side="left")
    person = np.where(last_person >= begins, part.new[mine][np.maximum(last_person, 0)], -1)
    group = part.new[mine][last_group] if len(mine) else place
    closing = jsonl.ends(part.audit[row]) - 1
    owners = np.where(person >= 0, person, group)[closing]
    changed = np.r_[False, (owners[1:] != owners[:-1]) & (rank[closing][1:] == rank[closing][:-1])]
    at = np.flatnonzero(changed[: len(closing)])
    told = _owners(part, person[closing], group[closing])
    return mine[closing[at]], told.take(pa.array(at - 1)), told.take(pa.array(at))


def _raised(part: Steps) -> Ints:
    """Steps at which a case became escalated."""
    mine = part.where(Field.TAGS)
    mine = mine[part.told[mine]]
    before, after = ((side[mine] - part.context.words.tags) % FLAG_STATES & _ESCALATED for side in (part.old, part.new))
    found: Ints = mine[(before == 0) & (after > 0)]
    return found


def _messages(part: Steps, by_mail: bool) -> tuple[Ints, Flags]:
    """Messages after the first that are mails (or those that are not), and which of them customers see."""
    mine = part.where(Field.MESSAGE)
    row = part.row[mine]
    shown = is_public(part, row)
    mailed = shown & np.isin(part.channel[part.rank[row]], _MAILED)
    kept = (part.kind[row] != Kind.CREATED) & (mailed == by_mail)
    return mine[kept], shown[kept]


def mail_lines(part: Steps) -> pa.Array:
    """Public messages on mail and forms."""
    mine, _ = _messages(part, True)
    row = part.row[mine]
    incoming = part.actor[row] == CUSTOMER
    at = _instants(part.second[row])
    customer = part.tickets["customer"][part.rank[row]].astype(np.int64)
    known, places = np.unique(customer, return_inverse=True)
    own = chosen(emails("customer", known), np.where(incoming, places, -1)) if len(known) else pa.array([], pa.string())
    sender = jsonl.otherwise(jsonl.quoted(own), "null")
    return jsonl.objects(
        [
            ("Id", _quoted(identities(EMAIL, part.number[mine]))),
            ("ParentId", _quoted(identities(CASE, part.ticket_numbers[part.rank[row]]))),
            ("Incoming", chosen(pa.array(["false", "true"]), incoming.astype(np.int8))),
            ("FromAddress", sender),
            ("TextBody", jsonl.quoted(bodies(part, mine))),
            ("MessageDate", at),
            ("CreatedById", _who(part, row)),
            ("CreatedDate", at),
            ("SystemModstamp", at),
            ("Status", chosen(pa.array(['"3"', '"1"']), incoming.astype(np.int8))),
        ]
    )


def comment_lines(part: Steps) -> pa.Array:
    """Notes, and public messages on the other channels."""
    mine, shown = _messages(part, False)
    row = part.row[mine]
    at = _instants(part.second[row])
    return jsonl.objects(
        [
            ("Id", _quoted(identities(COMMENT, part.number[mine]))),
            ("ParentId", _quoted(identities(CASE, part.ticket_numbers[part.rank[row]]))),
            ("IsPublished", chosen(pa.array(["false", "true"]), shown.astype(np.int8))),
            ("CommentBody", jsonl.quoted(bodies(part, mine))),
            ("CreatedById", _who(part, row)),
            ("CreatedDate", at),
            ("SystemModstamp", at),
        ]
    )


def milestone_lines(part: Steps) -> pa.Array:
    """The targets that a case was given, those that Salesforce has names for."""
    goals = part.context.goals.goals
    named = np.array([goal.metric in MILESTONES and goal.seconds is not None for goal in goals], np.bool_)
    mine = part.where(Field.TARGET)
    mine = mine[named[part.new[mine]]] if len(goals) else mine
    row, goal = part.row[mine], part.new[mine]
    names = pa.array([f'{{"Name":"{MILESTONES.get(one.metric, "")}"}}' for one in goals], pa.string())
    minutes = pa.array([str(one.minutes) for one in goals], pa.string())
    business = np.array([one.business for one in goals], np.bool_)
    schedule = part.final(Field.SCHEDULE)[part.rank[row]]
    counted = business[goal] & (schedule >= 0) if len(goals) else schedule >= 0
    hours = np.where(counted, schedule - part.context.words.schedule + ids.SCHEDULE, -1)
    at = _instants(part.second[row])
    return jsonl.objects(
        [
            ("Id", _quoted(identities(MILESTONE, part.number[mine]))),
            ("CaseId", _quoted(identities(CASE, part.ticket_numbers[part.rank[row]]))),
            ("MilestoneType", chosen(names, goal)),
            ("TargetResponseInMins", chosen(minutes, goal)),
            ("BusinessHoursId", _quoted(identities(HOURS, hours))),
            ("StartDate", at),
            ("CreatedDate", at),
            ("SystemModstamp", at),
            ("IsViolated", "false"),
        ]
    )


# ---------------------------------------------------------------- the short lists


def _lists(there: Register, folder: Path) -> dict[str, int]:
    told = {
        "CaseStatus": _states,
        "Group": _queues,
        "GroupMember": _members,
        "User": _users,
        "Contact": _contacts,
        "Account": _accounts,
        "BusinessHours": _hours,
        "Holiday": _holidays,
        "Entitlement": _entitlements,
    }
    return {name: jsonl.dump(folder / f"{name}.jsonl", records(there)) for name, records in told.items()}


def _states(there: Register) -> Iterator[dict[str, Any]]:
    at = _instant(there.since)
    for place, label in enumerate(dict.fromkeys(LABELS.values())):
        yield {
            "Id": identity(STATE, place + 1),
            "ApiName": label,
            "MasterLabel": label,
            "IsClosed": label == "Closed",
            "IsDefault": place == 0,
            "SortOrder": place + 1,
            "SystemModstamp": at,
        }


def _queues(there: Register) -> Iterator[dict[str, Any]]:
    at = _instant(there.since)
    for place, one in enumerate(there.world.groups):
        yield {"Id": identity(QUEUE, ids.GROUP + place), "Name": one.name, "Type": "Queue", "SystemModstamp": at}


def _members(there: Register) -> Iterator[dict[str, Any]]:
    for user, group, _, second, number in organisation.memberships(there):
        yield {
            "Id": identity(MEMBER, number),
            "GroupId": identity(QUEUE, group),
            "UserOrGroupId": identity(USER, user),
            "SystemModstamp": _instant(second),
        }


def _users(there: Register) -> Iterator[dict[str, Any]]:
    for one in organisation.agents(there):
        at = _instant(one.since)
        robot = there.world.agents[one.number - ids.AGENT].is_bot
        yield {
            "Id": identity(USER, one.number),
            "Name": one.name,
            "Email": one.email,
            "UserType": "AutomatedProcess" if robot else "Standard",
            "IsActive": one.active,
            "TimeZoneSidKey": one.zone,
            "CreatedDate": at,
            "SystemModstamp": at,
        }


def _contacts(there: Register) -> Iterator[dict[str, Any]]:
    for one in organisation.customers(there):
        at = _instant(one.since)
        yield {
            "Id": identity(CONTACT, one.number),
            "Name": one.name,
            "Email": one.email,
            "Phone": one.phone,
            "AccountId": identity(ACCOUNT, one.organization),
            "CreatedDate": at,
            "SystemModstamp": at,
        }


def _accounts(there: Register) -> Iterator[dict[str, Any]]:
    for one in organisation.companies(there):
        yield {
            "Id": identity(ACCOUNT, one.number),
            "Name": one.name,
            "Website": f"https://www.{one.domain}",
            "Tier__c": one.fields["tier"],
            "Plan__c": one.fields["plan"],
            "ARR__c": one.fields["arr"],
            "Renewal_Date__c": one.fields["renewal_date"],
            "Churned_On__c": one.fields.get("churned_on"),
            "CurrencyIsoCode": one.fields["currency"],
            "CreatedDate": _instant(there.since),
            "SystemModstamp": _instant(one.changed),
        }


def _hours(there: Register) -> Iterator[dict[str, Any]]:
    at = _instant(there.since)
    for place, one in enumerate(there.world.schedules):
        spans = day_spans(one)
        times = {
            f"{day.capitalize()}{end}Time": clock_24(spans[nth][side]) if nth in spans else None
            for nth, day in enumerate(days())
            for side, end in enumerate(("Start", "End"))
        }
        yield {
            "Id": identity(HOURS, ids.SCHEDULE + place),
            "Name": one.name,
            "IsDefault": place == 0,
            "TimeZoneSidKey": one.zone,
            **times,
            "CreatedDate": at,
            "SystemModstamp": at,
        }


def _holidays(there: Register) -> Iterator[dict[str, Any]]:
    number = 0
    for place, one in enumerate(there.world.schedules):
        for closed in one.holidays:
            for nth in range((closed.last - closed.first).days + 1):
                number += 1
                yield {
                    "Id": identity(HOLIDAY, number),
                    "Name": closed.name,
                    "ActivityDate": (closed.first + timedelta(days=nth)).isoformat(),
                    "IsAllDay": True,
                    "BusinessHoursId": identity(HOURS, ids.SCHEDULE + place),
                    "SystemModstamp": _instant(there.since),
                }


def _entitlements(there: Register) -> Iterator[dict[str, Any]]:
    for place, policy in promises.active(there):
        at = _instant(promises.begun(there, policy))
        yield {
            "Id": identity(ENTITLEMENT, ids.POLICY + place),
            "Name": policy.name,
            "Status": "Active",
            "StartDate": at,
            "CreatedDate": at,
            "SystemModstamp": at,
        }
