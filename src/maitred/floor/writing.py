"""What the engine writes down, and the changes of a ticket that are written at the same time.

Inside one instant records are brought into the order of their kinds (``settle``), so the log is a total order:
time, kind, sequence. Two fields say more than ``logbook`` does: an ``AGENT_MESSAGE`` with ``SOLVE`` has the outcome in
``old`` (1 good, 0 bad; -1 for other messages), and a ``STATUS`` record has in ``value`` the handling seconds of a
segment that ended without a message (parked), else 0.
"""

from __future__ import annotations

from typing import Any

from maitred.floor.jit import compiled, inlined
from maitred.floor.layout import (
    DONE,
    OPEN,
    ROW_GROUPS,
    ROW_HELD,
    SOLVED,
)
from maitred.floor.logbook import CUSTOMER, SYSTEM, Kind
from maitred.floor.memory import agent_at, group_at, link_at, live_at, log_at, ticket_at
from maitred.floor.queues import close_later, put_bit

CREATED, CUSTOMER_MESSAGE, ABANDONED = int(Kind.CREATED), int(Kind.CUSTOMER_MESSAGE), int(Kind.ABANDONED)
ESCALATED, GROUP_CHANGED, PRIORITY = int(Kind.ESCALATED), int(Kind.GROUP), int(Kind.PRIORITY)
ASSIGNED, AGENT_MESSAGE, AGENT_NOTE = int(Kind.ASSIGNED), int(Kind.AGENT_MESSAGE), int(Kind.AGENT_NOTE)
STATUS, MERGED, SWITCHED = int(Kind.STATUS), int(Kind.MERGED), int(Kind.SWITCHED)
ABSENT = int(Kind.ABSENT)
BY_CUSTOMER, BY_SYSTEM = int(CUSTOMER), int(SYSTEM)


@inlined
def write(f: Any, ticket: int, actor: int, old: int, new: int, value: int, turn: int, kind: int) -> None:
    """One record about a ticket, now."""
    if f.logging == 0:
        return
    t = ticket_at(f, ticket)
    row = log_at(f, f.logged)
    f.logged += 1
    row.time = f.now
    row.ticket = ticket
    row.actor = actor
    row.old = old
    row.new = new
    row.value = value
    row.turn = turn
    row.cause = t.cause
    row.kind = kind
    row.queue = t.group


@inlined
def write_other(f: Any, actor: int, old: int, new: int, value: int, cause: int, kind: int) -> None:
    """One record about no ticket, now."""
    if f.logging == 0:
        return
    row = log_at(f, f.logged)
    f.logged += 1
    row.time = f.now
    row.ticket = -1
    row.actor = actor
    row.old = old
    row.new = new
    row.value = value
    row.turn = -1
    row.cause = cause
    row.kind = kind
    row.queue = -1


@inlined
def copy_row(one: Any, other: Any) -> None:
    other.time, other.ticket, other.actor, other.old, other.new = one.time, one.ticket, one.actor, one.old, one.new
    other.value, other.turn, other.cause, other.queue, other.kind = (
        one.value,
        one.turn,
        one.cause,
        one.queue,
        one.kind,
    )


@compiled
def settle(f: Any) -> None:
    """Bring the records of the instant that ends into the order of their kinds, those of one kind as they came."""
    for place in range(f.instant + 1, f.logged):
        kind = log_at(f, place).kind
        if log_at(f, place - 1).kind <= kind:
            continue
        moved = log_at(f, place)
        time, ticket, actor, old, new = moved.time, moved.ticket, moved.actor, moved.old, moved.new
        value, turn, cause, queue = moved.value, moved.turn, moved.cause, moved.queue
        gap = place
        while gap > f.instant and log_at(f, gap - 1).kind > kind:
            copy_row(log_at(f, gap - 1), log_at(f, gap))
            gap -= 1
        row = log_at(f, gap)
        row.time, row.ticket, row.actor, row.old, row.new = time, ticket, actor, old, new
        row.value, row.turn, row.cause, row.queue, row.kind = value, turn, cause, queue, kind
    f.instant = f.logged


@inlined
def message(f: Any, ticket: int, actor: int, old: int, intent: int, value: int, kind: int) -> None:
    """A message or note; it takes the ticket's next turn."""
    live = live_at(f, ticket)
    write(f, ticket, actor, old, intent, value, live.turns, kind)
    live.turns += 1


@inlined
def customer_says(f: Any, ticket: int, intent: int) -> None:
    """A message of the ticket's customer."""
    live = live_at(f, ticket)
    write(f, ticket, BY_CUSTOMER, -1, -1, intent, live.turns, CUSTOMER_MESSAGE)
    live.turns += 1


@inlined
def set_status(f: Any, ticket: int, status: int, actor: int, value: int) -> None:
    """A ticket's new status."""
    t = ticket_at(f, ticket)
    write(f, ticket, actor, t.status, status, value, -1, STATUS)
    t.status = status


@compiled
def hold(f: Any, agent: int, change: int) -> None:
    """Count the tickets that somebody holds, and keep the sets by number held and over each group's limit."""
    a = agent_at(f, agent)
    if a.bot != 0:
        return
    before = (a.held >= 2) + (a.held >= 5) + (a.held >= 10)
    a.held += change
    after = (a.held >= 2) + (a.held >= 5) + (a.held >= 10)
    if before != after:
        put_bit(f, ROW_HELD + before, agent, False)
        put_bit(f, ROW_HELD + after, agent, True)
    for place in range(a.groups_at, a.groups_at + a.groups):
        group = link_at(f, place).value
        limit = group_at(f, group).load_limit
        if limit > 0:
            put_bit(f, ROW_GROUPS + f.groups + group, agent, a.held >= limit)
            if change < 0:
                f.relieved = agent


@inlined
def assign(f: Any, ticket: int, agent: int, actor: int) -> None:
    """A ticket's new assignee, -1 nobody."""
    t = ticket_at(f, ticket)
    write(f, ticket, actor, t.assignee, agent, 0, -1, ASSIGNED)
    if t.assignee >= 0:
        hold(f, t.assignee, -1)
    if agent >= 0:
        hold(f, agent, 1)
    t.assignee = agent


@inlined
def move(f: Any, ticket: int, group: int, actor: int) -> None:
    """A ticket's new group."""
    t = ticket_at(f, ticket)
    group_at(f, t.group).open -= 1
    group_at(f, group).open += 1
    write(f, ticket, actor, t.group, group, 0, -1, GROUP_CHANGED)
    t.group = group


@compiled
def resolve(f: Any, ticket: int, actor: int, solver: int) -> None:
    """A ticket becomes solved, and closed some days later."""
    t = ticket_at(f, ticket)
    set_status(f, ticket, SOLVED, actor, 0)
    group_at(f, t.group).open -= 1
    t.solved = f.now
    t.solver = solver
    if t.assignee >= 0:
        hold(f, t.assignee, -1)
    live_at(f, ticket).phase = DONE
    close_later(f, ticket)


@compiled
def open_again(f: Any, ticket: int, intent: int) -> None:
    """The customer writes on a pending or solved ticket, which becomes open."""
    t = ticket_at(f, ticket)
    live = live_at(f, ticket)
    customer_says(f, ticket, intent)
    if t.status == SOLVED:
        t.solved = -1
        group_at(f, t.group).open += 1
        if t.assignee >= 0:
            hold(f, t.assignee, 1)
    set_status(f, ticket, OPEN, BY_CUSTOMER, 0)
    live.since = f.now
    live.due = -1
