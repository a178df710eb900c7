"""How far have the parts of a person's work moved: reopenings, bad ratings, length and speed of replies?

Every part is held against the person's own twelve weeks before and, at the same time, against what happened to the
group's other people in the same days: a part that moved for everybody has not moved for the person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from maitred.insight.detectors.bad_events import Rows
from maitred.insight.detectors.comparable import FIRST, Mix, expected
from maitred.insight.detectors.scan import daily, unusual
from maitred.insight.evidence.tables import AGENT, Codes, Evidence, Flags, Floats, Ints

PARTS: Final = ("reopened", "rated", "shorter", "slower")
_STYLE_WANDERS: Final = (0.10, 0.12)
_WANDERS = 0.10
_PRIOR = 4.0
"""Expected events of an average person that a person's own level starts with: shrinkage towards the group."""
_PEERS_PRIOR = 5.0
_FEWEST_SOLVES = 40.0
_FEWEST_DAYS = 15


@dataclass(frozen=True, slots=True)
class Moved:
    """By part, person and window: standard errors in the bad direction; ``weight`` is events expected after.

    ``z`` has the shape (4, people, windows), ``weight`` and ``bad`` (2, people, windows) are of reopenings and ratings;
    ``change`` is of the two styles, in logarithms; ``enough`` says where the past is long enough.
    """

    z: Floats
    weight: Floats
    bad: Floats
    change: Floats
    enough: Flags


@dataclass(frozen=True, slots=True)
class _Part:
    """Running sums by pair of person and group, and by group: events or residuals, and what they are held against."""

    value: Floats
    base: Floats
    group_value: Floats
    group_base: Floats


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of all people by day; pairs of person and group are sorted by person, ``first`` begins each."""

    people: Ints
    pair_person: Ints
    pair_group: Ints
    first: Ints
    parts: tuple[_Part, ...]
    cases: Floats
    spreads: tuple[float, float]

    def moved(self, who: Ints, before: Ints, begin: Ints, end: Ints) -> Moved:
        """Days from ``begin`` to ``end`` against those from ``before`` to ``begin``, of people at places ``who``."""
        pairs = np.flatnonzero(np.isin(self.pair_person, who))
        first = np.flatnonzero(np.diff(self.pair_person[pairs], prepend=-1))
        count = len(who)
        z = np.zeros((4, count, len(end)))
        weight, bad = np.zeros((2, count, len(end))), np.zeros((2, count, len(end)))
        change = np.zeros((2, count, len(end)))
        for place in range(2):
            z[place], weight[place], bad[place] = self._events(self.parts[place], pairs, first, before, begin, end)
        for place in range(2):
            part, spread = self.parts[2 + place], self.spreads[place]
            z[2 + place], change[place] = _style(
                *self._sides(part, pairs, first, before, begin, end), spread, _STYLE_WANDERS[place]
            )
        cases = np.add.reduceat(self.cases[pairs], first, axis=0)
        usual = cases[:, begin] - cases[:, before]
        there = np.concatenate([np.zeros((count, 1)), np.cumsum(np.diff(cases, axis=1) > 0, axis=1)], axis=1)
        worked = there[:, begin] - there[:, before]
        return Moved(z, weight, bad, change, (usual >= _FEWEST_SOLVES) & (worked >= _FEWEST_DAYS))

    def _events(
        self, part: _Part, pairs: Ints, first: Ints, before: Ints, begin: Ints, end: Ints
    ) -> tuple[Floats, Floats, Floats]:
        group = self.pair_group[pairs]
        value, base = part.value[pairs], part.base[pairs]
        after, usual_after = value[:, end] - value[:, begin], base[:, end] - base[:, begin]
        was, usual_was = value[:, begin] - value[:, before], base[:, begin] - base[:, before]
        of_group, base_group = part.group_value[group], part.group_base[group]
        peers_after = (of_group[:, end] - of_group[:, begin] - after + _PEERS_PRIOR) / (
            base_group[:, end] - base_group[:, begin] - usual_after + _PEERS_PRIOR
        )
        peers_was = (of_group[:, begin] - of_group[:, before] - was + _PEERS_PRIOR) / (
            base_group[:, begin] - base_group[:, before] - usual_was + _PEERS_PRIOR
        )
        noise = 1 / (of_group[:, end] - of_group[:, begin] - after + _PEERS_PRIOR)
        own = [np.add.reduceat(one, first, axis=0) for one in (after, usual_after, was, usual_was)]
        peers = np.add.reduceat(usual_after * peers_after / peers_was, first, axis=0)
        error = np.add.reduceat(usual_after * noise, first, axis=0)
        level = (own[2] + _PRIOR) / (own[3] + _PRIOR)
        mean = np.maximum(level * np.maximum(own[1], peers), 1e-9)
        # what is known of the own level and of the peers' change is counted as noise too
        spread = 1 + own[1] / (own[3] + _PRIOR) + mean * _WANDERS**2 + error
        seen = np.where(own[0] > mean, np.maximum(own[0] - 0.5, mean), own[0])
        seen = np.maximum(seen, 1e-9)
        deviance = 2 * (seen * np.log(seen / mean) - (seen - mean))
        z: Floats = np.sign(own[0] - mean) * np.sqrt(np.maximum(deviance, 0) / spread)
        return z, mean, own[0]

    def _sides(
        self, part: _Part, pairs: Ints, first: Ints, before: Ints, begin: Ints, end: Ints
    ) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        """Means after and before, weights after and before, and the peers' change, by person."""
        group = self.pair_group[pairs]
        total, weight = part.value[pairs], part.base[pairs]
        of_group, weight_group = part.group_value[group], part.group_base[group]
        sums = []
        for start, stop in ((begin, end), (before, begin)):
            mine, n = total[:, stop] - total[:, start], weight[:, stop] - weight[:, start]
            theirs = of_group[:, stop] - of_group[:, start] - mine
            peers = theirs / (weight_group[:, stop] - weight_group[:, start] - n + 10)
            sums.append([np.add.reduceat(one, first, axis=0) for one in (mine, n, peers * n)])
        (after, n_after, peers_after), (was, n_was, peers_was) = sums
        moved = peers_after / np.maximum(n_after, 1) - peers_was / np.maximum(n_was, 1)
        return after / np.maximum(n_after, 1), was / np.maximum(n_was, 1), n_after, n_was, moved


