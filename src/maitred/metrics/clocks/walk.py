"""The compiled walk over one ticket after another: every clock, target, turn and episode in a single pass.

Rows come sorted by (ticket, instant, class, tie); all rows of one instant are one update, read in the order schedules,
comments, fields, targets, so that conditions see the state after the fields. ``state`` holds the ticket's present
condition under the names below; ``slots`` the running instance of each SLA metric. Nothing here allocates per row.
"""

from __future__ import annotations

from maitred.metrics.clocks.business import span_all, span_last
from maitred.metrics.clocks.codes import (
    AGENT,
    AGENT_WORK,
    BOT,
    C32,
    C64,
    CLASS_COMMENT,
    CLASS_FIELD,
    CLOSED,
    CUSTOMER,
    DELETED,
    END_CANCELLED,
    END_DELETED,
    END_OPEN,
    END_REPLY,
    END_SOLVED,
    FIELD_ASSIGNEE,
    FIRST_REPLY,
    HOLD,
    MARK_ASSIGN,
    MARK_COMMENT,
    MARK_REPLY,
    MARK_STATUS,
    MARK_TURN_END,
    MARK_TURN_OPEN,
    NEW,
    NEXT_REPLY,
    NULL32,
    NULL64,
    OPEN,
    PAUSABLE_UPDATE,
    PERIODIC_UPDATE,
    RATING_BAD,
    RATING_GOOD,
    RATING_NONE,
    RATING_OFFERED,
    REQUESTER_WAIT,
    SOLVED,
    SPAM,
    TOTAL_RESOLUTION,
    UNKNOWN,
    UNRESOLVED,
)
from maitred.metrics.clocks.compiled import compiled, inlined
from maitred.metrics.clocks.targets import cut, elapsed_at, first_breach, verdict_of

METRICS = 8
NO_TARGET = -1

# names of the state vector
(
    CREATED,
    STATUS_NOW,
    STATUS_SINCE,
    SCHEDULE_NOW,
    CHANGES,
    SEGMENTS,
    ASSIGNEE,
    LAST_ASSIGNEE,
    FIRST_ASSIGNEE,
    FIRST_ASSIGNED,
    GROUP,
    LAST_GROUP,
    PRIORITY,
    POLICY,
    PUBLIC_SEEN,
    NOTE_SEEN,
    HUMAN_WROTE,
    FIRST_REPLY_AT,
    FIRST_ANY_AT,
    ASSIGNED_ANSWERED,
    TURN_OPEN,
    TURN_NEXT,
    TURN_SINCE,
    SOLVES,
    LAST_SOLVE,
    SOLVER,
    ASSIGNEE_AT_SOLVE,
    CLOSED_COUNTS,
    DONE_AT,
    LAST_REPLIER,
    FIRST_REPLY_OVER,
    LAST_BOT_AT,
    RATED_AT,
    RATING_FIRST,
    RATING_LAST,
    EPISODE_START,
    EPISODE_REPLY,
    EPISODE_SOLVED,
    EPISODE_ENDED,
    STATION_FROM,
    HAS_SCHEDULE,
    ASSIGNEES,
    GROUPS,
    WROTE_AGENTS,
    REPLIED_NOW,
    GROUP_CHANGED_NOW,
    STATION_GROUP,
) = range(47)
STATE_SIZE = 47


@inlined
def actor_type(tables, rows, ticket, lo, hi, r):
    """Who acted in row ``r``: the source's own word, else the user list, else this ticket's evidence."""
    hint = rows[7][r]
    if hint != UNRESOLVED:
        return hint
    actor = rows[6][r]
    if actor < 0:
        return 3  # nobody named: the system
    base = tables[0][actor]
    if base != UNRESOLVED:
        return base
    if actor == tables[1][ticket]:
        return CUSTOMER
    if actor == tables[2][ticket]:
        return AGENT
    for p in range(lo, hi):
        kind = rows[2][p]
        if kind == CLASS_COMMENT and rows[6][p] == actor and not rows[8][p]:
            return AGENT
        if kind == CLASS_FIELD and rows[3][p] == FIELD_ASSIGNEE and rows[5][p] == actor:
            return AGENT
    return UNKNOWN


