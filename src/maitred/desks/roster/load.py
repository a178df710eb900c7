"""How much work waits on somebody: expected hours of their open tickets, not how many there are.

    load = sum over open tickets of P(comes back) * E[effort left | it does, kind of ticket]

A ticket that waits for the customer counts as well, by how often such tickets come back. Both parts are learned from
the organisation's own past: on earlier days the tickets that were open then, and the effort that went into each within
four weeks. Pure functions on plain values; durations in seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median

from maitred.base.errors import Invalid
from maitred.metrics.intervals import quantile_ranks

FEWEST = 30
"""Tickets of the past that a kind must rest on; a thinner kind is read from the wider one that holds it."""
FEWEST_WEEKS = 8
"""Earlier weeks that make somebody's usual load: below, a median has no 95 % interval."""
_Z = 1.959964

Kind = tuple[str, ...]
"""What a ticket is, from the widest word on: (state), (state, channel), (state, channel, group)."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A ticket that was open on an earlier day, and the effort that went into it in the four weeks from then."""

    kind: Kind
    seconds: float
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What open tickets of a kind still take.

    ``returns`` is the share that was worked on again, ``each`` the mean effort of those, ``mean`` their product;
    ``spread`` is the standard deviation of one ticket, ``error`` that of the mean. ``n`` are different tickets.
    """

    kind: Kind
    n: int
    returns: float
    each: float
    mean: float
    spread: float
    error: float


@dataclass(frozen=True, slots=True)
class Load:
    """Expected effort of open tickets in seconds, with the range that the tickets will really take in 95 % of cases.

    ``value`` is None where too little is known (``needed`` tickets of the past of that kind, ``known`` are there).
    ``hours`` are working seconds of the next seven days, None where nobody entered them.
    """

    n: int
    value: float | None
    low: float | None
    high: float | None
    hours: float | None = None
    known: int = 0
    needed: int | None = None

    @property
    def share(self) -> float | None:
        """Load over available time; None where either is not known, or there is none."""
        return None if self.value is None or not self.hours else self.value / self.hours


@dataclass(frozen=True, slots=True)
class Usual:
    """Somebody's own past: the median of earlier weeks and its interval; None with fewer than eight of them."""

    weeks: int
    value: float | None
    low: float | None
    high: float | None
    needed: int = FEWEST_WEEKS


def learned(rows: Iterable[Looked]) -> dict[Kind, Estimate]:
    """Estimates of every kind that occurs, and of the wider kinds that hold them.

    A ticket that was looked at on several days counts on each, but only once in ``n``: the error of a mean is taken
    over tickets, since days of one ticket are not independent.
    """
    found: dict[Kind, list[Looked]] = {}
    for row in rows:
        if row.seconds < 0:
            raise Invalid("effort is not below nothing", "leave out rows without effort, or give 0")
        for length in range(len(row.kind) + 1):
            found.setdefault(row.kind[:length], []).append(row)
    return {kind: _estimate(kind, those) for kind, those in found.items()}


def estimate_for(kind: Kind, known: Mapping[Kind, Estimate], fewest: int = FEWEST) -> Estimate | None:
    """The narrowest kind with enough tickets; None where even all tickets together are too few.

    >>> known = learned([Looked(("due", "chat"), 60.0, str(one)) for one in range(40)])
    >>> estimate_for(("due", "chat", "11"), known).kind, estimate_for(("idle",), known).kind
    (('due', 'chat'), ())
    """
    for length in range(len(kind), -1, -1):
        found = known.get(kind[:length])
        if found is not None and found.n >= fewest:
            return found
    return None


def load(open_tickets: Sequence[Kind], known: Mapping[Kind, Estimate], hours: float | None = None) -> Load:
    """What these open tickets are expected to take.

    Parameters
    ----------
    open_tickets
        The kind of each.
    known
        From ``learned``.
    hours
        Working time of the coming week in seconds.

    Notes
    -----
    The range holds what single tickets differ by (independent of each other) and how unsure each estimate is (shared
    by all tickets that use it): ``1.96 * sqrt(sum m_k * spread_k^2 + sum (m_k * error_k)^2)``.
    """
    counted: dict[Kind, int] = {}
    used: dict[Kind, Estimate] = {}
    for kind in open_tickets:
        one = estimate_for(kind, known)
        if one is None:
            there = known.get(())
            return Load(len(open_tickets), None, None, None, hours, there.n if there else 0, FEWEST)
        counted[one.kind] = counted.get(one.kind, 0) + 1
        used[one.kind] = one
    value = sum(many * used[kind].mean for kind, many in counted.items())
    alone = sum(many * used[kind].spread ** 2 for kind, many in counted.items())
    shared = sum((many * used[kind].error) ** 2 for kind, many in counted.items())
    half = _Z * sqrt(alone + shared)
    least = min((one.n for one in used.values()), default=0)
    return Load(len(open_tickets), value, max(0.0, value - half), value + half, hours, least)


def usual(weeks: Sequence[float]) -> Usual:
    """Somebody's usual load out of the loads of earlier weeks: the median and its exact interval.

    >>> usual([3600.0] * 12).value
    3600.0
    """
    n = len(weeks)
    if n < FEWEST_WEEKS:
        return Usual(n, None, None, None)
    low, high = quantile_ranks(n, 50)
    ordered = sorted(weeks)
    return Usual(n, float(median(ordered)), ordered[max(0, low - 1)], ordered[min(n, high) - 1])


def differs(now: Load, past: Usual) -> str:
    """How a load stands to the own usual: ``above``, ``below``, ``same`` (their intervals meet) or ``cannot_tell``."""
    if now.value is None or past.value is None or now.low is None or now.high is None:
        return "cannot_tell"
    if past.high is not None and now.low > past.high:
        return "above"
    if past.low is not None and now.high < past.low:
        return "below"
    return "same"


def _estimate(kind: Kind, rows: Sequence[Looked]) -> Estimate:
    by_ticket: dict[str, list[float]] = {}
    for place, row in enumerate(rows):
        by_ticket.setdefault(row.ticket or f"#{place}", []).append(row.seconds)
    values = [row.seconds for row in rows]
    count, tickets = len(values), len(by_ticket)
    mean = sum(values) / count
    back = [one for one in values if one > 0]
    spread = sqrt(sum((one - mean) ** 2 for one in values) / (count - 1)) if count > 1 else 0.0
    # clusters: residuals are summed ticket by ticket before they are squared
    sums = [sum(one - mean for one in those) for those in by_ticket.values()]
    error = sqrt(tickets / (tickets - 1) * sum(one * one for one in sums)) / count if tickets > 1 else spread
    each = sum(back) / len(back) if back else 0.0
    return Estimate(kind, tickets, len(back) / count, each, mean, spread, error)
