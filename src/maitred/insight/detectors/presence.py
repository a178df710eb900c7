"""Who worked when, in which group: the cause behind waits and open work, as far as people and arrivals tell it.

A person worked on a day on which they wrote or solved. People who no longer work are named by number, never by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np

from maitred.insight.detectors.finding import Cause, Subject
from maitred.insight.detectors.scan import LASTS, LEARNING, daily, unusual
from maitred.insight.evidence.cutting import value_at
from maitred.insight.evidence.tables import AGENT, CHANNELS, Days, Evidence, Flags, Floats, Ints

_BEFORE: Final = 42
_UNLIKELY: Final = 0.02
_MANY: Final = 0.15
"""Share of a group's people below which those who are gone explain nothing."""


@dataclass(frozen=True, slots=True)
class Presence:
    """What people did by day: ``worked`` (person, day); messages and solves as rows of person, group, day and instant,
    by group and day; ``by_day`` is the order by day alone; ``arrived`` counts tickets (group, day)."""

    days: Days
    worked: Flags
    person: Ints
    group: Ints
    day: Ints
    at: Ints
    arrived: Floats
    odd: Flags
    by_day: Ints

    def rows(self, group: int, first: int, last: int) -> slice:
        """The rows of a group on the days from ``first`` to before ``last``."""
        low, high = np.searchsorted(self.group, [group, group + 1])
        return slice(*(int(low + place) for place in np.searchsorted(self.day[low:high], [first, last])))

    def everywhere(self, first: int, last: int) -> Ints:
        """The person of each row of all groups on these days."""
        low, high = np.searchsorted(self.day[self.by_day], [first, last])
        return self.person[self.by_day[low:high]]

    def there(self, group: int, first: int, last: int) -> Floats:
        """Different people who worked for a group, on each day from ``first`` to before ``last``."""
        mine = self.rows(group, first, last)
        pairs = np.unique(self.day[mine] * len(self.worked) + self.person[mine]) // max(len(self.worked), 1)
        return np.bincount(pairs - first, minlength=max(last - first, 0)).astype(np.float64)


def presence(evidence: Evidence) -> Presence:
    """Gathers who worked when."""
    messages, solves, people, days = evidence.messages, evidence.solves, evidence.people, evidence.days
    wrote = messages.kind == AGENT
    person = np.concatenate([messages.author[wrote], solves.agent]).astype(np.int64)
    ticket = np.concatenate([messages.ticket[wrote], solves.ticket])
    at = np.concatenate([messages.sent_at[wrote], solves.solved_at])
    human = person >= 0
    human[human] = people.staff[person[human]] & ~people.bot[person[human]]
    person, ticket, at = person[human], ticket[human], at[human]
    group = value_at(evidence.groups_of, ticket, at)
    group = np.where(group < 0, evidence.tickets.group[ticket], group)
    day = days.of(at)
    order = np.lexsort((at, day, group))
    person, day, at = person[order], day[order], at[order]
    of = group[order].astype(np.int64)
    worked = np.zeros((len(people.names), len(days)), np.bool_)
    inside = (day >= 0) & (day < len(days))
    worked[person[inside], day[inside]] = True
    kept = evidence.tickets.excluded_at >= evidence.tickets.created + 3600
    arrived, _ = daily(
        days.of(evidence.tickets.created[kept]), evidence.tickets.group[kept], len(evidence.groups), len(days)
    )
    return Presence(days, worked, person, of, day, at, arrived, unusual(days), np.argsort(day, kind="stable"))


@dataclass(frozen=True, slots=True)
class Reason:
    """A cause, and the first day on which people who are gone were missed (-1: nobody is gone)."""

    cause: Cause
    missed: int = -1
    gone: int = 0
    share: float = 0.0
    """Of the regular people."""

    def onset(self, since: int) -> int:
        """The day on which it began: that of the people, where it lies close to what the figures say."""
        return self.missed if self.missed >= 0 and since - 8 <= self.missed <= since + 3 else since


