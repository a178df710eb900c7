"""What the verbs of quality take and answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from maitred.desks.quality.published import PublishedScore
from maitred.kit.verbs import Names
from maitred.kit.verbs.words import LARGEST

_Id = Field(ge=1, le=LARGEST)
ScorecardId = Annotated[int, Names("scorecard"), _Id]
CardId = Annotated[int, _Id]
"""A scorecard that something is done with, where it is not the scorecard that is shown or changed."""
DrawId = Annotated[int, Names("draw"), _Id]
ReviewId = Annotated[int, Names("review"), _Id]
ContestId = Annotated[int, Names("contest"), _Id]
CalibrationId = Annotated[int, Names("calibration"), _Id]
CheckId = Annotated[int, Names("check"), _Id]
PersonId = Annotated[int, _Id]
TeamId = Annotated[int, _Id]
Number = Annotated[int, Field(ge=1, le=100_000)]
Key = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4_000)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Source = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Ticket = Annotated[str, StringConstraints(min_length=1, max_length=120)]
Value = Annotated[float | Literal["yes", "no", "na"], Field(union_mode="left_to_right")]
"""An item's answer: a number on its scale, ``yes``, ``no``, or ``na`` for not applicable."""


# ---------------------------------------------------------------- scorecards


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a value of a scale stands for."""

    value: Annotated[float, Field(ge=-1_000, le=1_000)]
    label: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


@dataclass(frozen=True, slots=True)
class ItemGiven:
    """One item of a scorecard. ``minimum`` and ``maximum`` belong to a scale; ``yes_no`` is 0 or 1."""

    key: Key
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    kind: Literal["scale", "yes_no"]
    weight: Annotated[float, Field(ge=0, le=100)]
    description: Text = ""
    minimum: Annotated[float, Field(ge=-1_000, le=1_000)] = 0.0
    maximum: Annotated[float, Field(ge=-1_000, le=1_000)] = 1.0
    anchors: Annotated[tuple[Anchor, ...], Field(max_length=11)] = ()
    critical: bool = False
    allows_na: bool = False
    needs_evidence: bool = False
    source: Literal["human", "automatic"] = "human"


Items = Annotated[tuple[ItemGiven, ...], Field(max_length=60)]


@dataclass(frozen=True, slots=True)
class EditionListed:
    """One version of a scorecard."""

    number: int
    state: str
    published_at: datetime | None
    reviews: int


@dataclass(frozen=True, slots=True)
class ScorecardListed:
    """A scorecard; ``published`` is the number of the version in force, ``draft`` that of the one being written."""

    id: int
    name: str
    description: str
    published: int | None
    draft: int | None
    retired: bool
    version: int


@dataclass(frozen=True, slots=True)
class Scorecards:
    """Scorecards by name."""

    scorecards: tuple[ScorecardListed, ...]


@dataclass(frozen=True, slots=True)
class ScorecardShown:
    """A scorecard with the items of one version.

    ``weights`` is their sum; ``problems`` say what stands against publishing it. ``version`` goes back with the next
    change of this edition, ``card_version`` with retiring the scorecard.
    """

    id: int
    name: str
    description: str
    retired: bool
    number: int
    state: str
    items: tuple[ItemGiven, ...]
    weights: float
    problems: tuple[Mapping[str, str], ...]
    published_at: datetime | None
    editions: tuple[EditionListed, ...]
    card_version: int
    version: int


# ---------------------------------------------------------------- draws


@dataclass(frozen=True, slots=True)
class Stratum:
    """One stratum of a draw: how many tickets it holds, how many are drawn, with which chance each."""

    name: str
    tickets: int
    drawn: int
    probability: float


@dataclass(frozen=True, slots=True)
class Load:
    """How many reviews a reviewer has, and gets by this draw."""

    person: int
    name: str
    open: int
    new: int


@dataclass(frozen=True, slots=True)
class Pair:
    """How many reviews of somebody a reviewer gets."""

    reviewer: int
    about: int
    reviews: int


@dataclass(frozen=True, slots=True)
class NeededShown:
    """Reviews of one person that make their mean reliable; ``None`` where it cannot be told or no number does.

    ``basis`` says which spreads it is made from: ``measured`` here, or ``assumed`` where too little is reviewed yet.
    """

    reliability: float
    n: int | None
    reachable: bool
    basis: str
    agent_sd: float
    rater_sd: float
    ticket_sd: float


@dataclass(frozen=True, slots=True)
class SamplePreview:
    """What a draw would do; nothing is kept. ``fingerprint`` goes back with ``draw_sample``.

    ``without_person`` counts tickets that are left out because nobody is linked to who answered them.
    """

    kind: str
    publication: int
    candidates: int
    drawn: int
    without_person: int
    already_reviewed: int
    strata: tuple[Stratum, ...]
    loads: tuple[Load, ...]
    pairs: tuple[Pair, ...]
    people: int
    fewest_per_person: int
    most_per_person: int
    needed: NeededShown
    seed: int
    notes: tuple[str, ...]
    fingerprint: str


@dataclass(frozen=True, slots=True)
class DrawShown:
    """A draw, and how far its reviews are."""

    id: int
    kind: str
    scorecard: int
    scorecard_name: str
    number: int
    first_day: date
    last_day: date
    publication: int
    stratified_by: tuple[str, ...]
    strata: tuple[Stratum, ...]
    reason: str
    seed: int
    blind: bool
    due_at: datetime | None
    made_at: datetime
    made_by: int | None
    states: Mapping[str, int]
    version: int


@dataclass(frozen=True, slots=True)
class WorkloadRow:
    """One reviewer's work: open, overdue, submitted in the last 28 days, and how many a week that is."""

    person: int
    name: str
    assigned: int
    draft: int
    overdue: int
    submitted: int
    per_week: float
    next_due: datetime | None


