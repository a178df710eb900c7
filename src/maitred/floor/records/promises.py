"""What was promised for each ticket: the policy that fits it, its targets by priority, and whose hours they follow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
from numpy.typing import NDArray

from maitred.canon.tables import SLA_METRICS
from maitred.canon.zones import iana_zone
from maitred.floor.latent import ms_of
from maitred.floor.records import ids
from maitred.floor.records.columns import conform, flags, instant, instants
from maitred.floor.records.register import Register
from maitred.floor.records.words import places, tag
from maitred.floor.world import PRIORITIES, Schedule, SlaPolicy, World

VENDOR_METRICS = {
    **{metric: f"{metric}_time" for metric in SLA_METRICS},
    "total_resolution": "total_resolution_time",
}
"""The words of the event export for the metrics of targets."""


@dataclass(frozen=True, slots=True)
class Goal:
    """One target as it is written down; without ``seconds`` it says that the target ended."""

    metric: str
    seconds: int | None
    business: bool

    @property
    def minutes(self) -> float | int | None:
        """As the event export writes it."""
        if self.seconds is None:
            return None
        whole, rest = divmod(self.seconds, 60)
        return whole if not rest else self.seconds / 60

    @property
    def json(self) -> str:
        """Key and value in the event export."""
        value = None if self.seconds is None else {"minutes": self.minutes, "in_business_hours": self.business}
        return f'"{VENDOR_METRICS[self.metric]}":{orjson.dumps(value).decode()}'


@dataclass(frozen=True, slots=True)
class Goals:
    """All targets, and which of them a policy sets for a priority.

    ``applied[policy * 4 + priority]`` are places in ``goals``; in ``changed`` those that end are named as well.
    """

    goals: tuple[Goal, ...]
    applied: tuple[tuple[int, ...], ...]
    changed: tuple[tuple[int, ...], ...]


def goals(world: World) -> Goals:
    """The targets of a world's policies."""
    known: dict[Goal, int] = {}
    applied: list[tuple[int, ...]] = []
    changed: list[tuple[int, ...]] = []

    def place(goal: Goal) -> int:
        return known.setdefault(goal, len(known))

    for policy in world.policies:
        metrics = list(dict.fromkeys(target.metric for target in policy.targets))
        for priority in PRIORITIES:
            mine = {t.metric: t for t in policy.targets if t.priority in ("", priority)}
            set_here = [place(Goal(m, t.seconds, t.business_hours)) for m, t in mine.items()]
            ended = [place(Goal(m, None, False)) for m in metrics if m not in mine]
            applied.append(tuple(set_here))
            changed.append((*set_here, *ended))
    return Goals(tuple(known), tuple(applied), tuple(changed))


