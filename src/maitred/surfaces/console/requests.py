"""Each request gets an id, a line in the log and a place in the counters; too large ones are refused at the door."""

from __future__ import annotations

import ipaddress
import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, ResolverMatch, resolve

from maitred.base.errors import Denied, MaitredError
from maitred.surfaces.console import answers, figures, health

_LOG = structlog.get_logger("maitred.requests")


class PayloadTooLarge(MaitredError):
    """A request brought more than is taken."""

    kind = "too-large"
    status = 413


class LengthRequired(MaitredError):
    """A request does not say how long it is."""

    kind = "length-required"
    status = 411


class Requests:
    """Number, measure and log every request; no query, body or header goes into the line."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = uuid.uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        began = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
            took = time.perf_counter() - began
            response["X-Request-Id"] = request_id
            _note(request, response, took)
        return response


class Door:
    """Refuse what nothing behind it should see: bodies above the limit, and strangers at a demonstration."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == "/healthz":  # before anything that would ask the database whose cookie it is
            return health.healthz(request)
        refusal = _refusal(request)
        return answers.told(request, refusal) if refusal else self.get_response(request)


def _refusal(request: HttpRequest) -> MaitredError | None:
    said = request.META.get("CONTENT_LENGTH") or ""
    if not said.isdigit() and "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        return LengthRequired("the request does not say how long it is", "send Content-Length")
    if said.isdigit() and int(said) > settings.MAITRED_BODY_LIMIT:
        return PayloadTooLarge(f"the request is larger than {settings.MAITRED_BODY_LIMIT} bytes", "send it in parts")
    if settings.MAITRED_DEMO and not loopback(request.META.get("REMOTE_ADDR", "")):
        return Denied("a demonstration is seen from its own machine only", "make a workspace with `maitred init`")
    return None


def loopback(address: str) -> bool:
    """Whether an address is this machine."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def route(request: HttpRequest) -> str:
    """The pattern that a request matched, which names no object; ``unmatched`` where none did."""
    if request.path_info.startswith(settings.STATIC_URL):
        return settings.STATIC_URL
    match: ResolverMatch | None = getattr(request, "resolver_match", None)
    if match is None:
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return "unmatched"
    return f"/{match.route}"


def _note(request: HttpRequest, response: HttpResponse, took: float) -> None:
    where = route(request)
    figures.answered(where, request.method or "", response.status_code, took)
    known: dict[str, Any] = {"account": account_of(request)} if account_of(request) else {}
    _LOG.info(
        "request.answered",
        method=request.method if request.method in figures.METHODS else "other",
        route=where,
        status=response.status_code,
        duration_ms=round(took * 1000),
        **known,
    )


def account_of(request: HttpRequest) -> int | None:
    """Whose session it is, without asking the database for it."""
    cached = getattr(request, "_cached_user", None)
    return cached.pk if cached is not None and cached.is_authenticated else None
