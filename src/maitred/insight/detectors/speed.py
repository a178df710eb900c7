"""Do customers wait longer for the first reply, the next reply or the solution than this subject's own past says?

For the manager of a group, a channel or an SLA policy. Waits count as they become known, open ones too (``waits``);
groups are looked at first, and a channel or policy is named only for what its groups do not explain.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from maitred.insight.detectors.finding import Candidate, Cause, Checked, Detector, Looked, Moment, Size, Subject, Watch
from maitred.insight.detectors.open_work import recovering
from maitred.insight.detectors.presence import (
    Missing,
    Presence,
    Reason,
    filters,
    missing,
    presence,
    reason,
    spoken,
    subject_of,
)
from maitred.insight.detectors.scan import LASTS, Rule, Shift, daily, shifts
from maitred.insight.detectors.waits import (
    BusinessClock,
    Longer,
    Waits,
    first_replies,
    longer,
    next_replies,
    resolutions,
)
from maitred.insight.evidence.tables import CHANNELS, Codes, Evidence, Flags, Floats

FAMILY: Final = "speed"
KINDS: Final = ("group", "channel", "sla_policy")
_RISE: Final = 0.18
"""Logarithm of the rise that is left at least without the worst day."""
WINDOWS: Final = (3, 5, 7, 10, 14, 21, 28)
"""One bad day is none of it: a queue that was full once is empty the day after."""


@dataclass(frozen=True, slots=True)
class _Measure:
    rule: str
    words: str
    gather: Callable[[Evidence, BusinessClock], Waits]
    scan: Rule


MEASURES: Final = (
    _Measure(
        "speed.first_reply_shift#1", "First reply", first_replies,
        Rule("mean", "up", 4.5, least_cases=10, smallest=1.25, windows=WINDOWS),
    ),
    _Measure(
        "speed.next_reply_shift#1", "The next reply", next_replies,
        Rule("mean", "up", 6.0, least_cases=30, smallest=1.4, windows=WINDOWS),
    ),
    _Measure(
        "speed.resolution_shift#1", "Solving a ticket", resolutions,
        Rule("mean", "up", 4.8, least_cases=15, smallest=1.3, windows=WINDOWS),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Seen:
    """One shift of one subject in one measure."""

    measure: _Measure
    waits: Waits
    kind: str
    subject: int
    shift: Shift
    mine: Flags
    sure: bool
    lasting: int
    """The first number of whole days after which it is no single bad day."""


def prepare(evidence: Evidence) -> Watch:
    """Daily series of all measures and subjects, and their shifts."""
    clock, people = BusinessClock(evidence), presence(evidence)
    gone = missing(people, len(evidence.groups))
    found: list[_Seen] = []
    checked: list[tuple[str, np.ndarray]] = []
    sizes = {"group": len(evidence.groups), "channel": len(CHANNELS), "sla_policy": len(evidence.policies)}
    calm = ~recovering(evidence.days)
    for measure in MEASURES:
        waits = measure.gather(evidence, clock)
        for kind in KINDS:
            code = _codes(waits, kind)
            if sizes[kind] == 0 or (kind != "group" and len(np.unique(code[code >= 0])) < 2):
                continue
            total, weight = daily(waits.day, code, sizes[kind], len(evidence.days), waits.value)
            checked.append((f"{waits.metric} by {kind}", np.cumsum(weight.sum(axis=0))))
            total, weight = total * calm, weight * calm
            for shift in shifts(total, weight, evidence.days, measure.scan):
                place = shift.series
                lasting = _lasting(total[place], weight[place], shift)
                found.append(_Seen(measure, waits, kind, place, shift, code == place, True, lasting))
            if kind == "group":
                found += [
                    _Seen(
                        measure,
                        waits,
                        kind,
                        one.group,
                        _as_shift(one, measure),
                        code == one.group,
                        False,
                        one.raised + 1,
                    )
                    for one in gone
                ]
    found.sort(key=lambda one: not one.sure)
    return partial(_watch, _Floor(evidence, clock, people, tuple(found), tuple(checked)))


def _as_shift(one: Missing, measure: _Measure) -> Shift:
    return Shift(one.group, one.raised, one.since, one.ended, True, measure.scan.threshold)


def _lasting(total: Floats, weight: Floats, shift: Shift) -> int:
    """When at least three days since the onset stand above the weeks before, also without the worst, and lately."""
    there = weight > 0
    level = np.divide(total, weight, out=np.zeros_like(total), where=there)
    past = there[: shift.since].copy()
    past[: max(0, shift.since - 56)] = False
    if not past.any():
        return LASTS
    before = float(np.average(level[: shift.since][past], weights=weight[: shift.since][past]))
    for day in range(shift.raised, min(len(level), shift.ended + 1)):
        days = np.flatnonzero(there[shift.since : day + 1]) + shift.since
        if len(days) < 3:
            continue
        rise = float(np.average(level[days], weights=weight[days])) - before
        rest = np.delete(days, int(np.argmax(level[days] * weight[days])))
        without = float(np.average(level[rest], weights=weight[rest])) - before
        lately = float(np.average(level[days[-2:]], weights=weight[days[-2:]])) - before
        if without >= max(0.5 * rise, _RISE) and lately >= 0.4 * rise:
            return day + 1
    return LASTS


@dataclass(frozen=True, slots=True)
class _Floor:
    evidence: Evidence
    clock: BusinessClock
    people: Presence
    seen: tuple[_Seen, ...]
    checked: tuple[tuple[str, np.ndarray], ...]


def _watch(floor: _Floor, moment: Moment) -> Looked:
    checked = [
        Checked(FAMILY, name, int(count[min(moment.days, len(count)) - 1]) if moment.days else 0)
        for name, count in floor.checked
    ]
    standing = [
        place for place, one in enumerate(floor.seen) if one.shift.stands(moment.days) and one.lasting <= moment.days
    ]
    candidates: list[Candidate] = []
    said: set[tuple[str, int]] = set()
    for place in standing:
        one = floor.seen[place]
        if (one.kind, one.subject) in said or (one.kind != "group" and _explained(one, moment)):
            continue
        found = _candidate(floor, place, moment)
        if found is not None:
            said.add((one.kind, one.subject))
            candidates.append(found)
    return Looked(candidates, checked)


def _explained(one: _Seen, moment: Moment) -> bool:
    """Whether a channel or policy is slow by its groups: their other tickets are too, or one group makes all of it."""
    day, value, group = one.waits.day, one.waits.value, one.waits.group
    since = one.shift.since
    now, past = (day >= since) & (day < moment.days), (day >= since - 56) & (day < since)

    def moved(rows: Flags) -> float | None:
        after, before = rows & now, rows & past
        if after.sum() < 20 or before.sum() < 30:
            return None
        return float(value[after].mean() - value[before].mean())

    whole = moved(one.mine)
    mine = group[one.mine & now]
    others = moved(~one.mine & np.isin(group, mine))
    if whole is None or others is None or whole - max(others, 0.0) < 0.6 * whole:
        return True
    least = max(0.6 * whole, np.log(one.measure.scan.smallest))
    return any((moved(one.mine & (group != place)) or 0.0) < least for place in np.unique(mine))


def _codes(waits: Waits, kind: str) -> Codes:
    return {"group": waits.group, "channel": waits.channel, "sla_policy": waits.policy}[kind]


def _size(floor: _Floor, place: int, moment: Moment, since: int) -> Longer:
    one, starts = floor.seen[place], floor.evidence.days.starts
    mine = one.waits.of_group(one.subject, int(starts[moment.days])) if one.kind == "group" else one.mine
    return longer(one.waits, mine, floor.clock, since, moment.days, floor.evidence.days.starts)


def _candidate(floor: _Floor, place: int, moment: Moment) -> Candidate | None:
    one, why = floor.seen[place], Reason(Cause())
    since = one.shift.since
    if one.kind == "group":
        why = reason(floor.people, one.subject, since, moment.days)
    since = why.onset(since) if one.sure else since
    grown = _size(floor, place, moment, since)
    effect = Size(round(grown.ratio, 3), round(grown.low, 3), round(grown.high, 3), "ratio")
    if not effect.shows() or effect.low <= (1.05 if one.sure else 1.15) or grown.n < one.measure.scan.least_cases:
        return None
    subject = subject_of(floor.evidence, one.kind, one.subject)
    title = (
        f"{one.measure.words} {_where(subject)} takes {effect.value:.1f} times as long since "
        f"{spoken(floor.evidence.days, since)}"
    )
    telling = grown.rows[np.argsort(-grown.excess, kind="stable")]
    behind = telling[: max(8, int(np.ceil(len(telling) * 0.6)))]
    return Candidate(
        family=FAMILY,
        detector=one.measure.rule,
        subject=subject,
        metric=one.waits.metric,
        since=since,
        effect=effect,
        n=grown.n,
        title=title,
        confidence=sureness(one.shift.z, one.measure.scan.threshold),
        tickets=first_of_each(one.waits.ticket[behind])[:2000],
        waiting=round(grown.hours_a_week, 2),
        cause=why.cause,
        where=filters(subject),
        parts=_parts(floor, one, moment),
    )


def _parts(floor: _Floor, one: _Seen, moment: Moment) -> tuple[str, ...]:
    """What else became slow for the same subject."""
    return tuple(
        f"{other.measure.words} takes longer too"
        for other in floor.seen
        if other.sure
        and other.shift.stands(moment.days)
        and other.lasting <= moment.days
        and (other.kind, other.subject) == (one.kind, one.subject)
        and other.waits is not one.waits
    )


def sureness(z: float, threshold: float) -> float:
    """How sure a shift of so many standard errors is, 0 to 1."""
    return round(float(min(0.99, 0.85 + 0.035 * max(0.0, abs(z) - threshold))), 3)


def first_of_each(tickets: np.ndarray) -> np.ndarray:
    """Tickets in their order, each once."""
    _, first = np.unique(tickets, return_index=True)
    return tickets[np.sort(first)].astype(np.int64)


def _where(subject: Subject) -> str:
    if subject.type == "channel":
        return f"by {subject.name}"
    return f"in {subject.name}" if subject.type == "group" else f"under {subject.name}"


DETECTORS: tuple[Detector, ...] = (Detector("speed.first_reply_shift#1", FAMILY, prepare),)
