"""Has the reviewed work of a group or of a bot become worse, or do critical items of it fail more often than usual?

Reviews are few and reviewers differ, so each is held against what its reviewer usually gives with its scorecard; new
reviewers and new versions of a scorecard say nothing until they are known. A fall counts only if the same reviewers did
not find it elsewhere in the same days, if more than one person's work shows it, and if five people stand behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from maitred.insight.detectors import saying
from maitred.insight.detectors.finding import Candidate, Checked, Detector, Looked, Moment, Size, Watch
from maitred.insight.detectors.rises import BASELINE, Bar, rises
from maitred.insight.detectors.scan import LEARNING, Shift, daily
from maitred.insight.evidence.tables import Evidence, Flags, Floats, Ints

LEAST: Final = 15
"""Reviews since the onset."""
FEWEST_PEOPLE: Final = 5
SMALLEST: Final = 0.05
"""Share of the best score, or of reviews, that matters."""
EVENTS: Final = 5.0
"""Into so many events a whole lost score is divided, so that scores scatter about as counts of events do."""
_THRESHOLD: Final = 4.6
_APART: Final = 3.0
_ALONE: Final = 2.0
_EVERY, _KNOWN_REVIEWER, _KNOWN_CARD, _DRAWN = 14, 10, 20, 10.0
_NINETY, _PICKED = 1.6448536269514722, 1.15
_HOURS_PER_LOST: Final = 2.0
"""Customer-hours that one more ticket without any of its quality counts for beside waiting."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One question: its detector, metrics (of people, of bots), what an event is, and whether it is a share."""

    name: str
    metrics: tuple[str, str]
    events: float
    critical: bool


SCORE: Final = Rule("quality.score_fall#1", ("iqs.mean#1", "iqs.bot#1"), EVENTS, critical=False)
CRITICAL: Final = Rule("quality.critical_failures#1", ("critical_failures.rate#1", ""), 1.0, critical=True)


@dataclass(frozen=True, slots=True)
class Cases:
    """Reviews with what was lost and what was expected: by the model of their own day, and by every model."""

    day: Ints
    ticket: Ints
    person: Ints
    reviewer: Ints
    group: Ints
    bot: Flags
    item: Ints
    lost: Floats
    usual: Floats
    by_model: Floats
    fitted: Ints

    def left(self, since: int) -> Floats:
        """What each lost beyond the expectation of those who knew the days before ``since``."""
        model = max(int(np.searchsorted(self.fitted, since, side="right")) - 1, 0)
        beyond: Floats = self.lost - self.by_model[model]
        return beyond


def prepare_scores(evidence: Evidence) -> Watch:
    """The look at scores."""
    return _watch(evidence, SCORE)


def prepare_critical(evidence: Evidence) -> Watch:
    """The look at critical items."""
    return _watch(evidence, CRITICAL)


def _watch(evidence: Evidence, rule: Rule) -> Watch:
    if len(evidence.days) <= LEARNING or len(evidence.reviews.ticket) < 2 * LEAST:
        return lambda moment: Looked()
    cases = _cases(evidence, rule)
    kinds = [("group", np.where(cases.bot, -1, cases.group))]
    if not rule.critical:
        kinds.append(("bot", np.where(cases.bot, cases.person, -1)))
    series = [_Series.of(name, code, cases, evidence, rule) for name, code in kinds]
    return _Look(evidence, rule, cases, series).at


def _cases(evidence: Evidence, rule: Rule) -> Cases:
    """Reviews whose reviewer and scorecard are known well enough on their day."""
    told, days = evidence.reviews, evidence.days
    value = (told.item >= 0).astype(np.float64) if rule.critical else told.lost
    day = days.of(told.submitted_at)
    asked = (day >= 0) & ((told.critical > 0) if rule.critical else True)
    fitted, by_model, known = _models(day, told.reviewer, told.card, value, asked, len(days))
    own = np.maximum(np.searchsorted(fitted, day, side="right") - 1, 0)
    every = np.arange(len(day))
    kept = np.flatnonzero(asked & known[own, every])
    group = evidence.tickets.first_reply_group[told.ticket]
    return Cases(
        day[kept], told.ticket[kept], told.person[kept].astype(np.int64), told.reviewer[kept],
        group[kept].astype(np.int64), told.bot[kept], told.item[kept].astype(np.int64), value[kept],
        by_model[own, every][kept], by_model[:, kept], fitted,
    )  # fmt: skip


