"""What every answer carries, whatever it is."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from maitred.base.errors import Conflict, TooMany
from maitred.kit.access.actor import Role
from maitred.people.tests.markup import assert_well_made, marks
from maitred.people.tests.signing import PASSWORD, a_token, an_account, sign_in
from maitred.surfaces.console import answers, pages

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
}
OTHERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), usb=(), payment=()",
    "Cache-Control": "no-store",
}


def assert_dressed(response: Any) -> None:
    told = dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))
    assert told == POLICY
    assert {name: response[name] for name in OTHERS} == OTHERS
    assert "Server" not in response
    assert re.fullmatch(r"[0-9a-f]{32}", response["X-Request-Id"])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/accounts/login/", 200),
        ("get", "/healthz", 200),
        ("get", "/.well-known/security.txt", 200),
        ("get", "/", 302),
        ("get", "/readyz", 401),
        ("get", "/-/metrics", 401),
        ("get", "/nothing/here", 404),
        ("put", "/accounts/login/", 405),
        ("delete", "/healthz", 405),
        ("get", "/api/v1/docs", 401),
    ],
)
def test_every_answer_carries_the_headers(client: Client, method: str, path: str, status: int) -> None:
    response = getattr(client, method)(path)
    assert response.status_code == status
    assert_dressed(response)
    if response["Content-Type"].startswith("text/html"):
        assert {"HX-Request", "Cookie"} <= {one.strip() for one in response["Vary"].split(",")}


@pytest.mark.django_db
def test_behind_tls_browsers_are_told_to_stay_there(settings: Any) -> None:
    settings.MAITRED_HTTPS = settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 63_072_000
    plain, safe = Client().get("/accounts/login/"), Client().get("/accounts/login/", secure=True)
    assert (plain.status_code, plain["Location"]) == (301, "https://testserver/accounts/login/")
    assert safe.status_code == 200
    for response in (plain, safe):
        assert_dressed(response)
        told = response["Strict-Transport-Security"]
        assert re.fullmatch(r"max-age=63072000(; includeSubDomains)?(; preload)?", told)
    assert Client().get("/healthz").status_code == 200


@pytest.mark.django_db
def test_a_failure_shows_a_reference_and_no_trace(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> HttpResponse:
        raise ZeroDivisionError("the secret of the house")

    monkeypatch.setattr(pages, "timedelta", broken)
    client.raise_request_exception = False
    response = client.get("/.well-known/security.txt")
    assert response.status_code == 500
    assert_dressed(response)
    assert_well_made(response, "error")
    text = response.content.decode()
    assert response["X-Request-Id"] in text
    assert "secret of the house" not in text and "Traceback" not in text and "ZeroDivision" not in text


@pytest.mark.parametrize(("view", "status"), [(pages.bad_request, 400), (pages.forbidden, 403), (pages.not_found, 404)])
def test_error_pages_need_no_database(rf: RequestFactory, view: Any, status: int) -> None:
    response = view(rf.get("/x"), Exception("private"))
    assert response.status_code == status
    assert_well_made(response, "error")
    assert "private" not in response.content.decode()
    assert pages.failed(rf.get("/x")).status_code == 500
    assert pages.csrf_failure(rf.get("/x")).status_code == 403


def test_a_refusal_is_a_problem_document_for_programs(rf: RequestFactory) -> None:
    request: HttpRequest = rf.get("/x", headers={"Accept": "application/json"})
    request.request_id = "abc"  # type: ignore[attr-defined]
    response = answers.told(request, Conflict("team 7 was changed", "read it again"))
    assert response.status_code == 409
    assert response["Content-Type"] == "application/problem+json"
    assert b'"urn:maitred:problem:conflict"' in response.content
    late = answers.told(request, TooMany("slowly", "wait", retry_after=17))
    assert (late.status_code, late["Retry-After"]) == (429, "17")


@pytest.mark.django_db
def test_a_large_body_is_refused_before_it_is_read(client: Client) -> None:
    big = "x" * (django_settings.MAITRED_BODY_LIMIT + 1)
    response = client.post("/accounts/login/", big, content_type="text/plain")
    assert response.status_code == 413
    assert_dressed(response)
    chunked = client.generic(
        "POST", "/accounts/login/", b"", headers={"Transfer-Encoding": "chunked"}, CONTENT_LENGTH=""
    )
    assert chunked.status_code == 411


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused(client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/accounts/login/", {"login": "ana", "password": PASSWORD})
    assert response.status_code == 403
    assert_well_made(response, "error")


@pytest.mark.django_db
def test_sign_out_is_a_post_and_ends_the_session(client: Client) -> None:
    an_account()
    sign_in(client)
    assert client.get("/settings/").status_code == 200
    assert client.get("/accounts/logout/").status_code == 200
    assert client.get("/settings/").status_code == 200
    assert client.post("/accounts/logout/").status_code == 302
    assert client.get("/settings/")["Location"].startswith("/accounts/login/")


@pytest.mark.django_db
def test_the_start_page_leads_to_ones_own_account(client: Client) -> None:
    an_account()
    sign_in(client)
    assert 'href="/settings/"' in client.get("/").content.decode()
    response = client.get("/settings/")
    assert_well_made(response, "settings")
    body = marks(response).all("body")[0]
    assert (body["data-role"], body["data-state"]) == ("agent", "ok")
    assert ">ana<" in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("chosen", ["light", "dark", "system", "<script>"])
def test_the_theme_is_a_cookie_rendered_into_the_page(client: Client, chosen: str) -> None:
    client.cookies["theme"] = chosen
    found = marks(client.get("/accounts/login/")).all("html")[0]["data-theme"]
    assert found == (chosen if chosen in ("light", "dark") else "system")


@pytest.mark.django_db
def test_forwarded_headers_count_from_a_trusted_proxy_only(client: Client, settings: Any) -> None:
    import ipaddress

    from maitred.surfaces.console.proxies import TrustedProxies

    seen: list[tuple[str, bool, str]] = []

    def see(request: HttpRequest) -> HttpResponse:
        seen.append((request.META["REMOTE_ADDR"], request.is_secure(), request.headers.get("X-Forwarded-Host", "")))
        return HttpResponse()

    told = {
        "X-Forwarded-For": "6.6.6.6, 203.0.113.9, 10.0.0.2",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "evil",
    }
    TrustedProxies(see)(RequestFactory().get("/", headers=told, REMOTE_ADDR="10.0.0.1"))
    settings.MAITRED_TRUSTED_PROXIES = (ipaddress.ip_network("10.0.0.0/8"),)
    TrustedProxies(see)(RequestFactory().get("/", headers=told, REMOTE_ADDR="10.0.0.1"))
    TrustedProxies(see)(RequestFactory().get("/", headers={**told, "X-Forwarded-For": "junk"}, REMOTE_ADDR="10.0.0.1"))
    TrustedProxies(see)(RequestFactory().get("/", headers=told, REMOTE_ADDR="192.0.2.1"))
    assert seen == [
        ("10.0.0.1", False, ""),
        ("203.0.113.9", True, ""),
        ("10.0.0.1", True, ""),
        ("192.0.2.1", False, ""),
    ]


@pytest.mark.django_db
def test_a_demonstration_is_seen_from_its_own_machine_only(client: Client, settings: Any) -> None:
    settings.MAITRED_DEMO = True
    assert client.get("/accounts/login/", REMOTE_ADDR="192.0.2.7").status_code == 403
    assert client.get("/accounts/login/", REMOTE_ADDR="127.0.0.1").status_code == 200


@pytest.mark.django_db
def test_readiness_and_figures_want_the_right_token(client: Client) -> None:
    admin = an_account("root", Role.ADMIN)
    agent = an_account("ana")
    good, narrow, weak = a_token(admin, "admin:sync"), a_token(admin, "read:people"), a_token(agent, "admin:sync")
    for path in ("/readyz", "/-/metrics"):
        nobody = client.get(path)
        assert (nobody.status_code, nobody["WWW-Authenticate"]) == (401, "Bearer")
        assert client.get(path, headers={"Authorization": "Bearer mtr_x_y"}).status_code == 401
        assert client.get(path, headers={"Authorization": f"Bearer {narrow}"}).status_code == 403
        assert client.get(path, headers={"Authorization": f"Bearer {weak}"}).status_code == 403
        assert client.post(path).status_code == 405
    ready = client.get("/readyz", headers={"Authorization": f"Bearer {good}"})
    told = ready.json()
    assert [one["check"] for one in told["checks"]] == ["database", "migrations", "lease", "publication", "disk"]
    assert ready.status_code == (200 if told["ok"] else 503)
    figures = client.get("/-/metrics", headers={"Authorization": f"Bearer {good}"}).content.decode()
    for name in ("maitred_requests_total", "maitred_request_seconds_bucket", "maitred_jobs", "maitred_disk_free_share"):
        assert name in figures
    assert 'route="/readyz"' in figures and good not in figures


@pytest.mark.django_db
def test_health_asks_the_database_for_nothing(client: Client, django_assert_num_queries: Any) -> None:
    an_account()
    sign_in(client)
    with django_assert_num_queries(0):
        assert client.get("/healthz").json() == {"ok": True}


@pytest.mark.django_db
def test_a_token_is_told_to_wait(client: Client) -> None:
    from maitred.kit.access import limits

    token = a_token(an_account("root", Role.ADMIN), "admin:sync")
    for _ in range(limits.TOKEN.amount):
        limits.spend(limits.TOKEN, f"token:mtr_{token.split('_')[1]}")
    response = client.get("/-/metrics", headers={"Authorization": f"Bearer {token}"})
    assert response.status_code == 429
    assert 1 <= int(response["Retry-After"]) <= 120
