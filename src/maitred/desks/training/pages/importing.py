"""Read a list in: chosen, staged, looked through row by row, confirmed; the repair list also as a file."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from maitred.base.errors import Invalid, MaitredError, NotFound
from maitred.desks.training.import_shapes import ImportListed, RepairLine
from maitred.desks.training.pages import shared, wording
from maitred.kit.access.actor import Actor
from maitred.kit.pages import fields as forms
from maitred.kit.pages import words
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run

_AT_ONCE = 200
"""Lines of the repair list that the verb gives at once, for the file."""
_ON_PAGE = 50
"""Lines on a page: each has a choice of people."""


@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: HttpRequest) -> HttpResponse:
    """Choose a file; what one read in before."""
    actor = shared.actor_of(request)
    problem: MaitredError | None = None
    rows = run("training.imports", actor, {}).imports
    if request.method == "POST":
        try:
            made = run("training.stage_records", actor, _sent(request))
            return HttpResponseRedirect(reverse("training_import_one", args=[made.listed.id]))
        except shared.REFUSALS as error:
            problem = error
    waits = sum(one.state == "staged" for one in rows)
    said = ngettext("%(n)s list waits for you", "%(n)s lists wait for you", waits) % {"n": waits}
    context = {
        "page": Frame("training", "error" if problem else "ok"), "nav_name": _("Training"),
        "title": said if waits else _("Read in what other systems say"), "tabs": shared.tabs(actor, "training_import"),
        "rows": [_row(one) for one in rows], "problem": forms.told(problem) if problem else "",
    }  # fmt: skip
    return render(request, "training/imports.html", context, status=problem.status if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def shown(request: HttpRequest, listed: int) -> HttpResponse:
    """A list: what confirming it would do, and its repair list."""
    actor = shared.actor_of(request)
    problem: MaitredError | None = None
    if request.method == "POST":
        try:
            messages.success(request, _pressed(request, actor, listed))
            return HttpResponseRedirect(request.get_full_path())
        except shared.REFUSALS as error:
            if isinstance(error, NotFound):
                raise
            problem = error
    first = request.GET.get("first", "1")
    found = run("training.show_import", actor, {"listed": listed, "first": first if first.isdecimal() else "1"})
    people = run("training.people", actor, {}).people if found.repair else ()
    facts = [found.listed.name]
    if found.per_cent:
        facts.append(_("scores are read as per cent"))
    if found.passed_over:
        told = {"n": words.count(found.passed_over)}
        facts.append(_("%(n)s statements of other kinds, or voided, are passed over") % told)
    after = found.first + _ON_PAGE
    lines = found.repair[:_ON_PAGE]
    context = {
        "page": Frame("training", "ok", facts=facts), "nav_name": _("Training"),
        "title": wording.import_heading(found), "one": found, "people": people,
        "problem": forms.told(problem) if problem else "", "open": found.listed.state == "staged",
        "courses": [{"one": one, "href": reverse("training_course", args=[one.course]) if one.course else ""}
                    for one in found.courses],
        "suggested": any(_guess(one) for one in lines),
        "lines": [{"one": one, "guess": _guess(one), "names": any(each.field == "person" for each in one.wrong)}
                  for one in lines],
        "after": f"?first={after}" if after <= found.listed.wrong else "",
    }  # fmt: skip
    return render(request, "training/import.html", context, status=problem.status if problem else 200)


@require_safe
def repair(request: HttpRequest, listed: int) -> HttpResponse:
    """The repair list as a CSV: row, field, what is wrong, what it says, who may be meant."""
    actor = shared.actor_of(request)
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(["row", "field", "wrong", "says", "course", "suggestion"])
    first, more = 1, True
    while more:
        found = run("training.show_import", actor, {"listed": listed, "first": first})
        for one in found.repair:
            for each in one.wrong:
                cells = [one.row, each.field, each.message, one.says, one.course, each.suggestion]
                sheet.writerow([_harmless(cell) for cell in cells])
        first += _AT_ONCE
        more = first <= found.listed.wrong
    answer = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="repair-{listed}.csv"'
    return answer


def _pressed(request: HttpRequest, actor: Actor, listed: int) -> str:
    posted = request.POST
    lock = {"listed": listed, "version": posted.get("version", "")}
    do = posted.get("do", "")
    if do == "confirm":
        done = run("training.confirm_import", actor, lock)
        kept = ngettext("%(n)s record is kept.", "%(n)s records are kept.", done.kept) % {"n": words.count(done.kept)}
        if not done.completed:
            return kept
        said = ngettext("%(n)s course is completed by it.", "%(n)s courses are completed by it.", done.completed)
        return f"{kept} {said % {'n': done.completed}}"
    if do == "repair":
        run("training.repair_record", actor, {**lock, "row": posted.get("row", ""), "person": posted.get("person", "")})
        return _("Every row with this name means them now.")
    if do == "suggestions":
        run("training.take_suggestions", actor, lock)
        return _("The suggestions are taken.")
    if do == "discard":
        run("training.discard_import", actor, lock)
        return _("The list is closed; what was kept stays.")
    raise NotFound(_("this form has no such answer"), _("go back, load the page again and repeat"))


def _sent(request: HttpRequest) -> dict[str, Any]:
    """The file as text.

    Raises
    ------
    Invalid
        None was chosen, or it is no text.
    """
    sent = request.FILES.get("file")
    if sent is None:
        raise Invalid(_("no file was chosen"), _("choose a CSV or a file with statements of xAPI"))
    data = sent.read()
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return {"name": sent.name or "list", "content": data.decode(encoding)}
        except UnicodeDecodeError:
            continue
    raise Invalid(_("the file is no text"), _("save it as CSV in UTF-8"))


def _row(one: ImportListed) -> dict[str, Any]:
    look = {"confirmed": "on", "discarded": "off"}.get(one.state, "low")
    return {
        "one": one, "href": reverse("training_import_one", args=[one.id]), "day": words.day(one.created_at.date()),
        "state": wording.IMPORT_STATES[one.state], "look": look,
        "kept": words.count(one.kept), "total": words.count(one.total), "wrong": words.count(one.wrong),
    }  # fmt: skip


def _guess(one: RepairLine) -> int | None:
    return next((each.person for each in one.wrong if each.field == "person"), None)


def _harmless(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in tuple("=+-@\t\r") else cell


listed.verb = "training.imports"  # type: ignore[attr-defined]
shown.verb = "training.show_import"  # type: ignore[attr-defined]
repair.verb = "training.show_import"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [
    path("training/import/", listed, name="training_import"),
    path("training/import/<int:listed>/", shown, name="training_import_one"),
    path("training/import/<int:listed>/repair.csv", repair, name="training_repair"),
]
