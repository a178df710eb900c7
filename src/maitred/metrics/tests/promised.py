"""Small Fivetran-Zendesk folders for the tests of promises: each ticket a list of what happened to it."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from maitred.metrics.asking import Asker, asking
from maitred.metrics.conftest import published

AS_OF = "2026-03-31 00:00:00"
AGENTS, ROUTER, CUSTOMER = (21, 22, 23), 20, 50
Happened = tuple[str, str, Any, int]
"""When, which field (``comment`` and ``note`` too), its new value, by whom."""


def target(minutes: int, business: bool = False) -> str:
    return json.dumps({"minutes": minutes, "in_business_hours": business})


def write_tickets(
    folder: Path,
    tickets: Mapping[int, tuple[str, Sequence[Happened]]],
    schedules: Mapping[int, tuple[str, Sequence[tuple[int, int]]]] | None = None,
    by_schedule: Mapping[int, int] | None = None,
) -> Path:
    """Write a folder.

    Parameters
    ----------
    tickets
        By id: instant of creation, what happened.
    schedules
        By id: zone and open stretches in minutes since Sunday 00:00; round the clock in UTC unless given.
    by_schedule
        Schedule of a ticket since creation, where it is not the first.
    """
    folder.mkdir(parents=True)
    rows: dict[str, list[dict[str, Any]]] = {"ticket": [], "ticket_comment": [], "ticket_field_history": []}
    for number, (created, story) in tickets.items():
        now = {field: value for _, field, value, _ in story}
        ticket = {"id": number, "created_at": created, "updated_at": max([created, *(one[0] for one in story)])}
        ticket |= {"requester_id": CUSTOMER, "assignee_id": now.get("assignee_id"), "group_id": now.get("group_id")}
        ticket |= {"status": now.get("status", "new"), "priority": now.get("priority"), "_fivetran_synced": AS_OF}
        rows["ticket"].append(ticket)
        for at, field, value, who in story:
            if field in ("comment", "note"):
                comment = {"id": len(rows["ticket_comment"]) + 1, "ticket_id": number, "created": at, "user_id": who}
                rows["ticket_comment"].append(comment | {"public": str(field == "comment").upper(), "body": value})
            else:
                change = {"ticket_id": number, "field_name": field, "updated": at, "value": value, "user_id": who}
                rows["ticket_field_history"].append(change)
    staff = [{"id": one, "role": "agent", "active": "TRUE", "name": f"P{one}"} for one in (ROUTER, *AGENTS)]
    rows["user"] = [*staff, {"id": CUSTOMER, "role": "end-user", "active": "TRUE", "name": "C"}]
    rows["group"] = [{"id": 11, "name": "Billing"}, {"id": 12, "name": "Orders"}]
    rows["schedule"] = [
        {
            "id": one,
            "name": f"S{one}",
            "time_zone": zone,
            "start_time": a,
            "end_time": b,
            "created_at": f"2020-01-0{one}",
        }
        for one, (zone, hours) in (schedules or {1: ("UTC", [(0, 10_080)])}).items()
        for a, b in hours
    ]
    rows["ticket_schedule"] = [
        {"ticket_id": number, "schedule_id": one, "created_at": tickets[number][0]}
        for number, one in (by_schedule or {}).items()
    ]
    for name, found in rows.items():
        if found:
            with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, list(found[0]))
                writer.writeheader()
                writer.writerows(found)
    return folder


@contextmanager
def asked(tmp: Path, *given: Any, **more: Any) -> Iterator[Asker]:
    """The folder of ``write_tickets`` imported, published and ready to be asked."""
    made = published(tmp / "workspace", write_tickets(tmp / "tables", *given, **more))
    with closing(made.workspace), asking(made.workspace, made.publication) as ask:
        yield ask
