"""How many tickets a class expects at every moment: the week's profile, the year, trend, holidays and the day's luck.

Real days are over-dispersed: on a busy day everything is busy. A gamma factor with mean 1 multiplies each class's local
day; over the classes of a day the factors are correlated (``World.day_correlation``). Times of day are local to the
class, so the day on which clocks change has 23 or 25 hours. The week's hours become quarter-hours by lines through
them that keep each hour's sum and the edges of opening hours.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import numba as nb
import numpy as np
from numpy.typing import NDArray

from maitred.floor.streams import Purpose, normals
from maitred.floor.world import TicketClass, World

QUARTER: Final = 900_000
DAY_QUARTERS: Final = 96
WEEK_QUARTERS: Final = 672
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

Floats = NDArray[np.float64]
Places = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Rates:
    """Intensities of all classes over the quarter-hours of a world, in tickets per millisecond.

    In quarter-hour ``q`` of class ``c`` the intensity is a line from ``left[c, w]`` to ``right[c, w]`` times
    ``day[c, d]``, with ``w = week[z, q]``, ``d = local_day[z, q]`` and ``z = zone[c]``; nothing before ``starts[c]``.

    Attributes
    ----------
    first
        Number of the first quarter-hour, counted from 1970 in UTC.
    left, right
        Of each class and quarter-hour of the local week; shape (classes, 672).
    day
        Factor of each class and local day; shape (classes, days).
    zone
        Of each class, position in the zones.
    week, local_day
        Of each zone and quarter-hour; shape (zones, quarters).
    starts
        Milliseconds from the origin.
    """

    first: int
    left: Floats
    right: Floats
    day: Floats
    zone: Places
    week: Places
    local_day: Places
    starts: NDArray[np.int64]

    def expected(self) -> Floats:
        """Expected tickets of each class and quarter-hour, given the days' factors; shape (classes, quarters)."""
        made = np.empty((len(self.zone), self.week.shape[1]))
        begin = np.arange(made.shape[1]) * QUARTER
        for place, zone in enumerate(self.zone):
            week = self.week[zone]
            cut = np.clip((self.starts[place] - begin) / QUARTER, 0.0, 1.0)
            left, right = self.left[place, week], self.right[place, week]
            after = (1 - cut) * (left + right + cut * (right - left)) / 2
            made[place] = QUARTER * after * self.day[place, self.local_day[zone]]
        return made


def rates(world: World) -> Rates:
    """The intensities of a world, its days' factors drawn."""
    origin = datetime.combine(world.start - timedelta(days=world.warmup), datetime.min.time(), UTC)
    quarters = (world.warmup + world.days) * DAY_QUARTERS
    zones = sorted({one.zone for one in world.classes})
    first_day = origin.date() - timedelta(days=1)
    local = np.stack([_local_quarters(zone, origin, quarters) for zone in zones] or [np.zeros(quarters, np.int64)])
    local_day = local // DAY_QUARTERS - first_day.toordinal()
    days = [first_day + timedelta(days=number) for number in range(world.warmup + world.days + 3)]
    edges = [_edges(one) for one in world.classes]
    return Rates(
        first=int((origin - EPOCH) / timedelta(milliseconds=QUARTER)),
        left=np.array([left for left, _ in edges]).reshape(-1, WEEK_QUARTERS),
        right=np.array([right for _, right in edges]).reshape(-1, WEEK_QUARTERS),
        day=_days(world, days),
        zone=np.array([zones.index(one.zone) for one in world.classes], np.int32),
        week=((local - DAY_QUARTERS) % WEEK_QUARTERS).astype(np.int32),
        local_day=local_day.astype(np.int32),
        starts=np.array([_starts(one, origin) for one in world.classes], np.int64),
    )


def _starts(one: TicketClass, origin: datetime) -> int:
    if one.starts is None:
        return -(1 << 60)
    since = one.starts if one.starts.tzinfo else one.starts.replace(tzinfo=UTC)
    return round((since - origin) / timedelta(milliseconds=1))


def _local_quarters(zone: str, origin: datetime, quarters: int) -> NDArray[np.int64]:
    """Local time of each UTC quarter-hour, in quarter-hours since the day with ordinal 0 (day 1 is a Monday)."""
    place = ZoneInfo(zone)
    base = origin.date().toordinal() * DAY_QUARTERS
    shift = np.empty(quarters, np.int64)
    step = timedelta(milliseconds=QUARTER)
    for day in range(0, quarters, DAY_QUARTERS):
        begin = origin + day * step
        before, after = _shift(place, begin), _shift(place, begin + timedelta(days=1) - step)
        shift[day : day + DAY_QUARTERS] = before
        if before != after:
            shift[day : day + DAY_QUARTERS] = [_shift(place, begin + q * step) for q in range(DAY_QUARTERS)]
    return base + np.arange(quarters) + shift


def _shift(zone: ZoneInfo, instant: datetime) -> int:
    """Distance of local time from UTC in quarter-hours, which all zones of today are multiples of."""
    moved = instant.astimezone(zone).utcoffset() or timedelta()
    return round(moved / timedelta(milliseconds=QUARTER))


