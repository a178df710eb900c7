"""Does somebody pass hard cases on, or leave them? For managers who see good figures of one and a full desk of another.

Each pair of a ticket and a person who had it ends in one of two ways: handed on unsolved, or solved. The share handed
on is adjusted by what cases of that topic, channel, priority and length usually do, watched against the person's
own past, and held against the others of the group over the same days. Beside it stands how hard the cases are that
people take, expected from the opening message alone. What a lead moves for people who are away is nobody's choice, and
taking hard cases is no finding.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from maitred.insight.detectors.comparable import Mix, expected, mix_of
from maitred.insight.detectors.finding import Candidate, Cause, Checked, Detector, Looked, Moment, Size, Watch
from maitred.insight.detectors.peers import LATELY, Staff, apart, staff
from maitred.insight.detectors.saying import per_cent, subject, when
from maitred.insight.detectors.scan import LEARNING, Rule, Shift, Sized, daily, shifts, size
from maitred.insight.evidence.cutting import value_at
from maitred.insight.evidence.tables import AGENT, NEVER, STATUSES, Evidence, Flags, Floats, Ints

FAMILY: Final = "case_selection"
NAME: Final = "case_selection.handed_on#1"
LEFT: Final = "case_selection.left#1"
METRIC: Final = "transfer_rate.out#1"
HANDED: Final = Rule("share", "up", threshold=4.0, smallest=0.06)
TAKEN: Final = Rule("mean", "down", threshold=4.5, least_cases=30, smallest=1.2, windows=(7, 10, 14, 21, 28))
FASTER: Final = 0.72
"""Ratio of the time that cases take up to which it is their choice: nobody gets so much faster at the same cases."""
LEAST: Final = 8
APART: Final = 3.5
_OVER = tuple(STATUSES.index(one) for one in ("solved", "closed", "deleted", "spam"))
_MOST = 2_000
_WEEK = 7 * 86_400
_LEAST_TAKEN = 30
_AUTHORED = 0.05
"""Share of changes of hands by the person themself from which the helpdesk is taken to tell who changed what."""
_PULLED = 45 * 60
"""Seconds from taking a case to the first word about it, in the middle, up to which people take what they work on."""


@dataclass(frozen=True, slots=True)
class Stations:
    """A ticket in a person's hands (once each), by the instant at which that ended: ``handed`` on, or solved."""

    ticket: Ints
    person: Ints
    group: Ints
    began: Ints
    ended: Ints
    handed: Flags


def prepare(evidence: Evidence) -> Watch:
    """Daily shares of cases handed on, adjusted, and the hardness of the cases taken; and the look at them."""
    crew = staff(evidence)
    mix = mix_of(evidence)
    seen = stations(evidence, crew)
    hard = hardness(evidence, mix)
    on = _HandedOn(evidence, crew, mix, seen)
    taken = (
        _Taken(evidence, crew, *_hardness_taken(evidence, crew, hard)),
        _Taken(evidence, crew, *_time_taken(evidence, crew)),
    )

    def watch(moment: Moment) -> Looked:
        if moment.days < LEARNING:
            return Looked()
        homes = crew.homes(moment.days)
        found = {one.subject.id: one for part in taken for one in part.candidates(homes, moment)}
        found |= {one.subject.id: one for one in on.candidates(hard, homes, moment)}
        checked = Checked(
            FAMILY, "cases of each person", int(on.cases[:, max(0, moment.days - 28) : moment.days].sum())
        )
        return Looked(tuple(found[one] for one in sorted(found)), (checked,))

    return watch


