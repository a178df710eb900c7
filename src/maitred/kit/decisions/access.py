"""Which decisions an actor reaches."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from maitred.kit.access import belonging
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.decisions.models import Decision


def visible_decisions(actor: Actor, right: Right = Right.DECISIONS_READ) -> QuerySet[Decision]:
    """Decisions within reach."""
    return belonging.within(Decision._base_manager.all(), actor, right, person="person_id", team="team_id")


def access_decision(actor: Actor, decision: int, right: Right = Right.DECISIONS_READ) -> Decision:
    """One decision within reach."""
    return belonging.one(visible_decisions(actor, right), decision, "decision")


def due_decisions(person: int, day: date) -> QuerySet[Decision]:
    """A person's decisions whose review date has come and that have no verdict."""
    rows = Decision._base_manager.filter(person=person, verdict="", review_on__lte=day)
    return rows.order_by("review_on", "pk")
