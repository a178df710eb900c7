"""What the verbs around a candidate's own page answer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OwnLink:
    """The address of a candidate's own page; empty once they were erased."""

    candidate: int
    code: str
    url: str