def _models(
    day: Ints, reviewer: Ints, card: Ints, value: Floats, asked: Flags, days: int
) -> tuple[Ints, Floats, Flags]:
    """What each fortnight's model expects of every review, and whether it knows reviewer and scorecard.

    Expected is the mean of the scorecard, and of its reviewer beside it, drawn to none by ten reviews.
    """
    fitted = np.arange(_EVERY, max(days, _EVERY + 1), _EVERY)
    _, cards = np.unique(card, return_inverse=True)
    _, people = np.unique(reviewer, return_inverse=True)
    expected, known = np.zeros((len(fitted), len(day))), np.zeros((len(fitted), len(day)), np.bool_)
    for place, last in enumerate(fitted):
        past = asked & (day < last) & (day >= last - 365)
        count = np.bincount(cards[past], minlength=cards.max() + 1)
        mean = np.bincount(cards[past], value[past], len(count)) / np.maximum(count, 1)
        away = value - mean[cards]
        made = np.bincount(people[past], minlength=people.max() + 1)
        strict = np.bincount(people[past], away[past], len(made)) / (made + _DRAWN)
        expected[place] = np.clip(mean[cards] + strict[people], 0.01, 0.99)
        known[place] = (count[cards] >= _KNOWN_CARD) & (made[people] >= _KNOWN_REVIEWER)
    return fitted, expected, known


@dataclass(frozen=True, slots=True)
class _Series:
    """The subjects of one kind, their cases and rises."""

    kind: str
    codes: Ints
    place: Ints
    """Of each case the position of its subject among ``codes``, -1 for none."""
    shifts: tuple[Shift, ...]

    @classmethod
    def of(cls, kind: str, code: Ints, cases: Cases, evidence: Evidence, rule: Rule) -> _Series:
        codes = np.unique(code[code >= 0])
        place = np.where(code >= 0, np.searchsorted(codes, code), -1)
        mine, count = np.flatnonzero(place >= 0), len(evidence.days)
        if not len(codes):
            return cls(kind, codes, place, ())
        lost, usual, reviews = (
            daily(cases.day[mine], place[mine], len(codes), count, one[mine])[0]
            for one in (rule.events * cases.lost, rule.events * cases.usual, np.ones(len(place)))
        )
        bar = Bar(_THRESHOLD, LEAST, 5, SMALLEST * rule.events)
        return cls(kind, codes, place, rises(lost, usual, reviews, evidence.days, bar))


@dataclass(frozen=True, slots=True)
class _Fall:
    """A rise of what is lost: levels before and since, standard error of the change, and the cases since."""

    before: float
    after: float
    error: float
    since: Ints

    @property
    def change(self) -> float:
        return self.after - self.before

    @property
    def size(self) -> Size:
        half = _NINETY * _PICKED * self.error
        return Size(100 * self.change, 100 * (self.change - half), 100 * (self.change + half), "points")


