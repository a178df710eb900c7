"""What an identity provider says about somebody is believed only in time, for us, from it, and in the same browser."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import jwt
import pytest
from allauth.socialaccount.models import SocialToken
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from maitred.kit.access.actor import operator
from maitred.kit.audit.deeds import deed
from maitred.people.single_sign_on import link_identity
from maitred.people.tests.issuer import CLIENT, SECRET, Issuer
from maitred.people.tests.signing import an_account, sign_in
from maitred.site.issuers import issuers, providers

pytestmark = pytest.mark.django_db
WHO = {"sub": "s-1", "groups": ["support-leads"]}


class Willing(Issuer):
    """A provider that says in its metadata, and leaves out of its answers, whatever a test wants."""

    metadata: dict[str, Any] = {}  # noqa: RUF012
    left_out: tuple[str, ...] = ()

    def discovery(self) -> dict[str, Any]:
        return {**super().discovery(), **self.metadata}

    def tokens(self, form: dict[str, str]) -> dict[str, Any]:
        return {name: value for name, value in super().tokens(form).items() if name not in self.left_out}


@pytest.fixture
def issuer(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Willing]:
    monkeypatch.setenv("TEST_OIDC_SECRET", SECRET)
    found = Willing()
    with found:
        entry = {"id": "corp", "issuer": found.url, "client_id": CLIENT, "client_secret": "env:TEST_OIDC_SECRET"}
        settings.MAITRED_OIDC = issuers([{**entry, "groups_claim": "groups", "roles": {"support-leads": ["lead"]}}])
        settings.SOCIALACCOUNT_PROVIDERS = providers(settings.MAITRED_OIDC)
        account = an_account("ana", email="ana@example.org")
        with deed(operator("test"), "test.link"):
            link_identity(account, next(iter(settings.MAITRED_OIDC)), "s-1")
        found.claims = dict(WHO)
        yield found


def _away(client: Client, settings: Any) -> str:
    """The browser goes to the provider, which sends it back: to this address."""
    away = client.get(f"/accounts/oidc/{next(iter(settings.MAITRED_OIDC))}/login/")
    parts = urlsplit(away["Location"])
    connection = http.client.HTTPConnection(parts.netloc)
    connection.request("GET", f"{parts.path}?{parts.query}")
    back = urlsplit(str(connection.getresponse().headers["Location"]))
    connection.close()
    return f"{back.path}?{back.query}"


def _comes_in(client: Client, settings: Any) -> bool:
    client.get(_away(client, settings))
    return bool(client.get("/settings/").status_code == 200)


def test_the_provider_of_these_tests_lets_in_who_should_come_in(client: Client, settings: Any, issuer: Willing) -> None:
    assert _comes_in(client, settings)


@pytest.mark.parametrize("claims", [{"exp": 1}, {"exp": int(time.time()) - 60}])
def test_a_token_outside_its_time_lets_nobody_in(
    client: Client, settings: Any, issuer: Willing, claims: dict[str, int]
) -> None:
    issuer.claims = {**WHO, **claims}
    assert not _comes_in(client, settings)


@pytest.mark.parametrize("audience", ["another-client", ["another-client"], "", None])
def test_a_token_for_another_client_lets_nobody_in(
    client: Client, settings: Any, issuer: Willing, audience: Any
) -> None:
    issuer.claims = {**WHO, "aud": audience}
    assert not _comes_in(client, settings)


def test_without_a_token_of_identity_nobody_comes_in(client: Client, settings: Any, issuer: Willing) -> None:
    issuer.left_out = ("id_token",)
    assert not _comes_in(client, settings)


def test_a_providers_token_opens_no_door_for_programs(client: Client, settings: Any, issuer: Willing) -> None:
    signed: list[str] = []
    made = issuer.tokens

    def tokens(form: dict[str, str]) -> dict[str, Any]:
        answer = made(form)
        signed[:] = [answer["id_token"], answer["access_token"]]
        return answer

    issuer.tokens = tokens  # type: ignore[method-assign]
    assert _comes_in(client, settings)
    for one in signed:
        answer = Client().get("/api/v1/people/list-teams", headers={"Authorization": f"Bearer {one}"})
        assert answer.status_code == 401
    assert len(signed) == 2


def test_nothing_of_a_providers_tokens_is_kept_or_shown(client: Client, settings: Any, issuer: Willing) -> None:
    assert _comes_in(client, settings)
    assert SocialToken.objects.count() == 0
    session = str(dict(client.session.items()))
    page = client.get("/settings/").content.decode()
    assert "opaque" not in session + page and "eyJ" not in session + page


def test_a_code_of_another_browser_lets_nobody_in(client: Client, settings: Any, issuer: Willing) -> None:
    theirs, mine = Client(), client
    code = _away(theirs, settings)
    assert mine.get(code).status_code != 302
    own = _away(mine, settings)
    swapped = (
        own.split("code=")[0] + "code=" + code.split("code=")[1].split("&")[0] + "&state=" + own.split("state=")[1]
    )
    mine.get(swapped)
    assert mine.get("/settings/").status_code == 302
    theirs.get(code)
    again = Client()
    again.get(code)
    assert again.get("/settings/").status_code == 302


def test_metadata_of_another_issuer_let_nobody_in(client: Client, settings: Any, issuer: Willing) -> None:
    issuer.metadata = {"issuer": "https://evil.example"}
    issuer.issuer_said = "https://evil.example"
    assert not _comes_in(client, settings)


def test_a_provider_that_sends_us_elsewhere_is_not_followed(client: Client, settings: Any, issuer: Willing) -> None:
    with redirecting(f"{issuer.url}/userinfo") as elsewhere:
        issuer.metadata = {"userinfo_endpoint": elsewhere.url}
        assert not _comes_in(client, settings)
        assert elsewhere.asked == 1
    issuer.metadata = {}
    assert _comes_in(Client(), settings)


class Elsewhere:
    """Answers every request by sending it on, and counts them."""

    def __init__(self, to: str) -> None:
        self.to, self.asked, self.url = to, 0, ""


@contextmanager
def redirecting(to: str) -> Iterator[Elsewhere]:
    told = Elsewhere(to)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.asked += 1
            self.send_response(302)
            self.send_header("Location", told.to)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Stay silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        told.url = f"http://127.0.0.1:{server.server_port}/"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield told
        server.shutdown()
        thread.join()


def _signed_by(issuer: Willing, key: Any, algorithm: str, **header: str) -> None:
    """From now on the provider's tokens carry this signature."""
    made = issuer.tokens

    def tokens(form: dict[str, str]) -> dict[str, Any]:
        answer = made(form)
        claims = jwt.decode(answer["id_token"], options={"verify_signature": False})
        return {**answer, "id_token": jwt.encode(claims, key, algorithm=algorithm, headers={"kid": "one", **header})}

    issuer.tokens = tokens  # type: ignore[method-assign]


