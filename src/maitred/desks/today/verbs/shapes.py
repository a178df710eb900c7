"""What the verbs of Today answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from maitred.desks.today import access
from maitred.desks.today.board import Board, shown_to
from maitred.desks.today.folding import Placed
from maitred.desks.today.models import Finding
from maitred.desks.today.precision import Precision
from maitred.kit.access.actor import Actor
from maitred.kit.verbs import Names
from maitred.kit.verbs.words import LARGEST

FindingId = Annotated[str, Names("finding"), StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
AlertId = Annotated[int, Names("alert"), Field(ge=1, le=LARGEST)]
Publication = Annotated[int, Field(ge=1, le=LARGEST)]
ActionId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,39}$")]


@dataclass(frozen=True, slots=True)
class FindingShown:
    """One finding and what became of it.

    ``place`` is where it stands on the reader's list, 0 where it is folded (``why`` says the reason) or not on it.
    ``person`` is whom it is about, where it is about somebody; ``version`` changes with each decision.
    """

    id: str
    place: int
    why: str
    told: str
    family: str
    detector: str
    title: str
    subject: Mapping[str, Any]
    metric: str
    since: date
    effect: Mapping[str, Any]
    n: int
    harm: Mapping[str, Any]
    confidence: float
    cause: Mapping[str, Any]
    evidence: Mapping[str, Any]
    actions: tuple[Mapping[str, Any], ...]
    parts: tuple[str, ...]
    good: bool
    new: bool
    publication: str
    person: int | None
    state: str
    until: datetime | None
    assignee: int | None
    first_seen: datetime
    version: int


@dataclass(frozen=True, slots=True)
class CheckedShown:
    """That a family looked at a series of so many cases."""

    family: str
    series: str
    n: int


@dataclass(frozen=True, slots=True)
class TodayShown:
    """The list: at most seven findings, what is folded and why, and what was looked at."""

    publication: int
    as_of: datetime
    learning: bool
    stale: bool
    findings: tuple[FindingShown, ...]
    folded: tuple[FindingShown, ...]
    checked: tuple[CheckedShown, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DetectorShown:
    """How often a detector was right: said here, and on simulated organisations where that is known."""

    detector: str
    seen: int
    acted_on: int
    right: int
    n: int
    precision: float | None
    low: float | None
    high: float | None
    muted: bool
    planted_right: int | None
    planted_n: int | None


def shown(row: Finding, placed: Placed | None, document: Mapping[str, Any], as_of: datetime) -> FindingShown:
    """One finding as verbs answer it."""
    return FindingShown(
        row.pk,
        placed.place if placed else 0,
        placed.why if placed else "",
        placed.told if placed else "",
        row.family,
        row.detector,
        document["title"],
        document["subject"],
        document["metric"],
        row.since,
        document["effect"],
        int(document["n"] or 0),
        document["harm"],
        float(document["confidence"] or 0.0),
        document.get("cause") or {"kind": "unknown", "text": "", "confidence": 0.0},
        document["evidence"],
        tuple(document.get("actions") or ()),
        tuple(str(one) for one in document.get("parts") or ()),
        bool(document.get("news")),
        row.first_seen == as_of,
        str(document.get("publication") or ""),
        row.person_id,
        row.state,
        row.until,
        row.assignee_id,
        row.first_seen,
        row.version,
    )


def on_board(found: Board, placed: Placed) -> FindingShown:
    """A finding of the list."""
    row = found.kept[placed.document["id"]]
    return shown(row, placed, placed.document, found.seen.as_of)


def alone(actor: Actor, row: Finding) -> FindingShown:
    """A finding by itself, after something was decided about it."""
    return shown(row, None, shown_to(row.document, access.sight(actor)), row.last_seen)


def detector(name: str, seen: tuple[int, int], found: Precision, planted: tuple[int, int] | None) -> DetectorShown:
    """One detector's record."""
    right, n = planted or (None, None)
    return DetectorShown(
        name, seen[0], seen[1], found.right, found.n, found.value, found.low, found.high, found.muted, right, n
    )
