"""Which of thousands of words, tags or topics comes more often than its own past lets expect, and since when?

Every series is a share of the day's contacts, so that a busy day, a weekend or a holiday raises none of them; each has
its own weekdays and its own spread. For each day the last 1 to 28 days are held against the eight weeks before them by
the conditional test of two Poisson counts (Przyborowski, Wilenski 1940; signed root of the deviance), divided by the
over-dispersion of the series' own past. The value at a day uses that day and those before it only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from maitred.insight.evidence.tables import Flags, Floats, Ints

BASELINE: Final = 56
"""Days before a window that say what is usual."""
FEWEST: Final = 28
"""Days of past without which nothing is compared."""
_WEEKS = 8
_WEEKDAY_PRIOR = 12.0
_STRATUM_PRIOR = 20.0
_SPREAD_DAYS = 112
_SPREAD_PRIOR = 20.0
_USUAL_SPREAD = 1.1
_CLIPPED_AT = 4.0


@dataclass(frozen=True, slots=True)
class Contacts:
    """Daily counts of many series: ``counts`` has shape (strata, series, days), ``exposure`` (strata, days).

    A stratum holds contacts that are compared with each other only, such as those in one language.
    """

    counts: Floats
    exposure: Floats


@dataclass(frozen=True, slots=True)
class Scanned:
    """For each series and day (shape (series, days)): the strongest window that ends there.

    ``z`` standard errors above the usual (0 where nothing shows), ``length`` days of that window, ``seen`` and
    ``usual`` cases in it.
    """

    z: Floats
    length: Ints
    seen: Floats
    usual: Floats


def scan(contacts: Contacts, windows: Sequence[int], least: float, ratio: float, weekdays: bool = True) -> Scanned:
    """The strongest window of each series at the end of each day.

    Parameters
    ----------
    windows
        Lengths in days.
    least, ratio
        Windows with fewer cases, or with a smaller ratio to the usual, count as nothing.
    weekdays
        Whether each series has weekdays of its own beside those of all contacts.

    Examples
    --------
    >>> counts = np.ones((1, 1, 90)); counts[0, 0, 85:] = 9
    >>> found = scan(Contacts(counts, np.full((1, 90), 100.0)), (1, 3, 5), 8, 1.5)
    >>> int(found.length[0, 89]), float(found.usual[0, 89].round(1)), bool(found.z[0, 84] > 0)
    (5, 5.0, False)
    """
    _, series, days = contacts.counts.shape
    usual = Usual.of(contacts, weekdays)
    strongest = np.zeros((series, days))
    length = np.zeros((series, days), np.int64)
    seen, expected = np.zeros((series, days)), np.zeros((series, days))
    for window in windows:
        if days < FEWEST + window:
            continue
        first = FEWEST + window - 1
        cases, level, past = usual.window(window)
        where = (cases >= least) & (cases >= ratio * level)
        spread = usual.spread[:, first - window + 1 : days - window + 1]
        z = np.zeros_like(cases)
        z[where] = standard_errors(cases[where], level[where], past[where]) / np.sqrt(spread[where])
        better = z > strongest[:, first:]
        for kept, found in ((strongest, z), (seen, cases), (expected, level)):
            kept[:, first:][better] = found[better]
        length[:, first:][better] = window
    return Scanned(strongest, length, seen, expected)


def standard_errors(seen: Floats, usual: Floats, past: Floats) -> Floats:
    """How far counts lie above the usual, which is itself known from ``past`` cases only; 0 where they do not.

    >>> standard_errors(np.array([8.0, 8.0]), np.array([1.0, 9.0]), np.array([8.0, 72.0])).round(1).tolist()
    [3.9, 0.0]
    """
    part = np.clip(np.divide(usual, usual + np.maximum(past, 0.5)), 1e-9, 1 - 1e-9)
    whole = seen + past
    deviance = _xlog(seen, whole * part) + _xlog(past, whole * (1 - part))
    return np.where(seen > usual, np.sqrt(np.maximum(2 * deviance, 0.0)), 0.0)


def _xlog(count: Floats, expected: Floats) -> Floats:
    return np.asarray(np.where(count > 0, count * np.log(np.maximum(count, 1e-12) / expected), 0.0))


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual for each series: sums over days of counts and of exposure by weekday, and the spread."""

    whole: Floats
    by_stratum: Floats
    exposed: Floats
    spread: Floats

    @classmethod
    def of(cls, contacts: Contacts, weekdays: bool = True) -> Usual:
        """From daily counts."""
        counts, exposure = contacts.counts, contacts.exposure
        whole = counts.sum(axis=0)
        rhythm = _weekdays(whole, exposure.sum(axis=0)) if weekdays else np.ones_like(whole)
        exposed = _summed(rhythm[None] * exposure[:, None, :])
        by_stratum = _summed(counts)
        return cls(_summed(whole), by_stratum, exposed, _spread(whole, by_stratum, exposed))

    def window(self, length: int) -> tuple[Floats, Floats, Floats]:
        """Cases, usual cases and past cases of all windows of so many days, by the last day, from ``FEWEST`` on."""
        last = np.arange(FEWEST + length - 1, self.whole.shape[-1] - 1)
        start = last + 1 - length
        before = np.maximum(start - BASELINE, 0)
        cases = self.whole[:, last + 1] - self.whole[:, start]
        past = self.whole[:, start] - self.whole[:, before]
        level = _level(self.by_stratum, self.exposed, before, start, last + 1)
        return cases, level, past

    def daily(self, start: int, end: int) -> Floats:
        """Usual cases of the first series on each day from ``start`` to ``end`` (excluded), by what was before."""
        day = np.arange(start, end)
        first = np.full(len(day), start)
        begin = np.maximum(first - BASELINE, 0)
        past_counts = self.by_stratum[:, :1, first] - self.by_stratum[:, :1, begin]
        past_exposed = self.exposed[:, :1, first] - self.exposed[:, :1, begin]
        now = self.exposed[:, :1, day + 1] - self.exposed[:, :1, day]
        return np.asarray(_shares_times(past_counts, past_exposed, now)[0])


