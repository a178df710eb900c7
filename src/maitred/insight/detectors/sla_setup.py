"""Do clocks run on hours and promises that fit the people who answer? For whoever trusts the service levels shown.

Two things are watched. The schedule that a group's new tickets run on: when it is another one than before, and the
group's people answer at hours which the former one covers better, every business clock of the group is wrong since.
And the targets of a policy: when they were changed and fewer are met since, while customers wait no longer than before.
A schedule that follows the people is no finding, and neither are late answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from maitred.insight.detectors.finding import Candidate, Cause, Checked, Detector, Looked, Moment, Size, Subject, Watch
from maitred.insight.detectors.saying import per_cent, subject, when
from maitred.insight.detectors.scan import LEARNING, Rule, Shift, daily, shifts
from maitred.insight.evidence.cutting import value_at
from maitred.insight.evidence.tables import AGENT, Evidence, Flags, Floats, Ints

FAMILY: Final = "sla_setup"
NAME: Final = "sla_setup.wrong_hours#1"
TARGETS: Final = "sla_setup.changed_targets#1"
RULE: Final = Rule("share", "up", threshold=5.0, smallest=0.3, windows=(1, 2, 3, 5, 7, 10, 14))
LEAST: Final = 8
ANSWERS: Final = 30
"""Answers from which the hours of a group's people are known."""
WORSE: Final = 0.03
"""How much less of the hours must be common to schedule and answers (0 to 1)."""
OUTSIDE: Final = 0.08
"""How many more answers must lie outside of the hours."""
FELL: Final = 0.05
_GRACE = 3600
_BEFORE = 56
_MOST = 2_000
_HOUR = 3600
_HOURS = 168
_FLOOR = 0.25
"""Customer-hours that each ticket on a wrong clock counts for: its promise is not watched."""


def prepare(evidence: Evidence) -> Watch:
    """Daily shares of schedules by group and the targets of each policy; and the look at them."""
    hours = _Hours(evidence)
    targets = _Targets(evidence)

    def watch(moment: Moment) -> Looked:
        if moment.days < LEARNING:
            return Looked()
        wrong = _together(evidence, list(hours.candidates(moment)))
        recent = int((hours.day >= moment.days - 28).sum() - (hours.day >= moment.days).sum())
        return Looked((*wrong, *targets.candidates(moment)), (Checked(FAMILY, "tickets of each schedule", recent),))

    return watch


@dataclass(frozen=True, slots=True)
class _Answers:
    """Answers of people, by instant: the group that had the ticket then."""

    at: Ints
    group: Ints


