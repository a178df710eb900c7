"""Runs through the days once and says for each which subjects have risen: by the helpdesk's topics, and by words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from maitred.insight.detectors.scan import LEARNING
from maitred.insight.detectors.topic_counts import BASELINE, Contacts, Scanned, counted, scan, standard_errors
from maitred.insight.detectors.topic_episodes import (
    LEAST_CASES,
    SMALLEST,
    STRONG,
    Base,
    Followed,
    Scores,
    course_of,
    holds,
    independent,
    known_again,
    over,
    seen_on,
    tickets_of,
)
from maitred.insight.detectors.topic_profile import Profile, likely, profile, usual_shares
from maitred.insight.detectors.topic_words import Openings, first_of_case
from maitred.insight.evidence.tables import Evidence, Flags, Floats, Ints

SEED: Final = 3.6
"""Standard errors from which a word is looked at closer."""
SEED_WINDOWS: Final = (1, 2, 3, 5, 7, 10, 14)
SURE: Final = 4.6
"""A subject found by a weaker word must itself be stronger by what the word lacks."""
ALONE: Final = 5.0
"""Standard errors from which a single word is enough."""
SECOND: Final = 2.5
"""Standard errors of a second word otherwise."""
MOST_SEEDS: Final = 6
"""Words looked at closer on one day."""
KNOWN_WORDS: Final = 0.2
"""Part of a message's words that must have been known before: else it is a language, not a subject."""
SUDDEN: Final = 21
"""Days within which a rise must be seen: what takes longer drifts."""
_AGAIN_AFTER = 2
_AGAIN_STRONGER = 0.4
_OVERLAP = 0.5


@dataclass(frozen=True, slots=True)
class Run:
    """Subjects that stand at the end of each day, by number of complete days; ``order`` maps to tickets."""

    standing: tuple[tuple[Followed, ...], ...]
    order: Ints

    def at(self, days: int) -> tuple[Followed, ...]:
        """Those that stand for somebody who knows so many days."""
        return self.standing[days] if 0 <= days < len(self.standing) else ()


def by_topic(evidence: Evidence, told: Openings, days: int) -> Run:
    """Subjects as the helpdesk names them; a ticket counts on the day on which its topic was known."""
    known = np.maximum(evidence.topics_known_at, evidence.tickets.created)
    day = evidence.days.of(known)
    labelled = np.flatnonzero((evidence.topics >= 0) & (day >= 0) & (day < days))
    order = labelled[np.argsort(day[labelled], kind="stable")]
    topics = evidence.topics[order].astype(np.int64)
    account = evidence.tickets.account[order]
    base = Base.of(day[order], told.customer[order], account, told.stratum[order], told.counts[order], days)
    fresh = first_of_case(base.customer, topics, base.day) & base.counts
    many = len(evidence.topic_names)
    found = scan(contacts_of(base, topics, many, days, fresh), SEED_WINDOWS, LEAST_CASES, SMALLEST)

    def scores(topic: int) -> Scores:
        return lambda first, last: np.where(topics[first:last] == topic, 1.0, -1.0)

    standing: list[tuple[Followed, ...]] = [()] * (days + 1)
    live: list[Followed] = []
    ended: list[Followed] = []
    for today in range(LEARNING - 1, days):
        live = [seen_on(base, one, today, one.scores) for one in live]
        live = _without_over(live, ended, today)
        for topic in np.flatnonzero(found.z[:, today] >= SEED):
            if any(one.topic == topic for one in live):
                continue
            opened = _opened(base, scores(int(topic)), today)
            again = known_again(ended, frozenset(), int(topic), today)
            lingers = again is not None and opened is not None and _lingers(opened.followed, again)
            if opened is not None and not lingers:
                name = evidence.topic_names[topic]
                strange = opened.strange if again is None else again.strange
                live.append(_named(opened, name, name, int(topic), frozenset(), strange))
        standing[today + 1] = tuple(live)
    return Run(tuple(standing), order)


def by_words(evidence: Evidence, told: Openings, days: int, topics: Run, covered: Flags) -> Run:
    """Subjects by what the opening messages say.

    Parameters
    ----------
    topics
        Subjects as the helpdesk names them: what stands there is not said again.
    covered
        By day: whether the helpdesk's topics speak for known subjects, so that words only tell of unknown ones.
    """
    inside = int(np.searchsorted(told.day, days))
    base = Base.of(told.day, told.customer, evidence.tickets.account, told.stratum, told.counts, days)
    order = np.arange(inside, dtype=np.int64)
    found = _words_scanned(base, told, inside, days)
    search = _Search(evidence, told, base, found)
    standing: list[tuple[Followed, ...]] = [()] * (days + 1)
    for today in range(LEARNING - 1, days):
        standing[today + 1] = search.day(today, topics, covered[today])
    return Run(tuple(standing), order)


