"""Did it work? The effect of something that began for some units, against units for which it had not begun.

Designs, by what the data allow: differences in differences against units that were never or not yet treated (one start
or many; group-time effects as in Callaway and Sant'Anna 2021, never two-way fixed effects), else an interrupted time
series with level, slope, season and AR(1) errors, else nothing but a description. Each unit counts once, which makes
serial correlation harmless (Bertrand, Duflo, Mullainathan 2004). Checks are printed with the result; one that fails
turns the verdict into ``cannot_tell``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from maitred.base.errors import Invalid
from maitred.insight import interrupted
from maitred.insight.datasets import DataSet
from maitred.insight.multiplicity import Effect
from maitred.metrics.intervals import Floats

Kind = Literal["mean", "share"]
Design = Literal["did", "staggered", "its", "before_after", "none"]
Verdict = Literal["improved", "worsened", "no_effect_shown", "cannot_tell", "not_enough_data"]
FEWEST_UNITS, FEWEST_IN_ARM = 8, 3
PRE_TREND_P = 0.01


@dataclass(frozen=True, slots=True)
class Judged:
    """An effect (higher value = better) with its verdict, and what was checked.

    ``smallest_effect`` is what this design would have shown with 80 % power.
    """

    design: Design
    effect: Effect | None
    verdict: Verdict
    reason: str = ""
    smallest_effect: float | None = None
    checks: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Panel:
    """Values by unit and time; NaN where there are none. ``start`` is infinite for units never treated."""

    names: list[str]
    times: Floats
    total: Floats
    weight: Floats
    start: Floats
    excluded: tuple[float, float] | None

    def mean(self, unit: int, inside: np.ndarray) -> float:
        """Mean of a unit over the times marked; NaN without any."""
        weight = self.weight[unit, inside]
        return float(self.total[unit, inside].sum() / weight.sum()) if weight.sum() > 0 else np.nan

    def before(self, start: float) -> np.ndarray:
        """Times before a start, without those by which the units were chosen."""
        found = self.times < start
        if self.excluded is not None:
            found &= ~((self.times >= self.excluded[0]) & (self.times <= self.excluded[1]))
        return np.asarray(found)


def effect(
    data: DataSet, kind: Kind, season: int = 1, selected_on: tuple[float, float] | None = None, *, checked: bool = True
) -> Judged:
    """Judge an intervention.

    Parameters
    ----------
    data
        ``unit``, ``t`` (whole periods), ``value``, perhaps ``n`` (share: ``value`` of ``n`` were good; mean: ``value``
        is the mean of ``n``), ``treated_from`` (first treated period; empty: never).
    season
        Periods of a season, for interrupted time series.
    selected_on
        First and last period by whose outcome the treated units were chosen; they are no baseline, or the units would
        seem to improve by themselves.
    checked
        False leaves the checks out, for whoever asks only what such a design would show.

    Raises
    ------
    Invalid
        A unit has two starts, or a share is above 1.
    """
    panel = _panel(data, kind, selected_on)
    treated = np.isfinite(panel.start)
    if not treated.any() or panel.weight.sum() == 0:
        return Judged("none", None, "not_enough_data", "nothing was treated")
    if not panel.before(float(panel.start[treated].min())).any():
        return Judged("none", None, "cannot_tell", "regression_to_the_mean" if selected_on else "no_baseline")
    starts = np.unique(panel.start[treated])
    controls = bool((~treated).any()) or len(starts) > 1
    if controls and len(panel.names) > 1:
        return _differences(panel, treated, starts, checked)
    return _alone(panel, float(starts[0]), season, selected_on)


def _panel(data: DataSet, kind: Kind, selected_on: tuple[float, float] | None) -> _Panel:
    value, weight = data.numbers("value"), data.numbers("n")
    if not data.has("n"):
        weight = np.ones(data.rows)
    there = ~np.isnan(value) & ~np.isnan(data.numbers("t")) & (weight > 0)
    if kind == "share" and (value[there] > weight[there]).any():
        raise Invalid("a share has more successes than n", "value is the number of successes, n of answers")
    total = value if kind == "share" else value * weight
    names = sorted(set(data.texts("unit")))
    order = {name: place for place, name in enumerate(names)}
    unit = np.array([order[one] for one in data.texts("unit")], np.int64)
    times = np.unique(data.numbers("t")[there])
    when = np.searchsorted(times, data.numbers("t")).clip(0, max(0, len(times) - 1))
    shape = (len(names), len(times))
    sums, weights = np.zeros(shape), np.zeros(shape)
    np.add.at(sums, (unit[there], when[there]), total[there])
    np.add.at(weights, (unit[there], when[there]), weight[there])
    return _Panel(names, times, sums, weights, _starts(data, names, unit), selected_on)


def _starts(data: DataSet, names: list[str], unit: np.ndarray) -> Floats:
    given = data.numbers("treated_from")
    found = np.full(len(names), np.inf)
    for place, name in enumerate(names):
        mine = given[unit == place]
        stated = np.unique(mine[~np.isnan(mine)])
        if len(stated) > 1:
            raise Invalid(f"the unit {name} has more than one start", "give each unit one treated_from")
        if len(stated):
            found[place] = stated[0]
    return found


def _differences(panel: _Panel, treated: np.ndarray, starts: Floats, checked: bool) -> Judged:
    design: Design = "did" if len(starts) == 1 else "staggered"
    weights = _weights(panel, treated)
    units = np.flatnonzero(np.abs(weights).sum(axis=1) > 0)
    arms = int(treated[units].sum()), int((~treated[units]).sum())
    never = bool((~treated).any())
    if len(units) < FEWEST_UNITS or arms[0] < FEWEST_IN_ARM or (never and arms[1] < FEWEST_IN_ARM):
        reason = (
            f"{arms[0]} treated and {arms[1]} other units: {FEWEST_UNITS} in all and {FEWEST_IN_ARM} of each are needed"
        )
        return Judged(design, None, "not_enough_data", reason)
    value, error, freedom = _estimated(panel, treated, weights)
    found = _interval(value, error, freedom)
    smallest = _smallest(error, freedom)
    if not checked:
        return Judged(design, found, _verdict(found), "", smallest)
    checks = _checks(panel, treated, starts, weights, value)
    if not checks["pre_trend"]["passed"]:
        return Judged(design, found, "cannot_tell", "pre_trend", smallest, checks)
    return Judged(design, found, _verdict(found), "", smallest, checks)


def _weights(panel: _Panel, treated: np.ndarray) -> Floats:
    """How each unit and time enters the mean effect over all treated unit-periods: it is linear in the values.

    Every treated unit and period is compared with its own baseline, minus the same of the units not treated by then.
    """
    weights = np.zeros(panel.total.shape)
    cells = 0
    for unit in np.flatnonzero(treated):
        baseline = panel.before(float(panel.start[unit])) & (panel.weight[unit] > 0)
        if not baseline.any():
            continue
        for when in np.flatnonzero((panel.times >= panel.start[unit]) & (panel.weight[unit] > 0)):
            others = [
                other
                for other in np.flatnonzero(panel.start > panel.times[when])
                if panel.weight[other, when] > 0 and panel.weight[other, baseline].sum() > 0
            ]
            if not others:
                continue
            cells += 1
            weights[unit, when] += 1
            weights[unit] -= _share_of(panel, unit, baseline)
            for other in others:
                weights[other, when] -= 1 / len(others)
                weights[other] += _share_of(panel, other, baseline) / len(others)
    return weights / max(1, cells)


def _share_of(panel: _Panel, unit: Any, inside: np.ndarray) -> Floats:
    """Weights that make the mean of a unit over some times from its values."""
    held = np.where(inside, panel.weight[unit], 0.0)
    return np.asarray(held / held.sum())


def _values(panel: _Panel) -> Floats:
    return np.divide(panel.total, panel.weight, out=np.zeros_like(panel.total), where=panel.weight > 0)


def _estimated(panel: _Panel, treated: np.ndarray, weights: Floats) -> tuple[float, float, float]:
    """The effect, its standard error by unit, and Satterthwaite's degrees of freedom."""
    parts = (weights * _values(panel)).sum(axis=1)
    value = float(parts.sum())
    used = np.abs(weights).sum(axis=1) > 0
    scale = np.abs(np.where(weights > 0, weights, 0.0).sum(axis=1))
    variances, terms = [], []
    for arm in (used & treated, used & ~treated):
        count = int(arm.sum())
        if count < 2:
            continue
        share = scale[arm] / scale[arm].sum() if scale[arm].sum() > 0 else np.full(count, 1 / count)
        mean = parts[arm].sum()
        away = parts[arm] - mean * share
        own = float((away**2 / (1 - share).clip(0.05)).sum())
        variances.append(own)
        terms.append(own**2 / (count - 1))
    spread = sum(variances)
    freedom = spread**2 / sum(terms) if spread > 0 else 1.0
    return value, float(np.sqrt(spread)), float(max(1.0, freedom))


