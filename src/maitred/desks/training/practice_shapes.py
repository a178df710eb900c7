"""What the verbs of practice take and answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

Source = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Ticket = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Reply = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=8_000)]
Comment = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4_000)]
ItemKey = Annotated[str, StringConstraints(max_length=60)]
Value = Annotated[float | Literal["yes", "no", "na"], Field(union_mode="left_to_right")]
ItemAnswers = Annotated[dict[ItemKey, Value], Field(max_length=60)]


@dataclass(frozen=True, slots=True)
class Turn:
    """One masked message: of the ``customer`` or of the ``team``."""

    side: str
    text: str


@dataclass(frozen=True, slots=True)
class PracticePreview:
    """A ticket as a learner would see it. Read it: masking knows the names of the ticket's people and no others."""

    source: str
    ticket: str
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class PracticeListed:
    """One practice of one person; ``state`` is ``given``, ``answered`` or ``scored``."""

    id: int
    title: str
    person: int
    name: str
    own: bool
    state: str
    score: float | None
    created_at: datetime
    leads: bool
    version: int


@dataclass(frozen=True, slots=True)
class ItemAsked:
    """An item of the scorecard with what was answered, where it is scored."""

    key: str
    title: str
    kind: str
    description: str
    minimum: float
    maximum: float
    allows_na: bool
    answer: Any


@dataclass(frozen=True, slots=True)
class PracticeShown:
    """A practice: the masked conversation, the reply, and how it was scored on which scorecard.

    ``source`` and ``ticket`` are there for whoever leads the person, and empty for the learner.
    """

    practice: PracticeListed
    turns: tuple[Turn, ...]
    reply: str
    card: str
    number: int
    items: tuple[ItemAsked, ...]
    comment: str
    scored_by: str
    source: str
    ticket: str
