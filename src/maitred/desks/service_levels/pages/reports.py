"""Ask for the report of a page: as PDF or slides to take away, or as a letter to oneself. The worker makes it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from maitred.kit.verbs import run


@require_POST
def report(request: HttpRequest) -> HttpResponse:
    """Start making it; a notice says when it is there."""
    run(
        "service_levels.report",
        request.actor,  # type: ignore[attr-defined]
        {
            "query": request.GET.urlencode(),
            "form": request.POST.get("form", ""),
            "language": get_language() or "en",
        },
    )
    messages.success(request, _("The report is being made. A notice will say when it is there."))
    return HttpResponseRedirect(f"{reverse('service_levels')}?{request.GET.urlencode()}".rstrip("?"))


report.verb = "service_levels.report"  # type: ignore[attr-defined]