@dataclass(frozen=True, slots=True)
class Workload:
    """The reviewers within reach, by name."""

    reviewers: tuple[WorkloadRow, ...]


# ---------------------------------------------------------------- reviews


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a message, to the letter (runs of spaces aside), and the message's id."""

    message: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    text: Annotated[str, StringConstraints(min_length=1, max_length=2_000)]


@dataclass(frozen=True, slots=True)
class AnswerGiven:
    """The answer to one item; a ``value`` of ``None`` takes the answer back."""

    item: Key
    value: Value | None = None
    comment: Text = ""
    quotes: Annotated[tuple[Quote, ...], Field(max_length=20)] = ()


Answers = Annotated[tuple[AnswerGiven, ...], Field(max_length=60)]


@dataclass(frozen=True, slots=True)
class ReviewListed:
    """A review in a list. ``about`` is ``None`` while it is hidden from the reviewer."""

    id: int
    kind: str
    state: str
    source: str
    ticket: str
    about: int | None
    about_name: str
    bot: bool
    reviewer: int | None
    reviewer_name: str
    scorecard_name: str
    number: int
    draw: int | None
    calibration: int | None
    score: float | None
    due_at: datetime | None
    submitted_at: datetime | None
    sent_at: datetime | None
    acknowledged_at: datetime | None
    contested: bool
    why: str
    version: int


@dataclass(frozen=True, slots=True)
class MyReviews:
    """What waits for one: reviews to make (the next due first), and feedback to read."""

    to_review: tuple[ReviewListed, ...]
    to_read: tuple[ReviewListed, ...]
    submitted: int


@dataclass(frozen=True, slots=True)
class ContestShown:
    """A contest: what the reviewed person said, both answers, and who decided."""

    id: int
    review: int
    item: str
    title: str
    about: int
    about_name: str
    reason: str
    state: str
    before: AnswerGiven | None
    after: AnswerGiven | None
    score_before: float | None
    score_after: float | None
    settled_by: int | None
    settled_at: datetime | None
    verdict: str
    opened_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Contests:
    """Contests within reach, open ones first."""

    contests: tuple[ContestShown, ...]


