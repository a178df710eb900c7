"""Passwords, factors and sessions: what they are made of, and that nothing about them is bent on the way."""

from __future__ import annotations

import base64
import hashlib
import math
import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal import auth as recovery
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.conf import settings as site
from django.contrib.sessions.backends.db import SessionStore
from django.core import mail
from django.test import Client

from maitred.base import clock
from maitred.kit.access.actor import Role, operator
from maitred.kit.audit.deeds import deed
from maitred.kit.verbs import run
from maitred.people.acting import actor_of_account, new_token
from maitred.people.making import make_token
from maitred.people.models import Account, ApiToken
from maitred.people.tests.signing import PASSWORD, an_account, sign_in

SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LONG = "The quick brown fox jumps over the lazy dog " * 3 + "0123456789"


@pytest.mark.django_db
@pytest.mark.parametrize("given", [PASSWORD.upper(), PASSWORD[:-1], PASSWORD + "x", " " + PASSWORD, PASSWORD + " "])
def test_a_password_is_compared_as_it_was_typed(given: str) -> None:
    an_account()
    assert sign_in(Client(), "ana", given).status_code == 200
    assert sign_in(Client(), "ana", PASSWORD).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("chosen", [LONG, "  blanks around it count  ", "ひらがなとカタカナと漢字とemoji🌵"])
def test_a_long_or_unusual_password_is_taken_whole(client: Client, chosen: str) -> None:
    an_account()
    sign_in(client)
    form = {"oldpassword": PASSWORD, "password1": chosen, "password2": chosen}
    assert client.post("/accounts/password/change/", form).status_code == 302
    assert len(LONG) > 64
    assert sign_in(Client(), password=chosen).status_code == 302
    for other in (chosen[:-1], chosen[:64] if len(chosen) > 64 else chosen.strip() + "!", PASSWORD):
        assert sign_in(Client(), password=other).status_code == 200


@pytest.mark.django_db
def test_a_new_password_needs_the_present_one(client: Client) -> None:
    an_account()
    sign_in(client)
    for old in ("", "wrong", PASSWORD.upper()):
        form = {"oldpassword": old, "password1": "another-horse-8-battery", "password2": "another-horse-8-battery"}
        assert client.post("/accounts/password/change/", form).status_code == 200
    assert sign_in(Client(), password="another-horse-8-battery").status_code == 200
    assert sign_in(Client()).status_code == 302


@pytest.mark.django_db
def test_a_password_does_not_grow_old(monkeypatch: pytest.MonkeyPatch) -> None:
    an_account()
    later = clock.now() + timedelta(days=3650)
    monkeypatch.setattr(clock, "now", lambda: later)
    client = Client()
    assert sign_in(client)["Location"] == "/"
    assert client.get("/settings/").status_code == 200


@pytest.mark.django_db
def test_a_reset_password_still_asks_for_the_second_factor(client: Client, settings: Any) -> None:
    settings.MAITRED_MAIL, settings.MAITRED_MAIL_BEHIND = True, False
    account = an_account("mia", Role.MANAGER, email="mia@example.org")
    TOTP.activate(account, SEED)
    client.post("/accounts/password/reset/", {"email": "mia@example.org"})
    link = re.search(r"https?://testserver(/accounts/password/reset/key/\S+)", str(mail.outbox[0].body))
    assert link is not None
    where = client.get(link[1], follow=True).redirect_chain[-1][0]
    new = "another-horse-8-battery"
    assert client.post(where, {"password1": new, "password2": new}).status_code == 302
    assert client.get("/settings/").status_code == 302
    assert sign_in(client, "mia", new)["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/settings/").status_code == 302
    assert Authenticator.objects.filter(user_id=account.pk, type=Authenticator.Type.TOTP).count() == 1


