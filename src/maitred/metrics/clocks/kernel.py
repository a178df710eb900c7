"""The compiled door: order the rows of a batch of tickets, then walk each ticket once (see ``walk``)."""

from __future__ import annotations

from typing import Any

import numpy as np

from maitred.metrics.clocks.codes import (
    AGENT,
    CLASS_COMMENT,
    CLASS_FIELD,
    CLASS_SCHEDULE,
    CLOSED,
    END_OPEN,
    END_REASSIGNED,
    END_SOLVED,
    FIELD_ASSIGNEE,
    FIELD_ESCALATED,
    FIELD_GROUP,
    FIELD_POLICY,
    FIELD_PRIORITY,
    FIELD_RATING,
    FIELD_STATUS,
    FIELD_TARGET,
    FIRST_REPLY,
    GROUP_OWNERSHIP,
    MARK_GROUP,
    MARK_SCHEDULE,
    MARK_TARGET,
    MARK_TURN_END,
    NEW,
    NULL32,
    NULL64,
    PAUSABLE_UPDATE,
    PERIODIC_UPDATE,
    RATING_NONE,
    SOLVED,
)
from maitred.metrics.clocks.compiled import (
    allocating,
    compiled,
    door,
    inlined,
    sources_digest,
)
from maitred.metrics.clocks.walk import (
    ACTIVE,
    ASSIGNED_ANSWERED,
    ASSIGNEE,
    ASSIGNEE_AT_SOLVE,
    ASSIGNEES,
    C_AGE,
    C_AGENTS_PUBLIC,
    C_ASSIGNEES,
    C_AWT,
    C_BOT_REPLIES,
    C_CSAT_FIRST,
    C_CSAT_LAST,
    C_ESCALATIONS,
    C_FRT_ASSIGN,
    C_FULL_RES,
    C_GROUP_CREATED,
    C_GROUP_FIRST_SOLVE,
    C_GROUP_LAST,
    C_GROUP_LAST_SOLVE,
    C_GROUP_REPLY,
    C_GROUPS,
    C_HANDLED,
    C_LAST_ASSIGNEE,
    C_PRIORITY,
    C_PRIORITY_CREATED,
    C_PRIORITY_SOLVE,
    C_PUBLIC_AGENT,
    C_REOPENS_SOLVES,
    C_RWT,
    C_SOLVER,
    C_SOLVES,
    C_STATUS,
    C_STATUS_LAST,
    C_TOUCHES,
    C_UNSOLVED,
    CHANGES,
    CLOSED_COUNTS,
    CREATED,
    DONE_AT,
    EPISODE_ENDED,
    EPISODE_REPLY,
    EPISODE_SOLVED,
    EPISODE_START,
    FIRST_ANY_AT,
    FIRST_ASSIGNED,
    FIRST_ASSIGNEE,
    FIRST_REPLY_AT,
    FIRST_REPLY_OVER,
    GROUP,
    GROUP_CHANGED_NOW,
    GROUPS,
    HAS_SCHEDULE,
    I_WAITING,
    LAST_ASSIGNEE,
    LAST_BOT_AT,
    LAST_GROUP,
    LAST_REPLIER,
    LAST_SOLVE,
    METRICS,
    NO_TARGET,
    POLICY,
    PRIORITY,
    RATED_AT,
    RATING_FIRST,
    RATING_LAST,
    REPLIED_NOW,
    SCHEDULE_NOW,
    SOLVER,
    SOLVES,
    STATE_SIZE,
    STATION_GROUP,
    STATUS_NOW,
    STATUS_SINCE,
    TARGET,
    TURN_OPEN,
    TURN_SINCE,
    WROTE_AGENTS,
    actor_type,
    attribute_rating,
    change_status,
    close_segment,
    code_or_null,
    cumulative,
    done,
    end_instance,
    enter_solved,
    leave_station,
    mark,
    modes,
    open_instances,
    put_triple,
    read_assignee,
    read_comment,
    read_group,
    read_rating,
    read_target,
    seen_before,
    start_clock,
    stop_clock,
    unsolved,
    write_episode,
    write_turn,
)

GRACE = 5
"""Seconds after creation within which the first schedule change counts from creation."""


