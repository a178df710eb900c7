"""Running a fitted floor over weeks that really were, or over weeks to come, and measuring both with the same ruler.

A conditional run takes the tickets that really arrived and the people who really were there; it begins four weeks
before the first measured week with what was open then, so that its backlog is its own. Replications differ only in
their seed and come back in the order of their numbers, whatever ran them.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray

from maitred.floor.fitted import FittedWorld, forecast, scaled
from maitred.floor.logbook import Kind
from maitred.floor.world import World
from maitred.insight.whatif.attendance import Session
from maitred.insight.whatif.fitting import Reading
from maitred.insight.whatif.measures import Observed, Weeks, weekly
from maitred.insight.whatif.past import DAY, PENDING, SOLVED, WEEK, Past
from maitred.insight.whatif.promises import Promises

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

WARMUP = 28
_NONE = -1


@dataclass(frozen=True, slots=True)
class Replay:
    """Everything that a replication needs besides its seed; it travels to other processes.

    ``origin`` is the world's origin in epoch ms, ``edges`` the bounds of the measured weeks. Without ``arrivals`` and
    ``presence`` the world draws its own (full mode). ``pace`` turns simulated seconds of work into real ones.
    """

    world: World
    origin: int
    edges: Ints
    promised: Promises
    members: Ints
    groups: int
    pace: float
    arrivals: NDArray[np.void] | None = None
    presence: NDArray[np.void] | None = None


def conditional(fitted: FittedWorld, read: Reading, start: int, weeks: int) -> Replay:
    """A replay of the actual arrivals and presence of ``weeks`` weeks from ``start`` (epoch ms, midnight UTC)."""
    end = start + weeks * WEEK
    origin = start - WARMUP * DAY
    days = (end - start) // DAY
    world = replace(scaled(fitted), start=_day(start), days=int(days), warmup=WARMUP)
    return Replay(
        world=world,
        origin=origin,
        edges=start + WEEK * np.arange(weeks + 1),
        promised=read.promised,
        members=read.known.members,
        groups=len(read.known.groups),
        pace=(1.0 - fitted.shrinkage) / fitted.effort_scale,
        arrivals=actual_arrivals(read.known, read.class_, world, origin, end),
        presence=actual_presence(read.attendance.sessions, origin, end),
    )


def full(fitted: FittedWorld, read: Reading, start: int, weeks: int) -> Replay:
    """Forecast arrivals and planned presence of ``weeks`` weeks from ``start``."""
    world = forecast(fitted, _day(start), weeks * 7, 1, warmup=WARMUP)
    return Replay(
        world=world,
        origin=start - WARMUP * DAY,
        edges=start + WEEK * np.arange(weeks + 1),
        promised=read.promised,
        members=read.known.members,
        groups=len(read.known.groups),
        pace=(1.0 - fitted.shrinkage) / fitted.effort_scale,
    )


def replicated(replay: Replay, seeds: Sequence[int], workers: int = 1) -> list[tuple[Weeks, ...]]:
    """The measured weeks of each replication, in the order of the seeds."""
    run = partial(once, replay)
    if workers <= 1 or len(seeds) < 4:
        return [run(seed) for seed in seeds]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return list(pool.map(run, seeds, chunksize=max(1, len(seeds) // (4 * workers))))


def once(replay: Replay, seed: int) -> tuple[Weeks, ...]:
    """One replication."""
    return weekly(simulated(replay, seed), replay.edges, replay.groups)


def simulated(replay: Replay, seed: int) -> Observed:
    """What one replication shows, in epoch ms."""
    from maitred.floor import engine

    world = replace(replay.world, seed=seed)
    presence = replay.presence
    if presence is None:
        from maitred.floor.shifts import presence as roster

        presence = roster(world)
    raw = engine.simulate(world, arrivals=replay.arrivals, presence=presence)
    tickets, log = raw.tickets, raw.log
    place = {group.name: k for k, group in enumerate(world.groups)}
    homes = np.array([place[one.group] for one in world.classes], np.int64)
    channels = np.array([_CHANNELS[one.channel] for one in world.classes], np.int64)
    class_ = tickets["class_"].astype(np.int64)
    created = tickets["created"].astype(np.int64) + replay.origin
    group, priority = homes[class_], tickets["priority"].astype(np.int64)
    replied = np.where(tickets["first_reply"] >= 0, tickets["first_reply"] + replay.origin, _NONE).astype(np.int64)
    kind = log["kind"]
    born, status = kind == int(Kind.CREATED), log[kind == int(Kind.STATUS)]
    into = (status["new"] >= SOLVED) & (status["old"] < SOLVED)
    back = (status["new"] < SOLVED) & (status["old"] >= SOLVED)
    changed = [log[born], status[into], status[back]]
    steps = (1, -1, 1)
    worked = log[np.isin(kind, (int(Kind.AGENT_MESSAGE), int(Kind.AGENT_NOTE))) | (kind == int(Kind.STATUS))]
    worked = worked[(worked["value"] > 0) & (worked["actor"] >= 0)]
    return Observed(
        created=created,
        group=group,
        due=replay.promised.due(created, group, priority, channels[class_]),
        replied=replied,
        waited=replay.promised.waited(created, replied, group),
        change=np.concatenate([rows["time"] for rows in changed]).astype(np.int64) + replay.origin,
        change_ticket=np.concatenate([rows["ticket"] for rows in changed]).astype(np.int64),
        step=np.concatenate([np.full(len(rows), step, np.int64) for rows, step in zip(changed, steps, strict=True)]),
        work=worked["time"].astype(np.int64) + replay.origin,
        work_agent=worked["actor"].astype(np.int64),
        seconds=worked["value"].astype(np.float64) * replay.pace,
        presence=_stretches(presence, replay.origin, int(replay.edges[-1])),
        members=replay.members,
    )


_CHANNELS = {name: place for place, name in enumerate(("email", "web", "chat", "messaging", "phone", "social"))}


def actual(read: Reading, effort_scale: float = 1.0) -> Observed:
    """What really was, on the same scales."""
    known = read.known
    tickets, changes, work = known.tickets, known.statuses, known.segments
    fair = tickets.human & ~tickets.gone & (tickets.group >= 0)
    place = np.cumsum(fair) - 1
    into = (changes.new >= SOLVED) & (changes.old < SOLVED) & fair[changes.ticket]
    back = (changes.new < SOLVED) & (changes.old >= SOLVED) & fair[changes.ticket]
    created, group, replied = tickets.created[fair], tickets.group[fair], tickets.first_reply[fair]
    changed = [created, changes.time[into], changes.time[back]]
    owners = [np.arange(int(fair.sum())), place[changes.ticket[into]], place[changes.ticket[back]]]
    spans = [(one.agent, begin, end) for one in read.attendance.sessions for begin, end in _working(one)]
    return Observed(
        created=created,
        group=group,
        due=read.promised.due(created, group, tickets.priority[fair], tickets.channel[fair]),
        replied=replied,
        waited=read.promised.waited(created, replied, group),
        change=np.concatenate(changed),
        change_ticket=np.concatenate(owners).astype(np.int64),
        step=np.concatenate([np.full(len(rows), step) for rows, step in zip(changed, (1, -1, 1), strict=True)]),
        work=work.end,
        work_agent=work.agent,
        seconds=read.efforts.seconds * effort_scale,
        presence=np.array(spans, np.int64).reshape(-1, 3),
        members=known.members,
    )


def actual_arrivals(known: Past, class_: Ints, world: World, origin: int, end: int) -> NDArray[np.void]:
    """The tickets that really came, and those that were open at the origin, as the engine's arrivals.

    What was pending then comes when its customer really answered, which is within the weeks before the measured ones.
    What follows a closed ticket is left out: the simulated floor has follow-ups of its own.
    """
    from maitred.floor.arrivals import ARRIVAL

    tickets = known.tickets
    fresh = (tickets.created >= origin) & (tickets.created < end) & ~tickets.follows
    again = _open_at(known, origin)
    chosen = np.flatnonzero((fresh | (again < end)) & (class_ >= 0))
    made = np.zeros(len(chosen), ARRIVAL)
    made["time"] = np.where(fresh, tickets.created, again)[chosen] - origin
    made["class_"] = class_[chosen]
    customers = max(1, int(world.customers.accounts * world.customers.per_account * 0.5))
    made["customer"] = tickets.requester[chosen] % customers
    made["cause"] = -1
    made["priority"] = tickets.priority[chosen]
    order = np.lexsort((made["class_"], made["time"]))
    made = made[order]
    for k in range(len(world.classes)):
        mine = np.flatnonzero(made["class_"] == k)
        made["key"][mine] = (np.uint64(k) << np.uint64(40)) | np.arange(len(mine), dtype=np.uint64)
    return made[np.lexsort((made["key"], made["class_"], made["time"]))]


def _open_at(known: Past, origin: int) -> Ints:
    """For tickets that were unsolved at the origin: since when they wait, or when they will; else the far future."""
    tickets, changes = known.tickets, known.statuses
    far = np.iinfo(np.int64).max
    found = np.full(len(tickets), far)
    before = changes.time < origin
    last = np.full(len(tickets), -1)
    last[changes.ticket[before]] = np.flatnonzero(before)
    old = (tickets.created < origin) & (tickets.created >= origin - 120 * DAY) & ~tickets.gone
    state = np.where(last >= 0, changes.new[np.maximum(last, 0)] if len(changes.new) else 0, 0)
    waits = old & (state < PENDING)
    found[waits] = np.where(last >= 0, changes.time[np.maximum(last, 0)], tickets.created)[waits]
    asked = old & (state >= PENDING) & (state < SOLVED) & (last >= 0)
    following = np.minimum(last + 1, max(0, len(changes.time) - 1))
    comes = asked & (changes.ticket[following] == np.arange(len(tickets))) & (changes.new[following] < PENDING)
    found[comes] = changes.time[following][comes]
    return found


def actual_presence(sessions: Sequence[Session], origin: int, end: int) -> NDArray[np.void]:
    """The sessions that really were, as the engine's presence."""
    from maitred.floor.shifts import PRESENCE

    rows: list[tuple[int, int, int, int, int]] = []
    for one in sessions:
        on, off = max(one.on, origin), min(one.off, end)
        if off <= on:
            continue
        minutes = (off - on) // 60_000
        rows.append((on - origin, one.agent, 0, minutes, int(Kind.SHIFT_ON)))
        rows.append((off - origin, one.agent, 0, minutes, int(Kind.SHIFT_OFF)))
        for begin, stop in one.breaks:
            if begin > on and stop < off:
                rows.append((begin - origin, one.agent, 0, (stop - begin) // 60_000, int(Kind.BREAK_ON)))
                rows.append((stop - origin, one.agent, 0, (stop - begin) // 60_000, int(Kind.BREAK_OFF)))
    found = np.array(rows, PRESENCE)
    return found[np.lexsort((found["agent"], found["kind"], found["time"]))]


def _working(session: Session) -> list[tuple[int, int]]:
    """A session without its breaks."""
    edges = [session.on, *(edge for pause in session.breaks for edge in pause), session.off]
    return [
        (edges[place], edges[place + 1]) for place in range(0, len(edges) - 1, 2) if edges[place + 1] > edges[place]
    ]


def _stretches(presence: NDArray[np.void], origin: int, end: int) -> Ints:
    """Rows (agent, from, to) of working presence."""
    found: list[tuple[int, int, int]] = []
    since: dict[int, int] = {}
    opens, closes = (int(Kind.SHIFT_ON), int(Kind.BREAK_OFF)), (int(Kind.SHIFT_OFF), int(Kind.BREAK_ON))
    for time, agent, kind in zip(
        presence["time"].tolist(), presence["agent"].tolist(), presence["kind"].tolist(), strict=True
    ):
        if kind in closes and agent in since:
            found.append((agent, since.pop(agent) + origin, time + origin))
        elif kind in opens:
            since[agent] = time
    found += [(agent, begin + origin, end) for agent, begin in since.items()]
    return np.array(found, np.int64).reshape(-1, 3)


def _day(instant: int) -> date:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=instant)).date()
