"""Did the level of one series change on a day? Segmented regression with a season and errors that follow each other.

Level, slope and season by generalised least squares with AR(1) errors. The correlation is not plugged in: the answer is
the mixture over its restricted likelihood (REML), with Student's t around each, which keeps short series honest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maitred.metrics.intervals import Floats

FEWEST_BEFORE, FEWEST_AFTER = 24, 8
_FOLLOWS = np.linspace(-0.4, 0.95, 28)


@dataclass(frozen=True, slots=True)
class LevelChange:
    """How far the level moved, with its interval; ``follows`` is how far an error follows the one before (mean)."""

    value: float
    low: float
    high: float
    smallest_effect: float
    follows: float


def level_change(values: Floats, times: Floats, start: float, season: int = 1) -> LevelChange:
    """The step at ``start`` in a series.

    Parameters
    ----------
    values, times
        The series in order of time, and its whole periods; gaps are allowed.
    season
        Periods of a season, as harmonics (all of them up to 7 periods, else the first three).
    """
    from scipy.special import stdtr, stdtrit

    design = _design(times, start, season)
    fits = [_fit(values, design, times, float(follows)) for follows in _FOLLOWS]
    logs = np.array([one[2] for one in fits])
    weight = np.exp(logs - logs.max())
    weight /= weight.sum()
    size, error = (np.array([one[place] for one in fits]) for place in (0, 1))
    freedom = len(values) - design.shape[1] - 1
    value = float(weight @ size)
    reach = 8 * float(error.max())
    places = np.linspace(value - reach, value + reach, 4_001)
    below = weight @ stdtr(freedom, (places - size[:, None]) / error[:, None])
    low, high = np.interp((0.025, 0.975), below, places)
    spread = float(high - low) / 2 / float(stdtrit(freedom, 0.975))
    smallest = spread * float(stdtrit(freedom, 0.975) + stdtrit(freedom, 0.8))
    return LevelChange(value, float(low), float(high), smallest, float(weight @ _FOLLOWS))


def _design(times: Floats, start: float, season: int) -> Floats:
    """The step comes first; the slope is measured from the start so that step and slope hardly trade."""
    away = times - start
    columns = [(away >= 0).astype(np.float64), np.ones(len(times)), away / max(1.0, float(np.ptp(away)))]
    if season > 1:
        for k in range(1, min(season // 2, 3) + 1):
            angle = 2 * np.pi * k * times / season
            columns.append(np.cos(angle))
            if 2 * k != season:
                columns.append(np.sin(angle))
    return np.column_stack(columns)


def _fit(values: Floats, design: Floats, times: Floats, follows: float) -> tuple[float, float, float]:
    """Step, its standard error, and the restricted log likelihood for one correlation."""
    gap = np.diff(times)
    power = np.sign(follows) ** gap * np.abs(follows) ** gap if follows != 0 else np.zeros(len(gap))
    scale = np.sqrt(1 - power**2)
    white, turned = values.copy(), design.copy()
    white[1:] = (values[1:] - power * values[:-1]) / scale
    turned[1:] = (design[1:] - power[:, None] * design[:-1]) / scale[:, None]
    gram = turned.T @ turned
    inverse = np.linalg.inv(gram)
    beta = inverse @ (turned.T @ white)
    freedom = len(values) - design.shape[1]
    residual = float(((white - turned @ beta) ** 2).sum())
    variance = max(residual, 1e-300) / freedom
    likelihood = -np.log(scale).sum() - 0.5 * np.linalg.slogdet(gram)[1] - 0.5 * freedom * np.log(variance)
    return float(beta[0]), float(np.sqrt(variance * inverse[0, 0])), float(likelihood)
