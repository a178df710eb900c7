"""A run as the files of a Zendesk account: objects of its API, one per line, as ``maitred import zendesk`` reads them.

Written column by column in portions of tickets, so that size costs time and not memory. Event lines are those of the
incremental export with comments: one line per audit, with its changes as child events.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from maitred.floor.logbook import Kind
from maitred.floor.records import ids, organisation, promises, settings
from maitred.floor.records.bodies import bodies, subjects
from maitred.floor.records.columns import chosen
from maitred.floor.records.histories import actor_ids, is_public, rules
from maitred.floor.records.promises import iso
from maitred.floor.records.register import Register, register
from maitred.floor.records.steps import Field, Steps
from maitred.floor.records.tickets import ratings, states, updated
from maitred.floor.records.words import RATINGS, VIAS
from maitred.floor.run import Run
from maitred.floor.shapes import jsonl
from maitred.floor.shapes.written import Written, companion, portions

KEYS = {
    Field.STATUS: "status",
    Field.PRIORITY: "priority",
    Field.GROUP: "group_id",
    Field.ASSIGNEE: "assignee_id",
    Field.REQUESTER: "requester_id",
    Field.ORGANIZATION: "organization_id",
    Field.TAGS: "tags",
    Field.POLICY: "sla_policy",
    Field.RATING: "satisfaction_score",
}
"""The vendor's key of each field that an event changes."""


def write(run: Run, folder: Path, *, until: datetime | None = None) -> Written:
    """Write a run as a folder for ``maitred import zendesk``.

    Parameters
    ----------
    folder
        Made where it is missing; files of an earlier telling are replaced.
    until
        The instant of the telling, by default the end of the last day. A later telling has the same numbers for what
        an earlier one told, so that one can be imported after the other.

    Returns
    -------
    Written
        Lines by stream.
    """
    there = register(run, until=until)
    folder.mkdir(parents=True, exist_ok=True)
    counts = _lists(there, folder)
    names = ("tickets", "ticket_events", "satisfaction_ratings")
    with ExitStack() as stack:
        files = {name: stack.enter_context((folder / f"{name}.jsonl").open("wb")) for name in names}
        counts |= _histories(there, files)
    known = settings(run, until)
    companion(folder, known["as_of"], known["bots"])
    return Written(counts)


def _histories(there: Register, files: Mapping[str, IO[bytes]]) -> dict[str, int]:
    counts = dict.fromkeys(files, 0)
    lines = {"tickets": ticket_lines, "ticket_events": event_lines, "satisfaction_ratings": rating_lines}
    for part in portions(there):
        for name, told in lines.items():
            counts[name] += jsonl.write(files[name], told(part))
    return counts


# ---------------------------------------------------------------- tickets and what happened to them


def ticket_lines(part: Steps) -> pa.Array:
    """Tickets as they stand."""
    words = part.context.words
    changed = updated(part)

    def value(field: Field) -> pa.Array:
        return jsonl.plain(chosen(words.json, part.final(field)))

    requester = value(Field.REQUESTER)
    born = part.second[part.kind == Kind.CREATED]
    vias = pa.array([f'{{"channel":"{via.word}"}}' for via in VIAS])
    lists = words.json.slice(words.tags, len(part.context.tags.states()))
    return jsonl.objects(
        [
            ("id", jsonl.plain(ids.texts(part.ticket_numbers))),
            ("via", chosen(vias, part.channel)),
            ("created_at", jsonl.instants(born)),
            ("updated_at", jsonl.instants(changed)),
            ("generated_timestamp", jsonl.plain(pa.array(changed))),
            ("type", "null"),
            ("subject", jsonl.quoted(subjects(part))),
            ("priority", value(Field.PRIORITY)),
            ("status", value(Field.STATUS)),
            ("requester_id", requester),
            ("submitter_id", requester),
            ("assignee_id", value(Field.ASSIGNEE)),
            ("organization_id", value(Field.ORGANIZATION)),
            ("group_id", value(Field.GROUP)),
            ("tags", chosen(lists, states(part))),
            ("custom_fields", "[]"),
        ]
    )


