"""The world of a fitted floor: what every estimator found, and what the helpdesk told, as classes, groups and people.

What cannot be seen in a helpdesk is stated as an assumption in the notes; what it tells (schedules, targets,
memberships) is taken as told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from maitred.canon.tables import STATUSES
from maitred.floor.fitted import FittedWorld, How, Parameter
from maitred.floor.world import (
    CHANNELS,
    PRIORITIES,
    Agent,
    Customers,
    Group,
    Holiday,
    Schedule,
    SlaPolicy,
    Span,
    Target,
    TicketClass,
    World,
)
from maitred.insight.whatif.choosing import Choice, choices
from maitred.insight.whatif.course import Course, courses
from maitred.insight.whatif.fitting import Reading, day_of
from maitred.insight.whatif.history import History
from maitred.insight.whatif.past import DAY, PENDING, SOLVED, Past
from maitred.insight.whatif.promises import REPLIES
from maitred.insight.whatif.volume import Volumes, volumes

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_Z = 1.959963984540054
_CLOSED = STATUSES.index("closed")


def assembled(read: Reading, window: tuple[int, int]) -> FittedWorld:
    """The fitted floor before its global scalars are tuned."""
    start, end = window
    known = read.known
    families = np.array([channel for channel, _ in read.pairs], np.int64)
    counted = read.class_ >= 0
    counted &= ~known.tickets.follows
    arrived = volumes(
        known.tickets.created[counted],
        read.class_[counted],
        families.tolist(),
        [read.zone] * len(read.names),
        day_of(start),
        day_of(end - 1),
        read.closed,
    )
    upwards = _upwards(known, start)
    run = courses(known, read.names, read.class_, families, upwards, start)
    chosen = choices(known, read.promised, read.class_, read.efforts.over, start)
    parameters = _parameters(read, arrived, run)
    world = World(
        name="fitted",
        start=day_of(end),
        days=56,
        seed=1,
        groups=_groups(read, upwards, chosen),
        classes=_ticket_classes(read, arrived, run, start),
        agents=_agents(read, start),
        schedules=_schedules(read),
        policies=policies_of(read),
        customers=_customers(read, start),
        holidays=_holidays(read),
        holiday_factor=arrived.holiday_factor,
        close_days=_close_days(known),
        day_correlation=arrived.day_correlation,
    )
    return FittedWorld(
        world=world,
        parameters=parameters,
        routing=tuple(one.routing for one in chosen if one is not None),
        effort=read.efforts.how,
        first=day_of(start),
        last=day_of(end - 1),
        notes=_notes(read, arrived, chosen),
        excluded=arrived.excluded,
    )


# ---------------------------------------------------------------- classes


def _upwards(known: Past, since: int) -> Ints:
    """The next tier of each group: where most of what is handed on after the first segment goes."""
    work = known.segments
    found = np.full(len(known.groups), -1, np.int64)
    moved = (work.moved >= 0) & (work.number > 0) & (work.end >= since)
    for k in range(len(found)):
        whither = work.moved[moved & (work.group == k) & (work.moved != k)]
        values, counts = np.unique(whither, return_counts=True)
        if len(values) and counts.max() >= 10 and counts.max() >= 0.5 * counts.sum():
            found[k] = values[np.argmax(counts)]
    # a tier that hands back to its own lower tier makes no tier
    for k in range(len(found)):
        up = found[k]
        if up >= 0 and found[up] == k:
            mine, theirs = (int((moved & (work.group == one)).sum()) for one in (k, up))
            found[k if mine < theirs else up] = -1
    return found


def _ticket_classes(read: Reading, arrived: Volumes, run: Sequence[Course], since: int) -> tuple[TicketClass, ...]:
    known = read.known
    recent = known.tickets.created >= since
    missing = _unable(read, since)
    found = []
    for k, (channel, group) in enumerate(read.pairs):
        mine = recent & (read.class_ == k)
        course, volume, work = run[k], arrived.classes[k], read.efforts.classes[k]
        found.append(
            TicketClass(
                name=read.names[k],
                channel=CHANNELS[channel],
                topic="",
                group=known.group_names[group],
                weekly=volume.weekly,
                profile=volume.profile,
                zone=read.zone,
                priorities=_priorities(known.tickets.priority[mine]),
                effort_median=work.median,
                effort_sigma=work.sigma,
                exchanges=course.value("exchanges"),
                reply_median=course.value("reply_median"),
                reply_sigma=course.value("reply_sigma"),
                no_reply=course.value("no_reply"),
                patience=course.value("patience"),
                success=course.value("success"),
                reopens=1.0,
                recontacts=0.0,
                escalates=course.value("escalates"),
                transfers=course.value("transfers"),
                skills=(read.names[k],) if k in missing else (),
                trend=arrived.trend,
                day_factor=arrived.day_factor,
            )
        )
    return tuple(found)


def _priorities(priority: Ints) -> tuple[float, float, float, float]:
    counts = np.bincount(priority, minlength=len(PRIORITIES)) + np.array([0.2, 0.6, 0.15, 0.05])
    low, normal, high, urgent = (float(part) for part in counts / counts.sum())
    return low, normal, high, urgent


def _served(read: Reading, since: int) -> Ints:
    """Segments by agent and class, shape (agents, classes)."""
    work = read.known.segments
    of = read.class_[work.ticket]
    good = (of >= 0) & (work.end >= since)
    table = np.zeros((len(read.known.agents), len(read.names)), np.int64)
    np.add.at(table, (work.agent[good], of[good]), 1)
    return table


def _unable(read: Reading, since: int) -> frozenset[int]:
    """Classes that some busy member of their group never touches: those need a skill."""
    served = _served(read, since)
    found = set()
    for k, (_, group) in enumerate(read.pairs):
        members = read.known.members[read.known.members[:, 1] == group, 0]
        busy = members[served[members].sum(axis=1) >= 100]
        share = served[busy, k] / np.maximum(1, served[busy].sum(axis=1)) if len(busy) else np.zeros(0)
        typical = float(np.median(share[share > 0])) if (share > 0).any() else 0.0
        if len(busy) and (share < 0.05 * typical).any() and served[:, k].sum() >= 50:
            found.add(k)
    return frozenset(found)


# ---------------------------------------------------------------- people


def _agents(read: Reading, since: int) -> tuple[Agent, ...]:
    """Everybody the helpdesk knows, in its order; who has no usual week has no shifts."""
    known = read.known
    served = _served(read, since)
    missing = _unable(read, since)
    parks = _parks(known, since)
    rooms = concurrency(known, since)
    found = []
    for k, key in enumerate(known.agents):
        usual = read.attendance.usual[k]
        gone = usual is None or usual.last < (known.until // DAY) - 21
        groups = known.members[known.members[:, 0] == k, 1]
        found.append(
            Agent(
                id=key,
                name=known.agent_names[k],
                groups=tuple(known.group_names[group] for group in groups),
                shifts=() if gone or usual is None else usual.spans,
                zone=read.zones[k],
                skills=tuple(read.names[c] for c in sorted(missing) if served[k, c] >= 2),
                concurrency=int(rooms[k]),
                breaks=() if usual is None else usual.breaks,
                absence=0.0 if usual is None else usual.absence,
                speed=float(read.efforts.speed[k]),
                parks=float(parks[k]),
            )
        )
    return tuple(found)


def _parks(known: Past, since: int) -> Floats:
    """Share of backlog segments that end as pending without a word, by agent, leaning on everybody's."""
    work = known.segments
    fair = (work.end >= since) & ~known.live[work.ticket]
    parked = fair & work.pending & ~work.public
    n = len(known.agents)
    total, hits = np.bincount(work.agent[fair], minlength=n), np.bincount(work.agent[parked], minlength=n)
    base = float(hits.sum() / max(1, total.sum()))
    return np.asarray((hits + 25 * base) / (total + 25), np.float64) if base > 0.002 else np.zeros(n)


