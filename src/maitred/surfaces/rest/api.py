"""The door itself: an operation per verb, the document, the page, and a refusal for every other address.

``patterns()`` is all that the composition root needs. Nothing here knows a desk: what there is to do comes from the
register of verbs.
"""

from __future__ import annotations

import inspect
import json
import uuid
from collections.abc import Callable, Iterable
from functools import lru_cache, wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, URLResolver, path, re_path
from ninja import NinjaAPI

from maitred.base.errors import NotFound
from maitred.kit.access.actor import Actor
from maitred.kit.replies.once import run_once
from maitred.kit.verbs.registry import Verb, register
from maitred.kit.verbs.results import plain
from maitred.kit.verbs.running import authorise, run
from maitred.surfaces.rest import page
from maitred.surfaces.rest.asking import arguments, several
from maitred.surfaces.rest.callers import caller, refuse_forged
from maitred.surfaces.rest.document import document
from maitred.surfaces.rest.problems import NotAllowed, response

Limit = Callable[[HttpRequest, Actor, Verb | None], None]
"""Raises ``TooMany`` where a caller asks too often; ``None`` stands for the document and its page."""
View = Callable[..., HttpResponse]
Documented = Callable[[str], dict[str, Any]]
"""The document with all operations below a path."""

NAMESPACE = "api"


def patterns(
    verbs: Iterable[Verb] | None = None, limit: Limit | None = None
) -> tuple[list[URLPattern | URLResolver], str]:
    """The addresses of the REST door, to be included under ``api/v1/``."""
    known = list(register().values() if verbs is None else verbs)
    api = NinjaAPI(title="maitred", version="1", urls_namespace=NAMESPACE, openapi_url=None, docs_url=None)
    api.add_exception_handler(Exception, _refused)
    for verb in known:
        _add(api, verb, limit)
    documented = lru_cache(maxsize=4)(lambda root: document(api, known, root))
    own = [
        path("openapi.json", _guarded(limit, _document(documented)), name="openapi"),
        path("docs", _guarded(limit, _page(documented)), name="docs"),
        path("docs.css", _guarded(limit, page.stylesheet), name="docs-style"),
    ]
    found = [_wrapped(one) for one in api.urls[0] if getattr(one, "name", "") != "api-root"]
    return [*own, *found, re_path("^.*$", _nothing, name="nothing")], NAMESPACE


def address(verb: Verb) -> str:
    """Where a verb stands: ``/people/show-team/{team}``."""
    words = f"/{verb.group}/{verb.name}".replace("_", "-")
    return f"{words}/{{{verb.object[0]}}}" if verb.object else words


def method(verb: Verb) -> str:
    """``GET`` for a question, ``POST`` for an action."""
    return "GET" if verb.kind == "question" else "POST"


def _add(api: NinjaAPI, verb: Verb, limit: Limit | None) -> None:
    api.default_router.add_api_operation(
        address(verb),
        [method(verb)],
        _view(verb, limit),
        operation_id=verb.id.replace(".", "_"),
        summary=verb.summary,
        description=verb.description or None,
        tags=[verb.group],
        url_name=verb.id,
    )


def _view(verb: Verb, limit: Limit | None) -> View:
    many = several(verb)

    def view(request: HttpRequest, **named: str) -> HttpResponse:
        actor = caller(request, _request_id(request))
        if limit is not None:
            limit(request, actor, verb)
        authorise(verb, actor)
        refuse_forged(request, actor)
        return _answered(verb, actor, request, arguments(verb, request, named, many))

    view.__name__ = verb.name
    view.__signature__ = _signature(verb)  # type: ignore[attr-defined]
    return view


def _signature(verb: Verb) -> inspect.Signature:
    """What the router reads: the request, and the object that stands in the path."""
    taken = [inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD)]
    if verb.object:
        taken.append(inspect.Parameter(verb.object[0], inspect.Parameter.KEYWORD_ONLY, annotation=str))
    return inspect.Signature(taken)


def _answered(verb: Verb, actor: Actor, request: HttpRequest, given: dict[str, Any]) -> HttpResponse:
    key = request.headers.get("Idempotency-Key")
    if key is None or verb.kind == "question":
        return _json(plain(run(verb, actor, given)))
    done = run_once(verb, actor, given, key)
    answer = _json(done.answer)
    if done.replayed:
        answer.headers["Idempotent-Replayed"] = "true"
    return answer


def _json(value: Any) -> HttpResponse:
    answer = HttpResponse(json.dumps(value, allow_nan=False), content_type="application/json")
    answer.headers["Cache-Control"] = "no-store"
    version = value.get("version") if isinstance(value, dict) else None
    if isinstance(version, int):
        answer.headers["ETag"] = f'"{version}"'
    return answer


def _request_id(request: HttpRequest) -> str:
    """The name of this request in problems, logs and the audit log."""
    if not getattr(request, "request_id", None):
        request.request_id = uuid.uuid4().hex  # type: ignore[attr-defined]
    return str(request.request_id)  # type: ignore[attr-defined]


def _refused(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    known = error if isinstance(error, Exception) else error()
    return response(request, known, _request_id(request))


def _wrapped(pattern: Any) -> URLPattern:
    """A router's address whose undeclared methods answer as problems, and which never redirects to a sign-in page."""
    inner = pattern.callback

    @wraps(inner)
    def door(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        answer: HttpResponse = inner(request, *args, **named)
        if isinstance(answer, HttpResponseNotAllowed):
            allowed = tuple(sorted(answer.headers["Allow"].split(", ")))
            return _refused(request, NotAllowed(request.method or "", allowed))
        return answer

    pattern.callback = login_not_required(door)
    return pattern  # type: ignore[no-any-return]


def _guarded(limit: Limit | None, answer: Callable[[HttpRequest], HttpResponse]) -> View:
    """A page for anybody who is signed in or holds a token."""

    @login_not_required
    def view(request: HttpRequest) -> HttpResponse:
        try:
            if request.method != "GET":
                raise NotAllowed(request.method or "", ("GET",))
            actor = caller(request, _request_id(request))
            if limit is not None:
                limit(request, actor, None)
            found = answer(request)
        except Exception as error:  # noqa: BLE001  (every refusal of this door is a problem document)
            return _refused(request, error)
        found.headers.setdefault("Cache-Control", "no-store")
        return found

    return view


def _document(documented: Documented) -> Callable[[HttpRequest], HttpResponse]:
    return lambda request: _json(documented(_root(request)))


def _page(documented: Documented) -> Callable[[HttpRequest], HttpResponse]:
    return lambda request: page.page(documented(_root(request)), request.build_absolute_uri("/")[:-1])


def _root(request: HttpRequest) -> str:
    """The path that all operations begin with: ``/api/v1``."""
    return request.path.rpartition("/")[0]


@login_not_required
def _nothing(request: HttpRequest) -> HttpResponse:
    try:
        caller(request, _request_id(request))
        raise NotFound("there is nothing at this address", "see /api/v1/docs for what there is")
    except Exception as error:  # noqa: BLE001  (every refusal of this door is a problem document)
        return _refused(request, error)