def reason(seen: Presence, group: int, since: int, days: int, slowly: int = 0) -> Reason:
    """Why a group is behind since a day: people who are gone, fewer people a day, more arrivals, or slower work.

    Parameters
    ----------
    slowly
        Over how many days it came: people may have left so many days later than ``since``.
    """
    first = max(0, since - _BEFORE)
    if since - first < 14 or days <= since:
        return Reason(Cause())
    more, surely = arrivals_ratio(seen, group, since, days)
    arrivals = "arrivals unchanged" if 0.87 <= more <= 1.15 else f"arrivals {more:.2g} times the usual"
    lasts, of = _gone(seen, group, first, since, days, slowly)
    gone, last = len(lasts), max(lasts, default=-1)
    if gone and gone >= _MANY * of:
        verb = "person has" if of == 1 else "people have"
        text = f"{gone} of {of} {verb} not worked since {_date(seen.days, last)}; {arrivals}"
        missing = _working(seen, last + 1, days)
        return Reason(Cause("staffing", text, min(0.9, 0.7 + 0.1 * gone)), int(missing[0]), gone, gone / of)
    before, after, fewer = _people_a_day(seen, group, first, since, days)
    if more >= 1.2 and surely > 2 and not (fewer < -3 and after / max(before, 1e-9) < 1 / more):
        text = f"arrivals {more:.2g} times the usual; {after:.1f} people a day, before {before:.1f}"
        return Reason(Cause("volume", text, 0.7))
    if before > 0 and after / before <= 0.85 and fewer < -2:
        text = f"{after:.1f} people a day work here instead of {before:.1f}; {arrivals}"
        return Reason(Cause("staffing", text, 0.7))
    return Reason(_pace(seen, group, first, since, days, arrivals))


@dataclass(frozen=True, slots=True)
class Missing:
    """Several people of a group are gone at once: since a day, seen after day ``raised``, over after ``ended``."""

    group: int
    raised: int
    since: int
    ended: int


def missing(seen: Presence, groups: int, share: float = 0.3, least: int = 2) -> tuple[Missing, ...]:
    """When a good part of a group's regular people did not come for four working days or more."""
    found: list[Missing] = []
    length = len(seen.days)
    for group in range(groups):
        raised, since = -1, 0
        for day in _working(seen, LEARNING, length):
            began = int(day) - 3 if raised < 0 else since
            lasts, of = _gone(seen, group, max(0, began - _BEFORE), began, int(day) + 1, 7)
            enough = of > 0 and len(lasts) >= max(least, share * of)
            silent = _working(seen, lasts[least - 1] + 1, int(day) + 1) if enough else np.zeros(0, np.int64)
            if raised < 0 and len(silent) >= 4:
                raised, since = int(day), int(silent[0])
            elif raised >= 0 and (not enough or day - raised >= 42):
                found.append(Missing(group, raised, since, int(day)))
                raised = -1
        if raised >= 0:
            found.append(Missing(group, raised, since, LASTS))
    return tuple(found)


def _working(seen: Presence, first: int, last: int) -> Ints:
    days = np.arange(max(first, 0), max(last, 0))
    return days[~seen.days.off[days] & ~seen.odd[days]]


def arrivals_ratio(seen: Presence, group: int, since: int, days: int) -> tuple[float, float]:
    """Arrivals of a group since a day against the same weekdays before, and by how many standard errors."""
    first = max(0, since - 56)
    before, after = np.arange(first, since), np.arange(since, days)
    before, after = before[~seen.odd[before]], after[~seen.odd[after]]
    level = np.zeros(7)
    for weekday in range(7):
        mine = before[before % 7 == weekday]
        level[weekday] = seen.arrived[group, mine].mean() if len(mine) else seen.arrived[group, before].mean()
    expected = float(level[after % 7].sum())
    if expected <= 0:
        return 1.0, 0.0
    found = float(seen.arrived[group, after].sum())
    spread = seen.arrived[group, before] - level[before % 7]
    dispersion = max(1.0, float(np.mean(spread**2)) / max(float(level.mean()), 0.1))
    return found / expected, (found - expected) / np.sqrt(expected * dispersion * (1 + len(after) / len(before)))


