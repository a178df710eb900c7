"""Sessions: how long they last, who acts in them, who must show more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client, RequestFactory

from maitred.base import clock
from maitred.base.errors import Unauthenticated
from maitred.kit.access.actor import Role, operator
from maitred.kit.audit.deeds import change, deed
from maitred.kit.audit.models import AuditRow
from maitred.people.models import Account
from maitred.people.sign_in import end_sessions
from maitred.people.tests.markup import assert_well_made
from maitred.people.tests.signing import an_account, sign_in
from maitred.surfaces.console.sessions import actor_of


def _ages(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let time pass."""
    then = clock.now() + timedelta(seconds=seconds)
    monkeypatch.setattr(clock, "now", lambda: then)


def _signed_in(client: Client) -> bool:
    return bool(client.get("/settings/").status_code == 200)


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "still", "lasts"), [(Role.AGENT, 1790, True), (Role.AGENT, 1810, False)])
def test_a_session_that_lies_still_for_half_an_hour_ends(
    client: Client, monkeypatch: pytest.MonkeyPatch, role: Role, still: float, lasts: bool
) -> None:
    an_account("ana", role)
    sign_in(client)
    _ages(monkeypatch, still)
    assert _signed_in(client) is lasts


@pytest.mark.django_db
@pytest.mark.parametrize(("still", "lasts"), [(890, True), (910, False)])
def test_an_administrators_session_ends_after_a_quarter_of_an_hour(
    client: Client, monkeypatch: pytest.MonkeyPatch, settings: Any, still: float, lasts: bool
) -> None:
    settings.MAITRED_DEMO = True
    an_account("root", Role.ADMIN)
    sign_in(client, "root")
    _ages(monkeypatch, still)
    assert _signed_in(client) is lasts


@pytest.mark.django_db
@pytest.mark.parametrize(("spare", "lasts"), [(30, True), (-30, False)])
def test_a_busy_session_ends_after_twelve_hours(client: Client, spare: int, lasts: bool) -> None:
    an_account()
    sign_in(client)
    assert _signed_in(client)
    session = client.session
    session["began"] = int(clock.now().timestamp()) - 12 * 3600 + spare
    session.save()
    assert _signed_in(client) is lasts


@pytest.mark.django_db
def test_signing_in_gives_a_new_session(client: Client) -> None:
    an_account()
    client.get("/accounts/login/")
    sign_in(client)
    first = client.session.session_key
    client.post("/accounts/logout/")
    sign_in(client)
    assert client.session.session_key != first
    assert not Session.objects.filter(pk=first).exists()


@pytest.mark.django_db
def test_what_a_session_holds_is_sealed(client: Client) -> None:
    an_account()
    sign_in(client)
    kept = Session.objects.get(pk=client.session.session_key)
    assert "_auth_user_id" not in kept.session_data
    import base64
    import zlib

    content = kept.session_data.split(":")[0].lstrip(".")
    raw = base64.urlsafe_b64decode(content + "=" * (-len(content) % 4))
    opened = zlib.decompress(raw) if kept.session_data.startswith(".") else raw
    assert opened.startswith(b"v1|")


@pytest.mark.django_db
def test_cookies_are_out_of_reach_of_scripts_and_other_sites(client: Client) -> None:
    an_account()
    client.get("/accounts/login/")
    sign_in(client)
    for name in ("maitred_session", "maitred_csrf"):
        cookie = client.cookies[name]
        assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")
        assert cookie["max-age"] == ""


@pytest.mark.django_db
def test_all_sessions_of_an_account_end_at_once() -> None:
    account = an_account()
    an_account("ben")
    clients = [Client() for _ in range(3)]
    other = Client()
    for one in clients:
        sign_in(one)
    sign_in(other, "ben")
    assert end_sessions(account.pk, keep=clients[0].session.session_key) == 2
    assert [_signed_in(one) for one in (*clients, other)] == [True, False, False, True]
    assert end_sessions(account.pk) == 1
    assert UserSession.objects.filter(user_id=account.pk).count() == 0


