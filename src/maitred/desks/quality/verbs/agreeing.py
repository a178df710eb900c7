"""What a closed calibration tells: agreement per item, severity of each reviewer, and change since the one before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from maitred.desks.quality.models import Review, Session
from maitred.desks.quality.verbs.shapes import Drift, ItemAgreement, Judged, Severity
from maitred.insight import agreement, scoring
from maitred.metrics import intervals

GOOD, TENTATIVE = 0.800, 0.667
"""Krippendorff's own marks (*Content Analysis*, 2004, ch. 11): rely on it; draw tentative conclusions."""
SAME = 0.10
"""A change of alpha by less than this is no real one."""
_FEWEST = 5


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of a calibration."""

    agreement: tuple[ItemAgreement, ...]
    overall: ItemAgreement
    severity: tuple[Severity, ...]
    judged: tuple[Judged, ...]
    drift: tuple[Drift, ...]


def compared(session: Session, reviews: Sequence[Review], before: Sequence[Review]) -> Compared:
    """Compare what was submitted; with what was submitted to the calibration before."""
    items = [one for one in scoring.items_of(session.edition.items) if one.source == "human"]
    done = [one for one in reviews if one.state == "submitted"]
    found = tuple(_agreement(one, done) for one in items)
    earlier = {
        one.item: one for one in (_agreement(item, [e for e in before if e.state == "submitted"]) for item in items)
    }
    drift = tuple(drifted(one, earlier[one.item]) for one in found) if before else ()
    return Compared(found, overall(done), severity(done), _judged(done), drift)


def _agreement(item: scoring.Item, done: Sequence[Review]) -> ItemAgreement:
    judged = [
        (f"{one.source_id}:{one.ticket_id}", str(one.reviewer_id), _word(value))
        for one in done
        if (value := one.answers.get(item.key, {}).get("value")) is not None
        and (item.kind == "yes_no" or value != scoring.NA)
    ]
    level: agreement.Level = "nominal" if item.kind == "yes_no" else "ordinal"
    return _told(item.key, item.title, agreement.alpha(judged, level))


def overall(done: Sequence[Review]) -> ItemAgreement:
    """Agreement of whole scores."""
    judged = [
        (f"{one.source_id}:{one.ticket_id}", str(one.reviewer_id), repr(one.score))
        for one in done
        if one.score is not None
    ]
    return _told("", "", agreement.alpha(judged, "interval"))


def _told(key: str, title: str, found: agreement.Agreement) -> ItemAgreement:
    return ItemAgreement(key, title, found.alpha, found.low, found.high, found.units, found.values, _verdict(found))


def _verdict(found: agreement.Agreement) -> str:
    if found.alpha is None or found.low is None or found.high is None or found.units < _FEWEST:
        return "cannot tell"
    if found.low >= GOOD:
        return "good"
    return "poor" if found.high < TENTATIVE else "tentative" if found.low >= TENTATIVE else "not sure"


def severity(done: Sequence[Review]) -> tuple[Severity, ...]:
    """Each reviewer against the others on the same tickets: mean difference with a t interval over tickets."""
    scores: dict[tuple[str, str], dict[int, float]] = defaultdict(dict)
    names: dict[int, str] = {}
    for one in done:
        names[one.reviewer_id] = one.reviewer.name
        if one.score is not None:
            scores[one.source_id, one.ticket_id][one.reviewer_id] = one.score
    found = []
    for person, name in sorted(names.items(), key=lambda pair: (pair[1], pair[0])):
        away = [
            mine[person] - float(np.mean([score for each, score in mine.items() if each != person]))
            for mine in scores.values()
            if person in mine and len(mine) > 1
        ]
        found.append(_severe(person, name, away))
    return tuple(found)


def _severe(person: int, name: str, away: Sequence[float]) -> Severity:
    n = len(away)
    if n < _FEWEST:
        return Severity(person, name, n, None, None, None, "cannot tell")
    shift, half = float(np.mean(away)), intervals.t_quantile(n - 1) * float(np.std(away, ddof=1)) / sqrt(n)
    return Severity(person, name, n, shift, shift - half, shift + half, leaning(shift - half, shift + half))


def leaning(low: float, high: float) -> str:
    """What an interval of severity says in a word."""
    return "stricter" if high < 0 else "milder" if low > 0 else "cannot be told from the others"


def drifted(now: ItemAgreement, before: ItemAgreement) -> Drift:
    """Change of alpha with an interval from those of both (Zou and Donner 2008), and what can be said of it."""
    ends = (now.alpha, now.low, now.high, before.alpha, before.low, before.high)
    if any(one is None for one in ends) or min(now.units, before.units) < _FEWEST:
        return Drift(now.item, before.alpha, now.alpha, None, None, None, "cannot tell")
    here, low, high, there, under, over = (float(one) for one in ends if one is not None)
    change = here - there
    lowest = change - sqrt((here - low) ** 2 + (over - there) ** 2)
    highest = change + sqrt((high - here) ** 2 + (there - under) ** 2)
    verdict = "better" if lowest > 0 else "worse" if highest < 0 else "cannot tell"
    if lowest > -SAME and highest < SAME:
        verdict = "no real change"
    return Drift(now.item, there, here, change, lowest, highest, verdict)


def _judged(done: Sequence[Review]) -> tuple[Judged, ...]:
    return tuple(
        Judged(
            one.source_id, one.ticket_id, one.reviewer_id, one.pk, one.score,
            {item: answer.get("value") for item, answer in one.answers.items()},
        )
        for one in done
    )  # fmt: skip


def _word(value: object) -> str:
    return value if isinstance(value, str) else repr(value)
