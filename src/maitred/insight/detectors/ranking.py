"""In which order, and what is folded: expected harm avoided times confidence, in customer-hours a week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from maitred.insight.detectors.finding import ROUTINE
from maitred.insight.detectors.joining import Joined

SHOWN: Final = 7
MONEY_PER_CUSTOMER_HOUR: Final = 25.0
WORSE: Final = 1.25
"""By how much something that is in hand must grow to be shown again."""


@dataclass(frozen=True, slots=True)
class Handled:
    """What a person did about a finding: harm at that time, and until when (seconds) it rests."""

    state: Literal["acknowledged", "snoozed", "assigned", "done", "known"]
    harm: float
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A finding with its place: harm, score and why it is folded (empty: it is shown)."""

    joined: Joined
    id: str
    harm: float
    score: float
    new: bool
    folded: str = ""


def harm_of(joined: Joined, money: float = MONEY_PER_CUSTOMER_HOUR) -> float:
    """Customer-hours a week: waiting, and revenue at its price; at least the floor of a breach."""
    return max(joined.waiting + joined.revenue / money, joined.kept.floor)


def rank(placed: Sequence[Placed]) -> list[Placed]:
    """By score; harm before news; new ones first among equals. The first seven that nobody has in hand are shown."""
    order = sorted(
        placed,
        key=lambda one: (one.joined.kept.good, -round(one.score, 6), not one.new, one.id),
    )
    free = 0
    found = []
    for one in order:
        folded = one.folded
        if not folded:
            free += 1
            folded = "" if free <= SHOWN else "seven others weigh more"
        found.append(Placed(one.joined, one.id, one.harm, one.score, one.new, folded))
    return found


def resting(handled: Handled | None, harm: float, at: int) -> str:
    """Why something in hand is folded; empty where it is not."""
    if handled is None:
        return ""
    if handled.state in ("done", "known"):
        return {"done": "done", "known": "known"}[handled.state]
    if handled.until is not None and at >= handled.until:
        return ""
    if harm >= WORSE * handled.harm and harm > 0 and handled.harm > 0:
        return ""
    return {"acknowledged": "acknowledged", "snoozed": "snoozed", "assigned": "assigned"}[handled.state]


def routine(joined: Joined) -> bool:
    """Whether it is a queue of work and no change."""
    return joined.kept.family in ROUTINE
