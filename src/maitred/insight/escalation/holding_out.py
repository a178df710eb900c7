"""Did looking at them help? Some alerts are kept back by lot, so that what came of the others can be held against them.

The lot is a hash of the ticket and a salt: anybody can check it, nobody can choose. Complaints, legal cases and key
accounts are never kept back; whoever calls says so.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from maitred.insight.calibration import NotEnoughData
from maitred.metrics.intervals import newcombe, wilson

FEWEST: Final = 30
"""Alerts in each arm without which nothing is said."""
LARGEST_SHARE: Final = 0.2


@dataclass(frozen=True, slots=True)
class Helped:
    """Share that was escalated among those kept back and those told, and their difference with its 95 % interval.

    ``verdict`` is ``improved`` (fewer escalations among those told), ``worsened`` or ``no_effect_shown``.
    """

    told: int
    told_share: float
    kept_back: int
    kept_back_share: float
    difference: float
    low: float
    high: float
    verdict: str


def kept_back(source: str, ticket: str, salt: str, share: float) -> bool:
    """Whether the lot keeps a ticket's alert back.

    >>> kept_back("demo", "10042", "2026", 0.0)
    False
    """
    digest = hashlib.sha256(f"{salt}|{source}|{ticket}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64 < min(max(share, 0.0), LARGEST_SHARE)


def helped(told: int, told_escalated: int, held: int, held_escalated: int) -> Helped | NotEnoughData:
    """What telling brought: alerts that were told and kept back, and how many of each were escalated."""
    if min(told, held) < FEWEST:
        return NotEnoughData(min(told, held), FEWEST, "alerts told and alerts kept back by lot")
    first, second = told_escalated / told, held_escalated / held
    ends = newcombe(first, wilson(told_escalated, told), second, wilson(held_escalated, held))
    low, high = ends.low or 0.0, ends.high or 0.0
    verdict = "improved" if high < 0 else "worsened" if low > 0 else "no_effect_shown"
    return Helped(told, first, held, second, first - second, low, high, verdict)
