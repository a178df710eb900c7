"""Did a course change anything? Pure functions on cases of the people, their waves, and what was fixed before.

People who wait for their wave are compared with those who had theirs (``insight.effect``: differences in differences,
one start or many): lots decided who waits, so that whoever was chosen for a bad time comes back to their usual in both
alike (Barnett, van der Pols, Dobson 2005). The last wave never counts as treated: its start is the end of the
comparison. With one wave only, the others of the team are compared; they were not drawn, so the bad days and all that
lies between them and the start are no "before". Without others there is the series of all of them by itself.

What could be seen is told before from the team's own past: the same computation on it, as if waves had begun then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import sqrt
from typing import Literal

import numpy as np
from scipy.special import stdtrit

from maitred.desks.training.waves.lots import redrawn
from maitred.desks.training.waves.table import WEEK, Bools, Bucket, Cases, Design, Table, tabled
from maitred.insight.datasets import DataSet
from maitred.insight.effect import Judged, effect
from maitred.insight.goals import told
from maitred.insight.power import smallest_effect
from maitred.metrics.intervals import Floats

Verdict = Literal["improved", "worse", "no_real_change", "cannot_tell"]
Basis = Literal["", "replayed", "formula"]
_FEWEST_REPLAYED = 8
"""Weeks of baseline that a replay in the past needs."""
_REPLAYS, _LOTS = 12, 199
_ENOUGH_CASES = 6.0
"""Median cases of a person that make a bucket; fewer make it wider."""
_FEWEST_UNITS, _FEWEST_IN_ARM = 8, 3
_MOST_OPEN = 0.1
"""A larger share of cases that still run would make a course look good for leaving them."""


@dataclass(frozen=True, slots=True)
class Size:
    """An effect that is good when positive: a share of the usual time, of one, or in units of the metric."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What could be seen, told before: the smallest effect found in eight of ten such courses; None where none could.

    ``usual`` is the people's usual value on the scale, ``n`` the cases of a person in a week.
    """

    smallest_seen: float | None
    basis: Basis
    reason: str
    usual: float | None
    n: float
    treated: int
    beside: int
    width: int


@dataclass(frozen=True, slots=True)
class Checks:
    """What was checked beside the result; None where it could not be.

    ``pre_trend`` is how likely such a drift before the start is by chance; ``dates_as_large`` of ``dates`` starts that
    never were show as much, ``lots_as_large`` of all draws do; ``without_one`` is the range when any one is left out.
    ``came_back`` is what the people regained between the days by which they were chosen and their own usual.
    """

    pre_trend: float | None
    dates: int
    dates_as_large: float | None
    lots_as_large: float | None
    without_one: tuple[float, float] | None
    same_team: bool
    came_back: float | None


@dataclass(frozen=True, slots=True)
class Told:
    """What became of it: ``n`` are cases after a start, ``n_before`` those of the baseline."""

    verdict: Verdict
    reason: str
    effect: Size | None
    smallest_seen: float | None
    n: int
    n_before: int
    treated: int
    beside: int
    width: int
    design: str
    checks: Checks | None
    buckets: tuple[Bucket, ...]


def judged(cases: Cases, design: Design, width: int) -> Told:
    """Judge a course once its weeks have passed.

    The interval decides against what was fixed before: ``no_real_change`` where every plausible effect is smaller than
    the smallest that matters, else ``improved`` above nothing, ``worse`` below it, ``cannot_tell`` otherwise.
    """
    table = tabled(cases, design, width)
    found = _effect(table, design, checked=True)
    after = table.treated[:, None] & (table.times >= table.start[:, None])
    n, before = int(table.n[after].sum()), int(table.n[:, table.times < 0].sum() - table.n[:, table.selected].sum())
    size = None if found.effect is None else Size(*_sizes((found.effect.value, found.effect.low, found.effect.high),
                                                          design))  # fmt: skip
    smallest = None if found.smallest_effect is None else _told(found.smallest_effect, design)
    verdict, reason = _verdict(found, size, design, cases.open, n)
    treated, beside = (int((arm & table.there).sum()) for arm in (table.treated, ~table.treated))
    checks = _checks(table, design, found)
    return Told(
        verdict, reason, size, smallest, n, before, treated, beside, width, found.design, checks, table.buckets(design)
    )  # fmt: skip


def foreseen(cases: Cases, design: Design, known: date) -> Foreseen:
    """Tell from the past alone what these waves could show: as many weeks before the last known day are taken for them.

    Parameters
    ----------
    known
        The last whole day of the past.
    """
    width = width_of(cases, design)
    past = _past(cases, design)
    mine = past.who < len(design.waves)
    first = float(past.day[mine].min()) if mine.any() else 0.0
    weeks = (known.toordinal() + 1 - first) / WEEK if mine.any() else 0.0
    usual = float(past.value[mine].mean()) if mine.any() else None
    n = float(mine.sum()) / max(1.0, weeks) / max(1, len(design.waves))
    treated, beside = _arms(design)

    def told_(smallest: float | None, basis: Basis, reason: str) -> Foreseen:
        return Foreseen(smallest, basis, reason, usual, n, treated, beside, width)

    if not mine.any():
        return told_(None, "", "no_data")
    if design.gap <= design.settle:
        return told_(None, "", "too_short")
    if beside and (treated + beside < _FEWEST_UNITS or min(treated, beside) < _FEWEST_IN_ARM):
        return told_(None, "", "too_few")
    length = (design.end - design.starts[0]).days // WEEK
    if weeks - length >= _FEWEST_REPLAYED:
        seen = _replayed(past, design, known, width)
        if seen is not None:
            return told_(_told(seen, design), "replayed", "")
    if not beside:
        return told_(None, "", "no_control")
    return told_(_told(_by_formula(past, design, n, treated, beside), design), "formula", "")


def width_of(cases: Cases, design: Design) -> int:
    """Days of a bucket: the fewest weeks, out of those that divide the gap, in which people have enough cases.

    Decided by the cases before the start, so that nothing that came after can move it.
    """
    past = _past(cases, design)
    mine = past.who < len(design.waves)
    weeks = [one for one in (1, 2, 4) if design.gap % one == 0 and design.settle % one == 0]
    if not mine.any():
        return WEEK
    span = max(1.0, (design.starts[0].toordinal() - float(past.day[mine].min())) / WEEK)
    each = np.bincount(past.who[mine], minlength=len(design.waves)) / span
    usual = float(np.median(each))
    return WEEK * next((one for one in weeks if one * usual >= _ENOUGH_CASES), weeks[-1])


def _effect(table: Table, design: Design, *, checked: bool) -> Judged:
    if not table.there.any() or not len(table.times):
        return Judged("none", None, "not_enough_data", "no_data")
    unit, place = np.nonzero(table.n > 0)
    n = table.n[unit, place]
    columns = {
        "unit": [f"{one:04d}" for one in unit], "t": table.times[place], "value": table.total[unit, place] / n, "n": n,
        "treated_from": np.where(table.treated[unit], table.start[unit], np.nan),
    }  # fmt: skip
    picked = table.times[table.selected]
    selected = (float(picked.min()), float(picked.max())) if len(picked) else None
    return effect(DataSet("waves", columns, len(unit)), "mean", 1, selected, checked=checked)


def _verdict(found: Judged, size: Size | None, design: Design, still_open: int, n: int) -> tuple[Verdict, str]:
    if not n:
        return "cannot_tell", "no_data"
    if still_open > _MOST_OPEN * (n + still_open):
        return "cannot_tell", "still_open"
    if size is None:
        return "cannot_tell", "too_few" if found.verdict == "not_enough_data" else found.reason
    if found.verdict == "cannot_tell":
        return "cannot_tell", found.reason
    if size.low > -design.smallest and size.high < design.smallest:
        return "no_real_change", ""
    if size.low > 0:
        return "improved", ""
    return ("worse", "") if size.high < 0 else ("cannot_tell", "too_wide")


def _checks(table: Table, design: Design, found: Judged) -> Checks | None:
    if found.effect is None:
        return None
    dates = found.checks.get("placebo_dates", {})
    spread = found.checks.get("leave_one_out") or None
    taught = {team for team, wave in zip(design.teams, design.waves, strict=True) if wave < len(design.starts)}
    waiting = {team for team, wave in zip(design.teams, design.waves, strict=True) if wave == len(design.starts)}
    return Checks(
        found.checks.get("pre_trend", {}).get("p"), int(dates.get("n", 0)), dates.get("share_as_large"),
        _lots(table, design) if design.drawn else None,
        (_told(spread["low"], design), _told(spread["high"], design)) if spread else None,
        bool(taught & waiting) if design.drawn else bool(design.others), _came_back(table, design),
    )  # fmt: skip


def _lots(table: Table, design: Design) -> float | None:
    """The share of all draws that would show a difference as large as the real one, were the course to do nothing."""
    people = len(design.waves)
    base = _means(table, (table.times < 0) & ~table.selected)[:people]
    starts = [(one - design.starts[0]).days // table.width for one in design.starts]
    settle = design.settle * WEEK // table.width
    after = np.array([_means(table, table.times >= start + settle)[:people] - base for start in starts[:-1]])
    if np.isnan(after).any():
        return None

    def shown(waves: np.ndarray) -> float:
        last = waves == len(starts)
        parts = [after[k, waves == k + 1] - after[k, last].mean() for k in range(len(starts) - 1)]
        return abs(float(np.concatenate(parts).mean()))

    real = shown(np.array(design.waves))
    teams = dict(enumerate(design.teams))
    others = [shown(np.array([draw[one] for one in range(people)])) for draw in
              redrawn(teams, len(starts), design.seed, _LOTS)]  # fmt: skip
    return (1 + sum(one >= real - 1e-12 for one in others)) / (1 + len(others))


def _means(table: Table, inside: Bools) -> Floats:
    """The mean of each unit over some buckets; NaN without cases."""
    n = table.n[:, inside].sum(axis=1)
    found: Floats = np.divide(table.total[:, inside].sum(axis=1), n, out=np.full(len(n), np.nan), where=n > 0)
    return found


def _came_back(table: Table, design: Design) -> float | None:
    """How far the persons' usual lies above what they showed on the days by which they were chosen."""
    if design.selected is None:
        return None
    last = (design.selected[1] - design.starts[0]).days // table.width
    persons = table.waves > 0
    bad = table.selected & (table.times <= last)
    usual = (table.times < 0) & ~table.selected
    n = [table.n[persons][:, part].sum() for part in (bad, usual)]
    if not all(n):
        return None
    means = [float(table.total[persons][:, part].sum() / many) for part, many in zip((bad, usual), n, strict=True)]
    return _told(means[1] - means[0], design)


