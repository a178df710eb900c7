"""A handling segment ends, and what that leads to.

First that is drawn: passed on (people who prefer easy tickets, after a glance), parked, transferred (first segment),
next tier asked, asked back, solved. A solved ticket is good or bad, drawn once for each solving; only a bad one is
reopened (``reopens`` of them, median 10 h) or comes back as another ticket (``recontacts``, median 20 h, within seven
days).
"""

from __future__ import annotations

import math
from typing import Any

from maitred.floor.handling import (
    ENDLESS,
    PATIENT,
    advance,
    change_talks,
    expect,
    expect_talk,
    experience,
    expit,
    is_crowded,
    milliseconds,
    note,
    requeue,
    seek,
    slot_of,
)
from maitred.floor.jit import compiled
from maitred.floor.layout import (
    ASKED,
    AT_RECONTACT,
    AT_RELEASE,
    AT_REOPEN,
    AT_REPLY,
    CARD,
    CH_CHAT,
    CHASES,
    CHAT,
    CLOSING,
    ESCALATE,
    EXCHANGES,
    HELD,
    IDLE,
    LANE_SLOW,
    LANES,
    MAIL,
    NO_REPLY,
    OUTCOME,
    PARK,
    PARKED,
    PASSING,
    PENDING,
    PHONE,
    RECONTACT,
    REOPEN,
    REPLY_DELAY,
    ROW_MAILING,
    ROW_ROOM,
    TRANSFER,
    WRAP_UP,
)
from maitred.floor.logbook import Intent
from maitred.floor.memory import agent_at, around_at, class_at, group_at, link_at, live_at, slot_at, ticket_at
from maitred.floor.queues import (
    lapse_later,
    push,
    put_bit,
)
from maitred.floor.routing import (
    drawn,
    drawn_normal,
)
from maitred.floor.writing import (
    AGENT_MESSAGE,
    ESCALATED,
    assign,
    message,
    move,
    resolve,
    set_status,
    write,
)

ANSWER, SOLVE, ASK_CARD = int(Intent.ANSWER), int(Intent.SOLVE), int(Intent.ASK_CARD)
LAPSE = 7 * 86_400_000
PARKED_LEAST = 8 * 3_600_000.0
REOPEN_MEDIAN, REOPEN_SIGMA = 10 * 3_600_000.0, 1.2
RECONTACT_MEDIAN, RECONTACT_SIGMA = 20 * 3_600_000.0, 1.0


@compiled
def agent_event(f: Any, agent: int) -> None:
    """What was expected of an agent's work has come."""
    a = agent_at(f, agent)
    now = f.now
    if a.mode == MAIL:
        ticket, work = a.mail, a.mail_work
        a.mail = -1
        a.mode = CLOSING
        put_bit(f, ROW_MAILING, agent, False)
        finish(f, agent, ticket, work)
        a.mode = IDLE
    elif a.mode == PHONE:
        ticket, work, rest = a.mail, a.call_work, a.call_rest
        a.mail = -1
        a.mode = CLOSING
        finish(f, agent, ticket, work)
        a.mode = IDLE
        if rest > 0:
            a.mode = WRAP_UP
            expect(f, agent, now + rest)
            return
    elif a.mode == WRAP_UP:
        a.mode = IDLE
    else:
        end_talk(f, agent)
    seek(f, agent)


@compiled
def end_talk(f: Any, agent: int) -> None:
    """The first of an agent's conversations comes to its next point."""
    a = agent_at(f, agent)
    advance(f, agent)
    base = agent * f.room
    first = -1
    for at in range(base, base + a.room):
        if slot_at(f, at).ticket >= 0 and (first < 0 or slot_at(f, at).end < slot_at(f, first).end):
            first = at
    ticket = slot_at(f, first).ticket
    slot_at(f, first).end = ENDLESS
    a.mode = CLOSING
    put_bit(f, ROW_ROOM, agent, False)
    if not finish(f, agent, ticket, slot_at(f, first).work):
        slot_at(f, first).ticket = -1
        change_talks(f, agent, -1)
    a.mode = CHAT if a.talks > 0 else IDLE
    expect_talk(f, agent)


@compiled
def drop_talk(f: Any, agent: int, ticket: int) -> None:
    """A conversation whose customer stays silent gives its place free."""
    a = agent_at(f, agent)
    at = slot_of(f, agent, ticket)
    if at < 0:
        return
    advance(f, agent)
    slot_at(f, at).ticket = -1
    change_talks(f, agent, -1)
    if a.talks == 0:
        a.mode = IDLE
    expect_talk(f, agent)
    seek(f, agent)


