"""Agents at work: a ticket is placed, taken up, interrupted, resumed, and laid aside.

**Capacity.** A person does one e-mail, or one call, or up to ``concurrency`` conversations. Live work interrupts an
e-mail where somebody serves both; it is resumed afterwards and costs ``RESUME`` more. A conversation keeps its place
while the customer writes, up to ``PATIENT``. With k conversations each goes ``1 + slowdown (k - 1)`` times slower: an
agent has a clock of conversations that runs slower, and each conversation ends at a fixed reading of it. After a call
the last ``WRAP`` of the effort is wrap-up: the ticket is done, the agent is not free.

**Effort** of a segment = class median x class factor x exp(agent's speed + ramp) x the ticket's own hardness, at
least 1 ms. ``lognormal`` has log-sd ``effort_sigma``; ``exponential`` has mean ``effort_median / ln 2`` (so that
``effort_median`` is its median); ``fixed`` always takes the median. Ramp: ``0.5 r`` more log effort and ``0.6 r``
less log-odds of a good outcome, r falling from 1 on the first day to 0 after ``ramp_weeks``. Above 90 % occupancy of
the group ``load_speedup`` less log effort and a quarter of it less quality.
"""

from __future__ import annotations

import math
from typing import Any

from maitred.floor.jit import compiled, inlined
from maitred.floor.layout import (
    AGENT_CHOICE,
    AT_AGENT,
    AT_PATIENCE,
    CHASE_SHIFT,
    CHASES,
    CHAT,
    CHILD,
    CLOSED,
    DONE,
    IDLE,
    LANE_CHAT,
    LANE_PHONE,
    LANE_SLOW,
    LANES,
    MAIL,
    NEW,
    OPEN,
    OWN,
    PASSES,
    PASSING,
    PATIENCE,
    PHONE,
    ROW_GROUPS,
    ROW_IDLE,
    ROW_MAILING,
    ROW_ON,
    ROW_ROOM,
    ROW_TALKS,
    SOLVED,
    WAITING,
    WORKED,
)
from maitred.floor.logbook import Intent
from maitred.floor.memory import agent_at, class_at, group_at, live_at, slot_at, ticket_at, word_at
from maitred.floor.queues import (
    append,
    counted,
    has_bit,
    keep_own,
    leave,
    leave_own,
    push,
    put_bit,
    queue_of,
)
from maitred.floor.routing import (
    STICKY,
    bucket_of,
    choose_agent,
    choose_ticket,
    drawn,
    hardness,
    look_up_due,
)
from maitred.floor.writing import (
    AGENT_NOTE,
    BY_SYSTEM,
    MERGED,
    assign,
    hold,
    message,
    set_status,
    write,
)

NOTE = int(Intent.NOTE)
RESUME = 30_000
WRAP = 0.15
PATIENT = 600_000
FINISHES = 600_000
"""Work on a backlog ticket that ends within so long is finished after the shift."""
GLANCE = 60_000
"""What it costs to look at a ticket and pass it on."""
HARD = 1.65
"""A ticket whose effort is so many times the median is hard to those who prefer easy ones."""
MERGE = 0.5
"""Share of second tickets that the agent merges into the first while that one is open."""
ENDLESS = 1e300
BUSY_FLOOR = 0.1


@inlined
def expit(x: float) -> Any:
    return 1.0 / (1.0 + math.exp(-x))


@inlined
def milliseconds(delay: float) -> Any:
    """Rounded, at least 1, at most ten years."""
    return int(min(max(delay, 1.0), 3.2e11) + 0.5)


# ---------------------------------------------------------------- an agent's state


@compiled
def show(f: Any, agent: int) -> None:
    """Bring the sets of agents up to date with what this one does now."""
    a = agent_at(f, agent)
    now = f.now
    free = a.on != 0 and a.pause == 0
    put_bit(f, ROW_IDLE, agent, free and a.mode == IDLE)
    put_bit(f, ROW_ROOM, agent, free and a.mode == CHAT and a.talks < a.room)
    put_bit(f, ROW_MAILING, agent, free and a.mode == MAIL)
    busy = 0 if a.mode == IDLE else 1
    if busy != a.working:
        if busy == 1:
            a.busy_at = now
        else:
            a.busy += now - a.busy_at
        a.working = busy


@inlined
def pace(f: Any, talks: int) -> Any:
    return 1.0 + f.slowdown * (talks - 1)


@inlined
def advance(f: Any, agent: int) -> None:
    """Let the clock of conversations catch up with now."""
    a = agent_at(f, agent)
    if a.talks > 0:
        a.clock += (f.now - a.clock_at) / pace(f, a.talks)
    a.clock_at = f.now


@inlined
def expect(f: Any, agent: int, time: int) -> None:
    """The next thing that happens to an agent's work; what was expected before no longer counts."""
    a = agent_at(f, agent)
    a.stamp = (a.stamp + 1) & 0x7FFFFFFF
    push(f, time, AT_AGENT, agent | (a.stamp << 32))


