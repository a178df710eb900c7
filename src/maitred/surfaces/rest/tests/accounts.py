"""Accounts, tokens and clients for the tests of the doors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY, record_authentication
from django.test import Client

from maitred.base import clock
from maitred.kit.access.actor import Role, operator
from maitred.kit.audit.deeds import deed
from maitred.people import making
from maitred.people.models import Account, ApiToken

ROOT = operator("tests")
ALL = ("read:people", "write:people", "write:own")


def account(name: str, *roles: Role) -> Account:
    """An account with roles."""
    with deed(ROOT, "tests.account"):
        return making.make_account(name, roles)


def token(owner: Account, scopes: Iterable[str] = ALL) -> tuple[ApiToken, str]:
    """A token and its secret."""
    with deed(ROOT, "tests.token"):
        return making.make_token(owner, "", scopes, None)


def signed_in(owner: Account, *, checks: bool = False) -> Client:
    """A browser in which an account proved who it is with a second factor just now."""
    client = Client(enforce_csrf_checks=checks)
    client.force_login(owner)
    prove(client, owner, seconds_ago=0)
    return client


def prove(client: Client, owner: Account, *, seconds_ago: int) -> None:
    """Let the session's only proof be a second factor shown then."""
    shown = SimpleNamespace(session=client.session)
    shown.session.pop(AUTHENTICATION_METHODS_SESSION_KEY, None)
    record_authentication(shown, owner, "mfa")
    shown.session[AUTHENTICATION_METHODS_SESSION_KEY][0]["at"] = clock.now().timestamp() - seconds_ago
    shown.session.save()


@dataclass
class Caller:
    """A program with a token."""

    raw: str
    client: Client

    def get(self, address: str, **headers: str) -> Any:
        return self.client.get(f"/api/v1/{address}", headers=self._headers(headers))

    def post(self, address: str, body: Any = None, content_type: str = "application/json", **headers: str) -> Any:
        sent = {} if body is None else body
        return self.client.post(f"/api/v1/{address}", sent, content_type=content_type, headers=self._headers(headers))

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.raw}", **{name.replace("_", "-"): one for name, one in more.items()}}


def program(owner: Account, scopes: Iterable[str] = ALL) -> Caller:
    """A program that acts for an account."""
    return Caller(token(owner, scopes)[1], Client(enforce_csrf_checks=True))


def assert_problem(answer: Any, status: int, kind: str) -> dict[str, Any]:
    """The answer is this problem, in the form of RFC 9457."""
    found: dict[str, Any] = answer.json()
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json"), found
    assert found["type"] == f"urn:maitred:problem:{kind}", found
    assert found["status"] == status
    assert {"title", "detail", "instance"} <= found.keys()
    assert answer.headers["Cache-Control"] == "no-store"
    return found
