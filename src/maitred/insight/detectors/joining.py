"""One finding per cause: candidates that speak of the same tickets, or of one thing inside the other, become one.

Kept is the candidate nearest to the cause: a topic before the queue that it fills, a person before the group, a group
before the workspace. The others stay as ``related``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from maitred.insight.detectors.finding import ROUTINE, Candidate, Subject

OVERLAP: Final = 0.5
NEAR_DAYS: Final = 3
_ALONE: Final = frozenset((*ROUTINE, "sensitive_data", "account_risk", "improvement"))
"""Families that are never the consequence of another finding, nor its cause."""
_LOAD: Final = frozenset(
    ("topic_surge", "topic_new", "volume", "staffing_gap", "backlog", "speed", "workload", "satisfaction", "parked")
)
_WORK: Final = frozenset(("reopen", "satisfaction", "agent_quality", "quality", "bot_resolution", "case_selection"))
_CHAINS: Final = (_LOAD, _WORK, frozenset(("sla_setup", "speed")), frozenset(("bot_resolution", "reopen", "volume")))
_NEAREST: Final = (
    *("sla_setup", "topic_new", "topic_surge", "bot_resolution", "staffing_gap", "parked", "case_selection"),
    *("agent_quality", "quality", "reopen", "backlog", "speed", "volume", "satisfaction", "workload"),
)
"""Families by how near they lie to the cause."""
_NARROW: Final = ("agent", "macro", "topic", "bot", "schedule", "sla_policy", "group", "channel", "workspace")
Inside = Callable[[Subject, Subject], bool]
"""``inside(narrow, wide)``: whether the first is a part of the second."""


@dataclass(frozen=True, slots=True)
class Joined:
    """One cause: the candidate that is kept, and what else speaks of it."""

    kept: Candidate
    related: tuple[Candidate, ...] = ()

    @property
    def waiting(self) -> float:
        """Customer-hours a week: the most that one of them says, since they speak of the same waits."""
        return max(one.waiting for one in (self.kept, *self.related))

    @property
    def revenue(self) -> float:
        """Revenue a week, in the same way."""
        return max(one.revenue for one in (self.kept, *self.related))


def join(
    candidates: Sequence[Candidate], inside: Inside, before: frozenset[tuple[str, str]] = frozenset()
) -> list[Joined]:
    """Candidates of one instant by cause.

    Parameters
    ----------
    before
        (family, subject id) of what was kept the day before; it stays kept while it is there, unless another one lies
        nearer to the cause.
    """
    sets = [np.unique(one.tickets) for one in candidates]
    cause = list(range(len(candidates)))

    def root(place: int) -> int:
        while cause[place] != place:
            place = cause[place]
        return place

    for later in range(len(candidates)):
        for earlier in range(later):
            if root(later) != root(earlier) and _same(candidates, sets, earlier, later, inside):
                cause[root(later)] = root(earlier)
    groups: dict[int, list[Candidate]] = {}
    for place, one in enumerate(candidates):
        groups.setdefault(root(place), []).append(one)
    return [_kept(members, before) for members in groups.values()]


def _same(
    candidates: Sequence[Candidate], sets: Sequence[NDArray[np.int64]], first: int, second: int, inside: Inside
) -> bool:
    one, other = candidates[first], candidates[second]
    if one.good != other.good or one.family in _ALONE or other.family in _ALONE:
        return one.family == other.family and one.subject == other.subject and one.good == other.good
    if one.subject == other.subject and one.family == other.family:
        return True
    if _overlap(sets[first], sets[second]) >= OVERLAP:
        return True
    near = abs(one.since - other.since) <= NEAR_DAYS
    chained = any(one.family in chain and other.family in chain for chain in _CHAINS)
    return (
        near
        and chained
        and (one.subject == other.subject or inside(one.subject, other.subject) or inside(other.subject, one.subject))
    )


def _overlap(one: NDArray[np.int64], other: NDArray[np.int64]) -> float:
    """The larger of Jaccard's share and of the share of the smaller set that lies in the other."""
    least = min(len(one), len(other))
    if least < 4:
        return 0.0
    return len(np.intersect1d(one, other, assume_unique=True)) / least


def _kept(members: list[Candidate], before: frozenset[tuple[str, str]]) -> Joined:
    order = sorted(members, key=lambda one: (_nearness(one), -one.waiting - one.revenue, one.subject.id))
    stays = [one for one in order if (one.family, one.subject.id) in before]
    kept = order[0]
    if stays and _nearness(stays[0])[0] <= _nearness(kept)[0] + 2:
        kept = stays[0]
    return Joined(kept, tuple(one for one in order if one is not kept))


def _nearness(one: Candidate) -> tuple[int, int]:
    family = _NEAREST.index(one.family) if one.family in _NEAREST else 0
    return family, _NARROW.index(one.subject.type) if one.subject.type in _NARROW else 0
