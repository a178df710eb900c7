"""Beside which simple rules do the chances stand? One table: the model, "oldest first", "reopened twice".

All speak about the same mornings, flag the same number of tickets a day at most, and are held to the same escalations.
Precision and recall count tickets, not looks: a ticket is caught when it was flagged on some morning before it was
escalated, within a week; lead time is from the first such flag to the escalation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from maitred.insight.calibration import judged
from maitred.insight.escalation.learning import Ahead, Learned
from maitred.insight.evidence.tables import NEVER, Flags, Floats
from maitred.metrics.intervals import Interval, wilson

_DAY = 86_400
CAUGHT_DAYS: Final = 7
"""A flag so many days before an escalation, or fewer, foresaw it."""
RULES: Final = ("model", "oldest_first", "reopened_twice")


@dataclass(frozen=True, slots=True)
class Row:
    """How one rule fared; shares with their 95 % intervals, None where nothing stands behind them.

    ``flagged`` is the share of tickets that lay open on some morning and were flagged; ``lead_hours`` the median.
    ``auc`` is over looks; ``slope`` that of calibration (None where a rule states no chance).
    """

    rule: str
    tickets: int
    escalated: int
    flagged: float
    precision: float | None
    precision_interval: tuple[float, float] | None
    recall: float | None
    recall_interval: tuple[float, float] | None
    lead_hours: float | None
    auc: float
    slope: float | None


def table(found: Learned, share: float = 0.08) -> tuple[Row, ...]:
    """The rules side by side, each flagging at most a share of the tickets.

    Parameters
    ----------
    share
        Of the tickets that lay open on some morning, the largest part that is flagged.
    """
    return tuple(fared(found.ahead, name, order, share) for name, order in orders(found.ahead))


def orders(ahead: Ahead) -> list[tuple[str, Floats]]:
    """By what each rule orders looks; the higher the sooner it is flagged."""
    looks = ahead.looks
    twice = np.where(looks.reopened >= 2, 1e12, 0.0) + looks.reopened * 1e9 + looks.age
    return [("model", ahead.said), ("oldest_first", looks.age), ("reopened_twice", twice)]


def fared(ahead: Ahead, rule: str, order: Floats, share: float) -> Row:
    """How a rule fares whose flags are the looks above a bar, set so that at most a share of tickets is flagged."""
    looks = ahead.looks
    flags = flagged(ahead, order, share)
    tickets = np.unique(looks.ticket)
    hit = np.unique(looks.ticket[looks.escalated < NEVER])
    # only what lay open on the morning before can be caught
    reachable = np.unique(looks.ticket[looks.came > 0])
    named = np.unique(looks.ticket[flags])
    caught_looks = flags & (looks.escalated < looks.at + CAUGHT_DAYS * _DAY)
    caught = np.unique(looks.ticket[caught_looks])
    lead = _lead(ahead, caught_looks)
    precision = _share(len(caught), len(named))
    recall = _share(len(caught), len(reachable))
    stated = judged(ahead.said, looks.came, ahead.oldest, looks.ticket).slope if rule == "model" else None
    return Row(
        rule, len(tickets), len(np.intersect1d(hit, reachable)), len(named) / max(len(tickets), 1), precision[0],
        precision[1], recall[0], recall[1], lead, auc(order, looks.came), stated,
    )  # fmt: skip


def flagged(ahead: Ahead, order: Floats, share: float) -> Flags:
    """The looks above the bar at which at most a share of the tickets is flagged."""
    tickets = ahead.looks.ticket
    _, place = np.unique(tickets, return_inverse=True)
    highest = np.full(place.max(initial=-1) + 1, -np.inf)
    np.maximum.at(highest, place, order)
    allowed = int(share * len(highest))
    if not allowed:
        return np.zeros(len(order), np.bool_)
    bar = np.sort(highest)[::-1][allowed - 1]
    flags: Flags = order >= bar
    if (highest >= bar).sum() > allowed:  # ties at the bar
        flags = order > bar
    return flags


def auc(order: Floats, came: Floats) -> float:
    """The chance that a look before an escalation stands above one without; 0.5 says nothing, ties count half."""
    from scipy.stats import rankdata

    hits = int(came.sum())
    if not hits or hits == len(came):
        return float("nan")
    ranks = rankdata(order)
    return float((ranks[came > 0].sum() - hits * (hits + 1) / 2) / (hits * (len(came) - hits)))


def _lead(ahead: Ahead, caught: Flags) -> float | None:
    looks = ahead.looks
    if not caught.any():
        return None
    order = np.argsort(looks.at[caught], kind="stable")
    ticket, at = looks.ticket[caught][order], looks.at[caught][order]
    _, first = np.unique(ticket, return_index=True)
    escalated = looks.escalated[caught][order][first]
    return float(np.median((escalated - at[first]) / 3600))


def _share(hits: int, n: int) -> tuple[float | None, tuple[float, float] | None]:
    if not n:
        return None, None
    ends: Interval = wilson(hits, n)
    return hits / n, (ends.low or 0.0, 1.0 if ends.high is None else ends.high)
