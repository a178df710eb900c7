"""Customers in the loop: they write, answer, lose patience, complain, come back; and the bot that may meet them
first.

A customer who writes again on a ticket (answer, chaser, reopening) may ask for the manager or complain, with log-odds
``-5.5 + 1.1 log(1 + waited/expected) - 0.8 quality + 0.5 reopens``, in proportion to the class's ``escalates`` (full
at 0.04 and above), at most twice a ticket; three in ten of those are complaints. It raises the priority and goes to
the next tier where there is one. A social customer who loses patience opens a second ticket; others on asynchronous
channels write a chaser, each time after twice the patience, at most five times.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from maitred.floor.ending import come_back, drop_talk
from maitred.floor.handling import (
    begin_talk,
    draw_work,
    expit,
    milliseconds,
    pace,
    place,
    wait_patiently,
)
from maitred.floor.jit import compiled, inlined
from maitred.floor.layout import (
    ASKED,
    AT_BOT,
    AT_HANDOFF,
    AT_RECONTACT,
    AWAY,
    BOT_DRAW,
    CH_SOCIAL,
    CHASE_SHIFT,
    CHASES,
    CHILD,
    CLOSED,
    DOUBLED,
    ESCALATE,
    HELD,
    LANE_SLOW,
    NEW,
    OPEN,
    OWN,
    PARKED,
    PENDING,
    PRIORITY_DRAW,
    RECONTACT,
    SOLVED,
    WAITING,
    WITH_BOT,
    WORKED,
)
from maitred.floor.logbook import Intent
from maitred.floor.memory import (
    agent_at,
    arrival_at,
    bot_at,
    class_at,
    group_at,
    lapsing_at,
    link_at,
    live_at,
    share_at,
    ticket_at,
)
from maitred.floor.queues import leave, leave_own, push
from maitred.floor.routing import bits_of, drawn
from maitred.floor.streams import unit
from maitred.floor.writing import (
    ABANDONED,
    AGENT_MESSAGE,
    BY_CUSTOMER,
    BY_SYSTEM,
    CREATED,
    ESCALATED,
    PRIORITY,
    assign,
    customer_says,
    message,
    move,
    open_again,
    resolve,
    set_status,
    write,
)

CHASE, DETAIL, REOPENS = int(Intent.CHASE), int(Intent.DETAIL), int(Intent.REOPEN)
ANSWER, SOLVE = int(Intent.ANSWER), int(Intent.SOLVE)
MOST_CHASES = 5
UPSET, UPSET_WAIT, UPSET_QUALITY, UPSET_REOPEN = -5.5, 1.1, 0.8, 0.5
FULL_ESCALATES = 0.04
COMPLAINTS = 0.3


@compiled
def create(
    f: Any, key: Any, class_: int, customer: int, cause: int, priority: int, language: int, parent: int, bot: bool
) -> Any:
    """A new ticket, now, which goes to the bot or to its group."""
    ticket = f.tickets
    f.tickets += 1
    t = ticket_at(f, ticket)
    live = live_at(f, ticket)
    c = class_at(f, class_)
    t.key = key
    t.created = f.now
    t.first_reply = -1
    t.solved = -1
    t.effort = 0
    t.waited = 0
    t.class_ = class_
    t.customer = customer
    t.parent = parent
    t.cause = cause
    t.group = c.group
    t.assignee = -1
    t.solver = -1
    t.priority = priority
    t.language = language
    t.status = NEW
    t.good = -1
    t.reopens = 0
    t.exchanges = 0
    t.transfers = 0
    t.escalated = 0
    t.abandoned = 0
    t.bot = 0
    t.durable = 0
    live.since = f.now
    live.next = -1
    live.previous = -1
    live.due = -1
    live.done = 0
    live.segment = 0
    live.turns = 1
    live.phase = AWAY
    live.bucket = 0
    live.stamp = 0
    live.flags = 0
    group_at(f, t.group).open += 1
    write(f, ticket, BY_CUSTOMER, parent, t.group, priority, 0, CREATED)
    if bot and c.bot > 0.0 and f.bots > 0 and drawn(f, BOT_DRAW, key, 0) < c.bot:
        meet_bot(f, ticket)
    else:
        place(f, ticket, False)
    return ticket


# ---------------------------------------------------------------- the bot


@inlined
def bot_of(f: Any, ticket: int) -> Any:
    """Which bot a ticket meets."""
    return int(drawn(f, BOT_DRAW, ticket_at(f, ticket).key, 3) * f.bots)


@compiled
def meet_bot(f: Any, ticket: int) -> None:
    b = bot_at(f, bot_of(f, ticket))
    assign(f, ticket, b.agent, BY_SYSTEM)
    set_status(f, ticket, OPEN, b.agent, 0)
    live_at(f, ticket).phase = WITH_BOT
    push(f, f.now + milliseconds(b.latency), AT_BOT, ticket)


@compiled
def bot_answers(f: Any, ticket: int) -> None:
    """The bot answers: it contains the ticket (rightly or not), or hands it over after some more time."""
    t = ticket_at(f, ticket)
    live = live_at(f, ticket)
    b = bot_at(f, bot_of(f, ticket))
    t.first_reply = f.now
    t.waited += f.now - live.since
    if drawn(f, BOT_DRAW, t.key, 1) >= b.containment:
        message(f, ticket, b.agent, -1, ANSWER, 0, AGENT_MESSAGE)
        t.bot = 1
        push(f, f.now + milliseconds(b.handoff), AT_HANDOFF, ticket)
        return
    wrong = drawn(f, BOT_DRAW, t.key, 2) < b.wrong
    t.bot = 3 if wrong else 2
    t.good = 0 if wrong else 1
    t.durable = 1
    message(f, ticket, b.agent, t.good, SOLVE, 0, AGENT_MESSAGE)
    resolve(f, ticket, b.agent, b.agent)
    if wrong:
        push(f, f.now + come_back(f, ticket, 0), AT_RECONTACT, ticket)


@compiled
def bot_hands_over(f: Any, ticket: int) -> None:
    t = ticket_at(f, ticket)
    assign(f, ticket, -1, t.assignee)
    live_at(f, ticket).since = f.now
    place(f, ticket, False)


# ---------------------------------------------------------------- they write again


@compiled
def is_upset(f: Any, ticket: int) -> Any:
    """A customer who has just written may ask for the manager or complain; True when the ticket moves up a tier."""
    t = ticket_at(f, ticket)
    c = class_at(f, t.class_)
    if c.escalates <= 0.0 or t.escalated >= 2:
        return False
    quality = agent_at(f, t.assignee).quality if t.assignee >= 0 else 0.0
    waited = t.waited
    if live_at(f, ticket).phase == WAITING or live_at(f, ticket).phase == OWN:
        waited += f.now - live_at(f, ticket).since
    odds = UPSET + UPSET_WAIT * math.log(1.0 + waited / c.expectation)
    odds += UPSET_REOPEN * t.reopens - UPSET_QUALITY * quality
    chance = expit(odds) * min(c.escalates / FULL_ESCALATES, 1.0)
    draw = drawn(f, ESCALATE, t.key, 4096 + live_at(f, ticket).turns)
    if draw >= chance:
        return False
    write(f, ticket, BY_CUSTOMER, -1, -1, 2 if draw < chance * COMPLAINTS else 1, -1, ESCALATED)
    t.escalated = min(t.escalated + 1, 100)
    return True


@compiled
def move_up(f: Any, ticket: int) -> None:
    """More urgent, and the next tier's where there is one; the ticket waits nowhere at this moment."""
    t = ticket_at(f, ticket)
    if t.priority < 3:
        write(f, ticket, BY_SYSTEM, t.priority, t.priority + 1, 0, -1, PRIORITY)
        t.priority += 1
    upwards = group_at(f, t.group).upwards
    if upwards >= 0:
        move(f, ticket, upwards, BY_SYSTEM)
        if t.assignee >= 0:
            assign(f, ticket, -1, BY_SYSTEM)


