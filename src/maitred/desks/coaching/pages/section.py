"""Coaching on the page of a person: last and next one-to-one, open steps, plans and how they turned out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from maitred.base.errors import MaitredError
from maitred.desks.coaching.pages import home, shared
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.pages.person import Section, Subject, register
from maitred.kit.verbs import run

_MOST = 5


def register_section() -> None:
    """Put the section on the page."""
    register(Section("coaching", 70, _("Coaching"), "coaching/parts/section.html", made, Right.COACHING_READ))


def made(request: HttpRequest, subject: Subject) -> Mapping[str, Any] | None:
    """What the reader may see of it; None where the person is out of reach."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    given = {"person": subject.id, "limit": _MOST}
    try:
        talks = run("coaching.one_to_ones", actor, given).items
        plans = run("coaching.plans", actor, given).items
    except MaitredError:
        return None
    zone = shared.zone()
    return {
        "talks": [home.talk_row(one, zone) for one in talks],
        "plans": [home.plan_row(one) for one in plans],
        "href": reverse("coaching_person", args=[subject.id]),
        "plan_talk": f"{reverse('coaching_plan_talk')}?person={subject.id}"
        if shared.leads(actor) and not subject.own else "",
    }  # fmt: skip
