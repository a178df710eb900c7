"""What comes in at the REST door is read once, belongs to one action, and leaves its traces in the security log."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
from django.test import Client

from maitred.kit.access.actor import Role
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register
from maitred.people.models import Team
from maitred.site import logs
from maitred.surfaces.rest.tests.accounts import ROOT, Caller, account, assert_problem, program

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Caller:
    return program(account("ada", Role.ADMIN))


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    logs.configure({"level": "INFO"})
    handler = next(one for one in logging.getLogger().handlers if type(one) is logging.StreamHandler)
    kept = io.StringIO()
    before = handler.setStream(kept)
    yield kept
    if before is not None:
        handler.setStream(before)


@pytest.mark.parametrize("name", ["&lt;b&gt; %3Cb%3E", "\\u003cb\\u003e", "a&amp;amp;b", "{{ 7*7 }} ${7*7} %s {0}"])
def test_what_looks_encoded_stays_as_it_came(ada: Caller, name: str) -> None:
    made = ada.post("people/add-team", {"name": name}).json()
    assert made["name"] == name
    assert Team._base_manager.get(pk=made["id"]).name == name
    assert ada.get(f"people/show-team/{made['id']}").json()["name"] == name


@pytest.mark.parametrize("name", ["x' OR '1'='1", '"; DROP TABLE people_team; --', "\\'; SELECT pg_sleep(9)--"])
def test_what_looks_like_a_statement_is_a_name(ada: Caller, name: str) -> None:
    made = ada.post("people/add-team", {"name": name}).json()
    assert Team._base_manager.filter(name=name).count() == 1
    other = ada.post("people/add-team", {"name": "Another"}).json()
    assert {one["id"] for one in ada.get("people/list-teams").json()["items"]} == {made["id"], other["id"]}


@pytest.mark.parametrize(
    "extra", [{"version": 9}, {"id": 1}, {"created_at": "2020-01-01T00:00:00Z"}, {"parent_id": 1}, {"is_active": True}]
)
def test_a_field_that_the_action_does_not_take_is_refused(ada: Caller, extra: dict[str, object]) -> None:
    found = assert_problem(ada.post("people/add-team", {"name": "x", **extra}), 422, "invalid")
    assert [one["field"] for one in found["errors"]] == list(extra)
    assert Team._base_manager.count() == 0


def test_every_verb_takes_its_own_arguments_and_no_others() -> None:
    loose = [verb.id for verb in register().values() if verb.arguments.model_config.get("extra") != "forbid"]
    assert len(register()) > 50
    assert loose == []


def test_what_is_refused_stands_in_the_security_log_without_what_was_sent(ada: Caller, lines: io.StringIO) -> None:
    agent = program(account("ben", Role.AGENT))
    narrow = program(account("eve", Role.ADMIN), ["read:people"])
    assert agent.post("people/add-team", {"name": "canary-4711"}).status_code == 403
    assert narrow.post("people/add-team", {"name": "canary-4711"}).status_code == 403
    assert ada.post("people/add-team", {"name": "canary-4711", "colour": "canary-4711"}).status_code == 422
    unknown = {"Authorization": "Bearer mtr_canary-4711"}
    assert Client().get("/api/v1/people/list-teams", headers=unknown).status_code == 401
    assert ada.get("people/list-teams?limit=canary-4711").status_code == 422
    told = [json.loads(line) for line in lines.getvalue().splitlines()]
    events = [one["event"] for one in told]
    assert events.count("security.access_refused") == 3
    assert events.count("security.input_refused") == 2
    assert [one for one in told if "time" not in one or not one["time"].endswith("Z")] == []
    assert "canary-4711" not in lines.getvalue()


def test_a_line_break_in_what_is_sent_makes_no_line_of_its_own(ada: Caller, lines: io.StringIO) -> None:
    forged = 'x\r\n{"event": "security.signed_in", "account": 1}'
    ada.client.get("/api/v1/people/list-teams", {"cursor": forged}, headers={"User-Agent": forged})
    ada.client.get(f"/{forged}")
    ada.post("people/add-team", {"name": forged})
    told = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert len(told) >= 3
    assert [one for one in told if one["event"] == "security.signed_in"] == []


def test_a_right_that_was_taken_is_gone_at_once() -> None:
    owner = account("ben", Role.ADMIN)
    held = program(owner)
    assert held.post("people/add-team", {"name": "One"}).status_code == 200
    run("people.set_roles", ROOT, {"account": owner.pk, "roles": ["agent"], "version": 1})
    assert_problem(held.post("people/add-team", {"name": "Two"}), 403, "denied")
