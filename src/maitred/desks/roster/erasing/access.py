"""The rows of the roster that speak of one person, for an erasure of that person and nothing else."""

from __future__ import annotations

from maitred.desks.roster.models import Leave, OfPerson, Share, SharedMark, SkillHeld, WorkingTime


def about(person: int) -> list[OfPerson]:
    """Shares, skills, working time, leave and the mark of a shared account."""
    models: tuple[type[OfPerson], ...] = (Share, SkillHeld, WorkingTime, Leave, SharedMark)
    return [row for model in models for row in model._base_manager.filter(person=person).order_by("pk")]