def _style(
    after: Floats, was: Floats, n: Floats, n_was: Floats, peers: Floats, spread: float, wanders: float
) -> tuple[Floats, Floats]:
    change = after - was - np.maximum(peers, 0)
    error = np.sqrt(spread * (1 / np.maximum(n, 1) + 1 / np.maximum(n_was, 1)) + wanders**2)
    there = (n >= 8) & (n_was >= 20)
    return np.where(there, change / error, 0.0), np.where(there, change, 0.0)


def parts_of(evidence: Evidence, mix: Mix, solves: Rows, ratings: Rows) -> Parts:
    """The parts of everybody who solved something."""
    days = len(evidence.days)
    shorter, slower = _shorter(evidence, mix), _slower(evidence, mix)
    staff = evidence.people.staff & ~evidence.people.bot
    both = np.append(staff, False)[solves.agent] & (solves.group >= 0)
    groups = max(len(evidence.groups), 1)
    keys = np.unique(solves.agent[both].astype(np.int64) * groups + solves.group[both])
    person, group = keys // groups, keys % groups
    used = ~unusual(evidence.days)

    def summed(who: Codes, where: Codes, day: Ints, value: Floats, base: Floats) -> _Part:
        pair, found = _place(keys, who, where, groups)
        sums = [daily(day[found], pair[found], len(keys), days, one[found])[0] * used for one in (value, base)]
        known = where >= 0
        wide = [daily(day[known], where[known], groups, days, one[known])[0] * used for one in (value, base)]
        return _Part(*(_running(one) for one in (*sums, *wide)))

    found = [
        summed(rows.agent[rows.case], rows.group[rows.case], rows.day, rows.bad, rows.causal)
        for rows in (solves, ratings)
    ]
    styles = [summed(one.who, one.where, one.day, one.value, np.ones(len(one.day))) for one in (shorter, slower)]
    pair, there = _place(keys, solves.agent, solves.group, groups)
    cases, _ = daily(solves.begun[there], pair[there], len(keys), days)
    people = np.unique(person)
    place = np.searchsorted(people, person)
    return Parts(
        people,
        place,
        group,
        np.flatnonzero(np.diff(place, prepend=-1)),
        (*found, *styles),
        _running(cases),
        (_spread(shorter), _spread(slower)),
    )


@dataclass(frozen=True, slots=True)
class _Values:
    who: Codes
    where: Codes
    day: Ints
    value: Floats
    """Away from what the case lets expect, in logarithms, bad is up."""


def _place(keys: Ints, who: Codes, where: Codes, groups: int) -> tuple[Ints, Flags]:
    wanted = who.astype(np.int64) * groups + where
    place = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
    found = (who >= 0) & (where >= 0) & (keys[place] == wanted) if len(keys) else np.zeros(len(who), np.bool_)
    return place, found


def _running(values: Floats) -> Floats:
    return np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)


def _spread(values: _Values) -> float:
    """Variance of a value as it counts in a mean: several of a person and day are not independent."""
    early = (values.day < FIRST) & (values.who >= 0)
    if early.sum() < 50:
        return 1.0
    keys = values.who[early].astype(np.int64) * FIRST + values.day[early]
    _, place = np.unique(keys, return_inverse=True)
    n = np.bincount(place)
    mean = np.bincount(place, values.value[early]) / n
    own = values.who[early]
    _, person = np.unique(own, return_inverse=True)
    level = np.bincount(person, values.value[early]) / np.bincount(person)
    of_day = np.zeros(len(n))
    of_day[place] = level[person]
    daily_variance = float((n * (mean - of_day) ** 2).mean())
    return max(daily_variance, float(np.var(values.value[early])))


def _shorter(evidence: Evidence, mix: Mix) -> _Values:
    """How much shorter than comparable ones each public reply of a person is."""
    messages, days = evidence.messages, evidence.days
    day = days.of(messages.sent_at)
    mine = messages.public & (messages.kind == AGENT) & (messages.length > 0) & (messages.author >= 0)
    mine &= mix.out[messages.ticket] > day
    ticket, day = messages.ticket[mine], day[mine]
    logs = np.log(messages.length[mine].astype(np.float64))
    found = expected(mix, ticket, day, day, logs, words=False).causal(day) if len(day) else logs
    return _Values(messages.author[mine], evidence.tickets.group[ticket], day, found - logs)


def _slower(evidence: Evidence, mix: Mix) -> _Values:
    """How much slower than comparable ones each answer of a person to a later turn is."""
    turns, days = evidence.turns, evidence.days
    day = days.of(turns.answered_at)
    mine = ~turns.first & (turns.seconds >= 0) & (turns.agent >= 0) & (turns.answered_at < evidence.as_of)
    mine &= mix.out[turns.ticket] > day
    ticket, day = turns.ticket[mine], day[mine]
    logs = np.log(turns.seconds[mine] + 300.0)
    found = expected(mix, ticket, day, day, logs, words=False).causal(day) if len(day) else logs
    return _Values(turns.agent[mine], evidence.tickets.group[ticket], day, logs - found)