def contacts_of(base: Base, series: Ints, many: int, days: int, kept: Flags) -> Contacts:
    """Daily counts of a series that each ticket belongs to, and of all tickets."""
    return Contacts(
        counted(base.day, series, base.stratum, (_strata(base.stratum), many, days), kept), _exposure(base, days)
    )


def _words_scanned(base: Base, told: Openings, inside: int, days: int) -> Scanned:
    """The strongest windows of the frequent words among the first tickets."""
    series = np.full(len(told.names), -1, dtype=np.int64)
    series[told.frequent] = np.arange(len(told.frequent))
    entries = slice(0, told.starts[inside])
    ticket = told.ticket[entries]
    shape = (_strata(told.stratum), len(told.frequent), days)
    counts = counted(told.day[ticket], series[told.words[entries]], told.stratum[ticket], shape, told.fresh[entries])
    return scan(Contacts(counts, _exposure(base, days)), SEED_WINDOWS, LEAST_CASES - 2, SMALLEST)


def _strata(stratum: Ints) -> int:
    return 1 + int(stratum.max(initial=0))


def _exposure(base: Base, days: int) -> Floats:
    none = np.zeros(len(base.day), dtype=np.int64)
    return counted(base.day, none, base.stratum, (_strata(base.stratum), 1, days), base.counts)[:, 0]


def _without_over(live: list[Followed], ended: list[Followed], today: int) -> list[Followed]:
    ended.extend(one for one in live if over(one, today))
    return [one for one in live if not over(one, today)]


def _lingers(opened: Followed, before: Followed) -> bool:
    """Whether it is the end of what was told, not a new rise."""
    return opened.course.since <= before.course.until


@dataclass(frozen=True, slots=True)
class _Opened:
    followed: Followed
    strange: bool


def _opened(base: Base, scores: Scores, today: int, strong: float = STRONG) -> _Opened | None:
    course = course_of(base, scores, today)
    if today - course.until > 1 or today - course.since > SUDDEN:
        return None
    tickets = tickets_of(base, scores, course)
    if not holds(base, course, tickets, strong):
        return None
    customers, _ = independent(base, tickets)
    strange = course.strange()
    return _Opened(Followed("", "", -1, frozenset(), strange, today, course, tickets, customers, scores), strange)


def _named(opened: _Opened, key: str, name: str, topic: int, words: frozenset[str], strange: bool) -> Followed:
    return replace(opened.followed, key=key, name=name, topic=topic, words=words, strange=strange)


