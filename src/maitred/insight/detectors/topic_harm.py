"""What a subject that swells costs the customers: waits of the additional contacts, and the delay of all others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from maitred.insight.detectors.finding import Moment
from maitred.insight.detectors.topic_counts import BASELINE
from maitred.insight.detectors.topic_episodes import Course
from maitred.insight.evidence.tables import Days, Evidence, Floats, Ints

_HOUR: Final = 3600.0
_RECENT: Final = 7
_LEAST_HOURS, _MOST_HOURS = 0.5, 24.0
_CLEARLY = 1.2


@dataclass(frozen=True, slots=True)
class Waits:
    """First replies by the instant at which they were given: group of the ticket and hours waited."""

    days: Days
    group_of: Ints
    at: Ints
    group: Ints
    hours: Floats

    @classmethod
    def of(cls, evidence: Evidence) -> Waits:
        """Of all replied tickets; a wait counts two days at most, so that a single one does not make the mean."""
        tickets = evidence.tickets
        replied = np.flatnonzero(tickets.first_reply_calendar_s >= 0)
        order = replied[np.argsort(tickets.first_reply_at[replied], kind="stable")]
        hours = np.minimum(tickets.first_reply_calendar_s[order] / _HOUR, 48.0)
        group = tickets.group.astype(np.int64)
        return cls(evidence.days, group, tickets.first_reply_at[order], group[order], hours)

    def harm(self, moment: Moment, course: Course, tickets: Ints) -> float:
        """Customer-hours a week.

        The additional contacts of the last seven days wait as others do; where the groups that get them answer clearly
        later than before the onset, everybody's delay there counts as well.
        """
        start = int(self.days.starts[course.since])
        before = self._between(int(self.days.starts[max(0, course.since - BASELINE)]), start)
        typical = float(np.median(self.hours[before])) if before.stop > before.start else _LEAST_HOURS
        own = max(course.recent, 0.0) * min(max(typical, _LEAST_HOURS), _MOST_HOURS)
        recent = self._between(max(start, moment.at - _RECENT * 86_400), moment.at)
        return round(own + self._delay(before, recent, tickets, max(course.recent, 0.0)), 1)

    def _delay(self, before: slice, recent: slice, tickets: Ints, extra: float) -> float:
        groups, each = np.unique(self.group_of[tickets], return_counts=True)
        delay = 0.0
        for group in groups[each >= 0.2 * len(tickets)]:
            usual = self.hours[before][self.group[before] == group]
            now = self.hours[recent][self.group[recent] == group]
            if len(usual) >= 20 and len(now) >= 8 and now.mean() > _CLEARLY * usual.mean():
                # as much of it as the contacts could have brought: a tenth more work fills a queue
                delay += float((now.mean() - usual.mean()) * len(now)) * min(1.0, extra / (0.1 * len(now)))
        return delay

    def _between(self, start: int, end: int) -> slice:
        first, last = np.searchsorted(self.at, (start, end))
        return slice(int(first), int(last))
