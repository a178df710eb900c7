"""Compiled judgement of one SLA instance: how much of the clock has run, when the target was reached, the verdict.

A clock is cut into *pieces* ``(from, to, schedule)`` inside which it runs without a pause under one schedule; schedule
-2 stands for wall time. Elapsed time at any instant and the instant of reaching a target both follow from the pieces.
"""

from __future__ import annotations

from maitred.metrics.clocks.business import open_before, reached
from maitred.metrics.clocks.codes import (
    AGENT_WORK,
    BREACHED,
    CANCELLED,
    CANNOT_TELL,
    END_CANCELLED,
    END_DELETED,
    END_OPEN,
    GROUP_OWNERSHIP,
    HOLD,
    MET,
    NEW,
    NULL64,
    OPEN,
    OVERDUE,
    PAUSABLE_UPDATE,
    PENDING,
    REQUESTER_WAIT,
    RUNNING,
    TOTAL_RESOLUTION,
)
from maitred.metrics.clocks.compiled import compiled, inlined

WALL = -2


@inlined
def runs_in(metric, status):
    """Whether the clock of an SLA metric runs while the ticket has this status (reply clocks always run)."""
    if metric == PAUSABLE_UPDATE or metric == REQUESTER_WAIT:
        return status == NEW or status == OPEN or status == HOLD
    if metric == AGENT_WORK or metric == GROUP_OWNERSHIP:
        return status == NEW or status == OPEN
    if metric == TOTAL_RESOLUTION:
        return status == NEW or status == OPEN or status == HOLD or status == PENDING
    return True


@inlined
def by_status(metric):
    """Whether the clock of an SLA metric is a sum of status intervals (else one span)."""
    return metric >= PAUSABLE_UPDATE


@inlined
def length(sched, k, a, b):
    if k == WALL:
        return b - a
    return open_before(sched, k, b) - open_before(sched, k, a)


@inlined
def elapsed_at(sched, piece_from, piece_to, piece_schedule, pieces, t):
    """Seconds that the clock has run up to instant ``t``."""
    total = 0
    for p in range(pieces):
        if piece_from[p] >= t:
            break
        total += length(sched, piece_schedule[p], piece_from[p], min(piece_to[p], t))
    return total


@compiled
def instant_of(sched, piece_from, piece_to, piece_schedule, pieces, seconds):
    """The earliest instant at which the clock has run for ``seconds``; NULL64 when it never does."""
    total = 0
    for p in range(pieces):
        k = piece_schedule[p]
        part = length(sched, k, piece_from[p], piece_to[p])
        if total + part >= seconds:
            rest = seconds - total
            if k == WALL or rest <= 0:
                return piece_from[p] + rest
            return reached(sched, k, open_before(sched, k, piece_from[p]) + rest)
        total += part
    return NULL64


@compiled
def cut_all(change_at, change_to, changes, a, b, piece_from, piece_to, piece_schedule, pieces):
    """Append ``[a, b)`` cut at the schedule changes; returns the new number of pieces."""
    for c in range(changes):
        start = change_at[c] if c > 0 and change_at[c] > a else a
        end = change_at[c + 1] if c + 1 < changes and change_at[c + 1] < b else b
        if end > start:
            piece_from[pieces] = start
            piece_to[pieces] = end
            piece_schedule[pieces] = change_to[c]
            pieces += 1
    return pieces


@compiled
def cut(
    mode,
    metric,
    start,
    end,
    segment_from,
    segment_to,
    segment_status,
    segment_schedule,
    segments,
    change_at,
    change_to,
    changes,
    schedule_at_end,
    piece_from,
    piece_to,
    piece_schedule,
):
    """Cut the run of a clock between two instants into pieces; ``mode`` 0 wall time, 1 business_all, 2 business_last.

    The segments are the status intervals up to ``end`` in order, the running one included.
    """
    pieces = 0
    if not by_status(metric):
        if end > start:
            if mode == 1:
                return cut_all(change_at, change_to, changes, start, end, piece_from, piece_to, piece_schedule, 0)
            piece_from[0] = start
            piece_to[0] = end
            piece_schedule[0] = WALL if mode == 0 else schedule_at_end
            pieces = 1
        return pieces
    for s in range(segments):
        if not runs_in(metric, segment_status[s]):
            continue
        a = max(segment_from[s], start)
        b = min(segment_to[s], end)
        if b <= a:
            continue
        if mode == 1:
            pieces = cut_all(change_at, change_to, changes, a, b, piece_from, piece_to, piece_schedule, pieces)
        else:
            piece_from[pieces] = a
            piece_to[pieces] = b
            if mode == 0:
                piece_schedule[pieces] = WALL
            elif segment_to[s] > end:
                piece_schedule[pieces] = schedule_at_end
            else:
                piece_schedule[pieces] = segment_schedule[s]
            pieces += 1
    return pieces


@compiled
def first_breach(sched, pieces_wall, pieces_business, revision_at, revision_target, revision_business, revisions, end):
    """When the first revision was breached (strictly more than its target, while it was in force); NULL64 if none."""
    for i in range(revisions):
        until = revision_at[i + 1] if i + 1 < revisions and revision_at[i + 1] < end else end
        target = revision_target[i]
        if revision_business[i]:
            a, b, k, n = pieces_business
        else:
            a, b, k, n = pieces_wall
        if elapsed_at(sched, a, b, k, n, until) > target:
            moment = instant_of(sched, a, b, k, n, target)
            return max(revision_at[i], moment)
    return NULL64


@inlined
def verdict_of(reason, breached_at, cannot_tell):
    """The verdict of an instance from how it ended and whether it was breached."""
    if cannot_tell:
        return CANNOT_TELL
    breached = breached_at != NULL64
    if reason == END_OPEN:
        return OVERDUE if breached else RUNNING
    if reason == END_CANCELLED or reason == END_DELETED:
        return BREACHED if breached else CANCELLED
    return BREACHED if breached else MET