def _gone(seen: Presence, group: int, first: int, since: int, days: int, slowly: int) -> tuple[list[int], int]:
    """The last working days of those regular people who have stopped to work, ascending, and how many are regular."""
    mine = seen.rows(group, first, since)
    persons, count = np.unique(seen.person[mine], return_counts=True)
    regular = persons[count >= max(4.0, 0.04 * count.sum())] if len(persons) else persons
    elsewhere = np.bincount(seen.everywhere(first, since), minlength=len(seen.worked))
    shares = {int(one): many / max(elsewhere[one], 1) for one, many in zip(persons, count, strict=True)}
    regular = np.array([one for one in regular if shares[int(one)] >= 0.3], np.int64)
    gone: list[int] = []
    for one in regular:
        worked = np.flatnonzero(seen.worked[one, :days])
        last = int(worked[-1]) if len(worked) else -1
        if not since - 10 <= last < since + 10 + slowly:
            continue
        silent = _working(seen, last + 1, days)
        usual = _working(seen, max(0, last - _BEFORE), last + 1)
        rate = float(seen.worked[one, usual].mean()) if len(usual) else 0.0
        if len(silent) >= 2 and (1 - rate) ** len(silent) < _UNLIKELY:
            gone.append(last)
    return sorted(gone), len(regular)


def _people_a_day(seen: Presence, group: int, first: int, since: int, days: int) -> tuple[float, float, float]:
    """People a working day before and after, and the difference in standard errors."""
    there = seen.there(group, first, days)
    before = there[_working(seen, first, since) - first]
    after = there[_working(seen, since, days) - first]
    if len(before) < 10 or len(after) < 2:
        return 0.0, 0.0, 0.0
    error = np.sqrt((float(before.var()) + 0.25) * (1 / len(after) + 1 / len(before)))
    return float(before.mean()), float(after.mean()), float((after.mean() - before.mean()) / error)


def _pace(seen: Presence, group: int, first: int, since: int, days: int, arrivals: str) -> Cause:
    """Whether the same people do less a day."""
    mine = seen.rows(group, first, days)
    done = np.bincount(seen.day[mine] - first, minlength=days - first)
    there = seen.there(group, first, days)
    before, after = _working(seen, first, since) - first, _working(seen, since, days) - first
    if len(before) < 10 or len(after) < 3 or not there[before].sum() or not there[after].sum():
        return Cause()
    usual = done[before] / np.maximum(there[before], 1)
    now = done[after] / np.maximum(there[after], 1)
    error = float(usual.std()) * np.sqrt(1 / len(after) + 1 / len(before)) + 1e-9
    ratio = float(now.mean() / max(usual.mean(), 1e-9))
    if ratio <= 0.85 and (now.mean() - usual.mean()) / error < -3:
        text = f"each person writes and solves {100 * (1 - ratio):.0f} % less a day; as many people, {arrivals}"
        return Cause("capacity", text, 0.6)
    return Cause("unknown", f"as many people; {arrivals}", 0.3)


def _date(days: Days, day: int) -> str:
    found = days.first + timedelta(days=day)
    return f"{found.day} {found:%B}"


def spoken(days: Days, day: int) -> str:
    """A day as it stands in a title: ``Tuesday 4 March``."""
    found = days.first + timedelta(days=day)
    return f"{found:%A} {found.day} {found:%B}"


def subject_of(evidence: Evidence, kind: str, place: int) -> Subject:
    """The subject at a position: a group, an SLA policy or a channel."""
    if kind == "channel":
        name = CHANNELS[place]
        return Subject("channel", f"channel:{name}", name, name)
    names = evidence.groups if kind == "group" else evidence.policies
    return Subject(kind, names.ids[place], names.external[place], names.names[place])


def filters(subject: Subject) -> dict[str, str]:
    """What opens a subject's rows of a metric."""
    if subject.type == "workspace":
        return {}
    return {subject.type: subject.external_id if subject.type == "channel" else subject.id}
