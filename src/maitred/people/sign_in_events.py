"""What follows from a sign-in or a change of a second factor: times of the session, audit rows, the security log.

allauth tells of these through signals only; each receiver here does one thing and refuses nothing.
"""

from __future__ import annotations

from typing import Any

import structlog
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa import signals as factors
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest

from maitred.base import clock
from maitred.kit.access.actor import Role
from maitred.kit.audit.deeds import deed, note
from maitred.people.acting import actor_of_account
from maitred.people.models import Account
from maitred.people.sign_in import end_sessions

IDLE = 30 * 60
IDLE_ADMIN = 15 * 60
ABSOLUTE = 12 * 60 * 60
"""Seconds a session may lie still, may lie still for an administrator, and may last at all."""

_LOG = structlog.get_logger("maitred.sign_in")


def listen() -> None:
    """Connect the receivers; called once, when the apps are ready."""
    user_logged_in.connect(_signed_in, dispatch_uid="maitred.signed_in")
    user_logged_out.connect(_signed_out, dispatch_uid="maitred.signed_out")
    factors.authenticator_added.connect(_added, dispatch_uid="maitred.factor_added")
    factors.authenticator_removed.connect(_removed, dispatch_uid="maitred.factor_removed")
    factors.authenticator_reset.connect(_reset, dispatch_uid="maitred.factor_reset")
    factors.authenticator_used.connect(_used, dispatch_uid="maitred.factor_used")
    factors.authentication_failed.connect(_failed, dispatch_uid="maitred.factor_failed")


def _signed_in(request: HttpRequest, user: Account, **_: Any) -> None:
    now = int(clock.now().timestamp())
    admin = user.roles.filter(role=Role.ADMIN).exists()
    request.session["began"] = request.session["seen"] = now
    request.session["idle"] = IDLE_ADMIN if admin else IDLE
    _LOG.info("security.signed_in", account=user.pk)


def _signed_out(request: HttpRequest, user: Account | None, **_: Any) -> None:
    if user is not None:
        UserSession._base_manager.filter(session_key=request.session.session_key).delete()
        _LOG.info("security.signed_out", account=user.pk)


def _added(request: HttpRequest, user: Account, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        # Setting a factor up shows that one has it.
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
    _changed(request, user, authenticator, "add")


def _removed(request: HttpRequest, user: Account, authenticator: Authenticator, **_: Any) -> None:
    _changed(request, user, authenticator, "remove")


def _reset(request: HttpRequest, user: Account, authenticator: Authenticator, **_: Any) -> None:
    _changed(request, user, authenticator, "reset")


def _changed(request: HttpRequest, user: Account, authenticator: Authenticator, how: str) -> None:
    request.session.cycle_key()
    UserSession.objects.create_from_request(request)
    with deed(actor_of_account(user, request_id=getattr(request, "request_id", None)), "sign-in.factor"):
        note(how, "account", user.pk, factor=str(authenticator.type))
        end_sessions(user.pk, keep=request.session.session_key)
    _LOG.warning("security.factor_changed", account=user.pk, outcome=how)


def _used(request: HttpRequest, user: Account, reauthenticated: bool = False, **_: Any) -> None:
    if reauthenticated:
        _LOG.info("security.reauthenticated", account=user.pk)


def _failed(request: HttpRequest, user: Account | None = None, **_: Any) -> None:
    _LOG.warning("security.factor_failed", account=user.pk if user is not None else None)