def stations(evidence: Evidence, crew: Staff) -> Stations:
    """How each pair of ticket and person ended first; pairs that a third party moved are left out."""
    spans, solves = evidence.assignees, evidence.solves
    order = np.lexsort((spans.from_at, spans.ticket))
    ticket, holder = spans.ticket[order], spans.value[order]
    began, until = spans.from_at[order], spans.to_at[order]
    follows = np.append(ticket[1:] == ticket[:-1], False) if len(ticket) else np.zeros(0, np.bool_)
    heir = np.where(follows, np.append(holder[1:], -1)[: len(holder)], -1)
    by = np.where(follows, np.append(spans.by[order][1:], -1)[: len(holder)], -1)
    person = crew.number[holder]
    solved = _first_solve(solves.ticket, solves.solved_at, ticket, began)
    over = np.isin(value_at(evidence.statuses, ticket, np.minimum(until, evidence.as_of)), _OVER)
    handed = (until < solved) & (until < NEVER) & (until < evidence.tickets.excluded_at[ticket]) & ~over
    handed &= heir != holder
    ended = np.where(handed, until, np.where(solved < until, solved, NEVER))
    chosen = by == holder
    early = handed & (person >= 0) & (evidence.days.of(until) < LEARNING - 4)
    if (early & chosen).sum() < max(_AUTHORED * early.sum(), LEAST):
        # who changed it is not told: then whoever took it over counts, where the person was there
        chosen |= ((crew.number[by] < 0) | (by == heir)) & _present(crew, person, evidence.days.of(until))
    rows = np.flatnonzero((person >= 0) & (ended < NEVER) & (~handed | chosen))
    rows = rows[np.argsort(ended[rows], kind="stable")]
    _, first = np.unique(ticket[rows] * max(len(crew), 1) + person[rows], return_index=True)
    rows = rows[np.sort(first)]
    group = value_at(evidence.groups_of, ticket[rows], began[rows]).astype(np.int64)
    return Stations(ticket[rows], person[rows], group, began[rows], ended[rows], handed[rows])


def _first_solve(ticket: Ints, solved_at: Ints, of: Ints, after: Ints) -> Ints:
    """The first solving of each ticket at or after an instant, ``NEVER`` without one."""
    if not len(ticket):
        return np.full(len(of), NEVER, np.int64)
    order = np.lexsort((solved_at, ticket))
    key, asked = (ticket[order] << 33) | solved_at[order], (of << 33) | after
    place = np.searchsorted(key, asked, side="left")
    near = order[np.minimum(place, len(order) - 1)]
    found: Ints = np.where((place < len(order)) & (ticket[near] == of), solved_at[near], NEVER)
    return found


def _present(crew: Staff, person: Ints, day: Ints) -> Flags:
    """Whether a person did anything on a day."""
    there = crew.touched() > 0
    inside = (person >= 0) & (day >= 0) & (day < there.shape[1])
    found = np.zeros(len(person), np.bool_)
    found[inside] = there[person[inside], day[inside]]
    return found


_kept: list[tuple[Evidence, Floats]] = []


def forget() -> None:
    """Let go of what was computed last."""
    _kept.clear()


def hardness(evidence: Evidence, mix: Mix) -> Floats:
    """Log of the effort that a ticket is expected to take, from what is known when it comes; 0 is usual.

    Effort is what staff wrote until the ticket was first solved: messages, each worth the more the longer it is. Two
    families ask for it, so the last is kept.
    """
    if not (_kept and _kept[0][0] is evidence):
        _kept[:] = [(evidence, _hardness(evidence, mix))]
    return _kept[0][1]


def _hardness(evidence: Evidence, mix: Mix) -> Floats:
    talk, tickets = evidence.messages, evidence.tickets
    everything = np.arange(len(tickets))
    solved = _first_solve(evidence.solves.ticket, evidence.solves.solved_at, everything, tickets.created)
    said = (talk.kind == AGENT) & (talk.sent_at <= solved[talk.ticket])
    worth = np.bincount(talk.ticket[said], 1 + talk.length[said] / 600, minlength=len(tickets))
    days = evidence.days
    created, known = days.of(tickets.created), np.where(worth > 0, days.of(solved), np.int64(1 << 40))
    effort = np.log(np.maximum(worth, 0.5))
    found = expected(mix, everything, created, known, effort).causal(created)
    middle = found[created < LEARNING - 4]
    return found - (float(middle.mean()) if len(middle) else 0.0)


