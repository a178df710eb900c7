"""An action sent again under its key over REST: done once, answered alike."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from maitred.base import clock
from maitred.kit.access.actor import Role
from maitred.kit.replies.models import Reply
from maitred.kit.replies.once import purge
from maitred.people.models import Team
from maitred.surfaces.rest.tests.accounts import Caller, account, assert_problem, program, prove, signed_in

SUPPORT = {"name": "Support"}


@pytest.fixture
def ada(db: None) -> Caller:
    return program(account("ada", Role.ADMIN))


def test_the_same_call_is_done_once_and_answered_alike(ada: Caller) -> None:
    first = ada.post("people/add-team", SUPPORT, Idempotency_Key="k1")
    again = ada.post("people/add-team", SUPPORT, Idempotency_Key="k1")
    assert (first.json(), first.headers["ETag"]) == (again.json(), again.headers["ETag"])
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert Team._base_manager.count() == 1


def test_the_key_of_another_call_is_refused(ada: Caller) -> None:
    ada.post("people/add-team", SUPPORT, Idempotency_Key="k1")
    assert_problem(ada.post("people/add-team", {"name": "Other"}, Idempotency_Key="k1"), 422, "invalid")
    assert_problem(ada.post("people/add-person", SUPPORT, Idempotency_Key="k1"), 422, "invalid")


def test_keys_of_two_callers_have_nothing_to_do_with_each_other(ada: Caller) -> None:
    ada.post("people/add-team", SUPPORT, Idempotency_Key="k1")
    other = program(account("eve", Role.ADMIN))
    assert "Idempotent-Replayed" not in other.post("people/add-team", {"name": "Care"}, Idempotency_Key="k1").headers


def test_a_refused_call_keeps_nothing_and_may_be_sent_again(ada: Caller) -> None:
    assert_problem(
        ada.post("people/rename-team/1", {"name": "x", "version": 1}, Idempotency_Key="k1"), 404, "not-found"
    )
    assert Reply._base_manager.count() == 0
    assert ada.post("people/add-team", SUPPORT, Idempotency_Key="k1").status_code == 200


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 201, "k\u00e9y"])
def test_what_is_no_key_is_refused(ada: Caller, key: str) -> None:
    assert_problem(ada.post("people/add-team", SUPPORT, Idempotency_Key=key), 400, "usage")
    assert Team._base_manager.count() == 0


def test_who_lost_the_right_gets_no_kept_answer(ada: Caller) -> None:
    ada.post("people/add-team", SUPPORT, Idempotency_Key="k1")
    from maitred.people.models import RoleHeld

    RoleHeld._base_manager.all().delete()
    assert_problem(ada.post("people/add-team", SUPPORT, Idempotency_Key="k1"), 403, "denied")


def test_a_kept_answer_goes_after_a_day(ada: Caller) -> None:
    ada.post("people/add-team", SUPPORT, Idempotency_Key="k1")
    Reply._base_manager.update(expires_at=clock.now())
    fresh = ada.post("people/add-person", {"name": "Ana"}, Idempotency_Key="k1")
    assert fresh.status_code == 200
    assert purge(clock.now()) == 0
    assert purge(clock.now() + timedelta(hours=24, minutes=1)) == 1


def test_a_secret_that_is_shown_once_is_kept_sealed(db: None) -> None:
    owner = account("ada", Role.ADMIN)
    client = signed_in(owner)
    sent: dict[str, Any] = {"data": {"scopes": []}, "content_type": "application/json"}
    made = client.post("/api/v1/people/make-token", **sent, headers={"Idempotency-Key": "k"}).json()["token"]
    kept = Reply._base_manager.get()
    assert made not in kept.answer
    again = client.post("/api/v1/people/make-token", **sent, headers={"Idempotency-Key": "k"})
    assert again.json()["token"] == made
    prove(client, owner, seconds_ago=600)
    late = client.post("/api/v1/people/make-token", **sent, headers={"Idempotency-Key": "k"})
    assert_problem(late, 403, "reauthenticate")


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_eight_at_once_with_one_key_do_it_once() -> None:
    raw = program(account("ada", Role.ADMIN)).raw
    answers: list[Any] = []

    def send() -> None:
        from django.test import Client

        caller = Caller(raw, Client())
        try:
            answer = caller.post("people/add-team", SUPPORT, Idempotency_Key="k1")
            while answer.status_code == 503:  # nothing was changed: send it again
                answer = caller.post("people/add-team", SUPPORT, Idempotency_Key="k1")
            answers.append(answer)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert {one.status_code for one in answers} == {200}
    assert len({one.content for one in answers}) == 1
    assert sum("Idempotent-Replayed" not in one.headers for one in answers) == 1
    assert Team._base_manager.count() == 1
