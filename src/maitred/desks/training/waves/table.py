"""Cases of people and their waves as a table of weeks: what was fixed before, what counts as before and what as after.

Pure values; ``judging`` judges them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

import numpy as np

from maitred.insight.goals import Scale
from maitred.metrics.intervals import Floats

Bools: TypeAlias = "np.ndarray"
WEEK = 7
BASELINE_WEEKS, LONG_BASELINE_WEEKS = 26, 60


@dataclass(frozen=True, slots=True)
class Design:
    """What was fixed before.

    Parameters
    ----------
    starts
        First day of each wave, whole weeks apart.
    end
        The day up to which cases count (not included): of several waves the start of the last.
    settle
        Weeks from a start on in which the course is taken; they count neither as before nor as after.
    waves
        The wave, counted from 1, of each person; persons are numbered from 0.
    teams
        The team of each person: lots were drawn within teams.
    others
        How many colleagues stand beside (numbered after the persons); they count with one wave only.
    selected
        First and last day by which the people were chosen as the worst; None for every other choice.
    """

    scale: Scale
    higher_is_better: bool
    smallest: float
    starts: tuple[date, ...]
    end: date
    settle: int
    waves: tuple[int, ...]
    teams: tuple[int, ...]
    others: int
    selected: tuple[date, date] | None
    seed: int

    @property
    def gap(self) -> int:
        """Weeks from one start to the next, or to the end."""
        last = self.starts[1] if len(self.starts) > 1 else self.end
        return (last - self.starts[0]).days // WEEK

    @property
    def drawn(self) -> bool:
        """Whether lots decided who begins and who waits."""
        return len(self.starts) > 1


@dataclass(frozen=True, slots=True)
class Cases:
    """Cases by day (``date.toordinal``), value (as the scale says) and whose: persons first, then colleagues.

    ``open`` counts cases since the starts that still run, of people who had begun.
    """

    day: Floats
    value: Floats
    who: np.ndarray
    open: int = 0


@dataclass(frozen=True, slots=True)
class Bucket:
    """A stretch of weeks: the mean of those who had begun by its end or begin first, and of those who wait."""

    first: date
    own: float | None
    n: int
    beside: float | None
    n_beside: int
    after: bool
    selected: bool


@dataclass(frozen=True, slots=True)
class Table:
    """Sums and counts of cases by unit and bucket; ``start`` is the first bucket that a unit is treated in."""

    width: int
    times: Floats
    selected: Bools
    total: Floats
    n: Floats
    start: Floats
    waves: np.ndarray

    @property
    def treated(self) -> Bools:
        return np.isfinite(self.start)

    @property
    def there(self) -> Bools:
        return np.asarray(self.n.sum(axis=1) > 0)

    def buckets(self, design: Design) -> tuple[Bucket, ...]:
        """The way of those who begin first and of those who wait longest (or stand beside), for the drawing."""
        own, beside = self.waves == 1, ~self.treated
        total, n = ([rows[arm].sum(axis=0) for arm in (own, beside)] for rows in (self.total, self.n))
        start = design.starts[0].toordinal()
        return tuple(
            Bucket(
                date.fromordinal(start + int(time) * self.width),
                float(total[0][place] / n[0][place]) if n[0][place] else None, int(n[0][place]),
                float(total[1][place] / n[1][place]) if n[1][place] else None, int(n[1][place]),
                bool(time >= 0), bool(self.selected[place]),
            )
            for place, time in enumerate(self.times)
        )  # fmt: skip


def tabled(cases: Cases, design: Design, width: int) -> Table:
    """Whole buckets from the baseline to the end; cases of the weeks in which a unit learns are left out."""
    alone = not design.drawn and not design.others
    baseline = (LONG_BASELINE_WEEKS if alone else BASELINE_WEEKS) * WEEK
    origin = design.starts[0].toordinal()
    units = len(design.waves) + (0 if design.drawn else design.others)
    first = _first_bucket(cases, design, baseline, width)
    times = np.arange(first, (design.end.toordinal() - origin) // width)
    waves = np.concatenate([np.array(design.waves, np.int64), np.zeros(units - len(design.waves), np.int64)])
    began = np.array([np.inf, *(one.toordinal() - origin for one in design.starts)])[waves]
    if design.drawn:
        began[waves == len(design.starts)] = np.inf
    known = cases.who < units
    day, who, value = cases.day[known], cases.who[known], cases.value[known]
    learning = (day - origin >= began[who]) & (day - origin < began[who] + design.settle * WEEK)
    index = np.floor((day - origin) / width).astype(np.int64) - first
    kept = ~learning & (index >= 0) & (index < len(times))
    total, n = np.zeros((units, len(times))), np.zeros((units, len(times)))
    np.add.at(total, (who[kept], index[kept]), value[kept] if design.higher_is_better else -value[kept])
    np.add.at(n, (who[kept], index[kept]), 1)
    picked = _picked(times, design, width)
    return Table(width, times.astype(np.float64), picked, total, n, np.floor(began / width), waves)


def _first_bucket(cases: Cases, design: Design, baseline: int, width: int) -> int:
    """The bucket from which on at least half of the persons have cases, within the longest baseline."""
    firsts = [cases.day[cases.who == one].min() for one in range(len(design.waves)) if (cases.who == one).any()]
    if not firsts:
        return 0
    most = -(baseline // width)
    return int(max(most, np.ceil((float(np.median(firsts)) - design.starts[0].toordinal()) / width)))


def _picked(times: np.ndarray, design: Design, width: int) -> Bools:
    """Buckets that touch the days by which people were chosen; without lots also those from then to the start."""
    if design.selected is None:
        return np.zeros(len(times), bool)
    first, last = ((one - design.starts[0]).days // width for one in design.selected)
    return (times >= first) & (times < 0) & ((times <= last) if design.drawn else True)
