"""What teams show in their conversations: a share for each behaviour, how sure it is, and whether to count on it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from maitred.desks.conversations.pages import shared, wording
from maitred.desks.conversations.shapes import Agreement, ShareShown, TeamBehaviours, TeamShares
from maitred.kit.pages import words
from maitred.kit.pages.frame import days_words
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register
from maitred.kit.verbs.running import authorise

_PERIODS = (("7", 7), ("28", 28), ("91", 91))


@require_safe
def shown(request: HttpRequest) -> HttpResponse:
    """The shares of teams."""
    actor = shared.actor_of(request)
    authorise(register()["conversations.behaviours"], actor)
    try:
        days = int((shared.chosen(request, "days", dict(_PERIODS), _("use 7, 28 or 91")) or ("28",))[0])
    except (shared.BadWord, ValueError):
        return shared.refused(request, shared.BadWord("days", _("use 7, 28 or 91")))
    found: TeamBehaviours = run("conversations.behaviours", actor, {})
    if days != 28:
        first = date.fromisoformat(found.last) - timedelta(days=days - 1)
        found = run("conversations.behaviours", actor, {"first_day": first.isoformat(), "last_day": found.last})
    first, last = date.fromisoformat(found.first), date.fromisoformat(found.last)
    choices = [("7", _("Last 7 days")), ("28", _("Last 28 days")), ("91", _("Last 13 weeks"))]
    agreement = {one.behaviour: one for one in found.agreement}
    context = {
        "page": shared.frame(
            found.known, "ok" if found.teams else "empty", path=request.path, facts=[days_words(first, last)],
            selects=[shared.select("days", _("Period"), _("Last 28 days"), [one for one in choices if one[0] != "28"],
                                   () if days == 28 else (str(days),))],
        ),
        "title": _title(found), "nav_name": _("Conversations"), "tabs": shared.tabs(actor, "conversations_behaviours"),
        "keep": shared.keep(request), "names": [(one, wording.BEHAVIOURS[one]) for one in agreement],
        "teams": [team(one, agreement, found) for one in found.teams],
        "agreement": [_agreement(one) for one in found.agreement],
        "english": "" if found.english is None else words.share(found.english, 0),
        "n": words.count(found.conversations), "checks": shared._address("quality_checks"),
    }  # fmt: skip
    return render(request, "conversations/behaviours.html", context)


def _title(found: TeamBehaviours) -> str:
    verified = sum(one.verified for one in found.agreement)
    if not found.teams:
        return _("No reply was read in these days")
    if not verified:
        return _("What teams show, not verified by people yet")
    return _("What teams show: %(n)s of 6 behaviours are verified by people") % {"n": verified}


def team(one: TeamShares, agreement: dict[str, Agreement], found: TeamBehaviours) -> dict[str, Any]:
    """A team in the table."""
    return {
        "one": one, "name": one.name or _("no group"),
        "cells": [_cell(one, each, agreement[each.behaviour].verified, found) for each in one.shares],
    }  # fmt: skip


def _cell(one: TeamShares, share: ShareShown, verified: bool, found: TeamBehaviours) -> dict[str, Any]:
    query = {"missing": share.behaviour, "by": "bot" if one.bots else "agent", "from": found.first, "to": found.last}
    group = one.group.partition(":")[2]
    told = {"too_few": _("too few (n %(n)s, needs %(needed)s)") % {"n": words.count(share.n), "needed": share.needed},
            "too_few_people": _("fewer than three people wrote")}  # fmt: skip
    return {
        "share": share, "label": wording.BEHAVIOURS[share.behaviour], "verified": verified,
        "value": "" if share.value is None else words.value(share.value, "share", share.low, share.high),
        "interval": words.interval(share.low, share.high, "share"), "n": words.n(share.n),
        "why": told.get(share.reason, ""),
        "href": f"{reverse('conversations_search')}?{urlencode({**query, **({'group': group} if group else {})})}",
    }  # fmt: skip


def _agreement(one: Agreement) -> dict[str, Any]:
    def kappa(value: float | None) -> str:
        return words.NOTHING if value is None else words.number(value, 2)

    return {"one": one, "label": wording.BEHAVIOURS[one.behaviour], "machine": kappa(one.machine),
            "people": kappa(one.people), "n": words.n(one.n)}  # fmt: skip


shown.verb = "conversations.behaviours"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [path("conversations/behaviours/", shown, name="conversations_behaviours")]