@compiled
def expect_talk(f: Any, agent: int) -> None:
    """Expect the first end of a conversation."""
    a = agent_at(f, agent)
    first = ENDLESS
    base = agent * f.room
    for place in range(base, base + a.room):
        if slot_at(f, place).ticket >= 0 and slot_at(f, place).end < first:
            first = slot_at(f, place).end
    if first < ENDLESS:
        expect(f, agent, f.now + milliseconds((first - a.clock) * pace(f, a.talks)))
    else:
        a.stamp = (a.stamp + 1) & 0x7FFFFFFF


@compiled
def change_talks(f: Any, agent: int, change: int) -> None:
    """One conversation more or less; the clock has been advanced."""
    a = agent_at(f, agent)
    put_bit(f, ROW_TALKS + min(a.talks, 3), agent, False)
    a.talks += change
    put_bit(f, ROW_TALKS + min(a.talks, 3), agent, True)


@compiled
def slot_of(f: Any, agent: int, ticket: int) -> Any:
    """Where an agent's conversation about a ticket (-1: a free place) is kept."""
    base = agent * f.room
    for place in range(base, base + agent_at(f, agent).room):
        if slot_at(f, place).ticket == ticket:
            return place
    return -1


@compiled
def pause_mail(f: Any, agent: int, penalty: int) -> None:
    """Lay the e-mail aside."""
    a = agent_at(f, agent)
    a.mail_left = max(a.mail_left - (f.now - a.mail_at), 1) + penalty
    a.mail_work += penalty
    a.paused = a.mail
    a.mail = -1
    a.mode = IDLE
    a.stamp = (a.stamp + 1) & 0x7FFFFFFF


@compiled
def resume_mail(f: Any, agent: int) -> None:
    """Go on with what was laid aside."""
    a = agent_at(f, agent)
    a.mail = a.paused
    a.paused = -1
    a.mode = MAIL
    a.mail_at = f.now
    expect(f, agent, f.now + a.mail_left)


# ---------------------------------------------------------------- from waiting to work


@compiled
def experience(f: Any, agent: int) -> Any:
    """What is missing of a full ramp, 1 on the first day, 0 at its end."""
    a = agent_at(f, agent)
    if a.ramp <= 0.0:
        return 0.0
    return min(max(1.0 - (f.now - a.hired) / a.ramp, 0.0), 1.0)


@compiled
def is_crowded(f: Any, g: int, agent: int) -> Any:
    """Whether less than a tenth of a group's people on duty are idle, the one who works not counted as such."""
    group = group_at(f, g)
    width = f.words
    idle, on = 0, 0
    for word in range(group.low, group.high):
        members = word_at(f, (ROW_GROUPS + g) * width + word).bits
        idle += counted(word_at(f, ROW_IDLE * width + word).bits & members)
        on += counted(word_at(f, ROW_ON * width + word).bits & members)
    return idle - has_bit(f, ROW_IDLE, agent) < BUSY_FLOOR * on


@compiled
def draw_work(f: Any, agent: int, ticket: int) -> Any:
    """Effort of the ticket's next segment in the hands of an agent, in ms; marks a ticket that will be passed on."""
    t = ticket_at(f, ticket)
    live = live_at(f, ticket)
    a = agent_at(f, agent)
    c = class_at(f, t.class_)
    hard = hardness(f, ticket)
    rate = a.speed
    if a.ramp > 0.0:
        rate += 0.5 * experience(f, agent)
    if f.load > 0.0 and is_crowded(f, t.group, agent):
        rate -= f.load
    effort = c.median * c.scale * hard
    if rate != 0.0:
        effort *= math.exp(rate)
    if live.done > 0:
        effort = max(effort - 0.5 * live.done, 0.1 * effort)
    if a.picks > 0.0 and c.lane == LANE_SLOW and hard > HARD and live.flags & PASSES < 2:
        place = 4096 + live.segment * 4 + (live.flags & PASSES)
        if drawn(f, AGENT_CHOICE, t.key, place) < 1.0 - math.exp(-a.picks):
            live.flags = (live.flags + 1) | PASSING
            effort = min(effort, float(GLANCE))
    return milliseconds(effort)


@compiled
def merges(f: Any, agent: int, ticket: int) -> Any:
    """Whether an agent sees that a second ticket belongs to an open first one, and merges it."""
    t = ticket_at(f, ticket)
    parent = t.parent
    if parent < 0 or live_at(f, ticket).segment > 0 or ticket_at(f, parent).status >= SOLVED:
        return False
    if drawn(f, CHILD, t.key, 7) >= MERGE:
        return False
    if t.assignee != agent:
        assign(f, ticket, agent, agent)
    set_status(f, ticket, CLOSED, agent, 0)
    write(f, ticket, agent, -1, parent, 0, -1, MERGED)
    hold(f, agent, -1)
    group_at(f, t.group).open -= 1
    live_at(f, ticket).phase = DONE
    f.merges += 1
    return True


