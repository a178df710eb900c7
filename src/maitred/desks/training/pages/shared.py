"""What the pages share: the reader, refusals, the zone, the address of a person's page."""

from __future__ import annotations

from typing import cast
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from maitred.base.errors import Conflict, Denied, Invalid, MaitredError, NotFound
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.reading import reading

REFUSALS = (Conflict, Denied, Invalid, NotFound)


def actor_of(request: HttpRequest) -> Actor:
    """Who reads."""
    return cast(Actor, request.actor)  # type: ignore[attr-defined]


def leads(actor: Actor) -> bool:
    """Whether an actor writes courses and gives them to people."""
    return reach(actor, Right.TRAINING_LEAD) is not Reach.NONE


def zone() -> ZoneInfo:
    """The organisation's zone; UTC before anything was published."""
    try:
        with reading() as found:
            return found.zone
    except MaitredError:
        return ZoneInfo("UTC")


def person_page(person: int) -> str:
    """The page of a person, where the desk that has it is there."""
    try:
        return reverse("person", args=[person])
    except NoReverseMatch:
        return ""
