"""What the verbs of letters take and answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import StringConstraints

Subject = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=150, pattern=r"^[^\r\n]*$")]
Body = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4_000)]
LetterState = Literal["draft", "sent", "discarded"]


@dataclass(frozen=True, slots=True)
class TemplateShown:
    """A template with its places to fill."""

    id: int
    title: str
    subject_line: str
    body: str
    retired: bool
    version: int


@dataclass(frozen=True, slots=True)
class Templates:
    """Templates by title."""

    templates: tuple[TemplateShown, ...]


@dataclass(frozen=True, slots=True)
class LetterShown:
    """A letter to a candidate. ``footer`` is added when it is sent; ``why_not`` says why it cannot be sent now."""

    id: int
    candidate: int
    code: str
    requisition: int
    title: str
    subject_line: str
    body: str
    footer: str
    state: str
    attempt: int | None
    by: str
    sent_at: datetime | None
    replied_on: date | None
    why_not: str
    version: int
