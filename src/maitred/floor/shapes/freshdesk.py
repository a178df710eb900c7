"""A run as the files of a Freshdesk account, as ``maitred import freshdesk`` reads them.

Freshdesk knows no status ``new``, no offered surveys and one span of hours a day; what happened to a ticket comes from
the activity export, what was said from its description and its conversations.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from maitred.canon.tables import STATUSES
from maitred.floor.logbook import CUSTOMER, SYSTEM, Kind
from maitred.floor.records import ids, organisation, promises, settings
from maitred.floor.records.bodies import bodies, subjects
from maitred.floor.records.columns import chosen
from maitred.floor.records.histories import is_public, rules, worked
from maitred.floor.records.promises import iso
from maitred.floor.records.register import Register, register
from maitred.floor.records.steps import RATED, Field, Ints, Steps
from maitred.floor.records.tickets import states, updated
from maitred.floor.records.words import FLAG_STATES
from maitred.floor.run import Run
from maitred.floor.shapes import jsonl
from maitred.floor.shapes.hours import clock_12, day_spans, days
from maitred.floor.shapes.written import Written, companion, portions
from maitred.floor.world import PRIORITIES

STATUS = {"new": 2, "open": 2, "pending": 3, "hold": 7, "solved": 4, "closed": 5, "deleted": 5, "spam": 5}
WORDS = {2: "Open", 3: "Pending", 4: "Resolved", 5: "Closed", 7: "Waiting on Third Party"}
SOURCES = (1, 2, 7, 13, 3, 6)
"""By position in ``world.CHANNELS``."""
SCORES = (0, -103, -102, 100, 102, 103)
"""By the answer on five points."""
TARGETS = {"first_reply": "respond_within", "next_reply": "next_respond_within", "total_resolution": "resolve_within"}
KEYS = {
    Field.STATUS: "status",
    Field.PRIORITY: "priority",
    Field.GROUP: "group_id",
    Field.ASSIGNEE: "agent_id",
    Field.REQUESTER: "requester_id",
    Field.ORGANIZATION: "company_id",
    Field.TAGS: "tags",
}
_ESCALATED = 0b111


def write(run: Run, folder: Path, *, until: datetime | None = None) -> Written:
    """Write a run as a folder for ``maitred import freshdesk``; parameters as in ``shapes.zendesk.write``."""
    there = register(run, until=until)
    folder.mkdir(parents=True, exist_ok=True)
    counts = _lists(there, folder)
    told = {
        "tickets": ticket_lines,
        "conversations": conversation_lines,
        "ticket_activities": activity_lines,
        "satisfaction_ratings": rating_lines,
        "time_entries": time_lines,
    }
    counts |= dict.fromkeys(told, 0)
    with ExitStack() as stack:
        files = {name: stack.enter_context((folder / f"{name}.jsonl").open("wb")) for name in told}
        for part in portions(there):
            for name, lines in told.items():
                counts[name] += jsonl.write(files[name], lines(part))
    known = settings(run, until)
    companion(folder, known["as_of"], known["bots"])
    return Written(counts)


def _codes(part: Steps, places: Ints) -> Ints:
    """Freshdesk's numbers of statuses; -1 where there is none."""
    table = np.array([STATUS[word] for word in STATUSES])
    own = places - part.context.words.status
    return np.where(places < 0, -1, table[np.clip(own, 0, len(table) - 1)])


