"""One connection: how it does now, stream by stream, what is missing, its last runs; and what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from maitred.base import clock
from maitred.base.errors import Conflict, Denied, Invalid, MaitredError, NotFresh, UsageError
from maitred.desks.helpdesks.pages import shared, standing, wording
from maitred.desks.helpdesks.verbs.looking import Aside, RunShown
from maitred.desks.helpdesks.verbs.shapes import ConnectionShown, StatusShown
from maitred.kit.access.actor import Actor
from maitred.kit.pages import fields as forms
from maitred.kit.pages import words
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run

_DEEDS = {
    "sync": "helpdesks.sync",
    "reconcile": "helpdesks.reconcile",
    "accept": "helpdesks.reconcile",
    "retry": "helpdesks.retry_quarantine",
    "test": "helpdesks.test",
    "pause": "helpdesks.pause",
    "resume": "helpdesks.resume",
}
_VERSIONED = ("pause", "resume")
REFUSALS = (Conflict, Denied, Invalid)
ROWS = 50
GAPS, MOST_GAPS = 5, 100
"""Gaps that are shown at once, and with those that are folded."""


@dataclass(frozen=True, slots=True)
class Press:
    """A button of the head: a form with ``do``, or a link."""

    label: str
    do: str = ""
    action: str = ""
    look: str = ""
    title: str = ""
    href: str = ""
    version: int | None = None


@require_http_methods(["GET", "HEAD", "POST"])
def shown(request: HttpRequest, slug: str) -> HttpResponse:
    """The state of a connection; its buttons come back here."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    problem: MaitredError | None = None
    if request.method == "POST":
        try:
            return _done(request, actor, slug)
        except NotFresh:
            return shared.prove_who_you_are(request)
        except REFUSALS as error:
            problem = error
    one: StatusShown = run("helpdesks.status", actor, {"connection": slug})
    runs: Sequence[RunShown] = run("helpdesks.runs", actor, {"connection": slug}).runs
    zone = shared.zone()
    found = standing.facts(one, runs)
    context = {
        **shared.shell(actor, one.connection, "helpdesk"),
        **_now(actor, one, runs, zone),
        "page": Frame("helpdesks", "error" if problem else _page_state(wording.named(found)),
                      facts=_facts_line(one, zone)),
        "title": wording.title(slug, wording.state(found, zone), found),
        "presses": _presses(one) if shared.may(actor) else (),
        "problem": forms.told(problem) if problem else "",
        "runs": [_run(each, zone) for each in runs],
        "known": _known(one, zone),
        "hooks": _hooks(actor, one, zone),
    }  # fmt: skip
    return render(request, "helpdesks/one.html", context, status=problem.status if problem else 200)


@require_safe
def state(request: HttpRequest, slug: str) -> HttpResponse:
    """The part of the page that moves while something is under way."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    one: StatusShown = run("helpdesks.status", actor, {"connection": slug})
    runs: Sequence[RunShown] = run("helpdesks.runs", actor, {"connection": slug}).runs
    return render(request, "helpdesks/parts/state.html", _now(actor, one, runs, shared.zone()))


@require_http_methods(["GET", "HEAD", "POST"])
def aside(request: HttpRequest, slug: str) -> HttpResponse:
    """The records that were set aside, each with what is wrong and what helps."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    problem: MaitredError | None = None
    if request.method == "POST":
        try:
            return _done(request, actor, slug)
        except REFUSALS as error:
            problem = error
    known: ConnectionShown = run("helpdesks.show", actor, {"connection": slug})
    stream, offset = request.GET.get("stream", ""), _offset(request)
    found: Aside = run(
        "helpdesks.set_aside", actor, {"connection": slug, "stream": stream, "offset": offset, "limit": ROWS}
    )
    zone = shared.zone()
    said = ngettext("%(n)s record was set aside", "%(n)s records were set aside", found.total)
    again = Press(_("Try them again"), "retry", reverse("helpdesk_aside", args=[slug]))
    context = {
        **shared.shell(actor, known, "helpdesk_aside"),
        "page": Frame("helpdesks", "error" if problem else "ok"),
        "title": said % {"n": words.count(found.total)} if found.total else _("Nothing was set aside"),
        "problem": forms.told(problem) if problem else "",
        "presses": [again] if found.total and shared.may(actor) else (),
        "rows": [_aside(each, zone) for each in found.rows], "total": found.total,
        **_pager(request.path, stream, offset, found),
    }  # fmt: skip
    return render(request, "helpdesks/aside.html", context, status=problem.status if problem else 200)


