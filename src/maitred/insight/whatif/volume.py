"""How much arrives and when: the weekly level, the profile of the week, the spread of days, holidays and trend.

For the fit. Days with an incident are found by their excess over a negative-binomial expectation and teach nothing;
holidays are set apart. Formulas: gamma day factor by moments, ``cv² = sum((N-m)² - m) / sum(m²)`` (Avramidis,
Deslauriers, L'Ecuyer 2004); a trend is kept only where it stands out from over-dispersed weekly totals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

HOURS = 168
_POOL = (0.25, 0.5, 0.25)
_PRIOR_HOURS = 30.0
"""Tickets' worth of the parent's profile that every class's own profile is blended with."""
_INCIDENT_Z = 4.5
_TREND_Z = 2.6
_DEFAULT_HOLIDAY = 0.35
_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Volume:
    """Arrivals of one class: ``weekly`` tickets in an ordinary week at the end of the window, with 95 % interval.

    ``profile`` has 168 hours of the local week from Monday 00:00 and sums to 1.
    """

    weekly: float
    low: float
    high: float
    n: int
    profile: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Volumes:
    """All classes together; ``day_factor`` is the coefficient of variation of a day, ``trend`` the yearly growth."""

    classes: tuple[Volume, ...]
    day_factor: float
    day_factor_low: float
    day_factor_high: float
    trend: float
    holiday_factor: float
    holiday_days: int
    day_correlation: float
    """Of the day factors of two classes."""
    excluded: tuple[date, ...]
    days: int


def volumes(
    created: Ints,
    class_: Ints,
    parents: Sequence[int],
    zones: Sequence[str],
    first: date,
    last: date,
    holidays: Sequence[date] = (),
) -> Volumes:
    """Fit the arrivals of all classes.

    Parameters
    ----------
    created, class_
        Epoch ms and class of each ticket, shape (n,); those outside the window are ignored.
    parents
        Of each class, the number of the family (channel) whose weekly profile it leans on.
    zones
        Time zone of each class.
    first, last
        Window of local days, both inclusive.
    holidays
        Days that count as holidays for all classes.
    """
    days = (last - first).days + 1
    counts = np.stack([_hourly(created[class_ == k], zones[k], first, days) for k in range(len(zones))])
    weekday = (first.weekday() + np.arange(days)) % 7
    special = np.isin(np.arange(days), [(day - first).days for day in holidays])
    daily = counts.sum(axis=2)
    excluded = _incidents(daily, weekday, special)
    ordinary = ~special & ~excluded
    trend = _trend(daily.sum(axis=0), weekday, ordinary)
    growth: Floats = np.asarray(1.0 + trend * (np.arange(days) - days) / 365.25, np.float64)
    level, error = _levels(daily, weekday, ordinary, growth)
    expected = _expected(daily, weekday, ordinary, growth)
    factor, factor_error = _day_factor(daily, expected, ordinary)
    usual = float(expected[:, special].sum())
    profiles = _profiles(counts, weekday, ordinary, parents)
    return Volumes(
        classes=tuple(_volume(level[k], error[k], int(daily[k].sum()), profiles[k]) for k in range(len(zones))),
        day_factor=factor,
        day_factor_low=max(0.0, factor - _Z * factor_error),
        day_factor_high=factor + _Z * factor_error,
        trend=trend,
        holiday_factor=float(daily[:, special].sum()) / usual if usual > 20 else _DEFAULT_HOLIDAY,
        holiday_days=int(special.sum()),
        day_correlation=_day_correlation(daily, expected, ordinary, factor),
        excluded=tuple(first + timedelta(days=int(day)) for day in np.flatnonzero(excluded)),
        days=days,
    )


def _hourly(created: Ints, zone: str, first: date, days: int) -> Floats:
    """Tickets by local day and hour, shape (days, 24)."""
    start = int(datetime(first.year, first.month, first.day, tzinfo=UTC).timestamp() * 1000)
    local = created + offsets(created, zone) - start
    hour = local // 3_600_000
    inside = (hour >= 0) & (hour < days * 24)
    return np.bincount(hour[inside], minlength=days * 24).astype(np.float64).reshape(days, 24)