@dataclass(frozen=True, slots=True)
class ItemScore:
    """What an answer is worth, 0 to 100; ``None`` where it is not applicable or not answered."""

    item: str
    value: float | None


@dataclass(frozen=True, slots=True)
class ReviewShown:
    """One review: its items with the answers so far and what they come to.

    ``missing`` are items without an answer, ``lacking`` those that need a quote and have none. ``score`` is that of the
    answers so far until it is submitted. ``gone`` says why its ticket can no longer be reviewed. ``editable`` says
    whether the reader may answer, ``undo_until`` until when the reviewer may take it back.
    ``place`` of ``of`` is where it stands among the reviews that the reviewer got by its draw; ``next`` is the next.
    """

    id: int
    kind: str
    state: str
    source: str
    ticket: str
    about: int | None
    about_name: str
    bot: bool
    reviewer: int | None
    reviewer_name: str
    blind: bool
    scorecard: int
    scorecard_name: str
    number: int
    items: tuple[ItemGiven, ...]
    answers: tuple[AnswerGiven, ...]
    values: tuple[ItemScore, ...]
    comment: str
    flagged: bool
    missing: tuple[str, ...]
    lacking: tuple[str, ...]
    score: float | None
    failed: tuple[str, ...]
    draw: int | None
    drawn_for: str
    stratum: str
    probability: float | None
    calibration: int | None
    due_at: datetime | None
    submitted_at: datetime | None
    undo_until: datetime | None
    sent_at: datetime | None
    acknowledged_at: datetime | None
    acknowledgement: str
    contests: tuple[ContestShown, ...]
    why: str
    gone: str
    editable: bool
    place: int
    of: int
    next: int | None
    saved_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Line:
    """One message of the reviewed conversation; ``author`` of a blind review is ``agent A`` and so on."""

    id: str
    at: str | None
    author: Any
    author_type: str
    public: bool
    text: Any


@dataclass(frozen=True, slots=True)
class ReviewedConversation:
    """The conversation of a review's ticket, with its clocks; names hidden where the review is blind."""

    review: int
    source: str
    ticket: str
    subject: str | None
    status: str | None
    channel: str | None
    created_at: str | None
    messages: tuple[Line, ...]
    clocks: Mapping[str, Any]
    more: bool
    gone: str


# ---------------------------------------------------------------- calibration


@dataclass(frozen=True, slots=True)
class TicketGiven:
    """A ticket of a source."""

    source: Source
    ticket: Ticket


@dataclass(frozen=True, slots=True)
class ItemAgreement:
    """Krippendorff's alpha of one item; ``None`` where it cannot be told."""

    item: str
    title: str
    alpha: float | None
    low: float | None
    high: float | None
    units: int
    values: int
    verdict: str


@dataclass(frozen=True, slots=True)
class Severity:
    """How much lower (-) or higher (+) a reviewer scores than the others on the same tickets, in points of 100."""

    reviewer: int
    name: str
    reviews: int
    shift: float | None
    low: float | None
    high: float | None
    verdict: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What one reviewer gave to one ticket, once the session is over."""

    source: str
    ticket: str
    reviewer: int
    review: int
    score: float | None
    answers: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Drift:
    """Alpha now against the session before: ``better``, ``worse``, ``no real change`` or ``cannot tell``."""

    item: str
    before: float | None
    now: float | None
    change: float | None
    low: float | None
    high: float | None
    verdict: str


@dataclass(frozen=True, slots=True)
class CalibrationListed:
    """A session and how many of its reviews are in."""

    id: int
    name: str
    state: str
    scorecard_name: str
    number: int
    tickets: int
    reviewers: int
    submitted: int
    reviews: int
    closes_at: datetime | None
    closed_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class Calibrations:
    """Sessions, the newest first."""

    calibrations: tuple[CalibrationListed, ...]


@dataclass(frozen=True, slots=True)
class CalibrationShown:
    """A session. Until it is closed nobody sees the others' answers: ``agreement`` and the rest are empty."""

    id: int
    name: str
    state: str
    scorecard: int
    scorecard_name: str
    number: int
    tickets: tuple[TicketGiven, ...]
    progress: tuple[WorkloadRow, ...]
    closes_at: datetime | None
    closed_at: datetime | None
    agreement: tuple[ItemAgreement, ...]
    overall: ItemAgreement | None
    severity: tuple[Severity, ...]
    judged: tuple[Judged, ...]
    drift: tuple[Drift, ...]
    compared_with: int | None
    version: int