@inlined
def put_triple(out32, column, ticket, sched, changes, state, a, b):
    """Write the three modes of the span ``[a, b)`` that ends now."""
    calendar = b - a
    out32[column, ticket] = calendar
    if not state[HAS_SCHEDULE]:
        return
    everything, last = modes(sched, changes, state, a, b)
    out32[column + 1, ticket] = everything
    out32[column + 2, ticket] = last


@inlined
def modes(sched, changes, state, a, b):
    """``business_all`` and ``business_last`` of a span that ends now."""
    everything = span_all(sched, changes[0], changes[1], state[CHANGES], a, b)
    if state[CHANGES] == 1:
        return everything, everything
    return everything, span_last(sched, state[SCHEDULE_NOW], a, b)


@inlined
def add_triple(out32, column, ticket, calendar, everything, last, has_schedule):
    out32[column, ticket] += calendar
    if has_schedule:
        out32[column + 1, ticket] += everything
        out32[column + 2, ticket] += last


@inlined
def close_segment(out32, ticket, sched, changes, segments, state, t):
    """End the running status interval at ``t``, measured by the schedule in force at its end."""
    since = state[STATUS_SINCE]
    status = state[STATUS_NOW]
    if t > since:
        n = state[SEGMENTS]
        segments[0, n] = since
        segments[1, n] = t
        segments[2, n] = status
        segments[3, n] = state[SCHEDULE_NOW]
        state[SEGMENTS] = n + 1
        if status <= HOLD:
            everything, last = (0, 0) if not state[HAS_SCHEDULE] else modes(sched, changes, state, since, t)
            add_triple(out32, C_STATUS + 3 * status, ticket, t - since, everything, last, state[HAS_SCHEDULE])
    state[STATUS_SINCE] = t


C_STATUS = C32["new_time_calendar"]
C_FRT = C32["frt_calendar"]
C_FRT_ANY = C32["frt_any_calendar"]
C_ASSIGN = C32["time_to_assign_calendar"]
C_FRT_ASSIGN = C32["frt_assign_calendar"]
C_FIRST_RES = C32["first_resolution_calendar"]
C_FULL_RES = C32["full_resolution_calendar"]
C_AWT = C32["awt_calendar"]
C_RWT = C32["rwt_calendar"]
C_UNSOLVED = C32["unsolved_time_calendar"]
C_NRT_SUM = C32["nrt_sum_calendar"]
C_NRT_MAX = C32["nrt_max_calendar"]
C_NRT_N = C32["nrt_n"]
C_PUBLIC_AGENT = C32["public_agent_replies"]
C_BOT_REPLIES = C32["bot_replies"]
C_AGENT_COMMENTS = C32["agent_comments"]
C_NOTES = C32["internal_notes"]
C_CUSTOMER = C32["customer_messages"]
C_UNKNOWN = C32["unknown_comments"]
C_TOUCHES = C32["touches"]
C_ASSIGNEES = C32["assignees"]
C_REASSIGNMENTS = C32["reassignments"]
C_GROUPS = C32["groups"]
C_GROUP_CHANGES = C32["group_changes"]
C_SOLVES = C32["solves"]
C_REOPENS_SOLVES = C32["reopens_solves"]
C_REOPENS = C32["reopens_transitions"]
C_AFTER_REPLY = C32["customer_messages_after_reply"]
C_AGENTS_PUBLIC = C32["agents_public"]
C_ESCALATIONS = C32["escalations_internal"]
C_STATUS_LAST = C32["status"]
C_HANDLED = C32["handled_by"]
C_OFFERED = C32["csat_offered"]
C_CSAT_FIRST = C32["csat_first"]
C_CSAT_LAST = C32["csat_last"]
C_PRIORITY = C32["priority"]
C_REPLY_AGENT = C32["first_reply_agent_id"]
C_FIRST_ASSIGNEE = C32["first_assignee_id"]
C_LAST_ASSIGNEE = C32["last_assignee_id"]
C_SOLVER = C32["solver_id"]
C_AT_RATING = C32["csat_agent_at_rating"]
C_AT_SOLVE = C32["csat_agent_at_solve"]
C_LAST_REPLY = C32["csat_agent_last_reply"]
C_GROUP_CREATED = C32["group_at_created"]
C_GROUP_REPLY = C32["group_at_first_reply"]
C_GROUP_FIRST_SOLVE = C32["group_at_first_solve"]
C_GROUP_LAST_SOLVE = C32["group_at_last_solve"]
C_GROUP_RATING = C32["group_at_rating"]
C_GROUP_LAST = C32["group_last"]
C_PRIORITY_CREATED = C32["priority_at_created"]
C_PRIORITY_SOLVE = C32["priority_at_last_solve"]
I_REPLY = C64["first_reply_at"]
I_ASSIGNED = C64["first_assigned_at"]
I_FIRST_SOLVED = C64["first_solved_at"]
I_LAST_SOLVED = C64["last_solved_at"]
I_WAITING = C64["waiting_since"]
I_RATED = C64["csat_rated_at"]
I_OFFERED = C64["csat_offered_at"]
I_REOPENED = C64["first_reopened_at"]
I_EXCLUDED = C64["excluded_at"]
I_HANDOFF = C64["handoff_at"]
C_HANDOFF = C32["frt_handoff_calendar"]
C_AGE = C32["age_calendar"]


