"""The first page of the roster: people and bots by name, what waits on each, who is away, what they can do; moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from maitred.base.errors import Denied
from maitred.desks.roster.pages import drawings, forms, wording
from maitred.desks.roster.pages.forms import Field, Form, Option
from maitred.desks.roster.shapes import PersonListed, RosterShown, TeamsShown
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.pages import words
from maitred.kit.pages.frame import Frame
from maitred.kit.reading import Reading
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register
from maitred.kit.verbs.running import authorise

NOWHERE = 0


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Everybody whom the reader may see, by team and name; for readers of totals the teams alone."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    teams: TeamsShown = run("roster.teams", actor, {})
    people = _people(actor)
    several = people is not None and sum(one.kind == "human" for one in people.people) > 1
    chart = drawings.loads_slot(people.people) if people and several else None
    known = people.people if people else ()
    context: dict[str, Any] = {
        "page": Frame("roster", "ok" if known or teams.teams else "empty", publication=teams.publication,
                      facts=facts(teams.publication, teams.as_of)),
        "title": wording.heading(known) if people else _("Load of teams"), "nav_name": _("Roster"),
        "groups": grouped(known), "chart": chart, "teams": [_team(one) for one in teams.teams],
        "bots": [one for one in known if one.kind == "bot"], "away": [one for one in known if one.away_today],
        "how": next((wording.how(one.load) for one in known if one.load is not None), ""),
        "may_compare": reach(actor, Right.ROSTER_READ) >= Reach.SUBTREE, "move": _move_form(actor, known, teams),
        "own": actor.person if any(one.person == actor.person for one in known) else None,
    }  # fmt: skip
    return render(request, "roster/home.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest) -> HttpResponse:
    """What a move would do, person by person; then, on a second press, the move."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if request.method != "POST":
        authorise(register()["roster.move"], actor)
        return HttpResponseRedirect(reverse("roster"))
    chosen, to = request.POST.getlist("people"), request.POST.get("to", "")
    if not chosen or not to:
        messages.warning(request, _("Choose people and a team first."))
        return HttpResponseRedirect(reverse("roster"))
    given = {"people": chosen, "to": to}
    if request.POST.get("do") == "move":
        refused = forms.attempt(request, "roster.move", given)
        if refused is None:
            messages.success(request, _("They are in the team from now on; where they were before is kept."))
            return HttpResponseRedirect(reverse("roster"))
    planned = run("roster.move_preview", actor, given)
    names = {one.team: one.name for one in run("roster.teams", actor, {}).teams}
    rows = [
        {"one": one, "before": ", ".join(names.get(team, str(team)) for team in one.before) or _("no team")}
        for one in planned.moves
    ]
    stopped = any(one.problem for one in planned.moves)
    context = {
        "page": Frame("roster", "error" if stopped else "ok"), "nav_name": _("Roster"),
        "title": _("Move people to %(team)s?") % {"team": names.get(int(to), to)}, "rows": rows, "stopped": stopped,
        "team": names.get(int(to), to), "to": to, "people": chosen,
    }  # fmt: skip
    return render(request, "roster/move.html", context, status=422 if stopped else 200)


def facts(publication: int | None, as_of: Any) -> list[str]:
    """The line under the title."""
    if publication is None or as_of is None:
        return [_("nothing has been published yet")]
    from maitred.kit.reading import reading

    with reading(publication) as found:
        return [told(found)]


def told(found: Reading) -> str:
    """As of when the page is."""
    return _("as of %(moment)s %(zone)s") % {
        "moment": words.moment(found.as_of, found.zone), "zone": found.zone.key,
    }  # fmt: skip


def grouped(people: Sequence[PersonListed]) -> list[dict[str, Any]]:
    """Humans by the name of their team; whoever is in two stands in both, with their part."""
    found: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for one in people:
        if one.kind == "bot":
            continue
        for place in one.places or (None,):
            key = (place.name, place.team) if place else ("", NOWHERE)
            found.setdefault(key, []).append(row(one, place.percent if place else 100, bool(place and place.leads)))
    return [
        {"name": name or _("In no team"), "team": team or None, "id": f"team-{team}", "rows": rows}
        for (name, team), rows in sorted(found.items(), key=lambda pair: (not pair[0][1], pair[0]))
    ]


def row(one: PersonListed, percent: int = 100, leads: bool = False) -> dict[str, Any]:
    """One line."""
    return {
        "one": one, "load": wording.load(one.load), "usual": wording.against(one.load) if one.load else "",
        "busy": wording.busy(one.load), "percent": "" if percent == 100 else words.share(percent / 100, 0),
        "leads": leads,
        "skills": ", ".join(f"{held.name} {held.level}" for held in one.skills[:4]),
        "more": max(0, len(one.skills) - 4),
    }  # fmt: skip


def _people(actor: Actor) -> RosterShown | None:
    try:
        found: RosterShown = run("roster.people", actor, {})
    except Denied:
        return None
    return found


def _team(one: Any) -> dict[str, Any]:
    return {"one": one, "load": wording.load(one.load), "busy": wording.busy(one.load),
            "usual": wording.against(one.load) if one.load and one.load.value is not None else ""}  # fmt: skip


def _move_form(actor: Actor, people: Sequence[PersonListed], teams: TeamsShown) -> Form | None:
    """Several people into one team; for those who lead."""
    humans = [one for one in people if one.kind == "human" and one.person != actor.person]
    if reach(actor, Right.ROSTER_WRITE) < Reach.SUBTREE or not humans or not teams.teams:
        return None
    return Form(
        "preview", _("See what it would do"),
        (
            Field("people", _("People"), "checks", options=[Option(str(one.person), one.name) for one in humans]),
            Field("to", _("Into the team"), "select", options=[Option(str(one.team), one.name) for one in teams.teams]),
        ),
        title=_("Move people to another team"),
    )  # fmt: skip


home.verb = "roster.teams"  # type: ignore[attr-defined]
move.verb = "roster.move"  # type: ignore[attr-defined]