def ticket_lines(part: Steps) -> pa.Array:
    """Tickets with their description and what their statistics say of the last changes."""
    words, born = part.context.words, np.flatnonzero(part.kind == Kind.CREATED)
    first = part.where(Field.MESSAGE)
    first = first[part.kind[part.row[first]] == Kind.CREATED]
    flagged = (states(part) % FLAG_STATES & _ESCALATED) > 0
    lists = words.json.slice(words.tags, len(part.context.tags.states()))

    def value(field: Field) -> pa.Array:
        return jsonl.plain(chosen(words.json, part.final(field)))

    return jsonl.objects(
        [
            ("id", jsonl.plain(pa.array(part.ticket_numbers))),
            ("subject", jsonl.quoted(subjects(part))),
            ("status", jsonl.plain(pa.array(_codes(part, part.final(Field.STATUS))))),
            ("priority", jsonl.plain(pa.array(part.final(Field.PRIORITY) - words.priority + 1))),
            ("source", jsonl.plain(pa.array(np.array(SOURCES)[part.channel]))),
            ("type", "null"),
            ("requester_id", value(Field.REQUESTER)),
            ("responder_id", value(Field.ASSIGNEE)),
            ("group_id", value(Field.GROUP)),
            ("company_id", value(Field.ORGANIZATION)),
            ("is_escalated", chosen(pa.array(["false", "true"]), flagged.astype(np.int8))),
            ("tags", chosen(lists, states(part))),
            ("created_at", jsonl.instants(part.second[born])),
            ("updated_at", jsonl.instants(updated(part))),
            ("custom_fields", "{}"),
            ("description_text", jsonl.quoted(bodies(part, first))),
            ("stats", _stats(part)),
        ]
    )