@inlined
def unsolved(status):
    return status <= HOLD


@inlined
def done(status):
    return status == SOLVED or status == CLOSED


@inlined
def seen_before(values, count, value):
    for k in range(count):
        if values[k] == value:
            return True
    return False


@inlined
def mark(trace, cursor, ticket, t, code, value, row):
    """Add one mark for the ledger; a trace without rows switches marking off."""
    if trace.shape[1] > 0:
        n = cursor[4]
        trace[0, n] = ticket
        trace[1, n] = t
        trace[2, n] = code
        trace[3, n] = value
        trace[4, n] = row
        cursor[4] = n + 1


# ---------------------------------------------------------------- SLA instances
# slots[metric]: 0 active, 1 clock start, 2 target, 3 target is business, 4 instance runs, 5 applied, 6 policy,
# 7 priority, 8 number of revisions
ACTIVE, CLOCK_START, TARGET, TARGET_BUSINESS, RUNS, APPLIED, SLOT_POLICY, SLOT_PRIORITY, REVISIONS = range(9)


@inlined
def cumulative(metric):
    return metric == REQUESTER_WAIT or metric == AGENT_WORK or metric == TOTAL_RESOLUTION


@compiled
def end_instance(ctx, ticket, metric, end, reason):
    """Judge the running instance of a metric at its end and write its row."""
    sched, changes, segments, state, slots, revisions, pieces, sla, cursor = ctx
    if not slots[metric, RUNS]:
        return
    slots[metric, RUNS] = 0
    n_segments = state[SEGMENTS]
    if end > state[STATUS_SINCE]:
        segments[0, n_segments] = state[STATUS_SINCE]
        segments[1, n_segments] = end
        segments[2, n_segments] = state[STATUS_NOW]
        segments[3, n_segments] = state[SCHEDULE_NOW]
        n_segments += 1
    start = slots[metric, CLOCK_START]
    n_revisions = slots[metric, REVISIONS]
    rev_at = revisions[metric, 0]
    rev_target = revisions[metric, 1]
    rev_business = revisions[metric, 2]
    any_business = False
    any_wall = False
    for i in range(n_revisions):
        if rev_business[i]:
            any_business = True
        else:
            any_wall = True
    n_wall = 0
    n_each = 0
    n_last = 0
    for mode in range(3):
        if (mode == 0 and not any_wall) or (mode > 0 and not any_business):
            continue
        if mode == 2 and state[CHANGES] == 1:
            continue
        n_pieces = cut(
            mode,
            metric,
            start,
            end,
            segments[0],
            segments[1],
            segments[2],
            segments[3],
            n_segments,
            changes[0],
            changes[1],
            state[CHANGES],
            state[SCHEDULE_NOW],
            pieces[3 * mode],
            pieces[3 * mode + 1],
            pieces[3 * mode + 2],
        )
        if mode == 0:
            n_wall = n_pieces
        elif mode == 1:
            n_each = n_pieces
        else:
            n_last = n_pieces
    wall = (pieces[0], pieces[1], pieces[2], n_wall)
    each = (pieces[3], pieces[4], pieces[5], n_each)
    last = (pieces[6], pieces[7], pieces[8], n_last) if state[CHANGES] > 1 else each
    business = rev_business[n_revisions - 1] != 0
    cannot_tell = business and not state[HAS_SCHEDULE]
    row = cursor[0]
    cursor[0] = row + 1
    breach_all = NULL64
    breach_last = NULL64
    elapsed_all = NULL64
    elapsed_last = NULL64
    if not cannot_tell:
        breach_all = first_breach(sched, wall, each, rev_at, rev_target, rev_business, n_revisions, end)
        a, b, k, n = each if business else wall
        elapsed_all = elapsed_at(sched, a, b, k, n, end)
        if state[CHANGES] > 1 and any_business:
            breach_last = first_breach(sched, wall, last, rev_at, rev_target, rev_business, n_revisions, end)
            a, b, k, n = last if business else wall
            elapsed_last = elapsed_at(sched, a, b, k, n, end)
        else:
            breach_last = breach_all
            elapsed_last = elapsed_all
    sla[0, row] = ticket
    sla[1, row] = metric
    sla[2, row] = slots[metric, SLOT_POLICY]
    sla[3, row] = slots[metric, SLOT_PRIORITY]
    sla[4, row] = business
    sla[5, row] = rev_target[0]
    sla[6, row] = rev_target[n_revisions - 1]
    sla[7, row] = n_revisions - 1
    sla[8, row] = slots[metric, APPLIED]
    sla[9, row] = rev_at[n_revisions - 1]
    sla[10, row] = start
    sla[11, row] = NULL64 if reason == END_OPEN else end
    sla[12, row] = reason
    sla[13, row] = elapsed_all
    sla[14, row] = elapsed_last
    sla[15, row] = breach_all
    sla[16, row] = breach_last
    sla[17, row] = verdict_of(reason, breach_all, cannot_tell)
    sla[18, row] = verdict_of(reason, breach_last, cannot_tell)
    sla[19, row] = state[GROUP]
    sla[20, row] = state[ASSIGNEE]