class _Hours:
    """Which schedule each group's new tickets run on, day by day."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        tickets, days = evidence.tickets, evidence.days
        asked = np.minimum(tickets.created + _GRACE, evidence.as_of - 1)
        everything = np.arange(len(tickets))
        told = value_at(evidence.schedules.of_ticket, everything, asked)
        self.schedule = np.where(told >= 0, told, evidence.schedules.default).astype(np.int64)
        self.group = tickets.group.astype(np.int64)
        self.day = days.of(tickets.created)
        self.schedules = max(len(evidence.schedules.names), 1)
        groups = len(evidence.groups)
        series = np.where((self.group >= 0) & (self.schedule >= 0), self.group * self.schedules + self.schedule, -1)
        self.total, _ = daily(self.day, series, groups * self.schedules, len(days))
        self.weight = np.repeat(self.total.reshape(groups, self.schedules, -1).sum(axis=1), self.schedules, axis=0)
        several = self.schedules > 1 and len(tickets) > 0
        self.shifts = shifts(self.total, self.weight, days, RULE) if several else ()
        self.answers = _answers(evidence)

    def candidates(self, moment: Moment) -> Iterator[Candidate]:
        for shift in self.shifts:
            if shift.stands(moment.days):
                yield from self._judged(shift, moment)

    def _judged(self, shift: Shift, moment: Moment) -> Iterator[Candidate]:
        """The finding, if the group's people answer at hours which the former schedule fits better."""
        group, schedule = divmod(shift.series, self.schedules)
        former = self._former(group, schedule, shift.since)
        lately = (self.answers.group == group) & (self.answers.at < moment.at)
        since = int(self.evidence.days.starts[shift.since])
        first = int(self.evidence.days.starts[max(0, shift.since - _BEFORE)])
        now, before = self.answers.at[lately & (self.answers.at >= since)], self.answers.at[lately]
        before = before[(before >= first) & (before < since)]
        if former < 0 or len(now) < ANSWERS:
            return
        if len(before) >= ANSWERS and not _alike(now, before):
            return
        if not self._worse(schedule, former, np.concatenate((before, now))):
            return
        yield self._candidate(shift, group, schedule, former, now, moment)

    def _worse(self, schedule: int, former: int, answers: Ints) -> bool:
        """Whether fewer answers fall into it than into the former one, or nobody works while it is open."""
        outside = [1 - self._inside(one, answers) for one in (schedule, former)]
        error = float(np.sqrt(outside[0] * (1 - outside[0]) / len(answers)))
        if outside[0] - outside[1] >= max(OUTSIDE, 4 * error):
            return True
        fits = [self._fit(one, answers) for one in (schedule, former)]
        return fits[0] < fits[1] - WORSE

    def _former(self, group: int, schedule: int, since: int) -> int:
        """The schedule of most of the group's tickets before, -1 if that is the same or there were none."""
        mine = self.total.reshape(-1, self.schedules, self.total.shape[1])[group]
        before = mine[:, max(0, since - _BEFORE) : since].sum(axis=1)
        most = int(before.argmax())
        return -1 if before.sum() == 0 or most == schedule else most

    def _fit(self, schedule: int, answers: Ints) -> float:
        """Hours of the week that are both open and answered in, of those that are either (0 to 1)."""
        zone, week = self.evidence.schedules.zones[schedule], self.evidence.schedules.weeks[schedule]
        opened = np.zeros(_HOURS)
        for start, end in week:
            for hour in range(start // 60, -(-end // 60)):
                opened[hour % _HOURS] = 1.0
        counts = np.bincount(_hour_of_week(answers, zone), minlength=_HOURS).astype(np.float64)
        usual = counts[counts > 0].mean() if counts.any() else 1.0
        worked = np.minimum(counts / usual, 1.0)
        either = np.maximum(opened, worked).sum()
        return float(np.minimum(opened, worked).sum() / either) if either else 0.0

    def _inside(self, schedule: int, answers: Ints) -> float:
        week = self.evidence.schedules.weeks[schedule]
        opened = np.zeros(_HOURS, np.bool_)
        for start, end in week:
            opened[np.arange(start // 60, -(-end // 60)) % _HOURS] = True
        return float(opened[_hour_of_week(answers, self.evidence.schedules.zones[schedule])].mean())

    def _candidate(
        self, shift: Shift, group: int, schedule: int, former: int, answers: Ints, moment: Moment
    ) -> Candidate:
        names = self.evidence.schedules.names.names
        about = subject(self.evidence, "group", group)
        mine = (self.group == group) & (self.day >= shift.since) & (self.day < moment.days)
        wrong = np.flatnonzero(mine & (self.schedule == schedule))[::-1]
        inside = [self._inside(one, answers) for one in (schedule, former)]
        metric, effect = self._effect(group, shift, mine, moment)
        day = when(self.evidence.days, shift.since)
        text = (
            f"{per_cent(inside[0])} of the group's answers fall into the hours of {names[schedule]}, "
            f"{per_cent(inside[1])} into those of {names[former]}, on which its tickets ran before"
        )
        weekly = len(wrong) * 7 / max(moment.days - shift.since, 1)
        return Candidate(
            family=FAMILY,
            detector=NAME,
            subject=about,
            metric=metric,
            since=shift.since,
            effect=effect,
            n=len(wrong),
            title=f"Clocks of {about.name} run on {names[schedule]} hours instead of {names[former]} since {day}",
            confidence=0.95,
            tickets=wrong[:_MOST],
            floor=_FLOOR * weekly,
            cause=Cause("configuration", text, 0.9),
            where={"group": about.id},
        )

    def _effect(self, group: int, shift: Shift, mine: Flags, moment: Moment) -> tuple[str, Size]:
        """What the clocks show otherwise: the business first reply, else attainment, else the share of tickets."""
        tickets = self.evidence.tickets
        before = (self.group == group) & (self.day >= max(0, shift.since - _BEFORE)) & (self.day < shift.since)
        known = (tickets.first_reply_at < moment.at) & (tickets.first_reply_s >= 0)
        parts = [np.log(np.maximum(tickets.first_reply_s[part & known], 60)) for part in (mine, before)]
        if min(len(part) for part in parts) >= LEAST:
            ratio = _ratio(parts[0], parts[1])
            if ratio.shows():
                return "frt.business_all#1", ratio
        attained = _attained(self.evidence, self.group == group, shift.since, moment)
        if attained is not None and attained.shows() and abs(attained.value) >= 100 * FELL:
            return "sla.attainment#1", attained
        span = slice(shift.since, moment.days)
        hits, cases = float(self.total[shift.series, span].sum()), float(self.weight[shift.series, span].sum())
        return "frt.business_all#1", _points(hits, cases, *self._past(shift))

    def _past(self, shift: Shift) -> tuple[float, float]:
        span = slice(max(0, shift.since - _BEFORE), shift.since)
        return float(self.total[shift.series, span].sum()), float(self.weight[shift.series, span].sum())


def _answers(evidence: Evidence) -> _Answers:
    talk, people = evidence.messages, evidence.people
    rows = np.flatnonzero((talk.kind == AGENT) & talk.public & (talk.author >= 0))
    rows = rows[people.staff[talk.author[rows]] & ~people.bot[talk.author[rows]]]
    group = value_at(evidence.groups_of, talk.ticket[rows], talk.sent_at[rows]).astype(np.int64)
    return _Answers(talk.sent_at[rows], group)


def _hour_of_week(at: Ints, zone: str) -> Ints:
    """The local hour of the week of instants, from Monday midnight; the zone's offset is looked up by day."""
    local = ZoneInfo(zone)
    days, place = np.unique(at // 86_400, return_inverse=True)
    noon = [datetime.fromtimestamp(int(day) * 86_400 + 43_200, UTC).astimezone(local) for day in days]
    offsets = np.array([int((one.utcoffset() or UTC.utcoffset(one)).total_seconds()) for one in noon], np.int64)
    shifted = at + offsets[place] if len(at) else at
    # 1 January 1970 was a Thursday
    return (shifted // _HOUR + 72) % _HOURS


def _alike(now: Ints, before: Ints) -> bool:
    """Whether people answer at the same hours of the day as before: if not, they moved and the schedule followed."""
    parts = [np.bincount((part // _HOUR) % 24, minlength=24) / len(part) for part in (now, before)]
    return float(np.minimum(parts[0], parts[1]).sum()) >= 0.6


def _ratio(now: Floats, before: Floats) -> Size:
    """Ratio of typical durations from logs, with its 90 % interval."""
    away = float(now.mean() - before.mean())
    half = 1.645 * float(np.sqrt(now.var(ddof=1) / len(now) + before.var(ddof=1) / len(before)))
    return Size(float(np.exp(away)), float(np.exp(away - half)), float(np.exp(away + half)), "ratio")


def _points(hits: float, cases: float, hits_before: float, cases_before: float) -> Size:
    """Difference of two shares in percentage points, with its 90 % interval."""
    now, was = (hits + 0.5) / (cases + 1), (hits_before + 0.5) / (cases_before + 1)
    half = 1.645 * float(np.sqrt(now * (1 - now) / max(cases, 1) + was * (1 - was) / max(cases_before, 1)))
    return Size(100 * (now - was), 100 * (now - was - half), 100 * (now - was + half), "points")


def _attained(evidence: Evidence, chosen: Flags, since: int, moment: Moment) -> Size | None:
    """How many more or fewer targets of some tickets were met, of those decided by now."""
    targets, days = evidence.targets, evidence.days
    decided = np.minimum(targets.ended_at, targets.due_at)
    mine = chosen[targets.ticket] & (decided < moment.at)
    met = targets.ended_at <= targets.due_at
    day = days.of(targets.started_at)
    after, before = mine & (day >= since), mine & (day < since) & (day >= since - _BEFORE)
    if min(int(after.sum()), int(before.sum())) < LEAST:
        return None
    return _points(float(met[after].sum()), float(after.sum()), float(met[before].sum()), float(before.sum()))


def _together(evidence: Evidence, found: list[Candidate]) -> list[Candidate]:
    """Three groups and more that came to wrong hours within three days are one finding about their schedule."""
    if len(found) < 3 or max(one.since for one in found) - min(one.since for one in found) > 3:
        return found
    widest = max(found, key=lambda one: one.n)
    tickets = np.concatenate([one.tickets for one in found])
    schedule = int(_schedule_of(evidence, widest.tickets[:1])[0])
    names = evidence.schedules.names
    about = Subject("schedule", names.ids[schedule], names.external[schedule], names.names[schedule])
    day = when(evidence.days, widest.since)
    return [
        Candidate(
            family=FAMILY,
            detector=NAME,
            subject=about,
            metric=widest.metric,
            since=widest.since,
            effect=widest.effect,
            n=sum(one.n for one in found),
            title=f"Clocks of {len(found)} groups run on the hours of {about.name} since {day}, which are not theirs",
            confidence=widest.confidence,
            tickets=tickets[:_MOST],
            floor=sum(one.floor for one in found),
            cause=widest.cause,
        )
    ]


def _schedule_of(evidence: Evidence, ticket: Ints) -> NDArray[np.int32]:
    asked = np.minimum(evidence.tickets.created[ticket] + _GRACE, evidence.as_of - 1)
    return value_at(evidence.schedules.of_ticket, ticket, asked)


class _Targets:
    """The targets of each policy, metric and priority, and when they were changed."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        targets = evidence.targets
        self.day = evidence.days.of(targets.started_at)
        priority = evidence.tickets.priority[targets.ticket].astype(np.int64)
        metrics = max(len(evidence.target_names), 1)
        self.key = (targets.policy.astype(np.int64) * metrics + targets.metric) * 8 + priority
        self.per_policy = metrics * 8
        self.changes = tuple(self._changes()) if len(targets.ticket) else ()

    def _changes(self) -> Iterator[tuple[int, int, int, int]]:
        """(policy, key, day of change, day from which it is known) of every clean step from one target to another."""
        targets = self.evidence.targets
        order = np.lexsort((targets.started_at, self.key))
        keys, seconds, day = self.key[order], targets.seconds[order], self.day[order]
        for rows in np.split(np.arange(len(keys)), np.flatnonzero(np.diff(keys)) + 1):
            if self.key[order[rows[0]]] < 0 or len(rows) < 3 * LEAST:
                continue
            mine = seconds[rows]
            for step in np.flatnonzero(mine[1:] != mine[:-1]) + 1:
                before, after = mine[max(0, step - 20) : step], mine[step : step + LEAST]
                if len(before) < 20 or len(after) < LEAST or (before != before[-1]).any() or (after != after[0]).any():
                    continue
                key = int(keys[rows[0]])
                yield key // self.per_policy, key, int(day[rows[step]]), int(day[rows[step + LEAST - 1]])

    def candidates(self, moment: Moment) -> Iterator[Candidate]:
        told: dict[int, list[tuple[int, int]]] = {}
        for policy, key, since, known in self.changes:
            if known < moment.days <= since + _BEFORE and since >= 14:
                told.setdefault(policy, []).append((key, since))
        for policy in sorted(told):
            since = min(day for _, day in told[policy])
            found = self._judged(policy, [key for key, _ in told[policy]], since, moment)
            if found is not None:
                yield found

    def _judged(self, policy: int, keys: list[int], since: int, moment: Moment) -> Candidate | None:
        """The finding, if fewer targets are met since while customers wait as before."""
        evidence, targets = self.evidence, self.evidence.targets
        decided = np.minimum(targets.ended_at, targets.due_at) < moment.at
        # a wait is compared where it is decided under both targets: after the longer of the two
        mature = evidence.days.of(targets.started_at + 3 * 86_400) < moment.days
        mine = np.isin(self.key, keys) & decided & mature
        after, before = mine & (self.day >= since), mine & (self.day < since) & (self.day >= since - _BEFORE)
        if min(int(after.sum()), int(before.sum())) < 30:
            return None
        met = targets.ended_at <= targets.due_at
        effect = _points(float(met[after].sum()), float(after.sum()), float(met[before].sum()), float(before.sum()))
        waits = [self._waits(part, moment) for part in (after, before)]
        if effect.high >= 0 or effect.value > -100 * FELL or min(len(part) for part in waits) < LEAST:
            return None
        longer = _ratio(waits[0], waits[1])
        if longer.value > 1.15:
            return None
        return self._candidate(policy, since, effect, after, met, moment)

    def _waits(self, chosen: Flags, moment: Moment) -> Floats:
        targets = self.evidence.targets
        ended = np.where(targets.ended_at < moment.at, targets.ended_at, moment.at)
        spent: Floats = np.log(np.maximum(ended - targets.started_at, 60)[chosen].astype(np.float64))
        return spent

    def _candidate(self, policy: int, since: int, effect: Size, after: Flags, met: Flags, moment: Moment) -> Candidate:
        evidence, names = self.evidence, self.evidence.policies
        about = Subject("sla_policy", names.ids[policy], names.external[policy], names.names[policy])
        missed = np.unique(evidence.targets.ticket[after & ~met])[::-1]
        day = when(evidence.days, since)
        return Candidate(
            family=FAMILY,
            detector=TARGETS,
            subject=about,
            metric="sla.attainment#1",
            since=since,
            effect=effect,
            n=int(after.sum()),
            title=f"{-effect.value:.0f} points fewer targets of {about.name} are met since they were changed on {day}",
            confidence=0.9,
            tickets=missed[:_MOST],
            floor=_FLOOR * len(missed) * 7 / max(moment.days - since, 1),
            cause=Cause("configuration", f"the targets are others since {day}; customers wait as before", 0.9),
            where={"policy": about.id},
        )


DETECTORS: tuple[Detector, ...] = (Detector(NAME, FAMILY, prepare),)