def concurrency(known: Past, since: int) -> Ints:
    """Most conversations at once that each agent is seen in, but for the rarest two in a hundred; 2 if none is seen."""
    work = known.segments
    talk = np.isin(known.tickets.channel, [CHANNELS.index("chat"), CHANNELS.index("messaging")])
    mine = (work.end >= since) & talk[work.ticket]
    begun = np.where(work.taken >= 0, work.taken, np.maximum(work.since, work.end - 1_200_000))[mine]
    end, agent = work.end[mine], work.agent[mine]
    found = np.full(len(known.agents), 2, np.int64)
    for k in np.unique(agent):
        of = agent == k
        if of.sum() < 50:
            continue
        starts, ends = np.sort(begun[of]), np.sort(end[of])
        level = np.arange(1, len(starts) + 1) - np.searchsorted(ends, starts, side="right")
        found[k] = int(np.clip(np.quantile(level, 0.98), 1, 8))
    return found


# ---------------------------------------------------------------- what is told


def _groups(read: Reading, upwards: Ints, chosen: Sequence[Choice | None]) -> tuple[Group, ...]:
    names = read.known.group_names
    found = []
    for k, name in enumerate(names):
        choice = chosen[k]
        group = Group(name, _schedule_name(read, k), escalates_to=names[upwards[k]] if upwards[k] >= 0 else "")
        if choice is not None:
            bias = choice.bias if choice.routing.policy == "pull_pick" else 0.0
            group = replace(group, policy=choice.routing.policy, ageing=choice.ageing, pick_bias=bias)
        found.append(group)
    return tuple(found)