@inlined
def revise(slots, revisions, state, metric, t):
    """Put the target now in force on the running instance, remembering policy and priority of this moment."""
    n = slots[metric, REVISIONS]
    revisions[metric, 0, n] = t
    revisions[metric, 1, n] = slots[metric, TARGET]
    revisions[metric, 2, n] = slots[metric, TARGET_BUSINESS]
    slots[metric, REVISIONS] = n + 1
    slots[metric, SLOT_POLICY] = state[POLICY]
    slots[metric, SLOT_PRIORITY] = state[PRIORITY]


@inlined
def read_target(ctx, ticket, metric, value, t):
    """One target row: set, replaced or cleared (``value`` = 2 * seconds + business, or NO_TARGET)."""
    state, slots, revisions = ctx[3], ctx[4], ctx[5]
    frozen = cumulative(metric) and not unsolved(state[STATUS_NOW])
    if value == NO_TARGET:
        slots[metric, TARGET] = NO_TARGET
        if slots[metric, RUNS] and not frozen:
            end_instance(ctx, ticket, metric, t, END_CANCELLED)
        return
    slots[metric, TARGET] = value // 2
    slots[metric, TARGET_BUSINESS] = value % 2
    if slots[metric, RUNS] and not frozen:
        n = slots[metric, REVISIONS] - 1
        if revisions[metric, 1, n] != value // 2 or revisions[metric, 2, n] != value % 2:
            revise(slots, revisions, state, metric, t)


@inlined
def open_instances(slots, revisions, state, t):
    """Create an instance of every clock that is active and has a target but no instance yet."""
    for metric in range(METRICS):
        if slots[metric, TARGET] == NO_TARGET or slots[metric, RUNS] or not slots[metric, ACTIVE]:
            continue
        if cumulative(metric) and not unsolved(state[STATUS_NOW]):
            continue
        slots[metric, RUNS] = 1
        slots[metric, APPLIED] = t
        slots[metric, REVISIONS] = 0
        revise(slots, revisions, state, metric, t)


@compiled
def stop_clock(ctx, ticket, metric, t, reason):
    end_instance(ctx, ticket, metric, t, reason)
    ctx[4][metric, ACTIVE] = 0


@inlined
def start_clock(slots, metric, t):
    slots[metric, ACTIVE] = 1
    slots[metric, CLOCK_START] = t


# ---------------------------------------------------------------- comments


