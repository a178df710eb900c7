"""Signing in with a password: who gets in, how often one may try, what it tells."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core import mail
from django.test import Client

from maitred.base import clock
from maitred.kit.access.actor import Role, operator
from maitred.kit.audit.deeds import change, deed
from maitred.kit.audit.models import AuditRow
from maitred.people.making import make_account, make_person
from maitred.people.models import Account
from maitred.people.sign_in import MfaAdapter, account_named
from maitred.people.tests.markup import assert_well_made
from maitred.people.tests.signing import PASSWORD, an_account, sign_in

OTHER = "another-horse-8-battery"


def _held(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let time stand still in the middle of a minute."""
    then = clock.now().replace(second=10, microsecond=0)
    monkeypatch.setattr(clock, "now", lambda: then)


@pytest.mark.django_db
@pytest.mark.parametrize("login", ["manager@demo", "Manager@Demo", "mia@example.org", "MIA@example.org "])
def test_a_user_name_or_an_address_signs_in(client: Client, login: str) -> None:
    an_account("manager@demo", Role.LEAD, email="mia@example.org")
    assert sign_in(client, login).status_code == 302
    assert client.get("/settings/").status_code == 200


@pytest.mark.django_db
def test_the_page_is_the_same_for_no_account_a_wrong_password_and_a_closed_account(client: Client) -> None:
    an_account("ana")
    gone = an_account("gone")
    with deed(operator("test"), "test.close"):
        change(gone, None, is_active=False)
    pages = [sign_in(Client(), *pair) for pair in (("ana", "wrong"), ("nobody", "wrong"), ("gone", PASSWORD))]
    assert [one.status_code for one in pages] == [200, 200, 200]
    told = [re.sub(r'value="[^"]*"', "", one.content.decode()) for one in pages]
    assert told[0] == told[1] == told[2]
    assert "not correct" in told[0]
    assert_well_made(pages[0], "sign-in")
    assert 'role="alert"' in told[0]


@pytest.mark.django_db
def test_who_has_left_does_not_come_in(client: Client) -> None:
    with deed(operator("test"), "test.person"):
        person = make_person("Ana", None)
        make_account("ana", [Role.AGENT], person=person, password=PASSWORD)
    assert sign_in(client).status_code == 302
    with deed(operator("test"), "test.leave"):
        change(person, None, left_on=clock.now().date())
    assert client.get("/settings/")["Location"].startswith("/accounts/login/")
    assert sign_in(Client()).status_code == 401


@pytest.mark.django_db
def test_an_account_without_a_password_is_told_so(client: Client) -> None:
    with deed(operator("test"), "test.account"):
        account = make_account("ana", [Role.AGENT])
    assert sign_in(client, "ana", "anything at all").status_code == 200
    client.force_login(account)
    refused = client.get("/accounts/password/change/")
    assert refused.status_code == 403
    assert_well_made(refused, "error")


@pytest.mark.django_db
def test_an_address_that_two_accounts_share_finds_neither() -> None:
    an_account("ana", email="team@example.org")
    an_account("ben", email="team@example.org")
    assert account_named("team@example.org") is None
    assert account_named("ANA").username == "ana"  # type: ignore[union-attr]


@pytest.mark.django_db
def test_nobody_signs_up(client: Client) -> None:
    assert client.get("/accounts/signup/").status_code == 404
    assert client.post("/accounts/signup/", {"username": "eve", "password1": PASSWORD}).status_code == 404
    assert client.get("/accounts/email/").status_code == 404
    assert not Account.objects.filter(username="eve").exists()


@pytest.mark.django_db
def test_the_sixth_wrong_password_within_a_minute_has_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    _held(monkeypatch)
    an_account("ana", email="ana@example.org")
    for name in ("ana", "nobody"):
        client = Client(REMOTE_ADDR="198.51.100.7" if name == "ana" else "203.0.113.7")
        answers = [sign_in(client, name, "wrong") for _ in range(6)]
        assert [one.status_code for one in answers] == [200, 200, 200, 200, 200, 429]
        assert 1 <= int(answers[-1]["Retry-After"]) <= 120
    assert sign_in(Client(REMOTE_ADDR="192.0.2.1"), "ana@example.org").status_code == 429


