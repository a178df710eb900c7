"""Training on the page of a person: what is open, late and done, the path they are on, what other systems say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from maitred.base.errors import MaitredError
from maitred.desks.training.pages import home, shared, wording
from maitred.kit.access.rights import Right
from maitred.kit.pages import words
from maitred.kit.pages.person import Section, Subject, register
from maitred.kit.verbs import run

_MOST = 5


def register_section() -> None:
    """Put the section on the page."""
    register(Section("training", 80, _("Training"), "training/parts/section.html", made, Right.TRAINING_READ))


def made(request: HttpRequest, subject: Subject) -> Mapping[str, Any] | None:
    """What the reader may see of it; None where the person is out of reach."""
    actor = shared.actor_of(request)
    given = {"person": subject.id, "limit": _MOST}
    try:
        rows = run("training.assignments", actor, given).items
        records = run("training.records", actor, given).items
        on = run("training.paths", actor, {"person": subject.id}).enrolments
    except MaitredError:
        return None
    return {
        "rows": [home.row(one) for one in rows], "running": [home.enrolment_row(one) for one in on],
        "records": [{"one": one, "outcome": wording.OUTCOMES[one.outcome], "day": words.day(one.at.date())}
                    for one in records],
        "assign": f"{reverse('training_assign')}?{urlencode({'person': subject.id})}"
        if shared.leads(actor) and not subject.own else "",
    }  # fmt: skip
