"""The smallest change that would lift somebody to a score: as few features as suffice, each as little as suffices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from maitred.insight.ranking.explaining.terms import Explained, Term
from maitred.insight.ranking.scoring import tables


@dataclass(frozen=True, slots=True)
class Change:
    """One feature at another value; ``months`` more where the feature counts months."""

    feature: str
    from_value: int
    to_value: int
    points: int
    months: int | None = None


def smallest_change(found: Explained, wanted: int) -> tuple[Change, ...] | None:
    """What would bring a profile to the score ``wanted``.

    Returns
    -------
    tuple of Change, or None
        Nothing to change where the score is reached; None where everything together would not suffice.
    """
    short = wanted - found.score
    if short <= 0:
        return ()
    gains = sorted(
        (
            (one.weight * (tables.FULL - one.value), one)
            for one in found.terms
            if one.weight and one.value < tables.FULL
        ),
        key=lambda pair: (-pair[0], pair[1].feature),
    )
    if sum(gain for gain, _ in gains) < short:
        return None
    enough = [one for gain, one in gains if gain >= short]
    if enough:  # of those that suffice alone, the one that has to move least
        return (_change(min(enough, key=lambda one: (-(-short // one.weight), one.feature)), short),)
    return _several(gains, short)


def _several(gains: Sequence[tuple[int, Term]], short: int) -> tuple[Change, ...]:
    """The greatest gains first: the fewest features that suffice."""
    made = []
    for gain, one in gains:
        made.append(_change(one, min(gain, short)))
        short -= gain
        if short <= 0:
            break
    return tuple(made)


def _change(one: Term, short: int) -> Change:
    step = -(-short // one.weight)
    value = one.value + step
    months = None
    if one.feature in ("years", "lead_years") and one.state != "unknown":
        months = -(-step // tables.MONTH_MISSING)
        value = min(tables.FULL, one.value + months * tables.MONTH_MISSING)
    elif one.parts:
        value = _next_of_set(one, value)
    return Change(one.feature, one.value, value, one.weight * (value - one.value), months)


def _next_of_set(one: Term, at_least: int) -> int:
    """The values that a set can have go in steps of one member learned on the job."""
    count = len({part.chip for part in one.parts})
    missing = sorted((tables.FULL - part.value for part in one.parts if part.value < tables.FULL), reverse=True)
    total = one.value * count
    for gain in missing:
        total += gain
        if total // count >= at_least:
            return min(tables.FULL, total // count)
    return tables.FULL
