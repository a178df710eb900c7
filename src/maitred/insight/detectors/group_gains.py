"""Has a group become better for good, and after what? Falls of first reply waits and of reopenings that last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from maitred.insight.detectors.finding import Candidate, Cause, Moment, Size, Subject
from maitred.insight.detectors.saying import confidence, when
from maitred.insight.detectors.scan import Rule, Shift, daily, shifts, size
from maitred.insight.detectors.waits import BusinessClock, first_replies
from maitred.insight.evidence.tables import NEVER, Evidence, Floats, Ints

WAITS: Final = Rule("mean", "down", threshold=6.0, least_cases=40, smallest=1.3)
REOPENS: Final = Rule("share", "down", threshold=6.0, least_cases=60, smallest=0.03)
LASTING: Final = 21
"""Days that a gain must have lasted."""
TOLD: Final = 28
NEAR: Final = 14
"""Days before the onset in which the change that it follows must lie."""
MORE_PEOPLE: Final = 1.15
FEWER: Final = 0.9
"""Share of the former arrivals below which less work explains less waiting."""
_MATURE = 7
_DAY = 86_400
_LEAST_TRAINED = 2
_MACRO_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class _Side:
    """One outcome by group and day, its falls, and the tickets behind it."""

    metric: str
    rule: Rule
    total: Floats
    weight: Floats
    shifts: tuple[Shift, ...]
    ticket: Ints
    day: Ints
    group: Ints


class Gains:
    """Falls of groups, and what changed before them."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.groups, self.days = len(evidence.groups), len(evidence.days)
        self.sides = (self._waits(), self._reopens()) if self.groups and self.days > 80 else ()
        created = evidence.days.of(evidence.tickets.created)
        self.arrivals, _ = daily(created, evidence.tickets.group, max(1, self.groups), self.days)
        self.people = _people(evidence, max(1, self.groups))

    def at(self, moment: Moment, name: str) -> Iterator[Candidate]:
        """Gains that have lasted, and are new."""
        for side in self.sides:
            for shift in side.shifts:
                age = moment.days - shift.since
                if shift.stands(moment.days) and LASTING <= age < LASTING + TOLD:
                    found = self._candidate(side, shift, moment, name)
                    if found is not None:
                        yield found

    def _candidate(self, side: _Side, shift: Shift, moment: Moment, name: str) -> Candidate | None:
        evidence, group = self.evidence, shift.series
        cause = self._cause(group, shift.since, moment)
        if cause is None or self._less_work(group, shift.since, moment.days) or not self._best(side, shift, moment):
            return None
        found = size(side.total, side.weight, evidence.days, side.rule, shift, moment.days)
        if not found.shows(side.rule.kind):
            return None
        names = evidence.groups
        subject = Subject("group", names.ids[group], names.external[group], names.names[group] or names.external[group])
        since = when(evidence.days, shift.since)
        mine = (side.group == group) & (side.day >= shift.since) & (side.day < moment.days)
        tickets = np.unique(side.ticket[mine])[::-1]
        if side.rule.kind == "share":
            measured = Size(found.value, found.low, found.high, "points")
            title = f"Tickets in {subject.name} come back {-found.value:.0f} points less often since {since}"
        else:
            measured = Size(found.value, found.low, found.high, "ratio")
            title = f"First reply in {subject.name} takes {found.value:.2f} of the time since {since}"
        return Candidate(
            "improvement", name, subject, side.metric, shift.since, measured, found.n, title, confidence(shift.z),
            tickets[:2_000], cause=cause, where={"group": subject.id}, good=True,
        )  # fmt: skip

    def _cause(self, group: int, since: int, moment: Moment) -> Cause | None:
        """What changed in the group within two weeks before: people, a course, a macro."""
        evidence = self.evidence
        people = self.people[group]
        before, after = people[max(0, since - 28) : since], people[since : moment.days]
        if len(after) and before[before > 0].size and after[after > 0].size:
            more = float(after[after > 0].mean()) / float(before[before > 0].mean())
            if more >= MORE_PEOPLE:
                return Cause("capacity", f"{100 * (more - 1):.0f} % more people work in the group", 0.6)
        members = evidence.members
        mine = members.ticket[(members.value == group) & (members.from_at < moment.at)].astype(np.int64)
        trained = evidence.days.of(evidence.people.trained_at[np.unique(mine)])
        trained = trained[evidence.people.trained_at[np.unique(mine)] < min(moment.at, NEVER)]
        fresh = int(((trained >= since - NEAR) & (trained <= since + 3)).sum())
        if fresh >= _LEAST_TRAINED:
            return Cause("training", f"{fresh} people of the group were trained shortly before", 0.5)
        return self._macro(group, since, moment)

    def _macro(self, group: int, since: int, moment: Moment) -> Cause | None:
        evidence, macros = self.evidence, self.evidence.macros
        known = macros.used_at < moment.at
        day = evidence.days.of(macros.used_at[known])
        macro, ticket = macros.macro[known], macros.ticket[known]
        mine = evidence.tickets.group[ticket] == group
        tickets = max(1.0, float(self.arrivals[group, since : moment.days].sum()))
        for one in np.unique(macro[mine]):
            first = int(day[macro == one].min())
            used = int((mine & (macro == one) & (day >= since)).sum())
            if first >= 28 and since - NEAR <= first <= since + 3 and used >= _MACRO_SHARE * tickets:
                return Cause("macro", f"the macro {evidence.macro_names.names[int(one)]} came into use before", 0.5)
        return None

    def _less_work(self, group: int, since: int, until: int) -> bool:
        before, after = self.arrivals[group, max(0, since - 56) : since], self.arrivals[group, since:until]
        whole = len(after) // 7 * 7
        return bool(float(after[:whole].mean()) < FEWER * float(before.mean())) if whole and len(before) else True

    def _best(self, side: _Side, shift: Shift, moment: Moment) -> bool:
        """Whether the new level lies below nearly all weeks that the group had: else it only recovered."""
        total, weight = side.total[shift.series], side.weight[shift.series]
        ends = range(shift.since, 6, -7)
        weeks = [(total[end - 7 : end].sum(), weight[end - 7 : end].sum()) for end in ends]
        levels = [one / n for one, n in weeks if n >= 8]
        now = total[shift.since : moment.days].sum() / max(1e-9, weight[shift.since : moment.days].sum())
        return len(levels) >= 4 and bool(now < np.quantile(levels, 0.1))

    def _waits(self) -> _Side:
        waits = first_replies(self.evidence, BusinessClock(self.evidence))
        kept = (waits.known < NEVER) & (waits.group >= 0)
        total, weight = daily(waits.day[kept], waits.group[kept], self.groups, self.days, waits.value[kept])
        found = shifts(total, weight, self.evidence.days, WAITS)
        return _Side(
            waits.metric, WAITS, total, weight, found, waits.ticket[kept].astype(np.int64), waits.day[kept],
            waits.group[kept].astype(np.int64),
        )  # fmt: skip

    def _reopens(self) -> _Side:
        solves, days = self.evidence.solves, self.evidence.days
        day = days.of(solves.solved_at) + _MATURE + 1
        back = (solves.reopened_at - solves.solved_at <= _MATURE * _DAY).astype(np.float64)
        total, weight = daily(day, solves.group, self.groups, self.days, back)
        found = shifts(total, weight, days, REOPENS)
        return _Side(
            "reopen_rate.transitions#1", REOPENS, total, weight, found, solves.ticket.astype(np.int64), day,
            solves.group.astype(np.int64),
        )  # fmt: skip


def _people(evidence: Evidence, groups: int) -> Floats:
    """People who answered or solved something in each group on each day."""
    days, turns, solves = len(evidence.days), evidence.turns, evidence.solves
    agent = np.concatenate([turns.agent, solves.agent]).astype(np.int64)
    group = np.concatenate([turns.group, solves.group]).astype(np.int64)
    day = evidence.days.of(np.concatenate([turns.answered_at, solves.solved_at]))
    kept = (agent >= 0) & (group >= 0) & (day >= 0) & (day < days)
    kept[kept] &= ~evidence.people.bot[agent[kept]]
    once = np.unique((group[kept] * days + day[kept]) * (1 << 24) + agent[kept]) >> 24
    return np.bincount(once, minlength=groups * days)[: groups * days].reshape(groups, days).astype(np.float64)
