"""What the verbs of complaints take and answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from maitred.desks.compliance.models.complaints import LONG
from maitred.desks.compliance.shapes import ClockShown, DateMoved, OtherId

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONG)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1_000)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
Channel = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)]
Contact = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
TicketWord = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^:\s]{1,64}:[^\s]{1,64}$")]
TicketWords = Annotated[tuple[TicketWord, ...], Field(max_length=50)]
Links = Annotated[tuple[Annotated[str, StringConstraints(max_length=500)], ...], Field(max_length=50)]
Level = Literal["low", "medium", "high"]
Kind = Literal["general", "psd", "emd"]
Origin = Literal["button", "rule", "letter"]
Cause = Literal["people", "process", "product", "information", "system", "supplier", "policy", "unclear"]
Outcome = Literal["upheld", "partly_upheld", "rejected"]
Ending = Literal["accepted", "exhausted", "withdrawn", "silence"]
State = Literal["open", "received", "acknowledged", "assessed", "investigated", "decided", "rejected_open", "closed"]
EventName = Literal[
    "final_response.sent", "holding_response.sent", "holding_response.exceptional", "summary_resolution.sent",
    "complaint.resolved", "complaint.forwarded",
]  # fmt: skip
By = Literal["month", "cause", "product", "team"]
Regulated = bool
Jurisdiction = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^([A-Z]{2})?$")]
People = OtherId


@dataclass(frozen=True, slots=True)
class ComplaintRaised:
    """What whoever raised a complaint is told: its public reference and its first deadline."""

    id: int
    reference: str
    state: str
    received_at: datetime
    next_due_at: datetime | None
    packs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ComplaintListed:
    """A complaint in the register; ``next_due_at`` is the first open deadline."""

    id: int
    reference: str
    state: str
    kind: str
    product: str
    channel: str
    severity: str
    team: str
    owner: str
    received_at: datetime
    next_due_at: datetime | None
    overdue: bool
    tickets: int
    version: int


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the register: ``done_at`` once it was taken, ``missing`` what it still wants."""

    name: str
    clause: str
    done_at: datetime | None
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the history of a complaint."""

    event: str
    at: datetime
    note: str
    by: str


@dataclass(frozen=True, slots=True)
class ComplaintShown:
    """A complaint with its stages, clocks and history.

    Who complains is shown to handlers alone, and ``vulnerability`` by the rules of fields: others have no such key.
    ``next`` is the stage that can be taken now, empty for a closed one; ``in_conflict`` says that the reader may not.
    ``update_due_at`` is when the complainant is to hear again. ``status_line`` may be told to them.
    """

    complaint: ComplaintListed
    origin: str
    description: str
    remedy: str
    immediate_action: str
    complainant_name: str
    complainant_contact: str
    subject: str
    fee: int
    status_line: str
    update_due_at: datetime | None
    acknowledged_text: str
    safety: bool | None
    complexity: str
    impact: str
    immediate: bool | None
    vulnerability: str
    facts: str
    evidence: tuple[str, ...]
    root_cause: str
    investigator: str
    decision: str
    reasons: str
    redress: str
    alternatives: str
    recourse: str
    decision_text: str
    ending: str
    consent: bool
    stages: tuple[Stage, ...]
    clocks: tuple[ClockShown, ...]
    moved: tuple[DateMoved, ...]
    tickets: tuple[str, ...]
    history: tuple[Line, ...]
    packs: tuple[str, ...]
    unreviewed: tuple[str, ...]
    next: str
    handles: bool
    in_conflict: bool
    escalate: bool


@dataclass(frozen=True, slots=True)
class FigureShown:
    """A figure with its 95 % interval and n; ``value`` is null with fewer than ``needed``."""

    metric: str
    unit: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    needed: int
    why: str


@dataclass(frozen=True, slots=True)
class ComplaintFigures:
    """Figures of the register for a span: complaints per thousand tickets, upheld share, days to a decision."""

    since: datetime
    until: datetime
    figures: tuple[FigureShown, ...]
    open: int
    closed: int


@dataclass(frozen=True, slots=True)
class CauseRow:
    """A root cause, or a month, with how many complaints; ``share`` of all that have one, with its interval."""

    name: str
    n: int
    share: float | None
    low: float | None
    high: float | None
    upheld: int
    judged: int


@dataclass(frozen=True, slots=True)
class Causes:
    """Complaints by root cause and by month; small counts are counts, never a rank of people."""

    since: datetime
    until: datetime
    n: int
    needed: int
    causes: tuple[CauseRow, ...]
    months: tuple[CauseRow, ...]
    why: str


@dataclass(frozen=True, slots=True)
class ProposalShown:
    """A ticket that a rule takes for a complaint; a person confirms or dismisses it."""

    id: int
    source: str
    ticket: str
    rule: str
    team: str
    received_at: datetime
    state: str
    complaint: int | None
    why: str
    version: int
