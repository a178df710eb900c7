"""Follows subjects that swell from day to day: when each began, how far it is above the usual, and when it was over."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from maitred.insight.detectors.topic_counts import BASELINE, Contacts, Usual, counted, scan
from maitred.insight.detectors.topic_words import first_of_case
from maitred.insight.evidence.tables import Codes, Flags, Floats, Ints

LEAST_CASES: Final = 8
LEAST_ACCOUNTS: Final = 4
STRONG: Final = 4.7
"""Standard errors from which a subject counts as risen."""
SMALLEST: Final = 1.5
"""Ratio to the usual that matters."""
WINDOWS: Final = (*range(1, 15), 17, 21, 24, 28)
CALM_DAYS: Final = 4
"""Quiet days after which it is over: a Friday's surge still stands on Tuesday."""
LONGEST: Final = 49
"""Days after which the new level is the usual one."""
AGAIN_DAYS: Final = 14
_LOOKED_BACK: Final = 2 * BASELINE + 28
_NEW_RATIO: Final = 8.0
_NEW_PER_WEEK: Final = 1.0
_NINETY = 1.6448536269514722
_PICKED = 1.25
"""What the interval is widened by for having been picked for its size."""


@dataclass(frozen=True, slots=True)
class Base:
    """Tickets in order of creation: day, customer, account, stratum and whether they count; ``starts`` by day."""

    day: Ints
    customer: Ints
    account: Codes
    stratum: Ints
    counts: Flags
    starts: Ints

    @classmethod
    def of(cls, day: Ints, customer: Ints, account: Codes, stratum: Ints, counts: Flags, days: int) -> Base:
        """With the first ticket of each day, and of the day behind the last."""
        starts = np.searchsorted(day, np.arange(days + 1)).astype(np.int64)
        return cls(day, customer, account, stratum, counts, starts)


@dataclass(frozen=True, slots=True)
class Course:
    """How a subject went up to one day: cases since the onset until the last risen day, and what is usual.

    ``past`` cases in ``BASELINE`` days before the onset say what is usual; ``spread`` is the over-dispersion.
    """

    since: int
    until: int
    z: float
    seen: float
    usual: float
    past: float
    spread: float
    recent: float
    """Cases above the usual in the last seven days."""
    first_day: float
    """Part of the cases above the usual that came within the first day and a half."""

    def ratio(self) -> tuple[float, float, float]:
        """To the usual, with its 90 % interval."""
        usual = max(self.usual, 1e-9)
        error = np.sqrt(self.spread * (1 / max(self.seen, 1.0) + 1 / (self.past + 0.5))) * _NINETY * _PICKED
        value = self.seen / usual
        return value, float(value * np.exp(-error)), float(value * np.exp(error))

    def per_day(self) -> tuple[float, float, float]:
        """Cases a day, with 90 % interval."""
        days = self.until - self.since + 1
        error = np.sqrt(self.spread * (self.seen + 1)) * _NINETY
        return self.seen / days, max(self.seen - error, self.seen / 4) / days, (self.seen + error) / days

    def strange(self) -> bool:
        """Whether it was (nearly) unknown before."""
        weekly = self.past / (BASELINE / 7)
        return self.usual * _NEW_RATIO <= self.seen and weekly <= max(_NEW_PER_WEEK, 0.03 * self.seen)


Scores = Callable[[int, int], Floats]
"""How much each of tickets ``first`` to ``last`` (excluded) is about a subject; those above 0 are."""


@dataclass(frozen=True, slots=True)
class Followed:
    """A subject on one day: what it is called (``key`` stays), its course and its tickets, most telling first."""

    key: str
    name: str
    topic: int
    words: frozenset[str]
    strange: bool
    opened: int
    course: Course
    tickets: Ints
    customers: int
    scores: Scores


def course_of(base: Base, scores: Scores, day: int, since: int | None = None, exposed: Flags | None = None) -> Course:
    """How a subject went, seen from the end of a day.

    Parameters
    ----------
    since
        The onset where it is settled; else the strongest one of the last four weeks.
    exposed
        Tickets that could have been seen to be about it (all that count if left out).
    """
    first_day = max(0, day + 1 - _LOOKED_BACK)
    first, last = int(base.starts[first_day]), int(base.starts[day + 1])
    counts = base.counts[first:last] if exposed is None else base.counts[first:last] & exposed[first:last]
    when, stratum = base.day[first:last] - first_day, base.stratum[first:last]
    chosen = (scores(first, last) > 0) & counts
    about = np.flatnonzero(chosen)
    about = about[first_of_case(base.customer[first:last][about], np.zeros(len(about), np.int64), when[about])]
    days = day + 1 - first_day
    nothing = np.zeros(last - first, dtype=np.int64)
    shape = (2, 1, days)
    # held against all other contacts: its own must not make the day look busy
    others = counted(when, nothing, stratum, shape, counts & ~chosen)[:, 0]
    contacts = Contacts(counted(when[about], nothing[about], stratum[about], shape), others)
    if not contacts.exposure[1].any():
        contacts = Contacts(contacts.counts[:1], contacts.exposure[:1])
    return _course(contacts, days, None if since is None else since - first_day, first_day)


