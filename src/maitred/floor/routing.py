"""Who gets a ticket, and which ticket somebody takes up: the policies of ``world.POLICIES``, by opcode.

Nothing here looks at agents one by one: free agents are bitsets that are ANDed with the group's members and with
those able for the ticket's need. Nothing looks through a backlog either, only at the heads of its lists; the one
exception are people who prefer easy tickets, who look at the first few.

**Choice of an agent** (several are free). ``round_robin``: the next after the last one chosen. ``least_loaded``:
those who hold fewest open tickets (0-1, 2-4, 5-9, more), for chats those in fewest conversations. ``skill_first``:
those with fewest skills and groups. ``load_limit``: nobody who holds as many tickets as the limit says. All others:
whoever comes first from a place drawn by the ticket. A returning ticket goes to its last agent when free, except
under ``round_robin`` and ``least_loaded``; under ``sticky`` it waits for them. Idle people come before those in a
conversation.

**Choice of a ticket** (several wait). Live lanes come before the backlog. ``fifo``, ``pull_pick``: longest waiting.
``priority`` and ``round_robin``, ``least_loaded``, ``load_limit``: highest priority, then longest waiting.
``skill_first``: those that need a skill first. ``priority_ageing``: 10 points a step of priority plus the group's
points per hour. ``sla_due``, ``sticky``: earliest due. ``sla_risk``: largest expected loss, a weight of 1, 2, 4, 8 by
priority times ``exp(-slack/tau)``, and once late 0.6 of the weight plus 2.5 % of it for each hour; tau is an hour,
one minute for live lanes. Among several groups: the longest waiting of each group's choice. Ties: the older ticket.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from maitred.floor.jit import compiled, inlined
from maitred.floor.layout import (
    AGENT_CHOICE,
    BUCKETS,
    EFFORT,
    EXPONENTIAL,
    FAR,
    FIXED,
    LANE_CHAT,
    LANE_SLOW,
    LANES,
    ROW_BREADTH,
    ROW_GROUPS,
    ROW_HELD,
    ROW_IDLE,
    ROW_MAILING,
    ROW_ROOM,
    ROW_TALKS,
)
from maitred.floor.memory import (
    agent_at,
    class_at,
    full_at,
    group_at,
    link_at,
    live_at,
    need_at,
    opening_at,
    policy_at,
    purpose_at,
    queue_at,
    segment_at,
    target_at,
    ticket_at,
    waiting_at,
    word_at,
)
from maitred.floor.queues import NONE, ONE, has_bit, lowest
from maitred.floor.streams import finish, unit
from maitred.floor.world import POLICIES

FIFO, BY_PRIORITY, AGEING, SLA_DUE, SLA_RISK, LEAST_LOADED, ROUND_ROBIN, SKILL_FIRST, STICKY, PULL_PICK, LOAD_LIMIT = (
    range(11)
)
assert len(POLICIES) == LOAD_LIMIT + 1
STEP = 10.0
HOUR = 3_600_000.0
WINDOW = 6
"""Tickets from the head of each list that a cherry-picker looks at."""
NO_TARGET = 30 * 86_400
LN2 = math.log(2.0)
GAMMA = np.uint64(0x9E3779B97F4A7C15)


@inlined
def bits_of(f: Any, purpose: int, a: Any, b: int) -> Any:
    """``streams.mix64`` with the seed and the purpose already mixed."""
    word = finish((purpose_at(f, purpose).bits ^ a) + GAMMA)
    return finish((word ^ np.uint64(b)) + GAMMA)


@inlined
def drawn(f: Any, purpose: int, a: Any, b: int) -> Any:
    """``streams.uniform``."""
    return unit(bits_of(f, purpose, a, b))


@compiled
def drawn_normal(f: Any, purpose: int, a: Any, b: int) -> Any:
    """``streams.normal``."""
    first = bits_of(f, purpose, a, b)
    second = finish(first + GAMMA)
    return math.sqrt(-2.0 * math.log(unit(first))) * math.cos(2.0 * math.pi * unit(second))


@compiled
def hardness(f: Any, ticket: int) -> Any:
    """This segment's effort over the class's median; what the ticket itself brings."""
    t = ticket_at(f, ticket)
    c = class_at(f, t.class_)
    segment = live_at(f, ticket).segment
    if c.kind == FIXED:
        return 1.0
    if c.kind == EXPONENTIAL:
        return -math.log(drawn(f, EFFORT, t.key, segment)) / LN2
    return math.exp(c.sigma * drawn_normal(f, EFFORT, t.key, segment))


# ---------------------------------------------------------------- promises


@inlined
def policy_of(f: Any, ticket: int) -> Any:
    """The first service-level policy that fits, -1 none."""
    t = ticket_at(f, ticket)
    for place in range(f.policies_room):
        p = policy_at(f, place)
        if t.created < p.since or t.created >= p.until:
            continue
        if (p.groups >> np.uint64(t.group)) & ONE == NONE:
            continue
        if f.by_segment != 0 and (p.segments >> np.uint64(segment_at(f, t.customer).value)) & ONE == NONE:
            continue
        return place
    return -1


@compiled
def bucket_of(f: Any, ticket: int) -> Any:
    """The list in which it waits: one promise and one priority, so that order of arrival is order of being due."""
    policy = policy_of(f, ticket)
    promise = 0 if policy < 0 else 2 * min(policy, 3) + (1 if live_at(f, ticket).segment > 0 else 0)
    return ticket_at(f, ticket).priority * 8 + promise


@compiled
def look_up_due(f: Any, ticket: int) -> Any:
    """Second at which the promise to this ticket is broken, looked up once a wait."""
    live = live_at(f, ticket)
    if live.due >= 0:
        return live.due
    policy = policy_of(f, ticket)
    since = live.since
    due = since // 1000 + NO_TARGET
    if policy >= 0:
        place = (policy * 2 + (1 if live.segment > 0 else 0)) * 4 + ticket_at(f, ticket).priority
        target = target_at(f, place).value
        if target < 0:
            due = since // 1000 - target
        elif target > 0:
            due = open_after(f, policy, since, target * 1000) // 1000
    live.due = max(due, 0)
    return live.due


@compiled
def open_after(f: Any, policy: int, since: int, length: int) -> Any:
    """The instant at which ``length`` ms of business time have passed since ``since``."""
    p = policy_at(f, policy)
    low, high = p.open_at, p.open_at + p.opens
    last = high
    while low < high:
        middle = (low + high) >> 1
        if opening_at(f, middle).end <= since:
            low = middle + 1
        else:
            high = middle
    if low >= last:
        return since + length
    first = opening_at(f, low)
    wanted = first.before + max(0, since - first.start) + length
    high = last
    while high - low > 1:
        middle = (low + high) >> 1
        if opening_at(f, middle).before < wanted:
            low = middle
        else:
            high = middle
    return opening_at(f, low).start + wanted - opening_at(f, low).before


# ---------------------------------------------------------------- who gets a ticket


@compiled
def find(f: Any, row: int, beside: int, member: int, able: int, without: int, low: int, high: int, start: int) -> Any:
    """First agent at or after ``start``, in the circle of words ``low`` to ``high``, who is in all sets; -1 nobody.

    ``beside`` is a second set that is ANDed, ``without`` one that is taken out; -1 for neither.
    """
    width = f.words
    if high <= low:
        return -1
    word = start >> 6
    below = (ONE << np.uint64(start & 63)) - ONE
    for turn in range(high - low + 1):
        found = (
            word_at(f, row * width + word).bits
            & word_at(f, member * width + word).bits
            & word_at(f, able * width + word).bits
        )
        if beside >= 0:
            found &= word_at(f, beside * width + word).bits
        if without >= 0:
            found &= ~word_at(f, without * width + word).bits
        if turn == 0:
            found &= ~below
        elif turn == high - low:
            found &= below
        if found != NONE:
            return word * 64 + lowest(found)
        word += 1
        if word == high:
            word = low
    return -1


@compiled
def find_by(f: Any, policy: int, row: int, g: int, able: int, start: int) -> Any:
    """``find`` in the order of the policy."""
    group = group_at(f, g)
    member = ROW_GROUPS + g
    without = ROW_GROUPS + f.groups + g if policy == LOAD_LIMIT else -1
    if policy in (LEAST_LOADED, SKILL_FIRST):
        levels = ROW_BREADTH if policy == SKILL_FIRST else (ROW_TALKS if row == ROW_ROOM else ROW_HELD)
        for level in range(4):
            agent = find(f, row, levels + level, member, able, without, group.low, group.high, start)
            if agent >= 0:
                return agent
        return -1
    return find(f, row, -1, member, able, without, group.low, group.high, start)


@compiled
def choose_agent(f: Any, ticket: int) -> Any:
    """The agent who takes a ticket up at once, -1 nobody."""
    t = ticket_at(f, ticket)
    c = class_at(f, t.class_)
    g = t.group
    group = group_at(f, g)
    policy = group.policy
    able = ROW_GROUPS + 2 * f.groups + need_at(f, g * f.needs + c.need).value
    last = t.assignee
    returns = last >= 0 and policy not in (ROUND_ROBIN, LEAST_LOADED)
    if returns and has_bit(f, ROW_GROUPS + g, last) and has_bit(f, able, last):
        free = has_bit(f, ROW_IDLE, last) or (c.lane == LANE_CHAT and has_bit(f, ROW_ROOM, last))
        if free:
            return last
    span = np.int64((group.high - group.low) * 64)
    if span <= 0:
        return -1
    if policy == ROUND_ROBIN:
        start = np.int64(group.turn)
    else:
        draw = bits_of(f, AGENT_CHOICE, t.key, live_at(f, ticket).segment)
        start = group.low * 64 + np.int64(((draw >> np.uint64(32)) * np.uint64(span)) >> np.uint64(32))
    agent = find_by(f, policy, ROW_IDLE, g, able, start)
    if agent < 0 and c.lane == LANE_CHAT:
        agent = find_by(f, policy, ROW_ROOM, g, able, start)
    if agent < 0 and c.lane != LANE_SLOW:
        agent = find_by(f, policy, ROW_MAILING, g, able, start)
    if agent >= 0 and policy == ROUND_ROBIN:
        after = agent + 1
        group.turn = after if after < group.high * 64 else group.low * 64
    return agent


# ---------------------------------------------------------------- which ticket is taken up


@inlined
def score(f: Any, policy: int, ticket: int, need: int, lane: int, ageing: float) -> Any:
    """How much a ticket at the head of its list wants to be taken up."""
    live = live_at(f, ticket)
    since = float(live.since)
    if policy in (FIFO, PULL_PICK):
        return -since
    priority = ticket_at(f, ticket).priority
    if policy == AGEING:
        return priority * STEP + ageing * ((f.now - since) / HOUR)
    if policy in (SLA_DUE, STICKY):
        return -float(look_up_due(f, ticket))
    if policy == SLA_RISK:
        weight = float(1 << priority)
        slack = look_up_due(f, ticket) * 1000.0 - f.now
        if slack < 0.0:
            return weight * (0.6 - 0.025 * slack / HOUR)
        return weight * math.exp(-slack / (HOUR if lane == LANE_SLOW else HOUR / 60.0))
    if policy == SKILL_FIRST and need != 0:
        priority += 4
    return priority * 1e13 - since


@compiled
def best_of_group(f: Any, agent: int, g: int, first: int, last: int) -> Any:
    """The ticket of a group that an agent takes up, by the group's policy; -1 none."""
    group = group_at(f, g)
    able = agent_at(f, agent).needs
    top: Any = -1
    highest = -1e300
    for lane in range(first, last):
        needs = waiting_at(f, g * LANES + lane).bits & able
        while needs != NONE:
            need = lowest(needs)
            needs &= needs - ONE
            base = (g * f.needs + need) * LANES + lane
            buckets = full_at(f, base).bits
            while buckets != NONE:
                bucket = lowest(buckets)
                buckets &= buckets - ONE
                ticket = np.int64(queue_at(f, base * BUCKETS + bucket).head)
                found = score(f, group.policy, ticket, need, lane, group.ageing)
                if found > highest or (found == highest and ticket < top):
                    top, highest = ticket, found
    return top


