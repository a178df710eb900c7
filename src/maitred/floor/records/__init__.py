"""The engine's log as the canonical tables, for fast tests, what-if and large worlds that skip the vendor's files.

The same rows, cell by cell, as importing the files of ``floor.shapes.zendesk`` gives, except for what the loading
itself writes down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from maitred.canon.tables import TABLES
from maitred.floor.records import histories, ids, organisation, promises, surveyed
from maitred.floor.records import tickets as heads
from maitred.floor.records.register import Register, end, numbers, register
from maitred.floor.records.steps import Context, Steps, context
from maitred.floor.records.telling import steps
from maitred.floor.run import Run

__all__ = ["BOUND", "Register", "batches", "numbers", "register", "settings", "tables"]

PORTION = 50_000
"""Tickets told at a time."""
BOUND: dict[str, Callable[[Steps], pa.Table]] = {
    "tickets": heads.tickets,
    "ticket_events": histories.ticket_events,
    "messages": histories.messages,
    "sla_events": histories.sla_events,
    "ticket_schedules": histories.ticket_schedules,
    "ticket_tags": heads.ticket_tags,
    "satisfaction": heads.satisfaction,
    "time_entries": histories.time_entries,
    "calls": heads.calls,
    "engagements": heads.engagements,
}
"""Tables that follow tickets, in the order in which a batch tells them."""
LISTS: dict[str, Callable[[Register], pa.Table]] = {
    "users": organisation.users,
    "groups": organisation.groups,
    "group_members": organisation.group_members,
    "organizations": organisation.organizations,
    "brands": organisation.brands,
    "ticket_fields": organisation.ticket_fields,
    "sla_policies": promises.sla_policies,
    "sla_targets": promises.sla_targets,
    "schedules": promises.schedules,
    "schedule_intervals": promises.schedule_intervals,
    "schedule_holidays": promises.schedule_holidays,
}
"""Tables that do not grow with the tickets."""


def tables(
    run: Run,
    source_id: str = "floor",
    *,
    until: datetime | None = None,
    kinds: Sequence[str] = ("csat",),
) -> dict[str, pa.Table]:
    """The canonical tables of a run.

    Parameters
    ----------
    run
        With its log; tickets of the hidden days are left out unless they were still open at the first visible instant.
    source_id
        The source that the rows belong to.
    until
        The instant of the telling, by default the end of the last day; nothing later is told.
    kinds
        Which surveys are in ``satisfaction``: ``csat`` as a helpdesk has it, ``nps`` and ``ces`` besides, which no
        Zendesk file can carry.

    Returns
    -------
    dict
        Table by name, each in the schema of ``canon.tables.TABLES``; those that the world does not have are empty.
    """
    there = register(run, source_id, until)
    found: dict[str, list[pa.Table]] = {name: [] for name in BOUND}
    for part in _portions(context(there), PORTION):
        for name, told in BOUND.items():
            found[name].append(told(part))
    whole = {name: pa.concat_tables(parts) if parts else _empty(name) for name, parts in found.items()}
    whole |= {name: told(there) for name, told in LISTS.items()}
    whole["satisfaction"] = _with_surveys(there, whole["satisfaction"], kinds)
    return _tabled(run, {name: whole.get(name, _empty(name)) for name in TABLES})


def batches(
    run: Run,
    source_id: str = "floor",
    *,
    rows: int = PORTION,
    until: datetime | None = None,
    names: Sequence[str] = tuple(BOUND),
) -> Iterator[dict[str, pa.Table]]:
    """The tables that follow tickets, some tickets at a time, in bounded memory; the other tables come first.

    Parameters
    ----------
    rows
        Tickets in a batch; all rows of a ticket are in the same one.
    names
        Tables of ``BOUND`` that are wanted.
    """
    there = register(run, source_id, until)
    yield {name: told(there) for name, told in LISTS.items()}
    for part in _portions(context(there), rows):
        yield {name: BOUND[name](part) for name in names}


def settings(run: Run, until: datetime | None = None) -> dict[str, Any]:
    """What a source has to be told besides its tables: until when it speaks, and which users are bots."""
    last = end(run.world)
    as_of = (last if until is None else min(until, last)).astimezone(UTC)
    bots = [str(ids.AGENT + place) for place, agent in enumerate(run.world.agents) if agent.is_bot]
    return {"as_of": as_of.strftime("%Y-%m-%dT%H:%M:%SZ"), "bots": sorted(bots)}


def _portions(shared: Context, size: int) -> Iterator[Steps]:
    for first in range(0, len(shared.register), size):
        yield steps(shared, first, min(first + size, len(shared.register)))


def _with_surveys(there: Register, rows: pa.Table, kinds: Sequence[str]) -> pa.Table:
    parts = [rows] if "csat" in kinds else []
    if "nps" in kinds:
        parts.append(surveyed.nps(there))
    if "ces" in kinds:
        parts.append(surveyed.ces(there))
    return pa.concat_tables(parts) if parts else _empty("satisfaction")


def _tabled(run: Run, found: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """Faults of data that plants lay over the tables."""
    for place, plant in enumerate(run.world.plants):
        if hasattr(plant, "tabled"):
            found = plant.tabled(run.world, found, place)
    return found


def _empty(name: str) -> pa.Table:
    return TABLES[name].schema.empty_table()
