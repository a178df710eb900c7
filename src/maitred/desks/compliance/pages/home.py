"""The entrance of compliance: what is due to whom by when, by its end; for others what is theirs to see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from maitred.base.errors import Invalid
from maitred.desks.compliance.pages import shared, wording
from maitred.desks.compliance.shapes import ClockShown, Due
from maitred.desks.compliance.verbs.entering import Entrance
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run

_PAGE = 50
STATES = ("overdue", "soon", "all")


@require_safe
def shown(request: HttpRequest) -> HttpResponse:
    """What is due; the list is bounded and its filters stand in the address."""
    actor = shared.actor_of(request)
    inside: Entrance = run("compliance.entrance", actor, {})
    context: dict[str, Any] = {"nav_name": _("Compliance"), "tabs": shared.tabs(actor, "compliance"), "inside": inside}
    if not shared.may(actor, Right.COMPLIANCE_READ):
        title = _("Complaints and rules")
        return render(request, "compliance/home.html",
                      {**context, "page": Frame("compliance", "ok"), "title": title})  # fmt: skip
    return render(request, "compliance/home.html", {**context, **_due(request, actor)})


def _due(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    state, pack, start = request.GET.get("state", "all"), request.GET.get("pack", ""), request.GET.get("from", "0")
    if state not in STATES or not start.isdigit() or len(start) > 6:
        raise Invalid(_("this address asks for something that the list does not have"),
                      _("go back to the whole list"))  # fmt: skip
    found: Due = run("compliance.due", actor, {"pack": pack} if pack else {})
    wanted = {"overdue": ("overdue",), "soon": ("warned",)}.get(state)
    rows = [one for one in found.clocks if wanted is None or one.status in wanted]
    first, zone = int(start), shared.zone()
    packs = sorted({one.pack for one in found.clocks} | ({pack} if pack else set()))
    here = {"state": state, "pack": pack}
    return {
        "page": Frame("compliance", "ok" if rows else "empty"), "title": wording.due_heading(found),
        "rows": [row(one, found.as_of, zone) for one in rows[first : first + _PAGE]], "found": found, "lists": True,
        "unreviewed": any(not one.reviewed for one in rows),
        "states": [{"href": _address({**here, "state": one}), "label": label, "here": one == state}
                   for one, label in (("all", _("All")), ("overdue", _("Overdue")), ("soon", _("Due soon")))],
        "packs": [{"href": _address({**here, "pack": one}), "label": one or _("All packs"), "here": one == pack}
                  for one in ("", *packs)],
        "next": _address({**here, "from": str(first + _PAGE)}) if len(rows) > first + _PAGE else "",
        "before": _address({**here, "from": str(max(0, first - _PAGE))}) if first else "",
    }  # fmt: skip


def row(one: ClockShown, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """A clock in a list."""
    return {
        "one": one, "href": _page_of(one),
        "status": wording.STATUSES[one.status], "look": wording.LOOKS.get(one.status, ""),
        "due": shared.moment(one.due_at, zone), "ahead": wording.ahead(one, now), "ledger": ledger(one, zone),
    }  # fmt: skip


def ledger(one: ClockShown, zone: ZoneInfo) -> Sequence[dict[str, Any]]:
    """The lines of a clock's ledger in words."""
    return [{"one": each, "said": wording.LINES.get(each.kind, each.kind), "at": shared.moment(each.at, zone)}
            for each in one.ledger]  # fmt: skip


def _page_of(one: ClockShown) -> str:
    if one.complaint is not None:
        return reverse("compliance_complaint", args=[one.complaint])
    return reverse("compliance_request", args=[one.request]) if one.request is not None else ""


def _address(given: dict[str, str]) -> str:
    kept = {name: value for name, value in given.items() if value and (name, value) != ("state", "all")}
    return f"{reverse('compliance')}?{urlencode(kept)}" if kept else reverse("compliance")


shown.verb = "compliance.entrance"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [path("compliance/", shown, name="compliance")]