@pytest.mark.django_db
def test_one_sees_and_ends_ones_own_sessions(client: Client) -> None:
    account = an_account()
    elsewhere = Client(headers={"user-agent": "Elsewhere/1"})
    sign_in(elsewhere)
    sign_in(client)
    shown = client.get("/accounts/sessions/")
    assert_well_made(shown, "settings")
    assert "Elsewhere/1" in shown.content.decode()
    client.post("/accounts/sessions/")
    assert not _signed_in(elsewhere) and _signed_in(client)
    assert UserSession.objects.filter(user_id=account.pk).count() == 1


@pytest.mark.django_db
def test_a_closed_account_is_out_at_its_next_request(client: Client) -> None:
    account = an_account()
    sign_in(client)
    with deed(operator("test"), "test.close"):
        change(account, None, is_active=False)
    assert client.get("/settings/")["Location"].startswith("/accounts/login/")


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.MANAGER, Role.EXECUTIVE, Role.ADMIN, Role.AUDITOR])
def test_strong_roles_are_sent_to_their_second_factor(client: Client, role: Role) -> None:
    an_account("mia", role)
    sign_in(client, "mia")
    assert client.get("/settings/")["Location"] == "/accounts/2fa/?next=%2Fsettings%2F"
    assert client.post("/accounts/sessions/").status_code == 403
    assert client.get("/settings/", headers={"HX-Request": "true"}).status_code == 403
    page = client.get("/accounts/2fa/")
    assert page.status_code == 200
    assert_well_made(page, "settings")


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.AGENT, Role.LEAD])
def test_other_roles_may_go_without(client: Client, role: Role) -> None:
    an_account("ana", role)
    sign_in(client)
    assert _signed_in(client)


@pytest.mark.django_db
def test_a_demonstration_asks_for_no_second_factor(client: Client, settings: Any) -> None:
    settings.MAITRED_DEMO = True
    an_account("mia", Role.MANAGER)
    sign_in(client, "mia")
    assert _signed_in(client)


@pytest.mark.django_db
def test_the_actor_is_strong_and_fresh_as_the_session_says(rf: RequestFactory, client: Client, settings: Any) -> None:
    an_account()
    sign_in(client)
    request = rf.get("/")
    request.session = client.session
    request.user = Account.objects.get(username="ana")
    request.request_id = "r1"  # type: ignore[attr-defined]
    actor = actor_of(request)
    assert (actor.strong, actor.fresh, actor.request_id) == (False, True, "r1")
    session = client.session
    records = [{"method": "password", "at": clock.now().timestamp() - 301}]
    session["account_authentication_methods"] = records
    session.save()
    request.session = client.session
    assert actor_of(request).fresh is False
    records.append({"method": "mfa", "at": clock.now().timestamp() - 299})
    session["account_authentication_methods"] = records
    session.save()
    request.session = client.session
    again = actor_of(request)
    assert (again.strong, again.fresh) == (True, True)


@pytest.mark.django_db
def test_nobody_has_no_actor(rf: RequestFactory) -> None:
    from django.contrib.auth.models import AnonymousUser

    request = rf.get("/")
    request.user = AnonymousUser()
    with pytest.raises(Unauthenticated):
        actor_of(request)


@pytest.mark.django_db
def test_whoever_has_a_factor_but_did_not_show_it_is_asked_for_it(client: Client) -> None:
    account = an_account("mia", Role.MANAGER)
    TOTP.activate(account, "JBSWY3DPEHPK3PXP")
    client.force_login(account)
    assert client.get("/settings/")["Location"] == "/accounts/2fa/reauthenticate/?next=%2Fsettings%2F"
    assert AuditRow.objects.filter(verb="sign-in.factor").count() == 0
