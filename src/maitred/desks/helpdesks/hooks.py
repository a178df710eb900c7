"""Where helpdesks call: a genuine call is written down and answered at once; the worker fetches its tickets later.

A call proves itself by the word in its address and by its signature, or its secret header, over the raw body. It is a
hint and no fact: nothing that it says of a ticket is stored. No session, no cookie and no form has to do with it.
"""

from __future__ import annotations

import hmac
import json
from http import HTTPStatus
from pathlib import Path

import structlog
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from maitred.base import clock
from maitred.base.errors import MaitredError, TooMany
from maitred.connectors import registry
from maitred.connectors.live import Delivery
from maitred.desks.helpdesks import access, accounts
from maitred.desks.helpdesks.accounts import Hook
from maitred.desks.helpdesks.models import Connection
from maitred.sync import inbox

_LOG = structlog.get_logger("maitred.requests")
_NOBODY = Hook("-" * 43, ())
"""Held against the word of a call for a connection that is not there, so that it takes as long."""


@login_not_required
@csrf_exempt
@require_POST
def hook(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Take one call of a helpdesk."""
    found = _called(slug, token)
    if found is None:
        return _answer(HTTPStatus.NOT_FOUND, "unknown-hook", "there is no such address")
    connection, held = found
    body = request.read(inbox.MOST_BYTES + 1)
    if len(body) > inbox.MOST_BYTES:
        return _answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", f"send at most {inbox.MOST_BYTES} bytes")
    moment = clock.now()
    headers = {name.lower(): value for name, value in request.headers.items()}
    delivery = Delivery(headers, body, held.holding(connection.hook_rotated_at, moment), moment)
    accepted = registry.connector(connection.vendor).hook(delivery)
    if accepted is None:
        _LOG.warning("security.access_refused", reason_code="hook-signature", status=401)
        return _answer(HTTPStatus.UNAUTHORIZED, "not-genuine", "the call is not signed as it should be")
    from maitred.sync.workspace import Workspace

    try:
        workspace = Workspace(Path(settings.MAITRED_HOME), [])
        try:
            new = inbox.receive(workspace, slug, accepted, body, moment)
        finally:
            workspace.close()
    except TooMany as error:
        refused = _answer(HTTPStatus.TOO_MANY_REQUESTS, error.kind, error.what)
        refused["Retry-After"] = str(error.retry_after)
        return refused
    except MaitredError as error:
        return _answer(error.status, error.kind, error.what)
    return HttpResponse(json.dumps({"new": new}), status=HTTPStatus.ACCEPTED, content_type="application/json")


def _called(slug: str, token: str) -> tuple[Connection, Hook] | None:
    """The connection that a call is for; the word in its address is compared in constant time."""
    connection = access.connection_named(slug)
    there = accounts.hook_of(connection) if connection is not None else None
    genuine = hmac.compare_digest((there or _NOBODY).token.encode(), token.encode())
    return (connection, there) if genuine and connection is not None and there is not None else None


def _answer(status: int, kind: str, what: str) -> HttpResponse:
    problem = {"type": f"urn:maitred:problem:{kind}", "title": what, "status": int(status)}
    return JsonResponse(problem, status=status, content_type="application/problem+json")
