"""What the REST door refuses, each as a problem document and never as a failure of ours."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from maitred.kit.access.actor import Role
from maitred.people.models import Team
from maitred.surfaces.rest.asking import DEEPEST
from maitred.surfaces.rest.tests.accounts import Caller, account, assert_problem, program, token

pytestmark = pytest.mark.django_db
PROBE = pytest.mark.urls("maitred.surfaces.rest.tests.probe")


@pytest.fixture
def ada() -> Caller:
    return program(account("ada", Role.ADMIN))


@pytest.fixture
def team(ada: Caller) -> int:
    return int(ada.post("people/add-team", {"name": "Support"}).json()["id"])


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"\xff\xfe{}",
        b'{"name": "a", "name": "b"}',
        b'{"name": NaN}',
        b'{"name": -Infinity}',
        b'{"name": 1e999}',
        b'{"parent": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b'{"name": ' + b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1) + b"}",
    ],
)
def test_a_body_that_is_no_sound_json_is_refused(ada: Caller, body: bytes) -> None:
    answer = ada.post("people/add-team", body)
    assert_problem(answer, 400 if body else 422, "usage" if body else "invalid")
    assert Team._base_manager.count() == 0


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"7", b"null"])
def test_a_body_that_is_no_object_does_not_fit(ada: Caller, body: bytes) -> None:
    assert_problem(ada.post("people/add-team", body), 422, "invalid")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "x", "colour": "red"}, "colour"),
        ({"name": "x", "parent": 2**70}, "parent"),
        ({"name": "x", "parent": -1}, "parent"),
        ({"name": "x", "parent": 1.5}, "parent"),
        ({"name": "a\x00b"}, "name"),
        ({"name": "\ud800"}, "name"),
        ({"name": {"a": "b"}}, "name"),
        ({"name": "x", "actor": {"kind": "os"}}, "actor"),
    ],
)
def test_values_that_do_not_fit_are_named(ada: Caller, body: dict[str, Any], field: str) -> None:
    found = assert_problem(ada.post("people/add-team", body), 422, "invalid")
    assert [one["field"] for one in found["errors"]] == [field]
    assert Team._base_manager.count() == 0


def test_a_body_above_the_limit_is_refused(ada: Caller) -> None:
    assert_problem(ada.post("people/add-team", b'{"name": "' + b"x" * 1_048_576 + b'"}'), 413, "too-large")


@pytest.mark.parametrize(
    "sort", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "application/jsonx"]
)
def test_another_content_type_is_refused(ada: Caller, sort: str) -> None:
    assert_problem(ada.post("people/add-team", b'{"name": "x"}', sort), 415, "content-type")


@pytest.mark.parametrize("query", ["colour=red", "limit=0", "limit=many", "limit=5&limit=6", "limit="])
def test_a_query_that_does_not_fit_is_refused(ada: Caller, query: str) -> None:
    assert_problem(ada.get(f"people/list-teams?{query}"), 422, "invalid")


def test_a_query_of_too_many_values_is_refused(ada: Caller) -> None:
    assert_problem(ada.get("people/list-teams?" + "&".join(f"a{n}=1" for n in range(1100))), 400, "usage")


def test_a_cursor_that_was_not_given_out_is_refused(ada: Caller) -> None:
    assert_problem(ada.get("people/list-teams?cursor=WyJ0ZWFtcyJd"), 400, "usage")


@pytest.mark.parametrize("where", ["abc", "0", "-1", "1e3", "9" * 40, "%00", "1%20or%201=1"])
def test_a_path_that_names_no_object_is_refused(ada: Caller, where: str) -> None:
    assert_problem(ada.get(f"people/show-team/{where}"), 422, "invalid")


def test_the_object_stands_in_the_path_alone(ada: Caller, team: int) -> None:
    body = {"team": team + 1, "name": "x", "version": 1}
    assert_problem(ada.post(f"people/rename-team/{team}", body), 422, "invalid")
    assert_problem(ada.get(f"people/show-team/{team}?team={team}"), 422, "invalid")


def test_an_unknown_address_is_a_problem_too(ada: Caller) -> None:
    for address in ("nothing", "people", "people/list-teams/", "people/show-team/1/2", "people/show-team/", ""):
        assert_problem(ada.get(address), 404, "not-found")


def test_an_undeclared_method_names_the_declared_ones(ada: Caller, team: int) -> None:
    headers = {"Authorization": f"Bearer {ada.raw}"}
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        answer = Client().generic(method, f"/api/v1/people/show-team/{team}", headers=headers)
        assert_problem(answer, 405, "method")
        assert answer.headers["Allow"] == "GET"
    assert Client().get("/api/v1/people/add-team", headers=headers).headers["Allow"] == "POST"
    assert Client().post("/api/v1/docs", headers=headers).headers["Allow"] == "GET"


def test_a_stale_version_is_a_conflict_that_names_both(ada: Caller, team: int) -> None:
    ada.post(f"people/rename-team/{team}", {"name": "Care", "version": 1})
    found = assert_problem(ada.post(f"people/rename-team/{team}", {"name": "Help", "version": 1}), 409, "conflict")
    assert (found["sent"], found["there"]) == (1, 2)


def test_the_version_may_come_as_if_match(ada: Caller, team: int) -> None:
    address = f"people/rename-team/{team}"
    done = ada.post(address, {"name": "Care"}, If_Match='"1"')
    assert (done.status_code, done.headers["ETag"]) == (200, '"2"')
    assert ada.post(address, {"name": "Help", "version": 2}, If_Match='"2"').status_code == 200
    assert_problem(ada.post(address, {"name": "Aid"}, If_Match='"2"'), 409, "conflict")
    assert_problem(ada.post(address, {"name": "Aid", "version": 3}, If_Match='"2"'), 400, "usage")
    for told in ("*", 'W/"3"', "three", '"0"', ""):
        assert_problem(ada.post(address, {"name": "Aid"}, If_Match=told), 400, "usage")
    assert_problem(ada.post("people/add-team", {"name": "New"}, If_Match='"1"'), 400, "usage")
    missing = assert_problem(ada.post(address, {"name": "Aid"}), 422, "invalid")
    assert missing["errors"][0]["field"] == "version"


@PROBE
def test_lists_come_as_repeated_values(ada: Caller) -> None:
    assert ada.get("probe/echo?words=a&words=b").json() == {"words": ["a", "b"], "share": 0.5}
    assert_problem(ada.get("probe/echo?share=1&share=2"), 422, "invalid")
    assert_problem(ada.get("probe/echo?" + "&".join(["words=a"] * 6)), 422, "invalid")


@PROBE
@pytest.mark.parametrize("share", ["nan", "inf", "-Infinity", "1e999"])
def test_what_is_no_number_is_refused_or_told_as_a_failure_without_details(ada: Caller, share: str) -> None:
    assert_problem(ada.get(f"probe/echo?share={share}"), 422, "invalid")


@PROBE
def test_a_fault_of_ours_tells_nothing_of_it(ada: Caller) -> None:
    ada.client.raise_request_exception = False
    answer = ada.get("probe/fail")
    assert_problem(answer, 500, "unexpected")
    assert b"4711" not in answer.content


@PROBE
def test_a_busy_database_and_a_limit_say_when_to_come_back(ada: Caller) -> None:
    busy, tired = ada.get("probe/wait"), ada.get("probe/tire")
    assert_problem(busy, 503, "busy")
    assert_problem(tired, 429, "too-many")
    assert (busy.headers["Retry-After"], tired.headers["Retry-After"]) == ("1", "17")


@PROBE
def test_numbers_keep_their_value(ada: Caller) -> None:
    body = {"share": 0.1, "words": ["=1+1", "<script>"]}
    assert ada.post("probe/store", json.dumps(body)).json() == {"words": ["=1+1", "<script>"], "share": 0.1}


def test_a_session_cookie_that_is_forged_is_nobody_s() -> None:
    from django.conf import settings

    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = token(account("ada", Role.ADMIN))[1]
    assert_problem(client.get("/api/v1/people/list-teams"), 401, "unauthenticated")