@pytest.mark.django_db
def test_a_right_password_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    _held(monkeypatch)
    an_account()
    assert [sign_in(Client()).status_code for _ in range(8)] == [302] * 8


@pytest.mark.django_db
def test_a_network_gets_twenty_tries_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    _held(monkeypatch)
    for number in range(20):
        assert sign_in(Client(REMOTE_ADDR=f"198.51.100.{number}"), f"n{number}", "x").status_code == 200
    assert sign_in(Client(REMOTE_ADDR="198.51.100.99"), "last", "x").status_code == 429
    assert sign_in(Client(REMOTE_ADDR="198.51.101.99"), "last", "x").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_the_way_on_stays_in_the_house(client: Client, away: str) -> None:
    an_account()
    response = client.post("/accounts/login/", {"login": "ana", "password": PASSWORD, "next": away})
    assert response["Location"] == "/"


@pytest.mark.django_db
def test_a_new_password_ends_the_other_sessions_and_leaves_a_row(client: Client) -> None:
    account = an_account()
    other = Client()
    sign_in(other)
    sign_in(client)
    assert_well_made(client.get("/accounts/password/change/"), "settings")
    weak = client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": "password1234"})
    assert weak.status_code == 200
    assert 'aria-invalid="true"' in weak.content.decode()
    response = client.post(
        "/accounts/password/change/", {"oldpassword": PASSWORD, "password1": OTHER, "password2": OTHER}
    )
    assert response.status_code == 302
    assert client.get("/settings/").status_code == 200
    assert other.get("/settings/").status_code == 302
    assert sign_in(Client(), password=PASSWORD).status_code == 200
    assert sign_in(Client(), password=OTHER).status_code == 302
    row = AuditRow.objects.get(verb="sign-in.password")
    assert (row.object_type, row.object_id, row.account) == ("account", str(account.pk), account.pk)
    assert OTHER not in row.diff and account.password not in row.diff


@pytest.mark.django_db
def test_without_mail_the_page_says_whom_to_ask(client: Client) -> None:
    an_account(email="ana@example.org")
    page = client.get("/accounts/password/reset/")
    assert "Ask an administrator" in page.content.decode()
    assert_well_made(page, "sign-in")
    client.post("/accounts/password/reset/", {"email": "ana@example.org"})
    assert mail.outbox == []


@pytest.fixture
def posting(settings: Any) -> None:
    settings.MAITRED_MAIL = True
    settings.MAITRED_MAIL_BEHIND = False


@pytest.mark.django_db
@pytest.mark.usefixtures("posting")
def test_a_link_by_mail_sets_a_new_password_once(client: Client) -> None:
    an_account(email="ana@example.org")
    other = Client()
    sign_in(other)
    asked = client.post("/accounts/password/reset/", {"email": "ana@example.org"})
    assert asked["Location"] == "/accounts/password/reset/done/"
    assert_well_made(client.get("/accounts/password/reset/done/"), "sign-in")
    link = re.search(r"https?://testserver(/accounts/password/reset/key/\S+)", str(mail.outbox[0].body))
    assert link is not None
    page = client.get(link[1], follow=True)
    assert_well_made(page, "sign-in")
    where = page.redirect_chain[-1][0]
    done = client.post(where, {"password1": OTHER, "password2": OTHER})
    assert done["Location"] == "/accounts/password/reset/key/done/"
    assert_well_made(client.get("/accounts/password/reset/key/done/"), "sign-in")
    assert client.get("/settings/").status_code == 302
    assert other.get("/settings/").status_code == 302
    assert sign_in(Client(), password=OTHER).status_code == 302
    used = Client().get(link[1], follow=True)
    assert "invalid" in used.content.decode()
    assert_well_made(used, "sign-in")


