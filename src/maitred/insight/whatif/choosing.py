"""Which routing policy a team lives by, found from the tickets that its people took up next.

For the fit. Each time somebody takes a ticket while others wait, every policy says which one it would have been; a
policy that is right with probability ``1 - e`` and else picks any has a likelihood, with ``e`` from its own hits. When
several people are free and nothing waits, the choice of the person is judged in the same way. Definitions as in
``floor.routing``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maitred.floor.fitted import Routing
from maitred.floor.world import Policy
from maitred.insight.whatif.past import HOUR, Past, Segments
from maitred.insight.whatif.promises import Promises

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MOST_CHOICES = 1_500
FEWEST = 40
_NO_TARGET = 30 * 24 * HOUR
_AGEING = (0.5, 1.0, 2.0, 4.0, 8.0)
_EASY = (0.5, 1.0, 2.0)
_LOYAL, _IN_TURN = 0.95, 0.85
_WAITS_FOR, _BY_CHANCE = 0.85, 0.4
"""How often a rule about people holds where a team has it, blunders and unseen work allowed for."""

_ORDERS: dict[Policy, str] = {
    "fifo": "oldest",
    "priority": "priority",
    "priority_ageing": "ageing",
    "sla_due": "due",
    "sla_risk": "risk",
    "least_loaded": "priority",
    "round_robin": "priority",
    "sticky": "due",
    "pull_pick": "easy",
}
_PEOPLE: dict[Policy, str] = {"least_loaded": "loaded", "round_robin": "turn"}


@dataclass(frozen=True, slots=True)
class _Waits:
    """Everything that waited in one group's backlog: from ``since`` until somebody began with it."""

    since: Ints
    begun: Ints
    priority: Ints
    due: Ints
    hard: Floats
    class_: Ints
    agent: Ints
    ticket: Ints
    seen: Flags
    """Whether the instant of taking was noted."""
    returning: Flags


@dataclass(frozen=True, slots=True)
class _Tally:
    """Log-likelihood of one way to choose and its share of hits among the choices that it could be judged by."""

    likelihood: float
    explained: float
    ageing: float = 1.0


@dataclass(frozen=True, slots=True)
class Choice:
    """What was found about one group; ``ageing`` and ``bias`` are the parameters of the policies that have them."""

    routing: Routing
    ageing: float
    bias: float


def choices(known: Past, promised: Promises, class_: Ints, effort: Floats, since: int) -> tuple[Choice | None, ...]:
    """Name each group's routing policy; ``None`` where fewer than ``FEWEST`` choices were seen.

    Parameters
    ----------
    class_
        Class of each ticket.
    effort
        Log of each segment's effort over its class's median, shape (segments,).
    since
        Epoch ms from which on choices are read.
    """
    return tuple(_of_group(known, promised, class_, effort, since, k) for k in range(len(known.groups)))


def _of_group(known: Past, promised: Promises, class_: Ints, effort: Floats, since: int, group: int) -> Choice | None:
    waits = _waits(known, promised, class_, effort, since, group)
    places = _taken(waits)
    if len(places) < FEWEST:
        return None
    able = _able(waits)
    tallies = _orders(waits, places, able)
    people = _persons(known, waits, group)
    loyal = _loyalty(waits)
    scores: dict[Policy, float] = {}
    for policy, order in _ORDERS.items():
        scores[policy] = tallies[order].likelihood + people[_PEOPLE.get(policy, "any")]
    scores["sticky"] += loyal
    # where ageing never turned a choice, the simpler policy is the answer
    scores["priority_ageing"] -= 2.0
    scores["pull_pick"] -= 3.0
    ranked = sorted(scores, key=lambda policy: -scores[policy])
    best = ranked[0]
    other = next(policy for policy in ranked[1:] if _ORDERS[policy] != _ORDERS[best])
    routing = Routing(
        known.group_names[group],
        best,
        tallies[_ORDERS[best]].explained,
        other,
        tallies[_ORDERS[other]].explained,
        len(places),
    )
    return Choice(routing, tallies["ageing"].ageing, tallies["easy"].ageing)