@inlined
def read_comment(ctx, out32, out64, turns, trace, authors, ticket, t, who, author, public, row):
    """One comment: counters, first replies, turns and the reply clocks."""
    sched, changes, segments, state, slots, revisions, pieces, sla, cursor = ctx
    mark(trace, cursor, ticket, t, MARK_COMMENT, who + 10 * public, row)
    if who == AGENT:
        out32[C_AGENT_COMMENTS, ticket] += 1
    elif who == UNKNOWN:
        out32[C_UNKNOWN, ticket] += 1
    if not public:
        out32[C_NOTES, ticket] += 1
        state[NOTE_SEEN] = 1
        return
    opening = not state[PUBLIC_SEEN] and not state[NOTE_SEEN] and (who == AGENT or who == BOT)
    state[PUBLIC_SEEN] = 1
    if who == CUSTOMER:
        out32[C_CUSTOMER, ticket] += 1
        if state[HUMAN_WROTE]:
            out32[C_AFTER_REPLY, ticket] += 1
        if not state[TURN_OPEN]:
            state[TURN_OPEN] = 1
            state[TURN_NEXT] = state[HUMAN_WROTE]
            state[TURN_SINCE] = t
            mark(trace, cursor, ticket, t, MARK_TURN_OPEN, state[TURN_NEXT], row)
            if state[TURN_NEXT]:
                start_clock(slots, NEXT_REPLY, t)
    elif who == BOT:
        out32[C_BOT_REPLIES, ticket] += 1
        state[LAST_BOT_AT] = t
    elif who == AGENT:
        out32[C_PUBLIC_AGENT, ticket] += 1
        if not seen_before(authors, state[WROTE_AGENTS], author):
            authors[state[WROTE_AGENTS]] = author
            state[WROTE_AGENTS] += 1
    if (who == AGENT or who == BOT) and not opening and state[FIRST_ANY_AT] == NULL64:
        state[FIRST_ANY_AT] = t
        put_triple(out32, C_FRT_ANY, ticket, sched, changes, state, state[CREATED], t)
    if who != AGENT:
        return
    if not opening and state[FIRST_REPLY_AT] == NULL64:
        state[FIRST_REPLY_AT] = t
        out64[I_REPLY, ticket] = t
        out32[C_REPLY_AGENT, ticket] = author
        put_triple(out32, C_FRT, ticket, sched, changes, state, state[CREATED], t)
        if state[LAST_BOT_AT] != NULL64:
            out64[I_HANDOFF, ticket] = state[LAST_BOT_AT]
            put_triple(out32, C_HANDOFF, ticket, sched, changes, state, state[LAST_BOT_AT], t)
        mark(trace, cursor, ticket, t, MARK_REPLY, author, row)
        stop_clock(ctx, ticket, FIRST_REPLY, t, END_REPLY)
        state[FIRST_REPLY_OVER] = 1
    if state[EPISODE_REPLY] == NULL64 and not opening and t >= state[EPISODE_START]:
        state[EPISODE_REPLY] = t
    if state[TURN_OPEN]:
        answer_turn(ctx, out32, turns, ticket, t, author)
        mark(trace, cursor, ticket, t, MARK_TURN_END, 1, row)
    stop_clock(ctx, ticket, NEXT_REPLY, t, END_REPLY)
    stop_clock(ctx, ticket, PERIODIC_UPDATE, t, END_REPLY)
    stop_clock(ctx, ticket, PAUSABLE_UPDATE, t, END_REPLY)
    state[HUMAN_WROTE] = 1
    state[REPLIED_NOW] = 1
    state[LAST_REPLIER] = author


@inlined
def answer_turn(ctx, out32, turns, ticket, t, author):
    """The open turn is answered: next-reply figures of the ticket and a row of its own."""
    sched, changes, segments, state, slots, revisions, pieces, sla, cursor = ctx
    since = state[TURN_SINCE]
    everything, last = (NULL64, NULL64)
    if state[HAS_SCHEDULE]:
        everything, last = modes(sched, changes, state, since, t)
    write_turn(turns, cursor, state, ticket, t, author, everything, last)
    state[TURN_OPEN] = 0
    if not state[TURN_NEXT]:
        return
    first = out32[C_NRT_N, ticket] == 0
    out32[C_NRT_N, ticket] += 1
    values = (t - since, everything, last)
    for mode in range(3):
        value = values[mode]
        if value == NULL64:
            continue
        if first:
            out32[C_NRT_SUM + mode, ticket] = value
            out32[C_NRT_MAX + mode, ticket] = value
        else:
            out32[C_NRT_SUM + mode, ticket] += value
            if value > out32[C_NRT_MAX + mode, ticket]:
                out32[C_NRT_MAX + mode, ticket] = value


