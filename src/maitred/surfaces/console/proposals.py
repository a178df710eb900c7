"""What one's assistants want to do: the list that waits, and the page on which a person says yes or no."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from maitred.base.errors import Conflict, NotFresh, UsageError
from maitred.kit.verbs import run

ANSWERS = {"approve": "proposals.approve", "decline": "proposals.decline"}


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """What waits for one's answer."""
    page = run("proposals.list", request.actor, {"state": "waiting"})  # type: ignore[attr-defined]
    return render(request, "console/proposals.html", {"proposals": page.items})


@require_http_methods(["GET", "HEAD", "POST"])
def shown(request: HttpRequest, proposal: int) -> HttpResponse:
    """One proposal: exactly what would be done, in whose name, and the two answers."""
    problem = ""
    if request.method == "POST":
        try:
            _answer(request, proposal)
            return HttpResponseRedirect(request.path)
        except NotFresh:
            again = urlencode({"next": request.path})
            return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{again}")
        except Conflict as error:
            problem = str(error)
    found = run("proposals.show", request.actor, {"proposal": proposal})  # type: ignore[attr-defined]
    rows = [(name.replace("_", " "), _said(value)) for name, value in found.arguments.items()]
    told = {"proposal": found, "arguments": rows, "problem": problem}
    return render(request, "console/proposal.html", told, status=409 if problem else 200)


def _answer(request: HttpRequest, proposal: int) -> None:
    verb = ANSWERS.get(request.POST.get("answer", ""))
    if verb is None:
        raise UsageError("this form has no such answer", "approve or decline")
    given = {"proposal": proposal, "version": request.POST.get("version", "")}
    run(verb, request.actor, given)  # type: ignore[attr-defined]


def _said(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


listed.verb = "proposals.list"  # type: ignore[attr-defined]
shown.verb = "proposals.show"  # type: ignore[attr-defined]
