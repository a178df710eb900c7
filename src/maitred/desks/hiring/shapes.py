"""What the verbs of needs, requisitions and candidates take and answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from maitred.kit.verbs import Names
from maitred.kit.verbs.words import LARGEST

_Id = Field(ge=1, le=LARGEST)
NeedId = Annotated[int, Names("hiring-need"), _Id]
RequisitionId = Annotated[int, Names("requisition"), _Id]
CandidateId = Annotated[int, Names("candidate"), _Id]
InterviewId = Annotated[int, Names("interview"), _Id]
ScorecardId = Annotated[int, Names("interview-scorecard"), _Id]
OfferId = Annotated[int, Names("offer"), _Id]
TemplateId = Annotated[int, Names("outreach-template"), _Id]
OutreachId = Annotated[int, Names("outreach"), _Id]
ObjectionId = Annotated[int, Names("candidate-objection"), _Id]
OtherId = Annotated[int, _Id]
ProfileKey = Annotated[int, Field(ge=1, le=2**63 - 1)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Site = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4_000)]
RoleName = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^[a-z_]+\.?[A-Za-z0-9_.:\-]*$", max_length=60)
]
Reference = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)]
Headcount = Annotated[int, Field(ge=1, le=500)]
Gap = Annotated[float, Field(ge=-1_000_000, le=1_000_000, allow_inf_nan=False)]
Money = Annotated[int, Field(ge=0, le=LARGEST)]
Currency = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Z]{3}$")]
PayUnit = Literal["year", "month", "week", "day", "hour"]
NeedReason = Literal["gap", "replacement", "new_skill", "exception"]
NeedState = Literal["open", "withdrawn"]
RequisitionState = Literal["waiting", "approved", "sent_back", "withdrawn"]
Basis = Literal["applicant", "talent_pool", "referral", "employee", "licensed", "synthetic"]
Stage = Literal[
    "found", "applied", "shortlisted", "interview", "offer", "hired", "not_picked", "rejected", "withdrawn"
]  # fmt: skip
PickReason = Literal["evidence", "experience", "skills", "internal_move", "referral", "other"]
PassReason = Literal["must_missing", "evidence_missing", "experience", "place", "pay", "chose_others", "other"]
RejectReason = Literal["must_missing", "interview_evidence", "chose_others", "pay", "place", "role_closed", "other"]
WithdrawReason = Literal["other_offer", "pay", "place", "no_interest", "no_answer", "asked_to", "other"]


@dataclass(frozen=True, slots=True)
class Alternative:
    """What was weighed instead of hiring, and what came of it."""

    kind: Literal["overtime", "cross_training", "deflection", "shifts", "temporary_help", "other"]
    weighed: Sentence


Alternatives = Annotated[tuple[Alternative, ...], Field(max_length=10)]


@dataclass(frozen=True, slots=True)
class ScreeningQuestion:
    """A question to everybody who applies; people read the answers, and none ends anything by itself."""

    key: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,30}$")]
    text: Sentence


Screening = Annotated[tuple[ScreeningQuestion, ...], Field(max_length=12)]


@dataclass(frozen=True, slots=True)
class NeedShown:
    """A need; the gap carries its 80 % interval. ``asked`` counts people in requisitions, ``hired`` those found.

    ``short`` is what is left of the headcount.
    """

    id: int
    title: str
    team: int | None
    team_name: str
    reason: str
    why: str
    forecast: str
    finding: str
    gap: float | None
    gap_low: float | None
    gap_high: float | None
    gap_unit: str
    headcount: int
    by: date
    alternatives: tuple[Alternative, ...]
    state: str
    author: str
    closed_why: str
    asked: int
    hired: int
    short: int
    requisitions: tuple[int, ...]
    version: int


@dataclass(frozen=True, slots=True)
class StageCount:
    """How many candidates stand at a stage."""

    stage: str
    n: int


@dataclass(frozen=True, slots=True)
class RequisitionShown:
    """A requisition; ``begin_by`` is the day on which the search has to begin so that the need is met.

    ``state`` says ``filled`` for an approved one whose headcount was hired. ``notice_from`` is the first day on which a
    ranking may be used where candidates have to be told before; empty where none was told yet. ``mine`` says that the
    reader wrote it, so that somebody else approves it.
    """

    id: int
    need: int
    need_title: str
    need_by: date
    title: str
    role: str
    site: str
    remote_areas: str
    headcount: int
    pay_min: int
    pay_max: int
    currency: str
    pay_unit: str
    ramp_weeks: int
    days_to_hire: int
    begin_by: date
    late: bool
    screening: tuple[ScreeningQuestion, ...]
    notice_needed: bool
    notice_from: date | None
    state: str
    author: str
    mine: bool
    approver: str
    approved_at: datetime | None
    closed_why: str
    stages: tuple[StageCount, ...]
    hired: int
    version: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How many stand where, over all requisitions that are open; nobody's name, no single decision."""

    needs: int
    people_needed: int
    requisitions: int
    waiting: int
    stages: tuple[StageCount, ...]
    hired_in_year: int


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a candidate, by a person."""

    at: datetime
    before: str
    after: str
    reason: str
    words: str
    by: str


@dataclass(frozen=True, slots=True)
class CandidateListed:
    """A candidate by code; names are shown on request, and each look is kept. ``days`` is the time at this stage."""

    id: int
    code: str
    requisition: int
    title: str
    stage: str
    since: datetime
    days: int
    basis: str
    source: str
    place: int | None
    score: int | None
    version: int


@dataclass(frozen=True, slots=True)
class InterestShown:
    """Somebody who does not decide about a candidate."""

    person: int
    name: str
    words: str


@dataclass(frozen=True, slots=True)
class ObjectionShown:
    """What a candidate asked for, until when it is answered, and the answer."""

    id: int
    candidate: int
    code: str
    about: str
    words: str
    due_on: date
    state: str
    answer: str
    version: int


@dataclass(frozen=True, slots=True)
class CandidateShown:
    """A candidate with every step; ``decides`` says whether the reader may decide, ``why_not`` why they may not.

    ``profile`` is empty once they were erased. ``interviews``, ``offers`` and ``letters`` are ids.
    """

    candidate: CandidateListed
    profile: int | None
    search: str
    steps: tuple[Step, ...]
    questions: tuple[ScreeningQuestion, ...]
    answers: dict[str, str]
    interests: tuple[InterestShown, ...]
    objections: tuple[ObjectionShown, ...]
    interviews: tuple[int, ...]
    offers: tuple[int, ...]
    letters: tuple[int, ...]
    decides: bool
    why_not: str


@dataclass(frozen=True, slots=True)
class CandidateNamed:
    """Name and contact of a candidate, from the vault; each look is kept in the audit log."""

    id: int
    code: str
    name: Any
    email: Any


@dataclass(frozen=True, slots=True)
class NoticeShown:
    """That candidates are told of the ranking, and from which day on it may be used."""

    id: int
    requisition: int
    told_on: date
    usable_from: date
    where: str
    qualities: str
    other_way: str
    by: str
