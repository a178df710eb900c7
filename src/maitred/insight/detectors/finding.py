"""A finding: one thing that needs the manager, with its size, its cause, its tickets and what can be done.

Detectors make *candidates*; joining and ranking make findings of them. All are plain values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from maitred.insight.evidence.tables import Evidence

Unit = Literal["ratio", "points", "seconds", "tickets", "tickets_per_day"]
FAMILIES = (
    *("speed", "backlog", "staffing_gap", "volume", "topic_surge", "topic_new", "reopen", "satisfaction"),
    *("agent_quality", "case_selection", "workload", "parked", "account_risk", "sensitive_data", "bot_resolution"),
    *("sla_setup", "improvement", "quality"),
)
"""Families that stand for a change."""
ROUTINE = ("sla_due", "escalation", "report_due", "review_due", "redaction_due", "data_health")
"""Families that are work queues: listed, but no alarms."""
CAUSES = (
    *("staffing", "capacity", "volume", "incident", "product", "macro", "agent", "account", "parking", "selection"),
    *("bot", "configuration", "customers", "training", "unknown"),
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a finding is about: ``type`` is group, channel, sla_policy, topic, agent, account, bot, macro, cohort,
    training, schedule or workspace; ``id`` carries the source, ``external_id`` is the helpdesk's own."""

    type: str
    id: str
    external_id: str
    name: str
    hours: tuple[str, int, int] | None = None
    """Weekday name (or ``weekday``, ``every day``), from and to hour, for ``staffing_gap``."""

    def document(self) -> dict[str, Any]:
        """As JSON."""
        told: dict[str, Any] = {
            "type": self.type, "id": self.id, "external_id": self.external_id, "name": self.name,
        }  # fmt: skip
        if self.hours is not None:
            told["hours"] = {"weekday": self.hours[0], "from": self.hours[1], "to": self.hours[2]}
        return told


@dataclass(frozen=True, slots=True)
class Size:
    """The effect with its 90 % interval, which must not contain "no effect" (1 for ratios, else 0)."""

    value: float
    low: float
    high: float
    unit: Unit

    def shows(self) -> bool:
        """Whether the interval leaves no effect out."""
        none = 1.0 if self.unit == "ratio" else 0.0
        return not self.low <= none <= self.high


@dataclass(frozen=True, slots=True)
class Cause:
    """Why, as far as it can be told."""

    kind: str = "unknown"
    text: str = ""
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """What one detector says at one instant about one subject.

    Parameters
    ----------
    since
        The day of the estimated onset, as a position in ``Evidence.days``.
    n
        Independent cases behind the effect.
    waiting
        Customer-hours a week of waiting beyond the normal level.
    revenue
        Expected loss of revenue a week, in the workspace's currency.
    floor
        Customer-hours a week that it counts at least (a breach of law or contract).
    confidence
        That it is so, 0 to 1.
    tickets
        Positions of the tickets behind it, most telling first; they re-run from ``where``.
    where
        Filters of the metric's rows that open the evidence.
    title
        One sentence with value and subject; no full stop.
    good
        Whether it is news, not harm.
    """

    family: str
    detector: str
    subject: Subject
    metric: str
    since: int
    effect: Size
    n: int
    title: str
    confidence: float
    tickets: NDArray[np.int64]
    waiting: float = 0.0
    revenue: float = 0.0
    floor: float = 0.0
    cause: Cause = Cause()
    where: Mapping[str, str] = field(default_factory=dict)
    good: bool = False
    parts: tuple[str, ...] = ()
    """Of several weak signals that add up: each in words."""


@dataclass(frozen=True, slots=True)
class Checked:
    """That a family looked at so many cases of a series, also where nothing came of it."""

    family: str
    series: str
    n: int


@dataclass(frozen=True, slots=True)
class Moment:
    """The instant of a look: seconds UTC, and how many whole local days lie before it.

    Detectors of change use days ``0 .. days - 1`` only; queues of work may use everything before ``at``.
    """

    at: int
    days: int


@dataclass(frozen=True, slots=True)
class Looked:
    """What a detector says at one instant."""

    candidates: Sequence[Candidate] = ()
    checked: Sequence[Checked] = ()


Watch = Callable[[Moment], Looked]
"""Looks at one instant; looks are asked for in order of time, but each answers from what was known then alone."""
Prepare = Callable[[Evidence], Watch]
"""Computes daily series once, each causal, and gives the look."""


@dataclass(frozen=True, slots=True)
class Detector:
    """One rule: ``name`` is ``family.rule#version``."""

    name: str
    family: str
    prepare: Prepare