@dataclass(frozen=True, slots=True)
class _Look:
    evidence: Evidence
    rule: Rule
    cases: Cases
    series: list[_Series]

    def at(self, moment: Moment) -> Looked:
        """What stands at an instant."""
        if moment.days <= LEARNING:
            return Looked()
        found = [
            candidate
            for one in self.series
            for shift in one.shifts
            if shift.stands(moment.days) and (candidate := self._candidate(one, shift, moment)) is not None
        ]
        n = int((self.cases.day < moment.days).sum())
        return Looked(found, [Checked("quality", f"reviews by {one.kind}, {self.rule.name}", n) for one in self.series])

    def _candidate(self, one: _Series, shift: Shift, moment: Moment) -> Candidate | None:
        mine = one.place == shift.series
        fall = self._fall(mine, shift.since, moment.days)
        if fall is None or len(fall.since) < LEAST or not fall.size.shows() or fall.change < SMALLEST:
            return None
        if not self._apart(mine, fall, shift.since, moment.days):
            return None
        if one.kind == "group" and not self._of_several(mine, fall, shift.since, moment.days):
            return None
        return self._told(one, shift, fall, moment)

    def _fall(self, mine: Flags, since: int, days: int) -> _Fall | None:
        """The cases since an onset against the twelve weeks before, both by what their reviewers usually give."""
        day, left = self.cases.day, self.cases.left(since)
        before = np.flatnonzero(mine & (day >= since - BASELINE) & (day < since))
        after = np.flatnonzero(mine & (day >= since) & (day < days))
        if len(before) < LEAST or len(after) < 2:
            return None
        level = float(self.cases.lost[after].mean())
        change = float(left[after].mean() - left[before].mean())
        spread = max(float(left[before].std(ddof=1)), float(left[after].std(ddof=1)), 0.02)
        return _Fall(level - change, level, spread * float(np.sqrt(1 / len(after) + 1 / len(before))), after)

    def _apart(self, mine: Flags, fall: _Fall, since: int, days: int) -> bool:
        """Whether the same reviewers found it here more than elsewhere in the same days."""
        reviewers = np.isin(self.cases.reviewer, self.cases.reviewer[fall.since])
        rest = self._fall(~mine & reviewers, since, days)
        if rest is None or len(rest.since) < LEAST // 2:
            return False
        return (fall.change - rest.change) / float(np.hypot(fall.error, rest.error)) >= _APART

    def _of_several(self, mine: Flags, fall: _Fall, since: int, days: int) -> bool:
        """Whether enough people stand behind it, and it is there without the one who lost most."""
        person, left = self.cases.person, self.cases.left(since)
        if len(np.unique(person[fall.since])) < FEWEST_PEOPLE:
            return False
        who, place = np.unique(person[fall.since], return_inverse=True)
        worst = who[int(np.argmax(np.bincount(place, left[fall.since])))]
        rest = self._fall(mine & (person != worst), since, days)
        return rest is not None and rest.change / rest.error >= _ALONE

    def _told(self, one: _Series, shift: Shift, fall: _Fall, moment: Moment) -> Candidate:
        evidence, rule = self.evidence, self.rule
        subject = saying.subject(evidence, one.kind, int(one.codes[shift.series]))
        size = fall.size
        effect = size if rule.critical else Size(-size.value, -size.high, -size.low, "points")
        since = saying.when(evidence.days, shift.since)
        worst = fall.since[np.argsort(-self.cases.lost[fall.since], kind="stable")]
        return Candidate(
            family="quality",
            detector=rule.name,
            subject=subject,
            metric=rule.metrics[one.kind == "bot"],
            since=shift.since,
            effect=effect,
            n=len(fall.since),
            title=self._title(one.kind, subject.name, fall, since),
            confidence=saying.confidence(fall.change / fall.error),
            tickets=self.cases.ticket[worst],
            waiting=fall.change * self._solved(one, shift, moment.days) * _HOURS_PER_LOST,
            where=saying.filters(one.kind, subject),
            parts=self._parts(fall),
        )

    def _title(self, kind: str, name: str, fall: _Fall, since: str) -> str:
        about = f"in {name}" if kind == "group" else f"of {name}"
        if self.rule.critical:
            shares = saying.per_cent(fall.after), saying.per_cent(fall.before)
            return f"A critical item fails in {shares[0]} of the reviews {about} instead of {shares[1]} since {since}"
        scores = 100 * (1 - fall.after), 100 * (1 - min(max(fall.before, 0.0), 1.0))
        return f"Reviews {about} give {scores[0]:.0f} of 100 instead of {scores[1]:.0f} since {since}"

    def _parts(self, fall: _Fall) -> tuple[str, ...]:
        reviewers = len(np.unique(self.cases.reviewer[fall.since]))
        told = [
            f"{len(fall.since)} reviews drawn at random, by {reviewers} reviewers; their usual severity is taken out"
        ]
        failed = self.cases.item[fall.since]
        if (failed >= 0).any():
            counts = np.bincount(failed[failed >= 0])
            told.append(f"most often failed: {self.evidence.review_items[int(np.argmax(counts))]}")
        return tuple(told)

    def _solved(self, one: _Series, shift: Shift, days: int) -> float:
        """Tickets a week that the subject solved in the four weeks before."""
        solves, code = self.evidence.solves, int(one.codes[shift.series])
        whose = solves.group if one.kind == "group" else solves.agent
        day = self.evidence.days.of(solves.solved_at)
        return float(((whose == code) & (day >= days - 28) & (day < days)).sum()) / 4


DETECTORS: Final = (
    Detector(SCORE.name, "quality", prepare_scores),
    Detector(CRITICAL.name, "quality", prepare_critical),
)
