"""Refusals and failures as RFC 9457 problem documents."""

from __future__ import annotations

import json
from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse

from maitred.base.errors import (
    Conflict,
    Denied,
    Invalid,
    MaitredError,
    NotFound,
    TooMany,
    Unauthenticated,
    UsageError,
)

MEDIA_TYPE = "application/problem+json"
_LOG = structlog.get_logger("maitred.rest")


class TooLarge(MaitredError):
    """The body is larger than this door takes."""

    kind = "too-large"
    status = 413


class ForeignContent(MaitredError):
    """The body is not of the type this door reads."""

    kind = "content-type"
    status = 415


class NotAllowed(MaitredError):
    """The address exists, the method does not."""

    kind = "method"
    status = 405

    def __init__(self, method: str, allowed: tuple[str, ...]) -> None:
        super().__init__(f"{method} is not declared here", f"use {' or '.join(allowed)}")
        self.allowed = allowed


class Forged(MaitredError):
    """A session came without the proof that its own pages sent it."""

    kind = "csrf"
    status = 403


class Busy(MaitredError):
    """The database did not take the write in time; nothing was changed."""

    kind = "busy"
    status = 503


class Unexpected(MaitredError):
    """A fault of this program."""

    kind = "unexpected"
    status = 500


TITLES = {
    400: "The request cannot be read",
    401: "Nobody is signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "It changed since it was read",
    413: "The body is too large",
    415: "The body is not JSON",
    422: "Values do not fit",
    429: "Too many requests",
    500: "A fault of this program",
    503: "Busy",
}
KINDS: dict[str, tuple[int, str]] = {
    UsageError.kind: (
        400,
        "It cannot be read: malformed JSON, two different versions, a foreign cursor.",
    ),
    Unauthenticated.kind: (401, "Nobody is signed in, or the token is unknown, expired or withdrawn."),
    Denied.kind: (403, "The caller has no part in it, or the token lacks the scope."),
    "reauthenticate": (403, "The deed asks for a proof of identity that is not older than five minutes."),
    Forged.kind: (403, "A session sent a change without its CSRF token."),
    NotFound.kind: (404, "It does not exist, or not for this caller."),
    NotAllowed.kind: (405, "The method is not declared for this address; `Allow` names those that are."),
    Conflict.kind: (409, "It changed since it was read; `sent` and `there` are the versions."),
    TooLarge.kind: (413, "The body is larger than 1 MiB."),
    ForeignContent.kind: (415, "The body is not `application/json`."),
    Invalid.kind: (422, "Values do not fit; `errors` names each field."),
    TooMany.kind: (429, "More requests than the limit allows; `Retry-After` says when to come back."),
    Busy.kind: (503, "The database was busy; nothing was changed, send it again."),
}
"""Kind of problem → status and meaning, as the page lists them."""


def response(request: HttpRequest, error: Exception, request_id: str) -> HttpResponse:
    """The problem document of any error; what is not ours is logged and told without details."""
    known = _known(request, error, request_id)
    _note(known)
    text = json.dumps(document(known, request_id))
    answer = HttpResponse(text, status=known.status, content_type=MEDIA_TYPE)
    answer.headers["Cache-Control"] = "no-store"
    if isinstance(known, Unauthenticated):
        answer.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(known, TooMany):
        answer.headers["Retry-After"] = str(known.retry_after)
    if isinstance(known, Busy):
        answer.headers["Retry-After"] = "1"
    if isinstance(known, NotAllowed):
        answer.headers["Allow"] = ", ".join(known.allowed)
    return answer


def document(error: MaitredError, request_id: str) -> dict[str, Any]:
    """A problem as RFC 9457 has it; ``instance`` names the request in the audit log."""
    found: dict[str, Any] = {
        "type": f"urn:maitred:problem:{error.kind}",
        "title": TITLES.get(error.status, "Refused"),
        "status": error.status,
        "detail": str(error),
        "instance": f"urn:uuid:{request_id}",
    }
    if isinstance(error, Invalid):
        found["errors"] = list(error.errors)
    if isinstance(error, Conflict):
        found |= {"sent": error.sent, "there": error.there}
    return found


def _note(error: MaitredError) -> None:
    """Refusals stand in the security log by their kind, without any value."""
    if error.status in (401, 403, 429):
        event = "security.limit_reached" if error.status == 429 else "security.access_refused"
        _LOG.warning(event, reason_code=error.kind, status=error.status)
    if error.status in (400, 413, 415, 422):
        _LOG.info("security.input_refused", reason_code=error.kind, status=error.status)


def _known(request: HttpRequest, error: Exception, request_id: str) -> MaitredError:
    if isinstance(error, MaitredError):
        return error
    if isinstance(error, RequestDataTooBig):
        return TooLarge("the body is larger than this door takes", "send less at once")
    if isinstance(error, SuspiciousOperation):
        return UsageError("this request cannot be read", "send fewer and shorter values")
    if isinstance(error, RecursionError):
        return UsageError("this request is nested too deeply", "send it flatter")
    if isinstance(error, Http404):
        return NotFound("there is nothing at this address", "see /api/v1/docs for what there is")
    if isinstance(error, OperationalError) and "locked" in str(error).lower():
        return Busy("the database is busy, nothing was changed", "send it again")
    _LOG.error("request.failed", request_id=request_id, error=type(error).__name__, where=_place(error))
    got_request_exception.send(sender=None, request=request)
    return Unexpected("this went wrong on our side", "tell an administrator the instance of this problem")


def _place(error: Exception) -> str:
    """File and line where it was raised, without any value."""
    step = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    return f"{step.tb_frame.f_globals.get('__name__', '')}:{step.tb_lineno}" if step else ""
