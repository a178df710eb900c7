"""The pages of the shell itself: one's own account, errors, and the few words every page needs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from maitred.base import clock
from maitred.kit.access.rights import STRONG
from maitred.surfaces.console import answers


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The start page: for now one's own account."""
    return HttpResponseRedirect(reverse("settings"))


@require_safe
def own_account(request: HttpRequest) -> HttpResponse:
    """Who is signed in, as what, and the ways to change that."""
    actor = request.actor  # type: ignore[attr-defined]
    known = {
        "roles": sorted(role.value for role in actor.roles),
        "grants": sorted(grant.value for grant in actor.grants),
        "asked": bool(STRONG & {*actor.roles, *actor.grants}) and not settings.MAITRED_DEMO,
    }
    return render(request, "console/settings.html", known)


@login_not_required
@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Whom to tell about a weakness (RFC 9116)."""
    contact = settings.MAITRED_SECURITY_CONTACT
    expires = (clock.now() + timedelta(days=180)).strftime("%Y-%m-%dT00:00:00Z")
    lines = [f"Contact: {contact}", f"Expires: {expires}", "Preferred-Languages: en"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def frame(request: HttpRequest) -> dict[str, Any]:
    """What every page's frame needs; asks the database for nothing that the page does not."""
    return {
        "theme": answers.theme(request),
        "demo": settings.MAITRED_DEMO,
        "mail": settings.MAITRED_MAIL,
        "sso": [(name, one.get("name") or one["id"]) for name, one in settings.MAITRED_OIDC.items()],
    }


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answers.page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answers.page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answers.page(request, 404)


def failed(request: HttpRequest) -> HttpResponse:
    return answers.page(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that did not come from one of our pages, or from one that lay open too long."""
    return answers.page(request, 403, "this form is no longer valid", "go back, load the page again and repeat")
