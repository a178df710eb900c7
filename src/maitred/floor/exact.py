"""What queueing theory says exactly about simple floors: the yardstick of the engine, and first guesses for staffing.

Rates are per any one unit of time; waits come in that unit. Offered load is in Erlangs: arrivals times mean effort.
Everything is evaluated by recurrences of positive terms or in logarithms, so hundreds of agents overflow nothing.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

TAIL = 1e-12


@dataclass(frozen=True, slots=True)
class Waiting:
    """Of customers who wait as long as it takes.

    Attributes
    ----------
    waits
        Share that has to wait at all.
    mean
        Mean wait of everybody.
    spare
        Rate at which the wait of those who wait runs out (it is exponential); arrivals that still fit in.
    """

    waits: float
    mean: float
    spare: float

    def longer(self, than: float) -> float:
        """Share that waits longer than this."""
        return self.waits * math.exp(-self.spare * than)


@dataclass(frozen=True, slots=True)
class Abandoning:
    """Of customers who hang up: share that waits, share that hangs up, mean wait of everybody, mean queue and busy."""

    waits: float
    abandons: float
    mean: float
    queue: float
    busy: float


def erlang_b(agents: int, load: float) -> float:
    """Share that is turned away when nobody may wait (Erlang 1917).

    Parameters
    ----------
    agents
        Places; 0 turns everybody away.
    load
        Offered load in Erlangs.

    >>> round(erlang_b(10, 9.0), 6)
    0.167963
    """
    lost = 1.0
    for place in range(1, agents + 1):
        lost = load * lost / (place + load * lost)
    return lost


def erlang_c(agents: int, arrivals: float, service: float = 1.0) -> Waiting:
    """M/M/c: Poisson arrivals, exponential effort, endless patience (Erlang 1917).

    Parameters
    ----------
    agents
        Number of agents, one contact at a time each.
    arrivals, service
        Arrivals, and contacts that one agent finishes, per unit of time.

    Raises
    ------
    ValueError
        The load is not below the number of agents: there is no steady state.

    Notes
    -----
    ``C = B / (1 - (a/c)(1 - B))``; ``Wq = C / (c mu - lambda)``; ``P(W > t) = C exp(-(c mu - lambda) t)``.

    >>> round(erlang_c(10, 9.0).mean, 6)
    0.668732
    """
    load = arrivals / service
    _steady(load, agents)
    lost = erlang_b(agents, load)
    waits = lost / (1.0 - load / agents * (1.0 - lost))
    spare = agents * service - arrivals
    return Waiting(waits, waits / spare, spare)


def erlang_a(agents: int, arrivals: float, patience: float, service: float = 1.0) -> Abandoning:
    """M/M/c+M: as Erlang C with exponential patience (Palm 1957; Garnett, Mandelbaum, Reiman 2002).

    Parameters
    ----------
    patience
        Rate at which one waiting customer hangs up, 1 / mean patience; above 0.

    Notes
    -----
    Birth and death with death rate ``min(k, c) mu + max(0, k - c) theta``, its weights summed in logarithms until
    what is left is below 1e-12. Arrivals see the stationary chain; ``P(abandon) = theta E[Lq] / lambda`` and
    ``E[W] = E[Lq] / lambda``.

    >>> round(erlang_a(10, 10.0, 0.5).abandons, 6)
    0.103913
    """
    if patience <= 0:
        raise ValueError("patience must be above 0; endless patience is Erlang C")
    weights, top = [0.0], 0.0
    while weights[-1] > top + math.log(TAIL) - 5.0 or len(weights) <= agents + arrivals / service:
        k = len(weights)
        out = min(k, agents) * service + max(0, k - agents) * patience
        weights.append(weights[-1] + math.log(arrivals) - math.log(out))
        top = max(top, weights[-1])
    share = np.exp(np.array(weights) - top)
    share /= math.fsum(share.tolist())
    states = np.arange(len(share))
    queue = float(share @ np.maximum(0, states - agents))
    return Abandoning(
        waits=float(share[agents:].sum()),
        abandons=patience * queue / arrivals,
        mean=queue / arrivals,
        queue=queue,
        busy=float(share @ np.minimum(states, agents)),
    )


def cobham(agents: int, arrivals: Sequence[float], service: float = 1.0) -> tuple[float, ...]:
    """Mean waits of priorities without pre-emption, the most urgent first; equal exponential effort (Cobham 1954).

    Parameters
    ----------
    arrivals
        Arrivals of each priority per unit of time.

    Notes
    -----
    ``W_k = R / ((1 - s_{k-1})(1 - s_k))`` with ``R = C / (c mu)`` and ``s_k`` the load per agent of the priorities up
    to k.

    >>> [round(wait, 6) for wait in cobham(10, (3.0, 6.0))]
    [0.095533, 0.955331]
    """
    rest = erlang_c(agents, sum(arrivals), service).waits / (agents * service)
    loads = np.concatenate([[0.0], np.cumsum(arrivals)]) / (agents * service)
    return tuple(float(rest / ((1 - above) * (1 - own))) for above, own in itertools.pairwise(loads))


def pollaczek_khinchine(arrivals: float, effort: float, square_variation: float) -> float:
    """Mean wait for one agent with any distribution of effort, M/G/1 (Pollaczek 1930; Khinchine 1932).

    Parameters
    ----------
    effort
        Mean effort.
    square_variation
        Squared coefficient of variation of effort: 0 always the same (M/D/1), 1 exponential.

    Notes
    -----
    ``Wq = rho E[S] (1 + cv^2) / (2 (1 - rho))``.

    >>> round(pollaczek_khinchine(0.8, 1.0, 2.0), 3), round(pollaczek_khinchine(0.8, 1.0, 0.0), 3)
    (6.0, 2.0)
    """
    load = arrivals * effort
    _steady(load, 1)
    return load * effort * (1 + square_variation) / (2 * (1 - load))


def returning(agents: int, arrivals: float, returns: float, service: float = 1.0) -> Waiting:
    """M/M/c whose served customers come back at once with a probability (Jackson 1957): Erlang C at the total rate.

    Parameters
    ----------
    arrivals
        From outside, per unit of time.
    returns
        Probability of coming back after each service.

    >>> round(returning(10, 6.0, 0.25).waits, 6)
    0.40918
    """
    if not 0 <= returns < 1:
        raise ValueError(f"the probability of coming back must be at least 0 and below 1, is {returns}")
    return erlang_c(agents, arrivals / (1 - returns), service)


def busy_without_limit(
    arrivals: Callable[[float], float], effort: float, at: float, *, edges: Sequence[float] = (), span: float = 40.0
) -> float:
    """Mean number busy when nobody ever waits and arrivals change with time, M_t/M/infinity.

    Parameters
    ----------
    arrivals
        Intensity at a time, also before 0.
    effort
        Mean effort, exponential.
    at
        When.
    edges
        Times at which the intensity jumps or bends: the integral is taken between them.
    span
        How far back to look, in mean efforts.

    Notes
    -----
    ``m(t) = integral of lambda(t - u) exp(-u / E[S]) du`` (Palm 1943; Eick, Massey, Whitt 1993); the number itself is
    Poisson with this mean. Gauss and Legendre between edges.
    """
    begin = at - span * effort
    cuts = sorted({begin, at, *(edge for edge in edges if begin < edge < at)})
    nodes, weights = np.polynomial.legendre.leggauss(16)
    total = 0.0
    for first, last in itertools.pairwise(cuts):
        pieces = max(1, math.ceil((last - first) / (0.5 * effort)))
        for piece in range(pieces):
            half = (last - first) / pieces / 2
            middle = first + (2 * piece + 1) * half
            times = middle + half * nodes
            values = [arrivals(float(time)) * math.exp((time - at) / effort) for time in times]
            total += half * float(weights @ np.array(values))
    return total


def agents_needed(arrivals: float, service: float, within: float, share: float) -> int:
    """The fewest agents with whom this share waits no longer than ``within`` (Erlang C).

    >>> agents_needed(100.0, 10.0, 0.01, 0.8)
    14
    """
    agents = math.floor(arrivals / service) + 1
    while 1.0 - erlang_c(agents, arrivals, service).longer(within) < share:
        agents += 1
    return agents


def _steady(load: float, agents: int) -> None:
    if not 0 <= load < agents:
        raise ValueError(f"a load of {load:g} needs more than {agents} agents to be steady")