def _stats(part: Steps) -> pa.Array:
    steps = part.where(Field.STATUS)
    rank, at = part.rank[part.row[steps]], part.second[part.row[steps]]
    code, before = _codes(part, part.new[steps]), _codes(part, part.old[steps])
    now = _codes(part, part.final(Field.STATUS))

    def last(wanted: Any, only: Any) -> pa.Array:
        found = np.full(part.count, -1, np.int64)
        found[rank[wanted]] = at[wanted]
        return jsonl.instants(np.where(only, found, -1))

    always = np.ones(part.count, np.bool_)
    reply = part.tickets["first_reply"]
    until = part.context.register.until
    replied = np.where((reply >= 0) & (reply <= until), part.context.register.origin + reply // 1000, -1)
    return jsonl.objects(
        [
            ("first_responded_at", jsonl.instants(replied)),
            ("status_updated_at", last(code != before, always)),
            ("reopened_at", last((code == 2) & (before == 4), always)),
            ("resolved_at", last(code == 4, np.isin(now, (4, 5)))),
            ("closed_at", last(code == 5, now == 5)),
            ("pending_since", last(code == 3, now == 3)),
        ]
    )


def conversation_lines(part: Steps) -> pa.Array:
    """Replies and notes."""
    mine = part.where(Field.MESSAGE)
    mine = mine[part.kind[part.row[mine]] != Kind.CREATED]
    row = part.row[mine]
    shown = is_public(part, row)
    truth = pa.array(["false", "true"])
    at = jsonl.instants(part.second[row])
    return jsonl.objects(
        [
            ("id", jsonl.plain(pa.array(part.number[mine]))),
            ("ticket_id", jsonl.plain(pa.array(part.ticket_numbers[part.rank[row]]))),
            ("incoming", chosen(truth, (part.actor[row] == CUSTOMER).astype(np.int8))),
            ("private", chosen(truth, (~shown).astype(np.int8))),
            ("user_id", jsonl.plain(ids.texts(part.updater[row]))),
            ("source", chosen(pa.array(["2", "0"]), shown.astype(np.int8))),
            ("created_at", at),
            ("updated_at", at),
            ("body_text", jsonl.quoted(bodies(part, mine))),
        ]
    )


def activity_lines(part: Steps) -> pa.Array:
    """The activity export: one line per audit that changed a field."""
    mine = part.where(Field.CREATED, *KEYS)
    status = part.field[mine] == Field.STATUS
    same = status & part.told[mine] & (_codes(part, part.old[mine]) == _codes(part, part.new[mine]))
    mine = mine[~same]
    row = part.row[mine]
    ends = jsonl.ends(part.audit[row])
    first = row[np.r_[0, ends[:-1]]] if len(ends) else row
    at = pa.array(part.second[first]).cast(pa.timestamp("s"))
    system = part.actor[first] == SYSTEM
    opening = chosen(pa.array(['{"automation":{"type":1,"rule":"']), np.where(system, 0, -1))
    ruled = jsonl.joined(opening, ids.texts(rules(part)[first]), '"},')
    return jsonl.objects(
        [
            ("performed_at", jsonl.formatted(at, '"%d-%m-%Y %H:%M:%S +0000"')),
            ("ticket_id", jsonl.plain(pa.array(part.ticket_numbers[part.rank[first]]))),
            ("performer_type", chosen(pa.array(['"user"', '"system"']), system.astype(np.int8))),
            ("performer_id", jsonl.plain(ids.texts(part.updater[first]))),
            ("activity", jsonl.joined(jsonl.otherwise(ruled, "{"), jsonl.lists(_changes(part, mine), ends), "}")),
        ]
    )


def _changes(part: Steps, mine: Ints) -> pa.Array:
    """Key and value of each change."""
    words, field = part.context.words, part.field[mine]
    values = jsonl.plain(chosen(words.json, np.where(field == Field.CREATED, -1, part.new[mine])))
    codes = [f'"{WORDS[STATUS[word]]}"' for word in STATUSES]
    as_status = chosen(pa.array(codes), np.where(field == Field.STATUS, part.new[mine] - words.status, -1))
    as_number = chosen(
        pa.array([str(place + 1) for place in range(len(PRIORITIES))]),
        np.where(field == Field.PRIORITY, part.new[mine] - words.priority, -1),
    )
    born = chosen(pa.array(["true"]), np.where(field == Field.CREATED, 0, -1))
    names = pa.array([f'"{KEYS[which]}":' if which in KEYS else '"new_ticket":' for which in Field])
    value = jsonl.otherwise(born, jsonl.otherwise(as_status, jsonl.otherwise(as_number, values)))
    return jsonl.joined(chosen(names, field), value)


def rating_lines(part: Steps) -> pa.Array:
    """Answered surveys."""
    row = np.flatnonzero(part.kind == RATED)
    rank = part.rank[row]
    tickets, words = part.tickets[rank], part.context.words
    seen = part.context.surveys.seen_five[part.positions[rank]]
    at = jsonl.instants(part.second[row])
    requester = words.requester + tickets["customer"].astype(np.int64)
    score = chosen(pa.array([f'{{"default_question":{code}}}' for code in SCORES]), seen)
    return jsonl.objects(
        [
            ("id", jsonl.plain(pa.array((part.ticket_numbers[rank] << ids.STEP_BITS) + (1 << ids.STEP_BITS) - 1))),
            ("user_id", jsonl.plain(chosen(words.json, requester))),
            ("agent_id", jsonl.plain(ids.texts(ids.of(ids.AGENT, tickets["solver"])))),
            ("group_id", jsonl.plain(ids.texts(ids.of(ids.GROUP, tickets["group"].astype(np.int32))))),
            ("ticket_id", jsonl.plain(pa.array(part.ticket_numbers[rank]))),
            ("feedback", "null"),
            ("created_at", at),
            ("updated_at", at),
            ("ratings", score),
        ]
    )


def time_lines(part: Steps) -> pa.Array:
    """Time sheets, in whole minutes as Freshdesk keeps them."""
    mine = worked(part)
    row = part.row[mine]
    spent = part.value[row]
    minutes = (spent + 59) // 60
    padded = pa.array([f"{minute:02d}" for minute in range(60)])
    at = jsonl.instants(part.second[row])
    written = jsonl.joined('"', chosen(pa.array([f"{hour:02d}" for hour in range(100)]), minutes // 60), ":")
    return jsonl.objects(
        [
            ("id", jsonl.plain(pa.array(part.number[mine]))),
            ("ticket_id", jsonl.plain(pa.array(part.ticket_numbers[part.rank[row]]))),
            ("agent_id", jsonl.plain(pa.array(part.updater[row]))),
            ("time_spent", jsonl.joined(written, chosen(padded, minutes % 60), '"')),
            ("start_time", jsonl.instants(part.second[row] - spent)),
            ("executed_at", at),
            ("billable", "false"),
            ("created_at", at),
            ("updated_at", at),
        ]
    )


# ---------------------------------------------------------------- the short lists


def _lists(there: Register, folder: Path) -> dict[str, int]:
    told = {
        "groups": _groups,
        "companies": _companies,
        "agents": _agents,
        "contacts": _contacts,
        "business_hours": _business_hours,
        "sla_policies": _policies,
    }
    return {name: jsonl.dump(folder / f"{name}.jsonl", records(there)) for name, records in told.items()}


def _groups(there: Register) -> Iterator[dict[str, Any]]:
    since = iso(there.since)
    members: dict[int, list[int]] = {}
    for user, group, *_ in organisation.memberships(there):
        members.setdefault(group, []).append(user)
    for place, one in enumerate(there.world.groups):
        number = ids.GROUP + place
        agents = members.get(number, [])
        yield {"id": number, "name": one.name, "agent_ids": agents, "created_at": since, "updated_at": since}


def _companies(there: Register) -> Iterator[dict[str, Any]]:
    since = iso(there.since)
    for one in organisation.companies(there):
        own = {key: value for key, value in one.fields.items() if key not in ("tier", "renewal_date")}
        yield {
            "id": one.number,
            "name": one.name,
            "domains": [one.domain],
            "account_tier": one.fields["tier"],
            "renewal_date": one.fields["renewal_date"],
            "custom_fields": own,
            "created_at": since,
            "updated_at": iso(one.changed),
        }


def _agents(there: Register) -> Iterator[dict[str, Any]]:
    for one in organisation.agents(there):
        at = iso(one.since)
        contact = {"name": one.name, "email": one.email, "active": one.active, "time_zone": one.zone, "language": "en"}
        yield {"id": one.number, "type": "support_agent", "contact": contact, "created_at": at, "updated_at": at}


def _contacts(there: Register) -> Iterator[dict[str, Any]]:
    for one in organisation.customers(there):
        at = iso(one.since)
        yield {
            "id": one.number,
            "name": one.name,
            "email": one.email,
            "phone": one.phone,
            "active": one.active,
            "company_id": one.organization,
            "language": one.locale,
            "created_at": at,
            "updated_at": at,
        }


def _business_hours(there: Register) -> Iterator[dict[str, Any]]:
    since = iso(there.since)
    for place, one in enumerate(there.world.schedules):
        spans = day_spans(one)
        yield {
            "id": ids.SCHEDULE + place,
            "name": one.name,
            "is_default": place == 0,
            "time_zone": one.zone,
            "business_hours": {
                day: {"start_time": clock_12(spans[at][0]), "end_time": clock_12(spans[at][1])}
                for at, day in enumerate(days())
                if at in spans
            },
            "holidays": [
                {"name": closed.name, "date": (closed.first + timedelta(days=nth)).isoformat()}
                for closed in one.holidays
                for nth in range((closed.last - closed.first).days + 1)
            ],
            "created_at": since,
            "updated_at": since,
        }


def _policies(there: Register) -> Iterator[dict[str, Any]]:
    world = there.world
    segments = [name for name, _, _ in world.customers.segments]
    groups = [one.name for one in world.groups]
    for place, policy in promises.active(there):
        since = iso(promises.begun(there, policy))
        chosen_groups = [ids.GROUP + groups.index(name) for name in policy.groups]
        segment = [segments.index(name) for name in policy.segments]
        accounts = np.flatnonzero(np.isin(there.population.segment, segment)) + ids.ORGANIZATION
        where = {"group_ids": chosen_groups, "company_ids": accounts.tolist()}
        targets = {}
        for nth, priority in enumerate(PRIORITIES, start=1):
            mine = [one for one in policy.targets if one.priority in ("", priority) and one.metric in TARGETS]
            if mine:
                targets[f"priority_{nth}"] = {
                    **{TARGETS[one.metric]: one.seconds for one in mine},
                    "business_hours": mine[0].business_hours,
                }
        yield {
            "id": ids.POLICY + place,
            "name": policy.name,
            "position": place + 1,
            "active": True,
            "applicable_to": {key: listed for key, listed in where.items() if listed},
            "sla_target": targets,
            "created_at": since,
            "updated_at": since,
        }
