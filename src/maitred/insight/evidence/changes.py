"""What became of fields over time: stretches of one value, and the solves that follow from the statuses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from maitred.insight.evidence.calendar import Clock
from maitred.insight.evidence.cutting import rows, value_at
from maitred.insight.evidence.tables import NEVER, STATUSES, Codes, Flags, Ints, Solves, Spans

Table = TypeVar("Table")
NEW, OPEN = STATUSES.index("new"), STATUSES.index("open")
SOLVED, CLOSED = STATUSES.index("solved"), STATUSES.index("closed")


@dataclass(frozen=True, slots=True)
class Changed:
    """Changes of one field in any order; ``seq`` orders those of one instant, ``old`` is the value before."""

    ticket: Ints
    at: Ints
    seq: Ints
    value: Codes
    old: Codes
    by: Codes


def spans_of(changed: Changed, created: Ints, initial: Codes, unknown: int = -1) -> Spans:
    """Stretches of one value of a field.

    Parameters
    ----------
    changed
        The changes of the field; of several in one instant the last counts.
    created
        Creation of each ticket; earlier changes count as of then.
    initial
        The value of tickets that tell no change.
    unknown
        The value before a first change that does not say what was there.
    """
    at = np.maximum(changed.at, created[changed.ticket]) if len(changed.at) else changed.at
    order = np.lexsort((changed.seq, at, changed.ticket))
    ticket, at, value, by = changed.ticket[order], at[order], changed.value[order], changed.by[order]
    first = np.ones(len(ticket), dtype=np.bool_)
    first[1:] = ticket[1:] != ticket[:-1]
    begun = initial.astype(np.int32).copy()
    old = changed.old[order][first]
    begun[ticket[first]] = np.where(old < 0, unknown, old)
    late = np.ones(len(created), dtype=np.bool_)
    late[ticket[first]] = at[first] > created[ticket[first]]
    missing = np.flatnonzero(late)
    last = np.ones(len(ticket), dtype=np.bool_)
    last[:-1] = (ticket[1:] != ticket[:-1]) | (at[1:] != at[:-1])
    nobody = np.full(len(missing), -1, dtype=np.int32)
    return _joined(
        np.concatenate([missing, ticket[last]]).astype(np.int64),
        np.concatenate([created[missing], at[last]]).astype(np.int64),
        np.concatenate([begun[missing], value[last]]).astype(np.int32),
        np.concatenate([nobody, by[last]]).astype(np.int32),
    )


def by_ticket(spans: Spans) -> Spans:
    """Stretches ticket by ticket, each ticket's in order of time."""
    return rows(spans, np.lexsort((spans.from_at, spans.ticket)))


def solves_of(statuses: Spans, assignees: Spans, groups_of: Spans, created: Ints, staff: Flags, clock: Clock) -> Solves:
    """Every change from unsolved to solved (or closed without having been solved), by time.

    A ticket comes back when it goes from solved to new or open. The person is who did it, where a rule or the customer
    did it the assignee.
    """
    spans = by_ticket(statuses)
    done = (spans.value == SOLVED) | (spans.value == CLOSED)
    before = np.full(len(done), -1, dtype=np.int32)
    before[1:] = np.where(spans.ticket[1:] == spans.ticket[:-1], spans.value[:-1], -1)
    solve = np.flatnonzero(done & (before != SOLVED) & (before != CLOSED))
    back = (before == SOLVED) & ((spans.value == NEW) | (spans.value == OPEN))
    place = np.arange(len(done))
    came_back = np.maximum.accumulate(np.where(back, place, -1)) if len(done) else place
    following = _next(~done & (spans.value < SOLVED))
    ticket, at = spans.ticket[solve], spans.from_at[solve]
    started = created[ticket] if len(solve) else at
    last = came_back[solve]
    again = (last >= 0) & (spans.ticket[np.maximum(last, 0)] == ticket)
    started = np.where(again, spans.from_at[np.maximum(last, 0)], started).astype(np.int64)
    unsolved = following[solve]
    inside = np.minimum(unsolved, max(0, len(done) - 1))
    returned = (unsolved < len(done)) & (spans.ticket[inside] == ticket) & back[inside]
    by = spans.by[solve]
    person = (by >= 0) & staff[np.maximum(by, 0)] if len(staff) else np.zeros(len(by), dtype=np.bool_)
    found = Solves(
        ticket=ticket,
        agent=np.where(person, by, value_at(assignees, ticket, at)).astype(np.int32),
        group=value_at(groups_of, ticket, at),
        started_at=started,
        solved_at=at,
        seconds=clock.elapsed(ticket, started, at) if clock.opens else at - started,
        calendar_s=at - started,
        reopened_at=np.where(returned, spans.from_at[inside], NEVER).astype(np.int64),
    )
    return rows(found, np.lexsort((ticket, at)))


def left_unsolved(statuses: Spans, ticket: Ints, since: Ints) -> Ints:
    """When each ticket was next solved, closed or thrown away after an instant; ``NEVER`` if not."""
    spans = by_ticket(statuses)
    before = np.full(len(spans.ticket), -1, dtype=np.int32)
    before[1:] = np.where(spans.ticket[1:] == spans.ticket[:-1], spans.value[:-1], -1)
    ends = rows(spans, (spans.value >= SOLVED) & (before < SOLVED))
    return _following(ends.ticket, ends.from_at, ticket, since)


def _following(owner: Ints, at: Ints, ticket: Ints, since: Ints) -> Ints:
    """The first of instants (by owner, then time) at or after each question's."""
    owners = np.concatenate([owner, ticket])
    instants = np.concatenate([at, since])
    kind = np.concatenate([np.ones(len(owner), np.int8), np.zeros(len(ticket), np.int8)])
    order = np.lexsort((kind, instants, owners))
    event = order < len(owner)
    nearest = _next(event)
    found = np.full(len(ticket), NEVER, dtype=np.int64)
    asked = np.flatnonzero(~event)
    place = np.minimum(nearest[asked], max(0, len(order) - 1))
    hit = (nearest[asked] < len(order)) & (owners[order[place]] == owners[order[asked]])
    found[order[asked] - len(owner)] = np.where(hit, instants[order[place]], NEVER)
    return found


def _next(flags: Flags) -> Ints:
    """The place of the next row that is flagged, itself included; the length where there is none."""
    place = np.where(flags, np.arange(len(flags)), len(flags))
    return np.minimum.accumulate(place[::-1])[::-1].astype(np.int64) if len(flags) else place.astype(np.int64)


def _joined(ticket: Ints, at: Ints, value: Codes, by: Codes) -> Spans:
    order = np.lexsort((at, ticket))
    ticket, at, value, by = ticket[order], at[order], value[order], by[order]
    changes = np.ones(len(ticket), dtype=np.bool_)
    changes[1:] = (ticket[1:] != ticket[:-1]) | (value[1:] != value[:-1])
    ticket, at, value, by = ticket[changes], at[changes], value[changes], by[changes]
    until = np.full(len(ticket), NEVER, dtype=np.int64)
    until[:-1] = np.where(ticket[1:] == ticket[:-1], at[1:], NEVER)
    spans = Spans(ticket, value, at, until, by)
    return rows(spans, np.lexsort((ticket, at)))


def in_time(table: Table, by: str) -> Table:
    """Rows of a table by an instant, then by ticket."""
    columns: Any = table
    return rows(table, np.lexsort((columns.ticket, getattr(columns, by))))
