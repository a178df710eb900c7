"""Which interventions an actor reaches, and all of them as facts."""

from __future__ import annotations

from django.db.models import QuerySet

from maitred.kit.access import belonging
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.interventions.models import Registered


def visible_interventions(actor: Actor, right: Right = Right.INTERVENTIONS_READ) -> QuerySet[Registered]:
    """Interventions within reach. What was done with one person is for those who lead them, however far one reaches."""
    rows = belonging.within(Registered._base_manager.all(), actor, right, person="person_id", team="team_id")
    if actor.operator or reach(actor, right) is not Reach.ALL:
        return rows
    return rows.exclude(kind="coaching").exclude(desk="training")


def access_intervention(actor: Actor, intervention: int, right: Right = Right.INTERVENTIONS_READ) -> Registered:
    """One intervention within reach."""
    return belonging.one(visible_interventions(actor, right), intervention, "intervention")


def every_intervention() -> QuerySet[Registered]:
    """All of them, for the facts that insight reads."""
    return Registered._base_manager.order_by("pk")


def running(person: int) -> QuerySet[Registered]:
    """What a person has started and not ended."""
    return Registered._base_manager.filter(person=person, end__isnull=True).order_by("start", "pk")