def offsets(instants: Ints, zone: str) -> Ints:
    """Distance of local time from UTC in ms at each instant; looked up once per hour that occurs."""
    place = ZoneInfo(zone)
    hours, back = np.unique(instants // 3_600_000, return_inverse=True)
    if not len(hours):
        return np.zeros(0, np.int64)
    days, of_hour = np.unique(hours // 24, return_inverse=True)
    ends = [[_offset(int(day) * 86_400, place), _offset(int(day) * 86_400 + 86_399, place)] for day in days]
    table = np.array(ends, np.int64)
    found = table[of_hour, 0].copy()
    for place_ in np.flatnonzero(table[of_hour, 0] != table[of_hour, 1]):
        found[place_] = _offset(int(hours[place_]) * 3_600, place)
    return np.asarray(found[back] * 1000, np.int64)


def _offset(second: int, zone: ZoneInfo) -> int:
    moved = datetime.fromtimestamp(second, zone).utcoffset()
    return int(moved.total_seconds()) if moved is not None else 0


def _weekday_means(daily: Floats, weekday: Ints, ordinary: Flags) -> Floats:
    """Mean of each weekday over ordinary days, shape (classes, 7)."""
    means = np.zeros((len(daily), 7))
    for day in range(7):
        mine = ordinary & (weekday == day)
        if mine.any():
            means[:, day] = daily[:, mine].mean(axis=1)
    return means


def _incidents(daily: Floats, weekday: Ints, special: Flags) -> Flags:
    """Days on which a class or the floor had far more than its weekday's median explains, by a robust spread."""
    found = np.zeros(daily.shape[1], np.bool_)
    for series in (*daily, daily.sum(axis=0)):
        score = np.zeros(len(series))
        for day in range(7):
            mine = ~special & (weekday == day)
            if mine.sum() < 4:
                continue
            usual = np.median(series[mine])
            spread = 1.4826 * np.median(np.abs(series[mine] - usual))
            score[mine] = (series[mine] - usual) / max(spread, np.sqrt(usual + 1.0), 0.15 * usual)
        found |= score > _INCIDENT_Z
    return found


def _trend(total: Floats, weekday: Ints, ordinary: Flags) -> float:
    """Yearly growth relative to the end of the window, 0 unless it stands out."""
    means = _weekday_means(total[None, :], weekday, ordinary)[0][weekday]
    good = ordinary & (means > 0)
    if good.sum() < 56:
        return 0.0
    ratio, weight = total[good] / means[good], means[good]
    years = (np.flatnonzero(good) - len(total)) / 365.25
    centre = np.average(years, weights=weight)
    spread = float((weight * (years - centre) ** 2).sum())
    slope = float((weight * (years - centre) * (ratio - 1.0)).sum()) / spread
    fitted = np.average(ratio, weights=weight) + slope * (years - centre)
    scale = float((weight * (ratio - fitted) ** 2).sum()) / (len(ratio) - 8)
    if abs(slope) < _TREND_Z * np.sqrt(scale / spread):
        return 0.0
    at_end = float(np.average(ratio, weights=weight) - slope * centre)
    return float(np.clip(slope / max(at_end, 0.2), -2.0, 2.0))


def _levels(daily: Floats, weekday: Ints, ordinary: Flags, growth: Floats) -> tuple[Floats, Floats]:
    """Tickets of an ordinary week at the window's end, with standard errors (over-dispersed)."""
    level, variance = np.zeros(len(daily)), np.zeros(len(daily))
    for day in range(7):
        mine = ordinary & (weekday == day)
        n = int(mine.sum())
        if not n:
            continue
        even = daily[:, mine] / growth[mine]
        mean = even.mean(axis=1)
        level += mean
        own = even.var(axis=1, ddof=1) if n > 2 else mean
        variance += np.maximum(own, mean) / n
    return level, np.sqrt(np.maximum(variance, level / max(1, daily.shape[1] / 7)))


def _expected(daily: Floats, weekday: Ints, ordinary: Flags, growth: Floats) -> Floats:
    means = _weekday_means(daily / growth, weekday, ordinary)
    found: Floats = means[:, weekday] * growth
    return found


def _day_factor(daily: Floats, expected: Floats, ordinary: Flags) -> tuple[float, float]:
    """Coefficient of variation of the gamma day factor, pooled over classes, and its standard error."""
    n = int(ordinary.sum())
    if n < 21:
        return 0.12, 0.06
    seen, mean = daily[:, ordinary], expected[:, ordinary]
    freedom = n / max(1, n - 7)
    excess = (freedom * (seen - mean) ** 2 - mean).sum(axis=0)
    weight = (mean**2).sum(axis=0)
    square = float(excess.sum() / max(weight.sum(), 1e-9))
    error = float(np.sqrt(((excess - square * weight) ** 2).sum()) / max(weight.sum(), 1e-9))
    factor = float(np.sqrt(max(square, 0.0)))
    return factor, error / (2 * max(factor, 0.05))


def _day_correlation(daily: Floats, expected: Floats, ordinary: Flags, factor: float) -> float:
    """Covariance of two classes' days over the pooled variance, by moments; one half where nothing tells it."""
    if len(daily) < 2 or factor < 0.02 or ordinary.sum() < 56:
        return 0.5
    away, mean = (daily - expected)[:, ordinary], expected[:, ordinary]
    both = float((away.sum(axis=0) ** 2 - (away**2).sum(axis=0)).sum())
    weight = float((mean.sum(axis=0) ** 2 - (mean**2).sum(axis=0)).sum())
    return float(np.clip(both / max(weight, 1e-9) / factor**2, 0.0, 1.0))


def _profiles(counts: Floats, weekday: Ints, ordinary: Flags, parents: Sequence[int]) -> Floats:
    """Share of the week by local hour: three neighbours pooled, leaning on the family's; shape (classes, 168)."""
    raw = np.zeros((len(counts), 7, 24))
    for day in range(7):
        mine = ordinary & (weekday == day)
        if mine.any():
            raw[:, day] = counts[:, mine].mean(axis=1) * max(1, int(ordinary.sum())) / 7
    found = np.zeros((len(counts), HOURS))
    families = np.asarray(parents)
    for k in range(len(counts)):
        family = _smooth(raw[families == families[k]].sum(axis=0).reshape(HOURS))
        own = _smooth(raw[k].reshape(HOURS))
        mixed = own + _PRIOR_HOURS * family / max(family.sum(), 1e-9)
        found[k] = mixed / max(mixed.sum(), 1e-9)
    return found


def _smooth(profile: Floats) -> Floats:
    """Three neighbours pooled where they agree within chance; an edge of opening hours stays an edge."""
    before, after = np.roll(profile, 1), np.roll(profile, -1)
    pooled = _POOL[0] * before + _POOL[1] * profile + _POOL[2] * after
    apart = np.maximum(np.abs(before - profile), np.abs(after - profile))
    alike = apart <= 3.0 * np.sqrt(np.maximum(np.maximum(before, after), profile) + 1.0)
    found: Floats = np.where(alike, pooled, profile)
    return found


def _volume(level: float, error: float, n: int, profile: Floats) -> Volume:
    low, high = max(0.0, float(level - _Z * error)), float(level + _Z * error)
    return Volume(float(level), low, high, n, tuple(float(part) for part in profile))
