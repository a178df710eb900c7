"""Do waits concentrate in hours of the week in which too few people are there?

For the manager who makes the roster. First replies to tickets that arrive in a band of hours (on one weekday, on
working days, or every day) are held against the band's own past and against the rest of the group over the same days;
people who write or solve in these hours are counted beside. A group that is slow all day long is no gap.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from maitred.insight.detectors.finding import Candidate, Cause, Checked, Detector, Looked, Moment, Size, Subject, Watch
from maitred.insight.detectors.open_work import recovering
from maitred.insight.detectors.presence import Presence, filters, presence, spoken, subject_of
from maitred.insight.detectors.scan import LASTS, LEARNING
from maitred.insight.detectors.speed import first_of_each, sureness
from maitred.insight.detectors.waits import BusinessClock, Waits, first_replies, longer, week_hour
from maitred.insight.evidence.tables import NEVER, Evidence, Flags, Floats, Ints

FAMILY: Final = "staffing_gap"
NAME: Final = "staffing_gap.hours#1"
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WINDOWS: Final = (10, 14, 21, 28)
_LENGTHS: Final = (2, 3, 4, 5, 6, 8)
_BASE: Final = 56
_SURE: Final = 6.0
_SUPPORTED: Final = 4.0
_SMALLEST: Final = 1.5
_LEAST: Final = 12
_LONGEST: Final = 84


@dataclass(frozen=True, slots=True)
class Band:
    """Hours of the week: ``weekday`` 0 to 6, 7 for working days, 8 for every day."""

    weekday: int
    first: int
    last: int

    def days(self) -> tuple[int, ...]:
        """The weekdays that it covers."""
        return (self.weekday,) if self.weekday < 7 else tuple(range(5 if self.weekday == 7 else 7))

    def hours(self) -> tuple[str, int, int]:
        """As a subject says it."""
        name = (*WEEKDAYS, "weekday", "every day")[self.weekday]
        return name, self.first, self.last

    def words(self) -> str:
        """As a title says it."""
        on = (*(f"on {one}s" for one in WEEKDAYS), "on working days", "")[self.weekday]
        return f"{on} from {self.first} to {self.last}".strip()


@dataclass(frozen=True, slots=True)
class _Gap:
    group: int
    band: Band
    raised: int
    since: int
    ended: int
    z: float


@dataclass(frozen=True, slots=True)
class _Floor:
    evidence: Evidence
    clock: BusinessClock
    waits: Waits
    cell: Ints
    people: Presence
    worked_cell: Ints
    gaps: tuple[_Gap, ...]
    seen: Ints


def prepare(evidence: Evidence) -> Watch:
    """Waits by group, day on which they were known and hour of the week, and the gaps among them."""
    clock = BusinessClock(evidence)
    waits, people = first_replies(evidence, clock), presence(evidence)
    cell = _cells(evidence, waits.home, waits.opened)
    worked = _cells(evidence, people.group, people.at)
    days, groups = len(evidence.days), len(evidence.groups)
    calm = ~recovering(evidence.days)
    counted = (waits.known < NEVER) & (waits.group >= 0) & (waits.day >= 0) & (waits.day < days)
    counted[counted] &= calm[waits.day[counted]] & calm[np.clip(waits.opened_day[counted], 0, days - 1)]
    place = (waits.group[counted].astype(np.int64) * days + waits.day[counted]) * 168 + cell[counted]
    shape = (groups, days, 168)
    many = np.bincount(place, minlength=groups * days * 168).reshape(shape).astype(np.float64)
    total = np.bincount(place, weights=waits.value[counted], minlength=groups * days * 168).reshape(shape)
    squares = np.bincount(place, weights=waits.value[counted] ** 2, minlength=groups * days * 168).reshape(shape)
    gaps: list[_Gap] = []
    for group in range(groups):
        gaps += _gaps(evidence, group, total[group], many[group], squares[group].sum(axis=1), people, worked)
    known = np.cumsum(many.sum(axis=(0, 2)))
    return partial(_watch, _Floor(evidence, clock, waits, cell, people, worked, tuple(gaps), known.astype(np.int64)))


def _cells(evidence: Evidence, group: NDArray[np.integer], at: Ints) -> Ints:
    weekday, hour = week_hour(evidence, group, at)
    return weekday * 24 + hour


def bands() -> tuple[Band, ...]:
    """All bands that are looked at: never the whole day."""
    return tuple(
        Band(weekday, first, first + length)
        for weekday in range(9)
        for length in _LENGTHS
        for first in range(25 - length)
    )


def _mask(band: Band) -> Floats:
    found = np.zeros((7, 24))
    found[list(band.days()), band.first : band.last] = 1.0
    return found.reshape(168)


def _gaps(
    evidence: Evidence, group: int, total: Floats, many: Floats, squares: Floats, people: Presence, worked: Ints
) -> list[_Gap]:
    all_bands = bands()
    masks = np.array([_mask(one) for one in all_bands]).T
    sums = _running(np.c_[total @ masks, total.sum(axis=1)])
    counts = _running(np.c_[many @ masks, many.sum(axis=1)])
    squared = np.concatenate([[0.0], np.cumsum(squares)])
    found: list[_Gap] = []
    busy = -1
    for day in range(LEARNING - 1, len(total)):
        if day <= busy or many[day].sum() == 0:
            continue
        best = _widest(sums, counts, squared, day)
        if best is None:
            continue
        band = all_bands[best[0]]
        series = _contrast_by_day(total, many, masks[:, best[0]])
        since, z = _onset(series, day)
        if z < _SUPPORTED:
            continue
        if not _again(series, since, day, band.weekday < 7):
            continue
        thinner, everywhere = _thinner(people, worked, group, band, since, day + 1)
        least = (_SUPPORTED if thinner else _SURE) + (band.weekday < 7)
        if everywhere or min(z, best[1]) < least:
            continue
        ended = _over(series, since, day)
        found.append(_Gap(group, band, day, since, ended, z))
        busy = ended
    return found


def _thinner(people: Presence, worked: Ints, group: int, band: Band, since: int, days: int) -> tuple[bool, bool]:
    """Whether fewer people are there in the band than outside it, and whether as few at all hours, or more."""
    before, after, fewer = people_there(people, worked, group, band, since, days)
    usual, now, _ = people_there(people, worked, group, band, since, days, outside=True)
    inside, rest = after / max(before, 1e-9), now / max(usual, 1e-9)
    if before <= 0 or usual <= 0:
        return False, False
    everywhere = rest <= 0.87 and inside > 0.8 * rest
    return inside <= 0.75 and fewer < -2.5 and inside <= 0.8 * rest, everywhere or (inside > 1.15 and fewer > 1.6)


def _running(values: Floats) -> Floats:
    return np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])


def _widest(sums: Floats, counts: Floats, squared: Floats, day: int) -> tuple[int, float] | None:
    """The band that stands out most in one of the windows that end with a day, and by how many standard errors."""
    best: tuple[int, float] | None = None
    for window in _WINDOWS:
        begin = day + 1 - window
        first = max(0, begin - _BASE)
        now, n_now = sums[day + 1] - sums[begin], counts[day + 1] - counts[begin]
        past, n_past = sums[begin] - sums[first], counts[begin] - counts[first]
        if n_past[-1] < 200 or n_now[-1] < 30:
            continue
        with np.errstate(invalid="ignore", divide="ignore"):
            inside = now[:-1] / n_now[:-1] - past[:-1] / n_past[:-1]
            rest_now, rest_past = n_now[-1] - n_now[:-1], n_past[-1] - n_past[:-1]
            outside = (now[-1] - now[:-1]) / rest_now - (past[-1] - past[:-1]) / rest_past
            variance = (squared[begin] - squared[first]) / n_past[-1] - (past[-1] / n_past[-1]) ** 2
            error = np.sqrt(variance * (1 / n_now[:-1] + 1 / n_past[:-1] + 1 / rest_now + 1 / rest_past))
            z = (inside - outside) / error
        fits = (n_now[:-1] >= _LEAST) & (n_past[:-1] >= 30) & (n_past[:-1] <= 0.5 * n_past[-1])
        fits &= (inside - outside >= np.log(_SMALLEST)) & (outside <= 0.3 * inside) & np.isfinite(z)
        if fits.any():
            top = int(np.argmax(np.where(fits, z, -np.inf)))
            if z[top] >= _SUPPORTED and (best is None or z[top] > best[1]):
                best = top, float(z[top])
    return best


def _contrast_by_day(total: Floats, many: Floats, mask: Floats) -> tuple[Floats, Floats]:
    """Of each day the mean in the band less the mean of the rest, and its weight (0: nothing to compare)."""
    n_in, n_all = many @ mask, many.sum(axis=1)
    s_in, s_all = total @ mask, total.sum(axis=1)
    n_out, s_out = n_all - n_in, s_all - s_in
    there = (n_in > 0) & (n_out > 0)
    value = np.where(there, s_in / np.maximum(n_in, 1) - s_out / np.maximum(n_out, 1), 0.0)
    weight = np.where(there, n_in * n_out / np.maximum(n_in + n_out, 1), 0.0)
    return value, weight


def _onset(series: tuple[Floats, Floats], day: int) -> tuple[int, float]:
    """Since when the band differs, by the day that parts the series best; and standard errors by days."""
    value, weight = series
    best, since = 0.0, day
    for begin in range(max(40, day - 41), day - 1):
        if weight[begin] == 0:
            continue
        past, now = slice(max(0, begin - _BASE), begin), slice(begin, day + 1)
        k_past, k_now = int((weight[past] > 0).sum()), int((weight[now] > 0).sum())
        if k_past < 6 or k_now < 2:
            continue
        before = float(np.average(value[past], weights=weight[past]))
        after = float(np.average(value[now], weights=weight[now]))
        spread = float((weight[past] * (value[past] - before) ** 2).sum()) / max(k_past - 1, 1)
        spread = max(spread, 0.7 * float((weight[now] * (value[now] - after) ** 2).sum()) / max(k_now - 1, 1))
        error = np.sqrt(spread * (1 / weight[now].sum() + 1 / weight[past].sum()) + 0.06**2)
        z = (after - before) / error
        if z > best:
            best, since = float(z), begin
    return since, best


def _again(series: tuple[Floats, Floats], since: int, day: int, weekly: bool) -> bool:
    """Whether it is no single bad day: at least three days (or weeks), most of them clearly above those before."""
    value, weight = series
    past = slice(max(0, since - _BASE), since)
    before = float(np.average(value[past], weights=weight[past]))
    days = np.arange(since, day + 1)
    days = days[weight[days] > 0]
    code = np.unique((days - since) // 7 if weekly else days, return_inverse=True)[1]
    many = np.bincount(code, weights=weight[days])
    high = np.bincount(code, weights=weight[days] * value[days]) / many > before + np.log(_SMALLEST) / 2
    return len(high) >= 3 and bool(high.mean() >= (1.0 if weekly else 0.7))


def _over(series: tuple[Floats, Floats], since: int, raised: int) -> int:
    """When the last two weeks were back to a third of the difference."""
    value, weight = series
    past, now = slice(max(0, since - _BASE), since), slice(since, raised + 1)
    before = float(np.average(value[past], weights=weight[past]))
    full = float(np.average(value[now], weights=weight[now])) - before
    for day in range(raised + 1, len(value)):
        if day - raised >= _LONGEST:
            return day
        back = slice(max(since, day - 13), day + 1)
        if (weight[back] > 0).sum() >= 2 and float(np.average(value[back], weights=weight[back])) - before < full / 3:
            return day
    return LASTS


def people_there(
    people: Presence, worked: Ints, group: int, band: Band, since: int, days: int, *, outside: bool = False
) -> tuple[float, float, float]:
    """People who write or solve in an hour of a band, before and since, and the difference in standard errors.

    ``outside``: in the other hours of the same weekdays instead (per hour of the band).
    """
    first = max(0, since - 42)
    mine = people.rows(group, first, days)
    inside: Flags = (_mask(band)[worked[mine]] > 0) != outside
    persons = len(people.worked) + 1
    hour = (people.day[mine][inside] - first) * 24 + worked[mine][inside] % 24
    pairs = np.unique(hour * persons + people.person[mine][inside]) // (24 * persons)
    there = np.bincount(pairs, minlength=days - first) / (band.last - band.first)
    weekday = (np.arange(first, days) + people.days.first.weekday()) % 7
    usable = np.isin(weekday, band.days()) & ~people.odd[first:days] & ~people.days.off[first:days]
    before, after = there[: since - first][usable[: since - first]], there[since - first :][usable[since - first :]]
    if len(before) < 4 or len(after) < 2:
        return 0.0, 0.0, 0.0
    error = np.sqrt((float(before.var()) + 0.05) * (1 / len(after) + 1 / len(before)))
    return float(before.mean()), float(after.mean()), float((after.mean() - before.mean()) / error)


def _watch(floor: _Floor, moment: Moment) -> Looked:
    last = min(moment.days, len(floor.seen)) - 1
    checked = [Checked(FAMILY, "first replies by hour of the week", int(floor.seen[last]) if last >= 0 else 0)]
    standing = [one for one in floor.gaps if one.raised < moment.days <= one.ended]
    found = [_candidate(floor, one, moment) for one in standing]
    return Looked([one for one in found if one is not None], checked)


def _candidate(floor: _Floor, gap: _Gap, moment: Moment) -> Candidate | None:
    evidence, waits = floor.evidence, floor.waits
    mine = waits.of_group(gap.group, int(evidence.days.starts[moment.days])) & (_mask(gap.band)[floor.cell] > 0)
    grown = longer(waits, mine, floor.clock, gap.since, moment.days, evidence.days.starts)
    effect = Size(round(grown.ratio, 3), round(grown.low, 3), round(grown.high, 3), "ratio")
    if not effect.shows() or effect.low <= 1.05 or grown.n < _LEAST:
        return None
    named = subject_of(evidence, "group", gap.group)
    subject = Subject(named.type, named.id, named.external_id, named.name, gap.band.hours())
    since = spoken(evidence.days, gap.since)
    telling = grown.rows[np.argsort(-grown.excess, kind="stable")]
    return Candidate(
        family=FAMILY,
        detector=NAME,
        subject=subject,
        metric=waits.metric,
        since=gap.since,
        effect=effect,
        n=grown.n,
        title=f"{_who(named, gap.band)} take {effect.value:.1f} times as long since {since}",
        confidence=sureness(gap.z, _SURE),
        tickets=first_of_each(waits.ticket[telling])[:2000],
        waiting=round(grown.hours_a_week, 2),
        cause=_cause(floor, gap, moment.days),
        where=filters(named),
    )


def _who(group: Subject, band: Band) -> str:
    return f"First replies in {group.name} to tickets that come {band.words() or 'at any time'}"


def _cause(floor: _Floor, gap: _Gap, days: int) -> Cause:
    before, after, fewer = people_there(floor.people, floor.worked_cell, gap.group, gap.band, gap.since, days)
    if before > 0 and after / before <= 0.85 and fewer < -1.6:
        text = f"{after:.1f} people an hour work in these hours instead of {before:.1f}"
        return Cause("staffing", text, 0.85 if fewer < -3 else 0.7)
    return Cause("unknown", f"{after:.1f} people an hour work in these hours, before {before:.1f}", 0.3)


DETECTORS: tuple[Detector, ...] = (Detector(NAME, FAMILY, prepare),)
