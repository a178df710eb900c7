"""What is known about open tickets at an instant: age, turns, tone, reopenings, whose turn it is, the account's worth.

Everything at an instant comes from rows before it.
"""

from __future__ import annotations

import numpy as np

from maitred.insight.evidence.tables import CHANNELS, CUSTOMER, NEVER, Evidence, Floats, Ints
from maitred.insight.running import Course

_SPAN = np.int64(1) << 34
_OPEN = 4
"""Statuses below this one are unsolved."""


class Open:
    """The tickets of the evidence, and what they show at any instant."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.statuses, self.assignees = Course.of(evidence.statuses), Course.of(evidence.assignees)
        turns, messages = evidence.turns, evidence.messages
        self.turns = Course(turns.ticket, turns.opened_at, np.minimum(turns.ended_at, turns.answered_at))
        self.opened = _Counts(turns.ticket, turns.opened_at, np.ones(len(turns.ticket)))
        own = messages.kind == CUSTOMER
        self.bad = _Counts(messages.ticket[own], messages.sent_at[own], np.maximum(-messages.tone[own], 0))
        solves = evidence.solves
        back = solves.reopened_at < NEVER
        self.reopened = _Counts(solves.ticket[back], solves.reopened_at[back], np.ones(int(back.sum())))
        moved = evidence.groups_of
        self.moved = _Counts(moved.ticket, moved.from_at, np.ones(len(moved.ticket)))

    def running(self, at: int) -> Ints:
        """Tickets that are unsolved at an instant."""
        created, gone = self.evidence.tickets.created, self.evidence.tickets.excluded_at
        there = np.flatnonzero((created < at) & (gone >= at))
        status = self.statuses.at(there, np.full(len(there), at))
        return there[(status >= 0) & (status < _OPEN)]

    def seen(self, ticket: Ints, at: int) -> Floats:
        """Features of tickets at an instant, shape (tickets, features)."""
        tickets, instant = self.evidence.tickets, np.full(len(ticket), at, np.int64)
        account = tickets.account[ticket]
        revenue = np.append(self.evidence.accounts.revenue, np.nan)[account]
        since = self.turns.at(ticket, instant)
        columns = [
            np.log1p((at - tickets.created[ticket]) / 3600)[:, None],
            np.log1p(self.opened.before(ticket, at))[:, None],
            np.log1p(self.bad.before(ticket, at))[:, None],
            np.log1p(self.reopened.before(ticket, at))[:, None],
            np.log1p(self.moved.before(ticket, at))[:, None],
            (since >= at)[:, None],
            (self.assignees.at(ticket, instant) >= 0)[:, None],
            self.statuses.at(ticket, instant)[:, None] == np.arange(_OPEN),
            tickets.channel[ticket][:, None] == np.arange(len(CHANNELS)),
            tickets.priority[ticket][:, None] == np.arange(4),
            np.log1p(np.nan_to_num(revenue, nan=0.0))[:, None],
        ]
        return np.concatenate(columns, axis=1).astype(np.float64)


class _Counts:
    """Sums of a number by ticket up to an instant."""

    def __init__(self, ticket: Ints, at: Ints, value: Floats) -> None:
        order = np.lexsort((at, ticket))
        self.key = ticket[order].astype(np.int64) * _SPAN + at[order]
        self.sums = np.concatenate([[0.0], np.cumsum(value[order])])

    def before(self, ticket: Ints, at: int) -> Floats:
        """Sums of what lies before an instant."""
        key = ticket.astype(np.int64) * _SPAN
        first, last = (np.searchsorted(self.key, one, side="left") for one in (key, key + at))
        found: Floats = self.sums[last] - self.sums[first]
        return found
