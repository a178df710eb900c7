"""How much work lay open in each group at the end of each day, how old it was, and which tickets it is.

Counts follow status and group through time; a ticket that is deleted, merged or spam lies nowhere from then on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from maitred.insight.detectors.scan import unusual
from maitred.insight.evidence.cutting import value_at
from maitred.insight.evidence.tables import NEVER, STATUSES, Codes, Days, Evidence, Flags, Floats, Ints

OLD_S: Final = 5 * 86_400
_OPEN: Final = (STATUSES.index("new"), STATUSES.index("open"))
_ASIDE: Final = (STATUSES.index("pending"), STATUSES.index("hold"))


@dataclass(frozen=True, slots=True)
class OpenWork:
    """Counts at the end of each day, shape (groups, days): open (new, open), aside (pending, on hold), old (open and
    created more than five days before), and the stretches of open work behind them."""

    opened: Floats
    aside: Floats
    old: Floats
    ticket: Ints
    group: Codes
    begins: Ints
    ends: Ints

    def now(self, group: int, at: int) -> Ints:
        """Tickets open in a group at an instant."""
        mine = (self.group == group) & (self.begins < at) & (self.ends >= at)
        return np.unique(self.ticket[mine])


def open_work(evidence: Evidence) -> OpenWork:
    """Counts the open work of every group at the end of every day."""
    tickets, spans, moves = evidence.tickets, evidence.statuses, evidence.groups_of
    ticket = np.concatenate([spans.ticket, moves.ticket])
    at = np.concatenate([spans.from_at, moves.from_at])
    order = np.lexsort((at, ticket))
    ticket, at = ticket[order], at[order]
    if len(ticket):
        kept = np.append((ticket[1:] != ticket[:-1]) | (at[1:] != at[:-1]), True)
        ticket, at = ticket[kept], at[kept]
    status = value_at(spans, ticket, at)
    group = value_at(moves, ticket, at)
    group = np.where(group < 0, tickets.group[ticket], group).astype(np.int32)
    ends = np.full(len(at), NEVER, np.int64)
    if len(at) > 1:
        ends[:-1] = np.where(ticket[1:] == ticket[:-1], at[1:], NEVER)
    ends = np.minimum(ends, tickets.excluded_at[ticket])
    there = (ends > at) & (group >= 0)
    ticket, at, ends, group, status = ticket[there], at[there], ends[there], group[there], status[there]
    is_open = np.isin(status, _OPEN)
    late = np.maximum(at, tickets.created[ticket] + OLD_S)
    shape = (len(evidence.groups), evidence.days)
    return OpenWork(
        _count(shape, group, at, ends, is_open),
        _count(shape, group, at, ends, np.isin(status, _ASIDE)),
        _count(shape, group, late, ends, is_open & (late < ends)),
        ticket[is_open],
        group[is_open],
        at[is_open],
        ends[is_open],
    )


def _count(shape: tuple[int, Days], group: Codes, begins: Ints, ends: Ints, rows: Flags) -> Floats:
    groups, days = shape
    length = len(days)
    steps = np.zeros((groups, length + 1))
    first = np.clip(days.of(begins[rows]), 0, length)
    last = np.where(ends[rows] < NEVER, np.clip(days.of(ends[rows]), 0, length), length)
    np.add.at(steps, (group[rows], first), 1)
    np.add.at(steps, (group[rows], last), -1)
    found: Floats = np.cumsum(steps[:, :length], axis=1)
    return found


def recovering(days: Days) -> Flags:
    """Holidays, and the three working days after each, in which what was left lying is worked off."""
    found = unusual(days)
    left = 0
    for day in range(len(days)):
        if found[day]:
            left = 2
        elif left and not days.off[day]:
            found[day], left = True, left - 1
    return found
