"""A small organisation whose people are signed in, for the tests of pages."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as site
from django.test import Client

from maitred.people.tests.floor import Floor, build

As = Callable[..., Client]


@pytest.fixture
def floor(db: None, settings: Any) -> Floor:
    """Teams, people and an account of every kind; no second factor is asked for."""
    settings.MAITRED_DEMO = True
    return build()


@pytest.fixture
def signed_in(floor: Floor) -> As:
    """A browser in which somebody of the organisation is signed in; ``fresh`` says whether just now."""

    def as_(name: str, *, fresh: bool = True) -> Client:
        client = Client(raise_request_exception=False)
        account = floor.accounts[name]
        client.force_login(account, backend=site.AUTHENTICATION_BACKENDS[0])
        session = client.session
        session["account_authentication_methods_user"] = str(account.pk)
        when = time.time() if fresh else time.time() - 3600
        session["account_authentication_methods"] = [{"method": "password", "at": when}]
        session.save()
        return client

    return as_
