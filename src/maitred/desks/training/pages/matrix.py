"""Skills of people, and where contacts need more of them than there is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from maitred.base.errors import MaitredError, NotFound
from maitred.desks.training.matrix.shapes import Gaps, GapShown, SkillMatrix
from maitred.desks.training.pages import home, shared
from maitred.desks.training.pages import wave_wording as wording
from maitred.kit.access.actor import Actor
from maitred.kit.pages import fields as forms
from maitred.kit.pages import words
from maitred.kit.pages.fields import Field, Option
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run

_ON_HOME = 5
_LEVELS = ("1", "2", "3", "4")


@require_safe
def shown(request: HttpRequest) -> HttpResponse:
    """People by name, skills by name; evidence that is old says so."""
    actor = shared.actor_of(request)
    found: SkillMatrix = run("training.matrix", actor, {})
    old = sum(cell.old for row in found.rows for cell in row.cells)
    context = {
        "page": Frame("training", "ok" if found.skills and found.rows else "empty"), "nav_name": _("Training"),
        "title": _heading(found, old), "tabs": shared.tabs(actor, "training_matrix"), "skills": found.skills,
        "rows": [{"one": row, "href": shared.person_page(row.person), "cells": [_cell(one) for one in row.cells]}
                 for row in found.rows],
        "old_days": found.old_after_days, "old_certificate_days": found.old_certificate_after_days,
    }  # fmt: skip
    return render(request, "training/matrix.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def gaps(request: HttpRequest) -> HttpResponse:
    """Skills by shortage, and which contacts need which."""
    actor = shared.actor_of(request)
    problem: MaitredError | None = None
    if request.method == "POST":
        try:
            messages.success(request, _done(request, actor))
            return HttpResponseRedirect(request.path)
        except shared.REFUSALS as error:
            problem = error
    found: Gaps = run("training.gaps", actor, {})
    fields = forms.sent(_fields(found), request, problem)
    facts = [_("known until %(day)s") % {"day": words.day(found.known_until)}] if found.known_until else []
    context = {
        "page": Frame("training", "error" if problem else "ok" if found.gaps else "empty", facts=facts),
        "nav_name": _("Training"), "title": wording.gaps(found), "tabs": shared.tabs(actor, "training_gaps"),
        "rows": [_gap(one) for one in found.gaps], "weeks": found.weeks, "how": found.how, "fields": fields,
        "problem": forms.problem(fields, problem), "needs": _needs(actor),
    }  # fmt: skip
    return render(request, "training/gaps.html", context, status=problem.status if problem else 200)


def on_home(request: HttpRequest) -> Mapping[str, Any] | None:
    """The largest shortages for the entrance; nothing for those who lead nobody."""
    actor = shared.actor_of(request)
    if not shared.leads(actor):
        return None
    try:
        found: Gaps = run("training.gaps", actor, {})
    except MaitredError:
        return None
    told = [one for one in found.gaps if one.contacts is not None][:_ON_HOME]
    return {"rows": [_gap(one) for one in told], "all": reverse("training_gaps")} if told else None


def _done(request: HttpRequest, actor: Actor) -> str:
    posted = request.POST
    if posted.get("do") == "need":
        names = ("skill", "dimension", "value", "level")
        run("training.need_skill", actor, {name: posted.get(name, "") for name in names if posted.get(name)})
        return _("It is bound. The list counts those contacts from now on.")
    if posted.get("do") == "drop":
        lock = {"need": posted.get("need", ""), "version": posted.get("version", "")}
        run("training.drop_skill_need", actor, lock)
        return _("It is taken back.")
    raise NotFound(_("this form has no such answer"), _("go back, load the page again and repeat"))


def _needs(actor: Actor) -> list[dict[str, Any]]:
    rows = run("training.skill_needs", actor, {}).needs
    return [{"one": one, "kind": wording.DIMENSIONS[one.dimension]} for one in rows]


def _fields(found: Gaps) -> list[Field]:
    names = [one.skill for one in found.gaps]
    return [
        Field("skill", _("Skill"), required=True, suggested=names, help=_("As the roster calls it.")),
        Field("dimension", _("Is needed by contacts of this"), "select",
              options=[Option(name, label) for name, label in wording.DIMENSIONS.items()]),
        Field("value", _("Which one"), required=True, help=_("As the helpdesk has it: chat, or zendesk:11 for a "
                                                             "group.")),
        Field("level", _("At this level at least"), "select",
              options=[Option(one, one, "", one == "3") for one in _LEVELS]),
    ]  # fmt: skip


def _gap(one: GapShown) -> dict[str, Any]:
    return {
        "one": one, "contacts": wording.contacts(one), "hours": wording.hours(one),
        "why": wording.GAP_VERDICTS.get(one.verdict, ""), "bound": ", ".join(one.bound_to),
        "courses": [{"title": each.title, "href": reverse("training_course", args=[each.id])} for each in one.courses],
    }  # fmt: skip


def _cell(one: Any) -> dict[str, Any]:
    return {
        "one": one, "evidence": wording.EVIDENCE.get(one.evidence, one.evidence),
        "seen": words.day(one.seen_on) if one.seen_on else "",
        "age": ngettext("%(n)s day old", "%(n)s days old", one.days) % {"n": one.days} if one.days is not None else "",
    }  # fmt: skip


def _heading(found: SkillMatrix, old: int) -> str:
    if not found.skills:
        return _("No skill is written down yet")
    if old:
        return ngettext("%(n)s skill rests on old evidence", "%(n)s skills rest on old evidence", old) % {"n": old}
    return _("Every skill rests on fresh evidence")


home.PIECES.append(home.Piece("training/parts/gaps.html", on_home))

shown.verb = "training.matrix"  # type: ignore[attr-defined]
gaps.verb = "training.gaps"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [
    path("training/matrix/", shown, name="training_matrix"),
    path("training/gaps/", gaps, name="training_gaps"),
]
