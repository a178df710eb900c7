"""How often a detector was right, from what people said of its findings; wrong too often, it is silent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from maitred.metrics.intervals import wilson

WRONG = frozenset({"not_true", "too_small"})
"""Reasons that count against a detector; what is known or somebody else's was still right."""
ENOUGH = 0.5
"""Where even the upper end lies below, a detector is muted."""


@dataclass(frozen=True, slots=True)
class Precision:
    """Right so many of so many times, with a 95 % interval; without any there is no value."""

    detector: str
    right: int
    n: int
    value: float | None
    low: float | None
    high: float | None

    @property
    def muted(self) -> bool:
        """Whether it is silent for being wrong too often."""
        return self.high is not None and self.high < ENOUGH


def measured(detector: str, said: Iterable[tuple[bool, str]]) -> Precision:
    """The precision of one detector.

    Parameters
    ----------
    said
        For each answer whether the finding was useful, and the reason where it was not.

    Examples
    --------
    >>> found = measured("speed.shift#1", [(True, "")] * 14 + [(False, "not_true")] * 2 + [(False, "known")])
    >>> found.right, found.n, found.muted
    (15, 17, False)
    >>> measured("speed.shift#1", [(False, "not_true")] * 4).muted
    True
    """
    judged = [useful or reason not in WRONG for useful, reason in said if useful or reason != "not_mine"]
    right, n = sum(judged), len(judged)
    if not n:
        return Precision(detector, 0, 0, None, None, None)
    between = wilson(right, n)
    return Precision(detector, right, n, right / n, between.low, between.high)
