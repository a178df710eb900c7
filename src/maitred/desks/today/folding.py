"""Which findings stand on the list, in which order, and why the others are folded away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Document = Mapping[str, Any]
Why = Literal[
    "", "more", "acknowledged", "snoozed", "assigned", "done", "not_true", "known", "too_small", "muted", "joined"
]

MOST = 7
"""Findings that are shown at once."""
WORSE = 1.25
"""What has been handled comes back when it costs a quarter more."""


@dataclass(frozen=True, slots=True)
class Handling:
    """What somebody decided about a finding: ``why`` is its state, ``harm`` what it cost then."""

    why: Why = ""
    harm: float | None = None
    until: datetime | None = None


OPEN = Handling()


@dataclass(frozen=True, slots=True)
class Placed:
    """A finding with its place: from 1 where it is shown, 0 where it is folded, then ``why``."""

    document: Document
    place: int
    why: Why = ""
    told: str = ""
    """The reason in the words of the look, where the look folded it."""


@dataclass(frozen=True, slots=True)
class Laid:
    """The whole list."""

    shown: Sequence[Placed]
    folded: Sequence[Placed] = field(default_factory=tuple)


def lay(
    findings: Iterable[Document], handled: Mapping[str, Handling], muted: frozenset[str], now: datetime,
    most: int = MOST,
) -> Laid:  # fmt: skip
    """Lay findings out in the order of their ranks; good news stands behind every harm.

    Parameters
    ----------
    findings
        As the look gave them.
    handled
        What was decided, by id.
    muted
        Detectors that were wrong too often.
    """
    shown: list[Placed] = []
    folded: list[Placed] = []
    for one in sorted(findings, key=_order):
        why = _folded(one, handled.get(one["id"], OPEN), muted, now)
        if why:
            folded.append(Placed(one, 0, why, str(one.get("folded") or "")))
        elif len(shown) >= most:
            folded.append(Placed(one, 0, "more"))
        else:
            shown.append(Placed(one, len(shown) + 1))
    return Laid(tuple(shown), tuple(folded))


def in_force(handling: Handling, harm: float, now: datetime) -> bool:
    """Whether what was decided still keeps a finding off the list: not once its date has come or it is worse."""
    if not handling.why:
        return False
    if handling.until is not None and now >= handling.until:
        return False
    if handling.why == "not_true":
        return True
    return handling.harm is None or harm < handling.harm * WORSE or harm == handling.harm


def harm_of(finding: Document) -> float:
    """What a finding costs, in customer-hours a week; nothing where that cannot be told."""
    return float(finding["harm"].get("value") or 0.0)


def _order(one: Document) -> tuple[bool, int, str]:
    return bool(one.get("news")), int(one.get("rank") or 0), str(one["id"])


def _folded(one: Document, handling: Handling, muted: frozenset[str], now: datetime) -> Why:
    if in_force(handling, harm_of(one), now):
        return handling.why
    if one["detector"] in muted:
        return "muted"
    return "joined" if _by_the_look(one) else ""


def _by_the_look(one: Document) -> bool:
    """Whether the look itself folded it for another reason than that there are more than seven."""
    return not one.get("shown", True) and bool(one.get("folded")) and "seven" not in str(one["folded"])
