"""Do bad events happen more often to the cases of a group, topic, channel, macro or person than the case mix explains?

Cases (solves, ratings) have rows by day with what happened and what was expected; every subject has a daily series of
the difference, which is scanned for changes. Where several subjects share cases, the one that stands out most is named
first, and another only if its other cases have changed more than everybody else's in the same days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from maitred.insight.detectors.finding import Size
from maitred.insight.detectors.rises import BASELINE, Bar, rises
from maitred.insight.detectors.scan import LASTS, Shift, daily
from maitred.insight.evidence.tables import Codes, Days, Flags, Floats, Ints

_NINETY = 1.6448536269514722
_PICKED = 1.15
_MATURE = 10


@dataclass(frozen=True, slots=True)
class Rows:
    """Cases and their rows; the rows of case ``i`` are ``start[i] : start[i] + length[i]``.

    ``source`` is the case's position in its table. Of each row: the case, the day, whether it went bad (0 or 1), the
    expected value by the model in force (``causal``) and by every model (``by_model``, models by rows), and its weight
    in cases. ``chances`` (models by cases) is each case's chance to go bad at all.
    """

    source: Ints
    ticket: Ints
    begun: Ints
    group: Codes
    agent: Codes
    start: Ints
    length: Ints
    case: Ints
    day: Ints
    bad: Floats
    causal: Floats
    weight: Floats
    by_model: Floats
    chances: Floats
    fitted: Ints
    first: Flags
    """Of each case, whether it is its ticket's first: figures are of tickets."""
    hazard: bool
    """Whether a case's rows are the days on which it could go bad, so that ratios are of hazards."""

    def model(self, day: int) -> int:
        """The model in force on a day."""
        return int(np.maximum(np.searchsorted(self.fitted, day, side="right") - 1, 0))


@dataclass(frozen=True, slots=True)
class Level:
    """Events, expected events and cases of some rows in a span of days."""

    bad: float
    expected: float

    @property
    def ratio(self) -> float:
        """Observed over expected."""
        return self.bad / max(self.expected, 1e-9)


@dataclass(frozen=True, slots=True)
class Contrast:
    """Rows after an onset against those before it."""

    before: Level
    after: Level
    chance: float
    """Mean chance of the cases after."""
    hazard: bool = False
    failing: tuple[float, float] | None = None
    """Share that failed before (with the mix of cases after) and after, where time enough has passed to see it."""

    def log_ratio(self) -> tuple[float, float]:
        """Logarithm of the change and its variance."""
        after, before = self.after.bad + 0.5, self.before.bad + 0.5
        ratio = np.log(after / (self.after.expected + 0.5)) - np.log(before / (self.before.expected + 0.5))
        return float(ratio), float(1 / after + 1 / before)

    def size(self, spread: float = 1.0) -> tuple[Size, float, float]:
        """The effect in points with its interval, the share before (of the cases after) and the share after."""
        before, after = self.failing or (self._share(self.before.ratio), self._share(self.after.ratio))
        variance = sum(
            (share / max(level.expected * level.ratio, 0.5)) * share * (1 - min(share, 0.95)) * spread
            for share, level in ((before, self.before), (max(after, 1e-4), self.after))
        )
        half = 100 * _NINETY * _PICKED * float(np.sqrt(variance))
        value = 100 * (after - before)
        return Size(value, value - half, value + half, "points"), before, after

    def _share(self, ratio: float) -> float:
        return float(1 - (1 - self.chance) ** ratio) if self.hazard else self.chance * ratio


@dataclass(frozen=True, slots=True)
class Kind:
    """All subjects of one kind that have rows: ``codes`` names them, ``row`` is sorted by subject."""

    name: str
    codes: Ints
    row: Ints
    bounds: Ints
    shifts: tuple[Shift, ...]
    new: Flags
    """Subjects that are held against everybody else instead of their own past."""

    def rows(self, place: int) -> Ints:
        """Rows of the subject at a place among ``codes``."""
        return self.row[self.bounds[place] : self.bounds[place + 1]]


