"""Does a group's open work grow or age beyond what its arrivals explain, at once or by creeping for weeks?

For the manager of a group. Open work (new and open; on hold and pending stand apart) is counted at the end of each day
and held against arrivals of four weeks: by Little's law that is how long work stays, so growth at stable service is no
finding. A step is seen against eight weeks of the group's own days, a creep by the slope of weekly medians over six to
ten weeks, both with regard to how much one day follows the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from maitred.insight.detectors.finding import Candidate, Checked, Detector, Looked, Moment, Size, Watch
from maitred.insight.detectors.open_work import OpenWork, open_work, recovering
from maitred.insight.detectors.presence import Presence, presence, reason, spoken, subject_of
from maitred.insight.detectors.scan import LASTS, LEARNING
from maitred.insight.evidence.tables import Evidence, Flags, Floats, Ints

FAMILY: Final = "backlog"
STEP: Final = "backlog.step#1"
CREEP: Final = "backlog.creep#1"
AGED: Final = "backlog.aged#1"
_BASE: Final = 56
_GAP: Final = 7
_STEP_Z: Final = 5.0
_STEP_RATIO: Final = 1.5
_CREEP_RATIO: Final = 1.4
_CREEP_Z: Final = 4.5
_WEEKS: Final = (5, 6, 8, 10)
_LEAST: Final = 8.0
_LONGEST: Final = 84
_NINETY: Final = 1.6448536269514722 * 1.25


@dataclass(frozen=True, slots=True)
class _Rise:
    """Open work of a group stands above its own past: seen after day ``raised``, over after ``ended``."""

    rule: str
    group: int
    raised: int
    since: int
    ended: int
    level: float
    error: float
    z: float


@dataclass(frozen=True, slots=True)
class _Floor:
    evidence: Evidence
    people: Presence
    work: OpenWork
    stay: Floats
    aged: Floats
    arrivals: Floats
    usable: Flags
    rises: tuple[_Rise, ...]


def prepare(evidence: Evidence) -> Watch:
    """Open work of every group by day, and when it rose."""
    work, people = open_work(evidence), presence(evidence)
    usable = ~recovering(evidence.days) & ~evidence.days.off
    arrivals = _four_weeks(people.arrived)
    stay, aged = _against(work.opened, arrivals), _against(work.old, arrivals)
    rises: list[_Rise] = []
    for group in range(len(evidence.groups)):
        weekday = (np.arange(len(evidence.days)) + evidence.days.first.weekday()) % 7
        rises += _steps(STEP, group, stay[group], work.opened[group], usable, weekday)
        rises += _creeps(group, stay[group], work.opened[group], usable)
        rises += _steps(AGED, group, aged[group], work.old[group], usable, weekday)
    return partial(_watch, _Floor(evidence, people, work, stay, aged, arrivals, usable, tuple(rises)))


def _four_weeks(arrived: Floats) -> Floats:
    """Mean arrivals a day over the 28 days up to each day."""
    run = np.concatenate([np.zeros((len(arrived), 1)), np.cumsum(arrived, axis=1)], axis=1)
    last = np.arange(1, arrived.shape[1] + 1)
    first = np.maximum(last - 28, 0)
    found: Floats = (run[:, last] - run[:, first]) / np.maximum(last - first, 1)
    return found


def _against(count: Floats, arrivals: Floats) -> Floats:
    """Log of open work in days of arrivals; a few tickets more or less say nothing."""
    found: Floats = np.log(count + 3.0) - np.log(arrivals + 1.0)
    return found


def _steps(rule: str, group: int, stay: Floats, count: Floats, usable: Flags, weekday: Ints) -> list[_Rise]:
    """Rises within days: the last three working days all stand far above eight weeks of the group's own."""
    found: list[_Rise] = []
    days, busy = len(stay), -1
    first = 0
    for day in range(LEARNING, days):
        if day <= busy or not usable[day]:
            continue
        recent = np.flatnonzero(usable[max(0, day - 13) : day + 1])[-3:] + max(0, day - 13)
        past = np.arange(max(first, day - _BASE - _GAP), day - _GAP)
        past = past[usable[past]]
        if len(recent) < 3 or len(past) < 20:
            continue
        usual = _weekdays(stay, past, weekday)
        level = float(np.median(stay[past] - usual[weekday[past]]))
        spread, follows = _noise(stay[past] - usual[weekday[past]])
        error = spread * np.sqrt(1 + (1 + follows) / (1 - follows) / len(past))
        now = stay[recent] - usual[weekday[recent]] - level
        z = float(np.median(now)) / error
        ratio = float(np.median(now))
        extra = float(np.median(count[recent])) * (1 - np.exp(-ratio))
        if z < _STEP_Z or now.min() < 3 * error or ratio < np.log(_STEP_RATIO) or extra < _LEAST:
            continue
        if float(np.median(stay[recent])) <= float(np.quantile(stay[past], 0.97)):
            continue
        calm = np.flatnonzero((stay[: day + 1] - usual[weekday[: day + 1]] - level <= error) & usable[: day + 1])
        since = int(calm[-1]) + 1 if len(calm) else day
        since = next((one for one in range(max(since, day - 21), day) if usable[one]), day)
        ended = _over(stay - usual[weekday] - level, usable, day, ratio / 3)
        found.append(_Rise(rule, group, day, since, ended, level, error, z))
        busy = min(ended, days)
        first = max(first, day if ended - day >= _LONGEST else 0)
    return found