@inlined
def before(rows_at, rows_class, rows_original, rows_tie, rows_field, a, b):
    """Whether row ``a`` comes before row ``b`` of the same ticket."""
    if rows_at[a] != rows_at[b]:
        return rows_at[a] < rows_at[b]
    if rows_class[a] != rows_class[b]:
        return rows_class[a] < rows_class[b]
    if rows_original[a] != rows_original[b]:
        return rows_original[a] < rows_original[b]
    if rows_tie[a] != rows_tie[b]:
        return rows_tie[a] < rows_tie[b]
    if rows_field[a] != rows_field[b]:
        return rows_field[a] < rows_field[b]
    return a < b


@allocating
def _ordered(tickets, rows_ticket, rows_at, rows_class, rows_original, rows_tie, rows_field):
    """Row numbers grouped by ticket and in event order; returns ``(order, offset)`` with offset of shape (n + 1,).

    A counting sort groups the rows, an insertion sort (merge sort for long tickets) orders each group, so that the
    work is linear for the usual ticket of a dozen rows and never quadratic.
    """
    n = len(rows_ticket)
    offset = np.zeros(tickets + 1, np.int64)
    for r in range(n):
        offset[rows_ticket[r] + 1] += 1
    for i in range(tickets):
        offset[i + 1] += offset[i]
    place = offset[:-1].copy()
    order = np.empty(n, np.int64)
    for r in range(n):
        i = rows_ticket[r]
        order[place[i]] = r
        place[i] += 1
    spare = np.empty(0, np.int64)
    for i in range(tickets):
        lo, hi = offset[i], offset[i + 1]
        if hi - lo <= 64:
            for p in range(lo + 1, hi):
                row = order[p]
                q = p - 1
                while q >= lo and before(rows_at, rows_class, rows_original, rows_tie, rows_field, row, order[q]):
                    order[q + 1] = order[q]
                    q -= 1
                order[q + 1] = row
        else:
            if len(spare) < hi - lo:
                spare = np.empty(2 * (hi - lo), np.int64)
            merge_sort(order, lo, hi, spare, rows_at, rows_class, rows_original, rows_tie, rows_field)
    return order, offset


@compiled
def merge_sort(order, lo, hi, spare, rows_at, rows_class, rows_original, rows_tie, rows_field):
    width = 1
    n = hi - lo
    while width < n:
        start = 0
        while start < n:
            middle = min(start + width, n)
            end = min(start + 2 * width, n)
            a, b = start, middle
            for k in range(start, end):
                take_a = a < middle and (
                    b >= end
                    or not before(
                        rows_at, rows_class, rows_original, rows_tie, rows_field, order[lo + b], order[lo + a]
                    )
                )
                if take_a:
                    spare[k] = order[lo + a]
                    a += 1
                else:
                    spare[k] = order[lo + b]
                    b += 1
            start += 2 * width
        for k in range(n):
            order[lo + k] = spare[k]
        width *= 2


@allocating
def _without_repeated_comments(order, offset, rows_at, rows_class, rows_tie):
    """Drop a comment that stands twice (same instant, same id); returns the shortened ``(order, offset)``."""
    kept = np.empty(len(order), np.int64)
    new_offset = np.empty(len(offset), np.int64)
    n = 0
    for i in range(len(offset) - 1):
        new_offset[i] = n
        for p in range(offset[i], offset[i + 1]):
            r = order[p]
            if p > offset[i] and rows_class[r] == CLASS_COMMENT:
                q = order[p - 1]
                if rows_class[q] == CLASS_COMMENT and rows_tie[q] == rows_tie[r] and rows_at[q] == rows_at[r]:
                    continue
            kept[n] = r
            n += 1
    new_offset[len(offset) - 1] = n
    return kept[:n], new_offset


@inlined
def effective_statuses(rows, lo, hi, initial, at, to, actor_row):
    """The status changes that count: the last of each instant, without repeats; returns their number."""
    n = 0
    for r in range(lo, hi):
        if rows[2][r] != CLASS_FIELD or rows[3][r] != FIELD_STATUS:
            continue
        if n > 0 and at[n - 1] == rows[0][r]:
            to[n - 1] = rows[5][r]
            actor_row[n - 1] = r
        else:
            at[n] = rows[0][r]
            to[n] = rows[5][r]
            actor_row[n] = r
            n += 1
    kept = 0
    status = initial
    for k in range(n):
        if to[k] != status:
            status = to[k]
            at[kept] = at[k]
            to[kept] = to[k]
            actor_row[kept] = actor_row[k]
            kept += 1
    return kept


