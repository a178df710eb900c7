"""The desk's first page: what waits for the reader, how good the work is as far as that can be told, who agrees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from maitred.base import clock
from maitred.desks.quality.pages import scores, shared, wording
from maitred.desks.quality.verbs.shapes import ContestShown, MyReviews, ReviewListed, WorkloadRow
from maitred.kit.access.actor import Actor
from maitred.kit.pages import words
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register
from maitred.kit.verbs.running import authorise

MOST = 8
"""Rows of a list before the rest is on a page of its own."""


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """What waits, the scores, and how far reviewers agree."""
    actor = shared.actor_of(request)
    authorise(register()["quality.reviews"], actor)
    ask = scores.asked(request)
    if isinstance(ask, HttpResponse):
        return ask
    zone, now = shared.zone(), clock.now()
    mine: MyReviews = run("quality.my_reviews", actor, {})
    open_ = _contests(actor)
    panel = scores.panel(actor, ask)
    first = _first_steps(actor, mine, panel)
    frame = shared.frame(
        "empty" if first else "ok", path=reverse("quality"), selects=[scores.select(ask)],
        kept={name: word for name, word in ask.kept.items() if name != "period"},
        facts=[panel["days"], _("as of %(moment)s %(zone)s") % {"moment": words.moment(now, zone), "zone": zone.key}],
    )  # fmt: skip
    context = {
        **shared.shell(actor, "quality"), "page": frame, "title": _title(mine, open_, panel, now), "first": first,
        "next": _next(mine), "due": [row(one, now, zone) for one in mine.to_review[:MOST]],
        "due_more": max(0, len(mine.to_review) - MOST), "to_read": [_read(one, zone) for one in mine.to_read],
        "contests": [_contest(one, zone) for one in open_], "scores": panel,
        "agreement": scores.agreement(actor),
        "workload": [_load(one, now, zone) for one in run("quality.workload", actor, {}).reviewers]
        if shared.leads(actor) else (),
    }  # fmt: skip
    return shared.shown(request, "home", context)


@require_safe
def following(request: HttpRequest) -> HttpResponse:
    """To the next review that one has to make, else to the overview."""
    actor = shared.actor_of(request)
    mine: MyReviews = run("quality.my_reviews", actor, {})
    if mine.to_review:
        return redirect("quality_review", mine.to_review[0].id)
    messages.success(request, _("No review waits for you."))
    return HttpResponseRedirect(reverse("quality"))


def row(one: ReviewListed, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """A review as a list shows it."""
    due, late = wording.due(one.due_at, now, zone)
    label, look = wording.state(one.state)
    return {
        "one": one, "href": shared.at(one), "kind": wording.kind(one.kind), "due": due, "late": late, "state": label,
        "look": look, "score": wording.score(one.score), "about": one.about_name or _("hidden until it is submitted"),
        "submitted": wording.moment(one.submitted_at, zone),
    }  # fmt: skip


def _contests(actor: Actor) -> Sequence[ContestShown]:
    """The contests that wait for somebody who settles."""
    if not shared.leads(actor):
        return ()
    found: Sequence[ContestShown] = run("quality.contests", actor, {"state": "open"}).contests
    return found


def _next(mine: MyReviews) -> str:
    return reverse("quality_review", args=[mine.to_review[0].id]) if mine.to_review else ""


def _title(mine: MyReviews, open_: Sequence[ContestShown], panel: Mapping[str, Any], now: datetime) -> str:
    """What needs the reader, else what the scores say."""
    late = sum(one.due_at is not None and one.due_at < now for one in mine.to_review)
    due = len(mine.to_review)
    if late:
        said = ngettext("%(n)s of your reviews is overdue", "%(n)s of your reviews are overdue", late)
        return said % {"n": words.count(late)}
    if due:
        return ngettext("%(n)s review waits for you", "%(n)s reviews wait for you", due) % {"n": words.count(due)}
    if open_:
        said = ngettext("%(n)s contest waits to be settled", "%(n)s contests wait to be settled", len(open_))
        return said % {"n": words.count(len(open_))}
    if mine.to_read:
        said = ngettext("%(n)s review of your work is new", "%(n)s reviews of your work are new", len(mine.to_read))
        return said % {"n": words.count(len(mine.to_read))}
    return str(panel["title"])


def _first_steps(actor: Actor, mine: MyReviews, panel: Mapping[str, Any]) -> dict[str, Any] | None:
    """What to do where there is nothing yet; ``None`` once there is something."""
    if mine.to_review or mine.to_read or mine.submitted or panel["rows"]:
        return None
    if not shared.leads(actor):
        return {"title": _("No review was made in these days"), "steps": (),
                "told": _("Here is then what reviews of tickets say, each with how sure it is.")}  # fmt: skip
    cards = [one for one in run("quality.scorecards", actor, {}).scorecards if one.published and not one.retired]
    card = {"label": _("Make a scorecard"), "href": reverse("quality_scorecards"), "done": bool(cards),
            "told": _("What reviewers look for, and how much each item weighs.")}  # fmt: skip
    draw = {"label": _("Draw a sample"), "href": reverse("quality_draw"), "done": False,
            "told": _("Tickets at random, and who reviews them; you see it before it is kept.")}  # fmt: skip
    return {"title": _("Two steps to the first review"), "steps": (card, draw), "told": ""}


def _read(one: ReviewListed, zone: ZoneInfo) -> dict[str, Any]:
    return {"one": one, "href": reverse("quality_result", args=[one.id]), "score": wording.score(one.score),
            "sent": wording.moment(one.sent_at, zone), "card": f"{one.scorecard_name} v{one.number}"}  # fmt: skip


def _contest(one: ContestShown, zone: ZoneInfo) -> dict[str, Any]:
    return {"one": one, "href": reverse("quality_contest", args=[one.id]),
            "opened": wording.moment(one.opened_at, zone)}  # fmt: skip


def _load(one: WorkloadRow, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    return {"one": one, "open": words.count(one.assigned + one.draft), "submitted": words.count(one.submitted),
            "per_week": words.number(one.per_week, 1), "overdue": one.overdue,
            "next": wording.due(one.next_due, now, zone)[0] or words.NOTHING}  # fmt: skip


overview.verb = "quality.reviews"  # type: ignore[attr-defined]
following.verb = "quality.my_reviews"  # type: ignore[attr-defined]
