"""What is true of the fake Zendesk's account, in canonical words, told without the connector's code.

A warehouse that read everything holds exactly this.
"""

from __future__ import annotations

import json
from typing import Any

from maitred.connectors.zendesk import double_rows as rows
from maitred.connectors.zendesk.double_account import Account, epoch
from maitred.connectors.zendesk.double_service import FIRST_CUSTOMER, Row, Step, iso, told
from maitred.connectors.zendesk.double_stories import AGENTS

_FIELDS = {"assignee_id": "assignee", "group_id": "group", "requester_id": "requester",
           "organization_id": "organization", "brand_id": "brand", "ticket_form_id": "form",
           "satisfaction_score": "satisfaction"}  # fmt: skip
_TYPES = {"activate": "activated", "pause": "paused", "resume": "resumed", "fulfill": "fulfilled",
          "apply_sla": "applied", "breach": "breached", "cancel": "cancelled", "update_status": "measured",
          "measure": "measured"}  # fmt: skip


def truth(held: Account, now: int, surveys: bool) -> Row:
    """The whole account.

    Returns
    -------
    dict
        ``tickets`` by id; ``events`` by ticket and field, each ``[at, old, new]``; ``messages`` by id, each ``[ticket,
        direction, body]``; ``statuses``, each ``[ticket, at, old, new]``; ``satisfaction`` by id; ``sla_events`` by id,
        each ``[ticket, metric, instance, type, at]``; ``sla``: how each promise went by now; ``users``,
        ``organizations``, ``sla_policies`` by id; and the ids of each list.
    """
    numbers = held.numbers()
    events = {str(number): _events(held, number) for number in numbers}
    statuses = [[ticket, *one] for ticket, fields in events.items() for one in fields.get("status", ())]
    return {
        "tickets": {str(number): _ticket(held, number) for number in numbers},
        "events": events,
        "messages": {str(rows.comment_id(step)): [str(number), _direction(step), step.note]
                     for number in numbers for step in held.steps(number) if step.note is not None},
        "statuses": sorted(statuses, key=str),
        "satisfaction": dict(_satisfaction(held, number, surveys) for number in held.rated_since(0)),
        "sla_events": {str(line["id"]): [str(number), _metric(line), line["instance_id"], _TYPES[line["type"]],
                                         line["time"]]
                       for number in numbers for line in held.metric_events(number) if epoch(line["time"]) <= now},
        "sla": [
            {"ticket_id": str(number), **one._asdict(), "breached_at": one.breached_at and iso(one.breached_at)}
            for number in numbers for one in held.service(number).verdicts(now)
        ],
        "users": dict(_user(held, place) for place in range(AGENTS + 1 + held.customers)),
        "organizations": {str(key): _organization(one) for key, one in held.organizations.items()},
        "sla_policies": {str(one["id"]): told(one) for one in held.lists["slas/policies"]},
        "lists": {name: sorted(str(one["id"]) for one in found) for name, found in held.lists.items()},
    }  # fmt: skip


def _ticket(held: Account, number: int) -> Row:
    row = held.row(number)
    custom = {str(one["id"]): one["value"] for one in row["custom_fields"] if one["value"] is not None}
    scrubbed = row["subject"] == "SCRUBBED"
    kind = None if row["status"] != "deleted" else "hard" if scrubbed else "soft"
    merged = held.merged.get(number)
    return {
        **{key: row[key] for key in ("status", "priority", "type", "subject", "created_at")},
        "assignee_id": _text(row["assignee_id"]), "group_id": _text(row["group_id"]),
        "requester_id": _text(row["requester_id"]), "organization_id": _text(row["organization_id"]),
        "brand_id": _text(row["brand_id"]), "form_id": _text(row["ticket_form_id"]), "tags": sorted(row["tags"]),
        "custom": {**custom, "custom_status_id": str(row["custom_status_id"])}, "delete_kind": kind,
        "vendor_values": held.metric_set(number),
        "merged_into_id": _text(merged), "satisfaction": (row["satisfaction_rating"] or {}).get("score"),
    }  # fmt: skip


def _events(held: Account, number: int) -> dict[str, list[list[str | None]]]:
    found: dict[str, list[list[str | None]]] = {}
    for step in held.steps(number):
        at = iso(step.at)
        if step.create:
            found.setdefault("created", []).append([at, None, None])
        for key, before, after in step.changes:
            name = f"custom:{key}" if isinstance(key, int) else _FIELDS.get(key, key)
            found.setdefault(name, []).append([at, _value(before), _value(after)])
        if step.source and step.source["to"]:
            found.setdefault("merged", []).append([at, None, str(step.source["to"]["ticket_id"])])
    return found


def _direction(step: Step) -> str:
    return "internal" if not step.public else "in" if step.actor >= FIRST_CUSTOMER else "out"


def _satisfaction(held: Account, number: int, surveys: bool) -> tuple[str, Row]:
    found = held.rating(number) or {}
    good = found["score"] == "good"
    bad = 2.0 if surveys else 1.0
    return rows.survey_id(number) if surveys else str(found["id"]), {
        "ticket_id": str(number), "is_good": good, "score_5": 5.0 if good else bad,
        "comment": found["comment"], "rated_at": found["updated_at"],
        "revised_at": found["updated_at"] if found["updated_at"] != found["created_at"] else None,
    }  # fmt: skip


def _metric(line: Row) -> str:
    if line["metric"] != "reply_time":
        return str(line["metric"]).removesuffix("_time")
    return "next_reply" if line["instance_id"] > 1 else "first_reply"


def _user(held: Account, place: int) -> tuple[str, Row]:
    row = held.person(place)
    return str(row["id"]), {"name": row["name"], "email": row["email"], "role": row["role"].replace("-", "_"),
                            "active": row["active"], "suspended": row["suspended"],
                            "organization_id": _text(row["organization_id"])}  # fmt: skip


def _organization(row: Row) -> Row:
    fields = row["organization_fields"]
    return {"name": row["name"], "domains": row["domain_names"], "plan": fields["plan"], "arr": fields["arr"],
            "deleted": row["deleted_at"] is not None}  # fmt: skip


def _value(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(sorted(value), separators=(",", ":")) if isinstance(value, list) else str(value)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