@dataclass(frozen=True, slots=True)
class Found:
    """A subject whose change stands, with what is behind it."""

    kind: Kind
    shift: Shift
    contrast: Contrast
    z: float
    rows: Ints
    """Rows since the onset."""
    n: int

    @property
    def code(self) -> int:
        """The subject's position in its table."""
        return int(self.kind.codes[self.shift.series])


@dataclass(slots=True)
class Pool:
    """Rows, the kinds of subjects that share them, and what was computed of them before."""

    rows: Rows
    kinds: Sequence[Kind]
    days: Days
    least: float
    _subjects: dict[str, Ints] = field(default_factory=dict)

    def standing(self, days: int, smallest: float, need: float = 3.5) -> list[Found]:
        """Changes that stand after ``days`` days, one for each cause; the one that stands out most first."""
        found = [one for one in self._candidates(days) if one.n >= self.least]
        found.sort(key=lambda one: (-one.z, one.kind.name, one.shift.series))
        taken = np.zeros(len(self.rows.day), np.bool_)
        kept: list[Found] = []
        for one in found:
            size, _, _ = one.contrast.size()
            if not size.shows() or size.value < 100 * smallest:
                continue
            if one.kind.name == "agent" and self.apart(one, days, taken, same_group=True) < 3.0:
                continue
            if (kept and self.apart(one, days, taken) < need) or self._belongs_to_other(one, days):
                continue
            kept.append(one)
            taken[one.kind.rows(one.shift.series)] = True
        return kept

    def _belongs_to_other(self, one: Found, days: int) -> bool:
        """Whether half of it is another kind's subject, that has risen elsewhere too, and the rest shows nothing.

        That subject may not stand out enough yet to be named; then nobody is named for it.
        """
        since, level = one.shift.since, one.contrast.before.ratio
        mine = one.kind.rows(one.shift.series)
        expected = self.rows.by_model[self.rows.model(since)]
        more = self.rows.bad[one.rows] - level * expected[one.rows]
        for kind in self.kinds:
            if kind is one.kind:
                continue
            places = self._places(kind)[one.rows]
            there = places >= 0
            share = np.bincount(places[there], more[there], len(kind.codes)) / max(float(more.sum()), 1.0)
            for place in np.flatnonzero(share >= 0.5):
                rows = kind.rows(int(place))
                outside = np.setdiff1d(rows, mine)
                inside = len(outside) < 0.1 * len(rows)
                inside = inside or bool(kind.new[place])
                ratio, variance = self._moved(kind, int(place), rows if inside else outside, since, days).log_ratio()
                theirs = np.zeros(len(self.rows.day), np.bool_)
                theirs[rows] = True
                rest = self.apart(one, days, theirs)
                if ratio / np.sqrt(variance) >= (3.0 if inside else 2.0) and rest < 3.0:
                    return True
        return False

    def _moved(self, kind: Kind, place: int, rows: Ints, since: int, days: int) -> Contrast:
        """A subject's rows against their own past, or, where it is new, against all others."""
        if not kind.new[place]:
            return self.contrast(rows, since, days)
        day = self.rows.day[rows]
        return self._against_others(rows, rows[(day >= since) & (day < days)], since, days)

    def _places(self, kind: Kind) -> Ints:
        """The subject of each row, -1 where it has none; of several the last."""
        if kind.name not in self._subjects:
            found = np.full(len(self.rows.day), -1, np.int64)
            found[kind.row] = np.repeat(np.arange(len(kind.codes)), np.diff(kind.bounds))
            self._subjects[kind.name] = found
        return self._subjects[kind.name]

    def apart(self, one: Found, days: int, taken: Flags, same_group: bool = False) -> float:
        """Standard errors by which a subject's other rows changed more than everybody else's in the same days."""
        mine = one.kind.rows(one.shift.series)
        others = ~taken
        if same_group:
            groups = self.rows.group[self.rows.case]
            of_mine = groups[one.rows]
            counts = np.bincount(of_mine[of_mine >= 0], minlength=1)
            main = np.flatnonzero(counts >= 0.2 * max(counts.sum(), 1))
            others &= np.isin(groups, main)
        others[mine] = False
        own = self.contrast(mine[~taken[mine]], one.shift.since, days)
        rest = self.contrast(np.flatnonzero(others), one.shift.since, days)
        if own.after.bad < 5:
            return 0.0
        ratio, variance = own.log_ratio()
        rest_ratio, rest_variance = rest.log_ratio() if rest.before.bad >= 3 else (0.0, 0.0)
        return float((ratio - rest_ratio) / np.sqrt(variance + rest_variance))

    def contrast(self, rows: Ints, since: int, days: int) -> Contrast:
        """Rows since a day against the twelve weeks before it, by the model in force at the onset."""
        day = self.rows.day[rows]
        model = self.rows.model(since)
        expected = self.rows.by_model[model]
        before = rows[(day >= since - BASELINE) & (day < since)]
        before = before[self.rows.first[self.rows.case[before]]]
        after = self._begun(rows[(day >= since) & (day < days)], since)
        levels = self._level(before, expected), self._level(after, expected)
        chance = self._chance(after, model)
        failing = self._both_failing(before, after, self._chance(before, model), chance, days - since)
        return Contrast(*levels, chance, self.rows.hazard, failing)

    def _both_failing(
        self, before: Ints, after: Ints, was: float, chance: float, span: int
    ) -> tuple[float, float] | None:
        if not self.rows.hazard or span < _MATURE or not len(before) or not len(after):
            return None
        return min(self._failing(before) * chance / max(was, 1e-9), 0.95), self._failing(after)

    def _failing(self, rows: Ints) -> float:
        """Share that fails within the horizon: one less the product of what stands each day (Kaplan, Meier 1958)."""
        age = self.rows.day[rows] - self.rows.begun[self.rows.case[rows]]
        at_risk = np.bincount(age)
        failed = np.bincount(age, self.rows.bad[rows], len(at_risk))
        return float(1 - np.prod(1 - failed / np.maximum(at_risk, 1)))

    def _begun(self, rows: Ints, since: int) -> Ints:
        """Rows of cases that are their ticket's first and began since a day."""
        case = self.rows.case[rows]
        return rows[(self.rows.begun[case] >= since) & self.rows.first[case]]

    def _level(self, rows: Ints, expected: Floats) -> Level:
        return Level(float(self.rows.bad[rows].sum()), float(expected[rows].sum()))

    def _chance(self, rows: Ints, model: int) -> float:
        chances = self.rows.chances[model][self.rows.case[rows]]
        return float(chances.mean()) if len(chances) else 0.0

    def _candidates(self, days: int) -> list[Found]:
        return [
            self._found(kind, shift, days)
            for kind in self.kinds
            for shift in kind.shifts
            if shift.up and shift.stands(days)
        ]

    def _found(self, kind: Kind, shift: Shift, days: int) -> Found:
        rows = kind.rows(shift.series)
        day = self.rows.day[rows]
        since = rows[(day >= shift.since) & (day < days)]
        if kind.new[shift.series]:
            contrast = self._against_others(rows, since, shift.since, days)
        else:
            contrast = self.contrast(rows, shift.since, days)
        ratio, variance = contrast.log_ratio()
        cases = np.unique(self.rows.case[since])
        n = int((self.rows.begun[cases] >= shift.since).sum())
        return Found(kind, shift, contrast, ratio / float(np.sqrt(variance)), since, n)

    def _against_others(self, mine: Ints, after: Ints, since: int, days: int) -> Contrast:
        model = self.rows.model(since)
        expected = self.rows.by_model[model]
        others = (self.rows.day >= since) & (self.rows.day < days)
        others[mine] = False
        rest = self._level(self._begun(np.flatnonzero(others), since), expected)
        after = self._begun(after, since)
        chance = self._chance(after, model)
        theirs = self._begun(np.flatnonzero(others), since)
        failing = self._both_failing(theirs, after, self._chance(theirs, model), chance, days - since)
        return Contrast(rest, self._level(after, expected), chance, self.rows.hazard, failing)

    def telling(self, one: Found, most: int = 2000) -> Ints:
        """Tickets behind a finding: those that went bad since the onset, newest first."""
        bad = one.rows[self.rows.bad[one.rows] > 0]
        newest = bad[np.argsort(-self.rows.day[bad], kind="stable")]
        ticket = self.rows.ticket[self.rows.case[newest]]
        _, first = np.unique(ticket, return_index=True)
        return ticket[np.sort(first)][:most]