def _weekdays(stay: Floats, past: Ints, weekday: Ints) -> Floats:
    """What each weekday lies above the median, drawn to 0 while few were seen."""
    found = np.zeros(7)
    middle = float(np.median(stay[past]))
    for one in range(7):
        mine = stay[past[weekday[past] == one]]
        if len(mine) >= 3:
            found[one] = (float(np.median(mine)) - middle) * len(mine) / (len(mine) + 2)
    return found


def _noise(values: Floats) -> tuple[float, float]:
    """Spread of single days (robust, not below that of counts) and how far a day follows the one before."""
    away = values - np.median(values)
    robust = 1.4826 * float(np.median(np.abs(away)))
    spread = max(robust, 0.8 * float(values.std()), 0.05)
    variance = float((away**2).mean())
    follows = float((away[1:] * away[:-1]).mean()) / variance if variance > 1e-9 else 0.0
    return spread, float(np.clip(follows + 1 / len(values), 0.0, 0.85))


def _over(above: Floats, usable: Flags, raised: int, least: float) -> int:
    """The day on which three working days in a row were back to a third of the rise."""
    low = 0
    for day in range(raised + 1, len(above)):
        if day - raised >= _LONGEST:
            return day
        if usable[day]:
            low = low + 1 if above[day] < least else 0
            if low == 3:
                return day
    return LASTS


def _creeps(group: int, stay: Floats, count: Floats, usable: Flags) -> list[_Rise]:
    """Rises over weeks: the slope of weekly medians, against how far weeks stray from it and strayed before."""
    found: list[_Rise] = []
    busy = -1
    medians = _weekly(stay, usable)
    for day in range(LEARNING - 1, len(stay)):
        if day <= busy or not usable[day]:
            continue
        weeks = medians[day % 7 : day + 1 : 7][-26:]
        for length in _WEEKS:
            seen = _creep(weeks, length)
            if seen is None:
                continue
            growth, error, z = seen
            now = float(np.median(_last(count, usable, day, 5)))
            if now * (1 - np.exp(-growth)) < _LEAST:
                continue
            since = _bend(stay, usable, day)
            if since is None or day - since < 21:
                continue
            before = _before(stay, usable, since)
            ended = _over(_smooth(stay, usable) - before, usable, day, growth / 3)
            found.append(_Rise(CREEP, group, day, since, ended, before, error, z))
            busy = min(ended, len(stay))
            break
    return found


def _weekly(stay: Floats, usable: Flags) -> Floats:
    """Median of the seven days that end with each day; nothing where fewer than two of them were working days."""
    found = np.full(len(stay), np.nan)
    for day in range(13, len(stay)):
        mine = stay[day - 6 : day + 1][usable[day - 6 : day + 1]]
        if len(mine) >= 2:
            found[day] = float(np.median(mine))
    return found


def _creep(weeks: Floats, length: int) -> tuple[float, float, float] | None:
    """Growth over the last weeks, its error and standard errors; nothing where weeks do not rise together."""
    last = weeks[-length:]
    there = np.flatnonzero(np.isfinite(last))
    if len(there) < max(length - 2, 3) or last[there[-1]] - last[there[0]] < np.log(_CREEP_RATIO) / 2:
        return None
    one, two = np.triu_indices(len(there), 1)
    slopes = (last[there][two] - last[there][one]) / (there[two] - there[one])
    slope = float(np.median(slopes))
    growth = slope * (length - 1)
    rising = float((slopes > 0).mean())
    left = last[there] - slope * there
    left = left - np.median(left)
    stray = float(np.sqrt((left**2).sum() / max(len(there) - 2, 1)))
    earlier = weeks[:-length][np.isfinite(weeks[:-length])]
    if len(earlier) >= 4:
        stray = max(stray, 0.8 * float(earlier.std()))
    stray = max(stray, 0.06)
    follows = _noise(left)[1] if len(left) > 3 else 0.3
    sxx = float(((there - there.mean()) ** 2).sum())
    inflated = np.sqrt((1 + follows) / (1 - follows))
    error = stray * inflated / np.sqrt(sxx) * (length - 1)
    older = weeks[: -length + 1][np.isfinite(weeks[: -length + 1])]
    top = float(older.max()) if len(older) else -np.inf
    recent = float(np.mean(weeks[-2:][np.isfinite(weeks[-2:])])) if np.isfinite(weeks[-2:]).any() else -np.inf
    if growth < np.log(_CREEP_RATIO) or rising < 0.86 or growth / error < _CREEP_Z or recent < top + 0.1:
        return None
    if np.isfinite(weeks[-1]) and np.isfinite(weeks[-3]) and weeks[-1] < weeks[-3]:
        return None
    return growth, error, growth / error


