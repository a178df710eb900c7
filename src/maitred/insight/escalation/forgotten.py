"""Which customers wait past so many business hours, and nobody of the team touched their ticket since they wrote?

The rule counts hours of each ticket's own schedule, so that Friday evening does not make Monday's list by itself. It is
a plain threshold that a team sets; ``detectors.promises`` tells who waits beyond what is usual.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from maitred.insight.detectors.waits import BusinessClock
from maitred.insight.evidence.cutting import value_at
from maitred.insight.evidence.tables import AGENT, STATUSES, Evidence, Floats, Ints

LIVE: Final = tuple(STATUSES.index(one) for one in ("new", "open"))
_SPAN = np.int64(1) << 34
_OLDEST_S = 180 * 86_400


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Tickets, since when their customer waits, and for how many business seconds, the longest first."""

    tickets: Ints
    since: Ints
    waited: Floats


def forgotten(evidence: Evidence, hours: float, at: int | None = None) -> Forgotten:
    """Customers who wait for more than so many business hours without anybody of the team having touched the ticket.

    Parameters
    ----------
    at
        Seconds UTC; by default ``evidence.as_of``.
    """
    when = evidence.as_of if at is None else at
    turns = evidence.turns
    ticket = turns.ticket.astype(np.int64)
    over = np.minimum(np.minimum(turns.answered_at, turns.ended_at), evidence.tickets.excluded_at[ticket])
    rows = np.flatnonzero((turns.opened_at < when) & (over >= when) & (turns.opened_at >= when - _OLDEST_S))
    rows = rows[~_touched(evidence, ticket[rows], turns.opened_at[rows], when)]
    status = value_at(evidence.statuses, ticket[rows], np.full(len(rows), when - 1))
    rows = rows[np.isin(status, LIVE)]
    instant = np.full(len(rows), when, np.int64)
    waited = BusinessClock(evidence).elapsed(ticket[rows], turns.opened_at[rows], instant)
    kept = waited > hours * 3600
    rows, waited = rows[kept], waited[kept]
    order = np.argsort(-waited, kind="stable")
    return Forgotten(ticket[rows][order], turns.opened_at[rows][order], waited[order])


def _touched(evidence: Evidence, ticket: Ints, since: Ints, until: int) -> np.ndarray:
    """Whether somebody of the team wrote, or changed status, group or holder, between two instants."""
    keys = _touches(evidence)
    first = np.searchsorted(keys, ticket * _SPAN + since, side="right")
    last = np.searchsorted(keys, ticket * _SPAN + until, side="left")
    return np.asarray(last > first)


def _touches(evidence: Evidence) -> Ints:
    messages = evidence.messages
    staff = messages.kind == AGENT
    keys = [messages.ticket[staff].astype(np.int64) * _SPAN + messages.sent_at[staff]]
    for spans in (evidence.statuses, evidence.groups_of, evidence.assignees):
        by = spans.by >= 0
        by[by] = evidence.people.staff[spans.by[by]] & ~evidence.people.bot[spans.by[by]]
        keys.append(spans.ticket[by].astype(np.int64) * _SPAN + spans.from_at[by])
    return np.sort(np.concatenate(keys))
