"""What each clause has as evidence, what is a gap, and what nothing assesses."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from maitred.desks.compliance.pages import shared, wording
from maitred.desks.compliance.shapes import Checked
from maitred.kit.pages import words
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run


@require_safe
def shown(request: HttpRequest) -> HttpResponse:
    """Every clause of one pack, or of all."""
    actor, pack = shared.actor_of(request), request.GET.get("pack", "")
    found: Checked = run("compliance.check", actor, {"pack": pack} if pack else {})
    gaps = sum(one.result == "gap" for one in found.clauses)
    here = reverse("compliance_checks")
    names = [one.pack for one in run("compliance.packs", actor, {}).packs]
    context = {
        "page": Frame("compliance-checks", "ok"), "nav_name": _("Compliance"), "title": _heading(gaps, found),
        "tabs": shared.tabs(actor, "compliance_checks"), "found": found, "rows": [_row(one) for one in found.clauses],
        "packs": [{"href": f"{here}?pack={one}" if one else here, "label": one or _("All packs"), "here": one == pack}
                  for one in ("", *names)],
        "since": words.day(found.since.date()), "until": words.day(found.as_of.date()),
    }  # fmt: skip
    return render(request, "compliance/checks.html", context)


def _row(one: Any) -> dict[str, Any]:
    return {"one": one, "result": wording.RESULTS[one.result], "look": wording.RESULT_LOOKS[one.result],
            "share": wording.bounded(one.share, one.low, one.high, share=True)}  # fmt: skip


def _heading(gaps: int, found: Checked) -> str:
    if gaps:
        return ngettext("%(n)s clause has a gap", "%(n)s clauses have a gap", gaps) % {"n": words.count(gaps)}
    present = sum(one.result == "evidence present" for one in found.clauses)
    told = {"n": words.count(present), "all": words.count(len(found.clauses))}
    return _("Evidence present for %(n)s of %(all)s clauses, no gap found") % told


shown.verb = "compliance.check"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [path("compliance/evidence/", shown, name="compliance_checks")]