def _waits(known: Past, promised: Promises, class_: Ints, effort: Floats, since: int, group: int) -> _Waits:
    """The waits for segments of backlog tickets in one group."""
    work: Segments = known.segments
    mine = (work.group == group) & (work.since >= since) & ~known.live[work.ticket]
    end, ticket = work.end[mine], work.ticket[mine]
    priority, channel = known.tickets.priority[ticket], known.tickets.channel[ticket]
    groups = np.full(len(end), group, np.int64)
    began = work.since[mine]
    first = promised.due(began, groups, priority, channel, 0)
    later = promised.due(began, groups, priority, channel, 1)
    due = np.where(work.number[mine] > 0, later, first)
    taken = work.taken[mine]
    return _Waits(
        since=began,
        begun=np.where(taken >= 0, taken, work.begun[mine]),
        priority=priority,
        due=np.where(due >= 0, due, began + _NO_TARGET),
        hard=effort[mine],
        class_=class_[ticket],
        agent=work.agent[mine],
        ticket=ticket,
        seen=taken >= 0,
        returning=work.number[mine] > 0,
    )


def _taken(waits: _Waits) -> Ints:
    """Choices whose instant is known, thinned evenly to ``MOST_CHOICES``."""
    places = np.flatnonzero(waits.seen & (waits.begun - waits.since > 1000))
    if len(places) > MOST_CHOICES:
        places = places[np.linspace(0, len(places) - 1, MOST_CHOICES).astype(np.int64)]
    return places


def _able(waits: _Waits) -> Flags:
    """Whether each agent ever works on each class; shape (agents, classes)."""
    table = np.zeros((int(waits.agent.max()) + 1, int(waits.class_.max()) + 2), np.int64)
    np.add.at(table, (waits.agent, waits.class_), 1)
    return table >= 2


def _orders(waits: _Waits, places: Ints, able: Flags) -> dict[str, _Tally]:
    """How well each order of tickets explains the choices."""
    hits: dict[tuple[str, float], list[float]] = {(name, value): [] for name in _SCORES for value in _VALUES[name]}
    sizes: list[int] = []
    for place in places:
        now = int(waits.begun[place])
        there = np.flatnonzero((waits.since < now) & (waits.begun >= now))
        there = there[able[waits.agent[place], waits.class_[there]] | (there == place)]
        # one of several that begin in the same instant is not an alternative to another
        there = there[(waits.begun[there] > now) | (there == place)]
        if len(there) < 2:
            continue
        sizes.append(len(there))
        mine = int(np.flatnonzero(there == place)[0])
        for key, found in hits.items():
            scores = _SCORES[key[0]](waits, there, now, key[1])
            top = scores.max()
            found.append(1.0 / int((scores >= top - 1e-9).sum()) if scores[mine] >= top - 1e-9 else 0.0)
    size = np.array(sizes, np.float64)
    tallies: dict[str, _Tally] = {}
    for (name, value), found in hits.items():
        tally = _tally(np.array(found), size, value)
        if name not in tallies or tally.likelihood > tallies[name].likelihood + 1e-9:
            tallies[name] = tally
    return tallies


def _tally(hit: Floats, size: Floats, value: float) -> _Tally:
    if not len(hit):
        return _Tally(0.0, 1.0, value)
    n = len(hit)
    # choices at random hit one in size: solve the share that follows the rule
    base = float((1 / size).mean())
    rule = min(1 - 1 / (n + 2), max(0.0, (float((hit > 0).mean()) - base) / max(1e-9, 1 - base)))
    return _Tally(float(np.log(rule * hit + (1 - rule) / size).sum()), float((hit > 0).mean()), value)


def _oldest(waits: _Waits, there: Ints, now: int, value: float) -> Floats:
    return np.asarray(-waits.since[there], np.float64)


def _priority(waits: _Waits, there: Ints, now: int, value: float) -> Floats:
    return np.asarray(waits.priority[there] * 1e13 + (now - waits.since[there]), np.float64)


def _aged(waits: _Waits, there: Ints, now: int, value: float) -> Floats:
    return np.asarray(waits.priority[there] * 10.0 + value * (now - waits.since[there]) / HOUR, np.float64)


def _due(waits: _Waits, there: Ints, now: int, value: float) -> Floats:
    return np.asarray(-waits.due[there], np.float64)


def _risk(waits: _Waits, there: Ints, now: int, value: float) -> Floats:
    weight = 2.0 ** waits.priority[there]
    slack = (waits.due[there] - now) / HOUR
    return np.asarray(weight * np.where(slack < 0, 0.6 - 0.025 * slack, np.exp(-np.maximum(slack, 0))), np.float64)


