"""Shifts, breaks and switches as they come: who is there, and which parameter has which value from now on.

At the end of a shift, calls and conversations are finished, and so is an e-mail that ends within ten minutes. An e-mail
that is laid aside, and tickets kept for their last agent, stay assigned when that person is back within the group's
``sticky_hours``; otherwise they return to the front of the backlog with a note, and half of what was done counts.
"""

from __future__ import annotations

from typing import Any

from maitred.floor.handling import FINISHES, note, pause_mail, place, seek, show
from maitred.floor.jit import compiled, inlined
from maitred.floor.layout import IDLE, MAIL, ROW_GROUPS, ROW_ON
from maitred.floor.logbook import Kind
from maitred.floor.memory import (
    agent_at,
    bot_at,
    class_at,
    group_at,
    live_at,
    presence_row_at,
    start_at,
    switch_row_at,
    ticket_at,
)
from maitred.floor.queues import leave_own, put_bit
from maitred.floor.routing import look_up_due
from maitred.floor.writing import BY_SYSTEM, SWITCHED, assign, write_other

SHIFT_ON, SHIFT_OFF, BREAK_ON, BREAK_OFF = (
    int(Kind.SHIFT_ON),
    int(Kind.SHIFT_OFF),
    int(Kind.BREAK_ON),
    int(Kind.BREAK_OFF),
)
KINDS = ("agent", "class", "group", "bot")
FIELDS = {
    "agent": ("speed", "quality", "accuracy", "parks", "picks", "asks_card"),
    "class": ("effort", "success", "exchanges", "transfers", "escalates", "bot"),
    "group": ("policy", "pick_bias", "load_limit", "parks"),
    "bot": ("containment", "wrong", "latency"),
}
"""What a switch may change; positions are what the engine reads."""


@compiled
def present(f: Any, agent: int) -> None:
    """Count presence up to now, when that is about to change."""
    a = agent_at(f, agent)
    if a.on != 0 and a.pause == 0:
        a.present += f.now - a.present_at
    a.present_at = f.now


@compiled
def presence_event(f: Any) -> None:
    """The next row of presence."""
    row = presence_row_at(f, f.presence_at)
    agent, kind = row.agent, row.kind
    a = agent_at(f, agent)
    a.next_on = start_at(f, f.presence_at).value
    f.presence_at += 1
    write_other(f, agent, row.old, -1, row.value, -1, kind)
    if a.bot != 0:
        return
    if kind in (SHIFT_ON, SHIFT_OFF):
        present(f, agent)
        a.on = 1 if kind == SHIFT_ON else 0
        a.pause = 0
        put_bit(f, ROW_ON, agent, kind == SHIFT_ON)
    elif kind in (BREAK_ON, BREAK_OFF):
        present(f, agent)
        a.pause = 1 if kind == BREAK_ON else 0
        put_bit(f, ROW_ON, agent, a.on != 0 and kind == BREAK_OFF)
    else:
        return
    if kind == SHIFT_OFF:
        goes(f, agent)
    elif kind == BREAK_ON and a.mode == MAIL:
        pause_mail(f, agent, 0)
    seek(f, agent)


@compiled
def goes(f: Any, agent: int) -> None:
    """A shift ends: what somebody keeps and what others get."""
    a = agent_at(f, agent)
    now = f.now
    if a.mode == MAIL and a.mail_left - (now - a.mail_at) > FINISHES:
        pause_mail(f, agent, 0)
    show(f, agent)
    if a.paused >= 0 and a.next_on - now > group_at(f, ticket_at(f, a.paused).group).sticky:
        hand_back(f, agent)
    ticket = a.head
    while ticket >= 0:
        following = live_at(f, ticket).next
        if a.next_on - now > group_at(f, ticket_at(f, ticket).group).sticky:
            f.owned -= 1
            leave_own(f, agent, ticket)
            look_up_due(f, ticket)
            assign(f, ticket, -1, BY_SYSTEM)
            place(f, ticket, False)
        ticket = following


@compiled
def hand_back(f: Any, agent: int) -> None:
    """What was laid aside returns to the front of the backlog."""
    a = agent_at(f, agent)
    ticket = a.paused
    spent = a.mail_work - a.mail_left
    a.paused = -1
    live = live_at(f, ticket)
    if spent > 0:
        note(f, agent, ticket, spent)
        ticket_at(f, ticket).effort += spent
        live.done = min(live.done + spent, 2_000_000_000)
    assign(f, ticket, -1, agent)
    look_up_due(f, ticket)
    live.since = f.now
    place(f, ticket, True)


# ---------------------------------------------------------------- switches


@compiled
def switch_event(f: Any) -> None:
    """The next switch: its parameter has its value from now on."""
    s = switch_row_at(f, f.switch_at)
    write_other(f, -1, f.switch_at, -1, 0, s.plant, SWITCHED)
    f.switch_at += 1
    if s.kind == 0:
        switch_agent(f, s.place, s.field, s.value)
    elif s.kind == 1:
        switch_class(f, s.place, s.field, s.value)
    elif s.kind == 2:
        switch_group(f, s.place, s.field, s.value)
    elif s.field == 0:
        bot_at(f, s.place).containment = s.value
    elif s.field == 1:
        bot_at(f, s.place).wrong = s.value
    else:
        bot_at(f, s.place).latency = s.value * 1000.0


@inlined
def switch_agent(f: Any, place: int, field: int, value: float) -> None:
    a = agent_at(f, place)
    if field == 0:
        a.speed = value
    elif field == 1:
        a.quality = value
    elif field == 3:
        a.parks = value
    elif field == 4:
        a.picks = value
    elif field == 5:
        a.asks_card = value


@inlined
def switch_class(f: Any, place: int, field: int, value: float) -> None:
    c = class_at(f, place)
    if field == 0:
        c.scale = value
    elif field == 1:
        c.success = value
    elif field == 2:
        c.exchanges = value
    elif field == 3:
        c.transfers = value
    elif field == 4:
        c.escalates = value
    else:
        c.bot = value


@inlined
def switch_group(f: Any, place: int, field: int, value: float) -> None:
    """A group's rule; with another policy or limit, idle people may now take what they could not before."""
    g = group_at(f, place)
    if field == 1:
        g.pick_bias = value
    elif field == 3:
        g.parks = value
    else:
        if field == 0:
            g.policy = int(value)
        else:
            g.load_limit = int(value)
        for agent in range(f.agents):
            a = agent_at(f, agent)
            put_bit(f, ROW_GROUPS + f.groups + place, agent, g.load_limit > 0 and a.held >= g.load_limit)
            if a.mode == IDLE and a.on != 0:
                seek(f, agent)
