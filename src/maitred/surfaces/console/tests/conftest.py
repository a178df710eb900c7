"""A small published log, the organisation that works on it, and its people signed in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from maitred.kit.marks.tests.publishing import publish
from maitred.people.tests.floor import Floor, build

SignedIn = Callable[[str], Client]


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a few generated tickets."""
    home = tmp_path_factory.mktemp("console") / "workspace"
    publish(tmp_path_factory.mktemp("log"), home, 120)
    return home


@pytest.fixture
def floor(db: None, published: Path, settings: Any) -> Floor:
    settings.MAITRED_HOME, settings.MAITRED_DEMO = published, True
    return build()


@pytest.fixture
def signed_in(floor: Floor) -> SignedIn:
    """The browser of somebody of the organisation."""

    def browser(name: str) -> Client:
        client = Client()
        client.force_login(floor.accounts[name], backend="maitred.people.sign_in.Backend")
        return client

    return browser