@compiled
def easiest_of_group(f: Any, agent: int, g: int, bias: float) -> Any:
    """What a cherry-picker takes from the first tickets of each list of the backlog; -1 none."""
    top: Any = -1
    highest = -1e300
    needs = waiting_at(f, g * LANES + LANE_SLOW).bits & agent_at(f, agent).needs
    while needs != NONE:
        need = lowest(needs)
        needs &= needs - ONE
        base = (g * f.needs + need) * LANES + LANE_SLOW
        buckets = full_at(f, base).bits
        while buckets != NONE:
            bucket = lowest(buckets)
            buckets &= buckets - ONE
            ticket = np.int64(queue_at(f, base * BUCKETS + bucket).head)
            for place in range(WINDOW):
                if ticket < 0:
                    break
                found = (
                    -bias * math.log(hardness(f, ticket)) - 0.15 * place + 0.5 * (ticket_at(f, ticket).priority == 3)
                )
                if found > highest or (found == highest and ticket < top):
                    top, highest = ticket, found
                ticket = np.int64(live_at(f, ticket).next)
    return top


@compiled
def choose_ticket(f: Any, agent: int, first: int, last: int) -> Any:
    """The waiting ticket that an agent takes up, from lanes ``first`` to ``last``; -1 none."""
    a = agent_at(f, agent)
    chosen, oldest = -1, FAR
    for place in range(a.groups_at, a.groups_at + a.groups):
        g = link_at(f, place).value
        anything = NONE
        for lane in range(first, last):
            anything |= waiting_at(f, g * LANES + lane).bits
        if anything & a.needs == NONE:
            continue
        group = group_at(f, g)
        if group.policy == LOAD_LIMIT and group.load_limit > 0 and a.held >= group.load_limit:
            continue
        bias = a.picks + (group.pick_bias if group.policy == PULL_PICK else 0.0)
        if bias > 0.0 and first == LANE_SLOW:
            ticket = easiest_of_group(f, agent, g, bias)
        else:
            ticket = best_of_group(f, agent, g, first, last)
        if ticket >= 0 and live_at(f, ticket).since < oldest:
            chosen, oldest = ticket, live_at(f, ticket).since
    return chosen
