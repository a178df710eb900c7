"""Sessions meet requests: how long they last, who acts in them, and that some roles must show a second factor first."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import structlog
from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode

from maitred.base import clock
from maitred.base.errors import Denied, Unauthenticated
from maitred.kit.access.actor import Actor
from maitred.kit.access.answering import one_answer
from maitred.kit.access.rights import STRONG
from maitred.people.acting import actor_of_account
from maitred.people.sign_in import fresh
from maitred.people.sign_in_events import ABSOLUTE, IDLE
from maitred.surfaces.console import answers

Next = Callable[[HttpRequest], HttpResponse]

_SEEN_EVERY = 60
_LOG = structlog.get_logger("maitred.sign_in")

WITHOUT_FACTOR = frozenset(
    {
        *("mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_list_webauthn", "mfa_view_recovery_codes"),
        *("mfa_generate_recovery_codes", "mfa_download_recovery_codes", "mfa_reauthenticate"),
        *("mfa_reauthenticate_webauthn", "account_logout", "account_reauthenticate"),
    }
)
"""Pages that somebody may use who still has to show a second factor: those to set it up, and the way out."""


class SessionTimes:
    """End sessions that lay still or lasted too long, on the server's clock."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.session_key and request.user.is_authenticated:
            _keep_time(request)
        return self.get_response(request)


class Acting:
    """Give the request its ``actor``, made when first looked at; a request of nobody has none."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: actor_of(request))  # type: ignore[attr-defined]
        with one_answer() if request.method in ("GET", "HEAD") else nullcontext():
            return self.get_response(request)


class SecondFactor:
    """Send those who hold a strong role to their second factor before anything else."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *_: Any) -> HttpResponse | None:
        match = request.resolver_match
        if not getattr(view, "login_required", True) or not request.user.is_authenticated:
            return None
        try:
            actor: Actor = request.actor  # type: ignore[attr-defined]
            lacking = not actor.strong and bool(STRONG & {*actor.roles, *actor.grants})
        except Unauthenticated:
            logout(request)
            return HttpResponseRedirect(reverse("account_login"))
        if not lacking or (match is not None and match.url_name in WITHOUT_FACTOR):
            return None
        return _to_factor(request)


def actor_of(request: HttpRequest) -> Actor:
    """Who acts in this request's session.

    Raises
    ------
    Unauthenticated
        Nobody is signed in, or the account is closed by now.
    """
    user = request.user
    if not user.is_authenticated:
        raise Unauthenticated("nobody is signed in", "sign in")
    records = get_authentication_records(request, user)
    strong = settings.MAITRED_DEMO or any(one.get("method") == "mfa" for one in records)
    return actor_of_account(user, request_id=getattr(request, "request_id", None), strong=strong, fresh=fresh(request))


def _keep_time(request: HttpRequest) -> None:
    now = int(clock.now().timestamp())
    session = request.session
    began, seen, idle = session.get("began", now), session.get("seen", now), session.get("idle", IDLE)
    if now - seen > idle or now - began > ABSOLUTE:
        _LOG.info("security.session_ended", account=request.user.pk, outcome="timed-out")
        logout(request)
        return
    if "began" not in session or now - seen >= _SEEN_EVERY:
        session["began"], session["seen"] = began, now


def _to_factor(request: HttpRequest) -> HttpResponse:
    _LOG.warning("security.access_refused", account=request.user.pk, reason_code="second-factor")
    if request.method not in ("GET", "HEAD") or request.headers.get("HX-Request"):
        refused = Denied("this account needs a second factor first", "set one up under Settings, Security")
        return answers.told(request, refused)
    where = "mfa_reauthenticate" if is_mfa_enabled(request.user) else "mfa_index"
    return HttpResponseRedirect(f"{reverse(where)}?{urlencode({'next': request.path})}")
