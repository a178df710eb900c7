"""The OpenAPI document and the page made from it: every verb, nothing but verbs, and readable without a script."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from pydantic import TypeAdapter

from maitred.kit.access.actor import Role
from maitred.kit.verbs.registry import register
from maitred.surfaces.rest.api import address, method
from maitred.surfaces.rest.tests.accounts import Caller, account, program

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Caller:
    return program(account("ada", Role.ADMIN))


@pytest.fixture
def document(ada: Caller) -> dict[str, Any]:
    found: dict[str, Any] = ada.get("openapi.json").json()
    return found


def test_every_verb_is_one_operation_and_there_are_no_others(document: dict[str, Any]) -> None:
    told = {(path, way.upper()) for path, item in document["paths"].items() for way in item}
    assert told == {(f"/api/v1{address(verb)}", method(verb)) for verb in register().values()}
    names = [one["operationId"] for one in _operations(document)]
    assert len(names) == len(set(names))


def test_it_is_of_version_3_1_and_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    text = json.dumps(document)
    for reference in set(re.findall(r'"\$ref": "#/components/schemas/([^"]+)"', text)):
        assert reference in document["components"]["schemas"]
    assert set(re.findall(r'"\$ref": "([^"]+)"', text)) == {
        f"#/components/schemas/{one}" for one in re.findall(r'"\$ref": "#/components/schemas/([^"]+)"', text)
    }


def test_each_operation_says_what_it_refuses(document: dict[str, Any]) -> None:
    for one in _operations(document):
        refused = {status for status in one["responses"] if status != "200"}
        assert refused >= {"400", "401", "403", "404", "422", "429"}
        assert refused >= {"409", "413", "415"} or "requestBody" not in one
        for status in refused:
            assert list(one["responses"][status]["content"]) == ["application/problem+json"]


def test_each_operation_names_its_scope_and_those_on_own_settings_are_marked(document: dict[str, Any]) -> None:
    verbs = {verb.id.replace(".", "_"): verb for verb in register().values()}
    for one in _operations(document):
        verb = verbs[one["operationId"]]
        assert (one["x-scope"], one["x-needs"]) == (verb.scope, str(verb.needs))
        assert one.get("x-own", False) is verb.own
        assert one["tags"] == [verb.group]
        assert one["summary"] == verb.summary


def test_what_changes_can_be_named_with_its_version(document: dict[str, Any]) -> None:
    versioned = {verb.id.replace(".", "_") for verb in register().values() if verb.versioned}
    for one in _operations(document):
        headers = [each["name"] for each in one["parameters"] if each["in"] == "header"]
        body = one.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        named = "If-Match" in headers and "version" in body["properties"]
        assert named is (one["operationId"] in versioned), one["operationId"]


def test_the_object_stands_in_the_path_and_not_in_the_body(document: dict[str, Any]) -> None:
    for path, item in document["paths"].items():
        for one in item.values():
            named = [each["name"] for each in one["parameters"] if each["in"] == "path"]
            assert named == re.findall(r"{(\w+)}", path)
            body = one.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            assert not set(named) & set(body.get("properties", {}))


def test_parameters_of_an_address_are_never_null(document: dict[str, Any]) -> None:
    for one in _operations(document):
        for each in one["parameters"]:
            assert each["schema"].get("type") != "null"
            assert {"type": "null"} not in each["schema"].get("anyOf", [])


def test_two_results_of_one_name_keep_their_own_schema(document: dict[str, Any]) -> None:
    for verb in register().values():
        operation = document["paths"][f"/api/v1{address(verb)}"][method(verb).lower()]
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        name = schema.get("$ref", "").rpartition("/")[2]
        known = document["components"]["schemas"][name] if name else schema
        own = TypeAdapter(verb.result).json_schema(mode="validation")
        assert sorted(known.get("properties", {})) == sorted(own.get("properties", {})), verb.id


def test_the_page_lists_every_operation_with_an_example_and_every_kind_of_problem(
    ada: Caller, document: dict[str, Any]
) -> None:
    page = ada.get("docs").content.decode()
    for path, item in document["paths"].items():
        for way, one in item.items():
            assert f'<h3 id="{one["operationId"]}"><code>{way.upper()} {path}</code></h3>' in page
    assert page.count("curl -H") == sum(1 for _ in _operations(document))
    assert "urn:maitred:problem:reauthenticate" in page


def test_the_page_needs_no_script_and_no_style_of_its_own(ada: Caller) -> None:
    answer = ada.get("docs")
    page = _Tags()
    page.feed(answer.content.decode())
    assert not page.names & {"script", "style", "iframe", "img", "object", "embed", "base"}
    assert not page.attributes & {"style", "onclick", "onload", "src"}
    assert "script-src" not in answer.headers["Content-Security-Policy"] or "unsafe" not in str(answer.headers)
    style = ada.get("docs.css")
    assert (style.status_code, style.headers["Content-Type"]) == (200, "text/css; charset=utf-8")


def test_the_page_escapes_what_verbs_say_of_themselves() -> None:
    from maitred.surfaces.rest.page import page

    evil = "<script>alert(1)</script>"
    operation = {
        "operationId": "x", "summary": evil, "description": evil, "tags": [evil], "parameters": [], "x-scope": evil,
        "x-example": {"name": f"'; rm -rf / #{evil}"},
        "responses": {"200": {"content": {"application/json": {"schema": {"title": evil}}}}},
    }  # fmt: skip
    document = {"paths": {"/x": {"post": operation}}, "components": {"schemas": {}}}
    text = page(document, "http://localhost").content.decode()
    assert evil not in text
    assert "'\"'\"'; rm -rf" in text.replace("&#x27;", "'").replace("&quot;", '"')


class _Tags(HTMLParser):
    """The tags and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in document["paths"].values():
        yield from item.values()