def event_lines(part: Steps) -> pa.Array:
    """Audits with their child events."""
    mine = np.flatnonzero((part.field != Field.CREATED) & (part.field != Field.MERGED))
    row = part.row[mine]
    audit = part.audit[row]
    ends = jsonl.ends(audit)
    heads = np.r_[0, ends[:-1]] if len(ends) else ends
    first = row[heads]
    at = part.second[first]
    rule = ids.texts(rules(part)[first])
    return jsonl.objects(
        [
            ("id", jsonl.plain(pa.array(audit[heads]))),
            ("ticket_id", jsonl.plain(ids.texts(part.ticket_numbers[part.rank[first]]))),
            ("timestamp", jsonl.plain(pa.array(at))),
            ("created_at", jsonl.instants(at)),
            ("updater_id", jsonl.plain(actor_ids(part, first))),
            ("via", chosen(pa.array([f'"{via.label}"' for via in VIAS]), part.via[first])),
            ("via_reference_id", jsonl.plain(rule)),
            ("event_type", '"Audit"'),
            ("child_events", jsonl.joined("[", jsonl.lists(_children(part, mine), ends), "]")),
        ]
    )


def _children(part: Steps, mine: Any) -> pa.Array:
    """One JSON object per step: kind by kind, then brought into the order of the steps."""
    field = part.field[mine]
    born = part.kind[part.row[mine]] == Kind.CREATED
    pieces, places = [], []
    for which in Field:
        for initial in (True, False):
            at = np.flatnonzero((field == which) & (born == initial))
            if len(at) and which not in (Field.CREATED, Field.MERGED):
                pieces.append(_written(part, mine[at], which, initial))
                places.append(at)
    if not pieces:
        return pa.array([], pa.string())
    order = np.empty(len(mine), np.int64)
    order[np.concatenate(places)] = np.arange(len(mine))
    return pa.concat_arrays(pieces).take(pa.array(order))


def _written(part: Steps, at: Any, which: Field, initial: bool) -> pa.Array:
    number = jsonl.plain(pa.array(part.number[at]))
    new, words = part.new[at], part.context.words
    kind = "Create" if initial else "Change"
    if which == Field.MESSAGE:
        return _comments(part, at, number)
    if which == Field.TARGET:
        goals = pa.array([goal.json for goal in part.context.goals.goals], pa.string())
        return jsonl.joined('{"id":', number, ",", goals.take(pa.array(new)), f',"event_type":"{kind}"}}')
    value = jsonl.plain(chosen(words.json, new))
    if which == Field.SCHEDULE:
        return jsonl.objects([("id", number), ("event_type", '"ScheduleAssignment"'), ("new_schedule_id", value)])
    fields = [("id", number), (KEYS[which], value)]
    if not initial:
        fields.append(("previous_value", jsonl.plain(chosen(words.json, part.old[at]))))
    return jsonl.objects([*fields, ("event_type", f'"{kind}"')])


def _comments(part: Steps, at: Any, number: pa.Array) -> pa.Array:
    row = part.row[at]
    public = chosen(pa.array(["false", "true"]), is_public(part, row).astype(np.int8))
    target = jsonl.plain(ids.texts(part.merged_into(row)))
    via = chosen(pa.array([f'"{via.word}"' for via in VIAS]), part.via[row])
    merged = jsonl.joined(',"via":{"channel":', via, ',"source":{"rel":"merge","to":{"ticket_id":', target, "}}}}")
    plain = pa.repeat("}", len(at))
    lines = jsonl.objects(
        [
            ("id", number),
            ("event_type", '"Comment"'),
            ("type", '"Comment"'),
            ("author_id", jsonl.plain(actor_ids(part, row))),
            ("body", jsonl.quoted(bodies(part, at))),
            ("public", public),
        ]
    )
    ending = pc.if_else(pa.array(part.merged_into(row) >= 0), merged, plain)
    return jsonl.joined(pc.utf8_slice_codeunits(lines, 0, -1), ending)


def rating_lines(part: Steps) -> pa.Array:
    """Surveys that were offered, with their answers."""
    rank, score, offered, answered = ratings(part)
    tickets, words = part.tickets[rank], part.context.words
    number = (part.ticket_numbers[rank] << ids.STEP_BITS) + (1 << ids.STEP_BITS) - 1
    requester = words.requester + tickets["customer"].astype(np.int64)
    return jsonl.objects(
        [
            ("id", jsonl.plain(pa.array(number))),
            ("ticket_id", jsonl.plain(ids.texts(part.ticket_numbers[rank]))),
            ("requester_id", jsonl.plain(chosen(words.json, requester))),
            ("assignee_id", jsonl.plain(ids.texts(ids.of(ids.AGENT, tickets["solver"])))),
            ("group_id", jsonl.plain(ids.texts(ids.of(ids.GROUP, tickets["group"].astype(np.int32))))),
            ("score", chosen(pa.array([f'"{word}"' for word in RATINGS]), score)),
            ("comment", "null"),
            ("reason", "null"),
            ("created_at", jsonl.instants(offered)),
            ("updated_at", jsonl.instants(np.where(answered < 0, offered, answered))),
        ]
    )


