"""Whose work got worse than it was, and than comparable cases of the group's other people in the same days?

Reopenings and bad ratings are added up with shorter and slower replies: each may be too weak to say, together they are
one finding that lists its parts. Cases are compared by topic, words, channel, priority and length, a person's level is
drawn towards that of all, and whoever has too few cases before is not judged: new and part-time people, and those who
take the hard cases. A threshold that grows with the number of people bounds the false findings among all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from maitred.insight.detectors import saying
from maitred.insight.detectors.bad_events import Kind, Pool, Rows, kind_of
from maitred.insight.detectors.comparable import mix_of
from maitred.insight.detectors.durable import standing
from maitred.insight.detectors.finding import Candidate, Cause, Checked, Detector, Looked, Moment, Size, Watch
from maitred.insight.detectors.person_parts import Moved, Parts, parts_of
from maitred.insight.detectors.rises import BASELINE, Bar
from maitred.insight.detectors.satisfaction import HOURS_PER_UNHAPPY, rated
from maitred.insight.detectors.scan import LASTS, LEARNING, Shift
from maitred.insight.evidence.tables import Evidence, Flags, Floats, Ints

NAME: Final = "agent_quality.parts#1"
REOPENED: Final = "reopen_rate.transitions#1"
RATED: Final = "csat.rate@at_solve#1"
THRESHOLD: Final = 4.1
_PEOPLE = 40
_PER_DOUBLING = 0.15
_WINDOWS: Final = (5, 7, 10, 14, 21, 28, 35, 42, 56)
_HINT = 1.5
_OUTCOME = 2.0
_ALONE = 4.5
_STYLE_MOST = 4.0
_LEAST_BAD = 6
_CALM = 21
_LONGEST = 84
_HOURS_PER_REOPENING = 24.0
_CHOSEN = 1.3
"""What the variance of an effect grows by for the choice of part and window."""


def prepare(evidence: Evidence) -> Watch:
    """The look at people's work."""
    solves = evidence.solves
    if len(evidence.days) <= LEARNING or not len(solves.ticket):
        return lambda moment: Looked()
    mix = mix_of(evidence)
    kept = np.append(evidence.people.staff & ~evidence.people.bot, False)[solves.agent]
    if not kept.any():
        return lambda moment: Looked()
    reopened, rows = standing(evidence, mix, solves.reopened_at, kept), rated(evidence, mix)
    parts = parts_of(evidence, mix, reopened, rows)
    if not len(parts.people):
        return lambda moment: Looked()
    pools = tuple(Pool(one, (_people(one, evidence),), evidence.days, 1) for one in (reopened, rows))
    return _Look(evidence, parts, pools, courses(parts, len(evidence.days))).at


def _people(rows: Rows, evidence: Evidence) -> Kind:
    """Rows by person, without a scan of their own."""
    return kind_of("agent", rows, np.arange(len(rows.ticket)), rows.agent, evidence.days, Bar(np.inf))


def courses(parts: Parts, days: int) -> tuple[Shift, ...]:
    """When each person's work was seen to be worse, since when, and until when."""
    there = (parts.cases[:, 1:] > 0).astype(np.int64)
    known = np.add.reduceat(there, parts.first, axis=0).clip(max=1).sum(axis=0)
    bar = THRESHOLD + _PER_DOUBLING * np.maximum(0.0, np.log2(np.maximum(known, 1) / _PEOPLE))
    everybody = np.arange(len(parts.people))
    best = np.full((len(everybody), days), -np.inf)
    end = np.arange(1, days + 1)
    for window in _WINDOWS:
        begin = np.maximum(end - window, 0)
        best = np.maximum(best, score(parts.moved(everybody, np.maximum(begin - BASELINE, 0), begin, end)))
    best[:, :LEARNING] = -np.inf
    found: list[Shift] = []
    for place in np.flatnonzero((best >= bar).any(axis=1)):
        first = 0
        while len(above := np.flatnonzero(best[place, first:] >= bar[first:])):
            raised = first + int(above[0])
            since = onset(parts, int(place), raised + 1)
            ended = _end(parts, int(place), since, raised, days)
            found.append(Shift(int(place), raised, since, ended, True, float(best[place, raised])))
            first = ended + _CALM
            if first >= days:
                break
    return tuple(sorted(found, key=lambda one: (one.raised, one.series)))


