"""Did other signals of a person's work get worse as well: ratings, and how much the person writes?

A rise of one signal alone is that signal's finding; several together are one finding about the person's work.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from maitred.insight.detectors.rises import BASELINE
from maitred.insight.detectors.scan import daily
from maitred.insight.evidence.tables import AGENT, Codes, Evidence, Floats, Ints

HINT: Final = 1.2
"""Standard errors from which a signal counts as one of several."""


@dataclass(frozen=True, slots=True)
class Others:
    """Daily sums of staff: bad ratings, ratings, log lengths of replies, replies; ``place`` is -1 for customers."""

    place: Ints
    bad: Floats
    rated: Floats
    length: Floats
    replies: Floats
    spread: float

    def worse(self, person: int, since: int, days: int) -> bool:
        """Whether ratings or replies of a person got clearly worse since a day."""
        person = int(self.place[person])
        rated = self._moved(self.bad[person], self.rated[person], since, days, 0.0)
        shorter = self._moved(-self.length[person], self.replies[person], since, days, self.spread)
        return rated >= HINT or shorter >= HINT

    def _moved(self, total: Floats, n: Floats, since: int, days: int, variance: float) -> float:
        first = max(since - BASELINE, 0)
        before, after = n[first:since].sum(), n[since:days].sum()
        if before < 10 or after < 3:
            return 0.0
        was, now = total[first:since].sum() / before, total[since:days].sum() / after
        spread = variance or max(was * (1 - was), now * (1 - now), 0.03)
        wanders = 0.06 if variance else 0.02
        return float((now - was) / np.sqrt(spread * (1 / before + 1 / after) + wanders**2))


def other_signals(evidence: Evidence) -> Others:
    """Ratings and lengths of replies by person and day."""
    days, staff = evidence.days, evidence.people.staff | evidence.people.bot
    people = int(staff.sum())
    place = np.where(staff, np.cumsum(staff) - 1, -1).astype(np.int64)
    ratings, messages = evidence.ratings, evidence.messages
    bad, rated = daily(
        days.of(ratings.rated_at), _of(place, ratings.agent), people, len(days), (~ratings.good).astype(np.float64)
    )
    mine = messages.public & (messages.kind == AGENT) & (messages.length > 0)
    logs = np.log(messages.length[mine].astype(np.float64))
    length, replies = daily(days.of(messages.sent_at[mine]), _of(place, messages.author[mine]), people, len(days), logs)

    return Others(place, bad, rated, length, replies, 0.5)


def _of(place: Ints, person: Codes) -> Ints:
    return np.where(person >= 0, place[np.maximum(person, 0)], -1)
