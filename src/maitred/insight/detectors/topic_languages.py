"""One subject in two languages is one: contacts that rise at the same time, for the same group, in other words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from maitred.insight.detectors.topic_episodes import Followed
from maitred.insight.evidence.tables import Evidence, Ints

NEAR_DAYS: Final = 7
"""So near lie the onsets of one subject, each estimated from its own contacts."""
_APART = 0.35
_COMMON = 0.1
_WORDS = 40


@dataclass(frozen=True, slots=True)
class Told:
    """A subject and the positions of its tickets, most telling first, in all its languages."""

    subject: Followed
    tickets: Ints


def joined(evidence: Evidence, told: Sequence[Told]) -> list[Told]:
    """Subjects, those of another language put to the one that was told first."""
    kept: list[Told] = []
    for one in sorted(told, key=lambda each: (each.subject.opened, each.subject.key)):
        place = next((n for n, first in enumerate(kept) if _same(evidence, first, one)), None)
        if place is None:
            kept.append(one)
        else:
            kept[place] = _both(kept[place], one)
    return kept


def _same(evidence: Evidence, first: Told, second: Told) -> bool:
    near = abs(first.subject.course.since - second.subject.course.since) <= NEAR_DAYS
    if not near or not len(first.tickets) or not len(second.tickets):
        return False
    one, other = (float(evidence.tickets.non_english[each.tickets].mean()) for each in (first, second))
    if abs(one - other) < _APART or _group(evidence, first) != _group(evidence, second):
        return False
    return len(_words(evidence, first) & _words(evidence, second)) <= _COMMON * _WORDS


def _words(evidence: Evidence, one: Told) -> frozenset[int]:
    """The most frequent words of its tickets: two languages hardly share any, since locales alone tell too little."""
    starts, codes = evidence.words.starts, evidence.words.codes
    spans = [codes[starts[ticket] : starts[ticket + 1]] for ticket in one.tickets[:200]]
    words, each = np.unique(np.concatenate(spans), return_counts=True)
    return frozenset(words[np.argsort(-each, kind="stable")][:_WORDS].tolist())


def _group(evidence: Evidence, one: Told) -> int:
    """The group that most of its tickets went to."""
    groups, each = np.unique(evidence.tickets.group[one.tickets], return_counts=True)
    return int(groups[np.argmax(each)])


def _both(first: Told, second: Told) -> Told:
    """The first with the tickets of both, in turns of their length."""
    tickets = np.concatenate([first.tickets, second.tickets])
    rank = np.concatenate([(np.arange(len(one.tickets)) + 0.5) / len(one.tickets) for one in (first, second)])
    subject = replace(first.subject, customers=first.subject.customers + second.subject.customers)
    return Told(subject, tickets[np.argsort(rank, kind="stable")])
