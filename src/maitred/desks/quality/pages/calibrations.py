"""Calibrations: several reviewers judge the same tickets, blind to each other; then how far they agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from maitred.base import clock
from maitred.base.errors import MaitredError, NotFound
from maitred.desks.quality.pages import choosing, scores, shared, wording
from maitred.desks.quality.pages.scores import Slot
from maitred.desks.quality.verbs.shapes import (
    CalibrationListed,
    CalibrationShown,
    Drift,
    ItemAgreement,
    MyReviews,
    Severity,
    WorkloadRow,
)
from maitred.kit.access.actor import Actor
from maitred.kit.charts import Theme
from maitred.kit.pages import fields as forms
from maitred.kit.pages import words
from maitred.kit.pages.fields import Field
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register
from maitred.kit.verbs.running import authorise


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """The sessions, the newest first."""
    actor = shared.actor_of(request)
    found: Sequence[CalibrationListed] = run("quality.calibrations", actor, {}).calibrations
    zone = shared.zone()
    open_ = sum(one.state == "open" for one in found)
    said = ngettext("%(n)s calibration is under way", "%(n)s calibrations are under way", open_)
    title = said % {"n": words.count(open_)} if open_ else _("No calibration is under way")
    context = {
        **shared.shell(actor, "quality_calibrations"), "page": shared.frame("ok" if found else "empty"),
        "title": title if found else _("There was no calibration yet"), "rows": [_row(one, zone) for one in found],
    }  # fmt: skip
    return shared.shown(request, "calibrations", context)


@require_http_methods(["GET", "HEAD", "POST"])
def beginning(request: HttpRequest) -> HttpResponse:
    """The form for a session."""
    actor = shared.actor_of(request)
    authorise(register()["quality.calibrate"], actor)
    problem: MaitredError | None = None
    if request.method == "POST":
        try:
            made = run("quality.calibrate", actor, _wish(request, shared.zone()))
            messages.success(request, _("Begun. Each reviewer finds the tickets among their reviews."))
            return redirect("quality_calibration", made.id)
        except shared.REFUSALS as error:
            problem = error
    fields = _fields(actor)
    none = not any(one.options for one in fields if one.name == "scorecard")
    fields = forms.sent(fields, request, problem) if problem else fields
    context = {
        **shared.shell(actor, "quality_calibrations"), "page": shared.frame("empty" if none else "ok", problem),
        "title": _("Begin a calibration"), "fields": fields, "no_card": none,
        "problem": forms.problem(fields, problem),
    }  # fmt: skip
    return shared.shown(request, "calibration_form", context, problem)


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, calibration: int) -> HttpResponse:
    """A session: how far everybody is, or what came of it."""
    actor = shared.actor_of(request)
    problem: MaitredError | None = None
    if request.method == "POST":
        try:
            if request.POST.get("do") != "close":
                raise shared.no_such_button()
            given = {"calibration": calibration, "version": request.POST.get("version", "")}
            run("quality.close_calibration", actor, given)
            return HttpResponseRedirect(request.path)
        except shared.REFUSALS as error:
            problem = error
    found: CalibrationShown = run("quality.show_calibration", actor, {"calibration": calibration})
    zone = shared.zone()
    over = found.state == "closed"
    context = {
        **shared.shell(actor, "quality_calibrations"), "page": shared.frame(problem=problem, facts=_facts(found, zone)),
        "title": _title(found), "one": found, "over": over, "problem": forms.told(problem) if problem else "",
        "progress": [_progress(each, found, zone) for each in found.progress], "mine": _mine(actor, found),
        "agreement": [_agreement(each) for each in _all(found)], "chart": _chart(found) if over else None,
        "severity": [_severity(each) for each in found.severity], "judged": _judged(found),
        "drift": [_drift(each, found) for each in found.drift], "good": wording.agreement(scores.GOOD),
    }  # fmt: skip
    return shared.shown(request, "calibration", context, problem)


@require_safe
def drawing(request: HttpRequest, calibration: int) -> HttpResponse:
    """The drawing of agreement per item, in light or dark; there is none until the session is closed."""
    found: CalibrationShown = run("quality.show_calibration", shared.actor_of(request), {"calibration": calibration})
    if not found.agreement:
        raise NotFound(_("nothing is drawn of this calibration yet"), _("wait until it is closed"))
    theme: Theme = "dark" if request.GET.get("theme") == "dark" else "light"
    return JsonResponse(scores.alphas(found.agreement, found.name).web(theme))


def _row(one: CalibrationListed, zone: ZoneInfo) -> dict[str, Any]:
    told = {"done": words.count(one.submitted), "all": words.count(one.reviews)}
    return {
        "one": one, "href": reverse("quality_calibration", args=[one.id]),
        "told": _("%(done)s of %(all)s submitted") % told, "card": f"{one.scorecard_name} v{one.number}",
        "tickets": words.count(one.tickets), "reviewers": words.count(one.reviewers), "open": one.state == "open",
        "when": wording.moment(one.closed_at, zone) if one.closed_at else
        wording.due(one.closes_at, clock.now(), zone)[0] or words.NOTHING,
    }  # fmt: skip


def _fields(actor: Actor) -> list[Field]:
    return [
        Field("name", _("Name"), required=True, help=_("Such as the week it is for.")),
        Field("scorecard", _("Scorecard"), "select", options=choosing.scorecards(actor)),
        Field("tickets", _("Tickets"), "textarea", required=True,
              help=_("Their numbers. Ten or more tell something about each item.")),
        Field("reviewers", _("Who reviews"), "checks", options=choosing.reviewers(actor),
              help=_("Two or more, none of whom answered one of the tickets.")),
        Field("closes", _("Closes after"), "date", optional=True,
              help=_("It also closes once everybody has submitted.")),
    ]  # fmt: skip


def _wish(request: HttpRequest, zone: ZoneInfo) -> dict[str, Any]:
    posted = request.POST
    closes = choosing.end_of(posted.get("closes", ""), zone)
    return {
        "name": posted.get("name", ""), "scorecard": posted.get("scorecard", ""),
        "tickets": choosing.tickets(posted.get("tickets", "")), "reviewers": posted.getlist("reviewers"),
        **({"closes_at": closes} if closes else {}),
    }  # fmt: skip


def _title(found: CalibrationShown) -> str:
    if found.state == "open":
        left = sum(one.assigned + one.draft for one in found.progress)
        said = ngettext("%(name)s: %(n)s review is still to be made", "%(name)s: %(n)s reviews are still to be made",
                        left)  # fmt: skip
        return said % {"name": found.name, "n": words.count(left)}
    low = [one for one in found.agreement if one.high is not None and one.high < scores.GOOD]
    if low:
        said = ngettext("%(name)s: reviewers agree too little on %(n)s item",
                        "%(name)s: reviewers agree too little on %(n)s items", len(low))  # fmt: skip
        return said % {"name": found.name, "n": words.count(len(low))}
    if all(one.high is None for one in found.agreement):
        return _("%(name)s: too few tickets to tell how far reviewers agree") % {"name": found.name}
    return _("%(name)s: no item on which reviewers surely disagree") % {"name": found.name}


def _facts(found: CalibrationShown, zone: ZoneInfo) -> list[str]:
    tickets = ngettext("%(n)s ticket", "%(n)s tickets", len(found.tickets)) % {"n": words.count(len(found.tickets))}
    card = _("scorecard “%(name)s”, version %(number)s") % {"name": found.scorecard_name, "number": found.number}
    when = (
        _("closed %(moment)s") % {"moment": words.moment(found.closed_at, zone)}
        if found.closed_at
        else wording.due(found.closes_at, clock.now(), zone)[0]
    )
    return [card, tickets, when, _("never part of a score")]


def _progress(each: WorkloadRow, found: CalibrationShown, zone: ZoneInfo) -> dict[str, Any]:
    told = {"done": words.count(each.submitted), "all": words.count(len(found.tickets))}
    return {"one": each, "told": _("%(done)s of %(all)s submitted") % told}


def _mine(actor: Actor, found: CalibrationShown) -> str:
    """The next review of this session that the reader has to make."""
    if found.state == "closed" or all(one.person != actor.person for one in found.progress):
        return ""
    mine: MyReviews = run("quality.my_reviews", actor, {})
    first = next((one for one in mine.to_review if one.calibration == found.id), None)
    return reverse("quality_review", args=[first.id]) if first else ""


def _all(found: CalibrationShown) -> list[ItemAgreement]:
    return [*found.agreement, *([found.overall] if found.overall else [])]


def _agreement(each: ItemAgreement) -> dict[str, Any]:
    label, look = wording.alpha(each)
    return {
        "title": each.title, "value": wording.agreement(each.alpha), "between": wording.spread(each.low, each.high),
        "units": words.count(each.units), "values": words.count(each.values), "label": label, "look": look,
    }  # fmt: skip


def _chart(found: CalibrationShown) -> Slot | None:
    if not any(one.alpha is not None for one in found.agreement):
        return None
    return Slot(scores.alphas(found.agreement, found.name), reverse("quality_calibration_chart", args=[found.id]))


def _severity(each: Severity) -> dict[str, str]:
    return {"name": each.name, "reviews": words.count(each.reviews), "shift": wording.shift(each),
            "told": wording.severity(each)}  # fmt: skip


def _drift(each: Drift, found: CalibrationShown) -> dict[str, Any]:
    titles = {one.item: one.title for one in found.agreement}
    return {
        "title": titles.get(each.item, each.item), "before": wording.agreement(each.before),
        "now": wording.agreement(each.now), "change": wording.agreement(each.change),
        "between": wording.spread(each.low, each.high), "told": wording.change(each.verdict),
    }  # fmt: skip


def _judged(found: CalibrationShown) -> dict[str, Any] | None:
    """Who gave what to which ticket, as a grid: tickets down, reviewers across."""
    if not found.judged:
        return None
    names = [(one.person, one.name) for one in found.progress]
    given = {(one.source, one.ticket, one.reviewer): one for one in found.judged}
    rows = [
        {"ticket": one.ticket, "cells": [_cell(given.get((one.source, one.ticket, person)), name)
                                         for person, name in names]}
        for one in found.tickets
    ]  # fmt: skip
    return {"names": [name for _person, name in names], "rows": rows}


def _cell(judged: Any, name: str) -> dict[str, str]:
    if judged is None:
        return {"name": name, "score": words.NOTHING, "href": ""}
    href = reverse("quality_result", args=[judged.review])
    return {"name": name, "score": wording.score(judged.score), "href": href}


listed.verb = "quality.calibrations"  # type: ignore[attr-defined]
beginning.verb = "quality.calibrate"  # type: ignore[attr-defined]
one.verb = "quality.show_calibration"  # type: ignore[attr-defined]
drawing.verb = "quality.show_calibration"  # type: ignore[attr-defined]
