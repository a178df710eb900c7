"""What the pages share: the reader, refusals, the zone, the tabs, the address of a person's page."""

from __future__ import annotations

from typing import Any, cast
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maitred.base.errors import Conflict, Denied, Invalid, MaitredError, NotFound
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.reading import reading

REFUSALS = (Conflict, Denied, Invalid, NotFound)
TABS: list[tuple[str, str | Promise, bool]] = [
    ("training", _("What is open"), False),
    ("training_matrix", _("Skills"), False),
    ("training_gaps", _("Gaps"), True),
    ("training_courses", _("Courses"), False),
    ("training_wave_plans", _("Waves"), True),
    ("training_paths", _("Paths"), False),
    ("training_practice", _("Practice"), False),
    ("training_ramp", _("Starters"), True),
    ("training_import", _("Read a list in"), True),
]
"""Address, name, and whether it is for those who lead alone."""


def actor_of(request: HttpRequest) -> Actor:
    """Who reads."""
    return cast(Actor, request.actor)  # type: ignore[attr-defined]


def leads(actor: Actor) -> bool:
    """Whether an actor writes courses and gives them to people."""
    return reach(actor, Right.TRAINING_LEAD) is not Reach.NONE


def tabs(actor: Actor, here: str) -> list[dict[str, Any]]:
    """The pages of the desk for a reader."""
    leading = leads(actor)
    return [{"href": reverse(name), "label": label, "here": name == here}
            for name, label, lead in TABS if leading or not lead]  # fmt: skip


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