@compiled
def replies(f: Any, ticket: int) -> None:
    """The customer answers (or, knowing nothing of it, writes again on a parked ticket)."""
    t = ticket_at(f, ticket)
    live = live_at(f, ticket)
    held = live.phase == HELD
    parked = live.flags & PARKED != 0
    live.flags &= ~PARKED
    open_again(f, ticket, CHASE if parked else DETAIL)
    if held:
        agent = t.assignee
        live.phase = WORKED
        work = draw_work(f, agent, ticket)
        room = agent_at(f, agent).room
        group_at(f, t.group).work += work * pace(f, room) / room
        f.waits += 1
        begin_talk(f, agent, ticket, work)
        return
    live.phase = AWAY
    if is_upset(f, ticket):
        move_up(f, ticket)
    place(f, ticket, False)


@compiled
def releases(f: Any, ticket: int) -> Any:
    """The customer of a conversation has been silent for long; False when that is no longer so."""
    if live_at(f, ticket).phase != HELD:
        return False
    live_at(f, ticket).phase = ASKED
    drop_talk(f, ticket_at(f, ticket).assignee, ticket)
    return True


@compiled
def loses_patience(f: Any, value: int) -> Any:
    """A live customer leaves, others write again; False when the ticket no longer waits for what was meant."""
    ticket, stamp = value & 0xFFFFFFFF, value >> 32
    t = ticket_at(f, ticket)
    live = live_at(f, ticket)
    if live.stamp != stamp or (live.phase != WAITING and live.phase != OWN):
        f.stale += 1
        return False
    c = class_at(f, t.class_)
    if c.lane != LANE_SLOW:
        abandons(f, ticket)
        return True
    chases = (live.flags & CHASES) >> CHASE_SHIFT
    if c.channel == CH_SOCIAL:
        if live.flags & DOUBLED == 0:
            live.flags |= DOUBLED
            follow(f, ticket, kin_of(f, ticket, 9), 9)
        return True
    if chases >= MOST_CHASES:
        return True
    live.flags = (live.flags & ~CHASES) | ((chases + 1) << CHASE_SHIFT)
    customer_says(f, ticket, CHASE)
    if is_upset(f, ticket):
        if live.phase == OWN:
            f.owned -= 1
            leave_own(f, t.assignee, ticket)
        else:
            leave(f, ticket)
        move_up(f, ticket)
        place(f, ticket, False)
    else:
        wait_patiently(f, ticket)
    return True


