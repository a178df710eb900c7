"""Labels and notes on tickets, many at once: what would happen, that it happened, and that it was taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from maitred.base import clock
from maitred.base.errors import MaitredError
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run
from maitred.surfaces.console import doing

_FIGURE = ("metric", "start", "end", "part", "zone", "publication")
_CARRIED = ("kind", "text", "all", "row", "where", "metric", "start", "end", "part", "zone")
_DONE = "marks_done"
_KEPT = 5
"""Results of one session that can still be looked at."""


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """What a label or a note on the chosen tickets would change; nothing is written."""
    said = _said(request)
    meant = _meant(request)
    try:
        seen = run("marks.preview", request.actor, said | meant)  # type: ignore[attr-defined]
    except doing.REFUSALS as error:
        return _refused(request, said, error)
    context = {
        "page": Frame("drill"), "title": _would(said, seen.would), "nav_name": _("Preview"), "seen": seen, "said": said,
        "hidden": [(name, one) for name in _CARRIED for one in request.POST.getlist(name)], "back": _back(request),
        "button": _button(said, seen.would),
    }  # fmt: skip
    return render(request, "console/marks_preview.html", context)


@require_POST
def apply(request: HttpRequest) -> HttpResponse:
    """Put the label or the note there, as it was looked at."""
    said = _said(request)
    meant = _meant(request) | {"publication": request.POST.get("publication", "")}
    expected = {"expected": request.POST["expected"]} if request.POST.get("expected") else {}
    try:
        done = run("marks.apply", request.actor, said | meant | expected)  # type: ignore[attr-defined]
    except doing.REFUSALS as error:
        return _refused(request, said, error)
    _keep(request, done.journal, {
        **said, "added": done.added, "have": done.have, "out_of_reach": done.out_of_reach,
        "until": clock.iso(done.undo_until), "back": _back(request),
    })  # fmt: skip
    return HttpResponseRedirect(reverse("marks_done", args=[done.journal]))


@require_safe
def done(request: HttpRequest, journal: int) -> HttpResponse:
    """What became of it, with the button that takes it back."""
    return _done(request, journal)


@require_POST
def undo(request: HttpRequest, journal: int) -> HttpResponse:
    """Take it back where it still says what it said; the page names the tickets where it does not."""
    try:
        undone = run("marks.undo", request.actor, {"journal": journal})  # type: ignore[attr-defined]
    except doing.REFUSALS as error:
        return _done(request, journal, error)
    kept = request.session.get(_DONE, {}).get(str(journal), {})
    _keep(request, journal, kept | {
        "removed": undone.removed, "gone": undone.gone, "left": undone.left, "tickets": [*undone.tickets],
        "undone": True,
    })  # fmt: skip
    return HttpResponseRedirect(reverse("marks_done", args=[journal]))


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """A label or a note on one ticket, from its own page."""
    said = _said(request)
    try:
        run("marks.apply", request.actor, said | {"tickets": [request.POST.get("ticket", "")]})  # type: ignore[attr-defined]
    except doing.REFUSALS as error:
        return _refused(request, said, error)
    messages.success(request, _("The label is added.") if said["kind"] == "label" else _("The note is added."))
    return doing.back(request, reverse("start"))


@require_POST
def remove(request: HttpRequest, mark: int) -> HttpResponse:
    """Take a label or one's own note off a ticket."""
    try:
        gone = run("marks.remove", request.actor, {"mark": mark, "version": request.POST.get("version", "")})  # type: ignore[attr-defined]
    except doing.REFUSALS as error:
        return _refused(request, {}, error)
    messages.success(request, _("The label is taken off.") if gone.kind == "label" else _("The note is taken off."))
    return doing.back(request, reverse("start"))


def _said(request: HttpRequest) -> dict[str, Any]:
    return {"kind": request.POST.get("kind", ""), "text": request.POST.get("text", "")}


def _meant(request: HttpRequest) -> dict[str, Any]:
    """The chosen rows, or the words of the figure for all rows behind it."""
    posted = request.POST
    if posted.get("all"):
        given: dict[str, Any] = {name: posted[name] for name in _FIGURE if posted.get(name)}
        return given | {"where": posted.getlist("where")}
    return {"tickets": [*dict.fromkeys(posted.getlist("row"))]}


def _back(request: HttpRequest) -> str:
    return doing.here(request, request.POST.get("back", "")) or reverse("start")


def _would(said: Mapping[str, Any], count: int) -> str:
    if not count:
        return _("Nothing would change")
    told = {"n": count, "text": said["text"].strip()}
    if said["kind"] == "label":
        return (
            ngettext(
                "%(n)s ticket would get the label “%(text)s”", "%(n)s tickets would get the label “%(text)s”", count
            )
            % told
        )
    return ngettext("%(n)s ticket would get a note", "%(n)s tickets would get a note", count) % told


def _button(said: Mapping[str, Any], count: int) -> str:
    if said["kind"] == "label":
        return ngettext("Label %(n)s ticket", "Label %(n)s tickets", count) % {"n": count}
    return ngettext("Add the note to %(n)s ticket", "Add the note to %(n)s tickets", count) % {"n": count}


def _refused(request: HttpRequest, said: Mapping[str, Any], error: MaitredError) -> HttpResponse:
    context = {"page": Frame("drill", "error"), "title": _("This was not done"), "nav_name": _("Labels and notes"),
               "problem": doing.told(error), "back": _back(request), "said": said}  # fmt: skip
    return render(request, "console/marks_refused.html", context, status=error.status)


def _keep(request: HttpRequest, journal: int, result: dict[str, Any]) -> None:
    """Results stay in the session, so that the page of one can be loaded again."""
    kept = {**request.session.get(_DONE, {}), str(journal): result}
    request.session[_DONE] = dict([*kept.items()][-_KEPT:])


def _done(request: HttpRequest, journal: int, problem: MaitredError | None = None) -> HttpResponse:
    result = request.session.get(_DONE, {}).get(str(journal))
    if result is None:
        if problem is not None:
            raise problem
        raise Http404
    undone = bool(result.get("undone"))
    count = result["removed"] if undone else result["added"]
    title = (
        ngettext("Taken back on %(n)s ticket", "Taken back on %(n)s tickets", count)
        if undone else ngettext("Done on %(n)s ticket", "Done on %(n)s tickets", count)
    ) % {"n": count}  # fmt: skip
    until = datetime.fromisoformat(result["until"])
    context = {
        "page": Frame("drill"), "title": title, "nav_name": _("Labels and notes"), "result": result, "undone": undone,
        "journal": journal, "until": until, "open": not undone and clock.now() <= until,
        "problem": doing.told(problem) if problem else "",
        "tickets": [one.partition(":")[::2] for one in result.get("tickets", [])],
    }  # fmt: skip
    return render(request, "console/marks_done.html", context, status=problem.status if problem else 200)


preview.verb = "marks.preview"  # type: ignore[attr-defined]
apply.verb = "marks.apply"  # type: ignore[attr-defined]
done.verb = "marks.apply"  # type: ignore[attr-defined]
undo.verb = "marks.undo"  # type: ignore[attr-defined]
add.verb = "marks.apply"  # type: ignore[attr-defined]
remove.verb = "marks.remove"  # type: ignore[attr-defined]
