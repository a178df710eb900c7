"""The entrance of training: what is late and who is behind, one's own next step, and where the gaps stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from maitred.desks.training.pages import shared, wording
from maitred.desks.training.shapes import AssignmentShown, EnrolmentShown, NextStep
from maitred.kit.access.actor import Actor
from maitred.kit.pages import words
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run

_MOST = 100


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the entrance that another page module brings: its template, and what it needs; None shows nothing.

    Its template reads what it needs as ``it``.
    """

    template: str
    make: Callable[[HttpRequest], Mapping[str, Any] | None]


PIECES: list[Piece] = []


@require_safe
def shown(request: HttpRequest) -> HttpResponse:
    """What needs somebody; for whoever leads nobody, their own steps."""
    actor = shared.actor_of(request)
    leads = shared.leads(actor)
    mine = run("training.my_training", actor, {})
    rows = run("training.assignments", actor, {"state": "open", "limit": _MOST}).items if leads else ()
    others = sorted((one for one in rows if not one.own), key=lambda one: (one.due_on, one.name))
    on = run("training.paths", actor, {}).enrolments
    running = [one for one in on if one.state == "running" and (leads or one.own)]
    context = {
        "page": Frame("training", "ok" if mine.next or others or running else "empty"),
        "title": wording.heading(mine, others, running) if leads else wording.next_step(mine),
        "nav_name": _("Training"), "tabs": shared.tabs(actor, "training"), "leads": leads,
        "mine": [step_row(one) for one in ((mine.next, *mine.steps) if mine.next else ())], "completed": mine.completed,
        "rows": [row(one) for one in others], "running": [enrolment_row(one) for one in running],
        "pieces": [(one.template, it) for one in PIECES if (it := one.make(request)) is not None],
        "done": [row(one) for one in _done(actor)] if not leads else [],
    }  # fmt: skip
    return render(request, "training/home.html", context)


def row(one: AssignmentShown) -> dict[str, Any]:
    """An assignment in a list."""
    return {
        "one": one, "course": reverse("training_course", args=[one.course]), "due": words.day(one.due_on),
        "state": wording.STATES.get(one.state, one.state), "look": wording.LOOKS.get(one.state, ""),
        "page_of": shared.person_page(one.person),
        "completed": words.day(one.completed_at.date()) if one.completed_at else "",
    }  # fmt: skip


def step_row(one: NextStep) -> dict[str, Any]:
    """A step in a list."""
    names = {"course": "training_course", "milestone": "training_enrolment", "practice": "training_practice_one"}
    return {
        "one": one, "href": reverse(names[one.kind], args=[one.id]), "said": wording.step(one),
        "minutes": wording.minutes(one.minutes),
    }  # fmt: skip


def enrolment_row(one: EnrolmentShown) -> dict[str, Any]:
    """Somebody on a path in a list."""
    following = next((each for each in one.steps if each.state in ("overdue", "ahead")), None)
    return {
        "one": one, "href": reverse("training_enrolment", args=[one.id]), "start": words.day(one.start),
        "state": wording.PATH_STATES.get(one.state, one.state), "count": len(one.steps),
        "next": f"{following.title}, {words.day(following.due_on)}" if following else "",
    }  # fmt: skip


def _done(actor: Actor) -> list[AssignmentShown]:
    return list(run("training.assignments", actor, {"state": "completed", "limit": 20}).items)


shown.verb = "training.my_training"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [path("training/", shown, name="training")]