def score(moved: Moved) -> Floats:
    """The parts together, in standard errors; minus infinity where too little is known or only one part moved.

    Reopenings and ratings are weighed by the events expected of each (Stouffer); the way of writing counts beside them,
    never without them, and at most as much as four standard errors; slow replies alone may be the roster's doing.
    """
    z = moved.z
    outcome = outcomes(moved)
    style = np.minimum(np.maximum(z[2], (z[2] + z[3]) / np.sqrt(2)) - 0.2, _STYLE_MOST)
    style = np.where(z[2] >= _HINT, style, 0.0)
    both = np.where(style > 0, (outcome + style) / np.sqrt(2), -np.inf)
    together = np.maximum(outcome, both)
    several = (z >= _HINT).sum(axis=0) >= 2
    alone = z[1] >= _ALONE
    told = moved.enough & (outcome >= _OUTCOME) & (several | alone) & (moved.bad.sum(axis=0) >= _LEAST_BAD)
    return np.where(told, together, -np.inf)


def outcomes(moved: Moved) -> Floats:
    """Reopenings and ratings together."""
    root = np.sqrt(moved.weight)
    found: Floats = (root * moved.z[:2]).sum(axis=0) / np.maximum(np.sqrt(moved.weight.sum(axis=0)), 1e-9)
    return found


def onset(parts: Parts, place: int, days: int) -> int:
    """The beginning of the window up to now in which the parts stand out most."""
    begin = days - np.arange(3, min(63, days))
    end = np.full(len(begin), days)
    values = score(parts.moved(np.array([place]), np.maximum(begin - BASELINE, 0), begin, end))[0]
    return int(begin[int(np.argmax(values))]) if np.isfinite(values).any() else days - 14


def _end(parts: Parts, place: int, since: int, raised: int, days: int) -> int:
    """The last day on which it stands: until three weeks no longer show it, held against the past before it."""
    day = np.arange(max(raised + 1, since + _CALM), days)
    if len(day):
        begin, before = day + 1 - _CALM, np.full(len(day), max(since - BASELINE, 0))
        calm = _recent(parts, place, before, np.full(len(day), since), begin, day + 1) < 1.0
        over = np.flatnonzero(calm | (day - since >= _LONGEST))
        if len(over):
            return int(day[over[0]])
    return LASTS


def _recent(parts: Parts, place: int, before: Ints, since: Ints, begin: Ints, end: Ints) -> Floats:
    """Outcomes of the days from ``begin`` to ``end``, in standard errors of their number, by the level before."""
    total = np.zeros(len(end))
    usual = np.zeros(len(end))
    pairs = parts.pair_person == place
    for part in parts.parts[:2]:
        value, base = part.value[pairs].sum(axis=0), part.base[pairs].sum(axis=0)
        level = (value[since] - value[before] + 4) / (base[since] - base[before] + 4)
        total += value[end] - value[begin]
        usual += level * (base[end] - base[begin])
    found: Floats = np.where(usual > 1, (total - usual) / np.sqrt(np.maximum(usual, 1)), 2.0)
    return found