def _interval(value: float, error: float, freedom: float) -> Effect:
    from scipy.special import stdtrit

    half = float(stdtrit(freedom, 0.975)) * error
    return Effect(value, value - half, value + half)


def _smallest(error: float, freedom: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.975) + stdtrit(freedom, 0.8)) * error


def _verdict(found: Effect) -> Verdict:
    return "improved" if found.low > 0 else "worsened" if found.high < 0 else "no_effect_shown"


def _checks(panel: _Panel, treated: np.ndarray, starts: Floats, weights: Floats, value: float) -> dict[str, Any]:
    return {
        "pre_trend": _pre_trend(panel, treated, starts),
        "placebo_dates": _placebo_dates(panel, treated, starts, value),
        "leave_one_out": _leave_one_out(panel, treated),
        "units": {"treated": int(treated.sum()), "never_treated": int((~treated).sum())},
    }


def _pre_trend(panel: _Panel, treated: np.ndarray, starts: Floats) -> dict[str, Any]:
    """Whether treated and other units drifted apart before the first start: slopes unit by unit, compared by Welch."""
    from scipy.special import stdtr

    inside = panel.before(float(starts[0]))
    slopes = np.array([_slope(panel, unit, inside) for unit in range(len(panel.names))])
    arms = [slopes[arm & ~np.isnan(slopes)] for arm in (treated, ~treated)]
    if min(len(arm) for arm in arms) < 2:
        return {"passed": True, "p": None, "smallest_slope": None}
    parts = [float(arm.var(ddof=1)) / len(arm) for arm in arms]
    spread = sum(parts)
    if spread <= 0:
        return {"passed": True, "p": None, "smallest_slope": None}
    freedom = spread**2 / sum(part**2 / (len(arm) - 1) for part, arm in zip(parts, arms, strict=True))
    t = float(arms[0].mean() - arms[1].mean()) / np.sqrt(spread)
    p = 2 * float(stdtr(freedom, -abs(t)))
    return {"passed": p >= PRE_TREND_P, "p": p, "smallest_slope": _smallest(float(np.sqrt(spread)), freedom)}