@compiled
def abandons(f: Any, ticket: int) -> None:
    t = ticket_at(f, ticket)
    waited = f.now - live_at(f, ticket).since
    t.waited += waited
    f.waited += waited
    f.waits += 1
    leave(f, ticket)
    t.abandoned = 1
    f.abandoned += 1
    write(f, ticket, BY_CUSTOMER, -1, -1, 0, -1, ABANDONED)
    resolve(f, ticket, BY_SYSTEM, -1)
    t.good = -1
    t.durable = 0


@compiled
def lapses(f: Any) -> None:
    """Seven days without the customer's answer."""
    ticket = lapsing_at(f, f.lapse_head & (f.lapsing_room - 1)).ticket
    f.lapse_head += 1
    t = ticket_at(f, ticket)
    if t.status != PENDING:
        return
    resolve(f, ticket, BY_SYSTEM, t.assignee)
    t.good = -1
    t.durable = 1


# ---------------------------------------------------------------- they come back


@compiled
def kin_of(f: Any, ticket: int, ordinal: int) -> Any:
    """A class of the same topic, on whatever channel."""
    t = ticket_at(f, ticket)
    c = class_at(f, t.class_)
    draw = drawn(f, RECONTACT, t.key, ordinal)
    for at in range(c.kin_at, c.kin_at + c.kin):
        if draw < share_at(f, at).value:
            return link_at(f, at).value
    return t.class_


@compiled
def follow(f: Any, ticket: int, class_: int, ordinal: int) -> None:
    """A new ticket of the same customer that follows another one; its identity comes from that one's."""
    t = ticket_at(f, ticket)
    key = bits_of(f, CHILD, t.key, ordinal)
    c = class_at(f, class_)
    draw = unit(bits_of(f, PRIORITY_DRAW, key, 0))
    priority = (draw >= c.low) + (draw >= c.normal) + (draw >= c.high)
    t.durable = 0
    f.children += 1
    create(f, key, class_, t.customer, t.cause, priority, t.language, ticket, False)


@compiled
def reopens(f: Any, ticket: int) -> None:
    """A badly solved ticket is opened again, or, closed by now, followed by a new one."""
    t = ticket_at(f, ticket)
    live = live_at(f, ticket)
    if t.status == CLOSED:
        follow(f, ticket, t.class_, 16 + t.reopens)
        return
    if t.status != SOLVED:
        return
    open_again(f, ticket, REOPENS)
    t.reopens += 1
    t.durable = 0
    live.phase = AWAY
    if is_upset(f, ticket):
        move_up(f, ticket)
    place(f, ticket, False)


@compiled
def comes_back(f: Any, ticket: int) -> None:
    """A customer whose ticket was solved badly, or by a bot that was wrong, writes a new one."""
    follow(f, ticket, kin_of(f, ticket, 32 + ticket_at(f, ticket).reopens), 32 + ticket_at(f, ticket).reopens)


@inlined
def arrives(f: Any, place: int) -> None:
    """The next of the arrivals."""
    row = arrival_at(f, place)
    create(f, np.uint64(row.key), row.class_, row.customer, row.cause, row.priority, row.language, np.int64(-1), True)