def kind_of(name: str, rows: Rows, case: Ints, code: Codes, days: Days, bar: Bar, against: bool = False) -> Kind:
    """Subjects of one kind and their changes.

    Parameters
    ----------
    case, code
        Which case belongs to which subject; a case may belong to several, or (code -1) to none.
    against
        Subjects that came into use later than four weeks after the first day are held against all other rows.
    """
    case, code = case[code >= 0], code[code >= 0]
    codes, place = np.unique(code, return_inverse=True)
    length = rows.length[case]
    before = np.cumsum(length) - length
    row = np.repeat(rows.start[case] - before, length) + np.arange(int(length.sum()))
    of_row = np.repeat(place.astype(np.int64), length)
    order = np.argsort(of_row, kind="stable")
    row, of_row, count = row[order], of_row[order], len(codes)
    bounds = np.searchsorted(of_row, np.arange(count + 1)).astype(np.int64)
    bad, usual, cases = (
        daily(rows.day[row], of_row, count, len(days), one[row])[0] for one in (rows.bad, rows.causal, rows.weight)
    )
    new = np.zeros(count, np.bool_)
    found = rises(bad, usual, cases, days, bar) if count else ()
    if against and count:
        new = _first_day(rows.day[row], of_row, count) >= 28
        found = (*(one for one in found if not new[one.series]), *_stand_outs(rows, row, of_row, new, len(days)))
    return Kind(name, codes.astype(np.int64), row, bounds, tuple(found), new)


