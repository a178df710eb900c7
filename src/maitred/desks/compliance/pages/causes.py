"""Why people complain: root causes and months with their figures, each with interval and n."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from maitred.base import clock
from maitred.base.errors import Invalid
from maitred.desks.compliance.complaint_shapes import Causes, ComplaintFigures, FigureShown
from maitred.desks.compliance.pages import shared, wording
from maitred.kit.pages import words
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run

SPANS = {"quarter": 91, "year": 365}


@require_safe
def shown(request: HttpRequest) -> HttpResponse:
    """Root causes and trend of a quarter or a year."""
    actor, span = shared.actor_of(request), request.GET.get("span", "year")
    if span not in SPANS:
        raise Invalid(_("there is no such span"), _("choose a quarter or a year"))
    last = clock.now().date()
    given = {"first": (last - timedelta(days=SPANS[span] - 1)).isoformat(), "last": last.isoformat()}
    figures: ComplaintFigures = run("compliance.complaint_figures", actor, given)
    causes: Causes = run("compliance.complaint_causes", actor, given)
    here = reverse("compliance_causes")
    most = max((one.n for one in causes.months), default=1)
    context = {
        "page": Frame("compliance-causes", "ok" if causes.n else "empty"), "nav_name": _("Compliance"),
        "title": _heading(causes), "tabs": shared.tabs(actor, "compliance_causes"), "causes": causes,
        "figures": [_figure(one) for one in figures.figures],
        "rows": [{"one": one, "name": wording.CAUSES[one.name],
                  "share": wording.bounded(one.share, one.low, one.high, share=True)} for one in causes.causes],
        "months": [{"one": one, "most": most} for one in causes.months],
        "spans": [{"href": f"{here}?span={one}", "label": label, "here": one == span}
                  for one, label in (("quarter", _("A quarter")), ("year", _("A year")))],
    }  # fmt: skip
    return render(request, "compliance/causes.html", context)


def _figure(one: FigureShown) -> dict[str, Any]:
    return {"one": one, "name": wording.FIGURES[one.metric],
            "value": wording.bounded(one.value, one.low, one.high, share=one.unit == "share")}  # fmt: skip


def _heading(found: Causes) -> str:
    if found.why:
        return _("Too few complaints to say why people complain")
    if not found.causes:
        return ngettext("%(n)s complaint, none investigated", "%(n)s complaints, none investigated", found.n) % {
            "n": words.count(found.n)
        }
    told = {"cause": wording.CAUSES[found.causes[0].name], "n": words.count(found.causes[0].n)}
    return _("Most often: %(cause)s (%(n)s)") % told


shown.verb = "compliance.complaint_causes"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [path("compliance/causes/", shown, name="compliance_causes")]
