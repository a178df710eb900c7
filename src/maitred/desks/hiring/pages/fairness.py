"""Fairness of stages with n, intervals and chance; and every decision under pseudonyms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from maitred.base import clock
from maitred.base.errors import NotFound
from maitred.desks.hiring.auditing.shapes import DecisionShown, GroupFigure, StageShown
from maitred.desks.hiring.pages import shared, wording
from maitred.kit.documents.sections import Facts
from maitred.kit.documents.tabular import FORMS, Column, Table
from maitred.kit.exports.making import at_once
from maitred.kit.pages import words
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run

_KINDS = {"id": "whole", "requisition": "whole", "at": "instant"}
_DIMENSIONS: wording.Told = {
    "sex": gettext_lazy("by sex"), "race": gettext_lazy("by race or ethnicity"),
    "sex × race": gettext_lazy("by sex and race or ethnicity"),
}  # fmt: skip
_GROUPS: wording.Told = {
    "woman": gettext_lazy("women"), "man": gettext_lazy("men"), "another": gettext_lazy("another"),
    "hispanic_or_latino": gettext_lazy("Hispanic or Latino"), "white": gettext_lazy("White"),
    "black": gettext_lazy("Black"), "native_hawaiian_or_pacific": gettext_lazy("Native Hawaiian or Pacific Islander"),
    "asian": gettext_lazy("Asian"), "native_american": gettext_lazy("Native American or Alaska Native"),
    "two_or_more": gettext_lazy("two or more"), "groups of fewer than five": gettext_lazy("groups of fewer than five"),
}  # fmt: skip
_SAYS: wording.Told = {
    "flag": gettext_lazy("A group was let through less often, and that is not chance: find out why"),
    "no_sign": gettext_lazy("No sign that groups were let through differently"),
    "too_few": gettext_lazy("Too few to say whether groups were let through alike"),
    "not_measurable": gettext_lazy("Not measurable: nobody said anything of themselves"),
}  # fmt: skip


@require_safe
def fairness(request: HttpRequest) -> HttpResponse:
    """Stages by group, pooled over a role."""
    actor = shared.actor_of(request)
    role = request.GET.get("role", "")
    try:
        found = run("hiring.audit", actor, {"role": role} if role else {})
    except NotFound as error:
        found, told = None, error.what
    context: dict[str, Any] = {
        "page": Frame("hiring", "ok" if found else "empty"), "nav_name": _("Hiring"), "role": role,
        "tabs": shared.tabs(actor, "hiring_fairness"),
    }  # fmt: skip
    if found is None:
        context |= {"title": _("There is nothing to audit yet"), "told": told}
    else:
        context |= {
            "title": wording.said(_SAYS, found.verdict), "found": found, "at": words.moment(found.at, shared.zone()),
            "stages": [_stage(one) for one in found.stages],
        }  # fmt: skip
    return render(request, "hiring/fairness.html", context)


@require_safe
def decisions(request: HttpRequest) -> HttpResponse:
    """Every decision under pseudonyms; as a file with ``?form=csv``."""
    actor = shared.actor_of(request)
    if request.GET.get("form") == "csv":
        return _file(request)
    given = {"cursor": request.GET["cursor"]} if request.GET.get("cursor") else {}
    found = run("hiring.decision_log", actor, {"limit": 100, **given})
    context = {
        "page": Frame("hiring", "ok" if found.items else "empty"), "nav_name": _("Hiring"), "next": found.next,
        "title": _("Decisions, under pseudonyms"), "tabs": shared.tabs(actor, "hiring_fairness"),
        "rows": [
            {"one": one, "at": words.moment(one.at, shared.zone()), "before": wording.said(wording.STAGES, one.before),
             "after": wording.said(wording.STAGES, one.after), "reason": wording.said(wording.REASONS, one.reason)}
            for one in found.items
        ],
    }  # fmt: skip
    return render(request, "hiring/decisions.html", context)


def _file(request: HttpRequest) -> HttpResponse:
    """The whole log; what leaves the house is in the audit log with its rows and its hash."""
    actor = shared.actor_of(request)
    names = ("id", "at", "requisition", "candidate", "before", "after", "reason", "by")
    columns = tuple(Column(name, name, kind=_KINDS.get(name, "text")) for name in names)  # type: ignore[arg-type]
    title = _("Decisions, under pseudonyms")
    table = Table(title, columns, [{name: getattr(one, name) for name in names} for one in _all(request)])
    body = at_once(actor, table, "csv", "hiring-decisions", Facts(title, clock.now(), ""))
    reply = HttpResponse(body, content_type=FORMS["csv"])
    reply["Content-Disposition"] = 'attachment; filename="hiring-decisions.csv"'
    return reply


def _all(request: HttpRequest) -> Iterator[DecisionShown]:
    actor, cursor = shared.actor_of(request), None
    while True:
        found = run("hiring.decision_log", actor, {"limit": 200, **({"cursor": cursor} if cursor else {})})
        yield from found.items
        cursor = found.next
        if cursor is None:
            return


def _stage(one: StageShown) -> dict[str, Any]:
    return {
        "one": one, "stage": wording.said(wording.STAGES, one.stage), "by": wording.said(_DIMENSIONS, one.dimension),
        "verdict": wording.said(wording.VERDICTS, one.verdict), "rows": [_group(each) for each in one.groups],
        "id": f"{one.stage}-{one.dimension.replace(' × ', '-')}",
    }  # fmt: skip


def _group(one: GroupFigure) -> dict[str, Any]:
    name = " × ".join(wording.said(_GROUPS, part) for part in one.group.split(" × "))
    between = f"{words.number(one.low, 2)} – {words.number(one.high, 2)}" if one.low is not None and one.high else ""
    return {
        "one": one, "name": name, "rate": words.share(one.rate), "between": between,
        "ratio": words.number(one.ratio, 2) if one.ratio is not None else "–",
        "p": words.number(one.p, 3) if one.p is not None else "–",
        "adjusted": words.number(one.adjusted, 3) if one.adjusted is not None else "–",
        "power": words.share(one.power, 0) if one.power is not None else "–",
        "verdict": wording.said(wording.VERDICTS, one.verdict), "look": "low" if one.verdict == "flag" else "off",
    }  # fmt: skip


fairness.verb = "hiring.audit"  # type: ignore[attr-defined]
decisions.verb = "hiring.decision_log"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [
    path("hiring/fairness/", fairness, name="hiring_fairness"),
    path("hiring/fairness/decisions/", decisions, name="hiring_decisions"),
]
