"""One's people, and what was with one of them: talks, plans, what became of them."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from maitred.desks.coaching.pages import shared, wording
from maitred.desks.coaching.shapes import OneToOneListed, PersonRow, PlanListed
from maitred.kit.access.actor import Actor
from maitred.kit.pages import words
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run
from maitred.metrics.catalogue import resolve

_MOST = 50


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """One's people by name; for whoever leads nobody, their own one-to-ones and plans."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    rows = run("coaching.people", actor, {}).people
    zone = shared.zone()
    others = [one for one in rows if not one.own]
    own = next((one for one in rows if one.own), None)
    if not others and own is not None:
        return _of(request, actor, own.person, own=True)
    due = [one for one in run("coaching.plans", actor, {"state": "running", "limit": _MOST}).items if one.due]
    context = {
        "page": Frame("coaching", "ok" if others else "empty"),
        "title": wording.heading(others),
        "nav_name": _("Coaching"),
        "rows": [_row(one, zone) for one in others],
        "own": _row(own, zone) if own else None,
        "plans": [plan_row(one) for one in due],
        "leads": shared.leads(actor),
    }
    return render(request, "coaching/home.html", context)


@require_safe
def person(request: HttpRequest, person: int) -> HttpResponse:
    """What was with one person: one-to-ones and plans, the newest first."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return _of(request, actor, person, own=person == actor.person)


def _of(request: HttpRequest, actor: Actor, person: int, *, own: bool) -> HttpResponse:
    agenda = run("coaching.agenda", actor, {"person": person})
    talks = run("coaching.one_to_ones", actor, {"person": person, "limit": _MOST}).items
    plans = run("coaching.plans", actor, {"person": person, "limit": _MOST}).items
    zone = shared.zone()
    planned = [one for one in talks if one.state == "planned"]
    title = _history(agenda.name, planned, zone, own=own)
    context = {
        "page": Frame("coaching", "ok" if talks or plans else "empty"),
        "title": title, "nav_name": _("Coaching"), "own": own, "name": agenda.name, "person": person,
        "talks": [talk_row(one, zone) for one in talks], "plans": [plan_row(one) for one in plans],
        "leads": shared.leads(actor) and not own, "page_of": shared.person_page(person),
        "plan_talk": f"{reverse('coaching_plan_talk')}?person={person}",
        "plan_new": f"{reverse('coaching_plan_new')}?person={person}",
        "next": reverse("coaching_talk", args=[planned[-1].id]) if planned and planned[-1].yours else "",
    }  # fmt: skip
    return render(request, "coaching/person.html", context)


def _history(name: str, planned: list[OneToOneListed], zone: ZoneInfo, *, own: bool) -> str:
    if not planned:
        return (
            _("No one-to-one is planned with you")
            if own
            else _("No one-to-one is planned with %(name)s") % {"name": name}
        )
    told = {"name": planned[-1].lead_name if own else name, "moment": words.moment(planned[-1].at, zone)}
    return _("The next one-to-one with %(name)s is on %(moment)s") % told


def talk_row(one: OneToOneListed, zone: ZoneInfo) -> dict[str, Any]:
    """A one-to-one in a list."""
    return {
        "one": one, "at": words.moment(one.at, zone), "href": reverse("coaching_talk", args=[one.id]),
        "state": wording.TALK_STATES.get(one.state, one.state),
        "look": {"held": "on", "cancelled": "off"}.get(one.state, ""),
    }  # fmt: skip


def plan_row(one: PlanListed) -> dict[str, Any]:
    """A plan in a list."""
    state = wording.VERDICTS[one.verdict] if one.verdict else wording.PLAN_STATES.get(one.state, one.state)
    looks = {"worked": "on", "did_not": "low", "cannot_tell": "off"}
    return {
        "one": one, "href": reverse("coaching_plan", args=[one.id]), "metric": resolve(one.metric).title,
        "start": words.day(one.start), "follow_up": words.day(one.follow_up), "state": state,
        "look": looks.get(one.verdict, "low" if one.due else ""),
    }  # fmt: skip


def _row(one: PersonRow, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "one": one, "href": reverse("coaching_person", args=[one.person]),
        "last": words.day(one.last.astimezone(zone).date()) if one.last else "",
        "next": words.moment(one.next, zone) if one.next else "",
        "next_href": reverse("coaching_talk", args=[one.next_id]) if one.next_id else "",
        "plan_href": f"{reverse('coaching_plan_talk')}?person={one.person}",
    }  # fmt: skip


listed.verb = "coaching.people"  # type: ignore[attr-defined]
person.verb = "coaching.agenda"  # type: ignore[attr-defined]
