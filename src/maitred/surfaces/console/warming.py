"""A worker warms up beside its first answers: it reads the newest publication and asks the usual pages of figures.

So that the first person of the morning does not wait for what everybody after them gets at once. Nothing depends on it:
a worker listens before it is warm, and goes on where warming fails.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Thread
from urllib.parse import urlencode

import structlog
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import close_old_connections
from django.http import HttpRequest, QueryDict
from django.urls import URLPattern, URLResolver, get_resolver

from maitred.kit.access.actor import Actor, Kind
from maitred.kit.access.answering import one_answer
from maitred.kit.access.rights import Right
from maitred.kit.pages import home
from maitred.kit.reading import published
from maitred.kit.verbs.registry import register
from maitred.metrics.explaining import belongings, explain
from maitred.metrics.refresh import open_workspace
from maitred.metrics.scope import Scope

EVERY_S = 15
"""Seconds between two looks for a new publication."""
HOURS = ("", "calendar")
"""The usual hours, and the other ones: they have clocks, and therefore rows, of their own."""
_LOG = structlog.get_logger("maitred.server")
_WARMING = Actor(Kind.WORKER, "worker:warming")


def start() -> Thread:
    """Warm up now and after every publication, in a thread that ends with the process."""
    thread = Thread(target=_stay_warm, name="maitred-warming", daemon=True)
    thread.start()
    return thread


def warm() -> int | None:
    """Read the newest publication and ask what its first readers will ask.

    Returns
    -------
    int or None
        The publication's number; None where nothing is published yet.
    """
    number = newest()
    if number is None:
        return None
    with published(number) as ask:
        belongings(ask.engine, [0])
        for row in ask.tickets("arrivals", limit=1, scope=Scope.everything()).rows.to_pylist():
            explain(ask.workspace, ask.publication, row["ticket_id"], "frt", row["source_id"], lasting=ask.remembered)
    with one_answer():
        for card in home.cards(_WARMING):
            card.make(_request("/"))
        for pattern in _of_figures(get_resolver().url_patterns):
            for hours in HOURS:
                pattern.callback(_request(f"/{pattern.pattern}", hours=hours))
    return number


def _of_figures(patterns: Sequence[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    """The pages of figures that need nothing but their address."""
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from _of_figures(one.url_patterns)
        elif not one.pattern.converters:
            verb = register().get(getattr(one.callback, "verb", ""))
            if verb is not None and verb.kind == "question" and verb.needs is Right.METRICS_READ:
                yield one


def newest() -> int | None:
    """The number of the newest publication."""
    workspace = open_workspace(Path(settings.MAITRED_HOME))
    try:
        found = workspace.publication()
        return None if found is None else found.number
    finally:
        workspace.close()


def _stay_warm() -> None:
    warmed: int | None = None
    while True:
        try:
            close_old_connections()
            if newest() != warmed:
                began = time.perf_counter()
                warmed = warm()
                _LOG.info("server.warmed", publication=warmed, duration_ms=round((time.perf_counter() - began) * 1000))
        except Exception as error:  # noqa: BLE001  (a page that fails will say so to its reader; a server goes on)
            warmed = _given_up(error)
        time.sleep(EVERY_S)


def _given_up(error: Exception) -> int | None:
    """Say what kept the worker from warming up; it is tried again with the next publication."""
    _LOG.warning("server.not_warmed", error=type(error).__name__)
    try:
        return newest()
    except Exception:  # noqa: BLE001
        return None


def _request(path: str, **words: str) -> HttpRequest:
    request = HttpRequest()
    request.GET = QueryDict(urlencode(words))  # type: ignore[assignment]
    request.method, request.path, request.path_info = "GET", path, path
    request.META |= {"SERVER_NAME": "localhost", "SERVER_PORT": "80", "REMOTE_ADDR": "127.0.0.1"}
    request.user = AnonymousUser()
    request.actor = _WARMING  # type: ignore[attr-defined]
    return request
