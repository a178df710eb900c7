"""A helpdesk is connected once it let us in; its secrets go in and never come out; only admins do it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from maitred.base.errors import Conflict, Denied, Invalid, MaitredError, NotFound, UsageError
from maitred.connectors.doubling import Fault
from maitred.connectors.zendesk.double import TOKEN, Zendesk
from maitred.desks.helpdesks import accounts, connecting, proving
from maitred.desks.helpdesks.models import Connection
from maitred.desks.helpdesks.tests.conftest import CREDENTIALS, Connect
from maitred.kit.access.actor import Actor, operator
from maitred.kit.audit.models import AuditRow
from maitred.kit.jobs.models import Job
from maitred.kit.jobs.worker import work
from maitred.kit.proposals.proposing import may_propose
from maitred.kit.secrets.installation import keyring
from maitred.kit.secrets.rotation import rotate
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register
from maitred.kit.verbs.results import plain
from maitred.people.tests.floor import Floor


def stored() -> Connection:
    return Connection._base_manager.get(pk="zendesk")


def test_a_connection_shows_what_the_proof_found_and_no_secret(connect: Connect, admin: Actor) -> None:
    connect()
    shown = plain(run("helpdesks.show", admin, {"connection": "zendesk"}))
    assert shown["state"] == "connected"
    assert shown["user"]
    assert "tickets" in shown["available"] and "every change" in shown["history"]
    assert shown["write_back"] is False and shown["enabled"] is True
    assert TOKEN not in json.dumps(shown)


def test_what_signs_in_is_sealed_and_opens_for_the_connector_alone(connect: Connect) -> None:
    row = connect()
    assert TOKEN not in stored().credentials
    account = accounts.account_of(row)
    assert account.credentials == CREDENTIALS
    assert TOKEN not in repr(account) and account.allow[0].loopback


def test_no_secret_stands_in_the_audit_log(connect: Connect) -> None:
    connect()
    told = " ".join(f"{row.diff} {row.reason}" for row in AuditRow._base_manager.all())
    assert "zendesk" in told
    assert TOKEN not in told and stored().credentials not in told


def test_a_wrong_key_is_refused_and_nothing_is_kept(connect: Connect) -> None:
    with pytest.raises(proving.NotProved) as refused:
        connect(credentials={**CREDENTIALS, "token": "another-token-of-nobody"})
    assert refused.value.remedy and "another-token" not in str(refused.value)
    assert not Connection._base_manager.exists()


def test_a_private_address_is_met_only_where_an_admin_allows_it(connect: Connect, desk: Zendesk) -> None:
    with pytest.raises(Invalid):
        connect(allow_private_address=False)
    assert desk.requests == []
    row = connect()
    assert [one["network"] for one in row.allowed] == ["127.0.0.1/32"]


def test_a_name_is_given_once_and_status_is_nobodys(connect: Connect) -> None:
    connect()
    with pytest.raises(Conflict, match="there is a connection zendesk"):
        connect()
    with pytest.raises(Invalid, match="no connection is called status"):
        connect(slug="status")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"vendor": "helpscout"}, "vendor"),
        ({"url": "https://user:word@desk.example"}, "url"),
        ({"url": "ftp://desk.example"}, "url"),
        ({"credentials": {"key": "x"}}, "credentials"),
        ({"credentials": {"email": "a@b.example", "token": "two\nlines"}}, "credentials"),
    ],
)
def test_words_that_do_not_fit_are_named(connect: Connect, given: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        connect(**given)
    assert [one["field"] for one in refused.value.errors] == [field]


def test_an_address_without_https_is_one_with_it() -> None:
    assert proving.plain_url("desk.zendesk.com/agent/") == "https://desk.zendesk.com"


@pytest.mark.parametrize("name", ["agent", "lead", "manager", "executive", "auditor"])
def test_only_an_admin_connects(floor: Floor, desk: Zendesk, name: str) -> None:
    given = {"vendor": "zendesk", "url": desk.url, "credentials": CREDENTIALS, "allow_private_address": True}
    with pytest.raises(Denied):
        connecting.connect(floor.actor(name), given)
    assert desk.requests == []


@pytest.mark.parametrize(("name", "sees"), [("agent", False), ("lead", False), ("manager", True), ("auditor", True)])
def test_who_sees_the_state_of_operation_sees_connections(
    connect: Connect, floor: Floor, name: str, sees: bool
) -> None:
    connect()
    if not sees:
        with pytest.raises(Denied):
            run("helpdesks.list", floor.actor(name), {})
        return
    (one,) = run("helpdesks.list", floor.actor(name), {}).items
    assert one.slug == "zendesk"


@pytest.mark.django_db(transaction=True)
def test_a_connection_through_another_door_is_proved_by_a_job(home: Any, desk: Zendesk, transactional_db: None) -> None:
    from maitred.people.tests.floor import build

    admin = build().actor("admin")
    given = {"vendor": "zendesk", "url": desk.url, "credentials": CREDENTIALS, "allow_private_address": True}
    assert run("helpdesks.connect", admin, given).state == "proving"
    assert desk.requests == []
    work(once=True)
    assert stored().state == "connected" and stored().probe["available"]


@pytest.mark.django_db(transaction=True)
def test_a_proof_that_fails_later_says_why_and_stops_the_reading(home: Any, desk: Zendesk) -> None:
    from maitred.people.tests.floor import build

    admin = build().actor("admin")
    given = {"vendor": "zendesk", "url": desk.url, "credentials": {"email": "a@b.example", "token": "wrong-one"},
             "allow_private_address": True}  # fmt: skip
    run("helpdesks.connect", admin, given)
    work(once=True)
    row = stored()
    assert row.state == "refused" and "401" in row.why
    with pytest.raises(Conflict, match="is not connected"):
        run("helpdesks.sync", admin, {"connection": "zendesk"})
    run("helpdesks.change_credentials", admin,
        {"connection": "zendesk", "credentials": CREDENTIALS, "version": row.version})  # fmt: skip
    work(once=True)
    assert stored().state == "connected" and stored().why == ""


def test_the_page_can_prove_a_connection_again(connect: Connect, admin: Actor, desk: Zendesk) -> None:
    connect()
    desk.role = "agent"
    row = connecting.prove_again(admin, "zendesk")
    assert "tickets" in row.probe["missing"]


def test_a_helpdesk_that_is_away_while_it_is_tested_stays_connected_and_one_that_refuses_does_not(
    connect: Connect, admin: Actor, desk: Zendesk
) -> None:
    connect()
    desk.faults.append(Fault("status", "/api/v2/users/me", times=100, value=503))
    with pytest.raises(proving.NotProved, match="503"):
        connecting.prove_again(admin, "zendesk")
    assert stored().state == "connected" and "503" in stored().why
    desk.faults.clear()
    assert connecting.prove_again(admin, "zendesk").why == ""
    desk.faults.append(Fault("status", "/api/v2/users/me", times=100, value=401))
    with pytest.raises(proving.NotProved, match="401"):
        connecting.prove_again(admin, "zendesk")
    assert stored().state == "refused"


def test_a_connection_is_connected_anew_with_other_secrets_and_keeps_its_settings(
    connect: Connect, admin: Actor, desk: Zendesk
) -> None:
    row = connect()
    run("helpdesks.set_rate", admin, {"connection": "zendesk", "version": row.version, "requests_per_minute": 50})
    given = {"vendor": "zendesk", "url": desk.url, "credentials": {"token": "double-bearer"},
             "allow_private_address": True}  # fmt: skip
    again = connecting.connect(admin, given, again=True)
    assert again.requests_per_minute == 50
    assert accounts.account_of(again).credentials == {"token": "double-bearer"}


def test_secrets_are_not_typed_into_a_verb_at_the_command_line(home: Any, db: None) -> None:
    with pytest.raises(UsageError, match="maitred connect"):
        run("helpdesks.connect", operator("ana"), {"vendor": "freshdesk", "url": "https://a.example",
                                                   "credentials": {"key": "literal"}})  # fmt: skip


def test_an_assistant_proposes_nothing_that_takes_or_gives_a_secret() -> None:
    verbs = {name: verb for name, verb in register().items() if name.startswith("helpdesks.")}
    kept = {name for name, verb in verbs.items() if verb.kind == "action" and not may_propose(verb)}
    assert kept == {"helpdesks.connect", "helpdesks.change_credentials", "helpdesks.rotate_hook_secret"}


def test_a_rotation_of_keys_seals_credentials_and_hook_anew(connect: Connect, admin: Actor) -> None:
    row = connect()
    run("helpdesks.rotate_hook_secret", admin, {"connection": "zendesk", "version": row.version})
    before = stored()
    rotate(keyring(), grace=0.0)
    after = stored()
    assert after.credentials != before.credentials and after.hook != before.hook
    assert accounts.account_of(after).credentials == CREDENTIALS
    assert accounts.hook_of(after) == accounts.hook_of(before)


def test_a_sealed_value_of_another_row_does_not_open(connect: Connect, admin: Actor) -> None:
    connect()
    connect(slug="second")
    second = Connection._base_manager.get(pk="second")
    second.credentials = stored().credentials
    with pytest.raises(MaitredError, match="does not open"):
        accounts.account_of(second)


def test_rate_pause_and_write_back_are_set_with_the_version_that_was_read(connect: Connect, admin: Actor) -> None:
    row = connect()
    paused = run("helpdesks.pause", admin, {"connection": "zendesk", "version": row.version})
    assert paused.enabled is False
    with pytest.raises(Conflict, match="changed by somebody else"):
        run("helpdesks.resume", admin, {"connection": "zendesk", "version": row.version})
    with pytest.raises(Conflict, match="is paused"):
        run("helpdesks.sync", admin, {"connection": "zendesk"})
    resumed = run("helpdesks.resume", admin, {"connection": "zendesk", "version": paused.version})
    told = {"connection": "zendesk", "version": resumed.version, "reason": "tags of escalations"}
    allowed = run("helpdesks.allow_write_back", admin, told)
    assert allowed.write_back and accounts.account_of(stored()).settings["write_back"] is True
    assert not run("helpdesks.forbid_write_back", admin,
                   {"connection": "zendesk", "version": allowed.version}).write_back  # fmt: skip


def test_a_connection_that_is_not_proved_is_never_written_to(connect: Connect, admin: Actor) -> None:
    row = connect()
    told = {"connection": "zendesk", "version": row.version, "reason": "tags"}
    version = run("helpdesks.allow_write_back", admin, told).version
    changed = run("helpdesks.change_credentials", admin,
                  {"connection": "zendesk", "version": version, "credentials": CREDENTIALS})  # fmt: skip
    assert changed.state == "proving" and changed.write_back is False
    with pytest.raises(Conflict, match="not connected"):
        run("helpdesks.allow_write_back", admin, {**told, "version": changed.version})


def test_a_disconnected_helpdesk_leaves_no_secret_behind(connect: Connect, admin: Actor) -> None:
    row = connect()
    assert run("helpdesks.disconnect", admin, {"connection": "zendesk", "version": row.version}).slug == "zendesk"
    assert not Connection._base_manager.exists()
    with pytest.raises(NotFound):
        run("helpdesks.show", admin, {"connection": "zendesk"})


def test_asking_for_a_reading_makes_one_job(connect: Connect, admin: Actor) -> None:
    connect()
    job = run("helpdesks.reconcile", admin, {"connection": "zendesk"}).job
    row = Job._base_manager.get(pk=job)
    assert row.kind == "helpdesks.sync" and row.arguments["reconcile"] is True
    doing = run("helpdesks.status", admin, {"connection": "zendesk"}).doing
    assert [(one.job, one.state) for one in doing] == [(job, "queued")]