def _level(counts: Floats, exposed: Floats, before: Ints, start: Ints, end: Ints) -> Floats:
    past = counts[..., start] - counts[..., before]
    exposure = exposed[..., start] - exposed[..., before]
    return _shares_times(past, exposure, exposed[..., end] - exposed[..., start])


def _shares_times(past: Floats, exposure: Floats, now: Floats) -> Floats:
    """Usual cases of each stratum's exposure, each stratum by its own past drawn towards that of all."""
    share = past.sum(axis=0) / np.maximum(exposure.sum(axis=0), 1e-9)
    blank = share <= 0
    # nothing seen so far: half a case is the usual of the whole past
    share = np.where(blank, 0.5 / np.maximum(exposure.sum(axis=0), 1e-9), share)
    if len(past) == 1:
        return np.asarray(share * now[0])
    each = (past + _STRATUM_PRIOR * share) / (exposure + _STRATUM_PRIOR)
    return np.asarray((each * now).sum(axis=0))


def _weekdays(counts: Floats, exposure: Floats) -> Floats:
    """Factor of the series' own weekday on each day, from the weeks before, drawn towards 1."""
    days = counts.shape[1]
    seen, whole = np.zeros_like(counts), np.zeros(days)
    for week in range(1, _WEEKS + 1):
        if 7 * week >= days:
            break
        seen[:, 7 * week :] += counts[:, : -7 * week]
        whole[7 * week :] += exposure[: -7 * week]
    total, exposed = _summed(counts), _summed(exposure)
    day = np.arange(days)
    before, end = np.maximum(day - 7 * _WEEKS, 0), np.maximum(day - 6, 0)
    share = (total[:, end] - total[:, before]) / np.maximum(exposed[end] - exposed[before], 1e-9)
    return np.clip((seen + _WEEKDAY_PRIOR) / (share * whole + _WEEKDAY_PRIOR), 0.5, 2.0)


def _spread(whole: Floats, by_stratum: Floats, exposed: Floats) -> Floats:
    """Over-dispersion known before each day (at least 1): of days, and of weeks where it is larger."""
    days = whole.shape[1]
    day = np.arange(days)
    expected = _level(by_stratum, exposed, np.maximum(day - BASELINE, 0), day, day + 1)
    expected[:, : min(FEWEST, days)] = 0.0
    off = np.where(expected > 0, whole - expected, 0.0)
    off = np.clip(off, -_CLIPPED_AT * np.sqrt(expected + 1), _CLIPPED_AT * np.sqrt(expected + 1))
    daily = _ratio(np.square(off), expected)
    weekly = _ratio(np.square(_rolling(off, 7)) / 7, _rolling(expected, 7) / 7)
    return np.maximum(np.maximum(daily, weekly), 1.0)


def _ratio(squares: Floats, expected: Floats) -> Floats:
    return (_rolling(squares, _SPREAD_DAYS, 1) + _SPREAD_PRIOR * _USUAL_SPREAD) / (
        _rolling(expected, _SPREAD_DAYS, 1) + _SPREAD_PRIOR
    )


def _rolling(values: Floats, length: int, lag: int = 0) -> Floats:
    """Sums over the last ``length`` days up to ``lag`` days before each day."""
    total = _summed(values)
    end = np.maximum(np.arange(values.shape[-1]) + 1 - lag, 0)
    return np.asarray(total[..., end] - total[..., np.maximum(end - length, 0)])


def _summed(values: Floats) -> Floats:
    return np.concatenate([np.zeros((*values.shape[:-1], 1)), np.cumsum(values, axis=-1)], axis=-1)


def counted(day: Ints, series: Ints, stratum: Ints, shape: tuple[int, int, int], kept: Flags | None = None) -> Floats:
    """Counts by stratum, series and day.

    >>> counted(np.array([0, 1, 1]), np.array([0, 0, 0]), np.array([0, 0, 0]), (1, 1, 2)).tolist()
    [[[1.0, 2.0]]]
    """
    strata, many, days = shape
    inside = (day >= 0) & (day < days) & (series >= 0)
    if kept is not None:
        inside &= kept
    place = (stratum[inside] * many + series[inside]) * days + day[inside]
    return np.bincount(place, minlength=strata * many * days).reshape(shape).astype(np.float64)