def pairs(case: Ints, code: Ints, count: int) -> tuple[Ints, Codes]:
    """Each pair of case and code once."""
    both = np.unique(case * np.int64(count) + code)
    return both // count, (both % count).astype(np.int32)


def _first_day(day: Ints, code: Ints, count: int) -> Ints:
    first = np.full(count, LASTS, np.int64)
    np.minimum.at(first, code, day)
    return first


def _stand_outs(rows: Rows, row: Ints, code: Ints, new: Flags, days: int) -> list[Shift]:
    """New subjects whose rows go bad more often than everybody else's in the same days."""
    found = []
    all_bad = np.bincount(rows.day, rows.bad, days)[:days]
    all_expected = np.bincount(rows.day, rows.causal, days)[:days]
    for one in np.flatnonzero(new):
        mine = row[code == one]
        first = int(rows.day[mine].min())
        bad, expected, cases = (
            np.cumsum(np.bincount(rows.day[mine], values, days)[first:days]).astype(np.float64)
            for values in (rows.bad[mine], rows.causal[mine], rows.weight[mine])
        )
        rest_bad = np.cumsum(all_bad[first:]) - bad
        rest_expected = np.cumsum(all_expected[first:]) - expected
        level = (rest_bad + 5) / (rest_expected + 5)
        score = (bad - level * expected) / np.sqrt(level * expected * (1 + level * expected / (rest_bad + 5)) + 0.25)
        seen = np.flatnonzero((score >= 4.7) & (cases >= 15) & (bad >= 8) & (bad >= 1.4 * level * expected))
        if len(seen):
            raised = int(seen[0])
            ended = _faded(bad, level * expected, raised)
            found.append(Shift(int(one), first + raised, first, first + ended, True, float(score[raised])))
    return found


def _faded(bad: Floats, expected: Floats, raised: int) -> int:
    """The day after which three weeks no longer stand out; ``LASTS`` while they do."""
    for day in range(raised + 1, len(bad)):
        back = day - 21
        recent = bad[day] - (bad[back] if back >= 0 else 0.0)
        usual = expected[day] - (expected[back] if back >= 0 else 0.0)
        if usual >= 2 and recent - usual < np.sqrt(usual):
            return day
    return LASTS