@compiled
def walk_one(
    ctx,
    tickets,
    rows,
    lo,
    hi,
    default_schedule,
    as_of,
    i,
    out32,
    out64,
    turns,
    episodes,
    stations,
    trace,
    statuses,
    people,
    queues,
    authors,
    latest,
    actors,
):
    """One ticket from creation to as-of."""
    sched, changes, segments, state, slots, revisions, pieces, sla, cursor = ctx
    created = tickets[3][i]
    start_ticket(state, slots, created)
    has_status = False
    has_priority = False
    has_history = False
    first_schedule = -1
    for r in range(lo, hi):
        if rows[2][r] == CLASS_FIELD:
            has_status = has_status or rows[3][r] == FIELD_STATUS
            has_priority = has_priority or rows[3][r] == FIELD_PRIORITY
            has_history = True
        elif rows[2][r] == CLASS_SCHEDULE and first_schedule < 0:
            first_schedule = r
    state[STATUS_NOW] = NEW if has_status else tickets[4][i]
    if not has_priority:
        state[PRIORITY] = tickets[5][i]
    if not has_history:
        state[GROUP] = tickets[6][i]
    opening_schedule = default_schedule
    if first_schedule >= 0 and rows[1][first_schedule] <= created + GRACE:
        opening_schedule = rows[5][first_schedule]
    changes[0, 0] = created
    changes[1, 0] = opening_schedule
    state[CHANGES] = 1
    state[SCHEDULE_NOW] = opening_schedule
    state[HAS_SCHEDULE] = opening_schedule >= 0 or first_schedule >= 0
    mark(trace, cursor, i, created, MARK_SCHEDULE, opening_schedule, -1)
    n_statuses = effective_statuses(rows, lo, hi, state[STATUS_NOW], statuses[0], statuses[1], statuses[2])
    state[CLOSED_COUNTS] = 1
    for k in range(n_statuses):
        if statuses[1, k] == SOLVED:
            state[CLOSED_COUNTS] = 0
    for column in range(C_STATUS, C_STATUS + 12):
        out32[column, i] = 0 if (column - C_STATUS) % 3 == 0 or state[HAS_SCHEDULE] else NULL32
    next_status = 0
    other = 0
    if unsolved(state[STATUS_NOW]):
        start_clock(slots, FIRST_REPLY, created)
        if state[GROUP] >= 0:
            start_clock(slots, GROUP_OWNERSHIP, created)
        for metric in range(METRICS):
            if cumulative(metric):
                start_clock(slots, metric, created)
    if done(state[STATUS_NOW]):
        enter_solved(ctx, out32, out64, i, created, -1, False)
        state[DONE_AT] = created
        settle_solve(out32, state, i, 0)
    r = lo
    if r == hi or rows[0][r] > created:
        out32[C_GROUP_CREATED, i] = code_or_null(state[GROUP])
        out32[C_PRIORITY_CREATED, i] = code_or_null(state[PRIORITY])
    while r < hi:
        t = rows[0][r]
        end = r
        while end < hi and rows[0][end] == t:
            end += 1
        state[REPLIED_NOW] = 0
        state[GROUP_CHANGED_NOW] = 0
        group_before = state[GROUP]
        solves_before = state[SOLVES] if t > created else 0
        replied_before = state[FIRST_REPLY_AT]
        rated = False
        n_actors = 0
        first_assignee_before = state[FIRST_ASSIGNEE]
        p = r
        while p < end and rows[2][p] == CLASS_SCHEDULE:
            if rows[5][p] != state[SCHEDULE_NOW] and not (p == first_schedule and rows[1][p] <= created + GRACE):
                n = state[CHANGES]
                changes[0, n] = t
                changes[1, n] = rows[5][p]
                state[CHANGES] = n + 1
                state[SCHEDULE_NOW] = rows[5][p]
                mark(trace, cursor, i, t, MARK_SCHEDULE, rows[5][p], p)
            p += 1
        comments_lo = p
        while p < end and rows[2][p] == CLASS_COMMENT:
            who = actor_type(tickets, rows, i, lo, hi, p)
            author = rows[6][p]
            if who == AGENT and not seen_before(actors, n_actors, author):
                actors[n_actors] = author
                n_actors += 1
            if rows[8][p]:
                answered_assignment(ctx, out32, i, t, author, who)
            read_comment(ctx, out32, out64, turns, trace, authors, i, t, who, author, rows[8][p], p)
            p += 1
        fields_lo = p
        assignee = state[ASSIGNEE]
        assignee_row = -1
        group = state[GROUP]
        if next_status < n_statuses and statuses[0, next_status] == t:
            row = statuses[2, next_status]
            human = actor_type(tickets, rows, i, lo, hi, row) == AGENT
            change_status(ctx, out32, out64, episodes, i, t, statuses[1, next_status], rows[6][row], human, trace, row)
            next_status += 1
        while p < end:
            field = rows[3][p]
            value = rows[5][p]
            if field == FIELD_ASSIGNEE:
                assignee = value
                assignee_row = p
            elif field == FIELD_GROUP:
                group = value
            elif field == FIELD_PRIORITY:
                state[PRIORITY] = value
            elif field == FIELD_POLICY:
                state[POLICY] = value
            elif field == FIELD_RATING:
                rated = True
                read_rating(out32, out64, state, i, t, value % 8)
            elif field == FIELD_ESCALATED and value == 1:
                out32[C_ESCALATIONS, i] += 1
            other = remember(latest, other, field, value, t > created)
            if other < 0:  # the row changed something
                other = -other
                if actor_type(tickets, rows, i, lo, hi, p) == AGENT and not seen_before(actors, n_actors, rows[6][p]):
                    actors[n_actors] = rows[6][p]
                    n_actors += 1
            p += 1
        read_assignee(ctx, out32, out64, stations, people, trace, i, t, assignee, assignee_row)
        read_group(out32, queues, state, i, group)
        if first_assignee_before < 0 and state[FIRST_ASSIGNEE] >= 0:
            for p in range(comments_lo, fields_lo):
                if rows[8][p] and state[ASSIGNED_ANSWERED] == NULL64:
                    answered_assignment(ctx, out32, i, t, rows[6][p], AGENT)
        out32[C_TOUCHES, i] += n_actors
        settle(ctx, out32, out64, i, t, created, group_before, solves_before, replied_before, rated, trace)
        for p in range(fields_lo, end):
            field = rows[3][p]
            if FIELD_TARGET <= field < FIELD_TARGET + METRICS and is_last_of_field(rows, p, end):
                mark(trace, cursor, i, t, MARK_TARGET, field - FIELD_TARGET, p)
                read_target(ctx, i, field - FIELD_TARGET, rows[5][p], t)
        open_instances(slots, revisions, state, t)
        r = end
    finish(ctx, out32, out64, turns, episodes, stations, i, as_of)


