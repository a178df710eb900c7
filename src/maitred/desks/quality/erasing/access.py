"""The rows of quality that speak of one person, for an erasure of that person and nothing else."""

from __future__ import annotations

from django.db.models import Q

from maitred.desks.quality.models import Contest, Draw, Edition, Review, Session, Told


def about(person: int) -> list[Review]:
    """Reviews of somebody's work."""
    return list(Review._base_manager.filter(about=person).order_by("pk"))


def by(person: int) -> list[Review]:
    """Reviews that somebody made of others' work."""
    return list(Review._base_manager.filter(reviewer=person).exclude(about=person).order_by("pk"))


def contests(person: int) -> list[Contest]:
    """Contests of reviews of somebody's work, and those that they settled."""
    rows = Contest._base_manager.select_related("review")
    return list(rows.filter(Q(review__about=person) | Q(settled_by=person)).order_by("pk"))


def told(person: int) -> list[Told]:
    """That somebody was told of reviews."""
    return list(Told._base_manager.filter(review__about=person).order_by("pk"))


def made(person: int) -> list[Draw | Session]:
    """Draws and calibrations that somebody made."""
    draws, sessions = Draw._base_manager, Session._base_manager
    return [*draws.filter(made_by=person).order_by("pk"), *sessions.filter(made_by=person).order_by("pk")]


def published(person: int) -> list[Edition]:
    """Versions of scorecards that somebody published."""
    return list(Edition._base_manager.filter(published_by=person).order_by("pk"))