def _slope(panel: _Panel, unit: int, inside: np.ndarray) -> float:
    mine = inside & (panel.weight[unit] > 0)
    if mine.sum() < 4:
        return np.nan
    times = panel.times[mine] - panel.times[mine].mean()
    values = panel.total[unit, mine] / panel.weight[unit, mine]
    return float(times @ values / (times @ times))


def _placebo_dates(panel: _Panel, treated: np.ndarray, starts: Floats, value: float) -> dict[str, Any]:
    """Effects of starts that never were, within the periods before the first: the share that is as large as the real.

    It is printed and decides nothing: before one start there are few such dates, and they share their periods.
    """
    inside = panel.before(float(starts[0]))
    times = panel.times[inside]
    found = []
    for start in times[2:-1]:
        moved = np.where(treated, float(start), np.inf)
        earlier = _Panel(panel.names, times, panel.total[:, inside], panel.weight[:, inside], moved, None)
        weights = _weights(earlier, treated)
        if np.abs(weights).sum() > 0:
            found.append(float((weights * _values(earlier)).sum()))
    if not found:
        return {"n": 0, "share_as_large": None}
    return {"n": len(found), "share_as_large": float(np.mean(np.abs(found) >= abs(value)))}


def _leave_one_out(panel: _Panel, treated: np.ndarray) -> dict[str, float]:
    """The range of the effect when any one treated unit is left out."""
    found = []
    if int(treated.sum()) > 30:
        return {}
    for unit in np.flatnonzero(treated):
        keep = np.arange(len(panel.names)) != unit
        names = [name for name, kept in zip(panel.names, keep, strict=True) if kept]
        rest = _Panel(names, panel.times, panel.total[keep], panel.weight[keep], panel.start[keep], panel.excluded)
        weights = _weights(rest, treated[keep])
        if np.abs(weights).sum() > 0:
            found.append(float((weights * _values(rest)).sum()))
    return {"low": min(found), "high": max(found)} if found else {}


def _alone(panel: _Panel, start: float, season: int, selected_on: tuple[float, float] | None) -> Judged:
    """Everybody was treated at once: a series of its own, or only a description."""
    before = panel.before(start)
    after = panel.times >= start
    series = panel.total.sum(axis=0) / np.maximum(panel.weight.sum(axis=0), 1e-300)
    there = panel.weight.sum(axis=0) > 0
    if (before & there).sum() >= interrupted.FEWEST_BEFORE and (after & there).sum() >= interrupted.FEWEST_AFTER:
        used = there & (before | after)
        found = interrupted.level_change(series[used], panel.times[used], start, season)
        made = Effect(found.value, found.low, found.high)
        return Judged("its", made, _verdict(made), "", found.smallest_effect, {"ar1": found.follows})
    if not (before & there).any() or not (after & there).any():
        return Judged("before_after", None, "not_enough_data", "there is nothing before or nothing after")
    change = float(series[after & there].mean() - series[before & there].mean())
    needed = f"{interrupted.FEWEST_BEFORE} periods before and {interrupted.FEWEST_AFTER} after, or units not treated"
    checks = {"difference": change, "needed": needed}
    return Judged("before_after", None, "cannot_tell", "no_control", None, checks)
