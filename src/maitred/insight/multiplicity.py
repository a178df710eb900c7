"""Many looks at once: what may be said about one of many series, topics or people without crying wolf.

Benjamini and Hochberg 1995 for findings, Benjamini and Yekutieli 2001 under any dependence, Holm 1979 where no false
claim at all is wanted; ``screen`` looks at many series on one day, each against its own past and weekday.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from maitred.base.errors import Invalid
from maitred.insight.datasets import DataSet
from maitred.metrics.intervals import Floats, Z

Correction = Literal["bh", "by", "holm"]
SHORTEST = 14
"""Days of a series' own past without which nothing is said about it."""


@dataclass(frozen=True, slots=True)
class Effect:
    """A size with its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Flagged:
    """One series that stands out: today over what was expected (ratio), shrunken, and its q value."""

    series: str
    direction: Literal["up", "down"]
    effect: Effect
    q: float


@dataclass(frozen=True, slots=True)
class Screened:
    """How many series were looked at, how many had too short a past, and which stand out, by name."""

    tested: int
    skipped: int
    flagged: tuple[Flagged, ...]


def adjusted(p: Sequence[float] | Floats, correction: Correction = "bh") -> Floats:
    """Adjusted p values: claim all that are not above the wanted rate.

    >>> adjusted([0.01, 0.02, 0.9]).round(3).tolist()
    [0.03, 0.03, 0.9]
    """
    values = np.asarray(p, np.float64)
    order = np.argsort(values, kind="stable")
    m = len(values)
    rank = np.arange(1, m + 1)
    if correction == "holm":
        raised = np.maximum.accumulate(values[order] * (m - rank + 1))
    else:
        factor = m * (1 / rank).sum() if correction == "by" else m
        raised = np.minimum.accumulate((values[order] * factor / rank)[::-1])[::-1]
    found = np.empty(m)
    found[order] = np.minimum(1.0, raised)
    return found


def screen(data: DataSet, at: float, season: int = 7, q: float = 0.10) -> Screened:
    """Which counts of one day stand out from their own past, among all series.

    Parameters
    ----------
    data
        ``series``, ``t`` (whole days), ``value`` (counts).
    at
        The day looked at; only days before it are the past. A series without a row on that day counted nothing.
    season
        Length of the season in days (7: weekdays); 1 for none.
    q
        Wanted share of false ones among the flagged.

    Notes
    -----
    The day's mean is level times season, both from the past; its spread is over-dispersed as the past was, shrunk
    towards that of all series; the tail is negative binomial and counts the error of the mean. The size of what is
    flagged is shrunken towards no change, since it was picked for being large.
    """
    _checked(data, season, q)
    names = data.texts("series")
    series: dict[str, list[int]] = {}
    t, value = data.numbers("t"), data.numbers("value")
    for place, name in enumerate(names):
        if name and not np.isnan(t[place]) and not np.isnan(value[place]) and t[place] <= at:
            series.setdefault(name, []).append(place)
    pasts = {name: _past(t[places], value[places], at, season) for name, places in sorted(series.items())}
    clear = {name: one for name, one in pasts.items() if one is not None}
    if not clear:
        return Screened(0, len(pasts), ())
    pooled = _pooled([one.dispersion for one in clear.values()], [one.days for one in clear.values()])
    judged = [(name, one, _spread(one, pooled)) for name, one in clear.items()]
    tails = adjusted([_two_sided(one.today, one.mean, spread) for _, one, spread in judged])
    sizes = [_log_ratio(one, spread) for _, one, spread in judged]
    between = max(0.0, float(np.mean([size**2 - error**2 for size, error in sizes])))
    flagged = [
        Flagged(name, "up" if one.today > one.mean else "down", _shrunken(*size, between), float(tail))
        for (name, one, _), size, tail in zip(judged, sizes, tails, strict=True)
        if tail <= q
    ]
    return Screened(len(clear), len(pasts) - len(clear), tuple(flagged))


@dataclass(frozen=True, slots=True)
class _Past:
    """What one series' past says about the day."""

    today: float
    mean: float
    dispersion: float
    error: float
    """Variance of the mean over the mean, for an unscattered count."""
    days: int


def _checked(data: DataSet, season: int, q: float) -> None:
    value = data.numbers("value")
    if season < 1:
        raise Invalid(f"a season of {season} days is impossible", "give --season 7, or 1 for none")
    if not 0 < q < 1:
        raise Invalid(f"--q must lie between 0 and 1, is {q}", "give the share of false findings allowed, such as 0.1")
    if (value < 0).any() or (value[~np.isnan(value)] % 1).any():
        raise Invalid("counts are whole numbers from 0 on", "screen looks at counts only")


def _past(t: Floats, value: Floats, at: float, season: int) -> _Past | None:
    before = t < at
    first = t.min()
    days = int(at - first)
    if not before.any() or days < SHORTEST:
        return None
    counts = np.zeros(days)
    np.add.at(counts, (t[before] - first).astype(np.int64), value[before])
    phase = (np.arange(days) - days) % season
    level = counts.mean()
    if level == 0:
        return None
    each = np.bincount(phase, counts, season)
    seen = np.bincount(phase, minlength=season)
    # a weekday's factor is drawn towards 1 by the noise of its own mean
    raw = np.divide(each, seen * level, out=np.ones(season), where=seen > 0)
    noise = 1 / np.maximum(seen * level, 1e-9)
    scatter = max(0.0, float(np.var(raw) - noise.mean())) if season > 1 else 0.0
    factor = 1 + (raw - 1) * scatter / (scatter + noise) if scatter > 0 else np.ones(season)
    expected = level * factor[phase]
    freedom = max(1, days - (season if scatter > 0 else 1))
    dispersion = float(((counts - expected) ** 2 / np.maximum(expected, 1e-9)).sum() / freedom)
    error = 1 / days + (scatter / (scatter + noise[0]) if scatter > 0 else 0.0) * (1 / max(1, seen[0]) - 1 / days)
    return _Past(float(value[t == at].sum()), float(level * factor[0]), dispersion, error, days)


def _pooled(dispersions: Sequence[float], days: Sequence[int]) -> float:
    return max(1.0, float(np.average(dispersions, weights=days)))


def _spread(one: _Past, pooled: float) -> float:
    """Variance over mean of the day's count, the error of the mean counted; own past and all series half and half."""
    prior = 30.0
    own = (one.days * one.dispersion + prior * pooled) / (one.days + prior)
    return max(1.0, own) * (1 + one.error)


def _two_sided(today: float, mean: float, spread: float) -> float:
    """Twice the smaller tail of a count with this mean and spread."""
    from scipy.special import betainc, pdtr, pdtrc

    if spread <= 1 + 1e-9:
        above, below = pdtrc(today - 1, mean) if today > 0 else 1.0, pdtr(today, mean)
    else:
        size = mean / (spread - 1)
        above = 1 - betainc(size, today, 1 / spread) if today > 0 else 1.0
        below = betainc(size, today + 1, 1 / spread)
    return min(1.0, 2 * float(min(above, below)))


def _log_ratio(one: _Past, spread: float) -> tuple[float, float]:
    """Log of today over the expected, and its standard error."""
    return float(np.log((one.today + 0.5) / (one.mean + 0.5))), float(np.sqrt(spread / max(one.today + 0.5, one.mean)))


def _shrunken(size: float, error: float, between: float) -> Effect:
    share = between / (between + error**2) if between > 0 else 0.5
    mean, half = size * share, Z * error * np.sqrt(share)
    return Effect(*(float(np.exp(end)) for end in (mean, mean - half, mean + half)))
