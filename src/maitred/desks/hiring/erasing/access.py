"""The rows of hiring that speak of one person, for an erasure of that person and nothing else."""

from __future__ import annotations

from maitred.desks.hiring.models import (
    Candidate,
    Hire,
    Interest,
    Interview,
    Need,
    Objection,
    Offer,
    Outreach,
    Requisition,
    Scorecard,
    StageEvent,
    ToldBefore,
)
from maitred.kit.audit.records import Record


def steps(candidate: Candidate) -> list[StageEvent]:
    """Every step of a candidate."""
    return list(StageEvent._base_manager.select_related("candidate").filter(candidate=candidate).order_by("pk"))


def scorecards(candidate: Candidate) -> list[Scorecard]:
    """What interviewers wrote of a candidate."""
    rows = Scorecard._base_manager.select_related("interview__candidate").filter(interview__candidate=candidate)
    return list(rows.order_by("pk"))


def interviews(candidate: Candidate) -> list[Interview]:
    """Interviews of a candidate."""
    return list(Interview._base_manager.select_related("candidate").filter(candidate=candidate).order_by("pk"))


def offers(candidate: Candidate) -> list[Offer]:
    """Offers to a candidate."""
    return list(Offer._base_manager.select_related("candidate").filter(candidate=candidate).order_by("pk"))


def letters(candidate: Candidate) -> list[Outreach]:
    """Letters to a candidate."""
    return list(Outreach._base_manager.select_related("candidate").filter(candidate=candidate).order_by("pk"))


def objections(candidate: Candidate) -> list[Objection]:
    """What a candidate asked for."""
    return list(Objection._base_manager.select_related("candidate").filter(candidate=candidate).order_by("pk"))


def interests(candidate: Candidate) -> list[Interest]:
    """Who is too near to a candidate, with the words about it."""
    return list(Interest._base_manager.select_related("candidate").filter(candidate=candidate).order_by("pk"))


def near(person: int) -> list[Interest]:
    """Candidates to whom somebody of the house is too near."""
    return list(Interest._base_manager.select_related("candidate").filter(person=person).order_by("pk"))


def sat(person: int) -> list[Scorecard]:
    """Scorecards of somebody of the house."""
    rows = Scorecard._base_manager.select_related("interview__candidate").filter(person=person)
    return list(rows.order_by("pk"))


def hires(person: int) -> list[Hire]:
    """The hire by which somebody came into the house."""
    return list(Hire._base_manager.filter(person=person).order_by("pk"))


_DONE: tuple[tuple[type[Record], tuple[str, ...]], ...] = (
    (Need, ("author",)), (Requisition, ("author", "approver")), (StageEvent, ("by",)), (ToldBefore, ("by",)),
    (Interview, ("by", "debriefed_by")), (Offer, ("author", "approver")), (Hire, ("by",)), (Outreach, ("by",)),
    (Objection, ("settled_by",)),
)  # fmt: skip


def done_by(person: int) -> list[tuple[Record, str]]:
    """What somebody of the house did here: rows, each with the column that names them."""
    return [
        (row, name) for model, names in _DONE for name in names
        for row in model._base_manager.filter(**{name: person}).order_by("pk")
    ]  # fmt: skip
