"""Are tickets set aside while their customers wait? For managers who see little open work and hear complaints.

A pause (pending, hold) is in order while a customer is asked. It is not where the customer's last message is unanswered
the whole time: nothing was written when pausing, or the customer has answered since. Such pauses are counted by the day
on which they had lasted two hours, of all tickets in hand that day, by person and by group; the pile of them is held
against what usually lies there. Waiting for customers is normal and no finding.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from maitred.insight.detectors.finding import Candidate, Cause, Checked, Detector, Looked, Moment, Size, Watch
from maitred.insight.detectors.peers import Staff, apart, moved, staff
from maitred.insight.detectors.saying import subject, when
from maitred.insight.detectors.scan import LEARNING, Rule, Shift, shifts, size
from maitred.insight.evidence.cutting import value_at
from maitred.insight.evidence.tables import STATUSES, Evidence, Flags, Floats, Ints

FAMILY: Final = "parked"
NAME: Final = "parked.unanswered#1"
METRIC: Final = "backlog#1"
GRACE: Final = 2 * 3600
"""Seconds for which a pause may stand before its message is written."""
RULE: Final = Rule("share", "up", threshold=5.0, smallest=0.03)
LEAST: Final = 8
APART: Final = 3.5
"""Standard errors by which a person must have moved away from the others of the group."""
MOSTLY: Final = 0.6
"""Share of a group's pauses from which they are one person's."""
_PAUSED = (STATUSES.index("pending"), STATUSES.index("hold"))
_BITS = 33
_WEEK = 7 * 86_400
_MOST = 2_000
_NINETY = 1.645


@dataclass(frozen=True, slots=True)
class Pauses:
    """Pauses over unanswered customers that lasted longer than ``GRACE``, by the instant at which that was known.

    ``owner`` is the number in ``Staff`` of whoever paused it (else had it), -1 nobody; ``ends``: it went on, was
    answered or left the helpdesk.
    """

    ticket: Ints
    begins: Ints
    ends: Ints
    known_at: Ints
    owner: Ints
    group: Ints

    def __len__(self) -> int:
        return len(self.ticket)


def prepare(evidence: Evidence) -> Watch:
    """Daily series of pauses over unanswered customers, and the look at them."""
    crew = staff(evidence)
    pauses = unanswered(evidence, crew)
    sides = (
        _Side("agent", pauses.owner, crew.touched(), pauses, evidence),
        _Side("group", pauses.group, crew.touched_by_group(), pauses, evidence),
    )

    def watch(moment: Moment) -> Looked:
        if moment.days < LEARNING:
            return Looked()
        found = tuple(_candidates(evidence, crew, pauses, sides, moment))
        return Looked(found, tuple(_checked(evidence, sides[1], moment)))

    return watch


def unanswered(evidence: Evidence, crew: Staff) -> Pauses:
    """Every stretch in which a ticket was paused and its customer unanswered, at least ``GRACE`` long."""
    spans, turns = evidence.statuses, evidence.turns
    order = np.lexsort((spans.from_at, spans.ticket))
    rows = order[np.isin(spans.value[order], _PAUSED)]
    first = np.searchsorted(_key(spans.ticket[rows], spans.to_at[rows]), _key(turns.ticket, turns.opened_at), "right")
    last = np.searchsorted(_key(spans.ticket[rows], spans.from_at[rows]), _key(turns.ticket, turns.answered_at), "left")
    many = np.maximum(last - first, 0)
    turn = np.repeat(np.arange(len(many)), many)
    pause = rows[np.repeat(first, many) + np.arange(len(turn)) - np.repeat(np.cumsum(many) - many, many)]
    ticket = spans.ticket[pause]
    begins = np.maximum(spans.from_at[pause], turns.opened_at[turn])
    ends = np.minimum(np.minimum(spans.to_at[pause], turns.answered_at[turn]), evidence.tickets.excluded_at[ticket])
    known_at = begins + GRACE
    kept = np.flatnonzero((ends > known_at) & (known_at < evidence.as_of))
    kept = kept[np.argsort(known_at[kept], kind="stable")]
    ticket, begins, ends, pause = ticket[kept], begins[kept], ends[kept], pause[kept]
    by = crew.number[spans.by[pause]]
    holder = crew.number[value_at(evidence.assignees, ticket, begins)]
    group = value_at(evidence.groups_of, ticket, begins).astype(np.int64)
    return Pauses(ticket, begins, ends, known_at[kept], np.where(by >= 0, by, holder), group)


def _key(ticket: Ints, at: Ints) -> Ints:
    """Ticket and instant in one number that sorts by both."""
    return (ticket.astype(np.int64) << _BITS) | np.clip(at, 0, (1 << _BITS) - 1)


class _Side:
    """All persons, or all groups: pauses of each day, tickets in hand, and the pile at the end of each day."""

    def __init__(self, kind: str, owner: Ints, touched: Floats, pauses: Pauses, evidence: Evidence) -> None:
        self.kind, self.owner = kind, owner
        days = evidence.days
        begun = _by_day(owner, days.of(pauses.known_at), touched.shape)
        gone = np.where(pauses.ends < evidence.as_of, days.of(pauses.ends), len(days))
        self.begun = begun
        self.touched = np.maximum(touched, begun)
        self.pile = np.cumsum(begun - _by_day(owner, gone, touched.shape), axis=1)
        self.shifts = shifts(self.begun, self.touched, days, RULE)
        self.usual = _usual(self.pile)

    def standing(self, days: int) -> dict[int, Shift]:
        """The latest shift that stands, of each subject."""
        return {one.series: one for one in self.shifts if one.stands(days)}

    def piled(self, days: int) -> dict[int, int]:
        """Subjects whose pile is far above what usually lies there, and since when."""
        high = self.pile >= np.maximum(LEAST, 2.5 * self.usual + 4)
        found = {}
        for one in np.flatnonzero(high[:, days - 1] & high[:, days - 2]):
            calm = np.flatnonzero(self.pile[one, :days] <= self.usual[one, :days] + 2)
            found[int(one)] = int(calm[-1]) + 1 if len(calm) else 0
        return found


def _by_day(owner: Ints, day: Ints, shape: tuple[int, ...]) -> Floats:
    subjects, days = shape
    inside = (owner >= 0) & (day >= 0) & (day < days)
    place = owner[inside] * days + day[inside]
    return np.bincount(place, minlength=subjects * days).reshape(subjects, days).astype(np.float64)


def _usual(pile: Floats) -> Floats:
    """What lay there in three of four days, two to ten weeks before each day."""
    usual = np.zeros_like(pile)
    for day in range(pile.shape[1]):
        part = pile[:, max(0, day - 70) : max(1, day - 13)]
        usual[:, day] = np.percentile(part, 75, axis=1) if len(part) else 0.0
    return usual


def _candidates(
    evidence: Evidence, crew: Staff, pauses: Pauses, sides: tuple[_Side, _Side], moment: Moment
) -> Iterator[Candidate]:
    """Persons who moved away from the others; groups that moved also without these."""
    persons, groups = sides
    homes = crew.homes(moment.days)
    named: list[int] = []
    for one, (since, shift) in sorted(_raised(persons, moment.days).items()):
        others = np.flatnonzero((homes == homes[one]) & (np.arange(len(crew)) != one))
        if not _alone(persons, one, others, since, moment.days):
            continue
        named.append(one)
        chosen = pauses.owner == one
        found = _candidate(evidence, persons, crew.users[one], one, chosen, pauses, since, shift, moment)
        yield from found
    for one, (since, shift) in sorted(_raised(groups, moment.days).items()):
        chosen = (pauses.group == one) & ~np.isin(pauses.owner, named)
        if _one_person(evidence, pauses, chosen, since, moment.days):
            continue
        if named and not _without(evidence, groups, one, chosen, pauses, since, moment.days):
            continue
        yield from _candidate(evidence, groups, one, one, chosen, pauses, since, shift, moment)


def _raised(side: _Side, days: int) -> dict[int, tuple[int, Shift | None]]:
    """Subjects to be told of, with onset and, where one was seen, the shift of the daily share."""
    found: dict[int, tuple[int, Shift | None]] = {one: (since, None) for one, since in side.piled(days).items()}
    for one, shift in side.standing(days).items():
        found[one] = (shift.since, shift)
    return {one: told for one, told in found.items() if side.begun[one, told[0] : days].sum() >= LEAST}


def _alone(side: _Side, one: int, others: NDArray[np.integer], since: int, days: int) -> bool:
    """Whether a person moved and the others of the group did not."""
    away = apart(side.begun, side.touched, one, others, since, days)
    return away.z >= APART and away.value >= away.others


def _one_person(evidence: Evidence, pauses: Pauses, chosen: Flags, since: int, days: int) -> bool:
    """Whether most of a group's pauses are one person's: then it waits until that person can be named."""
    day = evidence.days.of(pauses.known_at)
    owners = pauses.owner[chosen & (day >= since) & (day < days)]
    return len(owners) > 0 and int(np.bincount(owners + 1)[1:].max(initial=0)) >= MOSTLY * len(owners)


def _without(evidence: Evidence, side: _Side, one: int, chosen: Flags, pauses: Pauses, since: int, days: int) -> bool:
    """Whether a group moved also without the persons who are named."""
    day = evidence.days.of(pauses.known_at[chosen])
    begun = _by_day(np.zeros(len(day), np.int64), day, (1, side.begun.shape[1]))[0]
    value, error = moved(begun, np.maximum(side.touched[one], begun), since, days)
    return value >= RULE.smallest and value >= APART * error and begun[since:days].sum() >= LEAST


def _candidate(
    evidence: Evidence,
    side: _Side,
    place: int,
    one: int,
    chosen: Flags,
    pauses: Pauses,
    since: int,
    shift: Shift | None,
    moment: Moment,
) -> Iterator[Candidate]:
    """What is said of one subject, if its size shows."""
    lying = np.flatnonzero(chosen & (pauses.known_at < moment.at) & (pauses.ends >= moment.at))
    usual = side.pile[one, max(0, since - 28) : since]
    normal = float(usual.mean()) if len(usual) else 0.0
    effect = _effect(evidence, side, len(lying), normal, shift, moment)
    if effect is None:
        return
    started = np.flatnonzero(chosen & (pauses.known_at < moment.at) & (evidence.days.of(pauses.known_at) >= since))
    about = subject(evidence, side.kind, place)
    day = when(evidence.days, since)
    waiting = _beyond(pauses, np.flatnonzero(chosen), evidence, since, moment)
    if effect.unit == "tickets":
        title = f"{about.name}: {len(lying)} tickets are paused while their customers wait, usually {normal:.0f}"
    else:
        title = f"{about.name} pauses {effect.value:.0f} of 100 tickets more than usual while their customers wait"
    longest = lying[np.argsort(pauses.begins[lying], kind="stable")]
    tickets = pauses.ticket[np.concatenate((longest, started[::-1]))]
    _, first = np.unique(tickets, return_index=True)
    yield Candidate(
        family=FAMILY,
        detector=NAME,
        subject=about,
        metric=METRIC,
        since=since,
        effect=effect,
        n=len(started),
        title=f"{title} since {day}",
        confidence=0.95 if shift is not None and shift.z >= 7 else 0.9,
        tickets=tickets[np.sort(first)][:_MOST],
        waiting=waiting,
        cause=Cause("parking", f"{len(started)} tickets were paused with the customer unanswered since {day}", 0.85),
        where={"assignee" if side.kind == "agent" else "group": about.id},
    )


def _effect(
    evidence: Evidence, side: _Side, lying: int, normal: float, shift: Shift | None, moment: Moment
) -> Size | None:
    """The pile beyond the usual; where none is left, the share of tickets that are paused so."""
    half = _NINETY * float(np.sqrt(lying + normal + 1))
    pile = Size(lying - normal, lying - normal - half, lying - normal + half, "tickets")
    if pile.low > 0:
        return pile
    if shift is None:
        return None
    told = size(side.begun, side.touched, evidence.days, RULE, shift, moment.days)
    told_enough = told.shows("share") and told.value >= 100 * RULE.smallest
    return Size(told.value, told.low, told.high, "points") if told_enough else None


def _beyond(pauses: Pauses, mine: Ints, evidence: Evidence, since: int, moment: Moment) -> float:
    """Customer-hours of the last week spent in such pauses, beyond a usual week before the onset."""
    now = _hours(pauses, mine, moment.at - _WEEK, moment.at)
    start = int(evidence.days.starts[since])
    weeks = max(1, min(since // 7, 8))
    return max(0.0, now - _hours(pauses, mine, start - weeks * _WEEK, start) / weeks)


def _hours(pauses: Pauses, mine: Ints, start: int, end: int) -> float:
    ends = np.where(pauses.ends[mine] < end, pauses.ends[mine], end)
    return float(np.maximum(0, ends - np.maximum(pauses.begins[mine], start)).sum()) / 3600


def _checked(evidence: Evidence, groups: _Side, moment: Moment) -> Iterator[Checked]:
    for place, name in enumerate(evidence.groups.names):
        yield Checked(FAMILY, name, int(groups.touched[place, max(0, moment.days - 28) : moment.days].sum()))


DETECTORS: tuple[Detector, ...] = (Detector(NAME, FAMILY, prepare),)
