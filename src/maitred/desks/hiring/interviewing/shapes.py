"""What the verbs of interviews take and answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from maitred.desks.hiring.interviewing.kits import Competency
from maitred.desks.hiring.shapes import OtherId

Panel = Annotated[list[OtherId], Field(min_length=1, max_length=8)]
Minutes = Annotated[int, Field(ge=5, le=480)]
When = AwareDatetime
Recommendation = Literal["strong_no", "no", "yes", "strong_yes"]
InterviewState = Literal["planned", "debriefed", "cancelled"]


@dataclass(frozen=True, slots=True)
class ScoreGiven:
    """A score for one competency from 1 to 5, with what was said that shows it."""

    competency: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
    value: Annotated[int, Field(ge=1, le=5)]
    evidence: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1_000)] = ""


Scores = Annotated[tuple[ScoreGiven, ...], Field(max_length=20)]


@dataclass(frozen=True, slots=True)
class AgreementShown:
    """How far a panel agrees: Krippendorff's alpha of the scores, with its 95 % interval.

    ``n`` counts competencies that two or more scored, ``scores`` the scores in them. ``alpha`` is empty where scores do
    not differ, or come alone.
    """

    alpha: float | None
    low: float | None
    high: float | None
    n: int
    scores: int


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody on the panel; ``sent`` says that their scorecard is in, and nothing of what it says."""

    person: int
    name: str
    sent: bool


@dataclass(frozen=True, slots=True)
class ScorecardShown:
    """A scorecard with its scores, in the order of the kit."""

    id: int
    person: int
    name: str
    scores: tuple[ScoreGiven, ...]
    recommendation: str
    words: str
    sent_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class InterviewShown:
    """An interview. ``mine`` is the reader's own scorecard; those of others are in the debrief, once all are sent.

    ``debrief`` says whether it is open: all of the panel have sent theirs.
    """

    id: int
    candidate: int
    code: str
    requisition: int
    title: str
    role: str
    starts_at: datetime
    minutes: int
    state: str
    competencies: tuple[Competency, ...]
    panel: tuple[Seat, ...]
    mine: ScorecardShown | None
    debrief: bool
    version: int


@dataclass(frozen=True, slots=True)
class InterviewListed:
    """An interview in a list; ``waits``: the reader still has to send a scorecard; ``late``: it is over."""

    id: int
    candidate: int
    code: str
    title: str
    starts_at: datetime
    state: str
    sent: int
    seats: int
    waits: bool
    late: bool


@dataclass(frozen=True, slots=True)
class Debrief:
    """All scorecards beside each other, whether the panel agrees, here and over the requisition, and what was decided.

    There is no mean of scores and no order of candidates: people read the evidence and decide.
    """

    interview: InterviewShown
    scorecards: tuple[ScorecardShown, ...]
    here: AgreementShown
    requisition: AgreementShown
    summary: str
    debriefed_at: datetime | None
    debriefed_by: str


@dataclass(frozen=True, slots=True)
class KitShown:
    """What everybody is asked for a role."""

    role: str
    family: str
    competencies: tuple[Competency, ...]
