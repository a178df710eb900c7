"""The list of reviews within reach: of a person, a kind, a state, a sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from maitred.base import clock
from maitred.base.errors import Invalid, MaitredError
from maitred.desks.quality.pages import choosing, home, shared, wording
from maitred.desks.quality.verbs.shapes import ReviewListed, ReviewShown
from maitred.kit.access.actor import Actor
from maitred.kit.pages import fields as forms
from maitred.kit.pages import words
from maitred.kit.pages.frame import Choice, Select
from maitred.kit.verbs import Page, run

_NUMBERS = ("person", "draw")


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """One page of the list, the newest first."""
    return _page(request, None)


@require_POST
def own(request: HttpRequest) -> HttpResponse:
    """Begin a review of a ticket of one's own."""
    actor = shared.actor_of(request)
    try:
        (ticket,) = choosing.tickets(request.POST.get("ticket", ""), "ticket") or [{}]
        given = {"kind": "self", "scorecard": request.POST.get("scorecard", ""), **ticket}
        made: ReviewShown = run("quality.add_review", actor, given)
    except ValueError:
        return _page(request, Invalid(_("name one ticket"), _("begin one review after the other")))
    except shared.REFUSALS as error:
        return _page(request, error)
    return redirect("quality_review", made.id)


def _page(request: HttpRequest, problem: MaitredError | None) -> HttpResponse:
    actor = shared.actor_of(request)
    asked = {
        name: word for name in ("person", "kind", "state", "draw", "cursor") if (word := request.GET.get(name, ""))
    }
    wrong = _wrong(asked)
    if wrong:
        return shared.wrong_word(request, *wrong)
    found: Page[ReviewListed] = run("quality.reviews", actor, asked)
    zone, now = shared.zone(), clock.now()
    kept = {name: word for name, word in asked.items() if name in _NUMBERS}
    rows = [home.row(one, now, zone) for one in found.items]
    path = reverse("quality_reviews")
    frame = shared.frame("ok" if rows else "empty", problem, path=path, selects=_selects(asked), kept=kept)
    more = f"{path}?{urlencode({**asked, 'cursor': found.next})}" if found.next else ""
    context = {
        **shared.shell(actor, "quality_reviews"), "page": frame, "title": _title(found.items, asked, bool(more)),
        "rows": rows, "next": more, "first": _first(asked) if "cursor" in asked else "", "path": _first(asked),
        "narrowed": bool(asked), "own": _own(actor),
        "self_problem": forms.told(problem) if problem else "",
    }  # fmt: skip
    return shared.shown(request, "reviews", context, problem)


def _wrong(asked: dict[str, str]) -> tuple[str, str] | None:
    """The word that means nothing, and what would."""
    for name, known in (("kind", wording.KINDS), ("state", wording.STATES)):
        if asked.get(name, next(iter(known))) not in known:
            return name, _("use %(known)s") % {"known": ", ".join(known)}
    for name in _NUMBERS:
        if name in asked and not shared.number(asked[name]):
            return name, _("use a number from 1 on")
    return None


def _selects(asked: dict[str, str]) -> list[Select]:
    kinds = [("", _("Every kind")), *((name, str(label)) for name, label in wording.KINDS.items())]
    states = [("", _("Every state")), *((name, str(label)) for name, (label, _look) in wording.STATES.items())]
    return [
        Select(name, label, [Choice(value, text, value == asked.get(name, "")) for value, text in choices])
        for name, label, choices in (("kind", _("Kind"), kinds), ("state", _("State"), states))
    ]


def _first(asked: dict[str, str]) -> str:
    kept = {name: word for name, word in asked.items() if name != "cursor"}
    return f"{reverse('quality_reviews')}?{urlencode(kept)}" if kept else reverse("quality_reviews")


def _title(rows: Sequence[ReviewListed], asked: dict[str, str], more: bool) -> str:
    if not rows:
        return _("No such review") if asked else _("No review yet")
    name = rows[0].about_name if "person" in asked and rows[0].about is not None else ""
    told = {"n": words.count(len(rows)), "name": name}
    if more or "cursor" in asked:
        return _("The newest reviews of %(name)s") % told if name else _("The newest reviews")
    if name:
        said = ngettext("%(n)s review of the work of %(name)s", "%(n)s reviews of the work of %(name)s", len(rows))
        return said % told
    return ngettext("%(n)s review", "%(n)s reviews", len(rows)) % told


def _own(actor: Actor) -> list[tuple[str, str]]:
    """Scorecards with which one may review a ticket of one's own, by id."""
    if actor.person is None:
        return []
    try:
        found: Sequence[Any] = run("quality.scorecards", actor, {}).scorecards
    except MaitredError:
        return []
    return [(str(one.id), one.name) for one in found if one.published and not one.retired]


listed.verb = "quality.reviews"  # type: ignore[attr-defined]
own.verb = "quality.add_review"  # type: ignore[attr-defined]