def _last(values: Floats, usable: Flags, day: int, many: int) -> Floats:
    return values[: day + 1][usable[: day + 1]][-many:]


def _smooth(stay: Floats, usable: Flags) -> Floats:
    """Median of the last five working days, at each day."""
    found = np.full(len(stay), np.nan)
    for day in range(len(stay)):
        mine = _last(stay, usable, day, 5)
        found[day] = np.median(mine) if len(mine) else np.nan
    return found


def _bend(stay: Floats, usable: Flags, day: int) -> int | None:
    """Where a level line turns into a rising one: least squares over all bends of the last 120 days."""
    first = max(0, day - 120)
    days = np.arange(first, day + 1)
    days = days[usable[days]]
    if len(days) < 30:
        return None
    y = stay[days]
    best: tuple[float, int] | None = None
    for bend in range(max(first, day - 98), day - 13):
        up = np.maximum(0, days - bend).astype(np.float64)
        away = up - up.mean()
        slope = max(0.0, float((away * y).sum() / (away**2).sum()))
        error = float(((y - y.mean() - slope * away) ** 2).sum())
        if best is None or error < best[0]:
            best = (error, bend)
    return None if best is None else best[1]


def _before(stay: Floats, usable: Flags, since: int) -> float:
    """The level before an onset."""
    mine = _last(stay, usable, since, 30)
    return float(np.median(mine)) if len(mine) >= 5 else float(stay[: since + 1].min())


def _watch(floor: _Floor, moment: Moment) -> Looked:
    last = min(moment.days, floor.work.opened.shape[1]) - 1
    checked = [
        Checked(FAMILY, f"open work of {name}", int(floor.work.opened[place, last]) if last >= 0 else 0)
        for place, name in enumerate(floor.evidence.groups.names)
    ]
    candidates: list[Candidate] = []
    said: set[int] = set()
    for rise in sorted(floor.rises, key=lambda one: (one.group, one.rule == AGED, one.raised)):
        if rise.raised < moment.days <= rise.ended and rise.group not in said:
            found = _candidate(floor, rise, moment)
            if found is not None:
                said.add(rise.group)
                candidates.append(found)
    return Looked(candidates, checked)


def _candidate(floor: _Floor, rise: _Rise, moment: Moment) -> Candidate | None:
    evidence, day = floor.evidence, moment.days - 1
    aged = rise.rule == AGED
    series = floor.aged[rise.group] if aged else floor.stay[rise.group]
    counts = floor.work.old[rise.group] if aged else floor.work.opened[rise.group]
    now = float(np.median(_last(series, floor.usable, day, 4))) - rise.level
    value, low, high = (round(float(np.exp(now + sign * _NINETY * rise.error)), 3) for sign in (0, -1, 1))
    effect = Size(value, low, high, "ratio")
    count = float(np.median(_last(counts, floor.usable, day, 4)))
    extra = max(0.0, count * (1 - np.exp(-now)))
    end = int(evidence.days.starts[moment.days])
    behind = floor.work.now(rise.group, end)
    created = evidence.tickets.created[behind]
    if aged:
        behind = behind[created < end - 5 * 86_400]
    if not effect.shows() or effect.low <= 1 or len(behind) < _LEAST or extra < _LEAST:
        return None
    subject = subject_of(evidence, "group", rise.group)
    why = reason(floor.people, rise.group, rise.since, moment.days, moment.days - rise.since)
    since = why.onset(rise.since)
    created = evidence.tickets.created[behind]
    fresh = created >= int(evidence.days.starts[since])
    behind = behind[np.lexsort((created, ~fresh))]
    aside = float(floor.work.aside[rise.group, day])
    return Candidate(
        family=FAMILY,
        detector=rise.rule,
        subject=subject,
        metric="backlog_age.since_creation#1" if aged else "backlog#1",
        since=since,
        effect=effect,
        n=len(behind),
        title=_title(rise.rule, subject.name, count, effect.value, spoken(evidence.days, since)),
        confidence=round(float(min(0.99, 0.85 + 0.03 * max(0.0, rise.z - 5))), 3),
        tickets=behind[:2000].astype(np.int64),
        waiting=round(extra * 168.0, 1),
        cause=why.cause,
        where={"group": subject.id},
        parts=(f"{aside:.0f} more are pending or on hold",) if aside else (),
    )


def _title(rule: str, name: str, count: float, ratio: float, since: str) -> str:
    if rule == AGED:
        old = f"{count:.0f} open tickets older than five days"
        return f"{name} has {old}, {ratio:.1f} times as many as usual since {since}"
    if rule == CREEP:
        crept = f"Open work in {name} has crept to {count:.0f} tickets since {since}"
        return f"{crept}, {ratio:.1f} times what its arrivals explain"
    return f"{name} has {count:.0f} open tickets, {ratio:.1f} times as many as usual since {since}"


DETECTORS: tuple[Detector, ...] = (Detector("backlog.open_work#1", FAMILY, prepare),)