@inlined
def write_turn(turns, cursor, state, ticket, end, author, everything, last):
    row = cursor[1]
    cursor[1] = row + 1
    turns[0, row] = ticket
    turns[1, row] = state[TURN_NEXT]
    turns[2, row] = state[TURN_SINCE]
    turns[3, row] = end if author != NULL64 else NULL64
    turns[4, row] = author
    turns[5, row] = state[GROUP]
    turns[6, row] = state[PRIORITY]
    turns[7, row] = end - state[TURN_SINCE]
    turns[8, row] = everything
    turns[9, row] = last


# ---------------------------------------------------------------- fields


@inlined
def read_assignee(ctx, out32, out64, stations, people, trace, ticket, t, value, row):
    """The ticket goes to another person or to nobody."""
    sched, changes, segments, state, slots, revisions, pieces, sla, cursor = ctx
    if value == state[ASSIGNEE]:
        return
    leave_station(stations, cursor, state, ticket, t, 1)
    state[ASSIGNEE] = value
    mark(trace, cursor, ticket, t, MARK_ASSIGN, value, row)
    if value < 0:
        return
    state[STATION_FROM] = t
    state[STATION_GROUP] = state[GROUP]
    if state[FIRST_ASSIGNEE] < 0:
        state[FIRST_ASSIGNEE] = value
        state[FIRST_ASSIGNED] = t
        out64[I_ASSIGNED, ticket] = t
        out32[C_FIRST_ASSIGNEE, ticket] = value
        put_triple(out32, C_ASSIGN, ticket, sched, changes, state, state[CREATED], t)
    elif value != state[LAST_ASSIGNEE]:
        out32[C_REASSIGNMENTS, ticket] += 1
    state[LAST_ASSIGNEE] = value
    if not seen_before(people, state[ASSIGNEES], value):
        people[state[ASSIGNEES]] = value
        state[ASSIGNEES] += 1


@inlined
def leave_station(stations, cursor, state, ticket, t, handed_on):
    """Close the stretch with the present assignee (``t`` NULL64: it still runs)."""
    if state[ASSIGNEE] < 0:
        return
    row = cursor[3]
    cursor[3] = row + 1
    stations[0, row] = ticket
    stations[1, row] = state[ASSIGNEE]
    stations[2, row] = state[STATION_GROUP]
    stations[3, row] = state[STATION_FROM]
    stations[4, row] = t
    stations[5, row] = handed_on and unsolved(state[STATUS_NOW])
    stations[6, row] = state[PRIORITY]


@inlined
def read_group(out32, queues, state, ticket, value):
    if value == state[GROUP]:
        return
    state[GROUP] = value
    state[GROUP_CHANGED_NOW] = 1
    if value < 0:
        return
    if state[LAST_GROUP] >= 0 and value != state[LAST_GROUP]:
        out32[C_GROUP_CHANGES, ticket] += 1
    state[LAST_GROUP] = value
    if not seen_before(queues, state[GROUPS], value):
        queues[state[GROUPS]] = value
        state[GROUPS] += 1


@inlined
def read_rating(out32, out64, state, ticket, t, value):
    if value == RATING_NONE:
        return
    out32[C_OFFERED, ticket] = 1
    if value == RATING_OFFERED:
        if out64[I_OFFERED, ticket] == NULL64:
            out64[I_OFFERED, ticket] = t
        return
    if value != RATING_GOOD and value != RATING_BAD:
        return
    if state[RATING_FIRST] == RATING_NONE:
        state[RATING_FIRST] = value
    state[RATING_LAST] = value
    state[RATED_AT] = t


@inlined
def attribute_rating(out32, out64, state, ticket, t):
    """Fix who stands behind the rating of this instant (a later rating overwrites it)."""
    out64[I_RATED, ticket] = t
    out32[C_AT_RATING, ticket] = code_or_null(state[ASSIGNEE])
    out32[C_AT_SOLVE, ticket] = code_or_null(state[ASSIGNEE_AT_SOLVE])
    out32[C_LAST_REPLY, ticket] = code_or_null(state[LAST_REPLIER])
    out32[C_GROUP_RATING, ticket] = code_or_null(state[GROUP])


@inlined
def code_or_null(value):
    return NULL32 if value < 0 else value


