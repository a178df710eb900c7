"""Whose start is looked at: the people whom one leads, and those who were led and have left."""

from __future__ import annotations

from maitred.desks.training import access as training
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.people import access as directory
from maitred.people.models import Membership


def followed(actor: Actor) -> dict[int, int]:
    """People within reach, also those who left, with the team they are in or were in last."""
    rows = directory.visible_people(actor, Right.TRAINING_LEAD).filter(kind="human")
    keys = list(rows.values_list("pk", flat=True))
    found = dict.fromkeys(keys, 0)
    places = Membership._base_manager.filter(person__in=keys, leads=False).order_by("valid_from", "-pk")
    found.update(places.values_list("person", "team"))
    return found


def users_of(people: dict[int, int]) -> dict[tuple[str, str], int]:
    """Helpdesk users of people that one has reached."""
    return training.helpdesk_users(people)
