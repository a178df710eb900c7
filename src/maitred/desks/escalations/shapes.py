"""What the verbs of cases take and answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from maitred.kit.verbs import Names
from maitred.kit.verbs.words import LARGEST

CaseId = Annotated[int, Names("escalation"), Field(ge=1, le=LARGEST)]
AlertId = Annotated[int, Names("escalation-alert"), Field(ge=1, le=LARGEST)]
InviteId = Annotated[int, Names("escalation-invite"), Field(ge=1, le=LARGEST)]
MessageId = Annotated[int, Names("escalation-message"), Field(ge=1, le=LARGEST)]
TemplateId = Annotated[int, Names("escalation-template"), Field(ge=1, le=LARGEST)]
ShiftId = Annotated[int, Names("on-call"), Field(ge=1, le=LARGEST)]
PostMortemId = Annotated[int, Names("post-mortem"), Field(ge=1, le=LARGEST)]
OtherId = Annotated[int, Field(ge=1, le=LARGEST)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
MaybeLine = Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4_000)]
MaybeWords = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4_000)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
Reference = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)]
Source = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Ticket = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Url = Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)]
Ops = Annotated[
    tuple[Annotated[str, StringConstraints(min_length=1, max_length=2_000)], ...],
    Field(min_length=1, max_length=6),
    BeforeValidator(lambda given: [given] if isinstance(given, str) else given),
]
Kind = Literal["internal", "customer"]
DeclaredBy = Literal["customer", "agent"]
Severity = Literal["low", "normal", "high", "critical"]
State = Literal["declared", "active", "resolved"]
Cause = Literal["slow", "forgotten", "wrong_answer", "product", "promise_broken", "policy", "tone", "outside", "other"]
Outcome = Literal["satisfied", "accepted", "left", "unknown"]
StepName = Literal["acknowledge", "own", "next_step", "time"]
Audience = Literal["customer", "colleague", "product", "executive"]


@dataclass(frozen=True, slots=True)
class Who:
    """A person of ours."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class CaseListed:
    """A case in a list. ``left_s`` are seconds until somebody has to have said "mine"; null once somebody did."""

    id: int
    title: str
    kind: str
    declared_by: str
    severity: str
    state: str
    customer: str
    owner: Who | None
    asked: int
    raised_at: datetime
    acknowledge_by: datetime
    left_s: int | None
    acknowledged_at: datetime | None
    next_promise: datetime | None
    late_promises: int
    tickets: int
    resolved_at: datetime | None
    cause: str
    outcome: str
    complaint: str
    version: int


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A ticket that may be escalated: by the model with its chance, or by a plain rule."""

    id: int
    source: str
    ticket: str
    rule: str
    probability: float | None
    harm: float
    reasons: tuple[str, ...]
    at: datetime
    state: str
    until: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class Board:
    """What there is now: declared, foreseen, active by time left; what was resolved lately."""

    declared: tuple[CaseListed, ...]
    foreseen: tuple[Foreseen, ...]
    active: tuple[CaseListed, ...]
    resolved: tuple[CaseListed, ...]
    more: int


@dataclass(frozen=True, slots=True)
class TicketOfCase:
    """A ticket of a case. ``there`` is ``yes``, ``gone`` (with ``why``) or ``hidden`` from this reader."""

    id: int
    source: str
    ticket: str
    there: str
    why: str
    subject: str | None
    status: str | None
    priority: str | None
    assignee: str | None


@dataclass(frozen=True, slots=True)
class PromiseShown:
    """A promise to the customer; ``version`` is that of the commitment."""

    commitment: int
    person: Who
    what: str
    due: datetime
    state: str
    late: bool
    proof: str
    version: int


@dataclass(frozen=True, slots=True)
class StepShown:
    """A step of the conflict guide: whether it was done, and what was noted."""

    step: str
    done_at: datetime | None
    note: str
    by: str


@dataclass(frozen=True, slots=True)
class InviteShown:
    """Somebody asked to help."""

    id: int
    person: Who
    question: str
    state: str
    own: bool
    version: int


@dataclass(frozen=True, slots=True)
class MessageShown:
    """A word of the communication plan."""

    id: int
    audience: str
    text: str
    due: datetime
    state: str
    told_at: datetime | None
    late: bool
    version: int


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of the customer: plan, worth (for leads), renewal, tickets of 90 days, earlier cases.

    ``tickets`` is null where the helpdesk names no account.
    """

    account: str
    plan: str | None
    revenue: float | None
    currency: str | None
    renewal: str | None
    tickets: int | None
    earlier: tuple[CaseListed, ...]


@dataclass(frozen=True, slots=True)
class CaseShown:
    """A case with everything but its timeline. ``conflict`` names who else is said to own it."""

    case: CaseListed
    what: str
    deputy: Who | None
    raised_by: Who | None
    protected: bool
    tickets: tuple[TicketOfCase, ...]
    promises: tuple[PromiseShown, ...]
    steps: tuple[StepShown, ...]
    invites: tuple[InviteShown, ...]
    messages: tuple[MessageShown, ...]
    context: Context
    conflict: tuple[str, ...]
    away: bool
    resolution: str
    issue_url: str
    issue_title: str
    post_mortem: int | None
    can_write: bool
    can_lead: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the joined timeline; ``source`` is ``case``, ``helpdesk`` or ``promise``."""

    at: datetime
    source: str
    kind: str
    who: str
    text: Any
    ticket: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """What happened, in order; ``more`` says that the oldest is left out."""

    entries: tuple[Entry, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class WritingPlanned:
    """A dry run at the helpdesk: the plan that waits to be approved there, and how many tickets it would change."""

    plan: str
    slug: str
    ready: int


@dataclass(frozen=True, slots=True)
class Raised:
    """What raising did: a new case, or an open one of the same customer that took the ticket in (``joined``)."""

    case: CaseListed
    joined: bool


@dataclass(frozen=True, slots=True)
class OfTicket:
    """Open cases that hold a ticket, as far as one may see them."""

    source: str
    ticket: str
    cases: tuple[CaseListed, ...]
