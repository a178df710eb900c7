"""Whom does a team look at today? At most so many new alerts a day, by chance times harm, never by chance alone.

A chance below the floor is no alert even where the budget is not used up: an empty list is a good answer.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import numpy as np

from maitred.insight.escalation.learning import Foreseen, Reason
from maitred.insight.evidence.tables import NEVER, Evidence, Floats, Ints

LOWEST: Final = 0.02
"""Chance under which nothing is an alert."""
_DAY = 86_400
_MOST = 20.0
"""By how much one customer counts more than another at most."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One ticket to look at: its chance, by how much it counts, and why."""

    ticket: int
    probability: float
    harm: float
    reasons: tuple[Reason, ...]

    @property
    def score(self) -> float:
        """By what alerts are ordered."""
        return self.probability * self.harm


def harms(evidence: Evidence, tickets: Ints, at: int) -> Floats:
    """By how much an escalation of each ticket counts: 1 for everybody, more by the worth and the nearness of renewal.

    An account worth the median counts 2, and one whose renewal is within 90 days half as much again; at most 20.
    """
    account = evidence.tickets.account[tickets].astype(np.int64)
    revenue = np.append(evidence.accounts.revenue, np.nan)[account]
    known = evidence.accounts.revenue[evidence.accounts.revenue > 0]
    usual = float(np.median(known)) if len(known) else 1.0
    worth = 1 + np.nan_to_num(revenue, nan=0.0) / max(usual, 1e-9)
    renewal = np.append(evidence.accounts.renewal, NEVER)[account]
    near = (renewal < NEVER) & (renewal >= at) & (renewal < at + 90 * _DAY)
    found: Floats = np.minimum(worth * np.where(near, 1.5, 1.0), _MOST)
    return found


def chosen(found: Foreseen, harm: Floats, budget: int, left_out: Collection[int] = ()) -> tuple[Alert, ...]:
    """The alerts of a day, the largest chance times harm first.

    Parameters
    ----------
    budget
        New alerts at most.
    left_out
        Tickets that were told already, are snoozed, held out, or escalated.
    """
    if budget <= 0:
        return ()
    score = found.probability * harm
    order = np.argsort(-score, kind="stable")
    out = set(left_out)
    alerts: list[Alert] = []
    for place in order.tolist():
        if len(alerts) == budget:
            break
        ticket, chance = int(found.tickets[place]), float(found.probability[place])
        if chance >= LOWEST and ticket not in out:
            alerts.append(Alert(ticket, chance, float(harm[place]), found.reasons[place]))
    return tuple(alerts)
