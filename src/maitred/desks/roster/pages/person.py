"""The page of one person: the sections of all desks, the forms of the roster, and for oneself who looked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from maitred.base.errors import NotFound
from maitred.desks.roster.pages import filling, wording
from maitred.desks.roster.pages.home import facts
from maitred.desks.roster.shapes import PersonPage
from maitred.kit.access.actor import Actor
from maitred.kit.pages import person as sections
from maitred.kit.pages import words
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, person: int) -> HttpResponse:
    """Everything about one person that the reader may see; forms of it are sent here."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    refused = None
    if request.method == "POST":
        refused = filling.done(request, person)
        if refused is None:
            messages.success(request, filling.said(request))
            return HttpResponseRedirect(request.path)
    page: PersonPage = run("roster.person", actor, {"person": person})
    request.roster_page = page  # type: ignore[attr-defined]
    request.roster_forms = {  # type: ignore[attr-defined]
        name: form.back(request, refused) for name, form in filling.forms_of(actor, page).items()
    }
    context = {
        "page": Frame("person", "error" if refused else "ok", publication=page.publication,
                      facts=[*_facts(page), *facts(page.publication, page.as_of)]),
        "title": page.name, "nav_name": _("Roster"), "person": page, "changed": wording.changed(page),
        "seen_by": _("Visible to you and those who lead you") if page.own
        else _("Visible to %(name)s and those who lead them") % {"name": page.name},
        "sections": made(request, _subject(page)), "looks": _looks(actor) if page.own else None,
        "drill": page.load.drill if page.load else "",
    }  # fmt: skip
    return render(request, "roster/person.html", context, status=refused.status if refused else 200)


@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """The way to one's own page.

    Raises
    ------
    NotFound
        The account is nobody's on the roster.
    """
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.person is None:
        raise NotFound(_("this account has no page of a person"), _("sign in as somebody who is on the roster"))
    return HttpResponseRedirect(reverse("person", args=[actor.person]))


def _elsewhere(name: str, verb: str) -> Callable[..., HttpResponse]:
    """The way from the shared address of a page to the page itself, which asks for rights."""

    @require_safe
    def view(request: HttpRequest, number: int) -> HttpResponse:
        query = request.GET.urlencode()
        return HttpResponseRedirect(reverse(name, args=[number]) + (f"?{query}" if query else ""))

    view.verb = verb  # type: ignore[attr-defined]
    return view


to_person = _elsewhere("person", "roster.person")
to_team = _elsewhere("roster_team", "roster.team")
to_bot = _elsewhere("roster_bot", "roster.bot")


def made(request: HttpRequest, subject: sections.Subject) -> list[dict[str, Any]]:
    """The sections of all desks that have something to show to this reader."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = []
    for one in sections.sections(actor, subject.kind):
        context = one.make(request, subject)
        if context is not None:
            found.append({"name": one.name, "title": one.title, "template": one.template, "it": context})
    return found


def _subject(page: PersonPage) -> sections.Subject:
    days = [one.isoformat() if one else "" for one in (page.start, page.end)]
    return sections.Subject("person", page.person, page.name, page.own, page.publication or 0, days[0], days[1],
                            page.time_zone)  # fmt: skip


def _facts(page: PersonPage) -> list[str]:
    present = [one for one in page.places if one.until is None]
    found = [one.name for one in present]
    if page.left_on:
        found.append(_("left on %(day)s") % {"day": words.day(page.left_on)})
    if page.start and page.end:
        found.append(f"{words.day(page.start)} – {words.day(page.end)}")
    return found


def _looks(actor: Actor) -> list[dict[str, Any]]:
    """Who opened one's own page."""
    from zoneinfo import ZoneInfo

    from maitred.kit.reading import reading

    try:
        with reading() as found:
            zone = found.zone
    except NotFound:
        zone = ZoneInfo("UTC")
    shown = run("roster.who_looked", actor, {})
    return [{"name": one.name, "moment": words.moment(one.at, zone)} for one in shown.looks]


person.verb = "roster.person"  # type: ignore[attr-defined]
me.verb = "roster.who_looked"  # type: ignore[attr-defined]
