"""Second factors: setting them up, showing them, losing them."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client

from maitred.kit.access.actor import Role
from maitred.kit.audit.models import AuditRow
from maitred.people.models import Account
from maitred.people.tests.authenticator import SoftwareKey
from maitred.people.tests.markup import assert_well_made
from maitred.people.tests.signing import an_account, sign_in

SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code(seed: str = SEED, later: int = 0) -> str:
    """What the app on the telephone shows now."""
    return str(format_hotp_value(hotp_value(seed, int(time.time()) // 30 + later)))


def _with_factor(role: Role = Role.MANAGER) -> Account:
    account = an_account("mia", role)
    TOTP.activate(account, SEED)
    RecoveryCodes.activate(account)
    return account


def _asked(client: Client) -> Any:
    response = sign_in(client, "mia")
    assert response["Location"] == "/accounts/2fa/authenticate/"
    return client.get(response["Location"])


@pytest.mark.django_db(transaction=True)
def test_setting_up_an_app_opens_the_house_ends_other_sessions_and_leaves_a_row(client: Client) -> None:
    account = an_account("mia", Role.MANAGER)
    other = Client()
    sign_in(other, "mia")
    sign_in(client, "mia")
    before = client.session.session_key
    page = client.get("/accounts/2fa/totp/activate/")
    assert_well_made(page, "settings")
    seed = page.context["form"].secret
    assert f'value="{seed}"' in page.content.decode()
    wrong = client.post("/accounts/2fa/totp/activate/", {"code": "000000"})
    assert wrong.status_code == 200
    done = client.post("/accounts/2fa/totp/activate/", {"code": code(seed)})
    assert done.status_code == 302
    codes = client.get(done["Location"])
    assert_well_made(codes, "settings")
    assert len(re.findall(r"(?:^|>)\d{8}(?=$|<)", codes.content.decode(), re.MULTILINE)) == 10
    assert client.get("/settings/").status_code == 200
    assert client.session.session_key != before
    assert other.get("/settings/")["Location"].startswith("/accounts/login/")
    kept = json.dumps(list(Authenticator.objects.filter(user_id=account.pk).values_list("data", flat=True)))
    assert seed not in kept and kept.count("v1|") == 2
    assert AuditRow.objects.filter(verb="sign-in.factor", account=account.pk).exists()


@pytest.mark.django_db
def test_a_code_lets_in_once(client: Client) -> None:
    _with_factor()
    page = _asked(client)
    assert_well_made(page, "sign-in")
    assert client.get("/settings/").status_code == 302
    shown = code()
    assert client.post("/accounts/2fa/authenticate/", {"code": shown})["Location"] == "/"
    assert client.get("/settings/").status_code == 200
    again = Client()
    _asked(again)
    assert again.post("/accounts/2fa/authenticate/", {"code": shown}).status_code == 200
    assert again.get("/settings/").status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("given", ["", "123", "000000", "abcdef"])
def test_a_wrong_code_lets_nobody_in(client: Client, given: str) -> None:
    _with_factor()
    _asked(client)
    refused = client.post("/accounts/2fa/authenticate/", {"code": given})
    assert refused.status_code == 200
    assert_well_made(refused, "sign-in")
    assert client.get("/settings/").status_code == 302


@pytest.mark.django_db
def test_an_old_code_lets_nobody_in(client: Client) -> None:
    _with_factor()
    _asked(client)
    for later in (-2, -1, 2):
        assert client.post("/accounts/2fa/authenticate/", {"code": code(later=later)}).status_code == 200


@pytest.mark.django_db
def test_codes_cannot_be_guessed_in_a_row(client: Client) -> None:
    _with_factor()
    _asked(client)
    for _ in range(6):
        last = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "Too many" in last.content.decode()
    assert client.post("/accounts/2fa/authenticate/", {"code": code()}).status_code == 200


@pytest.mark.django_db
def test_a_recovery_code_lets_in_once(client: Client) -> None:
    account = _with_factor()
    held = Authenticator.objects.get(user_id=account.pk, type=Authenticator.Type.RECOVERY_CODES)
    codes = RecoveryCodes(held).get_unused_codes()
    _asked(client)
    assert client.post("/accounts/2fa/authenticate/", {"code": codes[0]})["Location"] == "/"
    again = Client()
    _asked(again)
    assert again.post("/accounts/2fa/authenticate/", {"code": codes[0]}).status_code == 200
    assert again.post("/accounts/2fa/authenticate/", {"code": codes[1]})["Location"] == "/"


@pytest.mark.django_db
def test_new_recovery_codes_undo_the_old_ones(client: Client) -> None:
    account = _with_factor()
    old = RecoveryCodes(
        Authenticator.objects.get(user_id=account.pk, type=Authenticator.Type.RECOVERY_CODES)
    ).get_unused_codes()
    _asked(client)
    client.post("/accounts/2fa/authenticate/", {"code": code()})
    assert_well_made(client.get("/accounts/2fa/recovery-codes/generate/"), "settings")
    client.post("/accounts/2fa/recovery-codes/generate/")
    again = Client()
    _asked(again)
    assert again.post("/accounts/2fa/authenticate/", {"code": old[1]}).status_code == 200


@pytest.mark.django_db
def test_taking_the_app_away_leaves_a_row_and_the_house_closed(client: Client) -> None:
    account = _with_factor()
    _asked(client)
    client.post("/accounts/2fa/authenticate/", {"code": code()})
    assert_well_made(client.get("/accounts/2fa/totp/deactivate/"), "settings")
    client.post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(user_id=account.pk).exists()
    assert AuditRow.objects.filter(verb="sign-in.factor", account=account.pk).count() >= 1
    fresh = Client()
    sign_in(fresh, "mia")
    assert fresh.get("/settings/")["Location"].startswith("/accounts/2fa/")


@pytest.mark.django_db
def test_a_session_without_its_factor_may_prove_it_but_not_take_it_away(client: Client) -> None:
    account = _with_factor()
    client.force_login(account)
    for path in ("/accounts/2fa/totp/deactivate/", "/accounts/password/change/", "/accounts/sessions/"):
        assert client.post(path).status_code == 403
    page = client.get("/accounts/2fa/reauthenticate/")
    assert_well_made(page, "sign-in")
    client.post("/accounts/2fa/reauthenticate/", {"code": code()})
    assert client.get("/settings/").status_code == 200


def _challenge(page: Any, which: str) -> str:
    found = re.search(r'<script id="js_data" type="application/json">(.*?)</script>', page.content.decode(), re.DOTALL)
    assert found is not None
    return str(json.loads(found[1])[which]["publicKey"]["challenge"])


@pytest.mark.django_db(transaction=True)
def test_a_passkey_is_added_and_signs_in_without_a_password(client: Client) -> None:
    account = an_account("mia", Role.MANAGER)
    key = SoftwareKey("testserver", "https://testserver")
    sign_in(client, "mia")
    page = client.get("/accounts/2fa/webauthn/add/")
    assert_well_made(page, "settings")
    answer = key.register(_challenge(page, "creation_options"))
    added = client.post("/accounts/2fa/webauthn/add/", {"name": "laptop", "passwordless": "on", "credential": answer})
    assert added.status_code == 302
    assert_well_made(client.get("/accounts/2fa/webauthn/"), "settings")
    assert client.get("/settings/").status_code == 200
    fresh = Client()
    options = fresh.get("/accounts/2fa/webauthn/login/", headers={"Accept": "application/json"}).json()
    challenge = options["request_options"]["publicKey"]["challenge"]
    signed = key.sign(challenge, user_pk_to_url_str(account))
    assert fresh.post("/accounts/2fa/webauthn/login/", {"credential": signed})["Location"] == "/"
    assert fresh.get("/settings/").status_code == 200
    replayed = Client()
    replayed.get("/accounts/2fa/webauthn/login/", headers={"Accept": "application/json"})
    replayed.post("/accounts/2fa/webauthn/login/", {"credential": signed})
    assert replayed.get("/settings/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a_passkey_made_for_another_challenge_is_not_added(client: Client) -> None:
    account = an_account("mia", Role.MANAGER)
    key = SoftwareKey("testserver", "https://testserver")
    sign_in(client, "mia")
    client.get("/accounts/2fa/webauthn/add/")
    answer = key.register("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
    client.post("/accounts/2fa/webauthn/add/", {"name": "laptop", "credential": answer})
    assert not Authenticator.objects.filter(user_id=account.pk).exists()