class _HandedOn:
    """The adjusted share of cases handed on, by person and day on which they ended."""

    def __init__(self, evidence: Evidence, crew: Staff, mix: Mix, seen: Stations) -> None:
        self.evidence, self.crew, self.seen = evidence, crew, seen
        days = evidence.days
        self.day = days.of(seen.ended)
        value = seen.handed.astype(np.float64)
        began = days.of(seen.began)
        model = expected(mix, seen.ticket, began, self.day, value, words=False) if len(value) else None
        usual = model.causal(self.day) if model is not None else value
        early = value[self.day < LEARNING - 4]
        level = float(early.mean()) if len(early) else 0.0
        self.total, self.cases = daily(self.day, seen.person, len(crew), len(days), value - usual + level)
        self.raw, _ = daily(self.day, seen.person, len(crew), len(days), value)
        self.shifts = shifts(self.total, self.cases, days, HANDED)

    def candidates(self, hard: Floats, homes: Ints, moment: Moment) -> Iterator[Candidate]:
        for shift in {one.series: one for one in self.shifts if one.stands(moment.days)}.values():
            one, span = shift.series, slice(shift.since, moment.days)
            others = np.flatnonzero((homes == homes[one]) & (np.arange(len(homes)) != one))
            if self.raw[one, span].sum() < LEAST or not len(others):
                continue
            away = apart(self.total, self.cases, one, others, shift.since, moment.days)
            if away.z < APART or away.value < max(away.others, HANDED.smallest):
                continue
            told = size(self.total, self.cases, self.evidence.days, HANDED, shift, moment.days)
            if told.shows("share") and told.value >= 100 * HANDED.smallest:
                yield self._candidate(shift, told, others, hard, moment)

    def _candidate(
        self, shift: Shift, told: Sized, others: NDArray[np.integer], hard: Floats, moment: Moment
    ) -> Candidate:
        one, seen = shift.series, self.seen
        about = subject(self.evidence, "agent", int(self.crew.users[one]))
        day = when(self.evidence.days, shift.since)
        lately = (self.day >= shift.since) & (self.day < moment.days)
        mine, rest = lately & (seen.person == one), lately & np.isin(seen.person, others)
        share, theirs = float(seen.handed[mine].mean()), float(seen.handed[rest].mean()) if rest.any() else 0.0
        text, sure = self._harder(hard, mine, rest)
        handed = np.flatnonzero(mine & seen.handed)
        handed = handed[np.argsort(-hard[seen.ticket[handed]], kind="stable")]
        return Candidate(
            family=FAMILY,
            detector=NAME,
            subject=about,
            metric=METRIC,
            since=shift.since,
            effect=Size(told.value, told.low, told.high, "points"),
            n=int(mine.sum()),
            title=f"{about.name} hands on {per_cent(share)} of cases since {day}, the others {per_cent(theirs)}",
            confidence=0.95 if shift.z >= 7 else 0.9,
            tickets=seen.ticket[handed][:_MOST],
            waiting=self._waiting(mine, told.value / 100, shift.since, moment),
            cause=Cause("selection", text, sure),
            where={"assignee": about.id},
        )

    def _harder(self, hard: Floats, mine: Flags, rest: Flags) -> tuple[str, float]:
        """What the cases handed on are like: the harder half of them against the easier one."""
        seen = self.seen
        middle = float(np.median(hard[seen.ticket[mine | rest]]))
        above = hard[seen.ticket] > middle
        parts = [seen.handed[mine & half] for half in (above, ~above)]
        if min(len(part) for part in parts) < LEAST:
            return "more cases go on unsolved than before, and than from others with the same mix", 0.8
        high, low = (float(part.mean()) for part in parts)
        text = f"{per_cent(high)} of harder cases and {per_cent(low)} of easier ones went on unsolved"
        return text, 0.9 if high > low else 0.75

    def _waiting(self, mine: Flags, more: float, since: int, moment: Moment) -> float:
        """Customer-hours a week: how much later handed-on tickets are solved, times those beyond the usual."""
        solves, created = self.evidence.solves, self.evidence.tickets.created
        known = solves.solved_at < moment.at
        took = np.full(len(created), np.nan)
        took[solves.ticket[known]] = (solves.solved_at[known] - created[solves.ticket[known]]) / 3600
        ages = [took[self.seen.ticket[mine & part]] for part in (self.seen.handed, ~self.seen.handed)]
        ages = [part[np.isfinite(part)] for part in ages]
        if min(len(part) for part in ages) < 3:
            return 0.0
        later = max(0.0, float(np.median(ages[0]) - np.median(ages[1])))
        return later * more * float(mine.sum()) * 7 / max(moment.days - since, 1)


