"""The report of a page to take away at once, as PDF or slides; `jobs` has the worker make it, also as a letter."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpResponse

from maitred.desks.service_levels import sections
from maitred.desks.service_levels.pages.opening import Opened, page
from maitred.kit.exports.making import report_at_once

_NAME = "speed-and-sla"
_FORMS = {
    "pdf": "application/pdf",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}


@page("metrics.show", ("clock", "by"))
def report(opened: Opened, form: str) -> HttpResponse:
    """The report for the period and filters of the address."""
    if form not in _FORMS:
        raise Http404
    document = sections.document(opened, getattr(settings, "MAITRED_ADDRESS", ""))
    answer = HttpResponse(report_at_once(opened.actor, document, form, _NAME), content_type=_FORMS[form])
    answer["Content-Disposition"] = f'attachment; filename="{_NAME}.{form}"'
    return answer
