"""A helpdesk's call is taken once and at once if it is signed, and refused with the right word otherwise."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from maitred.base import clock
from maitred.connectors.zendesk.double import Zendesk
from maitred.connectors.zendesk.hooks import signature_of
from maitred.desks.helpdesks import accounts, connecting
from maitred.desks.helpdesks.models import Connection
from maitred.desks.helpdesks.tests.conftest import CREDENTIALS
from maitred.desks.helpdesks.verbs.shapes import HookShown
from maitred.kit.access.actor import Actor
from maitred.kit.audit.deeds import change, deed
from maitred.kit.audit.models import AuditRow
from maitred.kit.verbs import run
from maitred.people.tests.floor import ROOT, build
from maitred.sync import inbox

BODY = b'{"type":"zen:event-type:ticket.status_changed","subject":"zen:ticket:7","detail":{"id":"7"}}'
FIRST = "a-secret-that-zendesk-made"
SECOND = "the-secret-after-a-rotation"
Call = Callable[..., tuple[int, Mapping[str, str], Any]]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def admin(home: Any, transactional_db: None) -> Actor:
    return build().actor("admin")


@pytest.fixture
def hook(admin: Actor, desk: Zendesk) -> HookShown:
    """The hook of a connected Zendesk."""
    row = connecting.connect(
        admin,
        {"vendor": "zendesk", "url": desk.url, "credentials": CREDENTIALS, "allow_private_address": True},
    )
    shown: HookShown = run(
        "helpdesks.rotate_hook_secret", admin, {"connection": "zendesk", "version": row.version, "secret": FIRST}
    )
    return shown


@pytest.fixture
def call(live_server: Any) -> Call:
    """Calls the server as a helpdesk does."""
    where = urlsplit(live_server.url)

    def made(path: str, body: bytes = BODY, secret: str = FIRST, *, method: str = "POST", sent: str = "",
             number: str = "1", **headers: str) -> tuple[int, Mapping[str, str], Any]:  # fmt: skip
        told = {**signed(body, secret, sent or clock.iso(clock.now()), number), **headers}
        connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=10)
        try:
            connection.request(method, path, body, told)
            answer = connection.getresponse()
            content = answer.read()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, content
        finally:
            connection.close()

    return made


def signed(body: bytes, secret: str, stamp: str, number: str) -> dict[str, str]:
    """What Zendesk sends along with a call."""
    return {
        "Content-Type": "application/json",
        "X-Zendesk-Webhook-Signature": signature_of(secret, stamp.encode() + body),
        "X-Zendesk-Webhook-Signature-Timestamp": stamp,
        "X-Zendesk-Webhook-Invocation-Id": number,
    }


def waiting() -> int:
    with accounts.opened_workspace() as workspace:
        return inbox.waiting(workspace, "zendesk").tickets


def test_a_signed_call_is_written_down_and_answered_with_202(hook: HookShown, call: Call) -> None:
    status, headers, content = call(hook.path)
    assert (status, json.loads(content)) == (202, {"new": True})
    assert waiting() == 1
    assert "set-cookie" not in headers and headers["cache-control"] == "no-store"


def test_the_same_call_again_is_taken_and_counts_once(hook: HookShown, call: Call) -> None:
    call(hook.path)
    assert json.loads(call(hook.path)[2]) == {"new": False}
    assert waiting() == 1


@pytest.mark.parametrize("wrong", ["secret", "body", "late", "none", "order"])
def test_a_call_that_is_not_signed_as_it_should_be_is_refused(hook: HookShown, call: Call, wrong: str) -> None:
    stamp = clock.iso(clock.now())
    old = clock.iso(clock.now() - timedelta(minutes=6))
    answers = {
        "secret": lambda: call(hook.path, secret="somebody-else-s-secret"),
        "body": lambda: call(hook.path, **{"X-Zendesk-Webhook-Signature": signature_of(FIRST, stamp.encode() + b"x")}),
        "late": lambda: call(hook.path, sent=old),
        "none": lambda: call(hook.path, **{"X-Zendesk-Webhook-Signature": ""}),
        "order": lambda: call(
            hook.path, sent=stamp, **{"X-Zendesk-Webhook-Signature": signature_of(FIRST, BODY + stamp.encode())}
        ),
    }
    status, headers, content = answers[wrong]()
    assert status == 401 and headers["content-type"] == "application/problem+json"
    assert b"secret" not in content and waiting() == 0


@pytest.mark.parametrize("path", ["/hooks/zendesk/{half}", "/hooks/zendesk/nothing", "/hooks/other/{whole}"])
def test_a_call_to_an_unknown_address_finds_nothing(hook: HookShown, call: Call, path: str) -> None:
    whole = hook.path.rpartition("/")[2]
    status, _, _ = call(path.replace("{half}", whole[:20]).replace("{whole}", whole))
    assert status == 404 and waiting() == 0


def test_only_post_is_taken(hook: HookShown, call: Call) -> None:
    assert call(hook.path, method="GET")[0] == 405
    assert call(hook.path, method="PUT")[0] == 405


def test_a_body_above_a_mebibyte_is_refused(hook: HookShown, call: Call) -> None:
    assert call(hook.path, b"x" * (inbox.MOST_BYTES + 1))[0] == 413
    assert waiting() == 0


def test_too_many_calls_in_a_second_are_told_when_to_come_again(
    hook: HookShown, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "PER_SECOND", 0)
    status, headers, _ = call(hook.path)
    assert status == 429 and int(headers["retry-after"]) >= 1
    assert waiting() == 0


def test_after_a_rotation_the_former_secret_holds_for_a_day_and_its_forerunner_no_more(
    hook: HookShown, call: Call, admin: Actor
) -> None:
    told = {"connection": "zendesk", "version": hook.version, "secret": SECOND}
    again: HookShown = run("helpdesks.rotate_hook_secret", admin, told)
    assert again.path == hook.path and again.secret == SECOND
    assert call(hook.path, secret=FIRST, number="1")[0] == 202
    assert call(hook.path, secret=SECOND, number="2")[0] == 202
    row = Connection._base_manager.get()
    with deed(ROOT, "tests.later"):
        change(row, None, hook_rotated_at=clock.now() - timedelta(hours=25))
    assert call(hook.path, secret=FIRST, number="3")[0] == 401
    assert call(hook.path, secret=SECOND, number="4")[0] == 202
    third = run("helpdesks.rotate_hook_secret", admin, {"connection": "zendesk", "version": row.version})
    assert call(hook.path, secret=FIRST, number="5")[0] == 401
    assert call(hook.path, secret=third.secret, number="6")[0] == 202


def test_the_secret_is_shown_once_and_stands_nowhere_else(hook: HookShown, admin: Actor) -> None:
    shown = run("helpdesks.show", admin, {"connection": "zendesk"})
    assert shown.hook is True and hook.path not in repr(shown) and FIRST not in repr(shown)
    log = " ".join(str(row.diff) for row in AuditRow._base_manager.all())
    token = hook.path.rpartition("/")[2]
    assert FIRST not in log and token not in log
    assert FIRST not in Connection._base_manager.get().hook


def test_a_freshdesk_proves_itself_by_its_token(admin: Actor, call: Call) -> None:
    with deed(ROOT, "tests.freshdesk"):
        wish = connecting.wished({"vendor": "freshdesk", "url": "https://a.example", "credentials": {"key": "k"}})
        row = connecting.add(wish, None)
    shown = run("helpdesks.rotate_hook_secret", admin, {"connection": "freshdesk", "version": row.version})
    body = b'{"ticket_id":"12","at":"2026-03-02T08:00:00Z"}'
    assert call(shown.path, body, **{"X-Maitred-Token": shown.secret})[0] == 202
    assert call(shown.path, body, **{"X-Maitred-Token": "not-it"})[0] == 401


def test_a_call_is_answered_after_one_look_at_the_database(hook: HookShown, client: Client) -> None:
    def answered(number: str) -> int:
        told = signed(BODY, FIRST, clock.iso(clock.now()), number)
        return client.post(hook.path, BODY, content_type=told.pop("Content-Type"), headers=told).status_code

    answered("first")
    with CaptureQueriesContext(connection) as asked:
        assert answered("second") == 202
    assert len(asked) == 1