# ---------------------------------------------------------------- the week


def _edges(one: TicketClass) -> tuple[Floats, Floats]:
    """Intensity at the beginning and at the end of each quarter-hour of the local week, in an ordinary week."""
    profile = np.array(one.profile, np.float64)
    hourly = profile * (one.weekly / profile.sum() / (4 * QUARTER)) if profile.sum() > 0 else profile
    slope = _slopes(hourly)[:, None]
    steps = np.arange(4) / 4 - 0.5
    return (hourly[:, None] + slope * steps).ravel(), (hourly[:, None] + slope * (steps + 0.25)).ravel()


def _slopes(hourly: Floats) -> Floats:
    """Rise over each hour: that between its neighbours, limited so that nothing falls below the lower one.

    Notes
    -----
    The monotonised central limiter of van Leer (1977, Journal of Computational Physics 23). Beside a closed hour the
    line is level: doors open at once.
    """
    behind, ahead = hourly - np.roll(hourly, 1), np.roll(hourly, -1) - hourly
    steep = np.minimum(np.minimum(2 * np.abs(behind), 2 * np.abs(ahead)), np.abs(behind + ahead) / 2)
    level = (behind * ahead <= 0) | (np.roll(hourly, 1) <= 0) | (np.roll(hourly, -1) <= 0)
    slopes: Floats = np.where(level, 0.0, np.sign(behind) * steep)
    return slopes


# ---------------------------------------------------------------- the days


def _days(world: World, days: list[date]) -> Floats:
    """Factor of each class and local day; shape (classes, days)."""
    ordinals = np.array([day.toordinal() for day in days], np.uint64)
    years = np.array([(day - world.start).days for day in days]) / 365.25
    months = np.array([day.month - 1 for day in days])
    closed = np.array([any(one.first <= day <= one.last for one in world.holidays) for day in days], np.bool_)
    holiday = np.where(closed, world.holiday_factor, 1.0)
    seed, purpose, shared = np.uint64(world.seed), int(Purpose.DAY_FACTOR), world.day_correlation
    common = math.sqrt(shared) * normals(seed, purpose, ordinals, 0)
    made = np.empty((len(world.classes), len(days)))
    for place, one in enumerate(world.classes):
        season = np.array(one.season)[months] if one.season else 1.0
        lot = common + math.sqrt(1.0 - shared) * normals(seed, purpose, ordinals, place + 1)
        made[place] = season * holiday * np.exp(math.log1p(one.trend) * years) * day_factors(lot, one.day_factor)
    return made


def day_factors(lot: Floats, variation: float) -> Floats:
    """Gamma variables with mean 1 and this coefficient of variation, at the quantiles of standard normal ``lot``."""
    if variation <= 0:
        return np.ones_like(lot)
    grid, quantiles = _quantiles(variation)
    return np.interp(lot, grid, quantiles)


@lru_cache(maxsize=64)
def _quantiles(variation: float) -> tuple[Floats, Floats]:
    grid = np.linspace(-7.0, 7.0, 1401)
    return grid, _gamma_quantiles(1.0 / variation**2, grid) * variation**2


@nb.njit(cache=True)
def _gamma_quantiles(shape: float, lots: Floats) -> Floats:
    """Quantiles of the gamma distribution (scale 1) at the probabilities of standard normal values, by bisection."""
    found = np.empty_like(lots)
    middle = 1.0 - 1.0 / (9.0 * shape)
    for place in range(len(lots)):
        wanted = 0.5 * math.erfc(-lots[place] / math.sqrt(2.0))
        guess = shape * max(1e-12, middle + lots[place] / (3.0 * math.sqrt(shape))) ** 3
        low, high = guess, guess
        while low > 1e-300 and _gamma_below(shape, low) > wanted:
            low /= 2.0
        while _gamma_below(shape, high) < wanted:
            high = high * 1.25 + 1e-12
        for _ in range(80):
            half = 0.5 * (low + high)
            if _gamma_below(shape, half) < wanted:
                low = half
            else:
                high = half
            if high - low <= 1e-10 * high:
                break
        found[place] = 0.5 * (low + high)
    return found


@nb.njit(cache=True)
def _gamma_below(shape: float, x: float) -> float:
    """Regularised lower incomplete gamma function.

    Notes
    -----
    Series below ``shape + 1``, Lentz's continued fraction above (Press et al., Numerical Recipes, section 6.2).
    """
    if x <= 0.0:
        return 0.0
    scale = math.exp(shape * math.log(x) - x - math.lgamma(shape))
    if x < shape + 1.0:
        term = total = 1.0 / shape
        step = shape
        while term > total * 1e-14:
            step += 1.0
            term *= x / step
            total += term
        return total * scale
    b = x + 1.0 - shape
    c = 1e300
    d = 1.0 / b
    h = d
    for i in range(1, 10_000):
        an = -i * (i - shape)
        b += 2.0
        d = 1.0 / (an * d + b)
        c = b + an / c
        h *= d * c
        if abs(d * c - 1.0) < 1e-14:
            break
    return 1.0 - scale * h