def _easy(waits: _Waits, there: Ints, now: int, value: float) -> Floats:
    order = np.argsort(np.argsort(waits.since[there]))
    score = -value * waits.hard[there] - 0.15 * order + 0.5 * (waits.priority[there] == 3)
    return np.asarray(np.where(order < 24, score, -np.inf), np.float64)


_SCORES: dict[str, Callable[[_Waits, Ints, int, float], Floats]] = {
    "oldest": _oldest,
    "priority": _priority,
    "ageing": _aged,
    "due": _due,
    "risk": _risk,
    "easy": _easy,
}
_VALUES: dict[str, tuple[float, ...]] = {
    "oldest": (0.0,),
    "priority": (0.0,),
    "ageing": _AGEING,
    "due": (0.0,),
    "risk": (0.0,),
    "easy": _EASY,
}


def _persons(known: Past, waits: _Waits, group: int) -> dict[str, float]:
    """Log-likelihood of who gets a ticket when several are free, by rule of choosing people.

    ``any``: a returning ticket goes to its last person when free, a new one to anybody. ``loaded``: a returning ticket
    is like any other. ``turn``: as ``loaded``, and a new ticket goes to the next in turn. Free are members who have
    nothing begun and acted within the hour before and after; only tickets that did not wait are read.
    """
    members = np.unique(known.members[known.members[:, 1] == group, 0])
    at_once = np.flatnonzero(waits.begun - waits.since <= 1000)
    found = {"any": 0.0, "turn": 0.0, "loaded": 0.0}
    if len(members) < 2 or not len(at_once):
        return found
    at_once = at_once[np.argsort(waits.begun[at_once], kind="stable")][-3 * MOST_CHOICES :]
    work = known.segments
    by_agent = [np.flatnonzero(work.agent == member) for member in members]
    starts = [np.sort(np.where(work.taken[mine] >= 0, work.taken[mine], work.begun[mine])) for mine in by_agent]
    ends = [np.sort(work.end[mine]) for mine in by_agent]
    before = _agent_before(waits)
    last = -1
    for place in at_once:
        now, chosen = int(waits.begun[place]), int(waits.agent[place])
        free = [
            int(member)
            for m, member in enumerate(members)
            if int(member) == chosen or _is_free(starts[m], ends[m], now)
        ]
        size = len(free)
        if size >= 2 and chosen in free:
            if waits.returning[place] and int(before[place]) in free:
                stayed = before[place] == chosen
                found["any"] += float(np.log(_LOYAL if stayed else 1 - _LOYAL))
                evenly = float(np.log(1 / size if stayed else 1 - 1 / size))
                found["loaded"] += evenly
                found["turn"] += evenly
            elif last >= 0 and not waits.returning[place]:
                turn = min(free, key=lambda member: (member - last - 1) % (int(members[-1]) + 1))
                found["turn"] += float(np.log(_IN_TURN * (turn == chosen) + (1 - _IN_TURN) / size))
                found["any"] -= float(np.log(size))
                found["loaded"] -= float(np.log(size))
        last = chosen
    return found


def _agent_before(waits: _Waits) -> Ints:
    """Who worked on the same ticket's segment before each, -1 nobody."""
    order = np.lexsort((waits.begun, waits.ticket))
    same = np.r_[False, np.diff(waits.ticket[order]) == 0]
    found = np.full(len(order), -1, np.int64)
    found[order] = np.where(same, np.r_[-1, waits.agent[order][:-1]], -1)
    return found


def _is_free(starts: Ints, ends: Ints, now: int) -> bool:
    """Nothing begun and not ended, and active both before and after within the hour."""
    begun = int(np.searchsorted(starts, now, side="left"))
    ended = int(np.searchsorted(ends, now, side="right"))
    if begun != ended or ended == 0 or begun >= len(starts):
        return False
    return now - int(ends[ended - 1]) < HOUR and int(starts[begun]) - now < HOUR


def _loyalty(waits: _Waits) -> float:
    """Log-likelihood ratio of returning tickets waiting for their last person against going to whoever is free.

    Only waits below four hours are read: after longer ones the person may have gone home.
    """
    before = _agent_before(waits)
    waited = waits.begun - waits.since
    back = waits.returning & (before >= 0) & (waited > 1000) & (waited < 4 * HOUR)
    n, stayed = int(back.sum()), int((before == waits.agent)[back].sum())
    if n < 20:
        return -1.0
    return float(stayed * np.log(_WAITS_FOR / _BY_CHANCE) + (n - stayed) * np.log((1 - _WAITS_FOR) / (1 - _BY_CHANCE)))