def _course(contacts: Contacts, days: int, settled: int | None, shift: int) -> Course:
    found = scan(contacts, WINDOWS, LEAST_CASES, 1.2)
    latest = max(0, days - CALM_DAYS - 1)
    strongest = int(np.argmax(found.z[0, latest:])) + latest
    z, length = float(found.z[0, strongest]), int(found.length[0, strongest])
    since = max(0, strongest + 1 - max(length, 1) if settled is None else settled)
    usual = Usual.of(contacts)
    expected = usual.daily(since, days)
    daily = contacts.counts.sum(axis=0)[0]
    until = max(strongest, since)
    if settled is not None and not length:
        until = min(until, max(since, latest - 1))
    rest, rest_usual = daily[until + 1 :].sum(), expected[until + 1 - since :].sum()
    risen = daily[since : until + 1].sum() / max(expected[: until + 1 - since].sum(), 1e-9)
    if until + 1 < days and rest > max(rest_usual * (1 + (min(risen, 4.0) - 1) / 3), 1.0):
        until = days - 1
    above = daily[since:days] - expected
    return Course(
        since=since + shift,
        until=until + shift,
        z=z,
        seen=float(daily[since : until + 1].sum()),
        usual=float(expected[: until + 1 - since].sum()),
        past=float(daily[max(0, since - BASELINE) : since].sum()),
        spread=float(usual.spread[0, since]),
        recent=float(above[-7:].sum()),
        first_day=float(above[:2].sum() / max(above.sum(), 1e-9)),
    )


def independent(base: Base, tickets: Ints) -> tuple[int, bool]:
    """How many customers stand behind tickets, and whether they are of enough accounts, none of them with most."""
    customers = len(np.unique(base.customer[tickets]))
    accounts = np.where(base.account[tickets] >= 0, base.account[tickets], -1 - base.customer[tickets])
    _, each = np.unique(accounts, return_counts=True)
    return customers, len(each) >= LEAST_ACCOUNTS and each.max(initial=0) <= 0.5 * len(tickets)


def tickets_of(base: Base, scores: Scores, course: Course, exposed: Flags | None = None) -> Ints:
    """Tickets about a subject from its onset to its last risen day, most telling first."""
    first, last = int(base.starts[course.since]), int(base.starts[course.until + 1])
    score = scores(first, last)
    kept = base.counts[first:last] & (score > 0)
    if exposed is not None:
        kept &= exposed[first:last]
    found = np.flatnonzero(kept)
    return first + found[np.argsort(-score[found], kind="stable")]


def holds(base: Base, course: Course, tickets: Ints, strong: float = STRONG) -> bool:
    """Whether a course is something to speak of: strong, large enough, and of independent customers."""
    value, low, _ = course.ratio()
    customers, many = independent(base, tickets)
    enough = course.seen >= LEAST_CASES and customers >= LEAST_CASES and many
    return course.z >= strong and value >= SMALLEST and low > 1.1 and enough


def over(followed: Followed, day: int) -> bool:
    """Whether a subject is no longer risen, or has been for so long that it is the usual."""
    return day - followed.course.until >= CALM_DAYS or day - followed.course.since >= LONGEST


def seen_on(base: Base, followed: Followed, day: int, scores: Scores, exposed: Flags | None = None) -> Followed:
    """The same subject one day later."""
    settled = followed.course.since if day - followed.course.since >= 10 else None
    course = course_of(base, scores, day, settled, exposed)
    if settled is None and course.since > followed.course.since + 3 and course.z < followed.course.z:
        course = course_of(base, scores, day, followed.course.since, exposed)
    tickets = tickets_of(base, scores, course, exposed)
    customers, _ = independent(base, tickets)
    return replace(followed, course=course, tickets=tickets, customers=customers, scores=scores)


def known_again(ended: Iterable[Followed], words: frozenset[str], topic: int, day: int) -> Followed | None:
    """The same subject if it was over within the last two weeks."""
    for one in ended:
        if day - one.course.until > AGAIN_DAYS + CALM_DAYS:
            continue
        alike = one.topic == topic if topic >= 0 else len(words & one.words) >= 0.5 * min(len(words), len(one.words))
        if alike:
            return one
    return None