def _done(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    do = request.POST.get("do", "")
    verb = _DEEDS.get(do)
    if verb is None:
        raise UsageError(_("this page has no such button"), _("go back, load the page again and repeat"))
    given: dict[str, Any] = {"connection": slug}
    if do == "accept":
        given["accept_mass_delete"] = True
    if do in _VERSIONED:
        given["version"] = request.POST.get("version", "")
    run(verb, actor, given)
    messages.success(request, _said(do))
    return HttpResponseRedirect(request.path)


def _said(do: str) -> str:
    return {
        "sync": _("It is read as soon as the worker is free."),
        "reconcile": _("Everything is compared as soon as the worker is free. A large helpdesk takes a night."),
        "accept": _("Everything is compared again, and what is gone is marked as deleted."),
        "retry": _("The records are read again as soon as the worker is free."),
        "test": _("maitred signs in again as soon as the worker is free."),
        "pause": _("It is paused. What was read stays."),
        "resume": _("It goes on where it stopped."),
    }[do]


def _now(actor: Actor, one: StatusShown, runs: Sequence[RunShown], zone: ZoneInfo) -> dict[str, Any]:
    """What the moving part shows."""
    slug = one.connection.slug
    found = standing.facts(one, runs)
    anew = reverse("helpdesk_anew", args=[slug]) if shared.may(actor) else ""
    gaps, streams = standing.gaps(one, zone), standing.streams(one, zone)
    lists = [each for each in streams if each["listed"]]
    set_to = one.connection.requests_per_minute
    return {
        "state": wording.state(found, zone, anew),
        "counts": standing.counts(one, found),
        "doing": standing.doing(one),
        **_gaps(gaps),
        "accept": reverse("helpdesk", args=[slug]) if standing.to_be_accepted(one) and shared.may(actor) else "",
        "gaps_title": ngettext("%(n)s gap is known", "%(n)s gaps are known", len(gaps)) % {"n": len(gaps)},
        "streams": [each for each in streams if not each["listed"]],
        "lists": lists,
        "lists_title": _lists_title(lists),
        "lists_open": not all(each["complete"] for each in lists),
        "waiting": standing.waiting(one),
        "budget": standing.budget(one),
        "budget_help": _spent(runs, set_to),
        "poll": reverse("helpdesk_state", args=[slug]) if standing.busy(one) else "",
    }  # fmt: skip


def _spent(runs: Sequence[RunShown], set_to: int | None) -> str:
    """How many requests were made lately, and what is kept back."""
    made = standing.requests_lately(runs, clock.now())
    told = ngettext("%(n)s request in the runs of the last two hours.",
                    "%(n)s requests in the runs of the last two hours.", made) % {"n": words.count(made)}  # fmt: skip
    if set_to:
        return f"{told} {_('You allowed at most %(n)s a minute.') % {'n': set_to}}"
    return f"{told} {_('A fifth of the usual requests is left to people and to changes.')}"


def _gaps(gaps: Sequence[dict[str, str]]) -> dict[str, Any]:
    """The first gaps, more of them folded, and how many are not told."""
    folded, untold = gaps[GAPS:MOST_GAPS], len(gaps) - MOST_GAPS
    said = ngettext("%(n)s more", "%(n)s more", len(folded)) % {"n": len(folded)}
    left = ngettext("%(n)s more is not told here.", "%(n)s more are not told here.", untold) % {"n": untold}
    return {
        "gaps": gaps[:GAPS],
        "more_gaps": folded,
        "more_gaps_title": said,
        "untold_gaps": left if untold > 0 else "",
    }


def _page_state(name: str) -> str:
    return "stale" if name in wording.NEED_SOMEBODY else "empty" if name == "waiting" else "ok"


def _facts_line(one: StatusShown, zone: ZoneInfo) -> list[str]:
    known = one.connection
    return [
        shared.guide_of(known.vendor).title,
        known.url,
        _("as %(user)s") % {"user": known.user} if known.user else "",
        _("connected %(day)s") % {"day": words.day(known.created_at.astimezone(zone).date())},
    ]


def _presses(one: StatusShown) -> list[Press]:
    known = one.connection
    here = reverse("helpdesk", args=[known.slug])
    if known.state == "refused":
        anew = reverse("helpdesk_anew", args=[known.slug])
        return [Press(_("Enter it anew"), look="pri", href=anew), Press(_("Sign in again"), "test", here)]
    if known.state != "connected":
        return []
    if not known.enabled:
        return [Press(_("Let it go on"), "resume", here, "pri", version=known.version)]
    return [
        Press(_("Read now"), "sync", here, "pri"),
        Press(_("Compare everything"), "reconcile", here, title=_("Every ticket's id, here and at the helpdesk")),
        Press(_("Pause"), "pause", here, version=known.version),
    ]


def _run(each: RunShown, zone: ZoneInfo) -> dict[str, Any]:
    ended = each.ended_at or clock.now()
    label, look = (
        (_("running"), "")
        if each.complete is None
        else (_("complete"), "on")
        if each.complete
        else (_("incomplete"), "low")
    )
    why = next((wording.reason(text) for text in each.reasons.values()), "")
    return {
        "at": words.moment(each.started_at, zone), "at_iso": clock.iso(each.started_at),
        "took": wording.ago((ended - each.started_at).total_seconds()),
        "records": _of_run(each, each.records), "loaded": _of_run(each, each.loaded), "label": label, "look": look,
        "why": why if each.complete is False else _extra(each),
    }  # fmt: skip


def _of_run(each: RunShown, number: int) -> str:
    """A number of a run; what a run did is known once it has ended."""
    return words.NOTHING if each.complete is None else words.count(number)


def _lists_title(lists: Sequence[dict[str, Any]]) -> str:
    done = sum(1 for each in lists if each["complete"])
    if done == len(lists):
        said = ngettext("%(n)s list, read whole each time: complete", "%(n)s lists, read whole each time: all complete",
                        len(lists))  # fmt: skip
        return said % {"n": len(lists)}
    return _("%(n)s lists, read whole each time: %(done)s complete") % {"n": len(lists), "done": done}


def _extra(each: RunShown) -> str:
    told = []
    if each.retries:
        said = ngettext("%(n)s request was repeated", "%(n)s requests were repeated", each.retries)
        told.append(said % {"n": words.count(each.retries)})
    if each.waited_s >= words.MINUTE:
        told.append(_("waited %(time)s for its turn") % {"time": wording.ago(each.waited_s)})
    return ", ".join(told)


def _known(one: StatusShown, zone: ZoneInfo) -> list[tuple[str, str]]:
    """How much of the past is known, and when everything was last compared."""
    known = one.connection
    since = words.day(known.since) if known.since else _("the first ticket")
    compared = standing.instant(one.sync["reconciled_at"])
    return [
        (_("Read from"), since),
        (_("Changes of tickets"), forms.sentence(known.history) or words.NOTHING),
        (_("Everything compared"), words.moment(compared, zone) if compared else _("not yet; it is done every night")),
        (_("Tickets counted by day"), standing.by_day(one)),
        (_("Kinds of records left out"), words.count(len(known.missing)) if known.missing else _("none")),
    ]


def _hooks(actor: Actor, one: StatusShown, zone: ZoneInfo) -> dict[str, str]:
    known = one.connection
    page = f"{reverse('helpdesk_settings', args=[known.slug])}#hooks"
    if not known.hook:
        said = _("It is asked every five minutes. With calls from the helpdesk changes come within seconds.")
        return {"sentence": said, "href": page if shared.may(actor) else "", "label": _("Set up calls")}
    waiting = one.inbox.get("tickets") or 0
    if waiting:
        said = ngettext("%(n)s ticket that was called about waits to be read.",
                        "%(n)s tickets that were called about wait to be read.", waiting)  # fmt: skip
        return {"sentence": said % {"n": words.count(waiting)}, "href": page, "label": _("Calls")}
    return {"sentence": _("The helpdesk may call. Nothing waits."), "href": page, "label": _("Calls")}


def _aside(each: Any, zone: ZoneInfo) -> dict[str, str]:
    return {
        "stream": each.stream, "key": each.key or f"{each.page}:{each.row}", "field": each.field or words.NOTHING,
        "why": forms.sentence(each.why), "remedy": _REMEDIES.get(each.code, _REMEDIES[""])(),
        "since": words.moment(each.since, zone), "since_iso": clock.iso(each.since),
    }  # fmt: skip


_REMEDIES = {
    "orphan": lambda: _("It speaks of a ticket that is not here; it is read again once that ticket comes."),
    "unknown_zone": lambda: _("Choose a known time zone in the helpdesk's schedule."),
    "too_big": lambda: _("It is kept as it came; nothing else depends on it."),
    "bad_time": lambda: _("Mend the time in the helpdesk, or wait for an upgrade that reads it."),
    "bad_enum": lambda: _("Say under Statuses and fields what the word means."),
    "": lambda: _("Report it with its field: an upgrade can read it from what is kept."),
}


def _offset(request: HttpRequest) -> int:
    text = request.GET.get("from", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def _pager(path: str, stream: str, offset: int, found: Aside) -> dict[str, str]:
    narrowed = f"stream={stream}&" if stream else ""
    last = offset + len(found.rows)
    told = {"from": words.count(offset + 1), "to": words.count(last), "all": words.count(found.total)}
    return {
        "told": _("%(from)s–%(to)s of %(all)s") % told,
        "first": f"{path}?{narrowed}".rstrip("&?") if offset else "",
        "next": f"{path}?{narrowed}from={last}" if last < found.total else "",
    }


shown.verb = "helpdesks.status"  # type: ignore[attr-defined]
state.verb = "helpdesks.status"  # type: ignore[attr-defined]
aside.verb = "helpdesks.set_aside"  # type: ignore[attr-defined]
