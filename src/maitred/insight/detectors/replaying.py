"""Today on any day: all detectors looked through at an instant, joined, ranked, with ids that last.

What has been seen runs forward through the working days, so that a problem keeps its id while it lasts and gets a new
one when it comes back after two weeks. The past is always run through from the day on which learning ended: what is
said at an instant is the same whether data reach to it or months beyond.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from hashlib import blake2b
from typing import Any, Final

import numpy as np

from maitred.insight.detectors.actions import actions
from maitred.insight.detectors.finding import ROUTINE, Candidate, Checked, Detector, Moment, Subject, Watch
from maitred.insight.detectors.joining import Joined, join
from maitred.insight.detectors.ranking import MONEY_PER_CUSTOMER_HOUR, Handled, Placed, harm_of, rank, resting
from maitred.insight.detectors.registry import detectors as known
from maitred.insight.detectors.scan import LEARNING
from maitred.insight.evidence.tables import Evidence

BACK_DAYS: Final = 14
"""A problem that was away for longer gets a new id when it comes back."""
MOST_TICKETS: Final = 200
STALE: Final = "data_health.stale"
_DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class Day:
    """What Today says at one instant: ``findings`` in rank order as documents, ``notes`` on what could not be seen."""

    as_of: str
    findings: list[dict[str, Any]]
    checked: list[dict[str, Any]]
    learning: bool = False
    notes: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """One line of a replay."""
        return {"as_of": self.as_of, "findings": self.findings, "checked": self.checked}


@dataclass(slots=True)
class _Episode:
    id: str
    last: int
    harm: float


@dataclass(slots=True)
class Course:
    """The state that runs through the days; asked in order of time.

    Parameters
    ----------
    handled
        What people did, by finding's id.
    muted
        Names of detectors that were wrong too often.
    money
        Revenue that one customer-hour stands for.
    publication
        When the figures were published, as findings name it.
    """

    evidence: Evidence
    handled: Mapping[str, Handled] = field(default_factory=dict)
    muted: frozenset[str] = frozenset()
    money: float = MONEY_PER_CUSTOMER_HOUR
    publication: str = ""
    detectors: Sequence[Detector] | None = None
    strict: bool = False
    """Whether a detector that breaks may end it all (for tests)."""
    _broken: dict[str, str] = field(default_factory=dict)
    _watches: list[tuple[Detector, Watch]] = field(default_factory=list)
    _episodes: dict[tuple[str, str], _Episode] = field(default_factory=dict)
    _before: frozenset[tuple[str, str]] = frozenset()
    _ready: set[str] = field(default_factory=set)

    def at(self, moment: Moment, *, passing: bool = False) -> Day:
        """The list at an instant that is not before the last one asked for.

        ``passing`` through, only what lasts is looked at: queues of work do not depend on what was there before.
        """
        learning = moment.days < LEARNING
        self._prepare(learning)
        told = datetime.fromtimestamp(moment.at, UTC).isoformat().replace("+00:00", "Z")
        candidates: list[Candidate] = []
        checked: list[Checked] = []
        for one, watch in self._watches:
            if passing and one.family in ROUTINE and not one.name.startswith(STALE):
                continue
            with self._kept_apart(one):
                looked = watch(moment)
                candidates += looked.candidates
                checked += looked.checked
        checks = [{"family": one.family, "series": one.series, "n": one.n} for one in checked]
        stale = [one for one in candidates if one.detector.startswith(STALE)]
        if stale:
            candidates = stale[:1]
        if learning and not stale:
            return Day(told, [], checks, True, self._notes())
        joined = join([one for one in candidates if _sound(one)], self._inside(moment), self._before)
        placed = rank([self._place(one, moment) for one in joined])
        self._before = frozenset((one.joined.kept.family, one.joined.kept.subject.id) for one in placed)
        return Day(
            told, [self._document(one, place) for place, one in enumerate(placed, 1)], checks, learning, self._notes()
        )

    def _prepare(self, learning: bool) -> None:
        """Make the detectors ready that are asked at this stage: while learning only those that judge the data."""
        for one in self.detectors if self.detectors is not None else known():
            if one.name in self._ready or (learning and not one.name.startswith(STALE)):
                continue
            self._ready.add(one.name)
            with self._kept_apart(one):
                self._watches.append((one, one.prepare(self.evidence)))

    @contextmanager
    def _kept_apart(self, detector: Detector) -> Iterator[None]:
        """A detector that breaks is told on the page and takes nobody with it; others may be of other packages."""
        try:
            yield
        except Exception as error:
            self._broken[detector.name] = type(error).__name__
            if self.strict:
                raise

    def _notes(self) -> tuple[str, ...]:
        return tuple(f"{name} could not look ({what})" for name, what in sorted(self._broken.items()))

    def _place(self, joined: Joined, moment: Moment) -> Placed:
        kept = joined.kept
        key = (kept.family, _subject_key(kept.subject))
        harm = harm_of(joined, self.money)
        episode = None if kept.family in ROUTINE else self._episodes.get(key)
        new = episode is None or moment.at - episode.last > BACK_DAYS * _DAY
        if episode is None or new:
            onset = self.evidence.days.first + timedelta(days=kept.since)
            episode = _Episode(_identity(key, onset), moment.at, harm)
            self._episodes[key] = episode
        worsened = harm > 1.25 * episode.harm
        episode.last = moment.at
        episode.harm = max(episode.harm, harm)
        folded = resting(self.handled.get(episode.id), harm, moment.at)
        if kept.detector in self.muted:
            folded = "its detector was wrong too often here"
        return Placed(joined, episode.id, harm, harm * kept.confidence, new or worsened, folded)

    def _inside(self, moment: Moment) -> Any:
        members = self.evidence.members
        current = (members.from_at < moment.at) & (members.to_at >= moment.at)
        groups, people = self.evidence.groups.ids, self.evidence.people.names.ids
        pairs = {
            (people[int(person)], groups[int(group)])
            for person, group in zip(members.ticket[current], members.value[current], strict=True)
            if group >= 0
        }

        def inside(narrow: Subject, wide: Subject) -> bool:
            if wide.type == "workspace":
                return narrow.type != "workspace"
            return narrow.type == "agent" and wide.type == "group" and (narrow.id, wide.id) in pairs

        return inside

    def _document(self, placed: Placed, place: int) -> dict[str, Any]:
        kept, days = placed.joined.kept, self.evidence.days
        since = (days.first + timedelta(days=int(kept.since))).isoformat()
        external = self.evidence.tickets.external
        tickets = list(dict.fromkeys(int(one) for one in kept.tickets))
        where = dict(kept.where)
        document: dict[str, Any] = {
            "id": placed.id,
            "family": kept.family,
            "detector": kept.detector,
            "rank": place,
            "shown": not placed.folded,
            "title": kept.title,
            "subject": kept.subject.document(),
            "metric": kept.metric,
            "since": since,
            "effect": {
                "value": _number(kept.effect.value), "low": _number(kept.effect.low),
                "high": _number(kept.effect.high), "unit": kept.effect.unit,
            },
            "n": int(kept.n),
            "harm": {
                "value": _number(placed.harm), "unit": "customer_hours_per_week",
                "parts": {
                    "waiting": _number(placed.joined.waiting),
                    "revenue": _number(placed.joined.revenue / self.money),
                },
            },
            "confidence": _number(kept.confidence),
            "cause": {"kind": kept.cause.kind, "text": kept.cause.text, "confidence": _number(kept.cause.confidence)},
            "evidence": {
                "query": {"metric": kept.metric, "where": where, "from": since},
                "count": len(tickets),
                "tickets": [str(external[one]) for one in tickets[:MOST_TICKETS]],
                "related": [
                    {
                        "family": one.family, "subject": one.subject.document(), "title": one.title,
                        "detector": one.detector,
                    }
                    for one in placed.joined.related
                ],
            },
            "actions": [one.document() for one in actions(kept.family, kept.cause.kind)],
            "news": kept.good,
            "parts": list(kept.parts),
            "publication": self.publication,
        }  # fmt: skip
        if placed.folded:
            document["folded"] = placed.folded
        return document


def replay(
    evidence: Evidence,
    first: date,
    last: date,
    at: str = "06:00",
    *,
    detectors: Sequence[Detector] | None = None,
    handled: Mapping[str, Handled] | None = None,
    publication: str = "",
) -> Iterator[dict[str, Any]]:
    """Today's list on every working day from ``first`` to ``last``, both included, at a time of day (UTC)."""
    course = Course(evidence, handled or {}, publication=publication, detectors=detectors)
    for moment, day in moments(evidence, last, _clock(at), first):
        found = course.at(moment, passing=day < first)
        if day >= first:
            yield found.document()


