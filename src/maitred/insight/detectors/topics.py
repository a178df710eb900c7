"""Which subjects do customers suddenly write about? One model for both families: known ones that swell, new ones.

The helpdesk's own topics speak where (nearly) all tickets have one; else the words of the opening messages do, and the
topics of some tickets count as words among them. Subjects that nobody knew are always looked for among the words too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from maitred.insight.detectors.finding import Candidate, Cause, Checked, Looked, Moment, Size, Subject
from maitred.insight.detectors.saying import confidence, when
from maitred.insight.detectors.scan import LEARNING
from maitred.insight.detectors.topic_counts import BASELINE
from maitred.insight.detectors.topic_episodes import Course, Followed
from maitred.insight.detectors.topic_following import Run, by_topic, by_words
from maitred.insight.detectors.topic_harm import Waits
from maitred.insight.detectors.topic_languages import Told, joined
from maitred.insight.detectors.topic_words import Openings, openings
from maitred.insight.evidence.tables import Evidence, Flags, Ints

COVERED: Final = 0.85
"""Part of the tickets with a topic of the helpdesk's from which these speak for all."""
WORDED: Final = 0.3
"""Part of the tickets with words from which the words speak where the topics do not."""
_METRIC: Final = "arrivals"
_SHARP = 0.75


@dataclass(frozen=True, slots=True)
class Topics:
    """Subjects that stand, day by day."""

    evidence: Evidence
    topics: Run
    words: Run
    waits: Waits
    covered: Flags

    def standing(self, moment: Moment, strange: bool) -> list[Told]:
        """Known or unknown subjects that stand at an instant, with the positions of their tickets."""
        found = []
        by_topics = self._speaks(moment.days)
        for run, speaks in ((self.topics, by_topics), (self.words, strange or not by_topics)):
            if not speaks:
                continue
            for one in run.at(moment.days):
                if one.strange is strange:
                    tickets = run.order[one.tickets]
                    found.append(Told(one, tickets[self.evidence.tickets.excluded_at[tickets] >= moment.at]))
        return joined(self.evidence, found)

    def checked(self, moment: Moment, family: str) -> tuple[Checked, ...]:
        """What was looked at, with the tickets that there were by then."""
        if moment.days <= LEARNING:
            return ()
        tickets = int(np.searchsorted(self.evidence.tickets.created, moment.at))
        return (Checked(family, "topics", tickets), Checked(family, "words", tickets))

    def _speaks(self, days: int) -> bool:
        return bool(0 < days <= len(self.covered) and self.covered[days - 1])


_kept: list[Topics] = []


def forget() -> None:
    """Let go of what was read last."""
    _kept.clear()


def topics_of(evidence: Evidence) -> Topics:
    """The subjects of an evidence; both families ask for the same one, so the last is kept."""
    if not (_kept and _kept[0].evidence is evidence):
        _kept[:] = [_read(evidence)]
    return _kept[0]


def _read(evidence: Evidence) -> Topics:
    days = evidence.days.complete(evidence.as_of)
    told = openings(evidence)
    covered = _covered(evidence, told, days)
    topics = by_topic(evidence, told, days)
    words = by_words(evidence, told, days, topics, covered)
    return Topics(evidence, topics, words, Waits.of(evidence), covered)


def _covered(evidence: Evidence, told: Openings, days: int) -> Flags:
    """By day: whether the helpdesk's topics speak (nearly all recent tickets have one, or there are no words)."""
    inside = (told.day >= 0) & (told.day < days)
    known_by = evidence.days.of(np.maximum(evidence.topics_known_at, evidence.tickets.created))
    labelled = inside & (evidence.topics >= 0) & (known_by <= told.day + 1)
    worded = inside & (np.diff(evidence.words.starts) > 0)
    whole, topic, word = (
        _recent(np.bincount(told.day[which], minlength=days)[:days]) for which in (inside, labelled, worded)
    )
    return (topic >= COVERED * np.maximum(whole, 1)) | ((word < WORDED * whole) & (topic > 0))


def _recent(daily: Ints) -> Ints:
    total = np.concatenate([[0], np.cumsum(daily)])
    end = np.arange(len(daily))
    return np.asarray(total[end] - total[np.maximum(end - BASELINE, 0)])


def looked(
    evidence: Evidence,
    moment: Moment,
    strange: bool,
    family: str,
    detector: str,
    say: Callable[[Topics, Followed], str],
) -> Looked:
    """Candidates of one family at an instant."""
    topics = topics_of(evidence)
    if moment.days <= LEARNING:
        return Looked()
    candidates = []
    for told in topics.standing(moment, strange):
        one, tickets = told.subject, told.tickets
        size = _per_day(one.course) if strange else _ratio(one.course)
        if not size.shows() or not len(tickets):
            continue
        subject = subject_of(one)
        candidates.append(
            Candidate(
                family=family,
                detector=detector,
                subject=subject,
                metric=_METRIC,
                since=one.course.since,
                effect=size,
                n=one.customers,
                title=say(topics, one),
                confidence=confidence(one.course.z),
                tickets=tickets,
                waiting=topics.waits.harm(moment, one.course, tickets),
                cause=cause_of(one, strange),
            )
        )
    return Looked(tuple(candidates), topics.checked(moment, family))


def subject_of(one: Followed) -> Subject:
    """The subject: the helpdesk's topic, or the most telling word."""
    return Subject("topic", f"topic:{one.key}", one.key, one.name)


def since_when(topics: Topics, one: Followed) -> str:
    """The day on which it began, in words."""
    return when(topics.evidence.days, one.course.since)


def _ratio(course: Course) -> Size:
    value, low, high = course.ratio()
    return Size(round(value, 2), round(low, 3), round(high, 3), "ratio")


def _per_day(course: Course) -> Size:
    value, low, high = course.per_day()
    return Size(round(value, 2), round(low, 3), round(high, 3), "tickets_per_day")


def cause_of(one: Followed, strange: bool) -> Cause:
    """Sharp and soon over: an incident; a subject that nobody knew: something about the product changed."""
    course = one.course
    value, _, _ = course.ratio()
    if not strange and course.first_day >= _SHARP and value >= 2.5 and course.until - course.since <= 2:
        return Cause("incident", "most of the additional contacts came within a day or two", 0.7)
    if strange:
        return Cause("product", "customers use words that were not in earlier contacts", 0.6)
    return Cause()
