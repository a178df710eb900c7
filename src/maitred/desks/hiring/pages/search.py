"""The page of a search: the sentence, its chips with links that change them, the list with reasons, who is missing.

Whatever is asked stands in the address, so that a search can be sent to a colleague; what they see is searched anew and
written into the log under their own name.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from maitred.base.errors import Invalid, MaitredError
from maitred.desks.hiring.pages import search_wording as wording
from maitred.desks.hiring.pages import shared
from maitred.desks.hiring.search_shapes import ResultShown, SearchShown, WhyNot
from maitred.kit.access.actor import Actor
from maitred.kit.pages import words
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register
from maitred.kit.verbs.running import authorise

_PAGE = 10


@require_http_methods(["GET", "HEAD", "POST"])
def searching(request: HttpRequest) -> HttpResponse:
    """The box, and what was found for what stands in it."""
    actor = shared.actor_of(request)
    authorise(register()["hiring.search"], actor)
    if request.method == "POST":
        return _kept(request, actor)
    asked = _asked(request)
    found: SearchShown | None = None
    problem: MaitredError | None = None
    if asked["query"]:
        try:
            found = run("hiring.search", actor, asked)
        except shared.REFUSALS as error:
            problem = error
    context = {
        "page": Frame("hiring", _state(found, problem), facts=_facts(found)),
        "title": _title(found), "tabs": shared.tabs(actor, "hiring_search"), "query": asked["query"],
        "requisition": asked.get("requisition", ""), "saved": run("hiring.saved_searches", actor, {}).items,
        "here": request.get_full_path(), "edits": asked["edits"], "log_url": reverse("hiring_searches"),
        **(_found(request, actor, asked, found) if found else {}),
    }  # fmt: skip
    return shared.shown(request, "hiring/search.html", _with_saved(context), problem)


@require_safe
def logged(request: HttpRequest) -> HttpResponse:
    """The log of searches, the newest first."""
    actor = shared.actor_of(request)
    cursor = request.GET.get("cursor") or None
    found = run("hiring.searches", actor, {"cursor": cursor} if cursor else {})
    rows = [{"one": one, "at": words.moment(one.at, shared.zone()), "href": _again(one.query)} for one in found.items]
    context = {
        "page": Frame("hiring", "ok" if rows else "empty"), "rows": rows, "next": found.next,
        "first": cursor is None, "tabs": shared.tabs(actor, "hiring_search"), "title": _("Searches that were made"),
    }  # fmt: skip
    return shared.shown(request, "hiring/searches.html", context, None)


def _asked(request: HttpRequest) -> dict[str, Any]:
    given = request.GET
    asked: dict[str, Any] = {"query": given.get("q", "").strip()[:4_000], "edits": given.getlist("edit")}
    if given.get("requisition"):
        asked["requisition"] = given["requisition"]
    return {**asked, "limit": _PAGE}


def _state(found: SearchShown | None, problem: MaitredError | None) -> str:
    if problem:
        return "error"
    return "ok" if found is None or found.results else "empty"


def _title(found: SearchShown | None) -> str:
    if found is None:
        return _("Whom do you look for?")
    if not found.chips:
        return _("Nothing of this was understood")
    count = len(found.results)
    if not found.ranked:
        return ngettext("%(n)s person, by date", "%(n)s people, by date", count) % {"n": count}
    return ngettext("%(n)s person fits best", "%(n)s people fit best", count) % {"n": count}


def _facts(found: SearchShown | None) -> list[str]:
    if found is None:
        return []
    looked = _("%(n)s of %(all)s looked at") % {
        "n": words.count(found.considered),
        "all": words.count(found.index.rows),
    }
    by = _("weights %(name)s (%(sha)s)") % {"name": found.weights.name, "sha": found.weights.sha256[:8]}
    return [looked, by, _("index %(n)s") % {"n": found.index.version}, found.search_id]


def _found(request: HttpRequest, actor: Actor, asked: dict[str, Any], found: SearchShown) -> dict[str, Any]:
    who = request.GET.get("who", "").strip()
    return {
        "found": found, "chips": _chips(asked, found), "rows": [_row(one, found) for one in found.results],
        "cannot": [_row(one, found) for one in found.cannot_tell],
        "stops": [one for one in found.checks if one.level == "E"],
        "warns": [one for one in found.checks if one.level != "E"], "who": who,
        "why": _why(actor, who, found) if who else None, "took": f"{found.ms:.1f}",
    }  # fmt: skip


def _chips(asked: dict[str, Any], found: SearchShown) -> list[dict[str, Any]]:
    removed = {chip: one for one in found.removed_by_must for chip in one.chips}
    made = []
    for number, (place, chip) in enumerate(zip(found.places, found.chips, strict=True)):
        before = found.places[number - 1] if number else None
        together = chip.get("any_of") is not None
        made.append(
            {
                "label": wording.chip(chip), "must": chip["must"], "not": chip["not"], "together": together,
                "assumed": wording.assumed(chip), "warning": chip.get("warning", ""), "from": _from(chip, found.query),
                "removes": f"{removed[number].share:.0%}" if number in removed else "",
                "drop": _link(asked, f"drop:{place}"),
                "turn": "" if chip["not"] else _link(asked, f"{'may' if chip['must'] else 'must'}:{place}"),
                "join": _link(asked, f"each:{place}") if together
                else _link(asked, f"any:{before},{place}") if before is not None and not chip["not"] else "",
            }
        )  # fmt: skip
    return made


def _from(chip: dict[str, Any], query: str) -> str:
    begin, end = chip.get("span") or (0, 0)
    return query[begin:end]


def _link(asked: dict[str, Any], edit: str) -> str:
    given = [("q", asked["query"]), *(("edit", one) for one in asked["edits"]), ("edit", edit)]
    if "requisition" in asked:
        given.append(("requisition", asked["requisition"]))
    return f"?{urlencode(given)}"


def _again(query: str) -> str:
    return f"{reverse('hiring_search')}?{urlencode({'q': query})}"


def _row(one: ResultShown, found: SearchShown) -> dict[str, Any]:
    return {
        "one": one, "terms": [wording.term(term, found.chips) for term in one.terms],
        "missing": [wording.named(what, found.chips) for what in one.missing],
        "unknown": [wording.named(what, found.chips) for what in one.unknown],
        "short": [wording.term(term, found.chips) for term in one.terms if term.evidence][:3],
    }  # fmt: skip


def _why(actor: Actor, who: str, found: SearchShown) -> dict[str, Any]:
    try:
        told: WhyNot = run("hiring.why_not", actor, {"profile": who, "search": found.search_id})
    except shared.REFUSALS as error:
        return {"problem": error.what}
    return {
        "told": told, "said": wording.state(told, found.chips),
        "row": _row(told.result, found) if told.result else None,
        "changes": [wording.change(one) for one in told.smallest_change or ()],
        "hopeless": told.state == "lower" and told.smallest_change is None,
    }  # fmt: skip


def _with_saved(context: dict[str, Any]) -> dict[str, Any]:
    rows = []
    for one in context["saved"]:
        given = [("q", one.query), *(("edit", edit) for edit in one.edits)]
        rows.append({"one": one, "href": f"{reverse('hiring_search')}?{urlencode(given)}"})
    return {**context, "saved": rows}


def _kept(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Keep the search, change or forget a kept one; then back to where it was pressed."""
    posted = request.POST
    do = posted.get("do", "")
    lock = {"saved": posted.get("saved", ""), "version": posted.get("version", "")}
    try:
        if do == "save":
            given = {"name": posted.get("name", ""), "query": posted.get("query", ""), "edits": posted.getlist("edit")}
            run("hiring.save_search", actor, {**given, "alert": posted.get("alert") == "on"})
            messages.success(request, _("The search is kept."))
        elif do in ("alert", "silent"):
            run("hiring.change_saved_search", actor, {**lock, "alert": do == "alert"})
            messages.success(request, _("It is done."))
        elif do == "forget":
            run("hiring.forget_saved_search", actor, lock)
            messages.success(request, _("The search is not kept any more."))
        else:
            raise Invalid(_("this form has no such answer"), _("go back, load the page again and repeat"))
    except shared.REFUSALS as error:
        messages.error(request, error.what)
    return HttpResponseRedirect(request.get_full_path())


searching.verb = "hiring.search"  # type: ignore[attr-defined]
logged.verb = "hiring.searches"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [
    path("hiring/search/", searching, name="hiring_search"),
    path("hiring/searches/", logged, name="hiring_searches"),
]
