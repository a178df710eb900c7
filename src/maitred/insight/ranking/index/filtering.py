"""The compiled form of filters: what has to hold, what must not, and what cannot be told."""

from __future__ import annotations

from typing import Any

from maitred.insight.ranking.index.compiled import inlined

GROUP, KIND, A, B, C, D = range(6)
ROLE, PLACE, REMOTE, YEARS, LEAD, BIT, EDUCATION, TEAM = range(8)
PASSES, FAILS, UNKNOWN = 1, 0, -1
MUST, NOT = 1, 2


@inlined
def at_least(have: Any, wanted: Any) -> Any:
    """Whether a number reaches another; −1 is unknown."""
    if have < 0:
        return UNKNOWN
    return PASSES if have >= wanted else FAILS


@inlined
def state(
    i: Any, one: Any, role: Any, support: Any, total: Any, lead: Any, city: Any, remote: Any, education: Any,
    team: Any, bits: Any, filter_roles: Any, filter_places: Any,
) -> Any:  # fmt: skip
    """Whether one filter holds of row ``i`` of the role ``role``."""
    kind = one[KIND]
    if kind == ROLE:
        if role < 0:
            return UNKNOWN
        return PASSES if filter_roles[one[A], role] else FAILS
    if kind == PLACE:
        if city[i] < 0:
            return UNKNOWN
        return PASSES if filter_places[one[A], city[i]] == 1000 else FAILS
    if kind == REMOTE:
        if remote[i] < 0:
            return UNKNOWN
        return PASSES if remote[i] == 1 else FAILS
    if kind == YEARS:
        return at_least(total[i] if one[A] == 1 else support[i], one[B])
    if kind == LEAD:
        return at_least(lead[i], one[B])
    if kind == TEAM:
        return at_least(team[i], one[A])
    if kind == EDUCATION:
        if one[B] >= 0 and support[i] >= one[B]:
            return PASSES
        return at_least(education[i], one[A])
    words = bits[one[A], i]
    if one[B] >= 0:
        words |= bits[one[B], i]
    if (words >> one[C]) & 1:
        return PASSES
    return UNKNOWN if one[D] == 1 and words == 0 else FAILS