def _hardness_taken(evidence: Evidence, crew: Staff, hard: Floats) -> tuple[Ints, Floats, float, str]:
    """First takings of tickets (rows of assignees) with how hard they are expected to be."""
    spans = evidence.assignees
    order = np.lexsort((spans.from_at, spans.ticket))
    held = order[crew.number[spans.value[order]] >= 0]
    _, first = np.unique(spans.ticket[held], return_index=True)
    return (
        held[first],
        hard[spans.ticket[held[first]]],
        0.9,
        "the hardest fifth of the group's cases is left to the others",
    )


def _time_taken(evidence: Evidence, crew: Staff) -> tuple[Ints, Floats, float, str]:
    """Takings with the log of the seconds to the person's next word on the ticket, where people pull their work."""
    spans, talk = evidence.assignees, evidence.messages
    said = np.flatnonzero(talk.kind == AGENT)
    rows = np.flatnonzero(crew.number[spans.value] >= 0)
    after = _next(talk.ticket[said], talk.sent_at[said], spans.ticket[rows], spans.from_at[rows])
    day = evidence.days.of(spans.from_at[rows])
    near = (after >= 0) & (after < 8 * 3600) & (evidence.days.of(spans.from_at[rows] + after) == day)
    rows, spent = rows[near], after[near]
    early = spent[day[near] < LEARNING - 4]
    if len(early) < _LEAST_TAKEN or np.median(early) > _PULLED:
        rows, spent = rows[:0], spent[:0]
    return rows, np.log(np.maximum(spent, 30)), FASTER, "the longer cases of the group are left to the others"


def _next(ticket: Ints, at: Ints, of: Ints, since: Ints) -> Ints:
    """Seconds from an instant to the next one of the same ticket, -1 where there is none."""
    if not len(ticket):
        return np.full(len(of), -1, np.int64)
    key = np.sort((ticket.astype(np.int64) << 33) | at)
    asked = (of.astype(np.int64) << 33) | since
    near = key[np.minimum(np.searchsorted(key, asked), len(key) - 1)]
    return np.where((near >> 33 == of) & (near >= asked), near - asked, -1)


