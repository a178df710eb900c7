"""The OpenAPI 3.1 document: the router's own, with what each verb takes, answers and refuses.

All schemas are made in one go, so that two desks may call a result by the same name.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from ninja import NinjaAPI
from pydantic import TypeAdapter

from maitred.kit.replies.once import KEY
from maitred.kit.verbs.registry import Verb
from maitred.surfaces.rest import problems

_REF = "#/components/schemas/{model}"
_BOTH = (401, 403, 404, 422, 429)
_ACTIONS = (400, 401, 403, 404, 409, 413, 415, 422, 429)
_MEANINGS = {
    400: "The request cannot be read: malformed JSON, a foreign cursor, two different versions.",
    401: "Neither a session nor a token that holds.",
    403: "No part in it, no scope, no proof of identity, or no CSRF token.",
    404: "It does not exist, or not for this caller.",
    409: "It changed since it was read.",
    413: "The body is larger than 1 MiB.",
    415: "The body is not JSON.",
    422: "Values do not fit; each is named.",
    429: "More requests than the limit allows.",
    503: "The database was busy; nothing was changed.",
}
_PROBLEM: dict[str, Any] = {
    "title": "Problem",
    "description": "A refusal or failure in the form of RFC 9457.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "pattern": "^urn:maitred:problem:[a-z-]+$"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "pattern": "^urn:uuid:[0-9a-f]{32}$"},
        "errors": {"type": "array", "items": {"type": "object", "additionalProperties": {"type": "string"}}},
        "sent": {"type": ["integer", "null"]},
        "there": {"type": ["integer", "null"]},
    },
}
_IF_MATCH: dict[str, Any] = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The version that was read, as its ETag; the same as `version` in the body.",
    "schema": {"type": "string", "pattern": '^"[1-9][0-9]{0,14}"$'},
}
_ONCE: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A key of your own: the same call under it is done once and answered alike for 24 hours.",
    "schema": {"type": "string", "pattern": KEY},
}
_INFO = (
    "Every question and action of this installation. Send `Authorization: Bearer mtr_…`, or use the session of the "
    "console with the header `X-CSRFToken`. Refusals are problem documents. Objects that change have a `version`; "
    "name the one you read."
)


def document(api: NinjaAPI, verbs: Iterable[Verb], root: str) -> dict[str, Any]:
    """The OpenAPI document with all operations below ``root``."""
    known = list(verbs)
    found: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=root))
    found["info"] = {"title": "maitred", "version": "1", "description": _INFO}
    del found["servers"]
    schemas, shared = _schemas(known)
    operations = {one["operationId"]: one for item in found["paths"].values() for one in item.values()}
    for verb in known:
        operations[verb.id.replace(".", "_")].update(_operation(verb, schemas, shared))
    asked = {_name(schemas[(verb.id, "arguments")]) for verb in known}
    told = {name: one for name, one in shared.items() if name not in asked}
    found["components"] = {"schemas": {"Problem": _PROBLEM, **told}, "securitySchemes": _security()}
    found["security"] = [{"token": []}, {"session": []}]
    groups = sorted({verb.group for verb in known})
    found["tags"] = [{"name": group} for group in groups]
    return found


Schemas = Mapping[tuple[Any, str], Mapping[str, Any]]


def _security() -> dict[str, Any]:
    cookie = settings.SESSION_COOKIE_NAME
    return {
        "token": {"type": "http", "scheme": "bearer", "description": "A token made under Settings, Tokens."},
        "session": {"type": "apiKey", "in": "cookie", "name": cookie, "description": "The session of the console."},
    }


def _schemas(verbs: list[Verb]) -> tuple[Schemas, dict[str, Any]]:
    wanted: list[tuple[Any, Any, TypeAdapter[Any]]] = []
    for verb in verbs:
        wanted.append(((verb.id, "arguments"), "validation", TypeAdapter(verb.arguments)))
        wanted.append(((verb.id, "answer"), "validation", verb.answer))
    made, shared = TypeAdapter.json_schemas(wanted, ref_template=_REF)
    return {key: schema for (key, _), schema in made.items()}, dict(shared.get("$defs", {}))


def _operation(verb: Verb, schemas: Schemas, shared: Mapping[str, Any]) -> dict[str, Any]:
    taken = _resolved(schemas[(verb.id, "arguments")], shared)
    named = verb.object[0] if verb.object else None
    found: dict[str, Any] = {
        "parameters": _parameters(verb, taken, named),
        "responses": _responses(verb, schemas[(verb.id, "answer")]),
        "x-needs": str(verb.needs),
        "x-scope": verb.scope,
        "x-example": dict(verb.example),
    }
    if verb.own:
        found["x-own"] = True
    if verb.fresh:
        found["x-fresh"] = True
    if verb.kind == "action":
        found["requestBody"] = _body(verb, taken, named)
    return found


def _resolved(schema: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of an arguments model, whose own entry among the shared ones nobody else needs."""
    name = _name(schema)
    return copy.deepcopy(dict(shared[name] if name else schema))


def _name(schema: Mapping[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _parameters(verb: Verb, taken: Mapping[str, Any], named: str | None) -> list[dict[str, Any]]:
    fields: Mapping[str, Any] = taken.get("properties", {})
    required = set(taken.get("required", ()))
    found = [_parameter(named, "path", fields[named], True)] if named else []
    if verb.kind == "question":
        others = (name for name in fields if name != named)
        return [*found, *(_parameter(name, "query", fields[name], name in required) for name in others)]
    return [*found, *([_IF_MATCH] if verb.versioned else []), _ONCE]


def _parameter(name: str, place: str, schema: Mapping[str, Any], required: bool) -> dict[str, Any]:
    asked = _told(dict(schema))
    told = asked.pop("description", "")
    found = {"name": name, "in": place, "required": required, "schema": asked}
    return {**found, "description": told} if told else found


def _told(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter of an address cannot be ``null``; it is left out."""
    options = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    if len(options) == 1:
        schema = {**{name: one for name, one in schema.items() if name != "anyOf"}, **options[0]}
    if schema.get("default", "") is None:
        del schema["default"]
    return schema


def _body(verb: Verb, taken: dict[str, Any], named: str | None) -> dict[str, Any]:
    """What the body holds: everything but the object in the path; ``version`` may stand in ``If-Match`` instead."""
    taken["properties"] = {name: one for name, one in taken.get("properties", {}).items() if name != named}
    required = [one for one in taken.pop("required", ()) if one not in (named, "version")]
    if required:
        taken["required"] = required
    example = {name: one for name, one in verb.example.items() if name != named}
    content = {"application/json": {"schema": taken, "example": example}}
    return {"required": bool(required), "content": content}


def _responses(verb: Verb, answer: Mapping[str, Any]) -> dict[str, Any]:
    good: dict[str, Any] = {"description": "Done." if verb.kind == "action" else "The answer."}
    good["content"] = {"application/json": {"schema": answer}}
    refused = _ACTIONS if verb.kind == "action" else (400, *_BOTH)
    return {"200": good, **{str(one): _refusal(one) for one in (*refused, 503)}}


def _refusal(status: int) -> dict[str, Any]:
    content = {problems.MEDIA_TYPE: {"schema": {"$ref": _REF.format(model="Problem")}}}
    found: dict[str, Any] = {"description": _MEANINGS[status], "content": content}
    if status in (429, 503):
        found["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."}}
    return found