@inlined
def is_last_of_field(rows, p, end):
    for q in range(p + 1, end):
        if rows[3][q] == rows[3][p]:
            return False
    return True


@inlined
def start_ticket(state, slots, created):
    state[:] = 0
    slots[:] = 0
    state[CREATED] = created
    state[STATUS_SINCE] = created
    state[EPISODE_START] = created
    state[RATING_FIRST] = RATING_NONE
    for name in (
        ASSIGNEE,
        LAST_ASSIGNEE,
        FIRST_ASSIGNEE,
        GROUP,
        LAST_GROUP,
        PRIORITY,
        POLICY,
        SOLVER,
        ASSIGNEE_AT_SOLVE,
        LAST_REPLIER,
        STATION_GROUP,
    ):
        state[name] = -1
    for name in (
        FIRST_ASSIGNED,
        FIRST_REPLY_AT,
        FIRST_ANY_AT,
        ASSIGNED_ANSWERED,
        LAST_BOT_AT,
        LAST_SOLVE,
        DONE_AT,
        RATED_AT,
        EPISODE_REPLY,
        EPISODE_SOLVED,
        EPISODE_ENDED,
    ):
        state[name] = NULL64
    for metric in range(METRICS):
        slots[metric, TARGET] = NO_TARGET


@inlined
def remember(latest, count, field, value, after_creation):
    """Keep the latest value of a field; returns minus the count when the value changed, else the count.

    Before its first row a field is empty, and the status is ``new`` once the ticket exists.
    """
    for k in range(count):
        if latest[0, k] == field:
            if latest[1, k] == value:
                return count
            latest[1, k] = value
            return -count
    empty = value == -1 or (value == 0 and (field == FIELD_RATING or field == FIELD_ESCALATED))
    if empty or (field == FIELD_STATUS and value == NEW and after_creation):
        return count
    latest[0, count] = field
    latest[1, count] = value
    return -(count + 1)