def _schedule_name(read: Reading, group: int) -> str:
    mine = read.known.tickets.schedule[read.known.tickets.group == group]
    told = mine[mine >= 0]
    place = int(np.bincount(told).argmax()) if len(told) else _default_place(read.history)
    return _schedules(read)[place].name


def _default_place(history: History) -> int:
    flags = history.schedules["is_default"].to_pylist()
    return next((place for place, flag in enumerate(flags) if flag), 0)


def _schedules(read: Reading) -> tuple[Schedule, ...]:
    found = []
    intervals, days = read.history.schedule_intervals.to_pylist(), read.history.schedule_holidays.to_pylist()
    for row in read.history.schedules.to_pylist():
        key = row["external_id"]
        spans = sorted(
            {(one["weekday"], one["start_min"], one["end_min"]) for one in intervals if one["schedule_id"] == key}
        )
        closed = tuple(
            Holiday(str(one["name"] or ""), one["start_date"], one["end_date"])
            for one in days
            if one["schedule_id"] == key
        )
        found.append(Schedule(str(key), str(row["tz"]), tuple(Span(*span) for span in spans), closed))
    always = tuple(Span(day, 0, 1440) for day in range(7))
    return tuple(found) or (Schedule("always", "UTC", always),)


def policies_of(read: Reading) -> tuple[SlaPolicy, ...]:
    """One policy for each set of targets that groups share."""
    seen: dict[tuple[str, tuple[Target, ...]], list[str]] = {}
    promised = read.promised
    for k, name in enumerate(read.known.group_names):
        targets = tuple(
            Target(metric, priority, int(promised.seconds[m, k, p]), bool(promised.business[m, k, p]))
            for m, metric in enumerate(REPLIES)
            for p, priority in enumerate(PRIORITIES)
            if promised.seconds[m, k, p] > 0
        )
        seen.setdefault((_schedule_name(read, k), targets), []).append(name)
    return tuple(
        SlaPolicy(f"targets {place + 1}", schedule, targets, tuple(groups))
        for place, ((schedule, targets), groups) in enumerate(seen.items())
    )


def _holidays(read: Reading) -> tuple[Holiday, ...]:
    return tuple(Holiday("closed", day, day) for day in read.closed)


