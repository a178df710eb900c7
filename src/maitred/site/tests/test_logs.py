"""What gets into the log, and what does not."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from django.test import Client

from maitred.kit.access.actor import Role
from maitred.people.tests.signing import PASSWORD, a_token, an_account, sign_in
from maitred.site import logs

CANARIES = {
    "mail": "planted.person@example.org",
    "card": "4111 1111 1111 1111",
    "bare card": "4111111111111111",
    "iban": "DE89370400440532013000",
    "password": "planted-Hunter2-password",
    "name": "Plantagenet",
}


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Everything this process logs, as it would stand on standard error."""
    logs.configure({"level": "DEBUG"})
    handler = next(one for one in logging.getLogger().handlers if type(one) is logging.StreamHandler)
    kept = io.StringIO()
    before = handler.setStream(kept)
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.DEBUG)
    yield kept
    root.setLevel(level)
    if before is not None:
        handler.setStream(before)
    logs.configure({"level": "INFO"})


def _told(kept: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in kept.getvalue().splitlines()]


@pytest.mark.django_db
def test_no_planted_value_reaches_a_line_an_answer_or_a_figure(lines: io.StringIO) -> None:
    account = an_account("Plantagenet", Role.ADMIN, email=CANARIES["mail"], password=CANARIES["password"])
    token = a_token(account, "admin:sync")
    planted = {**CANARIES, "token": token}
    client = Client(raise_request_exception=False)
    answers = []
    for value in planted.values():
        answers += [
            client.get("/nothing/", {"q": value}),
            client.get(f"/nothing/{value}"),
            client.get("/accounts/login/", {"next": value}),
            client.post("/accounts/login/", {"login": value, "password": value}),
            client.post("/accounts/password/reset/", {"email": value}),
            client.get("/-/metrics", headers={"Authorization": f"Bearer {value}"}),
            client.post("/accounts/login/", value, content_type="application/json", headers={"User-Agent": value}),
            client.post("/api/v1/nothing", {"x": value}, content_type="application/json"),
        ]
    sign_in(client, "Plantagenet", CANARIES["password"])
    logging.getLogger("some.library").error("could not do it for %s", CANARIES["mail"], extra={"data": token})
    try:
        raise ValueError(CANARIES["card"])
    except ValueError:
        logging.getLogger("some.library").exception(CANARIES["iban"])
        structlog.get_logger("maitred.x").exception("request.failed", body=CANARIES["card"], user=CANARIES["mail"])
    structlog.get_logger("maitred.x").warning(f"mail from {CANARIES['mail']}", verb=CANARIES["card"])
    text = lines.getvalue()
    assert len(_told(lines)) > 40
    assert {name: value for name, value in planted.items() if value in text} == {}
    figures = client.get("/-/metrics", headers={"Authorization": f"Bearer {token}"}).content.decode()
    assert [name for name, value in planted.items() if value in figures] == []
    errors = "".join(one.content.decode() for one in answers if one.status_code >= 400 and one.status_code != 200)
    assert [name for name, value in planted.items() if value in errors] == []


@pytest.mark.django_db
def test_a_request_is_one_line_with_its_route_and_nothing_of_its_query(client: Client, lines: io.StringIO) -> None:
    account = an_account()
    sign_in(client)
    response = client.get("/settings/?colour=red")
    told = [one for one in _told(lines) if one["event"] == "request.answered"][-1]
    assert told.pop("duration_ms") >= 0
    assert told.pop("time").endswith("Z")
    assert told == {
        "level": "info",
        "event": "request.answered",
        "request_id": response["X-Request-Id"],
        "account": account.pk,
        "status": 200,
        "method": "GET",
        "route": "/settings/",
    }


def test_security_events_have_a_file_of_their_own_where_one_is_named(tmp_path: Path) -> None:
    file = tmp_path / "security.jsonl"
    logs.configure({"level": "INFO", "security_file": str(file)})
    try:
        structlog.get_logger("maitred.sign_in").info("security.signed_in", account=7)
        structlog.get_logger("maitred.requests").info("request.answered", status=200)
    finally:
        logs.configure({"level": "INFO"})
    told = [json.loads(line) for line in file.read_text().splitlines()]
    assert [(one["event"], one["account"]) for one in told] == [("security.signed_in", 7)]


@pytest.mark.django_db
def test_security_events_are_told_apart_by_their_name(client: Client, lines: io.StringIO) -> None:
    an_account()
    sign_in(client, "ana", "wrong")
    sign_in(client, "ana", PASSWORD)
    client.post("/accounts/logout/")
    client.get("/readyz", headers={"Authorization": "Bearer mtr_unknown_token"})
    mia = an_account("mia", Role.MANAGER)
    client.force_login(mia)
    client.get("/settings/")
    for _ in range(7):
        sign_in(Client(), "ben", "wrong")
    found = {one["event"] for one in _told(lines) if one["event"].startswith("security.")}
    assert {
        *("security.sign_in_failed", "security.signed_in", "security.signed_out", "security.token_refused"),
        *("security.access_refused", "security.limit_reached"),
    } <= found
    assert found <= logs.EVENTS


def test_names_that_are_not_listed_and_texts_of_libraries_are_left_out(lines: io.StringIO) -> None:
    structlog.get_logger("maitred.x").info("somebody.invented", verb="quality.review")
    logging.getLogger("django.request").warning("Not Found: /tickets/7?who=ana")
    logging.getLogger("django.request").error("Internal Server Error: /tickets/7?who=ana")
    logging.getLogger("gunicorn.access").info("GET / 200")
    told = _told(lines)
    assert [one["event"] for one in told] == ["unlisted", "library.message"]
    assert told[1]["object"] == "logger:django.request"
    assert "ana" not in lines.getvalue()