@inlined
def answered_assignment(ctx, out32, ticket, t, author, who):
    """The first assignee's first public message at or after the first assignment."""
    sched, changes, segments, state, slots, revisions, pieces, sla, cursor = ctx
    if state[FIRST_ASSIGNEE] < 0 or state[ASSIGNED_ANSWERED] != NULL64 or author != state[FIRST_ASSIGNEE]:
        return
    state[ASSIGNED_ANSWERED] = t
    put_triple(out32, C_FRT_ASSIGN, ticket, sched, changes, state, state[FIRST_ASSIGNED], t)


@inlined
def settle(ctx, out32, out64, ticket, t, created, group_before, solves_before, replied_before, rated, trace):
    """What follows once all fields of an instant are in place: turns, update clocks, group clocks, attribution."""
    sched, changes, segments, state, slots, revisions, pieces, sla, cursor = ctx
    status = state[STATUS_NOW]
    if not unsolved(status):
        if state[TURN_OPEN]:
            mark(trace, cursor, ticket, t, MARK_TURN_END, 0, -1)
        state[TURN_OPEN] = 0
        for metric in range(METRICS):
            if not cumulative(metric) and slots[metric, ACTIVE]:
                stop_clock(ctx, ticket, metric, t, END_SOLVED)
    else:
        if state[REPLIED_NOW]:
            start_clock(slots, PERIODIC_UPDATE, t)
            start_clock(slots, PAUSABLE_UPDATE, t)
        if state[GROUP] != group_before:
            stop_clock(ctx, ticket, GROUP_OWNERSHIP, t, END_REASSIGNED)
            mark(trace, cursor, ticket, t, MARK_GROUP, state[GROUP], -1)
        if not slots[GROUP_OWNERSHIP, ACTIVE] and state[GROUP] >= 0:
            start_clock(slots, GROUP_OWNERSHIP, t)
        for metric in range(METRICS):
            if cumulative(metric) and not slots[metric, ACTIVE]:
                start_clock(slots, metric, created)
        if not slots[FIRST_REPLY, ACTIVE] and not state[FIRST_REPLY_OVER]:
            start_clock(slots, FIRST_REPLY, created)
    if t == created:
        out32[C_GROUP_CREATED, ticket] = code_or_null(state[GROUP])
        out32[C_PRIORITY_CREATED, ticket] = code_or_null(state[PRIORITY])
    elif out32[C_GROUP_CREATED, ticket] == NULL32 and state[GROUP] >= 0 and group_before < 0:
        out32[C_GROUP_CREATED, ticket] = state[GROUP]
    if replied_before == NULL64 and state[FIRST_REPLY_AT] != NULL64:
        out32[C_GROUP_REPLY, ticket] = code_or_null(state[GROUP])
    if state[SOLVES] != solves_before:
        settle_solve(out32, state, ticket, solves_before)
    if rated and state[RATED_AT] == t:
        attribute_rating(out32, out64, state, ticket, t)


@inlined
def settle_solve(out32, state, ticket, solves_before):
    """Remember who and which group held the ticket when it was solved."""
    state[ASSIGNEE_AT_SOLVE] = state[ASSIGNEE]
    out32[C_GROUP_LAST_SOLVE, ticket] = code_or_null(state[GROUP])
    out32[C_PRIORITY_SOLVE, ticket] = code_or_null(state[PRIORITY])
    if solves_before == 0:
        out32[C_GROUP_FIRST_SOLVE, ticket] = code_or_null(state[GROUP])


