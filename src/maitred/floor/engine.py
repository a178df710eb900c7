"""The event loop of the floor: a planted world in, its log, tickets and counters out.

**Sources.** Switches, presence and arrivals come sorted and stay outside the heap, and so do delays that are the same
for all (closing after ``close_days``, lapsing after seven days); the heap holds what is born in the loop: agents' next
points, customers' answers, patience, bots, reopenings, re-contacts.

**Ties.** Inside one millisecond: switches, presence, arrivals, closings, lapses, then the heap by rank (agent, answer,
release of a conversation, patience, bot, hand-over, reopening, re-contact) and sequence of being put there. All delays
are at least 1 ms. The log of an instant is then ordered by kind, so (time, kind, sequence) is a total order.

**Randomness.** Every draw belongs to a ticket (or to nothing that the loop decides) and to the number of its segment,
so another route, roster or policy meets the same arrivals, efforts, answers and patience.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maitred.floor.asking import (
    arrives,
    bot_answers,
    bot_hands_over,
    comes_back,
    lapses,
    loses_patience,
    releases,
    reopens,
    replies,
)
from maitred.floor.compiled import compile_world, grow
from maitred.floor.ending import agent_event
from maitred.floor.handling import seek
from maitred.floor.jit import door, inlined, sources_digest
from maitred.floor.layout import (
    AT_AGENT,
    AT_BOT,
    AT_HANDOFF,
    AT_PATIENCE,
    AT_RELEASE,
    AT_REOPEN,
    AT_REPLY,
    CLOSED,
    EXPONENTIAL,
    FAR,
    IDLE,
    LOGNORMAL,
    OWN,
    RANK_SHIFT,
    SOLVED,
    TIME_SHIFT,
    WAITING,
    Floor,
)
from maitred.floor.memory import (
    agent_at,
    arrival_at,
    closing_at,
    heap_at,
    lapsing_at,
    presence_row_at,
    switch_row_at,
    ticket_at,
)
from maitred.floor.presence import presence_event, present, switch_event
from maitred.floor.queues import open_slice, pop, tick_area
from maitred.floor.world import World
from maitred.floor.writing import BY_SYSTEM, set_status, settle

DONE, GROW = 0, 1


@dataclass(frozen=True, slots=True)
class Raw:
    """What one simulation gives.

    Attributes
    ----------
    log
        ``logbook.RECORD`` in total order; empty without a log.
    tickets
        ``logbook.TICKET`` in order of creation.
    counters
        See ``simulate``.
    """

    log: NDArray[np.void]
    tickets: NDArray[np.void]
    counters: dict[str, float]


def simulate(
    world: World,
    *,
    log: bool = True,
    arrivals: NDArray[np.void] | None = None,
    presence: NDArray[np.void] | None = None,
) -> Raw:
    """Simulate a planted and checked world once.

    Parameters
    ----------
    world
        As planted (``World.planted``).
    log
        False keeps only tickets and counters.
    arrivals, presence
        Instead of ``arrivals.arrivals`` and ``shifts.presence`` of the world: actual ones, or today's open tickets with
        their ages (a negative time is before the origin).

    Returns
    -------
    Raw
        Counters: ``events`` that changed the state, ``stale`` heap entries that no longer meant anything, ``arrived``
        (all tickets, of which ``children`` follow another one) = ``solved`` + ``open`` + ``abandoned`` + ``merged``;
        ``busy_s`` and ``present_s`` of all agents; ``waits`` (times that a ticket was taken up or given up),
        ``delayed`` of them that had to wait, ``waited_s`` in all, ``queue_area_s`` = the integral of the number
        waiting, which for ended waits is the same (Little); ``waiting_end``; ``interrupted``; ``unstable`` groups, to
        which more work came than the people present can do; by group ``load.NAME`` = that ratio (the larger of the
        group's work over the presence of all its members, and the same for all groups that share people with it) and
        ``backlog.NAME`` = tickets open at the end.
    """
    floor = compile_world(world, log, arrivals, presence)
    while LOOP(floor.state) == GROW:
        grow(floor)
    tickets = floor.arrays["tickets"][: floor.state["tickets"][0]]
    made = floor.arrays["log"][: floor.state["logged"][0]]
    return Raw(made, tickets, _counters(world, floor))


# ---------------------------------------------------------------- the loop


@inlined
def has_room(f: Any) -> bool:
    """Whether the arrays hold whatever one event can bring."""
    burst = f.burst + f.owned
    return bool(
        f.log_room - f.logged > 8 * burst
        and f.tickets_room - f.tickets > 8
        and f.heap_room - f.heap > 4 * burst + f.nodes
        and f.nodes_room - f.nodes > 4 * burst
        and f.closing_room - (f.close_tail - f.close_head) > 8
        and f.lapsing_room - (f.lapse_tail - f.lapse_head) > f.burst
    )


@inlined
def closes(f: Any) -> None:
    """The next solved ticket closes, unless it has been opened again since."""
    entry = closing_at(f, f.close_head & (f.closing_room - 1))
    f.close_head += 1
    t = ticket_at(f, entry.ticket)
    if t.status == SOLVED and t.solved + f.close_ms == entry.time:
        set_status(f, entry.ticket, CLOSED, BY_SYSTEM, 0)
        f.events += 1


@inlined
def born_event(f: Any) -> None:
    """The first entry of the heap."""
    key, value = heap_at(f, 0).key, heap_at(f, 0).value
    pop(f)
    rank = (key >> RANK_SHIFT) & 7
    changed = True
    if rank == AT_AGENT:
        agent = value & 0xFFFFFFFF
        if agent_at(f, agent).stamp == value >> 32:
            agent_event(f, agent)
        else:
            f.stale += 1
            changed = False
    elif rank == AT_REPLY:
        replies(f, value)
    elif rank == AT_PATIENCE:
        changed = loses_patience(f, value)
    elif rank == AT_RELEASE:
        changed = releases(f, value)
    elif rank == AT_BOT:
        bot_answers(f, value)
    elif rank == AT_HANDOFF:
        bot_hands_over(f, value)
    elif rank == AT_REOPEN:
        reopens(f, value)
    else:
        comes_back(f, value)
    if changed:
        f.events += 1


@inlined
def happen(f: Any, source: int) -> None:
    """One event of a source."""
    if source == 5:
        born_event(f)
    elif source == 2:
        f.arrived += 1
        f.events += 1
        arrives(f, f.arrived - 1)
    elif source == 3:
        closes(f)
    elif source == 1:
        presence_event(f)
        f.events += 1
    elif source == 4:
        lapses(f)
        f.events += 1
    else:
        switch_event(f)
        f.events += 1
    relieved = f.relieved
    if relieved >= 0:
        f.relieved = -1
        if agent_at(f, relieved).mode == IDLE:
            seek(f, relieved)


def _loop(digest: int) -> Any:
    """The compiled loop; ``digest`` makes stale machine code unusable."""

    @door
    def loop(state):  # type: ignore[no-untyped-def]
        """Go on until the end of the world (DONE), or until the arrays are too small (GROW)."""
        if digest == 0:
            return DONE
        f = state[0]
        while has_room(f):
            time = FAR
            source = 0
            if f.switch_at < f.switches_room:
                time = switch_row_at(f, f.switch_at).time
            if f.presence_at < f.presence_room and presence_row_at(f, f.presence_at).time < time:
                time = presence_row_at(f, f.presence_at).time
                source = 1
            if f.arrived < f.arrivals_room and arrival_at(f, f.arrived).time < time:
                time = arrival_at(f, f.arrived).time
                source = 2
            if f.close_head < f.close_tail and closing_at(f, f.close_head & (f.closing_room - 1)).time < time:
                time = closing_at(f, f.close_head & (f.closing_room - 1)).time
                source = 3
            if f.lapse_head < f.lapse_tail and lapsing_at(f, f.lapse_head & (f.lapsing_room - 1)).time < time:
                time = lapsing_at(f, f.lapse_head & (f.lapsing_room - 1)).time
                source = 4
            while f.opened <= min(time, f.end) and (f.heap == 0 or heap_at(f, 0).key >> TIME_SHIFT >= f.opened):
                open_slice(f)
            if f.heap > 0 and (heap_at(f, 0).key >> TIME_SHIFT) < time:
                time = heap_at(f, 0).key >> TIME_SHIFT
                source = 5
            if time != f.now:
                settle(f)
                if time >= f.end:
                    f.now = f.end
                    tick_area(f, 0)
                    for agent in range(f.agents):
                        present(f, agent)
                    return DONE
                f.now = time
            happen(f, source)
        return GROW

    return loop


LOOP = _loop(sources_digest())


# ---------------------------------------------------------------- what is counted


def _counters(world: World, floor: Floor) -> dict[str, float]:
    f, agents = floor.state[0], floor.arrays["agents"]
    backlog = floor.arrays["groups"]["open"]
    busy = agents["busy"] + np.where(agents["working"] == 1, f["end"] - agents["busy_at"], 0)
    arrived, waiting_on_us = int(f["tickets"]), int(backlog.sum())
    load = _loads(world, floor)
    counters = {
        "events": int(f["events"]),
        "stale": int(f["stale"]),
        "arrived": arrived,
        "children": int(f["children"]),
        "solved": arrived - waiting_on_us - int(f["abandoned"]) - int(f["merges"]),
        "open": waiting_on_us,
        "abandoned": int(f["abandoned"]),
        "merged": int(f["merges"]),
        "busy_s": float(busy.sum()) / 1000.0,
        "present_s": float(agents["present"].sum()) / 1000.0,
        "waits": int(f["waits"]),
        "delayed": int(f["delayed"]),
        "waited_s": int(f["waited"]) / 1000.0,
        "queue_area_s": int(f["queue_area"]) / 1000.0,
        "waiting_end": int(f["queued"]),
        "interrupted": int(f["interrupted"]),
        "unstable": sum(one > 1.0 for one in load),
    }
    for place, group in enumerate(world.groups):
        counters[f"load.{group.name}"] = load[place]
        counters[f"backlog.{group.name}"] = int(backlog[place])
    return counters


def _loads(world: World, floor: Floor) -> list[float]:
    """Of each group: work that arrived (what still waits counts with its mean) over presence."""
    groups = range(len(world.groups))
    names = {group.name: place for place, group in enumerate(world.groups)}
    present = floor.arrays["agents"]["present"].astype(np.float64)
    members = np.zeros((len(names), len(world.agents)), np.bool_)
    for place, agent in enumerate(world.agents):
        if not agent.is_bot:
            members[[names[name] for name in agent.groups], place] = True
    work = floor.arrays["groups"]["work"] + _waiting_work(floor, len(names))
    pools = [{place} for place in groups]
    for agent_groups in members.T:
        together = set().union(*(pools[place] for place in np.flatnonzero(agent_groups)))
        for place in together:
            pools[place] = together
    return [
        max(_ratio(work[place], present[members[place]].sum()), _ratio(work[pool].sum(), present[shared].sum()))
        for place in groups
        for pool in [sorted(pools[place])]
        for shared in [members[pool].any(axis=0)]
    ]


def _waiting_work(floor: Floor, groups: int) -> NDArray[np.float64]:
    """Expected ms of the segments that still wait, by group."""
    count = floor.state["tickets"][0]
    phase = floor.arrays["live"]["phase"][:count]
    waiting = (phase == WAITING) | (phase == OWN)
    tickets, classes = floor.arrays["tickets"][:count][waiting], floor.arrays["classes"]
    spread = np.where(classes["kind"] == LOGNORMAL, np.exp(classes["sigma"] ** 2 / 2.0), 1.0)
    spread = np.where(classes["kind"] == EXPONENTIAL, 1.0 / np.log(2.0), spread)
    mean = classes["median"] * classes["scale"] * spread
    return np.bincount(tickets["group"], weights=mean[tickets["class_"]], minlength=groups).astype(np.float64)


def _ratio(work: float, presence: float) -> float:
    return float(work / presence) if presence > 0 else (np.inf if work > 0 else 0.0)