# ---------------------------------------------------------------- the short lists


def _lists(there: Register, folder: Path) -> dict[str, int]:
    told = {
        "groups": _groups,
        "group_memberships": _memberships,
        "organizations": _organizations,
        "users": _users,
        "schedules": _schedules,
        "slas_policies": _policies,
        "ticket_fields": _fields,
        "brands": _brands,
    }
    return {name: jsonl.dump(folder / f"{name}.jsonl", records(there)) for name, records in told.items()}


def _groups(there: Register) -> Iterator[dict[str, Any]]:
    since = iso(there.since)
    for place, group in enumerate(there.world.groups):
        yield {"id": ids.GROUP + place, "name": group.name, "deleted": False, "created_at": since, "updated_at": since}


def _memberships(there: Register) -> Iterator[dict[str, Any]]:
    for user, group, default, second, number in organisation.memberships(there):
        at = iso(second)
        yield {
            "id": number,
            "user_id": user,
            "group_id": group,
            "default": default,
            "created_at": at,
            "updated_at": at,
        }


def _organizations(there: Register) -> Iterator[dict[str, Any]]:
    since = iso(there.since)
    for one in organisation.companies(there):
        yield {
            "id": one.number,
            "name": one.name,
            "created_at": since,
            "updated_at": iso(one.changed),
            "domain_names": [one.domain],
            "tags": one.tags,
            "organization_fields": one.fields,
        }


def _users(there: Register) -> Iterator[dict[str, Any]]:
    for one in (*organisation.agents(there), *organisation.customers(there)):
        at = datetime.fromtimestamp(one.since, UTC)
        yield {
            "id": one.number,
            "name": one.name,
            "email": one.email,
            "phone": one.phone,
            "role": one.role,
            "active": one.active,
            "suspended": False,
            "created_at": at,
            "updated_at": at,
            "locale": one.locale,
            "time_zone": one.zone,
            "organization_id": _there(one.organization),
            "default_group_id": _there(one.group),
            "tags": [],
        }


def _there(number: int) -> int | None:
    return None if number < 0 else number


def _schedules(there: Register) -> Iterator[dict[str, Any]]:
    since = iso(there.since)
    for place, one in enumerate(there.world.schedules):
        yield {
            "id": ids.SCHEDULE + place,
            "name": one.name,
            "time_zone": one.zone,
            "created_at": since,
            "updated_at": since,
            "intervals": promises.sunday_minutes(one),
            "holidays": [
                {
                    "id": number,
                    "name": holiday.name,
                    "start_date": holiday.first.isoformat(),
                    "end_date": holiday.last.isoformat(),
                }
                for number, holiday in enumerate(one.holidays, start=1)
            ],
        }


def _policies(there: Register) -> Iterator[dict[str, Any]]:
    for place, policy in promises.active(there):
        since = iso(promises.begun(there, policy))
        yield {
            "id": ids.POLICY + place,
            "title": policy.name,
            "position": place + 1,
            "filter": promises.conditions(there.world, policy),
            "policy_metrics": [
                {
                    "priority": target.priority or None,
                    "metric": promises.VENDOR_METRICS[target.metric],
                    "target": target.seconds // 60,
                    "target_in_seconds": target.seconds,
                    "business_hours": target.business_hours,
                }
                for target in {(t.metric, t.priority): t for t in policy.targets}.values()
            ],
            "created_at": since,
            "updated_at": since,
        }


def _fields(there: Register) -> Iterator[dict[str, Any]]:
    since = iso(there.since)
    for place, title in enumerate(organisation.FIELDS):
        yield {
            "id": ids.FIELD + place,
            "type": title.lower(),
            "title": title,
            "position": place,
            "active": True,
            "created_at": since,
            "updated_at": since,
        }


def _brands(there: Register) -> Iterator[dict[str, Any]]:
    since = iso(there.since)
    yield {
        "id": ids.BRAND,
        "name": there.world.name,
        "active": True,
        "default": True,
        "created_at": since,
        "updated_at": since,
    }