@compiled
def finish(f: Any, agent: int, ticket: int, work: int) -> Any:
    """A segment is over; True when the agent keeps the conversation open for the customer's answer."""
    t = ticket_at(f, ticket)
    live = live_at(f, ticket)
    a = agent_at(f, agent)
    c = class_at(f, t.class_)
    group = group_at(f, t.group)
    segment = live.segment
    key = t.key
    t.effort += work
    live.done = 0
    if live.flags & PASSING != 0:
        live.flags &= ~PASSING
        note(f, agent, ticket, work)
        assign(f, ticket, -1, agent)
        requeue(f, ticket, False)
        return False
    live.segment += 1
    parks = max(a.parks, group.parks)
    if parks > 0.0 and c.lane == LANE_SLOW and drawn(f, PARK, key, segment) < parks:
        park(f, agent, ticket, segment, work)
        return False
    if c.transfers > 0.0 and segment == 0 and t.transfers == 0 and drawn(f, TRANSFER, key, 0) < c.transfers:
        other = another_group(f, ticket)
        if other >= 0:
            t.transfers += 1
            hand_on(f, agent, ticket, other, work)
            return False
    if c.escalates > 0.0 and group.upwards >= 0 and drawn(f, ESCALATE, key, segment) < c.escalates:
        write(f, ticket, agent, -1, -1, 0, -1, ESCALATED)
        t.escalated = min(t.escalated + 1, 100)
        hand_on(f, agent, ticket, group.upwards, work)
        return False
    if t.first_reply < 0:
        t.first_reply = f.now
    if c.exchanges > 0.0 and drawn(f, EXCHANGES, key, segment) < c.exchanges / (1.0 + c.exchanges):
        return ask_back(f, agent, ticket, segment, work)
    solve(f, agent, ticket, segment, work)
    return False


@compiled
def another_group(f: Any, ticket: int) -> Any:
    """The group that is right after all, -1 when there is no other."""
    t = ticket_at(f, ticket)
    lane = class_at(f, t.class_).lane
    at, count = around_at(f, (t.group * LANES + lane) * 2).value, around_at(f, (t.group * LANES + lane) * 2 + 1).value
    if count == 0:
        return -1
    return link_at(f, at + int(drawn(f, TRANSFER, t.key, 1) * count)).value


@compiled
def hand_on(f: Any, agent: int, ticket: int, other: int, work: int) -> None:
    """Another group's turn."""
    note(f, agent, ticket, work)
    move(f, ticket, other, agent)
    assign(f, ticket, -1, agent)
    requeue(f, ticket, False)


@compiled
def park(f: Any, agent: int, ticket: int, segment: int, work: int) -> None:
    """The ticket is set aside as pending; the customer, who knows nothing of it, writes again after a while."""
    t = ticket_at(f, ticket)
    live = live_at(f, ticket)
    c = class_at(f, t.class_)
    set_status(f, ticket, PENDING, agent, (work + 500) // 1000)
    live.phase = ASKED
    live.flags |= PARKED
    delay = max(c.reply_median, PARKED_LEAST) * math.exp(0.5 * drawn_normal(f, PARK, t.key, 4096 + segment))
    push(f, f.now + milliseconds(delay), AT_REPLY, ticket)


@compiled
def ask_back(f: Any, agent: int, ticket: int, segment: int, work: int) -> Any:
    """The customer is asked something and answers later, or never."""
    t = ticket_at(f, ticket)
    live = live_at(f, ticket)
    a = agent_at(f, agent)
    c = class_at(f, t.class_)
    t.exchanges += 1
    intent = ANSWER
    if a.asks_card > 0.0 and drawn(f, CARD, t.key, segment) < a.asks_card:
        intent = ASK_CARD
    message(f, ticket, agent, -1, intent, (work + 500) // 1000, AGENT_MESSAGE)
    set_status(f, ticket, PENDING, agent, 0)
    live.due = -1
    live.phase = ASKED
    live.flags &= ~CHASES
    delay = LAPSE
    if c.no_reply <= 0.0 or drawn(f, NO_REPLY, t.key, segment) >= c.no_reply:
        delay = milliseconds(c.reply_median * math.exp(c.reply_sigma * drawn_normal(f, REPLY_DELAY, t.key, segment)))
    if delay >= LAPSE:
        lapse_later(f, ticket, LAPSE)
    else:
        push(f, f.now + delay, AT_REPLY, ticket)
    if c.channel != CH_CHAT:
        return False
    live.phase = HELD
    if delay > PATIENT:
        push(f, f.now + PATIENT, AT_RELEASE, ticket)
    return True


@compiled
def solve(f: Any, agent: int, ticket: int, segment: int, work: int) -> None:
    """The ticket is solved, well or badly; what a bad outcome leads to is drawn here and nowhere else."""
    t = ticket_at(f, ticket)
    live = live_at(f, ticket)
    a = agent_at(f, agent)
    c = class_at(f, t.class_)
    odds = c.success + a.quality
    if a.ramp > 0.0:
        odds -= 0.6 * experience(f, agent)
    if f.load > 0.0 and is_crowded(f, t.group, agent):
        odds -= 0.25 * f.load
    good = 1 if drawn(f, OUTCOME, t.key, segment) < expit(odds) else 0
    message(f, ticket, agent, good, SOLVE, (work + 500) // 1000, AGENT_MESSAGE)
    resolve(f, ticket, agent, agent)
    t.good = good
    t.durable = 1
    live.flags &= ~CHASES
    if good == 0:
        draw = drawn(f, REOPEN, t.key, segment)
        if draw < c.reopens:
            delay = REOPEN_MEDIAN * math.exp(REOPEN_SIGMA * drawn_normal(f, REOPEN, t.key, 4096 + segment))
            push(f, f.now + milliseconds(delay), AT_REOPEN, ticket)
        elif draw < c.reopens + c.recontacts:
            push(f, f.now + come_back(f, ticket, segment), AT_RECONTACT, ticket)


@compiled
def come_back(f: Any, ticket: int, segment: int) -> Any:
    """Delay until a customer whose ticket was not solved writes a new one, within seven days."""
    normal = drawn_normal(f, RECONTACT, ticket_at(f, ticket).key, 4096 + segment)
    return min(milliseconds(RECONTACT_MEDIAN * math.exp(RECONTACT_SIGMA * normal)), LAPSE - 1)
