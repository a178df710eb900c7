"""Sign-in through an identity provider, against one on loopback."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from maitred.base.errors import Conflict, Invalid, MaitredError
from maitred.kit.access.actor import Role, operator
from maitred.kit.audit.deeds import change, deed
from maitred.kit.audit.models import AuditRow
from maitred.people.models import Account
from maitred.people.single_sign_on import hold_roles, link_identity, roles_of
from maitred.people.tests.issuer import CLIENT, SECRET, Issuer
from maitred.people.tests.markup import assert_well_made
from maitred.people.tests.signing import an_account, sign_in
from maitred.site.issuers import issuers, providers

ROLES = {"support-agents": ["agent"], "support-leads": ["lead", "agent"]}


@pytest.fixture
def issuer(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Issuer]:
    monkeypatch.setenv("TEST_OIDC_SECRET", SECRET)
    with Issuer() as found:
        told = [
            {
                "id": "corp",
                "issuer": found.url,
                "client_id": CLIENT,
                "client_secret": "env:TEST_OIDC_SECRET",
                "groups_claim": "groups",
                "roles": ROLES,
            }
        ]
        settings.MAITRED_OIDC = issuers(told)
        settings.SOCIALACCOUNT_PROVIDERS = providers(settings.MAITRED_OIDC)
        yield found


def _provider(settings: Any) -> str:
    return str(next(iter(settings.MAITRED_OIDC)))


def _linked(settings: Any, subject: str, *roles: Role) -> Account:
    account = an_account("ana", *roles, email="ana@example.org")
    with deed(operator("test"), "test.link"):
        link_identity(account, _provider(settings), subject)
    return account


def _through(client: Client, settings: Any, **more: str) -> Any:
    """The browser's way: our form, the provider's page, back to us."""
    away = client.get(f"/accounts/oidc/{_provider(settings)}/login/", more)
    assert away.status_code == 302, away.content
    parts = urlsplit(away["Location"])
    connection = http.client.HTTPConnection(parts.netloc)
    connection.request("GET", f"{parts.path}?{parts.query}")
    back = urlsplit(str(connection.getresponse().headers["Location"]))
    connection.close()
    return client.get(f"{back.path}?{back.query}")


@pytest.mark.django_db
def test_a_linked_identity_signs_in_with_the_roles_of_its_groups(client: Client, settings: Any, issuer: Issuer) -> None:
    account = _linked(settings, "s-1", Role.AGENT)
    issuer.claims = {"sub": "s-1", "groups": ["support-leads", "chess"], "email": "other@example.org", "name": "Ana B."}
    page = client.get("/accounts/login/")
    assert_well_made(page, "sign-in")
    assert "Sign in with corp" in page.content.decode()
    assert _through(client, settings)["Location"] == "/"
    assert client.get("/settings/").status_code == 200
    assert set(account.roles.values_list("role", flat=True)) == {"lead", "agent"}
    assert AuditRow.objects.get(verb="sign-in.roles").actor == "worker:single-sign-on"
    assert SocialAccount.objects.get().extra_data == {}


@pytest.mark.django_db
@pytest.mark.parametrize("groups", [None, [], ["chess"], "chess", {"support-leads": 1}, [["support-leads"]]])
def test_without_a_mapped_group_nobody_comes_in(client: Client, settings: Any, issuer: Issuer, groups: Any) -> None:
    _linked(settings, "s-1")
    issuer.claims = {"sub": "s-1", **({} if groups is None else {"groups": groups})}
    refused = _through(client, settings)
    assert refused.status_code == 403
    assert_well_made(refused, "error")
    assert client.get("/settings/").status_code == 302


@pytest.mark.django_db
def test_an_unknown_identity_is_refused_even_with_a_known_address(
    client: Client, settings: Any, issuer: Issuer
) -> None:
    _linked(settings, "s-1")
    issuer.claims = {
        "sub": "s-2", "groups": ["support-leads"], "email": "ana@example.org", "email_verified": True,
    }  # fmt: skip
    assert _through(client, settings).status_code == 403
    assert client.get("/settings/").status_code == 302
    assert (Account.objects.count(), SocialAccount.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_a_closed_account_is_refused_here_too(client: Client, settings: Any, issuer: Issuer) -> None:
    account = _linked(settings, "s-1", Role.LEAD)
    with deed(operator("test"), "test.close"):
        change(account, None, is_active=False)
    issuer.claims = {"sub": "s-1", "groups": ["support-leads"]}
    assert _through(client, settings).status_code == 401
    assert client.get("/settings/").status_code == 302


@pytest.mark.django_db
def test_nobody_links_an_identity_to_their_own_account(client: Client, settings: Any, issuer: Issuer) -> None:
    an_account()
    sign_in(client)
    issuer.claims = {"sub": "s-9", "groups": ["support-leads"]}
    assert _through(client, settings, process="connect").status_code in (302, 403)
    assert SocialAccount.objects.count() == 0


@pytest.mark.django_db
def test_another_issuer_of_the_same_name_knows_nobody(client: Client, settings: Any, issuer: Issuer) -> None:
    _linked(settings, "s-1")
    issuer.claims = {"sub": "s-1", "groups": ["support-leads"]}
    issuer.issuer_said = "https://evil.example"
    assert _through(client, settings).status_code in (401, 403)
    assert client.get("/settings/").status_code == 302
    moved = [{**settings.MAITRED_OIDC[_provider(settings)], "issuer": "https://elsewhere.example"}]
    assert not set(issuers(moved)) & set(settings.MAITRED_OIDC)


@pytest.mark.django_db
def test_the_callback_without_its_state_is_refused(client: Client, settings: Any, issuer: Issuer) -> None:
    _linked(settings, "s-1")
    response = client.get(f"/accounts/oidc/{_provider(settings)}/login/callback/?code=x&state=y")
    assert_well_made(response, "sign-in")
    assert client.get("/settings/").status_code == 302
    assert client.get("/accounts/oidc/nobody/login/").status_code == 404
    assert_well_made(client.get("/accounts/3rdparty/login/cancelled/"), "sign-in")


@pytest.mark.django_db
def test_a_change_of_groups_ends_the_other_sessions(client: Client, settings: Any, issuer: Issuer) -> None:
    account = _linked(settings, "s-1")
    sign_in(client)
    assert hold_roles(account, frozenset({Role.AGENT})) is False
    assert client.get("/settings/").status_code == 200
    assert hold_roles(account, frozenset({Role.LEAD})) is True
    assert client.get("/settings/").status_code == 302


@pytest.mark.django_db
def test_an_identity_belongs_to_one_account_of_a_known_provider(settings: Any, issuer: Issuer) -> None:
    account = _linked(settings, "s-1")
    with pytest.raises(Conflict), deed(operator("test"), "test.link"):
        link_identity(account, _provider(settings), "s-1")
    with pytest.raises(Invalid), deed(operator("test"), "test.link"):
        link_identity(account, "nobody", "s-1")


def test_groups_give_the_roles_of_their_mapping() -> None:
    assert roles_of(["support-leads"], ROLES) == {Role.LEAD, Role.AGENT}
    assert roles_of("support-agents", ROLES) == {Role.AGENT}
    assert roles_of(["a"], {"a": "auditor"}) == {Role.AUDITOR}
    assert roles_of(None, ROLES) == roles_of(7, ROLES) == frozenset()


@pytest.mark.parametrize("lacking", ["id", "issuer", "client_id", "client_secret", "groups_claim", "roles"])
def test_an_entry_that_lacks_something_is_refused(lacking: str) -> None:
    whole = {
        "id": "a",
        "issuer": "b",
        "client_id": "c",
        "client_secret": "env:D",
        "groups_claim": "e",
        "roles": {"f": []},
    }
    whole["roles"] = {"f": ["agent"]}
    with pytest.raises(MaitredError, match=lacking):
        issuers([{name: value for name, value in whole.items() if name != lacking}])


def test_a_secret_in_the_open_is_refused(tmp_path: Any) -> None:
    entry = {"id": "a", "issuer": "b", "client_id": "c", "groups_claim": "e", "roles": {"f": ["agent"]}}
    for secret in ("hunter2", "env:NOT_THERE_AT_ALL", "file:/nowhere"):
        with pytest.raises(MaitredError) as refused:
            providers(issuers([{**entry, "client_secret": secret}]))
        assert "hunter2" not in str(refused.value)
    (tmp_path / "s").write_text("from-a-file\n")
    made = providers(issuers([{**entry, "client_secret": f"file:{tmp_path / 's'}"}]))
    assert made["openid_connect"]["APPS"][0]["secret"] == "from-a-file"
    assert providers(issuers(None)) == {}
