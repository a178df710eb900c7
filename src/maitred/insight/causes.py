"""Why promises were broken: how many breaches each way of spending time is to blame for, and how many none is.

For whoever has seconds per state and a target for each promise. A state is to blame as far as the breach vanishes when
its seconds are set to the median of the promises of the same class that were kept. Averaged over all orders in which
the states can be set (the Shapley value), so that parts and "unavoidable" add up to the number of breaches exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]

UNAVOIDABLE = "unavoidable"
FEWEST_ON_TIME = 8
"""A median of fewer has no interval, so the wider class is asked."""
FEWEST_TICKETS = 8
DRAWS = 2_000
LEVEL = 0.95
_CHUNK = 4_000_000


@dataclass(frozen=True, slots=True)
class Promises:
    """Decided promises: n of them, k states.

    Attributes
    ----------
    seconds
        Shape (n, k): seconds of the target's clock in each state; a row adds up to what the clock ran.
    target
        Shape (n,): the seconds promised.
    broken
        Shape (n,): whether the promise was broken.
    classes, wider
        Shape (n,): number of the class that on-time medians are taken from, and of the one to ask instead where fewer
        than ``FEWEST_ON_TIME`` were kept.
    ticket
        Shape (n,): the ticket, since the promises of one ticket are not independent.
    """

    seconds: Ints
    target: Ints
    broken: Flags
    classes: Ints
    wider: Ints
    ticket: Ints


@dataclass(frozen=True, slots=True)
class Cause:
    """One part of the breaches; ``low`` and ``high`` are None with too few tickets for an interval.

    ``mostly`` counts the breaches to which this part contributes most; of equal parts the first in order has it.
    """

    state: str
    count: float
    low: float | None
    high: float | None
    share: float | None
    mostly: int


@dataclass(frozen=True, slots=True)
class Causes:
    """The breaches and their parts, which add up to ``total``; the last part is ``unavoidable``.

    ``without_comparison`` counts those, among the unavoidable, for which too few promises were kept to compare with.
    ``blame`` has a row for each breach (in the order of ``Promises``) and a column for each part, in units of
    ``1 / whole``; ``mostly`` is the column with the greatest part.
    """

    total: int
    tickets: int
    parts: tuple[Cause, ...]
    without_comparison: int
    blame: Ints
    mostly: Ints
    whole: int


def causes(promises: Promises, states: tuple[str, ...], seed: int = 0) -> Causes:
    """Split the breaches among the states.

    Parameters
    ----------
    promises
        Kept and broken ones of the same question; the kept may be a sample.
    states
        Names of the k columns of ``promises.seconds``, at most 8.
    seed
        Of the bootstrap over tickets (2,000 draws, percentile); on-time medians are held fixed.

    Examples
    --------
    >>> waited = np.array([[10, 50]] * 8 + [[70, 50]])
    >>> ones = np.ones(9, np.int64)
    >>> broken = np.arange(9) == 8
    >>> found = causes(Promises(waited, 100 * ones, broken, ones, ones, np.arange(9)), ("queue", "in_hand"))
    >>> [(part.state, part.count) for part in found.parts]
    [('queue', 1.0), ('in_hand', 0.0), ('unavoidable', 0.0)]
    """
    typical = on_time_medians(promises)
    known = ~np.isnan(typical).any(axis=1)
    seconds, target = promises.seconds[promises.broken], promises.target[promises.broken]
    whole = factorial(seconds.shape[1])
    shared = np.zeros(seconds.shape, np.int64)
    shared[known] = blame(seconds[known], target[known], typical[known])
    parts = np.column_stack([shared, whole - shared.sum(axis=1)])
    mostly = parts.argmax(axis=1)
    total = len(parts)
    clusters, ends = _interval(parts, promises.ticket[promises.broken], seed)
    shown = []
    for place, name in enumerate((*states, UNAVOIDABLE)):
        count = int(parts[:, place].sum()) / whole
        low, high = (None, None) if ends is None else (float(ends[0, place]) / whole, float(ends[1, place]) / whole)
        share = count / total if total else None
        shown.append(Cause(name, count, low, high, share, int(np.count_nonzero(mostly == place))))
    return Causes(total, clusters, tuple(shown), int(np.count_nonzero(~known)), parts, mostly, whole)


def on_time_medians(promises: Promises) -> Floats:
    """The median seconds of each state among the kept promises of each breach's class; shape (breaches, k).

    NaN where neither the class nor the wider one has ``FEWEST_ON_TIME`` kept promises.
    """
    kept = ~promises.broken
    found = np.full((int(promises.broken.sum()), promises.seconds.shape[1]), np.nan)
    for classes in (promises.wider, promises.classes):
        mine, theirs = classes[promises.broken], classes[kept]
        seconds = promises.seconds[kept]
        for one in np.unique(mine):
            own = theirs == one
            if int(own.sum()) >= FEWEST_ON_TIME:
                found[mine == one] = np.median(seconds[own], axis=0)
    return found


def blame(seconds: Ints, target: Ints, typical: Floats) -> Ints:
    """Each state's Shapley value of "the breach vanishes", in units of 1 / k!; shape (n, k).

    Parameters
    ----------
    seconds, typical
        Shape (n, k): seconds spent, and those that a state is set to (never more than were spent).
    target
        Shape (n,): a promise is kept when the sum is at most this.
    """
    k = seconds.shape[1]
    saved = np.maximum(seconds - typical, 0.0)
    late = (seconds.sum(axis=1) - target).astype(np.float64)
    members = (np.arange(1 << k)[:, None] >> np.arange(k)) & 1
    vanishes = saved @ members.T.astype(np.float64) >= late[:, None]
    found: Ints = np.rint(vanishes.astype(np.float64) @ _weights(members)).astype(np.int64)
    return found


def _weights(members: Ints) -> Floats:
    """What each coalition (row) adds to each state's value (column), times k!; whole numbers."""
    k = members.shape[1]
    size = members.sum(axis=1)
    joined = np.array([factorial(max(s - 1, 0)) * factorial(k - s) for s in range(k + 1)], np.float64)
    left = np.array([factorial(s) * factorial(max(k - s - 1, 0)) for s in range(k + 1)], np.float64)
    found: Floats = np.where(members == 1, joined[size][:, None], -left[size][:, None])
    return found


def _interval(parts: Ints, ticket: Ints, seed: int) -> tuple[int, Floats | None]:
    """How many tickets there are, and the percentile bootstrap over them; shape (2, columns).

    Tickets with the same parts are drawn together: their number in a draw is multinomial.
    """
    names, place = np.unique(ticket, return_inverse=True)
    if len(names) < FEWEST_TICKETS:
        return len(names), None
    sums = np.zeros((len(names), parts.shape[1]), np.int64)
    np.add.at(sums, place, parts)
    patterns, counts = np.unique(sums, axis=0, return_counts=True)
    generator = np.random.default_rng(seed)
    step = max(1, _CHUNK // len(patterns))
    drawn = [
        generator.multinomial(len(names), counts / len(names), min(step, DRAWS - done)) @ patterns
        for done in range(0, DRAWS, step)
    ]
    ends: Floats = np.quantile(np.concatenate(drawn), [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return len(names), ends
