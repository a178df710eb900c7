"""Samples: draw one, seeing first what it takes, who would review what, and how many reviews would be enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from maitred.base import clock
from maitred.base.errors import MaitredError
from maitred.desks.quality.pages import choosing, shared, strata, wording
from maitred.desks.quality.verbs.shapes import DrawShown, SamplePreview, Stratum
from maitred.kit.access.actor import Actor
from maitred.kit.pages import fields as forms
from maitred.kit.pages import words
from maitred.kit.pages.fields import Field, Option
from maitred.kit.pages.frame import days_words
from maitred.kit.verbs import Page, run
from maitred.kit.verbs.registry import register
from maitred.kit.verbs.running import authorise

_DAYS = 28
_EACH = "4"
_NUMBERS = ("size", "per_person", "team", "seed")
_KEPT = (
    "kind",
    "scorecard",
    "first_day",
    "last_day",
    "size",
    "per_person",
    "tickets",
    "reason",
    "team",
    "channel",
    "due",
    "blind",
)
"""Fields of the form with one value each, which the preview carries on unseen."""


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """The samples within reach, and how far their reviews are."""
    actor = shared.actor_of(request)
    asked = {"cursor": request.GET["cursor"]} if request.GET.get("cursor") else {}
    found: Page[DrawShown] = run("quality.draws", actor, asked)
    rows = [_row(one) for one in found.items]
    path = reverse("quality_draws")
    waits = sum(row["open"] for row in rows)
    said = ngettext("%(n)s drawn review is still to be made", "%(n)s drawn reviews are still to be made", waits)
    title = said % {"n": words.count(waits)} if waits else _("Every drawn review is made")
    context = {
        **shared.shell(actor, "quality_draws"), "page": shared.frame("ok" if rows else "empty"),
        "title": title if rows else _("No sample was drawn yet"), "rows": rows,
        "next": f"{path}?cursor={found.next}" if found.next else "", "first": path if asked else "", "path": path,
    }  # fmt: skip
    return shared.shown(request, "draws", context)


@require_http_methods(["GET", "HEAD", "POST"])
def drawing(request: HttpRequest) -> HttpResponse:
    """The form for a sample, what it would come to, then the sample itself."""
    actor = shared.actor_of(request)
    authorise(register()["quality.draw_sample"], actor)
    zone = shared.zone()
    problem: MaitredError | None = None
    preview: SamplePreview | None = None
    if request.method == "POST":
        posted, do = request.POST, request.POST.get("do", "")
        try:
            wish = _wish(posted)
            if do == "draw":
                made = run("quality.draw_sample", actor, {**wish, **_fixed(posted, zone)})
                return _made(request, made)
            if do != "preview":
                raise shared.no_such_button()
            preview = run("quality.preview_sample", actor, wish)
        except shared.REFUSALS as error:
            problem = error
    fields = _fields(actor, zone, request.POST if request.method == "POST" else QueryDict())
    fields = forms.sent(fields, request, problem) if request.method == "POST" else fields
    none = not any(one.options for one in fields if one.name == "scorecard")
    context = {
        **shared.shell(actor, "quality_draws"), "page": shared.frame("empty" if none else "ok", problem),
        "title": _preview_title(preview) if preview else _("Draw a sample"), "fields": fields, "no_card": none,
        "problem": forms.problem(fields, problem),
        "preview": _previewed(actor, preview, request.POST.getlist("by")) if preview else None,
        "kept": _carried(request.POST, preview) if preview else (), "action": reverse("quality_draw"),
    }  # fmt: skip
    return shared.shown(request, "draw_form", context, problem)


@require_safe
def one(request: HttpRequest, draw: int) -> HttpResponse:
    """One sample: what it was drawn from, with which chance each ticket, and how far its reviews are."""
    actor = shared.actor_of(request)
    found: DrawShown = run("quality.show_draw", actor, {"draw": draw})
    row = _row(found)
    context = {
        **shared.shell(actor, "quality_draws"), "title": row["title"], "row": row, "one": found,
        "page": shared.frame(facts=[row["days"], row["card"], _("publication %(n)s") % {"n": found.publication}]),
        "strata": _strata(actor, found.strata, found.stratified_by), "by": _by(found.stratified_by),
        "states": [(wording.state(name)[0], n, wording.state(name)[1], _of_draw(found.id, name))
                   for name, n in sorted(found.states.items())],
        "due": wording.due(found.due_at, clock.now(), shared.zone())[0],
    }  # fmt: skip
    return shared.shown(request, "draw", context)


def _row(found: DrawShown) -> dict[str, Any]:
    done, all_ = found.states.get("submitted", 0), sum(found.states.values())
    left = sum(found.states.get(name, 0) for name in ("assigned", "draft"))
    told = {"done": words.count(done), "all": words.count(all_)}
    return {
        "one": found, "href": reverse("quality_draw_one", args=[found.id]), "kind": wording.kind(found.kind),
        "card": f"{found.scorecard_name} v{found.number}", "days": days_words(found.first_day, found.last_day),
        "done": done,
        "all": all_, "open": left, "told": _("%(done)s of %(all)s submitted") % told,
        "title": _("%(done)s of %(all)s drawn reviews are submitted") % told,
        "made": wording.moment(found.made_at, shared.zone()), "reviews": _of_draw(found.id),
    }  # fmt: skip


def _of_draw(draw: int, state: str = "") -> str:
    return f"{reverse('quality_reviews')}?draw={draw}" + (f"&state={state}" if state else "")


def _strata(actor: Actor, found: Sequence[Stratum], by: Sequence[str]) -> list[dict[str, str]]:
    named = strata.named(actor, found, by)
    told = [_stratum(each, named(each.name)) for each in found]
    return sorted(told, key=lambda one: one["name"].casefold())


def _stratum(each: Stratum, name: str) -> dict[str, str]:
    return {"name": name or _("all"), "tickets": words.count(each.tickets), "drawn": words.count(each.drawn),
            "chance": words.share(each.probability)}  # fmt: skip


def _by(names: Sequence[str]) -> str:
    return ", ".join(str(wording.STRATA.get(name, name)) for name in names)


def _fields(actor: Actor, zone: ZoneInfo, posted: QueryDict) -> list[Field]:
    today = clock.now().astimezone(zone).date()
    first = today - timedelta(days=_DAYS)
    cards = choosing.scorecards(actor, posted.get("scorecard", ""))
    return [
        Field("scorecard", _("Scorecard"), "select", options=cards),
        Field("kind", _("Tickets"), "radios", options=[
            Option("random", _("At random"), _("Only these make scores."), chosen=posted.get("kind") != "targeted"),
            Option("targeted", _("Chosen for a reason"), _("For feedback; never part of a score."),
                   chosen=posted.get("kind") == "targeted"),
        ]),
        Field("first_day", _("Solved from"), "date", first.isoformat(), required=True),
        Field("last_day", _("Until"), "date", (today - timedelta(days=1)).isoformat(), required=True),
        Field("per_person", _("Tickets of each person"), "number", "" if posted else _EACH, optional=True,
              help=_("Or so many in all, in the next field.")),
        Field("size", _("Tickets in all"), "number", optional=True),
        Field("by", _("Drawn from each"), "checks", options=[
            Option(name, label) for name, label in wording.STRATA.items()
        ], help=_("So that no channel, group or person is left out by chance.")),
        Field("team", _("About the work of"), "select", options=choosing.teams(actor, posted.get("team", ""))),
        Field("channel", _("Only these channels"), optional=True, help=_("With commas between them.")),
        Field("reviewers", _("Who reviews"), "checks", options=choosing.reviewers(actor),
              help=_("Everybody who leads, unless you choose. Each person is reviewed by several.")),
        Field("tickets", _("Chosen tickets"), "textarea", optional=True, help=_("Their numbers; only where chosen.")),
        Field("reason", _("Why these"), optional=True, help=_("Only where chosen.")),
        Field("due", _("Wanted by"), "date", optional=True),
        Field("blind", _("Hide whom a review is about until it is submitted"), "check"),
    ]  # fmt: skip


def _wish(posted: QueryDict) -> dict[str, Any]:
    """What the form wants, as the verbs take it."""
    words = ("kind", "scorecard", "first_day", "last_day")
    given: dict[str, Any] = {name: posted[name] for name in words if posted.get(name)}
    given |= {name: word for name in _NUMBERS if (word := posted.get(name, "").strip())}
    given |= {name: posted.getlist(name) for name in ("by", "reviewers") if posted.getlist(name)}
    given |= {"blind": True} if posted.get("blind") else {}
    if channels := [one for one in posted.get("channel", "").replace(",", " ").split() if one]:
        given["channel"] = channels
    if posted.get("tickets", "").strip():
        given["tickets"] = choosing.tickets(posted.get("tickets", ""))
    if posted.get("reason", "").strip():
        given["reason"] = posted["reason"]
    return given


def _fixed(posted: QueryDict, zone: ZoneInfo) -> dict[str, Any]:
    """What the preview settled: the seed, what it came to, and until when reviews are wanted."""
    due = choosing.end_of(posted.get("due", ""), zone)
    return {"fingerprint": posted.get("fingerprint") or None, **({"due_at": due} if due else {})}


def _carried(posted: QueryDict, found: SamplePreview) -> list[tuple[str, str]]:
    """What the form of the preview sends again, with the seed that the preview was made with."""
    kept = [(name, word) for name in _KEPT if (word := posted.get(name, ""))]
    kept += [(name, value) for name in ("by", "reviewers") for value in posted.getlist(name)]
    return [*kept, ("seed", str(found.seed)), ("fingerprint", found.fingerprint)]


def _made(request: HttpRequest, made: DrawShown) -> HttpResponse:
    n = sum(made.states.values())
    said = ngettext("%(n)s review is given out.", "%(n)s reviews are given out.", n) % {"n": words.count(n)}
    messages.success(request, said)
    return redirect("quality_draw_one", made.id)


def _preview_title(found: SamplePreview) -> str:
    said = ngettext("%(n)s ticket would be drawn", "%(n)s tickets would be drawn", found.drawn)
    return said % {"n": words.count(found.drawn)} if found.drawn else _("There is nothing to draw from")


def _previewed(actor: Actor, found: SamplePreview, by: Sequence[str]) -> dict[str, Any]:
    told: Mapping[str, str] = {"n": words.count(found.candidates), "p": str(found.publication)}
    return {
        "one": found, "strata": _strata(actor, found.strata, by),
        "loads": [{"name": each.name, "open": words.count(each.open), "new": words.count(each.new)}
                  for each in found.loads],
        "from": _("Drawn from %(n)s tickets of publication %(p)s.") % told, "each": _each(found),
        "left_out": _left_out(found), "needed": wording.needed(found.needed) if found.kind == "random" else "",
        "notes": [forms.sentence(one) for one in found.notes], "can": found.drawn > 0,
        "button": ngettext("Give out %(n)s review", "Give out %(n)s reviews", found.drawn)
        % {"n": words.count(found.drawn)},
    }  # fmt: skip


def _each(found: SamplePreview) -> str:
    if not found.people:
        return ""
    told = {"people": words.count(found.people), "low": words.count(found.fewest_per_person),
            "high": words.count(found.most_per_person)}  # fmt: skip
    if found.fewest_per_person == found.most_per_person:
        return _("%(people)s people, %(low)s tickets of each.") % told
    return _("%(people)s people, %(low)s to %(high)s tickets of each.") % told


def _left_out(found: SamplePreview) -> list[str]:
    told = []
    if found.already_reviewed:
        n = found.already_reviewed
        said = ngettext("%(n)s ticket is left out: it is in a sample already.",
                        "%(n)s tickets are left out: they are in a sample already.", n)  # fmt: skip
        told.append(said % {"n": words.count(found.already_reviewed)})
    return told


listed.verb = "quality.draws"  # type: ignore[attr-defined]
drawing.verb = "quality.draw_sample"  # type: ignore[attr-defined]
one.verb = "quality.show_draw"  # type: ignore[attr-defined]
