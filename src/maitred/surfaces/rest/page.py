"""The page of the REST door: every operation with its parameters and an example to copy; no script, one stylesheet."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from maitred.surfaces.rest.problems import KINDS

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing an operation takes."""

    name: str
    place: str
    type: str
    required: bool
    meaning: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as the page shows it."""

    id: str
    method: str
    address: str
    summary: str
    description: str
    scope: str
    own: bool
    fresh: bool
    parameters: tuple[Parameter, ...]
    example: str
    answer: str


@dataclass(frozen=True, slots=True)
class Group:
    """The operations of one folder."""

    name: str
    operations: tuple[Operation, ...]


def page(document: dict[str, Any], origin: str) -> HttpResponse:
    """The document as a page to read."""
    kinds = [{"kind": kind, "status": status, "meaning": told} for kind, (status, told) in sorted(KINDS.items())]
    text = _template().render(Context({"groups": _groups(document, origin), "kinds": kinds}))
    return HttpResponse(text)


def stylesheet(request: HttpRequest) -> HttpResponse:
    """The page's own stylesheet."""
    return HttpResponse((_HERE / "docs.css").read_bytes(), content_type="text/css; charset=utf-8")


@cache
def _template() -> Any:
    return Engine(dirs=[str(_HERE / "templates")]).get_template("rest/docs.html")


def _groups(document: dict[str, Any], origin: str) -> list[Group]:
    found: dict[str, list[Operation]] = {}
    schemas = document["components"]["schemas"]
    for address, item in document["paths"].items():
        for method, one in item.items():
            found.setdefault(one["tags"][0], []).append(_operation(method.upper(), address, one, schemas, origin))
    return [Group(name, tuple(found[name])) for name in sorted(found)]


def _operation(method: str, address: str, one: dict[str, Any], schemas: dict[str, Any], origin: str) -> Operation:
    return Operation(
        id=one["operationId"],
        method=method,
        address=address,
        summary=one["summary"],
        description=_prose(one.get("description", "")),
        scope=one["x-scope"],
        own=one.get("x-own", False),
        fresh=one.get("x-fresh", False),
        parameters=tuple(_taken(one)),
        example=_curl(method, address, one, origin),
        answer=_answer(one, schemas),
    )


def _taken(one: dict[str, Any]) -> list[Parameter]:
    found = [
        Parameter(
            each["name"], each["in"], _type(each["schema"]), each["required"], _prose(each.get("description", ""))
        )
        for each in one["parameters"]
    ]
    body = _schema(one)
    needed = body.get("required", ())
    for name, schema in body.get("properties", {}).items():
        found.append(Parameter(name, "body", _type(schema), name in needed, _prose(schema.get("description", ""))))
    return found


def _prose(text: str) -> SafeString:
    """What a verb says of itself, escaped; names between double backticks stand out as code."""
    parts = (
        format_html("<code>{}</code>", part) if number % 2 else part
        for number, part in enumerate(re.split(r"``(.+?)``", text))
    )
    return format_html_join("", "{}", ((part,) for part in parts))


def _schema(one: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = one.get("requestBody", {}).get("content", {}).get("application/json", {})
    found: dict[str, Any] = content.get("schema", {})
    return found


def _type(schema: dict[str, Any]) -> str:
    """A schema in a word or two: ``integer``, ``date-time or null``, ``array of string``."""
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(str(one) for one in schema["enum"])
    if schema.get("type") == "array":
        return f"array of {_type(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or schema.get("$ref", "any").rpartition("/")[2])


def _curl(method: str, address: str, one: dict[str, Any], origin: str) -> str:
    """A call that can be pasted into a shell; the token comes from the environment."""
    example = dict(one["x-example"])
    for each in one["parameters"]:
        if each["in"] == "path":
            address = address.replace(f"{{{each['name']}}}", quote(str(example.pop(each["name"], "1")), safe=""))
    head = 'curl -H "Authorization: Bearer $MAITRED_TOKEN"'
    if method == "GET":
        query = urlencode(example, doseq=True)
        return f"{head} {shlex.quote(origin + address + ('?' + query if query else ''))}"
    body = shlex.quote(json.dumps(example))
    return f"{head} -H 'Content-Type: application/json' \\\n  -d {body} {shlex.quote(origin + address)}"


def _answer(one: dict[str, Any], schemas: dict[str, Any]) -> str:
    schema = one["responses"]["200"]["content"]["application/json"]["schema"]
    name = schema.get("$ref", "").rpartition("/")[2]
    return json.dumps(schemas[name] if name else schema, indent=1)
