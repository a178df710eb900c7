"""People for the tests of sign-in, and how they sign in."""

from __future__ import annotations

from typing import Any

from django.test import Client

from maitred.kit.access.actor import Role, operator
from maitred.kit.audit.deeds import deed
from maitred.people.making import make_account, make_token
from maitred.people.models import Account

PASSWORD = "correct-horse-7-staple"


def an_account(name: str = "ana", *roles: Role, email: str = "", password: str = PASSWORD) -> Account:
    """An account with roles (an agent without any named)."""
    with deed(operator("test"), "test.account"):
        return make_account(name, roles or (Role.AGENT,), password=password, email=email)


def a_token(account: Account, *scopes: str) -> str:
    with deed(operator("test"), "test.token"):
        return make_token(account, "test", scopes, None)[1]


def sign_in(client: Client, name: str = "ana", password: str = PASSWORD) -> Any:
    """Through the form, as people do."""
    return client.post("/accounts/login/", {"login": name, "password": password})
