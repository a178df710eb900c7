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
from maitred.floor.compiled import compile_world, grown
from maitred.floor.ending import agent_event
from maitred.floor.handling import seek
from maitred.floor.jit import door, inlined, sources_digest
from maitred.floor.layout import (
    AGENTS,
    ARRIVED,
    AT_AGENT,
    AT_BOT,
    AT_HANDOFF,
    AT_PATIENCE,
    AT_RELEASE,
    AT_REOPEN,
    AT_REPLY,
    CHILDREN,
    CLOSE_HEAD,
    CLOSE_MS,
    CLOSE_TAIL,
    CLOSED,
    DELAYED,
    END,
    EVENTS,
    FAR,
    HEAP,
    IDLE,
    INTERRUPTED,
    LAPSE_HEAD,
    LAPSE_TAIL,
    LOGGED,
    MERGES,
    NOW,
    OWNED,
    PRESENCE_AT,
    QUEUE_AREA,
    QUEUED,
    RANK_SHIFT,
    RELIEVED,
    ROOM,
    SOLVED,
    STALE,
    SWITCH_AT,
    TICKETS,
    TIME_SHIFT,
    WAITED,
    WAITS,
    Floor,
)
from maitred.floor.presence import presence_event, present, switch_event
from maitred.floor.queues import pop, tick_area
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
        waiting, which for ended waits is the same (Little); ``waiting_end``; ``interrupted``; ``unstable`` groups, in
        which the work that arrived exceeds the presence of their people (shared evenly among the groups of each);
        ``load.NAME`` = that ratio and ``backlog.NAME`` = tickets open at the end, by group.
    """
    floor = compile_world(world, log, arrivals, presence)
    while LOOP(floor) == GROW:
        floor = grown(floor)
    tickets = floor.tickets[: floor.n[TICKETS]]
    return Raw(floor.log[: floor.n[LOGGED]], tickets, _counters(world, floor, tickets))


# ---------------------------------------------------------------- the loop


@inlined
def has_room(f: Any) -> bool:
    """Whether the arrays hold whatever one event can bring."""
    n = f.n
    people = n[AGENTS] * (n[ROOM] + 2)
    burst = 64 + n[OWNED] + people
    return bool(
        len(f.log) - n[LOGGED] > 8 * burst
        and len(f.tickets) - n[TICKETS] > 8
        and len(f.heap) - n[HEAP] > 4 * burst
        and len(f.closing) - (n[CLOSE_TAIL] - n[CLOSE_HEAD]) > 8
        and len(f.lapsing) - (n[LAPSE_TAIL] - n[LAPSE_HEAD]) > people + 8
    )


@inlined
def closes(f: Any) -> None:
    """The next solved ticket closes, unless it has been opened again since."""
    n = f.n
    entry = f.closing[n[CLOSE_HEAD] & (len(f.closing) - 1)]
    n[CLOSE_HEAD] += 1
    t = f.tickets[entry.ticket]
    if t.status == SOLVED and t.solved + f.n[CLOSE_MS] == entry.time:
        set_status(f, entry.ticket, CLOSED, BY_SYSTEM, 0)
        n[EVENTS] += 1


@inlined
def born_event(f: Any) -> None:
    """The first entry of the heap."""
    n = f.n
    key, value = f.heap[0].key, f.heap[0].value
    pop(f)
    rank = (key >> RANK_SHIFT) & 7
    changed = True
    if rank == AT_AGENT:
        agent = value & 0xFFFFFFFF
        if f.agents[agent].stamp == value >> 32:
            agent_event(f, agent)
        else:
            n[STALE] += 1
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
        n[EVENTS] += 1


@inlined
def happen(f: Any, source: int) -> None:
    """One event of a source."""
    n = f.n
    if source == 5:
        born_event(f)
    elif source == 2:
        n[ARRIVED] += 1
        n[EVENTS] += 1
        arrives(f, n[ARRIVED] - 1)
    elif source == 3:
        closes(f)
    elif source == 1:
        presence_event(f)
        n[EVENTS] += 1
    elif source == 4:
        lapses(f)
        n[EVENTS] += 1
    else:
        switch_event(f)
        n[EVENTS] += 1
    relieved = n[RELIEVED]
    if relieved >= 0:
        n[RELIEVED] = -1
        if f.agents[relieved].mode == IDLE:
            seek(f, relieved)


def _loop(digest: int) -> Any:
    """The compiled loop; ``digest`` makes stale machine code unusable."""

    @door
    def loop(f):  # type: ignore[no-untyped-def]
        """Go on until the end of the world (DONE), or until the arrays are too small (GROW)."""
        if digest == 0:
            return DONE
        n = f.n
        arrivals, presence, switches = f.arrivals, f.presence, f.switches
        while has_room(f):
            time = FAR
            source = 0
            if n[SWITCH_AT] < len(switches):
                time = switches[n[SWITCH_AT]].time
            if n[PRESENCE_AT] < len(presence) and presence[n[PRESENCE_AT]].time < time:
                time = presence[n[PRESENCE_AT]].time
                source = 1
            if n[ARRIVED] < len(arrivals) and arrivals[n[ARRIVED]].time < time:
                time = arrivals[n[ARRIVED]].time
                source = 2
            if n[CLOSE_HEAD] < n[CLOSE_TAIL] and f.closing[n[CLOSE_HEAD] & (len(f.closing) - 1)].time < time:
                time = f.closing[n[CLOSE_HEAD] & (len(f.closing) - 1)].time
                source = 3
            if n[LAPSE_HEAD] < n[LAPSE_TAIL] and f.lapsing[n[LAPSE_HEAD] & (len(f.lapsing) - 1)].time < time:
                time = f.lapsing[n[LAPSE_HEAD] & (len(f.lapsing) - 1)].time
                source = 4
            if n[HEAP] > 0 and (f.heap[0].key >> TIME_SHIFT) < time:
                time = f.heap[0].key >> TIME_SHIFT
                source = 5
            if time != n[NOW]:
                settle(f)
                if time >= n[END]:
                    n[NOW] = n[END]
                    tick_area(f, 0)
                    for agent in range(n[AGENTS]):
                        present(f, agent)
                    return DONE
                n[NOW] = time
            happen(f, source)
        return GROW

    return loop


LOOP = _loop(sources_digest())


# ---------------------------------------------------------------- what is counted


def _counters(world: World, floor: Floor, tickets: NDArray[np.void]) -> dict[str, float]:
    n = floor.n
    over = (tickets["status"] >= SOLVED) & (tickets["abandoned"] == 0)
    solved = int(over.sum()) - int(n[MERGES])
    abandoned = int(tickets["abandoned"].sum())
    waiting_on_us = tickets["status"] < SOLVED
    busy = floor.agents["busy"] + np.where(floor.agents["working"] == 1, n[END] - floor.agents["busy_at"], 0)
    backlog = np.bincount(tickets["group"][waiting_on_us], minlength=len(world.groups))
    work, presence = floor.groups["work"], floor.groups["presence"]
    load = np.divide(work, presence, out=np.where(work > 0, np.inf, 0.0), where=presence > 0)
    counters = {
        "events": int(n[EVENTS]),
        "stale": int(n[STALE]),
        "arrived": len(tickets),
        "children": int(n[CHILDREN]),
        "solved": solved,
        "open": int(waiting_on_us.sum()),
        "abandoned": abandoned,
        "merged": int(n[MERGES]),
        "busy_s": float(busy.sum()) / 1000.0,
        "present_s": float(floor.agents["present"].sum()) / 1000.0,
        "waits": int(n[WAITS]),
        "delayed": int(n[DELAYED]),
        "waited_s": int(n[WAITED]) / 1000.0,
        "queue_area_s": int(n[QUEUE_AREA]) / 1000.0,
        "waiting_end": int(n[QUEUED]),
        "interrupted": int(n[INTERRUPTED]),
        "unstable": int((load > 1.0).sum()),
    }
    for place, group in enumerate(world.groups):
        counters[f"load.{group.name}"] = float(load[place])
        counters[f"backlog.{group.name}"] = int(backlog[place])
    return counters