class _Search:
    """Looks for words that came more often, makes subjects of them and follows these."""

    def __init__(self, evidence: Evidence, told: Openings, base: Base, found: Scanned) -> None:
        self.evidence, self.told, self.base, self.found = evidence, told, base, found
        self.live: list[Followed] = []
        self.ended: list[Followed] = []
        self.profiles: dict[str, Profile] = {}
        self.refused: dict[int, tuple[int, float]] = {}
        self.foreign = np.zeros(len(told.names), dtype=np.bool_)

    def day(self, today: int, topics: Run, covered: bool) -> tuple[Followed, ...]:
        """Subjects that stand at the end of a day."""
        self.live = _without_over([self._later(one, today) for one in self.live], self.ended, today)
        said = [topics.order[one.tickets] for one in topics.at(today + 1)] if covered else []
        for seed in self._seeds(today):
            if self._explained(seed, today, said):
                continue
            one = self._subject(seed, today, said, covered)
            if one is None:
                self.refused[seed] = (today, float(self.found.z[seed, today]))
            else:
                self.live.append(one)
        return tuple(self.live)

    def _seeds(self, today: int) -> list[int]:
        z = self.found.z[:, today]
        found = np.flatnonzero((z >= SEED) & ~self.foreign[self.told.frequent])
        found = found[np.argsort(-z[found], kind="stable")]
        return [int(one) for one in found if self._due(int(one), today, float(z[one]))][:MOST_SEEDS]

    def _due(self, seed: int, today: int, z: float) -> bool:
        day, before = self.refused.get(seed, (-99, 0.0))
        return today - day >= _AGAIN_AFTER or z >= before + _AGAIN_STRONGER

    def _explained(self, seed: int, today: int, said: list[Ints]) -> bool:
        tickets = self._holding(seed, today)
        others = [one.tickets for one in self.live] + said
        return any(len(np.intersect1d(tickets, other)) >= _OVERLAP * len(tickets) for other in others)

    def _holding(self, seed: int, today: int) -> Ints:
        """Tickets of the word's strongest window that hold it."""
        first, last = self._window(seed, today)
        span = slice(self.told.starts[first], self.told.starts[last])
        return np.asarray(self.told.ticket[span][self.told.words[span] == self.told.frequent[seed]])

    def _window(self, seed: int, today: int) -> tuple[int, int]:
        since = today + 1 - int(self.found.length[seed, today])
        return int(self.base.starts[since]), int(self.base.starts[today + 1])

    def _subject(self, seed: int, today: int, said: list[Ints], covered: bool) -> Followed | None:
        first, last = self._window(seed, today)
        before = int(self.base.starts[max(0, int(self.base.day[first]) - BASELINE)])
        usual = usual_shares(self.told, before, first)
        weight = np.zeros(last - first)
        extra = 1 - self.found.usual[seed, today] / max(float(self.found.seen[seed, today]), 1.0)
        weight[self._holding(seed, today) - first] = 0.9 * extra
        made = profile(self.told, usual, first, last, weight)
        if made is None or not self._supported(made, seed, today, first - before):
            return None
        doubt = max(0.0, SURE - float(self.found.z[seed, today]))
        opened = _opened(self.base, self._scores(made), today, STRONG + doubt)
        if opened is None or (covered and not opened.strange):
            return None
        if self._told_already(opened.followed.tickets, said):
            return None
        strange = opened.strange and self._readable(made, opened.followed.tickets, first - before)
        if opened.strange and not strange:
            return None
        return self._called(opened, made, strange, today)

    def _supported(self, made: Profile, seed: int, today: int, past: int) -> bool:
        """Whether a second of its words came more often too, or the first one did beyond doubt.

        Among so many words one stands out by chance on some days, and the words beside it are found beside it for that
        reason alone; but then they are as frequent as ever.
        """
        if self.found.z[seed, today] >= ALONE:
            return True
        first, last = self._window(seed, today)
        others = np.array([word for word in made.telling() if word != self.told.frequent[seed]], dtype=np.int64)
        words = self.told.words[self.told.starts[first] : self.told.starts[last]]
        seen = np.bincount(words, minlength=len(self.told.names))[others].astype(np.float64)
        usual = made.usual[others]
        return bool((standard_errors(seen, usual * (last - first), usual * past) >= SECOND).any())

    def _scores(self, made: Profile) -> Scores:
        return lambda first, last: made.scores(self.told, first, last)

    def _told_already(self, tickets: Ints, said: list[Ints]) -> bool:
        over_lately = [one.tickets for one in self.ended if tickets.min() <= one.tickets.max(initial=-1)]
        others = [one.tickets for one in self.live] + over_lately + said
        return any(len(np.intersect1d(tickets, other)) >= _OVERLAP * min(len(tickets), len(other)) for other in others)

    def _readable(self, made: Profile, tickets: Ints, past: int) -> bool:
        """Whether the other words of the messages were known before: else people write in another language."""
        known = (made.usual * (past + 1) >= 2) & ~self.foreign
        spans = [slice(self.told.starts[ticket], self.told.starts[ticket + 1]) for ticket in tickets]
        if float(np.mean([known[self.told.words[span]].mean() for span in spans])) >= KNOWN_WORDS:
            return True
        for span in spans:
            self.foreign[self.told.words[span]] |= ~known[self.told.words[span]]
        return False

    def _called(self, opened: _Opened, made: Profile, strange: bool, today: int) -> Followed:
        telling = [self.told.names[word] for word in made.telling()]
        words = frozenset(telling)
        again = known_again(self.ended, words, -1, today)
        if again is not None:
            self.profiles[again.key] = made
            return _named(opened, again.key, again.name, -1, words, again.strange)
        taken = {one.key for one in self.live}
        key = next((word for word in telling if word not in taken), " ".join(telling[:3]))
        self.profiles[key] = made
        return _named(opened, key, " · ".join(telling[:3]), -1, words, strange)

    def _later(self, one: Followed, today: int) -> Followed:
        """The same subject a day later, its profile learnt anew from all its days."""
        made = self.profiles[one.key]
        first = int(self.base.starts[one.course.since])
        last = int(self.base.starts[min(today, one.course.until + 1) + 1])
        kept = seen_on(self.base, one, today, self._scores(made))
        weight = likely(made.scores(self.told, first, last))
        better = profile(self.told, made.usual, first, last, weight, rounds=2)
        if better is None:
            return kept
        learnt = seen_on(self.base, one, today, self._scores(better))
        if learnt.course.z <= kept.course.z:
            return kept
        self.profiles[one.key] = better
        return learnt
