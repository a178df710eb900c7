"""Pages and the browser: what is escaped, what may be embedded or read from elsewhere, what stays behind."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import allauth
import pytest
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings as site
from django.contrib.staticfiles import finders
from django.test import Client

from maitred.kit.access.actor import Role, operator
from maitred.kit.audit.deeds import deed
from maitred.people.making import make_account
from maitred.people.models import Account, Team
from maitred.people.tests.markup import marks
from maitred.people.tests.signing import PASSWORD, a_token, an_account, sign_in
from maitred.surfaces import console

OPEN = ("/accounts/login/", "/accounts/password/reset/", "/.well-known/security.txt", "/healthz", "/nothing/here")
OWN = ("/settings/", "/accounts/2fa/", "/accounts/sessions/", "/accounts/password/change/", "/accounts/2fa/webauthn/")
HOSTILE = "</script><img src=x onerror=alert(1)>&lt;"
TEMPLATES = Path(console.__file__).parent / "templates"


@pytest.fixture
def inside(client: Client) -> Client:
    an_account()
    sign_in(client)
    return client


@pytest.mark.django_db
def test_a_name_that_is_markup_is_shown_as_text_and_stays_inside_its_script(client: Client) -> None:
    account = an_account()
    sign_in(client)
    Account._base_manager.filter(pk=account.pk).update(username=HOSTILE)
    page = client.get("/settings/").content.decode()
    assert "&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&amp;lt;" in page
    assert HOSTILE not in page and "<img src=x" not in page
    adding = client.get("/accounts/2fa/webauthn/add/").content.decode()
    found = re.search(r'<script id="js_data" type="application/json">(.*?)</script>', adding, re.DOTALL)
    assert found is not None and "<" not in found[1]
    assert json.loads(found[1])["creation_options"]["publicKey"]["user"]["name"] == HOSTILE


@pytest.mark.django_db
def test_what_came_in_an_address_is_encoded_when_it_goes_out_in_one(client: Client) -> None:
    away = client.get('/settings/?a="><script>&next=//evil.example')["Location"]
    assert away.startswith("/accounts/login/?next=/settings/%3F")
    assert not {'"', "<", ">"} & set(away)
    page = client.get("/accounts/login/", {"next": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>alert" not in page


@pytest.mark.django_db
@pytest.mark.parametrize("path", [*OPEN, "/api/v1/docs", "/api/v1/people/list-teams", "/readyz"])
def test_no_answer_lets_another_origin_read_it(client: Client, path: str) -> None:
    for origin in ("https://evil.example", "null", "http://testserver.evil.example"):
        for answer in (
            client.get(path, headers={"Origin": origin}),
            client.options(path, headers={"Origin": origin, "Access-Control-Request-Method": "POST"}),
        ):
            assert [name for name in answer.headers if name.lower().startswith("access-control-")] == []


@pytest.mark.django_db
@pytest.mark.parametrize("path", [*OPEN, "/api/v1/docs", "/api/v1/openapi.json", "/api/v1/nothing", "/-/metrics"])
def test_every_answer_says_what_it_is_and_how_it_is_encoded(client: Client, path: str) -> None:
    token = a_token(an_account("root", Role.ADMIN), "admin:sync", "read:people")
    for headers in ({}, {"Authorization": f"Bearer {token}"}):
        answer = client.get(path, headers=headers)
        sort, _, rest = answer["Content-Type"].partition(";")
        if answer.content:
            assert "json" in sort or "charset=utf-8" in rest, (path, answer["Content-Type"])
            assert "json" not in sort or isinstance(answer.json(), dict)


@pytest.mark.django_db
@pytest.mark.parametrize("path", OWN)
def test_every_page_behind_the_sign_in_has_the_way_out(inside: Client, path: str) -> None:
    page = inside.get(path, follow=True)
    assert page.status_code == 200
    forms = [one for one in marks(page).all("form") if one.get("action") == "/accounts/logout/"]
    assert {one["method"] for one in forms} == {"post"}


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/password/change/"])
def test_password_fields_hide_what_is_typed_and_let_password_managers_work(inside: Client, path: str) -> None:
    if path == "/accounts/login/":
        inside.post("/accounts/logout/")
    fields = [one for one in marks(inside.get(path)).all("input") if "password" in str(one.get("name"))]
    assert fields
    for one in fields:
        assert one["type"] == "password"
        assert one.get("autocomplete") in ("current-password", "new-password")
        assert not {"onpaste", "oncopy", "maxlength", "readonly"} & set(one)


@pytest.mark.django_db
def test_no_page_asks_for_a_hint_or_a_secret_question(inside: Client) -> None:
    pages = [inside.get(path, follow=True) for path in OWN] + [Client().get(path) for path in OPEN[:2]]
    names = {str(one.get("name")) for page in pages for one in (*marks(page).all("input"), *marks(page).all("select"))}
    assert len(names) > 5
    assert [name for name in names if re.search(r"hint|question|answer|maiden|phone|sms", name)] == []


def _scripts() -> dict[str, str]:
    """Every script that our templates, or the pages of allauth that have an address here, bring to the browser."""
    own = [path for path in (Path(console.__file__).parent / "static").rglob("*.js") if "vendor" not in path.parts]
    packaged = [Path(str(finders.find(name))) for name in ("mfa/js/webauthn.js", "account/js/onload.js")]
    return {path.name: path.read_text(encoding="utf-8") for path in (*own, *packaged)}


def test_no_script_keeps_anything_in_the_browser_listens_to_messages_or_runs_text() -> None:
    banned = re.compile(
        r"localStorage|sessionStorage|indexedDB|document\.cookie|postMessage|['\"]message['\"]|onmessage|importScripts"
        r"|\beval\(|new Function|__proto__|document\.write|innerHTML\s*=|serviceWorker"
    )
    scripts = _scripts()
    assert "webauthn.js" in scripts
    assert {name: found for name, text in scripts.items() if (found := banned.findall(text))} == {}


def test_no_template_uses_a_plugin_or_loads_anything_from_elsewhere() -> None:
    packaged = [
        Path(allauth.__file__).parent / "templates" / part for part in ("account", "mfa", "usersessions", "allauth")
    ]
    texts = {
        str(path): path.read_text(encoding="utf-8") for root in (TEMPLATES, *packaged) for path in root.rglob("*.html")
    }
    assert len(texts) > 40
    foreign = re.compile(
        r"<(?:object|embed|applet)\b|<(?:script|link|img|iframe)[^>]*(?:src|href)=[\"']?(?:https?:)?//"
    )
    assert {name: found for name, text in texts.items() if (found := foreign.findall(text))} == {}
    unescaped = re.compile(r"\|\s*safe\b|autoescape\s+off|javascript:")
    own = {name: text for name, text in texts.items() if name.startswith(str(TEMPLATES))}
    assert {name: found for name, text in own.items() if (found := unescaped.findall(text))} == {}


@pytest.mark.django_db
def test_signing_out_takes_the_cookie_away_and_the_old_one_opens_nothing(inside: Client) -> None:
    kept = inside.cookies[site.SESSION_COOKIE_NAME].value
    page = inside.get("/settings/")
    assert page["Cache-Control"] == "no-store"
    out = inside.post("/accounts/logout/")
    assert out.cookies[site.SESSION_COOKIE_NAME]["max-age"] == 0
    replayed = Client()
    replayed.cookies[site.SESSION_COOKIE_NAME] = kept
    assert replayed.get("/settings/").status_code == 302
    assert replayed.get("/api/v1/people/list-teams").status_code == 401


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/.git/config", "/.git/HEAD", "/.svn/entries", "/static/", "/static/console/", "/keys/"]
)
def test_neither_the_history_of_the_source_nor_a_folder_can_be_read(inside: Client, path: str) -> None:
    answer = inside.get(path)
    assert answer.status_code == 404
    assert "Index of" not in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/healthz", "/api/v1/people/list-teams", "/static/x.css"])
def test_trace_echoes_nothing(client: Client, path: str) -> None:
    answer = client.generic("TRACE", path, headers={"X-Canary": "canary-4711"})
    assert answer.status_code in (302, 401, 404, 405)
    assert b"canary-4711" not in answer.content


@pytest.mark.django_db
def test_documents_and_figures_are_not_for_strangers(client: Client) -> None:
    for path in ("/api/v1/docs", "/api/v1/openapi.json", "/api/v1/docs.css", "/-/metrics", "/readyz"):
        assert client.get(path).status_code == 401, path
    assert client.get("/admin/").status_code == 404
    assert "django.contrib.admin" not in site.INSTALLED_APPS and "django.contrib.admindocs" not in site.INSTALLED_APPS


@pytest.mark.django_db
def test_a_file_that_is_handed_out_has_a_name_of_ours(client: Client) -> None:
    account = an_account()
    TOTP.activate(account, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(account)
    client.force_login(account)
    shown = SimpleNamespace(session=client.session)
    record_authentication(shown, account, "mfa")
    shown.session.save()
    answer = client.get("/accounts/2fa/recovery-codes/download/", {"filename": 'x"; a=b\r\nSet-Cookie: c=d'})
    assert answer.status_code == 200
    assert re.fullmatch(r'attachment; filename="[a-z0-9-]+\.txt"', answer["Content-Disposition"])
    assert answer["X-Content-Type-Options"] == "nosniff" and answer["Content-Type"].startswith("text/plain")


@pytest.mark.django_db
def test_a_page_for_signed_in_people_cannot_be_had_by_another_ending(inside: Client) -> None:
    for path in ("/settings/x.css", "/settings/%2Fx.css", "/settings.css", "/settings/..%2fstatic%2fx.css"):
        answer = inside.get(path)
        assert answer.status_code == 404, path
        assert answer["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_an_installation_begins_without_any_account() -> None:
    assert Account._base_manager.count() == 0
    assert Team._base_manager.count() == 0
    for name in ("admin", "root", "manager@demo", "test"):
        assert sign_in(Client(), name, name).status_code == 200


@pytest.mark.django_db
def test_an_account_made_by_an_administrator_has_no_password_that_anybody_knows() -> None:
    with deed(operator("test"), "test.account"):
        made = make_account("ben", [Role.AGENT])
    assert not made.has_usable_password()
    for guess in ("", "ben", PASSWORD, made.password):
        assert sign_in(Client(), "ben", guess).status_code == 200


def test_session_and_passing_values_are_not_kept_in_the_browser() -> None:
    known: dict[str, Any] = {"SESSION_ENGINE": site.SESSION_ENGINE, "MESSAGE_STORAGE": site.MESSAGE_STORAGE}
    assert known == {
        "SESSION_ENGINE": "django.contrib.sessions.backends.db",
        "MESSAGE_STORAGE": "django.contrib.messages.storage.session.SessionStorage",
    }