def as_of(evidence: Evidence, at: datetime, **more: Any) -> Day:
    """Today's list at one instant; the working days before it are run through at the same time of day."""
    course = Course(evidence, **more)
    instant = int(at.timestamp())
    for moment, _ in moments(evidence, at.date(), at.time()):
        if moment.at < instant:
            course.at(moment, passing=True)
    return course.at(Moment(instant, evidence.days.complete(instant)))


def moments(evidence: Evidence, last: date, clock: time, first: date | None = None) -> Iterator[tuple[Moment, date]]:
    """The working days' instants up to a last day, from the end of learning or from ``first``, if that is earlier."""
    day = min(evidence.days.first + timedelta(days=LEARNING - 3), first or last, last)
    while day <= last:
        if day.weekday() < 5:
            instant = int(datetime.combine(day, clock, UTC).timestamp())
            yield Moment(instant, evidence.days.complete(instant)), day
        day += timedelta(days=1)


def _clock(text: str) -> time:
    return time.fromisoformat(text)


def _sound(one: Candidate) -> bool:
    """What may be said: it leaves "no effect" out, and has at least one ticket or is about the data."""
    return one.family in ("data_health", "report_due", "review_due") or (one.effect.shows() and one.confidence > 0)


def _subject_key(subject: Subject) -> str:
    return f"{subject.type}:{subject.id}"


def _identity(key: tuple[str, str], onset: date) -> str:
    return "f_" + blake2b(f"{key[0]}|{key[1]}|{onset}".encode(), digest_size=8).hexdigest()


def _number(value: float) -> float | None:
    return None if not np.isfinite(value) else float(f"{value:.4g}")
