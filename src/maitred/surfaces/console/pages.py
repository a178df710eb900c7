"""The pages of the shell itself: colours, errors, and the few words every page needs."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from maitred.base import clock
from maitred.base.errors import Unauthenticated
from maitred.kit.access.actor import Actor
from maitred.kit.pages import freshness, nav
from maitred.kit.verbs import run
from maitred.surfaces.console import answers, kept

_YEAR = 365 * 24 * 60 * 60


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light or dark from the button of the frame; without JavaScript it comes back to the page it was pressed on."""
    account = request.user
    wanted = request.POST.get("theme") or ("light" if account.theme == "dark" else "dark")  # type: ignore[union-attr]
    own = run("people.change_settings", request.actor, {"version": str(account.version), "theme": wanted})  # type: ignore[union-attr, attr-defined]
    back = request.META.get("HTTP_REFERER", "")
    fits = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(back if fits else reverse("start"))
    keep_theme(request, response, own.theme)
    return response


def keep_theme(request: HttpRequest, response: HttpResponse, chosen: str) -> None:
    """Sign-in and error pages know no account; they read the colours from a cookie."""
    if request.COOKIES.get("theme", "system") != chosen:
        response.set_cookie(
            "theme", chosen, max_age=_YEAR, secure=settings.MAITRED_HTTPS, httponly=True, samesite="Lax"
        )


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
    user = getattr(request, "user", None)
    known = user is not None and user.is_authenticated
    return {
        "theme": user.theme if user is not None and known else answers.theme(request),
        "density": getattr(user, "density", "") if known else "",
        "keys": getattr(user, "shortcuts", True) if known else False,
        "navigation": SimpleLazyObject(partial(_navigation, request)),
        **(kept.frame(request) if known else {}),
        "glass": known and _glass(request),
        "freshness": SimpleLazyObject(partial(_freshness, request)) if known else (),
        "signed_in_as": partial(_roles, request),
        "demo": settings.MAITRED_DEMO,
        "mail": settings.MAITRED_MAIL,
        "sso": [(name, one.get("name") or one["id"]) for name, one in settings.MAITRED_OIDC.items()],
    }


def _navigation(request: HttpRequest) -> list[Any]:
    try:
        return nav.shown(request.actor)  # type: ignore[attr-defined]
    except Unauthenticated:
        return []


def _freshness(request: HttpRequest) -> list[tuple[str, bool, str]]:
    """How far each source that is read live is behind: in words, whether it needs somebody, its page."""
    try:
        actor = request.actor  # type: ignore[attr-defined]
    except Unauthenticated:
        return []
    return [(one.said, one.needs_somebody, _page_of(actor, one)) for one in freshness.told()]


def _page_of(actor: Actor, one: freshness.Behind) -> str:
    if not freshness.opens(actor, one):
        return ""
    return reverse(one.url_name, args=[one.key] if one.key else [])


def _glass(request: HttpRequest) -> bool:
    try:
        return request.actor.break_glass is not None  # type: ignore[attr-defined, no-any-return]
    except Unauthenticated:
        return False


def _roles(request: HttpRequest) -> list[str]:
    try:
        return sorted(role.value for role in request.actor.roles)  # type: ignore[attr-defined]
    except Unauthenticated:
        return []


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