class _Taken:
    """How hard the cases are that each person takes, by day of taking, beside those that came to the group."""

    def __init__(self, evidence: Evidence, crew: Staff, rows: Ints, value: Floats, most: float, left: str) -> None:
        self.evidence, self.crew, self.most, self.left = evidence, crew, most, left
        spans, days = evidence.assignees, evidence.days
        rows, value = (
            rows[np.argsort(spans.from_at[rows], kind="stable")],
            value[np.argsort(spans.from_at[rows], kind="stable")],
        )
        self.ticket, self.person = spans.ticket[rows], crew.number[spans.value[rows]]
        self.day = days.of(spans.from_at[rows])
        group = value_at(evidence.groups_of, self.ticket, spans.from_at[rows]).astype(np.int64)
        self.value = value - _lately(self.day, group, value, len(evidence.groups), len(days))
        self.total, self.cases = daily(self.day, self.person, len(crew), len(days), self.value)
        self.shifts = shifts(self.total, self.cases, days, TAKEN)

    def candidates(self, homes: Ints, moment: Moment) -> Iterator[Candidate]:
        for shift in {one.series: one for one in self.shifts if one.stands(moment.days)}.values():
            one = shift.series
            others = np.flatnonzero((homes == homes[one]) & (np.arange(len(homes)) != one))
            told = size(self.total, self.cases, self.evidence.days, TAKEN, shift, moment.days)
            small = told.value > self.most
            if not len(others) or not told.shows("mean") or told.n < _LEAST_TAKEN or small:
                continue
            if self._same_work(one, shift.since, moment.days) and self._left(one, others, shift.since, moment.days):
                yield self._candidate(shift, told, moment)

    def _same_work(self, one: int, since: int, days: int) -> bool:
        """Whether the person still works for the same groups as before: a new role is no selection."""
        done = self.crew.done[one]
        before = done[:, since] - done[:, max(0, since - LATELY)]
        after = done[:, days] - done[:, since]
        if not before.sum() or not after.sum():
            return False
        return float(np.minimum(before / before.sum(), after / after.sum()).sum()) >= 0.8

    def _left(self, one: int, others: NDArray[np.integer], since: int, days: int) -> bool:
        """Whether the hardest fifth is left to others: halved for the person, not fewer for them."""
        before = (self.day >= max(0, since - LATELY)) & (self.day < since)
        after = (self.day >= since) & (self.day < days)
        hardest = self.value >= (np.quantile(self.value[before], 0.8) if before.any() else np.inf)

        def share(chosen: Flags) -> float:
            return float(hardest[chosen].mean()) if chosen.any() else 0.0

        mine, rest = self.person == one, np.isin(self.person, others)
        return share(mine & after) <= 0.5 * share(mine & before) and share(rest & after) >= 0.95 * share(rest & before)

    def _candidate(self, shift: Shift, told: Sized, moment: Moment) -> Candidate:
        one = shift.series
        about = subject(self.evidence, "agent", int(self.crew.users[one]))
        day = when(self.evidence.days, shift.since)
        mine = (self.person == one) & (self.day >= shift.since) & (self.day < moment.days)
        rows = np.flatnonzero(mine)
        rows = rows[np.argsort(self.value[rows], kind="stable")]
        less = 100 * (1 - told.value)
        return Candidate(
            family=FAMILY,
            detector=LEFT,
            subject=about,
            metric=METRIC,
            since=shift.since,
            effect=Size(told.value, told.low, told.high, "ratio"),
            n=told.n,
            title=f"{about.name} takes cases that need {less:.0f} % less work than before since {day}",
            confidence=0.85,
            tickets=self.ticket[rows][:_MOST],
            cause=Cause("selection", self.left, 0.8),
            where={"assignee": about.id},
        )


def _lately(day: Ints, group: Ints, value: Floats, groups: int, days: int) -> Floats:
    """Of each case, the mean of its group's cases over the week up to its day."""
    total, cases = daily(day, group, groups, days, value)
    sums: list[Any] = []
    for part in (total, cases):
        running = np.concatenate([np.zeros((groups, 1)), part.cumsum(axis=1)], axis=1)
        sums.append(running[:, 1:] - running[:, np.maximum(np.arange(1, days + 1) - 7, 0)])
    mean = np.divide(sums[0], sums[1], out=np.zeros_like(sums[0]), where=sums[1] > 0)
    inside = (group >= 0) & (day >= 0) & (day < days)
    return np.where(inside, mean[np.maximum(group, 0), np.clip(day, 0, days - 1)], 0.0)


DETECTORS: tuple[Detector, ...] = (Detector(NAME, FAMILY, prepare),)
