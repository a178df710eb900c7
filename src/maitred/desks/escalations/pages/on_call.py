"""On call: who is asked now, who has which turn, and putting somebody on."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from maitred.base import clock
from maitred.base.errors import MaitredError, NotFound
from maitred.desks.escalations.pages import shared
from maitred.kit.pages import fields as forms
from maitred.kit.pages.fields import Field, Option
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run


@require_http_methods(["GET", "HEAD", "POST"])
def rota(request: HttpRequest) -> HttpResponse:
    """The rota."""
    actor = shared.actor_of(request)
    where = shared.zone()
    problem: MaitredError | None = None
    if request.method == "POST":
        try:
            messages.success(request, _pressed(request, where))
            return HttpResponseRedirect(request.path)
        except shared.REFUSALS as error:
            problem = error
    found = run("escalations.rota", actor, {})
    leads = shared.leads(actor)
    fields = forms.sent(_fields(request, found.asked, where), request, problem) if leads else []
    now = [one for one in found.shifts if one.now]
    away = sum(one.away for one in now)
    title = _("Nobody is on call") if not now else _("%(name)s is on call") % {"name": now[0].person.name}
    if away:
        title = _("Somebody who is on call is away: the next one is asked")
    context = {
        "page": Frame("escalations", "error" if problem else "ok" if found.shifts else "empty"),
        "nav_name": _("Escalations"), "title": title, "tabs": shared.tabs(actor, "escalations_on_call"),
        "leads": leads, "fields": fields, "problem": forms.problem(fields, problem), "asked": found.asked,
        "rows": [{"one": one, "start": shared.moment(one.start, where), "end": shared.moment(one.end, where)}
                 for one in found.shifts],
    }  # fmt: skip
    return render(request, "escalations/on_call.html", context, status=problem.status if problem else 200)


def _pressed(request: HttpRequest, where: Any) -> str:
    actor, posted = shared.actor_of(request), request.POST
    do = posted.get("do", "")
    if do == "off":
        run("escalations.take_off_call", actor, {name: posted.get(name, "") for name in ("shift", "version")})
        return _("The turn is taken back.")
    if do == "put":
        given = {name: posted[name] for name in ("team", "person", "place") if posted.get(name)}
        given |= {name: shared.instant(posted.get(name, ""), where) for name in ("start", "end")}
        run("escalations.put_on_call", actor, given)
        return _("They are on call, and told.")
    raise NotFound(_("this form has no such answer"), _("go back, load the page again and repeat"))


def _fields(request: HttpRequest, asked: Any, where: Any) -> list[Field]:
    sent = request.POST
    day = clock.now().astimezone(where).date()
    start = datetime.combine(day, time(8, 0), where)
    return [
        Field("team", _("For which team and those below it"), "select", options=[
            Option(str(one.team), one.team_name, chosen=str(one.team) == sent.get("team")) for one in asked]),
        Field("person", _("Who"), "select", options=shared.people(shared.actor_of(request), sent.get("person", ""))),
        Field("start", _("From"), "datetime-local", sent.get("start", shared.field_time(start, where)), required=True),
        Field("end", _("Until"), "datetime-local",
              sent.get("end", shared.field_time(start + timedelta(days=7), where)), required=True),
        Field("place", _("Asked as number"), "number", sent.get("place", "1"), required=True,
              help=_("1 is asked first; 2 when the first is away or does not answer in time.")),
    ]  # fmt: skip


rota.verb = "escalations.rota"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [path("escalations/on-call/", rota, name="escalations_on_call")]
