"""From a request to a verb's arguments: the path, the query or the JSON body, and the version in ``If-Match``."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, QueryDict

from maitred.base.errors import Invalid, UsageError
from maitred.kit.verbs.registry import Verb
from maitred.surfaces.rest.problems import ForeignContent, TooLarge

LARGEST_BODY = 1024 * 1024
DEEPEST = 32
_TAG = re.compile(r'^(?:"([1-9][0-9]{0,15})"|([1-9][0-9]{0,15}))$')


def arguments(
    verb: Verb, request: HttpRequest, path: Mapping[str, str], several: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """What the verb is called with; ``several`` are the query parameters that may be given more than once.

    Raises
    ------
    UsageError
        The body is no JSON, or two versions were given.
    ForeignContent, TooLarge
        It is something else, or too much of it.
    Invalid
        The body is no object, or something was given twice.
    """
    given = _body(request) if verb.kind == "action" else _query(verb, request.GET, several)
    twice = sorted(given.keys() & path.keys())
    if twice:
        raise _misplaced(verb, twice[0], "stands in the path", "extra_forbidden")
    version = _version(verb, request)
    if version is not None and given.setdefault("version", version) != version:
        raise UsageError("If-Match and the body name two versions", "send one of them")
    return {**given, **path}


def is_json(request: HttpRequest) -> bool:
    """Whether the body, if there is one, says that it is JSON."""
    return not _has_body(request) or request.content_type == "application/json"


def _query(verb: Verb, query: QueryDict, several: frozenset[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, values in query.lists():
        many = name in several
        if not many and len(values) > 1:
            raise _misplaced(verb, name, "was given more than once", "repeated")
        found[str(name)] = values if many else values[0]
    return found


def several(verb: Verb) -> frozenset[str]:
    """The parameters that take several values, each with its own ``name=value``."""
    fields = verb.arguments.model_json_schema().get("properties", {})
    return frozenset(name for name, one in fields.items() if _lists(one))


def _lists(schema: Mapping[str, Any]) -> bool:
    return schema.get("type") == "array" or any(_lists(one) for one in schema.get("anyOf", ()))


def _body(request: HttpRequest) -> dict[str, Any]:
    if not _has_body(request):
        return {}
    if not is_json(request):
        raise ForeignContent("the body is not application/json", "send JSON and say so in Content-Type")
    return parsed(_content(request))


def _has_body(request: HttpRequest) -> bool:
    return request.META.get("CONTENT_LENGTH") not in (None, "", "0") or "HTTP_TRANSFER_ENCODING" in request.META


def _content(request: HttpRequest) -> bytes:
    try:
        told = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        told = 0
    content = b"" if told > LARGEST_BODY else request.read(LARGEST_BODY + 1)
    if told > LARGEST_BODY or len(content) > LARGEST_BODY:
        raise TooLarge(f"the body is larger than {LARGEST_BODY} bytes", "send less at once")
    return content


def parsed(content: bytes) -> dict[str, Any]:
    """A JSON object without what JSON's readers disagree on: repeated names, NaN, numbers beyond any size."""
    try:
        found = json.loads(
            content.decode(), object_pairs_hook=_once, parse_constant=_refused, parse_float=_finite, parse_int=_sized
        )
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        raise UsageError("the body is not JSON that can be read", "send one JSON object in UTF-8") from error
    if _too_deep(found):
        raise UsageError(f"the body is nested deeper than {DEEPEST}", "send it flatter")
    if not isinstance(found, dict):
        errors = ({"field": "", "message": "is no JSON object", "code": "dict_type"},)
        raise Invalid("the body is no JSON object", "send the parameters by name", errors)
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is repeated")
    return found


def _refused(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _finite(text: str) -> float:
    if not math.isfinite(float(text)):
        raise ValueError("a number is too large")
    return float(text)


def _sized(text: str) -> int:
    if len(text) > 40:
        raise ValueError("a number is too large")
    return int(text)


def _too_deep(value: Any) -> bool:
    layer = [value]
    for _ in range(DEEPEST):
        layer = [one for each in layer for one in _inside(each)]
        if not layer:
            return False
    return True


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _version(verb: Verb, request: HttpRequest) -> int | None:
    told = request.headers.get("If-Match")
    if told is None or verb.kind == "question":
        return None
    if not verb.versioned:
        raise UsageError(f"{verb.id} names no version", "leave If-Match out")
    match = _TAG.match(told.strip())
    if match is None:
        raise UsageError("If-Match names no version", 'send the ETag that was answered, such as "3"')
    return int(match[1] or match[2])


def _misplaced(verb: Verb, field: str, message: str, code: str) -> Invalid:
    errors = ({"field": field, "message": message, "code": code},)
    return Invalid(f"{verb.id} was called with values that do not fit", "mend them", errors)