@inlined
def finish(ctx, out32, out64, turns, episodes, stations, ticket, as_of):
    """Close the books of a ticket at as-of."""
    sched, changes, segments, state, slots, revisions, pieces, sla, cursor = ctx
    status = state[STATUS_NOW]
    has = state[HAS_SCHEDULE]
    if state[TURN_OPEN]:
        everything, last = (NULL64, NULL64)
        if has:
            everything, last = modes(sched, changes, state, state[TURN_SINCE], as_of)
        out64[I_WAITING, ticket] = state[TURN_SINCE]
        write_turn(turns, cursor, state, ticket, as_of, NULL64, everything, last)
    for metric in range(METRICS):
        if cumulative(metric) and not unsolved(status):
            end_instance(ctx, ticket, metric, state[DONE_AT], END_SOLVED)
        else:
            end_instance(ctx, ticket, metric, as_of, END_OPEN)
    if unsolved(status):
        close_segment(out32, ticket, sched, changes, segments, state, as_of)
    if not (status == SOLVED or status == CLOSED):
        for mode in range(3):
            out32[C_FULL_RES + mode, ticket] = NULL32
    for mode in range(3):
        if mode > 0 and not has:
            out32[C_AWT + mode, ticket] = NULL32
            out32[C_RWT + mode, ticket] = NULL32
            out32[C_UNSOLVED + mode, ticket] = NULL32
            continue
        awt = out32[C_STATUS + mode, ticket] + out32[C_STATUS + 3 + mode, ticket]
        out32[C_AWT + mode, ticket] = awt
        out32[C_RWT + mode, ticket] = awt + out32[C_STATUS + 9 + mode, ticket]
        out32[C_UNSOLVED + mode, ticket] = out32[C_RWT + mode, ticket] + out32[C_STATUS + 6 + mode, ticket]
    write_episode(ctx, episodes, ticket, as_of if unsolved(status) else NULL64)
    if unsolved(status):
        put_triple(out32, C_AGE, ticket, sched, changes, state, state[CREATED], as_of)
    leave_station(stations, cursor, state, ticket, NULL64, 0)
    out32[C_STATUS_LAST, ticket] = status
    out32[C_SOLVES, ticket] = state[SOLVES]
    out32[C_REOPENS_SOLVES, ticket] = max(0, state[SOLVES] - 1)
    out32[C_ASSIGNEES, ticket] = state[ASSIGNEES]
    out32[C_GROUPS, ticket] = state[GROUPS]
    out32[C_AGENTS_PUBLIC, ticket] = state[WROTE_AGENTS]
    out32[C_LAST_ASSIGNEE, ticket] = code_or_null(state[ASSIGNEE])
    out32[C_SOLVER, ticket] = code_or_null(state[SOLVER])
    out32[C_PRIORITY, ticket] = code_or_null(state[PRIORITY])
    out32[C_GROUP_LAST, ticket] = code_or_null(state[GROUP])
    out32[C_CSAT_FIRST, ticket] = state[RATING_FIRST]
    out32[C_CSAT_LAST, ticket] = state[RATING_LAST]
    human = out32[C_PUBLIC_AGENT, ticket] > 0
    bot = out32[C_BOT_REPLIES, ticket] > 0
    out32[C_HANDLED, ticket] = (1 if human else 0) + (2 if bot else 0)


def _doors(digest: int) -> Any:
    """The two compiled functions that Python calls; ``digest`` makes stale machine code unusable."""

    @door
    def ordered(tickets, rows_ticket, rows_at, rows_class, rows_original, rows_tie, rows_field):
        """Row numbers by ticket in event order, no comment twice; ``(order, offset)``, offset of shape (n + 1,)."""
        if digest == 0:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        order, offset = _ordered(tickets, rows_ticket, rows_at, rows_class, rows_original, rows_tie, rows_field)
        return _without_repeated_comments(order, offset, rows_at, rows_class, rows_tie)

    @door
    def walk(tickets, rows, offset, sched, default, as_of, out32, out64, sla, turns, episodes, stations, trace, cursor):
        """Walk every ticket of a batch; ``cursor`` counts the rows written to sla, turns, episodes, stations, trace.

        Parameters
        ----------
        tickets
            ``(actor_base, requester, assignee, created, status, priority, group)``; all but the first by ticket.
        rows
            ``(at, original, class, field, tie, value, actor, hint, public)`` in event order.
        """
        if digest == 0:
            return
        longest = 0
        for i in range(len(offset) - 1):
            longest = max(longest, offset[i + 1] - offset[i])
        room = longest + 4
        state = np.zeros(STATE_SIZE, np.int64)
        changes = np.zeros((2, room), np.int64)
        segments = np.zeros((4, room), np.int64)
        slots = np.zeros((METRICS, 9), np.int64)
        revisions = np.zeros((METRICS, 3, room), np.int64)
        pieces = np.zeros((9, 2 * room), np.int64)
        statuses = np.zeros((3, room), np.int64)
        people = np.zeros(room, np.int64)
        queues = np.zeros(room, np.int64)
        authors = np.zeros(room, np.int64)
        latest = np.zeros((2, room), np.int64)
        actors = np.zeros(room, np.int64)
        ctx = (sched, changes, segments, state, slots, revisions, pieces, sla, cursor)
        for i in range(len(offset) - 1):
            walk_one(
                ctx,
                tickets,
                rows,
                offset[i],
                offset[i + 1],
                default,
                as_of,
                i,
                out32,
                out64,
                turns,
                episodes,
                stations,
                trace,
                statuses,
                people,
                queues,
                authors,
                latest,
                actors,
            )

    return ordered, walk


ordered, walk_tickets = _doors(sources_digest())
