"""Pages behind signed links, for candidates who have no account: no more letters, and their own page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from maitred.desks.hiring.models import Candidate
from maitred.desks.hiring.outreaching import links, receiving
from maitred.desks.hiring.pages.fairness import _GROUPS
from maitred.desks.hiring.pipeline import access
from maitred.kit.pages.frame import Frame


@login_not_required
@csrf_exempt  # a mail program posts without a cookie; the signed word in the address is what proves it
@require_http_methods(["GET", "HEAD", "POST"])
def opt_out(request: HttpRequest, token: str) -> HttpResponse:
    """No more letters: reading the page records nothing, one press does; a mail program presses by itself."""
    digest = links.read_stop(token)
    if not digest:
        return _gone(request)
    if request.method == "POST":
        receiving.opt_out(digest)
    done = request.method == "POST"
    context = {"page": Frame("hiring"), "nav_name": _("Letters"), "done": done,
               "title": _("You get no more letters") if done else _("No more letters?")}  # fmt: skip
    return render(request, "hiring/opt_out.html", context)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest, token: str) -> HttpResponse:
    """A candidate's own page: what they may say of themselves, what they may ask for. It shows nothing about them."""
    row = access.candidate_by_code(links.read_own(token)) if links.read_own(token) else None
    if row is None:
        return _gone(request)
    said = _done(request, row) if request.method == "POST" else ""
    context = {
        "page": Frame("hiring"), "nav_name": _("Your application"), "title": _("Your application"), "said": said,
        "post": row.requisition.title, "sexes": [(one, _GROUPS[one]) for one in receiving.SEXES],
        "races": [(one, _GROUPS[one]) for one in receiving.RACES], "days": receiving.ANSWER_DAYS,
    }  # fmt: skip
    return render(request, "hiring/own.html", context)


def _done(request: HttpRequest, row: Candidate) -> str:
    if request.POST.get("do") == "say":
        receiving.say_of_oneself(row, {name: request.POST.get(name, "") for name in ("sex", "race")})
        return _("Thank you. It is sealed, and read for sums over many people alone.")
    if request.POST.get("do") in ("decision", "ranking"):
        new = receiving.ask(row, request.POST["do"], request.POST.get("words", ""))
        return _("Somebody answers you.") if new else _("Say in words what you ask for; once is enough.")
    return ""


def _gone(request: HttpRequest) -> HttpResponse:
    context = {
        "page": Frame("hiring", "error"),
        "nav_name": _("Letters"),
        "title": _("This link leads nowhere"),
        "gone": True,
    }
    return render(request, "hiring/opt_out.html", context, status=404)


PATHS: list[URLPattern] = [
    path("hiring/opt-out/<str:token>/", opt_out, name="hiring_opt_out"),
    path("hiring/yours/<str:token>/", own, name="hiring_own"),
]