@compiled
def start(f: Any, agent: int, ticket: int) -> Any:
    """An agent takes a ticket up (and is shown afterwards). False: it was merged and there was nothing to do."""
    now = f.now
    t = ticket_at(f, ticket)
    live = live_at(f, ticket)
    if t.parent >= 0 and merges(f, agent, ticket):
        return False
    a = agent_at(f, agent)
    c = class_at(f, t.class_)
    waited = now - live.since
    t.waited += waited
    f.waited += waited
    f.waits += 1
    if waited > 0:
        f.delayed += 1
    if t.assignee != agent:
        assign(f, ticket, agent, agent)
    if t.status == NEW:
        set_status(f, ticket, OPEN, agent, 0)
    work = draw_work(f, agent, ticket)
    group_at(f, t.group).work += work if c.lane != LANE_CHAT else work * pace(f, a.room) / a.room
    live.phase = WORKED
    if c.lane == LANE_SLOW:
        a.mode = MAIL
        a.mail = ticket
        a.mail_at = now
        a.mail_left = work
        a.mail_work = work
        expect(f, agent, now + work)
    else:
        if a.mode == MAIL:
            pause_mail(f, agent, RESUME)
            f.interrupted += 1
        if c.lane == LANE_PHONE:
            a.mode = PHONE
            a.mail = ticket
            a.call_work = work
            talk = max(1, work - int(work * WRAP))
            a.call_rest = work - talk
            expect(f, agent, now + talk)
        else:
            begin_talk(f, agent, ticket, work)
    return True


@compiled
def begin_talk(f: Any, agent: int, ticket: int, work: int) -> None:
    """Work in a conversation, new or one that the agent still keeps open."""
    a = agent_at(f, agent)
    advance(f, agent)
    place = slot_of(f, agent, ticket)
    if place < 0:
        place = slot_of(f, agent, -1)
        slot_at(f, place).ticket = ticket
        change_talks(f, agent, 1)
    a.mode = CHAT
    slot_at(f, place).work = work
    slot_at(f, place).end = a.clock + work
    expect_talk(f, agent)


@compiled
def place(f: Any, ticket: int, front: bool) -> None:
    """A ticket needs somebody: it is taken up at once, kept for its last agent, or waits in its group's backlog."""
    t = ticket_at(f, ticket)
    live = live_at(f, ticket)
    c = class_at(f, t.class_)
    group = group_at(f, t.group)
    last = t.assignee
    if group.policy == STICKY and last >= 0 and live.segment > 0 and c.lane == LANE_SLOW:
        if has_bit(f, ROW_GROUPS + t.group, last):
            if has_bit(f, ROW_IDLE, last):
                start(f, last, ticket)
                show(f, last)
                return
            a = agent_at(f, last)
            if a.on != 0 or a.next_on - f.now <= group.sticky:
                live.phase = OWN
                f.owned += 1
                keep_own(f, last, ticket)
                wait_patiently(f, ticket)
                return
        assign(f, ticket, -1, BY_SYSTEM)
    agent = choose_agent(f, ticket)
    if agent >= 0:
        start(f, agent, ticket)
        show(f, agent)
        return
    live.phase = WAITING
    append(f, ticket, queue_of(f, ticket), bucket_of(f, ticket), front)
    wait_patiently(f, ticket)


@inlined
def wait_patiently(f: Any, ticket: int) -> None:
    """Draw how long the customer bears to wait."""
    t = ticket_at(f, ticket)
    live = live_at(f, ticket)
    c = class_at(f, t.class_)
    if c.patience <= 0.0:
        return
    chases = (live.flags & CHASES) >> CHASE_SHIFT
    mean = c.patience * (1 << chases)
    delay = -math.log(drawn(f, PATIENCE, t.key, live.segment * 8 + chases)) * mean
    push(f, f.now + milliseconds(delay), AT_PATIENCE, ticket | (live.stamp << 32))


@compiled
def requeue(f: Any, ticket: int, front: bool) -> None:
    """A ticket that an agent let go of looks for somebody else; its promise goes on."""
    live = live_at(f, ticket)
    look_up_due(f, ticket)
    live.since = f.now
    place(f, ticket, front)


@compiled
def seek(f: Any, agent: int) -> None:
    """An agent with something free looks for work (live, laid aside, own, backlog), and is shown as they then are."""
    a = agent_at(f, agent)
    if a.on != 0 and a.pause == 0:
        look_for_work(f, agent)
    show(f, agent)


@inlined
def look_for_work(f: Any, agent: int) -> Any:
    a = agent_at(f, agent)
    while a.mode == IDLE or (a.mode == CHAT and a.talks < a.room):
        ticket = choose_ticket(f, agent, LANE_PHONE if a.mode == IDLE else LANE_CHAT, LANE_SLOW)
        if ticket < 0:
            break
        leave(f, ticket)
        start(f, agent, ticket)
    if a.mode == IDLE and a.paused >= 0:
        resume_mail(f, agent)
    while a.mode == IDLE:
        ticket = a.head
        if ticket >= 0:
            f.owned -= 1
            leave_own(f, agent, ticket)
        else:
            ticket = choose_ticket(f, agent, LANE_SLOW, LANES)
            if ticket < 0:
                break
            leave(f, ticket)
        start(f, agent, ticket)


@compiled
def note(f: Any, agent: int, ticket: int, work: int) -> None:
    message(f, ticket, agent, -1, NOTE, (work + 500) // 1000, AGENT_NOTE)
