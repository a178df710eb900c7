"""One thing that was looked at and what was found: the shape in which ``doctor`` and ``verify`` tell it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at.

    Attributes
    ----------
    first_bad
        The first thing found wrong (a file inside the workspace, a number); empty where nothing is.
    """

    check: str
    ok: bool
    detail: str
    first_bad: str = ""

    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {"check": self.check, "ok": self.ok, "detail": self.detail}
        return {**told, "first_bad": self.first_bad} if self.first_bad else told