@dataclass(slots=True)
class _Look:
    evidence: Evidence
    parts: Parts
    pools: tuple[Pool, ...]
    shifts: tuple[Shift, ...]
    _solves: Ints = field(init=False)

    def __post_init__(self) -> None:
        self._solves = np.sort(self.pools[0].rows.begun)

    def at(self, moment: Moment) -> Looked:
        """What stands at an instant."""
        if moment.days <= LEARNING:
            return Looked()
        found = [self._candidate(one, moment.days) for one in self.shifts if one.stands(moment.days)]
        n = int(np.searchsorted(self._solves, moment.days, side="left"))
        return Looked([one for one in found if one is not None], [Checked("agent_quality", "solves of people", n)])

    def _candidate(self, one: Shift, days: int) -> Candidate | None:
        place, since = one.series, one.since
        person = int(self.parts.people[place])
        window = (np.array([max(since - BASELINE, 0)]), np.array([since]), np.array([days]))
        moved = self.parts.moved(np.array([place]), *window)
        sized = [self._sized(part, person, since, days) for part in range(2)]
        shown = [part for part in range(2) if (it := sized[part]) is not None and it.size.shows() and it.size.value > 0]
        if not shown:
            return None
        part = max(shown, key=lambda part: moved.z[part, 0, 0])
        chosen = sized[part]
        assert chosen is not None
        size = chosen.size
        effect = size if part == 0 else Size(-size.value, -size.high, -size.low, "points")
        subject = saying.subject(self.evidence, "agent", person)
        tickets, n = self._behind(person, since, days)
        if n < 8:
            return None
        weeks = max(days - since, 1) / 7
        extra = [it.more if it is not None else 0.0 for it in sized]
        z = float(max(outcomes(moved)[0, 0], score(moved)[0, 0]))
        return Candidate(
            family="agent_quality",
            detector=NAME,
            subject=subject,
            metric=(REOPENED, RATED)[part],
            since=since,
            effect=effect,
            n=n,
            title=_title(part, chosen, subject.name, saying.when(self.evidence.days, since)),
            confidence=saying.confidence(z),
            tickets=tickets,
            waiting=(extra[0] * _HOURS_PER_REOPENING + extra[1] * 4 * HOURS_PER_UNHAPPY) / weeks,
            cause=Cause("agent", "Comparable cases of the group's other people did not get worse", 0.7),
            where=saying.filters("agent", subject),
            parts=_told(moved, sized),
        )

    def _sized(self, part: int, person: int, since: int, days: int) -> _Sized | None:
        pool = self.pools[part]
        kind = pool.kinds[0]
        at = int(np.searchsorted(kind.codes, person))
        if at >= len(kind.codes) or kind.codes[at] != person:
            return None
        contrast = pool.contrast(kind.rows(at), since, days)
        if contrast.before.bad < 1 or contrast.after.expected <= 0:
            return None
        size, before, after = contrast.size(spread=_CHOSEN)
        ratio, variance = contrast.log_ratio()
        # the part and the window were chosen for standing out: what chance adds to that is taken off again
        kept = max(1 - variance / max(ratio**2, 1e-9), 0.5)
        size = Size(size.value * kept, size.low - size.value * (1 - kept), size.high, "points")
        after = before + (after - before) * kept
        more = max(contrast.after.bad - contrast.before.ratio * contrast.after.expected, 0.0)
        return _Sized(size, before, after, more)

    def _behind(self, person: int, since: int, days: int) -> tuple[Ints, int]:
        """Tickets that came back or were rated badly since the onset, newest first, and the cases among which."""
        tickets, when, n = [], [], 0
        for pool in self.pools:
            kind, rows = pool.kinds[0], pool.rows
            at = int(np.searchsorted(kind.codes, person))
            if at >= len(kind.codes) or kind.codes[at] != person:
                continue
            mine = kind.rows(at)
            mine = mine[(rows.day[mine] >= since) & (rows.day[mine] < days)]
            cases = np.unique(rows.case[mine])
            n = max(n, int((rows.begun[cases] >= since).sum()))
            bad = mine[rows.bad[mine] > 0]
            tickets.append(rows.ticket[rows.case[bad]])
            when.append(rows.day[bad])
        found, day = np.concatenate(tickets), np.concatenate(when)
        found = found[np.argsort(-day, kind="stable")]
        _, first = np.unique(found, return_index=True)
        return found[np.sort(first)], n


@dataclass(frozen=True, slots=True)
class _Sized:
    size: Size
    before: float
    after: float
    more: float


def _title(part: int, sized: _Sized, name: str, since: str) -> str:
    after, before = sized.after, sized.before
    if part == 0:
        told = f"{saying.per_cent(after)} of what {name} solves comes back instead of {saying.per_cent(before)}"
    else:
        told = f"{saying.per_cent(1 - after)} of {name}'s ratings are good instead of {saying.per_cent(1 - before)}"
    return f"{told} since {since}"


def _told(moved: Moved, sized: list[_Sized | None]) -> tuple[str, ...]:
    """Each part that moved, in words."""
    told = []
    there: Flags = moved.z[:, 0, 0] >= _HINT
    if there[0] and (one := sized[0]) is not None:
        told.append(f"reopened {saying.per_cent(one.after)} instead of {saying.per_cent(one.before)}")
    if there[1] and (one := sized[1]) is not None:
        told.append(f"rated good {saying.per_cent(1 - one.after)} instead of {saying.per_cent(1 - one.before)}")
    if there[2]:
        told.append(f"replies {saying.per_cent(1 - float(np.exp(-moved.change[0, 0, 0])))} shorter")
    if there[3]:
        told.append(f"own replies take {float(np.exp(moved.change[1, 0, 0])):.1f} times as long")
    return tuple(told)


DETECTORS: Final = (Detector(NAME, "agent_quality", prepare),)
