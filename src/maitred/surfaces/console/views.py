"""Saved views: keep the page one looks at under a name, share it, pin it, and the list of what one keeps."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from maitred.base.errors import MaitredError, UsageError
from maitred.kit.access.rights import Right
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run
from maitred.surfaces.console import doing


@require_http_methods(["GET", "HEAD"])
def listed(request: HttpRequest) -> HttpResponse:
    """One's own views and those that are shared with one."""
    return _list(request)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """The form for a new view; it is also part of every page that shows figures."""
    given = request.POST if request.method == "POST" else request.GET
    problem: MaitredError | None = None
    if request.method == "POST":
        try:
            return _saved(request)
        except doing.REFUSALS as error:
            problem = error
    form = {name: given.get(name, "") for name in ("name", "path", "query", "audience")}
    context = {
        "page": Frame("settings"), "title": _("Save this page as a view"), "nav_name": _("Saved views"),
        "form": form, "pinned": bool(given.get("pinned")), "problem": doing.told(problem) if problem else "",
        "cancel": doing.here(request, form["path"]),
    }  # fmt: skip
    return render(request, "console/view.html", context, status=problem.status if problem else 200)


def _saved(request: HttpRequest) -> HttpResponse:
    posted = request.POST
    given = {"name": posted.get("name", ""), "path": posted.get("path", ""), "query": posted.get("query", ""),
             "pinned": bool(posted.get("pinned")), **doing.audience(posted.get("audience", ""))}  # fmt: skip
    made = run("views.save", request.actor, given)  # type: ignore[attr-defined]
    messages.success(request, _("The view %(name)s is saved.") % {"name": made.name})
    return HttpResponseRedirect(run("views.open", request.actor, {"view": made.id}).address)  # type: ignore[attr-defined]


@require_POST
def one(request: HttpRequest, view: int) -> HttpResponse:
    """Rename, share, pin or remove one of one's own views."""
    deed = _DEEDS.get(request.POST.get("deed", ""))
    if deed is None:
        raise UsageError("this form has no such answer", "save or remove the view")
    try:
        messages.success(request, deed(request, view))
    except doing.REFUSALS as error:
        return _list(request, error)
    return HttpResponseRedirect(reverse("views"))


def _change(request: HttpRequest, view: int) -> str:
    posted = request.POST
    given = {"view": view, "version": posted.get("version", ""), "name": posted.get("name", ""),
             "pinned": bool(posted.get("pinned")), **doing.audience(posted.get("audience", ""))}  # fmt: skip
    changed = run("views.change", request.actor, given)  # type: ignore[attr-defined]
    return _("The view %(name)s is saved.") % {"name": changed.name}


def _remove(request: HttpRequest, view: int) -> str:
    given = {"view": view, "version": request.POST.get("version", "")}
    gone = run("views.remove", request.actor, given)  # type: ignore[attr-defined]
    return _("The view %(name)s is removed.") % {"name": gone.name}


_DEEDS = {"change": _change, "remove": _remove}


def _list(request: HttpRequest, problem: MaitredError | None = None) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    cursor = request.GET.get("cursor")
    found = run("views.list", actor, {"cursor": cursor} if cursor else {})
    names = dict(doing.audiences(actor, Right.VIEWS_WRITE))
    rows = [_row(view, names) for view in found.items]
    title = _("Saved views") if rows else _("No view is saved yet")
    context: dict[str, Any] = {
        "page": Frame("settings", "ok" if rows else "empty"), "title": title, "nav_name": _("Settings"),
        "mine": [row for row in rows if row["view"].mine], "others": [row for row in rows if not row["view"].mine],
        "next": found.next, "problem": doing.told(problem) if problem else "",
    }  # fmt: skip
    return render(request, "console/views.html", context, status=problem.status if problem else 200)


def _row(view: Any, names: dict[str, str]) -> dict[str, Any]:
    word = doing.audience_word(view.sharing, view.team)
    usual = {"private": _("Only me"), "team": _("A team"), "organisation": _("Everybody here")}
    address = f"{view.path}?{view.query}&view={view.id}" if view.query else f"{view.path}?view={view.id}"
    return {"view": view, "audience": word, "shared": names.get(word, usual[view.sharing]), "address": address}


listed.verb = "views.list"  # type: ignore[attr-defined]
add.verb = "views.save"  # type: ignore[attr-defined]
one.verb = "views.change"  # type: ignore[attr-defined]
