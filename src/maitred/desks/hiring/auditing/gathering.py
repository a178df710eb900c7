"""Who was decided about at which stage, and who was let through: from the steps, for the figures of the audit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from maitred.desks.hiring.auditing.access import Moved
from maitred.desks.hiring.models.pipeline import STAGES
from maitred.insight.ranking.impact import Case

LADDER = ("considered", "shortlisted", "interview", "offer", "hired")
"""Where somebody may stand; each is left to the next, or ended."""
DIMENSIONS = ("sex", "race", "sex × race")
_OWN_WISH = "withdrawn"
_RANK = {"found": 0, "applied": 0, **{stage: place for place, stage in enumerate(STAGES[2:], start=1)}}


def cases(moves: Iterable[Moved], told: Mapping[int, Mapping[str, str]]) -> Iterator[Case]:
    """Everybody at every stage that they reached and where the house decided: went on, or was ended.

    Whoever withdrew by their own wish, and whoever still waits, is no case of that stage. A way that was opened again
    counts by where it led in the end.
    """
    reached: dict[int, int] = {}
    last: dict[int, Moved] = {}
    for one in moves:
        reached[one.candidate] = max(reached.get(one.candidate, 0), _RANK.get(one.after, 0))
        last[one.candidate] = one
    for candidate, highest in sorted(reached.items()):
        one = last[candidate]
        groups = _groups(told.get(one.profile or 0, {}))
        for rank in range(highest):
            yield Case(str(one.requisition), LADDER[rank], True, groups)
        if one.after in ("rejected", "not_picked"):
            yield Case(str(one.requisition), LADDER[highest], False, groups)


def _groups(said: Mapping[str, str]) -> dict[str, str]:
    found = {name: said[name] for name in ("sex", "race") if said.get(name)}
    if len(found) == 2:
        found["sex × race"] = f"{found['sex']} × {found['race']}"
    return found