@pytest.mark.django_db
@pytest.mark.usefixtures("posting")
def test_asking_for_a_link_tells_nothing_and_is_counted(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    _held(monkeypatch)
    an_account(email="ana@example.org")
    told = [client.post("/accounts/password/reset/", {"email": one}) for one in ("ana@example.org", "no@example.org")]
    assert [(one.status_code, one["Location"]) for one in told] == [(302, "/accounts/password/reset/done/")] * 2
    assert [one.to for one in mail.outbox] == [["ana@example.org"]]
    again = [client.post("/accounts/password/reset/", {"email": "no@example.org"}).status_code for _ in range(3)]
    assert again == [302, 302, 429]


@pytest.mark.django_db
def test_a_proof_of_identity_older_than_five_minutes_is_asked_for_again(client: Client) -> None:
    account = an_account()
    sign_in(client)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time() - 301}]
    session.save()
    asked = client.get("/accounts/2fa/totp/activate/")
    assert asked["Location"].startswith("/accounts/reauthenticate/?next=")
    page = client.get(asked["Location"])
    assert_well_made(page, "sign-in")
    wrong = client.post("/accounts/reauthenticate/", {"password": "wrong"})
    assert wrong.status_code == 200
    right = client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": "/accounts/2fa/totp/activate/"})
    assert right["Location"] == "/accounts/2fa/totp/activate/"
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200
    assert not Authenticator.objects.filter(user_id=account.pk).exists()


def test_secrets_of_factors_are_sealed_differently_each_time() -> None:
    adapter = MfaAdapter()
    first, second = adapter.encrypt("JBSWY3DPEHPK3PXP"), adapter.encrypt("JBSWY3DPEHPK3PXP")
    assert first != second and "JBSWY3DP" not in first
    assert adapter.decrypt(first) == adapter.decrypt(second) == "JBSWY3DPEHPK3PXP"


class CountingHasher(PBKDF2PasswordHasher):
    """The production hasher, which writes down how much work it was asked for."""

    rounds: ClassVar[list[int]] = []

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        self.rounds.append(iterations or self.iterations)
        return super().encode(password, salt, iterations)


@pytest.mark.slow
@pytest.mark.django_db
def test_the_time_of_an_answer_does_not_tell_whether_an_account_exists(settings: Any, monkeypatch: Any) -> None:
    """The hash is a third of a second, all else is some milliseconds: equal hashing is equal time."""
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    an_account("ana", email="ana@example.org")
    monkeypatch.setattr("maitred.kit.access.limits.spend", lambda limit, key: 1)
    work: dict[str, list[int]] = {}
    for name in ("ana", "nobody", "ana@example.org", "nobody@example.org"):
        CountingHasher.rounds.clear()
        sign_in(Client(), name, "wrong")
        work[name] = list(CountingHasher.rounds)
    assert work["ana"] and all(rounds == work["ana"] for rounds in work.values()), work


@pytest.mark.slow
@pytest.mark.django_db
def test_the_time_of_asking_for_a_link_does_not_tell_either(settings: Any, monkeypatch: Any) -> None:
    settings.MAITRED_MAIL = True
    settings.MAITRED_MAIL_BEHIND = True
    an_account("ana", email="ana@example.org")
    monkeypatch.setattr("maitred.kit.access.limits.spend", lambda limit, key: 1)
    took: dict[str, list[float]] = {name: [] for name in ("ana@example.org", "nobody@example.org")}
    client = Client()
    for _ in range(15):
        for address, held in took.items():
            began = time.process_time()
            client.post("/accounts/password/reset/", {"email": address})
            held.append(time.process_time() - began)
    least = [min(held) for held in took.values()]  # noise only adds
    assert abs(least[0] - least[1]) < 0.020, least
    assert timedelta(seconds=sum(took["ana@example.org"])) < timedelta(seconds=10)
