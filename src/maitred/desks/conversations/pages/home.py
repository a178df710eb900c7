"""Who waits, and why a conversation needs a look: filters in the address, the gravest first."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from maitred.base.errors import MaitredError
from maitred.desks.conversations.pages import shared, wording
from maitred.desks.conversations.shapes import REASONS, LiveShown, Watched
from maitred.kit.access.actor import Actor
from maitred.kit.pages import words
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register
from maitred.kit.verbs.running import authorise

_HOURS = 10_000


@require_http_methods(["GET", "HEAD", "POST"])
def shown(request: HttpRequest) -> HttpResponse:
    """The live list; its form sends the ticked ones to review."""
    actor = shared.actor_of(request)
    authorise(register()["conversations.watch"], actor)
    problem = _sent(request, actor) if request.method == "POST" else None
    if isinstance(problem, HttpResponse):
        return problem
    try:
        return _page(request, actor, problem)
    except shared.BadWord as error:
        return shared.refused(request, error)


def _page(request: HttpRequest, actor: Actor, problem: MaitredError | None) -> HttpResponse:
    groups, channels = shared.places()
    reasons = [(one, str(wording.REASONS[one])) for one in REASONS]
    fields = [("reason", _("Reason"), reasons), ("group", _("Group"), groups), ("channel", _("Channel"), channels)]
    picked = {name: shared.chosen(request, name, dict(choices), _("choose from the list on the page"))
              for name, _label, choices in fields}  # fmt: skip
    longer = shared.number(request, "longer", None, _HOURS)
    page = int(shared.number(request, "page", 1, _HOURS, whole=True) or 1)
    found: Watched = run("conversations.watch", actor, {
        **{name: list(one) for name, one in picked.items()}, "waits_longer_than": longer, "page": page})  # fmt: skip
    every = {"reason": _("All reasons"), "group": _("All groups"), "channel": _("All channels")}
    selects = [shared.select(name, label, every[name], choices, picked[name]) for name, label, choices in fields]
    chips = shared.chips(request, [(name, label, choices, picked[name]) for name, label, choices in fields])
    narrowed = bool(chips) or longer is not None
    zone = ZoneInfo(found.known.zone)
    context = {
        "page": shared.frame(found.known, "ok" if found.rows else "empty", path=request.path, selects=selects,
                             chips=chips, kept={"longer": f"{longer:g}"} if longer is not None else {}),
        "title": wording.heading(found), "nav_name": _("Conversations"), "tabs": shared.tabs(actor, "conversations"),
        "keep": shared.keep(request), "found": found, "rows": [row(actor, one, zone) for one in found.rows],
        "counts": [
            {"label": wording.REASONS[one], "n": words.count(found.counts[one]), "here": picked["reason"] == (one,),
             "href": shared.link(request, reason=one, page=None)}
            for one in REASONS if found.counts.get(one)
        ],
        "pager": _pager(request, found), "narrowed": narrowed, "everything": reverse("conversations"),
        "cards": _cards(actor) if found.rows else [], "problem": str(problem) if problem else "",
        "open": words.count(found.open),
    }  # fmt: skip
    return render(request, "conversations/home.html", context, status=problem.status if problem else 200)


def row(actor: Actor, one: LiveShown, zone: ZoneInfo) -> dict[str, Any]:
    """A conversation in a list."""
    grave = "forgotten" in one.reasons or "waits_long" in one.reasons
    listed = [each for each in one.reasons if each != "waits" or len(one.reasons) == 1]
    listed = [each for each in listed if each != "waits_long" or "forgotten" not in one.reasons]
    return {
        "one": one, "key": f"{one.source}:{one.ticket}",
        "href": reverse("conversation", args=[one.source, one.ticket]),
        "reasons": [{"label": wording.REASONS[each], "look": wording.LOOKS.get(each, ""), "name": each}
                    for each in listed],
        "waits": wording.waits(one), "usual": wording.usual(one.usual) if one.waits_s is not None else "",
        "grave": grave, "since": wording.moment(one.waiting_since, zone),
        "rests": wording.both(one.rests_s, one.rests_business_s) if "silent" in one.reasons else "",
        "usual_rest": wording.usual(one.usual_rest) if "silent" in one.reasons else "",
        "promised": wording.moment(one.promised_for, zone),
        "tone": wording.tone(one.tone_first, one.tone_last) if "tone" in one.reasons else "",
    }  # fmt: skip


def _pager(request: HttpRequest, found: Watched) -> dict[str, str]:
    first = (found.page - 1) * 50 + 1
    told = _("%(first)s–%(last)s of %(total)s") % {
        "first": words.count(first), "last": words.count(first + len(found.rows) - 1),
        "total": words.count(found.total)}  # fmt: skip
    return {
        "told": told if found.rows else "",
        "previous": shared.link(request, page=str(found.page - 1)) if found.page > 1 else "",
        "next": shared.link(request, page=str(found.page + 1)) if found.page < found.pages else "",
    }


def _cards(actor: Actor) -> list[tuple[int, str]]:
    """The scorecards with which a conversation can be reviewed; none for those who send none."""
    if not shared.leads(actor):
        return []
    try:
        listed = run("quality.scorecards", actor, {}).scorecards
    except (MaitredError, KeyError):
        return []
    return [(one.id, one.name) for one in listed if one.published and not one.retired]


def _sent(request: HttpRequest, actor: Actor) -> HttpResponse | MaitredError:
    picked = [one.partition(":")[::2] for one in request.POST.getlist("ticket")][:100]
    card = request.POST.get("scorecard", "")
    given = {
        "tickets": [{"source": source, "ticket": ticket} for source, ticket in picked],
        "scorecard": int(card) if card.isascii() and card.isdigit() and len(card) < 10 else None,
        "reason": request.POST.get("reason", ""),
    }
    try:
        done = run("conversations.sample", actor, given)
    except shared.REFUSALS as error:
        return error
    said = ngettext("%(n)s conversation was sent to review", "%(n)s conversations were sent to review", done.reviews)
    messages.success(request, said % {"n": words.count(done.reviews)})
    return HttpResponseRedirect(request.get_full_path())


shown.verb = "conversations.watch"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [path("conversations/", shown, name="conversations")]