def test_a_token_with_the_providers_signature_lets_in(client: Client, settings: Any, issuer: Willing) -> None:
    assert _comes_in(client, settings)


@pytest.mark.parametrize("how", ["none", "shared", "public", "stranger", "elsewhere", "unknown"])
def test_a_token_without_the_providers_signature_lets_nobody_in(
    client: Client, settings: Any, issuer: Willing, how: str
) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    keys: dict[str, tuple[Any, str, dict[str, str]]] = {
        "none": (None, "none", {}),
        "shared": (SECRET * 2, "HS256", {}),
        "public": (json.dumps(issuer.keys()["keys"][0]), "HS256", {}),
        "stranger": (other, "RS256", {}),
        "elsewhere": (other, "RS256", {"jku": "https://evil.example/keys"}),
        "unknown": (issuer.key, "RS256", {"kid": "two"}),
    }
    key, algorithm, header = keys[how]
    _signed_by(issuer, key, algorithm, **header)
    assert not _comes_in(client, settings)


@pytest.mark.parametrize(
    "claims", [{"exp": 1}, {"nbf": 4_000_000_000}, {"aud": "another-client"}, {"iss": "https://x"}]
)
def test_a_signed_token_that_is_not_for_now_or_us_lets_nobody_in(
    client: Client, settings: Any, issuer: Willing, claims: dict[str, Any]
) -> None:
    issuer.claims = {**WHO, **claims}
    assert not _comes_in(client, settings)


def test_signed_metadata_of_another_issuer_let_nobody_in(client: Client, settings: Any, issuer: Willing) -> None:
    issuer.metadata = {"issuer": "https://evil.example"}
    issuer.issuer_said = "https://evil.example"
    assert not _comes_in(client, settings)
    assert client.get("/accounts/oidc/nobody/login/").status_code == 404


def test_a_provider_that_is_away_is_a_refusal_and_the_password_still_signs_in(
    client: Client, settings: Any, issuer: Willing
) -> None:
    issuer.server.shutdown()
    issuer.server.server_close()
    answer = client.get(f"/accounts/oidc/{next(iter(settings.MAITRED_OIDC))}/login/")
    assert answer.status_code == 503
    assert "Traceback" not in answer.content.decode()
    assert sign_in(client).status_code == 302
    assert client.get("/settings/").status_code == 200
