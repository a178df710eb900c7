"""The settings page of alerts and the daily letter."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from maitred.base.errors import Conflict, Denied, Invalid, MaitredError
from maitred.desks.today import wording
from maitred.desks.today.pages.handling import told
from maitred.desks.today.pages.home import right
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run

_WORDS = ("channel", "family", "subject", "least_harm", "address", "budget", "quiet_hours", "time_zone")
_REFUSALS = (Conflict, Denied, Invalid)


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """One's rules, the form for a new one, the daily letter, and how often each detector was right."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    problem: MaitredError | None = None
    if request.method == "POST":
        try:
            _done(request, actor)
            return HttpResponseRedirect(reverse("today_alerts"))
        except _REFUSALS as error:
            problem = error
    return _page(request, actor, problem)


@require_POST
def one(request: HttpRequest, alert: int) -> HttpResponse:
    """Let a rule rest, wake it, or remove it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    given: dict[str, Any] = {"alert": alert, "version": request.POST.get("version", "")}
    try:
        if request.POST.get("do") == "remove":
            run("today.remove_alert", actor, given)
            messages.success(request, _("The rule is removed."))
        else:
            run("today.change_alert", actor, {**given, "enabled": request.POST.get("do") == "wake"})
            messages.success(request, _("The rule is saved."))
    except _REFUSALS as error:
        return _page(request, actor, error)
    return HttpResponseRedirect(reverse("today_alerts"))


def _done(request: HttpRequest, actor: Actor) -> None:
    posted = request.POST
    if posted.get("do") == "digest":
        run("today.change_digest", actor, {"daily": "daily" in posted, "when_empty": "when_empty" in posted})
        messages.success(request, _("Your choice is saved."))
        return
    given = {name: posted[name] for name in _WORDS if posted.get(name, "").strip()}
    run("today.add_alert", actor, given)
    messages.success(request, _("The rule is made. You are told from the next finding on."))


def _page(request: HttpRequest, actor: Actor, problem: MaitredError | None) -> HttpResponse:
    rules = run("today.alerts", actor, {}).alerts
    count = sum(rule.enabled for rule in rules)
    said = ngettext("%(n)s rule tells you of findings at once", "%(n)s rules tell you of findings at once", count)
    context = {
        "page": Frame("settings"), "title": said % {"n": count} if count else _("No rule tells you of findings yet"),
        "nav_name": _("Alerts and letters"), "problem": told(problem) if problem else "",
        "rules": [(rule, wording.family(rule.family) if rule.family else _("Every family"),
                   wording.CHANNELS.get(rule.channel, rule.channel)) for rule in rules],
        "families": wording.FAMILIES.items(), "given": request.POST,
        "rooms": reach(actor, Right.METRICS_READ) >= Reach.SUBTREE, "account": actor.account is not None,
        "digest": run("today.digest", actor, {}) if actor.account is not None else None,
        "detectors": [(one, right(one)) for one in run("today.detectors", actor, {}).detectors]
        if reach(actor, Right.CATALOGUE_READ) is not Reach.NONE else [],
    }  # fmt: skip
    return render(request, "today/alerts.html", context, status=problem.status if problem else 200)


settings.verb = "today.alerts"  # type: ignore[attr-defined]
one.verb = "today.change_alert"  # type: ignore[attr-defined]