# ---------------------------------------------------------------- figures


@dataclass(frozen=True, slots=True)
class IqsRow:
    """The internal quality score of somebody, a team or the whole, 0 to 100, from reviews drawn at random.

    ``value`` is the plain mean of reviews with ``low`` to ``high``; ``weighted`` weighs each by its chance to be drawn
    (``effective_n`` says how many equally likely reviews that is worth). ``adjusted`` takes the reviewers' severity out
    and shrinks towards the team. ``reliability`` is that of ``value`` as a measure of the person; ``verdict`` is
    ``ok``, ``too few to judge a person``, ``cannot tell`` or ``not enough data`` (with ``needed``). ``published`` is
    what the metric ``iqs`` says at the newest publication; of a team, about the tickets of its helpdesk groups.
    """

    key: str
    name: str
    person: int | None
    team: int | None
    bot: bool
    n: int
    reviewers: int
    value: float | None
    low: float | None
    high: float | None
    weighted: float | None
    weighted_low: float | None
    weighted_high: float | None
    effective_n: float | None
    adjusted: float | None
    adjusted_low: float | None
    adjusted_high: float | None
    reliability: float | None
    reliability_low: float | None
    reliability_high: float | None
    verdict: str
    sentence: str
    needed: int | None
    published: PublishedScore | None = None


@dataclass(frozen=True, slots=True)
class Spreads:
    """Standard deviations of people, reviewers and tickets with their intervals; ``None`` where they cannot be told."""

    agent: float | None
    agent_low: float | None
    agent_high: float | None
    rater: float | None
    rater_low: float | None
    rater_high: float | None
    ticket: float | None
    reviews: int
    people: int
    reviewers: int
    why: str


@dataclass(frozen=True, slots=True)
class IqsShown:
    """Scores by ``by``, in the order of names: no rank.

    ``groups`` are sets of rows within which nobody can be told apart from anybody (keys of rows; only by person).
    ``hidden`` counts rows that are not shown because too few people stand behind them.
    ``left_out`` counts reviews that are not part of any score, by kind or state.
    """

    by: str
    first_day: date
    last_day: date
    rows: tuple[IqsRow, ...]
    spreads: Spreads
    needed: NeededShown
    groups: tuple[tuple[str, ...], ...]
    severity: tuple[Severity, ...]
    left_out: Mapping[str, int]
    hidden: int
    notes: tuple[str, ...]


# ---------------------------------------------------------------- checks


@dataclass(frozen=True, slots=True)
class Kappa:
    """Agreement beyond chance with its interval; ``None`` where it cannot be told."""

    value: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, slots=True)
class CheckShown:
    """An automatic check, beside how people agree on the same item; ``why`` says what keeps it from being verified."""

    id: int
    key: str
    title: str
    kind: str
    rule: Mapping[str, Any]
    enabled: bool
    answered: int
    prevalence: float | None
    machine_human: Kappa
    human_human: Kappa
    double_scored: int
    newest: datetime | None
    state: str
    why: str
    version: int


@dataclass(frozen=True, slots=True)
class Checks:
    """Automatic checks by key."""

    checks: tuple[CheckShown, ...]