@inlined
def enter_solved(ctx, out32, out64, ticket, t, actor, actor_is_agent):
    """The ticket is solved (or closed without ever being solved)."""
    sched, changes, segments, state, slots, revisions, pieces, sla, cursor = ctx
    state[CLOSED_COUNTS] = 0
    state[FIRST_REPLY_OVER] = 1
    if state[SOLVES] == 0:
        out64[I_FIRST_SOLVED, ticket] = t
        put_triple(out32, C_FIRST_RES, ticket, sched, changes, state, state[CREATED], t)
    state[SOLVES] += 1
    state[LAST_SOLVE] = t
    state[SOLVER] = actor if actor_is_agent else -1
    out64[I_LAST_SOLVED, ticket] = t
    put_triple(out32, C_FULL_RES, ticket, sched, changes, state, state[CREATED], t)
    state[EPISODE_SOLVED] = t
    state[EPISODE_ENDED] = t


@inlined
def change_status(ctx, out32, out64, episodes, ticket, t, status, actor, actor_is_agent, trace, row):
    """The ticket enters another status: intervals, solves, reopens and the ends of SLA instances."""
    sched, changes, segments, state, slots, revisions, pieces, sla, cursor = ctx
    before = state[STATUS_NOW]
    close_segment(out32, ticket, sched, changes, segments, state, t)
    state[STATUS_NOW] = status
    mark(trace, cursor, ticket, t, MARK_STATUS, status, row)
    if status == SOLVED or (status == CLOSED and state[CLOSED_COUNTS]):
        enter_solved(ctx, out32, out64, ticket, t, actor, actor_is_agent)
    if done(status):
        state[FIRST_REPLY_OVER] = 1
    if not unsolved(status) and unsolved(before):
        state[DONE_AT] = t
        state[EPISODE_ENDED] = t
        reason = END_SOLVED if done(status) else END_DELETED
        for metric in range(METRICS):
            if not cumulative(metric):
                stop_clock(ctx, ticket, metric, t, reason)
    if status == DELETED or status == SPAM:
        out64[I_EXCLUDED, ticket] = t
        for metric in range(METRICS):
            end_instance(ctx, ticket, metric, t, END_DELETED)
    if before == SOLVED and (status == NEW or status == OPEN):
        if out32[C_REOPENS, ticket] == 0:
            out64[I_REOPENED, ticket] = t
        out32[C_REOPENS, ticket] += 1
        write_episode(ctx, episodes, ticket, NULL64)
        state[EPISODE_START] = t
        state[EPISODE_REPLY] = NULL64
        state[EPISODE_SOLVED] = NULL64
        state[EPISODE_ENDED] = NULL64
    elif unsolved(status) and not unsolved(before):
        state[EPISODE_ENDED] = NULL64


@compiled
def write_episode(ctx, episodes, ticket, so_far):
    """One row for the present episode; ``so_far`` ends the resolution of one that is still unsolved (else NULL64)."""
    sched, changes, segments, state, slots, revisions, pieces, sla, cursor = ctx
    row = cursor[2]
    cursor[2] = row + 1
    start = state[EPISODE_START]
    episodes[0, row] = ticket
    episodes[1, row] = start
    episodes[2, row] = state[EPISODE_REPLY]
    episodes[3, row] = state[EPISODE_SOLVED]
    episodes[4, row] = state[EPISODE_ENDED]
    episodes[5, row] = state[SOLVER] if state[EPISODE_SOLVED] != NULL64 else -1
    episodes[6, row] = state[GROUP]
    episodes[7, row] = state[ASSIGNEE]
    episodes[8, row] = state[PRIORITY]
    for k in range(2):
        end = state[EPISODE_REPLY] if k == 0 else state[EPISODE_SOLVED]
        if k == 1 and end == NULL64:
            end = so_far
        column = 9 + 3 * k
        episodes[column, row] = NULL64
        episodes[column + 1, row] = NULL64
        episodes[column + 2, row] = NULL64
        if end == NULL64:
            continue
        episodes[column, row] = end - start
        if state[HAS_SCHEDULE]:
            episodes[column + 1, row] = span_all(sched, changes[0], changes[1], state[CHANGES], start, end)
            k_end = schedule_at(changes, state[CHANGES], end)
            episodes[column + 2, row] = span_last(sched, k_end, start, end)


@compiled
def schedule_at(changes, count, t):
    """The schedule in force at an instant (a change at that very instant counts)."""
    k = changes[1, 0]
    for c in range(1, count):
        if changes[0, c] <= t:
            k = changes[1, c]
    return k