def _past(cases: Cases, design: Design) -> Cases:
    """Cases before the start without the bad days, no further back than the baseline is."""
    kept = cases.day < design.starts[0].toordinal()
    if design.selected is not None:
        first, last = (one.toordinal() for one in design.selected)
        kept &= ~((cases.day >= first) & (cases.day <= last))
    return Cases(cases.day[kept], cases.value[kept], cases.who[kept])


def _arms(design: Design) -> tuple[int, int]:
    """How many are treated within the comparison, and how many they are compared with."""
    waiting = sum(one == len(design.starts) for one in design.waves) if design.drawn else design.others
    return len(design.waves) - (waiting if design.drawn else 0), waiting


def _replayed(past: Cases, design: Design, known: date, width: int) -> float | None:
    """The smallest effect of such waves in the past, drawn anew several times; on the scale of the series."""
    back = timedelta(weeks=-(-((design.end - known).days - 1) // WEEK))
    moved = replace(
        design, starts=tuple(one - back for one in design.starts), end=design.end - back, selected=None
    )  # fmt: skip
    draws: Sequence[tuple[int, ...]] = (design.waves,)
    if design.drawn:
        teams = dict(enumerate(design.teams))
        draws = [tuple(draw[one] for one in range(len(teams)))
                 for draw in redrawn(teams, len(design.starts), design.seed, _REPLAYS)]  # fmt: skip
    seen = []
    for waves in draws:
        one = replace(moved, waves=waves)
        found = _effect(tabled(past, one, width), one, checked=False).smallest_effect
        if found is not None:
            seen.append(found**2)
    return sqrt(float(np.mean(seen))) if seen else None


def _by_formula(past: Cases, design: Design, n: float, treated: int, beside: int) -> float:
    """Too little past for a replay: independent cases, so that it promises more than slow ups and downs let one see."""
    mine = past.value[past.who < len(design.waves)]
    length = (design.end - design.starts[0]).days // WEEK - design.settle
    each = max(n * length, 1e-9)
    if design.scale == "share":
        base = min(max(float(mine.mean()), 0.01), 0.99)
        return smallest_effect("share", treated=treated, control=beside, n=each, base=base)
    spread = max(float(mine.std(ddof=1)) if len(mine) > 1 else 0.0, 1e-9)
    freedom = max(1, treated + beside - 2)
    exact = float(stdtrit(freedom, 0.975) + stdtrit(freedom, 0.8)) / float(stdtrit(1e6, 0.975) + stdtrit(1e6, 0.8))
    return exact * smallest_effect("mean", treated=treated, control=beside, n=each, sd=spread)


def _sizes(effect_: tuple[float, float, float], design: Design) -> tuple[float, float, float]:
    value, low, high = (_told(one, design) for one in effect_)
    return value, low, high


def _told(amount: float, design: Design) -> float:
    return told(amount, design.scale, higher_is_better=design.higher_is_better)