def _customers(read: Reading, since: int) -> Customers:
    """How many write, and how many ratings are offered and answered (ratings feed nothing back into the queues)."""
    known, rated = read.known, read.history.satisfaction
    recent = known.tickets.created >= since
    people = len(np.unique(known.tickets.requester[recent]))
    solved = int(((known.statuses.new == SOLVED) & (known.statuses.time >= since)).sum())
    start = datetime.fromtimestamp(since / 1000, UTC)
    offered = [row for row in rated["offered_at"].to_pylist() if row is not None and row >= start]
    answered = [row for row in rated["rated_at"].to_pylist() if row is not None and row >= start]
    share = min(0.99, (len(answered) + 1) / (max(len(offered), len(answered)) + 4))
    return Customers(
        accounts=max(1, min(2_000, people // 15)),
        offer=min(1.0, len(offered) / max(1, solved)),
        answer=float(np.log(share / (1 - share))),
    )


def _close_days(known: Past) -> float:
    """Median days from solved to closed."""
    changes = known.statuses
    n = len(changes.time)
    closes = np.flatnonzero((changes.new == _CLOSED) & (changes.old == SOLVED))
    closes = closes[(closes > 0) & (closes < n)]
    same = changes.ticket[closes] == changes.ticket[np.maximum(closes - 1, 0)]
    days = (changes.time[closes] - changes.time[np.maximum(closes - 1, 0)])[same] / DAY
    return float(np.clip(np.median(days), 0.1, 30.0)) if len(days) >= 20 else 4.0


# ---------------------------------------------------------------- what is told about the fit


def _parameters(read: Reading, arrived: Volumes, run: Sequence[Course]) -> tuple[Parameter, ...]:
    found = [
        Parameter(
            "",
            "day_factor",
            arrived.day_factor,
            arrived.day_factor_low,
            arrived.day_factor_high,
            arrived.days,
            "counted",
        ),
        Parameter("", "trend", arrived.trend, arrived.trend, arrived.trend, arrived.days, "counted", "plain"),
        Parameter(
            *("", "holiday_factor", arrived.holiday_factor, arrived.holiday_factor, arrived.holiday_factor),
            arrived.holiday_days,
            "counted" if arrived.holiday_days else "assumed",
        ),
    ]
    for k, name in enumerate(read.names):
        volume, work = arrived.classes[k], read.efforts.classes[k]
        how: How = "measured" if read.efforts.measured[k] else "estimated"
        low, high = (work.median * float(np.exp(side * _Z * work.error)) for side in (-1, 1))
        found += [
            Parameter(name, "weekly", volume.weekly, volume.low, volume.high, volume.n, "counted", "plain"),
            Parameter(name, "effort_median", work.median, low, high, work.n, how),
            Parameter(name, "effort_sigma", work.sigma, work.sigma, work.sigma, work.n, how),
            *run[k].parameters,
        ]
    for k, key in enumerate(read.known.agents):
        value, sd = float(read.efforts.speed[k]), float(read.efforts.speed_sd[k])
        n = int((read.known.segments.agent == k).sum())
        if n:
            found.append(Parameter(key, "speed", value, value - _Z * sd, value + _Z * sd, n, read.efforts.how, "plain"))
        usual = read.attendance.usual[k]
        if usual is not None:
            half = _Z * float(np.sqrt(usual.absence * (1 - usual.absence) / max(20, usual.shifts)))
            low, high = max(0.001, usual.absence - half), min(0.95, usual.absence + half)
            found.append(Parameter(key, "absence", usual.absence, low, high, usual.shifts, "counted", "logit"))
    return tuple(found)


def _notes(read: Reading, arrived: Volumes, chosen: Sequence[Choice | None]) -> tuple[str, ...]:
    found = ["Each further parallel conversation is assumed to slow all of them by 15 %."]
    if read.efforts.how == "estimated":
        found.append("Effort is estimated from gaps between actions: no handling times are recorded for all channels.")
    if read.promised.stand_in:
        found.append("No first-reply targets were told; 8 business hours (live channels 2 minutes) stand in.")
    found += [
        f"Too few choices were seen to name the routing of {read.known.group_names[k]}; earliest due is assumed."
        for k, one in enumerate(chosen)
        if one is None
    ]
    gone = int(read.known.tickets.gone.sum())
    if gone:
        found.append(f"{gone} deleted, merged or spam tickets are counted apart and arrive nowhere.")
    alone = int((~read.known.tickets.human).sum())
    if alone:
        found.append(f"{alone} tickets that a bot closed alone never reach the floor.")
    if arrived.excluded:
        found.append(f"{len(arrived.excluded)} days with an incident taught nothing about ordinary volume.")
    if len(read.known.statuses.new) and not (read.known.statuses.new == PENDING).any():
        found.append("No ticket was ever pending: customers' answers are seen by their messages only.")
    return tuple(found)
