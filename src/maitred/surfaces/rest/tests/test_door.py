"""Who gets through the REST door, and what a question and an action answer there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory

from maitred.base import clock
from maitred.kit.access.actor import Role
from maitred.kit.audit.models import AuditRow
from maitred.people.models import Account, ApiToken, Team
from maitred.surfaces.rest.tests.accounts import ALL, Caller, account, assert_problem, program, prove, signed_in, token

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Account:
    return account("ada", Role.ADMIN)


def test_a_program_asks_and_acts_with_its_token(admin: Account) -> None:
    ada = program(admin)
    made = ada.post("people/add-team", {"name": "Support"})
    assert (made.status_code, made.headers["ETag"]) == (200, '"1"')
    shown = ada.get(f"people/show-team/{made.json()['id']}")
    assert shown.json() == {"id": made.json()["id"], "name": "Support", "parent": None, "version": 1}
    assert shown.headers["ETag"] == '"1"'


def test_the_audit_log_names_the_token_and_the_request_that_the_answer_names(admin: Account) -> None:
    row, raw = token(admin)
    Client().post(
        "/api/v1/people/add-team", {"name": "Support"}, "application/json", headers={"Authorization": f"Bearer {raw}"}
    )
    last = AuditRow._base_manager.order_by("-seq")[0]
    assert (last.actor, last.verb) == (f"token:mtr_{row.prefix}", "people.add_team")
    assert len(last.request_id) == 32


def test_nobody_gets_a_problem_and_no_redirect() -> None:
    for address in ("people/list-teams", "openapi.json", "docs", "docs.css", "nothing/here"):
        answer = Client().get(f"/api/v1/{address}")
        assert_problem(answer, 401, "unauthenticated")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert_problem(Client().post("/api/v1/people/add-team", {}, "application/json"), 401, "unauthenticated")


@pytest.mark.parametrize("how", ["forged", "expired", "withdrawn", "closed", "foreign", "basic", "empty"])
def test_a_token_that_does_not_hold_is_nobody_s(admin: Account, how: str) -> None:
    row, raw = token(admin)
    told = {"forged": f"Bearer {raw[:-1]}x", "foreign": "Bearer eyJhbGciOi", "basic": "Basic YTpi", "empty": ""}
    tokens, accounts = ApiToken._base_manager.filter(pk=row.pk), Account._base_manager.filter(pk=admin.pk)
    if how == "expired":
        tokens.update(expires_at=clock.now() - timedelta(seconds=1))
    if how == "withdrawn":
        tokens.update(revoked_at=clock.now())
    if how == "closed":
        accounts.update(is_active=False)
    client = signed_in(admin)
    answer = client.get("/api/v1/people/list-teams", headers={"Authorization": told.get(how, f"Bearer {raw}")})
    assert_problem(answer, 401, "unauthenticated")


def test_a_token_in_the_address_is_not_read(admin: Account) -> None:
    raw = token(admin)[1]
    for query in (f"token={raw}", f"access_token={raw}", f"Authorization=Bearer%20{raw}"):
        assert_problem(Client().get(f"/api/v1/people/list-teams?{query}"), 401, "unauthenticated")


def test_a_token_does_only_what_its_scopes_say(admin: Account) -> None:
    reader = program(admin, ["read:people"])
    assert reader.get("people/list-teams").status_code == 200
    refused = assert_problem(reader.post("people/add-team", {"name": "x"}), 403, "denied")
    assert "write:people" in refused["detail"]
    assert_problem(program(admin, []).get("people/list-teams"), 403, "denied")


def test_a_token_is_no_proof_of_identity(admin: Account) -> None:
    assert_problem(program(admin).post("people/make-token", {"scopes": []}), 403, "reauthenticate")


def test_a_role_without_the_right_is_refused_before_its_body_is_read() -> None:
    ada = program(account("ben", Role.AGENT))
    assert_problem(ada.post("people/add-team", "{", "application/json"), 403, "denied")


def test_a_session_changes_something_only_with_its_csrf_token(admin: Account) -> None:
    client = signed_in(admin, checks=True)
    assert client.get("/api/v1/people/list-teams").status_code == 200
    refused = client.post("/api/v1/people/add-team", {"name": "Support"}, "application/json")
    assert_problem(refused, 403, "csrf")
    assert Team._base_manager.count() == 0
    done = client.post("/api/v1/people/add-team", {"name": "Support"}, "application/json", headers=csrf(client))
    assert done.status_code == 200


def test_a_form_of_another_site_is_no_request_of_ours(admin: Account) -> None:
    client = signed_in(admin, checks=True)
    for sort in ("application/x-www-form-urlencoded", "text/plain"):
        answer = client.post("/api/v1/people/add-team", "name=Support", sort, headers=csrf(client))
        assert_problem(answer, 415, "content-type")
    assert Team._base_manager.count() == 0


def test_a_strong_role_without_a_second_factor_is_refused(admin: Account) -> None:
    client = Client()
    client.force_login(admin)
    assert_problem(client.get("/api/v1/people/list-teams"), 403, "denied")
    assert client.get("/api/v1/people/own-settings").status_code == 200


def test_a_session_that_proved_itself_long_ago_is_asked_again(admin: Account) -> None:
    client = signed_in(admin)
    body: dict[str, Any] = {"scopes": ["read:people"]}
    made = client.post("/api/v1/people/make-token", body, "application/json")
    assert made.json()["token"].startswith("mtr_")
    prove(client, admin, seconds_ago=600)
    assert_problem(client.post("/api/v1/people/make-token", body, "application/json"), 403, "reauthenticate")


def test_a_token_that_asks_too_often_waits(admin: Account) -> None:
    ada = program(admin)
    refused = next(one for one in _asked_again_and_again(ada) if one.status_code != 200)
    assert_problem(refused, 429, "too-many")
    # all spent in the first instant of a window: its end, and the second in which the first of sixty has faded
    assert 0 < int(refused.headers["Retry-After"]) <= 61


def test_an_object_of_nobody_s_and_a_hidden_one_are_told_alike() -> None:
    agent = program(account("ben", Role.AGENT), ALL)
    other = token(account("eve", Role.ADMIN))[0]
    hidden = assert_problem(agent.post(f"people/withdraw-own-token/{other.pk}", {"version": 1}), 404, "not-found")
    missing = assert_problem(agent.post("people/withdraw-own-token/99999", {"version": 1}), 404, "not-found")
    assert hidden["detail"].replace(str(other.pk), "99999") == missing["detail"]


def _asked_again_and_again(caller: Caller) -> Iterator[Any]:
    for _ in range(130):  # two windows of a minute at most
        yield caller.get("people/list-teams")


def csrf(client: Client) -> dict[str, str]:
    """The header that our own pages send; the cookie is set as they set it."""
    request = RequestFactory().get("/")
    masked = get_token(request)
    client.cookies[settings.CSRF_COOKIE_NAME] = request.META["CSRF_COOKIE"]
    return {"X-CSRFToken": masked}
