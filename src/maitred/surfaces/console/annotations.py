"""Notes on time charts: what happened on a day, who sees it, and the form by which one writes it down."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from maitred.base.errors import MaitredError, UsageError
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.pages.frame import Frame, days_words
from maitred.kit.verbs import run
from maitred.surfaces.console import doing

KINDS = {
    "release": gettext_lazy("Release"), "campaign": gettext_lazy("Campaign"), "outage": gettext_lazy("Outage"),
    "policy": gettext_lazy("Change of policy"), "staffing": gettext_lazy("Staffing"),
    "training": gettext_lazy("Training"), "holiday": gettext_lazy("Holiday"), "other": gettext_lazy("Something else"),
}  # fmt: skip
_GIVEN = ("first_day", "last_day", "kind", "text", "audience", "back")


@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: HttpRequest) -> HttpResponse:
    """The notes that one may see, the latest first, and the form for a new one."""
    problem: MaitredError | None = None
    if request.method == "POST":
        try:
            run("annotations.add", request.actor, _words(request))  # type: ignore[attr-defined]
            messages.success(request, _("The note is on the time charts."))
            return doing.back(request, reverse("annotations"))
        except doing.REFUSALS as error:
            problem = error
    return _list(request, problem, request.POST if problem else request.GET)


@require_POST
def one(request: HttpRequest, annotation: int) -> HttpResponse:
    """Change or remove a note that one wrote."""
    deed = request.POST.get("deed", "")
    given = {"annotation": annotation, "version": request.POST.get("version", "")}
    try:
        if deed == "remove":
            run("annotations.remove", request.actor, given)  # type: ignore[attr-defined]
            messages.success(request, _("The note is removed."))
        elif deed == "change":
            given |= _words(request, single=True)
            run("annotations.change", request.actor, given)  # type: ignore[attr-defined]
            messages.success(request, _("The note is saved."))
        else:
            raise UsageError("this form has no such answer", "save or remove the note")
    except doing.REFUSALS as error:
        return _list(request, error, {})
    return HttpResponseRedirect(reverse("annotations"))


def _words(request: HttpRequest, *, single: bool = False) -> dict[str, Any]:
    """What the form says; in a change, no last day stands for a single day."""
    posted = request.POST
    first, last = posted.get("first_day", ""), posted.get("last_day", "")
    given: dict[str, Any] = {"first_day": first, "kind": posted.get("kind", ""), "text": posted.get("text", "")}
    if last or single:
        given["last_day"] = last or first
    if posted.get("team"):
        given["teams"] = [posted["team"]]
    return given | doing.audience(posted.get("audience", ""))


def _list(request: HttpRequest, problem: MaitredError | None, given: Any) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    found = run("annotations.list", actor, {})
    teams = {one.id: one.name for one in run("people.list_teams", actor, {"limit": doing.MOST_TEAMS}).items}
    rows = [_row(note, teams) for note in reversed(found.annotations)]
    form = {name: given.get(name, "") for name in _GIVEN} | {"team": given.get("team", "")}
    context: dict[str, Any] = {
        "page": Frame("settings", "ok" if rows else "empty"),
        "title": _("Notes on time charts") if rows else _("No note on time charts yet"), "nav_name": _("Settings"),
        "rows": rows, "more": found.more, "kinds": KINDS.items(), "form": form,
        "problem": doing.told(problem) if problem else "",
        "teams": sorted(((str(one), name) for one, name in teams.items()), key=lambda one: one[1].casefold()),
        "may": reach(actor, Right.ANNOTATIONS_WRITE) is not Reach.NONE, "back": doing.here(request, form["back"]),
    }  # fmt: skip
    return render(request, "console/annotations.html", context, status=problem.status if problem else 200)


def _row(note: Any, teams: dict[int, str]) -> dict[str, Any]:
    shared = {"private": _("only me"), "team": teams.get(note.team, _("a team")), "organisation": _("everybody here")}
    return {
        "note": note, "days": days_words(note.first_day, note.last_day or note.first_day), "kind": KINDS[note.kind],
        "audience": doing.audience_word(note.sharing, note.team), "shared": shared[note.sharing],
        "teams": ", ".join(teams.get(one, "") for one in note.teams) or _("all teams"),
    }  # fmt: skip


listed.verb = "annotations.list"  # type: ignore[attr-defined]
one.verb = "annotations.change"  # type: ignore[attr-defined]
