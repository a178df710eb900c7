"""What every answer carries, and how refusals and failures look: a page with a reference, or JSON for programs.

No answer shows a trace, a query or a version. The pages of errors need no database, because that may be what failed.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _

from maitred.base.errors import MaitredError, TooMany
from maitred.surfaces.console import language

_LOG = structlog.get_logger("maitred.requests")

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), usb=(), payment=()",
    "X-Frame-Options": "DENY",
}
_OF_PROGRAMS = ("/api/", "/-/", "/readyz", "/healthz")
_WORDS = {
    400: (_("This request cannot be read"), _("Go back and try again.")),
    401: (_("You are not signed in"), _("Sign in and try again.")),
    403: (_("You may not see this"), _("An administrator can give you the role that may.")),
    404: (_("There is nothing here"), _("Check the address, or go to the start page.")),
    405: (_("This address does not take that"), _("Go back and use the form on the page.")),
    413: (_("That was too large"), _("Send it in parts.")),
    429: (_("Too many attempts"), _("Wait a little, then try again.")),
    500: (_("Something went wrong here"), _("Try again; if it happens again, give the reference to an administrator.")),
}


class Answers:
    """Add the headers, fill empty refusals with a page, and turn our own errors into answers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not getattr(response, "content", b""):
            allowed = response.get("Allow", "")
            response = page(request, 405)
            response["Allow"] = allowed
        _dress(response)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, MaitredError):
            return told(request, error)
        known: dict[str, Any] = {"error": type(error)}
        _LOG.error("request.failed", **known)
        return None


def told(request: HttpRequest, error: MaitredError) -> HttpResponse:
    """One of our own errors as an answer with its status."""
    if error.status in (401, 403, 429):
        event = "security.limit_reached" if error.status == 429 else "security.access_refused"
        _LOG.warning(event, reason_code=error.kind, status=error.status)
    if error.status in (400, 422):
        _LOG.info("security.input_refused", reason_code=error.kind, status=error.status)
    response = page(request, error.status, error.what, error.remedy, error.kind)
    if isinstance(error, TooMany):
        response["Retry-After"] = str(error.retry_after)
    return response


def page(request: HttpRequest, status: int, what: str = "", remedy: str = "", kind: str = "") -> HttpResponse:
    """A refusal or failure: a page for people, RFC 9457 for programs. Reads neither session nor database."""
    reference = getattr(request, "request_id", "")
    with language.spoken(language.of(request)):
        usual = tuple(str(one) for one in _WORDS.get(status, (HTTPStatus(status).phrase, "")))
    title, advice = (f"{what[:1].upper()}{what[1:]}", _sentence(remedy)) if what else usual
    if _wants_json(request):
        problem = {
            "type": f"urn:maitred:problem:{kind or status}",
            "title": title,
            "status": status,
            "detail": advice,
            "instance": f"urn:uuid:{reference}",
        }
        return JsonResponse(problem, status=status, content_type="application/problem+json")
    known = {"status": status, "title": title, "advice": advice, "reference": reference, "theme": theme(request)}
    with language.spoken(language.of(request)):
        return HttpResponse(render_to_string("console/error.html", known), status=status)


def theme(request: HttpRequest) -> str:
    """The colours somebody chose, by their cookie; ``system`` follows the device."""
    chosen = request.COOKIES.get("theme", "")
    return chosen if chosen in ("light", "dark") else "system"


def _wants_json(request: HttpRequest) -> bool:
    accepted = request.headers.get("Accept", "")
    return request.path.startswith(_OF_PROGRAMS) or ("json" in accepted and "text/html" not in accepted)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:].rstrip('.')}." if words else ""


def _dress(response: HttpResponseBase) -> None:
    for name, value in HEADERS.items():
        response[name] = value
    if "immutable" not in response.get("Cache-Control", ""):
        response["Cache-Control"] = "no-store"
    if response.get("Content-Type", "").startswith("text/html"):
        patch_vary_headers(response, ["HX-Request", "Cookie"])
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS and "Retry-After" not in response:
        response["Retry-After"] = "60"
    if settings.MAITRED_HTTPS and "Strict-Transport-Security" not in response:
        response["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"
    del response["Server"]
