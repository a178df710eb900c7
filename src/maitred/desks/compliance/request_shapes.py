"""What the verbs of data subjects' requests take and answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from maitred.desks.compliance.shapes import ClockShown

Kind = Literal[
    "access", "rectification", "erasure", "restriction", "portability", "objection", "no_automated_decision"
]  # fmt: skip
Method = Literal["signed_in", "known_address", "questions", "document_seen", "representative"]
State = Literal["open", "received", "verified", "fulfilled", "refused"]
Where = Literal["EU", "GB"]


@dataclass(frozen=True, slots=True)
class RequestRaised:
    """What whoever wrote a request down is told."""

    id: int
    reference: str
    due_at: datetime | None
    packs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RequestShown:
    """A request with its clocks. Whose it is, is shown to handlers alone; ``recipients`` were told of what was done."""

    id: int
    reference: str
    kind: str
    article: str
    state: str
    channel: str
    received_at: datetime
    subject_name: str
    subject_contact: str
    wants: str
    method: str
    proved: bool | None
    extended: bool
    answer: str
    recipients: tuple[str, ...]
    clocks: tuple[ClockShown, ...]
    unreviewed: tuple[str, ...]
    handles: bool
    version: int
