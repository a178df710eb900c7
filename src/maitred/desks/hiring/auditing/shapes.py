"""What the verbs of the audit answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class GroupFigure:
    """One group at one stage: how many were let through beside the group with the highest rate, and is it chance?

    ``p`` is exact and against everybody else in the same searches, ``adjusted`` corrected over the whole audit.
    ``power`` is the chance to find a true ratio of .7. A low ratio alone is no sign.
    """

    group: str
    n: int
    passed: int
    rate: float
    ratio: float | None
    low: float | None
    high: float | None
    p: float | None
    adjusted: float | None
    power: float | None
    verdict: str


@dataclass(frozen=True, slots=True)
class StageShown:
    """One stage by what people said of themselves; ``unknown`` said nothing.

    ``verdict``: ``flag`` (a ratio below .8 that is not chance), ``no_sign``, ``too_few`` to say, ``not_measurable``.
    """

    stage: str
    dimension: str
    n: int
    unknown: int
    searches: int
    reference: str
    groups: tuple[GroupFigure, ...]
    verdict: str


@dataclass(frozen=True, slots=True)
class AuditShown:
    """How stages let groups through, pooled over the requisitions of a role, or in one."""

    role: str
    requisitions: tuple[int, ...]
    candidates: int
    told: int
    stages: tuple[StageShown, ...]
    verdict: str
    says: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DecisionShown:
    """A step under pseudonyms: of the candidate their code, of whoever decided a word that means nobody outside."""

    id: int
    at: datetime
    requisition: int
    candidate: str
    before: str
    after: str
    reason: str
    by: str