def policy_of(
    register: Register, created: NDArray[np.int64], group: NDArray[np.int32], segment: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Position of the first policy that fits each new ticket, -1 for none."""
    world = register.world
    found = np.full(len(created), -1, np.int64)
    group_names = [one.name for one in world.groups]
    segment_names = [name for name, _, _ in world.customers.segments]
    for place in range(len(world.policies) - 1, -1, -1):
        policy = world.policies[place]
        fits = np.ones(len(created), np.bool_)
        if policy.groups:
            fits &= np.isin(group, places(group_names, policy.groups))
        if policy.segments:
            fits &= np.isin(segment, places(segment_names, policy.segments))
        if policy.since is not None:
            fits &= created >= ms_of(world, policy.since)
        if policy.until is not None:
            fits &= created < ms_of(world, policy.until)
        found[fits] = place
    return found


def schedule_of(world: World, policy: NDArray[np.int64], group: NDArray[np.int32]) -> NDArray[np.int64]:
    """Whose hours count: those of the policy, else those of the first group."""
    names = [one.name for one in world.schedules]
    by_policy = places(names, (one.schedule for one in world.policies))
    by_group = places(names, (one.schedule for one in world.groups))
    mine = by_group[group] if len(by_group) else np.full(len(group), -1, np.int64)
    return np.where(policy >= 0, by_policy[policy], mine) if len(by_policy) else mine


# ---------------------------------------------------------------- the helpdesk's own lists


def active(register: Register) -> list[tuple[int, SlaPolicy]]:
    """Policies in force at the instant of the telling, with their positions; a helpdesk forgets the others."""
    told = register.until
    world = register.world
    return [
        (place, policy)
        for place, policy in enumerate(world.policies)
        if (policy.until is None or ms_of(world, policy.until) > told)
        and (policy.since is None or ms_of(world, policy.since) <= told)
    ]


def begun(register: Register, policy: SlaPolicy) -> int:
    """Epoch second from which a policy holds."""
    return register.since if policy.since is None else int(policy.since.timestamp())


def conditions(world: World, policy: SlaPolicy) -> dict[str, Any]:
    """Whom a policy holds for, as the helpdesk writes it: groups, and the tag that its customers' tickets bear."""
    every = []
    if policy.groups:
        chosen = places((one.name for one in world.groups), policy.groups)
        numbers = [str(ids.GROUP + place) for place in chosen.tolist()]
        every.append({"field": "group_id", "operator": "includes", "value": numbers})
    if policy.segments:
        labels = " ".join(tag(name) for name in policy.segments)
        every.append({"field": "current_tags", "operator": "includes", "value": labels})
    return {"all": every, "any": []}


def sla_policies(register: Register) -> pa.Table:
    """The policies in force."""
    rows = active(register)
    since = np.array([begun(register, policy) for _, policy in rows], np.int64)
    columns = {
        "external_id": pa.array([str(ids.POLICY + place) for place, _ in rows], pa.string()),
        "source_updated_at": instants(since),
        "name": pa.array([policy.name for _, policy in rows], pa.string()),
        "position": pa.array([place + 1 for place, _ in rows], pa.int32()),
        "filter": pa.array([_sorted(conditions(register.world, policy)) for _, policy in rows], pa.string()),
        "active": pa.array([True] * len(rows), pa.bool_()),
        "valid_from": instants(since),
    }
    return conform("sla_policies", register.source, len(rows), columns)


def sla_targets(register: Register) -> pa.Table:
    """Their targets."""
    rows = [
        (place, policy, target)
        for place, policy in active(register)
        for target in {(t.metric, t.priority): t for t in policy.targets}.values()
    ]
    since = np.array([begun(register, policy) for _, policy, _ in rows], np.int64)
    keys = [f"{ids.POLICY + place}:{t.metric}:{t.priority or 'null'}" for place, _, t in rows]
    columns = {
        "external_id": pa.array(keys, pa.string()),
        "source_updated_at": instants(since),
        "policy_id": pa.array([str(ids.POLICY + place) for place, _, _ in rows], pa.string()),
        "metric": pa.array([t.metric for *_, t in rows], pa.string()),
        "priority": pa.array([t.priority or None for *_, t in rows], pa.string()),
        "target_s": pa.array([t.seconds for *_, t in rows], pa.int64()),
        "business_hours": pa.array([t.business_hours for *_, t in rows], pa.bool_()),
        "valid_from": instants(since),
    }
    return conform("sla_targets", register.source, len(rows), columns)


def _sorted(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def schedules(register: Register) -> pa.Table:
    """Business hours by name and zone."""
    rows = register.world.schedules
    n = len(rows)
    since = instant(register.since, n)
    columns = {
        "external_id": _schedule_ids(range(n)),
        "source_updated_at": since,
        "name": pa.array([one.name for one in rows], pa.string()),
        "tz": pa.array([iana_zone(one.zone) for one in rows], pa.string()),
        "tz_raw": pa.array([one.zone for one in rows], pa.string()),
        "is_default": flags(np.zeros(n, np.bool_)),
        "created_at": since,
        "valid_from": since,
    }
    return conform("schedules", register.source, n, columns)


def schedule_intervals(register: Register) -> pa.Table:
    """Their weekly hours."""
    rows = [
        (place, span)
        for place, schedule in enumerate(register.world.schedules)
        for span in sorted(set(schedule.spans), key=lambda span: (span.weekday, span.start))
    ]
    keys = [f"{ids.SCHEDULE + place}:{span.weekday}:{span.start}" for place, span in rows]
    columns = {
        "external_id": pa.array(keys, pa.string()),
        "source_updated_at": instant(register.since, len(rows)),
        "schedule_id": _schedule_ids(place for place, _ in rows),
        "weekday": pa.array([span.weekday for _, span in rows], pa.int32()),
        "start_min": pa.array([span.start for _, span in rows], pa.int32()),
        "end_min": pa.array([span.end for _, span in rows], pa.int32()),
    }
    return conform("schedule_intervals", register.source, len(rows), columns)


def schedule_holidays(register: Register) -> pa.Table:
    """Their closed days."""
    rows = [
        (place, number, holiday)
        for place, schedule in enumerate(register.world.schedules)
        for number, holiday in enumerate(schedule.holidays, start=1)
    ]
    keys = [f"{ids.SCHEDULE + place}:{number}" for place, number, _ in rows]
    columns = {
        "external_id": pa.array(keys, pa.string()),
        "source_updated_at": instant(register.since, len(rows)),
        "schedule_id": _schedule_ids(place for place, _, _ in rows),
        "name": pa.array([holiday.name for *_, holiday in rows], pa.string()),
        "start_date": pa.array([holiday.first for *_, holiday in rows], pa.date32()),
        "end_date": pa.array([holiday.last for *_, holiday in rows], pa.date32()),
    }
    return conform("schedule_holidays", register.source, len(rows), columns)


def _schedule_ids(positions: Iterable[int]) -> pa.Array:
    return pa.array([str(ids.SCHEDULE + place) for place in positions], pa.string())


def sunday_minutes(schedule: Schedule) -> list[dict[str, int]]:
    """Weekly hours as the helpdesk writes them, in minutes since Sunday 00:00."""
    starts = [((span.weekday + 1) % 7 * 1440 + span.start, span.end - span.start) for span in schedule.spans]
    return [{"start_time": start, "end_time": start + long} for start, long in sorted(set(starts))]


def iso(second: int) -> str:
    """An epoch second as the helpdesk writes it."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
