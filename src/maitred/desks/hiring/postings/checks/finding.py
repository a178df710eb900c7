"""One thing that a check found: which check, whether it stops, where, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from maitred.desks.hiring.postings.rules import Level


@dataclass(frozen=True, slots=True)
class Finding:
    """``level`` E stops publishing, ranking or keeping; W warns. ``where`` is a field, a block or a column."""

    id: str
    level: Level
    where: str
    message: str

    def told(self) -> dict[str, str]:
        """As the command line and ``lint.json`` say it."""
        return {"id": self.id, "level": self.level, "where": self.where, "message": self.message}


def errors(found: Iterable[Finding]) -> list[Finding]:
    """Those that stop."""
    return [one for one in found if one.level == "E"]