@pytest.mark.django_db
def test_seeds_codes_and_tokens_come_from_the_systems_random_source_and_are_long_enough() -> None:
    assert totp.secrets.token_bytes is recovery.secrets.token_bytes
    seeds = {totp.generate_totp_secret() for _ in range(200)}
    assert len(seeds) == 200 and all(len(base64.b32decode(one)) * 8 >= 160 for one in seeds)
    assert all(len(bytes.fromhex(RecoveryCodes.generate_seed())) * 8 >= 256 for _ in range(20))
    codes = RecoveryCodes(RecoveryCodes.activate(an_account()).instance).get_unused_codes()
    assert len(set(codes)) == 10 and all(math.log2(10 ** len(one)) >= 20 for one in codes)
    raw, prefix, digest = new_token()
    secret = raw.removeprefix(f"mtr_{prefix}_")
    assert len(base64.urlsafe_b64decode(secret + "=")) * 8 == 256
    assert digest == hashlib.sha256(raw.encode()).hexdigest()


@pytest.mark.django_db
def test_a_session_is_named_at_random_with_more_than_128_bits() -> None:
    stores = [SessionStore() for _ in range(50)]
    for one in stores:
        one.create()
    names = {str(one.session_key) for one in stores}
    assert len(names) == 50
    signs = set("".join(names))
    assert all(re.fullmatch(r"[0-9a-z]{32}", one) for one in names) and len(signs) == 36
    assert math.log2(len(signs)) * 32 > 128


@pytest.mark.django_db
def test_only_the_digest_of_a_token_is_kept_and_it_ends_by_itself() -> None:
    account = an_account()
    with deed(operator("test"), "test.token"):
        row, raw = make_token(account, "laptop", ["read:people"], None)
    kept = ApiToken._base_manager.filter(pk=row.pk).values().get()
    assert raw not in str(kept) and raw.rsplit("_", 1)[1] not in str(kept)
    assert timedelta(days=89) < row.expires_at - clock.now() <= timedelta(days=90)


def test_a_code_of_an_app_holds_for_half_a_minute() -> None:
    assert (site.MFA_TOTP_TOLERANCE, totp.app_settings.TOTP_PERIOD) == (0, 30)
    assert not totp.app_settings.TOTP_INSECURE_BYPASS_CODE
    assert len(list(totp.yield_hotp_counters_from_time())) == 1


def test_neither_telephone_nor_mail_is_a_factor() -> None:
    assert set(site.MFA_SUPPORTED_TYPES) == {"totp", "recovery_codes", "webauthn"}
    assert not getattr(site, "ACCOUNT_LOGIN_BY_CODE_ENABLED", False)
    assert "phone" not in str(site.ACCOUNT_SIGNUP_FIELDS) and "phone" not in site.ACCOUNT_LOGIN_METHODS


@pytest.mark.django_db
def test_an_administrator_ends_the_sessions_of_an_account_by_closing_it() -> None:
    root = actor_of_account(an_account("root", Role.ADMIN))
    account = an_account()
    browsers = [Client(), Client()]
    for one in browsers:
        sign_in(one)
    closed = run("people.close_account", root, {"account": account.pk, "version": 1})
    assert UserSession.objects.filter(user_id=account.pk).count() == 0
    run("people.reopen_account", root, {"account": account.pk, "version": closed.version})
    assert [one.get("/settings/").status_code for one in browsers] == [302, 302]
    assert sign_in(Client()).status_code == 302


@pytest.mark.django_db
def test_a_change_of_roles_holds_from_the_next_request(client: Client) -> None:
    root = actor_of_account(an_account("root", Role.ADMIN))
    account = an_account()
    sign_in(client)
    run("people.set_roles", root, {"account": account.pk, "roles": ["lead"], "version": 1})
    assert client.get("/settings/").status_code == 302
    assert actor_of_account(Account._base_manager.get(pk=account.pk)).roles == {Role.LEAD}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/accounts/2fa/totp/activate/",
        "/accounts/2fa/webauthn/add/",
        "/accounts/2fa/recovery-codes/generate/",
    ],
)
def test_factors_are_changed_after_a_fresh_proof_of_identity_only(
    client: Client, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    account = an_account()
    if "recovery" in path:
        TOTP.activate(account, SEED)
        RecoveryCodes.activate(account)
        client.force_login(account)
    else:
        sign_in(client)
        later = clock.now() + timedelta(seconds=301)
        monkeypatch.setattr(clock, "now", lambda: later)
    for answer in (client.get(path), client.post(path, {"code": "123456"})):
        assert answer.status_code in (302, 403)
        assert answer.status_code == 403 or "reauthenticate" in answer["Location"]
